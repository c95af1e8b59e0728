use super::{facts, lines};

fn complaints(cutoff: &str, rows: &str, columns: &[&str]) -> Vec<String> {
    lines(&facts(cutoff, &[("complaint", rows)])["complaint"], None, columns)
}

#[test]
fn the_clock_runs_from_acceptance_inside_opening_hours() {
    // Open 08:30–18:00.
    let found = complaints(
        "2026-11-22",
        "complaint_no | customer_key | category | accepted_at | responded_at | planned_at
         T1 | 13800000001 | 价格 | 2026-10-05 17:55 | 2026-10-05 18:05 | 2026-10-06 17:55
         T2 | 13800000002 | 价格 | 2026-10-06 17:55 | 2026-10-06 18:06 | 2026-10-07 17:56
         T3 | 13800000003 | 价格 | 2026-10-07 18:00 | 2026-10-08 08:40 | 2026-10-09 08:30
         T4 | 13800000004 | 价格 | 2026-10-08 06:00 | 2026-10-08 08:41 | -
         T5 | 13800000005 | 价格 | 2026-10-09 22:00 | 2026-10-09 22:30 | 2026-10-09 23:00",
        &["complaint_no", "sla_start_at", "resp_due_by", "resp_verdict", "plan_due_by", "plan_verdict"],
    );
    assert_eq!(
        found,
        [
            "T1 | 2026-10-05 17:55 | 2026-10-05 18:05 | met | 2026-10-06 17:55 | met",
            "T2 | 2026-10-06 17:55 | 2026-10-06 18:05 | missed | 2026-10-07 17:55 | missed",
            "T3 | 2026-10-08 08:30 | 2026-10-08 08:40 | met | 2026-10-09 08:30 | met", // 18:00 is closed
            "T4 | 2026-10-08 08:30 | 2026-10-08 08:40 | missed | 2026-10-09 08:30 | missed",
            "T5 | 2026-10-10 08:30 | 2026-10-10 08:40 | met | 2026-10-11 08:30 | met", // answered before it had to be
        ]
    );
}

#[test]
fn without_a_time_of_day_only_the_certain_is_judged() {
    let found = complaints(
        "2026-11-22",
        "complaint_no | customer_key | category | accepted_at | responded_at | planned_at
         T1 | 13800000001 | 价格 | 2026-10-05 | 2026-10-05 10:00 | 2026-10-05
         T2 | 13800000002 | 价格 | 2026-10-05 | 2026-10-08 | 2026-10-06 10:00
         T3 | 13800000003 | 价格 | 2026-10-05 | - | 2026-10-08
         T4 | 13800000004 | 价格 | 2026-10-05 10:00 | 2026-10-05 | 2026-10-06
         T5 | 13800000005 | 价格 | 2026-10-05 10:00 | 2026-10-06 | 2026-10-05",
        &["complaint_no", "sla_start_at", "resp_verdict", "plan_verdict"],
    );
    assert_eq!(
        found,
        [
            "T1 | 2026-10-05 | unmeasurable | met", // a plan the same day is in time whenever it was received
            "T2 | 2026-10-05 | missed | unmeasurable",
            "T3 | 2026-10-05 | missed | missed",
            "T4 | 2026-10-05 10:00 | unmeasurable | unmeasurable",
            "T5 | 2026-10-05 10:00 | missed | met",
        ]
    );
}

#[test]
fn what_is_not_due_at_the_cutoff_is_pending() {
    let rows = "complaint_no | customer_key | category | accepted_at | responded_at
         T1 | 13800000001 | 价格 | 2026-11-22 09:50 | -
         T2 | 13800000002 | 价格 | 2026-11-22 09:51 | -
         T3 | 13800000003 | 价格 | 2026-11-22 09:52 | 2026-11-22 09:55
         T4 | 13800000004 | 价格 | 2026-11-22 | -
         T5 | 13800000005 | 价格 | 2026-11-22 09:51 | 2026-11-22 10:05
         T6 | 13800000006 | 价格 | 2026-11-22 11:00 | -";
    let mut found = complaints("2026-11-22 10:00", rows, &["complaint_no", "resp_verdict", "plan_verdict", "closed"]);
    found.sort();
    assert_eq!(
        found,
        [
            "T1 | missed | pending | no", // 10:00 is behind
            "T2 | pending | pending | no",
            "T3 | met | pending | no",
            "T4 | unmeasurable | pending | no", // received before or after 09:50?
            "T5 | pending | pending | no",      // the answer of 10:05 is not known at 10:00
            "T6 | - | - | -",                   // received after the cut-off
        ]
    );
}

#[test]
fn a_repeat_is_the_same_customer_and_category_within_ninety_days_after_closing() {
    // 3 August + 90 days = 1 November, to its end. One customer: by number, by phone, by VIN.
    let facts = facts(
        "2026-11-22",
        &[
            (
                "prospect",
                "prospect_no | phone | first_contact_at | level | level_at
                 Q1 | 13800000001 | 2026-01-01 | D | 2026-02-01",
            ),
            (
                "order",
                "order_no | vin | phone | ordered_at | delivered_at
                 DD1 | LSVAB2183E2100001 | 13800000001 | 2026-01-10 | 2026-02-01",
            ),
            (
                "complaint",
                "complaint_no | customer_key | category | accepted_at | closed_at
                 T1 | Q1 | 价格 | 2026-08-01 10:00 | 2026-08-03 10:00
                 T2 | LSVAB2183E2100001 | 价格 | 2026-11-01 23:59 | 2026-11-02 10:00
                 T3 | 13800000001 | 配件 | 2026-08-10 10:00 | 2026-08-11
                 T4 | 13800000002 | 价格 | 2026-08-01 10:00 | 2026-08-03 10:00
                 T5 | 13800000002 | 价格 | 2026-11-02 00:01 | -
                 T6 | 13800000003 | 价格 | 2026-10-01 10:00 | 2026-10-05
                 T7 | 13800000003 | 价格 | 2026-10-05 16:00 | 2026-10-06
                 T8 | 13800000004 | 价格 | 2026-10-01 10:00 | 2026-11-23
                 T9 | 13800000005 | 价格 | 2026-10-01 10:00 | 2026-10-05 15:00
                 TA | 13800000005 | 价格 | 2026-10-05 | -
                 TB | 13800000006 | 价格 | 2026-10-01 10:00 | 2026-10-05 15:00
                 TC | 13800000006 | 价格 | 2026-10-03 10:00 | 2026-10-06 15:00",
            ),
        ],
    );
    let mut found = lines(&facts["complaint"], None, &["complaint_no", "closed", "repeated", "repeat_verdict"]);
    found.sort();
    assert_eq!(
        found,
        [
            "T1 | yes | yes | missed",
            "T2 | yes | no | pending", // 90 days are not over
            "T3 | yes | no | met",     // another category
            "T4 | yes | no | met",     // one minute after the 90th day
            "T5 | no | no | -",
            "T6 | yes | yes | missed", // closed on the day of the next one, no hour: the window opens with the day
            "T7 | yes | no | pending",
            "T8 | no | no | -",             // closed after the cut-off: not known
            "T9 | yes | no | unmeasurable", // the next one came on the day of a closing at 15:00, no hour
            "TA | no | no | -",
            "TB | yes | no | pending", // the next one came before the closing: not again
            "TC | yes | no | pending",
        ]
    );
}

#[test]
fn a_call_back_is_connected_and_after_closing() {
    let facts = facts(
        "2026-11-22",
        &[
            (
                "complaint",
                "complaint_no | customer_key | category | accepted_at | closed_at | handler
                 T1 | 13800000001 | 价格 | 2026-10-01 10:00 | 2026-10-03 10:00 | 王客服
                 T2 | 13800000002 | 价格 | 2026-10-01 10:00 | 2026-10-03 10:00 | 王客服
                 T3 | 13800000003 | 价格 | 2026-10-01 10:00 | 2026-10-03 | 王客服
                 T4 | 13800000004 | 价格 | 2026-10-01 10:00 | - | 王客服",
            ),
            (
                "follow_up",
                "follow_up_no | customer_key | task | done_at | connected
                 F1 | 13800000001 | 投诉回访 | 2026-10-02 10:00 | 是
                 F2 | 13800000001 | 投诉回访 | 2026-10-04 10:00 | 否
                 F3 | 13800000002 | 投诉回访 | 2026-10-04 10:00 | 是
                 F4 | 13800000003 | 投诉回访 | 2026-10-03 10:00 | 是
                 F5 | 13800000004 | 投诉回访 | 2026-10-03 10:00 | 是",
            ),
        ],
    );
    let mut found = lines(&facts["complaint"], None, &["complaint_no", "called_back"]);
    found.sort();
    assert_eq!(found, ["T1 | no", "T2 | yes", "T3 | yes", "T4 | -"]);
    assert_eq!(
        lines(&facts["duty"], Some(("kind", "cp_plan")), &["customer_key", "staff", "verdict", "open"])[3],
        "13800000004 | 王客服 | missed | yes"
    );
    assert_eq!(lines(&facts["follow_up"], None, &["follow_up_no", "attempted"]).len(), 5);
}

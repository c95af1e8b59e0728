use super::{facts, lines};

#[test]
fn an_order_is_open_until_delivered_or_cancelled_and_a_reversal_counts_minus_one() {
    let facts = facts(
        "2026-11-22",
        &[(
            "order",
            "order_no | phone | ordered_at | delivered_at | cancelled_at
             DD1 | 13800000001 | 2026-09-10 | 2026-10-05 | -
             DD2 | 13800000002 | 2026-10-10 | - | 2026-11-03
             DD3 | 13800000003 | 2026-09-12 | 2026-09-30 | 2026-10-20
             DD4 | 13800000004 | 2026-10-01 | 2026-10-10 | 2026-10-20
             DD5 | 13800000005 | 2026-11-22 18:00 | - | -
             DD6 | 13800000006 | 2026-11-23 | - | -",
        )],
    );
    assert_eq!(
        lines(&facts["order_pool"], None, &["month", "order_key", "base", "delivered", "cancelled"]),
        [
            "2026-09-01 | DD1 | yes | 0 | no",
            "2026-09-01 | DD3 | yes | 1 | no",
            "2026-10-01 | DD1 | yes | 1 | no",
            "2026-10-01 | DD2 | yes | 0 | no",
            "2026-10-01 | DD3 | no | -1 | no",  // reversed in October: not in its base
            "2026-10-01 | DD4 | yes | 0 | yes", // delivered and reversed within the month
            "2026-11-01 | DD2 | yes | 0 | yes",
            "2026-11-01 | DD5 | yes | 0 | no", // DD6 is after the cut-off
        ]
    );
    // deliver_rate of October: (1 + 0 − 1 + 0) / (DD1, DD2, DD4) = 0 / 3; cancel_rate: DD4 / 3.
}

#[test]
fn thanks_within_twenty_four_hours() {
    let facts = facts(
        "2026-11-22",
        &[
            (
                "order",
                "order_no | vin | phone | ordered_at | delivered_at | cancelled_at
                 DD1 | LSVAB2183E2100001 | 13800000001 | 2026-09-01 | 2026-10-05 15:00 | -
                 DD2 | LSVAB2183E2100002 | 13800000002 | 2026-09-01 | 2026-10-05 15:00 | -
                 DD3 | LSVAB2183E2100003 | 13800000003 | 2026-09-01 | 2026-10-05 15:00 | -
                 DD4 | LSVAB2183E2100004 | 13800000004 | 2026-09-01 | 2026-10-05 | -
                 DD5 | LSVAB2183E2100005 | 13800000005 | 2026-09-01 | 2026-10-05 | 2026-10-20
                 DD6 | LSVAB2183E2100006 | 13800000006 | 2026-09-01 | 2026-11-22 | -
                 DD7 | LSVAB2183E2100007 | 13800000007 | 2026-09-01 | 2026-10-05 15:00 | -
                 DD8 | - | 13800000008 | 2026-09-01 | - | -",
            ),
            (
                "prospect",
                "prospect_no | phone | first_contact_at | level | level_at\nQ7 | 13800000007 | 2026-09-01 | D | 2026-10-05",
            ),
            (
                "follow_up",
                "follow_up_no | customer_key | task | done_at | method | connected
                 F1 | 13800000001 | 交车感谢 | 2026-10-06 15:00 | 短信 | 是
                 F2 | LSVAB2183E2100002 | 交车感谢 | 2026-10-06 15:01 | 微信 | 是
                 F3 | 13800000003 | 交车感谢 | 2026-10-06 | 短信 | 是
                 F4 | 13800000004 | 交车感谢 | 2026-10-06 23:59 | 短信 | 是
                 F5 | 13800000005 | 周期跟进 | 2026-10-05 16:00 | 电话 | 是
                 F6 | Q7 | 交车感谢 | 2026-10-05 14:59 | 短信 | 是
                 F7 | Q7 | 交车感谢 | 2026-10-05 15:00 | 短信 | 是",
            ),
        ],
    );
    assert_eq!(
        lines(&facts["duty"], Some(("kind", "thanks")), &["phone", "due_by", "verdict", "done_at", "open", "due"]),
        [
            "13800000001 | 2026-10-06 15:00 | met | 2026-10-06 15:00 | no | yes",
            "13800000002 | 2026-10-06 15:00 | missed | 2026-10-06 15:01 | no | yes",
            "13800000003 | 2026-10-06 15:00 | unmeasurable | 2026-10-06 | no | yes",
            "13800000007 | 2026-10-06 15:00 | met | 2026-10-05 15:00 | no | yes", // by number; 14:59 was before
            "13800000004 | 2026-10-06 23:59:59 | met | 2026-10-06 23:59 | no | yes", // delivered by date: end of next day
            "13800000005 | 2026-10-06 23:59:59 | missed | - | no | yes", // another task; reversed since, nobody calls
            "13800000006 | 2026-11-23 23:59:59 | pending | - | yes | no",
        ]
    );
}

#[test]
fn a_connected_call_by_the_third_day() {
    let facts = facts(
        "2026-11-22",
        &[
            (
                "order",
                "order_no | vin | phone | ordered_at | delivered_at
                 DD1 | LSVAB2183E2100001 | 13800000001 | 2026-09-01 | 2026-10-05 15:00
                 DD2 | LSVAB2183E2100002 | 13800000002 | 2026-09-01 | 2026-10-05
                 DD3 | LSVAB2183E2100003 | 13800000003 | 2026-09-01 | 2026-10-05
                 DD4 | LSVAB2183E2100004 | 13800000003 | 2026-09-01 | 2026-10-07
                 DD5 | LSVAB2183E2100005 | 13800000005 | 2026-09-01 | 2026-11-19",
            ),
            (
                "follow_up",
                "follow_up_no | customer_key | task | done_at | connected
                 F1 | 13800000001 | 三日回访 | 2026-10-08 | 是
                 F2 | 13800000002 | 三日回访 | 2026-10-07 10:00 | 否
                 F3 | 13800000002 | 三日回访 | 2026-10-09 00:00 | 是
                 F4 | LSVAB2183E2100003 | 三日回访 | 2026-10-08 10:00 | 是",
            ),
        ],
    );
    assert_eq!(
        lines(&facts["duty"], Some(("kind", "call_3d")), &["row", "due_by", "verdict", "done_at", "open"]),
        [
            "2 | 2026-10-08 23:59:59 | met | 2026-10-08 | no",
            "3 | 2026-10-08 23:59:59 | missed | 2026-10-09 00:00 | no",
            // Two cars, one customer: the call of the 8th is inside both limits.
            "4 | 2026-10-08 23:59:59 | met | 2026-10-08 10:00 | no",
            "5 | 2026-10-10 23:59:59 | met | 2026-10-08 10:00 | no",
            "6 | 2026-11-22 23:59:59 | missed | - | yes", // due on the cut-off's day
        ]
    );
}

#[test]
fn first_service_within_twelve_months_whole_days() {
    let facts = facts(
        "2026-11-22",
        &[
            (
                "order",
                "order_no | vin | phone | ordered_at | delivered_at | cancelled_at
                 DD1 | LSVAB2183E2100001 | 13800000001 | 2025-09-01 | 2025-11-15 | -
                 DD2 | LSVAB2183E2100002 | 13800000002 | 2025-09-01 | 2025-11-15 15:00 | -
                 DD3 | LSVAB2183E2100003 | 13800000003 | 2025-09-01 | 2025-11-15 | -
                 DD4 | LSVAB2183E2100004 | 13800000004 | 2025-09-01 | 2025-11-22 | -
                 DD5 | LSVAB2183E2100005 | 13800000005 | 2025-09-01 | 2025-11-23 | -
                 DD6 | - | 13800000006 | 2025-09-01 | 2025-11-10 | -
                 DD7 | LSVAB2183E2100007 | 13800000007 | 2025-09-01 | 2025-11-10 | 2025-12-01
                 DD8 | LSVAB2183E2100008 | 13800000008 | 2025-09-01 | - | 2025-11-01
                 DD9 | LSVAB2183E2100009 | 13800000009 | 2024-01-01 | 2024-02-29 | -",
            ),
            (
                "service_visit",
                "work_order_no | vin | in_at | kind | total
                 W1 | LSVAB2183E2100001 | 2026-11-15 | 首保 | 0
                 W2 | LSVAB2183E2100002 | 2026-11-16 08:00 | 首保 | 0
                 W3 | LSVAB2183E2100003 | 2025-11-14 | 首保 | 0
                 W4 | LSVAB2183E2100003 | 2026-03-01 | 定保 | 500
                 W5 | LSVAB2183E2100005 | 2026-05-01 | 首保 | 0
                 W6 | LSVAB2183E2100009 | 2025-02-28 18:00 | 首保 | 0",
            ),
        ],
    );
    let shown = ["order_no", "first_service_due_on", "first_service_due", "first_service_verdict"];
    assert_eq!(
        lines(&facts["order"], None, &shown)
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>(),
        [
            "DD1 | 2026-11-15 | yes | met",    // exactly + 12 months
            "DD2 | 2026-11-15 | yes | missed", // the day after
            "DD3 | 2026-11-15 | yes | missed", // a visit before the delivery is not its first service
            "DD4 | 2026-11-22 | yes | missed", // the window closes with the cut-off's day
            "DD5 | 2026-11-23 | no | met",     // done, but the window is open: not counted yet
            "DD6 | 2026-11-10 | yes | unmeasurable",
            "DD7 | - | no | -",
            "DD8 | - | no | -",
            "DD9 | 2025-02-28 | yes | met", // 29 February clamps to the 28th
        ]
    );
    // Duties: open while nobody came; the reminder is two months before the end.
    assert_eq!(
        lines(&facts["duty"], Some(("kind", "first_service")), &["customer_key", "due_from", "verdict", "open"]),
        [
            "LSVAB2183E2100009 | 2024-12-28 00:00 | met | no",
            "LSVAB2183E2100001 | 2026-09-15 00:00 | met | no",
            "LSVAB2183E2100002 | 2026-09-15 00:00 | missed | no",
            "LSVAB2183E2100003 | 2026-09-15 00:00 | missed | yes",
            "LSVAB2183E2100004 | 2026-09-22 00:00 | missed | yes",
            "LSVAB2183E2100005 | 2026-09-23 00:00 | met | no",
        ]
    );
}

#[test]
fn first_service_of_what_is_given_back_and_on_the_day_of_delivery() {
    // DD1 given back after its window closed: its closed month keeps it, and nobody invites it. DD2 given back on the
    // window's last day: never due. DD3 delivered and serviced on one day without times: the window opens with the day.
    // DD4 delivered at 15:00, a first service at 13:00 of that day was not of this delivery. DD5 was at 16:00.
    let facts = facts(
        "2026-11-22",
        &[
            (
                "order",
                "order_no | vin | phone | ordered_at | delivered_at | cancelled_at
                 DD1 | LSVAB2183E2100001 | 13800000001 | 2025-09-01 | 2025-09-10 15:00 | 2026-10-20
                 DD2 | LSVAB2183E2100002 | 13800000002 | 2025-09-01 | 2025-09-10 15:00 | 2026-09-10
                 DD3 | LSVAB2183E2100003 | 13800000003 | 2025-09-01 | 2025-09-11 | -
                 DD4 | LSVAB2183E2100004 | 13800000004 | 2025-09-01 | 2025-09-12 15:00 | -
                 DD5 | LSVAB2183E2100005 | 13800000005 | 2025-09-01 | 2025-09-13 15:00 | -",
            ),
            (
                "service_visit",
                "work_order_no | vin | in_at | kind | total
                 W3 | LSVAB2183E2100003 | 2025-09-11 | 首保 | 0
                 W4 | LSVAB2183E2100004 | 2025-09-12 13:00 | 首保 | 0
                 W5 | LSVAB2183E2100005 | 2025-09-13 16:00 | 首保 | 0",
            ),
        ],
    );
    let mut found = lines(&facts["order"], None, &["order_no", "first_service_due", "first_service_verdict"]);
    found.sort();
    assert_eq!(
        found,
        ["DD1 | yes | missed", "DD2 | no | -", "DD3 | yes | met", "DD4 | yes | missed", "DD5 | yes | met"]
    );
    let open = lines(&facts["duty"], Some(("kind", "first_service")), &["customer_key", "open"]);
    assert!(open.contains(&"LSVAB2183E2100001 | no".to_owned()), "{open:?}");
    assert!(open.contains(&"LSVAB2183E2100004 | yes".to_owned()), "{open:?}");
}

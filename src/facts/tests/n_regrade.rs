use super::{facts, lines};

const SHOWN: [&str; 5] = ["customer_key", "verdict", "due", "open", "done_at"];

fn duties(cutoff: &str, prospects: &str, follow_ups: &str) -> Vec<String> {
    let facts = facts(cutoff, &[("prospect", prospects), ("follow_up", follow_ups)]);
    lines(&facts["duty"], Some(("kind", "n_regrade")), &SHOWN)
}

#[test]
fn twenty_four_hours_to_the_minute() {
    // First contact 2 November 10:30, due 3 November 10:30.
    let found = duties(
        "2026-11-22",
        "prospect_no | phone | first_contact_at | level | level_at
         Q1 | 13800000001 | 2026-11-02 10:30 | A | 2026-11-03 10:30
         Q2 | 13800000002 | 2026-11-02 10:30 | A | 2026-11-03 10:31
         Q3 | 13800000003 | 2026-11-02 10:30 | A | 2026-11-03
         Q4 | 13800000004 | 2026-11-02 10:30 | A | 2026-11-02
         Q5 | 13800000005 | 2026-11-02 10:30 | A | 2026-11-04
         Q6 | 13800000006 | 2026-11-02 10:30 | N | 2026-11-02 10:30
         Q7 | 13800000007 | 2026-11-02 10:30 | A | 2026-11-02 10:30",
        "",
    );
    assert_eq!(
        found,
        [
            "Q1 | met | yes | no | 2026-11-03 10:30",
            "Q2 | missed | yes | no | 2026-11-03 10:31",
            "Q3 | unmeasurable | yes | no | 2026-11-03", // before or after 10:30?
            "Q4 | met | yes | no | 2026-11-02",          // any time of the 2nd is in time
            "Q5 | missed | yes | no | 2026-11-04",       // any time of the 4th is late
            "Q6 | missed | yes | yes | -",
            "Q7 | met | yes | no | 2026-11-02 10:30", // recorded at A at once
        ]
    );
}

#[test]
fn a_first_contact_without_a_time_of_day() {
    // First contact some time on the 2nd, due some time on the 3rd.
    let found = duties(
        "2026-11-22",
        "prospect_no | phone | first_contact_at | level | level_at
         Q1 | 13800000001 | 2026-11-02 | B | 2026-11-02 20:00
         Q2 | 13800000002 | 2026-11-02 | B | 2026-11-03 09:00
         Q3 | 13800000003 | 2026-11-02 | B | 2026-11-03
         Q4 | 13800000004 | 2026-11-02 | B | 2026-11-04",
        "",
    );
    assert_eq!(
        found,
        [
            "Q1 | met | yes | no | 2026-11-02 20:00",
            "Q2 | unmeasurable | yes | no | 2026-11-03 09:00",
            "Q3 | unmeasurable | yes | no | 2026-11-03",
            "Q4 | missed | yes | no | 2026-11-04",
        ]
    );
}

#[test]
fn the_earliest_word_counts_of_any_submission_or_follow_up() {
    // Q1: the first submission said B since 3 November 09:00, a later one says A since the 12th.
    // Q2: an unanswered follow-up by phone gives a level at 3 November 08:00, before the row's own 5 November.
    // Q3: a follow-up that leaves N settles nothing.
    let found = duties(
        "2026-11-22",
        "@ | prospect_no | phone | first_contact_at | level | level_at
         2026-11-08 | Q1 | 13800000001 | 2026-11-02 10:30 | B | 2026-11-03 09:00
         2026-11-15 | Q1 | 13800000001 | 2026-11-02 10:30 | A | 2026-11-12 09:00
         2026-11-15 | Q2 | 13800000002 | 2026-11-02 10:30 | C | 2026-11-05 09:00
         2026-11-15 | Q3 | 13800000003 | 2026-11-02 10:30 | N | 2026-11-02 10:30",
        "follow_up_no | customer_key | task | done_at | connected | level_after
         F1 | 13800000002 | 首次 | 2026-11-03 08:00 | 否 | C
         F2 | Q3 | 首次 | 2026-11-03 08:00 | 是 | N",
    );
    assert_eq!(
        found,
        [
            "Q1 | met | yes | no | 2026-11-03 09:00",
            "Q2 | met | yes | no | 2026-11-03 08:00",
            "Q3 | missed | yes | yes | -",
        ]
    );
}

#[test]
fn at_the_cutoff_a_duty_is_due_to_the_second() {
    let prospects = "prospect_no | phone | first_contact_at | level | level_at
         Q1 | 13800000001 | 2026-11-21 18:00 | N | 2026-11-21 18:00
         Q2 | 13800000002 | 2026-11-21 18:01 | N | 2026-11-21 18:01
         Q3 | 13800000003 | 2026-11-21 18:01 | A | 2026-11-21 19:00
         Q4 | 13800000004 | 2026-11-21 | N | 2026-11-21
         Q5 | 13800000005 | 2026-11-22 19:00 | N | 2026-11-22 19:00";
    assert_eq!(
        duties("2026-11-22 18:00", prospects, ""),
        [
            "Q4 | pending | no | yes | -", // due some time on the 22nd, perhaps after 18:00
            "Q1 | missed | yes | yes | -",
            "Q2 | pending | no | yes | -",
            "Q3 | met | no | no | 2026-11-21 19:00", // done, but not due: not counted yet
        ]
    );
}

#[test]
fn who_is_lost_at_n_has_missed_it_but_nobody_owes_it() {
    let found = duties(
        "2026-11-22",
        "prospect_no | phone | first_contact_at | level | level_at | defeated_at | defeat_reason | status
         Q1 | 13800000001 | 2026-11-02 10:30 | N | 2026-11-02 10:30 | 2026-11-05 | 无效 | 战败
         Q2 | 13800000002 | 2026-11-02 10:30 | N | 2026-11-02 10:30 | - | - | 合并",
        "",
    );
    assert_eq!(found, ["Q1 | missed | yes | no | -"]); // the merged card owes nothing
}

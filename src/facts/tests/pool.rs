use super::{facts, lines};

const SHOWN: [&str; 10] = [
    "customer_key",
    "month",
    "level_at_start",
    "open_at_start",
    "new_in_month",
    "ordered",
    "ha_base",
    "bc_base",
    "bc_up",
    "defeated",
];

fn pool(cutoff: &str, prospects: &str) -> Vec<String> {
    lines(&facts(cutoff, &[("prospect", prospects)])["pool"], None, &SHOWN)
}

#[test]
fn a_prospect_is_in_the_pool_from_its_card_to_its_order() {
    // First contact in September, A in October, ordered and delivered in October; September and October, not November.
    assert_eq!(
        pool(
            "2026-11-22",
            "@ | prospect_no | phone | first_contact_at | level | level_at | ordered_at | delivered_at
             2026-09-27 | Q1 | 13800000001 | 2026-09-20 | B | 2026-09-21 | - | -
             2026-10-11 | Q1 | 13800000001 | 2026-09-20 | A | 2026-10-08 | - | -
             2026-11-01 | Q1 | 13800000001 | 2026-09-20 | D | 2026-10-30 | 2026-10-10 | 2026-10-30",
        ),
        [
            "Q1 | 2026-09-01 | - | no | yes | no | no | no | no | no",
            "Q1 | 2026-10-01 | B | yes | no | yes | yes | yes | yes | no",
        ]
    );
}

#[test]
fn one_snapshot_is_enough() {
    // Only seen at D: before its first known level it was N; ordered on 5 October by the date alone.
    assert_eq!(
        pool(
            "2026-11-22",
            "prospect_no | phone | first_contact_at | level | level_at | ordered_at | delivered_at
             Q1 | 13800000001 | 2026-09-20 | D | 2026-11-02 | 2026-10-05 | 2026-11-02",
        ),
        [
            "Q1 | 2026-09-01 | - | no | yes | no | no | no | no | no",
            "Q1 | 2026-10-01 | N | yes | no | yes | no | no | no | no",
        ]
    );
}

#[test]
fn the_first_instant_of_a_month_is_before_all_that_is_dated_in_it() {
    // Q1 orders on 1 October at midnight: still in October's pool. Q2 is contacted that day: new, not carried.
    // Q3 moved to A on 30 September, the last day: at A at the start.
    assert_eq!(
        pool(
            "2026-10-31",
            "@ | prospect_no | phone | first_contact_at | level | level_at | ordered_at
             2026-09-27 | Q1 | 13800000001 | 2026-09-20 | C | 2026-09-20 | -
             2026-10-04 | Q1 | 13800000001 | 2026-09-20 | O | 2026-10-01 | 2026-10-01 00:00
             2026-10-04 | Q2 | 13800000002 | 2026-10-01 00:00 | C | 2026-10-01 | -
             2026-10-04 | Q3 | 13800000003 | 2026-09-30 | A | 2026-09-30 | -",
        )
        .into_iter()
        .filter(|line| line.contains("2026-10-01"))
        .collect::<Vec<_>>(),
        [
            "Q1 | 2026-10-01 | C | yes | no | yes | no | yes | yes | no",
            "Q2 | 2026-10-01 | - | no | yes | no | no | no | no | no",
            "Q3 | 2026-10-01 | A | yes | no | no | yes | no | no | no",
        ]
    );
}

#[test]
fn a_defeat_counts_when_the_review_passed_or_is_blank() {
    // All four are lost in October; November has those that are not.
    let found = pool(
        "2026-11-22",
        "prospect_no | phone | first_contact_at | level | level_at | defeated_at | defeat_review | status
         Q1 | 13800000001 | 2026-09-20 | B | 2026-09-21 | 2026-10-31 | - | 战败
         Q2 | 13800000002 | 2026-09-20 | B | 2026-09-21 | 2026-10-20 | 通过 | 战败
         Q3 | 13800000003 | 2026-09-20 | B | 2026-09-21 | 2026-10-20 | 待审 | 战败
         Q4 | 13800000004 | 2026-09-20 | B | 2026-09-21 | 2026-10-20 | 驳回 | 跟进
         Q5 | 13800000005 | 2026-09-20 | B | 2026-09-21 | - | - | 合并",
    );
    let of = |month: &str| {
        let mut keys: Vec<String> = Vec::new();
        for line in found.iter().filter(|line| line.contains(month)) {
            keys.push(format!("{} {}", &line[..2], line.rsplit(' ').next().unwrap()));
        }
        keys
    };
    assert_eq!(of("2026-09-01"), ["Q1 no", "Q2 no", "Q3 no", "Q4 no"]); // the merged card is in no pool
    assert_eq!(of("2026-10-01"), ["Q1 yes", "Q2 yes", "Q3 no", "Q4 no"]);
    assert_eq!(of("2026-11-01"), ["Q3 no", "Q4 no"]);
}

#[test]
fn reaching_h_or_a_makes_the_base_of_closing() {
    // Q1 new and at H in October; Q2 carried at C and up by a follow-up; Q3 opened again at A in October after a
    // cancellation in September: neither open at the start nor new, in the base of closing only.
    let facts = facts(
        "2026-10-31",
        &[
            (
                "prospect",
                "@ | prospect_no | phone | first_contact_at | level | level_at | ordered_at | cancelled_at
                 2026-10-25 | Q1 | 13800000001 | 2026-10-02 | H | 2026-10-03 | - | -
                 2026-10-25 | Q2 | 13800000002 | 2026-09-02 | C | 2026-09-03 | - | -
                 2026-09-27 | Q3 | 13800000003 | 2026-09-02 | T | 2026-09-20 | 2026-09-10 | 2026-09-20
                 2026-10-25 | Q3 | 13800000003 | 2026-09-02 | A | 2026-10-12 | 2026-09-10 | 2026-09-20",
            ),
            (
                "follow_up",
                "follow_up_no | customer_key | task | done_at | connected | level_after
                 F1 | Q2 | 周期跟进 | 2026-10-31 23:59 | 是 | A",
            ),
        ],
    );
    assert_eq!(
        lines(&facts["pool"], Some(("month", "2026-10-01")), &SHOWN),
        [
            "Q1 | 2026-10-01 | - | no | yes | no | yes | no | no | no",
            "Q2 | 2026-10-01 | C | yes | no | no | yes | yes | yes | no",
            "Q3 | 2026-10-01 | - | no | no | no | yes | no | no | no",
        ]
    );
}

#[test]
fn a_corrected_order_date_moves_the_order() {
    // First said ordered on 30 September, corrected to 2 October: October's order, and in October's pool.
    let found = pool(
        "2026-10-31",
        "@ | prospect_no | phone | first_contact_at | level | level_at | ordered_at
         2026-10-04 | Q1 | 13800000001 | 2026-09-20 | O | 2026-09-30 | 2026-09-30
         2026-10-11 | Q1 | 13800000001 | 2026-09-20 | O | 2026-10-02 | 2026-10-02",
    );
    assert_eq!(
        found,
        [
            "Q1 | 2026-09-01 | - | no | yes | no | no | no | no | no",
            "Q1 | 2026-10-01 | N | yes | no | yes | no | no | no | no",
        ]
    );
}

#[test]
fn a_prospect_opened_again_keeps_what_happened_before() {
    // Lost on 5 October; the row of the next submission is at A since 20 October and its defeat is empty: the defeat was,
    // and the prospect is open again.
    let found = pool(
        "2026-11-22",
        "@ | prospect_no | phone | first_contact_at | level | level_at | defeated_at
         2026-10-11 | Q1 | 13800000001 | 2026-09-20 | B | 2026-10-02 | 2026-10-05
         2026-11-22 | Q1 | 13800000001 | 2026-09-20 | A | 2026-10-20 | -",
    );
    assert_eq!(
        found,
        [
            "Q1 | 2026-09-01 | - | no | yes | no | no | no | no | no",
            "Q1 | 2026-10-01 | N | yes | no | no | yes | no | no | yes",
            "Q1 | 2026-11-01 | A | yes | no | no | yes | no | no | no",
        ]
    );
    // A newer row whose level is older takes the defeat back.
    let found = pool(
        "2026-10-31",
        "@ | prospect_no | phone | first_contact_at | level | level_at | defeated_at
         2026-10-11 | Q1 | 13800000001 | 2026-09-20 | B | 2026-10-02 | 2026-10-05
         2026-10-18 | Q1 | 13800000001 | 2026-09-20 | B | 2026-10-02 | -",
    );
    assert_eq!(found[1], "Q1 | 2026-10-01 | N | yes | no | no | no | no | no | no");
}

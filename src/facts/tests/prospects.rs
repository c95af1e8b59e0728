use super::{facts, lines};

#[test]
fn levels_merge_from_all_versions_and_follow_ups() {
    let facts = facts(
        "2026-11-22",
        &[
            (
                "prospect",
                "@ | prospect_no | phone | first_contact_at | level | level_at | ordered_at | consultant
                 2026-10-04 | Q1 | 13800000001 | 2026-10-01 10:00 | N | 2026-10-01 10:00 | - | 张三
                 2026-10-11 | Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-10-02 09:00 | - | 张三
                 2026-10-18 | Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-10-15 09:00 | - | 张三
                 2026-11-01 | Q1 | 13800000001 | 2026-10-01 10:00 | O | 2026-10-30 | 2026-10-28 | 李四",
            ),
            (
                "follow_up",
                "follow_up_no | customer_key | task | done_at | connected | level_after
                 F1 | Q1 | 周期跟进 | 2026-10-20 15:00 | 是 | H
                 F2 | Q1 | 周期跟进 | 2026-10-29 15:00 | 是 | O",
            ),
        ],
    );
    assert_eq!(
        lines(&facts["level_change"], None, &["from_level", "to_level", "at", "source", "staff"]),
        [
            "- | N | 2026-10-01 10:00 | sheet | 张三",
            "N | B | 2026-10-02 09:00 | sheet | 张三", // said again on the 15th: no change
            "B | H | 2026-10-20 15:00 | follow_up | 李四",
            "H | O | 2026-10-28 | sheet | 李四", // by 下订日期, neither by 级别更新时间 nor by the follow-up
        ]
    );
    assert_eq!(
        lines(&facts["episode"], None, &["opened_at", "ordered_at", "closed_at", "outcome", "level", "level_at"]),
        ["2026-10-01 10:00 | 2026-10-28 | - | - | O | 2026-10-28"]
    );
}

#[test]
fn the_newest_version_withdraws_what_it_contradicts() {
    // First A since the 5th, corrected to B since the 2nd.
    let facts = facts(
        "2026-11-22",
        &[(
            "prospect",
            "@ | prospect_no | phone | first_contact_at | level | level_at
             2026-10-11 | Q1 | 13800000001 | 2026-10-01 10:00 | A | 2026-10-05 10:00
             2026-10-18 | Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-10-02 10:00",
        )],
    );
    let changes = lines(&facts["level_change"], None, &["from_level", "to_level", "at"]);
    assert_eq!(changes, ["- | B | 2026-10-02 10:00"]);
}

#[test]
fn episodes_end_by_delivery_cancellation_and_defeat_and_can_begin_again() {
    let facts = facts(
        "2026-11-22",
        &[(
            "prospect",
            "@ | prospect_no | phone | first_contact_at | level | level_at | ordered_at | delivered_at | cancelled_at | defeated_at | defeat_review | status
             2026-11-15 | Q1 | 13800000001 | 2026-10-01 | D | 2026-10-20 | 2026-10-10 | 2026-10-20 | - | - | - | -
             2026-11-15 | Q2 | 13800000002 | 2026-10-02 | T | 2026-10-15 | 2026-10-10 | - | 2026-10-15 | - | - | -
             2026-11-15 | Q3 | 13800000003 | 2026-10-03 | A | 2026-10-22 15:00 | - | - | - | 2026-10-20 | - | 战败
             2026-11-15 | Q4 | 13800000004 | 2026-10-04 | A | 2026-10-05 | - | - | - | 2026-10-20 | 待审 | 战败
             2026-11-15 | Q5 | 13800000005 | 2026-10-05 | B | 2026-10-06 | - | - | - | - | - | 合并
             2026-10-18 | Q6 | 13800000006 | 2026-10-06 | B | 2026-10-07 | - | - | - | 2026-10-14 | 通过 | 战败
             2026-11-15 | Q6 | 13800000006 | 2026-10-06 | A | 2026-11-10 | - | - | - | - | - | 跟进
             2026-11-15 | Q7 | 13800000007 | 2026-10-07 | D | 2026-10-09 | 2026-10-09 | 2026-10-09 09:00 | - | - | - | -
             2026-11-15 | Q8 | 13800000008 | 2026-11-23 | N | 2026-11-23 | - | - | - | - | - | -",
        )],
    );
    let shown = ["customer_key", "opened_at", "closed_at", "outcome", "level"];
    assert_eq!(
        lines(&facts["episode"], None, &shown),
        [
            "Q1 | 2026-10-01 | 2026-10-20 | D | D",
            "Q2 | 2026-10-02 | 2026-10-15 | T | T",
            "Q3 | 2026-10-03 | 2026-10-20 | defeat | A", // touching the level after the defeat opens nothing again
            "Q4 | 2026-10-04 | - | - | A",               // under review: not lost yet
            "Q5 | 2026-10-05 | 2026-10-06 | merged | B",
            "Q6 | 2026-10-06 | 2026-10-14 | defeat | B",
            "Q7 | 2026-10-07 | 2026-10-09 09:00 | D | D", // ordered and delivered in one day
            "Q6 | 2026-11-10 | - | - | A",
            // Q8 is first contacted after the cut-off: not known.
        ]
    );
    let open = lines(&facts["prospect"], None, &["customer_key", "open"]);
    assert_eq!(open, ["Q1 | no", "Q2 | no", "Q3 | no", "Q4 | yes", "Q5 | no", "Q6 | yes", "Q7 | no", "Q8 | no"]);
}

#[test]
fn the_next_date_is_the_first_ahead_of_row_and_last_follow_up() {
    let facts = facts(
        "2026-11-22",
        &[
            (
                "prospect",
                "prospect_no | phone | first_contact_at | level | level_at | next_contact_on
                 Q1 | 13800000001 | 2026-11-01 | H | 2026-11-02 | 2026-11-30
                 Q2 | 13800000002 | 2026-11-02 | H | 2026-11-02 | 2026-11-20
                 - | 13800000003 | 2026-11-03 | H | 2026-11-03 | -",
            ),
            (
                "follow_up",
                "follow_up_no | customer_key | task | done_at | connected | next_on
                 F1 | Q1 | 周期跟进 | 2026-11-20 10:00 | 是 | 2026-11-22
                 F2 | Q2 | 周期跟进 | 2026-11-15 10:00 | 否 | 2026-11-18
                 F3 | 13800000003 | 周期跟进 | 2026-11-16 10:00 | 是 | -",
            ),
        ],
    );
    assert_eq!(
        lines(&facts["episode"], None, &["customer_key", "next_contact_on", "last_contact_at"]),
        [
            "Q1 | 2026-11-22 | 2026-11-20 10:00",
            "Q2 | 2026-11-20 | -",
            "13800000003 | - | 2026-11-16 10:00", // known by phone only
        ]
    );
}

#[test]
fn a_follow_up_by_phone_or_vin_finds_the_card_of_its_time() {
    // One phone, two cards: the first ended in August. The VIN is linked to the phone by the order.
    let facts = facts(
        "2026-11-22",
        &[
            (
                "prospect",
                "prospect_no | phone | first_contact_at | level | level_at | ordered_at | delivered_at
                 Q1 | 13800000001 | 2026-07-01 | D | 2026-08-10 | 2026-08-01 | 2026-08-10
                 Q2 | 13800000001 | 2026-10-01 | A | 2026-10-02 | - | -",
            ),
            (
                "order",
                "order_no | vin | phone | ordered_at | delivered_at
                 DD1 | LSVAB2183E2100001 | 13800000001 | 2026-08-01 | 2026-08-10",
            ),
            (
                "follow_up",
                "follow_up_no | customer_key | task | done_at | connected
                 F1 | 13800000001 | 周期跟进 | 2026-07-20 10:00 | 是
                 F2 | 13800000001 | 周期跟进 | 2026-11-05 10:00 | 是
                 F3 | LSVAB2183E2100001 | 周期跟进 | 2026-11-06 10:00 | 是
                 F4 | Q1 | 周期跟进 | 2026-11-07 10:00 | 是
                 F5 | 13900000009 | 周期跟进 | 2026-11-08 10:00 | 是",
            ),
        ],
    );
    assert_eq!(
        lines(&facts["prospect"], None, &["customer_key", "last_contact_at"]),
        ["Q1 | 2026-11-07 10:00", "Q2 | 2026-11-06 10:00"]
    );
}

#[test]
fn a_card_begun_anew_leaves_its_former_life_behind() {
    let facts = facts(
        "2026-11-22",
        &[(
            "prospect",
            "@ | prospect_no | phone | first_contact_at | level | level_at | defeated_at
             2026-10-18 | Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-10-02 10:00 | 2026-10-14
             2026-11-15 | Q1 | 13800000001 | 2026-11-10 10:00 | A | 2026-11-10 15:00 | -",
        )],
    );
    assert_eq!(lines(&facts["level_change"], None, &["from_level", "to_level", "at"]), ["- | A | 2026-11-10 15:00"]);
    assert_eq!(lines(&facts["episode"], None, &["opened_at", "outcome", "level"]), ["2026-11-10 10:00 | - | A"]);
}

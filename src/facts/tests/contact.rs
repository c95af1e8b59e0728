use super::{facts, lines};

/// Contact duties of a store: overdue after C 15, B 7, A 5, H 2, O 3 days.
fn duties(cutoff: &str, prospects: &str, follow_ups: &str) -> Vec<String> {
    let facts = facts(cutoff, &[("prospect", prospects), ("follow_up", follow_ups)]);
    let shown = ["level", "opened_at", "due_by", "verdict", "done_at", "open"];
    lines(&facts["duty"], Some(("kind", "contact")), &shown)
}

#[test]
fn each_contact_and_each_level_starts_the_next_duty() {
    let found = duties(
        "2026-11-01",
        "@ | prospect_no | phone | first_contact_at | level | level_at
         2026-10-04 | Q1 | 13800000001 | 2026-10-01 10:00 | C | 2026-10-01 11:00
         2026-10-25 | Q1 | 13800000001 | 2026-10-01 10:00 | A | 2026-10-20 09:00",
        "follow_up_no | customer_key | task | done_at | connected
         F1 | Q1 | 周期跟进 | 2026-10-10 12:00 | 否
         F2 | Q1 | 周期跟进 | 2026-10-16 23:59 | 是
         F3 | 13800000001 | 周期跟进 | 2026-10-25 18:00 | 是",
    );
    assert_eq!(
        found,
        [
            // 1 October + 15 days; the unanswered call of the 10th is no contact, the one late on the 16th is in time.
            "C | 2026-10-01 11:00 | 2026-10-16 23:59:59 | met | 2026-10-16 23:59 | no",
            // 20 October + 5 days; met on the last day.
            "A | 2026-10-20 09:00 | 2026-10-25 23:59:59 | met | 2026-10-25 18:00 | no",
            // 25 October + 5 days; nothing came, the cut-off is 1 November.
            "A | 2026-10-25 18:00 | 2026-10-30 23:59:59 | missed | - | yes",
            // 16 October + 15 days = 31 October: the change to A on the 20th took its place.
            "C | 2026-10-16 23:59 | 2026-10-31 23:59:59 | replaced | - | no",
        ]
    );
}

#[test]
fn after_a_miss_the_chain_goes_on_from_the_next_contact() {
    let prospects = "prospect_no | phone | first_contact_at | level | level_at
         Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-10-01 10:00";
    let follow_ups = "follow_up_no | customer_key | task | done_at | connected
         F1 | Q1 | 周期跟进 | 2026-10-30 10:00 | 是";
    assert_eq!(
        duties("2026-11-06", prospects, follow_ups),
        [
            // 1 + 7 = 8 October; done three weeks late. One miss, not one for each week that passed.
            "B | 2026-10-01 10:00 | 2026-10-08 23:59:59 | missed | 2026-10-30 10:00 | no",
            // 30 October + 7 = 6 November: the cut-off's own day is due.
            "B | 2026-10-30 10:00 | 2026-11-06 23:59:59 | missed | - | yes",
        ]
    );
    // One second before the day's end it is not.
    let open = "B | 2026-10-30 10:00 | 2026-11-06 23:59:59 | pending | - | yes";
    assert_eq!(duties("2026-11-06 23:59:58", prospects, follow_ups)[1], open);
    // A contact after the cut-off is not known.
    let missed = "B | 2026-10-01 10:00 | 2026-10-08 23:59:59 | missed | - | yes";
    assert_eq!(duties("2026-10-20", prospects, follow_ups), [missed]);
}

#[test]
fn the_end_replaces_and_a_new_episode_starts_anew() {
    let found = duties(
        "2026-11-30",
        "@ | prospect_no | phone | first_contact_at | level | level_at | defeated_at | defeat_reason
         2026-10-11 | Q1 | 13800000001 | 2026-10-01 10:00 | H | 2026-10-01 10:00 | - | -
         2026-10-18 | Q1 | 13800000001 | 2026-10-01 10:00 | H | 2026-10-01 10:00 | 2026-10-03 | 价格
         2026-11-29 | Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-11-20 10:00 | - | -",
        "follow_up_no | customer_key | task | done_at | connected
         F1 | Q1 | 周期跟进 | 2026-10-09 10:00 | 是",
    );
    assert_eq!(
        found,
        [
            // 1 + 2 = 3 October, the day of the defeat: replaced. The contact of the 9th is of nobody's duty.
            "H | 2026-10-01 10:00 | 2026-10-03 23:59:59 | replaced | - | no",
            // Opened again at B on 20 November: + 7.
            "B | 2026-11-20 10:00 | 2026-11-27 23:59:59 | missed | - | yes",
        ]
    );
}

#[test]
fn an_order_is_followed_until_delivery() {
    let found = duties(
        "2026-11-30",
        "prospect_no | phone | first_contact_at | level | level_at | ordered_at | delivered_at
         Q1 | 13800000001 | 2026-10-01 10:00 | D | 2026-10-20 | 2026-10-12 | 2026-10-20",
        "follow_up_no | customer_key | task | done_at | connected
         F1 | Q1 | 周期跟进 | 2026-10-14 10:00 | 是",
    );
    assert_eq!(
        found,
        [
            // O since 12 October by the date alone, + 3 days.
            "O | 2026-10-12 | 2026-10-15 23:59:59 | met | 2026-10-14 10:00 | no",
            "O | 2026-10-14 10:00 | 2026-10-17 23:59:59 | missed | - | no",
        ]
    );
}

#[test]
fn a_day_without_hours_leaves_the_order_open() {
    let prospects = "@ | prospect_no | phone | first_contact_at | level | level_at
         2026-10-04 | Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-10-01 10:00
         2026-10-11 | Q1 | 13800000001 | 2026-10-01 10:00 | A | 2026-10-06";
    // Contact at 14:00, level changed some time that day: met or replaced, nobody can say.
    let apart = "follow_up_no | customer_key | task | done_at | connected | level_after
         F1 | Q1 | 周期跟进 | 2026-10-06 14:00 | 是 | -";
    assert_eq!(
        duties("2026-10-10", prospects, apart),
        [
            "B | 2026-10-01 10:00 | 2026-10-08 23:59:59 | unmeasurable | 2026-10-06 14:00 | no",
            "A | 2026-10-06 14:00 | 2026-10-11 23:59:59 | pending | - | yes",
        ]
    );
    // The follow-up itself gives the level: the contact comes first, and the row's day is the same change.
    let together = "follow_up_no | customer_key | task | done_at | connected | level_after
         F1 | Q1 | 周期跟进 | 2026-10-06 14:00 | 是 | A";
    assert_eq!(
        duties("2026-10-10", prospects, together),
        [
            "B | 2026-10-01 10:00 | 2026-10-08 23:59:59 | met | 2026-10-06 14:00 | no",
            "A | 2026-10-06 14:00 | 2026-10-11 23:59:59 | pending | - | yes",
        ]
    );
    // An unanswered call may set a level too; it is no contact.
    let unanswered = "follow_up_no | customer_key | task | done_at | connected | level_after
         F1 | Q1 | 周期跟进 | 2026-10-06 14:00 | 否 | A";
    assert_eq!(
        duties("2026-10-10", prospects, unanswered)[0],
        "B | 2026-10-01 10:00 | 2026-10-08 23:59:59 | replaced | - | no"
    );
}

#[test]
fn who_held_the_prospect_when_it_fell_due_owes_it() {
    let facts = facts(
        "2026-11-22",
        &[(
            "prospect",
            "@ | prospect_no | phone | first_contact_at | level | level_at | consultant
             2026-10-11 | Q1 | 13800000001 | 2026-10-01 10:00 | B | 2026-10-01 10:00 | 张三
             2026-10-25 | Q1 | 13800000001 | 2026-10-01 10:00 | A | 2026-10-20 10:00 | 李四",
        )],
    );
    // B fell due on 8 October, while 张三 held it; A on 25 October.
    assert_eq!(
        lines(&facts["duty"], Some(("kind", "contact")), &["staff", "verdict", "workbook", "row"]),
        ["张三 | missed | S01/2026-10-11.xlsx | 2", "李四 | missed | S01/2026-10-25.xlsx | 3"]
    );
}

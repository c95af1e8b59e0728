use super::{at, catalog, day, lines, store, submission};
use crate::{
    facts::board,
    model::{Grain, Period, SheetTally, StoreRows},
};

fn week(text: &str) -> Period {
    Period::of(Grain::Week, day(text))
}

/// A tally of 10 rows: 8 accepted (1 repaired), 2 rejected, 7 clean.
fn tally(kind: &str, workbook: &str, week_of: Option<&str>, submitted: Option<&str>) -> SheetTally {
    SheetTally {
        store: "S01".into(),
        kind: kind.into(),
        workbook: workbook.into(),
        sheet: "表".into(),
        week: week_of.map(week),
        submitted_at: submitted.map(at),
        rows_read: 10,
        accepted: 8,
        repaired: 1,
        rejected: 2,
        clean: 7,
        rows: Default::default(),
    }
}

fn lines_of(cutoff: &str, weeks: &[&str], tallies: Vec<SheetTally>, columns: &[&str]) -> Vec<String> {
    let catalog = catalog();
    let (store, settings) = store(&catalog);
    let submissions = vec![submission("2026-11-15", "S01/a.xlsx"), submission("2026-11-15", "S01/b.xlsx")];
    let rows = StoreRows { store: "S01".into(), submissions, tallies, ..StoreRows::default() };
    let weeks: Vec<Period> = weeks.iter().map(|text| week(text)).collect();
    lines(&board(&store, &rows, &weeks, &settings, at(cutoff)), None, columns)
}

#[test]
fn the_deadline_is_monday_noon_after_the_week() {
    // Week 2026-W46, 9 to 15 November; deadline 16 November 12:00. Expected: complaint, follow_up, prospect.
    let found = lines_of(
        "2026-11-22",
        &["2026-11-15"],
        vec![
            tally("complaint", "S01/a.xlsx", Some("2026-11-15"), Some("2026-11-16 12:00")),
            tally("follow_up", "S01/a.xlsx", Some("2026-11-15"), Some("2026-11-16 12:01")),
            tally("order", "S01/a.xlsx", Some("2026-11-15"), None),
        ],
        &["kind", "week", "expected", "received", "verdict", "due_by", "workbook", "row"],
    );
    assert_eq!(
        found,
        [
            "complaint | 2026-11-12 | yes | yes | met | 2026-11-16 12:00 | S01/a.xlsx | 0",
            "follow_up | 2026-11-12 | yes | yes | missed | 2026-11-16 12:00 | S01/a.xlsx | 0",
            "order | 2026-11-12 | no | yes | unmeasurable | 2026-11-16 12:00 | S01/a.xlsx | 0",
            "prospect | 2026-11-12 | yes | no | missed | 2026-11-16 12:00 |  | 0",
        ]
    );
}

#[test]
fn before_the_deadline_nothing_is_missed() {
    let shown = ["kind", "verdict"];
    let all = |verdict: &str| ["complaint", "follow_up", "prospect"].map(|kind| format!("{kind} | {verdict}"));
    assert_eq!(lines_of("2026-11-16 11:59", &["2026-11-15"], vec![], &shown), all("pending"));
    assert_eq!(lines_of("2026-11-16 12:00", &["2026-11-15"], vec![], &shown), all("missed"));
}

#[test]
fn several_submissions_of_a_week_are_one_line() {
    let line = |first: Option<&str>, second: Option<&str>| {
        let tallies = vec![
            tally("prospect", "S01/a.xlsx", Some("2026-11-15"), first),
            tally("prospect", "S01/b.xlsx", Some("2026-11-15"), second),
        ];
        let shown = ["verdict", "submitted_at", "workbook", "rows_read", "accepted", "repaired", "rejected", "clean"];
        lines_of("2026-11-22", &[], tallies, &shown).remove(0)
    };
    assert_eq!(
        line(Some("2026-11-18 09:00"), Some("2026-11-16 09:00")),
        "met | 2026-11-16 09:00 | S01/b.xlsx | 20 | 16 | 2 | 4 | 14"
    );
    // One is late, the other says nothing: it may have been in time.
    assert!(line(Some("2026-11-18 09:00"), None).starts_with("unmeasurable | 2026-11-18 09:00"));
    // A date alone on the deadline's day decides nothing; the day before does.
    assert!(line(Some("2026-11-16"), Some("2026-11-17")).starts_with("unmeasurable"));
    assert!(line(Some("2026-11-15"), None).starts_with("met"));
}

#[test]
fn a_sheet_without_a_week_is_of_the_cutoffs_and_weeks_beyond_the_expected_keep_their_line() {
    let found = lines_of(
        "2026-11-22",
        &[],
        vec![
            tally("order", "S01/a.xlsx", None, None),
            tally("order", "S01/b.xlsx", Some("2025-12-29"), Some("2026-01-02")),
        ],
        &["kind", "week", "expected", "verdict", "submission"],
    );
    // 29 December 2025 is in week 2026-W01, whose Thursday is New Year's Day.
    assert_eq!(found, ["order | 2026-01-01 | no | met | 1", "order | 2026-11-19 | no | unmeasurable | 0"]);
}

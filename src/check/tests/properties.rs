//! What must not matter: the order in which workbooks arrive, and how a week's rows are spread over workbooks.

use super::*;
use proptest::prelude::*;

const HEADER: &str = "prospect_no phone first_contact_at level ordered_at delivered_at status";

/// A prospect's row: few numbers and phones, so that they meet; sometimes without a number, sometimes wrong.
fn row() -> impl Strategy<Value = String> {
    let levels = prop::sample::select(vec!["N", "A", "H", "O", "D"]);
    let status = prop::sample::select(vec!["", "跟进", "合并"]);
    (0..6u32, 0..4u32, 1..9u32, levels, prop::option::of(1..9u32), prop::option::of(1..9u32), status).prop_map(
        |(number, phone, first, level, ordered, delivered, status)| {
            let number = if number == 0 { String::new() } else { format!("Q{number}") };
            let day = |day: Option<u32>| day.map_or(String::new(), |day| format!("2026-11-0{day}"));
            format!(
                "{number}|1380000000{phone}|{}|{level}|{}|{}|{status}",
                day(Some(first)),
                day(ordered),
                day(delivered)
            )
        },
    )
}

fn read(path: &str, to: &str, rows: &[String]) -> WorkbookRead {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    book(path, to, vec![table("prospect", HEADER, &rows)])
}

/// The accepted rows without their places, sorted.
fn accepted(rows: &StoreRows) -> Vec<Vec<String>> {
    let cells = |row: &crate::model::CheckedRow| row.values.iter().map(Value::display).collect();
    let mut all: Vec<Vec<String>> = rows.sheets["prospect"].current.iter().map(cells).collect();
    all.sort();
    all
}

/// One row for each number, and none without: a key stands once in a submission.
fn keyed(mut rows: Vec<String>) -> Vec<String> {
    let number = |row: &str| row.split('|').next().unwrap_or_default().to_owned();
    rows.sort_by_key(|row| number(row));
    rows.dedup_by_key(|row| number(row));
    rows.retain(|row| !row.starts_with('|'));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_workbooks_changes_nothing(
        weeks in prop::collection::vec(prop::collection::vec(row(), 0..8), 3..4),
        dated in any::<bool>(),
    ) {
        let dates = if dated { ["2026-11-08", "2026-11-15", "2026-11-22"] } else { ["", "2026-11-15", ""] };
        let reads: Vec<WorkbookRead> = weeks.iter().zip(["a", "b", "c"]).zip(dates).map(|((rows, path), to)| read(path, to, rows)).collect();
        let once = checked(reads.clone());
        let mut turned = reads.clone();
        turned.rotate_left(1);
        prop_assert_eq!(&once, &checked(turned));
        prop_assert_eq!(&once, &checked(reads.into_iter().rev().collect()));
    }

    #[test]
    fn splitting_a_week_changes_no_accepted_row(
        before in prop::collection::vec(row(), 0..8),
        week in prop::collection::vec(row(), 0..12),
        second in prop::collection::vec(any::<bool>(), 12),
    ) {
        let (before, week) = (read("a", "2026-11-15", &keyed(before)), keyed(week));
        let whole = checked(vec![before.clone(), read("b", "2026-11-22", &week)]).0;
        let half = |which| week.iter().zip(&second).filter(|(_, own)| **own == which).map(|(row, _)| row.clone()).collect::<Vec<_>>();
        let split = checked(vec![before, read("c", "2026-11-22", &half(false)), read("b", "2026-11-22", &half(true))]).0;
        prop_assert_eq!(accepted(&whole), accepted(&split));
        let sums = |rows: &StoreRows| rows.tallies.iter().map(|t| [t.rows_read, t.accepted, t.rejected]).fold([0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
        prop_assert_eq!(sums(&whole), sums(&split));
    }
}

//! The `meeting_week` fact: the weeks that have ended since the store's first row in 例会, with whether one of them was a
//! 维系例会. A week stands with its Thursday.

use super::{
    beside::instant,
    drafts::{Drafts, date},
    ledger::Ledger,
    record::{is_one_of, word},
};
use crate::model::{CheckedRow, FactTable, Grain, Instant, Period, Value};
use chrono::NaiveDate;

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("meeting_week", &ledger.store.id);
    let Some(sheet) = ledger.sheet("meeting") else { return drafts.finish() };
    let [held_on, kind] = sheet.fields(["held_on", "kind"]);
    let keeping = sheet.role("kind", "keeping");
    let dated = |row| Some((instant(row, held_on)?.date(), row));
    let mut meetings: Vec<(NaiveDate, &CheckedRow)> = sheet.current().iter().filter_map(dated).collect();
    meetings.retain(|(day, _)| *day <= ledger.today);
    meetings.sort_by_key(|(day, row)| (*day, row.place()));
    let Some((first, _)) = meetings.first() else { return drafts.finish() };
    let mut week = Period::of(Grain::Week, *first);
    while week.end().pred_opt().is_some_and(|last| last <= ledger.today) {
        let inside = |own: &&(NaiveDate, &CheckedRow)| week.holds(own.0) && is_one_of(word(own.1, kind), keeping);
        let held = meetings.iter().find(inside);
        let latest = || meetings.iter().rfind(|(day, _)| *day < week.end());
        if let Some((_, row)) = held.or_else(latest) {
            let thursday = week.thursday();
            drafts.add(
                Some(Instant::day(thursday)),
                row,
                &[
                    ("week", date(Some(thursday))),
                    ("held", Value::Flag(held.is_some())),
                    ("held_on", date(held.map(|(day, _)| *day))),
                ],
            );
        }
        week = week.next();
    }
    drafts.finish()
}

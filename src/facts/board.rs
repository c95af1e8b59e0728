//! The `submission` fact: what each store had to send and sent, by sheet and ISO week.
//!
//! A line stands for each sheet that was expected or received in the week. Several submissions of one sheet for one week
//! are one line: the earliest counts for the deadline, the rows of all for the sums. A tally that names no week belongs to
//! the cut-off's.

use crate::{
    catalog::derived,
    model::{FactTable, Grain, Instant, Period, SheetTally, StoreRows, Value, Verdict, instant::Tri},
    project::{Settings, Store},
};
use std::{collections::BTreeMap, sync::Arc};

/// The `submission` fact of a store. `weeks` are those in which the expected sheets are due; a sheet received for any
/// other week has its line too. The verdict of a line, expected or not: `met` when one of its submissions is surely in
/// time; `unmeasurable` when one may be (no 提交时间, or a date alone on the day of the deadline); else `missed` when the
/// deadline is behind the cut-off or something came late; else `pending`.
pub fn board(store: &Store, rows: &StoreRows, weeks: &[Period], settings: &Settings, cutoff: Instant) -> FactTable {
    let mut lines: BTreeMap<(Period, &Arc<str>), Vec<&SheetTally>> = BTreeMap::new();
    let expected = weeks.iter().flat_map(|week| settings.expected.iter().map(move |kind| (*week, kind)));
    lines.extend(expected.clone().map(|line| (line, Vec::new())));
    for tally in &rows.tallies {
        let week = tally.week.unwrap_or_else(|| Period::of(Grain::Week, cutoff.date()));
        lines.entry((week, &tally.kind)).or_default().push(tally);
    }
    let expected: std::collections::BTreeSet<(Period, &Arc<str>)> = expected.collect();
    let submission_of = |tally: &SheetTally| {
        rows.submissions.iter().position(|submission| submission.workbook == tally.workbook).map(|i| i as i64)
    };
    let mut table = FactTable::new("submission", derived::columns("submission").unwrap_or_default());
    for (line, all) in &lines {
        let (week, kind) = *line;
        // What was filled into a form or a list is a row of the sheet, and not the sheet that is due.
        let due = expected.contains(line);
        let tallies: Vec<&SheetTally> = all.iter().filter(|tally| !due || !rows.is_of_form(tally)).copied().collect();
        let deadline = Instant::exact(settings.deadline(week));
        // The week of a cut-off early in it counts from the first day on.
        let day = if week.holds(cutoff.date()) { week.thursday().min(cutoff.date()) } else { week.thursday() };
        let first = tallies.iter().min_by_key(|tally| (tally.submitted_at.is_none(), tally.submitted_at));
        let sum = |part: fn(&SheetTally) -> u64| {
            let total: u64 = all.iter().map(|tally| part(tally)).sum();
            Value::Int(i64::try_from(total).unwrap_or(i64::MAX))
        };
        let instant = |at: Option<Instant>| at.map_or(Value::Null, Value::Instant);
        table.push(&[
            Value::Text(store.id.clone()),
            first.map_or(Value::from(""), |tally| Value::Text(tally.workbook.clone())),
            first.map_or(Value::from(""), |tally| Value::Text(tally.sheet.clone())),
            Value::Int(0),
            first.and_then(|tally| submission_of(tally)).map_or(Value::Null, Value::Int),
            Value::Text(kind.clone()),
            Value::Instant(Instant::day(day)),
            Value::Flag(due),
            Value::Flag(!tallies.is_empty()),
            Value::from(verdict(&tallies, &deadline, cutoff).word()),
            instant(first.and_then(|tally| tally.submitted_at)),
            Value::Instant(deadline),
            sum(|tally| tally.rows_read),
            sum(|tally| tally.accepted),
            sum(|tally| tally.repaired),
            sum(|tally| tally.rejected),
            sum(|tally| tally.clean),
        ]);
    }
    table
}

fn verdict(tallies: &[&SheetTally], deadline: &Instant, cutoff: Instant) -> Verdict {
    let answers = || tallies.iter().map(|tally| tally.submitted_at.map_or(Tri::Unknown, |at| at.not_after(deadline)));
    if answers().any(|answer| answer == Tri::Yes) {
        Verdict::Met
    } else if answers().any(|answer| answer == Tri::Unknown) {
        Verdict::Unmeasurable
    } else if !tallies.is_empty() || deadline.at <= cutoff.latest() {
        Verdict::Missed
    } else {
        Verdict::Pending
    }
}

//! S003, S007: rows that were open and are missing from the next submission of a sheet that repeats all open rows.

use super::{judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    diagnostic::{Finding, Severity},
    model::{OrderBasis, Place, personal},
};
use std::collections::BTreeSet;

/// What one submission of a kind of sheet holds of open subjects.
#[derive(Default, Clone, Copy)]
struct Week {
    /// Open subjects of the submission.
    open: usize,
    /// Of these, the ones that the next submission holds too, in whatever state.
    repeated: usize,
}

/// Gives S003 for each subject that was open in a submission and is in no later one, at the newest sheet of its kind: there
/// the row has to be put back. The row that was sent last counts as unclean. Where the next
/// submission of this kind of sheet repeats less than half of the open rows, it was filtered or sent in parts: one S007
/// at that sheet, returned here, says so for all of them. Workbooks for the same 周止 are one submission, and so are those of
/// no known week: which of them came after which is not known, so that nothing vanishes from one to the next (S001). A sheet
/// of which nothing could be read has a finding of its own.
pub(super) fn report(ledger: &mut Ledger<'_>, judge: &Judge<'_>) -> Vec<Finding> {
    let mut in_parts = Vec::new();
    if !ledger.sheet.cumulative || ledger.open.is_none() || ledger.tables.is_empty() {
        return in_parts;
    }
    // The submission each table belongs to, counted over submissions that hold this kind of sheet.
    let mut numbers: Vec<usize> = Vec::with_capacity(ledger.tables.len());
    for (i, held) in ledger.tables.iter().enumerate() {
        let number = match i.checked_sub(1).map(|before| (&ledger.tables[before], numbers[before])) {
            None => 0,
            Some((before, number)) => {
                let (old, new) = (&before.read.submission, &held.read.submission);
                let together = held.table.of_form
                    || (old.store == new.store && (old.workbook == new.workbook || old.to == new.to));
                // What the store sent itself is no later state of what came from the group.
                let step = if old.store == new.store { 1 } else { 2 };
                if together { number } else { number + step }
            }
        };
        numbers.push(number);
    }
    let mut weeks = vec![Week::default(); numbers.last().map_or(0, |last| last + 1)];
    let mut missing: Vec<(usize, usize)> = Vec::new();
    for subject in &ledger.subjects {
        let number_of = |line: &usize| numbers[ledger.lines[*line].sheet];
        let accepted: Vec<usize> = subject.history.versions.concat();
        for (i, line) in accepted.iter().enumerate() {
            let number = number_of(line);
            let newest_of_week = accepted.get(i + 1).is_none_or(|next| number_of(next) != number);
            // A form holds what was filled in, never all that is open.
            let of_form = ledger.sheet_of(*line).table.of_form;
            if !newest_of_week || of_form || !ledger.is_open(*line) {
                continue;
            }
            weeks[number].open += 1;
            if subject.lines.iter().any(|other| number_of(other) == number + 1) {
                weeks[number].repeated += 1;
            } else if subject.lines.iter().all(|other| number_of(other) <= number) {
                missing.push((number, *line));
            }
        }
    }
    let mut told = BTreeSet::new();
    for (number, line) in missing.iter().copied() {
        let Some(next) = numbers.iter().position(|other| *other == number + 1) else { continue };
        let held = &ledger.tables[next];
        if held.table.is_unread() || of_no_week(ledger, line) {
            continue;
        }
        if weeks[number].repeated * 2 < weeks[number].open || weeks[number].repeated == 0 {
            if told.insert(number) {
                let gone = missing.iter().filter(|(other, _)| *other == number).count();
                let args = arguments! { "open" => weeks[number].open, "missing" => gone };
                let place = Place::sheet(held.read.path.clone(), held.table.sheet.clone());
                in_parts.extend(judge.finding("S007", place, "", args));
            }
            continue;
        }
        let Some(newest) = ledger.tables.last() else { continue };
        let place = Place::sheet(newest.read.path.clone(), newest.table.sheet.clone());
        let own = ledger.sheet_of(line);
        let before = own.table.place(&own.read.path, ledger.lines[line].row.row, None).to_string();
        let args = arguments! { "row" => called(ledger, line), "before" => before };
        let found = judge.finding("S003", place, "", args);
        ledger.lines[line].unlisted |= found.as_ref().is_some_and(|finding| finding.severity >= Severity::Warning);
        in_parts.extend(found);
    }
    in_parts
}

/// Whether nobody knows which week a line was sent for.
fn of_no_week(ledger: &Ledger<'_>, line: usize) -> bool {
    ledger.submission(line).basis == OrderBasis::PathOrder
}

/// The number by which a row is known, masked where it is personal.
fn called(ledger: &Ledger<'_>, line: usize) -> String {
    let values = ledger.values(line);
    let known = |key: &&Vec<usize>| key.iter().all(|field| !values[*field].is_null());
    let key = ledger.sheet.keys.iter().find(known).map_or(&[][..], Vec::as_slice);
    let shown = |field: &usize| {
        let (column, value) = (&ledger.sheet.columns[*field], values[*field].display());
        let shown = column
            .personal
            .map_or_else(|| personal::mask_inside(&value).into_owned(), |class| personal::mask(class, &value));
        format!("{} {shown}", column.title.zh)
    };
    key.iter().map(shown).collect::<Vec<_>>().join(" ")
}

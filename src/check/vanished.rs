//! S003: a row that was open and is missing from the next submission of a sheet that repeats all open rows.

use super::{history, judge::Judge, ledger::Ledger};

/// The lines of one subject in one week's submission.
#[derive(Default, Clone, Copy)]
struct Week {
    /// Open subjects of the submission.
    open: usize,
    /// Of these, the ones that the next submission holds too, in whatever state.
    repeated: usize,
}

/// Raises S003 at the last row of each subject that was open there and is in no later submission, when the next
/// submission of this kind of sheet repeats at least half of the open rows: with less it was sent in parts, and says
/// nothing about what it leaves out. Workbooks for the same 周止 are one submission.
pub(super) fn report(ledger: &mut Ledger<'_>, judge: &Judge<'_>) {
    if !ledger.sheet.cumulative || ledger.open.is_none() || ledger.tables.is_empty() {
        return;
    }
    // The submission each table belongs to, counted over submissions that hold this kind of sheet.
    let mut numbers: Vec<usize> = Vec::with_capacity(ledger.tables.len());
    for (i, held) in ledger.tables.iter().enumerate() {
        let number = match i.checked_sub(1).map(|before| (&ledger.tables[before], numbers[before])) {
            None => 0,
            Some((before, number)) => {
                let (old, new) = (&before.read.submission, &held.read.submission);
                let together = old.workbook == new.workbook || (old.to.is_some() && old.to == new.to);
                if together { number } else { number + 1 }
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
            if !newest_of_week || !ledger.is_open(*line) {
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
    for (number, line) in missing {
        let Some(next) = numbers.iter().position(|other| *other == number + 1) else { continue };
        if weeks[number].repeated * 2 < weeks[number].open || weeks[number].repeated == 0 {
            continue;
        }
        let next = ledger.tables[next].read.path.to_string();
        if ledger.raise(judge, "S003", line, None, &[("next", &next)]) {
            history::fold(ledger, judge, ledger.lines[line].subject);
        }
    }
}

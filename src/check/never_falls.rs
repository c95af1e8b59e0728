//! A number that only grows (R502: a car comes in with fewer kilometres than at its visit before).

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    model::{Instant, Value},
};

/// Compares the newest version of each row with the row of the same thing before it. Rows of one day whose order the
/// record leaves open are not compared.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, of: &str, judge: &Judge<'_>) {
    let time = rows.sheet.time.as_deref().and_then(|time| rows.sheet.field(time));
    let (Some(of), Some(time)) = (rows.sheet.field(of), time) else { return };
    let number = |value: &Value| value.int().or(value.amount().map(|fen| fen.0));
    let mut ordered: Vec<(&str, Instant, i64, &str, usize, usize)> = Vec::new();
    for (index, subject) in rows.subjects.iter().enumerate() {
        let Some(&line) = subject.history.versions.last().and_then(|version| version.last()) else { continue };
        let values = rows.values(line);
        if let (Some(of), Some(at), Some(number)) =
            (values[of].text(), values[time].instant(), number(&values[rule.field]))
            && rule.asks(values)
        {
            ordered.push((of, at, number, &subject.identity, index, line));
        }
    }
    ordered.sort();
    let mut falls: Vec<(usize, String, String)> = Vec::new();
    for pair in ordered.windows(2) {
        let ((before_of, before_at, before, .., before_line), (of, at, now, _, index, line)) = (pair[0], pair[1]);
        if before_of == of && before_at.latest() < at.earliest() && now < before {
            let shown = |line: usize| rows.values(line)[rule.field].display();
            falls.push((index, shown(before_line), shown(line)));
        }
    }
    for (subject, before, now) in falls {
        let Some(version) = rows.subjects[subject].history.versions.last().cloned() else { continue };
        let mut rejects = false;
        for line in version {
            let args = arguments! { "before" => &before, "value" => &now };
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), args);
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}

//! R502: a car comes in with fewer kilometres than at its visit before.

use super::{history, judge::Judge, ledger::Ledger};
use crate::model::Instant;

/// Compares the newest version of each visit with the visit of the same VIN before it. Visits of one day whose order
/// the record leaves open are not compared.
pub(super) fn never_falls(visits: &mut Ledger<'_>, judge: &Judge<'_>) {
    let field = |name| visits.sheet.field(name);
    let (Some(vin), Some(time), Some(mileage)) = (field("vin"), field("in_at"), field("mileage")) else { return };
    let mut ordered: Vec<(&str, Instant, i64, &str, usize)> = Vec::new();
    for (index, subject) in visits.subjects.iter().enumerate() {
        let Some(&line) = subject.history.versions.last().and_then(|version| version.last()) else { continue };
        let values = visits.values(line);
        if let (Some(vin), Some(at), Some(mileage)) =
            (values[vin].text(), values[time].instant(), values[mileage].int())
        {
            ordered.push((vin, at, mileage, &subject.identity, index));
        }
    }
    ordered.sort();
    let mut falls: Vec<(usize, i64, i64)> = Vec::new();
    for pair in ordered.windows(2) {
        let ((before_vin, before_at, before, ..), (vin, at, now, _, index)) = (pair[0], pair[1]);
        if before_vin == vin && before_at.latest() < at.earliest() && now < before {
            falls.push((index, before, now));
        }
    }
    for (subject, before, now) in falls {
        let Some(version) = visits.subjects[subject].history.versions.last().cloned() else { continue };
        let (before, now) = (before.to_string(), now.to_string());
        let mut rejects = false;
        for line in version {
            rejects |= visits.raise(judge, "R502", line, Some(mileage), &[("before", &before), ("value", &now)]);
        }
        if rejects {
            history::fold(visits, judge, subject);
        }
    }
}

//! Fills `first_fix`: whether a repair held: no 返修 of the car came in up to the end of the 30th day after it had left.

use super::{beside::Beside, ledger::Ledger, window};
use crate::model::{Instant, Value, Verdict};

/// Days in which a car must not come back.
const DAYS: u32 = 30;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for visit in ledger.visits.iter().filter(|visit| visit.repair) {
        let Some(left) = visit.left else { continue };
        let own = ledger.visits_of.get(&**visit.vin).map_or(&[][..], Vec::as_slice);
        let reworks = own.iter().map(|i| &ledger.visits[*i]).filter(|other| other.rework);
        let reworks: Vec<(Instant, ())> = reworks.map(|other| (other.at, ())).collect();
        let until = window::end_of_day_after(left.date(), DAYS);
        let verdict = match window::judge(&reworks, left.earliest(), until, ledger.now).0 {
            Verdict::Met => Verdict::Missed,
            Verdict::Missed => Verdict::Met,
            other => other,
        };
        let verdict = window::closed(verdict, until, ledger.now);
        beside.set(visit.index, &[("fix_verdict", Value::from(verdict.word()))]);
    }
}

//! Whether a repair (一般维修) held: no 返修 of the car from its leaving to the end of the thirtieth day after it.

use super::{ledger::Ledger, record::Visit, window::Window};
use crate::model::Verdict;

/// Days in which it must not come back.
const DAYS: u32 = 30;

/// How a repair stands.
pub(super) struct Repair {
    /// The days are over.
    pub due: bool,
    /// `Met` when it held.
    pub verdict: Verdict,
}

/// Judges a visit; `None` unless it is a repair that left.
pub(super) fn judge(ledger: &Ledger<'_>, visit: &Visit<'_>) -> Option<Repair> {
    let window = Window::days_after(visit.out.filter(|_| visit.repair())?, DAYS);
    let visits = ledger.visits_of.get(&**visit.vin).into_iter().flatten().map(|i| &ledger.visits[*i]);
    let reworks = visits.filter(|other| other.rework()).map(|other| (other.at, other.row));
    let verdict = match window.judge(reworks, ledger.now).0 {
        Verdict::Met => Verdict::Missed,
        Verdict::Missed => Verdict::Met,
        other => other,
    };
    Some(Repair { due: window.passed(ledger.now), verdict })
}

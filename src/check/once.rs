//! Each finding once: in the newest submission that still has it.

use super::ledger::{Ledger, Raised};
use crate::diagnostic::Finding;
use std::collections::HashMap;

/// Findings about an event of one submission rather than about what the row says; each is reported.
const EVENTS: [&str; 1] = ["S002"];

/// The findings in a ledger's rows without those that a newer submission repeats for the same subject and column.
/// All that the newest submission has are kept, also when two of its rows have them.
pub(super) fn newest_only(ledger: &Ledger<'_>) -> Vec<Finding> {
    let about = |raised: &Raised| {
        let line = &ledger.lines[raised.line];
        (ledger.tables[line.sheet].submission, line.subject)
    };
    let mut newest: HashMap<(usize, &str, &str), usize> = HashMap::new();
    for raised in ledger.findings() {
        let (submission, subject) = about(raised);
        let known = newest.entry((subject, &raised.finding.code, &raised.finding.field)).or_insert(submission);
        *known = (*known).max(submission);
    }
    let stays = |raised: &&Raised| {
        let (submission, subject) = about(raised);
        EVENTS.contains(&&*raised.finding.code)
            || newest.get(&(subject, &*raised.finding.code, &*raised.finding.field)) == Some(&submission)
    };
    ledger.findings().filter(stays).map(|raised| raised.finding.clone()).collect()
}

//! Each finding once: in the newest submission that still has it.

use super::ledger::{Ledger, Raised};
use crate::diagnostic::{Finding, Severity};
use std::collections::HashMap;

/// Findings about an event of one submission rather than about what the row says; each is reported.
const EVENTS: [&str; 3] = ["S002", "S035", "S040"];

/// Findings that stand at both of two rows of one week, so that no row is newer than the other.
const PAIRED: [&str; 1] = ["S042"];

/// The findings in a ledger's rows without those that a newer submission repeats for the same subject and column.
/// All that the newest submission has are kept, also when two of its rows have them. What a newer submission of the
/// same subject no longer has is corrected: it stays as a notice, so that every row that was kept out still says why,
/// and a store that has mended its rows comes out clean.
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
    let mut last_sent: HashMap<usize, usize> = HashMap::new();
    for line in &ledger.lines {
        let sent = last_sent.entry(line.subject).or_default();
        *sent = (*sent).max(ledger.tables[line.sheet].submission);
    }
    let stays = |raised: &&Raised| {
        let (submission, subject) = about(raised);
        EVENTS.iter().chain(&PAIRED).any(|code| **code == *raised.finding.code)
            || newest.get(&(subject, &*raised.finding.code, &*raised.finding.field)) == Some(&submission)
    };
    let said = |raised: &Raised| {
        let (own, subject) = about(raised);
        let finding = &raised.finding;
        let last_said = newest.get(&(subject, &*finding.code, &*finding.field)).copied();
        let submission = last_said.filter(|_| PAIRED.contains(&&*finding.code)).unwrap_or(own);
        let corrected = !EVENTS.contains(&&*raised.finding.code)
            && raised.finding.severity > Severity::Notice
            && last_sent.get(&subject).is_some_and(|last| *last > submission);
        if corrected { as_corrected(&raised.finding) } else { raised.finding.clone() }
    };
    ledger.findings().filter(stays).map(said).collect()
}

fn as_corrected(finding: &Finding) -> Finding {
    Finding { severity: Severity::Notice, corrected: true, ..finding.clone() }
}

//! R205: a contact with a prospect before the store first had contact with that prospect.

use super::{history, judge::Judge, ledger::Ledger};
use crate::model::text::normalized_key;
use chrono::NaiveDateTime;
use std::collections::HashMap;

/// The earliest instant at which a prospect can have been first contacted, by number and by phone. Of several
/// versions, or prospects under one phone, the earliest counts.
pub(super) struct FirstContacts(HashMap<String, NaiveDateTime>);

impl FirstContacts {
    /// Those of the accepted prospects.
    pub fn of(prospects: &Ledger<'_>) -> FirstContacts {
        let mut earliest = HashMap::new();
        let field = |name| prospects.sheet.field(name);
        let Some(first) = field("first_contact_at") else { return FirstContacts(earliest) };
        let keys: Vec<usize> = [field("prospect_no"), field("phone")].into_iter().flatten().collect();
        for line in prospects.subjects.iter().flat_map(|subject| subject.history.versions.iter().flatten()) {
            let values = prospects.values(*line);
            let Some(at) = values[first].instant() else { continue };
            for key in keys.iter().filter_map(|key| values[*key].text()) {
                let known = earliest.entry(normalized_key(key).into_owned()).or_insert(at.earliest());
                *known = (*known).min(at.earliest());
            }
        }
        FirstContacts(earliest)
    }
}

/// Keeps out the follow-ups of prospects that were made before the first contact under every reading.
pub(super) fn not_before_first(follow_ups: &mut Ledger<'_>, first: &FirstContacts, judge: &Judge<'_>) {
    let field = |name| follow_ups.sheet.field(name);
    let (Some(party), Some(customer), Some(done)) = (field("party"), field("customer_key"), field("done_at")) else {
        return;
    };
    for subject in 0..follow_ups.subjects.len() {
        let lines: Vec<usize> = follow_ups.subjects[subject].history.versions.concat();
        let mut rejects = false;
        for line in lines {
            let values = follow_ups.values(line);
            let (Some("潜客"), Some(key), Some(at)) =
                (values[party].text(), values[customer].text(), values[done].instant())
            else {
                continue;
            };
            if let Some(known) = first.0.get(&*normalized_key(key))
                && at.latest() < *known
            {
                let args = [("value", at.display()), ("first", known.format("%Y-%m-%d").to_string())];
                let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
                rejects |= follow_ups.raise(judge, "R205", line, Some(done), &args);
            }
        }
        if rejects {
            history::fold(follow_ups, judge, subject);
        }
    }
}

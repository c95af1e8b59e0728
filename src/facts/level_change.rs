//! The `level_change` fact: every move of a prospect from one level to another, from all versions and follow-ups.

use super::{
    drafts::{Drafts, fixed, moment, text},
    history::{Source, State},
    ledger::Ledger,
};
use crate::model::{FactTable, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("level_change", &ledger.store.id);
    for (prospect, history) in ledger.prospects.iter().zip(&ledger.histories) {
        if prospect.merged {
            continue;
        }
        let mut from: Option<State> = None;
        // A defeat is no level: a prospect opened again at the level it was lost at has not moved.
        for change in history.changes.iter().filter(|change| change.state != State::Defeat) {
            if from == Some(change.state) {
                continue;
            }
            let source = match change.source {
                Source::Sheet => "sheet",
                Source::FollowUp => "follow_up",
                Source::Order => "order",
            };
            drafts.add(
                Some(change.at),
                change.row,
                &[
                    ("customer_key", text(Some(prospect.key))),
                    ("staff", text(prospect.holders.on(change.day()))),
                    ("model", text(prospect.model)),
                    ("channel", text(prospect.channel)),
                    ("from_level", fixed(from.map(State::word))),
                    ("to_level", Value::from(change.state.word())),
                    ("at", moment(Some(change.at))),
                    ("source", Value::from(source)),
                ],
            );
            from = Some(change.state);
        }
    }
    drafts.finish()
}

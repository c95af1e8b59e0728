//! The `answer` fact: how satisfied customers said they were: the survey's rows, and of a store that never sent a survey
//! the return visits with 满意度.

use super::{
    beside::instant,
    drafts::{Drafts, moment, text},
    ledger::Ledger,
    record::{known, word},
};
use crate::model::{FactTable, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("answer", &ledger.store.id);
    let (kind, at) = if ledger.sheet("survey").is_some() { ("survey", "asked_on") } else { ("follow_up", "done_at") };
    let Some(sheet) = ledger.sheet(kind) else { return drafts.finish() };
    let of_kind = if kind == "survey" { "kind" } else { "task" };
    let [at, rated, customer, of_kind, satisfaction] =
        sheet.fields([at, "rated", "customer_key", of_kind, "satisfaction"]);
    for row in sheet.current() {
        let (Some(said), Some(at)) = (word(row, satisfaction), instant(row, at)) else { continue };
        if !known(at, ledger.now) {
            continue;
        }
        drafts.add(
            Some(at),
            row,
            &[
                ("source", Value::from(kind)),
                ("at", moment(Some(at))),
                ("staff", text(word(row, rated))),
                ("customer_key", text(word(row, customer))),
                ("kind", text(word(row, of_kind))),
                ("satisfaction", text(Some(said))),
            ],
        );
    }
    drafts.finish()
}

//! The `complaint_stock` fact: the complaints open at each month end, and how old they are.

use super::{
    drafts::{Drafts, date, moment, text},
    ledger::Ledger,
    month_end,
};
use crate::model::{FactTable, Instant, Value};

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("complaint_stock", &ledger.store.id);
    for complaint in &ledger.complaints {
        let accepted = complaint.accepted.date();
        for end in month_end::since(ledger, Some(accepted)) {
            if complaint.closed.is_some_and(|closed| closed.date() <= end.day) {
                break;
            }
            drafts.add(
                Some(Instant::day(end.day)),
                complaint.row,
                &[
                    ("customer_key", text(Some(complaint.customer))),
                    ("staff", text(complaint.holders.on(end.day))),
                    ("category", text(complaint.category)),
                    ("month_end", date(Some(end.day))),
                    ("current", Value::Flag(end.current)),
                    ("accepted_at", moment(Some(complaint.accepted))),
                    ("age_days", Value::Int((end.day - accepted).num_days())),
                ],
            );
        }
    }
    drafts.finish()
}

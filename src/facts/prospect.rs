//! Fills `prospect_standing`: who a card is of, and how it stands at the cut-off.

use super::{
    beside::{Beside, cell},
    drafts::{moment, text},
    history::History,
    ledger::Ledger,
    record::Prospect,
};
use crate::model::{CheckedRow, Value};

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let (number, phone) = (beside.field("prospect_no"), beside.field("phone"));
    let key = |row: &CheckedRow| match cell(row, number) {
        Value::Null => cell(row, phone).clone(),
        number => number.clone(),
    };
    let rows = beside.rows();
    for (i, row) in rows.iter().enumerate() {
        let unknown = (Value::Flag(false), Value::Null, Value::Null);
        set(beside, i, key(row), unknown);
    }
    for (prospect, history) in ledger.prospects.iter().zip(&ledger.histories) {
        let open = is_open(prospect, history);
        let last_contact = moment(history.last_contact(ledger.today));
        let holder = text(prospect.holders.on(prospect.first_contact.date()));
        set(beside, prospect.index, key(&rows[prospect.index]), (Value::Flag(open), last_contact, holder));
    }
}

/// Whether a card is followed: at an open level, neither merged nor asleep.
pub(super) fn is_open(prospect: &Prospect<'_>, history: &History<'_>) -> bool {
    !prospect.merged && history.state().is_open() && !history.asleep()
}

fn set(beside: &mut Beside<'_>, row: usize, key: Value, (open, last_contact, holder): (Value, Value, Value)) {
    let values = [("customer_key", key), ("open", open), ("last_contact_at", last_contact), ("holder", holder)];
    beside.set(row, &values);
}

//! Fills `own_brand` and `other_brand`: whether a registration, or a car in the workshop, is of the store's brand. A store
//! without a brand in the settings cannot say.

use super::{beside::Beside, ledger::Ledger, record::word};
use crate::model::{Value, text::normalized_key};

/// For each row whether its brand is the store's.
fn own(ledger: &Ledger<'_>, beside: &Beside<'_>) -> Vec<Option<bool>> {
    let brand = beside.field("brand");
    let store = normalized_key(&ledger.store.brand);
    let of = |text: &std::sync::Arc<str>| normalized_key(text) == store;
    beside.rows().iter().map(|row| word(row, brand).filter(|_| !store.is_empty()).map(of)).collect()
}

/// Fills `own_brand` beside registrations.
pub(super) fn registrations(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for (i, own) in own(ledger, beside).into_iter().enumerate() {
        beside.set(i, &[("own_brand", super::beside::flag(own))]);
    }
}

/// Fills `other_brand` beside work orders.
pub(super) fn visits(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    for (i, own) in own(ledger, beside).into_iter().enumerate() {
        beside.set(i, &[("other_brand", own.map_or(Value::Null, |own| Value::Flag(!own)))]);
    }
}

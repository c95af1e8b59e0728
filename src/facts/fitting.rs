//! Fills `fitting`: whether an order's car took accessories when it was new.

use super::{
    beside::{Beside, cell, flag},
    ledger::Ledger,
    record::{is_one_of, word},
};
use crate::model::Value;
use std::collections::HashSet;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let Some(sheet) = ledger.sheet("accessory") else { return };
    let [order, vin, scene] = sheet.fields(["order_no", "vin", "scene"]);
    let new_car = sheet.role("scene", "new_car");
    let sold = sheet.current().iter().filter(|row| is_one_of(word(row, scene), new_car));
    let keys: HashSet<&str> =
        sold.flat_map(|row| [word(row, order), word(row, vin)]).flatten().map(|key| &**key).collect();
    let own = [beside.field("order_no"), beside.field("vin")];
    let rows = beside.rows();
    for (i, row) in rows.iter().enumerate() {
        let fitted = own.iter().any(|field| match cell(row, *field) {
            Value::Text(key) => keys.contains(&**key),
            _ => false,
        });
        beside.set(i, &[("fitted", flag(Some(fitted)))]);
    }
}

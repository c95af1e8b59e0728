//! Fills `visitor_district`, the district that the card of a visitor or caller names, and `visit_district`, that of a car's
//! owner.

use super::{
    beside::{Beside, cell},
    drafts::text,
    ledger::Ledger,
    record::word,
};
use crate::model::Value;
use std::{collections::HashMap, sync::Arc};

pub(super) fn visits(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let Some(sheet) = ledger.sheet("owner") else { return };
    let [vin, district] = sheet.fields(["vin", "district"]);
    let districts: HashMap<&str, &Arc<str>> =
        sheet.current().iter().filter_map(|row| Some((&**word(row, vin)?, word(row, district)?))).collect();
    let (rows, own) = (beside.rows(), beside.field("vin"));
    for (i, row) in rows.iter().enumerate() {
        beside.set(i, &[("district", text(word(row, own).and_then(|vin| districts.get(&**vin).copied())))]);
    }
}

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let Some(sheet) = ledger.sheet("prospect") else { return };
    let [number, phone, district] = sheet.fields(["prospect_no", "phone", "district"]);
    let mut districts: HashMap<&str, &Arc<str>> = HashMap::new();
    for row in sheet.current() {
        if let Some(district) = word(row, district) {
            districts.extend([word(row, number), word(row, phone)].into_iter().flatten().map(|key| (&**key, district)));
        }
    }
    let own = [beside.field("prospect_no"), beside.field("phone")];
    let rows = beside.rows();
    for (i, row) in rows.iter().enumerate() {
        let found = own.iter().find_map(|field| match cell(row, *field) {
            Value::Text(key) => districts.get(&**key).copied(),
            _ => None,
        });
        beside.set(i, &[("district", text(found))]);
    }
}

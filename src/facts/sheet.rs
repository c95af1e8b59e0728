//! The facts of sheets: every accepted row in its newest version, with the columns that need more than the row itself.

use super::{BESIDE, beside::Beside, ledger::Ledger};
use crate::{
    catalog::{SheetDef, derived},
    model::{CheckedRow, FactTable, Instant, Value},
};

/// The fact of a sheet, sorted by the sheet's time, then by place; empty when the store sent none.
pub(super) fn table(ledger: &Ledger<'_>, sheet: &SheetDef) -> FactTable {
    let mut table = FactTable::new(sheet.id.clone(), sheet.fact_columns());
    let Some(own) = ledger.rows.sheets.get(&sheet.id) else { return table };
    let added: Vec<Beside<'_>> = derived::beside(&sheet.id)
        .map(|declared| {
            let mut beside = Beside::new(declared, sheet, &own.current);
            if let Some((_, fill)) = BESIDE.iter().find(|(name, _)| *name == &*declared.name) {
                fill(ledger, &mut beside);
            }
            beside
        })
        .collect();
    let time = sheet.time.as_deref().and_then(|time| sheet.field(time));
    let when =
        |row: &CheckedRow| -> Option<Instant> { time.and_then(|time| row.values.get(time)).and_then(Value::instant) };
    let mut order: Vec<usize> = (0..own.current.len()).collect();
    order.sort_by_cached_key(|i| (when(&own.current[*i]), own.current[*i].place()));
    let mut values = Vec::new();
    for i in order {
        let row = &own.current[i];
        values.clear();
        values.push(Value::Text(ledger.store.id.clone()));
        values.push(Value::Text(row.workbook.clone()));
        values.push(Value::Text(row.sheet.clone()));
        values.push(Value::Int(i64::from(row.row)));
        values.push(Value::Int(i64::from(row.submission)));
        values.extend((0..sheet.columns.len()).map(|field| row.values.get(field).cloned().unwrap_or_default()));
        values.extend(added.iter().flat_map(|beside| beside.cells(i)).cloned());
        table.push(&values);
    }
    table
}

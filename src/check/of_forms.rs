//! Rows that were filled into a form. A form has no place for all that a sheet has: what it leaves open stays as the newest
//! earlier row of the same thing has it. What is still missing then is said at the form's cell.

use super::{identity, judge::Judge, ledger::Ledger};
use crate::{
    catalog::{Catalog, SheetDef},
    model::{RowValues, WorkbookRead},
};
use std::collections::HashMap;

/// Fills what forms leave open; `reads` are in the order of submission.
pub(super) fn complete(reads: &mut [WorkbookRead], catalog: &Catalog) {
    let made = |sheet: &&SheetDef| reads.iter().flat_map(|read| &read.tables).any(|t| t.of_form && t.kind == sheet.id);
    let sheets: Vec<&SheetDef> = catalog.sheets.iter().filter(made).collect();
    for sheet in sheets {
        let mut newest: HashMap<String, RowValues> = HashMap::new();
        for read in reads.iter_mut() {
            // Two rows of one workbook are two things, however alike.
            let mut of_workbook: Vec<(String, RowValues)> = Vec::new();
            for table in read.tables.iter_mut().filter(|table| table.kind == sheet.id) {
                for row in table.rows.iter_mut().filter(|row| !row.rejected) {
                    let Some(key) = identity::known_by(sheet, &row.values) else { continue };
                    if table.of_form
                        && let Some(before) = newest.get(&key)
                    {
                        row.values = completed(&row.values, before, sheet.columns.len());
                    }
                    of_workbook.push((key, row.values.clone()));
                }
            }
            newest.extend(of_workbook);
        }
    }
}

/// A row with what it leaves open taken from another; what stands beside the sheet's own columns is each row's own.
fn completed(row: &RowValues, before: &RowValues, columns: usize) -> RowValues {
    let one = |(at, own): (usize, &crate::model::Value)| match before.get(at) {
        Some(other) if own.is_null() && at < columns => other.clone(),
        _ => own.clone(),
    };
    row.iter().enumerate().map(one).collect()
}

/// C007 at the cells of forms whose rows lack what their sheet needs.
pub(super) fn required(ledger: &mut Ledger<'_>, judge: &Judge<'_>) {
    let columns: Vec<usize> =
        ledger.sheet.columns.iter().enumerate().filter(|(_, own)| own.required).map(|(at, _)| at).collect();
    for line in 0..ledger.lines.len() {
        let table = ledger.sheet_of(line).table;
        if !table.of_form {
            continue;
        }
        for field in &columns {
            let lacks = ledger.values(line)[*field].is_null() && table.columns[*field].is_some();
            if lacks && !ledger.lines[line].broken.contains(field) {
                ledger.lines[line].broken.push(*field);
                ledger.raise(judge, "C007", line, Some(*field), Vec::new());
            }
        }
    }
}

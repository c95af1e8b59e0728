//! Sheets with months across: a title is a month (or year), the cell below it the value of the row for that month.
//!
//! Such a sheet becomes one table for each month, so that every value has a row and a cell of its own.

use super::{
    cell::{Named, month_value, named},
    columns::Collector,
    header::Header,
    plan::SheetPlan,
    raw::{Fault, Raw, RowBuf},
    rows::{Remark, Remarks, Sheet, TableReader, is_blank},
};
use crate::model::{Message, Value};
use std::collections::BTreeSet;

/// Rows of a sheet with months across; each stands for as many as there are months.
const ROWS: usize = 20_000;

/// The cells of a row that are titles of months or years, where the sheet may stand so. `known` is how many other titles
/// of the sheet the row has.
pub(super) fn titles(row: &RowBuf, sheet: &SheetPlan, known: usize) -> Vec<(u32, Named)> {
    if sheet.across.is_none() || known == 0 {
        return Vec::new();
    }
    let title = |(col, raw): &(u32, Raw)| match raw {
        Raw::Text(text) if text.len() <= 24 => named(&super::title::normal(text)).map(|(named, _)| (*col, named)),
        Raw::Number { value, dated: true } => Named::of_day(*value).map(|named| (*col, named)),
        _ => None,
    };
    row.cells.iter().filter_map(title).collect()
}

/// Reads the rows below such a header, a table for each month.
///
/// # Errors
/// When there are more rows than are read of such a sheet, or they cannot be handed on.
pub(super) fn read(
    header: &Header,
    rows: &[RowBuf],
    own: &Sheet<'_>,
    out: &mut Collector<'_>,
    remarks: &mut Remarks,
) -> Result<(), Fault> {
    let (sheet, name, around) = (own.plan, own.name, own.around);
    let Some((by, value)) = sheet.across else { return Ok(()) };
    if rows.len() > ROWS {
        return Err(Fault::TooMuch { what: Message::new("fault.rows"), limit: ROWS as u64 });
    }
    let above: Vec<&RowBuf> = rows.iter().filter(|row| row.row < header.row).collect();
    let year = year_named(name, &above);
    let mut said = BTreeSet::new();
    for (col, named) in &header.across {
        let named = match (*named, year) {
            (Named::MonthAlone(month), Some(year)) => Named::Month(year, month),
            (named, _) => named,
        };
        let month = month_value(named, sheet.columns[by].cell, around, true);
        let mut of_month = header.clone();
        of_month.across.clear();
        of_month.columns[value] = Some((*col, 1));
        let mut found = Remarks::default();
        if month.is_none() {
            let remark = Remark::new("C003", name, crate::arguments! { "shown" => "" });
            found.push(remark.at(header.row, Some(*col), &sheet.columns[by].title));
        }
        let mut table = TableReader::new(of_month, rows, own.clone(), out, &mut found)?;
        table.fix(by, &month.unwrap_or(Value::Null));
        for row in rows.iter().filter(|row| row.row > header.row) {
            // A month without a value is no row.
            if row.cells.iter().any(|(at, raw)| at == col && !is_blank(raw)) {
                table.read(row)?;
            }
        }
        // What is to be said of a cell that all months share is said once.
        for remark in found.into_list() {
            if said.insert((remark.code.to_string(), remark.row, remark.col)) {
                remarks.push(remark);
            }
        }
    }
    Ok(())
}

/// The year that the sheet's name or a row above the header gives, when it is one.
fn year_named(name: &str, above: &[&RowBuf]) -> Option<i32> {
    let texts = above.iter().flat_map(|row| &row.cells).filter_map(|(_, raw)| match raw {
        Raw::Text(text) => Some(&**text),
        _ => None,
    });
    let years: BTreeSet<i32> = texts.chain([name]).flat_map(years_in).collect();
    years.first().copied().filter(|_| years.len() == 1)
}

/// The years that stand in a text as four digits of their own.
fn years_in(text: &str) -> impl Iterator<Item = i32> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4);
    runs.filter_map(|run| run.parse().ok()).filter(|year| (2000..=2100).contains(year))
}

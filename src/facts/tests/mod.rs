//! Facts worked by hand. Rows are written as text tables with the sheets' field names; the column `@` is the 周止 of the
//! submission (2026-11-22 when absent), and a key repeated under a later one is a newer version. `-` is an empty cell.

mod complaints;
mod contact;
mod definitions;
mod deliveries;
mod lifecycle;
mod n_regrade;
mod orders;
mod pool;
mod prospects;
mod sheets;
mod submission;

use super::{Facts, GroupDeliveries, deliveries as delivered_by};
use crate::{
    catalog::{Catalog, CellType, derived},
    model::{CheckedRow, Column, FactTable, Fen, Instant, OrderBasis, StoreRows, Submission, Value},
    project::{Settings, Store, settings::parse_as_of},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub(super) fn catalog() -> Catalog {
    Catalog::load(None).unwrap().0
}

pub(super) fn at(text: &str) -> Instant {
    parse_as_of(text).unwrap_or_else(|| panic!("not an instant: {text}"))
}

pub(super) fn day(text: &str) -> NaiveDate {
    at(text).date()
}

fn value(cell: CellType, text: &str) -> Value {
    match cell {
        _ if text == "-" || text.is_empty() => Value::Null,
        CellType::Date | CellType::Instant => Value::Instant(at(text)),
        CellType::Integer => Value::Int(text.parse().unwrap()),
        CellType::Number => Value::Number(text.parse().unwrap()),
        CellType::Money => Value::Amount(Fen((text.parse::<f64>().unwrap() * 100.0).round() as i64)),
        CellType::Flag => Value::Flag(text == "是"),
        _ => Value::from(text),
    }
}

/// The accepted rows of store S01.
pub(super) fn rows(catalog: &Catalog, sheets: &[(&str, &str)]) -> StoreRows {
    let mut lines: Vec<(String, &str, u32, BTreeMap<&str, &str>)> = Vec::new();
    for (kind, text) in sheets {
        let mut titles: Vec<&str> = Vec::new();
        for (number, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
            let cells = line.split('|').map(str::trim);
            if number == 0 {
                titles = cells.collect();
                continue;
            }
            let row: BTreeMap<&str, &str> = titles.iter().copied().zip(cells).collect();
            let to = row.get("@").copied().unwrap_or("2026-11-22").to_owned();
            lines.push((to, kind, number as u32 + 1, row));
        }
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    let mut all = StoreRows { store: "S01".into(), ..StoreRows::default() };
    for (kind, _) in sheets {
        all.sheets.entry((*kind).into()).or_default();
    }
    for (to, kind, row, cells) in lines {
        let workbook: std::sync::Arc<str> = format!("S01/{to}.xlsx").into();
        if all.submissions.last().is_none_or(|last| last.workbook != workbook) {
            all.submissions.push(submission(&to, &workbook));
        }
        let def = catalog.sheet(kind).unwrap();
        for title in cells.keys().filter(|title| **title != "@") {
            assert!(def.field(title).is_some(), "{kind} has no field {title}");
        }
        let values = def.columns.iter().map(|c| value(c.cell, cells.get(&*c.field).copied().unwrap_or("-"))).collect();
        let new = CheckedRow {
            workbook,
            sheet: def.title.zh.as_str().into(),
            row,
            submission: all.submissions.len() as u32 - 1,
            values,
        };
        let key = |row: &CheckedRow| {
            let fields = def.keys.iter().find(|fields| fields.iter().all(|field| !row.values[*field].is_null()));
            fields.map(|fields| fields.iter().map(|field| row.values[*field].display()).collect::<Vec<_>>())
        };
        let sheet = all.sheets.entry(kind.into()).or_default();
        match sheet.current.iter().position(|old| key(old).is_some() && key(old) == key(&new)) {
            Some(i) => {
                let old = std::mem::replace(&mut sheet.current[i], new);
                if old.values != sheet.current[i].values {
                    sheet.earlier[i].push(old);
                }
            }
            None => {
                sheet.current.push(new);
                sheet.earlier.push(Vec::new());
            }
        }
    }
    all
}

pub(super) fn submission(to: &str, workbook: &str) -> Submission {
    Submission {
        store: "S01".into(),
        workbook: workbook.into(),
        from: None,
        to: Some(day(to)),
        submitted_at: None,
        submitted_by: None,
        template_version: None,
        basis: OrderBasis::Cover,
    }
}

pub(super) fn store(catalog: &Catalog) -> (Store, Settings) {
    let settings = Settings::defaults(catalog);
    (settings.store("S01"), settings)
}

/// All facts of store S01 at a cut-off, its own deliveries being the group's.
pub(super) fn facts(cutoff: &str, sheets: &[(&str, &str)]) -> BTreeMap<String, FactTable> {
    let catalog = catalog();
    let rows = rows(&catalog, sheets);
    let (store, settings) = store(&catalog);
    let group = GroupDeliveries::new(delivered_by(&rows, &catalog));
    let board = FactTable::new("submission", derived::columns("submission").unwrap());
    let facts = Facts::new(&store, &rows, &group, &board, &catalog, &settings, at(cutoff));
    facts.tables().map(|table| (table.name.to_string(), table)).collect()
}

/// The lines of one fact: the named columns, joined by ` | `, of the rows in which `column = value`.
pub(super) fn lines(table: &FactTable, filter: Option<(&str, &str)>, columns: &[&str]) -> Vec<String> {
    let cell = |name: &str, i: usize| show(table.column(name).unwrap_or_else(|| panic!("no column {name}")), i);
    let kept = (0..table.len()).filter(|i| filter.is_none_or(|(column, value)| cell(column, *i) == value));
    kept.map(|i| columns.iter().map(|name| cell(name, i)).collect::<Vec<_>>().join(" | ")).collect()
}

pub(super) fn show(column: &Column, i: usize) -> String {
    let shown = match column {
        Column::Text(cells) => cells[i].as_deref().map(str::to_owned),
        Column::Int(cells) => cells[i].map(|n| n.to_string()),
        Column::Number(cells) => cells[i].map(|n| n.to_string()),
        Column::Amount(cells) => cells[i].map(|n| n.to_string()),
        Column::Flag(cells) => cells[i].map(|n| if n { "yes" } else { "no" }.to_owned()),
        Column::Instant(cells) => cells[i].map(|n| n.display()),
    };
    shown.unwrap_or_else(|| "-".to_owned())
}

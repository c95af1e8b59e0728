//! Columns that take the id or title of a KPI for a value (指标 of a target): R672, what one has is none; R673, its target is a
//! percentage beyond belief (95 for 95 %). Which KPIs there are is no part of what a store's rows are checked by, so that a new
//! KPI checks no row again.

use super::judge::Judge;
use crate::{
    arguments,
    catalog::{Catalog, Kpi, SheetDef},
    diagnostic::Finding,
    model::{CheckedRow, Place, Said, StoreRows, Value, personal::mask_inside, text::normalized_key},
    project::Settings,
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// A value that is on no list, so that it has to be a KPI.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedFigure {
    /// The kind of sheet.
    pub kind: Arc<str>,
    /// The column's field.
    pub field: Arc<str>,
    /// The value.
    pub value: Arc<str>,
    /// The number that the row has for it.
    pub number: Option<f64>,
    /// The store's id.
    pub store: Arc<str>,
    /// The row.
    pub place: Place,
}

/// Those of a store's rows, in the order of rows.
pub fn named_figures(rows: &StoreRows, catalog: &Catalog) -> Vec<NamedFigure> {
    let mut named = Vec::new();
    for (sheet, own) in catalog.sheets.iter().filter_map(|sheet| Some((sheet, rows.sheets.get(&sheet.id)?))) {
        for (field, column) in sheet.columns.iter().enumerate().filter(|(_, column)| column.or_kpi) {
            let listed = |text: &str| column.values.iter().any(|value| *value.value == *text);
            let texts = own.current.iter().filter_map(|row| Some((row, row.values.get(field)?.text()?)));
            let number = |row: &CheckedRow| match row.values.get(sheet.across?.value)? {
                Value::Number(number) => Some(*number),
                Value::Int(number) => Some(*number as f64),
                _ => None,
            };
            named.extend(texts.filter(|(_, text)| !listed(text)).map(|(row, text)| NamedFigure {
                kind: sheet.id.clone(),
                field: column.field.clone(),
                value: text.into(),
                number: number(row),
                store: rows.store.clone(),
                place: row.place(),
            }));
        }
    }
    named
}

/// The findings about those that no KPI is called, and about targets beyond belief. Sorted.
pub fn unknown_figures(named: &[NamedFigure], catalog: &Catalog, settings: &Settings) -> Vec<Finding> {
    let titles = catalog.kpis.iter().flat_map(|kpi| {
        [&*kpi.id, kpi.title.zh.as_str(), kpi.title.en.as_str()].map(|title| (normalized_key(title).into_owned(), kpi))
    });
    let known: HashMap<String, &Kpi> = titles.collect();
    let column = |sheet: &SheetDef, field: &str| sheet.field(field).map(|index| sheet.columns[index].clone());
    let mut findings = Vec::new();
    for figure in named {
        let Some(sheet) = catalog.sheet(&figure.kind) else { continue };
        let judge = Judge { store: &figure.store, catalog, settings };
        if let Some(kpi) = known.get(&*normalized_key(&figure.value)) {
            let doubt = figure.number.and_then(|number| kpi.doubted(number));
            let value = sheet.across.map(|across| &sheet.columns[across.value].title.zh);
            if let Some((meant, title)) = doubt.zip(value) {
                let args = arguments! { "figure" => kpi.title.zh.as_str(), "meant" => meant };
                findings.extend(judge.finding("R673", figure.place.clone(), title, args));
            }
            continue;
        }
        let Some(column) = column(sheet, &figure.field) else { continue };
        let allowed = Said::List(column.values.iter().map(|value| value.value.clone()).collect());
        let args = arguments! { "value" => mask_inside(&figure.value).into_owned(), "allowed" => allowed };
        findings.extend(judge.finding("R672", figure.place.clone(), &column.title.zh, args));
    }
    findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
    findings
}

//! A block of what is checked in some sheets, with what the checking found.

use super::column;
use crate::{
    catalog::{
        Rule,
        form::{Block, FormColumn, OfCheck, Shows},
    },
    report::{
        dictionary,
        form::Filler,
        table::{Cell, Column, Kind, Measure, Row, Table, Value, findings},
    },
};
use std::sync::Arc;

pub(super) fn table<'a>(filler: &Filler<'_, 'a>, block: &'a Block, sheets: &'a [Arc<str>]) -> Table<'a> {
    let (lookup, words) = (filler.lookup(), filler.words());
    let of = |own: &'a FormColumn| {
        let kind = match own.shows {
            Shows::Check(OfCheck::Title) => Kind::Prose,
            Shows::Check(OfCheck::Count) => Kind::Value,
            Shows::Check(OfCheck::Severity) => Kind::Word,
            _ => Kind::Text,
        };
        column(filler, own, words.text(&own.title), kind, None)
    };
    let columns: Vec<Column<'a>> = block.columns.iter().map(of).collect();
    let about = |rule: &&'a Rule| rule.sheet().is_some_and(|sheet| sheets.contains(sheet));
    let rules: Vec<&'a Rule> = lookup.edition.catalog.rules.values().filter(about).collect();
    let found = filler.found();
    let row = |rule: &&'a Rule| {
        let cell = |own: &FormColumn| match own.shows {
            Shows::Check(OfCheck::Code) => Cell::linked(&*rule.code, Some(dictionary::rule(&rule.code))),
            Shows::Check(OfCheck::Severity) => {
                let set = lookup.edition.settings.severities.get(&*rule.code).copied();
                Cell::Mark(findings::severity(lookup, set.unwrap_or(rule.severity)))
            }
            Shows::Check(OfCheck::Title) => Cell::text(words.text(&rule.title)),
            Shows::Check(OfCheck::Sheet) => {
                let sheet = rule.sheet().and_then(|id| lookup.edition.catalog.sheet(id));
                sheet.map_or(Cell::Blank, |sheet| Cell::text(words.text(&sheet.title)))
            }
            Shows::Check(OfCheck::Count) => {
                let count = found.get(&rule.code).copied().unwrap_or_default();
                Value::number(count as f64, Measure::WHOLE, count.to_string()).cell()
            }
            _ => Cell::Blank,
        };
        Row::from(block.columns.iter().map(cell).collect::<Vec<_>>())
    };
    let rows = rules.iter().map(row).collect();
    Table { columns, rows, lead: 1, ..Table::default() }
}

//! What headquarters sends for several stores: every row goes to the store that its 店代码 names.
//!
//! The rows of one store are a workbook of that store ([`share_of`]); what is nobody's is rejected and counted for the
//! group ([`of_no_store`]), as is what is wrong with a file or a sheet as such.

use super::{
    judge::{Judge, names_store},
    order,
};
use crate::{
    arguments,
    catalog::{Catalog, beside},
    diagnostic::Finding,
    model::{
        Instant, Place, SheetTally, Table, TableRow, TalliedRows, Value, WorkbookRead, personal::mask_inside,
        submission::GROUP,
    },
    project::{Settings, Store},
};
use std::{collections::BTreeSet, sync::Arc};

/// Whether a workbook, or a store's share of it, came from the group's folder.
pub(super) fn is_of_group(read: &WorkbookRead) -> bool {
    &*read.submission.store == GROUP
}

/// What a row says of whose it is.
fn store_code<'r>(table: &Table, row: &'r TableRow, catalog: &Catalog) -> Option<&'r str> {
    let sheet = catalog.sheet(&table.kind)?;
    row.values.get(sheet.columns.len() + beside::STORE).and_then(Value::text)
}

/// The rows of a store in a workbook of the group, with their findings; `None` when there is none.
pub fn share_of(read: &WorkbookRead, store: &Store, catalog: &Catalog) -> Option<WorkbookRead> {
    let own = |table: &Table| {
        let is_own = |row: &&TableRow| store_code(table, row, catalog).is_some_and(|code| names_store(code, &store.id));
        let rows: Vec<TableRow> = table.rows.iter().filter(is_own).cloned().collect();
        (!rows.is_empty()).then(|| Table {
            kind: table.kind.clone(),
            sheet: table.sheet.clone(),
            columns: table.columns.clone(),
            header_row: table.header_row,
            rows,
            of_form: table.of_form,
        })
    };
    let tables: Vec<Table> = read.tables.iter().filter_map(own).collect();
    if tables.is_empty() {
        return None;
    }
    let mut findings = Vec::new();
    for finding in &read.findings {
        if tables.iter().any(|table| stands_in(finding, table)) {
            findings.push(Finding { store: store.id.clone(), ..finding.clone() });
        }
    }
    Some(WorkbookRead {
        path: read.path.clone(),
        hash: read.hash.clone(),
        submission: read.submission.clone(),
        week_at: read.week_at.clone(),
        tables,
        ignored: Vec::new(),
        findings,
    })
}

/// Whether a finding stands in a row of a table.
fn stands_in(finding: &Finding, table: &Table) -> bool {
    let row = |row: u32| table.rows.binary_search_by_key(&row, |row| row.row).is_ok();
    finding.place.sheet == table.sheet && finding.place.row.is_some_and(row)
}

/// What is nobody's in the workbooks of the group: findings without a store, and the tally of the rejected rows.
pub fn of_no_store(
    reads: &[WorkbookRead],
    stores: &[Store],
    catalog: &Catalog,
    settings: &Settings,
    cutoff: Instant,
) -> (Vec<Finding>, Vec<SheetTally>) {
    let judge = Judge { store: "", catalog, settings };
    let (mut findings, mut tallies) = (Vec::new(), Vec::new());
    for read in reads {
        let mut placed: BTreeSet<(&Arc<str>, u32)> = BTreeSet::new();
        for table in &read.tables {
            let mut rows = TalliedRows::default();
            let at = catalog.sheet(&table.kind).map(|sheet| sheet.columns.len() + beside::STORE);
            let codes = at.and_then(|at| table.columns.get(at).copied().flatten());
            for row in &table.rows {
                let code = store_code(table, row, catalog);
                if code.is_some_and(|code| stores.iter().any(|store| names_store(code, &store.id))) {
                    placed.insert((&table.sheet, row.row));
                    continue;
                }
                rows.read.insert(row.row);
                rows.rejected.insert(row.row);
                if codes.is_some() && !table.is_unread() {
                    let shown = code.map_or_else(String::new, |code| format!(" “{}”", mask_inside(code)));
                    let title = catalog.beside.get(beside::STORE).map_or("", |column| &column.title.zh);
                    let place = table.place(&read.path, row.row, at);
                    findings.extend(judge.finding("S011", place, title, arguments! { "shown" => shown }));
                }
            }
            let count = rows.read.count();
            if count == 0 {
                continue;
            }
            if codes.is_none() && !table.is_unread() {
                let place = Place::sheet(read.path.clone(), table.sheet.clone());
                findings.extend(judge.finding("S012", place, "", arguments! { "count" => count }));
            }
            tallies.push(SheetTally {
                store: GROUP.into(),
                kind: table.kind.clone(),
                workbook: read.path.clone(),
                sheet: table.sheet.clone(),
                week: read.submission.week(),
                submitted_at: read.submission.submitted_at,
                rows_read: count,
                accepted: 0,
                repaired: 0,
                rejected: count,
                clean: 0,
                rows,
            });
        }
        // What stands in a row of a store is that store's.
        let of_store =
            |finding: &&Finding| finding.place.row.is_some_and(|row| placed.contains(&(&finding.place.sheet, row)));
        findings.extend(read.findings.iter().filter(|finding| !of_store(finding)).map(|f| judge.adopt(f)));
    }
    let all: Vec<&WorkbookRead> = reads.iter().collect();
    findings.extend(order::report(&all, &judge));
    findings.extend(order::after_the_cutoff(&all, cutoff, &judge));
    findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
    findings.dedup();
    (findings, tallies)
}

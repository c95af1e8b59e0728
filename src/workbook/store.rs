//! A store's workbook: its figures, what to do this week, and the rows behind both. It holds the store's customers in
//! full and belongs to the store alone.

use super::{
    WorkbookError,
    book::Book,
    cover, evidence, findings, people, put, submissions,
    summary::{self, Whose},
    trend, worklists,
};
use crate::{
    model::Scope,
    project::Store,
    report::{
        Material,
        pack::{self, KpiIndex, Months},
    },
};
use rust_xlsxwriter::XlsxError;
use std::path::Path;

/// Writes one store's workbook. Costs what the store's own part of the material costs, so that packs can be written
/// side by side.
///
/// # Errors
/// When the file cannot be written.
pub fn store_pack(material: &Material<'_>, store: &Store, path: &Path) -> Result<(), WorkbookError> {
    put(path, bytes(material, store))
}

fn bytes(material: &Material<'_>, store: &Store) -> Result<Vec<u8>, XlsxError> {
    let months = Months::at(material.cutoff);
    let index = KpiIndex::new(material.kpis);
    let whose = Whose { scope: Scope::Store, id: &store.id };
    let title = format!("{} {}", store.name, months.closed.label_zh());
    let mut book = Book::new(&title, cover::SHEET, material.settings, Some(material.cutoff))?;
    let kpis: Vec<_> = material.catalog.kpis.iter().collect();

    let mut page = book.page("指标", format!("{} 个指标：目标、上月、集团、名次、走势", kpis.len()))?;
    page.head("指标", &[&format!("{} · {}。名次按有数的门店排。", store.name, months.closed.label_zh())])?;
    summary::write(&mut page, material, &index, &months, &whose, &kpis)?;

    worklists::write(&mut book, material, store, &pack::worklists_of(material, &store.id))?;

    let people = people::values(material, &index, &months, store);
    people::write(&mut book.page("人员指标", "按人员，当月")?, material, &months, &people)?;

    let rows = pack::lineage_of(material, &store.id);
    let total: usize = rows.iter().map(|rows| rows.len()).sum();
    let about = format!("{total} 行：每个数字由哪些行得出，各在哪个单元格");
    evidence::write(&mut book.page(evidence::SHEET, about)?, material, &rows)?;

    let own = pack::findings_of(material, &store.id);
    findings::write(&mut book.page(findings::SHEET, findings::sentence(own))?, material, own, false)?;

    let lines = submissions::lines(material, &months, Some(&store.id));
    submissions::write(&mut book.page(submissions::SHEET, "本店每周应交、已交")?, material, &lines)?;

    trend::write(&mut book.page(trend::SHEET, "本店全部指标按月的值")?, material, &index, &months, &whose)?;

    let week = worklists::working_week(material);
    let (mut page, contents) = book.cover()?;
    cover::store(&mut page, contents, material, store, &months, week)?;
    book.bytes()
}

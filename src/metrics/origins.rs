//! Where the rows of a fact stand and what they show, read once for all KPIs over it.

use super::{
    cells::{self, Shown},
    texts::Texts,
};
use crate::model::personal::mask_inside;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use std::{collections::BTreeMap, sync::Arc};

/// Where the rows of a fact stand and what they hold, read once for all KPIs over it.
pub(super) struct Origins<'a> {
    pub store: Shared<'a>,
    pub workbook: Shared<'a>,
    pub sheet: Shared<'a>,
    pub row: &'a ArrayRef,
    /// The place of each row among all of them, sorted by workbook, sheet and row; rows that share these share it.
    pub ranks: Vec<u32>,
    /// Names of people, models and channels by column.
    names: BTreeMap<Arc<str>, Shared<'a>>,
    /// What shows a row, by column; `None` as long as no KPI has asked for it.
    evidence: BTreeMap<Arc<str>, Vec<Option<Arc<str>>>>,
}

/// A column of texts that the rows behind figures share.
pub(super) struct Shared<'a> {
    cells: Texts<'a>,
    texts: Vec<Arc<str>>,
}

impl<'a> Shared<'a> {
    fn of(cells: &'a ArrayRef, text: impl Fn(&str) -> Arc<str>) -> Shared<'a> {
        let cells = Texts::of(cells);
        let texts = cells.texts.iter().map(|own| text(own)).collect();
        Shared { cells, texts }
    }

    fn get(&self, row: usize) -> Option<&Arc<str>> {
        self.cells.rows[row].map(|text| &self.texts[text as usize])
    }

    pub fn text(&self, row: usize) -> Arc<str> {
        self.get(row).cloned().unwrap_or_default()
    }
}

impl<'a> Origins<'a> {
    /// Those of a fact, read when they are first asked for.
    pub fn of_fact<'o>(
        known: &'o mut BTreeMap<&'a str, Origins<'a>>,
        fact: &'a str,
        batch: &'a RecordBatch,
    ) -> Option<&'o mut Origins<'a>> {
        if !known.contains_key(fact) {
            known.insert(fact, Origins::of(batch)?);
        }
        known.get_mut(fact)
    }

    fn of(batch: &'a RecordBatch) -> Option<Origins<'a>> {
        let shared = |name: &str| Some(Shared::of(batch.column_by_name(name)?, |text| text.into()));
        let (store, workbook, sheet) = (shared("store")?, shared("workbook")?, shared("sheet")?);
        let row = batch.column_by_name("row")?;
        let (of_workbook, of_sheet) = (workbook.cells.ranks(), sheet.cells.ranks());
        let rank = |ranks: &[u32], of: &Shared<'_>, row: usize| of.cells.rows[row].map(|text| ranks[text as usize]);
        let place = |at: usize| (rank(&of_workbook, &workbook, at), rank(&of_sheet, &sheet, at), cells::whole(row, at));
        let mut sorted: Vec<_> = (0..batch.num_rows()).map(|at| (place(at), at)).collect();
        sorted.sort_unstable();
        let mut ranks = vec![0; sorted.len()];
        for (rank, alike) in (0..).zip(sorted.chunk_by(|a, b| a.0 == b.0)) {
            alike.iter().for_each(|(_, at)| ranks[*at] = rank);
        }
        let (names, evidence) = Default::default();
        Some(Origins { store, workbook, sheet, row, ranks, names, evidence })
    }

    /// The name that a row bears in a column; `None` for none. What slipped into it is masked, see [`cells::scope`].
    pub fn name(&mut self, batch: &'a RecordBatch, column: &Arc<str>, row: usize) -> Option<Arc<str>> {
        if !self.names.contains_key(column) {
            let cells = batch.column_by_name(column)?;
            self.names.insert(column.clone(), Shared::of(cells, |text| mask_inside(text).into()));
        }
        self.names.get(column)?.get(row).filter(|name| !name.is_empty()).cloned()
    }

    /// What a row shows in a column.
    pub fn shown(&mut self, column: &Shown<'_>, row: usize) -> Arc<str> {
        if !self.evidence.contains_key(column.name()) {
            self.evidence.insert(column.name().clone(), vec![None; self.ranks.len()]);
        }
        let known = self.evidence.get_mut(column.name()).and_then(|column| column.get_mut(row));
        known.map(|known| known.get_or_insert_with(|| column.render(row).into()).clone()).unwrap_or_default()
    }
}

//! The workbooks of all accepted rows, one a sheet, where the config asks for them: one pass over the stores.

use super::{Checked, Engine, Group, PipelineError};
use crate::{
    lake::{KeyParts, stage},
    metrics::{columns_leaving, rows_leaving},
    model::FactColumn,
    publish::Stage,
    report::{Edition, words::Words},
    workbook::RowBook,
};

/// The columns that say where a row stands.
const PLACE: [&str; 4] = ["store", "workbook", "sheet", "row"];

impl Group {
    /// Writes them, or takes them from the former output.
    pub(super) fn write_rows(
        &self,
        stage: &Stage,
        checked: &Checked,
        engine: &Engine<'_>,
        edition: Edition<'_>,
        words: &Words,
    ) -> Result<(), PipelineError> {
        if !self.settings.rows {
            return Ok(());
        }
        let settings = super::stores::settings_of_files(&self.settings).unwrap_or_default();
        let key = KeyParts::new("books", stage::RENDER).with(&self.catalog.hash).with(settings);
        let key = engine.store_keys.iter().fold(key, |key, store| key.with(store));
        let key = key.with(checked.cutoff.display()).finish();
        if let Some(made) = self.cache.get::<Vec<(String, String)>>("books", &key)
            && made.iter().all(|(path, hash)| stage.reuse(path, hash))
        {
            return Ok(());
        }
        let sheets = self.catalog.sheets.iter().map(|sheet| {
            let own = |column: &FactColumn| {
                PLACE.contains(&&*column.name) || sheet.columns.iter().any(|own| own.field == column.name)
            };
            let mut columns = columns_leaving(sheet.fact_columns());
            columns.retain(own);
            // Whose a row is comes first, where it stands last.
            columns.sort_by_key(|column| match PLACE.iter().position(|name| **name == *column.name) {
                Some(0) => 0,
                Some(at) => at + 1,
                None => 1,
            });
            (sheet, columns, None::<RowBook<'_>>)
        });
        let mut sheets: Vec<_> = sheets.collect();
        for i in 0..checked.stores.len() {
            let facts = engine.facts(i)?;
            for (sheet, columns, book) in &mut sheets {
                rows_leaving(&facts, &sheet.id, columns, &mut |values| {
                    if book.is_none() {
                        *book = Some(RowBook::new(edition, words, sheet, columns, stage.work())?);
                    }
                    match book {
                        Some(book) => book.add(values).map_err(PipelineError::from),
                        None => Ok(()),
                    }
                })?;
            }
        }
        let mut made = Vec::new();
        for (sheet, _, book) in sheets {
            let Some(book) = book else { continue };
            let path = format!("workbooks/rows/{}.xlsx", sheet.id);
            let hash = stage.write(&path, &book.bytes(words)?)?;
            made.push((path, hash));
        }
        self.count(|counts| counts.packs_written += made.len());
        // A full or read-only disk costs the next build time, nothing else.
        let _ = self.cache.put("books", &key, &made);
        Ok(())
    }
}

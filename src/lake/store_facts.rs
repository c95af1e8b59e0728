//! The facts of one store, as the engine sees them.

use super::{LakeError, columns};
use crate::model::FactTable;
use datafusion::arrow::array::RecordBatch;
use std::{collections::BTreeMap, sync::Arc};

/// Facts of one store by name, each as one batch of rows.
#[derive(Clone, Debug, Default)]
pub struct StoreFacts(BTreeMap<Arc<str>, RecordBatch>);

impl StoreFacts {
    /// The tables as the engine sees them, each taken over before the next is asked for.
    ///
    /// # Errors
    /// When a table's cells do not fit its columns.
    pub fn of(tables: impl IntoIterator<Item = FactTable>) -> Result<StoreFacts, LakeError> {
        let batch = |table: FactTable| {
            let name = table.name.clone();
            let batch = columns::batch(table).map_err(|e| LakeError::shape(&name, e))?;
            Ok((name, batch))
        };
        tables.into_iter().map(batch).collect::<Result<_, _>>().map(StoreFacts)
    }

    /// Adds a fact.
    pub(super) fn insert(&mut self, fact: Arc<str>, rows: RecordBatch) {
        self.0.insert(fact, rows);
    }

    /// The rows of a fact; `None` when the store has no table of it.
    pub fn get(&self, fact: &str) -> Option<&RecordBatch> {
        self.0.get(fact)
    }

    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = (&Arc<str>, &RecordBatch)> {
        self.0.iter()
    }
}

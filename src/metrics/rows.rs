//! The rows of a sheet as they leave their store.

use super::cells::Shown;
use crate::{
    lake::StoreFacts,
    model::{FactColumn, Value},
};

/// The columns of a fact that may leave their store.
pub fn columns_leaving(columns: Vec<FactColumn>) -> Vec<FactColumn> {
    columns.into_iter().filter(|column| column.leaving().is_some()).collect()
}

/// Hands on the rows of a fact of one store, one value for each of `columns`: customer keys masked, and what slipped into other
/// texts too.
///
/// # Errors
/// Those of `each`.
pub fn rows_leaving<E>(
    facts: &StoreFacts,
    fact: &str,
    columns: &[FactColumn],
    each: &mut dyn FnMut(&[Value]) -> Result<(), E>,
) -> Result<(), E> {
    let Some(batch) = facts.get(fact) else { return Ok(()) };
    // A column that may not leave has no value, whoever asks for it.
    let shown: Vec<_> = columns
        .iter()
        .map(|column| column.leaving().and_then(|leaving| Some((Shown::find(column, batch)?, leaving))))
        .collect();
    let mut values = Vec::with_capacity(columns.len());
    for row in 0..batch.num_rows() {
        values.clear();
        values.extend(shown.iter().map(|shown| match shown {
            Some((cells, leaving)) => match cells.value(row) {
                Value::Text(text) => Value::from(leaving(&text).as_str()),
                value => value,
            },
            None => Value::Null,
        }));
        each(&values)?;
    }
    Ok(())
}

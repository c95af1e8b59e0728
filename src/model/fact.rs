//! Facts: typed tables, column by column, as the definitions' SQL sees them.

use super::{
    Fen, Instant, PersonalClass, Value,
    personal::{mask_inside, mask_key},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The type of a fact column and what SQL sees of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Utf8, dictionary-encoded.
    Text,
    /// Int64.
    Int,
    /// Float64.
    Number,
    /// Decimal128(18, 2), yuan.
    Amount,
    /// Boolean.
    Flag,
    /// Timestamp(second) without zone; a date alone is its midnight, and the column `<name>_date_only`
    /// (Boolean, added by the lake) says so.
    Instant,
    /// Date32.
    Date,
}

/// A column's declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactColumn {
    /// Name in SQL, snake case.
    pub name: Arc<str>,
    /// Its type.
    pub kind: ColumnKind,
    /// Personal data it holds; never leaves its store unmasked.
    pub personal: Option<PersonalClass>,
}

impl FactColumn {
    /// How a text of this column leaves its store: a customer key masked, a text of no personal class without what
    /// slipped into it. `None` when nothing of the column may leave; a key that is no text cannot be masked.
    pub fn leaving(&self) -> Option<fn(&str) -> String> {
        match self.personal {
            None => Some(|text| mask_inside(text).into_owned()),
            Some(PersonalClass::Key) if self.kind == ColumnKind::Text => Some(mask_key),
            Some(_) => None,
        }
    }
}

/// The cells of one column, one for each row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Column {
    /// For [`ColumnKind::Text`].
    Text(Vec<Option<Arc<str>>>),
    /// For [`ColumnKind::Int`].
    Int(Vec<Option<i64>>),
    /// For [`ColumnKind::Number`].
    Number(Vec<Option<f64>>),
    /// For [`ColumnKind::Amount`].
    Amount(Vec<Option<Fen>>),
    /// For [`ColumnKind::Flag`].
    Flag(Vec<Option<bool>>),
    /// For [`ColumnKind::Instant`] and, with midnights, [`ColumnKind::Date`].
    Instant(Vec<Option<Instant>>),
}

impl Column {
    /// An empty column of a kind.
    pub fn empty(kind: ColumnKind) -> Column {
        match kind {
            ColumnKind::Text => Column::Text(Vec::new()),
            ColumnKind::Int => Column::Int(Vec::new()),
            ColumnKind::Number => Column::Number(Vec::new()),
            ColumnKind::Amount => Column::Amount(Vec::new()),
            ColumnKind::Flag => Column::Flag(Vec::new()),
            ColumnKind::Instant | ColumnKind::Date => Column::Instant(Vec::new()),
        }
    }

    /// Rows in the column.
    pub fn len(&self) -> usize {
        match self {
            Column::Text(cells) => cells.len(),
            Column::Int(cells) => cells.len(),
            Column::Number(cells) => cells.len(),
            Column::Amount(cells) => cells.len(),
            Column::Flag(cells) => cells.len(),
            Column::Instant(cells) => cells.len(),
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cells of these rows, in this order.
    pub fn in_order(&self, rows: &[usize]) -> Column {
        fn of<T: Clone>(cells: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|row| cells[*row].clone()).collect()
        }
        match self {
            Column::Text(cells) => Column::Text(of(cells, rows)),
            Column::Int(cells) => Column::Int(of(cells, rows)),
            Column::Number(cells) => Column::Number(of(cells, rows)),
            Column::Amount(cells) => Column::Amount(of(cells, rows)),
            Column::Flag(cells) => Column::Flag(of(cells, rows)),
            Column::Instant(cells) => Column::Instant(of(cells, rows)),
        }
    }

    /// Appends a value, NULL where it is of another type than the column's. Returns whether it is of the column's.
    #[must_use]
    pub fn push(&mut self, value: &Value) -> bool {
        match self {
            Column::Text(cells) => put(cells, value, |value| match value {
                Value::Text(text) => Some(text.clone()),
                _ => None,
            }),
            Column::Int(cells) => put(cells, value, Value::int),
            Column::Number(cells) => put(cells, value, |value| match value {
                Value::Number(n) => Some(*n),
                Value::Int(n) => Some(*n as f64),
                _ => None,
            }),
            Column::Amount(cells) => put(cells, value, Value::amount),
            Column::Flag(cells) => put(cells, value, Value::flag),
            Column::Instant(cells) => put(cells, value, Value::instant),
        }
    }
}

fn put<T>(cells: &mut Vec<Option<T>>, value: &Value, as_cell: impl Fn(&Value) -> Option<T>) -> bool {
    let cell = as_cell(value);
    let fits = cell.is_some() || value.is_null();
    cells.push(cell);
    fits
}

/// A fact of one store. Its first columns are always `store`, `workbook`, `sheet` (text), `row` and
/// `submission` (int): where each row comes from ([`ORIGIN`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactTable {
    /// Name in SQL: a sheet's id, or a derived fact's.
    pub name: Arc<str>,
    /// The declarations, origin columns first.
    pub columns: Vec<FactColumn>,
    /// The cells, in the order of `columns`, all of one length.
    pub cells: Vec<Column>,
}

/// The columns every fact begins with.
pub const ORIGIN: [(&str, ColumnKind); 5] = [
    ("store", ColumnKind::Text),
    ("workbook", ColumnKind::Text),
    ("sheet", ColumnKind::Text),
    ("row", ColumnKind::Int),
    ("submission", ColumnKind::Int),
];

impl FactTable {
    /// An empty table.
    pub fn new(name: impl Into<Arc<str>>, columns: Vec<FactColumn>) -> FactTable {
        let cells = columns.iter().map(|column| Column::empty(column.kind)).collect();
        FactTable { name: name.into(), columns, cells }
    }

    /// Rows in the table.
    pub fn len(&self) -> usize {
        self.cells.first().map_or(0, Column::len)
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends one row, a value for each column.
    ///
    /// # Panics
    /// When the number of values is not the number of columns, and, with debug assertions, when a value is of another
    /// type than its column: defects of the caller, not of the input.
    pub fn push(&mut self, values: &[Value]) {
        assert_eq!(values.len(), self.cells.len(), "{}: a row of another shape than its table", self.name);
        for ((cells, column), value) in self.cells.iter_mut().zip(&self.columns).zip(values) {
            let fits = cells.push(value);
            // The value may be personal: it is not shown.
            debug_assert!(fits, "{}.{}: a value of another type than {:?}", self.name, column.name, column.kind);
        }
    }

    /// The index of a column.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    /// The cells of a column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.index(name).map(|i| &self.cells[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> FactTable {
        FactTable::new("t", vec![FactColumn { name: "n".into(), kind: ColumnKind::Int, personal: None }])
    }

    #[test]
    fn values_of_the_column_and_null_go_in() {
        let mut table = table();
        table.push(&[Value::Int(1)]);
        table.push(&[Value::Null]);
        assert_eq!(table.column("n"), Some(&Column::Int(vec![Some(1), None])));
    }

    #[test]
    #[should_panic(expected = "t.n: a value of another type than Int")]
    fn a_value_of_another_type_is_a_defect() {
        table().push(&[Value::from("1")]);
    }
}

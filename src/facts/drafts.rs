//! Rows of a derived fact on their way into its table: named, then sorted by time and place.

use crate::{
    catalog::derived,
    model::{CheckedRow, FactTable, Instant, Value},
};
use chrono::NaiveDate;
use std::sync::Arc;

/// The rows of one derived fact of one store, in any order.
pub(super) struct Drafts {
    fact: &'static str,
    store: Arc<str>,
    rows: Vec<Draft>,
}

struct Draft {
    time: Option<Instant>,
    values: Vec<Value>,
}

impl Drafts {
    /// No rows yet.
    pub fn new(fact: &'static str, store: &Arc<str>) -> Drafts {
        Drafts { fact, store: store.clone(), rows: Vec::new() }
    }

    /// Adds a row that rests on `origin`. The values are named, in the order in which their definition declares them.
    pub fn add(&mut self, time: Option<Instant>, origin: &CheckedRow, values: &[(&str, Value)]) {
        let place = [
            Value::Text(self.store.clone()),
            Value::Text(origin.workbook.clone()),
            Value::Text(origin.sheet.clone()),
            Value::Int(i64::from(origin.row)),
            Value::Int(i64::from(origin.submission)),
        ];
        debug_assert!(
            derived::own_columns(self.fact).iter().map(|own| &*own.name).eq(values.iter().map(|(name, _)| *name)),
            "{}: columns other than declared",
            self.fact
        );
        let values = place.into_iter().chain(values.iter().map(|(_, value)| value.clone())).collect();
        self.rows.push(Draft { time, values });
    }

    /// The table, sorted by time, then by place, then as added.
    pub fn finish(mut self) -> FactTable {
        fn key(row: &Draft) -> (Option<Instant>, Option<&str>, Option<&str>, Option<i64>) {
            (row.time, row.values[1].text(), row.values[2].text(), row.values[3].int())
        }
        self.rows.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut table = FactTable::new(self.fact, derived::columns(self.fact).unwrap_or_default());
        for row in &self.rows {
            table.push(&row.values);
        }
        table
    }
}

/// A text cell.
pub(super) fn text(word: Option<&Arc<str>>) -> Value {
    word.map_or(Value::Null, |word| Value::Text(word.clone()))
}

/// A text cell of a fixed word.
pub(super) fn fixed(word: Option<&str>) -> Value {
    word.map_or(Value::Null, Value::from)
}

/// An instant's cell.
pub(super) fn moment(at: Option<Instant>) -> Value {
    at.map_or(Value::Null, Value::Instant)
}

/// A date's cell.
pub(super) fn date(day: Option<NaiveDate>) -> Value {
    moment(day.map(Instant::day))
}

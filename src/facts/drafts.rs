//! Rows of a derived fact on their way into its table: named, then sorted by time and place.

use crate::{
    catalog::derived,
    model::{CheckedRow, Column, FactTable, Instant, Value},
};
use chrono::NaiveDate;
use std::{collections::HashSet, sync::Arc};

/// The rows of one derived fact of one store, in any order.
pub(super) struct Drafts {
    fact: &'static str,
    store: Arc<str>,
    /// The rows as they were added.
    table: FactTable,
    /// The time of each.
    times: Vec<Option<Instant>>,
    /// Words that rows were given, each kept once.
    words: HashSet<Arc<str>>,
}

impl Drafts {
    /// No rows yet.
    pub fn new(fact: &'static str, store: &Arc<str>) -> Drafts {
        let table = FactTable::new(fact, derived::columns(fact).unwrap_or_default());
        Drafts { fact, store: store.clone(), table, times: Vec::new(), words: HashSet::new() }
    }

    /// Adds a row that rests on `origin`. The values are named, in the order in which their definition declares them.
    pub fn add(&mut self, time: Option<Instant>, origin: &CheckedRow, values: &[(&str, Value)]) {
        debug_assert!(
            derived::own_columns(self.fact).iter().map(|own| &*own.name).eq(values.iter().map(|(name, _)| *name)),
            "{}: columns other than declared",
            self.fact
        );
        let place = [
            Value::Text(self.store.clone()),
            Value::Text(origin.workbook.clone()),
            Value::Text(origin.sheet.clone()),
            Value::Int(i64::from(origin.row)),
            Value::Int(i64::from(origin.submission)),
        ];
        let words = &mut self.words;
        let own = values.iter().map(|(_, value)| kept_once(words, value));
        let row: Vec<Value> = place.into_iter().chain(own).collect();
        self.table.push(&row);
        self.times.push(time);
    }

    /// The table, sorted by time, then by place, then as added.
    pub fn finish(self) -> FactTable {
        let Drafts { times, mut table, words, .. } = self;
        drop(words);
        let [_, Column::Text(workbooks), Column::Text(sheets), Column::Int(rows), ..] = &table.cells[..] else {
            return table;
        };
        let key = |row: &usize| (times[*row], workbooks[*row].as_deref(), sheets[*row].as_deref(), rows[*row]);
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        table.cells.iter_mut().for_each(|cells| *cells = cells.in_order(&order));
        table
    }
}

/// A value; a text that was made for it alone is one of the words.
fn kept_once(words: &mut HashSet<Arc<str>>, value: &Value) -> Value {
    match value {
        Value::Text(text) if Arc::strong_count(text) == 1 => {
            if let Some(word) = words.get(text) {
                return Value::Text(word.clone());
            }
            words.insert(text.clone());
            value.clone()
        }
        value => value.clone(),
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

//! Rows as they leave the reader: some thousand at a time, by column, every text once.

use super::{limits, raw::Fault};
use crate::model::{Fen, Instant, Message, Table, TableRow, Value};
use chrono::DateTime;
use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    io,
    sync::Arc,
};

/// Rows of one chunk.
const ROWS: usize = 4096;

/// A typed cell whose text is a number in the list of texts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    Null,
    Text(u32),
    Int(i64),
    Number(f64),
    Fen(i64),
    Flag(bool),
    /// Twice the seconds since 1970, and one more for a date without time.
    Instant(i64),
}

/// The cells of one column, one a row. All of a column are of one type, but for the odd one.
#[derive(Debug, Serialize, Deserialize)]
enum Cells {
    Nulls(u32),
    /// One more than the text's number; 0 for none.
    Texts(Vec<u32>),
    Ints(Vec<Option<i64>>),
    Fens(Vec<Option<i64>>),
    Instants(Vec<Option<i64>>),
    Mixed(Vec<Cell>),
}

/// The head of a table; see [`Table`].
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    kind: Arc<str>,
    sheet: Arc<str>,
    columns: Vec<Option<u32>>,
    header_row: u32,
    of_form: bool,
}

/// Rows of one table, in order.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Chunk {
    /// A table that begins here; else the rows go on with the last.
    head: Option<Head>,
    /// Texts that no chunk before held.
    texts: Vec<Arc<str>>,
    /// Each row's distance from the one before, the first one's from 0.
    rows: Vec<u32>,
    /// Which of them were repaired, and which rejected.
    repaired: Vec<u32>,
    rejected: Vec<u32>,
    columns: Vec<Cells>,
}

impl Cells {
    fn push(&mut self, cell: Cell) {
        match (&mut *self, cell) {
            (Cells::Nulls(count), Cell::Null) => *count += 1,
            (Cells::Texts(texts), Cell::Text(text)) => texts.push(text + 1),
            (Cells::Texts(texts), Cell::Null) => texts.push(0),
            (Cells::Ints(ints), Cell::Int(int)) => ints.push(Some(int)),
            (Cells::Fens(fens), Cell::Fen(fen)) => fens.push(Some(fen)),
            (Cells::Instants(instants), Cell::Instant(at)) => instants.push(Some(at)),
            (Cells::Ints(list) | Cells::Fens(list) | Cells::Instants(list), Cell::Null) => list.push(None),
            (Cells::Mixed(cells), cell) => cells.push(cell),
            (_, cell) => {
                self.widen(cell);
                self.push(cell);
            }
        }
    }

    /// Makes room for a cell of another type: nulls become the type's, anything else a mixture.
    fn widen(&mut self, cell: Cell) {
        let nulls = match self {
            Cells::Nulls(count) => Some(*count as usize),
            _ => None,
        };
        *self = match (nulls, cell) {
            (Some(nulls), Cell::Text(_)) => Cells::Texts(vec![0; nulls]),
            (Some(nulls), Cell::Int(_)) => Cells::Ints(vec![None; nulls]),
            (Some(nulls), Cell::Fen(_)) => Cells::Fens(vec![None; nulls]),
            (Some(nulls), Cell::Instant(_)) => Cells::Instants(vec![None; nulls]),
            _ => Cells::Mixed((0..self.len()).map(|row| self.cell(row)).collect()),
        };
    }

    fn len(&self) -> usize {
        match self {
            Cells::Nulls(count) => *count as usize,
            Cells::Texts(texts) => texts.len(),
            Cells::Ints(list) | Cells::Fens(list) | Cells::Instants(list) => list.len(),
            Cells::Mixed(cells) => cells.len(),
        }
    }

    fn cell(&self, row: usize) -> Cell {
        let of =
            |list: &[Option<i64>], cell: fn(i64) -> Cell| list.get(row).copied().flatten().map_or(Cell::Null, cell);
        match self {
            Cells::Nulls(_) => Cell::Null,
            Cells::Texts(texts) => texts.get(row).and_then(|text| text.checked_sub(1)).map_or(Cell::Null, Cell::Text),
            Cells::Ints(list) => of(list, Cell::Int),
            Cells::Fens(list) => of(list, Cell::Fen),
            Cells::Instants(list) => of(list, Cell::Instant),
            Cells::Mixed(cells) => cells.get(row).copied().unwrap_or(Cell::Null),
        }
    }
}

/// A hash for keys that are numbers already: addresses and bits of floats.
#[derive(Clone, Default)]
pub(crate) struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// A map with such keys.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Mixed>>;

/// The texts of a workbook, each with its number.
#[derive(Default)]
struct Texts {
    /// By address, of those that are kept below: an address means a text only as long as that lives.
    by_address: NumberMap<usize, u32>,
    by_text: HashMap<Arc<str>, u32, FixedState>,
    lengths: Vec<u32>,
    fresh: Vec<Arc<str>>,
}

impl Texts {
    fn number(&mut self, text: &Arc<str>) -> u32 {
        let address = text.as_ptr() as usize;
        if let Some(number) = self.by_address.get(&address) {
            return *number;
        }
        if let Some(number) = self.by_text.get(text) {
            return *number;
        }
        let number = self.lengths.len() as u32;
        self.lengths.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        self.by_address.insert(address, number);
        self.by_text.insert(text.clone(), number);
        self.fresh.push(text.clone());
        number
    }
}

/// Takes the rows of a workbook's tables as they are read and hands them on by the chunk.
pub(crate) struct Collector<'e> {
    emit: &'e mut dyn FnMut(Chunk) -> io::Result<()>,
    texts: Texts,
    chunk: Chunk,
    last_row: u32,
    /// Tables and rows begun, and bytes of text in them.
    pub tables: usize,
    rows: u64,
    text_bytes: u64,
    /// Rows that are taken.
    most: u64,
    /// Why a chunk could not be handed on.
    broken: Option<io::Error>,
}

impl<'e> Collector<'e> {
    /// Hands chunks to `emit`, of at most so many rows.
    pub fn new(emit: &'e mut dyn FnMut(Chunk) -> io::Result<()>, most: u64) -> Collector<'e> {
        Collector {
            emit,
            texts: Texts::default(),
            chunk: Chunk::default(),
            last_row: 0,
            tables: 0,
            rows: 0,
            text_bytes: 0,
            most,
            broken: None,
        }
    }

    /// A table begins; `table` has no rows yet.
    pub fn begin(&mut self, table: Table) -> Result<(), Fault> {
        self.flush()?;
        let Table { kind, sheet, columns, header_row, of_form, .. } = table;
        self.chunk.columns = columns.iter().map(|_| Cells::Nulls(0)).collect();
        self.chunk.head = Some(Head { kind, sheet, columns, header_row, of_form });
        self.tables += 1;
        Ok(())
    }

    /// A value as a cell.
    pub fn cell(&mut self, value: &Value) -> Cell {
        match value {
            Value::Null => Cell::Null,
            Value::Text(text) => Cell::Text(self.texts.number(text)),
            Value::Int(n) => Cell::Int(*n),
            Value::Number(n) => Cell::Number(*n),
            Value::Amount(Fen(fen)) => Cell::Fen(*fen),
            Value::Flag(flag) => Cell::Flag(*flag),
            Value::Instant(at) => Cell::Instant(at.at.and_utc().timestamp() * 2 + i64::from(at.date_only)),
        }
    }

    /// A row of the last table begun, one cell for each of its columns.
    ///
    /// # Errors
    /// When the workbook holds more than is read of one, or nobody takes its rows any more.
    pub fn row(&mut self, row: u32, cells: &[Cell], repaired: bool, rejected: bool) -> Result<(), Fault> {
        self.rows += 1;
        if self.rows > self.most {
            return Err(Fault::TooMuch { what: Message::new("fault.rows"), limit: self.most });
        }
        let at = self.chunk.rows.len() as u32;
        self.chunk.rows.push(row.wrapping_sub(self.last_row));
        self.last_row = row;
        if repaired {
            self.chunk.repaired.push(at);
        }
        if rejected {
            self.chunk.rejected.push(at);
        }
        for (column, cell) in self.chunk.columns.iter_mut().zip(cells) {
            if let Cell::Text(text) = cell {
                self.text_bytes += u64::from(self.texts.lengths[*text as usize]);
            }
            column.push(*cell);
        }
        if self.text_bytes > limits::TEXT_BYTES {
            let what = Message::new("fault.text_bytes");
            return Err(Fault::TooMuch { what, limit: limits::TEXT_BYTES });
        }
        if self.chunk.rows.len() < ROWS { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), Fault> {
        self.last_row = 0;
        let mut chunk = std::mem::take(&mut self.chunk);
        self.chunk.columns = chunk.columns.iter().map(|_| Cells::Nulls(0)).collect();
        if chunk.head.is_none() && chunk.rows.is_empty() {
            return Ok(());
        }
        chunk.texts = std::mem::take(&mut self.texts.fresh);
        (self.emit)(chunk).map_err(|error| {
            let what = error.to_string();
            self.broken = Some(error);
            Fault::Damaged(what)
        })
    }

    /// Hands on what is left.
    ///
    /// # Errors
    /// When a chunk could not be handed on, now or before.
    pub fn finish(mut self) -> io::Result<()> {
        let _ = self.flush();
        self.broken.map_or(Ok(()), Err)
    }
}

/// Puts chunks together to tables; the repeated texts of a workbook share their memory.
#[derive(Default)]
pub(crate) struct Tables {
    texts: Vec<Arc<str>>,
    /// The tables so far.
    pub tables: Vec<Table>,
}

impl Tables {
    /// Adds the next chunk.
    pub fn add(&mut self, chunk: Chunk) {
        self.texts.extend(chunk.texts);
        if let Some(Head { kind, sheet, columns, header_row, of_form }) = chunk.head {
            self.tables.push(Table { kind, sheet, columns, header_row, rows: Vec::new(), of_form });
        }
        let Some(table) = self.tables.last_mut() else { return };
        table.rows.reserve_exact(chunk.rows.len());
        let mut row = 0_u32;
        let (mut repaired, mut rejected) = (chunk.repaired.iter().peekable(), chunk.rejected.iter().peekable());
        for (at, distance) in chunk.rows.iter().enumerate() {
            row = row.wrapping_add(*distance);
            let is = |next: Option<&&u32>| next.is_some_and(|next| **next as usize == at);
            table.rows.push(TableRow {
                row,
                values: chunk.columns.iter().map(|column| value(column.cell(at), &self.texts)).collect(),
                repaired: repaired.next_if(|next| is(Some(next))).is_some(),
                rejected: rejected.next_if(|next| is(Some(next))).is_some(),
            });
        }
    }
}

fn value(cell: Cell, texts: &[Arc<str>]) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Text(text) => texts.get(text as usize).map_or(Value::Null, |text| Value::Text(text.clone())),
        Cell::Int(n) => Value::Int(n),
        Cell::Number(n) => Value::Number(n),
        Cell::Fen(fen) => Value::Amount(Fen(fen)),
        Cell::Flag(flag) => Value::Flag(flag),
        Cell::Instant(code) => DateTime::from_timestamp(code.div_euclid(2), 0).map_or(Value::Null, |at| {
            Value::Instant(Instant { at: at.naive_utc(), date_only: code.rem_euclid(2) == 1 })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        let day = NaiveDate::from_ymd_opt(1955, 3, 5).expect("a day");
        prop_oneof![
            3 => Just(Value::Null),
            4 => "[ab一]{0,2}".prop_map(|text| Value::Text(text.into())),
            1 => any::<i64>().prop_map(Value::Int),
            1 => (-1e9..1e9).prop_map(Value::Number),
            1 => any::<i64>().prop_map(|fen| Value::Amount(Fen(fen))),
            1 => any::<bool>().prop_map(Value::Flag),
            1 => (0..40_000_i64).prop_map(move |days| Value::Instant(Instant::day(day + chrono::Duration::days(days)))),
            1 => (0..90_000_000_i64).prop_map(move |seconds| {
                Value::Instant(Instant::exact(day.and_hms_opt(0, 0, 0).expect("midnight") + chrono::Duration::seconds(seconds)))
            }),
        ]
    }

    fn tables() -> impl Strategy<Value = Vec<Table>> {
        let row = (1_u32..9, proptest::collection::vec(values(), 3), any::<bool>(), any::<bool>());
        let table = proptest::collection::vec(row, 0..12).prop_map(|rows| {
            let mut at = 0;
            let rows = rows.into_iter().map(|(step, values, repaired, rejected)| {
                at += step;
                TableRow { row: at, values: values.into(), repaired, rejected }
            });
            Table {
                kind: "visit".into(),
                sheet: "一".into(),
                columns: vec![Some(0), None, Some(7)],
                header_row: 1,
                rows: rows.collect(),
                of_form: false,
            }
        });
        proptest::collection::vec(table, 0..4)
    }

    proptest! {
        #[test]
        fn tables_cross_in_chunks_as_they_were(tables in tables(), repeated in 1..3_usize) {
            let mut chunks = Vec::new();
            let mut emit = |chunk: Chunk| {
                chunks.push(postcard::to_stdvec(&chunk).map_err(io::Error::other)?);
                Ok(())
            };
            let mut collector = Collector::new(&mut emit, limits::ROWS);
            let long = |table: &Table| {
                // Longer than a chunk, now and then.
                let times = if repeated == 2 { ROWS / table.rows.len().max(1) + 1 } else { 1 };
                let mut rows = Vec::new();
                for i in 0..times {
                    rows.extend(table.rows.iter().cloned().map(|row| TableRow { row: row.row + 200 * i as u32, ..row }));
                }
                Table { rows, ..table.clone() }
            };
            let tables: Vec<Table> = tables.iter().map(long).collect();
            for table in &tables {
                collector.begin(Table { rows: Vec::new(), ..table.clone() }).expect("begun");
                for row in &table.rows {
                    let cells: Vec<Cell> = row.values.iter().map(|value| collector.cell(value)).collect();
                    collector.row(row.row, &cells, row.repaired, row.rejected).expect("taken");
                }
            }
            collector.finish().expect("handed on");
            let mut again = Tables::default();
            for chunk in &chunks {
                again.add(postcard::from_bytes(chunk).expect("decoded"));
            }
            prop_assert_eq!(again.tables, tables);
        }
    }
}

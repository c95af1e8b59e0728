//! A [`Reading`] as it crosses the pipe: every text once, every value in a few bytes.

use crate::{
    catalog::Catalog,
    intake::{discover::SourceFile, rows::Remark, workbook::Reading},
    model::{Fen, IgnoredSheet, Instant, OrderBasis, Place, Submission, Table, TableRow, Value, WorkbookRead},
};
use chrono::{DateTime, NaiveDate};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// A workbook's reading, packed: what crosses the pipe and what is kept between builds. It depends on the file's bytes, its
/// path and the reading plan alone, and holds codes and arguments, no words.
#[derive(Debug, Serialize, Deserialize)]
pub struct Packed {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    submitted_at: Option<Instant>,
    submitted_by: Option<String>,
    template_version: Option<String>,
    basis: OrderBasis,
    texts: Vec<Arc<str>>,
    tables: Vec<PackedTable>,
    ignored: Vec<IgnoredSheet>,
    remarks: Vec<Remark>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PackedTable {
    kind: Arc<str>,
    sheet: Arc<str>,
    columns: Vec<Option<u32>>,
    header_row: u32,
    rows: Vec<PackedRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PackedRow {
    row: u32,
    repaired: bool,
    rejected: bool,
    values: Vec<PackedValue>,
}

#[derive(Debug, Serialize, Deserialize)]
enum PackedValue {
    Null,
    /// Index into the texts.
    Text(u32),
    Int(i64),
    Number(f64),
    Fen(i64),
    Flag(bool),
    /// Seconds since 1970.
    At(i64),
    /// The day's first second, of a date without time.
    Day(i64),
}

/// Texts and where they are kept.
#[derive(Default)]
struct Texts {
    index: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Texts {
    fn index_of(&mut self, text: &Arc<str>) -> u32 {
        if let Some(index) = self.index.get(text) {
            return *index;
        }
        let index = self.texts.len() as u32;
        self.index.insert(text.clone(), index);
        self.texts.push(text.clone());
        index
    }
}

/// Packs a reading.
pub(in crate::intake) fn pack(reading: Reading) -> Packed {
    let mut texts = Texts::default();
    let mut value = |value: Value| match value {
        Value::Null => PackedValue::Null,
        Value::Text(text) => PackedValue::Text(texts.index_of(&text)),
        Value::Int(n) => PackedValue::Int(n),
        Value::Number(n) => PackedValue::Number(n),
        Value::Amount(Fen(fen)) => PackedValue::Fen(fen),
        Value::Flag(flag) => PackedValue::Flag(flag),
        Value::Instant(Instant { at, date_only: true }) => PackedValue::Day(at.and_utc().timestamp()),
        Value::Instant(Instant { at, date_only: false }) => PackedValue::At(at.and_utc().timestamp()),
    };
    let mut tables = Vec::with_capacity(reading.tables.len());
    for table in reading.tables {
        let mut rows = Vec::with_capacity(table.rows.len());
        for TableRow { row, values, repaired, rejected } in table.rows {
            let values = values.into_iter().map(&mut value).collect();
            rows.push(PackedRow { row, repaired, rejected, values });
        }
        let Table { kind, sheet, columns, header_row, .. } = table;
        tables.push(PackedTable { kind, sheet, columns, header_row, rows });
    }
    Packed {
        from: reading.from,
        to: reading.to,
        submitted_at: reading.submitted_at,
        submitted_by: reading.submitted_by,
        template_version: reading.template_version,
        basis: reading.basis,
        texts: texts.texts,
        tables,
        ignored: reading.ignored,
        remarks: reading.remarks,
    }
}

/// Unpacks a reading; its repeated texts share their memory.
pub(in crate::intake) fn unpack(packed: Packed) -> Reading {
    let texts = packed.texts;
    let instant = |seconds: i64, date_only: bool| {
        let at = DateTime::from_timestamp(seconds, 0).map(|at| at.naive_utc());
        at.map_or(Value::Null, |at| Value::Instant(Instant { at, date_only }))
    };
    let value = |value: PackedValue| match value {
        PackedValue::Null => Value::Null,
        PackedValue::Text(index) => texts.get(index as usize).map_or(Value::Null, |text| Value::Text(text.clone())),
        PackedValue::Int(n) => Value::Int(n),
        PackedValue::Number(n) => Value::Number(n),
        PackedValue::Fen(fen) => Value::Amount(Fen(fen)),
        PackedValue::Flag(flag) => Value::Flag(flag),
        PackedValue::At(seconds) => instant(seconds, false),
        PackedValue::Day(seconds) => instant(seconds, true),
    };
    let row = |PackedRow { row, repaired, rejected, values }: PackedRow| TableRow {
        row,
        values: values.into_iter().map(value).collect(),
        repaired,
        rejected,
    };
    let table = |PackedTable { kind, sheet, columns, header_row, rows }: PackedTable| Table {
        kind,
        sheet,
        columns,
        header_row,
        rows: rows.into_iter().map(row).collect(),
    };
    Reading {
        from: packed.from,
        to: packed.to,
        submitted_at: packed.submitted_at,
        submitted_by: packed.submitted_by,
        template_version: packed.template_version,
        basis: packed.basis,
        tables: packed.tables.into_iter().map(table).collect(),
        ignored: packed.ignored,
        remarks: packed.remarks,
    }
}

impl Packed {
    /// The workbook as check takes it, with a finding for what the reader remarked. `file` and `hash` are those the
    /// reader was asked with.
    pub fn workbook(self, file: &SourceFile, hash: &str, catalog: &Catalog) -> WorkbookRead {
        let reading = unpack(self);
        let finding = |remark: Remark| {
            let Remark { code, sheet, row, col, field, args } = remark;
            let place = Place { workbook: file.shown.clone(), sheet, row, col };
            catalog.finding(&code, &file.store, place, &field, args)
        };
        WorkbookRead {
            path: file.shown.clone(),
            hash: hash.to_owned(),
            submission: Submission {
                store: file.store.clone(),
                workbook: file.shown.clone(),
                from: reading.from,
                to: reading.to,
                submitted_at: reading.submitted_at,
                submitted_by: reading.submitted_by,
                template_version: reading.template_version,
                basis: reading.basis,
            },
            tables: reading.tables,
            ignored: reading.ignored,
            findings: reading.remarks.into_iter().map(finding).collect(),
        }
    }
}

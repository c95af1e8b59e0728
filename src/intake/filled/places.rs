//! Where the tables, columns and rows of a form stand now.

use super::carried::{FormSheet, FormTable, KnownRow};
use crate::intake::{
    cell::read_day,
    raw::{Raw, RowBuf},
    rows::is_blank,
    title::normal,
};
use std::collections::BTreeSet;

/// Where the tables of a worksheet stand; `None`: it has none with these titles.
pub(super) struct Places {
    pub tables: Vec<Option<TablePlace>>,
}

/// Where a table stands.
pub(super) struct TablePlace {
    /// The row of its header, from 1.
    pub header: u32,
    /// For each of its columns as they were written where it stands now, from 0.
    pub columns: Vec<Option<u32>>,
    /// The first row that is not its own any more.
    end: u32,
}

/// What a row is.
#[derive(Clone, Copy)]
pub(super) enum Kind<'f> {
    /// One that was written.
    Known(&'f KnownRow),
    /// One of a list: it says for itself what it is.
    Listed,
    /// One that somebody added.
    Added,
    /// Neither: a note.
    Other,
}

impl Places {
    /// Finds the tables of a worksheet by their titles.
    pub fn of(form: &FormSheet, rows: &[RowBuf]) -> Places {
        let mut taken: BTreeSet<u32> = BTreeSet::new();
        let mut shift = 0_i64;
        let mut tables: Vec<Option<TablePlace>> = Vec::new();
        for table in &form.tables {
            let wanted: Vec<String> = table.titles.iter().map(|title| normal(title)).collect();
            let expected = i64::from(table.header) + shift;
            let best = rows
                .iter()
                .filter(|row| !taken.contains(&row.row))
                .map(|row| (columns(row, &wanted), row.row))
                .map(|(columns, row)| (columns.iter().flatten().count(), columns, row))
                .filter(|(found, ..)| found * 2 > wanted.len())
                .min_by_key(|(found, _, row)| (wanted.len() - found, (i64::from(*row) - expected).abs()));
            tables.push(best.map(|(_, columns, header)| {
                taken.insert(header);
                shift = i64::from(header) - i64::from(table.header);
                TablePlace { header, columns, end: u32::MAX }
            }));
        }
        let begins: Vec<(u32, u32)> = tables
            .iter()
            .zip(&form.tables)
            .filter_map(|(place, table)| place.as_ref().map(|place| (place.header, table.lead)))
            .collect();
        for place in tables.iter_mut().flatten() {
            let next = begins.iter().filter(|(header, _)| *header > place.header).min();
            place.end = next.map_or(u32::MAX, |(header, lead)| header.saturating_sub(*lead).max(place.header + 1));
        }
        Places { tables }
    }
}

/// For each title the column of a row in which it stands.
fn columns(row: &RowBuf, wanted: &[String]) -> Vec<Option<u32>> {
    let texts: Vec<(u32, String)> = row
        .cells
        .iter()
        .filter_map(|(col, raw)| match raw {
            Raw::Text(text) => Some((*col, normal(text))),
            _ => None,
        })
        .collect();
    let place = |title: &String| texts.iter().find(|(_, text)| text == title).map(|(col, _)| *col);
    wanted.iter().map(place).collect()
}

/// The cell of a row at a column.
pub(super) fn cell(row: &RowBuf, col: u32) -> Option<&Raw> {
    row.cells.iter().find(|(at, raw)| *at == col && !is_blank(raw)).map(|(_, raw)| raw)
}

/// What a cell says, as the forms' rows are known by it.
pub(super) fn said(raw: &Raw) -> String {
    match raw {
        Raw::Text(text) | Raw::Error(text) => text.trim().to_owned(),
        Raw::Number { dated: true, .. } => read_day(raw, false).map_or_else(String::new, |at| at.display()),
        Raw::Number { value, .. } => value.to_string(),
        Raw::Bool(flag) => flag.to_string(),
        Raw::NoCache => String::new(),
    }
}

impl TablePlace {
    /// Where a column as it was written stands now.
    pub fn column(&self, col: u32) -> Option<u32> {
        self.columns.get(col as usize).copied().flatten()
    }

    /// How many of the cells by which a row is known it has.
    fn alike(&self, known: &KnownRow, row: &RowBuf) -> usize {
        let same = |(col, text): &&(u32, String)| {
            let own = self.column(*col).and_then(|col| cell(row, col)).map(said).unwrap_or_default();
            // Long texts are known by their beginning.
            !own.is_empty() && own.starts_with(text.trim())
        };
        known.key.iter().filter(same).count()
    }

    /// The rows below the header, each with what it is.
    pub fn rows<'f, 'r>(
        &self,
        table: &'f FormTable,
        form: &FormSheet,
        rows: &'r [RowBuf],
    ) -> Vec<(&'r RowBuf, Kind<'f>)> {
        let is_foot = |row: &RowBuf| match row.cells.first() {
            Some((_, Raw::Text(text))) => form.foot.iter().any(|foot| text.trim().starts_with(foot.trim())),
            _ => false,
        };
        let below = rows.iter().filter(|row| row.row > self.header && row.row < self.end);
        let own: Vec<&RowBuf> = below.take_while(|row| !is_foot(row)).collect();
        if table.lists {
            return own.into_iter().map(|row| (row, Kind::Listed)).collect();
        }
        let mut claimed: Vec<Option<usize>> = vec![None; own.len()];
        let mut free: BTreeSet<usize> = (0..table.known.len()).collect();
        let shifted = |known: &KnownRow| i64::from(known.row) - i64::from(table.header) + i64::from(self.header);
        // Rows that show all they showed, wherever they were sorted to; then those that at their place show part of it.
        for all in [true, false] {
            for (at, row) in own.iter().enumerate() {
                if claimed[at].is_some() {
                    continue;
                }
                let fits = |nth: &&usize| {
                    let known = &table.known[**nth];
                    let alike = self.alike(known, row);
                    let here = shifted(known) == i64::from(row.row);
                    match known.key.len() {
                        0 => here,
                        of if all => alike == of,
                        _ => alike > 0 && here,
                    }
                };
                let nearest = |nth: &&usize| (shifted(&table.known[**nth]) - i64::from(row.row)).abs();
                let found = free.iter().filter(fits).min_by_key(nearest).copied();
                if let Some(nth) = found {
                    free.remove(&nth);
                    claimed[at] = Some(nth);
                }
            }
        }
        let kind = |(row, claimed): (&'r RowBuf, Option<usize>)| {
            let kind = match claimed {
                Some(nth) => Kind::Known(&table.known[nth]),
                None => self.unknown(table, row),
            };
            (row, kind)
        };
        own.into_iter().zip(claimed).map(kind).collect()
    }

    /// A row that was not written: with two cells of the table, or one that is filled in, it was added.
    fn unknown<'f>(&self, table: &FormTable, row: &RowBuf) -> Kind<'f> {
        let in_table = self.columns.iter().flatten().filter(|col| cell(row, **col).is_some()).count();
        let by_hand = table.made.iter().flat_map(|made| &made.cells);
        let first = self.columns.first().copied().flatten();
        let filled = by_hand.filter_map(|own| self.column(own.col)).any(|col| {
            cell(row, col).is_some() && (Some(col) != first || table.known.iter().all(|k| k.key.is_empty()))
        });
        // Where nothing was listed a sentence says so.
        let says_nothing = table.rows == 0 && row.cells.len() == 1;
        if (in_table >= 2 || filled) && !says_nothing { Kind::Added } else { Kind::Other }
    }
}

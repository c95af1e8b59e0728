//! All rows of one kind of sheet that a store sent, grouped by what they are about.

use super::{expression::Condition, history::History, identity, judge::Judge};
use crate::{
    arguments,
    catalog::{Catalog, SheetDef, beside},
    diagnostic::{Finding, Severity},
    model::{
        Argument, CheckedRow, Message, Place, RowValues, SheetRows, Submission, Table, TableRow, Value, WorkbookRead,
    },
};
use std::collections::HashMap;

/// One sheet of one workbook.
pub(super) struct Sheet<'a> {
    /// Index among the store's submissions.
    pub submission: usize,
    pub read: &'a WorkbookRead,
    pub table: &'a Table,
    /// Index among the workbook's tables.
    pub position: usize,
    /// Index of its first line.
    first: usize,
    /// Findings that rules raised in it.
    raised: usize,
}

/// Findings that rules raise in one sheet of one workbook before the rest is only counted.
const LISTED: usize = 10_000;

/// A row among the workbooks of a store.
pub(super) struct RowAt {
    submission: usize,
    table: usize,
    row: usize,
}

/// For each subject with an accepted row its accepted versions, oldest first, each where it was sent last.
pub(super) type Accepted = Vec<Vec<RowAt>>;

/// One row as it was sent.
pub(super) struct Line<'a> {
    /// Index into [`Ledger::tables`].
    pub sheet: usize,
    pub row: &'a TableRow,
    /// What it is about: index into [`Ledger::subjects`].
    pub subject: usize,
    /// Columns whose cells have an error of their own already, so that rules over them are not asked.
    pub broken: Vec<usize>,
    /// Kept out by intake or by a rule over this row or across sheets. See also [`History::rejected`].
    pub rejected: bool,
    /// It has a warning or an error that is not listed.
    pub unlisted: bool,
}

/// What the rows of one key say, oldest first.
pub(super) struct Subject {
    pub identity: String,
    /// Indices into [`Ledger::lines`].
    pub lines: Vec<usize>,
    /// What became of them, once folded.
    pub history: History,
}

/// A finding in a row.
pub(super) struct Raised {
    pub line: usize,
    pub finding: Finding,
}

/// Rows, subjects and findings of one kind of sheet. Lines are in the order of submission, sheet, row; subjects in
/// the order of first appearance.
pub(super) struct Ledger<'a> {
    pub sheet: &'a SheetDef,
    pub open: Option<Condition>,
    pub tables: Vec<Sheet<'a>>,
    pub lines: Vec<Line<'a>>,
    pub subjects: Vec<Subject>,
    /// Findings in rows, apart from those that [`History`] holds.
    pub raised: Vec<Raised>,
}

impl<'a> Ledger<'a> {
    /// Collects the rows of `sheet` from workbooks in the order of submission.
    pub fn new(sheet: &'a SheetDef, reads: &'a [WorkbookRead], open: Option<Condition>) -> Ledger<'a> {
        let held = |(submission, read): (usize, &'a WorkbookRead)| {
            let own = read.tables.iter().enumerate().filter(|(_, table)| *table.kind == *sheet.id);
            own.map(move |(position, table)| Sheet { submission, read, table, position, first: 0, raised: 0 })
        };
        let mut tables: Vec<Sheet<'a>> = reads.iter().enumerate().flat_map(held).collect();
        let mut first = 0;
        for held in &mut tables {
            held.first = first;
            first += held.table.rows.len();
        }
        let numbered: Vec<(usize, &'a Table)> = tables.iter().map(|held| held.table).enumerate().collect();
        let rows = numbered.iter().flat_map(|(i, table)| table.rows.iter().map(move |row| (*i, &row.values)));
        let identities = identity::identities(sheet, rows);
        let mut lines: Vec<Line<'a>> = Vec::with_capacity(identities.len());
        let mut subjects: Vec<Subject> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let places = tables.iter().enumerate().flat_map(|(i, held)| held.table.rows.iter().map(move |row| (i, row)));
        for ((sheet, row), identity) in places.zip(identities) {
            let subject = *known.entry(identity).or_insert_with_key(|identity| {
                subjects.push(Subject { identity: identity.clone(), lines: Vec::new(), history: History::default() });
                subjects.len() - 1
            });
            subjects[subject].lines.push(lines.len());
            lines.push(Line { sheet, row, subject, broken: Vec::new(), rejected: row.rejected, unlisted: false });
        }
        Ledger { sheet, open, tables, lines, subjects, raised: Vec::new() }
    }

    /// Takes over intake's findings in these rows.
    pub fn take_over(&mut self, judge: &Judge<'_>) {
        let mut first = 0;
        for held in &self.tables {
            let rows = &held.table.rows;
            for finding in held.read.findings.iter().filter(|f| *f.place.sheet == *held.table.sheet) {
                let Some(index) = row_index(rows, finding) else { continue };
                let line = &mut self.lines[first + index];
                // Of a form several columns have one cell: the title tells which is meant.
                let stands = |col: u32| move |(_, own): &(usize, &Option<u32>)| **own == Some(col);
                let columns = || held.table.columns.iter().enumerate();
                let titled = |at: usize| self.sheet.columns.get(at).is_some_and(|own| *own.title.zh == *finding.field);
                let column = finding.place.col.and_then(|col| {
                    let meant = columns().filter(stands(col)).find(|(at, _)| held.table.of_form && titled(*at));
                    meant.or_else(|| columns().find(stands(col))).map(|(at, _)| at)
                });
                // Of a sheet with months across each month is a table.
                if held.table.shares_sheet(held.read) && finding.place.col.is_some() && column.is_none() {
                    continue;
                }
                match column {
                    _ if finding.severity != Severity::Error => {}
                    Some(column) => line.broken.push(column),
                    // Of the row as a whole: its values may stand under any title.
                    None => line.broken = (0..self.sheet.columns.len()).collect(),
                }
                let finding = judge.adopt(finding);
                // A cell that only describes was read as empty.
                let describes = |column: usize| {
                    self.sheet.columns.get(column).is_some_and(|own| own.describes) && line.row.values[column].is_null()
                };
                line.rejected |= finding.severity == Severity::Error && !column.is_some_and(describes);
                let finding = self.weighed(first + index, finding);
                self.raised.push(Raised { line: first + index, finding });
            }
            first += rows.len();
        }
    }

    /// The sheet and workbook a line stands in.
    pub fn sheet_of(&self, line: usize) -> &Sheet<'a> {
        &self.tables[self.lines[line].sheet]
    }

    /// The submission a line came with.
    pub fn submission(&self, line: usize) -> &'a Submission {
        &self.sheet_of(line).read.submission
    }

    /// A line's cells.
    pub fn values(&self, line: usize) -> &'a RowValues {
        &self.lines[line].row.values
    }

    /// What a line says of whose it is.
    pub fn store_code(&self, line: usize) -> Option<&'a str> {
        self.values(line).get(self.sheet.columns.len() + beside::STORE)?.text()
    }

    /// Whether somebody looked at a line and found it right.
    pub fn is_verified(&self, line: usize) -> bool {
        let verified = self.values(line).get(self.sheet.columns.len() + beside::VERIFIED);
        verified.and_then(Value::flag) == Some(true)
    }

    /// A warning of a line that was looked at is a notice.
    fn weighed(&self, line: usize, mut finding: Finding) -> Finding {
        if finding.severity == Severity::Warning && self.is_verified(line) {
            finding.severity = Severity::Notice;
        }
        finding
    }

    /// Whether a line is open by the definition's own condition.
    pub fn is_open(&self, line: usize) -> bool {
        self.open.as_ref().is_some_and(|open| open.truth(self.values(line)) == Some(true))
    }

    /// A finding in a line, at a column's cell or at the row alone; `None` when the rule was left out.
    pub fn finding(
        &self,
        judge: &Judge<'_>,
        code: &str,
        line: usize,
        field: Option<usize>,
        args: Vec<Argument>,
    ) -> Option<Raised> {
        let held = self.sheet_of(line);
        let place = held.table.place(&held.read.path, self.lines[line].row.row, field);
        let own = self.sheet.columns.iter().chain(&judge.catalog.beside);
        let title = field.and_then(|field| own.clone().nth(field)).map_or("", |column| &column.title.zh);
        let finding = judge.finding(code, place, title, args)?;
        Some(Raised { line, finding: self.weighed(line, finding) })
    }

    /// Raises a finding in a line; an error keeps the line out. Returns whether it does. The line's subject has to be
    /// folded again when it was already.
    pub fn raise(
        &mut self,
        judge: &Judge<'_>,
        code: &str,
        line: usize,
        field: Option<usize>,
        args: Vec<Argument>,
    ) -> bool {
        let Some(raised) = self.finding(judge, code, line, field, args) else { return false };
        let severity = raised.finding.severity;
        let rejects = severity == Severity::Error;
        self.lines[line].rejected |= rejects;
        let held = &mut self.tables[self.lines[line].sheet];
        held.raised += 1;
        if held.raised <= LISTED {
            self.raised.push(raised);
        } else {
            self.lines[line].unlisted |= severity >= Severity::Warning;
        }
        rejects
    }

    /// How a line is spoken of from another: the row of this sheet, of another of the workbook, or of which other workbook.
    pub fn seen_from(&self, line: usize, other: usize) -> Message {
        let row = u64::from(self.lines[other].row.row);
        let (own, held) = (self.sheet_of(line), self.sheet_of(other));
        if self.lines[line].sheet == self.lines[other].sheet {
            return Message::new("row.here").with("row", row);
        }
        let sheet = Place::sheet("", held.table.sheet.clone()).sheet_shown().into_owned();
        if own.read.path == held.read.path {
            return Message::new("row.elsewhere").with("sheet", sheet).with("row", row);
        }
        Message::new("row.in_file").with("workbook", &*held.read.path).with("sheet", sheet).with("row", row)
    }

    /// All findings in rows.
    pub fn findings(&self) -> impl Iterator<Item = &Raised> {
        self.raised.iter().chain(self.subjects.iter().flat_map(|subject| &subject.history.raised))
    }

    /// For each line, whether it is kept out.
    pub fn rejected(&self) -> Vec<bool> {
        let mut rejected: Vec<bool> = self.lines.iter().map(|line| line.rejected).collect();
        for line in self.subjects.iter().flat_map(|subject| &subject.history.rejected) {
            rejected[*line] = true;
        }
        rejected
    }

    /// Where the accepted rows stand.
    pub fn accepted(&self) -> Accepted {
        let at = |line: &usize| {
            let held = self.sheet_of(*line);
            RowAt { submission: held.submission, table: held.position, row: *line - held.first }
        };
        let versions = |subject: &Subject| -> Vec<RowAt> {
            subject.history.versions.iter().filter_map(|version| version.last()).map(at).collect()
        };
        self.subjects.iter().map(versions).filter(|versions| !versions.is_empty()).collect()
    }

    /// One finding for each workbook in whose sheets rules raised more than is listed.
    pub fn more(&self, judge: &Judge<'_>) -> Vec<Finding> {
        let beyond = self.tables.iter().filter(|held| held.raised > LISTED);
        let finding = |held: &Sheet<'_>| {
            let place = Place::sheet(held.read.path.clone(), held.table.sheet.clone());
            judge.finding("W016", place, "", arguments! { "count" => held.raised - LISTED })
        };
        beyond.filter_map(finding).collect()
    }
}

/// Takes the accepted rows out of the workbooks they were sent in.
pub(super) fn taken(reads: &mut [WorkbookRead], accepted: Accepted) -> SheetRows {
    let mut rows = SheetRows::default();
    for versions in accepted {
        let mut versions: Vec<CheckedRow> = versions
            .into_iter()
            .map(|RowAt { submission, table, row }| {
                let read = &mut reads[submission];
                let table = &mut read.tables[table];
                CheckedRow {
                    workbook: read.path.clone(),
                    sheet: table.sheet.clone(),
                    row: table.rows[row].row,
                    submission: submission as u32,
                    values: std::mem::take(&mut table.rows[row].values),
                }
            })
            .collect();
        rows.current.extend(versions.pop());
        // Most rows have one version: the room for it is not kept.
        versions.shrink_to_fit();
        rows.earlier.push(versions);
    }
    rows
}

/// The index of the data row a finding stands in; rows are in sheet order.
fn row_index(rows: &[TableRow], finding: &Finding) -> Option<usize> {
    rows.binary_search_by_key(&finding.place.row?, |row| row.row).ok()
}

/// Whether a finding of intake stands in a data row of a known kind of sheet, so that a ledger took it over.
pub(super) fn stands_in_a_row(finding: &Finding, read: &WorkbookRead, catalog: &Catalog) -> bool {
    read.tables.iter().any(|table| {
        table.sheet == finding.place.sheet
            && row_index(&table.rows, finding).is_some()
            && catalog.sheet(&table.kind).is_some()
    })
}

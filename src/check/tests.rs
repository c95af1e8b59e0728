//! Small workbooks written as text. Column `A` is the first field of a table's header, the header is row 1, so that the
//! first data row is row 2.

mod codes;
mod histories;
mod honesty;
mod kinds;
mod plans;
mod properties;
mod shared;
mod slips;

use super::*;
use crate::{
    arguments,
    catalog::{CellType, SheetDef},
    diagnostic::Severity,
    messages::FindingWords,
    model::{Fen, Lang, OrderBasis, Place, SheetTally, Submission, Table, TableRow, Value},
    project::settings::parse_as_of,
};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let (catalog, findings) = Catalog::load(None).unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
    catalog
});

const CUTOFF: &str = "2026-11-22";

fn value(sheet: &SheetDef, field: usize, text: &str) -> Value {
    match sheet.columns[field].cell {
        _ if text.is_empty() => Value::Null,
        CellType::Date | CellType::Instant | CellType::Month => Value::Instant(parse_as_of(text).unwrap()),
        CellType::Money => Value::Amount(Fen(text.parse::<i64>().unwrap() * 100)),
        CellType::Integer => Value::Int(text.parse().unwrap()),
        CellType::Number => Value::Number(text.parse().unwrap()),
        CellType::Flag => Value::Flag(text == "是"),
        _ => Value::from(text),
    }
}

/// A table of `kind`: field names in the header, cells between `|`.
fn table(kind: &str, header: &str, rows: &[&str]) -> Table {
    let sheet = CATALOG.sheet(kind).unwrap();
    let fields: Vec<usize> = header.split(' ').map(|field| sheet.field(field).expect(field)).collect();
    let mut columns = vec![None; sheet.columns.len()];
    for (col, field) in fields.iter().enumerate() {
        columns[*field] = Some(col as u32);
    }
    let rows = rows.iter().zip(2..).map(|(row, number)| {
        let mut values = vec![Value::Null; sheet.columns.len()];
        for (field, cell) in fields.iter().zip(row.split('|')) {
            values[*field] = value(sheet, *field, cell);
        }
        TableRow { row: number, values: values.into(), repaired: false, rejected: false }
    });
    Table {
        kind: kind.into(),
        sheet: sheet.title.zh.as_str().into(),
        columns,
        header_row: 1,
        rows: rows.collect(),
        of_form: false,
    }
}

/// A workbook for the week that ends on `to`; without it only the path says when it came.
fn book(path: &str, to: &str, tables: Vec<Table>) -> WorkbookRead {
    let to = parse_as_of(to).map(|at| at.date());
    WorkbookRead {
        path: path.into(),
        hash: String::new(),
        submission: Submission {
            store: "S01".into(),
            workbook: path.into(),
            from: None,
            to,
            submitted_at: None,
            submitted_by: None,
            template_version: None,
            basis: if to.is_some() { OrderBasis::Cover } else { OrderBasis::PathOrder },
        },
        week_at: None,
        tables,
        ignored: Vec::new(),
        findings: Vec::new(),
    }
}

fn checked_with(reads: Vec<WorkbookRead>, settings: &Settings) -> (StoreRows, Vec<Finding>) {
    let (rows, findings) = check_store(&settings.store("S01"), reads, &CATALOG, settings, parse_as_of(CUTOFF).unwrap());
    for tally in &rows.tallies {
        assert_eq!(tally.rows_read, tally.accepted + tally.rejected, "{tally:?}");
        assert!(tally.clean <= tally.accepted && tally.repaired <= tally.accepted, "{tally:?}");
    }
    for finding in &findings {
        for text in [Lang::ZhCn, Lang::En].map(|lang| worded(finding, lang)) {
            assert!(!text.contains(['{', '}']), "{}: an argument is missing: {text}", finding.code);
            assert!(!text.contains("1380000") && !text.contains("LSVAB"), "{}: personal: {text}", finding.code);
        }
    }
    for (kind, sheet) in &rows.sheets {
        assert_eq!(sheet.current.len(), sheet.earlier.len(), "{kind}");
    }
    (rows, findings)
}

fn checked(reads: Vec<WorkbookRead>) -> (StoreRows, Vec<Finding>) {
    checked_with(reads, &Settings::defaults(&CATALOG))
}

/// What a finding says, and how to fix it.
fn worded(finding: &Finding, lang: Lang) -> String {
    let words = FindingWords::new(&CATALOG, lang);
    format!("{} {}", words.message(finding), words.hint(finding))
}

/// Findings as `code workbook cell`.
fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {} {}", f.code, f.place.workbook, f.place.cell())).collect()
}

/// The findings of one workbook `a` for the week of the cut-off.
fn found(kind: &str, header: &str, rows: &[&str]) -> Vec<String> {
    lines(&checked(vec![book("a", CUTOFF, vec![table(kind, header, rows)])]).1)
}

/// Read, accepted, rejected, clean of the one tally of a workbook.
fn counts(tallies: &[SheetTally], workbook: &str) -> [u64; 4] {
    let mut of: Vec<&SheetTally> = tallies.iter().filter(|tally| &*tally.workbook == workbook).collect();
    let tally = of.pop().expect(workbook);
    assert!(of.is_empty());
    [tally.rows_read, tally.accepted, tally.rejected, tally.clean]
}

/// The texts of a column in the current rows.
fn current(rows: &StoreRows, kind: &str, field: &str) -> Vec<String> {
    let field = CATALOG.sheet(kind).unwrap().field(field).unwrap();
    rows.sheets[kind].current.iter().map(|row| row.values[field].display()).collect()
}

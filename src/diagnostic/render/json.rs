//! One JSON array, an object for each finding with the columns of `findings.csv`.

use crate::{diagnostic::Finding, messages::FindingWords};
use serde::Serialize;
use std::io;

#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    severity: &'a str,
    store: &'a str,
    workbook: &'a str,
    sheet: &'a str,
    cell: String,
    field: &'a str,
    message: &'a str,
    hint: &'a str,
}

/// Writes findings as JSON, one object a line.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(findings: &[Finding], words: &FindingWords<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (i, finding) in findings.iter().enumerate() {
        out.write_all(if i == 0 { b"\n  " } else { b",\n  " })?;
        let line = Line {
            code: &finding.code,
            severity: finding.severity.word(),
            store: &finding.store,
            workbook: &finding.place.workbook,
            sheet: &finding.place.sheet_shown(),
            cell: finding.place.cell(),
            field: &words.field(finding),
            message: &words.message(finding),
            hint: &words.hint(finding),
        };
        serde_json::to_writer(&mut *out, &line)?;
    }
    out.write_all(if findings.is_empty() { b"]\n" } else { b"\n]\n" })
}

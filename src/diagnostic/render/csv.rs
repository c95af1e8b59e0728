//! The contract of `output/data/findings.csv`, which `check --format csv` writes too:
//! `code,severity,store,workbook,sheet,cell,field,message,hint`, UTF-8 with byte order mark, RFC 4180 (lines end in
//! CR LF).

use crate::{diagnostic::Finding, messages::FindingWords, model::text::is_invisible};
use std::{borrow::Cow, io};

/// The columns, in order.
pub const COLUMNS: [&str; 9] = ["code", "severity", "store", "workbook", "sheet", "cell", "field", "message", "hint"];

/// Writes findings as CSV. `severity` is the word of the contract (`notice`, `warning`, `error`) in every language;
/// workbook and sheet stay as the files have them, but for a personal number in a sheet's name.
///
/// # Errors
/// When `out` cannot be written.
pub fn render<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    words: &FindingWords<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(COLUMNS)?;
    for finding in findings {
        let cell = finding.place.cell();
        let (field, message, hint) = (words.field(finding), words.message(finding), words.hint(finding));
        let record: [&str; 9] = [
            &finding.code,
            finding.severity.word(),
            &finding.store,
            &finding.place.workbook,
            &finding.place.sheet_shown(),
            &cell,
            &field,
            &message,
            &hint,
        ];
        writer.write_record(record.map(inert).iter().map(|field| field.as_bytes()))?;
    }
    writer.flush()
}

/// A cell that no spreadsheet takes for a formula: one that begins like a formula, whatever blanks stand before it and
/// however wide its signs are, gets an apostrophe before it. A plain number stays as it is.
pub fn inert(cell: &str) -> Cow<'_, str> {
    let blank = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
    let begins =
        |text: &str| text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫', '−']);
    let formula = begins(cell.trim_start_matches(blank)) || cell.starts_with(['\t', '\r', '\n']);
    if formula && cell.trim().parse::<f64>().is_err() { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

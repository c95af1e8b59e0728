//! Annotations of GitHub Actions: `::error file=…,line=…,col=…,title=…::message`.

use crate::{diagnostic::Finding, messages::FindingWords, model::text::visible};
use std::io;

/// Writes one annotation a finding, the worst first. The workbook is the file, its row the line; sheet, cell and column are said in
/// the title, because GitHub cannot show a line of a workbook.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(findings: &[Finding], words: &FindingWords<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    // GitHub shows the first ten.
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in findings {
        write!(out, "::{} file={}", finding.severity.word(), property(&finding.place.workbook))?;
        if let Some(row) = finding.place.row {
            write!(out, ",line={row}")?;
            if let Some(col) = finding.place.col {
                write!(out, ",col={}", col + 1)?;
            }
        }
        let sheet = finding.place.sheet_shown();
        let mut title: Vec<&str> = vec![&finding.code, &sheet];
        let (cell, field) = (finding.place.cell(), words.field(finding));
        title.extend([cell.as_str(), &field]);
        title.retain(|part| !part.is_empty());
        write!(out, ",title={}", property(&title.join(" ")))?;
        writeln!(out, "::{}%0A{}", data(&words.message(finding)), data(&words.hint(finding)))?;
    }
    Ok(())
}

/// Escapes what would end the message or cannot be seen.
fn data(text: &str) -> String {
    let lines = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    visible(&lines).into_owned()
}

/// Escapes what would end a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

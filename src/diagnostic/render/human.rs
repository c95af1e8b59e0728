//! For a person at a terminal: by workbook, the place, what is wrong, how to fix it; the tally last.

use super::one_line;
use crate::{
    diagnostic::{Finding, Severity},
    messages::FindingWords,
};
use std::io;

/// Writes findings grouped by workbook, and how many there are of each severity.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(findings: &[Finding], words: &FindingWords<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut workbook = None;
    for finding in findings {
        if workbook != Some(&finding.place.workbook) {
            if workbook.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{}", one_line(&finding.place.workbook))?;
            workbook = Some(&finding.place.workbook);
        }
        let severity = words.severity(finding.severity);
        let mut at: Vec<String> = vec![one_line(&finding.place.sheet_shown()), finding.place.cell()];
        at.push(words.field(finding).into_owned());
        at.retain(|part| !part.is_empty());
        let at = if at.is_empty() { String::new() } else { format!("{}  ", at.join(" ")) };
        let message = one_line(&words.message(finding));
        writeln!(out, "  {severity} {}  {at}{message}", finding.code)?;
        let hint = words.hint(finding);
        if !hint.is_empty() {
            writeln!(out, "      → {}", one_line(&hint))?;
        }
    }
    if !findings.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", tally(findings, words))
}

fn tally(findings: &[Finding], words: &FindingWords<'_>) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    if findings.is_empty() {
        return words.messages().word("check.clean");
    }
    let counts = [findings.len(), of(Severity::Error), of(Severity::Warning), of(Severity::Notice)];
    let counts = counts.map(|count| count.to_string());
    let args = ["all", "errors", "warnings", "notices"].into_iter().zip(counts.iter().map(String::as_str));
    words.messages().fill("check.tally", &args.collect::<Vec<_>>())
}

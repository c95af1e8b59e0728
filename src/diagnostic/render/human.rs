//! For a person at a terminal: the tally first, then the workbooks, the worst first: the place, what is wrong, how to fix it.

use super::one_line;
use crate::{
    diagnostic::{Finding, Severity},
    messages::FindingWords,
};
use std::{cmp::Reverse, collections::BTreeMap, io};

/// What is listed.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Milder findings are counted only.
    pub level: Severity,
    /// How to fix it stands below each finding.
    pub hints: bool,
}

/// Writes how many findings there are of each severity, and those asked for: workbook by workbook, those
/// with errors first, and in each what is worst first.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(
    findings: &[Finding],
    words: &FindingWords<'_>,
    choice: Choice,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    writeln!(out, "{}", tally(findings, words))?;
    let unlisted = findings.iter().filter(|finding| finding.severity < choice.level).count();
    if unlisted > 0 {
        let count = unlisted.to_string();
        writeln!(out, "{}", words.messages().fill("check.unlisted", &[("count", &count)]))?;
    }
    let mut workbooks: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.iter().filter(|own| own.severity >= choice.level) {
        workbooks.entry(&finding.place.workbook).or_default().push(finding);
    }
    let mut workbooks: Vec<(&str, Vec<&Finding>)> = workbooks.into_iter().collect();
    let worst = |found: &[&Finding]| found.iter().map(|finding| finding.severity).max();
    workbooks.sort_by_key(|(_, found)| Reverse(worst(found)));
    for (workbook, mut found) in workbooks {
        writeln!(out, "\n{}", one_line(workbook))?;
        found.sort_by_key(|finding| finding.reading_order());
        for finding in found {
            line(finding, words, choice.hints, out)?;
        }
    }
    Ok(())
}

fn line(finding: &Finding, words: &FindingWords<'_>, hints: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let severity = words.severity(finding.severity);
    let mut at: Vec<String> = vec![one_line(&finding.place.sheet_shown()), finding.place.cell()];
    at.push(words.field(finding).into_owned());
    at.retain(|part| !part.is_empty());
    let at = if at.is_empty() { String::new() } else { format!("{}  ", at.join(" ")) };
    writeln!(out, "  {severity} {}  {at}{}", finding.code, one_line(&words.message(finding)))?;
    let hint = words.hint(finding);
    if hints && !hint.is_empty() {
        writeln!(out, "      → {}", one_line(&hint))?;
    }
    Ok(())
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

//! Findings as text, one renderer a file. Each keeps the order it is given and writes nothing personal, because
//! findings hold nothing personal.

pub mod csv;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod mapping;
#[cfg(test)]
mod tests;

use crate::{
    diagnostic::{Finding, Severity},
    messages::FindingWords,
    model::text::visible,
};
use std::{cmp::Reverse, collections::BTreeMap, io, sync::Arc};

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    #[default]
    Human,
    /// One JSON array.
    Json,
    /// The contract of `findings.csv`.
    Csv,
    /// Annotations of GitHub Actions.
    Github,
    /// JUnit XML.
    Junit,
}

/// Puts errors first, then warnings, then notices, each in the order given. In JUnit's suites, one a workbook, the workbooks
/// with errors come first and in each what is worst; what is for reading and for GitHub finds its own order of that kind.
pub fn worst_first(format: Format, findings: &mut [Finding]) {
    match format {
        Format::Human | Format::Github => {}
        Format::Json | Format::Csv => findings.sort_by_key(|finding| Reverse(finding.severity)),
        Format::Junit => {
            let mut worst: BTreeMap<Arc<str>, Severity> = BTreeMap::new();
            for finding in findings.iter() {
                let own = worst.entry(finding.place.workbook.clone()).or_insert(finding.severity);
                *own = finding.severity.max(*own);
            }
            findings.sort_by_key(|finding| {
                let workbook = &finding.place.workbook;
                (Reverse(worst.get(workbook).copied()), workbook.clone(), Reverse(finding.severity))
            });
        }
    }
}

/// Writes findings in a format.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(
    format: Format,
    findings: &[Finding],
    words: &FindingWords<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Human => human::render(findings, words, human::Choice { level: Severity::Notice, hints: true }, out),
        Format::Json => json::render(findings, words, out),
        Format::Csv => csv::render(findings, words, out),
        Format::Github => github::render(findings, words, out),
        Format::Junit => junit::render(findings, words, out),
    }
}

/// A text on one line of a terminal or log: line ends become spaces, and what could move the cursor, begin a new annotation or
/// turn the direction of the rest is written out.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
    visible(&spaced).into_owned()
}

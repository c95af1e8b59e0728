//! Findings as text, one renderer a file. Each keeps the order it is given and writes nothing personal, because
//! findings hold nothing personal.

pub mod csv;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
#[cfg(test)]
mod tests;

use crate::{diagnostic::Finding, messages::FindingWords};
use std::io;

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
        Format::Human => human::render(findings, words, out),
        Format::Json => json::render(findings, words, out),
        Format::Csv => csv::render(findings, words, out),
        Format::Github => github::render(findings, words, out),
        Format::Junit => junit::render(findings, words, out),
    }
}

/// A text on one line of a terminal or log: control characters, which could move the cursor or begin a new
/// annotation, become spaces.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

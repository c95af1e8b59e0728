//! Findings as text, one renderer a file. Each keeps the order it is given and writes nothing personal, because
//! findings hold nothing personal.

pub mod csv;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
#[cfg(test)]
mod tests;

use crate::{
    diagnostic::{Finding, Severity, traditional::in_lang},
    model::Lang,
};
use std::{borrow::Cow, io};

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

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "human" => Ok(Format::Human),
            "json" => Ok(Format::Json),
            "csv" => Ok(Format::Csv),
            "github" => Ok(Format::Github),
            "junit" => Ok(Format::Junit),
            other => Err(format!("格式 {other:?} 不认识，可用 human、json、csv、github、junit (unknown format)")),
        }
    }
}

/// Writes findings in a format.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(format: Format, findings: &[Finding], lang: Lang, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Human => human::render(findings, lang, out),
        Format::Json => json::render(findings, lang, out),
        Format::Csv => csv::render(findings, lang, out),
        Format::Github => github::render(findings, lang, out),
        Format::Junit => junit::render(findings, lang, out),
    }
}

/// The word for a severity in `lang`.
fn severity_word(severity: Severity, lang: Lang) -> Cow<'static, str> {
    match lang {
        Lang::En => Cow::Borrowed(severity.word()),
        Lang::ZhCn | Lang::ZhTw => in_lang(severity.zh(), lang),
    }
}

/// A text on one line of a terminal or log: control characters, which could move the cursor or begin a new
/// annotation, become spaces.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

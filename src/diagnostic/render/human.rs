//! For a person at a terminal: by workbook, the place, what is wrong, how to fix it; the tally last.

use super::{one_line, severity_word};
use crate::{
    diagnostic::{
        Finding, Severity,
        traditional::{in_lang, worded},
    },
    model::Lang,
};
use std::io;

/// Writes findings grouped by workbook, and how many there are of each severity.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(findings: &[Finding], lang: Lang, out: &mut dyn io::Write) -> io::Result<()> {
    let mut workbook = None;
    for finding in findings {
        if workbook != Some(&finding.place.workbook) {
            if workbook.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{}", one_line(&finding.place.workbook))?;
            workbook = Some(&finding.place.workbook);
        }
        let severity = severity_word(finding.severity, lang);
        let mut at: Vec<String> = vec![one_line(&finding.place.sheet), finding.place.cell()];
        at.push(in_lang(&finding.field, lang).into_owned());
        at.retain(|part| !part.is_empty());
        let at = if at.is_empty() { String::new() } else { format!("{}  ", at.join(" ")) };
        let message = one_line(&worded(&finding.message, lang));
        writeln!(out, "  {severity} {}  {at}{message}", finding.code)?;
        if !finding.hint.zh.is_empty() {
            writeln!(out, "      → {}", one_line(&worded(&finding.hint, lang)))?;
        }
    }
    if !findings.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", tally(findings, lang))
}

fn tally(findings: &[Finding], lang: Lang) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, notices) = (of(Severity::Error), of(Severity::Warning), of(Severity::Notice));
    match (lang, findings.is_empty()) {
        (Lang::En, true) => "No findings.".to_owned(),
        (Lang::En, false) => format!("Errors: {errors}, warnings: {warnings}, notices: {notices}."),
        (_, true) => in_lang("没有发现问题。", lang).into_owned(),
        (_, false) => {
            in_lang(&format!("共 {} 条：错误 {errors}，警告 {warnings}，提示 {notices}。", findings.len()), lang)
                .into_owned()
        }
    }
}

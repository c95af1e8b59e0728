//! JUnit XML: a suite for each workbook, a case for each finding. Errors are failures; warnings and notices pass and
//! say what they have to in `system-out`.

use crate::{
    diagnostic::{Finding, Severity},
    messages::FindingWords,
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::io;

/// Writes findings as JUnit XML; without findings there are no suites, and the run has passed.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(findings: &[Finding], words: &FindingWords<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(suite("testsuites", "foursight", findings)))?;
    for of_workbook in findings.chunk_by(|a, b| a.place.workbook == b.place.workbook) {
        let name = of_workbook.first().map_or("", |finding| &finding.place.workbook);
        xml.write_event(Event::Start(suite("testsuite", name, of_workbook)))?;
        for finding in of_workbook {
            case(&mut xml, finding, words)?;
        }
        xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(out)
}

fn suite(tag: &'static str, name: &str, findings: &[Finding]) -> BytesStart<'static> {
    let failures = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let mut start = BytesStart::new(tag);
    start.push_attribute(("name", legal(name).as_str()));
    start.push_attribute(("tests", findings.len().to_string().as_str()));
    start.push_attribute(("failures", failures.to_string().as_str()));
    start
}

fn case<W: io::Write>(xml: &mut Writer<W>, finding: &Finding, words: &FindingWords<'_>) -> io::Result<()> {
    let (cell, field) = (finding.place.cell(), words.field(finding));
    let sheet = finding.place.sheet_shown();
    let mut name = vec![&*finding.code, &*sheet, cell.as_str(), &field];
    name.retain(|part| !part.is_empty());
    let mut start = BytesStart::new("testcase");
    start.push_attribute(("classname", legal(&finding.place.workbook).as_str()));
    start.push_attribute(("name", legal(&name.join(" ")).as_str()));
    xml.write_event(Event::Start(start))?;
    let (message, hint) = (legal(&words.message(finding)), legal(&words.hint(finding)));
    let (mut inner, body) = if finding.severity == Severity::Error {
        let mut failure = BytesStart::new("failure");
        failure.push_attribute(("type", &*finding.code));
        failure.push_attribute(("message", message.as_str()));
        (failure, hint)
    } else {
        (BytesStart::new("system-out"), format!("{}: {message}\n{hint}", finding.severity.word()))
    };
    inner = inner.into_owned();
    let end = inner.to_end().into_owned();
    xml.write_event(Event::Start(inner))?;
    xml.write_event(Event::Text(BytesText::new(&body)))?;
    xml.write_event(Event::End(end))?;
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

/// Without the characters that XML 1.0 cannot hold.
fn legal(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\t' | '\n' | '\r') || (!c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')))
        .collect()
}

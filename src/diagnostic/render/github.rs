//! Annotations of GitHub Actions: `::error file=…,line=…,col=…,title=…::message`.

use crate::{
    diagnostic::{Finding, Severity},
    messages::FindingWords,
    model::text::visible,
};
use std::{
    collections::{BTreeMap, HashMap},
    io,
};

/// Cells that an annotation names besides its own.
const NAMED: usize = 8;

/// Writes one annotation for all cells of a column that have the same wrong with them, at the first of them, the others named
/// in it. GitHub shows the first ten of each kind of a step, so the worst stand first, and among those of one severity each code
/// once before any a second time. The workbook is the file, its row the line; sheet, cell and column are said in the title,
/// because GitHub cannot show a line of a workbook.
///
/// # Errors
/// When `out` cannot be written.
pub fn render(findings: &[Finding], words: &FindingWords<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for alike in in_order(findings) {
        let [finding, others @ ..] = &alike[..] else { continue };
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
        write!(out, "::{}%0A{}", data(&words.message(finding)), data(&words.hint(finding)))?;
        if !others.is_empty() {
            let mut places: Vec<String> = others.iter().take(NAMED).map(|other| other.place.cell()).collect();
            places.extend((others.len() > NAMED).then(|| "…".to_owned()));
            let (count, places) = (others.len().to_string(), places.join(" "));
            let more = words.messages().fill("check.alike", &[("count", &count), ("places", &places)]);
            write!(out, "%0A{}", data(&more))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The findings that are alike, each list in the order given.
fn in_order(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut alike: Vec<Vec<&Finding>> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let place = &finding.place;
        let key = (finding.severity, &*finding.code, &*place.workbook, &*place.sheet, &*finding.field, place.col);
        let at = *known.entry(key).or_insert_with(|| {
            alike.push(Vec::new());
            alike.len() - 1
        });
        alike[at].push(finding);
    }
    // How often its code has come before.
    let mut often: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    let mut ranked: Vec<_> = alike
        .into_iter()
        .map(|alike| {
            let times = often.entry((alike[0].severity, &alike[0].code)).or_default();
            *times += 1;
            ((std::cmp::Reverse(alike[0].severity), *times), alike)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, alike)| alike).collect()
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

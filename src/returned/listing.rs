//! The sheet 检查结果: every finding with a link to its cell, as a worksheet part of its own with inline strings.

use super::{
    RESULT_TITLE,
    book::quoted,
    markup::{escaped, escaped_text},
    styles::Looks,
};
use crate::{
    diagnostic::{Finding, Severity},
    messages::FindingWords,
    model::CellRef,
    project::Store,
};

/// The header's row; the findings begin below it.
pub(super) const HEADER_ROW: usize = 3;
/// Excel follows no more links on a sheet.
const MAX_LINKS: usize = 60_000;
/// Excel holds no longer text in a cell.
const MAX_TEXT: usize = 32_000;
/// Findings that fit below the header.
const MAX_FINDINGS: usize = 1_000_000;

/// Widths of the columns, in characters.
const WIDTHS: [usize; 8] = [7, 8, 9, 16, 11, 16, 52, 52];
/// Height of a line of text, in points.
const LINE: f64 = 16.5;
/// Excel makes no row higher, in points.
const HIGHEST: f64 = 409.0;

/// One finding and the cell that is marked for it.
pub(super) struct Line<'f> {
    pub finding: &'f Finding,
    pub cell: Option<CellRef>,
    /// The workbook has a sheet of that name.
    pub known_sheet: bool,
}

/// The last row of the list.
pub(super) fn last_row(lines: &[Line<'_>]) -> usize {
    HEADER_ROW + lines.len().min(MAX_FINDINGS)
}

/// The worksheet part.
pub(super) fn part(
    namespace: &str,
    lines: &[Line<'_>],
    store: &Store,
    looks: &Looks,
    words: &FindingWords<'_>,
) -> String {
    let last = last_row(lines);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{}\">\
         <sheetPr><tabColor rgb=\"FFC0392B\"/><pageSetUpPr fitToPage=\"1\"/></sheetPr><dimension ref=\"A1:H{last}\"/>\
         <sheetViews><sheetView showGridLines=\"0\" tabSelected=\"1\" workbookViewId=\"0\">\
         <pane ySplit=\"{HEADER_ROW}\" topLeftCell=\"A{first}\" activePane=\"bottomLeft\" state=\"frozen\"/>\
         <selection pane=\"bottomLeft\" activeCell=\"A{first}\" sqref=\"A{first}\"/></sheetView></sheetViews>\
         <sheetFormatPr defaultRowHeight=\"16.5\"/><cols>",
        escaped(namespace),
        first = HEADER_ROW + 1,
    );
    for (at, width) in WIDTHS.into_iter().enumerate() {
        let col = at + 1;
        text += &format!("<col min=\"{col}\" max=\"{col}\" width=\"{width}\" customWidth=\"1\"/>");
    }
    text += "</cols><sheetData>";
    head(&mut text, lines, store, looks, words);
    for (at, line) in lines.iter().take(MAX_FINDINGS).enumerate() {
        text += &row(at, line, looks, words);
    }
    text += &format!(
        "</sheetData><autoFilter ref=\"A{HEADER_ROW}:H{last}\"/><mergeCells count=\"2\"><mergeCell ref=\"A1:H1\"/>\
         <mergeCell ref=\"A2:H2\"/></mergeCells>"
    );
    text += &links(lines);
    text += "<printOptions horizontalCentered=\"1\"/><pageMargins left=\"0.4\" right=\"0.4\" top=\"0.5\" bottom=\"0.5\" \
             header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/>\
             <headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>";
    text
}

fn head(text: &mut String, lines: &[Line<'_>], store: &Store, looks: &Looks, words: &FindingWords<'_>) {
    let count = |severity: Severity| lines.iter().filter(|line| line.finding.severity == severity).count();
    let named = if store.name.is_empty() { &*store.id } else { &store.name };
    let messages = words.messages();
    let title = format!("{RESULT_TITLE} {}  ·  {named}", messages.word("returned.title"));
    let counts = [Severity::Error, Severity::Warning, Severity::Notice].map(|severity| count(severity).to_string());
    let args: Vec<(&str, &str)> =
        ["errors", "warnings", "notices"].into_iter().zip(counts.iter().map(String::as_str)).collect();
    let note = messages.fill("returned.note", &args);
    *text += &format!("<row r=\"1\" ht=\"30\" customHeight=\"1\">{}</row>", inline("A1", looks.title, &title));
    let high = height([(note.as_str(), WIDTHS.iter().sum())].into_iter()) + LINE / 2.0;
    *text += &format!("<row r=\"2\" ht=\"{high}\" customHeight=\"1\">{}</row>", inline("A2", looks.note, &note));
    let titles = [
        "returned.number",
        "returned.severity",
        "returned.code",
        "returned.sheet",
        "returned.cell",
        "returned.column",
        "returned.wrong",
        "returned.how",
    ];
    *text += &format!("<row r=\"{HEADER_ROW}\" ht=\"24\" customHeight=\"1\">");
    for (at, title) in titles.into_iter().enumerate() {
        let cell = CellRef { row: HEADER_ROW as u32, col: at as u32 };
        *text += &inline(&cell.to_string(), looks.header, &messages.word(title));
    }
    *text += "</row>";
}

fn row(at: usize, line: &Line<'_>, looks: &Looks, words: &FindingWords<'_>) -> String {
    let finding = line.finding;
    let row = HEADER_ROW + 1 + at;
    let level = match finding.severity {
        Severity::Error => looks.error,
        Severity::Warning => looks.warning,
        Severity::Notice => looks.notice,
    };
    let shown = match (finding.place.row, finding.place.col) {
        (Some(row), None) => words.messages().fill("returned.row", &[("n", &row.to_string())]),
        _ => finding.place.cell(),
    };
    let cell_look = if target(line).is_some() { looks.link } else { looks.centred };
    let cells: [(char, usize, String); 7] = [
        ('B', level, words.severity(finding.severity)),
        ('C', looks.centred, finding.code.to_string()),
        ('D', looks.text, finding.place.sheet.to_string()),
        ('E', cell_look, shown),
        ('F', looks.text, words.field(finding).into_owned()),
        ('G', looks.text, words.message(finding)),
        ('H', looks.text, words.hint(finding)),
    ];
    let height = height(cells.iter().zip(&WIDTHS[1..]).map(|((.., text), width)| (text.as_str(), *width)));
    let mut text = format!("<row r=\"{row}\" ht=\"{height}\" customHeight=\"1\">");
    text += &format!("<c r=\"A{row}\" s=\"{}\"><v>{}</v></c>", looks.centred, at + 1);
    for (col, look, content) in cells {
        text += &inline(&format!("{col}{row}"), look, &content);
    }
    text + "</row>"
}

/// The height, in points, in which wrapped texts fit into columns of so many characters: programs other than Excel do not
/// find it themselves.
fn height<'t>(cells: impl Iterator<Item = (&'t str, usize)>) -> f64 {
    // What does not fit to the last place goes to the next line.
    let lines = |text: &str, width: usize| -> usize { text.split('\n').map(|line| wrapped(line, width - 2)).sum() };
    let most = cells.map(|(text, width)| lines(text, width)).max().unwrap_or(1);
    (most as f64 * LINE).min(HIGHEST)
}

/// The lines that a text takes in `room` characters, of which one that is not of ASCII takes two. Words stay whole; beside a
/// character that is not of ASCII a line may end, but not before a sign that closes.
fn wrapped(text: &str, room: usize) -> usize {
    let (mut lines, mut used, mut last) = (1, 0, 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' {
            // At the end of a line it takes no room.
            used = (used + 1).min(room);
            continue;
        }
        let mut width = if c.is_ascii() { 1 } else { 2 };
        while c.is_ascii() && chars.next_if(|next| next.is_ascii() && *next != ' ').is_some() {
            width += 1;
        }
        if used + width <= room {
            used += width;
        } else {
            lines += usize::from(used > 0);
            used = width + if CLOSING.contains(c) { last } else { 0 };
            // A word longer than a line is broken.
            while used > room {
                lines += 1;
                used -= room;
            }
        }
        last = width;
    }
    lines
}

/// Signs that no line begins with.
const CLOSING: &str =
    "\u{3001}\u{3002}\u{FF0C}\u{FF1B}\u{FF1A}\u{FF01}\u{FF1F}\u{FF09}\u{300D}\u{300F}\u{300B}\u{201D}\u{2019}\u{2026}";

/// A text cell; an empty one keeps its format.
fn inline(cell: &str, look: usize, content: &str) -> String {
    if content.is_empty() {
        return format!("<c r=\"{cell}\" s=\"{look}\"/>");
    }
    let short: String = content.chars().take(MAX_TEXT).collect();
    let content = escaped_text(&short);
    format!("<c r=\"{cell}\" s=\"{look}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{content}</t></is></c>")
}

/// Where a line's address leads: the marked cell.
fn target(line: &Line<'_>) -> Option<String> {
    let cell = line.cell.filter(|_| line.known_sheet)?;
    Some(format!("{}!{cell}", quoted(&line.finding.place.sheet)))
}

fn links(lines: &[Line<'_>]) -> String {
    let links: String = lines
        .iter()
        .take(MAX_FINDINGS)
        .enumerate()
        .filter_map(|(at, line)| {
            let location = escaped(&target(line)?);
            Some(format!(
                "<hyperlink ref=\"E{}\" location=\"{location}\" display=\"{location}\"/>",
                HEADER_ROW + 1 + at
            ))
        })
        .take(MAX_LINKS)
        .collect();
    if links.is_empty() { links } else { format!("<hyperlinks>{links}</hyperlinks>") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_longest_text_needs() {
        let of = |text: &str| height([("E", 8), (text, 52)].into_iter());
        assert_eq!(of(""), 16.5);
        assert_eq!(of(&"a".repeat(50)), 16.5);
        assert_eq!(of(&"a".repeat(51)), 33.0);
        assert_eq!(of(&"字".repeat(25)), 16.5);
        assert_eq!(of(&"字".repeat(26)), 33.0);
        assert_eq!(of("一\n二"), 33.0);
        // Words stay whole, and no line begins with a sign that closes.
        assert_eq!(of(&"afterwards ".repeat(9)), 49.5, "four words a line");
        assert_eq!(of(&format!("{}。", "字".repeat(25))), 33.0);
        assert_eq!(of(&format!("{} 字", "a".repeat(50))), 33.0);
        assert_eq!(of(&"字".repeat(10_000)), 409.0);
    }
}

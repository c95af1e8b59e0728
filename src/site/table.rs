//! A presentation table as markup. Classes on the table say what its columns hold (`n3`: the third holds numbers), so
//! that no cell repeats it, and which columns a brief print leaves out (`o3`); a value by which rows stand together is said once, above them.

use super::charts::{self, Paper, escaped};
use crate::report::{
    figure,
    page::Link,
    table::{Cell, Column, Kind, Mark, Medium, Row, Scale, Table, Tone, Value},
};
use std::fmt::Write;

/// Rows from which on a reader is offered a filter.
const FILTERED: usize = 12;

/// Rows from which on what all of them have in common is said once, above them.
const COMMON: usize = 4;

/// The width, in Chinese characters, from which on a text takes several lines.
const LINE: usize = 28;

/// A table as HTML. All text is escaped.
pub(super) fn html(table: &Table<'_>, paper: &Paper<'_>) -> String {
    if table.rows.is_empty() && !table.headed {
        return format!("<p class=\"empty\">{}</p>", escaped(&table.empty));
    }
    let on_pages = |at: &usize| table.columns[*at].is_on(Medium::Page) && table.by != Some(*at);
    let mut shown: Vec<usize> = (0..table.columns.len()).filter(on_pages).collect();
    let mut common: Vec<usize> = shown.iter().copied().filter(|at| is_common(table, *at)).collect();
    if table.headless {
        common.clear();
    } else if common.len() == shown.len() {
        common.pop();
    }
    shown.retain(|at| !common.contains(at));
    let framed = |at| frame(table, at).filter(|_| !table.headless);
    let shown: Vec<Shown> = shown.into_iter().map(|at| Shown { at, frame: framed(at) }).collect();
    let mut page = Markup { out: String::with_capacity(table.rows.len() * 240), address: String::new(), paper };
    page.common(table, &common, &shown);
    page.open(table, &shown);
    page.head(table, &shown);
    page.out.push_str("<tbody>");
    let mut last = None;
    let part = table.part.clone().unwrap_or(0..table.rows.len());
    for row in table.rows.get(part).unwrap_or_default() {
        if let Some(by) = table.by {
            let own = row.cells.get(by).map(plain).unwrap_or_default();
            if last.as_ref() != Some(&own) {
                let _ = write!(page.out, "<tr class=\"by\"><th colspan=\"{}\" scope=\"rowgroup\">", shown.len());
                page.escape(&own);
                page.out.push_str("</th></tr>\n");
                last = Some(own);
            }
        }
        page.row(table, row, &shown);
    }
    if table.rows.is_empty() {
        let empty = escaped(&table.empty);
        let _ = write!(page.out, "<tr><td colspan=\"{}\" class=\"empty\">{empty}</td></tr>", shown.len());
    }
    page.out.push_str("</tbody>");
    if let Some(totals) = &table.totals {
        page.out.push_str("<tfoot>");
        page.row(table, totals, &shown);
        page.out.push_str("</tfoot>");
    }
    page.out.push_str("</table></div>");
    page.out
}

/// A column that a page shows.
struct Shown {
    /// Its place in the table.
    at: usize,
    /// How the texts of all its cells begin and end, said once above the rows.
    frame: Option<(String, String)>,
}

/// Whether all rows have the same words in a column. Where columns name their rows, tables stand beside each other and
/// keep the same columns.
fn is_common(table: &Table<'_>, at: usize) -> bool {
    if table.rows.len() < COMMON || table.lead > 0 || table.totals.is_some() {
        return false;
    }
    const NOTHING: &Cell<'_> = &Cell::Blank;
    let first = table.rows[0].cells.get(at).unwrap_or(NOTHING);
    let same = |row: &Row<'_>| match (first, row.cells.get(at).unwrap_or(NOTHING)) {
        (Cell::Text(first), Cell::Text(text)) => first == text,
        (Cell::Date(first), Cell::Date(day)) => first == day,
        (Cell::Blank, Cell::Blank) => true,
        (Cell::Blank, Cell::Text(text)) | (Cell::Text(text), Cell::Blank) => text.is_empty(),
        _ => false,
    };
    table.rows.iter().all(same)
}

/// The folders before and the ending after what tells the paths of a column apart.
fn frame(table: &Table<'_>, at: usize) -> Option<(String, String)> {
    if table.rows.len() < COMMON {
        return None;
    }
    let mut paths: Vec<&str> = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        match row.cells.get(at) {
            Some(Cell::Text(text)) if text.contains('/') => paths.push(text),
            _ => return None,
        }
    }
    let first = *paths.first()?;
    let (mut head, mut tail) = (first.rfind('/').map_or(0, |slash| slash + 1), first.len());
    while head > 0 && !paths.iter().all(|path| path.starts_with(&first[..head])) {
        head = first[..head - 1].rfind('/').map_or(0, |slash| slash + 1);
    }
    // The longest common ending that begins at a dot or a slash and leaves something of every path.
    for (start, _) in first.match_indices(['.', '/']).filter(|(start, _)| *start > head) {
        let ending = &first[start..];
        if paths.iter().all(|path| path.len() > head + ending.len() && path.ends_with(ending)) {
            tail = start;
            break;
        }
    }
    (head > 0 || tail < first.len()).then(|| (first[..head].to_owned(), first[tail..].to_owned()))
}

/// Whether a column holds texts that one line has no room for.
fn is_long(table: &Table<'_>, at: usize) -> bool {
    let long = |row: &Row<'_>| match row.cells.get(at) {
        Some(Cell::Text(text) | Cell::Link(text, _)) => text.len() > LINE && charts::width(text) > LINE as f64,
        _ => false,
    };
    table.rows.iter().any(long)
}

/// The class of a column's kind.
fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Date | Kind::Trend { .. } => "",
        Kind::Prose => "w",
        Kind::Code => "m",
        Kind::Word => "c",
        Kind::Number(_) | Kind::Value => "n",
    }
}

/// A cell's text, for what is said of a whole group of rows.
fn plain(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) | Cell::Link(text, _) => text.to_string(),
        Cell::Mark(mark) => mark.word.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Value(value) => value.text.clone(),
        Cell::Number(_) | Cell::Blank | Cell::Entry | Cell::Trend(_) => String::new(),
    }
}

struct Markup<'p> {
    out: String,
    /// The address of the last link.
    address: String,
    paper: &'p Paper<'p>,
}

impl Markup<'_> {
    fn escape(&mut self, text: &str) {
        // Control characters are below the space, DEL, or two bytes of which the first is C2.
        let is_plain = |byte: u8| byte >= b' ' && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | 0x7F | 0xC2);
        if !text.bytes().all(is_plain) {
            self.out.push_str(&escaped(text));
        } else {
            self.out.push_str(text);
        }
    }

    /// What all rows have in common.
    fn common(&mut self, table: &Table<'_>, common: &[usize], shown: &[Shown]) {
        let same = common.iter().map(|at| {
            let cell = table.rows[0].cells.get(*at).map(plain).filter(|text| !text.is_empty());
            format!(
                "<span>{} <b>{}</b></span>",
                escaped(&table.columns[*at].title),
                escaped(&cell.unwrap_or_else(|| "–".to_owned()))
            )
        });
        let framed = shown.iter().filter_map(|column| {
            let (head, tail) = column.frame.as_ref()?;
            let title = escaped(&table.columns[column.at].title);
            Some(format!("<span>{title} <b>{}</b>…<b>{}</b></span>", escaped(head), escaped(tail)))
        });
        let all: Vec<String> = same.chain(framed).collect();
        if !all.is_empty() {
            let _ =
                write!(self.out, "<p class=\"same\">{}{}</p>", self.paper.words.word("table.common"), all.join(" · "));
        }
    }

    fn open(&mut self, table: &Table<'_>, shown: &[Shown]) {
        self.out.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
        if !table.title.is_empty() {
            let _ = write!(self.out, " aria-label=\"{}\"", escaped(&table.title));
        }
        self.out.push_str("><table class=\"data");
        if table.lead > 0 {
            self.out.push_str(" led");
        }
        if table.by.is_none() && table.rows.len() > 1 && !table.headless {
            self.out.push_str(" sortable");
        }
        if table.rows.len() > FILTERED && !table.headless {
            self.out.push_str(" filter");
        }
        for (place, column) in (1..).zip(shown) {
            let class = match class(table.columns[column.at].kind) {
                "" | "m" if is_long(table, column.at) => "w",
                class => class,
            };
            if !class.is_empty() {
                let _ = write!(self.out, " {class}{place}");
            }
            if !table.brief.is_empty() && !table.brief.contains(&column.at) {
                let _ = write!(self.out, " o{place}");
            }
        }
        self.out.push('"');
        if let Some(by) = table.by {
            let _ = write!(self.out, " data-by=\"{}\"", escaped(&table.columns[by].title));
        }
        if !table.id.is_empty() {
            let _ = write!(self.out, " id=\"{}\"", escaped(&table.id));
        }
        self.out.push('>');
    }

    fn head(&mut self, table: &Table<'_>, shown: &[Shown]) {
        if table.headless {
            return;
        }
        let shown: Vec<usize> = shown.iter().map(|column| column.at).collect();
        self.out.push_str("<thead>");
        if shown.iter().any(|at| !table.columns[*at].group.is_empty()) {
            self.out.push_str("<tr>");
            for run in shown.chunk_by(|a, b| table.columns[*a].group == table.columns[*b].group) {
                let group = &table.columns[run[0]].group;
                // A heading of nothing is none.
                if group.is_empty() {
                    let _ = write!(self.out, "<td colspan=\"{}\"></td>", run.len());
                } else {
                    let group = escaped(group);
                    let _ = write!(self.out, "<th colspan=\"{}\" scope=\"colgroup\">{group}</th>", run.len());
                }
            }
            self.out.push_str("</tr>");
        }
        self.out.push_str("<tr>");
        for at in &shown {
            let Column { title, link, .. } = &table.columns[*at];
            self.out.push_str("<th scope=\"col\">");
            self.linked(title, link.as_ref());
            self.out.push_str("</th>");
        }
        self.out.push_str("</tr></thead>\n");
    }

    fn row(&mut self, table: &Table<'_>, row: &Row<'_>, shown: &[Shown]) {
        self.out.push_str("<tr");
        if !row.anchor.is_empty() {
            self.out.push_str(" id=\"");
            self.escape(&row.anchor);
            self.out.push('"');
        }
        self.out.push('>');
        for column in shown {
            // What leads a row names it.
            let names = column.at < table.lead.min(1);
            self.out.push_str(match names {
                true if table.headless => "<th scope=\"row\">",
                true => "<th>",
                false => "<td>",
            });
            match (row.cells.get(column.at), &column.frame) {
                (Some(Cell::Text(text)), Some((head, tail))) if text.len() >= head.len() + tail.len() => {
                    self.escape(&text[head.len()..text.len() - tail.len()]);
                }
                (cell, _) => self.cell(cell.unwrap_or(&Cell::Blank)),
            }
            self.out.push_str(if names { "</th>" } else { "</td>" });
        }
        self.out.push_str("</tr>\n");
    }

    fn cell(&mut self, cell: &Cell<'_>) {
        match cell {
            Cell::Blank | Cell::Entry => self.out.push('–'),
            Cell::Text(text) if text.is_empty() => self.out.push('–'),
            Cell::Text(text) => self.escape(text),
            Cell::Link(text, link) => self.linked(text, Some(link)),
            Cell::Number(number) => {
                self.out.push_str(&figure::decimals(*number, if number.fract() == 0.0 { 0 } else { 2 }));
            }
            Cell::Date(day) => {
                let _ = write!(self.out, "{day}");
            }
            Cell::Mark(mark) => self.mark(mark),
            Cell::Value(value) => self.value(value),
            Cell::Trend(trend) => self.out.push_str(&charts::spark(trend, self.paper)),
        }
    }

    fn mark(&mut self, mark: &Mark<'_>) {
        let _ = write!(self.out, "<span class=\"k {}\"", tone(mark.tone));
        if !mark.text.is_empty() {
            let _ = write!(self.out, " title=\"{}\"", escaped(&mark.word));
        }
        self.out.push('>');
        if !mark.mark.is_empty() {
            let _ = write!(self.out, "<i aria-hidden=\"true\">{}</i>", mark.mark);
        }
        if mark.text.is_empty() {
            self.out.push_str(&escaped(&mark.word));
        } else {
            let _ = write!(self.out, "<span class=\"sr\">{} </span>{}", escaped(&mark.word), escaped(&mark.text));
        }
        self.out.push_str("</span>");
    }

    fn value(&mut self, value: &Value) {
        let mark = match value.status {
            _ if value.few => "n",
            Some(status) if matches!(value.tone, Tone::Good | Tone::Bad) => figure::mark(status),
            _ => "",
        };
        const HEATS: [&str; 6] = ["h0", "h1", "h2", "h3", "h4", "h5"];
        let class = match value.heat {
            Some(heat) => HEATS[usize::from(heat).min(5)],
            None if value.measure.scale == Scale::DaysOver && value.tone == Tone::Bad => "over",
            None => tone(value.tone),
        };
        let text = if mark.is_empty() {
            escaped(&value.text)
        } else {
            format!(
                "<i aria-hidden=\"true\">{mark}</i><span class=\"sr\">{} </span>{}",
                escaped(&value.title),
                escaped(&value.text)
            )
        };
        let title =
            if value.title.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(&value.title)) };
        match &value.link {
            Some(link) => {
                let href = escaped(&self.paper.address(link));
                let _ = write!(self.out, "<a class=\"fig {class}\" href=\"{href}\"{title}>{text}</a>");
            }
            None if class.is_empty() && title.is_empty() => self.out.push_str(&text),
            None => {
                let _ = write!(self.out, "<span class=\"fig {class}\"{title}>{text}</span>");
            }
        }
    }

    fn linked(&mut self, text: &str, link: Option<&Link>) {
        match link {
            Some(link) => {
                self.out.push_str("<a href=\"");
                let mut address = std::mem::take(&mut self.address);
                address.clear();
                self.paper.write_address(&mut address, link);
                self.escape(&address);
                self.address = address;
                self.out.push_str("\">");
                self.escape(text);
                self.out.push_str("</a>");
            }
            None => self.escape(text),
        }
    }
}

/// The class of a tone.
fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "met",
        Tone::Bad => "missed",
        Tone::Warn => "warn",
        Tone::Plain => "",
        Tone::Quiet => "no_data",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Lang, Status},
        report::{
            table::{Measure, Table},
            words::Words,
        },
    };

    fn shown(table: &Table<'_>) -> String {
        html(table, &Paper::at("kpi/a.html", Words::of(Lang::ZhCn)))
    }

    #[test]
    fn columns_say_once_what_they_hold_and_text_is_escaped() {
        let value =
            Value { status: Some(Status::Missed), tone: Tone::Bad, ..Value::number(0.5, Measure::WHOLE, "50%".into()) };
        let table = Table {
            columns: vec![
                Column::new("<店>", Kind::Text, 9.0),
                Column::new("编号", Kind::Code, 9.0).only(Medium::Sheet),
                Column::new("值", Kind::Value, 9.0),
            ],
            rows: vec![
                vec![Cell::Link("a & b".into(), Link::to("stores/index.html")), Cell::text("S01"), value.cell()].into(),
                vec![Cell::text("\"c\""), Cell::Blank, Cell::Blank].into(),
            ],
            ..Table::default()
        };
        assert_eq!(
            shown(&table),
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\"><table class=\"data sortable n2\"><thead><tr>\
             <th scope=\"col\">&lt;店&gt;</th><th scope=\"col\">值</th></tr></thead>\n<tbody>\
             <tr><td><a href=\"../stores/index.html\">a &amp; b</a></td>\
             <td><span class=\"fig missed\"><i aria-hidden=\"true\">✗</i><span class=\"sr\"> </span>50%</span></td></tr>\n\
             <tr><td>&quot;c&quot;</td><td>–</td></tr>\n</tbody></table></div>"
        );
    }

    #[test]
    fn what_rows_have_in_common_stands_above_them_once() {
        let row = |workbook: &'static str, cell: &'static str| vec![Cell::text(workbook), Cell::text(cell)].into();
        let table = Table {
            columns: vec![Column::new("工作簿", Kind::Text, 9.0), Column::new("单元格", Kind::Word, 9.0)],
            rows: vec![row("a.xlsx", "C3"), row("a.xlsx", "C4"), row("b.xlsx", "C3")],
            by: Some(0),
            ..Table::default()
        };
        let page = shown(&table);
        assert_eq!((page.matches("a.xlsx").count(), page.matches("b.xlsx").count()), (1, 1));
        assert_eq!(page.matches("<tr class=\"by\">").count(), 2);
        assert!(page.contains("class=\"data c1\""), "{page}");
    }

    #[test]
    fn what_all_rows_have_in_common_is_said_above_them() {
        let row = |workbook: &'static str, cell: &'static str| {
            vec![Cell::text(cell), Cell::text(workbook), Cell::text("潜客表"), Cell::text(cell)].into()
        };
        let column = |title: &'static str| Column::new(title, Kind::Code, 9.0);
        let (w46, w47) = ("S01/周报/2026-W46.xlsx", "S01/周报/2026-W47.xlsx");
        let table = Table {
            columns: ["级别", "工作簿", "工作表", "单元格"].map(column).into(),
            rows: vec![row(w46, "C3"), row(w46, "C4"), row(w47, "C3"), row(w47, "C9")],
            ..Table::default()
        };
        let page = shown(&table);
        assert!(
            page.contains("<span>工作表 <b>潜客表</b></span> · <span>工作簿 <b>S01/周报/</b>…<b>.xlsx</b></span></p>"),
            "{page}"
        );
        assert!(page.contains("<tr><td>C4</td><td>2026-W46</td><td>C4</td></tr>"), "{page}");
        assert_eq!(page.matches("潜客表").count() + page.matches("S01").count(), 2);
        // A page that shows a part of them has the columns of all.
        let part = Table {
            part: Some(3..4),
            rows: vec![row(w46, "C3"), row(w46, "C4"), row(w47, "C3"), row(w47, "C9")],
            ..table
        };
        let page = shown(&part);
        assert!(page.contains("<tr><td>C9</td><td>2026-W47</td><td>C9</td></tr>"), "{page}");
        assert_eq!(page.matches("<tr><td>").count(), 1);
        let table = part;
        // Three rows are read as they are.
        let few = Table { rows: vec![row(w46, "C3"), row(w46, "C4"), row(w47, "C3")], part: None, ..table };
        assert!(shown(&few).contains("<td>S01/周报/2026-W47.xlsx</td><td>潜客表</td><td>C3</td>"));
    }

    #[test]
    fn an_empty_table_says_so() {
        let table = Table { empty: "没有。".into(), ..Table::default() };
        assert_eq!(shown(&table), "<p class=\"empty\">没有。</p>");
    }
}

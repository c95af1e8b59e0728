//! A presentation table as markup. Classes on the table say what its columns hold (`n3`: the third holds numbers), so
//! that no cell repeats it; a value by which rows stand together is said once, above them.

use super::charts::{self, Paper, escaped};
use crate::report::{
    figure,
    page::Link,
    table::{Cell, Column, Kind, Mark, Medium, Row, Scale, Table, Tone, Value},
};
use std::fmt::Write;

/// Rows from which on a reader is offered a filter.
const FILTERED: usize = 12;

/// A table as HTML. All text is escaped.
pub(super) fn html(table: &Table<'_>, paper: &Paper<'_>) -> String {
    let shown: Vec<usize> =
        (0..table.columns.len()).filter(|at| table.columns[*at].is_on(Medium::Page) && table.by != Some(*at)).collect();
    if table.rows.is_empty() {
        return format!("<p class=\"empty\">{}</p>", escaped(&table.empty));
    }
    let mut page = Markup { out: String::new(), paper };
    page.open(table, &shown);
    page.head(table, &shown);
    page.out.push_str("<tbody>");
    let mut last = None;
    for row in &table.rows {
        if let Some(by) = table.by {
            let own = row.cells.get(by).map(plain).unwrap_or_default();
            if last.as_ref() != Some(&own) {
                let _ = write!(page.out, "<tr class=\"by\"><th colspan=\"{}\" scope=\"rowgroup\">", shown.len());
                page.out.push_str(&escaped(&own));
                page.out.push_str("</th></tr>\n");
                last = Some(own);
            }
        }
        page.row(row, &shown);
    }
    page.out.push_str("</tbody>");
    if let Some(totals) = &table.totals {
        page.out.push_str("<tfoot>");
        page.row(totals, &shown);
        page.out.push_str("</tfoot>");
    }
    page.out.push_str("</table></div>");
    page.out
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
        Cell::Number(_) | Cell::Blank | Cell::Trend(_) => String::new(),
    }
}

struct Markup<'p> {
    out: String,
    paper: &'p Paper<'p>,
}

impl Markup<'_> {
    fn open(&mut self, table: &Table<'_>, shown: &[usize]) {
        self.out.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\"");
        if !table.title.is_empty() {
            let _ = write!(self.out, " aria-label=\"{}\"", escaped(&table.title));
        }
        self.out.push_str("><table class=\"data");
        if table.by.is_none() && table.rows.len() > 1 {
            self.out.push_str(" sortable");
        }
        if table.rows.len() > FILTERED {
            self.out.push_str(" filter");
        }
        for (place, at) in (1..).zip(shown) {
            let class = class(table.columns[*at].kind);
            if !class.is_empty() {
                let _ = write!(self.out, " {class}{place}");
            }
        }
        self.out.push('"');
        if !table.id.is_empty() {
            let _ = write!(self.out, " id=\"{}\"", escaped(&table.id));
        }
        self.out.push('>');
    }

    fn head(&mut self, table: &Table<'_>, shown: &[usize]) {
        self.out.push_str("<thead>");
        if shown.iter().any(|at| !table.columns[*at].group.is_empty()) {
            self.out.push_str("<tr>");
            for run in shown.chunk_by(|a, b| table.columns[*a].group == table.columns[*b].group) {
                let group = &table.columns[run[0]].group;
                let _ = write!(self.out, "<th colspan=\"{}\" scope=\"colgroup\">", run.len());
                self.out.push_str(&escaped(group));
                self.out.push_str("</th>");
            }
            self.out.push_str("</tr>");
        }
        self.out.push_str("<tr>");
        for at in shown {
            let Column { title, link, .. } = &table.columns[*at];
            self.out.push_str("<th scope=\"col\">");
            self.linked(title, link.as_ref());
            self.out.push_str("</th>");
        }
        self.out.push_str("</tr></thead>\n");
    }

    fn row(&mut self, row: &Row<'_>, shown: &[usize]) {
        self.out.push_str("<tr");
        if !row.anchor.is_empty() {
            let _ = write!(self.out, " id=\"{}\"", escaped(&row.anchor));
        }
        self.out.push('>');
        for (place, at) in shown.iter().enumerate() {
            let (open, close) = if place == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            self.out.push_str(open);
            self.cell(row.cells.get(*at).unwrap_or(&Cell::Blank));
            self.out.push_str(close);
        }
        self.out.push_str("</tr>\n");
    }

    fn cell(&mut self, cell: &Cell<'_>) {
        match cell {
            Cell::Blank => self.out.push('–'),
            Cell::Text(text) if text.is_empty() => self.out.push('–'),
            Cell::Text(text) => self.out.push_str(&escaped(text)),
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
        let class =
            if value.measure.scale == Scale::DaysOver && value.tone == Tone::Bad { "over" } else { tone(value.tone) };
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
                let href = escaped(&self.paper.address(link));
                let _ = write!(self.out, "<a href=\"{href}\">{}</a>", escaped(text));
            }
            None => self.out.push_str(&escaped(text)),
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
            page::Page,
            table::{Measure, Table},
            words::Words,
        },
    };

    fn shown(table: &Table<'_>) -> String {
        html(table, &Paper::at("../", Words::of(Lang::ZhCn)))
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
                vec![Cell::Link("a & b".into(), Link::to(Page::Stores)), Cell::text("S01"), value.cell()].into(),
                vec![Cell::text("\"c\""), Cell::Blank, Cell::Blank].into(),
            ],
            ..Table::default()
        };
        assert_eq!(
            shown(&table),
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\"><table class=\"data sortable n2\"><thead><tr>\
             <th scope=\"col\">&lt;店&gt;</th><th scope=\"col\">值</th></tr></thead>\n<tbody>\
             <tr><th scope=\"row\"><a href=\"../stores/index.html\">a &amp; b</a></th>\
             <td><span class=\"fig missed\"><i aria-hidden=\"true\">✗</i><span class=\"sr\"> </span>50%</span></td></tr>\n\
             <tr><th scope=\"row\">&quot;c&quot;</th><td>–</td></tr>\n</tbody></table></div>"
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
    fn an_empty_table_says_so() {
        let table = Table { empty: "没有。".into(), ..Table::default() };
        assert_eq!(shown(&table), "<p class=\"empty\">没有。</p>");
    }
}

//! Tables of web pages, as management systems and Excel save them under the ending .xls. Each table is a sheet, called by its
//! caption or else after the file; a table inside another's cell is one of its own. What a cell shows is what is read.

use super::{
    book::{ListedBook, SheetHead, numbered},
    limits,
    raw::{Fault, Interned, Merge, RowBuf, text_or_error},
};
use crate::model::Message;
use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

/// Tables inside tables that are followed.
const DEPTH: usize = 64;

/// The tables of a page, the sheets called `name` and after it numbers.
///
/// # Errors
/// When there are more tables, rows or columns than are read of a workbook.
pub(crate) fn open(text: &str, name: &str) -> Result<ListedBook, Fault> {
    let mut book = ListedBook::default();
    read(text, name, &mut book)?;
    Ok(book)
}

/// Adds the tables of a page to those of other pages of the same archive.
///
/// # Errors
/// Those of [`open`].
pub(crate) fn read(text: &str, name: &str, book: &mut ListedBook) -> Result<(), Fault> {
    let mut page = Page::default();
    let mut emitter = DefaultEmitter::default();
    // Scripts and styles hold no tags.
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.start(&tag)?,
            Token::EndTag(tag) => page.end(&tag.name)?,
            Token::String(piece) => page.text(&String::from_utf8_lossy(&piece)),
            _ => {}
        }
    }
    while !page.open.is_empty() {
        page.end_table()?;
    }
    page.done.sort_by_key(|table| table.number);
    for Table { caption, rows, merged, .. } in page.done {
        if book.sheets.len() == limits::SHEETS {
            return Err(Fault::TooMuch { what: Message::new("fault.sheets"), limit: limits::SHEETS as u64 });
        }
        let caption = caption.split_whitespace().collect::<Vec<_>>().join(" ");
        let known = book.sheets.iter().any(|(head, _)| *head.name == *caption);
        let name =
            if caption.is_empty() || known { numbered(name, book.sheets.len()) } else { caption.as_str().into() };
        let head = SheetHead { name, hidden: false, worksheet: true };
        book.sheets.push((head, rows));
        book.merged.push(merged);
    }
    Ok(())
}

#[derive(Default)]
struct Page {
    /// The tables that are open, the innermost last.
    open: Vec<Table>,
    /// Those that ended with a cell, by the order in which they began.
    done: Vec<Table>,
    texts: Interned,
    begun: usize,
    /// Inside a heading, and inside what it puts stress on: so LibreOffice names the sheet before its table.
    in_heading: bool,
    stressed: bool,
    heading: String,
    /// Notes of cells, which a page does not show.
    notes: usize,
}

struct Table {
    number: usize,
    caption: String,
    /// The caption is being read.
    in_caption: bool,
    rows: Vec<RowBuf>,
    /// The row at hand, from 1; 0 before the first.
    row: u32,
    col: u32,
    cell: Option<Cell>,
    /// For each column, the rows that a cell above still covers.
    covered: Vec<u32>,
    /// Cells over several rows.
    merged: Vec<Merge>,
}

struct Cell {
    text: String,
    across: u32,
    down: u32,
    /// A blank is owed before the next character.
    blank: bool,
}

impl Page {
    fn start(&mut self, tag: &StartTag<()>) -> Result<(), Fault> {
        let name: &[u8] = &tag.name;
        match name {
            b"h1" => (self.in_heading, self.heading) = (true, String::new()),
            b"em" => self.stressed = self.in_heading,
            b"comment" if !tag.self_closing => self.notes += 1,
            _ => {}
        }
        if name == b"table" {
            if self.open.len() == DEPTH {
                return Err(Fault::TooMuch { what: Message::new("fault.sheets"), limit: DEPTH as u64 });
            }
            let number = self.begun;
            self.begun += 1;
            let caption = std::mem::take(&mut self.heading);
            self.open.push(Table {
                number,
                caption,
                in_caption: false,
                rows: Vec::new(),
                row: 0,
                col: 0,
                cell: None,
                covered: Vec::new(),
                merged: Vec::new(),
            });
            return Ok(());
        }
        let Some(table) = self.open.last_mut() else { return Ok(()) };
        if name == b"caption" {
            table.caption.clear();
        }
        table.in_caption =
            name == b"caption" || (table.in_caption && !matches!(name, b"tr" | b"td" | b"th" | b"thead" | b"tbody"));
        match name {
            b"tr" => {
                table.end_cell(&mut self.texts)?;
                table.begin_row()
            }
            b"td" | b"th" => {
                table.end_cell(&mut self.texts)?;
                if table.row == 0 {
                    table.begin_row()?;
                }
                table.begin_cell(tag)
            }
            _ => {
                if let Some(cell) = &mut table.cell {
                    match name {
                        b"br" => cell.line_end(),
                        b"p" | b"div" | b"li" if !cell.text.is_empty() => cell.line_end(),
                        _ => {}
                    }
                }
                Ok(())
            }
        }
    }

    fn end(&mut self, name: &HtmlString) -> Result<(), Fault> {
        let name: &[u8] = name;
        match name {
            b"table" => return self.end_table(),
            b"h1" => self.in_heading = false,
            b"em" => self.stressed = false,
            b"comment" => self.notes = self.notes.saturating_sub(1),
            _ => {}
        }
        let Some(table) = self.open.last_mut() else { return Ok(()) };
        match name {
            b"caption" => {
                table.in_caption = false;
                Ok(())
            }
            b"td" | b"th" | b"tr" => table.end_cell(&mut self.texts),
            _ => Ok(()),
        }
    }

    fn end_table(&mut self) -> Result<(), Fault> {
        let Some(mut table) = self.open.pop() else { return Ok(()) };
        table.end_cell(&mut self.texts)?;
        table.rows.retain(|row| !row.cells.is_empty());
        if !table.rows.is_empty() {
            self.done.push(table);
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.notes > 0 {
            return;
        }
        let Some(table) = self.open.last_mut() else {
            if self.stressed {
                self.heading.push_str(text);
            }
            return;
        };
        match &mut table.cell {
            Some(cell) => cell.add(text),
            None if table.in_caption => table.caption.push_str(text),
            None => {}
        }
    }
}

impl Table {
    fn begin_row(&mut self) -> Result<(), Fault> {
        self.row += 1;
        self.col = 0;
        self.covered.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        if u64::from(self.row) > limits::ROWS {
            return Err(Fault::TooMuch { what: Message::new("fault.rows"), limit: limits::ROWS });
        }
        self.rows.push(RowBuf { row: self.row, ..RowBuf::default() });
        Ok(())
    }

    fn begin_cell(&mut self, tag: &StartTag<()>) -> Result<(), Fault> {
        let number = |name: &[u8]| {
            let value = tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.value).trim().to_owned());
            value.and_then(|value| value.parse::<u32>().ok()).unwrap_or(1)
        };
        while self.covered.get(self.col as usize).is_some_and(|rows| *rows > 0) {
            self.col += 1;
        }
        let (across, down) = (number(b"colspan").clamp(1, 1000), number(b"rowspan").clamp(1, 65_534));
        if self.col + across > limits::COLUMNS {
            let what = Message::new("fault.columns").with("line", u64::from(self.row));
            return Err(Fault::TooMuch { what, limit: u64::from(limits::COLUMNS) });
        }
        self.cell = Some(Cell { text: String::new(), across, down, blank: false });
        Ok(())
    }

    fn end_cell(&mut self, texts: &mut Interned) -> Result<(), Fault> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let text = cell.text.trim();
        if !text.is_empty()
            && let Some(row) = self.rows.last_mut()
        {
            row.cells.push((self.col, text_or_error(texts.text(text))));
        }
        let end = (self.col + cell.across) as usize;
        if cell.down > 1 {
            if self.covered.len() < end {
                self.covered.resize(end, 0);
            }
            self.covered[self.col as usize..end].fill(cell.down);
            if self.merged.len() < limits::MERGED {
                let (first_row, last_row) = (self.row, self.row + cell.down - 1);
                self.merged.push(Merge { first_row, last_row, first_col: self.col, last_col: end as u32 - 1 });
            }
        }
        self.col = end as u32;
        Ok(())
    }
}

impl Cell {
    /// Adds text as a page shows it: blanks and line ends of the source are one blank.
    fn add(&mut self, text: &str) {
        for c in text.chars() {
            // No-break spaces are how a page writes blanks that count.
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{C}') {
                self.blank = !self.text.is_empty();
                continue;
            }
            if self.blank && !self.text.ends_with('\n') {
                self.text.push(' ');
            }
            self.blank = false;
            self.text.push(if c == '\u{A0}' { ' ' } else { c });
        }
    }

    fn line_end(&mut self) {
        self.text.push('\n');
        self.blank = false;
    }
}

/// The encoding that a page's own head names.
pub(crate) fn named_encoding(beginning: &str) -> Option<&str> {
    let at = beginning.to_ascii_lowercase().find("charset=")? + "charset=".len();
    let rest = beginning[at..].trim_start_matches(['"', '\'', ' ']);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{book::Book, raw::Raw};

    fn tables(text: &str) -> Vec<String> {
        let mut book = open(text, "页").expect("read");
        let heads = book.sheets();
        let mut out = Vec::new();
        for (at, head) in heads.iter().enumerate() {
            let mut source = book.rows(at).expect("a sheet");
            let mut row = RowBuf::default();
            while source.next_row(&mut row).expect("a row") {
                let cells = row.cells.iter().map(|(col, raw)| match raw {
                    Raw::Text(text) => format!("{col}={text}"),
                    other => format!("{col}={other:?}"),
                });
                out.push(format!("{} {}: {}", head.name, row.row, cells.collect::<Vec<_>>().join("|")));
            }
        }
        out
    }

    #[test]
    fn a_table_is_a_sheet_as_the_page_shows_it() {
        let page = "<html><head><style>td { mso-number-format:\"\\@\" } <table><td>no</style></head><body>\
            <p>报表<table><thead><tr><th>编号<th>姓名</thead><tr><td> A&nbsp;1 </td><td>张<br>三</td><td></td></tr>\
            <TR><TD COLSPAN=2>两列</TD><TD>#N/A</TD></TR>\n<tr></tr><tr><td>&lt;b&gt;&#20013;\n  文</td></tr></table>";
        assert_eq!(
            tables(page),
            ["页 1: 0=编号|1=姓名", "页 2: 0=A 1|1=张\n三", "页 3: 0=两列|2=Error(\"#N/A\")", "页 5: 0=<b>中 文",]
        );
    }

    #[test]
    fn spans_and_tables_in_tables() {
        let page = "<table><tr><td rowspan=3>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr><tr><td>e</td></tr></table>\
            <table><tr><td>外<table><tr><td>内</td></tr></table></td><td>右</td></tr></table><table></table>";
        assert_eq!(
            tables(page),
            ["页 1: 0=a|1=b", "页 2: 1=c", "页 3: 1=d", "页 4: 0=e", "页 (2) 1: 0=外|1=右", "页 (3) 1: 0=内",]
        );
        let named = "<table><caption>潜客 <b>表</b></caption><tr><td>a</table><table><caption>潜客 表</caption><tr><td>b</table>";
        assert_eq!(tables(named), ["潜客 表 1: 0=a", "页 (2) 1: 0=b"]);
        let by_libreoffice = "<h1>Overview</h1><a>潜客表</a><a><h1>Sheet 1: <em>潜客表</em></h1></a><table><tr>\
            <td>a<comment>note</comment></td></table>";
        assert_eq!(tables(by_libreoffice), ["潜客表 1: 0=a"]);
        let spanned = open("<table><tr><td rowspan=2 colspan=2>a</td></tr></table>", "页").expect("read");
        assert_eq!(spanned.merged, [[Merge { first_row: 1, last_row: 2, first_col: 0, last_col: 1 }]]);
        assert!(tables("<p>no table").is_empty());
        assert!(open(&"<table><td>".repeat(200), "页").is_err());
    }

    #[test]
    fn a_page_names_its_encoding() {
        assert_eq!(named_encoding("<meta charset=\"gb2312\">"), Some("gb2312"));
        assert_eq!(named_encoding("<META content='text/html; CHARSET=big5'>"), Some("big5"));
        assert_eq!(named_encoding("<html>"), None);
    }
}

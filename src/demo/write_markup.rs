//! Grids as management systems export them under the ending .xls: as a web page, as a web archive, as SpreadsheetML 2003.

use super::{
    grid::{Grid, Written},
    submissions::Cover,
};
use std::collections::BTreeMap;

/// Who sends it: store, its name, the clerk.
pub type Sender<'a> = (&'a str, &'a str, &'a str);

/// A page with one table for each sheet, called by its caption.
pub fn page(cover: Option<&Cover>, sender: Sender<'_>, grids: &[Grid]) -> Vec<u8> {
    let mut out = String::from("<html><head><meta charset=\"utf-8\"></head><body>\r\n");
    for (name, rows) in tables(cover, sender, grids) {
        out.push_str(&format!("<table border=\"1\"><caption>{}</caption>\r\n", escaped(&name)));
        for row in rows {
            out.push_str("<tr>");
            let mut next = 0;
            for (col, cell) in row {
                out.push_str(&"<td></td>".repeat(usize::from(col.saturating_sub(next))));
                let span = if cell.across > 1 { format!(" colspan=\"{}\"", cell.across) } else { String::new() };
                out.push_str(&format!("<td{span}>{}</td>", escaped(&cell.shown()).replace('\n', "<br>")));
                next = col + cell.across;
            }
            out.push_str("</tr>\r\n");
        }
        out.push_str("</table>\r\n");
    }
    out.push_str("</body></html>\r\n");
    out.into_bytes()
}

/// The page as Excel and WPS save one in a single file: quoted-printable, its lines short.
pub fn archive(cover: Option<&Cover>, sender: Sender<'_>, grids: &[Grid]) -> Vec<u8> {
    let mut out = String::from(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_1\"\r\n\r\n------=_NextPart_1\r\n\
         Content-Location: file:///C:/week.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n\
         Content-Type: text/html; charset=\"utf-8\"\r\n\r\n",
    );
    let mut width = 0;
    for byte in page(cover, sender, grids) {
        let plain = matches!(byte, b' '..=b'~' if byte != b'=');
        if byte == b'\n' {
            out.push_str("\r\n");
            width = 0;
            continue;
        }
        if byte == b'\r' {
            continue;
        }
        let piece = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
        if width + piece.len() > 75 {
            out.push_str("=\r\n");
            width = 0;
        }
        out.push_str(&piece);
        width += piece.len();
    }
    out.push_str("\r\n------=_NextPart_1--\r\n");
    out.into_bytes()
}

/// A workbook as one document, dates and numbers typed.
pub fn document(cover: Option<&Cover>, sender: Sender<'_>, grids: &[Grid]) -> Vec<u8> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\r\n\
         <Styles><Style ss:ID=\"day\"><NumberFormat ss:Format=\"yyyy\\-mm\\-dd\"/></Style>\
         <Style ss:ID=\"minute\"><NumberFormat ss:Format=\"yyyy\\-mm\\-dd\\ hh:mm\"/></Style></Styles>\r\n",
    );
    for (name, rows) in tables(cover, sender, grids) {
        out.push_str(&format!("<Worksheet ss:Name=\"{}\"><Table>\r\n", escaped(&name)));
        for (row, cells) in rows.iter().enumerate().filter(|(_, cells)| !cells.is_empty()) {
            out.push_str(&format!("<Row ss:Index=\"{}\">", row + 1));
            for (col, cell) in cells {
                out.push_str(&format!("<Cell ss:Index=\"{}\"", col + 1));
                if cell.across > 1 {
                    out.push_str(&format!(" ss:MergeAcross=\"{}\"", cell.across - 1));
                }
                let (style, kind, value) = match &cell.written {
                    Written::Text(text) => ("", "String", text.clone()),
                    Written::Number(number) => ("", "Number", number.to_string()),
                    Written::Day(day) => (" ss:StyleID=\"day\"", "DateTime", format!("{day}T00:00:00.000")),
                    Written::Minute(at) => {
                        (" ss:StyleID=\"minute\"", "DateTime", at.format("%Y-%m-%dT%H:%M:00.000").to_string())
                    }
                    Written::Fault(value) => ("", "Error", (*value).to_owned()),
                };
                out.push_str(&format!("{style}><Data ss:Type=\"{kind}\">{}</Data></Cell>", escaped(&value)));
            }
            out.push_str("</Row>\r\n");
        }
        out.push_str("</Table></Worksheet>\r\n");
    }
    out.push_str("</Workbook>\r\n");
    out.into_bytes()
}

struct Cell {
    written: Written,
    across: u16,
}

impl Cell {
    fn shown(&self) -> String {
        match &self.written {
            Written::Text(text) => text.clone(),
            Written::Number(number) => number.to_string(),
            Written::Day(day) => day.to_string(),
            Written::Minute(at) => at.format("%Y-%m-%d %H:%M").to_string(),
            Written::Fault(value) => (*value).to_owned(),
        }
    }
}

/// Each sheet's name and its rows from the first on, the cover's before the others.
fn tables(
    cover: Option<&Cover>,
    (id, name, clerk): Sender<'_>,
    grids: &[Grid],
) -> Vec<(String, Vec<BTreeMap<u16, Cell>>)> {
    let mut tables = Vec::new();
    if let Some(cover) = cover {
        let text = |text: &str| Written::Text(text.to_owned());
        let lines = [
            ("店代码", text(id)),
            ("门店名称", text(name)),
            ("周起", Written::Day(cover.from)),
            ("周止", Written::Day(cover.to)),
            ("提交人", text(clerk)),
            ("提交时间", Written::Minute(cover.submitted)),
            ("模板版本", text("2026.1")),
        ];
        let line = |(label, value)| [text(label), value].into_iter().enumerate();
        let rows = lines.into_iter().map(|pair| {
            line(pair).map(|(col, written)| (col as u16, Cell { written, across: 1 })).collect::<BTreeMap<u16, Cell>>()
        });
        tables.push(("封面".to_owned(), rows.collect()));
    }
    for grid in grids {
        let mut rows: Vec<BTreeMap<u16, Cell>> = Vec::new();
        let merged = grid.merged.iter().map(|(row, first, last, text)| {
            (*row, *first, Cell { written: Written::Text(text.clone()), across: last - first + 1 })
        });
        let cells =
            grid.cells.iter().map(|(row, col, written)| (*row, *col, Cell { written: written.clone(), across: 1 }));
        for (row, col, cell) in cells.chain(merged) {
            if rows.len() <= row as usize {
                rows.resize_with(row as usize + 1, BTreeMap::new);
            }
            rows[row as usize].insert(col, cell);
        }
        tables.push((grid.name.clone(), rows));
    }
    tables
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

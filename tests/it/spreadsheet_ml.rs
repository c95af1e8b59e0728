//! SpreadsheetML 2003, which no program here writes without Java: one document, written from the same text tables as `table`
//! reads, as Excel and management systems write it.

use std::fmt::Write;

/// What the styles are called, and how they show numbers. Excel names the common ones.
const STYLES: [(&str, &str); 5] = [
    ("Qk", "&quot;QK&quot;0000"),
    ("Day", "yyyy\\-mm\\-dd\\ hh:mm"),
    ("Id", "0000"),
    ("Time", "Short Time"),
    ("Elapsed", "[h]:mm"),
];

/// The bytes of a document of a text that `table` reads; `z:` is a number under `0000`, `q:` one under `"QK"0000`, `t:` a time of day, `e:` an elapsed
/// time. A cell that is `^` is one with the cell above it.
pub fn bytes(text: &str) -> Vec<u8> {
    let mut sheets: Vec<(&str, Vec<Vec<&str>>)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        match line.strip_prefix("# ") {
            Some(name) => sheets.push((name.trim(), Vec::new())),
            None => {
                let cells = line.split('|').map(str::trim).collect();
                sheets.last_mut().expect("a sheet before its rows").1.push(cells);
            }
        }
    }
    let mut out = String::from(
        "<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:html=\"http://www.w3.org/TR/REC-html40\">\r\n \
         <DocumentProperties xmlns=\"urn:schemas-microsoft-com:office:office\"><Author>x</Author></DocumentProperties>\r\n \
         <Styles><Style ss:ID=\"Default\" ss:Name=\"Normal\"><Alignment ss:Vertical=\"Bottom\"/></Style>",
    );
    for (name, format) in STYLES {
        let _ = write!(out, "<Style ss:ID=\"{name}\"><NumberFormat ss:Format=\"{format}\"/></Style>");
    }
    out.push_str("</Styles>\r\n");
    for (name, rows) in &sheets {
        let _ = write!(
            out,
            " <Worksheet ss:Name=\"{name}\">\r\n  <Table>\r\n   <Column ss:AutoFitWidth=\"0\" ss:Width=\"90\"/>\r\n"
        );
        let mut last = 0;
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.iter().any(|cell| !cell.is_empty())) {
            // Rows and cells that are empty are left out, and the next says where it stands.
            let index = if at == last { String::new() } else { format!(" ss:Index=\"{}\"", at + 1) };
            let _ = write!(out, "   <Row{index}>{}</Row>\r\n", cells(rows, at, row));
            last = at + 1;
        }
        out.push_str(
            "  </Table>\r\n  <WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\"/>\r\n </Worksheet>\r\n",
        );
    }
    out.push_str("</Workbook>\r\n");
    out.into_bytes()
}

fn cells(rows: &[Vec<&str>], at: usize, row: &[&str]) -> String {
    let (mut out, mut last) = (String::new(), 0);
    for (col, cell) in row.iter().enumerate().filter(|(_, cell)| !matches!(**cell, "" | "^")) {
        let index = if col == last { String::new() } else { format!(" ss:Index=\"{}\"", col + 1) };
        last = col + 1;
        let down = rows[at + 1..].iter().take_while(|below| below.get(col) == Some(&"^")).count();
        let down = if down > 0 { format!(" ss:MergeDown=\"{down}\"") } else { String::new() };
        let (style, kind, value) = content(cell);
        let style = if style.is_empty() { String::new() } else { format!(" ss:StyleID=\"{style}\"") };
        let _ = write!(out, "<Cell{index}{down}{style}><Data ss:Type=\"{kind}\">{value}</Data></Cell>");
    }
    out
}

/// The style of a cell, the type of its value, and the value.
fn content(cell: &str) -> (&'static str, &'static str, String) {
    let clock = |time: &str| {
        let (hours, minutes) = time.split_once(':').expect("a time");
        let hours: u32 = hours.parse().expect("hours");
        // Days begin to count at the end of 1899.
        format!("{}T{:02}:{minutes}:00.000", ["1899-12-31", "1900-01-01"][(hours / 24) as usize], hours % 24)
    };
    match cell.split_once(':') {
        Some(("n", number)) => ("", "Number", number.to_owned()),
        Some(("z", number)) => ("Id", "Number", number.to_owned()),
        Some(("q", number)) => ("Qk", "Number", number.to_owned()),
        Some(("b", flag)) => ("", "Boolean", u8::from(flag == "true").to_string()),
        Some(("d", day)) => {
            let (day, time) = day.split_once(' ').unwrap_or((day, "00:00"));
            ("Day", "DateTime", format!("{day}T{time}:00.000"))
        }
        Some(("t", time)) => ("Time", "DateTime", clock(time)),
        Some(("e", time)) => ("Elapsed", "DateTime", clock(time)),
        _ => ("", "String", cell.replace('&', "&amp;").replace('<', "&lt;")),
    }
}

//! A grid as csv, as Excel or a dealer system saves it in China.

use super::{
    clerks::Csv,
    grid::{Grid, Written},
};

/// The csv's bytes: CRLF between lines, quoted where needed.
pub fn bytes(grid: &Grid, encoding: Csv) -> Vec<u8> {
    let last = grid.cells.iter().map(|(row, ..)| *row).max().map_or(0, |row| row as usize + 1);
    let mut lines = vec![vec![String::new(); usize::from(grid.width.1) + 1]; last];
    for (row, col, written) in &grid.cells {
        lines[*row as usize][usize::from(*col)] = field(written);
    }
    let lines: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
    let text = lines.join("\r\n") + "\r\n";
    match encoding {
        Csv::Gb18030 => encoding_rs::GB18030.encode(&text).0.into_owned(),
        Csv::Utf8Bom => [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat(),
    }
}

fn field(written: &Written) -> String {
    let text = match written {
        Written::Text(text) => text.clone(),
        Written::Number(number) => number.to_string(),
        Written::Day(day) => day.to_string(),
        Written::Minute(at) => at.format("%Y-%m-%d %H:%M").to_string(),
        Written::Fault(value) => (*value).to_owned(),
    };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

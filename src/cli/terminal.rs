//! Writing to the terminal. A closed pipe (`foursight check | head`) is no failure.

use std::io::{self, Write};

/// Writes text and a line end to standard output.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Writes a complaint to standard error.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "foursight: {text}");
}

/// Writes bytes to standard output as they are.
pub(super) fn pour(bytes: &[u8]) {
    let _ = io::stdout().lock().write_all(bytes);
}

/// Rows under a header, columns in line. A Chinese character takes two places.
pub(super) fn table(header: &[String], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().map(|c| if c as u32 >= 0x2E80 { 2 } else { 1 }).sum::<usize>();
    let mut widths: Vec<usize> = header.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = (*column).max(width(cell));
        }
    }
    let line = |cells: &[String]| {
        let padded =
            cells.iter().zip(&widths).map(|(cell, column)| format!("{cell}{}", " ".repeat(column - width(cell))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rule = widths.iter().map(|column| "─".repeat(*column)).collect::<Vec<_>>().join("  ");
    let mut text = vec![line(header), rule];
    text.extend(rows.iter().map(|row| line(row)));
    text.join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn chinese_columns_stay_in_line() {
        let text = super::table(&["店".to_owned(), "n".to_owned()], &[vec!["S01".to_owned(), "12".to_owned()]]);
        assert_eq!(text, "店   n\n───  ──\nS01  12");
    }
}

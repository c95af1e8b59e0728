//! Workbooks written from small text tables that a reviewer can read.
//!
//! ```text
//! # 潜客表
//! 客户姓名 | 手机号 | 级别
//! 张三 | 13800001234 | A
//! ```
//!
//! `# name` begins a sheet, each line after it is a row, `|` parts cells. A cell is written as text; `n:12.5` as a
//! number, `d:2026-03-05 10:30` as a real date cell, `b:true` as a boolean, `f:=1/0` as a formula. A line that begins
//! with `//` is a comment.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook};
use std::path::Path;

/// Writes an xlsx from a text.
pub fn write_xlsx(text: &str, path: &Path) {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1).expect("a date");
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let mut sheets: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        match line.strip_prefix("# ") {
            Some(name) => sheets.push((name.trim(), Vec::new())),
            None => {
                if let Some((_, rows)) = sheets.last_mut() {
                    rows.push(line);
                }
            }
        }
    }
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).expect("a sheet name");
        for (row, line) in rows.iter().enumerate() {
            for (col, cell) in line.split('|').map(str::trim).enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let (row, col) = (row as u32, col as u16);
                match cell.split_once(':') {
                    Some(("n", number)) => sheet.write_number(row, col, number.parse::<f64>().expect("a number")),
                    Some(("b", flag)) => sheet.write_boolean(row, col, flag == "true"),
                    Some(("f", formula)) => sheet.write_formula(row, col, Formula::new(formula)),
                    Some(("d", date)) => {
                        let date = ExcelDateTime::parse_from_str(date).expect("a date");
                        sheet.write_datetime_with_format(
                            row,
                            col,
                            &date,
                            &Format::new().set_num_format("yyyy-mm-dd hh:mm"),
                        )
                    }
                    _ => sheet.write_string(row, col, cell),
                }
                .expect("a cell");
            }
        }
    }
    workbook.save(path).expect("the workbook is written");
}

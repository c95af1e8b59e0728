//! A filled sheet, cell by cell, in a clerk's own hand, whether it becomes a worksheet or a csv.

use super::{
    calendar::At,
    clerks::{Dates, Habits, Heading, Money},
    sheets::{Cell, Kind, Row},
};
use crate::catalog::SheetDef;
use chrono::{Datelike, NaiveDate, Timelike};

/// A cell as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A real date.
    Day(NaiveDate),
    /// A real date with a time of day.
    Minute(At),
    /// An error value.
    Fault(&'static str),
}

/// A sheet ready to be written. Rows and columns count from 0, except in `rows`.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// Its name.
    pub name: String,
    /// Its cells, row by row.
    pub cells: Vec<(u32, u16, Written)>,
    /// Rows that are headers.
    pub headers: Vec<u32>,
    /// Merged cells: row, first and last column, text.
    pub merged: Vec<(u32, u16, u16, String)>,
    /// For each data row its row in the sheet, from 1.
    pub rows: Vec<u32>,
    /// For each column of the definition its column in the sheet.
    pub columns: Vec<Option<u16>>,
    /// First and last column.
    pub width: (u16, u16),
    /// First and last row below the header, when there are rows.
    pub body: Option<(u32, u32)>,
}

/// Lays rows out as the clerk does. `to` is the submission's last day.
pub fn lay_out(
    kind: Kind,
    def: &SheetDef,
    habits: &Habits,
    headings: &[Heading],
    rows: &[Row],
    to: NaiveDate,
    title: &str,
) -> Grid {
    let mut grid = Grid { name: habits.sheet_name(def), columns: vec![None; def.columns.len()], ..Grid::default() };
    let left = habits.indent;
    let right = left + headings.len().saturating_sub(1) as u16;
    grid.width = (left, right);
    let mut at = habits.skip;
    if habits.title_row {
        grid.merged.push((0, left, right, title.to_owned()));
        at += 1;
    }
    if habits.two_level {
        grid.group_titles(at, left, headings);
        at += 1;
    }
    grid.header(at, left, headings);
    at += 1;
    let top = at;
    for (i, row) in rows.iter().enumerate() {
        if habits.repeat_header == Some(i) {
            grid.header(at + 1, left, headings);
            at += 2;
        }
        for (offset, heading) in headings.iter().enumerate() {
            let col = left + offset as u16;
            let written = match heading.field {
                Some(field) => write(&row.cells[field], habits, &def.columns[field].field, to),
                None if heading.title == "序号" => Some(Written::Number((i + 1) as f64)),
                None if i % 7 == 3 => Some(Written::Text("已核对".to_owned())),
                None => None,
            };
            if let Some(written) = written {
                grid.cells.push((at, col, written));
            }
        }
        grid.rows.push(at + 1);
        at += 1;
    }
    for (offset, heading) in headings.iter().enumerate() {
        if let Some(field) = heading.field {
            grid.columns[field] = Some(left + offset as u16);
        }
    }
    if at > top {
        grid.body = Some((top, at - 1));
    }
    if habits.total_row && !rows.is_empty() && matches!(kind, Kind::Order | Kind::Visit) {
        grid.total(at, headings, rows);
    }
    grid
}

impl Grid {
    fn header(&mut self, row: u32, left: u16, headings: &[Heading]) {
        for (offset, heading) in headings.iter().enumerate() {
            self.cells.push((row, left + offset as u16, Written::Text(heading.title.clone())));
        }
        self.headers.push(row);
    }

    /// Group titles, merged over neighbours of one group.
    fn group_titles(&mut self, row: u32, left: u16, headings: &[Heading]) {
        let mut start = 0;
        for i in 1..=headings.len() {
            if i == headings.len() || headings[i].group != headings[start].group {
                let (first, last) = (left + start as u16, left + i as u16 - 1);
                if first == last {
                    self.cells.push((row, first, Written::Text(headings[start].group.to_owned())));
                } else {
                    self.merged.push((row, first, last, headings[start].group.to_owned()));
                }
                start = i;
            }
        }
    }

    fn total(&mut self, row: u32, headings: &[Heading], rows: &[Row]) {
        let left = self.width.0;
        self.cells.push((row, left, Written::Text("合计".to_owned())));
        for (offset, heading) in headings.iter().enumerate().skip(1) {
            let Some(field) = heading.field else { continue };
            let money = rows.iter().filter_map(|row| match row.cells[field] {
                Cell::Money(yuan) => Some(yuan),
                _ => None,
            });
            let amounts: Vec<i64> = money.collect();
            if !amounts.is_empty() {
                self.cells.push((row, left + offset as u16, Written::Number(amounts.iter().sum::<i64>() as f64)));
            }
        }
    }
}

/// A cell in the clerk's notation; `None` when it stays empty.
fn write(cell: &Cell, habits: &Habits, field: &str, to: NaiveDate) -> Option<Written> {
    let text = |text: String| Some(Written::Text(text));
    match cell {
        Cell::Empty => None,
        Cell::Text(words) | Cell::Literal(words) => text(words.clone()),
        Cell::Phone(digits) if habits.phones_as_numbers => {
            Some(digits.parse().map_or_else(|_| Written::Text(digits.clone()), Written::Number))
        }
        Cell::Phone(digits) => text(digits.clone()),
        Cell::Level(level) if habits.long_levels => text(format!("{}级", level.word())),
        Cell::Level(level) => text(level.word().to_owned()),
        Cell::Day(day) if habits.short_due && field == "due_on" && day.year() == to.year() && *day <= to => {
            text(format!("{}月{}日", day.month(), day.day()))
        }
        Cell::Day(day) => Some(match habits.dates {
            Dates::Real | Dates::Days => Written::Day(*day),
            Dates::Iso => Written::Text(day.to_string()),
            Dates::Chinese => Written::Text(chinese(*day)),
            Dates::Dotted => Written::Text(parted(*day, '.')),
            Dates::Slashed => Written::Text(parted(*day, '/')),
            Dates::Compact => Written::Text(day.format("%Y%m%d").to_string()),
        }),
        Cell::Minute(at) => Some(match habits.dates {
            Dates::Real | Dates::Compact => Written::Minute(*at),
            Dates::Days => Written::Day(at.date()),
            Dates::Iso => Written::Text(at.format("%Y-%m-%d %H:%M").to_string()),
            Dates::Chinese => Written::Text(format!("{} {}", chinese(at.date()), time(*at))),
            Dates::Dotted => Written::Text(parted(at.date(), '.')),
            Dates::Slashed => Written::Text(format!("{} {}", parted(at.date(), '/'), time(*at))),
        }),
        Cell::Whole(number) => Some(Written::Number(*number as f64)),
        Cell::Money(yuan) => Some(match habits.money {
            Money::TenThousands if *yuan >= 10_000 && yuan % 100 == 0 => Written::Text(ten_thousands(*yuan)),
            Money::Grouped if *yuan >= 1000 => Written::Text(grouped(*yuan)),
            _ => Written::Number(*yuan as f64),
        }),
        Cell::Flag(flag) => text(if *flag { habits.flags.0 } else { habits.flags.1 }.to_owned()),
        Cell::Fault(value) => Some(Written::Fault(value)),
    }
}

fn chinese(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn parted(day: NaiveDate, mark: char) -> String {
    format!("{}{mark}{}{mark}{}", day.year(), day.month(), day.day())
}

fn time(at: At) -> String {
    format!("{}:{:02}", at.hour(), at.minute())
}

/// `35.8万`: exact for whole hundreds.
fn ten_thousands(yuan: i64) -> String {
    let mut text = format!("{}.{:02}", yuan / 10_000, yuan % 10_000 / 100);
    while text.ends_with('0') {
        text.pop();
    }
    format!("{}万", text.trim_end_matches('.'))
}

/// `358,000`.
fn grouped(yuan: i64) -> String {
    let digits = yuan.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_exactly() {
        for (yuan, text) in [(358_000, "35.8万"), (30_000, "3万"), (12_300, "1.23万"), (100_000, "10万")] {
            assert_eq!(ten_thousands(yuan), text);
        }
        assert_eq!(grouped(358_000), "358,000");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }
}

//! The cases as they stand in `tests/findings/*.txt`, and the rows that are made of them.
//!
//! ```text
//! === R101 delivered without a day
//! --- wrong
//! @潜客表
//! 级别=D; 交车日期=
//! --- near
//! @潜客表
//! 级别=D; 交车日期=2026-11-16
//! ```
//!
//! `=== code title` begins a case, `--- wrong` and `--- near` a file of either side, `--- both` one of both. A file's name may
//! follow (`2026-W47.xlsx` unless told otherwise); one that begins with `/` lies in the group, not in the store, and gives the
//! case a group of its own. `+CODE` says what else is rightly said. `< name` means bytes made by `foreign`.
//!
//! `@title` begins a sheet of the definitions. Each line below it is a row: one with a good cell in every required column,
//! but for the columns it names; `-` leaves all as they are, `×20 …` gives that many rows. `# name` begins a sheet that is
//! written out as `table` reads it, and a file that is no xlsx is written as it stands. `{n}` is the store's number, of three
//! digits, `{r}` the row's, `{long}` a text of three hundred characters.

use foursight::catalog::{Catalog, CellType, ColumnDef, SheetDef};
use std::fs;

/// A file of a case.
#[derive(Clone, Default)]
pub struct File {
    pub path: String,
    pub text: String,
    /// Which bytes of `foreign` it has instead of a text.
    pub made: Option<String>,
}

/// One side of a case.
#[derive(Default)]
pub struct Block {
    pub files: Vec<File>,
    pub also: Vec<String>,
}

#[derive(Default)]
pub struct Case {
    pub code: String,
    pub title: String,
    pub wrong: Block,
    pub near: Block,
}

impl Case {
    /// Whether it needs settings, definitions or other stores.
    pub fn of_a_group(&self) -> bool {
        let mut files = self.wrong.files.iter().chain(&self.near.files);
        files.any(|file| {
            file.path.starts_with('/') || file.made.as_deref().is_some_and(|made| made.starts_with("group "))
        })
    }
}

/// All cases, in the order of their files.
pub fn cases() -> Vec<Case> {
    let folder = crate::foursight::root().join("tests/findings");
    let mut files: Vec<_> = fs::read_dir(folder).expect("cases").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("readable");
        let mut side = "";
        for line in text.lines().filter(|line| !line.starts_with("//")) {
            if let Some(head) = line.strip_prefix("=== ") {
                let (code, title) = head.split_once(' ').unwrap_or((head, ""));
                cases.push(Case { code: code.to_owned(), title: title.to_owned(), ..Case::default() });
                side = "";
                continue;
            }
            let Some(case) = cases.last_mut() else { continue };
            if let Some(head) = line.strip_prefix("--- ") {
                let (head, made) = match head.split_once(" < ") {
                    Some((head, made)) => (head, Some(made.trim().to_owned())),
                    None => (head, None),
                };
                let mut words = head.split(' ').filter(|word| !word.is_empty());
                side = match words.next() {
                    Some("wrong") => "wrong",
                    Some("near") => "near",
                    Some("both") => "both",
                    _ => panic!("{}: {line}", path.display()),
                };
                let (also, names): (Vec<&str>, Vec<&str>) = words.partition(|word| word.starts_with('+'));
                let name = if names.is_empty() { "2026-W47.xlsx".to_owned() } else { names.join(" ") };
                for block in sides(case, side) {
                    block.files.push(File { path: name.clone(), made: made.clone(), ..File::default() });
                    block.also.extend(also.iter().map(|code| code[1..].to_owned()));
                }
                continue;
            }
            for block in sides(case, side) {
                let file = block.files.last_mut().expect("a file before its lines");
                file.text.push_str(line);
                file.text.push('\n');
            }
        }
    }
    cases
}

fn sides<'c>(case: &'c mut Case, side: &str) -> Vec<&'c mut Block> {
    match side {
        "wrong" => vec![&mut case.wrong],
        "near" => vec![&mut case.near],
        "both" => vec![&mut case.wrong, &mut case.near],
        _ => Vec::new(),
    }
}

/// A text as `table::write_xlsx` reads it, with the rows of `@` sheets made.
pub fn made(text: &str, n: usize, catalog: &Catalog) -> String {
    let mut out = String::new();
    let mut open: Option<(&SheetDef, Vec<&str>)> = None;
    let mut row = 0;
    let mut close = |open: &mut Option<(&SheetDef, Vec<&str>)>, out: &mut String| {
        if let Some((sheet, rows)) = open.take() {
            out.push_str(&table(sheet, &rows, n, &mut row));
        }
    };
    for line in text.lines() {
        if let Some(title) = line.strip_prefix('@') {
            close(&mut open, &mut out);
            let sheet = catalog.sheets.iter().find(|sheet| sheet.title.zh == title.trim());
            open = Some((sheet.unwrap_or_else(|| panic!("{title} is no sheet")), Vec::new()));
        } else if line.starts_with("# ") {
            close(&mut open, &mut out);
            out.push_str(line);
            out.push('\n');
        } else if let Some((_, rows)) = &mut open {
            rows.extend(Some(line).filter(|line| !line.trim().is_empty()));
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    close(&mut open, &mut out);
    out.replace("{n}", &format!("{n:03}")).replace("{long}", &"长".repeat(300))
}

fn table(sheet: &SheetDef, rows: &[&str], n: usize, row: &mut usize) -> String {
    let named: Vec<Vec<(&str, &str)>> = rows
        .iter()
        .map(|line| {
            let line = line.split_once(' ').filter(|(count, _)| count.starts_with('×')).map_or(*line, |(_, rest)| rest);
            let cells = line.split(';').filter_map(|cell| cell.split_once('='));
            cells.map(|(title, cell)| (title.trim(), cell.trim())).collect()
        })
        .collect();
    let beside = ["店代码", "已核实"];
    for (title, _) in named.iter().flatten() {
        let known = sheet.columns.iter().any(|column| column.title.zh == *title) || beside.contains(title);
        assert!(known, "{} has no column {title}", sheet.title.zh);
    }
    let few = sheet.columns.iter().filter(|column| column.required).count() < 3;
    let wanted = |column: &ColumnDef| {
        let usual = usual(sheet, column).is_some();
        column.required || few || usual || named.iter().flatten().any(|(title, _)| column.title.zh == *title)
    };
    let columns: Vec<&ColumnDef> = sheet.columns.iter().filter(|column| wanted(column)).collect();
    let more: Vec<&str> =
        beside.into_iter().filter(|title| named.iter().flatten().any(|(own, _)| own == title)).collect();
    let titles = columns.iter().map(|column| column.title.zh.as_str()).chain(more.iter().copied());
    let mut text = format!("# {}\n{}\n", sheet.title.zh, titles.collect::<Vec<_>>().join(" | "));
    for (line, named) in rows.iter().zip(&named) {
        let count = line.strip_prefix('×').and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(1);
        for _ in 0..count {
            *row += 1;
            let of = |title: &str| named.iter().find(|(own, _)| *own == title).map(|(_, cell)| (*cell).to_owned());
            let cells = columns.iter().map(|column| {
                let named = of(&column.title.zh).or_else(|| usual(sheet, column).map(str::to_owned));
                let needed = column.required || few;
                named.unwrap_or_else(|| if needed { good(sheet, column, n, *row) } else { String::new() })
            });
            let cells: Vec<String> = cells.chain(more.iter().map(|title| of(title).unwrap_or_default())).collect();
            text.push_str(&cells.join(" | ").replace("{r}", &format!("{:03}", *row)));
            text.push('\n');
        }
    }
    text
}

/// What a column has where the mere type would contradict another.
fn usual(sheet: &SheetDef, column: &ColumnDef) -> Option<&'static str> {
    let usual = [
        ("prospect.prospect_no", "QK{n}{r}"),
        ("prospect.level", "A"),
        ("follow_up.due_on", "2026-11-17"),
        ("follow_up.party", "车主"),
        ("channel_cost.class", "交互活动"),
        ("channel_cost.channel", "店头活动"),
        ("policy.until_on", "2027-11-17"),
        ("survey.satisfaction", "一般"),
        ("target.metric", "订单"),
        ("traffic.filed", "否"),
        ("complaint.complaint_no", "TS{n}{r}"),
    ];
    let own = |field: &str| field.split_once('.') == Some((&*sheet.id, &*column.field));
    usual.into_iter().find(|(field, _)| own(field)).map(|(_, cell)| cell)
}

/// A cell that a column takes; what rows are known by is another one in each row.
pub fn good(sheet: &SheetDef, column: &ColumnDef, n: usize, row: usize) -> String {
    let back = row.try_into().unwrap_or(0);
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 17).expect("a day");
    let key = sheet.keys.first().is_some_and(|key| key.iter().any(|at| sheet.columns[*at].field == column.field));
    match column.cell {
        CellType::Text if key && !column.title.zh.ends_with('号') => format!("项{row:03}"),
        CellType::Date | CellType::Instant if key => (day - chrono::Days::new(back)).to_string(),
        CellType::Month | CellType::Period if key => {
            let month = day - chrono::Months::new(u32::try_from(back).unwrap_or(0));
            month.format("%Y-%m").to_string()
        }
        CellType::Category => column.values[0].value.to_string(),
        CellType::Text if column.title.zh.ends_with('号') => format!("H{n:03}{row:03}"),
        CellType::Text => "甲一乙".to_owned(),
        CellType::Integer | CellType::Number | CellType::Money => "7".to_owned(),
        CellType::Phone => format!("139{n:03}{row:05}"),
        CellType::CustomerKey => format!("138{n:03}{row:05}"),
        CellType::Vin => vin(n * 1000 + row),
        CellType::Plate => format!("沪B{n:03}{:02}", row % 100),
        CellType::Date | CellType::Instant => "2026-11-17".to_owned(),
        CellType::Month | CellType::Period => "2026-10".to_owned(),
        CellType::Flag => "是".to_owned(),
    }
}

/// A VIN whose check digit is right (GB 16735).
pub fn vin(number: usize) -> String {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let vin = format!("LSVAB2180E2{number:06}");
    let value = |c: char| match c {
        '0'..='9' => c as u32 - '0' as u32,
        'A'..='H' => c as u32 - 'A' as u32 + 1,
        'J'..='N' => c as u32 - 'J' as u32 + 1,
        _ => c as u32 - 'S' as u32 + 2,
    };
    let sum: u32 = vin.chars().zip(WEIGHTS).map(|(c, weight)| value(c) * weight).sum();
    let digit = char::from_digit(sum % 11, 10).unwrap_or('X');
    format!("{}{digit}{}", &vin[..8], &vin[9..])
}

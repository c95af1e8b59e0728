//! A workbook of ours that somebody fills in as a spreadsheet program would, and what a build says once it came back.

use crate::foursight::{build_well, csv};
use calamine::{Data, Reader, Xlsx};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Read, Write},
    path::Path,
};

/// A workbook of forms that somebody fills in: its parts, edited as a spreadsheet would.
pub struct Filled {
    pub parts: Vec<(String, Vec<u8>)>,
    pub sheets: Vec<String>,
    pub cells: BTreeMap<String, BTreeMap<(u32, u32), String>>,
}

impl Filled {
    /// A workbook as it was written.
    pub fn open(path: &Path) -> Filled {
        let bytes = fs::read(path).expect("readable");
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.clone())).expect("it opens");
        let sheets = book.sheet_names();
        let mut cells = BTreeMap::new();
        for name in &sheets {
            let range = book.worksheet_range(name).expect("a sheet");
            let (top, left) = range.start().unwrap_or_default();
            let used = range.used_cells().map(|(row, col, cell)| {
                let text = match cell {
                    Data::Float(number) => number.to_string(),
                    other => other.to_string(),
                };
                ((row as u32 + top + 1, col as u32 + left), text)
            });
            cells.insert(name.clone(), used.collect());
        }
        let mut package = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
        let part = |at: usize| {
            let mut part = package.by_index(at).expect("a part");
            let mut content = Vec::new();
            part.read_to_end(&mut content).expect("readable");
            (part.name().expect("a name").into_owned(), content)
        };
        let count = zip::ZipArchive::new(Cursor::new(fs::read(path).expect("readable"))).expect("a package").len();
        Filled { parts: (0..count).map(part).collect(), sheets, cells }
    }

    /// The cell below a title that stands beside the first of its table's titles.
    pub fn below(&self, (sheet, first): (&str, &str), title: &str, row: Row<'_>) -> (u32, u32) {
        let cells = &self.cells[sheet];
        let heads = |row: u32| cells.iter().any(|((own, _), text)| *own == row && *text == first);
        let mut titles = cells.iter().filter(|((row, _), text)| *text == title && heads(*row)).map(|(at, _)| *at);
        let (header, col) = titles.next().unwrap_or_else(|| panic!("{sheet} has no {title}"));
        let row = match row {
            Row::Nth(nth) => header + nth,
            Row::With(text) => {
                let holds = cells.iter().filter(|((row, _), own)| *row > header && *own == text);
                holds.map(|((row, _), _)| *row).next().unwrap_or_else(|| panic!("{sheet} has no row of {text}"))
            }
        };
        (row, col)
    }

    /// The part of a worksheet: of a workbook that came back marked, the first worksheet is not the first part.
    pub fn part_of(&self, sheet: &str) -> String {
        let text = |part: &str| {
            let (_, content) = self.parts.iter().find(|(name, _)| name == part).expect("the part");
            std::str::from_utf8(content).expect("text")
        };
        let tag = |part: &str, attribute: &str| {
            let at = text(part).find(attribute).unwrap_or_else(|| panic!("{part} has no {attribute}"));
            let from = text(part)[..at].rfind('<').expect("a tag");
            text(part)[from..].split('>').next().expect("its end").to_owned()
        };
        let value = |tag: &str, name: &str| {
            let rest = tag.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("{tag} has no {name}")).1;
            rest.split('"').next().expect("its end").to_owned()
        };
        let id = value(&tag("xl/workbook.xml", &format!(" name=\"{sheet}\"")), "r:id");
        let target = value(&tag("xl/_rels/workbook.xml.rels", &format!(" Id=\"{id}\"")), "Target");
        target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned)
    }

    /// Changes the text of a part.
    pub fn edit(&mut self, part: &str, change: impl FnOnce(String) -> String) {
        let (_, content) = self.parts.iter_mut().find(|(name, _)| name == part).expect("the part");
        *content = change(String::from_utf8(std::mem::take(content)).expect("text")).into_bytes();
    }

    /// Puts a text, a number (as it is written) or nothing into a cell.
    pub fn put(&mut self, sheet: &str, (row, col): (u32, u32), value: &str) {
        let part = self.part_of(sheet);
        let cell = foursight::model::CellRef { row, col }.to_string();
        let content = match value.parse::<f64>() {
            _ if value.is_empty() => String::new(),
            Ok(_) => format!("<c r=\"{cell}\"><v>{value}</v></c>"),
            Err(_) => format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{value}</t></is></c>"),
        };
        self.edit(&part, |xml| {
            if let Some(from) = xml.find(&format!("<c r=\"{cell}\"")) {
                let tag = from + xml[from..].find('>').expect("a tag");
                let to = match xml[..=tag].ends_with("/>") {
                    true => tag + 1,
                    false => from + xml[from..].find("</c>").expect("its end") + 4,
                };
                return format!("{}{content}{}", &xml[..from], &xml[to..]);
            }
            let Some(from) = xml.find(&format!("<row r=\"{row}\"")) else {
                let later = (row + 1..row + 60).find_map(|next| xml.find(&format!("<row r=\"{next}\"")));
                let at = later.unwrap_or_else(|| xml.find("</sheetData>").expect("the rows"));
                return format!("{}<row r=\"{row}\">{content}</row>{}", &xml[..at], &xml[at..]);
            };
            let end = from + xml[from..].find("</row>").expect("its end");
            format!("{}{content}{}", &xml[..end], &xml[end..])
        });
    }

    /// Fills in the cells of a row below the titles of a table.
    pub fn fill(&mut self, table: (&str, &str), row: Row<'_>, values: &[(&str, &str)]) {
        for (title, value) in values {
            let at = self.below(table, title, row);
            self.put(table.0, at, value);
        }
    }

    /// Writes it.
    pub fn save(&self, path: &Path) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let mut archive = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
        for (name, content) in &self.parts {
            archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("a part");
            archive.write_all(content).expect("written");
        }
        archive.finish().expect("finished");
    }
}

/// A row of a form.
#[derive(Clone, Copy)]
pub enum Row<'t> {
    /// The nth below the title.
    Nth(u32),
    /// The first below the title that holds this text.
    With(&'t str),
}

/// Builds a group, and reads what it says of its first store.
pub fn build(group: &Path, more: &[&str]) -> Said {
    build_well(group, more);
    let data = |name: &str| csv(&group.join("output/data").join(name));
    let own = |row: &BTreeMap<String, String>| row.values().cloned().collect::<Vec<_>>().join("|");
    let findings = data("findings.csv");
    let found = findings.iter().map(|row| format!("{} {} {}", row["code"], row["sheet"], row["cell"])).collect();
    let figures = data("kpi.csv").into_iter().filter(|row| row["scope"] == "store" && row["scope_id"] == "S01");
    let figures = figures.map(|row| {
        ((row["kpi"].clone(), row["period"].clone()), [row["numerator"].clone(), row["denominator"].clone()])
    });
    let submitted = data("submissions.csv").into_iter().filter(|row| row["store"] == "S01" || row["store"] == "_group");
    let count = |row: &BTreeMap<String, String>, of: &str| row[of].parse::<i64>().expect("a count");
    let mut rows: BTreeMap<String, [i64; 2]> = BTreeMap::new();
    for row in submitted {
        let own = rows.entry(row["sheet"].clone()).or_default();
        own[0] += count(&row, "accepted");
        own[1] += count(&row, "rejected");
    }
    Said { found, figures: figures.collect(), rows, lists: data("worklist.csv").iter().map(own).collect() }
}

/// What a build says of the store.
pub struct Said {
    pub found: BTreeSet<String>,
    pub figures: BTreeMap<(String, String), [String; 2]>,
    /// Rows accepted and rejected, by sheet.
    pub rows: BTreeMap<String, [i64; 2]>,
    pub lists: Vec<String>,
}

impl Said {
    /// What is found now and was not before.
    pub fn found_since(&self, before: &Said) -> Vec<String> {
        self.found.difference(&before.found).cloned().collect()
    }

    /// Rows accepted and rejected more than before, by sheet.
    pub fn rows_since(&self, before: &Said) -> Vec<(String, [i64; 2])> {
        let was = |sheet: &String| before.rows.get(sheet).copied().unwrap_or_default();
        let more = self.rows.iter().map(|(sheet, now)| {
            let was = was(sheet);
            (sheet.clone(), [now[0] - was[0], now[1] - was[1]])
        });
        more.filter(|(_, more)| *more != [0, 0]).collect()
    }
}

/// Rows accepted and rejected, by sheet.
pub fn counts(rows: &[(&str, i64, i64)]) -> Vec<(String, [i64; 2])> {
    rows.iter().map(|(sheet, accepted, rejected)| ((*sheet).to_owned(), [*accepted, *rejected])).collect()
}

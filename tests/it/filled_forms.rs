//! Forms that come back filled in: what is filled moves figures, lists and rows by exactly that; what was altered in shape is
//! read where it can be, and told where not.

use crate::{
    foursight::{build_well, built_sample, copy, csv, root},
    office::convert,
};
use calamine::{Data, Reader, Xlsx};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Read, Write},
    path::{Path, PathBuf},
};

/// A workbook of forms that somebody fills in: its parts, edited as a spreadsheet would.
struct Filled {
    parts: Vec<(String, Vec<u8>)>,
    sheets: Vec<String>,
    cells: BTreeMap<String, BTreeMap<(u32, u32), String>>,
}

impl Filled {
    fn open(path: &Path) -> Filled {
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
    fn below(&self, (sheet, first): (&str, &str), title: &str, row: Row<'_>) -> (u32, u32) {
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

    fn edit(&mut self, part: &str, change: impl FnOnce(String) -> String) {
        let (_, content) = self.parts.iter_mut().find(|(name, _)| name == part).expect("the part");
        *content = change(String::from_utf8(std::mem::take(content)).expect("text")).into_bytes();
    }

    /// Puts a text, a number (as it is written) or nothing into a cell.
    fn put(&mut self, sheet: &str, (row, col): (u32, u32), value: &str) {
        let at = self.sheets.iter().position(|name| name == sheet).expect("the sheet") + 1;
        let cell = foursight::model::CellRef { row, col }.to_string();
        let content = match value.parse::<f64>() {
            _ if value.is_empty() => String::new(),
            Ok(_) => format!("<c r=\"{cell}\"><v>{value}</v></c>"),
            Err(_) => format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{value}</t></is></c>"),
        };
        self.edit(&format!("xl/worksheets/sheet{at}.xml"), |xml| {
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

    fn fill(&mut self, table: (&str, &str), row: Row<'_>, values: &[(&str, &str)]) {
        for (title, value) in values {
            let at = self.below(table, title, row);
            self.put(table.0, at, value);
        }
    }

    fn save(&self, path: &Path) {
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
enum Row<'t> {
    /// The nth below the title.
    Nth(u32),
    /// The first below the title that holds this text.
    With(&'t str),
}

/// The first store of the sample by itself, built; the forms that it got.
fn store() -> (tempfile::TempDir, PathBuf) {
    let group = tempfile::tempdir().expect("a folder");
    copy(&root().join("input/S01"), &group.path().join("input/S01"));
    fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the config");
    build(group.path());
    let forms = group.path().join("output/workbooks/forms/S01-2026-11.xlsx");
    assert!(forms.exists());
    let kept = group.path().join("forms.xlsx");
    fs::copy(forms, &kept).expect("kept");
    (group, kept)
}

fn build(group: &Path) -> Said {
    build_well(group, &[]);
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
struct Said {
    found: BTreeSet<String>,
    figures: BTreeMap<(String, String), [String; 2]>,
    /// Rows accepted and rejected, by sheet.
    rows: BTreeMap<String, [i64; 2]>,
    lists: Vec<String>,
}

impl Said {
    /// What is found now and was not before.
    fn found_since(&self, before: &Said) -> Vec<String> {
        self.found.difference(&before.found).cloned().collect()
    }

    /// Rows accepted and rejected more than before, by sheet.
    fn rows_since(&self, before: &Said) -> Vec<(String, [i64; 2])> {
        let was = |sheet: &String| before.rows.get(sheet).copied().unwrap_or_default();
        let more = self.rows.iter().map(|(sheet, now)| {
            let was = was(sheet);
            (sheet.clone(), [now[0] - was[0], now[1] - was[1]])
        });
        more.filter(|(_, more)| *more != [0, 0]).collect()
    }
}

fn counts(rows: &[(&str, i64, i64)]) -> Vec<(String, [i64; 2])> {
    rows.iter().map(|(sheet, accepted, rejected)| ((*sheet).to_owned(), [*accepted, *rejected])).collect()
}

const TARGETS: (&str, &str) = ("附件3 月度分解", "销售顾问");
const PROGRESS: (&str, &str) = ("附件7 周盘点", "问题");
const AUDIT: (&str, &str) = ("附件12 检核", "潜客编号");
const RECALL: (&str, &str) = ("流失召回", "VIN");
const ACTION: [(&str, &str); 4] =
    [("问题", "回访不及时"), ("整改措施", "调整排班"), ("责任人", "王客服"), ("完成日", "2026-11-30")];

#[test]
fn what_is_filled_into_forms_moves_figures_by_exactly_that() {
    let (group, forms) = store();
    let before = build(group.path());
    let mut filled = Filled::open(&forms);
    // Orders of 5 consultants: 4 + 6 + 5 + 3 + 2 = 20.
    for (nth, wanted) in (1..).zip(["4", "6", "5", "3", "2"]) {
        filled.fill(TARGETS, Row::Nth(nth), &[("订单", wanted)]);
    }
    filled.fill(AUDIT, Row::Nth(1), &[("联系结果", "接通"), ("检核项", "接待属实"), ("结论", "属实")]);
    filled.fill(AUDIT, Row::Nth(2), &[("联系结果", "未接"), ("检核项", "接待属实"), ("结论", "无法核实")]);
    filled.fill(PROGRESS, Row::Nth(1), &ACTION);
    let called =
        [("流失原因", "价格敏感"), ("责任人", "于永莉"), ("执行日", "2026-11-20"), ("接通", "是"), ("结果", "再约")];
    filled.fill(RECALL, Row::Nth(1), &called);
    filled.save(&group.path().join("input/S01/填好的表单.xlsx"));
    let after = build(group.path());
    assert_eq!(after.found_since(&before), Vec::<String>::new());
    let expected = counts(&[("action", 1, 0), ("audit", 2, 0), ("follow_up", 1, 0), ("target", 5, 0)]);
    assert_eq!(after.rows_since(&before), expected);
    let figure = |said: &Said, kpi: &str| said.figures[&(kpi.to_owned(), "2026-11".to_owned())].clone();
    // No target before; 6 orders so far.
    assert_eq!(figure(&before, "order_attain"), ["0", "0"]);
    assert_eq!(figure(&after, "order_attain"), ["6", "20"]);
    // The one call more was made in its time and connected.
    let more = |kpi: &str| {
        let number = |said: &Said, at: usize| figure(said, kpi)[at].parse::<i64>().expect("a number");
        [number(&after, 0) - number(&before, 0), number(&after, 1) - number(&before, 1)]
    };
    assert_eq!(more("connect_rate"), [1, 1]);
    assert_eq!(more("revisit_rate"), [1, 1]);
    // What else moved rests on these rows.
    let moved: BTreeSet<&str> = after
        .figures
        .iter()
        .filter(|(of, now)| before.figures.get(*of) != Some(*now))
        .map(|((kpi, _), _)| kpi.as_str())
        .collect();
    let rests = [
        "action_close_ontime",
        "connect_rate",
        "dq_score",
        "invalid_phone",
        "order_attain",
        "order_pace",
        "revisit_complete",
        "revisit_rate",
        "revisit_success",
        "submit_ontime",
    ];
    let others: Vec<&&str> = moved.iter().filter(|kpi| !rests.contains(*kpi)).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(after.lists, before.lists, "nobody has to be called more or less");
    // The form of the next build shows the cause and the targets: filled again the other way, they are what it says then.
    let next = Filled::open(&group.path().join("output/workbooks/forms/S01-2026-11.xlsx"));
    let at = next.below(TARGETS, "订单", Row::Nth(2));
    assert_eq!(next.cells[TARGETS.0].get(&at).map(String::as_str), Some("6"));
    let at = next.below((RECALL.0, "流失原因"), "近12个月", Row::With("价格敏感"));
    assert_eq!(next.cells[RECALL.0].get(&at).map(String::as_str), Some("1"));
}

#[test]
fn an_untouched_form_adds_nothing_and_says_nothing() {
    let (group, forms) = store();
    let before = build(group.path());
    fs::copy(&forms, group.path().join("input/S01/表单.xlsx")).expect("dropped");
    let after = build(group.path());
    assert_eq!((after.found_since(&before), after.rows_since(&before)), (Vec::new(), Vec::new()));
    assert_eq!((after.figures, after.lists), (before.figures, before.lists));
}

#[test]
fn a_form_that_was_altered_in_shape_is_read_where_it_can_be() {
    let (group, forms) = store();
    let before = build(group.path());
    let dropped = group.path().join("input/S01/表单.xlsx");
    let one = counts(&[("action", 1, 0)]);
    let none = Vec::<String>::new();
    let said = |change: &dyn Fn(&mut Filled)| {
        let mut filled = Filled::open(&forms);
        change(&mut filled);
        filled.save(&dropped);
        let after = build(group.path());
        (after.found_since(&before), after.rows_since(&before))
    };
    // Its worksheet has another name.
    let renamed = |filled: &mut Filled| {
        filled.fill(PROGRESS, Row::Nth(1), &ACTION);
        filled.edit("xl/workbook.xml", |xml| xml.replace(PROGRESS.0, "本周填好的"));
    };
    assert_eq!(said(&renamed), (none.clone(), one.clone()));
    // Two of its columns changed places.
    let moved = |filled: &mut Filled| {
        let (problem, who) =
            (filled.below(PROGRESS, "问题", Row::Nth(0)), filled.below(PROGRESS, "责任人", Row::Nth(0)));
        filled.put(PROGRESS.0, problem, "责任人");
        filled.put(PROGRESS.0, who, "问题");
        let row = problem.0 + 1;
        for (col, value) in [(who.1, ACTION[0].1), (problem.1, ACTION[2].1)] {
            filled.put(PROGRESS.0, (row, col), value);
        }
        filled.fill(PROGRESS, Row::Nth(1), &[ACTION[1], ACTION[3]]);
    };
    assert_eq!(said(&moved), (none.clone(), one.clone()));
    // A line more than it has; a consultant whom it does not list.
    let added = |filled: &mut Filled| {
        filled.fill(PROGRESS, Row::Nth(6), &ACTION);
        let (total, first) = filled.below(TARGETS, "销售顾问", Row::Nth(6));
        filled.put(TARGETS.0, (total + 1, first), "新顾问");
        filled.put(TARGETS.0, (total + 1, first + 1), "3");
    };
    assert_eq!(said(&added), (none, counts(&[("action", 1, 0), ("target", 1, 0)])));
    // A heading that is another: what stands below it is told, and what the row lacks then.
    let retitled = |filled: &mut Filled| {
        let at = filled.below(PROGRESS, "整改措施", Row::Nth(0));
        filled.fill(PROGRESS, Row::Nth(1), &ACTION);
        filled.put(PROGRESS.0, at, "办法");
    };
    let (found, rows) = said(&retitled);
    assert_eq!(found.iter().map(|line| &line[..4]).collect::<Vec<_>>(), ["C007", "H026"], "{found:?}");
    assert_eq!(rows, counts(&[("action", 0, 1)]));
    // What forms carry along is gone.
    let alone = |filled: &mut Filled| {
        filled.edit("xl/workbook.xml", |xml| {
            let from = xml.find("<sheet name=\"foursight\"").expect("it is there");
            let to = from + xml[from..].find("/>").expect("its end") + 2;
            format!("{}{}", &xml[..from], &xml[to..])
        });
    };
    let (found, rows) = said(&alone);
    assert_eq!(found.iter().filter(|line| line.starts_with("H029")).count(), 1, "{found:?}");
    assert!(rows.is_empty(), "{rows:?}");
}

#[test]
fn a_form_that_another_program_saved_is_read() {
    let (group, forms) = store();
    let before = build(group.path());
    let mut filled = Filled::open(&forms);
    filled.fill(PROGRESS, Row::Nth(1), &ACTION);
    filled.fill(TARGETS, Row::Nth(2), &[("订单", "6")]);
    let saved = group.path().join("saved.xlsx");
    filled.save(&saved);
    for ending in ["xlsx", "ods", "xls"] {
        let made = convert(std::slice::from_ref(&saved), ending, &group.path().join("again")).remove(0);
        let dropped = group.path().join("input/S01").join(format!("表单.{ending}"));
        fs::copy(made, &dropped).expect("dropped");
        let after = build(group.path());
        assert_eq!(after.found_since(&before), Vec::<String>::new(), "{ending}");
        assert_eq!(after.rows_since(&before), counts(&[("action", 1, 0), ("target", 1, 0)]), "{ending}");
        fs::remove_file(dropped).expect("removed");
    }
}

#[test]
fn the_groups_form_holds_no_customer_and_gives_each_store_its_rows() {
    let sample = built_sample();
    let named = |entry: fs::DirEntry| {
        entry.file_name().to_string_lossy().starts_with("group-forms-2026-11").then(|| entry.path())
    };
    let forms = fs::read_dir(sample.join("output/workbooks")).expect("the workbooks");
    let forms = forms.map(|entry| entry.expect("an entry")).find_map(named).expect("the group's forms");
    let mut filled = Filled::open(&forms);
    let carried: Vec<&String> = filled.cells["foursight"].values().collect();
    let staff: BTreeSet<String> = csv(&sample.join("output/data/kpi.csv"))
        .into_iter()
        .filter(|row| row["scope"] == "staff")
        .map(|row| row["scope_id"].clone())
        .collect();
    for person in &staff {
        let name = person.rsplit('/').next().unwrap_or_default();
        assert!(name.is_empty() || !carried.iter().any(|cell| cell.as_str() == name), "{name}");
    }
    let (group, _) = store();
    let before = build(group.path());
    filled.fill((TARGETS.0, "门店"), Row::Nth(1), &[("订单", "30")]);
    filled.save(&group.path().join("input/_group/表单.xlsx"));
    let after = build(group.path());
    assert_eq!(after.found_since(&before), Vec::<String>::new());
    assert_eq!(after.rows_since(&before), counts(&[("target", 1, 0)]));
}

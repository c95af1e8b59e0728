//! The closed loop: worklists of a store's workbook that come back filled in. What is filled closes its duty and moves what
//! rests on it; what was left alone is nothing; what a list says of itself raises no finding.

use crate::{
    filled::{Filled, Row, Said, build, counts},
    foursight::{build_well, copy, csv, root},
    office::convert,
};
use rust_xlsxwriter::Workbook;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Three lists whose rows are duties that a call closes, each by the beginning of its worksheet's name.
const LISTS: [&str; 3] = ["10 ", "12 ", "17 "];
/// The first title of every list.
const FIRST: &str = "执行人";
/// The Tuesday after the sample's cut-off.
const TUESDAY: &str = "2026-11-24";

/// What a call brings.
const CALLED: [(&str, &str); 4] =
    [("实访时间", "2026-11-24 10:30"), ("方式", "电话"), ("接通", "是"), ("结果", "成功")];

/// The first store of the sample by itself, built at its cut-off; the workbook that it got.
fn store() -> (tempfile::TempDir, PathBuf) {
    let group = tempfile::tempdir().expect("a folder");
    copy(&root().join("input/S01"), &group.path().join("input/S01"));
    fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the config");
    build_well(group.path(), &[]);
    let pack = group.path().join("pack.xlsx");
    fs::copy(group.path().join("output/workbooks/stores/S01.xlsx"), &pack).expect("kept");
    (group, pack)
}

/// What is said on the Tuesday.
fn tuesday(group: &Path) -> Said {
    build(group, &["--as-of", TUESDAY])
}

/// The worksheets of the three lists.
fn lists(pack: &Filled) -> Vec<String> {
    let named = |begin: &&str| pack.sheets.iter().find(|name| name.starts_with(*begin)).expect("the list").clone();
    LISTS.iter().map(named).collect()
}

/// The text of a cell below a title.
fn text(pack: &Filled, sheet: &str, title: &str, row: u32) -> String {
    let at = pack.below((sheet, FIRST), title, Row::Nth(row));
    pack.cells[sheet].get(&at).cloned().unwrap_or_default()
}

/// The rows of three lists that are filled in: `each` of every list, of customers who are on no other list and have a phone.
fn chosen(pack: &Filled, each: usize) -> Vec<(String, u32)> {
    let mut on: BTreeMap<String, usize> = BTreeMap::new();
    let named = pack.sheets.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit()));
    let rows = |sheet: &String| (1..).take_while(|row| !text(pack, sheet, "客户键", *row).is_empty()).count() as u32;
    for sheet in named {
        for row in 1..=rows(sheet) {
            let customer = [text(pack, sheet, "姓名", row), text(pack, sheet, "手机", row)].concat();
            *on.entry(customer).or_default() += 1;
        }
    }
    let mut chosen = Vec::new();
    for sheet in lists(pack) {
        let alone = |row: &u32| {
            let phone = text(pack, &sheet, "手机", *row);
            !phone.is_empty() && on[&[text(pack, &sheet, "姓名", *row), phone].concat()] == 1
        };
        let own: Vec<(String, u32)> =
            (1..=rows(&sheet)).filter(alone).take(each).map(|row| (sheet.clone(), row)).collect();
        assert_eq!(own.len(), each, "{sheet}");
        chosen.extend(own);
    }
    chosen
}

fn fill(pack: &mut Filled, lines: &[(String, u32)]) {
    for (nth, (sheet, row)) in lines.iter().enumerate() {
        pack.fill((sheet, FIRST), Row::Nth(*row), &CALLED);
        pack.fill((sheet, FIRST), Row::Nth(*row), &[("内容", &format!("客户{nth}：车况良好"))]);
    }
}

fn none() -> Vec<String> {
    Vec::new()
}

/// KPIs of which a period differs.
fn moved<'s>(before: &Said, after: &'s Said) -> BTreeSet<&'s str> {
    let differs = |of: &(&'s (String, String), &[String; 2])| before.figures.get(of.0) != Some(of.1);
    after.figures.iter().filter(differs).map(|((kpi, _), _)| kpi.as_str()).collect()
}

#[test]
fn thirty_lines_close_their_duties_and_nothing_else_moves() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut pack = Filled::open(&pack);
    let lines = chosen(&pack, 10);
    let due: BTreeSet<String> = lines.iter().map(|(sheet, row)| text(&pack, sheet, "任务类型", *row)).collect();
    assert_eq!(due.len(), 3, "{due:?}");
    fill(&mut pack, &lines);
    pack.save(&group.path().join("input/S01/周报/2026-W48/清单.xlsx"));
    let after = tuesday(group.path());
    assert_eq!(after.found_since(&before), none());
    assert_eq!(before.found_since(&after), none());
    assert_eq!(after.rows_since(&before), counts(&[("follow_up", 30, 0)]));
    // Just these thirty left the lists, ten of each, and nobody came onto one.
    let [was, is] = [&before, &after].map(|said| said.lists.iter().cloned().collect::<BTreeSet<_>>());
    assert_eq!(is.difference(&was).cloned().collect::<Vec<_>>(), none());
    let gone: Vec<&String> = was.difference(&is).collect();
    let mut by_list: BTreeMap<&str, usize> = BTreeMap::new();
    // The values stand in the order of their columns' names: customer_ref, days_over, due, list.
    gone.iter().for_each(|row| *by_list.entry(row.split('|').nth(3).expect("a list")).or_default() += 1);
    let expected = BTreeMap::from([("after_service_calls", 10), ("quarterly_care", 10), ("services_due", 10)]);
    assert_eq!(by_list, expected, "{gone:#?}");
    let figure = |said: &Said, kpi: &str| {
        let own = said.figures.get(&(kpi.to_owned(), "2026-11".to_owned())).cloned().unwrap_or_default();
        own.map(|number| number.parse::<i64>().unwrap_or_default())
    };
    let more = |kpi: &str| {
        let ([was, of], [is, now_of]) = (figure(&before, kpi), figure(&after, kpi));
        [is - was, now_of - of]
    };
    assert_eq!(more("connect_rate"), [30, 30]);
    let rests = [
        "connect_rate",
        "dq_score",
        "invalid_phone",
        "maintenance_reminder_14d",
        "post_service_call",
        "quarterly_care",
        "revisit_complete",
        "revisit_rate",
        "revisit_success",
        "submit_ontime",
    ];
    let others: Vec<&str> = moved(&before, &after).into_iter().filter(|kpi| !rests.contains(kpi)).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn an_untouched_pack_is_nothing_and_moves_no_cut_off() {
    let (group, pack) = store();
    // Without a cut-off in the config: what the weeks know of decides.
    let config = fs::read_to_string(group.path().join("foursight.toml")).expect("the config");
    fs::write(group.path().join("foursight.toml"), config.replace("as_of = \"2026-11-22\"", "")).expect("written");
    let cutoff = || {
        let manifest = fs::read_to_string(group.path().join("output/data/manifest.json")).expect("a manifest");
        manifest.lines().find(|line| line.contains("\"cutoff\"")).map(str::to_owned).expect("a cut-off")
    };
    let before = build(group.path(), &[]);
    let was = cutoff();
    fs::copy(&pack, group.path().join("input/S01/清单.xlsx")).expect("dropped");
    let after = build(group.path(), &[]);
    assert_eq!((after.found_since(&before), after.rows_since(&before)), (none(), Vec::new()));
    assert_eq!((after.figures, after.lists, cutoff()), (before.figures, before.lists, was));
}

/// A pack that another program saved, all cells as text: its sheets, each with its rows.
fn grid(pack: &Filled) -> Vec<(String, Vec<Vec<String>>)> {
    let rows = |name: &String| {
        let cells = &pack.cells[name];
        let last = cells.keys().map(|(row, _)| *row).max().unwrap_or_default();
        let width = cells.keys().map(|(_, col)| *col + 1).max().unwrap_or_default();
        let cell = |row: u32, col: u32| cells.get(&(row, col)).cloned().unwrap_or_default();
        (1..=last).map(|row| (0..width).map(|col| cell(row, col)).collect()).collect()
    };
    pack.sheets.iter().map(|name| (name.clone(), rows(name))).collect()
}

fn write(sheets: &[(String, Vec<Vec<String>>)], path: &Path) {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (row, cells) in (0..).zip(rows) {
            for (col, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, col, cell).expect("a cell");
            }
        }
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    workbook.save(path).expect("written");
}

#[test]
fn a_pack_is_read_however_it_was_sorted_widened_and_saved() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let lines = chosen(&filled, 2);
    fill(&mut filled, &lines);
    let dropped = group.path().join("input/S01/周报/2026-W48");
    let own = dropped.join("清单.xlsx");
    filled.save(&own);
    let as_filled = tuesday(group.path());
    assert_eq!(as_filled.rows_since(&before), counts(&[("follow_up", 6, 0)]));
    let said_alike = |what: &str| {
        let said = tuesday(group.path());
        assert_eq!(said.found_since(&before), none(), "{what}");
        assert_eq!(said.rows_since(&before), counts(&[("follow_up", 6, 0)]), "{what}");
        assert_eq!((&said.figures, &said.lists), (&as_filled.figures, &as_filled.lists), "{what}");
    };
    for ending in ["xlsx", "ods", "xls"] {
        let made = convert(std::slice::from_ref(&own), ending, &group.path().join("again")).remove(0);
        let kept = fs::read(&own).expect("the pack");
        fs::remove_file(&own).expect("replaced");
        let again = dropped.join(format!("另存.{ending}"));
        fs::copy(made, &again).expect("dropped");
        said_alike(ending);
        fs::remove_file(again).expect("removed");
        fs::write(&own, kept).expect("put back");
    }
    // Sorted by the reason, the other way round; a column of her own before the third; a sheet that she has no use for thrown away.
    let mut sheets = grid(&Filled::open(&own));
    for (name, rows) in sheets.iter_mut().filter(|(name, _)| lines.iter().any(|(sheet, _)| sheet == name)) {
        let header = rows.iter().position(|row| row.iter().any(|cell| cell == "回访编号")).expect("a header");
        let why = rows[header].iter().position(|cell| cell == "原因").expect("its reason");
        rows[header + 1..].sort_by(|a, b| b[why].cmp(&a[why]).then_with(|| b.cmp(a)));
        for (at, row) in rows.iter_mut().enumerate() {
            row.insert(2, if at == header { "班组".into() } else { String::new() });
        }
        assert!(rows.len() > header + 10, "{name}");
    }
    let unused = sheets.iter().position(|(name, _)| name.starts_with("16 ")).expect("the churn ladder");
    sheets.remove(unused);
    write(&sheets, &own);
    said_alike("sorted");
}

#[test]
fn a_pack_that_comes_back_twice_counts_once() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let lines = chosen(&filled, 3);
    let dropped = |name: &str| group.path().join("input/S01/周报/2026-W48").join(name);
    fill(&mut filled, &lines[..4]);
    filled.save(&dropped("周二.xlsx"));
    let once = tuesday(group.path());
    assert_eq!(once.rows_since(&before), counts(&[("follow_up", 4, 0)]));
    // The same bytes again are one workbook; with more lines filled it is the later state of the same rows.
    fs::copy(dropped("周二.xlsx"), dropped("再交.xlsx")).expect("dropped again");
    let again = tuesday(group.path());
    assert_eq!((&again.figures, &again.lists), (&once.figures, &once.lists));
    fs::remove_file(dropped("再交.xlsx")).expect("removed");
    fill(&mut filled, &lines);
    filled.save(&dropped("周三.xlsx"));
    let twice = tuesday(group.path());
    assert_eq!(twice.found_since(&before), none());
    let [first, both] = [&once, &twice].map(|said| before.lists.len() - said.lists.len());
    assert_eq!((first, both), (4, 9));
    fs::remove_file(dropped("周二.xlsx")).expect("removed");
    let alone = tuesday(group.path());
    // Only the counts of rows sent tell that there were two workbooks.
    let counted = |kpi: &str| ["dq_score", "submit_ontime"].contains(&kpi);
    assert!(moved(&twice, &alone).into_iter().all(counted), "{:?}", moved(&twice, &alone));
    assert_eq!(twice.lists, alone.lists);
}

#[test]
fn a_line_filled_half_is_told_at_the_cell_that_lacks() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let (sheet, row) = chosen(&filled, 1).remove(0);
    filled.fill((&sheet, FIRST), Row::Nth(row), &CALLED[..2]);
    let cell = |title: &str| {
        let (row, col) = filled.below((&sheet, FIRST), title, Row::Nth(row));
        foursight::model::CellRef { row, col }.to_string()
    };
    let expected = [format!("R202 {sheet} {}", cell("接通")), format!("R203 {sheet} {}", cell("结果"))];
    filled.save(&group.path().join("input/S01/周报/2026-W48/清单.xlsx"));
    let after = tuesday(group.path());
    assert_eq!(after.found_since(&before), expected);
    assert_eq!(after.rows_since(&before), counts(&[("follow_up", 0, 1)]));
    assert_eq!(after.lists, before.lists);
    // It comes back marked, and corrected there it counts.
    let returned = group.path().join("output/returned/S01/周报/2026-W48/清单.xlsx");
    let mut marked = Filled::open(&returned);
    let at = ["接通", "结果"].map(|title| marked.below((&sheet, FIRST), title, Row::Nth(row)));
    at.into_iter().zip(["是", "成功"]).for_each(|(at, value)| marked.put(&sheet, at, value));
    marked.save(&group.path().join("input/S01/周报/2026-W48/清单.xlsx"));
    let mended = tuesday(group.path());
    assert_eq!((mended.found_since(&before), mended.lists.len()), (none(), before.lists.len() - 1));
}

#[test]
fn a_pack_of_another_store_is_set_aside_and_one_of_weeks_ago_is_read() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let lines = chosen(&filled, 1);
    fill(&mut filled, &lines);
    // As it would be in the folder of a store that it is not of.
    let mut of_another = Filled { parts: filled.parts.clone(), sheets: filled.sheets.clone(), cells: BTreeMap::new() };
    let carried = filled.sheets.iter().position(|name| name == "foursight").expect("what it carries along") + 1;
    for part in ["xl/sharedStrings.xml".to_owned(), format!("xl/worksheets/sheet{carried}.xml")] {
        if of_another.parts.iter().any(|(name, _)| *name == part) {
            of_another.edit(&part, |xml| xml.replace("<t>S01</t>", "<t>S02</t>"));
        }
    }
    let path = group.path().join("input/S01/周报/2026-W48/清单.xlsx");
    of_another.save(&path);
    let aside = tuesday(group.path());
    assert_eq!(aside.found_since(&before).iter().map(|line| line[..4].to_owned()).collect::<Vec<_>>(), ["S006"]);
    assert_eq!((aside.rows_since(&before), aside.lists), (Vec::new(), before.lists.clone()));
    fs::remove_file(&path).expect("removed");
    // The workbook of three weeks before, filled in only now.
    build_well(group.path(), &["--as-of", "2026-11-01"]);
    let old = Filled::open(&group.path().join("output/workbooks/stores/S01.xlsx"));
    let now = Filled::open(&pack);
    let phone = |pack: &Filled, sheet: &str, row: u32| text(pack, sheet, "手机", row);
    let sheet = lists(&now).remove(2);
    let still = |row: &u32| {
        let own = phone(&old, &sheet, *row);
        !own.is_empty() && lines_of(&now, &sheet).any(|other| phone(&now, &sheet, other) == own)
    };
    let row = lines_of(&old, &sheet).find(still).expect("somebody is on the list still");
    let mut old = old;
    fill(&mut old, &[(sheet, row)]);
    old.save(&path);
    let after = tuesday(group.path());
    assert_eq!(after.found_since(&before), none());
    assert_eq!(after.rows_since(&before), counts(&[("follow_up", 1, 0)]));
    assert!(after.lists.len() < before.lists.len());
}

/// The rows of a list that name a customer.
fn lines_of<'p>(pack: &'p Filled, sheet: &'p str) -> impl Iterator<Item = u32> + 'p {
    (1..).take_while(move |row| !text(pack, sheet, "客户键", *row).is_empty())
}

#[test]
fn a_list_copied_out_of_its_workbook_is_read_and_its_other_lines_are_nothing() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let lines = chosen(&filled, 2);
    fill(&mut filled, &lines[..2]);
    let path = group.path().join("input/S01/周报/2026-W48/清单.xlsx");
    filled.save(&path);
    let whole = tuesday(group.path());
    let copied: Vec<_> = grid(&Filled::open(&path)).into_iter().filter(|(name, _)| *name == lines[0].0).collect();
    assert_eq!(copied.len(), 1);
    write(&copied, &path);
    let alone = tuesday(group.path());
    assert_eq!(alone.rows_since(&before), counts(&[("follow_up", 2, 0)]));
    assert_eq!(alone.lists, whole.lists);
    let errors = csv(&group.path().join("output/data/findings.csv"));
    let own = errors.iter().filter(|row| row["workbook"].ends_with("清单.xlsx") && row["severity"] != "notice");
    assert_eq!(own.count(), 0);
}

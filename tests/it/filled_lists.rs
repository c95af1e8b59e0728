//! The closed loop: worklists of a store's workbook that come back filled in. What is filled closes its duty and moves what
//! rests on it; what was left alone is nothing; what a list says of itself raises no finding.

use crate::{
    filled::{Filled, Row, Said, build, counts},
    foursight::{build_well, copy, csv, root},
    office::convert,
};
use foursight::model::personal;
use rust_xlsxwriter::Workbook;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Three lists whose rows are duties that a call closes, each by the beginning of its worksheet's name, and how many of their
/// lines are filled in.
const LISTS: [(&str, usize); 3] = [("02 ", 5), ("10 ", 12), ("17 ", 13)];
/// The first title of every list.
const FIRST: &str = "执行人";
/// The Tuesday after the sample's cut-off.
const TUESDAY: &str = "2026-11-24";

/// What a call brings.
const CALLED: [(&str, &str); 4] =
    [("实访时间", "2026-11-22 10:30"), ("方式", "电话"), ("接通", "是"), ("结果", "成功")];

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

/// A line of a list.
#[derive(Clone, Debug)]
struct Line {
    sheet: String,
    /// Below the header, from 1.
    row: u32,
    /// Its cells by their titles.
    cells: BTreeMap<String, String>,
}

impl Line {
    fn text(&self, title: &str) -> &str {
        self.cells.get(title).map_or("", String::as_str)
    }

    /// What says who the customer is.
    fn customer(&self) -> Vec<String> {
        ["客户键", "电话"]
            .map(|title| self.text(title).to_owned())
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect()
    }
}

/// The lines of the list whose worksheet's name begins so.
fn lines_of(pack: &Filled, begins: &str) -> Vec<Line> {
    let sheet = pack.sheets.iter().find(|name| name.starts_with(begins)).expect("the list");
    let cells = &pack.cells[sheet];
    let header = cells.iter().find(|(_, text)| *text == FIRST).map(|((row, _), _)| *row).expect("a header");
    let titles: Vec<(u32, &String)> =
        cells.range((header, 0)..(header + 1, 0)).map(|((_, col), title)| (*col, title)).collect();
    let line = |row: u32| {
        let cell = |(col, title): &(u32, &String)| Some(((*title).clone(), cells.get(&(row, *col))?.clone()));
        Line { sheet: sheet.clone(), row: row - header, cells: titles.iter().filter_map(cell).collect() }
    };
    (header + 1..).map(line).take_while(|line| !line.cells.is_empty()).collect()
}

/// The lines that are filled in: so many of each list, each of another customer.
fn chosen(pack: &Filled, lists: [(&str, usize); 3]) -> Vec<Line> {
    let (mut known, mut chosen) = (BTreeSet::new(), Vec::new());
    for (begins, most) in lists {
        let before = chosen.len();
        for line in lines_of(pack, begins) {
            let customer = line.customer();
            if chosen.len() < before + most && !customer.is_empty() && customer.iter().all(|own| !known.contains(own)) {
                known.extend(customer);
                chosen.push(line);
            }
        }
        assert_eq!(chosen.len(), before + most, "{begins}");
    }
    chosen
}

/// One of each list.
const ONE_EACH: [(&str, usize); 3] = [("02 ", 1), ("10 ", 1), ("17 ", 1)];

fn fill(pack: &mut Filled, lines: &[Line]) {
    for (nth, line) in lines.iter().enumerate() {
        let at = (line.sheet.as_str(), FIRST);
        pack.fill(at, Row::Nth(line.row), &CALLED);
        pack.fill(at, Row::Nth(line.row), &[("内容", &format!("客户{nth}：车况良好"))]);
        if line.text("对象") == "潜客" {
            pack.fill(at, Row::Nth(line.row), &[("下次回访日", "2026-11-26")]);
        }
    }
}

fn none() -> Vec<String> {
    Vec::new()
}

/// What stands on lists, without the place of the row that it comes from: that is another one in another workbook.
fn listed(said: &Said) -> BTreeSet<String> {
    let of_row = |row: &String| {
        let parts: Vec<&str> = row.split('|').collect();
        parts.iter().enumerate().filter(|(at, _)| *at != PLACE).map(|(_, part)| *part).collect::<Vec<_>>().join("|")
    };
    said.lists.iter().map(of_row).collect()
}

/// Where a list's line in [`Said`] has the place: customer_ref, days_over, due, list, owner, place.
const PLACE: usize = 5;

/// KPIs of which a period differs.
fn moved<'s>(before: &Said, after: &'s Said) -> BTreeSet<&'s str> {
    let differs = |of: &(&'s (String, String), &[String; 2])| before.figures.get(of.0) != Some(of.1);
    after.figures.iter().filter(differs).map(|((kpi, _), _)| kpi.as_str()).collect()
}

#[test]
fn thirty_lines_close_their_duties_and_nothing_else_moves() {
    let (group, pack) = store();
    let before = build(group.path(), &[]);
    let mut pack = Filled::open(&pack);
    let lines = chosen(&pack, LISTS);
    fill(&mut pack, &lines);
    pack.save(&group.path().join("input/S01/清单.xlsx"));
    let after = build(group.path(), &[]);
    assert_eq!(after.found_since(&before), none());
    assert_eq!(before.found_since(&after), none());
    assert_eq!(after.rows_since(&before), counts(&[("follow_up", 30, 0)]));
    // Nobody came onto a list. Of each list all lines left that were filled in; others only of the same customers, whom one
    // call need not be followed by another.
    let [was, is] = [&before, &after].map(|said| said.lists.iter().cloned().collect::<BTreeSet<_>>());
    assert_eq!(is.difference(&was).cloned().collect::<Vec<_>>(), none());
    let called: BTreeSet<String> = lines.iter().map(|line| personal::mask_key(line.text("客户键"))).collect();
    let mut by_list: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in was.difference(&is) {
        // The values stand in the order of their columns' names: customer_ref, days_over, due, list.
        let values: Vec<&str> = row.split('|').collect();
        assert!(called.contains(values[0]), "{row}");
        by_list.entry(values[3]).or_default().insert(values[0]);
    }
    for ((begins, most), list) in LISTS.into_iter().zip(["contact_overdue", "after_service_calls", "quarterly_care"]) {
        let of_list = lines.iter().filter(|line| line.sheet.starts_with(begins));
        let filled: BTreeSet<String> = of_list.map(|line| personal::mask_key(line.text("客户键"))).collect();
        assert_eq!(filled.len(), most, "{list}");
        assert!(filled.iter().all(|customer| by_list[list].contains(customer.as_str())), "{list}: {by_list:?}");
    }
    let figure = |said: &Said, kpi: &str| {
        let own = said.figures.get(&(kpi.to_owned(), "2026-11".to_owned())).cloned().unwrap_or_default();
        own.map(|number| number.parse::<i64>().unwrap_or_default())
    };
    let ([was, of], [is, now_of]) = (figure(&before, "connect_rate"), figure(&after, "connect_rate"));
    assert_eq!([is - was, now_of - of], [30, 30]);
    // Whether the cards were updated within 24 hours after the calls is open at the cut-off.
    let rests = ["connect_rate", "dq_score", "invalid_phone", "revisit_complete", "revisit_rate", "revisit_success"];
    assert_eq!(moved(&before, &after).into_iter().collect::<Vec<_>>(), rests);
}

#[test]
fn a_list_is_not_the_sheet_of_a_week_that_was_not_sent() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut pack = Filled::open(&pack);
    let lines = chosen(&pack, ONE_EACH);
    fill(&mut pack, &lines);
    pack.save(&group.path().join("input/S01/周报/2026-W48/清单.xlsx"));
    let after = tuesday(group.path());
    assert_eq!(after.rows_since(&before), counts(&[("follow_up", 3, 0)]));
    // What else falls due in the week stays unknown: the calls of others are not counted as missed. By the Tuesday it is
    // known whether cards were updated within 24 hours.
    let rests = [
        "connect_rate",
        "dq_score",
        "file_update_24h",
        "invalid_phone",
        "revisit_complete",
        "revisit_rate",
        "revisit_success",
    ];
    let others: Vec<&str> = moved(&before, &after).into_iter().filter(|kpi| !rests.contains(kpi)).collect();
    assert!(others.is_empty(), "{others:?}");
    let number = |said: &Said| said.figures.get(&("revisit_rate".to_owned(), "2026-W48".to_owned())).cloned();
    assert_eq!(number(&before), number(&after));
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
    let lines = chosen(&filled, [("02 ", 2), ("10 ", 2), ("17 ", 2)]);
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
        // What was repaired of cells that other programs wrote is told in the score of the data alone.
        let other: Vec<&str> = moved(&as_filled, &said).into_iter().filter(|kpi| *kpi != "dq_score").collect();
        assert!(other.is_empty(), "{what}: {other:?}");
        assert_eq!(listed(&said), listed(&as_filled), "{what}");
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
    for (name, rows) in sheets.iter_mut().filter(|(name, _)| lines.iter().any(|line| line.sheet == *name)) {
        let header = rows.iter().position(|row| row.iter().any(|cell| cell == "回访编号")).expect("a header");
        let why = rows[header].iter().position(|cell| cell == "原因").expect("its reason");
        rows[header + 1..].sort_by(|a, b| b[why].cmp(&a[why]).then_with(|| b.cmp(a)));
        for (at, row) in rows.iter_mut().enumerate() {
            row.insert(2, if at == header { "班组".into() } else { String::new() });
        }
        assert!(rows.len() > header + 4, "{name}");
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
    let lines = chosen(&filled, [("02 ", 1), ("10 ", 3), ("17 ", 5)]);
    let dropped = |name: &str| group.path().join("input/S01/周报/2026-W48").join(name);
    fill(&mut filled, &lines[..4]);
    filled.save(&dropped("周二.xlsx"));
    let once = tuesday(group.path());
    assert_eq!(once.rows_since(&before), counts(&[("follow_up", 4, 0)]));
    // The same bytes again are one workbook; with more lines filled it is the later state of the same rows.
    fs::copy(dropped("周二.xlsx"), dropped("再交.xlsx")).expect("dropped again");
    let again = tuesday(group.path());
    // Only the counts of rows sent tell that there were two workbooks.
    let counted = |kpi: &str| ["dq_score", "submit_ontime"].contains(&kpi);
    assert!(moved(&once, &again).into_iter().all(counted), "{:?}", moved(&once, &again));
    assert_eq!(listed(&again), listed(&once));
    fs::remove_file(dropped("再交.xlsx")).expect("removed");
    fill(&mut filled, &lines);
    filled.save(&dropped("周三.xlsx"));
    let twice = tuesday(group.path());
    assert_eq!(twice.found_since(&before), none());
    let left = |said: &Said| before.lists.len() - said.lists.len();
    assert!(left(&once) >= 4 && left(&twice) >= left(&once) + 5, "{} {}", left(&once), left(&twice));
    fs::remove_file(dropped("周二.xlsx")).expect("removed");
    let alone = tuesday(group.path());
    assert!(moved(&twice, &alone).into_iter().all(counted), "{:?}", moved(&twice, &alone));
    assert_eq!(listed(&twice), listed(&alone));
}

#[test]
fn a_line_filled_half_is_told_at_the_cell_that_lacks() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let line = chosen(&filled, ONE_EACH).remove(1);
    let (sheet, row) = (line.sheet.as_str(), line.row);
    filled.fill((sheet, FIRST), Row::Nth(row), &CALLED[..2]);
    let cell = |title: &str| {
        let (row, col) = filled.below((sheet, FIRST), title, Row::Nth(row));
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
    let at = ["接通", "结果"].map(|title| marked.below((sheet, FIRST), title, Row::Nth(row)));
    at.into_iter().zip(["是", "成功"]).for_each(|(at, value)| marked.put(sheet, at, value));
    marked.save(&group.path().join("input/S01/周报/2026-W48/清单.xlsx"));
    let mended = tuesday(group.path());
    assert_eq!(mended.found_since(&before), none());
    assert_eq!(mended.rows_since(&before), counts(&[("follow_up", 1, 0)]));
    assert!(mended.lists.len() < before.lists.len());
}

#[test]
fn a_pack_of_another_store_is_set_aside_and_one_of_weeks_ago_is_read() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let lines = chosen(&filled, ONE_EACH);
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
    let still: BTreeSet<Vec<String>> = lines_of(&now, "17 ").iter().map(Line::customer).collect();
    let line = lines_of(&old, "17 ").into_iter().find(|line| still.contains(&line.customer()));
    let line = line.expect("somebody is on the list still");
    let mut old = old;
    fill(&mut old, &[line]);
    old.save(&path);
    let after = tuesday(group.path());
    assert_eq!(after.found_since(&before), none());
    assert_eq!(after.rows_since(&before), counts(&[("follow_up", 1, 0)]));
    assert!(after.lists.len() < before.lists.len());
}

#[test]
fn a_list_copied_out_of_its_workbook_is_read_and_its_other_lines_are_nothing() {
    let (group, pack) = store();
    let before = tuesday(group.path());
    let mut filled = Filled::open(&pack);
    let lines: Vec<Line> = lines_of(&filled, "10 ").into_iter().take(2).collect();
    fill(&mut filled, &lines);
    let path = group.path().join("input/S01/周报/2026-W48/清单.xlsx");
    filled.save(&path);
    let whole = tuesday(group.path());
    let copied: Vec<_> = grid(&Filled::open(&path)).into_iter().filter(|(name, _)| *name == lines[0].sheet).collect();
    assert_eq!(copied.len(), 1);
    write(&copied, &path);
    let alone = tuesday(group.path());
    assert_eq!(alone.rows_since(&before), counts(&[("follow_up", 2, 0)]));
    assert_eq!(alone.lists, whole.lists);
    let errors = csv(&group.path().join("output/data/findings.csv"));
    let own = errors.iter().filter(|row| row["workbook"].ends_with("清单.xlsx") && row["severity"] != "notice");
    assert_eq!(own.count(), 0);
}

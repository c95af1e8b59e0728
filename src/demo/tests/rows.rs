use super::{catalog, prepared, small};
use crate::{
    catalog::{Catalog, CellType, SheetDef},
    demo::{
        DemoOptions,
        clerks::Form,
        sheets::{Cell, Kind, Row},
        world::Level,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// The rules of the trade once more, over rows, written without the check stage.
fn broken_rules(kind: Kind, def: &SheetDef, row: &Row) -> Vec<&'static str> {
    let cell = |field: &str| def.field(field).map_or(&Cell::Empty, |i| &row.cells[i]);
    let has = |field: &str| *cell(field) != Cell::Empty;
    let at = |field: &str| cell(field).minute();
    let before = |early: &str, late: &str| at(early).zip(at(late)).is_some_and(|(early, late)| late < early);
    let level = |level: Level| *cell("level") == Cell::Level(level);
    let text = |field: &str, word: &str| *cell(field) == Cell::Text(word.to_owned());
    let judged = match kind {
        Kind::Prospect => vec![
            ("R101", level(Level::D) && !has("delivered_at")),
            ("R102", level(Level::O) && !has("ordered_at")),
            ("R103", level(Level::T) && !has("cancelled_at")),
            ("R104", (has("defeated_at") || text("status", "战败")) && !has("defeat_reason")),
            (
                "R105",
                level(Level::H)
                    && match (cell("expected_purchase_on"), at("level_at")) {
                        (Cell::Day(day), Some(since)) => (*day - since.date()).num_days() > 7,
                        _ => false,
                    },
            ),
            ("R106", before("first_contact_at", "test_drive_at")),
            ("R107", before("ordered_at", "delivered_at")),
            ("R109", level(Level::O) && has("delivered_at")),
            ("R113", has("referrer_phone") && cell("referrer_phone") == cell("phone")),
        ],
        Kind::FollowUp => vec![
            ("R201", !has("due_on") && !has("done_at")),
            ("R202", has("done_at") && !has("connected")),
            ("R203", has("done_at") && !has("result")),
            ("R204", text("satisfaction", "不满意") && !has("complaint_no")),
        ],
        Kind::Complaint => vec![
            ("R301", before("accepted_at", "responded_at")),
            ("R302", before("accepted_at", "planned_at")),
            ("R303", before("responded_at", "closed_at")),
        ],
        Kind::Order => vec![
            ("R401", before("ordered_at", "delivered_at")),
            ("R402", has("delivered_at") && !has("vin")),
            ("R403", has("referrer_phone") && cell("referrer_phone") == cell("phone")),
        ],
        Kind::Visit => vec![("R501", before("in_at", "out_at"))],
    };
    let mut broken: Vec<&'static str> =
        judged.into_iter().filter(|(_, broken)| *broken).map(|(code, _)| code).collect();
    let filled = |(column, cell): (&crate::catalog::ColumnDef, &Cell)| column.required && *cell == Cell::Empty;
    broken.extend(def.columns.iter().zip(&row.cells).any(filled).then_some("C007"));
    broken
}

#[test]
fn rows_break_the_planted_rules_and_no_others() {
    let catalog = catalog();
    for (plan, prepared) in prepared(&DemoOptions::default(), &catalog) {
        for book in &prepared.books {
            for (kind, rows) in &book.sheets {
                let def = catalog.sheet(kind.id()).expect("ours");
                for row in rows {
                    let broken = broken_rules(*kind, def, row);
                    let planted: Vec<&str> = row.mistake.iter().map(|mark| mark.code).collect();
                    let judged = broken.iter().all(|code| planted.contains(code));
                    assert!(judged, "{} {} {kind:?}: {broken:?}, planted {planted:?}", plan.id, book.path);
                    let ours = planted.iter().filter(|code| {
                        code.starts_with('R') && !["R110", "R111", "R112", "R205", "R502", "R503"].contains(code)
                    });
                    assert!(
                        ours.into_iter().all(|code| broken.contains(code)),
                        "{planted:?} was planted and breaks nothing"
                    );
                }
            }
        }
    }
}

/// A mistake in a row that a newer workbook holds again would be reported there, or not at all.
#[test]
fn mistakes_stand_in_the_newest_copy() {
    for (plan, prepared) in prepared(&DemoOptions::default(), &catalog()) {
        let mut last: BTreeMap<(Kind, usize), usize> = BTreeMap::new();
        for (b, book) in prepared.books.iter().enumerate() {
            for (kind, rows) in &book.sheets {
                last.extend(rows.iter().map(|row| ((*kind, row.about), b)));
            }
        }
        for (b, book) in prepared.books.iter().enumerate() {
            for (kind, rows) in &book.sheets {
                for row in rows.iter().filter(|row| row.mistake.is_some()) {
                    assert_eq!(last[&(*kind, row.about)], b, "{} {:?}", plan.id, row.mistake);
                    assert!(!book.csv && book.form != Form::Opening);
                }
            }
        }
    }
}

/// Weekly workbooks repeat every open row of the one before, closed or open, but for those planted as missing.
#[test]
fn no_open_row_vanishes() {
    for options in [DemoOptions::default(), DemoOptions { stores: 3, seed: 11, ..small() }] {
        for (plan, prepared) in prepared(&options, &catalog()) {
            for kind in [Kind::Prospect, Kind::Complaint] {
                let mut open: BTreeMap<usize, bool> = BTreeMap::new();
                for book in prepared.books.iter().filter(|book| !book.csv) {
                    let rows: Vec<&Row> =
                        book.sheets.iter().filter(|(own, _)| *own == kind).flat_map(|(_, rows)| rows).collect();
                    let held: BTreeSet<usize> = rows.iter().map(|row| row.about).collect();
                    for (about, planted) in &open {
                        assert!(*planted || held.contains(about), "{} {} {kind:?} {about}", plan.id, book.path);
                    }
                    let vanishes = |row: &Row| row.mistake.is_some_and(|mark| mark.code == "S003");
                    open = rows.iter().filter(|row| row.open).map(|row| (row.about, vanishes(row))).collect();
                }
            }
        }
    }
}

/// One key, one row in a sheet; one phone, one open prospect in a store.
#[test]
fn keys_and_open_phones_are_unique_but_for_planted_ones() {
    let catalog = catalog();
    for (plan, prepared) in prepared(&DemoOptions::default(), &catalog) {
        for book in &prepared.books {
            for (kind, rows) in &book.sheets {
                let def = catalog.sheet(kind.id()).expect("ours");
                let mut seen: BTreeMap<String, &Row> = BTreeMap::new();
                for row in rows.iter().filter(|row| row.mistake.is_none_or(|mark| mark.code != "S004")) {
                    let key = format!("{:?}", row.cells[def.keys[0][0]]);
                    if let Some(other) = seen.insert(key, row) {
                        assert!(other.cells == row.cells && prepared.habits.repeats_rows, "{} {}", plan.id, book.path);
                    }
                }
                if *kind == Kind::Prospect {
                    let phone = def.field("phone").expect("ours");
                    let mut phones = BTreeSet::new();
                    for row in rows.iter().filter(|row| row.open && row.mistake.is_none_or(|mark| mark.code != "R110"))
                    {
                        assert!(phones.insert(format!("{:?}", row.cells[phone])), "{} {}", plan.id, book.path);
                    }
                }
            }
        }
    }
}

/// Every title a clerk uses means exactly its column, and no sheet uses one twice.
#[test]
fn titles_are_known_and_mean_one_column() {
    let catalog: Catalog = catalog();
    let t2s = ferrous_opencc::OpenCC::from_config(ferrous_opencc::config::BuiltinConfig::T2s).expect("built in");
    for (plan, prepared) in prepared(&small(), &catalog) {
        let forms = prepared.headings.iter().flat_map(|form| Kind::ALL.into_iter().zip(form));
        for (kind, headings) in forms {
            let def = catalog.sheet(kind.id()).expect("ours");
            let mut titles = BTreeSet::new();
            for heading in headings {
                assert!(titles.insert(&heading.title), "{} {kind:?} twice {}", plan.id, heading.title);
                let plain = t2s.convert(&heading.title.replace(['*', ' '], "").replace("(必填)", ""));
                let means: Vec<usize> = def
                    .columns
                    .iter()
                    .enumerate()
                    .filter(|(_, column)| column.title.zh == plain || column.synonyms.contains(&plain))
                    .map(|(i, _)| i)
                    .collect();
                match heading.field {
                    // A text that is one column's title never means another.
                    Some(field) if def.columns[field].title.zh == plain => {}
                    Some(field) => assert_eq!(means, [field], "{} {kind:?} {}", plan.id, heading.title),
                    None => assert!(means.is_empty(), "{} {kind:?} {}", plan.id, heading.title),
                }
            }
            let shown = |i: usize| headings.iter().any(|heading| heading.field == Some(i));
            let needed = def.columns.iter().enumerate().filter(|(_, column)| column.required);
            assert!(needed.into_iter().all(|(i, _)| shown(i)), "{} {kind:?} lacks a required column", plan.id);
            assert!(def.columns.iter().any(|column| column.cell == CellType::Instant));
        }
    }
}

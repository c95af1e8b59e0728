//! What headquarters stumbled over on pages and in packs, and no other file here holds: places over a handful of rows,
//! figures of weeks without a word, zero below zero, formulas in SQL, late where nothing was due.

use crate::{
    figures::lines,
    foursight::{built_sample, csv, tree},
};
use calamine::{Data, Reader, Xlsx};
use foursight::{
    catalog::{Catalog, Kpi},
    model::Grain,
};
use std::collections::BTreeMap;

fn catalog() -> Catalog {
    Catalog::load(None).expect("definitions").0
}

fn page(path: &str) -> Option<String> {
    std::fs::read_to_string(built_sample().join("output/site").join(path)).ok()
}

#[test]
fn a_share_of_a_handful_of_rows_has_no_place_on_any_page() {
    let (mut thin, mut placed) = (0, 0);
    // The rows of each KPI and store.
    let published: BTreeMap<(String, String), f64> = csv(&built_sample().join("output/data/kpi.csv"))
        .into_iter()
        .filter(|row| row["scope"] == "store" && row["period"] == "2026-11")
        .map(|row| ((row["kpi"].clone(), row["scope_id"].clone()), row["denominator"].parse().unwrap_or_default()))
        .collect();
    for kpi in catalog().kpis.iter().filter(|kpi| kpi.unit.is_share() && kpi.grains.contains(&Grain::Month)) {
        let Some(html) = page(&format!("kpi/{}.html", kpi.id)) else { continue };
        for (_, cells) in lines(&kpi.id, &html, "stores") {
            // Name, region, brand, place.
            let link = html.split("<a ").find(|link| link.contains(&format!(">{}</a>", cells[0]))).expect("its link");
            let store = link.split("stores/").nth(1).and_then(|rest| rest.split('/').next()).expect("a store");
            let rows = published[&(kpi.id.to_string(), store.to_owned())];
            let place = cells[3].parse::<usize>().is_ok();
            assert!(!place || rows >= 10.0, "{}: {} is {} over {rows} rows", kpi.id, cells[0], cells[3]);
            thin += usize::from(rows > 0.0 && rows < 10.0);
            placed += usize::from(place);
        }
    }
    assert!(thin > 10 && placed > 50, "{thin} thin, {placed} with a place");
}

#[test]
fn a_figure_of_weeks_says_so_wherever_it_stands() {
    let weekly = |kpi: &&Kpi| &*kpi.time == "week" && kpi.kind.of_others().is_empty();
    let catalog = catalog();
    let mut pages = 0;
    for kpi in catalog.kpis.iter().filter(weekly) {
        for path in [
            format!("kpi/{}.html", kpi.id),
            format!("kpi/month/{}.html", kpi.id),
            format!("stores/S01/kpi-{}.html", kpi.id),
        ] {
            let Some(html) = page(&path) else { continue };
            let head = &html[..html.find("</h1>").expect("a heading")];
            assert!(head.contains("星期四"), "{path} says to which month a week counts");
            pages += 1;
        }
    }
    assert!(pages >= 4, "{pages}");
}

#[test]
fn nothing_is_less_than_zero_by_nothing() {
    // `−0`, `-0.0个百分点`, `−0.00%`: a minus before nothing but zeros.
    fn below_zero(text: &str) -> Option<&str> {
        text.match_indices(['−', '-']).find_map(|(at, minus)| {
            let rest = &text[at + minus.len()..];
            let alone = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '.');
            let digits = &rest[..rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len())];
            let nothing = digits.starts_with('0') && digits.chars().all(|c| matches!(c, '0' | '.'));
            let follows = rest[digits.len()..].starts_with(['-', '/', ':']);
            (alone && nothing && !follows).then_some(&text[at..at + minus.len() + digits.len()])
        })
    }
    assert_eq!(
        ["−0.0个百分点", "到 -0", "−0.5", "W47-01", "2026-10-00", "0-0"].map(|text| below_zero(text).is_some()),
        [true, true, false, false, false, false]
    );
    let output = built_sample().join("output");
    for (name, bytes) in tree(&output.join("site")).into_iter().filter(|(name, _)| name.ends_with(".html")) {
        let html = String::from_utf8(bytes).expect("UTF-8");
        for part in html.split('<') {
            let text = part.split_once('>').map_or("", |(_, text)| text);
            assert_eq!(below_zero(text), None, "{name}: {text}");
        }
    }
    let mut cells = 0;
    for (name, bytes) in tree(&output.join("workbooks")).into_iter().filter(|(name, _)| name.ends_with(".xlsx")) {
        let mut book = Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
        for sheet in book.sheet_names() {
            let range = book.worksheet_range(&sheet).expect("a sheet");
            for (_, _, cell) in range.used_cells() {
                cells += 1;
                match cell {
                    Data::String(text) => assert_eq!(below_zero(text), None, "{name} {sheet}: {text}"),
                    Data::Float(number) => assert!(*number != 0.0 || number.is_sign_positive(), "{name} {sheet}"),
                    _ => {}
                }
            }
        }
    }
    assert!(cells > 10_000, "{cells}");
}

#[test]
fn a_formula_is_told_in_words_before_its_sql() {
    for kpi in &catalog().kpis {
        let html = page(&format!("kpi/{}.html", kpi.id)).expect("a page");
        let from = html.find("id=\"definition\"").expect("its definition");
        let definition = &html[from..];
        let in_view: String = definition
            .split("<details")
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once("</details>").map_or("", |(_, rest)| rest) })
            .collect();
        assert!(in_view.contains(crate::foursight::text_of(&format!("<i>{}", kpi.meaning.zh)).trim()), "{}", kpi.id);
        for sql in [" AND ", " and ", "CASE WHEN", "case when", "IS NOT NULL", "is not null"] {
            assert!(!in_view.contains(&format!("<code>{sql}")) && !in_view.contains(sql), "{}: {sql}", kpi.id);
        }
    }
}

#[test]
fn nothing_is_late_that_was_not_due() {
    let lines = csv(&built_sample().join("output/data/submissions.csv"));
    let late =
        |expected: &str| lines.iter().filter(|line| line["expected"] == expected && line["on_time"] == "0").count();
    // What came late and was not asked for is on record, and no page calls it late.
    assert!(late("0") > 100 && late("1") > 0, "{} and {}", late("0"), late("1"));
    let html = page("submissions.html").expect("the board");
    let shown = |state: &str| html.matches(&format!("<td class=\"b {state}\"")).count();
    assert!(shown("late") <= late("1"), "{} of {}", shown("late"), late("1"));
    assert!(shown("extra") > 10 && shown("late") > 0, "{} and {}", shown("extra"), shown("late"));
}

#[test]
fn site_and_pack_open_with_the_same_month() {
    let html = page("index.html").expect("the first page");
    let month = "2026年11月";
    assert!(html.contains(month) && !html[..html.find("</h1>").expect("a heading")].contains("2026年10月"));
    let books = tree(&built_sample().join("output/workbooks"));
    let (name, bytes) = books.iter().find(|(name, _)| name.starts_with("group-")).expect("the group's pack");
    let mut book = Xlsx::new(std::io::Cursor::new(bytes.clone())).expect("a workbook");
    let first = book.sheet_names()[0].clone();
    let cover = book.worksheet_range(&first).expect("its cover");
    let says = cover.used_cells().any(|(_, _, cell)| cell.to_string().contains(month));
    assert!(says, "{name} {first}");
}

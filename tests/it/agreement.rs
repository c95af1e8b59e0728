//! A store's figure, status and place say the same on its page, in its pack and in `kpi.csv`: for every KPI and store of
//! the sample, in the month that the site and the packs open with.

use crate::foursight::{built_sample, csv};
use calamine::{Data, Reader, Xlsx};
use foursight::catalog::{Catalog, Direction, Kpi};
use std::{collections::BTreeMap, fs, path::Path};

/// One line of a store's table of KPIs.
#[derive(Debug, Default)]
struct Line {
    value: String,
    /// The status in words, and what else the page says of it.
    status: String,
    place: String,
}

/// The lines of a store's page by KPI id: the cells under the month's title and under 排名.
fn page_lines(html: &str, month: &str) -> BTreeMap<String, Line> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(html.trim_start_matches("<!DOCTYPE html>"));
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let (mut titles, mut cells, mut kpi): (Vec<String>, Vec<(String, String)>, String) = Default::default();
    let (mut text, mut title, mut hidden) = (String::new(), String::new(), 0);
    let mut inside = "";
    loop {
        match reader.read_event().expect("the page is well-formed") {
            Event::Start(tag) => {
                let attribute = |name: &str| {
                    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name);
                    found.map(|attribute| attribute.value.to_string()).unwrap_or_default()
                };
                match tag.name().as_ref() {
                    "thead" => titles.clear(),
                    "tr" => (cells, kpi) = Default::default(),
                    "th" | "td" => {
                        inside = if attribute("scope") == "col" { "title" } else { "cell" };
                        (text, title) = Default::default();
                    }
                    // What only screen readers get repeats the status.
                    "span" if attribute("class") == "sr" || hidden > 0 => hidden += 1,
                    _ => {}
                }
                if inside == "cell" && !attribute("title").is_empty() {
                    title = attribute("title");
                }
                let href = attribute("href");
                if inside == "cell" && cells.is_empty() && !href.contains('#') {
                    let file = href.rsplit('/').next().unwrap_or_default();
                    kpi = file.trim_start_matches("kpi-").trim_end_matches(".html").to_owned();
                }
            }
            Event::Text(more) if hidden == 0 => text.push_str(&more),
            Event::End(tag) => match tag.name().as_ref() {
                "span" if hidden > 0 => hidden -= 1,
                "th" | "td" if inside == "title" => titles.push(text.trim().to_owned()),
                "th" | "td" => cells.push((text.trim().to_owned(), title.clone())),
                "tr" if !kpi.is_empty() => {
                    let at = |wanted: &str| titles.iter().position(|title| title == wanted);
                    if let (Some(value), Some(place)) = (at(month), at("排名")) {
                        let (value, status) = cells[value].clone();
                        lines.insert(kpi.clone(), Line { value, status, place: cells[place].0.clone() });
                    }
                }
                _ => {}
            },
            Event::Eof => return lines,
            _ => {}
        }
    }
}

/// The lines of a store's pack by the KPI's title.
fn pack_lines(path: &Path, month: &str) -> BTreeMap<String, BTreeMap<String, Data>> {
    let mut book: Xlsx<_> = calamine::open_workbook(path).expect("a pack");
    let range = book.worksheet_range("指标").expect("its KPIs");
    let rows: Vec<&[Data]> = range.rows().collect();
    let top = rows.iter().position(|row| row.iter().any(|cell| *cell == "分子")).expect("a header");
    let titles: Vec<String> = rows[top].iter().map(ToString::to_string).collect();
    assert!(titles.iter().any(|title| title == month), "{titles:?}");
    rows[top + 1..]
        .iter()
        .map(|row| {
            let line: BTreeMap<String, Data> = titles.iter().cloned().zip(row.iter().cloned()).collect();
            (line["指标"].to_string().trim_end_matches(" ↓").to_owned(), line)
        })
        .collect()
}

/// Whether a text such as `✗ 96.4%`, `12.3 万元`, `1,234` is a number, rounded as it is written.
fn says(text: &str, number: f64) -> bool {
    let text = text.trim_start_matches(['✓', '✗', '?', ' ']);
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || ".,−".contains(*c)).collect();
    let unit = text[digits.len()..].trim();
    let scale = match unit.chars().next() {
        Some('%') => 0.01,
        Some('万') => 1e4,
        Some('亿') => 1e8,
        _ => 1.0,
    };
    let decimals = digits.split_once('.').map_or(0, |(_, rest)| rest.len());
    let Ok(written) = digits.replace(',', "").replace('−', "-").parse::<f64>() else { return false };
    // The second decimal of a share that is nearly all is cut, not rounded.
    let ulp = 10f64.powi(-i32::try_from(decimals).expect("few digits"));
    (written - number / scale).abs() < ulp * if decimals == 2 { 1.0 } else { 0.501 } + 1e-9
}

/// The stores' places out of `kpi.csv`: those with a value, of shares over ten rows or more; equal values share one.
fn places(kpi: &Kpi, lines: &[&BTreeMap<String, String>]) -> BTreeMap<String, String> {
    let number = |line: &BTreeMap<String, String>, name: &str| line[name].parse::<f64>().ok();
    let ranked: Vec<(&str, f64)> = lines
        .iter()
        .filter(|line| line["status"] != "no_data")
        .filter(|line| !kpi.unit.is_share() || number(line, "denominator").is_some_and(|rows| rows >= 10.0))
        .filter_map(|line| {
            // `value` is rounded to six places; the quotient is not.
            let value = match number(line, "denominator") {
                Some(0.0) => return None,
                Some(rows) => number(line, "numerator")? / rows,
                None => number(line, "numerator")?,
            };
            Some((&*line["scope_id"], value))
        })
        .collect();
    let better = |a: f64, b: f64| if kpi.direction == Direction::Up { a > b } else { a < b };
    let place = |own: f64| ranked.iter().filter(|(_, other)| better(*other, own)).count() + 1;
    let all = ranked.iter().filter(|_| ranked.len() > 1);
    all.map(|(store, own)| ((*store).to_owned(), format!("第 {} / {} 名", place(*own), ranked.len()))).collect()
}

#[test]
fn page_pack_and_csv_say_the_same_of_every_kpi_and_store() {
    let output = built_sample().join("output");
    let (catalog, _) = Catalog::load(None).expect("our definitions");
    let packs = fs::read_dir(output.join("workbooks")).expect("packs").map(|entry| entry.expect("an entry").path());
    let group = packs.filter(|path| path.is_file()).min().expect("a group pack");
    let period = group.file_stem().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix("group-"));
    let period = period.expect("a month in its name").to_owned();
    let (year, number) = period.split_once('-').expect("year and month");
    let month = format!("{year}年{}月", number.trim_start_matches('0'));

    let all = csv(&output.join("data/kpi.csv"));
    let month_lines: Vec<_> = all.iter().filter(|line| line["scope"] == "store" && line["period"] == period).collect();
    let stores: std::collections::BTreeSet<&str> = month_lines.iter().map(|line| &*line["scope_id"]).collect();
    assert!(stores.len() > 1, "{stores:?}");
    let (mut figures, mut ranks) = (0, 0);
    for store in stores {
        let html = fs::read_to_string(output.join(format!("site/stores/{store}/index.html"))).expect("a page");
        let page = page_lines(&html, &month);
        let pack = pack_lines(&output.join(format!("workbooks/stores/{store}.xlsx")), &month);
        for kpi in &catalog.kpis {
            let of_kpi: Vec<_> = month_lines.iter().copied().filter(|line| line["kpi"] == *kpi.id).collect();
            let line = of_kpi.iter().find(|line| line["scope_id"] == store);
            // What a store has nothing of has no line on its page.
            let nothing = || {
                all.iter()
                    .all(|line| line["kpi"] != *kpi.id || line["scope_id"] != *store || line["status"] == "no_data")
            };
            let Some(on_page) = page.get(&*kpi.id) else {
                assert!(nothing(), "{store} {} is not on its page", kpi.id);
                continue;
            };
            let in_pack = &pack[&kpi.title.zh];
            let place = places(kpi, &of_kpi).remove(store).unwrap_or_default();
            let told = format!("{store} {}: page {on_page:?}, pack {in_pack:?}, csv {line:?}, place {place:?}", kpi.id);
            assert_eq!(on_page.place.trim_matches('–'), place, "{told}");
            assert_eq!(in_pack["排名"].to_string(), place, "{told}");
            ranks += usize::from(!place.is_empty());
            let (status, word) = match line.map_or("no_data", |line| &*line["status"]) {
                "met" => ("✓ 达标", "达标"),
                "missed" => ("✗ 未达标", "未达标"),
                "no_target" => ("无目标", "无目标"),
                "not_measurable" => ("不可算", "不可算"),
                "no_data" => ("无数据", "无数据"),
                other => panic!("{other}"),
            };
            assert_eq!(in_pack["状态"].to_string(), status, "{told}");
            assert_eq!(on_page.status.split(" · ").next(), Some(word), "{told}");
            let Some(line) = line.filter(|line| !matches!(&*line["status"], "no_data" | "not_measurable")) else {
                assert_eq!((&*on_page.value, in_pack[&month].to_string().as_str()), (word, word), "{told}");
                continue;
            };
            let value: f64 = line["value"].parse().expect("a value");
            assert!(says(&on_page.value, value), "{told}");
            let Data::Float(number) = in_pack[&month] else { panic!("{told}") };
            assert!((number - value).abs() <= 5e-7 * value.abs().max(1.0), "{told}");
            for (title, column) in [("分子", "numerator"), ("分母", "denominator"), ("不计入", "excluded")] {
                assert_eq!(in_pack[title].to_string(), line[column], "{told}");
            }
            figures += 1;
        }
    }
    assert!(figures > 100 && ranks > 100, "{figures} figures, {ranks} places");
}

//! Every figure on every page leads to where it stands with what it is made of: the place that it leads to shows the same
//! figure, and what stands there adds up to it.

use crate::{
    foursight::{built_sample, csv, tree},
    links::{resolve, unescaped},
};
use quick_xml::{Reader, events::Event};
use std::collections::{BTreeMap, BTreeSet};

/// A figure on a page, and the place it leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Figure {
    text: String,
    /// Page and anchor.
    leads_to: (String, String),
}

/// The page that a link of a page leads to.
fn target(from: &str, path: &str) -> String {
    if path.is_empty() { from.to_owned() } else { resolve(from, &unescaped(path)) }
}

fn reader(html: &str) -> Reader<&[u8]> {
    Reader::from_str(html.trim_start_matches("<!DOCTYPE html>").trim_start())
}

/// What a tag says: its name, and an attribute.
fn attribute(tag: &quick_xml::events::BytesStart<'_>, wanted: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == wanted);
    found.map(|attribute| attribute.value.replace("&amp;", "&"))
}

/// The figures of a page. What stands beside a number for those who do not see it is not part of it.
fn figures(name: &str, html: &str) -> Vec<Figure> {
    let mut reader = reader(html);
    let (mut found, mut link, mut aside, mut text) = (Vec::new(), None, 0, String::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
            Event::Start(tag) => {
                let class = attribute(&tag, "class").unwrap_or_default();
                if tag.name().as_ref() == "a" && class.split(' ').any(|class| class == "fig") {
                    link = attribute(&tag, "href");
                    text.clear();
                } else if link.is_some() {
                    aside += usize::from(aside > 0 || tag.name().as_ref() == "i" || class == "sr");
                }
            }
            Event::End(tag) => {
                if tag.name().as_ref() == "a"
                    && let Some(href) = link.take()
                {
                    let (path, anchor) = href.split_once('#').unwrap_or((&href, ""));
                    let leads_to = (target(name, path), unescaped(anchor));
                    found.push(Figure { text: text.trim().to_owned(), leads_to });
                }
                aside = aside.saturating_sub(1);
            }
            Event::Text(part) if link.is_some() && aside == 0 => text.push_str(&part),
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// The texts of a page, and of each place on it that has an anchor: a heading stands for its section.
fn places(name: &str, html: &str) -> (BTreeSet<String>, BTreeMap<String, BTreeSet<String>>) {
    let mut reader = reader(html);
    let (mut all, mut by_anchor) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<String>>::new());
    // Of each open element: the anchors whose texts are within it.
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
            Event::Start(tag) => {
                let kind = tag.name().as_ref().to_owned();
                let id = attribute(&tag, "id");
                open.push((kind.clone(), Vec::new()));
                if let Some(id) = id {
                    let heading = matches!(kind.as_str(), "h2" | "h3");
                    let section = open.iter_mut().rev().find(|(kind, _)| !heading || kind == "section");
                    if let Some((_, anchors)) = section {
                        anchors.push(id);
                    }
                }
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) => {
                let text = text.trim();
                if !text.is_empty() {
                    all.insert(text.to_owned());
                    for anchor in open.iter().flat_map(|(_, anchors)| anchors) {
                        by_anchor.entry(anchor.clone()).or_default().insert(text.to_owned());
                    }
                }
            }
            Event::Eof => return (all, by_anchor),
            _ => {}
        }
    }
}

#[test]
#[ignore = "not seen passing yet: run with --ignored"]
fn every_figure_leads_to_where_it_stands_with_what_it_is_made_of() {
    let files = tree(&built_sample().join("output/site"));
    let html = |name: &str| std::str::from_utf8(&files[name]).expect("UTF-8");
    let pages: Vec<&String> = files.keys().filter(|name| name.ends_with(".html")).collect();
    let mut by_target: BTreeMap<String, BTreeSet<(Figure, &str)>> = BTreeMap::new();
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    for name in &pages {
        for figure in figures(name, html(name)) {
            kinds.insert(name.split('/').next().unwrap_or_default());
            by_target.entry(figure.leads_to.0.clone()).or_default().insert((figure, name));
        }
    }
    for kind in ["index.html", "week.html", "quarter.html", "year.html", "regions", "brands", "topics", "stores", "kpi"]
    {
        assert!(kinds.contains(kind), "no figure on {kind}: {kinds:?}");
    }
    let (mut wrong, mut followed) = (BTreeMap::new(), 0);
    for (target, led) in &by_target {
        let (all, by_anchor) = places(target, html(target));
        for (figure, from) in led {
            let anchor = &figure.leads_to.1;
            let here = if anchor.is_empty() { Some(&all) } else { by_anchor.get(anchor) };
            // A move is held against the month that it leads to, and what stands in the middle of several against all of them.
            let is_move = figure.text.starts_with(['▲', '▼', '●', '+', '−', '±']);
            let stands = figure.text.split(" / ").all(|part| here.is_some_and(|here| here.contains(part)));
            // A target leads to the definition, which says where targets come from.
            let is_target = anchor == "definition";
            followed += 1;
            if !is_move && !is_target && !stands {
                let kind = |name: &str| name.split(['/', '-', '.']).next().unwrap_or_default().to_owned();
                let example = format!("{from}: {} at {target}#{anchor}", figure.text);
                wrong.entry((kind(from), kind(target), kind(anchor))).or_insert((0, example)).0 += 1;
            }
        }
    }
    assert!(followed > 10_000, "{followed}");
    assert!(wrong.is_empty(), "of {followed} figures these are not where they lead: {wrong:#?}");
}

/// The cells of the rows of a table under a heading, by the row's anchor or first cell.
fn lines(name: &str, html: &str, section: &str) -> Vec<(String, Vec<String>)> {
    let start = html.find(&format!("id=\"{section}\"")).unwrap_or_else(|| panic!("{name} has no {section}"));
    let table = &html[start..];
    let table = &table[..table.find("</table>").expect("a table")];
    let body = &table[table.find("<tbody>").expect("rows")..];
    let row = |row: &str| {
        let anchor = row.split_once("id=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(id, _)| id.to_owned());
        let row = row.split_once('>')?.1;
        let cells: Vec<String> = row
            .split("<t")
            .skip(1)
            .map(|cell| crate::foursight::text_of(&format!("<t{}", cell.replace("<i aria-hidden=\"true\">", "<i>"))))
            .map(|text| text.trim().trim_start_matches(['✓', '✗']).to_owned())
            .collect();
        Some((anchor.unwrap_or_else(|| cells.first().cloned().unwrap_or_default()), cells))
    };
    body.split("<tr").skip(1).filter_map(row).collect()
}

/// `1,234.5` in ten-thousandths.
fn number(text: &str) -> i64 {
    let text = text.replace(',', "").replace('−', "-");
    (text.parse::<f64>().unwrap_or_default() * 10_000.0).round() as i64
}

#[test]
fn regions_and_brands_are_the_sums_of_their_stores_on_the_page_that_they_lead_to() {
    let output = built_sample().join("output");
    let additive: BTreeSet<String> = {
        let (catalog, _) = foursight::catalog::Catalog::load(None).expect("definitions");
        catalog.kpis.iter().filter(|kpi| kpi.kind.is_additive()).map(|kpi| kpi.id.to_string()).collect()
    };
    let mut compared = 0;
    for grain in ["week", "month", "quarter", "year"] {
        for kpi in &additive {
            let path = output.join(format!("site/kpi/{grain}/{kpi}.html"));
            let Ok(html) = std::fs::read_to_string(&path) else { continue };
            // Name, region, brand, value, numerator, denominator, excluded.
            let stores = lines(kpi, &html, "stores");
            for (anchor, area) in lines(kpi, &html, "areas") {
                let member = |store: &[String]| match anchor.split_once('-').map(|(scope, _)| scope) {
                    Some("region") => store[1] == area[1],
                    Some("brand") => store[2] == area[2],
                    _ => true,
                };
                let own: Vec<&Vec<String>> =
                    stores.iter().map(|(_, cells)| cells).filter(|cells| member(cells)).collect();
                assert!(!own.is_empty(), "{kpi} {grain} {anchor}");
                for column in 4..7 {
                    let sum: i64 = own.iter().map(|store| number(&store[column])).sum();
                    assert_eq!(number(&area[column]), sum, "{kpi} by {grain}, {anchor}, column {column}");
                    compared += usize::from(sum != 0);
                }
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
#[ignore = "not seen passing yet: run with --ignored"]
fn a_week_is_made_of_the_rows_that_it_leads_to() {
    let output = built_sample().join("output");
    let published: BTreeMap<(String, String, String), [String; 3]> = csv(&output.join("data/kpi.csv"))
        .into_iter()
        .filter(|row| row["scope"] == "store")
        .map(|row| {
            let parts = ["numerator", "denominator", "excluded"].map(|column| row[column].clone());
            ((row["kpi"].clone(), row["scope_id"].clone(), row["period"].clone()), parts)
        })
        .collect();
    let site = tree(&output.join("site"));
    let (mut weeks, mut rows) = (0, 0);
    for (name, bytes) in &site {
        let Some((store, page)) = name.strip_prefix("stores/").and_then(|rest| rest.split_once("/kpi-")) else {
            continue;
        };
        let Some(kpi) = page.strip_suffix(".html").filter(|kpi| !kpi.contains(['-', '.'])) else { continue };
        let html = std::str::from_utf8(bytes).expect("UTF-8");
        if !html.contains("id=\"periods\"") {
            continue;
        }
        for (period, cells) in lines(name, html, "periods") {
            let own = &published[&(kpi.to_owned(), store.to_owned(), period.clone())];
            let shown = [2, 3, 4].map(|at| number(&cells[at]));
            assert_eq!(shown, own.each_ref().map(|text| number(text)), "{name} {period}");
            // `已完成 12 · 11月`: as many rows as were judged and as could not be.
            let counts: i64 =
                cells[5].split(" · ").filter_map(|part| part.rsplit(' ').next()?.parse::<i64>().ok()).sum();
            if period.contains('W') {
                weeks += 1;
                let of_rows = crate::figures::counts_rows(kpi);
                if of_rows {
                    assert_eq!(counts * 10_000, shown[1] + shown[2], "{name} {period}: {}", cells[5]);
                    rows += counts;
                }
            }
        }
    }
    assert!(weeks > 500 && rows > 1000, "{weeks} weeks, {rows} rows");
}

/// Whether each row of a KPI adds one to its denominator.
fn counts_rows(kpi: &str) -> bool {
    static COUNTING: std::sync::OnceLock<BTreeSet<String>> = std::sync::OnceLock::new();
    let counting = COUNTING.get_or_init(|| {
        let (catalog, _) = foursight::catalog::Catalog::load(None).expect("definitions");
        let ones = catalog.kpis.iter().filter(|kpi| kpi.kind.of_others().is_empty());
        let ones = ones.filter(|kpi| kpi.denominator.as_ref().is_some_and(|sum| sum.sql.trim() == "1"));
        ones.map(|kpi| kpi.id.to_string()).collect()
    });
    counting.contains(kpi)
}

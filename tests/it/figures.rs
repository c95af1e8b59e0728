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

/// What stands at a place of a page.
#[derive(Debug, Default)]
struct Place {
    texts: BTreeSet<String>,
    /// The rows of its tables, each with the texts of its cells.
    rows: Vec<Vec<String>>,
}

impl Place {
    /// Takes what a further part of the same page has there.
    fn take(&mut self, other: Place) {
        self.texts.extend(other.texts);
        self.rows.extend(other.rows);
    }

    /// The same; a single row stands for all on its page that have a cell with the same text.
    fn comes_to_in(&self, page: &Place) -> BTreeSet<i64> {
        let [row] = &self.rows[..] else { return self.comes_to() };
        let alike = |column: usize| {
            let rows = page.rows.iter().filter(|other| other.get(column) == row.get(column)).cloned().collect();
            Place { rows, ..Place::default() }.comes_to()
        };
        (0..row.len()).flat_map(alike).collect()
    }

    /// What its rows come to: how many they are, the sum of each column, its greatest number, and how many are above zero;
    /// of all rows, and of those that have the same text in another column, whose number in the middle is one as well.
    fn comes_to(&self) -> BTreeSet<i64> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        // Beside all rows those that have a place, which stands in the fourth column: only of these is there a middle.
        let placed: Vec<_> =
            self.rows.iter().filter(|row| row.get(3).is_some_and(|text| leading_number(text).is_some())).collect();
        let mut all = vec![(true, self.rows.iter().collect::<Vec<_>>()), (false, placed.clone())];
        let mut found = BTreeSet::new();
        // `2–5, 9` says of five rows where they are.
        for column in 0..columns {
            for rows in [&self.rows.iter().collect(), &placed] {
                let mut alike: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
                for row in rows {
                    alike.entry(row.get(column).map_or("", String::as_str)).or_default().push(row);
                }
                all.extend(alike.into_values().map(|rows| (false, rows)));
            }
        }
        let mut shares = Vec::new();
        for (whole, rows) in all {
            found.insert(rows.len() as i64 * ONE);
            let counted =
                |column: usize| rows.iter().map(|row| row.get(column).map_or(0, |text| rows_named(text))).sum::<i64>();
            let counted: Vec<i64> = (0..columns).map(counted).collect();
            found.extend(
                counted.iter().flat_map(|all| counted.iter().flat_map(move |part| [all * ONE, (all - part) * ONE])),
            );
            // Of all rows those that are in neither of two others, in percent: what is neither kept out nor doubted.
            for all in counted.iter().filter(|all| **all > 0) {
                for one in &counted {
                    found.extend(counted.iter().map(|other| (all - one - other) * 100 * ONE / all));
                }
            }
            for column in 0..columns {
                let mut numbers: Vec<i64> = rows.iter().filter_map(|row| leading_number(row.get(column)?)).collect();
                numbers.sort_unstable();
                let (Some(greatest), sum) = (numbers.last(), numbers.iter().sum::<i64>()) else { continue };
                found.extend([sum, *greatest, numbers.iter().filter(|number| **number > 0).count() as i64 * ONE]);
                let half = numbers.len() / 2;
                found.insert(if numbers.len() % 2 == 1 {
                    numbers[half]
                } else {
                    (numbers[half - 1] + numbers[half]) / 2
                });
                shares.extend(whole.then_some(sum));
            }
        }
        for of in shares.iter().filter(|of| **of > 0) {
            // In percent.
            found
                .extend(shares.iter().map(|part| (i128::from(*part) * i128::from(100 * ONE) / i128::from(*of)) as i64));
        }
        found
    }
}

/// Numbers are held in ten-thousandths.
const ONE: i64 = 10_000;

/// How many rows a text names by their numbers, alone and from one to another.
fn rows_named(text: &str) -> i64 {
    let of_part = |part: &str| match part.trim().split_once('–') {
        None => part.trim().parse::<i64>().map_or(0, |_| 1),
        Some((from, to)) => from.parse().ok().zip(to.parse().ok()).map_or(0, |(from, to): (i64, i64)| to - from + 1),
    };
    text.split(['、', ',', '，']).map(of_part).sum()
}

/// The number that a text begins with.
fn leading_number(text: &str) -> Option<i64> {
    let text = text.trim_start_matches('+');
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '−'))).unwrap_or(text.len());
    let digits = text[..end].replace(',', "").replace('−', "-");
    Some((digits.parse::<f64>().ok()? * ONE as f64).round() as i64)
}

/// Whether a text that shows so many decimals shows one of these numbers.
fn shows(text: &str, numbers: &BTreeSet<i64>) -> bool {
    let Some(number) = leading_number(text) else { return false };
    let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.chars().take_while(char::is_ascii_digit).count());
    let off = ONE / 10_i64.pow(decimals.min(4) as u32) * i64::from(decimals > 0) * 6 / 10;
    numbers.range(number - off..=number + off).next().is_some()
}

/// What stands on a page, and at each place on it that has an anchor: a heading stands for its section.
fn places(name: &str, html: &str) -> (Place, BTreeMap<String, Place>) {
    let mut reader = reader(html);
    let (mut all, mut by_anchor) = (Place::default(), BTreeMap::<String, Place>::new());
    // Of each open element: the anchors whose texts are within it.
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    let mut row: Option<Vec<String>> = None;
    // What the rows of a table stand under belongs to each of them.
    let mut under: Option<String> = None;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
            Event::Start(tag) => {
                let kind = tag.name().as_ref().to_owned();
                let id = attribute(&tag, "id");
                if kind == "table" {
                    under = None;
                }
                let is_of_body = open.last().is_some_and(|(kind, _)| kind == "tbody");
                if kind == "tr" && is_of_body && attribute(&tag, "class").is_none_or(|class| class != "by") {
                    row = Some(Vec::new());
                } else if kind == "tr" && is_of_body {
                    under = Some(String::new());
                }
                if let Some(row) = row.as_mut().filter(|_| matches!(kind.as_str(), "td" | "th")) {
                    row.push(String::new());
                }
                open.push((kind.clone(), Vec::new()));
                if let Some(id) = id {
                    let heading = matches!(kind.as_str(), "h2" | "h3");
                    let section = open.iter_mut().rev().find(|(kind, _)| !heading || kind == "section");
                    if let Some((_, anchors)) = section {
                        anchors.push(id);
                    }
                }
            }
            Event::End(tag) => {
                if tag.name().as_ref() == "tr"
                    && let Some(row) = row.take()
                {
                    let row: Vec<String> = row.into_iter().chain(under.clone()).collect();
                    for anchor in open.iter().flat_map(|(_, anchors)| anchors) {
                        by_anchor.entry(anchor.clone()).or_default().rows.push(row.clone());
                    }
                    all.rows.push(row);
                }
                open.pop();
            }
            Event::Text(text) => {
                let text = text.trim();
                // A mark is no part of what a cell says.
                let marked = open.last().is_some_and(|(kind, _)| kind == "i");
                if let Some(cell) = row.as_mut().and_then(|row| row.last_mut()).filter(|_| !marked && !text.is_empty())
                {
                    // What stands below a number is another one.
                    cell.push_str(if cell.is_empty() { "" } else { " " });
                    cell.push_str(text);
                } else if row.is_none()
                    && let Some(heading) = under.as_mut().filter(|_| open.iter().any(|(kind, _)| kind == "tbody"))
                {
                    heading.push_str(text);
                }
                if !text.is_empty() {
                    all.texts.insert(text.to_owned());
                    for anchor in open.iter().flat_map(|(_, anchors)| anchors) {
                        by_anchor.entry(anchor.clone()).or_default().texts.insert(text.to_owned());
                    }
                }
            }
            Event::Eof => return (all, by_anchor),
            _ => {}
        }
    }
}

#[test]
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
        let (mut all, mut by_anchor) = places(target, html(target));
        // A long table goes on on further pages.
        let further = (2..).map(|part| target.replace(".html", &format!(".{part}.html")));
        for part in further.take_while(|part| files.contains_key(part)) {
            let (more, anchors) = places(&part, html(&part));
            all.take(more);
            anchors.into_iter().for_each(|(anchor, place)| by_anchor.entry(anchor).or_default().take(place));
        }
        let mut comes_to: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
        for (figure, from) in led {
            let anchor = &figure.leads_to.1;
            let here = if anchor.is_empty() { Some(&all) } else { by_anchor.get(anchor) };
            // A move is held against the month that it leads to, and what stands in the middle of several against all of them.
            let is_move = figure.text.starts_with(['▲', '▼', '●', '+', '−', '±']);
            let stands = figure.text.split(" / ").all(|part| here.is_some_and(|here| here.texts.contains(part)));
            // A target leads to the definition, which says where targets come from.
            let is_target = anchor == "definition";
            followed += 1;
            // Else it is what the rows there come to.
            let mut adds_up = || {
                let numbers = comes_to
                    .entry(anchor)
                    .or_insert_with(|| here.map(|here| here.comes_to_in(&all)).unwrap_or_default());
                shows(&figure.text, numbers)
            };
            if !is_move && !is_target && !stands && !adds_up() {
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
pub fn lines(name: &str, html: &str, section: &str) -> Vec<(String, Vec<String>)> {
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

//! Every link of the site leads somewhere, nothing leads out, no page is too large, every page is well-formed.

use crate::foursight::{built_sample, tree};
use std::collections::{BTreeMap, BTreeSet};

struct Page {
    links: Vec<String>,
    ids: BTreeSet<String>,
}

fn read(name: &str, html: &str) -> Page {
    let mut reader =
        quick_xml::Reader::from_str(html.trim_start_matches("<!DOCTYPE html>").trim_start_matches("<!doctype html>"));
    reader.config_mut().check_end_names = true;
    let mut page = Page { links: Vec::new(), ids: BTreeSet::new() };
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error} at {}", reader.error_position())) {
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let value = attribute.value.replace("&amp;", "&");
                    match attribute.key.as_ref() {
                        "href" | "src" => page.links.push(value),
                        "id" => assert!(page.ids.insert(value.clone()), "{name}: id {value:?} twice"),
                        "style" => panic!("{name}: a style attribute, which the CSP forbids"),
                        key if key.starts_with("on") => panic!("{name}: an event attribute"),
                        _ => {}
                    }
                }
            }
            quick_xml::events::Event::Eof => return page,
            _ => {}
        }
    }
}

/// `%E4%BD%A0` as it was before escaping.
pub fn unescaped(link: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let hex = more
            .get(..2)
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// The page that a relative link of a page leads to.
pub fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{from}: {link} leads out of the site"),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_link_leads_somewhere_inside_the_site() {
    let files = tree(&built_sample().join("output/site"));
    let pages: BTreeMap<&String, Page> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(name, bytes)| (name, read(name, std::str::from_utf8(bytes).expect("UTF-8"))))
        .collect();
    assert!(pages.len() > 100, "{} pages", pages.len());
    let mut broken = BTreeSet::new();
    let mut followed = 0;
    for (name, page) in &pages {
        for link in &page.links {
            assert!(!link.contains(':') && !link.starts_with('/'), "{name}: {link} is not relative");
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { (*name).clone() } else { resolve(name, &unescaped(path)) };
            followed += 1;
            let there = match pages.get(&target) {
                Some(page) => anchor.is_empty() || page.ids.contains(&unescaped(anchor)),
                None => anchor.is_empty() && files.contains_key(&target),
            };
            if !there {
                broken.insert(format!("{name} → {link}"));
            }
        }
    }
    assert!(followed > 1000);
    assert!(
        broken.is_empty(),
        "{} broken links, such as {:#?}",
        broken.len(),
        broken.iter().take(20).collect::<Vec<_>>()
    );
}

/// The visible figures of a page (in table cells, descriptions, emphasis and charts) that stand outside every link. A
/// month's name is no figure.
fn figures_without_a_link(name: &str, html: &str) -> Vec<String> {
    const FIGURES: [&str; 5] = ["td", "dd", "strong", "small", "text"];
    let mut reader = quick_xml::Reader::from_str(html.trim_start_matches("<!DOCTYPE html>"));
    let mut open: Vec<String> = Vec::new();
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
            quick_xml::events::Event::Start(tag) => open.push(tag.name().as_ref().to_owned()),
            quick_xml::events::Event::End(_) => drop(open.pop()),
            quick_xml::events::Event::Text(text) => {
                let inside = |tags: &[&str]| open.iter().any(|tag| tags.contains(&tag.as_str()));
                // Nothing stands behind a count of none.
                let figure = text.contains(|c: char| c.is_ascii_digit()) && !text.contains('年') && text.trim() != "0";
                if figure && inside(&["main"]) && inside(&FIGURES) && !inside(&["a", "title"]) {
                    found.push(text.trim().to_owned());
                }
            }
            quick_xml::events::Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn every_figure_of_a_store_page_is_a_link() {
    let site = built_sample().join("output/site");
    let pages = tree(&site);
    let of_store = |name: &&String| name.starts_with("stores/S") && name.ends_with("/index.html");
    let stores: Vec<_> = pages.keys().filter(of_store).collect();
    assert_eq!(stores.len(), 8);
    for name in stores {
        let html = std::str::from_utf8(&pages[name]).expect("UTF-8");
        assert!(html.matches("<a class=\"fig").count() > 100, "{name} has figures");
        assert_eq!(figures_without_a_link(name, html), Vec::<String>::new(), "{name}");
    }
}

/// Where a table has a row of more or fewer cells than headings.
fn uneven_tables(name: &str, html: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(html.trim_start_matches("<!DOCTYPE html>"));
    let (mut found, mut headings, mut cells, mut in_head) = (Vec::new(), 0, 0, false);
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
            quick_xml::events::Event::Start(tag) => match tag.name().as_ref() {
                "table" => headings = 0,
                "thead" => in_head = true,
                "tr" => cells = 0,
                "th" | "td" => {
                    let span = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == "colspan");
                    cells += span.map_or(1, |span| span.value.parse::<usize>().expect("a number"));
                }
                _ => {}
            },
            quick_xml::events::Event::End(tag) => match tag.name().as_ref() {
                "thead" => in_head = false,
                "tr" if in_head => headings = cells,
                "tr" if headings > 0 && cells != headings => {
                    found.push(format!("{name}: {cells} cells under {headings} headings"));
                }
                _ => {}
            },
            quick_xml::events::Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn every_row_has_a_cell_under_each_heading() {
    let files = tree(&built_sample().join("output/site"));
    let pages = files.iter().filter(|(name, _)| name.ends_with(".html"));
    let uneven: Vec<String> =
        pages.flat_map(|(name, bytes)| uneven_tables(name, std::str::from_utf8(bytes).expect("UTF-8"))).collect();
    assert!(uneven.is_empty(), "{} rows, such as {:?}", uneven.len(), uneven.iter().take(8).collect::<Vec<_>>());
}

#[test]
fn no_page_is_larger_than_half_a_megabyte() {
    let files = tree(&built_sample().join("output/site"));
    let large: Vec<_> = files
        .iter()
        .filter(|(name, bytes)| name.ends_with(".html") && bytes.len() > 500_000)
        .map(|(n, b)| (n, b.len()))
        .collect();
    assert!(large.is_empty(), "{large:?}");
}

//! Which kinds of pages a site has, found from what was built, so that a new kind is held to what all are.

use crate::foursight::tree;
use std::{collections::BTreeMap, path::Path};

/// Pages up to this size are preferred where one stands for its kind: larger ones take long to audit.
const HANDY: usize = 30_000;

/// What a page's path says of its kind: ids and days left out, `stores/*/kpi-*-#-#`.
fn kind(path: &str) -> String {
    let mut parts: Vec<String> = path.trim_end_matches(".html").split('/').map(str::to_owned).collect();
    let depth = parts.len();
    let stem = parts.pop().unwrap_or_default();
    let stem = stem.split('.').next().unwrap_or_default();
    let numbers = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let mut words = stem.split('-');
    let first = words.next().unwrap_or_default();
    let named = first == "index" || depth == 1 || parts[0] == "dictionary" || (depth == 3 && parts[0] == "stores");
    let mut kind = if named { first.to_owned() } else { "*".to_owned() };
    for word in words {
        kind += if numbers(word) { "-#" } else { "-*" };
    }
    if parts.len() > 1 && parts[0] == "stores" {
        "*".clone_into(&mut parts[1]);
    }
    parts.push(kind);
    parts.join("/")
}

/// The drawings of a page.
fn drawings(html: &str) -> String {
    let mut drawings: Vec<&str> =
        html.split("<svg class=\"chart").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    drawings.sort_unstable();
    drawings.dedup();
    drawings.concat()
}

/// For each kind of page, and for each choice of drawings on one, a page of it.
pub fn of_each_kind(site: &Path) -> BTreeMap<String, String> {
    let mut chosen: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (path, bytes) in tree(site).into_iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = String::from_utf8(bytes).expect("UTF-8");
        let kind = kind(&path) + &drawings(&html);
        // The fullest of the handy ones, else the smallest.
        let better = |kept: usize| match (html.len() <= HANDY, kept <= HANDY) {
            (true, true) => html.len() > kept,
            (true, false) => true,
            (false, true) => false,
            (false, false) => html.len() < kept,
        };
        if chosen.get(&kind).is_none_or(|(kept, _)| better(*kept)) {
            chosen.insert(kind, (html.len(), path));
        }
    }
    chosen.into_iter().map(|(kind, (_, path))| (kind, path)).collect()
}

#[test]
fn paths_say_their_kind() {
    for (path, expected) in [
        ("index.html", "index"),
        ("stores/index.2.html", "stores/index"),
        ("stores/S01/index.html", "stores/*/index"),
        ("stores/S01/kpi-aak_count.html", "stores/*/kpi-*"),
        ("stores/S01/kpi-aak_count-2026-10.html", "stores/*/kpi-*-#-#"),
        ("stores/S01/people/张三.html", "stores/*/people/*"),
        ("kpi/aak_count.html", "kpi/*"),
        ("dictionary/sheets.2.html", "dictionary/sheets"),
        ("quality/R101.html", "quality/*"),
    ] {
        assert_eq!(kind(path), expected, "{path}");
    }
}

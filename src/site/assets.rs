//! Templates, style and script, embedded.

use crate::report::words::Words;
use include_dir::{Dir, include_dir};
use std::{borrow::Cow, collections::BTreeMap};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The templates by name: pages as `store.html`, components as `components/figure.html`.
pub(super) fn templates() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    gather(&TEMPLATES, &mut found);
    found.sort();
    found
}

fn gather(dir: &'static Dir<'static>, found: &mut Vec<(String, &'static str)>) {
    for file in dir.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "html")) {
        if let Some(text) = file.contents_utf8() {
            found.push((file.path().to_string_lossy().replace('\\', "/"), text));
        }
    }
    for inner in dir.dirs() {
        gather(inner, found);
    }
}

/// The script that is loaded first.
const SCRIPT: &str = "assets/site.js";
/// What the scripts say.
const SAID: [&str; 15] = [
    "copied", "csv", "filter", "find", "found", "loading", "more", "nothing", "part", "row", "section", "shown",
    "sort", "unread", "whole",
];

/// The files that pages load, by their path in the site; the first script with the words of all.
pub(super) fn files(words: &Words) -> Vec<(&'static str, Cow<'static, [u8]>)> {
    let known = ["assets/site.css", "assets/print.css", SCRIPT, "assets/tables.js", "assets/icon.svg"];
    let found = known.into_iter().filter_map(|path| {
        let bytes = TEMPLATES.get_file(path)?.contents();
        if path != SCRIPT {
            return Some((path, Cow::Borrowed(bytes)));
        }
        let said: BTreeMap<&str, String> =
            SAID.into_iter().map(|key| (key, words.word(&format!("js.{key}")))).collect();
        let mut script = format!("window.foursightWords={};\n", serde_json::json!(said)).into_bytes();
        script.extend(bytes);
        Some((path, Cow::Owned(script)))
    });
    found.collect()
}

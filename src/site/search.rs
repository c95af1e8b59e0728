//! The search index, as a script: scripts load from a file share where fetched files do not.

use super::links;
use crate::report::{lookup::GroupLookup, search};

/// `window.foursightSearch = [[title, codes, kind, address], …]`, addresses relative to the site's folder.
pub(super) fn index(group: &GroupLookup<'_>) -> String {
    let lines: Vec<String> = search::entries(group)
        .into_iter()
        .map(|entry| {
            let fields = [entry.title, entry.codes, group.words.word(entry.kind), links::href(&entry.link, "")];
            // `<` is written as an escape, so that no title can end a script element wherever this is pasted.
            serde_json::json!(fields).to_string().replace('<', "\\u003c")
        })
        .collect();
    format!("window.foursightSearch=[\n{}\n];\n", lines.join(",\n"))
}

//! The search index, as scripts: scripts load from a file share where fetched files do not. A group of many stores has
//! its people in files of their own, one for each part of the stores, so that a change in one store leaves the others'
//! as they are.

use super::links;
use crate::report::{
    lookup::{GroupLookup, StoreLookup},
    pinyin,
    search::{self, Entry},
    words::Words,
};

/// The index's files. `window.foursightSearch` is a list of `[title, codes, kind, address, sounds]`, addresses relative to
/// the site's folder, sounds as [`pinyin::typed`] has them and left out where there are none;
/// `window.foursightSearchMore` names the files that add to it.
pub(super) fn files(group: &GroupLookup<'_>) -> Vec<(String, String)> {
    let words = group.words;
    let parts = group.parts();
    let mut first = search::entries(group);
    if let [only] = &parts[..] {
        first.extend(search::people(only));
        return vec![(links::SEARCH.to_owned(), format!("window.foursightSearch=[\n{}\n];\n", lines(first, words)))];
    }
    let more = (1..).zip(&parts).map(|(part, stores)| {
        let people = lines(search::people(stores), words);
        let text = format!("window.foursightSearch=window.foursightSearch.concat([\n{people}\n]);\n");
        (format!("assets/search-people-{part}.js"), text)
    });
    let mut files: Vec<(String, String)> = more.collect();
    let names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let names = serde_json::json!(names);
    let first = lines(first, words);
    let text = format!("window.foursightSearch=[\n{first}\n];\nwindow.foursightSearchMore={names};\n");
    files.push((links::SEARCH.to_owned(), text));
    files
}

/// The index of a store's pages that stand alone, as one file.
pub(super) fn of_store(store: &StoreLookup<'_>) -> String {
    format!("window.foursightSearch=[\n{}\n];\n", lines(search::of_store(store), store.words))
}

fn lines(entries: Vec<Entry>, words: &Words) -> String {
    let line = |entry: Entry| {
        let sounds = pinyin::typed(&entry.spoken);
        let mut fields = vec![entry.title, entry.codes, words.word(entry.kind), links::href(&entry.link, ""), sounds];
        if fields.last().is_some_and(String::is_empty) {
            fields.pop();
        }
        // `<` is written as an escape, so that no title can end a script element wherever this is pasted.
        serde_json::json!(fields).to_string().replace('<', "\\u003c")
    };
    entries.into_iter().map(line).collect::<Vec<_>>().join(",\n")
}

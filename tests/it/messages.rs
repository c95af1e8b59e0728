//! What users read: every key that is used has its words in both languages, and no words are there for nothing.

use crate::foursight::{has_han, root, tree};
use foursight::{
    messages::{FILES, placeholders, read},
    model::Lang,
};
use std::collections::{BTreeMap, BTreeSet};

fn entries(lang: Lang) -> BTreeMap<String, String> {
    let (_, text) = FILES.iter().find(|(of, _)| *of == lang).expect("a file for each language");
    read(text).unwrap_or_else(|error| panic!("messages/{}.toml: {error}", lang.tag()))
}

/// Source and templates by path: all that can name a key. Comments and tests are left out.
fn sources() -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    for (folder, endings) in [("src", &[".rs"][..]), ("templates", &[".html", ".js"])] {
        for (name, bytes) in tree(&root().join(folder)) {
            let test = name.split('/').any(|part| part == "tests" || part == "tests.rs");
            if !test && endings.iter().any(|ending| name.ends_with(ending)) {
                let text = String::from_utf8(bytes).expect("UTF-8");
                let code: Vec<&str> = text
                    .split("#[cfg(test)]\nmod tests {")
                    .next()
                    .unwrap_or_default()
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                    .collect();
                sources.insert(format!("{folder}/{name}"), code.join("\n"));
            }
        }
    }
    sources
}

/// The literals between quotation marks, without those that escape something.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|literal| literal.len() < 60 && !literal.contains(['\n', '\\', ' ']))
}

fn is_key(literal: &str) -> bool {
    literal.split_once('.').is_some_and(|(section, key)| {
        let plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        !section.is_empty() && !key.is_empty() && plain(section) && plain(key)
    })
}

/// The keys that are given to what words them, as they stand: `word("nav.home")`, `t(k="nav.home")`.
fn asked_for(text: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for call in [".word(", ".fill(", ".find(", "Message::new(", "t(k=", "said("] {
        for (at, _) in text.match_indices(call) {
            let Some(rest) = text[at + call.len()..].trim_start().strip_prefix('"') else { continue };
            let literal = rest.split('"').next().unwrap_or_default();
            if is_key(literal) {
                keys.insert(literal.to_owned());
            }
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys_and_names() {
    let (zh, en, tw) = (entries(Lang::ZhCn), entries(Lang::En), entries(Lang::ZhTw));
    let keys = |entries: &BTreeMap<String, String>| entries.keys().cloned().collect::<BTreeSet<String>>();
    assert!(zh.len() > 300, "the files are read");
    assert_eq!(keys(&zh), keys(&en));
    assert!(keys(&tw).is_subset(&keys(&zh)), "{:?}", keys(&tw).difference(&keys(&zh)));
    let names = |text: &str| placeholders(text).into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    for (key, text) in zh.iter() {
        // English says a period by its key.
        assert!(names(text) == names(&en[key]) || key.starts_with("period."), "{key}");
        assert!(tw.get(key).is_none_or(|own| names(own) == names(text)), "{key}");
    }
}

#[test]
fn every_key_that_is_used_has_its_words() {
    let zh = entries(Lang::ZhCn);
    let mut found = 0;
    for (file, text) in sources() {
        for key in asked_for(&text) {
            found += 1;
            assert!(zh.contains_key(&key), "{file} asks for {key}");
        }
    }
    assert!(found > 200, "the test reads the source: {found}");
}

#[test]
fn every_key_is_used() {
    let mut named = BTreeSet::new();
    // Sections of which a key is put together: `"status." ~ status`, `format!("severity.{…}")`.
    let mut open = BTreeSet::new();
    for text in sources().into_values() {
        for literal in literals(&text) {
            if is_key(literal) {
                named.insert(literal.to_owned());
            }
            if let Some((section, rest)) = literal.split_once('.')
                && (rest.is_empty() || rest.starts_with('{'))
            {
                open.insert(section.to_owned());
            }
        }
        // `t(k='nav.home')` inside an attribute.
        named.extend(text.split('\'').filter(|literal| is_key(literal)).map(str::to_owned));
        open.extend(text.split('\'').filter_map(|literal| literal.strip_suffix('.')).map(str::to_owned));
    }
    let unused: Vec<String> = entries(Lang::ZhCn)
        .into_keys()
        .filter(|key| !named.contains(key) && !open.contains(key.split('.').next().unwrap_or_default()))
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn english_is_english() {
    let han: Vec<String> = entries(Lang::En)
        .into_iter()
        .filter(|(_, text)| has_han(text))
        .map(|(key, text)| format!("{key} = {text}"))
        // The name of a sheet in the clerk's workbook.
        .filter(|line| !line.contains("检查结果"))
        .collect();
    assert!(han.is_empty(), "{han:#?}");
}

/// What clerks write and what the tool must recognise, or write back as they would: words of the workbooks, not ours.
const VOCABULARY: &[&str] = &[
    "intake/cell/category.rs",
    "intake/cell/date.rs",
    "intake/cell/flag.rs",
    "intake/cell/mod.rs",
    "intake/cell/money.rs",
    "intake/cell/month.rs",
    "intake/cell/number.rs",
    "intake/cover.rs",
    "intake/encoding.rs",
    "intake/header.rs",
    "intake/header/candidate.rs",
    "intake/number_format/code.rs",
    "intake/number_format/mod.rs",
    "intake/plan.rs",
    "intake/rows.rs",
    "intake/title.rs",
    "intake/week_in_path.rs",
    "intake/workbook.rs",
    // Provinces of number plates.
    "model/slipped.rs",
    // Yes and no, as a workbook has them.
    "model/value.rs",
    // The name of the sheet of results, by which a returned workbook is known when it comes back.
    "returned/mod.rs",
    // Names of fonts.
    "returned/comments.rs",
    "returned/styles.rs",
];

/// The text literals of Rust source that hold Chinese, without those of comments and of tests.
fn chinese_literals(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (begin, tail) = rest.split_at(at);
        let raw = begin.ends_with('#') || begin.ends_with('r');
        let hashes = begin.len() - begin.trim_end_matches('#').len();
        let end = if tail.starts_with("//") {
            tail.find('\n').unwrap_or(tail.len())
        } else if tail.starts_with('"') && raw && begin.trim_end_matches('#').ends_with('r') {
            let close = format!("\"{}", "#".repeat(hashes));
            tail[1..].find(&close).map_or(tail.len(), |end| end + 1 + close.len())
        } else if let Some(inner) = tail.strip_prefix('"') {
            let mut escaped = false;
            let close = inner.char_indices().find(|(_, c)| {
                let closes = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                closes
            });
            close.map_or(tail.len(), |(end, _)| end + 2)
        } else if tail.starts_with('\'') {
            // A character; a lifetime has no second mark so near.
            let close = tail.char_indices().skip(2).take(9).find(|(_, c)| *c == '\'');
            close.map_or(1, |(end, _)| if tail[1..].starts_with('\\') || end <= 5 { end + 1 } else { 1 })
        } else {
            1
        };
        let (literal, next) = tail.split_at(end.max(1));
        if !literal.starts_with('/') && has_han(literal) {
            found.push(literal.to_owned());
        }
        rest = next;
    }
    found
}

#[test]
fn the_reader_of_literals_reads_literals() {
    let text = "// 注\nlet a = \"甲\\\"乙\"; let b = '丙'; /// 丁\nlet c: &'static str = r#\"戊 \"己\" \"#; let d = a / b; // 庚 \"辛\"\n\
                let e = \"plain\"; let f = '\\''; let g = \"壬\";\n#[cfg(test)]\nmod tests {\n let x = \"癸\"; }";
    assert_eq!(chinese_literals(text), ["\"甲\\\"乙\"", "'丙'", "\"戊 \"己\" \"#", "\"壬\""]);
}

#[test]
fn words_stand_in_messages_and_definitions_alone() {
    let mut chinese = BTreeMap::new();
    for (folder, below) in [("src", ""), ("xtask/src", "xtask/")] {
        for (name, bytes) in tree(&root().join(folder)) {
            let test = name.split('/').any(|part| part == "tests" || part == "tests.rs");
            // The demo writes what clerks of a made-up group would.
            let demo = name.starts_with("demo/");
            if name.ends_with(".rs") && !test && !demo {
                let found = chinese_literals(&String::from_utf8(bytes).expect("UTF-8"));
                if !found.is_empty() {
                    chinese.insert(format!("{below}{name}"), found);
                }
            }
        }
    }
    let known = |name: &str| VOCABULARY.contains(&name);
    let new: Vec<_> = chinese.iter().filter(|(name, _)| !known(name)).collect();
    assert!(new.is_empty(), "these belong into messages/ or definitions/: {new:#?}");
    let moved: Vec<_> = VOCABULARY.iter().filter(|name| !chinese.contains_key(**name)).collect();
    assert!(moved.is_empty(), "these hold no Chinese any more, take them off the lists: {moved:?}");
}

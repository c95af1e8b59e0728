//! A mistake in a TOML file, said by key: serde words its own in English only.

use crate::model::{Message, Said};
use std::sync::Arc;

/// What is wrong with a file that does not read. What is not known here keeps the parser's own words.
pub fn toml_mistake(error: &toml::de::Error) -> Said {
    said(error.message()).into()
}

fn said(text: &str) -> Message {
    let quoted = |text: &str| -> Vec<Arc<str>> { text.split('`').skip(1).step_by(2).map(Arc::from).collect() };
    let first = |text: &str| quoted(text).first().cloned().unwrap_or_else(|| "".into());
    let split = |rest: &str| match rest.split_once(", expected ") {
        Some((name, known)) => (first(name), quoted(known)),
        None => (first(rest), Vec::new()),
    };
    if let Some(rest) = text.strip_prefix("unknown field ") {
        let (name, known) = split(rest);
        Message::new("toml.unknown_field").with("name", name).with("known", known)
    } else if let Some(rest) = text.strip_prefix("unknown variant ") {
        let (name, known) = split(rest);
        Message::new("toml.unknown_value").with("name", name).with("known", known)
    } else if let Some(rest) = text.strip_prefix("missing field ") {
        Message::new("toml.missing_field").with("name", first(rest))
    } else if text.starts_with("duplicate key") {
        Message::new("toml.duplicate")
    } else if let Some((found, wanted)) =
        text.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        Message::new("toml.type").with("found", found_said(found)).with("wanted", wanted_said(wanted))
    } else if let Some((_, key)) = SYNTAX.iter().find(|(begin, _)| text.starts_with(begin)) {
        Message::new(*key)
    } else {
        Message::new("toml.syntax").with("what", text.trim())
    }
}

/// What the parser says of a file that is no TOML, by how it begins.
const SYNTAX: [(&str, &str); 28] = [
    ("string values must be quoted", "toml.unquoted"),
    ("missing opening quote", "toml.unquoted"),
    ("invalid basic string", "toml.unquoted"),
    ("invalid literal string", "toml.unquoted"),
    ("key with no value", "toml.no_value"),
    ("missing value", "toml.no_value"),
    ("missing assignment", "toml.no_value"),
    ("invalid key-value pair", "toml.no_value"),
    ("unclosed", "toml.unclosed"),
    ("missing array opening", "toml.unclosed"),
    ("missing inline table opening", "toml.unclosed"),
    ("missing table open", "toml.unclosed"),
    ("missing comma", "toml.comma"),
    ("extra comma", "toml.comma"),
    ("invalid unquoted key", "toml.key"),
    ("unquoted keys cannot be empty", "toml.key"),
    ("keys cannot be", "toml.key"),
    ("missing key", "toml.key"),
    ("unexpected leading zero", "toml.number"),
    ("redundant", "toml.number"),
    ("`_` may only go between digits", "toml.number"),
    ("integers with a radix", "toml.number"),
    ("unexpected sign", "toml.number"),
    ("integer number overflowed", "toml.number"),
    ("unexpected", "toml.unexpected"),
    ("extra", "toml.unexpected"),
    ("invalid value", "toml.unexpected"),
    ("invalid inline table element", "toml.unexpected"),
];

/// A value as serde names it: its kind, and most often the value.
fn found_said(found: &str) -> Said {
    let value = |rest: &str| rest.trim().trim_matches(['`', '"']).to_owned();
    let kinds = [
        ("string", "toml.found_text"),
        ("integer", "toml.found_number"),
        ("floating point", "toml.found_number"),
        ("boolean", "toml.found_flag"),
    ];
    for (kind, key) in kinds {
        if let Some(rest) = found.strip_prefix(kind) {
            return Message::new(key).with("value", value(rest)).into();
        }
    }
    match found {
        "sequence" => Message::new("toml.list").into(),
        "map" => Message::new("toml.table").into(),
        _ => found.into(),
    }
}

/// What serde wanted instead.
fn wanted_said(wanted: &str) -> Said {
    let key = match wanted {
        "a string" | "string" | "a borrowed string" => "toml.text",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" => "toml.whole",
        "f32" | "f64" => "toml.any_number",
        "a boolean" => "toml.flag",
        "a sequence" => "toml.list",
        _ if wanted == "a map" || wanted.starts_with("struct ") => "toml.table",
        _ => return wanted.into(),
    };
    Message::new(key).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Strict {
        one: u32,
        two: Option<Two>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Two {
        Up,
        Down,
    }

    #[test]
    fn what_serde_says_is_said_by_key() {
        let said = |text: &str| toml_mistake(&toml::from_str::<Strict>(text).expect_err(text)).to_string();
        assert_eq!(said("one = 1\nthree = 3"), "toml.unknown_field(name=three, known=one, two)");
        assert_eq!(said("two = \"up\""), "toml.missing_field(name=one)");
        assert_eq!(said("one = 1\ntwo = \"left\""), "toml.unknown_value(name=left, known=up, down)");
        assert_eq!(said("one = \"x\""), "toml.type(found=toml.found_text(value=x), wanted=toml.whole)");
        assert_eq!(said("one = 1\none = 2"), "toml.duplicate");
        assert_eq!(said("one = [1]"), "toml.type(found=toml.list, wanted=toml.whole)");
        for (text, key) in [
            ("one = ", "toml.unquoted"),
            ("one = x", "toml.unquoted"),
            ("one", "toml.no_value"),
            ("one = [1", "toml.unclosed"),
            ("[one", "toml.unclosed"),
            ("一 = 1", "toml.key"),
            ("one = 01", "toml.number"),
        ] {
            assert_eq!(said(text), key, "{text}: {:?}", toml::from_str::<Strict>(text).expect_err(text).message());
        }
        assert!(matches!([Two::Up, Two::Down], [Two::Up, Two::Down]));
    }
}

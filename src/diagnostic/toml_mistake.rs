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
        Message::new("toml.type").with("found", found).with("wanted", wanted)
    } else {
        Message::new("toml.syntax").with("what", text.trim())
    }
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
        assert_eq!(said("one = \"x\""), "toml.type(found=string \"x\", wanted=u32)");
        assert_eq!(said("one = 1\none = 2"), "toml.duplicate");
        assert!(said("one = ").starts_with("toml.syntax(what="));
        assert!(matches!([Two::Up, Two::Down], [Two::Up, Two::Down]));
    }
}

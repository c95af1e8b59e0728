//! Text in the two languages the tool is written in.

use super::Message;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// A text a person reads: Chinese (simplified) first, English second.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Simplified Chinese; never empty in a checked definition.
    pub zh: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Text {
    /// A text from its two languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Text { zh: zh.into(), en: en.into() }
    }

    /// The text in `lang`; Chinese where English is missing. Traditional Chinese is converted by the
    /// renderer, which owns the dictionary, from the simplified text that this returns.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En if !self.en.is_empty() => &self.en,
            _ => &self.zh,
        }
    }
}

/// The language of what users read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// Traditional Chinese, converted from simplified.
    #[serde(rename = "zh-TW")]
    ZhTw,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::ZhTw => "zh-TW",
            Lang::En => "en",
        }
    }
}

impl std::str::FromStr for Lang {
    type Err = Message;
    fn from_str(tag: &str) -> Result<Self, Message> {
        match tag {
            "zh-CN" | "zh" => Ok(Lang::ZhCn),
            "zh-TW" => Ok(Lang::ZhTw),
            "en" => Ok(Lang::En),
            other => Err(Message::new("config.language").with("name", other)),
        }
    }
}

/// A key as it is compared: NFKC, without spaces, letters in upper case.
pub fn normalized_key(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_lowercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect())
}

/// A text with every character that cannot be seen, moves the cursor or turns the direction of what follows written out, as
/// `[U+202E]`.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{061C}');
    if !text.chars().any(hidden) {
        return Cow::Borrowed(text);
    }
    let written = |c: char| if hidden(c) { format!("[U+{:04X}]", c as u32) } else { c.to_string() };
    Cow::Owned(text.chars().map(written).collect())
}

/// Characters that take no room and mean nothing: zero-width spaces, joiners, direction marks, byte order marks.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{180E}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{00AD}'
    )
}

//! The words of the tool's own pages, in the reader's language: one dictionary, `templates/words.toml`.

use crate::model::{Lang, Period, Text};
use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use std::collections::BTreeMap;

static DICTIONARY: &str = include_str!("../../templates/words.toml");

/// Why the words could not be had: a defect of the build, not of the input.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// `templates/words.toml` does not read.
    #[error("templates/words.toml: {0}")]
    Dictionary(#[from] toml::de::Error),
    /// The Traditional Chinese dictionary does not load.
    #[error("traditional Chinese: {0}")]
    Traditional(String),
}

/// The words in one language. Texts of definitions and of the dictionary are put into Traditional Chinese where that is
/// the language; what stands in the stores' own workbooks (names, sheets, cells) is never touched.
pub struct Words {
    lang: Lang,
    entries: BTreeMap<String, String>,
    traditional: Option<OpenCC>,
}

impl Words {
    /// The words of a language.
    ///
    /// # Errors
    /// When one of the two embedded dictionaries does not load.
    pub fn new(lang: Lang) -> Result<Words, WordsError> {
        let sections: BTreeMap<String, BTreeMap<String, Text>> = toml::from_str(DICTIONARY)?;
        let traditional = match lang {
            Lang::ZhTw => {
                let opencc = OpenCC::from_config(BuiltinConfig::S2twp);
                Some(opencc.map_err(|error| WordsError::Traditional(error.to_string()))?)
            }
            _ => None,
        };
        let mut words = Words { lang, entries: BTreeMap::new(), traditional };
        for (section, entries) in sections {
            for (key, text) in entries {
                let shown = words.text(&text);
                words.entries.insert(format!("{section}.{key}"), shown);
            }
        }
        Ok(words)
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The word of a key such as `nav.home`, if the dictionary has it.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(String::as_str)
    }

    /// The word of a key; the key itself where the dictionary lacks it, so that the gap is seen.
    pub fn word(&self, key: &str) -> String {
        self.find(key).unwrap_or(key).to_owned()
    }

    /// The word of a key with `{name}` replaced by arguments.
    pub fn fill(&self, key: &str, args: &[(&str, &str)]) -> String {
        let mut filled = self.word(key);
        for (name, value) in args {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        filled
    }

    /// A definition's text.
    pub fn text(&self, text: &Text) -> String {
        self.convert(text.get(self.lang))
    }

    /// A text that a definition gives in Simplified Chinese only.
    pub fn zh(&self, text: &str) -> String {
        self.convert(text)
    }

    fn convert(&self, text: &str) -> String {
        match &self.traditional {
            Some(opencc) => opencc.convert(text),
            None => text.to_owned(),
        }
    }

    /// A period as the reader says it: `2026年10月`, in English its key `2026-10`.
    pub fn period(&self, period: Period) -> String {
        match self.lang {
            Lang::En => period.to_string(),
            _ => self.convert(&period.label_zh()),
        }
    }

    /// Whether numbers are grouped by 万 (ten thousand) rather than by thousands.
    pub(crate) fn by_myriads(&self) -> bool {
        self.lang != Lang::En
    }
}

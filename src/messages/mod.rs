//! What users read: every sentence of the tool, by key and language, out of `messages/*.toml`. Below this, things are
//! said by key and argument ([`Message`]) or by code ([`Finding`](crate::diagnostic::Finding)), so that no cache and no
//! decision depends on language or wording.
//!
//! Simplified Chinese has every key. English has the same keys; a test holds that. Traditional Chinese is converted,
//! but for what `messages/zh-TW.toml` says in its own words. A key that is missing shows itself and stops nothing.

mod fill;
mod findings;
mod traditional;

pub use fill::placeholders;
pub use findings::FindingWords;

use crate::model::{Argument, Grain, Lang, Message, Period, Said, Text};
use chrono::Datelike;
use foldhash::fast::FixedState;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

/// The files, by language.
pub const FILES: [(Lang, &str); 3] = [
    (Lang::ZhCn, include_str!("../../messages/zh-CN.toml")),
    (Lang::ZhTw, include_str!("../../messages/zh-TW.toml")),
    (Lang::En, include_str!("../../messages/en.toml")),
];

/// The messages of one language.
#[derive(Debug)]
pub struct Messages {
    lang: Lang,
    /// Asked for several times a cell.
    entries: HashMap<String, String, FixedState>,
}

impl Messages {
    /// The messages of a language. They are read at the first call.
    pub fn of(lang: Lang) -> &'static Messages {
        static ALL: [OnceLock<Messages>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
        let at = match lang {
            Lang::ZhCn => 0,
            Lang::ZhTw => 1,
            Lang::En => 2,
        };
        ALL[at].get_or_init(|| {
            let mut entries = written(lang);
            if lang == Lang::ZhTw {
                for (key, text) in written(Lang::ZhCn) {
                    entries.entry(key).or_insert_with(|| traditional::converted(&text));
                }
            }
            Messages { lang, entries: entries.into_iter().collect() }
        })
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The words of a key such as `nav.home`, if there are any.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(String::as_str)
    }

    /// The words of a key; the key itself where there are none, so that the gap is seen.
    pub fn word(&self, key: &str) -> String {
        self.find(key).unwrap_or(key).to_owned()
    }

    /// The words of a key with `{name}` filled in by arguments.
    pub fn fill(&self, key: &str, args: &[(&str, &str)]) -> String {
        let value = |name: &str| args.iter().find(|(arg, _)| *arg == name).map(|(_, value)| Cow::Borrowed(*value));
        fill::filled(self.find(key).unwrap_or(key), value)
    }

    /// A message in words.
    pub fn say(&self, message: &Message) -> String {
        match self.find(&message.key) {
            Some(words) => self.filled(words, &message.args),
            None => message.to_string(),
        }
    }

    /// An argument's value in words.
    pub fn said(&self, value: &Said) -> String {
        match value {
            Said::Text(text) => text.to_string(),
            Said::List(texts) => texts.join(self.find("list.separator").unwrap_or(", ")),
            Said::Message(message) => self.say(message),
        }
    }

    /// Words with their arguments filled in. A name without an argument stays, so that the gap is seen.
    fn filled(&self, words: &str, args: &[Argument]) -> String {
        let value = |name: &str| args.iter().find(|arg| arg.name == name).map(|arg| Cow::Owned(self.said(&arg.value)));
        fill::filled(words, value)
    }

    /// A definition's text.
    pub fn text(&self, text: &Text) -> String {
        self.converted(text.get(self.lang)).into_owned()
    }

    /// A text that is given in Simplified Chinese only, such as a column's title.
    pub fn zh(&self, text: &str) -> String {
        self.converted(text).into_owned()
    }

    fn converted<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.lang {
            Lang::ZhTw => Cow::Owned(traditional::converted(text)),
            Lang::ZhCn | Lang::En => Cow::Borrowed(text),
        }
    }

    /// A period as the reader says it: `2026年10月`, in English its key `2026-10`.
    pub fn period(&self, period: Period) -> String {
        let start = period.start;
        let (key, iso) = (period.to_string(), start.iso_week());
        // A week's year is that of its Thursday.
        let year = if period.grain == Grain::Week { iso.year() } else { start.year() };
        let (word, name, part) = match period.grain {
            Grain::Week => ("period.week", "week", iso.week()),
            Grain::Month => ("period.month", "month", start.month()),
            Grain::Quarter => ("period.quarter", "quarter", start.month0() / 3 + 1),
            Grain::Year => ("period.year", "year", 0),
            Grain::Asof => ("period.asof", "day", 0),
        };
        let part = if period.grain == Grain::Asof { key.clone() } else { part.to_string() };
        self.fill(word, &[("year", &year.to_string()), ("key", &key), (name, &part)])
    }

    /// A month or quarter within a year that stands elsewhere; other periods in full.
    pub fn part_of_year(&self, period: Period) -> String {
        let (key, start) = (period.to_string(), period.start);
        let quarter = (start.month0() / 3 + 1).to_string();
        match period.grain {
            Grain::Month => self.fill("period.month_short", &[("month", &start.month().to_string()), ("key", &key)]),
            Grain::Quarter => self.fill("period.quarter_short", &[("quarter", &quarter)]),
            _ => self.period(period),
        }
    }

    /// Whether numbers are grouped by 万 (ten thousand) rather than by thousands.
    pub fn by_myriads(&self) -> bool {
        self.lang != Lang::En
    }
}

/// The keys and words of one file. A file that does not read has none: a test holds that each does.
fn written(lang: Lang) -> BTreeMap<String, String> {
    let text = FILES.iter().find(|(of, _)| *of == lang).map_or("", |(_, text)| text);
    read(text).unwrap_or_default()
}

/// The keys (`section.key`) and words of a file's text.
///
/// # Errors
/// When it is not a TOML of tables of texts.
pub fn read(text: &str) -> Result<BTreeMap<String, String>, toml::de::Error> {
    let sections: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text)?;
    let keyed = |(section, words): (String, BTreeMap<String, String>)| {
        words.into_iter().map(move |(key, text)| (format!("{section}.{key}"), text))
    };
    Ok(sections.into_iter().flat_map(keyed).collect())
}

#[cfg(test)]
mod tests;

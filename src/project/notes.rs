//! `notes.toml` beside `foursight.toml`: dated remarks on a KPI, of the group or of a store, which its charts and pages show.

use super::{
    options::{ConfigMistake, Written},
    times::Day,
};
use crate::{
    catalog::Catalog,
    diagnostic::toml_mistake,
    model::{Message, Period, personal::mask_inside},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use toml::Spanned;

/// A remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// The store's id; `None` for the group.
    pub store: Option<Arc<str>>,
    /// What it is about.
    pub period: Period,
    /// When it was made.
    pub on: Option<NaiveDate>,
    /// What it says. A number that somebody could be called or found by is masked.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotesWritten {
    #[serde(default)]
    note: Vec<NoteWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteWritten {
    kpi: Spanned<String>,
    store: Option<String>,
    period: Spanned<String>,
    on: Option<Spanned<Day>>,
    text: Spanned<String>,
}

impl Note {
    /// Reads the file's text, in the file's order. `file` is its name as the user gave it.
    ///
    /// # Errors
    /// The first mistake with its line: a KPI that is not there, a period or a day that cannot be read, a remark without words.
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<Vec<Note>, ConfigMistake> {
        let written = Written { file, text };
        let notes: NotesWritten = toml::from_str(text)
            .map_err(|error| written.mistake(error.span().unwrap_or(0..0), toml_mistake(&error)))?;
        let read = |note: NoteWritten| {
            let expected =
                |span, what: Message| written.mistake(span, Message::new("config.expected").with("what", what));
            let Some(kpi) = catalog.kpi(note.kpi.get_ref()) else {
                let what = Message::new("definition.no_kpi").with("name", note.kpi.get_ref());
                return Err(written.mistake(note.kpi.span(), what));
            };
            let period = Period::parse(note.period.get_ref())
                .ok_or_else(|| expected(note.period.span(), Message::new("config.note_period")))?;
            let day = |on: &Spanned<Day>| {
                let day = NaiveDate::parse_from_str(&on.get_ref().0, "%Y-%m-%d").ok();
                day.ok_or_else(|| expected(on.span(), Message::new("config.note_day")))
            };
            if note.text.get_ref().trim().is_empty() {
                return Err(expected(note.text.span(), Message::new("config.note_words")));
            }
            Ok(Note {
                kpi: kpi.id.clone(),
                store: note.store.map(Arc::from),
                period,
                on: note.on.as_ref().map(day).transpose()?,
                text: mask_inside(note.text.get_ref().trim()).into_owned(),
            })
        };
        notes.note.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Note>, String> {
        let (catalog, _) = Catalog::load(None).expect("our definitions");
        Note::parse("notes.toml", text, &catalog).map_err(|mistake| format!("{}: {mistake}", mistake.line))
    }

    #[test]
    fn remarks_are_read_with_their_numbers_masked() {
        let notes = parsed(
            "[[note]]\nkpi = \"pool_convert\"\nstore = \"S01\"\nperiod = \"2026-10\"\non = \"2026-11-03\"\ntext = \"展厅装修，问13800001234\"\n\
             [[note]]\nkpi = \"pool_convert\"\nperiod = \"2026-W40\"\ntext = \"国庆\"\n",
        )
        .expect("two remarks");
        assert_eq!(notes.len(), 2);
        assert_eq!((notes[0].store.as_deref(), &*notes[0].period.to_string()), (Some("S01"), "2026-10"));
        assert!(notes[0].text.starts_with("展厅装修") && !notes[0].text.contains("13800001234"), "{}", notes[0].text);
        assert_eq!((notes[1].store.as_deref(), notes[1].on), (None, None));
    }

    #[test]
    fn a_mistake_has_its_line() {
        let line = |text: &str| parsed(text).expect_err("a mistake").split(':').next().map(str::to_owned);
        let note = |what: &str| format!("[[note]]\n{what}\n");
        assert_eq!(line(&note("kpi = \"nothing\"\nperiod = \"2026-10\"\ntext = \"x\"")).as_deref(), Some("2"));
        assert_eq!(line(&note("kpi = \"pool_convert\"\nperiod = \"10月\"\ntext = \"x\"")).as_deref(), Some("3"));
        assert_eq!(line(&note("kpi = \"pool_convert\"\nperiod = \"2026-10\"\ntext = \" \"")).as_deref(), Some("4"));
        assert_eq!(line(&note("kpi = \"pool_convert\"\nperiod = \"2026-10\"\ntxt = \"x\"")).as_deref(), Some("4"));
    }
}

//! Remarks on figures, from `notes.toml`, where the figures stand.

use super::lookup::Lookup;
use crate::{catalog::Kpi, project::Settings};
use serde::Serialize;

/// A remark as pages show it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct NoteLine {
    /// `2026-10`, as charts know their points.
    pub key: String,
    pub period: String,
    /// When it was made; empty where that is not said.
    pub on: String,
    pub text: String,
}

/// The remarks on a KPI, newest period first: the group's, and with a store its own too.
pub(crate) fn of(lookup: &Lookup<'_>, kpi: &Kpi, store: Option<&str>) -> Vec<NoteLine> {
    let Settings { notes, .. } = lookup.edition.settings;
    let mut own: Vec<_> = notes
        .iter()
        .filter(|note| note.kpi == kpi.id && (note.store.is_none() || note.store.as_deref() == store))
        .collect();
    own.sort_by_key(|note| std::cmp::Reverse(note.period.start));
    let line = |note: &crate::project::Note| NoteLine {
        key: note.period.to_string(),
        period: lookup.words.period(note.period),
        on: note.on.map_or_else(String::new, |day| day.to_string()),
        text: note.text.clone(),
    };
    own.into_iter().map(line).collect()
}

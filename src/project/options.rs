//! `foursight.toml` as written: every key, nothing decided. Unknown keys are mistakes with their line.

use super::times::Day;
use crate::{
    diagnostic::toml_mistake,
    model::{Message, Said, Told},
};
use serde::Deserialize;
use std::{collections::BTreeMap, ops::Range};
use toml::Spanned;

/// A mistake in `foursight.toml`: the tool stops, since every figure may rest on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.told())]
pub struct ConfigMistake {
    /// The file as the user named it.
    pub file: String,
    /// Line from 1.
    pub line: u32,
    /// What is wrong and what was expected.
    pub what: Said,
}

impl Told for ConfigMistake {
    fn told(&self) -> Message {
        let message = Message::new("config.mistake").with("file", &self.file).with("line", u64::from(self.line));
        message.with("what", self.what.clone())
    }
}

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    pub(super) cache: Option<String>,
    pub(super) group: GroupOptions,
    pub(super) calendar: CalendarOptions,
    pub(super) submission: SubmissionOptions,
    pub(super) cadence: BTreeMap<String, Spanned<CadenceOptions>>,
    pub(super) brands: BTreeMap<String, BrandOptions>,
    pub(super) intake: IntakeOptions,
    pub(super) output: OutputOptions,
    pub(super) targets: BTreeMap<String, Spanned<toml::Value>>,
    pub(super) target: Vec<TargetOptions>,
    pub(super) severity: BTreeMap<String, Spanned<String>>,
    pub(super) limits: BTreeMap<String, Spanned<LimitOptions>>,
    pub(super) store: Vec<Spanned<StoreOptions>>,
    pub(super) stores: BTreeMap<String, Spanned<OwnOptions>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GroupOptions {
    pub name: Option<String>,
    pub as_of: Option<Spanned<Day>>,
    pub lang: Option<Spanned<String>>,
    pub also: Vec<Spanned<String>>,
    pub audience: Option<Spanned<String>>,
    pub fail_at: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OutputOptions {
    pub rows: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CalendarOptions {
    pub opens: Option<Spanned<String>>,
    pub closes: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SubmissionOptions {
    pub expected: Option<Vec<Spanned<String>>>,
    pub deadline: Option<Spanned<String>>,
    pub since: Option<Spanned<String>>,
    pub frozen_until: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CadenceOptions {
    pub remind: u32,
    pub overdue: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BrandOptions {
    pub cadence: BTreeMap<String, Spanned<CadenceOptions>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct IntakeOptions {
    pub workers: Option<Spanned<u32>>,
    pub memory_mb: Option<Spanned<u64>>,
    pub seconds: Option<Spanned<u64>>,
    pub file_mb: Option<Spanned<u64>>,
    pub rows: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitOptions {
    pub at_most: Option<f64>,
    pub below: Option<f64>,
    pub at_least_rows: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetOptions {
    pub kpi: Spanned<String>,
    pub value: Spanned<toml::Value>,
    pub store: Option<Spanned<String>>,
    pub brand: Option<String>,
    pub from: Option<Spanned<Day>>,
    pub to: Option<Spanned<Day>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoreOptions {
    pub id: Spanned<String>,
    pub name: Option<String>,
    #[serde(default)]
    pub region: String,
    #[serde(default)]
    pub brand: String,
    #[serde(default)]
    pub city: String,
    pub opens: Option<Spanned<String>>,
    pub closes: Option<Spanned<String>>,
}

/// What one store has of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct OwnOptions {
    /// By sheet, by the store's title: our column.
    pub columns: BTreeMap<Spanned<String>, BTreeMap<String, Spanned<String>>>,
}

/// The text of the file with its name, for the lines of mistakes.
pub(super) struct Written<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Written<'_> {
    pub(super) fn parse(&self) -> Result<Options, ConfigMistake> {
        toml::from_str(self.text).map_err(|error| self.mistake(error.span().unwrap_or(0..0), toml_mistake(&error)))
    }

    pub(super) fn mistake(&self, span: Range<usize>, what: impl Into<Said>) -> ConfigMistake {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1;
        ConfigMistake { file: self.file.to_owned(), line, what: what.into() }
    }
}

//! `definitions/rules/<code>.toml`: a condition that must hold, or the words for a finding that Rust raises.

use crate::{catalog::Expression, diagnostic::Severity, model::Text};
use std::sync::Arc;

/// A rule. Its texts are at once the message, the `explain` page and the dictionary's entry.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The file's name without ending.
    pub code: Arc<str>,
    /// How bad it is; the config may override it.
    pub severity: Severity,
    /// A short name.
    pub title: Text,
    /// What is wrong, with `{name}` for arguments.
    pub message: Text,
    /// Why it happens and why it matters.
    pub cause: Text,
    /// How to fix it, with `{name}` for arguments; the finding's hint.
    pub fix: Text,
    /// An example of a wrong and a right record.
    pub example: Text,
    /// The condition, for rules over one sheet's rows; `None` for findings that Rust raises.
    pub condition: Option<Condition>,
    /// Where the rule comes from.
    pub source: String,
}

/// A condition that must hold for every row of a sheet. As with an SQL `CHECK`, a condition that is NULL holds.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The sheet's id.
    pub sheet: Arc<str>,
    /// The SQL condition over the sheet's columns.
    pub holds: Expression,
    /// The field whose cell is marked.
    pub field: Arc<str>,
}

//! One finding.

use crate::model::{Argument, Message, Place};
use serde::{Deserialize, Serialize};
use std::{cmp::Reverse, fmt, sync::Arc};

/// How bad a finding is. The order is from mild to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 提示: something was repaired or left out, and is shown.
    Notice,
    /// 警告: the row counts, but somebody should look.
    Warning,
    /// 错误: the row (or sheet, or workbook) stays out of the figures until it is fixed.
    Error,
}

impl Severity {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Notice => "notice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The key of its word for users.
    pub fn key(self) -> &'static str {
        match self {
            Severity::Notice => "severity.notice",
            Severity::Warning => "severity.warning",
            Severity::Error => "severity.error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is wrong in one place: the rule's code and what its sentences are filled in with. The sentences are made where
/// they are shown ([`crate::messages::FindingWords`]), in the language asked for. No argument ever holds personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's code, such as `P101`.
    pub code: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// The store's id; empty for findings about definitions.
    pub store: Arc<str>,
    /// Where it is. For a definition: its file, and its line as the row.
    pub place: Place,
    /// The column's Chinese title; empty where no column is meant.
    pub field: Arc<str>,
    /// What the rule's message and hint are filled in with.
    pub args: Vec<Argument>,
    /// A later submission no longer has it.
    pub corrected: bool,
}

/// What lists of findings are ordered by.
pub type FindingOrder<'f> = (&'f str, &'f Place, &'f str, &'f str, &'f [Argument], bool);

impl Finding {
    /// Whether it says that nothing of its workbook could be read.
    pub fn is_of_unread(&self) -> bool {
        self.severity == Severity::Error && self.code.starts_with('W') && self.place.sheet.is_empty()
    }

    /// What stands first where somebody works through a list: a header that is not what it should be, since it makes cells
    /// below it wrong, then errors, warnings, notices.
    pub fn reading_order(&self) -> Reverse<(bool, bool, Severity)> {
        let misspelt = &*self.code == "H023";
        let of_header = self.code.starts_with('H') && self.severity >= Severity::Warning;
        Reverse((misspelt, of_header, self.severity))
    }

    /// Code and arguments alone.
    pub fn said(&self) -> Message {
        Message { key: self.code.to_string().into(), args: self.args.clone() }
    }

    /// The order of every list of findings: store, place, code, column, arguments. No language decides it.
    pub fn order_key(&self) -> FindingOrder<'_> {
        (&self.store, &self.place, &self.code, &self.field, &self.args, self.corrected)
    }
}

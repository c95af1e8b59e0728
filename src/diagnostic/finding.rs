//! One finding.

use crate::model::{Place, Text};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

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

    /// The word a Chinese reader sees.
    pub fn zh(self) -> &'static str {
        match self {
            Severity::Notice => "提示",
            Severity::Warning => "警告",
            Severity::Error => "错误",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is wrong in one place. Made by [`crate::catalog::Catalog::finding`], which holds the words.
/// Neither message nor hint ever holds personal data.
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
    /// What is wrong.
    pub message: Text,
    /// How to fix it.
    pub hint: Text,
}

impl Finding {
    /// Whether it says that nothing of its workbook could be read.
    pub fn is_of_unread(&self) -> bool {
        self.severity == Severity::Error && self.code.starts_with('W') && self.place.sheet.is_empty()
    }

    /// The order of every list of findings: store, place, code, message.
    pub fn order_key(&self) -> (&str, &Place, &str, &str) {
        (&self.store, &self.place, &self.code, &self.message.zh)
    }
}

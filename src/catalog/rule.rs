//! `definitions/rules/<code>.toml`: a condition that must hold, or the words for a finding that Rust raises.

use super::{
    Catalog, Expression,
    source::{Fact, Problem, Source},
};
use crate::{diagnostic::Severity, model::Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleWritten {
    severity: Severity,
    title: Text,
    message: Text,
    cause: Text,
    fix: Text,
    #[serde(default)]
    example: Text,
    #[serde(default)]
    source: String,
    sheet: Option<Spanned<String>>,
    field: Option<Spanned<String>>,
    holds: Option<Spanned<String>>,
}

pub(super) fn read_rule(source: &Source, catalog: &Catalog) -> Result<Rule, Problem> {
    let written: RuleWritten = source.read()?;
    let condition = match (&written.sheet, &written.field, &written.holds) {
        (None, None, None) => None,
        (Some(sheet), Some(field), Some(holds)) => {
            let Some(known) = catalog.sheet(sheet.get_ref()) else {
                let what = format!("没有表 {:?} (no such sheet)", sheet.get_ref());
                return Err(source.problem(&sheet.span(), what));
            };
            let columns = Fact::of_sheet(known);
            Some(Condition {
                sheet: known.id.clone(),
                holds: source.expression(holds, &columns)?,
                field: source.column(field, &columns)?,
            })
        }
        _ => {
            return Err(Problem {
                line: 1,
                what: "sheet、field、holds 三项须同时给出 (give all three or none)".to_owned(),
            });
        }
    };
    Ok(Rule {
        code: source.id.clone(),
        severity: written.severity,
        title: written.title,
        message: written.message,
        cause: written.cause,
        fix: written.fix,
        example: written.example,
        condition,
        source: written.source,
    })
}

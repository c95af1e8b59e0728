//! `definitions/rules/<code>.toml`: a condition that must hold, or the words for a finding that Rust raises.

use super::{
    Expression, SheetDef,
    source::{Problem, Source},
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

pub(super) fn read_rule(source: &Source) -> Result<Rule, Problem> {
    let written: RuleWritten = source.read()?;
    let condition = match (&written.sheet, &written.field, &written.holds) {
        (None, None, None) => None,
        (Some(sheet), Some(field), Some(holds)) => {
            let line = source.line(&holds.span());
            let holds = Expression::parse(holds.get_ref(), &source.shown, line)
                .map_err(|what| Problem { line, what: format!("SQL 表达式有误 (bad SQL): {what}") })?;
            Some(Condition { sheet: sheet.get_ref().as_str().into(), field: field.get_ref().as_str().into(), holds })
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

/// Sheets are loaded after rules, so that a definition problem finds its words; conditions are checked at the end.
pub(super) fn check_condition(condition: &Condition, sheet: Option<&SheetDef>) -> Result<(), Problem> {
    let line = condition.holds.line;
    let Some(sheet) = sheet else {
        return Err(Problem { line, what: format!("没有表 {:?} (no such sheet)", condition.sheet) });
    };
    let names = condition.holds.names();
    for name in names.iter().map(String::as_str).chain([&*condition.field]) {
        let base = name.strip_suffix("_date_only").unwrap_or(name);
        if sheet.field(base).is_none() {
            return Err(Problem { line, what: format!("表 {} 没有列 {name:?} (no such column)", sheet.id) });
        }
    }
    Ok(())
}

//! Rules over plans: lines that together make another one, lines that stay once they are locked, lines of a time near that in
//! which they were made.

use crate::{
    catalog::{
        CellType, Expression, SheetDef,
        source::{Fact, Problem, Source},
    },
    model::{ColumnKind, Message},
};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

/// What a line of a plan is held to.
#[derive(Clone, Debug)]
pub enum Plan {
    /// The numbers of the lines that `parts` names add up to that of the line that the rule's `where` names.
    AddsUp {
        /// The lines that are parts.
        parts: Box<Expression>,
        /// What parts and whole have in common.
        by: Vec<Arc<str>>,
        /// Of lines that differ in this column alone the last stands.
        newest: Arc<str>,
    },
    /// A line that was locked keeps its number in every later version.
    Locked {
        /// The column that says so.
        by: Arc<str>,
        /// The column in which versions of a line differ.
        newest: Arc<str>,
    },
    /// The month in the rule's field lies near another.
    Near {
        /// The column with the other month.
        to: Arc<str>,
        /// So many months at most lie between.
        months: u32,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum PlanWritten {
    AddsUp { parts: Spanned<String>, by: Vec<Spanned<String>>, newest: Spanned<String> },
    Locked { by: Spanned<String>, newest: Spanned<String> },
    Near { to: Spanned<String>, months: u32 },
}

pub(super) fn read_plan(
    source: &Source,
    sheet: &SheetDef,
    field: &Spanned<String>,
    written: &PlanWritten,
) -> Result<Plan, Problem> {
    let columns = Fact::of_sheet(sheet);
    let cell = |name: &str| sheet.field(name).map(|at| sheet.columns[at].cell);
    let typed = |name: &Spanned<String>, kinds: &[CellType]| {
        let own = source.column(name, &columns)?;
        match cell(&own) {
            Some(cell) if kinds.contains(&cell) => Ok(own),
            _ => Err(source.problem(&name.span(), Message::new("definition.plan").with("name", &own))),
        }
    };
    let number = [CellType::Integer, CellType::Number, CellType::Money];
    let time = [CellType::Month, CellType::Date, CellType::Instant];
    Ok(match written {
        PlanWritten::AddsUp { parts, by, newest } => {
            typed(field, &number)?;
            for name in by {
                let own = source.column(name, &columns)?;
                if cell(&own).is_none_or(|cell| cell.kind() != ColumnKind::Text) {
                    return Err(source.problem(&name.span(), Message::new("definition.plan").with("name", &own)));
                }
            }
            Plan::AddsUp {
                parts: Box::new(source.expression(parts, &columns)?),
                by: source.columns(by, &columns)?,
                newest: typed(newest, &time)?,
            }
        }
        PlanWritten::Locked { by, newest } => {
            typed(field, &number)?;
            Plan::Locked { by: typed(by, &[CellType::Flag])?, newest: typed(newest, &time)? }
        }
        PlanWritten::Near { to, months } => {
            typed(field, &[CellType::Month, CellType::Period])?;
            Plan::Near { to: typed(to, &time)?, months: *months }
        }
    })
}

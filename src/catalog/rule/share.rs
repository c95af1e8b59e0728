//! Rules over many rows at once, and rules over what changes from one version of a row to the next.

use super::{Reference, reference};
use crate::{
    catalog::{
        Catalog, Expression, SheetDef,
        source::{Fact, Problem, Source},
    },
    model::Message,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use toml::Spanned;

/// A share of the rows of each group and month, and how large it may be.
#[derive(Clone, Debug)]
pub struct Share {
    /// The columns by which rows are grouped; the month of the sheet's time is one more.
    pub by: Vec<Arc<str>>,
    /// Which rows of a group are counted; `None`: those with the value of the rule's field that most of them have.
    pub holds: Option<Expression>,
    /// The limits, unless the config has others.
    pub limits: Limits,
}

/// How large a share may be, and of how many rows it is asked at all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// The share that may just be reached, 0 to 1.
    pub at_most: Option<f64>,
    /// The share that must not be reached, 0 to 1.
    pub below: Option<f64>,
    /// Smaller groups say nothing.
    pub at_least_rows: u32,
}

/// A change of the rule's field that only a row of another sheet explains.
#[derive(Clone, Debug)]
pub struct NeedsRow {
    /// The instant in the other sheet; its rows are of the same customer.
    pub other: Reference,
    /// Only rows of the other sheet of which this is true.
    pub rows: Option<Expression>,
    /// The field that says since when the value stands.
    pub since: Arc<str>,
    /// Only changes from one of these values to another.
    pub among: Vec<Arc<str>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShareWritten {
    by: Vec<Spanned<String>>,
    holds: Option<Spanned<String>>,
    at_most: Option<f64>,
    below: Option<f64>,
    at_least_rows: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeedsRowWritten {
    #[serde(rename = "in")]
    other: Spanned<String>,
    #[serde(rename = "where")]
    rows: Option<Spanned<String>>,
    since: Spanned<String>,
    among: Vec<Arc<str>>,
}

impl Limits {
    /// Whether these limits are shares, and one of the two is given.
    pub fn are_shares(&self) -> bool {
        let share = |limit: Option<f64>| limit.is_none_or(|limit| (0.0..=1.0).contains(&limit));
        self.at_most.is_some() != self.below.is_some() && share(self.at_most) && share(self.below)
    }

    /// Whether so many of so many rows are too many.
    pub fn are_passed(&self, counted: usize, rows: usize) -> bool {
        let share = counted as f64 / rows.max(1) as f64;
        let enough = rows as u64 >= u64::from(self.at_least_rows.max(1));
        enough && (self.at_most.is_some_and(|most| share > most) || self.below.is_some_and(|limit| share >= limit))
    }
}

pub(super) fn read_share(source: &Source, sheet: &SheetDef, written: &Spanned<ShareWritten>) -> Result<Share, Problem> {
    let (own, span) = (written.get_ref(), written.span());
    let columns = Fact::of_sheet(sheet);
    if sheet.time.is_none() {
        return Err(source.problem(&span, Message::new("definition.no_time").with("sheet", &sheet.id)));
    }
    let limits = Limits { at_most: own.at_most, below: own.below, at_least_rows: own.at_least_rows };
    if !limits.are_shares() {
        return Err(source.problem(&span, Message::new("definition.share")));
    }
    for name in &own.by {
        let field = source.column(name, &columns)?;
        // What rows are grouped by stands in the finding.
        if sheet.field(&field).is_some_and(|at| sheet.columns[at].personal.is_some()) {
            return Err(source.problem(&name.span(), Message::new("definition.personal").with("name", field)));
        }
    }
    let holds = own.holds.as_ref().map(|sql| source.expression(sql, &columns)).transpose()?;
    Ok(Share { by: source.columns(&own.by, &columns)?, holds, limits })
}

pub(super) fn read_needs_row(
    source: &Source,
    catalog: &Catalog,
    sheet: &SheetDef,
    written: &NeedsRowWritten,
) -> Result<NeedsRow, Problem> {
    let (other, of) = reference(source, catalog, &written.other)?;
    if sheet.customer.is_empty() || of.customer.is_empty() {
        return Err(source.problem(&written.other.span(), Message::new("definition.no_customer")));
    }
    let instant = |sheet: &SheetDef, field: &str| {
        use crate::catalog::CellType::{Date, Instant};
        sheet.field(field).is_some_and(|at| matches!(sheet.columns[at].cell, Date | Instant))
    };
    if !instant(of, &other.field) {
        return Err(source.problem(&written.other.span(), Message::new("definition.no_instant")));
    }
    let since = source.column(&written.since, &Fact::of_sheet(sheet))?;
    if !instant(sheet, &since) {
        return Err(source.problem(&written.since.span(), Message::new("definition.no_instant")));
    }
    let rows = written.rows.as_ref().map(|sql| source.expression(sql, &Fact::of_sheet(of))).transpose()?;
    Ok(NeedsRow { other, rows, since, among: written.among.clone() })
}

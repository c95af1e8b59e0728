//! Everything that reports are made from.

use crate::{
    catalog::Catalog,
    diagnostic::Finding,
    model::{IgnoredSheet, Instant, KpiValue, LineageRow, SheetTally, Submission, WorklistRow},
    project::{Settings, Store},
};
use std::sync::Arc;

/// The results of a build, borrowed. All lists are sorted and complete; a report only selects and words.
pub struct Material<'a> {
    /// The definitions in force.
    pub catalog: &'a Catalog,
    /// The settings in force.
    pub settings: &'a Settings,
    /// The cut-off.
    pub cutoff: Instant,
    /// The stores, in the config's order, then by id.
    pub stores: &'a [Store],
    /// The lines of `kpi.csv`, sorted by KPI (display order), scope, id, period.
    pub kpis: &'a [KpiValue],
    /// The rows behind the store figures of recent months, sorted by KPI, store, day (newest first), role, place.
    /// See [`Material::lineage_since`].
    pub lineage: &'a [LineageRow],
    /// The first day that `lineage` reaches back to.
    pub lineage_since: chrono::NaiveDate,
    /// All worklists, sorted by list, store, owner, the list's own order.
    pub worklists: &'a [WorklistRow],
    /// All findings, sorted by store and place.
    pub findings: &'a [Finding],
    /// What was read of each sheet, sorted by store, week, workbook.
    pub tallies: &'a [SheetTally],
    /// Every workbook of every store, in the order of submission.
    pub submissions: &'a [Submission],
    /// The submission board: one line for each store, sheet and week, sorted so.
    pub board: &'a [BoardLine],
    /// Sheets that were listed, not read: workbook, sheet.
    pub ignored: &'a [(Arc<str>, IgnoredSheet)],
}

/// One line of `submissions.csv`: a store, a sheet, a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLine {
    /// The store's id.
    pub store: Arc<str>,
    /// The sheet's id.
    pub kind: Arc<str>,
    /// The ISO week.
    pub week: crate::model::Period,
    /// The store had to send it.
    pub expected: bool,
    /// It did.
    pub received: bool,
    /// In time; `None` while the deadline is ahead, or without a submission time.
    pub on_time: Option<bool>,
    /// Data rows found.
    pub rows_read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Accepted rows with a repaired cell.
    pub repaired: u64,
    /// Rows kept out.
    pub rejected: u64,
}

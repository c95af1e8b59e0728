//! Submissions: which workbook is newer, and what a store sent for which week.

use super::{Instant, Period, RowSpans};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The folder of the input that is no store's: what headquarters sends for several, each row with its 店代码.
pub const GROUP: &str = "_group";

/// What a submission's place in the order rests on, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OrderBasis {
    /// 周止 on the 封面 sheet.
    Cover,
    /// A date or ISO week in the path.
    Path,
    /// The cut-off of the forms that were filled in: they are newer than all that was sent up to then.
    Form,
    /// Nothing but the path's own order: a warning.
    PathOrder,
}

/// One workbook as a submission of its store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The store's id: the folder. [`GROUP`] for what came for the store from the group.
    pub store: Arc<str>,
    /// Path of the workbook below the input folder.
    pub workbook: Arc<str>,
    /// 周起.
    pub from: Option<NaiveDate>,
    /// 周止, or the last day of the week (or the day) that the path names.
    pub to: Option<NaiveDate>,
    /// 提交时间.
    pub submitted_at: Option<Instant>,
    /// 提交人.
    pub submitted_by: Option<String>,
    /// 模板版本.
    pub template_version: Option<String>,
    /// What the order rests on.
    pub basis: OrderBasis,
}

impl Submission {
    /// The ISO week the submission is for; `None` when neither cover nor path says.
    pub fn week(&self) -> Option<Period> {
        self.to.map(|day| Period::of(super::Grain::Week, day))
    }

    /// The order of submissions of one store: by 周止, undated ones first, forms after what they were written of, then by
    /// submission time, then by path.
    pub fn order_key(&self) -> (Option<NaiveDate>, bool, Option<Instant>, Arc<str>) {
        (self.to, self.basis == OrderBasis::Form, self.submitted_at, self.workbook.clone())
    }
}

/// What was read of one sheet of one workbook. `rows_read = accepted + rejected`, always; `repaired` rows are
/// accepted ones; `clean` rows are accepted without error or warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetTally {
    /// The store's id.
    pub store: Arc<str>,
    /// Id of the sheet definition.
    pub kind: Arc<str>,
    /// The workbook.
    pub workbook: Arc<str>,
    /// The sheet's name in the workbook.
    pub sheet: Arc<str>,
    /// The submission's week.
    pub week: Option<Period>,
    /// 提交时间.
    pub submitted_at: Option<Instant>,
    /// Data rows found.
    pub rows_read: u64,
    /// Rows that reached the facts or were an unchanged or superseded copy of one that did.
    pub accepted: u64,
    /// Accepted rows in which a cell was repaired.
    pub repaired: u64,
    /// Rows kept out by an error.
    pub rejected: u64,
    /// Accepted rows without error or warning.
    pub clean: u64,
    /// Which rows these are.
    pub rows: TalliedRows,
}

/// The rows behind a tally's counts; the accepted ones are those read and not rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalliedRows {
    /// Data rows found.
    pub read: RowSpans,
    /// Accepted rows in which a cell was repaired.
    pub repaired: RowSpans,
    /// Rows kept out by an error.
    pub rejected: RowSpans,
    /// Accepted rows with a warning.
    pub unclean: RowSpans,
}

impl SheetTally {
    /// Counts a warning in a row that was found after the store was checked: an accepted row is clean no more.
    pub fn mark(&mut self, row: u32) {
        let accepted = self.rows.read.holds(row) && !self.rows.rejected.holds(row);
        if accepted && self.rows.unclean.insert(row) {
            self.clean = self.clean.saturating_sub(1);
        }
    }
}

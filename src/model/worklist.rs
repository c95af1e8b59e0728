//! One thing somebody has to do this week.

use super::{Place, Text};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One line of a worklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklistRow {
    /// The worklist's id.
    pub list: Arc<str>,
    /// The store.
    pub store: Arc<str>,
    /// Who has to do it.
    pub owner: Option<Arc<str>>,
    /// The customer, masked: a prospect number, a masked phone or a masked VIN.
    pub customer_ref: String,
    /// The customer key, in full: for the store's own workbook only.
    pub customer_key: Option<Arc<str>>,
    /// The customer's name, in full: for the store's own workbook only.
    pub customer_name: Option<Arc<str>>,
    /// The customer's phone, in full: for the store's own workbook only.
    pub phone: Option<Arc<str>>,
    /// When it was due.
    pub due: Option<NaiveDate>,
    /// Whole days past due at the cut-off; negative when still ahead.
    pub days_over: Option<i64>,
    /// Why it is on the list.
    pub reason: Text,
    /// Where the row stands that it rests on.
    pub place: Place,
    /// Further columns of the definition, as shown, in its order; personal ones masked.
    pub extra: Vec<String>,
}

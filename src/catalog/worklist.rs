//! `definitions/worklists/<list>.toml`: a fact, a condition at the cut-off, owner, due, order, columns.

use crate::{catalog::Expression, model::Text};
use std::sync::Arc;

/// A worklist.
#[derive(Clone, Debug)]
pub struct Worklist {
    /// The file's name without ending.
    pub id: Arc<str>,
    /// Its number in the catalogue, for order.
    pub number: u32,
    /// Its name.
    pub title: Text,
    /// The fact.
    pub fact: Arc<str>,
    /// The rows on the list.
    pub rows: Expression,
    /// Who has to do it: an SQL expression giving a text.
    pub owner: Expression,
    /// When it was due: an SQL expression giving a date or timestamp; `None` where nothing is due.
    pub due: Option<Expression>,
    /// Why it is on the list: an SQL expression giving a Chinese text without personal data.
    pub reason: Expression,
    /// SQL `ORDER BY` items within an owner, first to last; place breaks ties.
    pub order_by: Vec<Expression>,
    /// Column holding the customer key.
    pub customer: Option<Arc<str>>,
    /// Column holding the customer's name.
    pub name: Option<Arc<str>>,
    /// Column holding the phone.
    pub phone: Option<Arc<str>>,
    /// Further fact columns shown, with their titles.
    pub extra: Vec<(Arc<str>, Text)>,
    /// What to do, for the person on the phone.
    pub next_step: Text,
    /// What it means.
    pub meaning: Text,
    /// Document and clause, or the reason of the assumption.
    pub source: String,
}

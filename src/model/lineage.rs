//! The rows behind a number.

use super::{Place, Quantity, Scope};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The part a row plays in a KPI value. The order is that of reading: what failed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// In the denominator only.
    Failed,
    /// Counts, but cannot be judged.
    Excluded,
    /// In the numerator.
    Passed,
}

impl Role {
    /// The word used in exports.
    pub fn word(self) -> &'static str {
        match self {
            Role::Failed => "failed",
            Role::Excluded => "excluded",
            Role::Passed => "passed",
        }
    }
}

impl LineageRow {
    /// The channel, the model or the level it is of; `None` for any other scope.
    pub fn slice(&self, scope: Scope) -> Option<&str> {
        match scope {
            Scope::Channel => self.channel.as_deref(),
            Scope::Model => self.model.as_deref(),
            Scope::Level => self.level.as_deref(),
            _ => None,
        }
    }
}

/// One row behind one KPI value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageRow {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// The store.
    pub store: Arc<str>,
    /// The person, where the fact names one.
    pub staff: Option<Arc<str>>,
    /// The channel, where the fact has one.
    pub channel: Option<Arc<str>>,
    /// The model, where the fact has one.
    pub model: Option<Arc<str>>,
    /// The level, where the fact has one.
    pub level: Option<Arc<str>>,
    /// The day that puts the row into its periods.
    pub day: NaiveDate,
    /// Its part.
    pub role: Role,
    /// What it adds to the numerator.
    pub numerator: Quantity,
    /// What it adds to the denominator.
    pub denominator: Quantity,
    /// Where it stands.
    pub place: Place,
    /// The fields the judgement rests on, as (fact column, shown value), in the definition's order; personal ones masked.
    pub evidence: Vec<(Arc<str>, Arc<str>)>,
}

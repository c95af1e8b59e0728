//! `definitions/scorecards/<role>.toml`: KPIs with weights, and the part that no document defines.

use crate::model::Text;
use std::sync::Arc;

/// A role's scorecard. The weights and `undefined` add up to 100; what is undefined is shown, never rescaled away.
#[derive(Clone, Debug)]
pub struct Scorecard {
    /// The file's name without ending.
    pub id: Arc<str>,
    /// The role's name.
    pub title: Text,
    /// What is weighed, in display order.
    pub items: Vec<ScorecardItem>,
    /// Points that no document defines.
    pub undefined: u32,
    /// Document and clause.
    pub source: String,
}

/// One part of a scorecard.
#[derive(Clone, Debug)]
pub struct ScorecardItem {
    /// What the source document calls it.
    pub title: Text,
    /// The KPI that measures it; `None` where no sheet carries it yet, which is shown as such.
    pub kpi: Option<Arc<str>>,
    /// Points of 100.
    pub weight: u32,
}

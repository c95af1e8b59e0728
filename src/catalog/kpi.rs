//! `definitions/kpis/<kpi>.toml`: a ratio or a sum over one fact.

use crate::{
    catalog::Expression,
    model::{Grain, Quantity, Text},
};
use serde::Deserialize;
use std::sync::Arc;

/// A KPI.
#[derive(Clone, Debug)]
pub struct Kpi {
    /// The file's name without ending.
    pub id: Arc<str>,
    /// Its name.
    pub title: Text,
    /// The fact it is computed over.
    pub fact: Arc<str>,
    /// The column that puts a row into its periods. A row in which it is NULL does not count.
    pub time: Arc<str>,
    /// The rows that count; `true` when absent.
    pub rows: Expression,
    /// Of these, the rows that cannot be judged; `false` when absent.
    pub excluded: Expression,
    /// Summed over the rows that count and can be judged; a condition counts as 1 or 0, NULL as 0.
    pub numerator: Expression,
    /// Likewise; `None` for a sum, whose value is the numerator.
    pub denominator: Option<Expression>,
    /// What the value is measured in.
    pub unit: Unit,
    /// Which way is better.
    pub direction: Direction,
    /// The target, as a fraction for ratios, else in the unit; the config may override it.
    pub target: Option<Quantity>,
    /// How longer periods come from days.
    pub accumulate: Accumulate,
    /// The grains it has values for.
    pub grains: Vec<Grain>,
    /// The column of the staff scope, if any.
    pub staff: Option<Arc<str>>,
    /// The column of the model scope, if any.
    pub model: Option<Arc<str>>,
    /// The column of the channel scope, if any.
    pub channel: Option<Arc<str>>,
    /// Fact columns shown beside each row behind the number.
    pub evidence: Vec<Arc<str>>,
    /// Sheets without which a store has no data for it.
    pub needs: Vec<Arc<str>>,
    /// Which of the department's functions it belongs to: `prospects`, `timeliness`, `orders`, `complaints`,
    /// `after_sales`, `value`, `department`.
    pub topic: Arc<str>,
    /// What it means, in a sentence or two.
    pub meaning: Text,
    /// How to make it better.
    pub advice: Text,
    /// Document and clause, or the reason of the assumption.
    pub source: String,
    /// The target or the meaning is our assumption and is shown as one.
    pub assumption: bool,
    /// Display order.
    pub order: u32,
}

/// What a value is measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A share of one, shown in percent.
    #[default]
    Percent,
    /// A count of things.
    Count,
    /// Yuan.
    Yuan,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    #[default]
    Up,
    /// Less is better.
    Down,
}

/// How longer periods come from shorter ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accumulate {
    /// Numerators and denominators add up.
    #[default]
    Sum,
    /// A stock: a longer period has the figure of the last day it holds, so that no car or customer counts twice.
    Closing,
}

//! KPI values as they leave the metrics stage.

use super::{Period, Quantity};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a value is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All stores.
    Group,
    /// The stores of a region.
    Region,
    /// The stores of a brand.
    Brand,
    /// One store.
    Store,
    /// One person of a store; the id is `<store>/<name>`.
    Staff,
    /// One channel over all stores, or of one store.
    Channel,
    /// One model over all stores, or of one store.
    Model,
    /// One level of prospects over all stores, or of one store.
    Level,
}

impl Scope {
    /// All scopes in the order of `kpi.csv`.
    pub const ALL: [Scope; 8] = [
        Scope::Group,
        Scope::Region,
        Scope::Brand,
        Scope::Store,
        Scope::Staff,
        Scope::Channel,
        Scope::Model,
        Scope::Level,
    ];

    /// What splits a scope's figures by what their rows say: a row may have none of each.
    pub const SLICES: [Scope; 3] = [Scope::Channel, Scope::Model, Scope::Level];

    /// The word used in `kpi.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Group => "group",
            Scope::Region => "region",
            Scope::Brand => "brand",
            Scope::Store => "store",
            Scope::Staff => "staff",
            Scope::Channel => "channel",
            Scope::Model => "model",
            Scope::Level => "level",
        }
    }
}

/// How a value stands to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 达标.
    Met,
    /// 未达标.
    Missed,
    /// 无目标: a value, but nothing to hold it against.
    NoTarget,
    /// 无数据: the sheet is absent, or nothing counts in the period.
    NoData,
    /// 不可算: there are rows, but every one of them is excluded.
    NotMeasurable,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 5] = [Status::Met, Status::Missed, Status::NoTarget, Status::NoData, Status::NotMeasurable];

    /// The key of its word for users.
    pub fn key(self) -> &'static str {
        match self {
            Status::Met => "status.met",
            Status::Missed => "status.missed",
            Status::NoTarget => "status.no_target",
            Status::NoData => "status.no_data",
            Status::NotMeasurable => "status.not_measurable",
        }
    }

    /// The word used in `kpi.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Status::Met => "met",
            Status::Missed => "missed",
            Status::NoTarget => "no_target",
            Status::NoData => "no_data",
            Status::NotMeasurable => "not_measurable",
        }
    }
}

/// One line of `kpi.csv`. The order is KPI, scope, id, period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KpiValue {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// What it is about.
    pub scope: Scope,
    /// Which one; `group` for the group.
    pub scope_id: Arc<str>,
    /// The period.
    pub period: Period,
    /// Summed numerator over measurable rows.
    pub numerator: Quantity,
    /// Summed denominator over measurable rows; `None` for a sum.
    pub denominator: Option<Quantity>,
    /// Rows that count but cannot be judged.
    pub excluded: u64,
    /// The target in force, as a fraction or in the KPI's unit.
    pub target: Option<Quantity>,
    /// How the value stands to it.
    pub status: Status,
    /// Of a month that is not over: numerator and denominator of the same days of the month before, where every row counts
    /// on a day of its own. Few values have it.
    pub same_days: Option<Box<(Quantity, Option<Quantity>)>>,
}

impl KpiValue {
    /// Whether there is a value to show.
    pub fn has_figure(&self) -> bool {
        self.status != Status::NoData && self.value_f64().is_some()
    }

    /// The value as a plain decimal; `None` when the denominator is zero.
    pub fn value(&self) -> Option<String> {
        match self.denominator {
            None => Some(self.numerator.to_string()),
            Some(denominator) => self.numerator.ratio(denominator),
        }
    }

    /// The value as a float, for charts and ranks.
    pub fn value_f64(&self) -> Option<f64> {
        match self.denominator {
            None => Some(self.numerator.to_f64()),
            Some(denominator) if denominator.is_zero() => None,
            Some(denominator) => Some(self.numerator.to_f64() / denominator.to_f64()),
        }
    }
}

//! `definitions/kpis/<kpi>.toml`: a ratio or a sum over one fact.

use super::{
    Catalog, Expression,
    source::{Fact, Problem, Source},
};
use crate::model::{Grain, Message, Quantity, Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KpiWritten {
    title: Text,
    fact: Spanned<String>,
    time: Spanned<String>,
    #[serde(rename = "where")]
    rows: Option<Spanned<String>>,
    excluded: Option<Spanned<String>>,
    numerator: Spanned<String>,
    denominator: Option<Spanned<String>>,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    direction: Direction,
    target: Option<Spanned<f64>>,
    #[serde(default)]
    accumulate: Accumulate,
    grains: Option<Vec<Grain>>,
    staff: Option<Spanned<String>>,
    model: Option<Spanned<String>>,
    channel: Option<Spanned<String>>,
    #[serde(default)]
    evidence: Vec<Spanned<String>>,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    meaning: Text,
    #[serde(default)]
    advice: Text,
    source: String,
    #[serde(default)]
    assumption: bool,
    #[serde(default = "last")]
    order: u32,
}

fn last() -> u32 {
    1000
}

pub(super) fn read_kpi(source: &Source, catalog: &Catalog) -> Result<Kpi, Problem> {
    let written: KpiWritten = source.read()?;
    let fact = Fact::find(source, &written.fact, catalog)?;
    let sheet = catalog.sheet(written.fact.get_ref());
    let derived_has = |name: &str| fact.columns.iter().any(|column| &**column == name).then(|| Arc::from(name));
    // A derived fact names its scope columns as the scopes are named; a sheet's definition says which they are.
    let scope = |own: &Option<Spanned<String>>, name: &str, of_sheet: Option<Arc<str>>| match own {
        Some(own) => source.column(own, &fact).map(Some),
        None => Ok(if sheet.is_some() { of_sheet } else { derived_has(name) }),
    };
    let staff = scope(&written.staff, "staff", sheet.and_then(|s| s.staff.clone()))?;
    let model = scope(&written.model, "model", sheet.and_then(|s| s.model.clone()))?;
    let channel = scope(&written.channel, "channel", sheet.and_then(|s| s.channel.clone()))?;
    let target = match &written.target {
        None => None,
        Some(target) if !target.get_ref().is_finite() || *target.get_ref() < 0.0 => {
            return Err(source.problem(&target.span(), Message::new("definition.target_negative")));
        }
        Some(target) if written.unit == Unit::Percent && *target.get_ref() > 1.0 => {
            return Err(source.problem(&target.span(), Message::new("definition.target_percent")));
        }
        Some(target) => Some(target_quantity(*target.get_ref())),
    };
    let denominator = match &written.denominator {
        Some(sql) if !sql.get_ref().trim().is_empty() => Some(source.expression(sql, &fact)?),
        _ => None,
    };
    Ok(Kpi {
        id: source.id.clone(),
        time: source.column(&written.time, &fact)?,
        rows: source.expression_or(&written.rows, "true", &fact)?,
        excluded: source.expression_or(&written.excluded, "false", &fact)?,
        numerator: source.expression(&written.numerator, &fact)?,
        denominator,
        fact: fact.name.into(),
        title: written.title.clone(),
        unit: written.unit,
        direction: written.direction,
        target,
        accumulate: written.accumulate,
        grains: written.grains.clone().unwrap_or_else(|| Grain::ALL.to_vec()),
        staff,
        model,
        channel,
        evidence: source.columns(&written.evidence, &fact)?,
        needs: source.sheets(&written.needs, catalog)?,
        topic: written.topic.as_str().into(),
        meaning: written.meaning.clone(),
        advice: written.advice.clone(),
        source: written.source.clone(),
        assumption: written.assumption,
        order: written.order,
    })
}

/// A target as an exact quantity, to four places.
fn target_quantity(target: f64) -> Quantity {
    Quantity((target * Quantity::SCALE as f64).round() as i128)
}

//! `definitions/kpis/<kpi>.toml`: a figure made of the rows of one fact, or of other KPIs.

use super::{
    Catalog, Expression, Unit,
    source::{Fact, Problem, Source},
    target::read_target,
};
use crate::model::{Grain, Message, Quantity, Scope, Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

mod kind;
mod others;

pub use kind::{Kind, Span};
pub(super) use others::{circular, named_kpis};

/// A KPI. One that is made of others ([`Kind::of_others`]) shows fact, period column, rows and expressions of the first
/// of them; its own figures are never computed from these.
#[derive(Clone, Debug)]
pub struct Kpi {
    /// The file's name without ending.
    pub id: Arc<str>,
    /// Its name.
    pub title: Text,
    /// How its value comes about.
    pub kind: Kind,
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
    pub unit: Arc<Unit>,
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
    /// The column of the level scope, if any.
    pub level: Option<Arc<str>>,
    /// The sheet column whose cell decides a row's part, which the rows behind a value point at; `None`: the column of `time`
    /// where it is one of the sheet, else the sheet's own time. A row of a sheet without the column points likewise.
    pub decides: Option<Arc<str>>,
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
    /// Rows come into a period after it is over, once they can be judged: that more of them count later is no restatement.
    pub ripens: bool,
    /// What documents give to hold the value against, where it is no target: of the trade, or a mark of the best. Empty
    /// where none does.
    pub benchmark: Text,
    /// Which of the department's seven functions it serves, from 1.
    pub function: Option<u8>,
    /// Display order.
    pub order: u32,
    /// The definition file, as shown.
    pub file: Arc<str>,
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
    fact: Option<Spanned<String>>,
    time: Option<Spanned<String>>,
    #[serde(rename = "where")]
    rows: Option<Spanned<String>>,
    excluded: Option<Spanned<String>>,
    numerator: Option<Spanned<String>>,
    denominator: Option<Spanned<String>>,
    /// `numerator` is a row's value, of which this share of the rows has less.
    quantile: Option<Spanned<f64>>,
    /// Different texts are counted.
    distinct: Option<Spanned<String>>,
    /// Must be `false` with `quantile` and `distinct`, so that whoever reads the file knows.
    additive: Option<Spanned<bool>>,
    numerator_kpi: Option<Spanned<String>>,
    denominator_kpi: Option<Spanned<String>>,
    scale: Option<Spanned<u32>>,
    growth_of: Option<Spanned<String>>,
    months_back: Option<Spanned<u32>>,
    to_date_of: Option<Spanned<String>>,
    to_date: Option<Spanned<ToDateWritten>>,
    rolling_months: Option<Spanned<u32>>,
    /// The scopes of people, models, channels and levels that it has; absent: all that its fact has a column for, or its
    /// parts have.
    scopes: Option<Vec<Spanned<Scope>>>,
    unit: Option<Spanned<String>>,
    #[serde(default)]
    direction: Direction,
    target: Option<Spanned<toml::Value>>,
    accumulate: Option<Spanned<Accumulate>>,
    grains: Option<Vec<Spanned<Grain>>>,
    staff: Option<Spanned<String>>,
    model: Option<Spanned<String>>,
    channel: Option<Spanned<String>>,
    level: Option<Spanned<String>>,
    decides: Option<Spanned<String>>,
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
    #[serde(default)]
    ripens: bool,
    #[serde(default)]
    benchmark: Text,
    function: Option<Spanned<u8>>,
    #[serde(default = "last")]
    order: u32,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ToDateWritten {
    Quarter,
    Year,
}

/// The department has so many functions: the story names them.
pub(super) const FUNCTIONS: u8 = 7;

fn last() -> u32 {
    1000
}

pub(super) fn read_kpi(source: &Source, catalog: &Catalog) -> Result<Kpi, Problem> {
    let written: KpiWritten = source.read()?;
    let unit = unit_of(source, catalog, &written.unit)?;
    let wrong = |target: &Spanned<toml::Value>, what: Message| source.problem(&target.span(), what);
    let read = |target| read_target(Spanned::get_ref(target), &unit).map_err(|what| wrong(target, what));
    let target = written.target.as_ref().map(read).transpose()?;
    if let Some(function) = written.function.as_ref().filter(|own| !(1..=FUNCTIONS).contains(own.get_ref())) {
        let what = Message::new("definition.function").with("most", u64::from(FUNCTIONS));
        return Err(source.problem(&function.span(), what));
    }
    let base = match written.of_others() {
        true => others::over_others(source, catalog, &written)?,
        false => over_rows(source, catalog, &written)?,
    };
    let mut needs = source.sheets(&written.needs, catalog)?;
    for sheet in base.needs {
        if !needs.contains(&sheet) {
            needs.push(sheet);
        }
    }
    let kpi = Kpi {
        id: source.id.clone(),
        title: written.title,
        unit,
        direction: written.direction,
        target,
        needs,
        topic: written.topic.as_str().into(),
        meaning: written.meaning,
        advice: written.advice,
        source: written.source,
        assumption: written.assumption,
        ripens: written.ripens,
        benchmark: written.benchmark,
        function: written.function.map(Spanned::into_inner),
        order: written.order,
        file: source.shown.clone(),
        kind: base.kind,
        fact: base.fact,
        time: base.time,
        rows: base.rows,
        excluded: base.excluded,
        numerator: base.numerator,
        denominator: base.denominator,
        accumulate: base.accumulate,
        grains: base.grains,
        staff: base.staff,
        model: base.model,
        channel: base.channel,
        level: base.level,
        decides: written.decides.as_ref().map(|name| source.field(name, catalog)).transpose()?,
        evidence: base.evidence,
    };
    let unreachable = kpi.target.and_then(|target| kpi.unreachable(target));
    match written.target.as_ref().zip(unreachable) {
        Some((target, what)) => Err(wrong(target, what)),
        None => Ok(kpi),
    }
}

/// The unit of a name; a share of one where none is named.
fn unit_of(source: &Source, catalog: &Catalog, name: &Option<Spanned<String>>) -> Result<Arc<Unit>, Problem> {
    let id = name.as_ref().map_or("percent", |name| name.get_ref());
    if let Some(unit) = catalog.units.get(id) {
        return Ok(unit.clone());
    }
    let known: Vec<Arc<str>> = catalog.units.keys().cloned().collect();
    let span = name.as_ref().map_or(0..0, Spanned::span);
    Err(source.problem(&span, Message::new("definition.no_unit").with("name", id).with("known", known)))
}

/// What figures are made of.
struct Base {
    kind: Kind,
    fact: Arc<str>,
    time: Arc<str>,
    rows: Expression,
    excluded: Expression,
    numerator: Expression,
    denominator: Option<Expression>,
    accumulate: Accumulate,
    grains: Vec<Grain>,
    staff: Option<Arc<str>>,
    model: Option<Arc<str>>,
    channel: Option<Arc<str>>,
    level: Option<Arc<str>>,
    evidence: Vec<Arc<str>>,
    needs: Vec<Arc<str>>,
}

impl Kpi {
    /// The column that splits its figures by a scope, if any does.
    pub fn column_of(&self, scope: Scope) -> Option<&str> {
        match scope {
            Scope::Staff => self.staff.as_deref(),
            Scope::Channel => self.channel.as_deref(),
            Scope::Model => self.model.as_deref(),
            Scope::Level => self.level.as_deref(),
            Scope::Group | Scope::Region | Scope::Brand | Scope::Store => None,
        }
    }

    /// Whether a figure meets a target. The comparison is of exact fractions; a sum has no denominator.
    pub fn meets(&self, numerator: Quantity, denominator: Option<Quantity>, target: Quantity) -> bool {
        let denominator = denominator.unwrap_or(Quantity::whole(1));
        // numerator / denominator against target, multiplied out; a negative denominator turns the sides.
        let sign = denominator.0.signum();
        let value = numerator.0.saturating_mul(Quantity::SCALE).saturating_mul(sign);
        let limit = target.0.saturating_mul(denominator.0).saturating_mul(sign);
        match self.direction {
            Direction::Up => value >= limit,
            Direction::Down => value <= limit,
        }
    }
}

impl KpiWritten {
    fn of_others(&self) -> bool {
        self.numerator_kpi.is_some() || self.growth_of.is_some() || self.to_date_of.is_some()
    }

    fn grains(&self) -> Option<Vec<Grain>> {
        self.grains.as_ref().map(|grains| grains.iter().map(|grain| *grain.get_ref()).collect())
    }
}

fn over_rows(source: &Source, catalog: &Catalog, written: &KpiWritten) -> Result<Base, Problem> {
    fn given<'w, T>(key: &str, own: &'w Option<T>) -> Result<&'w T, Problem> {
        own.as_ref()
            .ok_or_else(|| Problem { line: 1, what: Message::new("definition.missing").with("name", key).into() })
    }
    let others = [
        written.denominator_kpi.as_ref().map(Spanned::span),
        written.scale.as_ref().map(Spanned::span),
        written.months_back.as_ref().map(Spanned::span),
        written.to_date.as_ref().map(Spanned::span),
        written.rolling_months.as_ref().map(Spanned::span),
    ];
    if let Some(span) = others.into_iter().flatten().next() {
        return Err(source.problem(&span, Message::new("definition.only_of_others")));
    }
    let name = given("fact", &written.fact)?;
    let fact = Fact::find(source, name, catalog)?;
    let sheet = catalog.sheet(name.get_ref());
    let derived_has = |name: &str| fact.columns.iter().any(|column| &**column == name).then(|| Arc::from(name));
    // A derived fact names its scope columns as the scopes are named; a sheet's definition says which they are.
    let scope = |own: &Option<Spanned<String>>, name: &str, of_sheet: Option<Arc<str>>| match own {
        Some(own) => source.column(own, &fact).map(Some),
        None => Ok(if sheet.is_some() { of_sheet } else { derived_has(name) }),
    };
    let sampled = written.quantile.as_ref().map(Spanned::span).or(written.distinct.as_ref().map(Spanned::span));
    match (&sampled, &written.additive) {
        (Some(span), None) => {
            let what = Message::new("definition.say_not_additive");
            return Err(source.problem(span, what));
        }
        (sampled, Some(additive)) if *additive.get_ref() == sampled.is_some() => {
            let what = Message::new("definition.additive");
            return Err(source.problem(&additive.span(), what));
        }
        _ => {}
    }
    if let (Some(_), Some(denominator)) = (&sampled, &written.denominator) {
        return Err(source.problem(&denominator.span(), Message::new("definition.no_denominator")));
    }
    let (kind, numerator) = match (&written.quantile, &written.distinct) {
        (Some(_), Some(distinct)) => {
            return Err(source.problem(&distinct.span(), not_both("quantile", "distinct")));
        }
        (Some(share), None) => {
            if !(0.0..=1.0).contains(share.get_ref()) {
                return Err(source.problem(&share.span(), Message::new("definition.quantile")));
            }
            let thousandths = (share.get_ref() * 1000.0).round() as u32;
            (Kind::Quantile(thousandths), given("numerator", &written.numerator)?)
        }
        (None, Some(distinct)) => {
            if let Some(numerator) = &written.numerator {
                let what = not_both("distinct", "numerator");
                return Err(source.problem(&numerator.span(), what));
            }
            (Kind::Distinct, distinct)
        }
        (None, None) => (Kind::Rows, given("numerator", &written.numerator)?),
    };
    let denominator = match &written.denominator {
        Some(sql) if !sql.get_ref().trim().is_empty() => Some(source.expression(sql, &fact)?),
        _ => None,
    };
    let scopes = others::named_scopes(source, written)?;
    let wanted = |scope: Scope, column: Option<Arc<str>>| {
        column.filter(|_| scopes.as_ref().is_none_or(|own| own.contains(&scope)))
    };
    Ok(Base {
        kind,
        time: source.column(given("time", &written.time)?, &fact)?,
        rows: source.expression_or(&written.rows, "true", &fact)?,
        excluded: source.expression_or(&written.excluded, "false", &fact)?,
        numerator: source.expression(numerator, &fact)?,
        denominator,
        accumulate: written.accumulate.as_ref().map(|own| *own.get_ref()).unwrap_or_default(),
        grains: written.grains().unwrap_or_else(|| Grain::ALL.to_vec()),
        staff: wanted(Scope::Staff, scope(&written.staff, "staff", sheet.and_then(|s| s.staff.clone()))?),
        model: wanted(Scope::Model, scope(&written.model, "model", sheet.and_then(|s| s.model.clone()))?),
        channel: wanted(Scope::Channel, scope(&written.channel, "channel", sheet.and_then(|s| s.channel.clone()))?),
        // Of a sheet's row the level is that of now: a figure by it has to ask for it.
        level: wanted(Scope::Level, scope(&written.level, "level", None)?),
        evidence: source.columns(&written.evidence, &fact)?,
        needs: Vec::new(),
        fact: fact.name.into(),
    })
}

fn not_both(a: &'static str, b: &'static str) -> Message {
    Message::new("definition.not_both").with("a", a).with("b", b)
}

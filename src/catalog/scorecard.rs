//! `definitions/scorecards/<role>.toml`: KPIs with weights, and the part that no document defines.

use super::{
    Catalog,
    source::{Problem, Source},
    target::read_target,
};
use crate::model::{Message, Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

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
    /// The value that earns all points, where it is another than the KPI's target.
    pub target: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScorecardWritten {
    title: Text,
    undefined: u32,
    source: String,
    item: Vec<ItemWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemWritten {
    title: Text,
    kpi: Option<Spanned<String>>,
    weight: u32,
    target: Option<Spanned<toml::Value>>,
}

pub(super) fn read_scorecard(source: &Source, catalog: &Catalog) -> Result<Scorecard, Problem> {
    let written: ScorecardWritten = source.read()?;
    let mut items = Vec::new();
    for item in &written.item {
        let kpi = match &item.kpi {
            None => None,
            Some(id) => match catalog.kpi(id.get_ref()) {
                Some(kpi) => Some(kpi.id.clone()),
                None => {
                    return Err(
                        source.problem(&id.span(), Message::new("definition.no_kpi").with("name", id.get_ref()))
                    );
                }
            },
        };
        let measured = kpi.as_ref().and_then(|id: &Arc<str>| catalog.kpi(id));
        let read = |target: &Spanned<toml::Value>| {
            let wrong = |what: Message| source.problem(&target.span(), what);
            let unit = measured.or(catalog.kpis.first()).map(|kpi| &kpi.unit);
            let Some(unit) = unit else { return Err(wrong(Message::new("target.written"))) };
            let value = read_target(target.get_ref(), unit).map_err(wrong)?;
            match measured.and_then(|kpi| kpi.unreachable(value)) {
                Some(what) => Err(wrong(what)),
                None if value.is_zero() => Err(wrong(Message::new("definition.target_above_zero"))),
                None => Ok(value.to_f64()),
            }
        };
        let target = item.target.as_ref().map(read).transpose()?;
        items.push(ScorecardItem { title: item.title.clone(), kpi, weight: item.weight, target });
    }
    let total: u32 = items.iter().map(|item| item.weight).sum::<u32>() + written.undefined;
    if total != 100 {
        return Err(Problem {
            line: 1,
            what: Message::new("definition.weights").with("total", u64::from(total)).into(),
        });
    }
    Ok(Scorecard {
        id: source.id.clone(),
        title: written.title,
        items,
        undefined: written.undefined,
        source: written.source,
    })
}

impl ScorecardItem {
    /// The points that a value earns: the weight by as much of the target as it reaches, all of it at most. Of a KPI of
    /// which less is better, the weight by target ÷ value.
    pub fn points(&self, value: f64, target: f64, direction: super::Direction) -> f64 {
        let reached = match direction {
            super::Direction::Up => value / target,
            super::Direction::Down if value <= target => 1.0,
            super::Direction::Down => target / value,
        };
        f64::from(self.weight) * if reached.is_finite() { reached.clamp(0.0, 1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Direction;

    #[test]
    fn points_are_the_weight_by_what_is_reached_of_the_target() {
        let item = ScorecardItem { title: Text::default(), kpi: None, weight: 20, target: None };
        assert_eq!(item.points(0.15, 0.30, Direction::Up), 10.0);
        assert_eq!(item.points(0.45, 0.30, Direction::Up), 20.0);
        assert_eq!(item.points(-0.1, 0.30, Direction::Up), 0.0);
        assert_eq!(item.points(0.20, 0.25, Direction::Down), 20.0);
        assert_eq!(item.points(0.50, 0.25, Direction::Down), 10.0);
        // Nothing lost at all, and a target of nothing that is not reached.
        assert_eq!(item.points(0.0, 0.0, Direction::Down), 20.0);
        assert_eq!(item.points(0.5, 0.0, Direction::Down), 0.0);
        assert_eq!(item.points(0.5, 0.0, Direction::Up), 0.0);
    }
}

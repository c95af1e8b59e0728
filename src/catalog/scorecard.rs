//! `definitions/scorecards/<role>.toml`: KPIs with weights, and the part that no document defines.

use super::{
    Catalog,
    source::{Problem, Source},
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
        items.push(ScorecardItem { title: item.title.clone(), kpi, weight: item.weight });
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

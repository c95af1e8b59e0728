//! The store × KPI matrix: every store's value of every KPI, its status as colour, mark and word.

use super::{
    figure::{self, Figure},
    kpi,
    lookup::GroupLookup,
    page::{Link, Named},
    store, topic,
    variation::{Assurance, Process, Variation},
};
use crate::{
    catalog::{Kpi, UnitKind},
    model::Scope,
    project::Store,
};
use serde::Serialize;
use std::sync::Arc;

/// Rows of the matrix: what one page can hold and one reader can scan.
const HEAT_ROWS: usize = 40;

/// The store × KPI matrix.
#[derive(Debug, Serialize)]
pub(crate) struct Heat {
    pub topics: Vec<HeatTopic>,
    pub columns: Vec<HeatColumn>,
    pub group: Vec<HeatCell>,
    pub rows: Vec<HeatRow>,
    /// Stores left out because there are too many for one page.
    pub hidden: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct HeatTopic {
    pub title: Named,
    pub span: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct HeatColumn {
    pub title: Named,
    pub unit: String,
    pub first: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct HeatRow {
    pub store: Named,
    pub cells: Vec<HeatCell>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HeatCell {
    pub text: String,
    pub mark: &'static str,
    pub status: &'static str,
    pub depth: u8,
    /// Whether the newest full month is a signal: `▲` to the good, `▼` to the bad; empty for noise and in a trial.
    pub signal: &'static str,
    /// What the process gives of its target: `●` it always reaches it, `○` never, `◐` by turns; empty without either.
    pub reach: &'static str,
    /// Everything the cell says, for the pointer and for screen readers.
    pub title: String,
    pub link: Option<Link>,
    pub first: bool,
}

impl Heat {
    pub(crate) fn new(group: &GroupLookup<'_>) -> Heat {
        Heat::of(group, topics(group))
    }

    /// That of some KPIs, by topic.
    pub(crate) fn of(group: &GroupLookup<'_>, topics: Vec<(Arc<str>, Vec<&Kpi>)>) -> Heat {
        let month = group.months.focus;
        let cells = |scope: Scope, id: &str| -> Vec<HeatCell> {
            let all = topics.iter().flat_map(|(_, kpis)| kpis.iter().enumerate());
            all.map(|(i, kpi)| {
                heat_cell(group, kpi, group.figure(kpi, scope, id, month), group.process(kpi, scope, id), i == 0)
            })
            .collect()
        };
        let rows: Vec<HeatRow> = most_missed(group)
            .into_iter()
            .map(|store| HeatRow {
                store: Named::linked(store.name.clone(), store::link(&store.id)),
                cells: cells(Scope::Store, &store.id),
            })
            .collect();
        Heat {
            topics: topics
                .iter()
                .map(|(topic, kpis)| HeatTopic { title: topic::named(group, topic), span: kpis.len() })
                .collect(),
            columns: topics
                .iter()
                .flat_map(|(_, kpis)| kpis.iter().enumerate())
                .map(|(i, kpi)| HeatColumn {
                    title: Named::linked(group.words.text(&kpi.title), kpi::link(&kpi.id)),
                    unit: unit_word(group, kpi),
                    first: i == 0,
                })
                .collect(),
            group: cells(Scope::Group, "group"),
            hidden: group.material.stores.len() - rows.len(),
            rows,
        }
    }
}

/// The KPIs of the matrix, by topic: those with a target and data, and what comes first on the pages. A figure that
/// nobody aims at has no colour.
fn topics<'a>(group: &GroupLookup<'a>) -> Vec<(Arc<str>, Vec<&'a Kpi>)> {
    let first = group.edition.catalog.headlines();
    let month = group.months.focus;
    let aimed = |kpi: &Kpi| {
        let target = group.value(kpi, Scope::Group, "group", month).and_then(|value| value.target);
        kpi.target.is_some() || target.is_some() || first.iter().any(|own| own.id == kpi.id)
    };
    let shown = |kpi: &&Kpi| aimed(kpi) && group.has_data(kpi, Scope::Group, "group");
    let topics = group.topics().into_iter().map(|(topic, kpis)| (topic, kpis.into_iter().filter(shown).collect()));
    topics.filter(|(_, kpis): &(_, Vec<&Kpi>)| !kpis.is_empty()).collect()
}

/// All stores in their order; where they are too many, those with the most missed targets.
fn most_missed<'a>(group: &GroupLookup<'a>) -> Vec<&'a Store> {
    let mut stores: Vec<&Store> = group.material.stores.iter().collect();
    if stores.len() > HEAT_ROWS {
        stores.sort_by_cached_key(|store| std::cmp::Reverse(group.met_and_missed(&store.id, group.months.focus).1));
        stores.truncate(HEAT_ROWS);
    }
    stores
}

fn unit_word(group: &GroupLookup<'_>, kpi: &Kpi) -> String {
    // A bare count needs no word.
    let bare = kpi.unit.suffix.zh.is_empty() && kpi.unit.kind == UnitKind::Number;
    if bare { String::new() } else { group.words.text(&kpi.unit.sign) }
}

fn heat_cell(group: &GroupLookup<'_>, kpi: &Kpi, figure: Figure, process: Process, first: bool) -> HeatCell {
    let text = figure.value.map_or_else(String::new, |number| figure::narrow(number, kpi, group.words));
    let target = figure.target.as_ref().map(|target| format!(" · {} {target}", group.words.word("figure.target")));
    let words = group.words;
    let mut title =
        format!("{} {}{} · {}", words.text(&kpi.title), figure.text, target.unwrap_or_default(), figure.word);
    let signal = match process.variation {
        Variation::Better => "▲",
        Variation::Worse => "▼",
        Variation::Noise | Variation::Trial => "",
    };
    let reach = match process.assurance {
        Some(Assurance::Passes) => "●",
        Some(Assurance::Misses) => "○",
        Some(Assurance::HitAndMiss) => "◐",
        None => "",
    };
    if process.variation != Variation::Trial {
        title.push_str(" · ");
        title.push_str(&words.word(&format!("variation.{}", process.variation.word())));
    }
    if let Some(assurance) = process.assurance {
        title.push_str(" · ");
        title.push_str(&words.word(&format!("assurance.{}", assurance.word())));
    }
    let Figure { mark, status, depth, link, .. } = figure;
    HeatCell { text, mark, status, depth, signal, reach, title, link, first }
}

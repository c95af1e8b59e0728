//! A KPI's page: what it means, how it is computed, its trend, the stores ranked; and the list of KPIs.

use super::{
    figure::{self, Figure},
    lookup::{GroupLookup, Lookup},
    page::{Link, Named, Page},
    trend::{Delta, Trend},
};
use crate::{
    catalog::{Accumulate, Direction, Kpi, Unit},
    model::{Quantity, Scope},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// Slices of a dimension shown; the rest is in `kpi.csv`.
const SLICES: usize = 20;

#[derive(Debug, Serialize)]
pub(crate) struct KpiView {
    pub definition: Definition,
    pub month: String,
    pub partial: bool,
    pub figure: Figure,
    pub delta: Option<Delta>,
    pub trend: Trend,
    pub bars: Bars,
    pub stores: Vec<StoreLine>,
    pub slices: Vec<Slice>,
}

/// A KPI as defined: the same text for its page, the dictionary and the rows behind it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Definition {
    pub id: String,
    pub title: String,
    pub link: Link,
    pub topic: String,
    pub meaning: String,
    pub advice: String,
    pub fact: String,
    pub time: String,
    pub rows: String,
    pub excluded: String,
    pub numerator: String,
    pub denominator: Option<String>,
    pub unit: String,
    pub down: bool,
    pub closing: bool,
    pub target: Option<String>,
    pub source: String,
    pub assumption: bool,
    pub file: String,
}

impl Definition {
    pub(crate) fn new(lookup: &Lookup<'_>, kpi: &Kpi) -> Definition {
        let words = lookup.words;
        let (numerator, denominator) = kpi.formula();
        let of_rows = kpi.kind.of_others().is_empty();
        let written = |text: &str| if of_rows { text.trim().to_owned() } else { String::new() };
        Definition {
            id: kpi.id.to_string(),
            title: words.text(&kpi.title),
            link: Link::kpi(&kpi.id),
            topic: lookup.topic_name(&kpi.topic),
            meaning: words.text(&kpi.meaning),
            advice: words.text(&kpi.advice),
            fact: kpi.made_of(),
            time: written(&kpi.time),
            rows: written(&kpi.rows.sql),
            excluded: if of_rows { kpi.excluded.sql.trim().to_owned() } else { "false".to_owned() },
            numerator,
            denominator,
            unit: words.word(match kpi.unit {
                Unit::Percent => "unit.percent_name",
                Unit::Count => "unit.count_name",
                Unit::Yuan => "unit.yuan_name",
            }),
            down: kpi.direction == Direction::Down,
            closing: kpi.accumulate == Accumulate::Closing,
            target: kpi.target.map(|target| figure::shown(target.to_f64(), kpi, words)),
            source: kpi.source.clone(),
            assumption: kpi.assumption,
            file: kpi.file.to_string(),
        }
    }
}

/// Stores as bars, best first.
#[derive(Debug, Serialize)]
pub(crate) struct Bars {
    pub title: String,
    pub bars: Vec<Bar>,
    pub target: Option<f64>,
    pub target_text: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Bar {
    pub label: String,
    pub value: f64,
    pub text: String,
    pub status: &'static str,
    pub link: Option<Link>,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreLine {
    pub store: Named,
    pub rank: Option<usize>,
    pub figure: Figure,
    pub before: Figure,
    pub delta: Option<Delta>,
    pub trend: Option<Trend>,
}

/// A KPI along another scope: region, brand, channel, model.
#[derive(Debug, Serialize)]
pub(crate) struct Slice {
    pub title: String,
    pub rows: Vec<SliceLine>,
    pub more: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct SliceLine {
    pub name: String,
    pub figure: Figure,
}

impl KpiView {
    pub(crate) fn new(group: &GroupLookup<'_>, kpi: &Kpi) -> KpiView {
        let month = group.months.focus;
        let figure = group.figure(kpi, Scope::Group, "group", month);
        let ranking = group.ranking(kpi, month);
        let target = group.value(kpi, Scope::Group, "group", month).and_then(|value| value.target);
        let places = group.places(&ranking);
        let placed: BTreeSet<&str> = places.iter().map(|(store, _)| &*store.id).collect();
        let unplaced = group.material.stores.iter().filter(|store| !placed.contains(&*store.id));
        let of_one = places.len() < 2;
        let placed = places.iter().map(|(store, place)| (*store, Some(*place).filter(|_| !of_one)));
        let stores = placed.chain(unplaced.map(|store| (store, None))).map(|(store, place)| {
            let trend = group.trend(kpi, Scope::Store, &store.id, 14, false);
            StoreLine {
                store: Named::linked(store.name.clone(), Link::store(&store.id)),
                rank: place,
                figure: group.figure(kpi, Scope::Store, &store.id, month),
                before: group.figure(kpi, Scope::Store, &store.id, group.months.before),
                delta: group.delta(kpi, Scope::Store, &store.id, month),
                trend: trend.drawable().then_some(trend),
            }
        });
        KpiView {
            definition: Definition::new(group, kpi),
            month: group.words.period(month),
            partial: group.months.is_partial(month),
            delta: group.delta(kpi, Scope::Group, "group", month),
            trend: group.trend(kpi, Scope::Group, "group", 14, false),
            bars: Bars {
                title: group.words.text(&kpi.title),
                bars: ranking
                    .iter()
                    .map(|(store, number)| {
                        let own = group.figure(kpi, Scope::Store, &store.id, month);
                        Bar {
                            label: store.name.clone(),
                            value: *number,
                            text: own.text,
                            status: own.status,
                            link: own.link.or_else(|| Some(Link::store(&store.id))),
                        }
                    })
                    .collect(),
                target: target.map(Quantity::to_f64),
                target_text: figure.target.clone(),
            },
            figure,
            stores: stores.collect(),
            slices: [Scope::Region, Scope::Brand, Scope::Channel, Scope::Model, Scope::Level]
                .into_iter()
                .filter_map(|scope| slice(group, kpi, scope))
                .collect(),
        }
    }
}

fn slice(group: &GroupLookup<'_>, kpi: &Kpi, scope: Scope) -> Option<Slice> {
    let month = group.months.focus;
    let mut rows: Vec<(Quantity, SliceLine)> = Vec::new();
    for id in group.ids_of(&kpi.id, scope) {
        let Some(value) = group.value(kpi, scope, id, month) else { continue };
        let figure = group.figure(kpi, scope, id, month);
        if figure.value.is_some() || figure.excluded > 0 {
            let name = if id.is_empty() { group.words.word("figure.unnamed") } else { id.to_owned() };
            rows.push((value.denominator.unwrap_or(value.numerator), SliceLine { name, figure }));
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    (!rows.is_empty()).then(|| Slice {
        title: group.words.word(&format!("scope.{}", scope.word())),
        more: rows.len().saturating_sub(SLICES),
        rows: rows.into_iter().take(SLICES).map(|(_, line)| line).collect(),
    })
}

/// The list of KPIs.
#[derive(Debug, Serialize)]
pub(crate) struct KpisView {
    pub month: String,
    pub partial: bool,
    pub topics: Vec<Topic>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Topic {
    pub id: String,
    pub title: String,
    pub lines: Vec<KpiLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct KpiLine {
    pub title: Named,
    pub meaning: String,
    pub assumption: bool,
    pub down: bool,
    pub figure: Figure,
    pub delta: Option<Delta>,
    pub trend: Option<Trend>,
    /// Stores that meet their target, of those with a value and a target.
    pub met: usize,
    pub judged: usize,
}

impl KpisView {
    pub(crate) fn new(group: &GroupLookup<'_>) -> KpisView {
        let month = group.months.focus;
        let line = |kpi: &Kpi| {
            let trend = group.trend(kpi, Scope::Group, "group", 14, false);
            let stores: Vec<Figure> =
                group.material.stores.iter().map(|store| group.figure(kpi, Scope::Store, &store.id, month)).collect();
            let met = stores.iter().filter(|figure| figure.status == "met").count();
            KpiLine {
                title: Named::linked(group.words.text(&kpi.title), Link::to(Page::Kpi { kpi: kpi.id.clone() })),
                meaning: group.words.text(&kpi.meaning),
                assumption: kpi.assumption,
                down: kpi.direction == Direction::Down,
                figure: group.figure(kpi, Scope::Group, "group", month),
                delta: group.delta(kpi, Scope::Group, "group", month),
                trend: trend.drawable().then_some(trend),
                met,
                judged: met + stores.iter().filter(|figure| figure.status == "missed").count(),
            }
        };
        KpisView {
            month: group.words.period(month),
            partial: group.months.is_partial(month),
            topics: group
                .topics()
                .into_iter()
                .map(|(topic, kpis)| Topic {
                    title: group.topic_name(&topic),
                    id: topic.to_string(),
                    lines: kpis.into_iter().map(line).collect(),
                })
                .collect(),
        }
    }
}

//! A store's page, and the list of stores.

use super::{
    figure::{self, Figure},
    group::{Card, Ladder, ladder},
    lookup::{GroupLookup, StoreLookup},
    page::{Link, Named, Page},
    quality::{self, Counts},
    worklist::{self, ListLine},
};
use crate::{catalog::Kpi, model::Scope};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct StoreView {
    pub name: String,
    pub facts: Vec<String>,
    pub month: String,
    pub partial: bool,
    /// The first day whose rows are at hand: older figures are on the KPI pages of the group.
    pub since: String,
    pub cards: Vec<Card>,
    pub topics: Vec<Topic>,
    pub worklists: Vec<ListLine>,
    pub ladder: Option<Ladder>,
    pub quality: Counts,
    pub quality_link: Link,
}

#[derive(Debug, Serialize)]
pub(crate) struct Topic {
    pub id: String,
    pub title: String,
}

impl StoreView {
    pub(crate) fn new(store: &StoreLookup<'_>) -> StoreView {
        let words = store.words;
        let own = store.material.store;
        let focus = store.months.focus;
        let facts = [&own.region, &own.brand, &own.city];
        let counts = quality::store_counts(store);
        StoreView {
            name: own.name.clone(),
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).cloned().collect(),
            month: words.period(focus),
            partial: store.months.is_partial(focus),
            since: store.edition.lineage_since.to_string(),
            cards: match store.has_lineage(focus) {
                true => store.headlines().into_iter().map(|kpi| card(store, kpi)).collect(),
                false => Vec::new(),
            },
            topics: store
                .topics()
                .into_iter()
                .map(|(topic, _)| Topic { title: store.topic_name(&topic), id: topic.to_string() })
                .collect(),
            worklists: worklist::store_lists(store),
            ladder: ladder(store, std::iter::once(&store.digest), |list| Page::Worklist {
                store: store.id().clone(),
                list: list.clone(),
                part: 1,
            }),
            quality: counts,
            quality_link: Link::to(Page::StoreQuality { store: store.id().clone(), part: 1 }),
        }
    }
}

fn card(store: &StoreLookup<'_>, kpi: &Kpi) -> Card {
    let month = store.months.focus;
    let trend = store.trend(kpi, Scope::Store, store.id(), 14, true);
    Card {
        title: Named::linked(store.words.text(&kpi.title), rows_page(store, kpi)),
        assumption: kpi.assumption,
        figure: store.own(kpi, month),
        delta: store.delta(kpi, Scope::Store, store.id(), month).filter(|_| store.has_lineage(month.previous())),
        trend: trend.drawable().then_some(trend),
        best: None,
        worst: None,
        rank: store.rank(kpi, month),
        definition: definition(kpi),
    }
}

fn definition(kpi: &Kpi) -> Link {
    Link::at(Page::Kpi { kpi: kpi.id.clone() }, "definition")
}

fn rows_page(store: &StoreLookup<'_>, kpi: &Kpi) -> Link {
    Link::to(Page::Behind { store: store.id().clone(), kpi: kpi.id.clone() })
}

/// The list of stores.
#[derive(Debug, Serialize)]
pub(crate) struct StoresView {
    pub month: String,
    pub partial: bool,
    pub columns: Vec<Named>,
    pub rows: Vec<StoreLine>,
    pub has_region: bool,
    pub has_brand: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreLine {
    pub store: Named,
    pub id: String,
    pub region: String,
    pub brand: String,
    pub met: usize,
    pub missed: usize,
    pub figures: Vec<Figure>,
    pub errors: Named,
    pub work: String,
}

impl StoresView {
    pub(crate) fn new(group: &GroupLookup<'_>) -> StoresView {
        let month = group.months.focus;
        let kpis = group.headlines();
        let rows = group.stores().map(|(store, digest)| {
            let (met, missed) = group.met_and_missed(&store.id, month);
            let errors = quality::Counts::of(digest).errors;
            let work: usize = digest.lists.iter().map(|list| list.rows).sum();
            StoreLine {
                store: Named::linked(store.name.clone(), Link::store(&store.id)),
                id: store.id.to_string(),
                region: store.region.clone(),
                brand: store.brand.clone(),
                met,
                missed,
                figures: kpis.iter().map(|kpi| group.figure(kpi, Scope::Store, &store.id, month)).collect(),
                errors: Named::linked(
                    figure::tally(errors),
                    Link::to(Page::StoreQuality { store: store.id.clone(), part: 1 }),
                ),
                work: figure::tally(work as u64),
            }
        });
        StoresView {
            month: group.words.period(month),
            partial: group.months.is_partial(month),
            rows: rows.collect(),
            columns: kpis.iter().map(|kpi| Named::linked(group.words.text(&kpi.title), Link::kpi(&kpi.id))).collect(),
            has_region: group.material.stores.iter().any(|store| !store.region.is_empty()),
            has_brand: group.material.stores.iter().any(|store| !store.brand.is_empty()),
        }
    }
}

//! A store's page, and the list of stores.

use super::{
    figure::{self, Figure},
    group::{Card, Ladder, ladder},
    ledger::Ledger,
    page::{Link, Named, Page},
    quality::{self, Counts},
    trend::{Delta, Trend},
    worklist::{self, ListLine},
};
use crate::{
    catalog::Kpi,
    model::{Period, Scope},
    project::Store,
};
use serde::Serialize;

/// Months shown side by side.
const MONTHS: usize = 5;

#[derive(Debug, Serialize)]
pub(crate) struct StoreView {
    pub name: String,
    pub facts: Vec<String>,
    pub month: String,
    pub partial: bool,
    /// The first day whose rows are at hand: older figures are on the KPI pages of the group.
    pub since: String,
    pub cards: Vec<Card>,
    /// The months of the tables, newest first.
    pub months: Vec<Month>,
    pub topics: Vec<Topic>,
    pub people: People,
    pub worklists: Vec<ListLine>,
    pub ladder: Option<Ladder>,
    pub quality: Counts,
    pub quality_link: Link,
}

#[derive(Debug, Serialize)]
pub(crate) struct Month {
    pub label: String,
    pub partial: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Topic {
    pub id: String,
    pub title: String,
    pub lines: Vec<Line>,
}

/// A KPI of a store over its months.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    pub title: Named,
    pub assumption: bool,
    pub target: Option<String>,
    pub down: bool,
    /// The newest month in full, the others as bare figures; same order as [`StoreView::months`].
    pub figures: Vec<Figure>,
    pub delta: Option<Delta>,
    pub trend: Option<Trend>,
    pub rank: Option<Named>,
    /// Where the target comes from.
    pub definition: Link,
}

/// The people of a store and their shares.
#[derive(Debug, Serialize)]
pub(crate) struct People {
    pub columns: Vec<Named>,
    pub rows: Vec<PersonLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PersonLine {
    pub name: Named,
    pub figures: Vec<Figure>,
}

impl StoreView {
    pub(crate) fn new(ledger: &Ledger<'_>, store: &Store) -> StoreView {
        let words = ledger.words;
        let focus = ledger.months.focus;
        let months: Vec<Period> = ledger.lineage_months().into_iter().take(MONTHS).collect();
        let facts = [&store.region, &store.brand, &store.city];
        let counts = quality::counts(ledger, &store.id);
        StoreView {
            name: store.name.clone(),
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).cloned().collect(),
            month: words.period(focus),
            partial: ledger.months.is_partial(focus),
            since: ledger.material.lineage_since.to_string(),
            cards: match ledger.has_lineage(focus) {
                true => ledger.headlines().into_iter().map(|kpi| card(ledger, kpi, store)).collect(),
                false => Vec::new(),
            },
            months: months
                .iter()
                .map(|month| Month { label: words.period(*month), partial: ledger.months.is_partial(*month) })
                .collect(),
            topics: ledger
                .topics()
                .into_iter()
                .map(|(topic, kpis)| Topic {
                    title: ledger.topic_name(&topic),
                    id: topic.to_string(),
                    lines: kpis.into_iter().map(|kpi| line(ledger, kpi, store, &months)).collect(),
                })
                .collect(),
            people: people(ledger, store),
            worklists: worklist::overview(ledger, Some(&store.id)),
            ladder: ladder(ledger, Some(&store.id)),
            quality: counts,
            quality_link: Link::to(Page::StoreQuality { store: store.id.clone(), part: 1 }),
        }
    }
}

fn card(ledger: &Ledger<'_>, kpi: &Kpi, store: &Store) -> Card {
    let month = ledger.months.focus;
    let trend = ledger.trend(kpi, Scope::Store, &store.id, 14, true);
    Card {
        title: Named::linked(ledger.words.text(&kpi.title), rows_page(store, kpi)),
        assumption: kpi.assumption,
        figure: ledger.figure(kpi, Scope::Store, &store.id, month),
        delta: ledger.delta(kpi, Scope::Store, &store.id, month).filter(|_| ledger.has_lineage(month.previous())),
        trend: trend.drawable().then_some(trend),
        best: None,
        worst: None,
        rank: ledger.rank(kpi, &store.id, month),
        definition: definition(kpi),
    }
}

fn definition(kpi: &Kpi) -> Link {
    Link::at(Page::Kpi { kpi: kpi.id.clone() }, "definition")
}

fn rows_page(store: &Store, kpi: &Kpi) -> Link {
    Link::to(Page::Behind { store: store.id.clone(), kpi: kpi.id.clone() })
}

fn line(ledger: &Ledger<'_>, kpi: &Kpi, store: &Store, months: &[Period]) -> Line {
    let figures: Vec<Figure> = months.iter().map(|month| ledger.figure(kpi, Scope::Store, &store.id, *month)).collect();
    let newest = months.first().copied().unwrap_or(ledger.months.current);
    let trend = ledger.trend(kpi, Scope::Store, &store.id, 14, true);
    Line {
        title: Named::linked(ledger.words.text(&kpi.title), rows_page(store, kpi)),
        assumption: kpi.assumption,
        target: figures.first().and_then(|figure| figure.target.clone()),
        down: kpi.direction == crate::catalog::Direction::Down,
        delta: ledger.delta(kpi, Scope::Store, &store.id, newest).filter(|_| months.len() > 1),
        trend: trend.drawable().then_some(trend),
        rank: ledger.rank(kpi, &store.id, newest),
        definition: definition(kpi),
        figures,
    }
}

fn people(ledger: &Ledger<'_>, store: &Store) -> People {
    let month = ledger.months.focus;
    let mut names: Vec<_> = ledger.staff(&store.id).collect();
    let order = super::pinyin::order();
    names.sort_by(|a, b| order.compare(a, b));
    let ids: Vec<String> = names.iter().map(|name| format!("{}/{name}", store.id)).collect();
    let has_any = |kpi: &Kpi| {
        ids.iter().any(|id| ledger.value(kpi, Scope::Staff, id, month).and_then(|value| value.value_f64()).is_some())
    };
    let kpis: Vec<&Kpi> = ledger.monthly().filter(|kpi| ledger.has_lineage(month) && has_any(kpi)).collect();
    let has_one = |id: &str| kpis.iter().any(|kpi| ledger.value(kpi, Scope::Staff, id, month).is_some());
    let present = names.iter().zip(&ids).filter(|(_, id)| has_one(id));
    let rows = present.map(|(name, id)| PersonLine {
        name: Named {
            text: name.to_string(),
            link: Some(Link::to(Page::Person { store: store.id.clone(), staff: (*name).clone() })),
        },
        figures: kpis.iter().map(|kpi| ledger.figure(kpi, Scope::Staff, id, month)).collect(),
    });
    People {
        rows: rows.collect(),
        columns: kpis.iter().map(|kpi| Named::linked(ledger.words.text(&kpi.title), rows_page(store, kpi))).collect(),
    }
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
    pub(crate) fn new(ledger: &Ledger<'_>) -> StoresView {
        let month = ledger.months.focus;
        let kpis = ledger.headlines();
        let rows = ledger.material.stores.iter().map(|store| {
            let (met, missed) = ledger.met_and_missed(&store.id, month);
            let errors = quality::counts(ledger, &store.id).errors;
            let lists = &ledger.material.catalog.worklists;
            let work: usize = lists.iter().map(|list| ledger.worklist(&list.id, &store.id).len()).sum();
            StoreLine {
                store: Named::linked(store.name.clone(), Link::store(&store.id)),
                id: store.id.to_string(),
                region: store.region.clone(),
                brand: store.brand.clone(),
                met,
                missed,
                figures: kpis.iter().map(|kpi| ledger.figure(kpi, Scope::Store, &store.id, month)).collect(),
                errors: Named::linked(
                    figure::tally(errors),
                    Link::to(Page::StoreQuality { store: store.id.clone(), part: 1 }),
                ),
                work: figure::tally(work as u64),
            }
        });
        StoresView {
            month: ledger.words.period(month),
            partial: ledger.months.is_partial(month),
            rows: rows.collect(),
            columns: kpis.iter().map(|kpi| Named::linked(ledger.words.text(&kpi.title), Link::kpi(&kpi.id))).collect(),
            has_region: ledger.material.stores.iter().any(|store| !store.region.is_empty()),
            has_brand: ledger.material.stores.iter().any(|store| !store.brand.is_empty()),
        }
    }
}

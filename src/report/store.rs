//! A store's page.

use super::{
    area,
    brief::Brief,
    figure::Figure,
    form::{self, store::StoreFormsList},
    group::{Card, Ladder, ladder},
    kpi,
    lookup::StoreLookup,
    page::{Draw, Link, Named, Page},
    period,
    quality::{self, Counts},
    store_quality, stores,
    table::{self, Table},
    worklist::{self, ListLine},
};
use crate::{
    catalog::Kpi,
    model::{Grain, Period, Quantity, Scope, Status},
    project::settings::slug,
};
use serde::Serialize;

/// KPIs named as the worst of a week.
const WORST: usize = 5;

#[derive(Debug, Serialize)]
pub(crate) struct StoreView {
    pub name: String,
    pub facts: Vec<Named>,
    /// To the store's figures of other grains.
    pub chooser: Vec<Named>,
    /// The week that is judged, and the KPIs furthest behind their targets in it.
    pub week: String,
    pub week_worst: Vec<WeekLine>,
    /// Some sheet of the week has come, or none had to.
    pub week_sent: bool,
    pub month: String,
    pub partial: bool,
    /// The first day whose rows are at hand: older figures are on the KPI pages of the group.
    pub since: String,
    pub brief: Brief,
    pub cards: Vec<Card>,
    pub topics: Vec<Topic>,
    /// The people and their values, drawn; empty where there is nobody.
    pub people: String,
    pub worklists: Vec<ListLine>,
    pub forms: StoreFormsList,
    /// To the index of forms.
    pub forms_link: Link,
    pub ladder: Option<Ladder>,
    pub quality: Counts,
    pub quality_link: Link,
}

/// A KPI of the store that missed its target in the week.
#[derive(Debug, Serialize)]
pub(crate) struct WeekLine {
    pub kpi: Named,
    pub figure: Figure,
    pub before: Figure,
    /// Where the target comes from.
    pub definition: Link,
}

#[derive(Debug, Serialize)]
pub(crate) struct Topic {
    pub id: String,
    pub title: String,
    /// The KPIs of the topic over their months, drawn.
    pub figures: String,
    /// Titles of those kept by the week, see [`kpi::is_weekly`].
    pub weekly: Vec<String>,
    /// Titles of those of which nothing counts in the store.
    pub without: Vec<String>,
}

/// Where a store's page stands.
pub(crate) fn link(store: &str) -> Link {
    Link::to(format!("stores/{}/index.html", slug(store)))
}

/// A store's page.
pub(crate) struct StorePage;

impl<'a> Page<StoreLookup<'a>> for StorePage {
    type View = StoreView;
    const TEMPLATE: &'static str = "store.html";
    const SECTION: &'static str = "stores";

    fn all(_: &StoreLookup<'a>) -> Vec<StorePage> {
        vec![StorePage]
    }

    fn link(&self, store: &StoreLookup<'a>) -> Link {
        link(store.id())
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        way(store)
    }

    fn view(&self, store: &StoreLookup<'a>, draw: &Draw<'_>) -> StoreView {
        StoreView::new(store, draw)
    }
}

/// The way to a store's page; its further pages go on from there.
pub(crate) fn way(store: &StoreLookup<'_>) -> Vec<Named> {
    vec![stores::named(store), store.named()]
}

impl StoreView {
    fn new(store: &StoreLookup<'_>, draw: &Draw<'_>) -> StoreView {
        let words = store.words;
        let people = table::people::table(store);
        let own = store.material.store;
        let focus = store.months.focus;
        let counts = quality::store_counts(store);
        StoreView {
            name: own.name.clone(),
            facts: area::of_store(own),
            chooser: period::chooser(store, Grain::Month, |grain| period::store_link(store.id(), grain)),
            week: words.period(store.focus(Grain::Week)),
            week_worst: week_worst(store),
            week_sent: is_sent(store, store.focus(Grain::Week)),
            month: words.period(focus),
            partial: store.months.is_partial(focus),
            since: store.edition.lineage_since.to_string(),
            brief: Brief::of_store(store),
            cards: cards(store),
            topics: store
                .topics()
                .into_iter()
                .map(|(topic, kpis)| {
                    let (kpis, without): (Vec<&Kpi>, Vec<&Kpi>) = kpis.into_iter().partition(|kpi| store.knows(kpi));
                    let title = store.topic_name(&topic);
                    let own = Table { title: title.clone().into(), ..table::scores::of_topic(store, &kpis) };
                    let weekly = kpis.iter().filter(|kpi| kpi::is_weekly(kpi));
                    let weekly = weekly.map(|kpi| store.words.text(&kpi.title)).collect();
                    let without = without.iter().map(|kpi| store.words.text(&kpi.title)).collect();
                    let figures = if kpis.is_empty() { String::new() } else { draw(&own) };
                    Topic { figures, weekly, without, id: topic.to_string(), title }
                })
                .collect(),
            people: if people.rows.is_empty() { String::new() } else { draw(&people) },
            worklists: worklist::store_lists(store),
            forms: StoreFormsList::new(store),
            forms_link: form::index::link(),
            ladder: ladder(store, std::iter::once(&store.digest), |list| worklist::link(store.id(), list, 1)),
            quality: counts,
            quality_link: store_quality::link(store.id(), 1),
        }
    }
}

/// The KPIs that missed their target in the week that is judged, the furthest behind first: by the share of the target that
/// is missing.
fn week_worst(store: &StoreLookup<'_>) -> Vec<WeekLine> {
    let week = store.focus(Grain::Week);
    let mut lines: Vec<(f64, WeekLine)> = Vec::new();
    for kpi in store.edition.catalog.kpis.iter().filter(|kpi| kpi.grains.contains(&Grain::Week)) {
        let Some(value) = store.value(kpi, Scope::Store, store.id(), week) else { continue };
        let (Some(number), Some(target)) = (value.value_f64(), value.target.map(Quantity::to_f64)) else { continue };
        if value.status == Status::Missed {
            let by = (number - target).abs() / target.abs().max(f64::MIN_POSITIVE);
            let kpi_named = Named { text: store.words.text(&kpi.title), link: store.behind(kpi) };
            let (figure, before) = (store.own(kpi, week), store.own(kpi, week.previous()));
            let definition = kpi::link(&kpi.id).at("definition");
            lines.push((by, WeekLine { kpi: kpi_named, figure, before, definition }));
        }
    }
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    lines.into_iter().take(WORST).map(|(_, line)| line).collect()
}

/// Whether anything of a week came that had to.
fn is_sent(store: &StoreLookup<'_>, week: Period) -> bool {
    let expected = || store.digest.board.iter().filter(|line| line.week == week && line.expected);
    expected().next().is_none() || expected().any(|line| line.received)
}

/// The headline figures, where their rows are at hand.
pub(crate) fn cards(store: &StoreLookup<'_>) -> Vec<Card> {
    match store.has_lineage(store.months.focus) {
        true => store.headlines().into_iter().map(|kpi| card(store, kpi)).collect(),
        false => Vec::new(),
    }
}

fn card(store: &StoreLookup<'_>, kpi: &Kpi) -> Card {
    let month = store.months.focus;
    let trend = store.trend(kpi, Scope::Store, store.id(), 14, true);
    Card {
        title: Named { text: store.words.text(&kpi.title), link: store.behind(kpi) },
        assumption: kpi.assumption,
        weekly: kpi::is_weekly(kpi),
        figure: store.own(kpi, month),
        delta: store.delta(kpi, Scope::Store, store.id(), month).filter(|_| store.has_lineage(month.previous())),
        trend: trend.drawable().then_some(trend),
        best: None,
        worst: None,
        of_many: false,
        rank: store.rank(kpi, month),
        definition: kpi::link(&kpi.id).at("definition"),
    }
}

//! A person's page: figures, scorecards with their undefined part, what was missed and where it stands.

use super::{
    behind,
    figure::{self, Figure},
    kpi,
    lookup::StoreLookup,
    page::{Draw, Link, Named, Page},
    store,
    table::{self, worklist::Reader},
    trend::{Delta, Trend},
    worklist,
};
use crate::{
    catalog::{Direction, Kpi, Scorecard},
    model::{Quantity, Role, Scope, Status},
    project::settings::slug,
};
use serde::Serialize;
use std::sync::Arc;

/// Missed rows shown for one KPI; all of them are on the store's page of the KPI.
const MISSED: usize = 12;
const OPEN_WORK: usize = 40;

#[derive(Debug, Serialize)]
pub(crate) struct PersonView {
    pub name: String,
    pub store: Named,
    pub month: String,
    pub partial: bool,
    pub lines: Vec<PersonKpi>,
    pub scorecards: Vec<Card>,
    pub missed: Vec<Missed>,
    /// What to do first of all lists, drawn; empty where there is nothing to do.
    pub today: String,
    pub work: Vec<Work>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PersonKpi {
    pub title: Named,
    pub assumption: bool,
    pub figure: Figure,
    pub before: Figure,
    pub delta: Option<Delta>,
    pub trend: Option<Trend>,
    /// The store's own value.
    pub store: Figure,
}

/// A scorecard as far as the documents define it.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    pub title: String,
    pub source: String,
    pub items: Vec<CardItem>,
    pub undefined: u32,
    /// The points of the items that have some, of the points they can have; `None` where none has.
    pub total: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CardItem {
    pub title: String,
    pub weight: u32,
    /// `None` where no sheet carries the item yet.
    pub kpi: Option<Named>,
    pub figure: Option<Figure>,
    /// What earns all points.
    pub target: Option<String>,
    /// `None` without a value or a target.
    pub points: Option<String>,
}

/// The person's rows that missed one KPI.
#[derive(Debug, Serialize)]
pub(crate) struct Missed {
    pub kpi: Named,
    pub count: usize,
    /// The rows, drawn.
    pub rows: String,
    pub more: usize,
}

/// The person's part of a worklist.
#[derive(Debug, Serialize)]
pub(crate) struct Work {
    pub list: Named,
    /// The rows, drawn.
    pub rows: String,
    pub more: usize,
}

/// Where a person's page stands.
pub(crate) fn link(store: &str, name: &str) -> Link {
    Link::to(format!("stores/{}/people/{}.html", slug(store), slug(name)))
}

/// A person's page.
pub(crate) struct PersonPage {
    name: Arc<str>,
}

impl<'a> Page<StoreLookup<'a>> for PersonPage {
    type View = PersonView;
    const TEMPLATE: &'static str = "person.html";
    const SECTION: &'static str = "stores";

    fn all(store: &StoreLookup<'a>) -> Vec<PersonPage> {
        store.digest.staff.iter().map(|name| PersonPage { name: name.clone() }).collect()
    }

    fn link(&self, store: &StoreLookup<'a>) -> Link {
        link(store.id(), &self.name)
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        let mut way = store::way(store);
        way.push(Named::plain(&*self.name));
        way
    }

    fn view(&self, store: &StoreLookup<'a>, draw: &Draw<'_>) -> PersonView {
        PersonView::new(store, &self.name, draw)
    }
}

impl PersonView {
    fn new(store: &StoreLookup<'_>, name: &str, draw: &Draw<'_>) -> PersonView {
        let month = store.months.focus;
        let id = format!("{}/{name}", store.id());
        let kpis = known(store, &id);
        let today = table::today::table(store, name);
        PersonView {
            today: if today.rows.is_empty() { String::new() } else { draw(&today) },
            name: name.to_owned(),
            store: store.named(),
            month: store.words.period(month),
            partial: store.months.is_partial(month),
            lines: kpis.iter().map(|kpi| line(store, kpi, &id)).collect(),
            scorecards: cards(store, name),
            missed: kpis.iter().filter_map(|kpi| missed(store, kpi, name, draw)).collect(),
            work: work(store, name, draw),
        }
    }
}

/// The KPIs of which a person has a value of the month or the one before.
fn known<'a>(store: &StoreLookup<'a>, id: &str) -> Vec<&'a Kpi> {
    let has = |kpi: &Kpi, month| {
        store.value(kpi, Scope::Staff, id, month).is_some_and(|value| value.status != Status::NoData)
    };
    store.monthly().filter(|kpi| has(kpi, store.months.focus) || has(kpi, store.months.before)).collect()
}

/// A person's scorecards.
pub(crate) fn cards(store: &StoreLookup<'_>, name: &str) -> Vec<Card> {
    let id = format!("{}/{name}", store.id());
    let kpis = known(store, &id);
    store.edition.catalog.scorecards.iter().filter_map(|scorecard| card(store, scorecard, &kpis, &id)).collect()
}

fn line(store: &StoreLookup<'_>, kpi: &Kpi, id: &str) -> PersonKpi {
    let month = store.months.focus;
    let trend = store.trend(kpi, Scope::Staff, id, 14, true);
    PersonKpi {
        title: Named::linked(store.words.text(&kpi.title), behind::link(store.id(), &kpi.id)),
        assumption: kpi.assumption,
        figure: store.figure(kpi, Scope::Staff, id, month),
        before: store.figure(kpi, Scope::Staff, id, store.months.before),
        delta: store.delta(kpi, Scope::Staff, id, month),
        trend: trend.drawable().then_some(trend),
        store: store.own(kpi, month),
    }
}

/// A scorecard of which the person has at least one figure.
fn card(store: &StoreLookup<'_>, scorecard: &Scorecard, kpis: &[&Kpi], id: &str) -> Option<Card> {
    let measured = |kpi: &str| kpis.iter().find(|known| &*known.id == kpi).copied();
    scorecard.items.iter().find(|item| item.kpi.as_deref().and_then(measured).is_some())?;
    let (mut earned, mut within) = (0.0, 0);
    let mut items = Vec::new();
    for item in &scorecard.items {
        let kpi = item.kpi.as_deref().and_then(|kpi| store.edition.catalog.kpi(kpi));
        let figure = kpi.map(|kpi| store.figure(kpi, Scope::Staff, id, store.months.focus));
        let of_kpi = kpi.and_then(|kpi| store.value(kpi, Scope::Staff, id, store.months.focus)).and_then(|v| v.target);
        let target = item.target.or(of_kpi.or(kpi.and_then(|kpi| kpi.target)).map(Quantity::to_f64));
        let value = figure.as_ref().and_then(|figure| figure.value);
        let points = match (kpi, value, target) {
            (Some(kpi), Some(value), Some(target)) => Some(item.points(value, target, kpi.direction)),
            _ => None,
        };
        // What rests on too few rows is shown grey, and left out of the sum.
        if let (Some(points), false) = (points, figure.as_ref().is_some_and(|figure| figure.few)) {
            earned += points;
            within += item.weight;
        }
        items.push(CardItem {
            title: store.words.text(&item.title),
            weight: item.weight,
            target: kpi.zip(target).map(|(kpi, target)| figure::shown(target, kpi, store.words)),
            points: points.map(|points| figure::decimals(points, 1)),
            kpi: kpi.map(|kpi| Named::linked(store.words.text(&kpi.title), kpi::link(&kpi.id))),
            figure,
        });
    }
    Some(Card {
        title: store.words.text(&scorecard.title),
        source: scorecard.source.clone(),
        items,
        undefined: scorecard.undefined,
        total: (within > 0).then(|| format!("{} / {within}", figure::decimals(earned, 1))),
    })
}

fn missed(store: &StoreLookup<'_>, kpi: &Kpi, name: &str, draw: &Draw<'_>) -> Option<Missed> {
    kpi.denominator.as_ref()?;
    // Only where a row can be done better next time: a duty, or a share with a target.
    if kpi.target.is_none() && &*kpi.fact != "duty" {
        return None;
    }
    let month = store.months.focus;
    let bad = if kpi.direction == Direction::Down { Role::Passed } else { Role::Failed };
    if !kpi.unit.is_share() || !store.has_lineage(month) {
        return None;
    }
    let all = store.rows_of_month(kpi, month).iter();
    let rows: Vec<_> = all.filter(|row| row.role == bad && row.staff.as_deref() == Some(name)).collect();
    (!rows.is_empty()).then(|| Missed {
        kpi: Named::linked(store.words.text(&kpi.title), behind::link(store.id(), &kpi.id).at(month.to_string())),
        count: rows.len(),
        more: rows.len().saturating_sub(MISSED),
        rows: draw(&behind::table(store, kpi, rows.into_iter().take(MISSED))),
    })
}

fn work(store: &StoreLookup<'_>, name: &str, draw: &Draw<'_>) -> Vec<Work> {
    let mut found = Vec::new();
    for list in &store.edition.catalog.worklists {
        let own: Vec<_> = store.worklist(&list.id).iter().filter(|row| row.owner.as_deref() == Some(name)).collect();
        if !own.is_empty() {
            found.push(Work {
                list: Named::linked(store.words.text(&list.title), worklist::link(store.id(), &list.id, 1)),
                more: own.len().saturating_sub(OPEN_WORK),
                rows: {
                    let rows: Vec<_> = own.into_iter().take(OPEN_WORK).collect();
                    let week = worklist::working_week(store);
                    draw(&table::worklist::table(store, list, &rows, Reader::Site, week))
                },
            });
        }
    }
    found
}

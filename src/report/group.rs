//! The group's page: headline figures, the store × KPI matrix, what moved, who is furthest behind.

use super::{
    brief::Brief,
    changes,
    digest::{ListDigest, StoreDigest},
    figure::{self, Figure},
    heat::Heat,
    kpi,
    lookup::{GroupLookup, Lookup},
    page::{Draw, Link, Named, Page},
    period, store,
    submissions::{self, Matrix},
    table,
    trend::{Delta, Trend},
    worklist::{self, ListLine},
    worklists,
};
use crate::{
    catalog::{Kpi, story::Side},
    model::{Grain, Quantity, Scope, Status},
};
use serde::Serialize;
use std::sync::Arc;

const MOVES: usize = 6;
const EXCEPTIONS: usize = 8;
const WEEKS: usize = 8;
/// Rows of the submission board on this page.
const BOARD: usize = 40;

#[derive(Debug, Serialize)]
pub(crate) struct GroupView {
    /// The month that headline figures are of, and whether it is 月至今.
    pub month: String,
    pub partial: bool,
    pub before: String,
    /// What became of an earlier build, in a sentence; `None` where none was asked for.
    pub changes: Option<Named>,
    pub brief: Brief,
    pub cards: Vec<Card>,
    pub heat: Heat,
    /// To the group's figures of other grains.
    pub chooser: Vec<Named>,
    /// Regions and brands, drawn; empty where there are none.
    pub areas: String,
    pub better: Vec<Move>,
    pub worse: Vec<Move>,
    pub exceptions: Vec<Exception>,
    pub funnel: Vec<Step>,
    pub ladder: Option<Ladder>,
    pub complaints: Vec<Bullet>,
    pub board: Option<Matrix>,
    /// Stores left out of the board because there are too many for one page.
    pub board_hidden: usize,
    pub worklists: Vec<ListLine>,
}

/// A headline figure.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    pub title: Named,
    pub assumption: bool,
    /// Kept by the week, see [`kpi::is_weekly`].
    pub weekly: bool,
    pub figure: Figure,
    pub delta: Option<Delta>,
    pub trend: Option<Trend>,
    pub best: Option<Ranked>,
    pub worst: Option<Ranked>,
    /// Only stores with enough rows are among them.
    pub of_many: bool,
    /// A store's place among the stores.
    pub rank: Option<Named>,
    /// Where the target comes from.
    pub definition: Link,
}

/// A store and its value.
#[derive(Debug, Serialize)]
pub(crate) struct Ranked {
    pub store: Named,
    pub value: String,
}

/// A store's value that moved.
#[derive(Debug, Serialize)]
pub(crate) struct Move {
    pub store: Named,
    pub kpi: String,
    pub now: Figure,
    pub before: Figure,
    pub delta: Delta,
}

/// A store far behind a target.
#[derive(Debug, Serialize)]
pub(crate) struct Exception {
    pub store: Named,
    pub kpi: String,
    pub figure: Figure,
}

/// One step of the funnel.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub title: String,
    pub count: f64,
    pub text: String,
    pub share: Option<String>,
    pub link: Option<Link>,
}

/// Owners by how long they have stayed away.
#[derive(Debug, Serialize)]
pub(crate) struct Ladder {
    pub total: String,
    pub link: Link,
    pub stages: Vec<Stage>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Stage {
    pub title: String,
    pub count: usize,
}

/// A value beside its target.
#[derive(Debug, Serialize)]
pub(crate) struct Bullet {
    pub title: Named,
    pub figure: Figure,
    pub target: Option<f64>,
    pub up: bool,
}

/// Where the first page stands.
pub(crate) fn link() -> Link {
    Link::to("index.html")
}

/// The first page.
pub(crate) struct GroupPage;

impl<'a> Page<GroupLookup<'a>> for GroupPage {
    type View = GroupView;
    const TEMPLATE: &'static str = "group.html";
    const SECTION: &'static str = "home";

    fn all(_: &GroupLookup<'a>) -> Vec<GroupPage> {
        vec![GroupPage]
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link()
    }

    fn way(&self, _: &GroupLookup<'a>) -> Vec<Named> {
        Vec::new()
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> GroupView {
        GroupView::new(group, draw)
    }
}

impl GroupView {
    fn new(group: &GroupLookup<'_>, draw: &Draw<'_>) -> GroupView {
        let areas = table::areas::table(group, group.months.focus);
        let month = group.months.focus;
        let (better, worse) = moves(group);
        let (board, hidden) = submissions::behindhand(group, BOARD);
        GroupView {
            month: group.words.period(month),
            partial: group.months.is_partial(month),
            before: group.words.period(group.months.before),
            changes: group.material.changes.map(|changes| {
                let none = || group.words.word("changes.no_former");
                Named::linked(changes.map_or_else(none, |own| table::changes::sentence(group, own)), changes::link())
            }),
            brief: Brief::of_group(group),
            cards: group.headlines().into_iter().map(|kpi| card(group, kpi)).collect(),
            heat: Heat::new(group),
            chooser: period::chooser(group, Grain::Month, period::group_link),
            areas: if areas.rows.is_empty() { String::new() } else { draw(&areas) },
            better,
            worse,
            exceptions: exceptions(group),
            funnel: funnel(group),
            ladder: group_ladder(group),
            complaints: bullets(group, "complaints"),
            board: submissions::matrix(group, &board, WEEKS),
            board_hidden: hidden,
            worklists: worklist::group_lists(group),
        }
    }
}

pub(crate) fn card(group: &GroupLookup<'_>, kpi: &Kpi) -> Card {
    let month = group.months.focus;
    let ranking = group.ranking(kpi, month);
    let ranked = |found: Option<&(&crate::project::Store, f64)>| {
        let (store, number) = found.filter(|_| ranking.len() > 1)?;
        let link = group.rows_link(kpi, &store.id, month).unwrap_or_else(|| store::link(&store.id));
        Some(Ranked { store: Named::linked(store.name.clone(), link), value: figure::shown(*number, kpi, group.words) })
    };
    let trend = group.trend(kpi, Scope::Group, "group", 14, false);
    let differ = ranking.first().zip(ranking.last()).is_some_and(|((_, best), (_, worst))| best != worst);
    Card {
        title: Named::linked(group.words.text(&kpi.title), kpi::link(&kpi.id)),
        assumption: kpi.assumption,
        weekly: kpi::is_weekly(kpi),
        figure: group.figure(kpi, Scope::Group, "group", month),
        delta: group.delta(kpi, Scope::Group, "group", month),
        trend: trend.drawable().then_some(trend),
        // Where all are alike nobody is the best.
        best: ranked(ranking.first()).filter(|_| differ),
        worst: ranked(ranking.last()).filter(|_| differ),
        of_many: kpi.denominator.is_some(),
        rank: None,
        definition: kpi::link(&kpi.id).at("definition"),
    }
}

fn moves(group: &GroupLookup<'_>) -> (Vec<Move>, Vec<Move>) {
    let (now, before) = (group.months.focus, group.months.before);
    let (mut better, mut worse) = (Vec::new(), Vec::new());
    for kpi in group.monthly() {
        for store in group.material.stores {
            if !group.is_nameable(kpi, &store.id, now) || !group.is_nameable(kpi, &store.id, before) {
                continue;
            }
            // As the store's own page has it: a month to date against the same days.
            let figure = group.figure(kpi, Scope::Store, &store.id, now);
            let Some(delta) = group.delta(kpi, Scope::Store, &store.id, now) else { continue };
            let earlier = match group.same_days(kpi, Scope::Store, &store.id, now) {
                Some(same_days) => same_days.linked(delta.link.clone()),
                None => group.figure(kpi, Scope::Store, &store.id, before),
            };
            let by = delta.by.abs();
            let list = match delta.course {
                "better" => &mut better,
                "worse" => &mut worse,
                _ => continue,
            };
            list.push((
                by,
                Move {
                    store: Named::linked(store.name.clone(), store::link(&store.id)),
                    kpi: group.words.text(&kpi.title),
                    now: figure,
                    before: earlier,
                    delta,
                },
            ));
        }
    }
    let most = |mut list: Vec<(f64, Move)>| {
        list.sort_by(|a, b| b.0.total_cmp(&a.0));
        list.into_iter().take(MOVES).map(|(_, one)| one).collect()
    };
    (most(better), most(worse))
}

fn exceptions(group: &GroupLookup<'_>) -> Vec<Exception> {
    let month = group.months.focus;
    let mut found: Vec<(f64, Exception)> = Vec::new();
    for kpi in group.monthly() {
        for store in group.material.stores.iter().filter(|store| group.is_nameable(kpi, &store.id, month)) {
            let Some(value) = group.value(kpi, Scope::Store, &store.id, month) else { continue };
            if let (Status::Missed, Some(number), Some(target)) = (value.status, value.value_f64(), value.target) {
                found.push((
                    (number - target.to_f64()).abs(),
                    Exception {
                        store: Named::linked(store.name.clone(), store::link(&store.id)),
                        kpi: group.words.text(&kpi.title),
                        figure: group.figure(kpi, Scope::Store, &store.id, month),
                    },
                ));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(EXCEPTIONS).map(|(_, one)| one).collect()
}

/// From the month's pool to the keys handed over; a step without data is left out.
fn funnel(group: &GroupLookup<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (step, kpi) in group.edition.catalog.funnel() {
        let value =
            group.value(kpi, Scope::Group, "group", group.months.focus).filter(|value| value.status != Status::NoData);
        let sum = value.and_then(|value| match step.sum {
            Side::Numerator => Some(value.numerator),
            Side::Denominator => value.denominator,
        });
        let Some(sum) = sum else { continue };
        let share = steps.first().map(|first| first.count).filter(|first| *first > 0.0);
        steps.push(Step {
            title: group.words.text(&step.title),
            count: sum.to_f64(),
            text: figure::exact(sum),
            share: share.map(|first| figure::percent(sum.to_f64() / first)),
            link: Some(kpi::link(&kpi.id)),
        });
    }
    if steps.len() < 2 { Vec::new() } else { steps }
}

/// The ladder of all stores.
fn group_ladder(group: &GroupLookup<'_>) -> Option<Ladder> {
    ladder(group, group.stores().map(|(_, digest)| digest), |_| worklists::ladder_link())
}

/// Counts of the worklist that shows each owner's churn stage; `None` where there is no such list.
pub(crate) fn ladder<'d>(
    lookup: &Lookup<'_>,
    digests: impl Iterator<Item = &'d StoreDigest>,
    link: impl Fn(&Arc<str>) -> Link,
) -> Option<Ladder> {
    let definition = lookup.edition.catalog.ladder()?;
    let own: Vec<&ListDigest> = digests.filter_map(|digest| digest.list(&definition.list)).collect();
    let count = |stage: &str| own.iter().filter_map(|digest| digest.stages.get(stage)).sum();
    let stages = definition.stages.iter();
    let stages = stages.map(|stage| Stage { title: lookup.words.text(&stage.title), count: count(&stage.value) });
    let rows: usize = own.iter().map(|digest| digest.rows).sum();
    let (stages, link) = (stages.collect(), link(&definition.list));
    (rows > 0).then(|| Ladder { total: figure::tally(rows as u64), link, stages })
}

fn bullets(group: &GroupLookup<'_>, topic: &str) -> Vec<Bullet> {
    let month = group.months.focus;
    let kpis = group.monthly().filter(|kpi| &*kpi.topic == topic && kpi.unit.is_share());
    kpis.map(|kpi| Bullet {
        title: Named::linked(group.words.text(&kpi.title), kpi::link(&kpi.id)),
        figure: group.figure(kpi, Scope::Group, "group", month),
        target: group.value(kpi, Scope::Group, "group", month).and_then(|value| value.target).map(Quantity::to_f64),
        up: kpi.direction == crate::catalog::Direction::Up,
    })
    .collect()
}

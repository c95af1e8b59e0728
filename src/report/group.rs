//! The group's page: headline figures, the store × KPI matrix, what moved, who is furthest behind.

use super::{
    chase::{self, Chase},
    figure::{self, Figure},
    heat::Heat,
    ledger::Ledger,
    page::{Link, Named, Page},
    submissions::{self, Matrix},
    trend::{Delta, Trend},
    worklist::{self, ListLine},
};
use crate::{
    catalog::{Kpi, Unit, story::Side},
    model::{Quantity, Scope, Status},
};
use serde::Serialize;

const MOVES: usize = 6;
const EXCEPTIONS: usize = 8;
const WEEKS: usize = 8;

#[derive(Debug, Serialize)]
pub(crate) struct GroupView {
    /// The month that headline figures are of, and whether it is 月至今.
    pub month: String,
    pub partial: bool,
    pub before: String,
    pub chase: Vec<Chase>,
    pub cards: Vec<Card>,
    pub heat: Heat,
    pub better: Vec<Move>,
    pub worse: Vec<Move>,
    pub exceptions: Vec<Exception>,
    pub funnel: Vec<Step>,
    pub ladder: Option<Ladder>,
    pub complaints: Vec<Bullet>,
    pub board: Option<Matrix>,
    pub worklists: Vec<ListLine>,
}

/// A headline figure.
#[derive(Debug, Serialize)]
pub(crate) struct Card {
    pub title: Named,
    pub assumption: bool,
    pub figure: Figure,
    pub delta: Option<Delta>,
    pub trend: Option<Trend>,
    pub best: Option<Ranked>,
    pub worst: Option<Ranked>,
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

impl GroupView {
    pub(crate) fn new(ledger: &Ledger<'_>) -> GroupView {
        let month = ledger.months.focus;
        let (better, worse) = moves(ledger);
        GroupView {
            month: ledger.words.period(month),
            partial: ledger.months.is_partial(month),
            before: ledger.words.period(ledger.months.before),
            chase: chase::chase(ledger),
            cards: ledger.headlines().into_iter().map(|kpi| card(ledger, kpi)).collect(),
            heat: Heat::new(ledger),
            better,
            worse,
            exceptions: exceptions(ledger),
            funnel: funnel(ledger),
            ladder: ladder(ledger, None),
            complaints: bullets(ledger, "complaints"),
            board: submissions::matrix(ledger, WEEKS),
            worklists: worklist::overview(ledger, None),
        }
    }
}

fn card(ledger: &Ledger<'_>, kpi: &Kpi) -> Card {
    let month = ledger.months.focus;
    let ranking = ledger.nameable(kpi, month);
    let ranked = |found: Option<&(&crate::project::Store, f64)>| {
        let (store, number) = found.filter(|_| ranking.len() > 1)?;
        let link = ledger.rows_link(kpi, &store.id, month).unwrap_or_else(|| Link::store(&store.id));
        Some(Ranked {
            store: Named::linked(store.name.clone(), link),
            value: figure::shown(*number, kpi, ledger.words),
        })
    };
    let trend = ledger.trend(kpi, Scope::Group, "group", 14, false);
    Card {
        title: Named::linked(ledger.words.text(&kpi.title), Link::kpi(&kpi.id)),
        assumption: kpi.assumption,
        figure: ledger.figure(kpi, Scope::Group, "group", month),
        delta: ledger.delta(kpi, Scope::Group, "group", month),
        trend: trend.drawable().then_some(trend),
        best: ranked(ranking.first()),
        worst: ranked(ranking.last()),
        rank: None,
        definition: Link::at(Page::Kpi { kpi: kpi.id.clone() }, "definition"),
    }
}

/// Whether a value rests on enough rows to be named, and is a share (sums have no common scale).
fn nameable(ledger: &Ledger<'_>, kpi: &Kpi, store: &str, month: crate::model::Period) -> bool {
    kpi.unit == Unit::Percent && !ledger.is_thin(kpi, store, month)
}

fn moves(ledger: &Ledger<'_>) -> (Vec<Move>, Vec<Move>) {
    let (now, before) = (ledger.months.focus, ledger.months.before);
    let (mut better, mut worse) = (Vec::new(), Vec::new());
    for kpi in ledger.monthly() {
        for store in ledger.material.stores {
            if !nameable(ledger, kpi, &store.id, now) || !nameable(ledger, kpi, &store.id, before) {
                continue;
            }
            let figure = ledger.figure(kpi, Scope::Store, &store.id, now);
            let earlier = ledger.figure(kpi, Scope::Store, &store.id, before);
            let Some(delta) = Delta::between(&figure, &earlier, kpi, ledger.words) else { continue };
            let by = (figure.value.unwrap_or_default() - earlier.value.unwrap_or_default()).abs();
            let list = match delta.course {
                "better" => &mut better,
                "worse" => &mut worse,
                _ => continue,
            };
            list.push((
                by,
                Move {
                    store: Named::linked(store.name.clone(), Link::store(&store.id)),
                    kpi: ledger.words.text(&kpi.title),
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

fn exceptions(ledger: &Ledger<'_>) -> Vec<Exception> {
    let month = ledger.months.focus;
    let mut found: Vec<(f64, Exception)> = Vec::new();
    for kpi in ledger.monthly() {
        for store in ledger.material.stores.iter().filter(|store| nameable(ledger, kpi, &store.id, month)) {
            let Some(value) = ledger.value(kpi, Scope::Store, &store.id, month) else { continue };
            if let (Status::Missed, Some(number), Some(target)) = (value.status, value.value_f64(), value.target) {
                found.push((
                    (number - target.to_f64()).abs(),
                    Exception {
                        store: Named::linked(store.name.clone(), Link::store(&store.id)),
                        kpi: ledger.words.text(&kpi.title),
                        figure: ledger.figure(kpi, Scope::Store, &store.id, month),
                    },
                ));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(EXCEPTIONS).map(|(_, one)| one).collect()
}

/// From the month's pool to the keys handed over; a step without data is left out.
fn funnel(ledger: &Ledger<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (step, kpi) in ledger.material.catalog.funnel() {
        let value = ledger
            .value(kpi, Scope::Group, "group", ledger.months.focus)
            .filter(|value| value.status != Status::NoData);
        let sum = value.and_then(|value| match step.sum {
            Side::Numerator => Some(value.numerator),
            Side::Denominator => value.denominator,
        });
        let Some(sum) = sum else { continue };
        let share = steps.first().map(|first| first.count).filter(|first| *first > 0.0);
        steps.push(Step {
            title: ledger.words.text(&step.title),
            count: sum.to_f64(),
            text: figure::exact(sum, false),
            share: share.map(|first| figure::percent(sum.to_f64() / first)),
            link: Some(Link::kpi(&kpi.id)),
        });
    }
    if steps.len() < 2 { Vec::new() } else { steps }
}

/// Counts of the worklist that shows each owner's churn stage; `None` where there is no such list.
pub(crate) fn ladder(ledger: &Ledger<'_>, store: Option<&str>) -> Option<Ladder> {
    let definition = ledger.material.catalog.ladder()?;
    let list = &definition.list;
    let stores = ledger.material.stores.iter().filter(|own| store.is_none_or(|store| *own.id == *store));
    let rows: Vec<_> = stores.flat_map(|own| ledger.worklist(list, &own.id)).collect();
    let stages: Vec<Stage> = definition
        .stages
        .iter()
        .map(|stage| Stage {
            title: ledger.words.text(&stage.title),
            count: rows.iter().filter(|row| row.extra.get(definition.column) == Some(&stage.value)).count(),
        })
        .collect();
    let page = match store {
        Some(store) => Page::Worklist { store: store.into(), list: list.clone(), part: 1 },
        None => Page::Worklists,
    };
    (!rows.is_empty()).then(|| Ladder { total: figure::tally(rows.len() as u64), link: Link::to(page), stages })
}

fn bullets(ledger: &Ledger<'_>, topic: &str) -> Vec<Bullet> {
    let month = ledger.months.focus;
    let kpis = ledger.monthly().filter(|kpi| &*kpi.topic == topic && kpi.unit == Unit::Percent);
    kpis.map(|kpi| Bullet {
        title: Named::linked(ledger.words.text(&kpi.title), Link::kpi(&kpi.id)),
        figure: ledger.figure(kpi, Scope::Group, "group", month),
        target: ledger.value(kpi, Scope::Group, "group", month).and_then(|value| value.target).map(Quantity::to_f64),
        up: kpi.direction == crate::catalog::Direction::Up,
    })
    .collect()
}

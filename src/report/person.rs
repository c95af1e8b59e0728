//! A person's page: figures, scorecards with their undefined part, what was missed and where it stands.

use super::{
    behind::{self, RowLine},
    figure::Figure,
    ledger::Ledger,
    page::{Link, Named, Page},
    trend::{Delta, Trend},
    worklist::{self, WorkLine},
};
use crate::{
    catalog::{Direction, Kpi, Scorecard},
    model::{Role, Scope, Status},
    project::Store,
};
use serde::Serialize;

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
}

#[derive(Debug, Serialize)]
pub(crate) struct CardItem {
    pub title: String,
    pub weight: u32,
    /// `None` where no sheet carries the item yet.
    pub kpi: Option<Named>,
    pub figure: Option<Figure>,
}

/// The person's rows that missed one KPI.
#[derive(Debug, Serialize)]
pub(crate) struct Missed {
    pub kpi: Named,
    pub columns: Vec<String>,
    pub rows: Vec<RowLine>,
    pub more: usize,
}

/// The person's part of a worklist.
#[derive(Debug, Serialize)]
pub(crate) struct Work {
    pub list: Named,
    pub rows: Vec<WorkLine>,
    pub more: usize,
}

impl PersonView {
    pub(crate) fn new(ledger: &Ledger<'_>, store: &Store, name: &str) -> PersonView {
        let month = ledger.months.focus;
        let id = format!("{}/{name}", store.id);
        let known = |kpi: &Kpi| {
            ledger.value(kpi, Scope::Staff, &id, month).is_some_and(|value| value.status != Status::NoData)
                || ledger
                    .value(kpi, Scope::Staff, &id, ledger.months.before)
                    .is_some_and(|v| v.status != Status::NoData)
        };
        let kpis: Vec<&Kpi> = ledger.monthly().filter(|kpi| known(kpi)).collect();
        PersonView {
            name: name.to_owned(),
            store: Named::linked(store.name.clone(), Link::store(&store.id)),
            month: ledger.words.period(month),
            partial: ledger.months.is_partial(month),
            lines: kpis.iter().map(|kpi| line(ledger, kpi, store, &id)).collect(),
            scorecards: ledger.material.catalog.scorecards.iter().filter_map(|c| card(ledger, c, &kpis, &id)).collect(),
            missed: kpis.iter().filter_map(|kpi| missed(ledger, kpi, store, name)).collect(),
            work: work(ledger, store, name),
        }
    }
}

fn line(ledger: &Ledger<'_>, kpi: &Kpi, store: &Store, id: &str) -> PersonKpi {
    let month = ledger.months.focus;
    let trend = ledger.trend(kpi, Scope::Staff, id, 14, true);
    PersonKpi {
        title: Named::linked(
            ledger.words.text(&kpi.title),
            Link::to(Page::Behind { store: store.id.clone(), kpi: kpi.id.clone() }),
        ),
        assumption: kpi.assumption,
        figure: ledger.figure(kpi, Scope::Staff, id, month),
        before: ledger.figure(kpi, Scope::Staff, id, ledger.months.before),
        delta: ledger.delta(kpi, Scope::Staff, id, month),
        trend: trend.drawable().then_some(trend),
        store: ledger.figure(kpi, Scope::Store, &store.id, month),
    }
}

/// A scorecard of which the person has at least one figure.
fn card(ledger: &Ledger<'_>, scorecard: &Scorecard, kpis: &[&Kpi], id: &str) -> Option<Card> {
    let measured = |kpi: &str| kpis.iter().find(|known| &*known.id == kpi).copied();
    scorecard.items.iter().find(|item| item.kpi.as_deref().and_then(measured).is_some())?;
    let items = scorecard.items.iter().map(|item| {
        let kpi = item.kpi.as_deref().and_then(|kpi| ledger.material.catalog.kpi(kpi));
        CardItem {
            title: ledger.words.text(&item.title),
            weight: item.weight,
            kpi: kpi.map(|kpi| Named::linked(ledger.words.text(&kpi.title), Link::kpi(&kpi.id))),
            figure: kpi.map(|kpi| ledger.figure(kpi, Scope::Staff, id, ledger.months.focus)),
        }
    });
    Some(Card {
        title: ledger.words.text(&scorecard.title),
        source: scorecard.source.clone(),
        items: items.collect(),
        undefined: scorecard.undefined,
    })
}

fn missed(ledger: &Ledger<'_>, kpi: &Kpi, store: &Store, name: &str) -> Option<Missed> {
    kpi.denominator.as_ref()?;
    // Only where a row can be done better next time: a duty, or a share with a target.
    if kpi.target.is_none() && &*kpi.fact != "duty" {
        return None;
    }
    let month = ledger.months.focus;
    let bad = if kpi.direction == Direction::Down { Role::Passed } else { Role::Failed };
    let mut rows = ledger.rows_of_month(kpi, &store.id, month);
    rows.retain(|row| row.role == bad && row.staff.as_deref() == Some(name));
    let page = Page::Behind { store: store.id.clone(), kpi: kpi.id.clone() };
    let shown = behind::lines(ledger, kpi, rows.iter().take(MISSED).copied(), "");
    (!rows.is_empty() && kpi.unit == crate::catalog::Unit::Percent && ledger.has_lineage(month)).then(|| Missed {
        kpi: Named::linked(ledger.words.text(&kpi.title), Link::at(page, month.to_string())),
        columns: behind::columns(ledger, kpi),
        more: rows.len().saturating_sub(MISSED),
        rows: shown,
    })
}

fn work(ledger: &Ledger<'_>, store: &Store, name: &str) -> Vec<Work> {
    let mut found = Vec::new();
    for list in &ledger.material.catalog.worklists {
        let own: Vec<_> = ledger
            .worklist(&list.id, &store.id)
            .iter()
            .filter(|row| row.owner.as_deref() == Some(name))
            .copied()
            .collect();
        if !own.is_empty() {
            let page = Page::Worklist { store: store.id.clone(), list: list.id.clone(), part: 1 };
            found.push(Work {
                list: Named::linked(ledger.words.text(&list.title), Link::to(page)),
                more: own.len().saturating_sub(OPEN_WORK),
                rows: worklist::lines(ledger, list, own.into_iter().take(OPEN_WORK)),
            });
        }
    }
    found
}

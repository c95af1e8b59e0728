//! Finds values, rows and findings in the [`Material`] without walking all of it for each page.

use super::{
    figure::{FEW, Figure},
    material::{BoardLine, Material},
    page::{Link, Named, Page},
    trend::{Delta, Months, Trend},
    words::Words,
};
use crate::{
    catalog::{Accumulate, Direction, Kpi, Unit},
    diagnostic::Finding,
    model::{Grain, KpiValue, LineageRow, Period, Quantity, Scope, SheetTally, Status, Submission, WorklistRow},
    project::Store,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The material, sorted into drawers.
pub(crate) struct Ledger<'a> {
    pub material: &'a Material<'a>,
    pub words: &'a Words,
    pub months: Months,
    /// By scope, KPI, id.
    values: BTreeMap<Scope, Cabinet<'a, KpiValue>>,
    /// By KPI, store.
    behind: Cabinet<'a, LineageRow>,
    /// By list, store.
    worklists: Cabinet<'a, WorklistRow>,
    findings: Drawers<'a, Finding>,
    tallies: Drawers<'a, SheetTally>,
    board: Drawers<'a, BoardLine>,
    submissions: Drawers<'a, Submission>,
    staff: BTreeMap<&'a str, BTreeSet<Arc<str>>>,
}

type Drawers<'a, T> = BTreeMap<&'a str, Vec<&'a T>>;
type Cabinet<'a, T> = BTreeMap<&'a str, Drawers<'a, T>>;

fn drawers<'a, T>(all: impl IntoIterator<Item = &'a T>, key: impl Fn(&'a T) -> &'a str) -> Drawers<'a, T> {
    let mut drawers: Drawers<'a, T> = BTreeMap::new();
    for one in all {
        drawers.entry(key(one)).or_default().push(one);
    }
    drawers
}

fn cabinet<'a, T>(
    all: impl IntoIterator<Item = &'a T>,
    outer: impl Fn(&'a T) -> &'a str,
    inner: impl Fn(&'a T) -> &'a str,
) -> Cabinet<'a, T> {
    let mut cabinet: Cabinet<'a, T> = BTreeMap::new();
    for one in all {
        cabinet.entry(outer(one)).or_default().entry(inner(one)).or_default().push(one);
    }
    cabinet
}

fn open<'l, 'a, T>(cabinet: Option<&'l Cabinet<'a, T>>, outer: &str, inner: &str) -> &'l [&'a T] {
    cabinet.and_then(|cabinet| cabinet.get(outer)?.get(inner)).map_or(&[], Vec::as_slice)
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(material: &'a Material<'a>, words: &'a Words) -> Ledger<'a> {
        let mut staff: BTreeMap<&'a str, BTreeSet<Arc<str>>> = BTreeMap::new();
        for value in material.kpis.iter().filter(|value| value.scope == Scope::Staff) {
            if let Some((store, name)) = value.scope_id.split_once('/') {
                let names = staff.entry(store).or_default();
                if !names.contains(name) {
                    names.insert(name.into());
                }
            }
        }
        Ledger {
            material,
            words,
            months: Months::new(material.cutoff),
            values: Scope::ALL
                .into_iter()
                .map(|scope| {
                    let own = material.kpis.iter().filter(|value| value.scope == scope);
                    (scope, cabinet(own, |value| &value.kpi, |value| &value.scope_id))
                })
                .collect(),
            behind: cabinet(material.lineage, |row| &row.kpi, |row| &row.store),
            worklists: cabinet(material.worklists, |row| &row.list, |row| &row.store),
            findings: drawers(material.findings, |finding| &finding.store),
            tallies: drawers(material.tallies, |tally| &tally.store),
            board: drawers(material.board, |line| &line.store),
            submissions: drawers(material.submissions, |submission| &submission.store),
            staff,
        }
    }

    pub(crate) fn value(&self, kpi: &Kpi, scope: Scope, id: &str, period: Period) -> Option<&'a KpiValue> {
        self.values_of(&kpi.id, scope, id).iter().find(|value| value.period == period).copied()
    }

    fn values_of(&self, kpi: &str, scope: Scope, id: &str) -> &[&'a KpiValue] {
        open(self.values.get(&scope), kpi, id)
    }

    /// The ids of a scope that have values of a KPI.
    pub(crate) fn ids_of(&self, kpi: &str, scope: Scope) -> Vec<&'a str> {
        let ids = self.values.get(&scope).and_then(|cabinet| cabinet.get(kpi));
        ids.into_iter().flat_map(BTreeMap::keys).copied().collect()
    }

    /// The KPIs that have values by month.
    pub(crate) fn monthly(&self) -> impl Iterator<Item = &'a Kpi> {
        self.material.catalog.kpis.iter().filter(|kpi| kpi.grains.contains(&Grain::Month))
    }

    /// A month's figure, linked to where its rows are: a store's to the rows, a group's to the KPI's page.
    pub(crate) fn figure(&self, kpi: &Kpi, scope: Scope, id: &str, month: Period) -> Figure {
        let value = self.value(kpi, scope, id, month);
        let mut figure = Figure::new(kpi, value, month, self.months.is_partial(month), self.words);
        let few = Quantity::whole(FEW);
        figure.few = scope == Scope::Staff && value.and_then(|v| v.denominator).is_some_and(|d| d.0.abs() < few.0);
        let has_rows = value.is_some_and(|value| value.status != Status::NoData);
        let link = match scope {
            Scope::Store if has_rows => self.rows_link(kpi, id, month),
            Scope::Staff if has_rows => id.split_once('/').and_then(|(store, _)| self.rows_link(kpi, store, month)),
            Scope::Group => Some(Link::kpi(&kpi.id)),
            _ => None,
        };
        figure.linked(link)
    }

    /// To the rows behind a store's value of a month, as far as the lineage reaches back.
    pub(crate) fn rows_link(&self, kpi: &Kpi, store: &str, month: Period) -> Option<Link> {
        let page = Page::Behind { store: store.into(), kpi: kpi.id.clone() };
        self.has_lineage(month).then(|| Link::at(page, month.to_string()))
    }

    /// Whether the whole of a month is in the lineage.
    pub(crate) fn has_lineage(&self, month: Period) -> bool {
        month.start >= self.material.lineage_since && month.start <= self.months.current.start
    }

    /// The months whose rows are at hand, newest first.
    pub(crate) fn lineage_months(&self) -> Vec<Period> {
        let months = std::iter::successors(Some(self.months.current), |month| Some(month.previous()));
        months.take_while(|month| self.has_lineage(*month)).take(36).collect()
    }

    /// The rows behind a store's values of a KPI, in the order of the material.
    pub(crate) fn rows(&self, kpi: &str, store: &str) -> &[&'a LineageRow] {
        open(Some(&self.behind), kpi, store)
    }

    /// The rows of one month; of a stock, those of the last day it has in that month.
    pub(crate) fn rows_of_month(&self, kpi: &Kpi, store: &str, month: Period) -> Vec<&'a LineageRow> {
        let mut rows: Vec<_> = self.rows(&kpi.id, store).iter().filter(|row| month.holds(row.day)).copied().collect();
        if kpi.accumulate == Accumulate::Closing {
            let last = rows.iter().map(|row| row.day).max();
            rows.retain(|row| Some(row.day) == last);
        }
        rows
    }

    /// The months that a KPI's values of one scope cover, oldest first, at most `most`.
    pub(crate) fn trend(&self, kpi: &Kpi, scope: Scope, id: &str, most: usize, only_with_rows: bool) -> Trend {
        let mut months: Vec<Period> = self
            .values_of(&kpi.id, scope, id)
            .iter()
            .map(|value| value.period)
            .filter(|period| period.grain == Grain::Month && period.start <= self.months.current.start)
            .filter(|period| !only_with_rows || self.has_lineage(*period))
            .collect();
        months.sort();
        months.dedup();
        let months = months.split_off(months.len().saturating_sub(most));
        let target = months.last().and_then(|month| self.value(kpi, scope, id, *month)).and_then(|value| value.target);
        let figures = months.into_iter().map(|month| (month, self.figure(kpi, scope, id, month))).collect();
        Trend::new(kpi, self.words.text(&kpi.title), figures, target.map(Quantity::to_f64), self.words)
    }

    /// How a figure moved against the month before.
    pub(crate) fn delta(&self, kpi: &Kpi, scope: Scope, id: &str, month: Period) -> Option<Delta> {
        let now = self.figure(kpi, scope, id, month);
        Delta::between(&now, &self.figure(kpi, scope, id, month.previous()), kpi, self.words)
    }

    /// The stores with a value in a month, best first; ties by the stores' own order.
    pub(crate) fn ranking(&self, kpi: &Kpi, month: Period) -> Vec<(&'a Store, f64)> {
        let mut ranked: Vec<(&'a Store, f64)> = self
            .material
            .stores
            .iter()
            .filter_map(|store| {
                let value = self.value(kpi, Scope::Store, &store.id, month)?;
                value.value_f64().filter(|_| value.status != Status::NoData).map(|number| (store, number))
            })
            .collect();
        ranked.sort_by(|a, b| match kpi.direction {
            Direction::Up => b.1.total_cmp(&a.1),
            Direction::Down => a.1.total_cmp(&b.1),
        });
        ranked
    }

    /// The stores of a ranking whose share rests on enough rows to be named; of other KPIs all.
    pub(crate) fn nameable(&self, kpi: &Kpi, month: Period) -> Vec<(&'a Store, f64)> {
        let mut ranking = self.ranking(kpi, month);
        ranking.retain(|(store, _)| !self.is_thin(kpi, &store.id, month));
        ranking
    }

    /// Whether a store's share rests on fewer rows than make it worth naming.
    pub(crate) fn is_thin(&self, kpi: &Kpi, store: &str, month: Period) -> bool {
        let rows = self.value(kpi, Scope::Store, store, month).and_then(|value| value.denominator);
        kpi.unit == Unit::Percent && rows.is_none_or(|rows| rows < Quantity::whole(FEW))
    }

    /// How many targets a store meets and misses in a month.
    pub(crate) fn met_and_missed(&self, store: &str, month: Period) -> (usize, usize) {
        let statuses = self.monthly().map(|kpi| self.figure(kpi, Scope::Store, store, month).status);
        statuses.fold((0, 0), |(met, missed), status| match status {
            "met" => (met + 1, missed),
            "missed" => (met, missed + 1),
            _ => (met, missed),
        })
    }

    /// `第 3 / 8 名`, linked to the stores beside each other; stores with equal values share a place. A share over
    /// fewer than ten rows is not ranked.
    pub(crate) fn rank(&self, kpi: &Kpi, store: &str, month: Period) -> Option<Named> {
        let ranking = self.nameable(kpi, month);
        let own = ranking.iter().find(|(ranked, _)| &*ranked.id == store)?.1;
        let place = ranking.iter().position(|(_, number)| *number == own)? + 1;
        let args = [("place", place.to_string()), ("of", ranking.len().to_string())];
        let link = Link::at(Page::Kpi { kpi: kpi.id.clone() }, "stores");
        let text = || self.words.fill("figure.rank", &[("place", &args[0].1), ("of", &args[1].1)]);
        (ranking.len() > 1).then(|| Named::linked(text(), link))
    }

    /// The KPIs of the cards: of each topic, in display order, the first one with a target, else its first ratio, else its
    /// first one; then further ones with a target until there are eight.
    pub(crate) fn headlines(&self) -> Vec<&'a Kpi> {
        const CARDS: usize = 8;
        let monthly: Vec<&'a Kpi> = self.monthly().collect();
        let mut chosen: Vec<&'a Kpi> = Vec::new();
        let mut topics: Vec<&str> = Vec::new();
        for kpi in &monthly {
            if !topics.contains(&&*kpi.topic) {
                topics.push(&kpi.topic);
                let of_topic = || monthly.iter().filter(|other| other.topic == kpi.topic);
                let targeted = of_topic().find(|other| other.target.is_some());
                let ratio = || of_topic().find(|other| other.denominator.is_some());
                chosen.extend(targeted.or_else(ratio).or_else(|| of_topic().next()));
            }
        }
        chosen.truncate(CARDS);
        for kpi in monthly.iter().filter(|kpi| kpi.target.is_some()) {
            if chosen.len() < CARDS && !chosen.iter().any(|other| other.id == kpi.id) {
                chosen.push(kpi);
            }
        }
        chosen.sort_by_key(|kpi| monthly.iter().position(|other| other.id == kpi.id));
        chosen
    }

    /// The topics in display order, each with its KPIs.
    pub(crate) fn topics(&self) -> Vec<(Arc<str>, Vec<&'a Kpi>)> {
        let mut topics: Vec<(Arc<str>, Vec<&'a Kpi>)> = Vec::new();
        for kpi in self.monthly() {
            match topics.iter_mut().find(|(topic, _)| *topic == kpi.topic) {
                Some((_, kpis)) => kpis.push(kpi),
                None => topics.push((kpi.topic.clone(), vec![kpi])),
            }
        }
        topics
    }

    /// A topic's name.
    pub(crate) fn topic_name(&self, topic: &str) -> String {
        self.words.text(&self.material.catalog.topic_title(topic))
    }

    pub(crate) fn worklist(&self, list: &str, store: &str) -> &[&'a WorklistRow] {
        open(Some(&self.worklists), list, store)
    }

    /// A store's findings; of the definitions' for an empty id.
    pub(crate) fn findings(&self, store: &str) -> &[&'a Finding] {
        self.findings.get(store).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn tallies(&self, store: &str) -> &[&'a SheetTally] {
        self.tallies.get(store).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn board(&self, store: &str) -> &[&'a BoardLine] {
        self.board.get(store).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn submissions(&self, store: &str) -> &[&'a Submission] {
        self.submissions.get(store).map_or(&[], Vec::as_slice)
    }

    /// The people of a store, by name.
    pub(crate) fn staff(&self, store: &str) -> impl Iterator<Item = &Arc<str>> {
        self.staff.get(store).into_iter().flatten()
    }

    /// The store's name as pages show it.
    pub(crate) fn store_name(&self, id: &str) -> String {
        self.material.stores.iter().find(|store| &*store.id == id).map_or_else(|| id.to_owned(), |s| s.name.clone())
    }

    /// A person's page, when the person is known in the store.
    pub(crate) fn person_link(&self, store: &str, name: &str) -> Option<Link> {
        let known = self.staff.get(store).and_then(|names| names.get(name))?;
        Some(Link::to(Page::Person { store: store.into(), staff: known.clone() }))
    }
}

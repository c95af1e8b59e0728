//! Finds values, rows and findings without walking all of them for each page: the group's, and one store's.

mod group;
mod store;

pub(crate) use group::{GroupLookup, Region};
pub(crate) use store::StoreLookup;

use super::{
    behind,
    figure::{FEW, Figure},
    material::Edition,
    page::Link,
    period,
    trend::{Delta, Months, Trend},
    variation::Process,
    words::Words,
};
use crate::{
    catalog::Kpi,
    messages::FindingWords,
    model::{Grain, KpiValue, Period, Quantity, Scope, Status},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

/// Stores that one page lists.
pub(crate) const STORES_A_PAGE: usize = 100;

/// Values found by KPI, scope and id, in a list sorted so.
pub(crate) struct Values<'a> {
    by_kpi: BTreeMap<&'a str, &'a [KpiValue]>,
}

impl<'a> Values<'a> {
    /// Over a list sorted by KPI, scope, id, period.
    pub(crate) fn new(values: &'a [KpiValue]) -> Values<'a> {
        let runs = values.chunk_by(|a, b| a.kpi == b.kpi);
        Values { by_kpi: runs.map(|run| (&*run[0].kpi, run)).collect() }
    }

    /// Every period of one KPI for one scope and id; empty when there is none.
    pub(crate) fn series(&self, kpi: &str, scope: Scope, id: &str) -> &'a [KpiValue] {
        let of_scope = self.scope(kpi, scope);
        let from = of_scope.partition_point(|value| &*value.scope_id < id);
        let length = of_scope[from..].partition_point(|value| &*value.scope_id == id);
        &of_scope[from..from + length]
    }

    /// All values of one KPI in one scope.
    fn scope(&self, kpi: &str, scope: Scope) -> &'a [KpiValue] {
        let of_kpi = self.by_kpi.get(kpi).copied().unwrap_or_default();
        let from = of_kpi.partition_point(|value| value.scope < scope);
        let length = of_kpi[from..].partition_point(|value| value.scope == scope);
        &of_kpi[from..from + length]
    }

    fn value(&self, kpi: &str, scope: Scope, id: &str, period: Period) -> Option<&'a KpiValue> {
        let series = self.series(kpi, scope, id);
        series.binary_search_by(|value| value.period.cmp(&period)).ok().map(|at| &series[at])
    }
}

/// Finds values, and words them.
pub(crate) struct Lookup<'a> {
    pub edition: Edition<'a>,
    pub words: &'a Words,
    pub months: Months,
    /// The titles, as intake tells them apart, that a sheet to fill cannot give to columns of its own.
    pub taken_titles: OnceLock<BTreeSet<String>>,
    values: Values<'a>,
}

impl<'a> Lookup<'a> {
    /// What findings are worded with.
    pub(crate) fn finding_words(&self) -> FindingWords<'a> {
        FindingWords::new(self.edition.catalog, self.words.lang())
    }

    fn new(edition: Edition<'a>, words: &'a Words, values: &'a [KpiValue]) -> Lookup<'a> {
        Lookup {
            edition,
            words,
            months: Months::new(edition.cutoff),
            taken_titles: OnceLock::new(),
            values: Values::new(values),
        }
    }

    pub(crate) fn value(&self, kpi: &Kpi, scope: Scope, id: &str, period: Period) -> Option<&'a KpiValue> {
        self.values.value(&kpi.id, scope, id, period)
    }

    /// The KPIs that have values by month.
    pub(crate) fn monthly(&self) -> impl Iterator<Item = &'a Kpi> + use<'a> {
        self.edition.catalog.kpis.iter().filter(|kpi| kpi.grains.contains(&Grain::Month))
    }

    /// The period of a grain that pages speak of.
    pub(crate) fn focus(&self, grain: Grain) -> Period {
        period::focus(grain, self.edition.cutoff.date())
    }

    /// The periods of a grain that pages show, newest first.
    pub(crate) fn recent(&self, grain: Grain) -> Vec<Period> {
        period::recent(grain, self.edition.cutoff.date()).collect()
    }

    /// Whether anything of a KPI counts in any month: what rests on a sheet that was never sent has nothing.
    pub(crate) fn has_data(&self, kpi: &Kpi, scope: Scope, id: &str) -> bool {
        let months = self.values.series(&kpi.id, scope, id).iter().filter(|value| value.period.grain == Grain::Month);
        months.into_iter().any(|value| value.status != Status::NoData)
    }

    /// How many targets a store meets and misses in a month.
    pub(crate) fn met_and_missed(&self, store: &str, month: Period) -> (usize, usize) {
        let statuses = self.monthly().filter_map(|kpi| Some(self.value(kpi, Scope::Store, store, month)?.status));
        statuses.fold((0, 0), |(met, missed), status| match status {
            Status::Met => (met + 1, missed),
            Status::Missed => (met, missed + 1),
            _ => (met, missed),
        })
    }

    /// A period's figure, linked to where its rows are: a store's to the rows, any other to the KPI's page of that grain.
    pub(crate) fn figure(&self, kpi: &Kpi, scope: Scope, id: &str, period: Period) -> Figure {
        let value = self.value(kpi, scope, id, period);
        let mut figure = self.worded(kpi, value, period);
        let few = Quantity::whole(FEW);
        figure.few = scope == Scope::Staff && value.and_then(|v| v.denominator).is_some_and(|d| d.0.abs() < few.0);
        let has_rows = value.is_some_and(|value| value.status != Status::NoData);
        let link = match scope {
            Scope::Store if has_rows => self.rows_link(kpi, id, period),
            Scope::Staff if has_rows => id.split_once('/').and_then(|(store, _)| self.rows_link(kpi, store, period)),
            Scope::Group => Some(period::kpi_link(kpi, period.grain)),
            Scope::Region | Scope::Brand if has_rows => period::area_link(self, kpi, (scope, id), period),
            _ => None,
        };
        figure.linked(link)
    }

    /// The figure of a value, with no link.
    pub(crate) fn figure_of(&self, kpi: &Kpi, value: &KpiValue) -> Figure {
        self.worded(kpi, Some(value), value.period)
    }

    fn worded(&self, kpi: &Kpi, value: Option<&KpiValue>, period: Period) -> Figure {
        Figure::new(kpi, value, period, self.months.is_partial(period), self.words)
    }

    /// The channels, models or levels of one store that have values of a KPI, by name; the store's own lookup has them.
    pub(crate) fn slices_of(&self, kpi: &Kpi, scope: Scope, month: Period) -> Vec<&'a KpiValue> {
        self.values.scope(&kpi.id, scope).iter().filter(|value| value.period == month).collect()
    }

    /// To the rows behind a store's value of a period, as far as they are at hand.
    pub(crate) fn rows_link(&self, kpi: &Kpi, store: &str, period: Period) -> Option<Link> {
        let at_hand = match period.grain {
            Grain::Month => self.has_lineage(period),
            grain => period::recent(grain, self.edition.cutoff.date()).any(|recent| recent == period),
        };
        at_hand.then(|| behind::link(store, &kpi.id).at(period.to_string()))
    }

    /// Whether the whole of a month is in the lineage.
    pub(crate) fn has_lineage(&self, month: Period) -> bool {
        month.start >= self.edition.lineage_since && month.start <= self.months.current.start
    }

    /// The months whose rows are at hand, newest first.
    pub(crate) fn lineage_months(&self) -> Vec<Period> {
        let months = std::iter::successors(Some(self.months.current), |month| Some(month.previous()));
        months.take_while(|month| self.has_lineage(*month)).take(36).collect()
    }

    /// The months that a KPI's values of one scope cover, oldest first, at most `most`.
    pub(crate) fn trend(&self, kpi: &Kpi, scope: Scope, id: &str, most: usize, only_with_rows: bool) -> Trend {
        let mut months: Vec<Period> = self
            .values
            .series(&kpi.id, scope, id)
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

    /// Whether the newest full month of a figure is a signal, and what its process gives.
    pub(crate) fn process(&self, kpi: &Kpi, scope: Scope, id: &str) -> Process {
        let series = self.values.series(&kpi.id, scope, id).iter();
        let months = series.filter(|value| value.period.grain == Grain::Month);
        let full = months.filter(|value| value.period.start <= self.months.current.start);
        let full: Vec<&KpiValue> =
            full.filter(|value| value.status != Status::NoData && !self.months.is_partial(value.period)).collect();
        let target = full.last().and_then(|value| value.target).map(Quantity::to_f64);
        let values: Vec<f64> = full.iter().filter_map(|value| value.value_f64()).collect();
        Process::of(&values, target, kpi.direction)
    }

    /// How a figure moved against the month before.
    pub(crate) fn delta(&self, kpi: &Kpi, scope: Scope, id: &str, month: Period) -> Option<Delta> {
        let now = self.figure(kpi, scope, id, month);
        let before = self.figure(kpi, scope, id, month.previous());
        match self.same_days(kpi, scope, id, month) {
            // The rows of the month before, or where it has none those of this one.
            Some(same_days) => {
                let link = before.link.or_else(|| now.link.clone());
                Delta::of_same_days(&now, &same_days.linked(link), kpi, self.words)
            }
            None => Delta::between(&now, &before, kpi, self.words),
        }
    }

    /// The figure of the same days of the month before, for a month that is not over.
    pub(crate) fn same_days(&self, kpi: &Kpi, scope: Scope, id: &str, month: Period) -> Option<Figure> {
        let value = self.value(kpi, scope, id, month)?;
        let (numerator, denominator) = **value.same_days.as_ref()?;
        let empty = denominator.is_some_and(Quantity::is_zero);
        let status = if empty { Status::NoData } else { Status::NoTarget };
        let same_days = KpiValue { numerator, denominator, status, target: None, same_days: None, ..value.clone() };
        Some(Figure::new(kpi, Some(&same_days), month.previous(), true, self.words))
    }

    /// The KPIs of the cards: those that the story names. Where it names none, of each topic, in display order, the first
    /// one with a target, else its first ratio, else its first one; then further ones with a target until there are eight.
    pub(crate) fn headlines(&self) -> Vec<&'a Kpi> {
        const CARDS: usize = 8;
        let catalog: &'a crate::catalog::Catalog = self.edition.catalog;
        let told = catalog.headlines().into_iter().filter(|kpi| kpi.grains.contains(&Grain::Month));
        let told: Vec<&'a Kpi> = told.take(CARDS).collect();
        if !told.is_empty() {
            return told;
        }
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
            if chosen.len() < CARDS && !chosen.iter().any(|known| known.id == kpi.id) {
                chosen.push(kpi);
            }
        }
        chosen.sort_by_key(|kpi| monthly.iter().position(|known| known.id == kpi.id));
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
        self.words.text(&self.edition.catalog.topic_title(topic))
    }
}

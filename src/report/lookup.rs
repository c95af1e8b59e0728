//! Finds values, rows and findings without walking all of them for each page: the group's, and one store's.

use super::{
    behind,
    digest::StoreDigest,
    figure::{FEW, Figure},
    kpi,
    material::{Edition, GroupMaterial, StoreMaterial},
    page::{Link, Named},
    person,
    standing::{Medians, Standing},
    store,
    table::{Cell, Column, Kind, Measure},
    trend::{Delta, Months, Trend},
    variation::Process,
    words::Words,
};
use crate::{
    catalog::{Accumulate, Direction, Kpi},
    messages::FindingWords,
    model::{Grain, KpiValue, LineageRow, Period, Quantity, Scope, Status, WorklistRow},
    project::Store,
};
use chrono::Datelike;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
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

    /// Whether anything of a KPI counts in any month: what rests on a sheet that was never sent has nothing.
    pub(crate) fn has_data(&self, kpi: &Kpi, scope: Scope, id: &str) -> bool {
        let months = self.values.series(&kpi.id, scope, id).iter().filter(|value| value.period.grain == Grain::Month);
        months.into_iter().any(|value| value.status != Status::NoData)
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
            Scope::Group => Some(kpi::link(&kpi.id)),
            _ => None,
        };
        figure.linked(link)
    }

    /// To the rows behind a store's value of a month, as far as the lineage reaches back.
    pub(crate) fn rows_link(&self, kpi: &Kpi, store: &str, month: Period) -> Option<Link> {
        self.has_lineage(month).then(|| behind::link(store, &kpi.id).at(month.to_string()))
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
        let (numerator, denominator) = value.same_days?;
        let empty = denominator.is_some_and(Quantity::is_zero);
        let status = if empty { Status::NoData } else { Status::NoTarget };
        let same_days = KpiValue { numerator, denominator, status, target: None, same_days: None, ..value.clone() };
        Some(Figure::new(kpi, Some(&same_days), month.previous(), true, self.words))
    }

    /// The KPIs of the cards: those that the story names, or where it names none, of each topic, in display order, the first one with a target, else its first ratio, else its
    /// first one; then further ones with a target until there are eight.
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

/// The group's values, and each store's digest.
pub(crate) struct GroupLookup<'a> {
    lookup: Lookup<'a>,
    pub material: &'a GroupMaterial<'a>,
    digests: BTreeMap<&'a str, &'a StoreDigest>,
}

impl<'a> Deref for GroupLookup<'a> {
    type Target = Lookup<'a>;

    fn deref(&self) -> &Lookup<'a> {
        &self.lookup
    }
}

impl<'a> GroupLookup<'a> {
    pub(crate) fn new(material: &'a GroupMaterial<'a>, words: &'a Words) -> GroupLookup<'a> {
        GroupLookup {
            lookup: Lookup::new(material.edition, words, material.kpis),
            material,
            digests: material.digests.iter().map(|digest| (&*digest.store, digest)).collect(),
        }
    }

    /// The stores with their digests, in the stores' order.
    pub(crate) fn stores(&self) -> impl Iterator<Item = (&'a Store, &'a StoreDigest)> {
        let stores = self.material.stores.iter();
        stores.filter_map(|store| Some((store, *self.digests.get(&*store.id)?)))
    }

    /// The stores in the parts in which pages list them: where one page holds them all, in the group's order, else
    /// region by region. At least one part.
    pub(crate) fn parts(&self) -> Vec<Vec<(&'a Store, &'a StoreDigest)>> {
        let mut all: Vec<_> = self.stores().collect();
        if all.len() > STORES_A_PAGE {
            all.sort_by(|(a, _), (b, _)| a.region.cmp(&b.region));
        }
        let mut parts: Vec<_> = all.chunks(STORES_A_PAGE).map(<[_]>::to_vec).collect();
        if parts.is_empty() {
            parts.push(Vec::new());
        }
        parts
    }

    /// The regions, where the stores take more than one part: a page says what they come to before it lists stores.
    pub(crate) fn regions(&self) -> Vec<Region<'a>> {
        let parts = self.parts();
        let mut regions: Vec<Region<'a>> = Vec::new();
        if parts.len() > 1 {
            for (part, store) in
                (1..).zip(&parts).flat_map(|(part, stores)| stores.iter().map(move |store| (part, store)))
            {
                match regions.last_mut().filter(|region| region.id == store.0.region) {
                    Some(region) => region.stores.push(*store),
                    None => regions.push(Region { id: &store.0.region, part, stores: vec![*store] }),
                }
            }
        }
        regions
    }

    /// The ids of a scope that have values of a KPI.
    pub(crate) fn ids_of(&self, kpi: &str, scope: Scope) -> Vec<&'a str> {
        let runs = self.values.scope(kpi, scope).chunk_by(|a, b| a.scope_id == b.scope_id);
        runs.map(|run| &*run[0].scope_id).collect()
    }

    /// The stores with a place in a month, best first; ties by the stores' own order. A share over fewer than
    /// [`FEW`] rows has none.
    pub(crate) fn ranking(&self, kpi: &Kpi, month: Period) -> Vec<(&'a Store, f64)> {
        let mut ranked: Vec<(&'a Store, f64)> = self
            .material
            .stores
            .iter()
            .filter_map(|store| {
                let value = self.value(kpi, Scope::Store, &store.id, month)?;
                let number = value.value_f64().filter(|_| value.status != Status::NoData)?;
                (!is_thin(kpi, value)).then_some((store, number))
            })
            .collect();
        ranked.sort_by(|a, b| match kpi.direction {
            Direction::Up => b.1.total_cmp(&a.1),
            Direction::Down => a.1.total_cmp(&b.1),
        });
        ranked
    }

    /// The places of a ranking, from 1; stores with equal values share the better one.
    pub(crate) fn places(&self, ranking: &[(&'a Store, f64)]) -> Vec<(&'a Store, usize)> {
        let mut place = 0;
        let mut last = None;
        let placed = ranking.iter().enumerate().map(|(at, (store, number))| {
            if last != Some(*number) {
                (place, last) = (at + 1, Some(*number));
            }
            (*store, place)
        });
        placed.collect()
    }

    /// Whether a store's value of a month rests on enough rows to be named, and is a share: sums have no common scale.
    pub(crate) fn is_nameable(&self, kpi: &Kpi, store: &str, month: Period) -> bool {
        let value = self.value(kpi, Scope::Store, store, month);
        kpi.unit.is_share() && value.is_some_and(|value| !is_thin(kpi, value))
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
}

/// A region of a group of many stores.
pub(crate) struct Region<'a> {
    /// Its name; empty for stores of none.
    pub id: &'a str,
    /// The part in which its stores begin.
    pub part: usize,
    /// Its stores.
    pub stores: Vec<(&'a Store, &'a StoreDigest)>,
}

impl Region<'_> {
    /// Its name, and how many stores it has, as the first cells of a line.
    pub(crate) fn cells(&self, words: &Words, link: Link) -> Vec<Cell<'static>> {
        let name = if self.id.is_empty() { words.word("figure.unnamed") } else { self.id.to_owned() };
        vec![Cell::Link(name.into(), link), Cell::Number(self.stores.len() as f64)]
    }

    /// The columns of [`Region::cells`].
    pub(crate) fn columns(words: &Words) -> Vec<Column<'static>> {
        vec![
            Column::new(words.word("scope.region"), Kind::Text, 14.0),
            Column::new(words.word("quality.stores"), Kind::Number(Measure::WHOLE), 9.0),
        ]
    }
}

/// Whether a share rests on fewer rows than make it worth ranking or naming.
fn is_thin(kpi: &Kpi, value: &KpiValue) -> bool {
    kpi.unit.is_share() && value.denominator.is_none_or(|rows| rows < Quantity::whole(FEW))
}

/// One store's values, rows, lists and findings.
pub(crate) struct StoreLookup<'a> {
    lookup: Lookup<'a>,
    pub material: &'a StoreMaterial<'a>,
    pub digest: StoreDigest,
    standing: &'a Standing,
    /// By KPI: the rows of each month, newest first.
    behind: BTreeMap<&'a str, Vec<&'a [LineageRow]>>,
    /// By list.
    worklists: BTreeMap<&'a str, &'a [WorklistRow]>,
    /// The people's pages.
    people: BTreeMap<Arc<str>, Link>,
}

impl<'a> Deref for StoreLookup<'a> {
    type Target = Lookup<'a>;

    fn deref(&self) -> &Lookup<'a> {
        &self.lookup
    }
}

impl<'a> StoreLookup<'a> {
    pub(crate) fn new(
        edition: Edition<'a>,
        words: &'a Words,
        material: &'a StoreMaterial<'a>,
        standing: &'a Standing,
    ) -> StoreLookup<'a> {
        let behind = material.lineage.chunk_by(|a, b| a.kpi == b.kpi);
        let worklists = material.worklists.chunk_by(|a, b| a.list == b.list);
        let month = |row: &LineageRow| (row.day.year(), row.day.month());
        let months = |run: &'a [LineageRow]| run.chunk_by(|a, b| month(a) == month(b)).collect();
        let digest = StoreDigest::of(material, edition.catalog);
        let people = digest.staff.iter().map(|name| (name.clone(), person::link(&material.store.id, name)));
        StoreLookup {
            lookup: Lookup::new(edition, words, material.kpis),
            material,
            standing,
            people: people.collect(),
            digest,
            behind: behind.map(|run| (&*run[0].kpi, months(run))).collect(),
            worklists: worklists.map(|run| (&*run[0].list, run)).collect(),
        }
    }

    /// The store's id.
    pub(crate) fn id(&self) -> &'a Arc<str> {
        &self.material.store.id
    }

    /// The store's name, linked to its page.
    pub(crate) fn named(&self) -> Named {
        Named::linked(self.material.store.name.clone(), store::link(self.id()))
    }

    /// The store's figure of a month.
    pub(crate) fn own(&self, kpi: &Kpi, month: Period) -> Figure {
        self.figure(kpi, Scope::Store, self.id(), month)
    }

    /// The rows behind the store's values of a KPI of one month; of a stock, those of the last day it has in that month.
    pub(crate) fn rows_of_month(&self, kpi: &Kpi, month: Period) -> &'a [LineageRow] {
        let months = self.behind.get(&*kpi.id).map_or(&[][..], Vec::as_slice);
        let rows = months.iter().copied().find(|rows| rows.first().is_some_and(|row| month.holds(row.day)));
        let rows = rows.unwrap_or_default();
        match (kpi.accumulate, rows.first()) {
            // The newest come first.
            (Accumulate::Closing, Some(last)) => {
                let count = rows.iter().take_while(|row| row.day == last.day).count();
                &rows[..count]
            }
            _ => rows,
        }
    }

    /// `第 3 / 8 名`, linked to the stores beside each other.
    pub(crate) fn rank(&self, kpi: &Kpi, month: Period) -> Option<Named> {
        let rank = self.standing.rank(&kpi.id, month)?;
        let args = [("place", rank.place.to_string()), ("of", rank.of.to_string())];
        let text = self.words.fill("figure.rank", &[("place", &args[0].1), ("of", &args[1].1)]);
        Some(Named::linked(text, kpi::link(&kpi.id).at("stores")))
    }

    /// Whether anything of a KPI counts in the store.
    pub(crate) fn knows(&self, kpi: &Kpi) -> bool {
        self.has_data(kpi, Scope::Store, self.id())
    }

    /// To the rows behind a KPI's figures, where there are any.
    pub(crate) fn behind(&self, kpi: &Kpi) -> Option<Link> {
        self.knows(kpi).then(|| behind::link(self.id(), &kpi.id))
    }

    /// What the stores of its region and brand have in the middle.
    pub(crate) fn medians(&self, kpi: &Kpi) -> Option<&Medians> {
        self.standing.medians(&kpi.id)
    }

    /// The rows of a worklist.
    pub(crate) fn worklist(&self, list: &str) -> &'a [WorklistRow] {
        self.worklists.get(list).copied().unwrap_or_default()
    }

    /// A person's page, when the person is known in the store.
    pub(crate) fn person_link(&self, name: &str) -> Option<Link> {
        self.people.get(name).cloned()
    }
}

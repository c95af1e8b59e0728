//! From the finest figures to every scope and period: sums of numerators and denominators, never averages of ratios.
//!
//! The group's figures are gathered store by store ([`Totals`]) and hold no person; a store's own are made from its sums
//! alone once the group has said which periods there are ([`Calendars`]).

use super::{Atom, StoreSums};
use crate::{
    catalog::{Accumulate, Catalog, Kpi},
    model::{Grain as Length, Instant, KpiValue, Message, Period, Quantity, Scope, Status},
    project::{Settings, Store},
};
use chrono::NaiveDate;
use datafusion::arrow::datatypes::Date32Type;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The figures of group, regions, brands, channels, models and levels by day, of the stores that were added so far.
#[derive(Clone, Default)]
pub struct Totals {
    kpis: BTreeMap<Arc<str>, KpiTotals>,
    /// Why a KPI fails on the rows of some store.
    failed: BTreeMap<Arc<str>, BTreeSet<Message>>,
}

#[derive(Clone, Default)]
struct KpiTotals {
    /// The first day on which anything counts.
    first: Option<i32>,
    /// The days that have figures, whether anything counts or not.
    days: BTreeSet<i32>,
    by_day: BTreeMap<(Scope, Arc<str>), Days>,
}

/// Figures by day, since 1970-01-01, sorted.
type Days = Vec<(i32, Figures)>;

impl Totals {
    /// Adds a store's figures.
    pub fn add(&mut self, store: &Store, sums: &StoreSums) {
        for own in &sums.kpis {
            if let Some(what) = &own.failed {
                self.failed.entry(own.kpi.clone()).or_default().insert(what.clone());
            }
            let totals = self.kpis.entry(own.kpi.clone()).or_default();
            let mut days: Vec<i32> = own.atoms.iter().map(|atom| atom.day).collect();
            days.sort_unstable();
            days.dedup();
            totals.days.extend(days);
            let counting = || own.atoms.iter().filter(|atom| atom.counts());
            let first = counting().map(|atom| atom.day).min();
            totals.first = totals.first.into_iter().chain(first).min();
            let whole: [(Scope, Arc<str>); 3] = [
                (Scope::Group, "group".into()),
                (Scope::Region, store.region.as_str().into()),
                (Scope::Brand, store.brand.as_str().into()),
            ];
            let of_store = by_name(own, counting().map(|atom| (0, atom)));
            for (scope, id) in whole.into_iter().filter(|(_, id)| !id.is_empty()) {
                of_store.iter().for_each(|(_, days)| totals.take(scope, &id, days));
            }
            for (at, scope) in Scope::SLICES.into_iter().enumerate() {
                let named = counting().map(|atom| (slices_of(atom)[at].1, atom)).filter(|(name, _)| *name != 0);
                for (name, days) in by_name(own, named) {
                    totals.take(scope, &sums.names[name as usize], &days);
                }
            }
        }
    }

    /// Adds what was gathered elsewhere from other stores.
    pub fn merge(&mut self, other: Totals) {
        for (kpi, totals) in other.kpis {
            let own = self.kpis.entry(kpi).or_default();
            own.first = own.first.into_iter().chain(totals.first).min();
            own.days.extend(totals.days);
            for ((scope, id), days) in totals.by_day {
                own.take(scope, &id, &days);
            }
        }
        for (kpi, what) in other.failed {
            self.failed.entry(kpi).or_default().extend(what);
        }
    }

    /// The KPIs whose expressions fail on the rows of some store, and why: they have no figures.
    pub fn failed(&self) -> impl Iterator<Item = (&str, &Message)> {
        self.failed.iter().flat_map(|(kpi, what)| what.iter().map(|what| (&**kpi, what)))
    }

    /// The periods of each KPI that has figures: of those in `planned` the ones that fail in no store.
    pub fn calendars(&self, catalog: &Catalog, planned: &[Arc<str>], cutoff: Instant) -> Calendars {
        let none = KpiTotals::default();
        let evaluated =
            catalog.kpis.iter().filter(|kpi| planned.contains(&kpi.id) && !self.failed.contains_key(&kpi.id));
        let calendar = |kpi: &Kpi| Calendar::new(kpi, self.kpis.get(&kpi.id).unwrap_or(&none), cutoff.date());
        Calendars(evaluated.map(|kpi| (kpi.id.clone(), calendar(kpi))).collect())
    }

    /// The values of group, regions, brands, channels and models, sorted by KPI (display order), scope, id, period.
    ///
    /// Group, regions and brands have a line for every period from the first in which anything counts in the group to
    /// that of the cut-off; channels and models for the periods in which something counts.
    pub fn values(
        &self,
        calendars: &Calendars,
        catalog: &Catalog,
        settings: &Settings,
        stores: &[Store],
    ) -> Vec<KpiValue> {
        let mut always: BTreeSet<(Scope, Arc<str>)> = BTreeSet::from([(Scope::Group, "group".into())]);
        for store in stores {
            let of = [(Scope::Region, &*store.region), (Scope::Brand, &*store.brand)];
            always.extend(of.into_iter().filter(|(_, id)| !id.is_empty()).map(|(scope, id)| (scope, id.into())));
        }
        let mut values = Vec::new();
        for (kpi, calendar) in calendars.of(catalog) {
            let found = self.kpis.get(&kpi.id);
            let mut about: BTreeMap<(Scope, Arc<str>), Vec<Figures>> =
                always.iter().map(|key| (key.clone(), calendar.none())).collect();
            for (key, days) in found.iter().flat_map(|found| &found.by_day) {
                let figures = about.entry(key.clone()).or_insert_with(|| calendar.none());
                days.iter().for_each(|(day, sums)| calendar.add(*day, sums, figures));
            }
            for ((scope, id), figures) in about {
                let brand = if scope == Scope::Brand { id.clone() } else { "".into() };
                let of = About { scope, id, store: "", brand: &brand };
                of.values(kpi, calendar, &figures, settings, &mut values);
            }
        }
        values
    }
}

impl KpiTotals {
    fn take(&mut self, scope: Scope, id: &Arc<str>, more: &Days) {
        let own = self.by_day.entry((scope, id.clone())).or_default();
        let mut added = Vec::with_capacity(own.len().max(more.len()));
        let mut known = std::mem::take(own).into_iter().peekable();
        for (day, sums) in more {
            added.extend(std::iter::from_fn(|| known.next_if(|(before, _)| before < day)));
            match known.next_if(|(same, _)| same == day) {
                Some((day, mut known)) => {
                    known.add(sums);
                    added.push((day, known));
                }
                None => added.push((*day, sums.clone())),
            }
        }
        added.extend(known);
        *own = added;
    }
}

/// The channel, the model and the level that figures are of, each as an index of [`StoreSums::names`]; 0 for none.
fn slices_of(atom: &Atom) -> [(Scope, u32); 3] {
    let [channel, model, level] = Scope::SLICES;
    [(channel, atom.channel), (model, atom.model), (level, atom.level)]
}

/// Figures by a name and day, sorted by name.
fn by_name<'a>(sums: &super::KpiSums, atoms: impl Iterator<Item = (u32, &'a Atom)>) -> Vec<(u32, Days)> {
    let mut atoms: Vec<(u32, &Atom)> = atoms.collect();
    atoms.sort_by_key(|(name, atom)| (*name, atom.day));
    let days = |alike: &[(u32, &Atom)]| {
        let days = alike.chunk_by(|a, b| a.1.day == b.1.day).map(|alike| {
            let mut figures = Figures::default();
            alike.iter().for_each(|(_, atom)| figures.add(&Figures::of(sums, atom)));
            (alike[0].1.day, figures)
        });
        days.collect()
    };
    atoms.chunk_by(|a, b| a.0 == b.0).map(|alike| (alike[0].0, days(alike))).collect()
}

/// The values of a store, of its people, and of its channels, models and levels, sorted by KPI (display order), scope, id,
/// period. A store has a line for every period that the group has; people for the periods in which something counts;
/// channels, models and levels likewise, for the months from `slices_since` on.
pub fn store_values(
    sums: &StoreSums,
    store: &Store,
    calendars: &Calendars,
    catalog: &Catalog,
    settings: &Settings,
    slices_since: NaiveDate,
) -> Vec<KpiValue> {
    let mut values = Vec::new();
    for (kpi, calendar) in calendars.of(catalog) {
        let mut whole = calendar.none();
        let mut people: BTreeMap<&str, Vec<Figures>> = BTreeMap::new();
        let recent = calendar.months_since(slices_since);
        let mut slices: BTreeMap<(Scope, &str), Vec<Figures>> = BTreeMap::new();
        let own = sums.of(&kpi.id);
        let atoms = own.into_iter().flat_map(|own| own.atoms.iter().map(move |atom| (own, atom)));
        for (own, atom) in atoms.filter(|(_, atom)| atom.counts()) {
            let figures = Figures::of(own, atom);
            calendar.add(atom.day, &figures, &mut whole);
            if atom.staff != 0 {
                let of_person = people.entry(&sums.names[atom.staff as usize]).or_insert_with(|| calendar.none());
                calendar.add(atom.day, &figures, of_person);
            }
            let mut of_day =
                calendar.holding(atom.day).filter_map(|period| recent.binary_search(&period).ok()).peekable();
            if of_day.peek().is_some() {
                let months: Vec<usize> = of_day.collect();
                for (scope, name) in slices_of(atom).into_iter().filter(|(_, name)| *name != 0) {
                    let key = (scope, &*sums.names[name as usize]);
                    let of_slice = slices.entry(key).or_insert_with(|| vec![Figures::default(); recent.len()]);
                    months.iter().for_each(|month| of_slice[*month].add(&figures));
                }
            }
        }
        let about = |scope, id| About { scope, id, store: &store.id, brand: &store.brand };
        about(Scope::Store, store.id.clone()).values(kpi, calendar, &whole, settings, &mut values);
        for (name, figures) in people {
            let id = format!("{}/{name}", store.id).into();
            about(Scope::Staff, id).values(kpi, calendar, &figures, settings, &mut values);
        }
        for ((scope, name), figures) in slices {
            let slice = about(scope, name.into());
            let months = recent.iter().map(|at| calendar.periods[*at]).zip(&figures);
            values.extend(months.filter(|(_, sums)| sums.count(kpi)).map(|(month, sums)| {
                let target = settings.target(kpi, slice.store, slice.brand, month);
                slice.value(kpi, month, sums, target)
            }));
        }
    }
    values
}

/// The periods of every KPI that has figures.
#[derive(Clone, Default)]
pub struct Calendars(BTreeMap<Arc<str>, Calendar>);

impl Calendars {
    fn of<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = (&'a Kpi, &'a Calendar)> {
        catalog.kpis.iter().filter_map(|kpi| Some((kpi, self.0.get(&kpi.id)?)))
    }

    /// What of the group decides a store's values: which periods there are, and on which days stocks close.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        };
        for (kpi, calendar) in &self.0 {
            part(kpi);
            calendar.periods.iter().for_each(|period| part(&period.to_string()));
            for (day, periods) in calendar.closing.iter().flatten() {
                part(&format!("{day} {periods:?}"));
            }
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The periods of one KPI, and to which of them a day adds.
#[derive(Clone)]
struct Calendar {
    /// Sorted.
    periods: Vec<Period>,
    /// Of a stock: for each day that has figures, the periods it adds to, as indices. Else a day adds to every period
    /// that holds it.
    closing: Option<BTreeMap<i32, Vec<u32>>>,
    /// The first day that has figures.
    first: i32,
    /// For each day from the first on, the periods that hold it; behind the last of them, the same days of the month before
    /// (see [`KpiValue::same_days`]).
    days: Vec<Vec<u32>>,
    /// The month that is not over, as an index, where its days can be held against the same days of the month before.
    to_date: Option<usize>,
}

impl Calendar {
    fn new(kpi: &Kpi, totals: &KpiTotals, last: NaiveDate) -> Calendar {
        let date = |day: i32| Date32Type::to_naive_date_opt(day).unwrap_or_default();
        let first = totals.first.map_or(last, date);
        let mut periods = Vec::new();
        for length in &kpi.grains {
            let mut period = Period::of(*length, if *length == Length::Asof { last } else { first });
            loop {
                periods.push(period);
                if period.holds(last) || period.start > last {
                    break;
                }
                period = period.next();
            }
        }
        periods.sort_unstable();
        periods.dedup();
        // A stock closes a longer period as it closes the last of the shortest ones that the KPI has.
        let shortest = kpi.grains.iter().filter(|length| **length != Length::Asof).min().copied();
        let closing = |period: &Period| {
            let end = period.end().pred_opt().unwrap_or(last).min(last);
            shortest.map_or(*period, |length| Period::of(length, end))
        };
        let counts = |day: NaiveDate, period: &Period| {
            let (first, end) = kpi.days(*period);
            first <= day && day < end
        };
        let adds = |day: NaiveDate, period: &Period| match kpi.accumulate {
            _ if !counts(day, period) => false,
            Accumulate::Sum => true,
            // Nothing but the last day on which the group has rows in it.
            Accumulate::Closing => {
                let end = closing(period);
                let days = Date32Type::from_naive_date(day)..Date32Type::from_naive_date(end.end());
                end.holds(day) && !totals.days.range(days).skip(1).any(|later| period.holds(date(*later)))
            }
        };
        let month = Period::of(Length::Month, last);
        // What stood at the month's start counts on its first day, whenever it happens: its days cannot be told apart. A KPI
        // that has weeks counts every row on its own day.
        let by_day = kpi.accumulate == Accumulate::Sum && kpi.grains.contains(&Length::Week) && kpi.kind.is_additive();
        let running = by_day && last.succ_opt().is_some_and(|next| next < month.end());
        let to_date = periods.iter().position(|period| running && *period == month);
        let until = last.checked_sub_months(chrono::Months::new(1)).unwrap_or(last);
        let same_days = |day: NaiveDate| to_date.is_some() && month.previous().holds(day) && day <= until;
        let to = |day: NaiveDate| -> Vec<u32> {
            let to = periods.iter().enumerate().filter(|(_, period)| adds(day, period));
            let to = to.map(|(index, _)| index as u32);
            to.chain(same_days(day).then_some(periods.len() as u32)).collect()
        };
        let first = totals.days.first().copied().unwrap_or_default();
        let mut days = Vec::new();
        for day in &totals.days {
            days.resize(usize::try_from(day - first).unwrap_or_default(), Vec::new());
            days.push(to(date(*day)));
        }
        let of = |day: &i32| usize::try_from(day - first).ok().and_then(|at| days.get(at)).cloned();
        let closing = (kpi.accumulate == Accumulate::Closing)
            .then(|| totals.days.iter().filter_map(|day| Some((*day, of(day)?))).collect());
        Calendar { periods, closing, first, days, to_date }
    }

    fn none(&self) -> Vec<Figures> {
        vec![Figures::default(); self.periods.len() + 1]
    }

    /// The months from that of a day on, as indices of the periods.
    fn months_since(&self, since: NaiveDate) -> Vec<usize> {
        let is_recent = |period: &Period| period.grain == Length::Month && period.end() > since;
        self.periods.iter().enumerate().filter(|(_, period)| is_recent(period)).map(|(at, _)| at).collect()
    }

    /// The periods that a day adds to, as indices; see [`Calendar::days`].
    fn holding(&self, day: i32) -> impl Iterator<Item = usize> {
        let at = day.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.days.get(at)).into_iter().flatten().map(|period| *period as usize)
    }

    fn add(&self, day: i32, sums: &Figures, into: &mut [Figures]) {
        self.holding(day).for_each(|period| into[period].add(sums));
    }
}

/// Summed figures.
#[derive(Clone, Default)]
struct Figures {
    numerator: Quantity,
    denominator: Quantity,
    excluded: u64,
    /// Of a KPI that is not additive: what rows have, and how many rows have it.
    samples: BTreeMap<i128, u64>,
}

impl Figures {
    fn of(sums: &super::KpiSums, atom: &Atom) -> Figures {
        let (denominator, excluded) = (atom.denominator, atom.excluded);
        let judged = u64::try_from(denominator.0 / Quantity::SCALE).unwrap_or_default();
        match sums.additive {
            true => Figures { numerator: atom.numerator, denominator, excluded, samples: BTreeMap::new() },
            false => {
                let samples = if judged > 0 { BTreeMap::from([(atom.numerator.0, judged)]) } else { BTreeMap::new() };
                Figures { numerator: Quantity::default(), denominator, excluded, samples }
            }
        }
    }

    fn add(&mut self, other: &Figures) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.excluded += other.excluded;
        for (sample, rows) in &other.samples {
            *self.samples.entry(*sample).or_default() += rows;
        }
    }

    /// Whether anything counts.
    fn count(&self, kpi: &Kpi) -> bool {
        !self.numerator(kpi).is_zero() || !self.denominator.is_zero() || self.excluded != 0
    }

    /// The numerator that a value shows.
    fn numerator(&self, kpi: &Kpi) -> Quantity {
        match kpi.kind {
            crate::catalog::Kind::Quantile(thousandths) => {
                let samples = self.samples.iter().map(|(value, rows)| (Quantity(*value), *rows));
                Quantity::quantile(samples, thousandths).unwrap_or_default()
            }
            crate::catalog::Kind::Distinct => Quantity::whole(i64::try_from(self.samples.len()).unwrap_or(i64::MAX)),
            _ => self.numerator,
        }
    }
}

/// One of the things that values are about.
struct About<'a> {
    scope: Scope,
    id: Arc<str>,
    /// For targets: the store of a store or person, and the brand of these or of the brand.
    store: &'a str,
    brand: &'a str,
}

impl About<'_> {
    fn values(
        &self,
        kpi: &Kpi,
        calendar: &Calendar,
        figures: &[Figures],
        settings: &Settings,
        into: &mut Vec<KpiValue>,
    ) {
        let always = matches!(self.scope, Scope::Group | Scope::Region | Scope::Brand | Scope::Store);
        let same_days =
            figures.last().map(|sums| (sums.numerator(kpi), kpi.denominator.is_some().then_some(sums.denominator)));
        for (at, (period, sums)) in calendar.periods.iter().zip(figures).enumerate() {
            if !always && !sums.count(kpi) {
                continue;
            }
            let target = settings.target(kpi, self.store, self.brand, *period);
            into.push(KpiValue {
                same_days: same_days.filter(|_| calendar.to_date == Some(at)).map(Box::new),
                ..self.value(kpi, *period, sums, target)
            });
        }
    }

    /// The value of one period.
    fn value(&self, kpi: &Kpi, period: Period, sums: &Figures, target: Option<Quantity>) -> KpiValue {
        let numerator = sums.numerator(kpi);
        KpiValue {
            kpi: kpi.id.clone(),
            scope: self.scope,
            scope_id: self.id.clone(),
            period,
            numerator,
            denominator: kpi.denominator.is_some().then_some(sums.denominator),
            excluded: sums.excluded,
            target,
            status: status(kpi, numerator, sums, target),
            same_days: None,
        }
    }
}

/// How figures stand to a target.
fn status(kpi: &Kpi, numerator: Quantity, sums: &Figures, target: Option<Quantity>) -> Status {
    if sums.denominator.is_zero() {
        return if sums.excluded > 0 { Status::NotMeasurable } else { Status::NoData };
    }
    let Some(target) = target else { return Status::NoTarget };
    let denominator = kpi.denominator.is_some().then_some(sums.denominator);
    if kpi.meets(numerator, denominator, target) { Status::Met } else { Status::Missed }
}

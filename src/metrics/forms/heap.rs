//! Sums in the making, and which periods they are of.

use crate::{
    catalog::{
        Form,
        form::{KpiPart, KpiSide},
    },
    metrics::sums::KpiSums,
    model::{CubeCell, CubeSums, Grain, Instant, Period, Quantity},
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The periods that a form holds.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub base: Period,
    /// How long the periods are that sums are kept by: of a year its months.
    pub grain: Grain,
    pub first: NaiveDate,
    /// What is dated after it is not known, but for what a plan foresees.
    pub cutoff: NaiveDate,
    /// What is dated after the cut-off counts too.
    pub ahead: bool,
}

impl Stretch {
    pub fn of(form: &Form, cutoff: Instant) -> Stretch {
        let base = form.period.at(cutoff);
        let grain = if base.grain == Grain::Year { Grain::Month } else { base.grain };
        let first = (0..form.reach()).fold(Period::of(grain, base.start), |period, _| period.previous());
        Stretch { base, grain, first: first.start, cutoff: cutoff.date(), ahead: false }
    }

    /// The first day of the period that holds a day.
    pub fn period(&self, day: Option<NaiveDate>) -> Option<NaiveDate> {
        let day = day?;
        let known = self.ahead || day <= self.cutoff || self.base.start > self.cutoff && self.base.holds(day);
        let within = day >= self.first && day < self.base.end();
        (known && within).then(|| Period::of(self.grain, day).start)
    }

    /// Whether a day lies in the form's own period.
    pub fn is_in_base(&self, day: Option<NaiveDate>) -> bool {
        self.period(day).is_some() && day.is_some_and(|day| self.base.holds(day))
    }
}

/// Sums in the making.
#[derive(Default)]
pub(super) struct Heap {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    cells: BTreeMap<(Option<NaiveDate>, u32, u32), Vec<Quantity>>,
}

impl Heap {
    pub fn at(
        &mut self,
        period: Option<NaiveDate>,
        row: Option<Arc<str>>,
        column: Option<Arc<str>>,
        sums: usize,
    ) -> &mut Vec<Quantity> {
        let key = (period, self.number(row), self.number(column));
        self.cells.entry(key).or_insert_with(|| vec![Quantity::default(); sums])
    }

    fn number(&mut self, name: Option<Arc<str>>) -> u32 {
        if self.names.is_empty() {
            self.names.push("".into());
        }
        let Some(name) = name.filter(|name| !name.is_empty()) else { return 0 };
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        self.names.push(name.clone());
        let number = self.names.len() as u32 - 1;
        self.numbers.insert(name, number);
        number
    }

    pub fn done(self) -> CubeSums {
        let counts = |sums: &Vec<Quantity>| sums.iter().any(|sum| !sum.is_zero());
        let cells = self.cells.into_iter().filter(|(_, sums)| counts(sums));
        let cell = |((period, row, column), sums)| CubeCell { period, row, column, sums };
        CubeSums { absent: Vec::new(), names: self.names, cells: cells.map(cell).collect() }
    }
}

/// The sums of a cube out of a KPI's.
pub(super) fn of_kpi(
    sums: &KpiSums,
    names: &[Arc<str>],
    closing: bool,
    sides: [Option<KpiSide>; 2],
    parts: &[KpiPart],
    stretch: &Stretch,
) -> CubeSums {
    let mut heap = Heap::default();
    // A period of a stock closes with the last day that it holds.
    let mut last: BTreeMap<NaiveDate, NaiveDate> = BTreeMap::new();
    for atom in sums.atoms.iter().filter(|_| closing) {
        if let Some(period) = stretch.period(Some(atom.day())) {
            let day = last.entry(period).or_insert(atom.day());
            *day = (*day).max(atom.day());
        }
    }
    for atom in &sums.atoms {
        let Some(period) = stretch.period(Some(atom.day())) else { continue };
        if last.get(&period).is_some_and(|last| *last != atom.day()) {
            continue;
        }
        let name = |side: Option<KpiSide>| {
            let number = match side? {
                KpiSide::Staff => atom.staff,
                KpiSide::Model => atom.model,
                KpiSide::Channel => atom.channel,
                KpiSide::Level => atom.level,
            };
            names.get(number as usize).cloned()
        };
        let own = heap.at(Some(period), name(sides[0]), name(sides[1]), parts.len());
        for (sum, part) in own.iter_mut().zip(parts) {
            *sum += match part {
                KpiPart::Numerator => atom.numerator,
                KpiPart::Denominator => atom.denominator,
                KpiPart::Excluded => Quantity::whole(i64::try_from(atom.excluded).unwrap_or_default()),
            };
        }
    }
    heap.done()
}

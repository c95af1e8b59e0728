//! KPIs that are made of others: their figures at the finest grain, out of those of their parts in the same store.
//!
//! They are sums like any other, so everything coarser follows by adding up. A ratio's denominator is another KPI's
//! numerator. Growth sets a sum against itself some months earlier: an earlier day counts as the day so many months
//! later, so that a period that is not over is held against the same days. A value to date has its part's figures; which
//! days count for a period is a matter of its calendar ([`Kpi::days`]).

use super::{Atom, KpiSums, StoreSums, sums::answerable};
use crate::{
    catalog::{Catalog, Kind, Kpi},
    model::Quantity,
};
use chrono::{Months, NaiveDate};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

impl StoreSums {
    /// Adds the figures of the KPIs that are made of others. `absent` names the sheets that the store never sent: it is
    /// in neither sum of a KPI that needs one of them. `last` is the last day that counts.
    pub fn add_derived(&mut self, catalog: &Catalog, absent: &BTreeSet<Arc<str>>, last: NaiveDate) {
        let derived = catalog.kpis.iter().filter_map(|kpi| self.derived(kpi, absent, last));
        let derived: Vec<KpiSums> = derived.collect();
        self.kpis.extend(derived);
    }

    fn derived(&self, kpi: &Kpi, absent: &BTreeSet<Arc<str>>, last: NaiveDate) -> Option<KpiSums> {
        let parts = kpi.kind.of_others();
        if parts.is_empty() {
            return None;
        }
        let parts: Vec<&KpiSums> = parts.into_iter().map(|part| self.of(part)).collect::<Option<_>>()?;
        let failed = parts.iter().find_map(|part| part.failed.clone());
        let mut found = Found { kpi, atoms: BTreeMap::new() };
        if answerable(kpi, absent) {
            match (&kpi.kind, &parts[..]) {
                (Kind::Ratio { scale, .. }, [numerator, denominator]) => {
                    for atom in &numerator.atoms {
                        found.add(atom, atom.day(), atom.numerator, Quantity::default());
                    }
                    for atom in &denominator.atoms {
                        found.add(atom, atom.day(), Quantity::default(), divided(atom.numerator, *scale));
                    }
                }
                (Kind::Growth { months, .. }, [of]) => {
                    for atom in &of.atoms {
                        found.add(atom, atom.day(), atom.numerator, Quantity::default());
                        let later = atom.day().checked_add_months(Months::new(*months)).filter(|day| *day <= last);
                        if let Some(later) = later {
                            found.add(atom, later, Quantity(-atom.numerator.0), atom.numerator);
                        }
                    }
                }
                (_, [of]) => {
                    for atom in &of.atoms {
                        found.add(atom, atom.day(), atom.numerator, atom.denominator);
                    }
                }
                _ => return None,
            }
        }
        Some(KpiSums { kpi: kpi.id.clone(), atoms: found.sorted(), additive: true, failed })
    }
}

/// Figures as they come together.
struct Found<'k> {
    kpi: &'k Kpi,
    atoms: BTreeMap<([u32; 4], NaiveDate), Atom>,
}

impl Found<'_> {
    /// Adds what an atom of a part gives to a day. A scope that the KPI does not have is as if no row named it.
    fn add(&mut self, of: &Atom, day: NaiveDate, numerator: Quantity, denominator: Quantity) {
        let own = |column: &Option<Arc<str>>, name: u32| if column.is_some() { name } else { 0 };
        let kpi = self.kpi;
        let names = [
            own(&kpi.staff, of.staff),
            own(&kpi.model, of.model),
            own(&kpi.channel, of.channel),
            own(&kpi.level, of.level),
        ];
        let atom = self.atoms.entry((names, day)).or_insert_with(|| Atom::empty(names, day));
        atom.numerator += numerator;
        atom.denominator += denominator;
        atom.excluded += of.excluded;
    }

    fn sorted(self) -> Vec<Atom> {
        self.atoms.into_values().filter(Atom::counts).collect()
    }
}

/// An exact share of whole numbers; of others rounded half away from zero.
fn divided(quantity: Quantity, by: u32) -> Quantity {
    let (n, d) = (quantity.0, i128::from(by.max(1)));
    Quantity((n.abs() + d / 2) / d * n.signum())
}

//! From the finest figures to every scope and period: sums of numerators and denominators, never averages of ratios.

use super::{Grain, Grains};
use crate::{
    catalog::{Accumulate, Catalog, Direction, Kpi},
    model::{Grain as Length, Instant, KpiValue, Period, Quantity, Scope, Status},
    project::{Settings, Store},
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// The lines of `kpi.csv`, sorted by KPI (display order), scope, id, period.
///
/// Group, regions, brands and stores have a line for every period from the first in which anything counts in the
/// group to that of the cut-off; people, channels and models for the periods in which something counts. A KPI that
/// was not evaluated has no lines. Stores with figures that `stores` does not name are taken from `settings`.
pub fn roll_up(
    grains: &Grains,
    catalog: &Catalog,
    settings: &Settings,
    stores: &[Store],
    cutoff: Instant,
) -> Vec<KpiValue> {
    let named: BTreeSet<&str> = stores.iter().map(|store| &*store.id).collect();
    let found: BTreeSet<u32> = grains.rows.iter().map(|grain| grain.store).collect();
    let unnamed = found.into_iter().map(|store| grains.name(store)).filter(|store| !named.contains(&***store));
    let stores: Vec<Store> = stores.iter().cloned().chain(unnamed.map(|store| settings.store(store))).collect();
    let mut values = Vec::new();
    for &index in &grains.evaluated {
        let Some(kpi) = catalog.kpis.get(index as usize) else { continue };
        let from = grains.rows.partition_point(|grain| grain.kpi < index);
        let to = grains.rows.partition_point(|grain| grain.kpi <= index);
        let rows = &grains.rows[from..to];
        let calendar = Calendar::new(kpi, rows, cutoff.date());
        let scopes = Scopes::sum(grains, rows, &calendar, &stores);
        scopes.values(kpi, &calendar, settings, &mut values);
    }
    values
}

/// The periods of one KPI, and to which of them a day adds.
struct Calendar {
    /// Sorted.
    periods: Vec<Period>,
    /// For each day that has figures, the periods it adds to, as indices.
    days: HashMap<NaiveDate, Vec<u32>>,
}

impl Calendar {
    fn new(kpi: &Kpi, rows: &[Grain], last: NaiveDate) -> Calendar {
        let first = rows.iter().filter(|grain| grain.counts()).map(|grain| grain.day).min().unwrap_or(last);
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
        let present: BTreeSet<NaiveDate> = rows.iter().map(|grain| grain.day).collect();
        // A stock closes a longer period as it closes the last of the shortest ones that the KPI has.
        let shortest = kpi.grains.iter().filter(|length| **length != Length::Asof).min().copied();
        let closing = |period: &Period| {
            let end = period.end().pred_opt().unwrap_or(last).min(last);
            shortest.map_or(*period, |length| Period::of(length, end))
        };
        let adds = |day: NaiveDate, period: &Period| match kpi.accumulate {
            _ if !period.holds(day) => false,
            Accumulate::Sum => true,
            // Nothing but the last day on which the group has rows in it.
            Accumulate::Closing => {
                let end = closing(period);
                end.holds(day) && !present.range(day..end.end()).skip(1).any(|later| period.holds(*later))
            }
        };
        let days = present.iter().map(|&day| {
            let to = periods.iter().enumerate().filter(|(_, period)| adds(day, period));
            (day, to.map(|(index, _)| index as u32).collect())
        });
        let days = days.collect();
        Calendar { periods, days }
    }
}

/// Summed figures of one scope and period.
#[derive(Clone, Copy, Default)]
struct Figures {
    numerator: Quantity,
    denominator: Quantity,
    excluded: u64,
}

/// One of the things that values are about.
struct About {
    scope: Scope,
    id: Arc<str>,
    /// For targets: the store of a store or person, and the brand of these or of the brand.
    store: Arc<str>,
    brand: String,
    figures: Vec<Figures>,
}

/// Everything that one KPI has values about.
struct Scopes {
    all: Vec<About>,
}

impl Scopes {
    fn sum(grains: &Grains, rows: &[Grain], calendar: &Calendar, stores: &[Store]) -> Scopes {
        let periods = calendar.periods.len();
        let none: Arc<str> = "".into();
        let about = |scope, id: Arc<str>, store: &Arc<str>, brand: &str| About {
            scope,
            id,
            store: store.clone(),
            brand: brand.to_owned(),
            figures: vec![Figures::default(); periods],
        };
        let mut all = vec![about(Scope::Group, "group".into(), &none, "")];
        let mut fixed: BTreeMap<(Scope, &str), usize> = BTreeMap::new();
        for store in stores {
            for (scope, id) in [(Scope::Region, &*store.region), (Scope::Brand, &*store.brand)] {
                if !id.is_empty() {
                    fixed.entry((scope, id)).or_insert_with(|| {
                        all.push(about(scope, id.into(), &none, if scope == Scope::Brand { id } else { "" }));
                        all.len() - 1
                    });
                }
            }
            fixed.entry((Scope::Store, &*store.id)).or_insert_with(|| {
                all.push(about(Scope::Store, store.id.clone(), &store.id, &store.brand));
                all.len() - 1
            });
        }
        // By number of the name: the store's record and the scopes that all its rows add to.
        let mut known: HashMap<u32, (&Store, Vec<usize>)> = HashMap::new();
        for store in stores {
            let Some(number) = grains.number(&store.id) else { continue };
            let of = [(Scope::Region, &*store.region), (Scope::Brand, &*store.brand), (Scope::Store, &*store.id)];
            let scopes = of.iter().filter_map(|key| fixed.get(key).copied());
            known.entry(number).or_insert_with(|| (store, std::iter::once(0).chain(scopes).collect()));
        }
        let mut found: HashMap<(Scope, u32, u32), usize> = HashMap::new();
        for row in rows.iter().filter(|row| row.counts()) {
            let (Some(to), Some((store, whole))) = (calendar.days.get(&row.day), known.get(&row.store)) else {
                continue;
            };
            let parts =
                [(Scope::Staff, row.store, row.staff), (Scope::Channel, 0, row.channel), (Scope::Model, 0, row.model)];
            let parts = parts.into_iter().filter(|(_, _, name)| *name != 0).map(|key| {
                *found.entry(key).or_insert_with(|| {
                    let name = grains.name(key.2);
                    all.push(match key.0 {
                        Scope::Staff => {
                            about(Scope::Staff, format!("{}/{name}", store.id).into(), &store.id, &store.brand)
                        }
                        scope => about(scope, name.clone(), &none, ""),
                    });
                    all.len() - 1
                })
            });
            let parts: Vec<usize> = parts.collect();
            for scope in whole.iter().chain(&parts) {
                let figures = &mut all[*scope].figures;
                for period in to {
                    let sums = &mut figures[*period as usize];
                    sums.numerator += row.numerator;
                    sums.denominator += row.denominator;
                    sums.excluded += row.excluded;
                }
            }
        }
        all.sort_by(|a, b| (a.scope, &a.id).cmp(&(b.scope, &b.id)));
        Scopes { all }
    }

    fn values(self, kpi: &Kpi, calendar: &Calendar, settings: &Settings, into: &mut Vec<KpiValue>) {
        for about in self.all {
            let always = matches!(about.scope, Scope::Group | Scope::Region | Scope::Brand | Scope::Store);
            for (period, sums) in calendar.periods.iter().zip(&about.figures) {
                let counts = !sums.numerator.is_zero() || !sums.denominator.is_zero() || sums.excluded != 0;
                if !always && !counts {
                    continue;
                }
                let target = settings.target(kpi, &about.store, &about.brand, *period);
                into.push(KpiValue {
                    kpi: kpi.id.clone(),
                    scope: about.scope,
                    scope_id: about.id.clone(),
                    period: *period,
                    numerator: sums.numerator,
                    denominator: kpi.denominator.is_some().then_some(sums.denominator),
                    excluded: sums.excluded,
                    target,
                    status: status(kpi, sums, target),
                });
            }
        }
    }
}

/// How figures stand to a target. The comparison is of exact fractions.
fn status(kpi: &Kpi, sums: &Figures, target: Option<Quantity>) -> Status {
    if sums.denominator.is_zero() {
        return if sums.excluded > 0 { Status::NotMeasurable } else { Status::NoData };
    }
    let Some(target) = target else { return Status::NoTarget };
    let one = Quantity::whole(1);
    let denominator = if kpi.denominator.is_some() { sums.denominator } else { one };
    // numerator / denominator against target, multiplied out; a negative denominator turns the sides.
    let sign = denominator.0.signum();
    let value = sums.numerator.0.saturating_mul(Quantity::SCALE).saturating_mul(sign);
    let limit = target.0.saturating_mul(denominator.0).saturating_mul(sign);
    let met = match kpi.direction {
        Direction::Up => value >= limit,
        Direction::Down => value <= limit,
    };
    if met { Status::Met } else { Status::Missed }
}

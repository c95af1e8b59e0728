//! Where a store stands among the others: all that its own pages and pack show of the rest of the group.

use super::{
    GroupMaterial,
    lookup::{GroupLookup, Values},
    words::Words,
};
use crate::{
    model::{Grain, KpiValue, Period, Scope},
    project::Store,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// One store's places, by KPI and month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// By KPI, month; only where there is a place.
    pub ranks: Vec<Rank>,
    /// What the stores of its region and of its brand have in the middle; by KPI.
    pub medians: Vec<Medians>,
}

/// The middle of the stores of a store's region and brand, in the month of the figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Medians {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// Of the region, as exact as the stores' own values: what was rounded once is not rounded again when it is shown;
    /// `None` where fewer than three of its stores have a place.
    pub region: Option<f64>,
    /// Of the brand, likewise.
    pub brand: Option<f64>,
}

/// Stores below which a middle says nothing.
const FEW_STORES: usize = 3;

/// A place among the stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// The month.
    pub month: Period,
    /// The place; stores with equal values share the better one.
    pub place: usize,
    /// Stores that have a place.
    pub of: usize,
}

impl Standing {
    /// A store's place in a month. `None`: the store has no value, its share rests on too few rows, or it is the only
    /// store with a place.
    pub fn rank(&self, kpi: &str, month: Period) -> Option<&Rank> {
        self.ranks.iter().find(|rank| rank.month == month && *rank.kpi == *kpi)
    }

    /// The middles of a KPI.
    pub fn medians(&self, kpi: &str) -> Option<&Medians> {
        self.medians.iter().find(|medians| *medians.kpi == *kpi)
    }
}

/// The months that places are known of: the month of the cut-off and the one before. Pages and packs speak of these.
fn months(material: &GroupMaterial<'_>) -> [Period; 2] {
    let current = Period::of(Grain::Month, material.edition.cutoff.date());
    [current.previous(), current]
}

/// Every store's standing, in the order of the stores.
pub fn standings(material: &GroupMaterial<'_>, words: &Words) -> Vec<Standing> {
    let group = GroupLookup::new(material, words);
    let at: BTreeMap<&str, usize> = material.stores.iter().enumerate().map(|(at, store)| (&*store.id, at)).collect();
    let mut standings: Vec<Standing> = material.stores.iter().map(|_| Standing::default()).collect();
    for kpi in group.monthly() {
        for month in months(material) {
            let ranking = group.ranking(kpi, month);
            if ranking.len() < 2 {
                continue;
            }
            for (store, place) in group.places(&ranking) {
                if let Some(at) = at.get(&*store.id) {
                    standings[*at].ranks.push(Rank { kpi: kpi.id.clone(), month, place, of: ranking.len() });
                }
            }
        }
        let ranking = group.ranking(kpi, group.months.focus);
        let by = |of: fn(&Store) -> &str| {
            let mut values: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
            for (store, value) in ranking.iter().filter(|(store, _)| !of(store).is_empty()) {
                values.entry(of(store)).or_default().push(*value);
            }
            values.into_iter().filter_map(|(id, values)| Some((id, median(values)?))).collect::<BTreeMap<_, _>>()
        };
        let (regions, brands) = (by(|store| &store.region), by(|store| &store.brand));
        for (store, standing) in material.stores.iter().zip(&mut standings) {
            let (region, brand) = (regions.get(&*store.region).copied(), brands.get(&*store.brand).copied());
            if region.is_some() || brand.is_some() {
                standing.medians.push(Medians { kpi: kpi.id.clone(), region, brand });
            }
        }
    }
    standings
}

/// The value in the middle, of an even number the mean of the two there; `None` of too few.
fn median(mut values: Vec<f64>) -> Option<f64> {
    if values.len() < FEW_STORES {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    Some(if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 })
}

/// The group's own values of those months, as a store's pack shows them beside the store's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Yardstick {
    values: Vec<KpiValue>,
}

impl Yardstick {
    /// Out of the group's material.
    pub fn of(material: &GroupMaterial<'_>) -> Yardstick {
        let months = months(material);
        let values = Values::new(material.kpis);
        let all = material.edition.catalog.kpis.iter();
        let own = all.flat_map(|kpi| values.series(&kpi.id, Scope::Group, "group"));
        Yardstick { values: own.filter(|value| months.contains(&value.period)).cloned().collect() }
    }

    /// The group's value of a KPI in a month.
    pub fn value(&self, kpi: &str, month: Period) -> Option<&KpiValue> {
        self.values.iter().find(|value| value.period == month && *value.kpi == *kpi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::Catalog,
        model::{Instant, Lang, Quantity, Status},
        project::Settings,
        report::Edition,
    };
    use chrono::NaiveDate;

    /// Places by store for shares given as numerator and denominator of each store in one month.
    fn places(shares: &[(i64, i64)]) -> Vec<Option<(usize, usize)>> {
        let (catalog, _) = Catalog::load(None).expect("our definitions");
        let settings = Settings::defaults(&catalog);
        let cutoff = Instant::day(NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"));
        let month = Period::parse("2026-11").expect("a month");
        let stores: Vec<Store> = (1..=shares.len()).map(|n| settings.store(&format!("S{n:02}"))).collect();
        let kpi = catalog.kpi("pool_convert").expect("the pool's conversion, a share that should be high");
        let value = |(store, (numerator, denominator)): (&Store, &(i64, i64))| KpiValue {
            kpi: kpi.id.clone(),
            scope: Scope::Store,
            scope_id: store.id.clone(),
            period: month,
            numerator: Quantity::whole(*numerator),
            denominator: Some(Quantity::whole(*denominator)),
            excluded: 0,
            target: None,
            status: Status::NoTarget,
            same_days: None,
        };
        let kpis: Vec<KpiValue> = stores.iter().zip(shares).map(value).collect();
        let edition = Edition { catalog: &catalog, settings: &settings, cutoff, lineage_since: month.start };
        let material =
            GroupMaterial { edition, stores: &stores, kpis: &kpis, digests: &[], findings: &[], changes: None };
        let words = Words::of(Lang::ZhCn);
        let standings = standings(&material, words);
        assert_eq!(standings.len(), stores.len());
        standings.iter().map(|own| own.rank(&kpi.id, month).map(|rank| (rank.place, rank.of))).collect()
    }

    #[test]
    fn equal_values_share_a_place() {
        // 50 %, 20 %, 50 %, 10 %: two first places, then the third.
        let all = places(&[(10, 20), (4, 20), (5, 10), (2, 20)]);
        assert_eq!(all, [Some((1, 4)), Some((3, 4)), Some((1, 4)), Some((4, 4))]);
    }

    #[test]
    fn a_share_over_few_rows_has_no_place_and_takes_none() {
        // The second store's 100 % rests on nine rows: two stores have a place.
        assert_eq!(places(&[(4, 20), (9, 9), (10, 20)]), [Some((2, 2)), None, Some((1, 2))]);
    }

    #[test]
    fn the_middle_of_an_even_number_is_between_the_two_and_two_stores_have_none() {
        assert_eq!(median(vec![0.2, 0.9, 0.4]), Some(0.4));
        assert_eq!(median(vec![0.25, 1.0, 0.5, 0.75]), Some(0.625));
        assert_eq!(median(vec![0.2, 0.9]), None);
    }

    #[test]
    fn one_store_alone_has_no_place() {
        assert_eq!(places(&[(4, 20), (1, 1)]), [None, None]);
    }
}

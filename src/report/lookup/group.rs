//! The group's values, and what is known of each store.

use super::{Lookup, STORES_A_PAGE};
use crate::{
    catalog::{Direction, Kpi},
    model::{KpiValue, Period, Quantity, Scope, Status},
    project::Store,
    report::{
        digest::StoreDigest,
        figure::FEW,
        material::GroupMaterial,
        page::Link,
        table::{Cell, Column, Kind, Measure},
        words::Words,
    },
};
use std::{collections::BTreeMap, ops::Deref, sync::OnceLock};

/// The group's values, and each store's digest.
pub(crate) struct GroupLookup<'a> {
    lookup: Lookup<'a>,
    pub material: &'a GroupMaterial<'a>,
    digests: BTreeMap<&'a str, &'a StoreDigest>,
    /// By KPI, scope and id: what each store adds to a slice in the month that pages speak of, in the stores' order.
    slices: OnceLock<BTreeMap<&'a str, BTreeMap<Scope, Slices<'a>>>>,
}

/// By name: what each store adds to it.
type Slices<'a> = BTreeMap<&'a str, Vec<(&'a Store, &'a KpiValue)>>;

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
            slices: OnceLock::new(),
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

    /// What each store adds to a channel, a model or a level in the month that pages speak of, in the stores' order.
    pub(crate) fn stores_of_slice(&self, kpi: &Kpi, scope: Scope, id: &str) -> &[(&'a Store, &'a KpiValue)] {
        let slices = self.slices.get_or_init(|| {
            let mut slices: BTreeMap<&str, BTreeMap<Scope, Slices<'a>>> = BTreeMap::new();
            for (store, digest) in self.stores() {
                for value in &digest.slices {
                    let of_kpi = slices.entry(&*value.kpi).or_default();
                    let of_scope = of_kpi.entry(value.scope).or_default();
                    of_scope.entry(&*value.scope_id).or_default().push((store, value));
                }
            }
            slices
        });
        let of_name = slices.get(&*kpi.id).and_then(|of_kpi| of_kpi.get(&scope)?.get(id));
        of_name.map_or(&[], Vec::as_slice)
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

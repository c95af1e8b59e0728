//! One store's values, rows, lists and findings.

use super::Lookup;
use crate::{
    catalog::{Accumulate, Kpi},
    model::{LineageRow, Period, Scope, WorklistRow},
    report::{
        behind,
        digest::StoreDigest,
        figure::Figure,
        kpi,
        material::{Edition, StoreMaterial},
        page::{Link, Named},
        person,
        standing::{Medians, Standing},
        store,
        words::Words,
    },
};
use chrono::Datelike;
use std::{collections::BTreeMap, ops::Deref, sync::Arc};

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
        let digest = StoreDigest::of(material, edition.catalog, edition.cutoff);
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

    /// The people who have pages, by name.
    pub(crate) fn people(&self) -> impl Iterator<Item = &str> {
        self.people.keys().map(|name| &**name)
    }

    /// A person's page, when the person is known in the store.
    pub(crate) fn person_link(&self, name: &str) -> Option<Link> {
        self.people.get(name).cloned()
    }
}

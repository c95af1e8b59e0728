//! Everything that reports are made from: the group's part, and each store's own. What a store's pages and pack show
//! depends on its own part and its [`super::Standing`] alone, so that a store whose parts are the same has the same
//! pages, whatever other stores sent.

use super::digest::StoreDigest;
use crate::{
    catalog::Catalog,
    diagnostic::Finding,
    model::{
        IgnoredSheet, Instant, KpiValue, LineageRow, Scope, SheetTally, Submission, WorklistRow, changes::Changes,
    },
    project::{Settings, Store},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// What every page and pack of a build is made under.
#[derive(Clone, Copy)]
pub struct Edition<'a> {
    /// The definitions in force.
    pub catalog: &'a Catalog,
    /// The settings in force.
    pub settings: &'a Settings,
    /// The cut-off.
    pub cutoff: Instant,
    /// The first day that the rows behind figures reach back to.
    pub lineage_since: NaiveDate,
}

/// The group's part of the results of a build. Lists are sorted and complete; a report only selects and words.
#[derive(Clone, Copy)]
pub struct GroupMaterial<'a> {
    /// What it is made under.
    pub edition: Edition<'a>,
    /// The stores, in the config's order, then by id.
    pub stores: &'a [Store],
    /// The values of every scope but staff, sorted by KPI (display order), scope, id, period.
    pub kpis: &'a [KpiValue],
    /// What the group's pages say of each store's rows, findings and lists; in the order of `stores`.
    pub digests: &'a [StoreDigest],
    /// The findings of no store: about definitions.
    pub findings: &'a [Finding],
    /// What became of an earlier output; `None` where none was asked for, `Some(None)` where there is none.
    pub changes: Option<Option<&'a Changes>>,
}

/// One store's part of the results of a build.
#[derive(Clone, Copy, Serialize)]
pub struct StoreMaterial<'a> {
    /// The store.
    pub store: &'a Store,
    /// Its values, its people's, and those of its channels, models and levels for the months whose rows are at hand, sorted by
    /// KPI (display order), scope, id, period.
    pub kpis: &'a [KpiValue],
    /// The rows behind its recent figures, sorted by KPI, day (newest first), role, place; see
    /// [`Edition::lineage_since`].
    pub lineage: &'a [LineageRow],
    /// Its worklists, sorted by list, owner, the list's own order.
    pub worklists: &'a [WorklistRow],
    /// Its findings, by place.
    pub findings: &'a [Finding],
    /// What was read of each sheet, by week, workbook.
    pub tallies: &'a [SheetTally],
    /// Its workbooks in the order of submission.
    pub submissions: &'a [Submission],
    /// Its lines of the submission board, by sheet, week.
    pub board: &'a [BoardLine],
    /// Sheets that were listed, not read: workbook, sheet.
    pub ignored: &'a [(Arc<str>, IgnoredSheet)],
    /// Its workbooks with what is wrong in them, as paths below the store's folder; none where pages do not offer them.
    pub returned: &'a [String],
}

/// The results of a build all at once, as the workbooks are still made from. All lists are sorted and complete.
pub struct Material<'a> {
    /// The definitions in force.
    pub catalog: &'a Catalog,
    /// The settings in force.
    pub settings: &'a Settings,
    /// The cut-off.
    pub cutoff: Instant,
    /// The stores, in the config's order, then by id.
    pub stores: &'a [Store],
    /// The lines of `kpi.csv`, sorted by KPI (display order), scope, id, period.
    pub kpis: &'a [KpiValue],
    /// The rows behind the store figures of recent months, sorted by KPI, store, day (newest first), role, place.
    /// See [`Material::lineage_since`].
    pub lineage: &'a [LineageRow],
    /// The first day that `lineage` reaches back to.
    pub lineage_since: NaiveDate,
    /// All worklists, sorted by list, store, owner, the list's own order.
    pub worklists: &'a [WorklistRow],
    /// All findings, sorted by store and place.
    pub findings: &'a [Finding],
    /// What was read of each sheet, sorted by store, week, workbook.
    pub tallies: &'a [SheetTally],
    /// Every workbook of every store, in the order of submission.
    pub submissions: &'a [Submission],
    /// The submission board: one line for each store, sheet and week, sorted so.
    pub board: &'a [BoardLine],
    /// Sheets that were listed, not read: workbook, sheet.
    pub ignored: &'a [(Arc<str>, IgnoredSheet)],
}

/// One line of `submissions.csv`: a store, a sheet, a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLine {
    /// The store's id.
    pub store: Arc<str>,
    /// The sheet's id.
    pub kind: Arc<str>,
    /// The ISO week.
    pub week: crate::model::Period,
    /// The store had to send it.
    pub expected: bool,
    /// It did.
    pub received: bool,
    /// In time; `None` while the deadline is ahead, or without a submission time.
    pub on_time: Option<bool>,
    /// Data rows found.
    pub rows_read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Accepted rows with a repaired cell.
    pub repaired: u64,
    /// Rows kept out.
    pub rejected: u64,
}

/// A store's part of a [`Material`], owned.
#[derive(Default)]
pub struct Share {
    kpis: Vec<KpiValue>,
    lineage: Vec<LineageRow>,
    worklists: Vec<WorklistRow>,
    findings: Vec<Finding>,
    tallies: Vec<SheetTally>,
    submissions: Vec<Submission>,
    board: Vec<BoardLine>,
    ignored: Vec<(Arc<str>, IgnoredSheet)>,
}

impl Share {
    /// The share as a store's material.
    pub fn material<'a>(&'a self, store: &'a Store) -> StoreMaterial<'a> {
        StoreMaterial {
            store,
            kpis: &self.kpis,
            lineage: &self.lineage,
            worklists: &self.worklists,
            findings: &self.findings,
            tallies: &self.tallies,
            submissions: &self.submissions,
            board: &self.board,
            ignored: &self.ignored,
            returned: &[],
        }
    }
}

impl<'a> Material<'a> {
    /// What it is made under.
    pub fn edition(&self) -> Edition<'a> {
        Edition {
            catalog: self.catalog,
            settings: self.settings,
            cutoff: self.cutoff,
            lineage_since: self.lineage_since,
        }
    }

    /// Each store's part, in the order of the stores.
    pub fn shares(&self) -> Vec<Share> {
        let at: BTreeMap<&str, usize> = self.stores.iter().enumerate().map(|(at, store)| (&*store.id, at)).collect();
        let mut shares: Vec<Share> = self.stores.iter().map(|_| Share::default()).collect();
        for value in self.kpis {
            let store = match value.scope {
                Scope::Store => &*value.scope_id,
                Scope::Staff => value.scope_id.split_once('/').map_or("", |(store, _)| store),
                _ => continue,
            };
            if let Some(at) = at.get(store) {
                shares[*at].kpis.push(value.clone());
            }
        }
        fn deal<T: Clone>(
            all: &[T],
            store: impl Fn(&T) -> &str,
            at: &BTreeMap<&str, usize>,
            shares: &mut [Share],
            of: impl Fn(&mut Share) -> &mut Vec<T>,
        ) {
            for one in all {
                if let Some(at) = at.get(store(one)) {
                    of(&mut shares[*at]).push(one.clone());
                }
            }
        }
        deal(self.lineage, |row| &row.store, &at, &mut shares, |share| &mut share.lineage);
        deal(self.worklists, |row| &row.store, &at, &mut shares, |share| &mut share.worklists);
        deal(self.findings, |finding| &finding.store, &at, &mut shares, |share| &mut share.findings);
        deal(self.tallies, |tally| &tally.store, &at, &mut shares, |share| &mut share.tallies);
        deal(self.submissions, |submission| &submission.store, &at, &mut shares, |share| &mut share.submissions);
        deal(self.board, |line| &line.store, &at, &mut shares, |share| &mut share.board);
        let of: BTreeMap<&str, &str> = self.submissions.iter().map(|one| (&*one.workbook, &*one.store)).collect();
        let store_of = |(workbook, _): &(Arc<str>, IgnoredSheet)| of.get(&**workbook).copied().unwrap_or_default();
        for one in self.ignored {
            if let Some(at) = at.get(store_of(one)) {
                shares[*at].ignored.push(one.clone());
            }
        }
        shares
    }
}

//! Worklists: what somebody has to do, by store and owner, overdue first in the list's own order.

use super::{
    digest::{ListDigest, StoreDigest},
    figure,
    lookup::{GroupLookup, Lookup, StoreLookup},
    page::{self, Draw, Link, Named, Page},
    store,
    table::{self, worklist::Reader},
    worklists,
};
use crate::{
    catalog::Worklist,
    model::{Grain, Period, WorklistRow},
    project::settings::slug,
};
use serde::Serialize;

const ROWS_A_PAGE: usize = 300;

/// A list and how much is on it.
#[derive(Debug, Serialize)]
pub(crate) struct ListLine {
    pub number: u32,
    pub title: Named,
    pub meaning: String,
    pub count: String,
    pub total: usize,
    /// Rows past their due day.
    pub over: usize,
    pub oldest: Option<i64>,
}

/// All lists of the group.
pub(crate) fn group_lists(group: &GroupLookup<'_>) -> Vec<ListLine> {
    let digests: Vec<&StoreDigest> = group.stores().map(|(_, digest)| digest).collect();
    overview(group, &digests, |list| worklists::link(1).at(&*list.id))
}

/// A store's lists.
pub(crate) fn store_lists(store: &StoreLookup<'_>) -> Vec<ListLine> {
    overview(store, &[&store.digest], |list| link(store.id(), &list.id, 1))
}

fn overview(lookup: &Lookup<'_>, digests: &[&StoreDigest], link: impl Fn(&Worklist) -> Link) -> Vec<ListLine> {
    let lists = lookup.edition.catalog.worklists.iter().map(|list| {
        let own: Vec<&ListDigest> = digests.iter().filter_map(|digest| digest.list(&list.id)).collect();
        let total = own.iter().map(|digest| digest.rows).sum();
        ListLine {
            number: list.number,
            title: Named::linked(lookup.words.text(&list.title), link(list)),
            meaning: lookup.words.text(&list.meaning),
            count: figure::tally(total as u64),
            total,
            over: own.iter().map(|digest| digest.over).sum(),
            oldest: own.iter().filter_map(|digest| digest.oldest).max(),
        }
    });
    lists.collect()
}

fn is_over(row: &WorklistRow) -> bool {
    row.days_over.is_some_and(|days| days > 0)
}

/// One list of one store, part by part.
#[derive(Debug, Serialize)]
pub(crate) struct WorklistView {
    pub store: Named,
    pub title: String,
    pub meaning: String,
    pub next_step: String,
    pub source: String,
    /// The rows, drawn.
    pub rows: String,
    pub total: usize,
    pub over: usize,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// The week in which lists are worked: the one that holds the day after the cut-off.
pub(crate) fn working_week(store: &StoreLookup<'_>) -> Period {
    Period::of(Grain::Week, store.edition.cutoff.date() + chrono::Days::new(1))
}

/// How many pages a store's list takes; at least one, so that links to it always lead somewhere.
fn parts(store: &StoreLookup<'_>, list: &Worklist) -> usize {
    store.worklist(&list.id).len().div_ceil(ROWS_A_PAGE).max(1)
}

/// Where a part of a store's list stands.
pub(crate) fn link(store: &str, list: &str, part: usize) -> Link {
    Link::to(format!("stores/{}/worklist-{}{}", slug(store), slug(list), page::ending(part)))
}

/// A part of a store's list.
pub(crate) struct WorklistPage<'a> {
    list: &'a Worklist,
    part: usize,
}

impl<'a> Page<StoreLookup<'a>> for WorklistPage<'a> {
    type View = WorklistView;
    const TEMPLATE: &'static str = "worklist.html";
    const SECTION: &'static str = "stores";

    fn all(store: &StoreLookup<'a>) -> Vec<WorklistPage<'a>> {
        let lists = store.edition.catalog.worklists.iter();
        lists.flat_map(|list| (1..=parts(store, list)).map(move |part| WorklistPage { list, part })).collect()
    }

    fn link(&self, store: &StoreLookup<'a>) -> Link {
        link(store.id(), &self.list.id, self.part)
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        let mut way = store::way(store);
        way.push(Named::plain(store.words.text(&self.list.title)));
        way
    }

    fn view(&self, store: &StoreLookup<'a>, draw: &Draw<'_>) -> WorklistView {
        WorklistView::new(store, self.list, self.part, draw)
    }
}

impl WorklistView {
    fn new(store: &StoreLookup<'_>, list: &Worklist, part: usize, draw: &Draw<'_>) -> WorklistView {
        let rows = store.worklist(&list.id);
        let all: Vec<&WorklistRow> = rows.iter().collect();
        let mut table = table::worklist::table(store, list, &all, Reader::Site, working_week(store));
        table.part = Some(page::part(part, ROWS_A_PAGE, rows.len()));
        WorklistView {
            store: store.named(),
            title: store.words.text(&list.title),
            meaning: store.words.text(&list.meaning),
            next_step: store.words.text(&list.next_step),
            source: list.source.clone(),
            rows: draw(&table),
            total: rows.len(),
            over: rows.iter().filter(|row| is_over(row)).count(),
            part,
            parts: page::parts(parts(store, list), |n| link(store.id(), &list.id, n)),
        }
    }
}

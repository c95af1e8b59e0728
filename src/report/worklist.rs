//! Worklists: what somebody has to do, by store and owner, overdue first in the list's own order.

use super::{
    behind::{self, PlaceLine},
    digest::{ListDigest, StoreDigest},
    figure,
    lookup::{GroupLookup, Lookup, StoreLookup},
    page::{Link, Named, Page},
    privacy,
};
use crate::{
    catalog::Worklist,
    model::{Grain, Period, PersonalClass, WorklistRow, personal::mask_phone},
    project::{Audience, Store},
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
    overview(group, &digests, |list| Link::at(Page::Worklists, &*list.id))
}

/// A store's lists.
pub(crate) fn store_lists(store: &StoreLookup<'_>) -> Vec<ListLine> {
    let page = |list: &Worklist| Page::Worklist { store: store.id().clone(), list: list.id.clone(), part: 1 };
    overview(store, &[&store.digest], |list| Link::to(page(list)))
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

/// Lists by store.
#[derive(Debug, Serialize)]
pub(crate) struct WorklistsView {
    pub columns: Vec<ListColumn>,
    pub rows: Vec<StoreLine>,
    pub totals: Vec<Cell>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ListColumn {
    pub id: String,
    pub number: u32,
    pub title: String,
    pub meaning: String,
    pub next_step: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreLine {
    pub store: Named,
    pub cells: Vec<Cell>,
    pub total: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct Cell {
    pub count: usize,
    pub over: usize,
    pub link: Option<Link>,
}

impl WorklistsView {
    pub(crate) fn new(group: &GroupLookup<'_>) -> WorklistsView {
        let lists = &group.edition.catalog.worklists;
        let cell = |list: &Worklist, store: &Store, digest: &StoreDigest| {
            let page = Page::Worklist { store: store.id.clone(), list: list.id.clone(), part: 1 };
            let (count, over) = digest.list(&list.id).map_or((0, 0), |list| (list.rows, list.over));
            Cell { count, over, link: (count > 0).then(|| Link::to(page)) }
        };
        let rows: Vec<StoreLine> = group
            .stores()
            .map(|(store, digest)| {
                let cells: Vec<Cell> = lists.iter().map(|list| cell(list, store, digest)).collect();
                StoreLine {
                    store: Named::linked(store.name.clone(), Link::at(Page::Store { store: store.id.clone() }, "work")),
                    total: cells.iter().map(|cell| cell.count).sum(),
                    cells,
                }
            })
            .collect();
        let totals = (0..lists.len()).map(|at| Cell {
            count: rows.iter().map(|row| row.cells[at].count).sum(),
            over: rows.iter().map(|row| row.cells[at].over).sum(),
            link: None,
        });
        WorklistsView {
            totals: totals.collect(),
            rows,
            columns: lists
                .iter()
                .map(|list| ListColumn {
                    id: list.id.to_string(),
                    number: list.number,
                    title: group.words.text(&list.title),
                    meaning: group.words.text(&list.meaning),
                    next_step: group.words.text(&list.next_step),
                })
                .collect(),
        }
    }
}

/// One list of one store, part by part.
#[derive(Debug, Serialize)]
pub(crate) struct WorklistView {
    pub store: Named,
    pub title: String,
    pub meaning: String,
    pub next_step: String,
    pub source: String,
    pub total: usize,
    pub over: usize,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// One line of a list.
#[derive(Debug, Serialize)]
pub(crate) struct WorkLine {
    pub owner: Option<Named>,
    pub customer: String,
    /// Only where the audience is the store itself.
    pub name: Option<String>,
    pub phone: Option<String>,
    pub due: Option<String>,
    pub days: Option<i64>,
    pub reason: String,
    pub extra: Vec<String>,
    pub place: PlaceLine,
}

/// The rows of one part of a list.
pub(crate) fn part<'a>(store: &StoreLookup<'a>, list: &Worklist, part: usize) -> Vec<&'a WorklistRow> {
    store.worklist(&list.id).iter().skip((part.max(1) - 1) * ROWS_A_PAGE).take(ROWS_A_PAGE).collect()
}

/// The week in which lists are worked: the one that holds the day after the cut-off.
pub(crate) fn working_week(store: &StoreLookup<'_>) -> Period {
    Period::of(Grain::Week, store.edition.cutoff.date() + chrono::Days::new(1))
}

/// How many pages a store's list takes; at least one, so that links to it always lead somewhere.
pub(crate) fn parts(store: &StoreLookup<'_>, list: &Worklist) -> usize {
    store.worklist(&list.id).len().div_ceil(ROWS_A_PAGE).max(1)
}

/// The further columns that this audience may see, as positions in [`Worklist::extra`].
fn columns(store: &StoreLookup<'_>, list: &Worklist) -> Vec<(usize, Option<PersonalClass>)> {
    let audience = store.edition.settings.audience;
    let all = list.extra.iter().enumerate();
    all.map(|(at, (column, _))| (at, privacy::class_of(store.edition.catalog, &list.fact, column)))
        .filter(|(_, class)| privacy::shown(*class, audience))
        .collect()
}

/// Lines of a list, with the further columns that this audience may see.
pub(crate) fn lines<'r>(
    store: &StoreLookup<'_>,
    list: &Worklist,
    rows: impl Iterator<Item = &'r WorklistRow>,
) -> Vec<WorkLine> {
    let extra = columns(store, list);
    rows.map(|row| line(store, row, &extra)).collect()
}

fn line(store: &StoreLookup<'_>, row: &WorklistRow, extra: &[(usize, Option<PersonalClass>)]) -> WorkLine {
    let own = store.edition.settings.audience == Audience::Store;
    WorkLine {
        owner: row.owner.as_ref().map(|name| Named { text: name.to_string(), link: store.person_link(name) }),
        customer: privacy::masked(Some(PersonalClass::Key), &row.customer_ref),
        name: row.customer_name.as_ref().filter(|_| own).map(|name| name.to_string()),
        phone: row.phone.as_ref().filter(|_| own).map(|phone| mask_phone(phone)),
        due: row.due.map(|day| day.to_string()),
        days: row.days_over,
        reason: store.words.text(&row.reason),
        extra: extra
            .iter()
            .map(|(at, class)| privacy::masked(*class, row.extra.get(*at).map_or("", String::as_str)))
            .collect(),
        place: behind::place(store, &row.place),
    }
}

impl WorklistView {
    pub(crate) fn new(store: &StoreLookup<'_>, list: &Worklist, part: usize) -> WorklistView {
        let rows = store.worklist(&list.id);
        let page = |part| Page::Worklist { store: store.id().clone(), list: list.id.clone(), part };
        WorklistView {
            store: store.named(),
            title: store.words.text(&list.title),
            meaning: store.words.text(&list.meaning),
            next_step: store.words.text(&list.next_step),
            source: list.source.clone(),
            total: rows.len(),
            over: rows.iter().filter(|row| is_over(row)).count(),
            part,
            parts: (1..=parts(store, list)).map(|n| Named::linked(n.to_string(), Link::to(page(n)))).collect(),
        }
    }
}

//! Worklists: what somebody has to do, by store and owner, overdue first in the list's own order.

use super::{
    behind::{self, PlaceLine},
    figure,
    ledger::Ledger,
    page::{Link, Named, Page},
    privacy,
};
use crate::{
    catalog::Worklist,
    model::{PersonalClass, WorklistRow, personal::mask_phone},
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

/// All lists; of one store, linked to its pages.
pub(crate) fn overview(ledger: &Ledger<'_>, store: Option<&str>) -> Vec<ListLine> {
    let lists = ledger.material.catalog.worklists.iter().map(|list| {
        let stores = ledger.material.stores.iter().filter(|own| store.is_none_or(|store| *own.id == *store));
        let rows: Vec<_> = stores.flat_map(|own| ledger.worklist(&list.id, &own.id)).copied().collect();
        let link = match store {
            Some(store) => Link::to(Page::Worklist { store: store.into(), list: list.id.clone(), part: 1 }),
            None => Link::at(Page::Worklists, &*list.id),
        };
        ListLine {
            number: list.number,
            title: Named::linked(ledger.words.text(&list.title), link),
            meaning: ledger.words.text(&list.meaning),
            count: figure::tally(rows.len() as u64),
            total: rows.len(),
            over: rows.iter().filter(|row| is_over(row)).count(),
            oldest: rows.iter().filter_map(|row| row.days_over).max().filter(|days| *days > 0),
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
    pub(crate) fn new(ledger: &Ledger<'_>) -> WorklistsView {
        let lists = &ledger.material.catalog.worklists;
        let cell = |list: &Worklist, store: &Store| {
            let rows = ledger.worklist(&list.id, &store.id);
            let page = Page::Worklist { store: store.id.clone(), list: list.id.clone(), part: 1 };
            Cell {
                count: rows.len(),
                over: rows.iter().filter(|row| is_over(row)).count(),
                link: (!rows.is_empty()).then(|| Link::to(page)),
            }
        };
        let rows: Vec<StoreLine> = ledger
            .material
            .stores
            .iter()
            .map(|store| {
                let cells: Vec<Cell> = lists.iter().map(|list| cell(list, store)).collect();
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
                    title: ledger.words.text(&list.title),
                    meaning: ledger.words.text(&list.meaning),
                    next_step: ledger.words.text(&list.next_step),
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
    pub extra: Vec<String>,
    pub with_names: bool,
    pub has_due: bool,
    pub rows: Vec<WorkLine>,
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

/// How many pages a store's list takes; at least one, so that links to it always lead somewhere.
pub(crate) fn parts(ledger: &Ledger<'_>, store: &Store, list: &Worklist) -> usize {
    ledger.worklist(&list.id, &store.id).len().div_ceil(ROWS_A_PAGE).max(1)
}

/// The further columns that this audience may see, as positions in [`Worklist::extra`].
fn columns(ledger: &Ledger<'_>, list: &Worklist) -> Vec<(usize, Option<PersonalClass>)> {
    let audience = ledger.material.settings.audience;
    let all = list.extra.iter().enumerate();
    all.map(|(at, (column, _))| (at, privacy::class_of(ledger.material.catalog, &list.fact, column)))
        .filter(|(_, class)| privacy::shown(*class, audience))
        .collect()
}

/// Lines of a list, with the further columns that this audience may see.
pub(crate) fn lines<'r>(
    ledger: &Ledger<'_>,
    list: &Worklist,
    rows: impl Iterator<Item = &'r WorklistRow>,
) -> Vec<WorkLine> {
    let extra = columns(ledger, list);
    rows.map(|row| line(ledger, row, &extra)).collect()
}

fn line(ledger: &Ledger<'_>, row: &WorklistRow, extra: &[(usize, Option<PersonalClass>)]) -> WorkLine {
    let own = ledger.material.settings.audience == Audience::Store;
    WorkLine {
        owner: row
            .owner
            .as_ref()
            .map(|name| Named { text: name.to_string(), link: ledger.person_link(&row.store, name) }),
        customer: privacy::masked(Some(PersonalClass::Key), &row.customer_ref),
        name: row.customer_name.as_ref().filter(|_| own).map(|name| name.to_string()),
        phone: row.phone.as_ref().filter(|_| own).map(|phone| mask_phone(phone)),
        due: row.due.map(|day| day.to_string()),
        days: row.days_over,
        reason: ledger.words.zh(&row.reason),
        extra: extra
            .iter()
            .map(|(at, class)| privacy::masked(*class, row.extra.get(*at).map_or("", String::as_str)))
            .collect(),
        place: behind::place(ledger, &row.place),
    }
}

impl WorklistView {
    pub(crate) fn new(ledger: &Ledger<'_>, store: &Store, list: &Worklist, part: usize) -> WorklistView {
        let rows = ledger.worklist(&list.id, &store.id);
        let page = |part| Page::Worklist { store: store.id.clone(), list: list.id.clone(), part };
        let from = (part.max(1) - 1) * ROWS_A_PAGE;
        let extra = columns(ledger, list);
        WorklistView {
            store: Named::linked(store.name.clone(), Link::store(&store.id)),
            title: ledger.words.text(&list.title),
            meaning: ledger.words.text(&list.meaning),
            next_step: ledger.words.text(&list.next_step),
            source: list.source.clone(),
            extra: extra.iter().map(|(at, _)| ledger.words.text(&list.extra[*at].1)).collect(),
            with_names: ledger.material.settings.audience == Audience::Store,
            has_due: list.due.is_some(),
            rows: lines(ledger, list, rows.iter().skip(from).take(ROWS_A_PAGE).copied()),
            total: rows.len(),
            over: rows.iter().filter(|row| is_over(row)).count(),
            part,
            parts: (1..=parts(ledger, store, list)).map(|n| Named::linked(n.to_string(), Link::to(page(n)))).collect(),
        }
    }
}

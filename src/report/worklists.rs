//! All worklists by store, and what each is for.

use super::{
    digest::StoreDigest,
    lookup::{GroupLookup, Region},
    page::{self, Draw, Link, Named, Page},
    store,
    table::{self, Column, Kind, Measure, Row, Table},
    worklist,
};
use crate::{catalog::Worklist, project::Store};
use serde::Serialize;

/// Where the lists stand.
pub(crate) fn link(part: usize) -> Link {
    Link::to(format!("worklists{}", page::ending(part)))
}

/// All worklists.
pub(crate) struct WorklistsPage {
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for WorklistsPage {
    type View = WorklistsView;
    const TEMPLATE: &'static str = "worklists.html";
    const SECTION: &'static str = "worklists";

    fn all(group: &GroupLookup<'a>) -> Vec<WorklistsPage> {
        (1..=group.parts().len()).map(|part| WorklistsPage { part }).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link(self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![Named::linked(group.words.word("nav.worklists"), link(1))]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> WorklistsView {
        WorklistsView::new(group, self.part, draw)
    }
}

/// Lists by store.
#[derive(Debug, Serialize)]
pub(crate) struct WorklistsView {
    pub columns: Vec<ListColumn>,
    /// The regions, drawn; on the first of several parts.
    pub regions: String,
    /// The stores of the part by the stages of the ladder, drawn; empty where there is none.
    pub ladder: String,
    pub rows: Vec<StoreLine>,
    pub part: usize,
    pub parts: Vec<Named>,
    pub totals: Vec<Cell>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ListColumn {
    pub id: String,
    pub number: u32,
    pub title: String,
    pub meaning: String,
    pub next_step: String,
    /// Of all stores, for those who come from a count of the group's page.
    pub count: usize,
    pub over: usize,
    /// Days since the oldest of it was due.
    pub oldest: Option<i64>,
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
    fn new(group: &GroupLookup<'_>, part: usize, draw: &Draw<'_>) -> WorklistsView {
        let all = group.parts();
        let regions = group.regions();
        let lists = &group.edition.catalog.worklists;
        let cell = |list: &Worklist, store: &Store, digest: &StoreDigest| {
            let (count, over) = digest.list(&list.id).map_or((0, 0), |list| (list.rows, list.over));
            Cell { count, over, link: (count > 0).then(|| worklist::link(&store.id, &list.id, 1)) }
        };
        let here = all.get(part - 1).map_or(&[][..], Vec::as_slice);
        let rows: Vec<StoreLine> = here
            .iter()
            .map(|(store, digest)| {
                let cells: Vec<Cell> = lists.iter().map(|list| cell(list, store, digest)).collect();
                StoreLine {
                    store: Named::linked(store.name.clone(), store::link(&store.id).at("work")),
                    total: cells.iter().map(|cell| cell.count).sum(),
                    cells,
                }
            })
            .collect();
        let column = |list: &Worklist| {
            let all = || group.stores().filter_map(|(_, digest)| digest.list(&list.id));
            let oldest = all().filter_map(|list| list.oldest).max();
            ListColumn {
                id: list.id.to_string(),
                number: list.number,
                title: group.words.text(&list.title),
                meaning: group.words.text(&list.meaning),
                next_step: group.words.text(&list.next_step),
                count: all().map(|list| list.rows).sum(),
                over: all().map(|list| list.over).sum(),
                oldest: oldest.filter(|days| *days > 0),
            }
        };
        let columns: Vec<ListColumn> = lists.iter().map(column).collect();
        WorklistsView {
            totals: columns.iter().map(|list| Cell { count: list.count, over: list.over, link: None }).collect(),
            regions: if part == 1 && regions.len() > 1 { draw(&by_region(group, &regions)) } else { String::new() },
            ladder: ladder(group, here).map_or_else(String::new, |table| draw(&table)),
            rows,
            part,
            parts: page::parts(all.len(), link),
            columns,
        }
    }
}

/// Where the stores stand by the stages of the ladder.
pub(crate) fn ladder_link() -> Link {
    link(1).at("ladder")
}

/// Stores by the stages of the ladder, each count with the way to its list.
fn ladder<'a>(group: &GroupLookup<'a>, stores: &[(&'a Store, &StoreDigest)]) -> Option<Table<'a>> {
    let ladder = group.edition.catalog.ladder()?;
    let whole = Kind::Number(Measure::WHOLE);
    let mut columns = vec![Column::new(group.words.word("nav.store"), Kind::Text, 22.0)];
    columns.extend(ladder.stages.iter().map(|stage| Column::new(group.words.text(&stage.title), whole, 12.0)));
    let row = |(store, digest): &(&'a Store, &StoreDigest)| {
        let own = digest.list(&ladder.list)?;
        let mut cells = vec![table::Cell::linked(&*store.name, Some(worklist::link(&store.id, &ladder.list, 1)))];
        let counts = ladder.stages.iter().map(|stage| own.stages.get(&stage.value).copied().unwrap_or_default());
        cells.extend(counts.map(|count| table::Cell::Number(count as f64)));
        Some(Row::from(cells))
    };
    let rows: Vec<Row<'a>> = stores.iter().filter_map(row).collect();
    (!rows.is_empty()).then(|| Table { columns, rows, lead: 1, ..Table::default() })
}

/// What is on the lists by region.
fn by_region<'a>(group: &GroupLookup<'a>, regions: &[Region<'a>]) -> Table<'a> {
    let lists = &group.edition.catalog.worklists;
    let whole = Kind::Number(Measure::WHOLE);
    let mut columns = Region::columns(group.words);
    columns.extend(lists.iter().map(|list| Column::new(group.words.text(&list.title), whole, 12.0)));
    let rows = regions.iter().map(|region| {
        let mut cells = region.cells(group.words, link(region.part));
        cells.extend(lists.iter().map(|list| {
            let own = region.stores.iter().filter_map(|(_, digest)| digest.list(&list.id));
            table::Cell::Number(own.map(|list| list.rows).sum::<usize>() as f64)
        }));
        Row::from(cells)
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, ..Table::default() }
}

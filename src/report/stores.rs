//! The list of stores.

use super::{
    area,
    figure::{self, Figure},
    kpi,
    lookup::{GroupLookup, Lookup, Region},
    page::{self, Draw, Link, Named, Page},
    quality, store, store_quality,
    table::{Column, Kind, Row, Table, Value},
};
use crate::{
    catalog::Kpi,
    model::{Grain, Scope},
    project::Store,
};
use serde::Serialize;

/// Where the list stands.
pub(crate) fn link(part: usize) -> Link {
    Link::to(format!("stores/index{}", page::ending(part)))
}

/// The list's name, linked.
pub(crate) fn named(lookup: &Lookup<'_>) -> Named {
    Named::linked(lookup.words.word("nav.stores"), link(1))
}

/// The list of stores.
pub(crate) struct StoresPage {
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for StoresPage {
    type View = StoresView;
    const TEMPLATE: &'static str = "stores.html";
    const SECTION: &'static str = "stores";

    fn all(group: &GroupLookup<'a>) -> Vec<StoresPage> {
        (1..=group.parts().len()).map(|part| StoresPage { part }).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link(self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![named(group)]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> StoresView {
        StoresView::new(group, self.part, draw)
    }
}

/// What it shows.
#[derive(Debug, Serialize)]
pub(crate) struct StoresView {
    pub month: String,
    pub partial: bool,
    pub columns: Vec<Named>,
    /// The regions, drawn; on the first of several parts.
    pub regions: String,
    pub rows: Vec<StoreLine>,
    pub part: usize,
    pub parts: Vec<Named>,
    pub has_region: bool,
    pub has_brand: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct StoreLine {
    pub store: Named,
    pub id: String,
    pub region: Option<Named>,
    pub brand: Option<Named>,
    pub met: usize,
    pub missed: usize,
    pub figures: Vec<Figure>,
    pub errors: Named,
    pub work: String,
}

impl StoresView {
    fn new(group: &GroupLookup<'_>, part: usize, draw: &Draw<'_>) -> StoresView {
        let all = group.parts();
        let here = all.get(part - 1).map_or(&[][..], Vec::as_slice);
        let regions = group.regions();
        let month = group.months.focus;
        let kpis = group.headlines();
        let rows = here.iter().map(|(store, digest)| {
            let (met, missed) = group.met_and_missed(&store.id, month);
            let errors = quality::Counts::of(digest).errors;
            let work: usize = digest.lists.iter().map(|list| list.rows).sum();
            StoreLine {
                store: Named::linked(store.name.clone(), store::link(&store.id)),
                id: store.id.to_string(),
                region: linked(Scope::Region, store),
                brand: linked(Scope::Brand, store),
                met,
                missed,
                figures: kpis.iter().map(|kpi| group.figure(kpi, Scope::Store, &store.id, month)).collect(),
                errors: Named::linked(figure::tally(errors), store_quality::link(&store.id, 1)),
                work: figure::tally(work as u64),
            }
        });
        StoresView {
            month: group.words.period(month),
            partial: group.months.is_partial(month),
            regions: if part == 1 && regions.len() > 1 {
                draw(&by_region(group, &regions, &kpis))
            } else {
                String::new()
            },
            rows: rows.collect(),
            part,
            parts: page::parts(all.len(), link),
            columns: kpis.iter().map(|kpi| Named::linked(group.words.text(&kpi.title), kpi::link(&kpi.id))).collect(),
            has_region: group.material.stores.iter().any(|store| !store.region.is_empty()),
            has_brand: group.material.stores.iter().any(|store| !store.brand.is_empty()),
        }
    }
}

fn linked(scope: Scope, store: &Store) -> Option<Named> {
    let id = area::of(scope, store);
    (!id.is_empty()).then(|| Named::linked(id, area::link(scope, id, Grain::Month)))
}

/// What the regions come to.
fn by_region<'a>(group: &GroupLookup<'a>, regions: &[Region<'a>], kpis: &[&Kpi]) -> Table<'a> {
    let mut columns = Region::columns(group.words);
    columns.extend(kpis.iter().map(|kpi| Column {
        link: Some(kpi::link(&kpi.id)),
        ..Column::new(group.words.text(&kpi.title), Kind::Value, 12.0)
    }));
    let rows = regions.iter().map(|region| {
        let mut cells = region.cells(group.words, link(region.part));
        cells.extend(kpis.iter().map(|kpi| {
            let figure = group.figure(kpi, Scope::Region, region.id, group.months.focus);
            Value::of(&figure, kpi, group.words).cell()
        }));
        Row::from(cells)
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, ..Table::default() }
}

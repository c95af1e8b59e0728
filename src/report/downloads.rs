//! The files that pages offer: what their audience may have, below the site's own folder, so that a published site has
//! them with it.

use super::{
    Edition,
    lookup::{GroupLookup, Lookup, StoreLookup},
    page::{Link, Named},
};
use crate::project::settings::slug;

/// The data files that headquarters' pages offer, as they are called below `data/`.
pub const DATA: [&str; 4] = ["kpi.csv", "findings.csv", "worklist.csv", "submissions.csv"];

/// What became of an earlier output, where one was compared.
pub const CHANGES: &str = "changes.csv";

/// Where a file that pages offer stands below the site's folder.
pub fn place(name: &str) -> String {
    format!("files/{name}")
}

/// Where a store's workbook with what is wrong in it stands below the site's folder, by its path below the store's folder.
pub fn returned(path: &str) -> String {
    place(&format!("returned/{path}"))
}

/// The name of the group's workbook: it says the month that the site opens with.
pub fn group_pack_name(edition: Edition<'_>) -> String {
    format!("group-{}.xlsx", super::focus(edition.cutoff.date()))
}

/// The name of a store's own workbook.
pub fn store_pack_name(store: &str) -> String {
    format!("{}.xlsx", slug(store))
}

fn named(lookup: &Lookup<'_>, key: &str, name: &str) -> Named {
    Named::linked(lookup.words.word(key), Link::to(place(name)))
}

/// On headquarters' pages: the month's workbook and the data.
pub(crate) fn of_group(group: &GroupLookup<'_>) -> Vec<Named> {
    let pack = named(group, "download.pack", &group_pack_name(group.edition));
    std::iter::once(pack).chain(DATA.map(|name| Named::linked(name, Link::to(place(name))))).collect()
}

/// On a store's own pages: its workbook, with its customers in full. Headquarters' pages of a store offer the data.
pub(crate) fn of_store(store: &StoreLookup<'_>, alone: bool) -> Vec<Named> {
    match alone {
        true => vec![named(store, "download.store_pack", &store_pack_name(store.id()))],
        false => DATA.map(|name| Named::linked(name, Link::to(place(name)))).to_vec(),
    }
}

//! Ids of stores, and the names that output files have after an id.

use super::Settings;
use crate::model::{Message, Said, nearest::nearest};

/// The store of the config that a folder most likely is meant for, in words; empty where none is near.
pub fn meant_store(settings: &Settings, folder: &str) -> Said {
    let stores = &settings.stores;
    let names = stores.iter().map(|store| &*store.id).chain(stores.iter().map(|store| store.name.as_str()));
    match nearest(folder, names).and_then(|at| stores.get(at % stores.len())) {
        Some(store) => Message::new("folder.meant").with("store", &store.id).with("name", &store.name).into(),
        None => "".into(),
    }
}

/// Whether a text can be a store's id: the name of a folder, as users see it.
pub fn is_store_id(id: &str) -> bool {
    !id.is_empty()
        && id != crate::model::submission::GROUP
        && id != "."
        && id != ".."
        && !id.chars().any(|c| c.is_control() || c == '/' || c == '\\')
}

/// The name of output files and folders for an id (of a store, a person, a model). Letters, digits, Chinese
/// characters, `-` and `_` stay; anything else becomes `-` and a piece of the id's hash is added, so that two ids
/// never share a name.
pub fn slug(id: &str) -> String {
    let plain: String = id.chars().map(|c| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect();
    if plain == id && id.chars().count() <= 60 {
        return plain;
    }
    let hash = blake3::hash(id.as_bytes()).to_hex();
    let head: String = plain.chars().take(40).collect();
    format!("{head}-{}", &hash[..8])
}

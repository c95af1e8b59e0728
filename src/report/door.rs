//! The page that leads to a store's pages where they stand alone: it opens by double click like any first page.

use super::{
    lookup::StoreLookup,
    page::{Draw, Link, Named, Page},
};
use serde::Serialize;

/// What it shows.
#[derive(Debug, Serialize)]
pub(crate) struct DoorView {
    pub store: Named,
}

/// The page.
pub(crate) struct DoorPage;

impl<'a> Page<StoreLookup<'a>> for DoorPage {
    type View = DoorView;
    const TEMPLATE: &'static str = "door.html";
    const SECTION: &'static str = "home";

    fn all(_: &StoreLookup<'a>) -> Vec<DoorPage> {
        vec![DoorPage]
    }

    fn link(&self, _: &StoreLookup<'a>) -> Link {
        super::group::link()
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        vec![store.named()]
    }

    fn view(&self, store: &StoreLookup<'a>, _: &Draw<'_>) -> DoorView {
        DoorView { store: store.named() }
    }
}

//! Every system that the documents name, with what carries it.

use super::{
    dictionary,
    dictionary::Chapter,
    form, kpi,
    lookup::GroupLookup,
    page::{Draw, Link, Named, Page},
    worklists,
};
use crate::catalog::{
    Catalog,
    systems::{Carrier, Document},
};
use serde::Serialize;

/// Where it stands.
pub(crate) fn link() -> Link {
    Link::to("sources.html")
}

/// The page of sources.
pub(crate) struct SourcesPage;

/// The documents.
#[derive(Debug, Serialize)]
pub(crate) struct SourcesView {
    pub documents: Vec<DocumentView>,
    pub systems: usize,
    pub outside: usize,
}

/// A document.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentView {
    pub id: String,
    pub title: String,
    pub systems: Vec<SystemView>,
}

/// A system with what carries it, or why nothing does.
#[derive(Debug, Serialize)]
pub(crate) struct SystemView {
    pub clause: String,
    pub title: String,
    pub carriers: Vec<Named>,
    pub outside: String,
}

impl<'a> Page<GroupLookup<'a>> for SourcesPage {
    type View = SourcesView;
    const TEMPLATE: &'static str = "sources.html";
    const SECTION: &'static str = "dictionary";

    fn all(_: &GroupLookup<'a>) -> Vec<SourcesPage> {
        vec![SourcesPage]
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link()
    }

    fn way(&self, of: &GroupLookup<'a>) -> Vec<Named> {
        vec![Named::plain(of.words.word("nav.sources"))]
    }

    fn view(&self, of: &GroupLookup<'a>, _: &Draw<'_>) -> SourcesView {
        let catalog = of.edition.catalog;
        let document = |document: &Document| DocumentView {
            id: document.id.to_string(),
            title: of.words.text(&document.title),
            systems: document
                .systems
                .iter()
                .map(|system| SystemView {
                    clause: of.words.text(&system.clause),
                    title: of.words.text(&system.title),
                    carriers: system.carriers.iter().map(|carrier| named(of, catalog, carrier)).collect(),
                    outside: of.words.text(&system.outside),
                })
                .collect(),
        };
        let documents: Vec<DocumentView> = catalog.systems.iter().map(document).collect();
        let all = || documents.iter().flat_map(|document| &document.systems);
        SourcesView {
            systems: all().count(),
            outside: all().filter(|system| system.carriers.is_empty()).count(),
            documents,
        }
    }
}

fn named(of: &GroupLookup<'_>, catalog: &Catalog, carrier: &Carrier) -> Named {
    let words = of.words;
    match carrier {
        Carrier::Kpi(id) => {
            let title = catalog.kpi(id).map_or_else(|| id.to_string(), |kpi| words.text(&kpi.title));
            Named::linked(title, kpi::link(id))
        }
        Carrier::Worklist(id) => {
            let title = catalog.worklist(id).map_or_else(|| id.to_string(), |list| words.text(&list.title));
            Named::linked(title, worklists::link(1))
        }
        Carrier::Form(id) => match catalog.form(id) {
            Some(form) => Named::linked(form.numbered(&words.text(&form.title)), form::group::link(form, 1)),
            None => Named::plain(id.to_string()),
        },
        Carrier::Scorecard(id) => {
            let card = catalog.scorecards.iter().find(|card| card.id == *id);
            Named::linked(
                card.map_or_else(|| id.to_string(), |card| words.text(&card.title)),
                dictionary::link(Chapter::Scorecards),
            )
        }
        Carrier::Sheet(id) => {
            let title = catalog.sheet(id).map_or_else(|| id.to_string(), |sheet| words.text(&sheet.title));
            Named::linked(title, dictionary::sheet_link(catalog, id))
        }
        Carrier::Rule(code) => Named::linked(code.to_string(), dictionary::rule(code)),
    }
}

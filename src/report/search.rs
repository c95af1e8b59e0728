//! What the search box finds. Never a customer.
//!
//! Each kind of thing is a function that lists its entries; a new kind is one more of them in [`entries`] and the name of
//! its kind under `search` in `messages/`.

use super::{
    area, changes,
    dictionary::{self, Chapter},
    digest::StoreDigest,
    form, group, kpi, kpis,
    lookup::{GroupLookup, StoreLookup},
    page::Link,
    person, quality, rule, sources, store, store_quality, stores, submissions, topic, worklist, worklists,
};
use crate::{
    model::{Grain, Scope},
    project::Store,
};
use std::sync::Arc;

/// One thing to find: what it is called, what else it answers to, what kind of thing it is.
pub(crate) struct Entry {
    pub title: String,
    /// What it may be asked for by its sound.
    pub spoken: String,
    /// Codes and ids, lower case.
    pub codes: String,
    /// Key of the kind's name in the dictionary of words.
    pub kind: &'static str,
    pub link: Link,
}

impl Entry {
    fn new(kind: &'static str, title: impl Into<String>, codes: impl Into<String>, link: Link) -> Entry {
        let title = title.into();
        Entry { spoken: title.clone(), title, codes: codes.into().to_lowercase(), kind, link }
    }
}

/// Everything but people.
pub(crate) fn entries(of: &GroupLookup<'_>) -> Vec<Entry> {
    let kinds =
        [pages, stores_of, regions, brands, topics, kpis_of, worklists_of, forms, findings, rules, sheets, documents]
            .map(|kind| kind(of));
    kinds.into_iter().flatten().collect()
}

fn pages(of: &GroupLookup<'_>) -> Vec<Entry> {
    let page = |title: String, link: Link| Entry::new("search.page", title, "", link);
    let named = [
        ("nav.home", group::link()),
        ("nav.stores", stores::link(1)),
        ("nav.kpis", kpis::link()),
        ("nav.worklists", worklists::link(1)),
        ("nav.forms", form::index::link()),
        ("nav.quality", quality::link(1)),
        ("nav.submissions", submissions::link(1)),
        ("nav.sources", sources::link()),
    ];
    let mut pages: Vec<Entry> = named.into_iter().map(|(key, link)| page(of.words.word(key), link)).collect();
    if of.material.changes.is_some() {
        pages.push(page(of.words.word("changes.title"), changes::link()));
    }
    pages.extend(Chapter::ALL.into_iter().map(|chapter| {
        let title = format!("{} · {}", of.words.word("nav.dictionary"), chapter.title(of));
        page(title, dictionary::link(chapter))
    }));
    pages
}

/// A store answers to its region, brand and city too.
fn stores_of(of: &GroupLookup<'_>) -> Vec<Entry> {
    let entry = |(store, _): (&Store, _)| {
        let also = format!("{} {} {} {}", store.id, store.region, store.brand, store.city);
        Entry::new("search.store", &*store.name, also, store::link(&store.id))
    };
    of.stores().map(entry).collect()
}

fn regions(of: &GroupLookup<'_>) -> Vec<Entry> {
    areas(of, Scope::Region, "search.region")
}

fn brands(of: &GroupLookup<'_>) -> Vec<Entry> {
    areas(of, Scope::Brand, "search.brand")
}

fn areas(of: &GroupLookup<'_>, scope: Scope, kind: &'static str) -> Vec<Entry> {
    let entry = |id: &str| Entry::new(kind, id, "", area::link(scope, id, Grain::Month));
    area::ids(of, scope).into_iter().map(entry).collect()
}

fn topics(of: &GroupLookup<'_>) -> Vec<Entry> {
    let entry =
        |(topic, _): (Arc<str>, _)| Entry::new("search.topic", of.topic_name(&topic), &*topic, topic::link(&topic));
    of.topics().into_iter().map(entry).collect()
}

fn kpis_of(of: &GroupLookup<'_>) -> Vec<Entry> {
    let kpis = of.edition.catalog.kpis.iter();
    kpis.map(|kpi| Entry::new("search.kpi", of.words.text(&kpi.title), &*kpi.id, kpi::link(&kpi.id))).collect()
}

fn worklists_of(of: &GroupLookup<'_>) -> Vec<Entry> {
    let lists = of.edition.catalog.worklists.iter();
    let link = |id: &str| worklists::link(1).at(id);
    lists.map(|list| Entry::new("search.list", of.words.text(&list.title), &*list.id, link(&list.id))).collect()
}

fn forms(of: &GroupLookup<'_>) -> Vec<Entry> {
    let entry = |own| {
        let title = crate::catalog::form::Form::numbered(own, &of.words.text(&own.title));
        Entry::new("search.form", title, &*own.id, form::group::link(own, 1))
    };
    of.edition.catalog.forms.iter().map(entry).collect()
}

/// The findings of each code that was found.
fn findings(of: &GroupLookup<'_>) -> Vec<Entry> {
    let entry = |found: rule::Found<'_>| {
        let title = format!("{} {}", found.code, found.title(of));
        Entry::new("search.finding", title, found.code, rule::link(found.code))
    };
    rule::all(of).into_iter().map(entry).collect()
}

fn rules(of: &GroupLookup<'_>) -> Vec<Entry> {
    let entry = |rule: &crate::catalog::Rule| {
        let title = format!("{} {}", rule.code, of.words.text(&rule.title));
        Entry::new("search.rule", title, &*rule.code, dictionary::rule(&rule.code))
    };
    of.edition.catalog.rules.values().map(entry).collect()
}

fn sheets(of: &GroupLookup<'_>) -> Vec<Entry> {
    let catalog = of.edition.catalog;
    let link = |id: &str| dictionary::sheet_link(catalog, id);
    let entry = |sheet: &crate::catalog::SheetDef| {
        Entry::new("search.sheet", of.words.text(&sheet.title), &*sheet.id, link(&sheet.id))
    };
    catalog.sheets.iter().map(entry).collect()
}

/// The documents that the definitions carry, and the systems that they name.
fn documents(of: &GroupLookup<'_>) -> Vec<Entry> {
    let documents = of.edition.catalog.systems.iter().flat_map(|document| {
        let at = move || sources::link().at(&*document.id);
        let systems = document.systems.iter().map(move |system| {
            Entry::new("search.source", of.words.text(&system.title), of.words.text(&system.clause), at())
        });
        std::iter::once(Entry::new("search.source", of.words.text(&document.title), &*document.id, at())).chain(systems)
    });
    documents.collect()
}

/// What a store's pages that stand alone have: its people, figures, lists, forms, and the dictionary.
pub(crate) fn of_store(of: &StoreLookup<'_>) -> Vec<Entry> {
    let (words, catalog) = (of.words, of.edition.catalog);
    let own = of.material.store;
    let page = |title: String, link: Link| Entry::new("search.page", title, "", link);
    let mut entries = vec![
        Entry::new("search.store", own.name.clone(), &*own.id, store::link(&own.id)),
        page(words.word("nav.quality"), store_quality::link(&own.id, 1)),
    ];
    entries.extend(Chapter::ALL.map(|chapter| {
        page(format!("{} · {}", words.word("nav.dictionary"), chapter.title(of)), dictionary::link(chapter))
    }));
    entries.extend(people(&[(own, &of.digest)]));
    let behind = of.monthly().filter_map(|kpi| Some((kpi, of.behind(kpi)?)));
    entries.extend(behind.map(|(kpi, link)| Entry::new("search.kpi", words.text(&kpi.title), &*kpi.id, link)));
    for list in catalog.worklists.iter().filter(|list| !of.worklist(&list.id).is_empty()) {
        let link = worklist::link(&own.id, &list.id, 1);
        entries.push(Entry::new("search.list", words.text(&list.title), &*list.id, link));
    }
    let forms = form::store::StoreFormsList::new(of).forms.into_iter();
    entries.extend(forms.filter_map(|form| Some(Entry::new("search.form", form.text, "", form.link?))));
    entries.extend(catalog.rules.values().map(|rule| {
        let title = format!("{} {}", rule.code, words.text(&rule.title));
        Entry::new("search.rule", title, &*rule.code, dictionary::rule(&rule.code))
    }));
    entries
}

/// The people of some stores.
pub(crate) fn people(stores: &[(&Store, &StoreDigest)]) -> Vec<Entry> {
    let staff = stores.iter().flat_map(|(store, digest)| digest.staff.iter().map(move |name| (store, name)));
    let entry = |(store, name): (&&Store, &Arc<str>)| Entry {
        title: format!("{name} · {}", store.name),
        spoken: name.to_string(),
        codes: store.id.to_lowercase(),
        kind: "search.person",
        link: person::link(&store.id, name),
    };
    staff.map(entry).collect()
}

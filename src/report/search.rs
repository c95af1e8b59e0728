//! What the search box finds: pages, stores, people, KPIs, rules, lists. Never a customer.

use super::{
    dictionary::{self, Chapter},
    digest::StoreDigest,
    form, group, kpi, kpis,
    lookup::{GroupLookup, StoreLookup},
    page::{Link, Named},
    person, quality, store, store_quality, stores, submissions, worklist, worklists,
};
use crate::project::Store;
use std::sync::Arc;

/// One thing to find: what it is called, what else it answers to, what kind of thing it is.
pub(crate) struct Entry {
    pub title: String,
    /// Codes and ids, lower case.
    pub codes: String,
    /// Key of the kind's name in the dictionary of words.
    pub kind: &'static str,
    pub link: Link,
}

/// Everything but people.
pub(crate) fn entries(of: &GroupLookup<'_>) -> Vec<Entry> {
    let words = of.words;
    let catalog = of.edition.catalog;
    let mut entries = Vec::new();
    let mut add = |title: String, codes: String, kind: &'static str, link: Link| {
        entries.push(Entry { title, codes: codes.to_lowercase(), kind, link });
    };
    let pages = [
        ("nav.home", group::link()),
        ("nav.stores", stores::link(1)),
        ("nav.kpis", kpis::link()),
        ("nav.worklists", worklists::link(1)),
        ("nav.forms", form::index::link()),
        ("nav.quality", quality::link(1)),
        ("nav.submissions", submissions::link(1)),
    ];
    for (key, link) in pages {
        add(words.word(key), String::new(), "search.page", link);
    }
    for chapter in Chapter::ALL {
        let title = format!("{} · {}", words.word("nav.dictionary"), chapter.title(of));
        add(title, String::new(), "search.page", dictionary::link(chapter));
    }
    for (store, digest) in of.stores() {
        let also = format!("{} {} {} {}", store.id, store.region, store.brand, store.city);
        add(store.name.clone(), also, "search.store", store::link(&store.id));
        for name in &digest.staff {
            add(
                format!("{name} · {}", store.name),
                store.id.to_string(),
                "search.person",
                person::link(&store.id, name),
            );
        }
    }
    for kpi in &catalog.kpis {
        add(words.text(&kpi.title), kpi.id.to_string(), "search.kpi", kpi::link(&kpi.id));
    }
    for list in &catalog.worklists {
        add(words.text(&list.title), list.id.to_string(), "search.list", worklists::link(1).at(&*list.id));
    }
    for own in &catalog.forms {
        let title = own.numbered(&words.text(&own.title));
        add(title, own.id.to_string(), "search.form", form::group::link(own, 1));
    }
    for rule in catalog.rules.values() {
        let title = format!("{} {}", rule.code, words.text(&rule.title));
        add(title, rule.code.to_string(), "search.rule", dictionary::rule(&rule.code));
    }
    for sheet in &catalog.sheets {
        let link = dictionary::sheet_link(catalog, &sheet.id);
        add(words.text(&sheet.title), sheet.id.to_string(), "search.sheet", link);
    }
    entries
}

/// What a store's pages that stand alone have: its people, figures, lists, forms, and the dictionary.
pub(crate) fn of_store(of: &StoreLookup<'_>) -> Vec<Entry> {
    let (words, catalog) = (of.words, of.edition.catalog);
    let own = of.material.store;
    let entry = |title: String, codes: &str, kind: &'static str, link: Link| Entry {
        title,
        codes: codes.to_lowercase(),
        kind,
        link,
    };
    let mut entries = vec![
        entry(own.name.clone(), &own.id, "search.store", store::link(&own.id)),
        entry(words.word("nav.quality"), "", "search.page", store_quality::link(&own.id, 1)),
    ];
    entries.extend(Chapter::ALL.map(|chapter| {
        let title = format!("{} · {}", words.word("nav.dictionary"), chapter.title(of));
        entry(title, "", "search.page", dictionary::link(chapter))
    }));
    entries.extend(people(&[(own, &of.digest)]));
    for kpi in of.monthly() {
        if let Some(link) = of.behind(kpi) {
            entries.push(entry(words.text(&kpi.title), &kpi.id, "search.kpi", link));
        }
    }
    for list in catalog.worklists.iter().filter(|list| !of.worklist(&list.id).is_empty()) {
        let link = worklist::link(&own.id, &list.id, 1);
        entries.push(entry(words.text(&list.title), &list.id, "search.list", link));
    }
    for form in store_forms(of) {
        entries.push(entry(form.text, "", "search.form", form.link.unwrap_or_else(|| store::link(&own.id))));
    }
    for rule in catalog.rules.values() {
        let title = format!("{} {}", rule.code, words.text(&rule.title));
        entries.push(entry(title, &rule.code, "search.rule", dictionary::rule(&rule.code)));
    }
    entries
}

fn store_forms(of: &StoreLookup<'_>) -> Vec<Named> {
    form::store::StoreFormsList::new(of).forms
}

/// The people of some stores.
pub(crate) fn people(stores: &[(&Store, &StoreDigest)]) -> Vec<Entry> {
    let staff = stores.iter().flat_map(|(store, digest)| digest.staff.iter().map(move |name| (store, name)));
    let entry = |(store, name): (&&Store, &Arc<str>)| Entry {
        title: format!("{name} · {}", store.name),
        codes: store.id.to_lowercase(),
        kind: "search.person",
        link: person::link(&store.id, name),
    };
    staff.map(entry).collect()
}

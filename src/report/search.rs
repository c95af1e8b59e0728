//! What the search box finds: pages, stores, people, KPIs, rules, lists. Never a customer.

use super::{
    lookup::GroupLookup,
    page::{Chapter, Link, Page},
};

/// One thing to find: what it is called, what else it answers to, what kind of thing it is.
pub(crate) struct Entry {
    pub title: String,
    /// Codes and ids, lower case.
    pub codes: String,
    /// Key of the kind's name in the dictionary of words.
    pub kind: &'static str,
    pub link: Link,
}

pub(crate) fn entries(group: &GroupLookup<'_>) -> Vec<Entry> {
    let words = group.words;
    let catalog = group.edition.catalog;
    let mut entries = Vec::new();
    let mut add = |title: String, codes: String, kind: &'static str, link: Link| {
        entries.push(Entry { title, codes: codes.to_lowercase(), kind, link });
    };
    let pages = [
        ("nav.home", Page::Group),
        ("nav.stores", Page::Stores),
        ("nav.kpis", Page::Kpis),
        ("nav.worklists", Page::Worklists),
        ("nav.quality", Page::Quality),
        ("nav.submissions", Page::Submissions),
    ];
    for (key, page) in pages {
        add(words.word(key), String::new(), "search.page", Link::to(page));
    }
    for chapter in Chapter::ALL {
        let title = format!("{} · {}", words.word("nav.dictionary"), words.word(chapter.key()));
        add(title, String::new(), "search.page", Link::to(Page::Dictionary { chapter }));
    }
    for (store, digest) in group.stores() {
        let also = format!("{} {} {} {}", store.id, store.region, store.brand, store.city);
        add(store.name.clone(), also, "search.store", Link::store(&store.id));
        for name in &digest.staff {
            let page = Page::Person { store: store.id.clone(), staff: name.clone() };
            add(format!("{name} · {}", store.name), store.id.to_string(), "search.person", Link::to(page));
        }
    }
    for kpi in &catalog.kpis {
        add(words.text(&kpi.title), kpi.id.to_string(), "search.kpi", Link::kpi(&kpi.id));
    }
    for list in &catalog.worklists {
        add(words.text(&list.title), list.id.to_string(), "search.list", Link::at(Page::Worklists, &*list.id));
    }
    for rule in catalog.rules.values() {
        let title = format!("{} {}", rule.code, words.text(&rule.title));
        add(title, rule.code.to_string(), "search.rule", Link::rule(&rule.code));
    }
    for sheet in &catalog.sheets {
        let link = Link::at(Page::Dictionary { chapter: Chapter::Sheets }, &*sheet.id);
        add(words.text(&sheet.title), sheet.id.to_string(), "search.sheet", link);
    }
    entries
}

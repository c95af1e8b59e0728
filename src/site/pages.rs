//! Which pages a site has, and what each is given.

use super::links;
use crate::{
    model::Period,
    project::{Audience, Store},
    report::{
        behind::{self, BehindMonthView, BehindView},
        coverage::Coverage,
        dictionary::DictionaryView,
        group::GroupView,
        kpi::{KpiView, KpisView},
        ledger::Ledger,
        page::{Chapter, Link, Named, Page},
        person::PersonView,
        quality::{self, QualityView, StoreQualityView},
        store::{StoreView, StoresView},
        submissions::SubmissionsView,
        worklist::{self, WorklistView, WorklistsView},
    },
};
use serde::Serialize;
use tera::Context;

/// Every page of the site.
pub(super) fn all(ledger: &Ledger<'_>) -> Vec<Page> {
    let catalog = ledger.material.catalog;
    let mut pages = vec![Page::Group, Page::Stores, Page::Kpis, Page::Worklists, Page::Quality, Page::Submissions];
    pages.extend(Chapter::ALL.map(|chapter| Page::Dictionary { chapter }));
    pages.extend(catalog.kpis.iter().map(|kpi| Page::Kpi { kpi: kpi.id.clone() }));
    for store in ledger.material.stores {
        of_store(ledger, store, &mut pages);
    }
    pages
}

fn of_store(ledger: &Ledger<'_>, store: &Store, pages: &mut Vec<Page>) {
    let id = || store.id.clone();
    pages.push(Page::Store { store: id() });
    for kpi in ledger.monthly() {
        pages.push(Page::Behind { store: id(), kpi: kpi.id.clone() });
        for month in ledger.lineage_months() {
            let parts = behind::parts(ledger, store, kpi, month);
            pages.extend((1..=parts).map(|part| Page::BehindMonth {
                store: id(),
                kpi: kpi.id.clone(),
                month: month.to_string(),
                part,
            }));
        }
    }
    pages.extend(ledger.staff(&store.id).map(|staff| Page::Person { store: id(), staff: staff.clone() }));
    for list in &ledger.material.catalog.worklists {
        let parts = worklist::parts(ledger, store, list);
        pages.extend((1..=parts).map(|part| Page::Worklist { store: id(), list: list.id.clone(), part }));
    }
    pages.extend((1..=quality::parts(ledger, store)).map(|part| Page::StoreQuality { store: id(), part }));
}

/// What every page shows.
#[derive(Serialize)]
pub(super) struct Shared {
    lang: &'static str,
    group: String,
    cutoff: String,
    coverage: Coverage,
    hq: bool,
}

impl Shared {
    pub(super) fn new(ledger: &Ledger<'_>) -> Shared {
        let settings = ledger.material.settings;
        Shared {
            lang: settings.lang.tag(),
            group: settings.group.clone(),
            cutoff: ledger.material.cutoff.display(),
            coverage: Coverage::new(ledger),
            hq: settings.audience == Audience::Hq,
        }
    }
}

/// The way to a page from the group's, the page itself last and without a link.
fn crumbs(ledger: &Ledger<'_>, page: &Page) -> Vec<Named> {
    let words = ledger.words;
    let catalog = ledger.material.catalog;
    let home = Named::linked(words.word("nav.home"), Link::to(Page::Group));
    let section = |key: &str, page: Page| Named::linked(words.word(key), Link::to(page));
    let stores = || section("nav.stores", Page::Stores);
    let store = |id: &std::sync::Arc<str>| Named::linked(ledger.store_name(id), Link::store(id));
    let kpi_title = |id: &str| catalog.kpi(id).map_or_else(|| id.to_owned(), |kpi| words.text(&kpi.title));
    let mut way = match page {
        Page::Group => vec![home],
        Page::Stores => vec![home, stores()],
        Page::Kpis => vec![home, section("nav.kpis", Page::Kpis)],
        Page::Kpi { kpi } => vec![home, section("nav.kpis", Page::Kpis), Named::plain(kpi_title(kpi))],
        Page::Store { store: id } => vec![home, stores(), store(id)],
        Page::Behind { store: id, kpi } => vec![home, stores(), store(id), Named::plain(kpi_title(kpi))],
        Page::BehindMonth { store: id, kpi, month, .. } => {
            let above = Page::Behind { store: id.clone(), kpi: kpi.clone() };
            let label = Period::parse(month).map_or_else(|| month.clone(), |month| words.period(month));
            let kpi = Named::linked(kpi_title(kpi), Link::at(above, month.clone()));
            vec![home, stores(), store(id), kpi, Named::plain(label)]
        }
        Page::Person { store: id, staff } => vec![home, stores(), store(id), Named::plain(staff.to_string())],
        Page::Worklists => vec![home, section("nav.worklists", Page::Worklists)],
        Page::Worklist { store: id, list, .. } => {
            let title = catalog.worklist(list).map_or_else(|| list.to_string(), |list| words.text(&list.title));
            vec![home, stores(), store(id), Named::plain(title)]
        }
        Page::Quality => vec![home, section("nav.quality", Page::Quality)],
        Page::StoreQuality { store: id, .. } => {
            vec![home, stores(), store(id), Named::plain(words.word("nav.quality"))]
        }
        Page::Submissions => vec![home, section("nav.submissions", Page::Submissions)],
        Page::Dictionary { chapter } => {
            let above = Page::Dictionary { chapter: Chapter::Kpis };
            vec![home, section("nav.dictionary", above), Named::plain(words.word(chapter.key()))]
        }
    };
    if let Some(last) = way.last_mut() {
        last.link = None;
    }
    way
}

/// Which entry of the navigation a page belongs to.
fn section(page: &Page) -> &'static str {
    match page {
        Page::Group => "home",
        Page::Kpis | Page::Kpi { .. } => "kpis",
        Page::Worklists => "worklists",
        Page::Quality => "quality",
        Page::Submissions => "submissions",
        Page::Dictionary { .. } => "dictionary",
        _ => "stores",
    }
}

/// What a page's template is given: `shared`, `root`, `section`, `crumbs`, `title`, and the page's own `view`.
pub(super) fn context(ledger: &Ledger<'_>, shared: &Shared, page: &Page, path: &str) -> Result<Context, tera::Error> {
    let crumbs = crumbs(ledger, page);
    let mut context = Context::new();
    let title: Vec<&str> = crumbs.iter().skip(1).rev().map(|crumb| crumb.text.as_str()).collect();
    context.insert("title", &title.join(" · "));
    context.insert("shared", shared);
    context.insert("root", &links::root(path));
    context.insert("section", section(page));
    context.insert("crumbs", &crumbs);
    context.insert_value("view", view(ledger, page)?);
    Ok(context)
}

fn view(ledger: &Ledger<'_>, page: &Page) -> Result<tera::Value, tera::Error> {
    let known_store = |id: &str| {
        let store = ledger.material.stores.iter().find(|store| &*store.id == id);
        store.ok_or_else(|| tera::Error::message(format!("no store {id:?}")))
    };
    let known_kpi =
        |id: &str| ledger.material.catalog.kpi(id).ok_or_else(|| tera::Error::message(format!("no KPI {id:?}")));
    match page {
        Page::Group => model(&GroupView::new(ledger)),
        Page::Stores => model(&StoresView::new(ledger)),
        Page::Kpis => model(&KpisView::new(ledger)),
        Page::Kpi { kpi } => model(&KpiView::new(ledger, known_kpi(kpi)?)),
        Page::Store { store } => model(&StoreView::new(ledger, known_store(store)?)),
        Page::Behind { store, kpi } => model(&BehindView::new(ledger, known_store(store)?, known_kpi(kpi)?)),
        Page::BehindMonth { store, kpi, month, part } => {
            let period = Period::parse(month).ok_or_else(|| tera::Error::message(format!("no month {month:?}")))?;
            model(&BehindMonthView::new(ledger, known_store(store)?, known_kpi(kpi)?, period, *part))
        }
        Page::Person { store, staff } => model(&PersonView::new(ledger, known_store(store)?, staff)),
        Page::Worklists => model(&WorklistsView::new(ledger)),
        Page::Worklist { store, list, part } => {
            let list = ledger.material.catalog.worklist(list);
            let list = list.ok_or_else(|| tera::Error::message("no such worklist"))?;
            model(&WorklistView::new(ledger, known_store(store)?, list, *part))
        }
        Page::Quality => model(&QualityView::new(ledger)),
        Page::StoreQuality { store, part } => model(&StoreQualityView::new(ledger, known_store(store)?, *part)),
        Page::Submissions => model(&SubmissionsView::new(ledger)),
        Page::Dictionary { chapter } => model(&DictionaryView::new(ledger, *chapter)),
    }
}

fn model<T: Serialize>(view: &T) -> Result<tera::Value, tera::Error> {
    tera::Value::try_from_serializable(view)
}

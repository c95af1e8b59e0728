//! Which pages a site has, and what each is given.

use super::{charts::Paper, links, table};
use crate::{
    model::Period,
    project::Audience,
    report::{
        behind::{self, BehindMonthView, BehindView},
        coverage::{Coverage, Report},
        dictionary::DictionaryView,
        group::GroupView,
        kpi::{KpiView, KpisView},
        lookup::{GroupLookup, Lookup, StoreLookup},
        page::{Chapter, Link, Named, Page},
        person::PersonView,
        quality::{self, QualityView, StoreQualityView},
        store::{StoreView, StoresView},
        submissions::SubmissionsView,
        table::{self as tables, Table, people, scores},
        worklist::{self, WorklistView, WorklistsView},
    },
};
use serde::Serialize;
use tera::Context;

/// Every page of the group.
pub(super) fn of_group(group: &GroupLookup<'_>) -> Vec<Page> {
    let mut pages = vec![Page::Group, Page::Stores, Page::Kpis, Page::Worklists, Page::Quality, Page::Submissions];
    pages.extend(Chapter::ALL.map(|chapter| Page::Dictionary { chapter }));
    pages.extend(group.edition.catalog.kpis.iter().map(|kpi| Page::Kpi { kpi: kpi.id.clone() }));
    pages
}

/// Every page of a store.
pub(super) fn of_store(store: &StoreLookup<'_>) -> Vec<Page> {
    let id = || store.id().clone();
    let mut pages = vec![Page::Store { store: id() }];
    for kpi in store.monthly() {
        pages.push(Page::Behind { store: id(), kpi: kpi.id.clone() });
        for month in store.lineage_months() {
            let parts = behind::parts(store, kpi, month);
            pages.extend((1..=parts).map(|part| Page::BehindMonth {
                store: id(),
                kpi: kpi.id.clone(),
                month: month.to_string(),
                part,
            }));
        }
    }
    pages.extend(store.digest.staff.iter().map(|staff| Page::Person { store: id(), staff: staff.clone() }));
    for list in &store.edition.catalog.worklists {
        let parts = worklist::parts(store, list);
        pages.extend((1..=parts).map(|part| Page::Worklist { store: id(), list: list.id.clone(), part }));
    }
    pages.extend((1..=quality::parts(store)).map(|part| Page::StoreQuality { store: id(), part }));
    pages
}

/// What every page shows.
#[derive(Serialize)]
pub(super) struct Frame {
    lang: &'static str,
    group: String,
    cutoff: String,
    hq: bool,
    /// On the group's pages.
    coverage: Option<Coverage>,
    /// On a store's pages.
    report: Option<Report>,
    /// The name of the store whose pages these are.
    #[serde(skip)]
    store: String,
}

impl Frame {
    fn new(lookup: &Lookup<'_>) -> Frame {
        let settings = lookup.edition.settings;
        Frame {
            lang: settings.lang.tag(),
            group: settings.group.clone(),
            cutoff: lookup.edition.cutoff.display(),
            hq: settings.audience == Audience::Hq,
            coverage: None,
            report: None,
            store: String::new(),
        }
    }

    pub(super) fn of_group(group: &GroupLookup<'_>) -> Frame {
        Frame { coverage: Some(Coverage::new(group)), ..Frame::new(group) }
    }

    pub(super) fn of_store(store: &StoreLookup<'_>) -> Frame {
        let name = store.material.store.name.clone();
        Frame { report: Some(Report::new(store)), store: name, ..Frame::new(store) }
    }
}

/// The way to a page from the group's, the page itself last and without a link.
fn crumbs(lookup: &Lookup<'_>, frame: &Frame, page: &Page) -> Vec<Named> {
    let words = lookup.words;
    let catalog = lookup.edition.catalog;
    let home = Named::linked(words.word("nav.home"), Link::to(Page::Group));
    let section = |key: &str, page: Page| Named::linked(words.word(key), Link::to(page));
    let stores = || section("nav.stores", Page::Stores);
    let store = |id: &std::sync::Arc<str>| Named::linked(frame.store.clone(), Link::store(id));
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
pub(super) fn context(
    lookup: &Lookup<'_>,
    frame: &Frame,
    page: &Page,
    path: &str,
    view: tera::Value,
) -> Result<Context, tera::Error> {
    let crumbs = crumbs(lookup, frame, page);
    let mut context = Context::new();
    let title: Vec<&str> = crumbs.iter().skip(1).rev().map(|crumb| crumb.text.as_str()).collect();
    context.insert("title", &title.join(" · "));
    context.insert("shared", frame);
    context.insert("root", &links::root(path));
    context.insert("section", section(page));
    context.insert("crumbs", &crumbs);
    context.insert_value("view", view);
    Ok(context)
}

fn known_kpi<'a>(lookup: &Lookup<'a>, id: &str) -> Result<&'a crate::catalog::Kpi, tera::Error> {
    lookup.edition.catalog.kpi(id).ok_or_else(|| tera::Error::message(format!("no KPI {id:?}")))
}

fn not_here(page: &Page) -> tera::Error {
    tera::Error::message(format!("{page:?} is rendered elsewhere"))
}

/// A page of the group.
pub(super) fn group_view(group: &GroupLookup<'_>, page: &Page, path: &str) -> Result<tera::Value, tera::Error> {
    let root = links::root(path);
    let paper = Paper::at(&root, group.words);
    match page {
        Page::Group => model(&GroupView::new(group)),
        Page::Stores => model(&StoresView::new(group)),
        Page::Kpis => model(&KpisView::new(group)),
        Page::Kpi { kpi } => model(&KpiView::new(group, known_kpi(group, kpi)?)),
        Page::Worklists => model(&WorklistsView::new(group)),
        Page::Quality => model(&QualityView::new(group)),
        Page::Submissions => model(&SubmissionsView::new(group)),
        Page::Dictionary { chapter } => {
            let view = DictionaryView::new(group, *chapter);
            let sheets = view.sheets.iter();
            let columns = sheets.map(|sheet| table::html(&tables::dictionary::columns(group, sheet), &paper));
            let columns = columns.collect::<Vec<_>>();
            model(&Tabled { view, table: columns })
        }
        page => Err(not_here(page)),
    }
}

/// A page of a store.
pub(super) fn store_view(store: &StoreLookup<'_>, page: &Page, path: &str) -> Result<tera::Value, tera::Error> {
    let root = links::root(path);
    let paper = Paper::at(&root, store.words);
    match page {
        Page::Store { .. } => {
            let people = people::table(store);
            let people = if people.rows.is_empty() { String::new() } else { table::html(&people, &paper) };
            let topics = store.topics().into_iter().map(|(topic, kpis)| {
                let own = Table { title: store.topic_name(&topic).into(), ..scores::of_topic(store, &kpis) };
                table::html(&own, &paper)
            });
            let table = StoreTables { topics: topics.collect(), people };
            model(&Tabled { view: StoreView::new(store), table })
        }
        Page::Behind { kpi, .. } => model(&BehindView::new(store, known_kpi(store, kpi)?)),
        Page::BehindMonth { kpi, month, part, .. } => {
            let period = Period::parse(month).ok_or_else(|| tera::Error::message(format!("no month {month:?}")))?;
            model(&BehindMonthView::new(store, known_kpi(store, kpi)?, period, *part))
        }
        Page::Person { staff, .. } => model(&PersonView::new(store, staff)),
        Page::Worklist { list, part, .. } => {
            let list = store.edition.catalog.worklist(list);
            let list = list.ok_or_else(|| tera::Error::message("no such worklist"))?;
            let view = WorklistView::new(store, list, *part);
            let (rows, week) = (worklist::part(store, list, *part), worklist::working_week(store));
            let rows = tables::worklist::table(store, list, &rows, tables::worklist::Reader::Site, week);
            model(&Tabled { view, table: table::html(&rows, &paper) })
        }
        Page::StoreQuality { part, .. } => {
            let findings = quality::part_table(store, *part);
            model(&Tabled { view: StoreQualityView::new(store, *part), table: table::html(&findings, &paper) })
        }
        page => Err(not_here(page)),
    }
}

/// A view with a table, or several, that are finished.
#[derive(Serialize)]
struct Tabled<V, T> {
    #[serde(flatten)]
    view: V,
    table: T,
}

/// The tables of a store's page.
#[derive(Serialize)]
struct StoreTables {
    /// In the order of the view's topics.
    topics: Vec<String>,
    /// Empty where nobody has a value.
    people: String,
}

fn model<T: Serialize>(view: &T) -> Result<tera::Value, tera::Error> {
    tera::Value::try_from_serializable(view)
}

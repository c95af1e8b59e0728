//! Which pages a site has, and what each is given.

use super::{Sink, Site, SiteError, charts::Paper, links, put, table};
use crate::{
    project::Audience,
    report::{
        behind::BehindPage,
        behind_month::BehindMonthPage,
        coverage::{Coverage, Report},
        dictionary::DictionaryPage,
        form::{GroupForms, StoreForms, group::GroupFormPage, index::FormsPage, store::StoreFormPage},
        group::{self, GroupPage},
        kpi::KpiPage,
        kpis::KpisPage,
        lookup::{GroupLookup, Lookup, StoreLookup},
        page::{Named, Page},
        person::PersonPage,
        quality::QualityPage,
        store::StorePage,
        store_quality::StoreQualityPage,
        stores::StoresPage,
        submissions::SubmissionsPage,
        table::Table,
        worklist::WorklistPage,
        worklists::WorklistsPage,
    },
};
use rayon::prelude::*;
use serde::Serialize;
use std::ops::Deref;
use tera::Context;

/// Renders every page of the group.
pub(super) fn of_group(site: &Site<'_>, group: &GroupLookup<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
    let frame = Frame::of_group(group).shared()?;
    let kinds = [
        each::<_, GroupPage>,
        each::<_, StoresPage>,
        each::<_, KpisPage>,
        each::<_, KpiPage<'_>>,
        each::<_, WorklistsPage>,
        each::<_, QualityPage>,
        each::<_, SubmissionsPage>,
        each::<_, DictionaryPage>,
    ];
    kinds.into_iter().map(|kind| kind(site, group, &frame, sink)).sum()
}

/// Renders the index of forms and every form of the group.
pub(super) fn forms_of_group(site: &Site<'_>, group: &GroupForms<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
    let frame = Frame::of_group(&group.group).shared()?;
    Ok(each::<_, FormsPage>(site, group, &frame, sink)? + each::<_, GroupFormPage<'_>>(site, group, &frame, sink)?)
}

/// Renders every form of a store.
pub(super) fn forms_of_store(site: &Site<'_>, store: &StoreForms<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
    each::<_, StoreFormPage<'_>>(site, store, &Frame::of_store(&store.store).shared()?, sink)
}

/// Renders a store's first page, the one that shows its places among the stores.
pub(super) fn front(site: &Site<'_>, store: &StoreLookup<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
    each::<_, StorePage>(site, store, &Frame::of_store(store).shared()?, sink)
}

/// Renders every other page of a store.
pub(super) fn of_store(site: &Site<'_>, store: &StoreLookup<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
    let frame = Frame::of_store(store).shared()?;
    let kinds = [
        each::<_, BehindPage<'_>>,
        each::<_, BehindMonthPage<'_>>,
        each::<_, PersonPage>,
        each::<_, WorklistPage<'_>>,
        each::<_, StoreQualityPage>,
    ];
    kinds.into_iter().map(|kind| kind(site, store, &frame, sink)).sum()
}

/// Renders the pages of one kind, and says how many they are.
fn each<'a, L, P>(site: &Site<'_>, of: &L, shared: &tera::Value, sink: &Sink<'_>) -> Result<usize, SiteError>
where
    L: Deref<Target = Lookup<'a>> + Sync,
    P: Page<L>,
{
    let all = P::all(of);
    all.par_iter().try_for_each(|page| {
        let path = page.link(of).path;
        let text = site.engine.render(P::TEMPLATE, &path, context(of, shared, page, &path))?;
        put(sink, &path, text.as_bytes())
    })?;
    Ok(all.len())
}

/// What a page's template is given: `shared`, `root`, `here`, `section`, `crumbs`, `title`, and the page's own `view`.
fn context<'a, L, P>(of: &L, shared: &tera::Value, page: &P, path: &str) -> Result<Context, tera::Error>
where
    L: Deref<Target = Lookup<'a>>,
    P: Page<L>,
{
    let words = of.words;
    let mut crumbs = vec![Named::linked(words.word("nav.home"), group::link())];
    crumbs.extend(page.way(of));
    if let Some(last) = crumbs.last_mut() {
        last.link = None;
    }
    let title: Vec<&str> = crumbs.iter().skip(1).rev().map(|crumb| crumb.text.as_str()).collect();
    let paper = Paper::at(path, words);
    let view = page.view(of, &|rows: &Table<'_>| table::html(rows, &paper));
    let mut context = Context::new();
    context.insert("title", &title.join(" · "));
    context.insert_value("shared", shared.clone());
    context.insert("root", &links::root(path));
    context.insert("here", path);
    context.insert("section", P::SECTION);
    context.insert("crumbs", &crumbs);
    context.insert_value("view", tera::Value::try_from_serializable(&view)?);
    Ok(context)
}

/// What every page shows.
#[derive(Serialize)]
struct Frame {
    lang: &'static str,
    group: String,
    cutoff: String,
    hq: bool,
    /// On the group's pages.
    coverage: Option<Coverage>,
    /// On a store's pages.
    report: Option<Report>,
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
        }
    }

    /// As the templates are given it, made once for all pages.
    fn shared(&self) -> Result<tera::Value, SiteError> {
        let shared = tera::Value::try_from_serializable(self);
        shared.map_err(|error| SiteError::Templates(error.to_string()))
    }

    fn of_group(group: &GroupLookup<'_>) -> Frame {
        Frame { coverage: Some(Coverage::new(group)), ..Frame::new(group) }
    }

    fn of_store(store: &StoreLookup<'_>) -> Frame {
        Frame { report: Some(Report::new(store)), ..Frame::new(store) }
    }
}

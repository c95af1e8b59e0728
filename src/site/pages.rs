//! Which pages a site has, and what each is given.

use super::{Fresh, Made, Shelf, Site, SiteError, bounds::Bounds, charts::Paper, links, put, table};
use crate::{
    model::Lang,
    project::{Audience, settings::slug},
    report::{
        area::AreaPage,
        behind::BehindPage,
        behind_month::BehindMonthPage,
        changes::ChangesPage,
        coverage::{Coverage, Report},
        dictionary::DictionaryPage,
        door::DoorPage,
        downloads,
        form::{GroupForms, StoreForms, group::GroupFormPage, index::FormsPage, store::StoreFormPage},
        group::{self, GroupPage},
        kpi::KpiPage,
        kpi_period::KpiPeriodPage,
        kpi_slices::KpiSlicesPage,
        kpis::KpisPage,
        lookup::{GroupLookup, Lookup, StoreLookup},
        page::{Named, Page},
        period::{GroupPeriodPage, StorePeriodPage},
        person::PersonPage,
        quality::QualityPage,
        rule::RulePage,
        sources::SourcesPage,
        store::StorePage,
        store_quality::StoreQualityPage,
        stores::StoresPage,
        submissions::SubmissionsPage,
        table::Table,
        topic::TopicPage,
        words::Words,
        worklist::WorklistPage,
        worklists::WorklistsPage,
    },
};
use rayon::prelude::*;
use serde::Serialize;
use std::ops::Deref;
use tera::Context;

/// Renders every page of the group that shows anything else than one of a former build.
pub(super) fn of_group(site: &Site<'_>, group: &GroupLookup<'_>, shelf: &dyn Shelf) -> Result<Made, SiteError> {
    let frame = Frame::of_group(site, group).shared()?;
    let kinds = [
        each::<_, GroupPage>,
        each::<_, ChangesPage>,
        each::<_, StoresPage>,
        each::<_, GroupPeriodPage>,
        each::<_, AreaPage<'_>>,
        each::<_, TopicPage<'_>>,
        each::<_, KpisPage>,
        each::<_, KpiPage<'_>>,
        each::<_, KpiPeriodPage<'_>>,
        each::<_, KpiSlicesPage<'_>>,
        each::<_, WorklistsPage>,
        each::<_, QualityPage>,
        each::<_, RulePage<'_>>,
        each::<_, SubmissionsPage>,
        each::<_, DictionaryPage>,
        each::<_, SourcesPage>,
    ];
    kinds.into_iter().try_fold(Made::default(), |made, kind| Ok(made + kind(site, group, &frame, shelf)?))
}

/// Renders the index of forms and every form of the group.
pub(super) fn forms_of_group(site: &Site<'_>, group: &GroupForms<'_>, shelf: &dyn Shelf) -> Result<Made, SiteError> {
    let frame = Frame::of_group(site, &group.group).shared()?;
    Ok(each::<_, FormsPage>(site, group, &frame, shelf)? + each::<_, GroupFormPage<'_>>(site, group, &frame, shelf)?)
}

/// Renders every form of a store.
pub(super) fn forms_of_store(site: &Site<'_>, store: &StoreForms<'_>, fresh: &Fresh<'_>) -> Result<usize, SiteError> {
    Ok(each::<_, StoreFormPage<'_>>(site, store, &Frame::of_store(site, &store.store).shared()?, fresh)?.files)
}

/// Renders a store's first page, the one that shows its places among the stores.
pub(super) fn front(site: &Site<'_>, store: &StoreLookup<'_>, fresh: &Fresh<'_>) -> Result<usize, SiteError> {
    Ok(each::<_, StorePage>(site, store, &Frame::of_store(site, store).shared()?, fresh)?.files)
}

/// Renders the page that leads to a store's pages where they stand alone.
pub(super) fn door(site: &Site<'_>, store: &StoreLookup<'_>, fresh: &Fresh<'_>) -> Result<usize, SiteError> {
    Ok(each::<_, DoorPage>(site, store, &Frame::of_store(site, store).shared()?, fresh)?.files)
}

/// Renders the dictionary without a word of any store.
pub(super) fn dictionary(site: &Site<'_>, group: &GroupLookup<'_>, fresh: &Fresh<'_>) -> Result<usize, SiteError> {
    Ok(each::<_, DictionaryPage>(site, group, &Frame::new(site, group).shared()?, fresh)?.files)
}

/// Renders every other page of a store.
pub(super) fn of_store(site: &Site<'_>, store: &StoreLookup<'_>, fresh: &Fresh<'_>) -> Result<usize, SiteError> {
    let frame = Frame::of_store(site, store).shared()?;
    let kinds = [
        each::<_, StorePeriodPage>,
        each::<_, BehindPage<'_>>,
        each::<_, BehindMonthPage<'_>>,
        each::<_, PersonPage>,
        each::<_, WorklistPage<'_>>,
        each::<_, StoreQualityPage>,
    ];
    kinds.into_iter().map(|kind| Ok(kind(site, store, &frame, fresh)?.files)).sum()
}

/// Renders the pages of one kind that `shelf` has not.
fn each<'a, L, P>(site: &Site<'_>, of: &L, shared: &Shared, shelf: &dyn Shelf) -> Result<Made, SiteError>
where
    L: Deref<Target = Lookup<'a>> + Sync,
    P: Page<L>,
{
    let all = P::all(of);
    let made = all.par_iter().map(|page| {
        let path = page.link(of).path;
        let failed = |error: tera::Error| SiteError::Page { page: path.clone(), what: error.to_string() };
        let (body, shows) = Body::new(of, page, &path, shelf.knows().then_some(shared)).map_err(failed)?;
        if shows.as_deref().is_some_and(|shows| shelf.take(&path, shows)) {
            return Ok(Made { files: 1, rendered: 0 });
        }
        let text = site.engine.render(P::TEMPLATE, &path, body.context(shared, P::SECTION))?;
        let text = match &shared.bounds {
            Some(bounds) => bounds.within(&text, &path),
            None => text,
        };
        put(shelf, &path, text.as_bytes(), shows.as_deref())?;
        Ok(Made { files: 1, rendered: 1 })
    });
    made.try_reduce(Made::default, |one, other| Ok(one + other))
}

/// What one page shows beside what all of them do.
struct Body<'p> {
    path: &'p str,
    title: String,
    crumbs: Vec<Named>,
    view: tera::Value,
}

impl<'p> Body<'p> {
    /// The page's own part, and where it is asked for a hash of all that its template is given; `None` when that cannot be
    /// written down.
    fn new<'a, L, P>(
        of: &L,
        page: &P,
        path: &'p str,
        hashed: Option<&Shared>,
    ) -> Result<(Body<'p>, Option<String>), tera::Error>
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
        let title = title.join(" · ");
        let paper = Paper::at(path, words);
        let view = page.view(of, &|rows: &Table<'_>| table::html(rows, &paper));
        // The view itself, since the template engine's values have no order of their own.
        let hash = |shared: &Shared| {
            let shows =
                serde_json::to_vec(&(P::TEMPLATE, P::SECTION, path, &title, &crumbs, &view, &shared.text)).ok()?;
            Some(blake3::hash(&shows).to_hex().to_string())
        };
        let shows = hashed.and_then(hash);
        let view = tera::Value::try_from_serializable(&view)?;
        Ok((Body { path, title, crumbs, view }, shows))
    }

    /// What its template is given: `shared`, `root`, `here`, `section`, `crumbs`, `title`, and the page's own `view`.
    fn context(self, shared: &Shared, section: &str) -> Result<Context, tera::Error> {
        let mut context = Context::new();
        context.insert("title", &self.title);
        context.insert_value("shared", shared.value.clone());
        context.insert("root", &links::root(self.path));
        context.insert("here", self.path);
        context.insert("section", section);
        context.insert("crumbs", &self.crumbs);
        context.insert_value("view", self.view);
        Ok(context)
    }
}

/// What every page shows, as the templates are given it, and as a text that is the same whenever it is.
struct Shared {
    value: tera::Value,
    text: String,
    /// What the pages may link, where they stand alone.
    bounds: Option<Bounds>,
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
    /// Files that the audience may have.
    downloads: Vec<Named>,
    /// The same page in other languages.
    tongues: Vec<Tongue>,
    /// The pages stand alone, in this folder of the site's.
    alone: bool,
    #[serde(skip)]
    own: String,
}

/// A language that the pages are there in, too.
#[derive(Serialize)]
struct Tongue {
    tag: &'static str,
    name: String,
    /// From the site's folder to that of the language.
    way: String,
}

impl Frame {
    fn new(site: &Site<'_>, lookup: &Lookup<'_>) -> Frame {
        let settings = lookup.edition.settings;
        let tongue = |(lang, way): &(Lang, String)| Tongue {
            tag: lang.tag(),
            name: Words::of(*lang).word("nav.tongue"),
            way: way.clone(),
        };
        Frame {
            downloads: Vec::new(),
            tongues: site.surroundings.tongues.iter().map(tongue).collect(),
            alone: site.surroundings.alone,
            own: "dictionary/".to_owned(),
            lang: settings.lang.tag(),
            group: settings.group.clone(),
            cutoff: lookup.edition.cutoff.display(),
            hq: settings.audience == Audience::Hq,
            coverage: None,
            report: None,
        }
    }

    /// Made once for all pages.
    fn shared(&self) -> Result<Shared, SiteError> {
        let failed = |error: String| SiteError::Templates(error);
        let value = tera::Value::try_from_serializable(self).map_err(|error| failed(error.to_string()))?;
        let text = serde_json::to_string(self).map_err(|error| failed(error.to_string()))?;
        let bounds = self.alone.then(|| Bounds::new(self.own.clone()));
        Ok(Shared { value, text, bounds })
    }

    fn of_group(site: &Site<'_>, group: &GroupLookup<'_>) -> Frame {
        Frame { coverage: Some(Coverage::new(group)), downloads: downloads::of_group(group), ..Frame::new(site, group) }
    }

    fn of_store(site: &Site<'_>, store: &StoreLookup<'_>) -> Frame {
        let own = format!("stores/{}/", slug(store.id()));
        let downloads = downloads::of_store(store, site.surroundings.alone);
        Frame { report: Some(Report::new(store)), own, downloads, ..Frame::new(site, store) }
    }
}

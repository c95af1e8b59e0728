//! Renders the static site: pages out of the view models of `report`, charts, search index, assets.
//!
//! The group's pages depend on the group's material alone, a store's on its own material and standing; pages are
//! independent of each other, so that the same material gives the same bytes whatever is rendered beside it.

mod assets;
mod bounds;
mod charts;
mod engine;
mod links;
mod pages;
mod search;
mod table;

use crate::{
    model::{FormValues, Lang, Message, Told},
    report::{
        Edition, GroupMaterial, Standing, StoreMaterial,
        form::{GroupForms, StoreForms},
        lookup::{GroupLookup, StoreLookup},
        words::Words,
    },
};
use engine::Engine;
use std::io;

/// Why the site could not be rendered.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum SiteError {
    /// A template does not parse: a defect of the build, or of a group's own template.
    Templates(String),
    /// A page does not render.
    Page {
        /// The page's path below the site's folder.
        page: String,
        /// What the template engine says.
        what: String,
    },
    /// A file cannot be written.
    Write {
        /// The file's path below the site's folder.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl Told for SiteError {
    fn told(&self) -> Message {
        match self {
            SiteError::Templates(what) => Message::new("failure.templates").with("what", what),
            SiteError::Page { page, what } => Message::new("failure.page").with("page", page).with("what", what),
            SiteError::Write { path, source } => {
                Message::new("failure.write").with("path", path.as_str()).with("what", source.told())
            }
        }
    }
}

/// Takes a finished file: its path below the site's folder, with `/` between its parts, and its bytes. Called from
/// several threads, in no order.
pub type Sink<'s> = dyn Fn(&str, &[u8]) -> io::Result<()> + Sync + 's;

/// Takes the finished files of the group, and knows those of a former build by what they show.
pub trait Shelf: Sync {
    /// Whether it knows any files of a former build.
    fn knows(&self) -> bool;

    /// Takes the page of a former build that showed just this (a hash of it), and says whether there is one.
    fn take(&self, path: &str, shows: &str) -> bool;

    /// Takes a finished file, see [`Sink`]; of a page, with a hash of what it shows.
    ///
    /// # Errors
    /// When it cannot be written.
    fn put(&self, path: &str, bytes: &[u8], shows: Option<&str>) -> io::Result<()>;
}

/// A shelf without former files.
pub struct Fresh<'s>(pub &'s Sink<'s>);

impl Shelf for Fresh<'_> {
    fn knows(&self) -> bool {
        false
    }

    fn take(&self, _: &str, _: &str) -> bool {
        false
    }

    fn put(&self, path: &str, bytes: &[u8], _: Option<&str>) -> io::Result<()> {
        (self.0)(path, bytes)
    }
}

/// How many files were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// All of them.
    pub files: usize,
    /// The pages among them that were rendered: the others were taken from a former build.
    pub rendered: usize,
}

impl std::ops::Add for Made {
    type Output = Made;

    fn add(self, other: Made) -> Made {
        Made { files: self.files + other.files, rendered: self.rendered + other.rendered }
    }
}

/// The site of one build: templates parsed and words loaded once for all its pages.
pub struct Site<'a> {
    edition: Edition<'a>,
    words: &'static Words,
    engine: Engine,
    surroundings: Surroundings,
}

/// What stands around a site.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The same pages in other languages, each with the way from this site's folder to theirs.
    pub tongues: Vec<(Lang, String)>,
    /// It is one store's own pages and the dictionary: nothing else is linked.
    pub alone: bool,
}

impl<'a> Site<'a> {
    /// Loads words and templates.
    ///
    /// # Errors
    /// A defect of the embedded words or templates.
    pub fn new(edition: Edition<'a>) -> Result<Site<'a>, SiteError> {
        let words = Words::of(edition.settings.lang);
        let engine = Engine::new(words)?;
        Ok(Site { edition, words, engine, surroundings: Surroundings::default() })
    }

    /// The same site among others.
    #[must_use]
    pub fn amid(self, surroundings: Surroundings) -> Site<'a> {
        Site { surroundings, ..self }
    }

    /// The words of the pages.
    pub fn words(&self) -> &Words {
        self.words
    }

    /// The group's pages, the search index and the assets, onto `shelf`.
    ///
    /// # Errors
    /// When `shelf` fails; any other error is a defect of the templates.
    pub fn group_pages(&self, material: &GroupMaterial<'_>, shelf: &dyn Shelf) -> Result<Made, SiteError> {
        let group = GroupLookup::new(material, self.words);
        let pages = pages::of_group(self, &group, shelf)?;
        let assets = assets::files(self.words);
        for (path, bytes) in &assets {
            put(shelf, path, bytes, None)?;
        }
        let index = search::files(&group);
        for (path, text) in &index {
            put(shelf, path, text.as_bytes(), None)?;
        }
        Ok(pages + Made { files: assets.len() + index.len(), rendered: 0 })
    }

    /// A store's first page, which alone shows its places among the stores. Returns how many went into `sink`.
    ///
    /// # Errors
    /// As [`Site::group_pages`].
    pub fn store_front(
        &self,
        material: &StoreMaterial<'_>,
        standing: &Standing,
        sink: &Sink<'_>,
    ) -> Result<usize, SiteError> {
        pages::front(self, &StoreLookup::new(self.edition, self.words, material, standing), &Fresh(sink))
    }

    /// A store's other pages, which know of no other store. Returns how many went into `sink`.
    ///
    /// # Errors
    /// As [`Site::group_pages`].
    pub fn store_pages(&self, material: &StoreMaterial<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
        let nowhere = Standing::default();
        pages::of_store(self, &StoreLookup::new(self.edition, self.words, material, &nowhere), &Fresh(sink))
    }

    /// What stands beside the pages of a store that stand alone: the page that leads to them, the search index, the assets.
    /// Returns how many files went into `sink`.
    ///
    /// # Errors
    /// As [`Site::group_pages`].
    pub fn store_alone(&self, material: &StoreMaterial<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
        let nowhere = Standing::default();
        let store = StoreLookup::new(self.edition, self.words, material, &nowhere);
        let shelf = Fresh(sink);
        let door = pages::door(self, &store, &shelf)?;
        let assets = assets::files(self.words);
        for (path, bytes) in &assets {
            put(&shelf, path, bytes, None)?;
        }
        put(&shelf, links::SEARCH, search::of_store(&store).as_bytes(), None)?;
        Ok(door + assets.len() + 1)
    }

    /// The dictionary for pages that stand alone: it knows of no store. Returns how many pages went into `sink`.
    ///
    /// # Errors
    /// As [`Site::group_pages`].
    pub fn dictionary(&self, material: &GroupMaterial<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
        pages::dictionary(self, &GroupLookup::new(material, self.words), &Fresh(sink))
    }

    /// The index of forms and the group's forms, out of what each store adds to them, in the stores' order, onto `shelf`.
    ///
    /// # Errors
    /// As [`Site::group_pages`].
    pub fn group_forms(
        &self,
        material: &GroupMaterial<'_>,
        stores: &[FormValues],
        shelf: &dyn Shelf,
    ) -> Result<Made, SiteError> {
        pages::forms_of_group(self, &GroupForms { group: GroupLookup::new(material, self.words), stores }, shelf)
    }

    /// A store's forms. `totals` are the group's sums that rates of a store may fall back on. Returns how many went into
    /// `sink`.
    ///
    /// # Errors
    /// As [`Site::group_pages`].
    pub fn store_forms(
        &self,
        material: &StoreMaterial<'_>,
        values: &FormValues,
        totals: &FormValues,
        sink: &Sink<'_>,
    ) -> Result<usize, SiteError> {
        let nowhere = Standing::default();
        let store = StoreLookup::new(self.edition, self.words, material, &nowhere);
        pages::forms_of_store(self, &StoreForms { store, values, totals }, &Fresh(sink))
    }
}

fn put(shelf: &dyn Shelf, path: &str, bytes: &[u8], shows: Option<&str>) -> Result<(), SiteError> {
    shelf.put(path, bytes, shows).map_err(|source| SiteError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;

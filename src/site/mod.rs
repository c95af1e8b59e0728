//! Renders the static site: pages out of the view models of `report`, charts, search index, assets.
//!
//! The group's pages depend on the group's material alone, a store's on its own material and standing; pages are
//! independent of each other, so that the same material gives the same bytes whatever is rendered beside it.

mod assets;
mod charts;
mod engine;
mod links;
mod pages;
mod search;

use crate::report::{
    Edition, GroupMaterial, Standing, StoreMaterial,
    lookup::{GroupLookup, StoreLookup},
    words::{Words, WordsError},
};
use engine::Engine;
use rayon::prelude::*;
use std::{io, sync::Arc};

/// Why the site could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The words of the pages do not load: a defect of the build.
    #[error("页面用词 (words of the pages): {0}")]
    Words(#[from] WordsError),
    /// A template does not parse: a defect of the build, or of a group's own template.
    #[error("页面模板 (templates): {0}")]
    Templates(String),
    /// A page does not render.
    #[error("页面 {page} 无法生成 (cannot be rendered): {what}")]
    Page {
        /// The page's path below the site's folder.
        page: String,
        /// What the template engine says.
        what: String,
    },
    /// A file cannot be written.
    #[error("无法写入 (cannot write) {path}: {source}")]
    Write {
        /// The file's path below the site's folder.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// Takes a finished file: its path below the site's folder, with `/` between its parts, and its bytes. Called from
/// several threads, in no order.
pub type Sink<'s> = dyn Fn(&str, &[u8]) -> io::Result<()> + Sync + 's;

/// The site of one build: templates parsed and words loaded once for all its pages.
pub struct Site<'a> {
    edition: Edition<'a>,
    words: Arc<Words>,
    engine: Engine,
}

impl<'a> Site<'a> {
    /// Loads words and templates.
    ///
    /// # Errors
    /// A defect of the embedded words or templates.
    pub fn new(edition: Edition<'a>) -> Result<Site<'a>, SiteError> {
        let words = Arc::new(Words::new(edition.settings.lang)?);
        let engine = Engine::new(words.clone())?;
        Ok(Site { edition, words, engine })
    }

    /// The words of the pages.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The group's pages, the search index and the assets. Returns how many files went into `sink`.
    ///
    /// # Errors
    /// When `sink` fails; any other error is a defect of the templates.
    pub fn group_pages(&self, material: &GroupMaterial<'_>, sink: &Sink<'_>) -> Result<usize, SiteError> {
        let group = GroupLookup::new(material, &self.words);
        let all = pages::of_group(&group);
        let frame = pages::Frame::of_group(&group);
        let rendered = all.par_iter().map(|page| {
            let path = links::path(page);
            let context =
                pages::group_view(&group, page).and_then(|view| pages::context(&group, &frame, page, &path, view));
            put(sink, &path, self.engine.render(page, &path, context)?.as_bytes())
        });
        rendered.collect::<Result<(), SiteError>>()?;
        let assets = assets::files();
        for (path, bytes) in &assets {
            put(sink, path, bytes)?;
        }
        put(sink, links::SEARCH, search::index(&group).as_bytes())?;
        Ok(all.len() + assets.len() + 1)
    }

    /// A store's pages. Returns how many went into `sink`.
    ///
    /// # Errors
    /// As [`Site::group_pages`].
    pub fn store_pages(
        &self,
        material: &StoreMaterial<'_>,
        standing: &Standing,
        sink: &Sink<'_>,
    ) -> Result<usize, SiteError> {
        let store = StoreLookup::new(self.edition, &self.words, material, standing);
        let all = pages::of_store(&store);
        let frame = pages::Frame::of_store(&store);
        let rendered = all.par_iter().map(|page| {
            let path = links::path(page);
            let context =
                pages::store_view(&store, page).and_then(|view| pages::context(&store, &frame, page, &path, view));
            put(sink, &path, self.engine.render(page, &path, context)?.as_bytes())
        });
        rendered.collect::<Result<(), SiteError>>()?;
        Ok(all.len())
    }
}

fn put(sink: &Sink<'_>, path: &str, bytes: &[u8]) -> Result<(), SiteError> {
    sink(path, bytes).map_err(|source| SiteError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;

//! The group's pages, and the files that pages offer.

use super::{Group, PipelineError, renderings::Rendering};
use crate::{
    lake::{KeyParts, stage},
    model::FormValues,
    project::Store,
    publish::Stage,
    report::{GroupMaterial, downloads},
    site::Shelf,
};
use std::{
    io,
    sync::{Mutex, PoisonError},
};

impl Group {
    /// The group's pages. Returns how many they are.
    pub(super) fn write_site(
        &self,
        stage: &Stage,
        rendering: &Rendering<'_>,
        material: &GroupMaterial<'_>,
        forms: &[FormValues],
    ) -> Result<usize, PipelineError> {
        let shelf = Former { group: self, stage, folder: rendering.folder() };
        let material = GroupMaterial { edition: rendering.edition, ..*material };
        let site = &rendering.site;
        let made = site.group_pages(&material, &shelf)? + site.group_forms(&material, forms, &shelf)?;
        self.count(|counts| counts.pages_rendered += made.rendered);
        Ok(made.files)
    }
}

/// The files that a rendering's pages offer, each beside the pages; the changes where an earlier output was compared.
pub(super) fn offer(
    stage: &Stage,
    rendering: &Rendering<'_>,
    stores: &[Store],
    compared: bool,
) -> Result<(), PipelineError> {
    let at = |folder: &str, name: &str| format!("{folder}/{}", downloads::place(name));
    if rendering.alone {
        for store in stores {
            let name = downloads::store_pack_name(&store.id);
            stage.again(&at(&rendering.folder_of(&store.id), &name), &format!("workbooks/stores/{name}"))?;
        }
        return Ok(());
    }
    let folder = rendering.folder();
    let pack = downloads::group_pack_name(rendering.edition);
    stage.again(&at(folder, &pack), &format!("workbooks/{pack}"))?;
    for name in downloads::DATA.into_iter().chain(compared.then_some(downloads::CHANGES)) {
        stage.again(&at(folder, name), &format!("data/{name}"))?;
    }
    Ok(())
}

/// The dictionary as it stands beside each store's own pages.
pub(super) fn dictionary(
    alone: &Rendering<'_>,
    material: &GroupMaterial<'_>,
) -> Result<Vec<(String, Vec<u8>)>, PipelineError> {
    let pages = Mutex::new(Vec::new());
    let sink = |path: &str, bytes: &[u8]| {
        pages.lock().unwrap_or_else(PoisonError::into_inner).push((path.to_owned(), bytes.to_vec()));
        Ok(())
    };
    alone.site.dictionary(&GroupMaterial { edition: alone.edition, ..*material }, &sink)?;
    let mut pages = pages.into_inner().unwrap_or_else(PoisonError::into_inner);
    pages.sort();
    Ok(pages)
}

/// The group's pages as former builds made them.
struct Former<'a> {
    group: &'a Group,
    stage: &'a Stage,
    /// The site's folder below the output folder.
    folder: &'a str,
}

impl Former<'_> {
    /// What decides a page's bytes: where it stands, what it shows, and what renders it.
    fn key(path: &str, shows: &str) -> String {
        KeyParts::new("page", stage::RENDER).with(path).with(shows).finish()
    }
}

impl Shelf for Former<'_> {
    fn knows(&self) -> bool {
        true
    }

    fn take(&self, path: &str, shows: &str) -> bool {
        let path = format!("{}/{path}", self.folder);
        let hash = self.group.cache.get::<String>("page", &Former::key(&path, shows));
        hash.is_some_and(|hash| self.stage.reuse(&path, &hash))
    }

    fn put(&self, path: &str, bytes: &[u8], shows: Option<&str>) -> io::Result<()> {
        let path = &format!("{}/{path}", self.folder);
        let hash = self.stage.write(path, bytes).map_err(io::Error::other)?;
        if let Some(shows) = shows {
            // A full or read-only disk costs the next build time, nothing else.
            let _ = self.group.cache.put("page", &Former::key(path, shows), &hash);
        }
        Ok(())
    }
}

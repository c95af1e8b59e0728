//! Renders the static site: pages out of the view models of `report`, charts, search index, assets.
//!
//! Pages are independent of each other and rendered in parallel; what each holds depends on the material alone, so that
//! the same material gives the same bytes.

mod assets;
mod charts;
mod engine;
mod links;
mod pages;
mod search;

use crate::report::{
    Material,
    ledger::Ledger,
    words::{Words, WordsError},
};
use engine::Engine;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

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
    #[error("无法写入 (cannot write) {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Renders the whole site into the folder `into`, which is made when it is missing. Returns the paths of the files
/// written, relative to `into`, with `/` between their parts, sorted.
///
/// # Errors
/// When a file cannot be written; any other error is a defect of the templates.
pub fn render(material: &Material<'_>, into: &Path) -> Result<Vec<String>, SiteError> {
    let words = std::sync::Arc::new(Words::new(material.settings.lang)?);
    let engine = Engine::new(words.clone())?;
    let ledger = Ledger::new(material, &words);
    let frame = pages::Shared::new(&ledger);
    let mut written = pages::all(&ledger)
        .into_par_iter()
        .map(|page| {
            let path = links::path(&page);
            let text = engine.render(&page, &path, pages::context(&ledger, &frame, &page, &path))?;
            write(into, &path, text.as_bytes())?;
            Ok(path)
        })
        .collect::<Result<Vec<String>, SiteError>>()?;
    for (path, bytes) in assets::files() {
        write(into, path, bytes)?;
        written.push(path.to_owned());
    }
    write(into, links::SEARCH, search::index(&ledger).as_bytes())?;
    written.push(links::SEARCH.to_owned());
    written.sort();
    Ok(written)
}

fn write(into: &Path, path: &str, bytes: &[u8]) -> Result<(), SiteError> {
    let file = into.join(path);
    let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(&file, bytes)).map_err(|source| SiteError::Write { path: file, source })
}

#[cfg(test)]
mod tests;

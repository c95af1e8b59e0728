//! What the files of the site are called: out of ids, never out of cells.

use crate::{
    project::settings::slug,
    report::page::{Chapter, Link, Page},
};

/// The search index.
pub(super) const SEARCH: &str = "assets/search.js";

/// A page's file below the site's folder.
pub(super) fn path(page: &Page) -> String {
    match page {
        Page::Group => "index.html".to_owned(),
        Page::Stores => "stores/index.html".to_owned(),
        Page::Kpis => "kpi/index.html".to_owned(),
        Page::Kpi { kpi } => format!("kpi/{}.html", slug(kpi)),
        Page::Store { store } => format!("stores/{}/index.html", slug(store)),
        Page::Behind { store, kpi } => format!("stores/{}/kpi-{}.html", slug(store), slug(kpi)),
        Page::BehindMonth { store, kpi, month, part } => {
            format!("stores/{}/kpi-{}-{}{}.html", slug(store), slug(kpi), slug(month), part_of(*part))
        }
        Page::Person { store, staff } => format!("stores/{}/people/{}.html", slug(store), slug(staff)),
        Page::Worklists => "worklists.html".to_owned(),
        Page::Worklist { store, list, part } => {
            format!("stores/{}/worklist-{}{}.html", slug(store), slug(list), part_of(*part))
        }
        Page::Quality => "quality.html".to_owned(),
        Page::StoreQuality { store, part } => format!("stores/{}/quality{}.html", slug(store), part_of(*part)),
        Page::Submissions => "submissions.html".to_owned(),
        Page::Dictionary { chapter } => match chapter {
            Chapter::Kpis => "dictionary.html".to_owned(),
            Chapter::Sheets => "dictionary/sheets.html".to_owned(),
            Chapter::Rules => "dictionary/rules.html".to_owned(),
            Chapter::Worklists => "dictionary/worklists.html".to_owned(),
            Chapter::Scorecards => "dictionary/scorecards.html".to_owned(),
        },
    }
}

/// The first part bears the plain name. `.2` cannot be met in a slug, so that no id's page can be mistaken for a part.
fn part_of(part: usize) -> String {
    if part <= 1 { String::new() } else { format!(".{part}") }
}

/// The way from a page back to the site's folder: `../` for each folder it stands in.
pub(super) fn root(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// A link's address from a page whose root is `root`.
pub(super) fn href(link: &Link, root: &str) -> String {
    let path = path(&link.page);
    if link.anchor.is_empty() { format!("{root}{path}") } else { format!("{root}{path}#{}", link.anchor) }
}

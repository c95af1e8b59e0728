//! What a page of the site is. A page is one file of this folder with its template: it says which pages of its kind there
//! are, where each stands, the way to it, and what it shows. `site` renders whatever implements [`Page`].

use super::table::Table;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Draws a table for the page it stands on.
pub(crate) type Draw<'d> = dyn Fn(&Table<'_>) -> String + 'd;

/// A kind of page, made from `L`: the lookup of the group or of a store.
pub(crate) trait Page<L>: Sized + Send + Sync {
    /// What its template is given.
    type View: Serialize;
    /// Its template below `templates/`.
    const TEMPLATE: &'static str;
    /// The entry of the navigation it belongs to: `home`, `stores`, `kpis`, `worklists`, `forms`, `quality`, `submissions`,
    /// `dictionary`.
    const SECTION: &'static str;

    /// The pages of this kind.
    fn all(of: &L) -> Vec<Self>;
    /// Where it stands.
    fn link(&self, of: &L) -> Link;
    /// The way to it from the first page, which is not named; the page itself is last.
    fn way(&self, of: &L) -> Vec<Named>;
    /// What it shows.
    fn view(&self, of: &L, draw: &Draw<'_>) -> Self::View;
}

/// A link to a page, or to a place on it. As a string: the path below the site's folder, `#`, the anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct Link {
    /// Path below the site's folder, made of ids, never of cells.
    pub path: String,
    /// The place on the page; empty for its top.
    pub anchor: String,
}

impl Link {
    /// To the top of a page.
    pub(crate) fn to(path: impl Into<String>) -> Link {
        Link { path: path.into(), anchor: String::new() }
    }

    /// To a place on the page.
    pub(crate) fn at(self, anchor: impl Into<String>) -> Link {
        Link { anchor: anchor.into(), ..self }
    }
}

impl From<String> for Link {
    fn from(text: String) -> Link {
        match text.split_once('#') {
            Some((path, anchor)) => Link::to(path).at(anchor),
            None => Link::to(text),
        }
    }
}

impl From<Link> for String {
    fn from(link: Link) -> String {
        if link.anchor.is_empty() { link.path } else { format!("{}#{}", link.path, link.anchor) }
    }
}

/// The ending of the name of a page's part: the first part bears the plain name. `.2` cannot be met in a slug, so that
/// no id's page can be mistaken for a part.
pub(crate) fn ending(part: usize) -> String {
    if part <= 1 { ".html".to_owned() } else { format!(".{part}.html") }
}

/// The parts of a page, for leafing.
pub(crate) fn parts(count: usize, link: impl Fn(usize) -> Link) -> Vec<Named> {
    (1..=count).map(|n| Named::linked(n.to_string(), link(n))).collect()
}

/// The lines of a part, of `count` lines.
pub(crate) fn part(part: usize, lines_a_page: usize, count: usize) -> Range<usize> {
    let from = (part.max(1) - 1) * lines_a_page;
    from.min(count)..(from + lines_a_page).min(count)
}

/// A text with a link where there is something behind it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Named {
    pub text: String,
    pub link: Option<Link>,
}

impl Named {
    pub(crate) fn linked(text: impl Into<String>, link: Link) -> Named {
        Named { text: text.into(), link: Some(link) }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Named {
        Named { text: text.into(), link: None }
    }
}

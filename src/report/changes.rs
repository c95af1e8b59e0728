//! What became of an earlier build, where one was asked for (`build --since`).

use super::{
    downloads,
    lookup::GroupLookup,
    page::{Draw, Link, Named, Page},
    table::{Sheet, changes},
};
use serde::Serialize;

/// Where it stands.
pub(crate) fn link() -> Link {
    Link::to("changes.html")
}

/// The page.
pub(crate) struct ChangesPage;

impl<'a> Page<GroupLookup<'a>> for ChangesPage {
    type View = ChangesView;
    const TEMPLATE: &'static str = "changes.html";
    const SECTION: &'static str = "home";

    fn all(group: &GroupLookup<'a>) -> Vec<ChangesPage> {
        group.material.changes.map(|_| ChangesPage).into_iter().collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link()
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![Named::linked(group.words.word("changes.title"), link())]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> ChangesView {
        let sheet: Sheet<'a> = changes::sheet(group).unwrap_or_default();
        let part = |table: &super::table::Table<'_>| Part {
            id: table.id.to_string(),
            title: table.title.to_string(),
            rows: draw(table),
        };
        ChangesView {
            title: sheet.title.into_owned(),
            notes: sheet.notes.into_iter().map(std::borrow::Cow::into_owned).collect(),
            parts: sheet.tables.iter().map(part).collect(),
            file: group.material.changes.flatten().map(|_| Link::to(downloads::place(downloads::CHANGES))),
        }
    }
}

/// What it shows.
#[derive(Debug, Serialize)]
pub(crate) struct ChangesView {
    pub title: String,
    pub notes: Vec<String>,
    pub parts: Vec<Part>,
    /// All of it as a file, where there is anything.
    pub file: Option<Link>,
}

/// One table.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    pub id: String,
    pub title: String,
    /// The rows, drawn.
    pub rows: String,
}

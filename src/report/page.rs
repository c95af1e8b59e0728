//! Which pages there are. What their files are called is the site's business (`site/links.rs`).

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One page of the site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Page {
    Group,
    Stores,
    Kpis,
    Kpi {
        kpi: Arc<str>,
    },
    Store {
        store: Arc<str>,
    },
    /// The rows behind a store's values of one KPI, a section for each month.
    Behind {
        store: Arc<str>,
        kpi: Arc<str>,
    },
    /// All rows behind one month's value, where they are too many for [`Page::Behind`]; parts count from 1.
    BehindMonth {
        store: Arc<str>,
        kpi: Arc<str>,
        month: String,
        part: usize,
    },
    Person {
        store: Arc<str>,
        staff: Arc<str>,
    },
    Worklists,
    Worklist {
        store: Arc<str>,
        list: Arc<str>,
        part: usize,
    },
    Quality,
    StoreQuality {
        store: Arc<str>,
        part: usize,
    },
    Submissions,
    Dictionary {
        chapter: Chapter,
    },
}

/// A chapter of the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Chapter {
    Kpis,
    Sheets,
    Rules,
    Worklists,
    Scorecards,
}

impl Chapter {
    pub(crate) const ALL: [Chapter; 5] =
        [Chapter::Kpis, Chapter::Sheets, Chapter::Rules, Chapter::Worklists, Chapter::Scorecards];

    /// The key of its title in the dictionary of words.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Chapter::Kpis => "dictionary.kpis",
            Chapter::Sheets => "dictionary.sheets",
            Chapter::Rules => "dictionary.rules",
            Chapter::Worklists => "dictionary.worklists",
            Chapter::Scorecards => "dictionary.scorecards",
        }
    }
}

/// A link to a place on a page; an empty anchor is its top.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub page: Page,
    pub anchor: String,
}

impl Link {
    pub(crate) fn to(page: Page) -> Link {
        Link { page, anchor: String::new() }
    }

    pub(crate) fn at(page: Page, anchor: impl Into<String>) -> Link {
        Link { page, anchor: anchor.into() }
    }

    pub(crate) fn store(store: &Arc<str>) -> Link {
        Link::to(Page::Store { store: store.clone() })
    }

    pub(crate) fn kpi(kpi: &Arc<str>) -> Link {
        Link::to(Page::Kpi { kpi: kpi.clone() })
    }

    pub(crate) fn rule(code: &str) -> Link {
        Link::at(Page::Dictionary { chapter: Chapter::Rules }, code)
    }
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

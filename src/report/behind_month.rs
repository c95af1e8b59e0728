//! All rows behind one month's value, where they are too many for the KPI's page of the store.

use super::{
    behind::{self, MonthSection, ROWS_A_PAGE, Shown},
    kpi,
    lookup::StoreLookup,
    page::{self, Draw, Link, Named, Page},
    store,
};
use crate::{catalog::Kpi, model::Period, project::settings::slug};
use serde::Serialize;

/// Most rows of one month that get pages of their own; beyond, the list is cut and says so.
pub(super) const ROWS_A_MONTH: usize = 4_000;

/// All rows of one month, page by page.
#[derive(Debug, Serialize)]
pub(crate) struct BehindMonthView {
    pub store: Named,
    pub kpi: kpi::Head,
    pub section: MonthSection,
    pub back: Link,
    pub part: usize,
    pub parts: Vec<Named>,
    /// Rows beyond the last page.
    pub cut: usize,
}

/// How many pages the rows of a month take; none when they fit the KPI's own page.
fn parts(store: &StoreLookup<'_>, kpi: &Kpi, month: Period) -> usize {
    let rows = store.rows_of_month(kpi, month).len();
    if rows <= ROWS_A_PAGE / store.lineage_months().len().max(1) {
        return 0;
    }
    rows.min(ROWS_A_MONTH).div_ceil(ROWS_A_PAGE)
}

/// Where a part of the rows of a month stands.
pub(crate) fn link(store: &str, kpi: &str, month: Period, part: usize) -> Link {
    let (store, kpi) = (slug(store), slug(kpi));
    Link::to(format!("stores/{store}/kpi-{kpi}-{}{}", slug(&month.to_string()), page::ending(part)))
}

/// A part of the rows behind one month's value.
pub(crate) struct BehindMonthPage<'a> {
    kpi: &'a Kpi,
    month: Period,
    part: usize,
}

impl<'a> Page<StoreLookup<'a>> for BehindMonthPage<'a> {
    type View = BehindMonthView;
    const TEMPLATE: &'static str = "behind_month.html";
    const SECTION: &'static str = "stores";

    fn all(store: &StoreLookup<'a>) -> Vec<BehindMonthPage<'a>> {
        let mut pages = Vec::new();
        for kpi in store.monthly() {
            for month in store.lineage_months() {
                let parts = 1..=parts(store, kpi, month);
                pages.extend(parts.map(|part| BehindMonthPage { kpi, month, part }));
            }
        }
        pages
    }

    fn link(&self, store: &StoreLookup<'a>) -> Link {
        link(store.id(), &self.kpi.id, self.month, self.part)
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        let above = behind::link(store.id(), &self.kpi.id).at(self.month.to_string());
        let mut way = store::way(store);
        way.push(Named::linked(store.words.text(&self.kpi.title), above));
        way.push(Named::plain(store.words.period(self.month)));
        way
    }

    fn view(&self, store: &StoreLookup<'a>, draw: &Draw<'_>) -> BehindMonthView {
        BehindMonthView::new(store, self.kpi, self.month, self.part, draw)
    }
}

impl BehindMonthView {
    fn new(store: &StoreLookup<'_>, kpi: &Kpi, month: Period, part: usize, draw: &Draw<'_>) -> BehindMonthView {
        let all = store.rows_of_month(kpi, month);
        let tables = behind::tables(store, kpi, all, Shown::Part(part, ROWS_A_MONTH), "r", draw);
        let section = behind::section(store, kpi, month, all, tables, None);
        let count = parts(store, kpi, month);
        BehindMonthView {
            store: store.named(),
            kpi: kpi::Head::new(store, kpi),
            back: behind::link(store.id(), &kpi.id).at(month.to_string()),
            parts: page::parts(count, |n| link(store.id(), &kpi.id, month, n)),
            part,
            cut: if part == count { all.len().saturating_sub(ROWS_A_MONTH) } else { 0 },
            section,
        }
    }
}

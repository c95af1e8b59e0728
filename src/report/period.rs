//! Figures by week, month, quarter and year: which periods pages show, how a reader goes from one grain to another, and the
//! pages of the group and of a store that show other periods than months.

use super::{
    area, group, kpi,
    lookup::{GroupLookup, Lookup, StoreLookup},
    page::{Draw, Link, Named, Page},
    store,
    table::{self, periods},
};
use crate::{
    catalog::Kpi,
    model::{Grain, Period, Scope},
    project::settings::slug,
};
use serde::Serialize;

/// The grains that have pages, in the order of the chooser.
pub(crate) const GRAINS: [Grain; 4] = [Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];

/// The grains that have pages beside the first one, which speaks of a month.
pub(crate) const OTHERS: [Grain; 3] = [Grain::Week, Grain::Quarter, Grain::Year];

/// So many of the newest periods of a grain are shown.
fn most(grain: Grain) -> usize {
    match grain {
        Grain::Week => 8,
        Grain::Month => 6,
        Grain::Quarter => 5,
        Grain::Year => 3,
        Grain::Asof => 0,
    }
}

/// Weeks whose values of every store the group's pages show.
const WEEKS_OF_STORES: u64 = 4;

/// Whether the group's pages show each store's value of a period.
pub fn is_of_stores(period: Period, cutoff: chrono::NaiveDate) -> bool {
    let newest = focus(Grain::Week, cutoff);
    period.grain != Grain::Week
        || (period <= newest && period.start + chrono::Days::new(7 * WEEKS_OF_STORES) > newest.start)
}

/// The period of a grain that pages speak of: the last week that is over, the month of the headlines, the quarter and the
/// year of that month.
pub(crate) fn focus(grain: Grain, cutoff: chrono::NaiveDate) -> Period {
    match grain {
        Grain::Week => {
            let week = Period::of(grain, cutoff);
            if cutoff + chrono::Days::new(1) >= week.end() { week } else { week.previous() }
        }
        _ => Period::of(grain, Period::headline(cutoff).start),
    }
}

/// The newest periods of a grain that pages show, newest first.
pub(crate) fn recent(grain: Grain, cutoff: chrono::NaiveDate) -> impl Iterator<Item = Period> {
    std::iter::successors(Some(focus(grain, cutoff)), |period| Some(period.previous())).take(most(grain))
}

/// A step to the same figures of another grain; the one that is shown leads nowhere.
pub(crate) fn chooser(lookup: &Lookup<'_>, shown: Grain, link: impl Fn(Grain) -> Link) -> Vec<Named> {
    let named = |grain: Grain| Named {
        text: lookup.words.word(&format!("grain.{}", grain.word())),
        link: (grain != shown).then(|| link(grain)),
    };
    GRAINS.into_iter().map(named).collect()
}

/// What a page of another grain shows.
#[derive(Debug, Serialize)]
pub(crate) struct PeriodView {
    pub title: String,
    pub chooser: Vec<Named>,
    pub period: String,
    pub partial: bool,
    /// What is said of it beside the figures, linked where there is something behind it.
    pub facts: Vec<Named>,
    /// The KPIs by topic over the periods, drawn.
    pub figures: String,
    /// The stores of a region or brand, drawn; empty elsewhere.
    pub stores: String,
    /// Stores left out because there are too many for one page.
    pub hidden: usize,
}

/// Where the group's page of a grain stands.
pub(crate) fn group_link(grain: Grain) -> Link {
    match grain {
        Grain::Month | Grain::Asof => group::link(),
        other => Link::to(format!("{}.html", other.word())),
    }
}

/// Where a store's page of a grain stands.
pub(crate) fn store_link(store: &str, grain: Grain) -> Link {
    match grain {
        Grain::Month | Grain::Asof => store::link(store),
        other => Link::to(format!("stores/{}/{}.html", slug(store), other.word())),
    }
}

/// The group's figures of another grain.
pub(crate) struct GroupPeriodPage {
    grain: Grain,
}

impl<'a> Page<GroupLookup<'a>> for GroupPeriodPage {
    type View = PeriodView;
    const TEMPLATE: &'static str = "period.html";
    const SECTION: &'static str = "home";

    fn all(_: &GroupLookup<'a>) -> Vec<GroupPeriodPage> {
        OTHERS.into_iter().map(|grain| GroupPeriodPage { grain }).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        group_link(self.grain)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![Named::plain(group.words.word(&format!("grain.{}", self.grain.word())))]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> PeriodView {
        let focus = group.focus(self.grain);
        let kpis = with_data(group, self.grain, Scope::Group, "group");
        PeriodView {
            hidden: 0,
            title: group.words.word("group.title"),
            chooser: chooser(group, self.grain, group_link),
            period: group.words.period(focus),
            partial: group.months.is_partial(focus),
            facts: Vec::new(),
            figures: draw(&periods::table(group, (Scope::Group, "group"), self.grain, &kpis, None)),
            stores: draw(&table::areas::table(group, focus)),
        }
    }
}

/// A store's figures of another grain.
pub(crate) struct StorePeriodPage {
    grain: Grain,
}

impl<'a> Page<StoreLookup<'a>> for StorePeriodPage {
    type View = PeriodView;
    const TEMPLATE: &'static str = "period.html";
    const SECTION: &'static str = "stores";

    fn all(_: &StoreLookup<'a>) -> Vec<StorePeriodPage> {
        OTHERS.into_iter().map(|grain| StorePeriodPage { grain }).collect()
    }

    fn link(&self, store: &StoreLookup<'a>) -> Link {
        store_link(store.id(), self.grain)
    }

    fn way(&self, store: &StoreLookup<'a>) -> Vec<Named> {
        let mut way = store::way(store);
        way.push(Named::plain(store.words.word(&format!("grain.{}", self.grain.word()))));
        way
    }

    fn view(&self, store: &StoreLookup<'a>, draw: &Draw<'_>) -> PeriodView {
        let focus = store.focus(self.grain);
        let kpis = with_data(store, self.grain, Scope::Store, store.id());
        PeriodView {
            hidden: 0,
            title: store.material.store.name.clone(),
            chooser: chooser(store, self.grain, |grain| store_link(store.id(), grain)),
            period: store.words.period(focus),
            partial: store.months.is_partial(focus),
            facts: area::of_store(store.material.store),
            figures: draw(&periods::table(store, (Scope::Store, store.id()), self.grain, &kpis, None)),
            stores: String::new(),
        }
    }
}

/// The KPIs that have values of a grain and of which something counts, in display order.
pub(crate) fn with_data<'a>(lookup: &Lookup<'a>, grain: Grain, scope: Scope, id: &str) -> Vec<&'a Kpi> {
    let catalog: &'a crate::catalog::Catalog = lookup.edition.catalog;
    let kpis = catalog.topics().into_iter().flat_map(|(_, kpis)| kpis);
    kpis.filter(|kpi| kpi.grains.contains(&grain) && lookup.has_data(kpi, scope, id)).collect()
}

/// To a KPI's page of a grain.
pub(crate) fn kpi_link(kpi: &Kpi, grain: Grain) -> Link {
    if kpi.grains.contains(&grain) { kpi::period_link(&kpi.id, grain, 1) } else { kpi::link(&kpi.id) }
}

/// Periods of which a KPI's page of a grain shows every area and store.
pub(crate) const BESIDE: usize = 4;

/// To an area's line on a KPI's page of a period's grain, where that page shows the period.
pub(crate) fn area_link(lookup: &Lookup<'_>, kpi: &Kpi, (scope, id): (Scope, &str), period: Period) -> Option<Link> {
    let shown = lookup.recent(period.grain).into_iter().take(BESIDE).any(|recent| recent == period);
    let link = || kpi::beside_link(&kpi.id, period.grain, 1).at(area::anchor(scope, id));
    (shown && kpi.grains.contains(&period.grain)).then(link)
}

//! A KPI by week, month, quarter or year: the group, its regions and brands, every store over the newest periods.

use super::{
    area, kpi, kpis,
    lookup::GroupLookup,
    page::{self, Draw, Link, Named, Page},
    period::GRAINS,
    store,
    table::{Cell, periods},
    trend::Trend,
};
use crate::{
    catalog::Kpi,
    model::{Grain, Period, Scope},
};
use serde::Serialize;

/// What it shows.
#[derive(Debug, Serialize)]
pub(crate) struct KpiPeriodView {
    pub kpi: kpi::Head,
    pub chooser: Vec<Named>,
    pub period: String,
    pub partial: bool,
    pub figure: super::figure::Figure,
    pub trend: Trend,
    /// The group, regions and brands, drawn; on the first part.
    pub areas: String,
    /// The stores of the part, drawn.
    pub stores: String,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// One grain of a KPI.
pub(crate) struct KpiPeriodPage<'a> {
    kpi: &'a Kpi,
    grain: Grain,
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for KpiPeriodPage<'a> {
    type View = KpiPeriodView;
    const TEMPLATE: &'static str = "kpi_period.html";
    const SECTION: &'static str = "kpis";

    fn all(group: &GroupLookup<'a>) -> Vec<KpiPeriodPage<'a>> {
        let parts = group.parts().len();
        let catalog: &'a crate::catalog::Catalog = group.edition.catalog;
        let mut pages = Vec::new();
        for kpi in &catalog.kpis {
            for grain in GRAINS.into_iter().filter(|grain| kpi.grains.contains(grain)) {
                pages.extend((1..=parts).map(|part| KpiPeriodPage { kpi, grain, part }));
            }
        }
        pages
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        kpi::beside_link(&self.kpi.id, self.grain, self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        let title = group.words.text(&self.kpi.title);
        let grain = group.words.word(&format!("grain.{}", self.grain.word()));
        vec![kpis::named(group), Named::linked(title, kpi::link(&self.kpi.id)), Named::plain(grain)]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> KpiPeriodView {
        let &KpiPeriodPage { kpi, grain, part } = self;
        let words = group.words;
        let focus = group.focus(grain);
        let (areas, stores) = (areas(group), stores(group, part));
        let trend_of = |period: Period| (period, group.figure(kpi, Scope::Group, "group", period).linked(None));
        let recent = group.recent(grain).into_iter().rev().map(trend_of).collect();
        KpiPeriodView {
            kpi: kpi::Head::new(group, kpi),
            chooser: kpi::chooser(group, kpi, grain),
            period: words.period(focus),
            partial: group.months.is_partial(focus),
            figure: group.figure(kpi, Scope::Group, "group", focus).linked(None),
            trend: Trend::new(kpi, words.text(&kpi.title), recent, None, words),
            areas: if part == 1 { draw(&periods::of_kpi(group, kpi, grain, areas)) } else { String::new() },
            stores: draw(&periods::of_kpi(group, kpi, grain, stores)),
            part,
            parts: page::parts(group.parts().len(), |part| kpi::beside_link(&kpi.id, grain, part).at("stores")),
        }
    }
}

/// The group, its regions and brands, each under its anchor.
fn areas<'a>(group: &GroupLookup<'a>) -> Vec<periods::Line<'a>> {
    let whole = periods::Line {
        name: Cell::text(group.words.word("heat.all")),
        anchor: String::new(),
        areas: [Cell::Blank, Cell::Blank],
        scope: Scope::Group,
        id: "group",
    };
    let line = |(scope, id): (Scope, &'a str)| {
        let own = |other: Scope| if other == scope { Cell::text(id) } else { Cell::Blank };
        periods::Line {
            name: Cell::Link(id.into(), area::link(scope, id, Grain::Month)),
            anchor: area::anchor(scope, id),
            areas: [own(Scope::Region), own(Scope::Brand)],
            scope,
            id,
        }
    };
    let all = area::SCOPES.into_iter().flat_map(|scope| area::ids(group, scope).into_iter().map(move |id| (scope, id)));
    std::iter::once(whole).chain(all.map(line)).collect()
}

/// The stores of a part.
fn stores<'a>(group: &GroupLookup<'a>, part: usize) -> Vec<periods::Line<'a>> {
    let parts = group.parts();
    let here = parts.get(part - 1).map_or(&[][..], Vec::as_slice);
    let line = |(own, _): &(&'a crate::project::Store, _)| periods::Line {
        name: Cell::Link(own.name.as_str().into(), store::link(&own.id)),
        anchor: String::new(),
        areas: area::cells(own),
        scope: Scope::Store,
        id: &own.id,
    };
    here.iter().map(line).collect()
}

//! The list of KPIs.

use super::{
    figure::Figure,
    kpi,
    lookup::{GroupLookup, Lookup},
    page::{Draw, Link, Named, Page},
    topic,
    trend::{Delta, Trend},
};
use crate::{
    catalog::{Direction, Kpi},
    model::{Scope, Status},
};
use serde::Serialize;

/// Where the list stands.
pub(crate) fn link() -> Link {
    Link::to("kpi/index.html")
}

/// The list's name, linked.
pub(crate) fn named(lookup: &Lookup<'_>) -> Named {
    Named::linked(lookup.words.word("nav.kpis"), link())
}

/// The list of KPIs.
pub(crate) struct KpisPage;

impl<'a> Page<GroupLookup<'a>> for KpisPage {
    type View = KpisView;
    const TEMPLATE: &'static str = "kpis.html";
    const SECTION: &'static str = "kpis";

    fn all(_: &GroupLookup<'a>) -> Vec<KpisPage> {
        vec![KpisPage]
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link()
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![named(group)]
    }

    fn view(&self, group: &GroupLookup<'a>, _: &Draw<'_>) -> KpisView {
        KpisView::new(group)
    }
}

/// What it shows.
#[derive(Debug, Serialize)]
pub(crate) struct KpisView {
    pub month: String,
    pub partial: bool,
    pub topics: Vec<Topic>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Topic {
    pub id: String,
    pub title: Named,
    pub lines: Vec<KpiLine>,
}

#[derive(Debug, Serialize)]
pub(crate) struct KpiLine {
    pub title: Named,
    pub meaning: String,
    pub assumption: bool,
    /// Kept by the week, see [`kpi::is_weekly`].
    pub weekly: bool,
    pub down: bool,
    pub figure: Figure,
    pub delta: Option<Delta>,
    pub trend: Option<Trend>,
    /// Stores that meet their target, of those with a value and a target.
    pub met: usize,
    pub judged: usize,
}

impl KpisView {
    fn new(group: &GroupLookup<'_>) -> KpisView {
        let month = group.months.focus;
        let line = |kpi: &Kpi| {
            let trend = group.trend(kpi, Scope::Group, "group", 14, false);
            let stores = group.material.stores.iter();
            let statuses: Vec<Status> =
                stores.filter_map(|store| Some(group.value(kpi, Scope::Store, &store.id, month)?.status)).collect();
            let count = |wanted: Status| statuses.iter().filter(|status| **status == wanted).count();
            let met = count(Status::Met);
            KpiLine {
                title: Named::linked(group.words.text(&kpi.title), kpi::link(&kpi.id)),
                meaning: group.words.text(&kpi.meaning),
                assumption: kpi.assumption,
                weekly: kpi::is_weekly(kpi),
                down: kpi.direction == Direction::Down,
                figure: group.figure(kpi, Scope::Group, "group", month),
                delta: group.delta(kpi, Scope::Group, "group", month),
                trend: trend.drawable().then_some(trend),
                met,
                judged: met + count(Status::Missed),
            }
        };
        KpisView {
            month: group.words.period(month),
            partial: group.months.is_partial(month),
            topics: group
                .topics()
                .into_iter()
                .map(|(topic, kpis)| Topic {
                    title: topic::named(group, &topic),
                    id: topic.to_string(),
                    lines: kpis.into_iter().map(line).collect(),
                })
                .collect(),
        }
    }
}

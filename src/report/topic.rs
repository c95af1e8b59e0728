//! A topic's page: its KPIs for the group, and for every store beside each other.

use super::{
    group::{self, Card},
    heat::Heat,
    kpis,
    lookup::{GroupLookup, Lookup},
    page::{Draw, Link, Named, Page},
};
use crate::{catalog::Kpi, model::Scope, project::settings::slug};
use serde::Serialize;
use std::sync::Arc;

/// The id in links of the topic of KPIs that name none.
const UNTITLED: &str = "other";

/// Where it stands.
pub(crate) fn link(topic: &str) -> Link {
    Link::to(format!("topics/{}.html", slug(if topic.is_empty() { UNTITLED } else { topic })))
}

/// A topic's name, linked.
pub(crate) fn named(lookup: &Lookup<'_>, topic: &str) -> Named {
    Named::linked(lookup.topic_name(topic), link(topic))
}

/// What it shows.
#[derive(Debug, Serialize)]
pub(crate) struct TopicView {
    pub title: String,
    pub month: String,
    pub partial: bool,
    pub cards: Vec<Card>,
    pub heat: Heat,
    /// Titles of KPIs of which nothing counts.
    pub without: Vec<String>,
}

/// A topic.
pub(crate) struct TopicPage<'a> {
    topic: Arc<str>,
    kpis: Vec<&'a Kpi>,
}

impl<'a> Page<GroupLookup<'a>> for TopicPage<'a> {
    type View = TopicView;
    const TEMPLATE: &'static str = "topic.html";
    const SECTION: &'static str = "kpis";

    fn all(group: &GroupLookup<'a>) -> Vec<TopicPage<'a>> {
        group.topics().into_iter().map(|(topic, kpis)| TopicPage { topic, kpis }).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        link(&self.topic)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![kpis::named(group), named(group, &self.topic)]
    }

    fn view(&self, group: &GroupLookup<'a>, _: &Draw<'_>) -> TopicView {
        let (known, without): (Vec<&Kpi>, Vec<&Kpi>) =
            self.kpis.iter().partition(|kpi| group.has_data(kpi, Scope::Group, "group"));
        TopicView {
            title: group.topic_name(&self.topic),
            month: group.words.period(group.months.focus),
            partial: group.months.is_partial(group.months.focus),
            cards: known.iter().map(|kpi| group::card(group, kpi)).collect(),
            heat: Heat::of(group, vec![(self.topic.clone(), known)]),
            without: without.iter().map(|kpi| group.words.text(&kpi.title)).collect(),
        }
    }
}

//! Whom to chase this week: sheets not sent, files that could not be read, stores that miss most, work overdue.

use super::{
    coverage, figure, lookup::GroupLookup, page::Named, quality, store, store_quality, stores, submissions, worklist,
    worklists,
};
use crate::model::Period;
use serde::Serialize;

/// Names beside one item; the item's own link has the others.
const NAMES: usize = 4;

/// One thing to chase.
#[derive(Debug, Serialize)]
pub(crate) struct Chase {
    /// `bad`: do it now; `open`: not due yet; `good`: nothing to do.
    pub tone: &'static str,
    pub mark: &'static str,
    pub title: String,
    pub number: Named,
    /// Who or what, worst first.
    pub names: Vec<Named>,
    pub more: usize,
}

pub(crate) fn chase(group: &GroupLookup<'_>) -> Vec<Chase> {
    let newest = coverage::lines(group).filter(|line| line.expected).map(|line| line.week).max();
    let due = coverage::due_week(group.edition, coverage::lines(group)).filter(|due| Some(*due) != newest);
    let weeks = newest.into_iter().chain(due).map(|week| reports(group, week));
    weeks.chain([unread(group), missed(group), overdue(group)]).collect()
}

fn item(group: &GroupLookup<'_>, tone: &'static str, title: String, number: Named, mut names: Vec<Named>) -> Chase {
    let mark = match tone {
        "bad" => "✗",
        "open" => "…",
        _ => "✓",
    };
    if names.is_empty() {
        names.push(Named::plain(group.words.word("chase.none")));
    }
    let more = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    Chase { tone, mark, title, number, names, more }
}

/// The stores that have not sent all they owe for a week, or sent it late.
fn reports(group: &GroupLookup<'_>, week: Period) -> Chase {
    let due = coverage::is_due(group.edition, week);
    let (mut owing, mut asked) = (Vec::new(), 0);
    for (store, digest) in group.stores() {
        let lines = || digest.board.iter().filter(|line| line.week == week && line.expected);
        let (all, here) = (lines().count(), lines().filter(|line| line.received).count());
        asked += usize::from(all > 0);
        let late = lines().any(|line| line.received && line.on_time == Some(false));
        if here < all || late {
            let what = match (here, all) {
                (here, all) if here < all => format!("{here}/{all}"),
                _ => group.words.word("board.late"),
            };
            owing.push(Named::linked(
                format!("{} {what}", store.name),
                store_quality::link(&store.id, 1).at("submissions"),
            ));
        }
    }
    let deadline = group.edition.settings.deadline(week).format("%m-%d %H:%M").to_string();
    let key = if due { "chase.reports_due" } else { "chase.reports" };
    let title = group.words.fill(key, &[("week", &group.words.period(week)), ("at", &deadline)]);
    let tone = match (owing.is_empty(), due) {
        (true, _) => "good",
        (_, true) => "bad",
        _ => "open",
    };
    let number = Named::linked(format!("{}/{asked}", asked - owing.len()), submissions::link(1));
    item(group, tone, title, number, owing)
}

/// Files of which nothing could be read.
fn unread(group: &GroupLookup<'_>) -> Chase {
    let mut stores: Vec<(u64, Named)> = Vec::new();
    for (store, digest) in group.stores() {
        let counts = quality::Counts::of(digest);
        if let (1.., Some(links)) = (counts.unread, counts.links) {
            stores.push((counts.unread, Named::linked(format!("{} {}", store.name, counts.unread), links.errors)));
        }
    }
    stores.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let all: u64 = stores.iter().map(|(count, _)| count).sum();
    let number = Named::linked(figure::tally(all), quality::link(1).at("stores"));
    let names = stores.into_iter().map(|(_, name)| name).collect();
    item(group, if all > 0 { "bad" } else { "good" }, group.words.word("chase.unread"), number, names)
}

/// The stores that miss the most targets.
fn missed(group: &GroupLookup<'_>) -> Chase {
    let month = group.months.focus;
    let mut stores: Vec<(usize, Named)> = Vec::new();
    let mut judged = 0;
    for store in group.material.stores {
        let (met, missed) = group.met_and_missed(&store.id, month);
        judged += met + missed;
        if missed > 0 {
            stores.push((missed, Named::linked(format!("{} {missed}", store.name), store::link(&store.id))));
        }
    }
    stores.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let all: usize = stores.iter().map(|(count, _)| count).sum();
    let number = Named::linked(format!("{all}/{judged}"), stores::link(1));
    let names = stores.into_iter().map(|(_, name)| name).collect();
    item(group, if all > 0 { "bad" } else { "good" }, group.words.word("chase.missed"), number, names)
}

/// Work past its day, by list.
fn overdue(group: &GroupLookup<'_>) -> Chase {
    let mut lists: Vec<(usize, Named)> = Vec::new();
    for line in worklist::group_lists(group).into_iter().filter(|line| line.over > 0) {
        let text = format!("{} {}", line.title.text, line.over);
        lists.push((line.over, Named { text, link: line.title.link }));
    }
    lists.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let all: usize = lists.iter().map(|(count, _)| count).sum();
    let number = Named::linked(figure::tally(all as u64), worklists::link(1));
    let names = lists.into_iter().map(|(_, name)| name).collect();
    item(group, if all > 0 { "bad" } else { "good" }, group.words.word("chase.overdue"), number, names)
}

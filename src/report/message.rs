//! The week's message: what the group's page, or a store's, says first, in so few lines that a chat takes them. Every figure
//! is the one that stands on the page. No customer is named; people only in a store's own message.

use super::{
    GroupMaterial, Standing, StoreMaterial,
    brief::{Brief, BriefLine},
    figure,
    group::{self, Card},
    lookup::{GroupLookup, Lookup, StoreLookup},
    quality, store,
    words::Words,
    worklist,
};
use crate::model::WorklistRow;
use std::{cmp::Reverse, collections::BTreeMap};

/// People named behind a list.
const OWNERS: usize = 3;

/// The week's message, without form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekMessage {
    /// Whose it is and of which week.
    pub title: String,
    /// What is said first, in sentences.
    pub lead: Vec<String>,
    /// What there is to do and how it went.
    pub sections: Vec<Section>,
}

/// Lines under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The lines, most urgent first.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it stands, so that it can be coloured.
    pub tone: Tone,
    /// The same as a mark, so that colour never stands alone; may be empty.
    pub mark: String,
    /// What it is about.
    pub title: String,
    /// Its number.
    pub number: String,
    /// What stands behind: who, the target, the change.
    pub detail: String,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do.
    Good,
    /// To be done now.
    Bad,
    /// Neither.
    Plain,
}

/// The group's message.
pub fn of_group(material: &GroupMaterial<'_>, words: &Words) -> WeekMessage {
    let group = GroupLookup::new(material, words);
    let brief = Brief::of_group(&group);
    let lead = vec![as_of(&group), brief.sentence];
    let todo = brief.lines.into_iter().map(|line| to_do(line, words)).collect();
    let cards = group.headlines().into_iter().map(|kpi| figure_line(group::card(&group, kpi), words)).collect();
    WeekMessage {
        title: filled(words, "message.title", &[("name", material.edition.settings.group.clone())]),
        lead,
        sections: sections(vec![(words.word("brief.title"), todo), (month(&group), cards)]),
    }
}

/// A store's own message.
pub fn of_store(
    edition: super::Edition<'_>,
    words: &Words,
    material: &StoreMaterial<'_>,
    standing: &Standing,
) -> WeekMessage {
    let own = StoreLookup::new(edition, words, material, standing);
    let mut lead = vec![as_of(&own), Brief::of_store(&own).sentence];
    let counts = quality::store_counts(&own);
    let args = [("errors", figure::tally(counts.errors)), ("warnings", figure::tally(counts.warnings))];
    lead.push(filled(words, "message.findings", &args));
    let cards = store::cards(&own).into_iter().map(|card| figure_line(card, words)).collect();
    WeekMessage {
        title: filled(words, "message.title", &[("name", material.store.name.clone())]),
        lead,
        sections: sections(vec![(words.word("message.work"), work(&own)), (month(&own), cards)]),
    }
}

fn filled(words: &Words, key: &str, args: &[(&str, String)]) -> String {
    let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    words.fill(key, &args)
}

fn as_of(lookup: &Lookup<'_>) -> String {
    filled(lookup.words, "message.as_of", &[("cutoff", lookup.edition.cutoff.display())])
}

/// The heading of the figures: which month they are of, and whether it is over.
fn month(lookup: &Lookup<'_>) -> String {
    let focus = lookup.months.focus;
    let key = if lookup.months.is_partial(focus) { "message.to_date" } else { "message.month" };
    filled(lookup.words, key, &[("month", lookup.words.period(focus))])
}

fn sections(all: Vec<(String, Vec<Line>)>) -> Vec<Section> {
    let all = all.into_iter().map(|(title, lines)| Section { title, lines });
    all.filter(|section| !section.lines.is_empty()).collect()
}

fn to_do(own: BriefLine, words: &Words) -> Line {
    let oldest = own.oldest.map(|oldest| filled(words, "message.oldest", &[("days", oldest.days.to_string())]));
    let mut detail: Vec<String> = oldest.into_iter().collect();
    if let Some(turnover) = own.turnover {
        let args = [("new", turnover.new), ("gone", turnover.gone)].map(|(name, n)| (name, n.to_string()));
        detail.push(filled(words, "message.turnover", &args));
    }
    detail.extend(own.names.into_iter().map(|name| name.text));
    if own.more > 0 {
        detail.push(filled(words, "brief.more", &[("n", own.more.to_string())]));
    }
    let tone = if own.tone == "bad" { Tone::Bad } else { Tone::Good };
    let title = filled(words, "message.todo", &[("owner", own.owner), ("verb", own.verb)]);
    let detail = detail.join(&words.word("table.comma"));
    Line { tone, mark: own.mark.to_owned(), title, number: own.count.text, detail }
}

/// A headline figure with its target and how it moved.
fn figure_line(card: Card, words: &Words) -> Line {
    let figure = card.figure;
    let tone = match figure.status {
        "met" => Tone::Good,
        "missed" => Tone::Bad,
        _ => Tone::Plain,
    };
    let target = figure.target.map(|target| filled(words, "message.target", &[("target", target)]));
    let change = card.delta.map(|delta| {
        let against = if delta.same_days { "message.change_same_days" } else { "message.change" };
        filled(words, against, &[("change", delta.text)])
    });
    let detail: Vec<String> = target.into_iter().chain(change).collect();
    let detail = detail.join(&words.word("table.comma"));
    Line { tone, mark: figure.mark.to_owned(), title: card.title.text, number: figure.text, detail }
}

/// The store's lists with something on them, those with most past its day first, and who has most of it.
fn work(own: &StoreLookup<'_>) -> Vec<Line> {
    let words = own.words;
    let lists = &own.edition.catalog.worklists;
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for (list, line) in lists.iter().zip(worklist::store_lists(own)).filter(|(_, line)| line.total > 0) {
        let mut detail = Vec::new();
        if line.over > 0 {
            detail.push(filled(words, "work.over", &[("n", line.over.to_string())]));
        }
        if let Some(oldest) = line.oldest.filter(|days| *days > 0) {
            detail.push(filled(words, "message.oldest", &[("days", oldest.to_string())]));
        }
        detail.extend(owners(own.worklist(&list.id)));
        let tone = if line.over > 0 { Tone::Bad } else { Tone::Plain };
        let mark = if line.over > 0 { "✗" } else { "·" }.to_owned();
        let detail = detail.join(&words.word("table.comma"));
        lines.push((line.over, Line { tone, mark, title: line.title.text, number: line.count, detail }));
    }
    lines.sort_by_key(|(over, _)| Reverse(*over));
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Those with most rows past their day: name and count.
fn owners(rows: &[WorklistRow]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.days_over.is_some_and(|days| days > 0)) {
        if let Some(owner) = row.owner.as_deref().filter(|owner| !owner.is_empty()) {
            *counts.entry(owner).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(name, count)| (Reverse(*count), *name));
    counts.into_iter().take(OWNERS).map(|(name, count)| format!("{name} {count}")).collect()
}

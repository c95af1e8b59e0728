//! A KPI's page: what it means, how it is computed, its trend, the stores ranked.

use super::{
    area,
    figure::{self, Figure},
    kpi_slices, kpis,
    lookup::{GroupLookup, Lookup, STORES_A_PAGE},
    notes::{self, NoteLine},
    page::{self, Draw, Link, Named, Page},
    period, store,
    table::{Cell, Column, Kind, Mark, Measure, Row, Table, Value, scores},
    topic,
    trend::{Delta, Trend},
};
use crate::{
    catalog::{Accumulate, Direction, Kpi},
    model::{Grain, KpiValue, Quantity, Scope},
    project::{Store, settings::slug},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// Slices of a dimension shown; all of them are on [`super::kpi_slices`].
const SLICES: usize = 20;

#[derive(Debug, Serialize)]
pub(crate) struct KpiView {
    pub definition: Definition,
    pub topic: Named,
    pub chooser: Vec<Named>,
    /// To areas and stores over the newest months.
    pub beside: Link,
    pub month: String,
    pub partial: bool,
    pub figure: Figure,
    pub delta: Option<Delta>,
    /// What the group's process gives, in words; empty where nothing can be said.
    pub process: String,
    pub trend: Trend,
    pub notes: Vec<NoteLine>,
    pub bars: Bars,
    /// The stores of the part beside each other, drawn.
    pub stores: String,
    pub part: usize,
    pub parts: Vec<Named>,
    pub slices: Vec<Slice>,
}

/// A KPI as defined: the same text for its page, the dictionary and the rows behind it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Definition {
    pub id: String,
    pub title: String,
    pub link: Link,
    pub topic: String,
    pub meaning: String,
    pub advice: String,
    pub fact: String,
    pub time: String,
    pub rows: String,
    pub excluded: String,
    pub numerator: String,
    pub denominator: Option<String>,
    pub unit: String,
    pub down: bool,
    pub closing: bool,
    pub target: Option<String>,
    pub source: String,
    pub assumption: bool,
    /// Kept by the week, see [`is_weekly`].
    pub weekly: bool,
    pub file: String,
    /// What documents give to hold it against; empty where none does.
    pub benchmark: String,
    /// The department's function that it serves; empty where it names none.
    pub function: String,
}

impl Definition {
    pub(crate) fn new(lookup: &Lookup<'_>, kpi: &Kpi) -> Definition {
        let words = lookup.words;
        let (numerator, denominator) = kpi.formula();
        let of_rows = kpi.kind.of_others().is_empty();
        let written = |text: &str| if of_rows { text.trim().to_owned() } else { String::new() };
        Definition {
            id: kpi.id.to_string(),
            title: words.text(&kpi.title),
            link: link(&kpi.id),
            topic: lookup.topic_name(&kpi.topic),
            meaning: words.text(&kpi.meaning),
            advice: words.text(&kpi.advice),
            fact: kpi.made_of(),
            time: written(&kpi.time),
            rows: written(&kpi.rows.sql),
            excluded: if of_rows { kpi.excluded.sql.trim().to_owned() } else { "false".to_owned() },
            numerator,
            denominator,
            unit: words.text(&kpi.unit.name),
            down: kpi.direction == Direction::Down,
            closing: kpi.accumulate == Accumulate::Closing,
            target: kpi.target.map(|target| figure::shown(target.to_f64(), kpi, words)),
            source: kpi.source.clone(),
            assumption: kpi.assumption,
            weekly: is_weekly(kpi),
            file: kpi.file.to_string(),
            benchmark: words.text(&kpi.benchmark),
            function: words.text(&lookup.edition.catalog.function_title(kpi)),
        }
    }
}

/// Of more stores than twice this, the best and the worst are drawn; the table has them all.
const ENDS: usize = 20;

/// Stores as bars, best first.
#[derive(Debug, Serialize)]
pub(crate) struct Bars {
    pub title: String,
    pub bars: Vec<Bar>,
    /// Where the bars leave out those between the best and the worst.
    pub gap: Option<usize>,
    pub target: Option<f64>,
    pub target_text: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Bar {
    pub label: String,
    pub value: f64,
    pub text: String,
    pub status: &'static str,
    pub link: Option<Link>,
}

/// A KPI along another scope: region, brand, channel, model.
#[derive(Debug, Serialize)]
pub(crate) struct Slice {
    pub title: String,
    pub rows: Vec<SliceLine>,
    /// To all of them with what each store adds.
    pub all: Option<Link>,
    pub more: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct SliceLine {
    pub name: Named,
    /// Its place on the page; empty for none.
    pub anchor: String,
    pub figure: Figure,
}

/// What stands above everything that pages say of a KPI; how it is computed is on its own page.
#[derive(Debug, Serialize)]
pub(crate) struct Head {
    pub title: String,
    pub topic: Named,
    pub meaning: String,
    pub assumption: bool,
    /// Kept by the week, see [`is_weekly`].
    pub weekly: bool,
    /// To its page.
    pub page: Link,
    pub definition: Link,
}

impl Head {
    pub(crate) fn new(lookup: &Lookup<'_>, kpi: &Kpi) -> Head {
        Head {
            title: lookup.words.text(&kpi.title),
            topic: topic(lookup, kpi),
            meaning: lookup.words.text(&kpi.meaning),
            assumption: kpi.assumption,
            weekly: is_weekly(kpi),
            page: link(&kpi.id),
            definition: link(&kpi.id).at("definition"),
        }
    }
}

/// Whether a KPI is kept by the week: a week counts to the month of its Thursday, which a reader of a month must know.
pub(crate) fn is_weekly(kpi: &Kpi) -> bool {
    &*kpi.time == "week"
}

/// Where a KPI's page stands.
pub(crate) fn link(kpi: &str) -> Link {
    part_link(kpi, 1)
}

/// Where a part of the stores stands.
fn part_link(kpi: &str, part: usize) -> Link {
    Link::to(format!("kpi/{}{}", slug(kpi), page::ending(part)))
}

/// Where a part of the stores stands on a KPI's page of a grain.
pub(crate) fn period_link(kpi: &str, grain: Grain, part: usize) -> Link {
    match grain {
        Grain::Month | Grain::Asof => part_link(kpi, part),
        other => Link::to(format!("kpi/{}/{}{}", other.word(), slug(kpi), page::ending(part))),
    }
}

/// Where the group, areas and stores stand beside each other over the newest periods of a grain, months too.
pub(crate) fn beside_link(kpi: &str, grain: Grain, part: usize) -> Link {
    match grain {
        Grain::Month | Grain::Asof => Link::to(format!("kpi/month/{}{}", slug(kpi), page::ending(part))),
        other => period_link(kpi, other, part),
    }
}

/// To the same KPI by another grain, of those it has.
pub(crate) fn chooser(lookup: &Lookup<'_>, kpi: &Kpi, shown: Grain) -> Vec<Named> {
    let mut choices = period::chooser(lookup, shown, |grain| period_link(&kpi.id, grain, 1));
    let has = period::GRAINS.map(|grain| kpi.grains.contains(&grain));
    let mut has = has.into_iter();
    choices.retain(|_| has.next().unwrap_or_default());
    choices
}

/// A KPI's topic, linked.
pub(crate) fn topic(lookup: &Lookup<'_>, kpi: &Kpi) -> Named {
    topic::named(lookup, &kpi.topic)
}

/// A KPI's page.
pub(crate) struct KpiPage<'a> {
    kpi: &'a Kpi,
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for KpiPage<'a> {
    type View = KpiView;
    const TEMPLATE: &'static str = "kpi.html";
    const SECTION: &'static str = "kpis";

    fn all(group: &GroupLookup<'a>) -> Vec<KpiPage<'a>> {
        let parts = group.parts().len();
        let kpis = group.edition.catalog.kpis.iter();
        kpis.flat_map(|kpi| (1..=parts).map(move |part| KpiPage { kpi, part })).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        part_link(&self.kpi.id, self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        vec![kpis::named(group), Named::plain(group.words.text(&self.kpi.title))]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> KpiView {
        KpiView::new(group, self.kpi, self.part, draw)
    }
}

impl KpiView {
    fn new(group: &GroupLookup<'_>, kpi: &Kpi, part: usize, draw: &Draw<'_>) -> KpiView {
        let month = group.months.focus;
        let figure = group.figure(kpi, Scope::Group, "group", month);
        let ranking = group.ranking(kpi, month);
        let target = group.value(kpi, Scope::Group, "group", month).and_then(|value| value.target);
        let notes = notes::of(group, kpi, None);
        let places = group.places(&ranking);
        let placed: BTreeSet<&str> = places.iter().map(|(store, _)| &*store.id).collect();
        let unplaced = group.material.stores.iter().filter(|store| !placed.contains(&*store.id));
        let of_one = places.len() < 2;
        let placed = places.iter().map(|(store, place)| (*store, Some(*place).filter(|_| !of_one)));
        let ordered = placed.chain(unplaced.map(|store| (store, None)));
        let here = ordered.skip((part - 1) * STORES_A_PAGE).take(STORES_A_PAGE);
        let stores = draw(&stores_table(group, kpi, here));
        let places: Vec<_> = kpi_slices::places(group, kpi).collect();
        KpiView {
            definition: Definition::new(group, kpi),
            topic: topic(group, kpi),
            chooser: chooser(group, kpi, Grain::Month),
            beside: if kpi.grains.contains(&Grain::Month) {
                beside_link(&kpi.id, Grain::Month, 1)
            } else {
                link(&kpi.id)
            },
            month: group.words.period(month),
            partial: group.months.is_partial(month),
            delta: group.delta(kpi, Scope::Group, "group", month),
            process: process(group, kpi),
            trend: group.trend(kpi, Scope::Group, "group", 14, false).noted(&notes),
            notes,
            bars: bars(group, kpi, &ranking, target, figure.target.clone()),
            figure,
            stores,
            part,
            parts: page::parts(group.parts().len(), |part| part_link(&kpi.id, part).at("stores")),
            slices: [Scope::Region, Scope::Brand, Scope::Channel, Scope::Model, Scope::Level]
                .into_iter()
                .filter_map(|scope| slice(group, kpi, scope, &places))
                .collect(),
        }
    }
}

/// `最近 12 个整月的正常范围 61.2% 到 70.3% · 正常波动 · 时好时坏`.
fn process(group: &GroupLookup<'_>, kpi: &Kpi) -> String {
    let words = group.words;
    let process = group.process(kpi, Scope::Group, "group");
    let Some(limits) = process.limits else { return String::new() };
    // A share lies between nothing and all, whatever its moves.
    let share = kpi.unit.is_share();
    let limit = |number: f64| figure::shown(if share { number.clamp(0.0, 1.0) } else { number }, kpi, words);
    let (lower, upper, n) = (limit(limits.lower), limit(limits.upper), process.months.to_string());
    let range = words.fill("variation.limits", &[("lower", &lower), ("upper", &upper), ("n", &n)]);
    let variation = words.word(&format!("variation.{}", process.variation.word()));
    let assurance = process.assurance.map(|assurance| words.word(&format!("assurance.{}", assurance.word())));
    [Some(range), Some(variation), assurance].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn bars(
    group: &GroupLookup<'_>,
    kpi: &Kpi,
    ranking: &[(&Store, f64)],
    target: Option<Quantity>,
    target_text: Option<String>,
) -> Bars {
    let bar = |(store, number): &(&Store, f64)| {
        let own = group.figure(kpi, Scope::Store, &store.id, group.months.focus);
        Bar {
            label: store.name.clone(),
            value: *number,
            text: own.text,
            status: own.status,
            link: own.link.or_else(|| Some(store::link(&store.id))),
        }
    };
    let gap = (ranking.len() > ENDS * 2).then_some(ENDS);
    let bars = match gap {
        Some(ends) => ranking[..ends].iter().chain(&ranking[ranking.len() - ends..]).map(bar).collect(),
        None => ranking.iter().map(bar).collect(),
    };
    Bars { title: group.words.text(&kpi.title), bars, gap, target: target.map(Quantity::to_f64), target_text }
}

/// Stores beside each other, each with its place.
fn stores_table<'a>(
    group: &GroupLookup<'a>,
    kpi: &Kpi,
    stores: impl Iterator<Item = (&'a Store, Option<usize>)>,
) -> Table<'a> {
    let words = group.words;
    let (month, before) = (group.months.focus, group.months.before);
    let column = |key: &str, kind, width| Column::new(words.word(key), kind, width);
    let columns = vec![
        column("nav.store", Kind::Text, 22.0),
        column("scope.region", Kind::Text, 12.0),
        column("scope.brand", Kind::Text, 12.0),
        column("figure.place", Kind::Number(Measure::WHOLE), 9.0),
        column("figure.value", Kind::Value, 12.0),
        column("figure.status", Kind::Text, 11.0),
        column("figure.target", Kind::Value, 12.0),
        column("figure.gap", Kind::Value, 14.0),
        column("figure.numerator", Kind::Value, 12.0),
        column("figure.denominator", Kind::Value, 12.0),
        column("figure.excluded", Kind::Number(Measure::WHOLE), 9.0),
        column("figure.before", Kind::Value, 12.0),
        column("figure.change", Kind::Value, 14.0),
        column("figure.variation", Kind::Word, 12.0),
        column("figure.assurance", Kind::Word, 12.0),
        column("figure.trend", Kind::Trend { first: 0, last: 0 }, 14.0),
    ];
    let rows = stores.map(|(store, place)| {
        let value = group.value(kpi, Scope::Store, &store.id, month);
        let figure = group.figure(kpi, Scope::Store, &store.id, month);
        let trend = group.trend(kpi, Scope::Store, &store.id, 14, false);
        let text = |text: &Option<String>| Cell::text(text.clone().unwrap_or_default());
        let [region, brand] = area::cells(store);
        let [variation, assurance] = scores::process(group, kpi, Scope::Store, &store.id);
        Row::from(vec![
            Cell::Link(store.name.as_str().into(), store::link(&store.id)),
            region,
            brand,
            Cell::number(place.map(|place| place as f64)),
            Value::of(&figure, kpi, words).cell(),
            Cell::Mark(Mark::of(figure.verdict, words)),
            text(&figure.target),
            text(&figure.gap),
            Cell::sum(value.map(|value| value.numerator)),
            Cell::sum(value.and_then(|value| value.denominator)),
            Cell::Number(figure.excluded as f64),
            Value::of(&group.figure(kpi, Scope::Store, &store.id, before), kpi, words).cell(),
            scores::change(group, kpi, Scope::Store, &store.id).map_or(Cell::Blank, Value::cell),
            variation,
            assurance,
            if trend.drawable() { Cell::Trend(Box::new(trend)) } else { Cell::Blank },
        ])
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, empty: words.word("kpi.no_stores").into(), ..Table::default() }
}

fn slice(group: &GroupLookup<'_>, kpi: &Kpi, scope: Scope, places: &[((Scope, &str), Link)]) -> Option<Slice> {
    let is_area = area::SCOPES.contains(&scope);
    let line = |value: &KpiValue| {
        let id = &*value.scope_id;
        let text = if id.is_empty() { group.words.word("figure.unnamed") } else { id.to_owned() };
        let is_area = is_area && !id.is_empty();
        // The stores of an area stand on this page; what stores add to another slice has a page of its own.
        let place = places.iter().find(|(of, _)| *of == (scope, id)).map(|(_, link)| link.clone());
        SliceLine {
            name: Named { text, link: is_area.then(|| area::link(scope, id, Grain::Month)) },
            anchor: if is_area { area::anchor(scope, id) } else { String::new() },
            figure: group.figure_of(kpi, value).linked(place),
        }
    };
    let mut rows: Vec<SliceLine> = kpi_slices::slices(group, kpi, scope).into_iter().map(line).collect();
    let most = if is_area { rows.len() } else { SLICES };
    let more = rows.len().saturating_sub(most);
    rows.truncate(most);
    (!rows.is_empty()).then(|| Slice {
        title: group.words.word(&format!("scope.{}", scope.word())),
        all: places.first().map(|(_, link)| Link::to(link.path.clone())).filter(|_| !is_area),
        more,
        rows,
    })
}

//! A KPI by channel, model and level, store by store: what the group's figure of each is made of.

use super::{
    area,
    figure::Figure,
    kpi, kpis,
    lookup::GroupLookup,
    page::{self, Draw, Link, Named, Page},
    store,
    table::{Cell, Column, Kind, Measure, Row, Table, Value},
    topic,
};
use crate::{
    catalog::Kpi,
    model::{KpiValue, Scope, Status},
    project::{Store, settings::slug},
};
use serde::Serialize;

/// Lines on one page.
const LINES_A_PAGE: usize = 1_000;

/// What it shows.
#[derive(Debug, Serialize)]
pub(crate) struct KpiSlicesView {
    pub title: String,
    pub topic: Named,
    pub meaning: String,
    pub assumption: bool,
    pub weekly: bool,
    pub definition: Link,
    pub back: Link,
    pub month: String,
    pub partial: bool,
    /// The lines of the part, drawn.
    pub lines: String,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// A channel, a model or a level, with its value in the month that pages speak of.
pub(crate) struct Slice<'a> {
    pub scope: Scope,
    /// Its name.
    pub id: &'a str,
    pub figure: Figure,
    value: &'a KpiValue,
}

/// The slices of a KPI of one scope that count in the month that pages speak of, those with most rows first.
pub(crate) fn slices<'a>(group: &GroupLookup<'a>, kpi: &Kpi, scope: Scope) -> Vec<Slice<'a>> {
    let month = group.months.focus;
    let of = |id: &'a str| {
        let value = group.value(kpi, scope, id, month)?;
        let figure = group.figure(kpi, scope, id, month).linked(None);
        (figure.value.is_some() || figure.excluded > 0).then_some(Slice { scope, id, figure, value })
    };
    let mut slices: Vec<Slice<'a>> = group.ids_of(&kpi.id, scope).into_iter().filter_map(of).collect();
    slices.sort_by_key(|slice| std::cmp::Reverse(slice.value.denominator.unwrap_or(slice.value.numerator)));
    slices
}

/// A line: a slice over all stores, or of one of them.
struct Line<'a> {
    scope: Scope,
    id: &'a str,
    store: Option<&'a Store>,
    figure: Figure,
    value: &'a KpiValue,
}

/// Each slice with what every store adds to it.
fn lines<'a>(group: &GroupLookup<'a>, kpi: &Kpi) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for slice in Scope::SLICES.into_iter().flat_map(|scope| slices(group, kpi, scope)) {
        let Slice { scope, id, figure, value } = slice;
        lines.push(Line { scope, id, store: None, figure, value });
        lines.extend(group.stores_of_slice(kpi, scope, id).iter().map(|(store, value)| {
            let link = group.rows_link(kpi, &store.id, value.period).filter(|_| value.status != Status::NoData);
            let figure = group.figure_of(kpi, value).linked(link);
            Line { scope, id, store: Some(*store), figure, value }
        }));
    }
    lines
}

/// Where a part of them stands.
fn part_link(kpi: &str, part: usize) -> Link {
    Link::to(format!("kpi/by/{}{}", slug(kpi), page::ending(part)))
}

/// Where each slice of a KPI stands with its stores, in the order of [`Scope::SLICES`] and of [`slices`].
pub(crate) fn places<'a>(group: &GroupLookup<'a>, kpi: &Kpi) -> impl Iterator<Item = ((Scope, &'a str), Link)> {
    let lines = lines(group, kpi).into_iter().enumerate().filter(|(_, line)| line.store.is_none());
    let id = kpi.id.clone();
    lines.map(move |(at, line)| {
        let link = part_link(&id, at / LINES_A_PAGE + 1).at(area::anchor(line.scope, line.id));
        ((line.scope, line.id), link)
    })
}

/// A part of the lines of a KPI.
pub(crate) struct KpiSlicesPage<'a> {
    kpi: &'a Kpi,
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for KpiSlicesPage<'a> {
    type View = KpiSlicesView;
    const TEMPLATE: &'static str = "kpi_slices.html";
    const SECTION: &'static str = "kpis";

    fn all(group: &GroupLookup<'a>) -> Vec<KpiSlicesPage<'a>> {
        let parts = |kpi: &'a Kpi| 1..=lines(group, kpi).len().div_ceil(LINES_A_PAGE);
        let kpis = group.edition.catalog.kpis.iter();
        kpis.flat_map(|kpi| parts(kpi).map(move |part| KpiSlicesPage { kpi, part })).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        part_link(&self.kpi.id, self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        let title = Named::linked(group.words.text(&self.kpi.title), kpi::link(&self.kpi.id));
        vec![kpis::named(group), title, Named::plain(group.words.word("kpi.slices"))]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> KpiSlicesView {
        let &KpiSlicesPage { kpi, part } = self;
        let words = group.words;
        let lines = lines(group, kpi);
        let count = lines.len();
        let table = Table { part: Some(page::part(part, LINES_A_PAGE, count)), ..table(group, kpi, lines) };
        KpiSlicesView {
            title: words.text(&kpi.title),
            topic: topic::named(group, &kpi.topic),
            meaning: words.text(&kpi.meaning),
            assumption: kpi.assumption,
            weekly: kpi::is_weekly(kpi),
            definition: kpi::link(&kpi.id).at("definition"),
            back: kpi::link(&kpi.id),
            month: words.period(group.months.focus),
            partial: group.months.is_partial(group.months.focus),
            lines: draw(&table),
            part,
            parts: page::parts(count.div_ceil(LINES_A_PAGE), |part| part_link(&kpi.id, part)),
        }
    }
}

fn table<'a>(group: &GroupLookup<'a>, kpi: &Kpi, lines: Vec<Line<'a>>) -> Table<'a> {
    let words = group.words;
    let word = |key: &str| words.word(key);
    let columns = vec![
        Column::new(word("kpi.slice"), Kind::Text, 22.0),
        Column::new(word("nav.store"), Kind::Text, 22.0),
        Column::new(word("scope.region"), Kind::Text, 12.0),
        Column::new(word("scope.brand"), Kind::Text, 12.0),
        Column::new(word("figure.value"), Kind::Value, 12.0),
        Column::new(word("figure.numerator"), Kind::Value, 12.0),
        Column::new(word("figure.denominator"), Kind::Value, 12.0),
        Column::new(word("figure.excluded"), Kind::Number(Measure::WHOLE), 9.0),
    ];
    let row = |line: Line<'a>| {
        let scope = word(&format!("scope.{}", line.scope.word()));
        let name = words.fill("kpi.slice_name", &[("scope", &scope), ("name", line.id)]);
        let whole = |text: String| Cell::text(text);
        let (store, [region, brand], anchor) = match line.store {
            Some(own) => (Cell::Link(own.name.as_str().into(), store::link(&own.id)), area::cells(own), String::new()),
            None => (whole(word("heat.all")), [Cell::Blank, Cell::Blank], area::anchor(line.scope, line.id)),
        };
        let cells = vec![
            whole(name),
            store,
            region,
            brand,
            Value::of(&line.figure, kpi, words).cell(),
            Cell::sum(Some(line.value.numerator)),
            Cell::sum(line.value.denominator),
            Cell::Number(line.value.excluded as f64),
        ];
        Row { anchor: anchor.into(), ..Row::from(cells) }
    };
    let rows = lines.into_iter().map(row).collect();
    Table { columns, rows, lead: 2, by: Some(0), ..Table::default() }
}

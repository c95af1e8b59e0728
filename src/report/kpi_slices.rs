//! A KPI by channel, model and level, store by store: what the group's figure of each is made of.

use super::{
    area, kpi, kpis,
    lookup::GroupLookup,
    page::{self, Draw, Link, Named, Page},
    store,
    table::{Cell, Column, Kind, Measure, Row, Table, Value},
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
    pub kpi: kpi::Head,
    pub month: String,
    pub partial: bool,
    /// The lines of the part, drawn.
    pub lines: String,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// The slices of a KPI of one scope that count in the month that pages speak of, those with most rows first.
pub(crate) fn slices<'a>(group: &GroupLookup<'a>, kpi: &Kpi, scope: Scope) -> Vec<&'a KpiValue> {
    let of = |id: &str| group.value(kpi, scope, id, group.months.focus);
    let counts = |value: &&KpiValue| value.has_figure() || value.excluded > 0;
    let mut slices: Vec<&KpiValue> = group.ids_of(&kpi.id, scope).into_iter().filter_map(of).filter(counts).collect();
    slices.sort_by_key(|value| std::cmp::Reverse(value.denominator.unwrap_or(value.numerator)));
    slices
}

/// A line: a slice over all stores, or what one of them adds to it.
struct Line<'a> {
    slice: &'a KpiValue,
    store: Option<&'a Store>,
    value: &'a KpiValue,
}

/// Each slice with what every store adds to it, in the order of [`Scope::SLICES`] and of [`slices`].
fn lines<'a>(group: &GroupLookup<'a>, kpi: &Kpi) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for slice in Scope::SLICES.into_iter().flat_map(|scope| slices(group, kpi, scope)) {
        lines.push(Line { slice, store: None, value: slice });
        let of_stores = group.stores_of_slice(kpi, slice.scope, &slice.scope_id).iter();
        lines.extend(of_stores.map(|(store, value)| Line { slice, store: Some(*store), value }));
    }
    lines
}

/// Where a part of them stands.
fn part_link(kpi: &str, part: usize) -> Link {
    Link::to(format!("kpi/by/{}{}", slug(kpi), page::ending(part)))
}

/// Where each slice of a KPI stands with its stores.
pub(crate) fn places<'a>(group: &GroupLookup<'a>, kpi: &Kpi) -> impl Iterator<Item = ((Scope, &'a str), Link)> {
    let lines = lines(group, kpi).into_iter().enumerate().filter(|(_, line)| line.store.is_none());
    let id = kpi.id.clone();
    lines.map(move |(at, Line { slice, .. })| {
        let link = part_link(&id, at / LINES_A_PAGE + 1).at(area::anchor(slice.scope, &slice.scope_id));
        ((slice.scope, &*slice.scope_id), link)
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
            kpi: kpi::Head::new(group, kpi),
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
        let Line { slice, store: own, value } = line;
        let scope = word(&format!("scope.{}", slice.scope.word()));
        let name = words.fill("kpi.slice_name", &[("scope", &scope), ("name", &slice.scope_id)]);
        let whole = || (Cell::text(word("heat.all")), [Cell::Blank, Cell::Blank]);
        let of_one = |own: &'a Store| (Cell::Link(own.name.as_str().into(), store::link(&own.id)), area::cells(own));
        let (store, [region, brand]) = own.map_or_else(whole, of_one);
        let anchor = if own.is_none() { area::anchor(slice.scope, &slice.scope_id) } else { String::new() };
        let rows = own.filter(|_| value.status != Status::NoData);
        let figure =
            group.figure_of(kpi, value).linked(rows.and_then(|own| group.rows_link(kpi, &own.id, value.period)));
        let cells = vec![
            Cell::text(name),
            store,
            region,
            brand,
            Value::of(&figure, kpi, words).cell(),
            Cell::sum(Some(value.numerator)),
            Cell::sum(value.denominator),
            Cell::Number(value.excluded as f64),
        ];
        Row { anchor: anchor.into(), ..Row::from(cells) }
    };
    let rows = lines.into_iter().map(row).collect();
    Table { columns, rows, lead: 2, by: Some(0), ..Table::default() }
}

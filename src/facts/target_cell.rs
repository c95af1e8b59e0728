//! The `target_cell` fact: what a store was to reach in a month and what it did reach, cell by cell of 目标.
//!
//! Of the lines of one cell the highest version that is not after the cut-off stands; one that was locked cannot be lowered by
//! a later one. A store's own line stands for the store; without it its lines by model; without these its consultants'
//! lines: never two kinds together. A line for a whole year gives no month a target. Only cells with a target have
//! actuals, up to the cut-off. The lines for whole years are the fact `target_year`.

use super::{
    beside::{cell, instant},
    drafts::{Drafts, date, text},
    ledger::Ledger,
    record::{Sheet, Word, word},
};
use crate::model::{CheckedRow, FactTable, Grain, Instant, Period, Value};
use chrono::{Datelike, NaiveDate};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What targets are set for, as the role of 指标, with the KPI that a group may name instead; none for those of which only plans
/// speak.
const METRICS: [(&str, &str); 10] = [
    ("orders", "order_count"),
    ("deliveries", "aak_count"),
    ("reports", "report_count"),
    ("leads", "lead_gather"),
    ("accessories", "acc_amount"),
    ("ha_new", ""),
    ("bc_up", ""),
    ("test_drives", ""),
    ("service_value", ""),
    ("sales", ""),
];

/// The `target_year` fact: the lines for whole years in force, of the store, its models and its consultants.
pub(super) fn years(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("target_year", &ledger.store.id);
    for cell in in_force_all(ledger, Grain::Year, |_, _| true) {
        drafts.add(
            Some(Instant::day(cell.period.start)),
            cell.line.row,
            &[
                ("year", date(Some(cell.period.start))),
                ("metric", Value::from(cell.metric)),
                ("staff", text(cell.line.staff)),
                ("model", text(cell.line.model)),
                ("target", Value::Number(cell.target)),
                ("whose", Value::from(cell.whose.word())),
                ("stands", Value::Flag(cell.stands)),
            ],
        );
    }
    drafts.finish()
}

/// Something that counts towards a target.
struct Event<'a> {
    day: NaiveDate,
    staff: Word<'a>,
    model: Word<'a>,
    amount: f64,
}

/// Whose target a line is, the one that stands for the store first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Store,
    Model,
    Staff,
}

impl Whose {
    fn word(self) -> &'static str {
        match self {
            Whose::Store => "store",
            Whose::Model => "model",
            Whose::Staff => "staff",
        }
    }
}

/// A line of the sheet.
struct Line<'a> {
    row: &'a CheckedRow,
    period: Period,
    metric: &'static str,
    whose: Whose,
    staff: Word<'a>,
    model: Word<'a>,
    version: Option<NaiveDate>,
    value: f64,
    locked: bool,
}

/// The lines of each cell of a month or year: whose it is, of whom, of which model.
type Cells<'a> = BTreeMap<(Whose, Word<'a>, Word<'a>), Vec<Line<'a>>>;

/// The cells that stand for the store.
pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    cells(ledger, "target_cell", |whose, standing| whose == standing)
}

/// The `target_line` fact: every cell in force, of the store, its models and its consultants beside each other, for plans
/// that hold them against each other.
pub(super) fn lines_in_force(ledger: &Ledger<'_>) -> FactTable {
    cells(ledger, "target_line", |_, _| true)
}

/// The `target_week` fact: each cell in force, dealt out to the weeks of its month by working days.
pub(super) fn weeks(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("target_week", &ledger.store.id);
    let days = &ledger.catalog.working_days;
    for cell in in_force_all(ledger, Grain::Month, |_, _| true) {
        let (month, line) = (cell.period, &cell.line);
        let all = days.between(month.start, month.end());
        let mut week = Period::of(Grain::Week, month.start);
        while week.start < month.end() && all > 0 {
            let own = days.between(week.start.max(month.start), week.end().min(month.end()));
            drafts.add(
                Some(Instant::day(month.start)),
                line.row,
                &[
                    ("month", date(Some(month.start))),
                    ("metric", Value::from(cell.metric)),
                    ("staff", text(line.staff)),
                    ("model", text(line.model)),
                    ("target", Value::Number(cell.target)),
                    ("week", Value::from(format!("W{:02}", week.start.iso_week().week()).as_str())),
                    ("part", Value::Number(cell.target * own as f64 / all as f64)),
                    ("whose", Value::from(cell.whose.word())),
                ],
            );
            week = week.next();
        }
    }
    drafts.finish()
}

/// A cell with the line that stands for it.
struct InForce<'a> {
    period: Period,
    metric: &'static str,
    whose: Whose,
    line: Line<'a>,
    target: f64,
    /// What was in force before its newest version.
    former: Option<f64>,
    /// Where targets are added up it counts: the store's lines by model, or its own where there are none; a consultant's own,
    /// or those by model where there is none.
    stands: bool,
}

/// The cells in force of months or years of which `keeps` keeps those of one kind where another stands for the store.
fn in_force_all<'a>(ledger: &Ledger<'a>, grain: Grain, keeps: fn(Whose, Whose) -> bool) -> Vec<InForce<'a>> {
    let Some(sheet) = ledger.sheet("target") else { return Vec::new() };
    let mut cells: BTreeMap<(Period, &'static str), Cells<'a>> = BTreeMap::new();
    for line in lines(ledger, sheet).into_iter().filter(|line| line.period.grain == grain) {
        let of_period = cells.entry((line.period, line.metric)).or_default();
        of_period.entry((line.whose, line.staff, line.model)).or_default().push(line);
    }
    let mut all = Vec::new();
    for ((period, metric), mut of_period) in cells {
        let Some(standing) = of_period.keys().map(|(whose, ..)| *whose).min() else { continue };
        of_period.retain(|(own, ..), _| keeps(*own, standing));
        let by_model = of_period.keys().any(|(whose, ..)| *whose == Whose::Model);
        let in_whole = of_period.keys().filter(|(whose, _, model)| *whose == Whose::Staff && model.is_none());
        let in_whole: BTreeSet<Word<'a>> = in_whole.map(|(_, staff, _)| *staff).collect();
        for ((whose, staff, model), lines) in of_period {
            let stands = match whose {
                Whose::Store => !by_model,
                Whose::Model => true,
                Whose::Staff => model.is_none() || !in_whole.contains(&staff),
            };
            if let Some((line, target, former)) = in_force(lines) {
                all.push(InForce { period, metric, whose, line, target, former, stands });
            }
        }
    }
    all
}

fn cells(ledger: &Ledger<'_>, fact: &'static str, keeps: fn(Whose, Whose) -> bool) -> FactTable {
    let mut drafts = Drafts::new(fact, &ledger.store.id);
    let mut known: BTreeMap<&str, Vec<Event<'_>>> = BTreeMap::new();
    for InForce { period: month, metric, whose, line, target, former, stands } in
        in_force_all(ledger, Grain::Month, keeps)
    {
        let is_counted = METRICS.iter().any(|(own, kpi)| *own == metric && !kpi.is_empty());
        // Of what only plans speak no KPI is held against a target.
        if !is_counted && fact == "target_cell" {
            continue;
        }
        let events =
            known.entry(metric).or_insert_with(|| if is_counted { events(ledger, metric) } else { Vec::new() });
        let counts = |event: &&Event<'_>| {
            let staff = line.staff.is_none() || event.staff == line.staff;
            let model = line.model.is_none() || event.model == line.model;
            month.holds(event.day) && event.day <= ledger.today && staff && model
        };
        let actual: f64 = events.iter().filter(counts).map(|event| event.amount).sum();
        let days = &ledger.catalog.working_days;
        let gone = ledger.today.succ_opt().map_or(month.end(), |next| next.min(month.end()));
        let (all, gone) = (days.between(month.start, month.end()), days.between(month.start, gone));
        let pace = if all == 0 { 0.0 } else { target * gone as f64 / all as f64 };
        let mut values = vec![
            ("month", date(Some(month.start))),
            ("metric", Value::from(metric)),
            ("staff", text(line.staff)),
            ("model", text(line.model)),
            ("target", Value::Number(target)),
            ("to_date", Value::Number(pace)),
            ("actual", if is_counted { Value::Number(actual) } else { Value::Null }),
            ("begun", Value::Flag(month.start <= ledger.today)),
        ];
        if fact == "target_line" {
            values.push(("whose", Value::from(whose.word())));
            values.push(("former", former.map_or(Value::Null, Value::Number)));
            values.push(("stands", Value::Flag(stands)));
        }
        drafts.add(Some(Instant::day(month.start)), line.row, &values);
    }
    drafts.finish()
}

/// The line of the highest version; where a locked one before it was higher, that one's value. With it what was in force
/// before that version.
fn in_force(mut lines: Vec<Line<'_>>) -> Option<(Line<'_>, f64, Option<f64>)> {
    lines.sort_by_key(|line| (line.version, line.row.place()));
    let mut value: Option<f64> = None;
    let mut former: Option<f64> = None;
    let mut version = None;
    let mut locked = false;
    for line in &lines {
        if version.is_some_and(|version| version != line.version) {
            former = value;
        }
        version = Some(line.version);
        value = Some(value.filter(|former| locked && line.value < *former).unwrap_or(line.value));
        locked |= line.locked;
    }
    Some((lines.pop()?, value?, former))
}

fn lines<'a>(ledger: &Ledger<'a>, sheet: Sheet<'a>) -> Vec<Line<'a>> {
    let [month, tier, object, metric, model, value, version, locked] =
        sheet.fields(["month", "tier", "object", "metric", "model", "value", "version", "locked"]);
    let [store, staff] = ["store", "staff"].map(|role| sheet.role("tier", role));
    let line = |row: &'a CheckedRow| {
        let period = Period::parse(word(row, month)?).filter(|own| matches!(own.grain, Grain::Month | Grain::Year))?;
        let named = word(row, metric)?;
        let kpi = |id: &str| ledger.catalog.kpi(id).is_some_and(|kpi| **named == *kpi.id || **named == *kpi.title.zh);
        let of = |(role, id): &&(&'static str, &str)| sheet.role("metric", role).contains(named) || kpi(id);
        let (metric, _) = METRICS.iter().find(of)?;
        let (tier, model, object) = (word(row, tier), word(row, model), word(row, object));
        let is = |role: &[Arc<str>]| tier.is_none_or(|tier| role.contains(tier));
        let whose = match tier {
            _ if is(store) && object.is_some_and(|object| **object == *ledger.store.id) => {
                if model.is_some() {
                    Whose::Model
                } else {
                    Whose::Store
                }
            }
            Some(_) if is(staff) => Whose::Staff,
            None if object.is_some_and(|object| sells(ledger, object)) => Whose::Staff,
            _ => return None,
        };
        let version = instant(row, version).map(|at| at.date());
        let value = match cell(row, value) {
            Value::Number(value) => *value,
            Value::Int(value) => *value as f64,
            _ => return None,
        };
        Some(Line {
            row,
            period,
            metric,
            whose,
            staff: object.filter(|_| whose == Whose::Staff),
            model,
            version,
            value,
            locked: cell(row, locked).flag() == Some(true),
        })
    };
    let known = |line: &Line<'_>| line.version.is_none_or(|version| version <= ledger.today);
    sheet.current().iter().filter_map(line).filter(known).collect()
}

/// Whether somebody of that name sells: lines without 层级 name whom they are for only.
fn sells(ledger: &Ledger<'_>, name: &Arc<str>) -> bool {
    let orders = ledger.orders.iter().map(|order| &order.holders);
    let mut holders = orders.chain(ledger.prospects.iter().map(|prospect| &prospect.holders));
    holders.any(|holders| holders.on(ledger.today) == Some(name))
}

fn events<'l>(ledger: &'l Ledger<'_>, metric: &str) -> Vec<Event<'l>> {
    let day = |at: Option<Instant>| at.map(|at| at.date());
    match metric {
        "leads" => {
            let own = ledger.prospects.iter().filter(|prospect| !prospect.merged);
            own.map(|prospect| Event {
                day: prospect.first_contact.date(),
                staff: prospect.holders.on(prospect.first_contact.date()),
                model: prospect.model,
                amount: 1.0,
            })
            .collect()
        }
        "accessories" => accessories(ledger),
        _ => {
            let of_order = |order: &'l super::record::Order<'_>| {
                let days = match metric {
                    "orders" => vec![(day(order.ordered), 1.0)],
                    "reports" => vec![(order.reported_on, 1.0)],
                    _ => vec![(day(order.delivered), 1.0), (day(order.reversed()), -1.0)],
                };
                let (staff, model) = (order.holders.on(ledger.today), order.model);
                days.into_iter().filter_map(move |(day, amount)| Some(Event { day: day?, staff, model, amount }))
            };
            ledger.orders.iter().flat_map(of_order).collect()
        }
    }
}

fn accessories<'l>(ledger: &'l Ledger<'_>) -> Vec<Event<'l>> {
    let Some(sheet) = ledger.sheet("accessory") else { return Vec::new() };
    let [sold, scene, amount, staff, model] = sheet.fields(["sold_on", "scene", "amount", "consultant", "model"]);
    let new_car = sheet.role("scene", "new_car");
    let event = |row: &'l CheckedRow| {
        word(row, scene).filter(|scene| new_car.contains(scene))?;
        let fen = cell(row, amount).amount()?.0;
        let (staff, model) = (word(row, staff), word(row, model));
        Some(Event { day: instant(row, sold)?.date(), staff, model, amount: fen as f64 / 100.0 })
    };
    sheet.current().iter().filter_map(event).collect()
}

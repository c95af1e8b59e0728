//! The sheets beyond the first five, out of what happened in a store: one workbook more a store, and one of the group.
//! Nothing here draws from a store's chance: what the five sheets say is the same with and without them.

use super::{
    calendar::{At, Span, closing, month_of},
    group::StorePlan,
    sheets::{Cell, Row},
    world::{Order, World},
};
use crate::{
    catalog::{Catalog, SheetDef},
    model::instant::add_months,
};
use chrono::{Days, Duration, NaiveDate};

/// A row by field.
pub type Line = Vec<(&'static str, Cell)>;

/// The rows of a sheet, by its id.
pub type Sheet = (&'static str, Vec<Line>);

pub fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// Cars delivered and not given back by the cut-off.
pub fn delivered<'w>(world: &'w World, span: &'w Span) -> impl Iterator<Item = (&'w Order, At)> {
    let now = closing(span.as_of);
    let kept = move |order: &&Order| order.cancelled.is_none_or(|at| at > now);
    world.orders.iter().filter(kept).filter_map(move |o| Some((o, o.delivered.filter(|at| *at <= now)?)))
}

/// The months of the span, each by its first day.
pub fn months(span: &Span) -> Vec<NaiveDate> {
    let next = |month: &NaiveDate| add_months(*month, 1);
    std::iter::successors(Some(month_of(span.start)), next).take_while(|month| *month <= span.as_of).collect()
}

/// A month as it is written.
pub fn month(day: NaiveDate) -> Cell {
    text(day.format("%Y-%m").to_string())
}

/// Everybody who works in a store, with their post and department.
fn people(world: &World) -> impl Iterator<Item = (&str, &'static str, &'static str)> {
    let staff = &world.staff;
    let consultants = staff.consultants.iter().map(|person| (&*person.name, "销售顾问", "销售部"));
    let advisors = staff.advisors.iter().map(|person| (&*person.name, "服务顾问", "售后服务部"));
    let agents = staff.agents.iter().map(|person| (&*person.name, "客服专员", "客户关系部"));
    consultants.chain(advisors).chain(agents).chain([(&*staff.clerk, "数据担当", "客户关系部")])
}

/// All sheets of one store beyond the first five.
pub fn sheets(plan: &StorePlan, world: &World, span: &Span) -> Vec<Sheet> {
    let mut sheets = customers(plan, world, span);
    sheets.extend(super::office::sheets(plan, world, span, &people(world).collect::<Vec<_>>()));
    sheets
}

fn customers<'w>(plan: &StorePlan, world: &'w World, span: &'w Span) -> Vec<Sheet> {
    let now = closing(span.as_of);
    let name_of = |order: &Order| order.prospect.map_or("车主", |i| world.prospects[i].name.as_str()).to_owned();
    let owners = delivered(world, span).enumerate().map(|(i, (order, at))| {
        let day = at.date();
        // One in four was sold with a year's warranty only.
        let warranty = if i % 4 == 0 { 12 } else { 36 };
        vec![
            ("vin", text(&order.vin)),
            ("owner", text(name_of(order))),
            ("phone", Cell::Phone(order.phone.clone())),
            ("district", text(plan.districts[0])),
            ("bought_on", Cell::Day(day)),
            ("sold_here", Cell::Flag(true)),
            ("model", text(order.model)),
            ("usage", text("私家")),
            ("warranty_until", Cell::Day(add_months(day, warranty).unwrap_or(day))),
            ("filed_at", Cell::Minute((at + Duration::hours(2)).min(now))),
            ("in_hand", Cell::Flag(true)),
        ]
    });
    // Every other policy of more than a year ago was renewed here.
    let terms = |(i, (order, at)): (usize, (&'w Order, At))| {
        let renewed = add_months(at.date(), 12).filter(|from| i % 2 == 0 && *from <= span.as_of);
        let renewed = renewed.map(|from| (from, "XB", "续保"));
        [Some((at.date(), "BD", "新保")), renewed].into_iter().flatten().map(move |term| (order, term))
    };
    let insured = delivered(world, span).filter(|(order, _)| order.insurance).enumerate();
    let policies = insured.flat_map(terms).map(|(order, (from, prefix, renewal))| {
        vec![
            ("policy_no", text(format!("{prefix}{}", order.no))),
            ("vin", text(&order.vin)),
            ("kind", text("商业")),
            ("insurer", text("平安财险")),
            ("from_on", Cell::Day(from)),
            ("until_on", Cell::Day(add_months(from, 12).unwrap_or(from) - Days::new(1))),
            ("premium", Cell::Money(order.price / 60)),
            ("bought_here", Cell::Flag(true)),
            ("renewal", text(renewal)),
            ("consultant", text(&*order.consultant)),
        ]
    });
    let items = [("内装", "脚垫", 680), ("外装", "车衣", 3800), ("电装", "记录仪", 980)];
    let accessories = delivered(world, span).enumerate().map(|(i, (order, at))| {
        let (kind, item, amount) = items[i % items.len()];
        vec![
            ("doc_no", text(format!("JP{}", order.no))),
            ("sold_on", Cell::Day(at.date())),
            ("order_no", text(&order.no)),
            ("vin", text(&order.vin)),
            ("model", text(order.model)),
            ("kind", text(kind)),
            ("item", text(item)),
            ("amount", Cell::Money(amount)),
            ("scene", text("新车")),
            ("consultant", text(&*order.consultant)),
        ]
    });
    let known = world.prospects.iter().filter(|p| p.first_contact <= now && p.first_contact.date() >= span.start);
    // Every other one that came first comes again five days later.
    let contacts = known.enumerate().flat_map(|(i, p)| {
        let kinds = ["首次到店", "来电", "网络线索"];
        let again = Some(p.first_contact + Duration::days(5)).filter(|at| i % 6 == 0 && *at <= now);
        let first = (kinds[i % kinds.len()], p.first_contact);
        [Some(first), again.map(|at| ("再次到店", at))].into_iter().flatten().map(move |(kind, at)| (i, p, kind, at))
    });
    let traffic = contacts.map(|(i, p, kind, at)| {
        vec![
            ("traffic_no", text(format!("{}{:05}", if at == p.first_contact { "LD" } else { "ZD" }, i + 1))),
            ("at", Cell::Minute(at)),
            ("kind", text(kind)),
            ("consultant", text(&*p.consultant)),
            ("filed", Cell::Flag(true)),
            ("prospect_no", text(&p.no)),
            ("phone", Cell::Phone(p.phone.clone())),
            ("channel", text(p.channel)),
            ("model", text(p.model)),
            ("visitors", Cell::Whole(1 + i as i64 % 3)),
        ]
    });
    let booked =
        world.visits.iter().filter(|v| !v.booking.is_empty() && v.in_at <= now && v.in_at.date() >= span.start);
    let mut seen = std::collections::BTreeSet::new();
    let bookings = booked.filter(move |visit| seen.insert(visit.booking.clone())).map(|visit| {
        let asked = visit.in_at - Duration::days(2);
        vec![
            ("booking_no", text(&visit.booking)),
            ("customer_key", Cell::Phone(visit.phone.clone())),
            ("vin", text(&visit.vin)),
            ("submitted_at", Cell::Minute(asked)),
            ("due_at", Cell::Minute(visit.in_at)),
            ("kind", text(visit.kind)),
            ("confirmed_at", Cell::Minute(asked + Duration::minutes(12))),
            ("arrived_at", Cell::Minute(visit.in_at)),
            ("advisor", text(&*visit.advisor)),
        ]
    });
    let asked = world.visits.iter().filter(|v| v.out_at <= now - Duration::days(3) && v.out_at.date() >= span.start);
    let surveys =
        asked.filter(|visit| visit.kind != "PDI").enumerate().filter(|(i, _)| i % 3 == 0).map(|(i, visit)| {
            let (agents, turn) = (&world.staff.agents, i / 3);
            // One in seven finds it neither good nor bad.
            let (answer, score) = if turn % 7 == 0 { ("一般", 70) } else { ("满意", 90 + i as i64 % 10) };
            vec![
                ("survey_no", text(format!("MY{:05}", i + 1))),
                ("asked_on", Cell::Day(visit.out_at.date() + Days::new(2))),
                ("kind", text("售后")),
                ("customer_key", Cell::Phone(visit.phone.clone())),
                ("subject_no", text(&visit.no)),
                ("rated", text(&*visit.advisor)),
                ("satisfaction", text(answer)),
                ("score", Cell::Whole(score)),
                ("full_score", Cell::Whole(100)),
                ("recommendation", Cell::Whole(if answer == "满意" { 9 } else { 6 })),
                ("executor", text(&*agents[turn % agents.len()].name)),
            ]
        });
    let benefits =
        delivered(world, span).filter(|(_, at)| at.date() >= span.start).enumerate().map(|(i, (order, at))| {
            vec![
                ("benefit_no", text(format!("QY{:05}", i + 1))),
                ("given_on", Cell::Day(at.date())),
                ("customer_key", text(&order.vin)),
                ("kind", text("基础权益")),
                ("amount", Cell::Money(100)),
                ("handler", text(&*world.staff.clerk)),
            ]
        });
    vec![
        ("owner", owners.collect()),
        ("policy", policies.collect()),
        ("accessory", accessories.collect()),
        ("traffic", traffic.collect()),
        ("booking", bookings.collect()),
        ("survey", surveys.collect()),
        ("benefit", benefits.collect()),
    ]
}

/// A sheet's rows in the order of its definition's columns, and the columns that any of them fills.
pub fn laid_out<'c>(catalog: &'c Catalog, (id, lines): &Sheet) -> Option<(&'c SheetDef, Vec<usize>, Vec<Row>)> {
    let def = catalog.sheet(id)?;
    let row = |(about, line): (usize, &Line)| {
        let mut cells = vec![Cell::Empty; def.columns.len()];
        for (field, cell) in line {
            if let Some(at) = def.field(field) {
                cells[at] = cell.clone();
            }
        }
        Row { about, cells, open: false, mistake: None }
    };
    let rows: Vec<Row> = lines.iter().enumerate().map(row).collect();
    let filled = |at: &usize| rows.iter().any(|row| row.cells[*at] != Cell::Empty);
    let columns = (0..def.columns.len()).filter(filled).collect();
    Some((def, columns, rows))
}

//! The sheets of offices and meetings: what a store or the group keeps of itself rather than of its customers.

use super::{
    calendar::{Span, clock},
    cars::BRANDS,
    group::StorePlan,
    more::{Line, Sheet, delivered, month, months, text},
    sheets::Cell,
    world::World,
};
use crate::model::instant::add_months;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Orders that are wanted of a store in a month.
const ORDERS: i64 = 24;

/// A person, their post and department.
pub type Post<'w> = (&'w str, &'static str, &'static str);

/// The sheets that a store keeps of itself.
pub fn sheets(plan: &StorePlan, world: &World, span: &Span, people: &[Post<'_>]) -> Vec<Sheet> {
    let clerk = &*world.staff.clerk;
    let consultants = || world.staff.consultants.iter();
    let staff = people.iter().enumerate().map(|(i, (name, post, department))| {
        vec![
            ("staff_no", text(format!("E{:03}", i + 1))),
            ("name", text(*name)),
            ("post", text(*post)),
            ("department", text(*department)),
            ("hired_on", Cell::Day(span.history - Days::new(400 + i as u64 * 17))),
        ]
    });
    let this_month = months(span).last().copied().unwrap_or(span.as_of);
    // What headquarters wants of the store, dealt out in full.
    let among = consultants().count() as i64;
    let targets = consultants().zip(0..).map(|(person, nth)| {
        let own = ORDERS * (nth + 1) / among - ORDERS * nth / among;
        vec![
            ("month", month(this_month)),
            ("tier", text("顾问")),
            ("object", text(&*person.name)),
            ("metric", text("订单")),
            ("value", Cell::Whole(own)),
            ("version", month(span.start)),
        ]
    });
    let day = |back: u64| span.as_of - Days::new(back);
    let salon: Line = vec![
        ("event_no", text("HD02")),
        ("name", text("秋季车主沙龙")),
        ("kind", text("季度车主沙龙")),
        ("from_on", Cell::Day(day(30))),
        ("until_on", Cell::Day(day(30))),
        ("planned_invited", Cell::Whole(60)),
        ("actual_invited", Cell::Whole(60)),
        ("planned_visits", Cell::Whole(40)),
        ("actual_visits", Cell::Whole(45)),
        ("actual_cost", Cell::Money(6_000)),
        ("actual_service_visits", Cell::Whole(12)),
    ];
    let events = [None, Some(0), Some(1)].into_iter().map(|who| {
        let mut line: Line = vec![
            ("event_no", text("HD01")),
            ("name", text("冬季试驾会")),
            ("kind", text("店头活动")),
            ("from_on", Cell::Day(day(9))),
            ("until_on", Cell::Day(day(8))),
            ("planned_invited", Cell::Whole(20)),
            ("actual_invited", Cell::Whole(17)),
            ("planned_visits", Cell::Whole(15)),
            ("actual_visits", Cell::Whole(13)),
            ("planned_leads", Cell::Whole(12)),
            ("actual_leads", Cell::Whole(10)),
            ("planned_orders", Cell::Whole(4)),
            ("actual_orders", Cell::Whole(3)),
        ];
        if let Some(person) = who.and_then(|i: usize| consultants().nth(i)) {
            line.push(("consultant", text(&*person.name)));
        }
        line
    });
    let visits = consultants().take(3).enumerate().map(|(i, person)| {
        let at = day(3 + i as u64);
        vec![
            ("visit_no", text(format!("ZF{:03}", i + 1))),
            ("company", text(format!("{}第{}物流公司", plan.city, i + 1))),
            ("cars", Cell::Whole(8 + i as i64)),
            ("model", text(world.orders.first().map_or("", |order| order.model))),
            ("quantity", Cell::Whole(2)),
            ("visited_on", Cell::Day(at)),
            ("method", text("上门")),
            ("visitor", text(&*person.name)),
            ("result", text("约定试驾")),
            ("next_on", Cell::Day(at + Days::new(7))),
        ]
    });
    let actions = vec![vec![
        ("action_no", text("GS001")),
        ("function", text("客户满意调查与回访")),
        ("problem", text("应访未访偏多")),
        ("measure", text("每天早会过清单")),
        ("owner", text(clerk)),
        ("raised_on", Cell::Day(day(30))),
        ("due_on", Cell::Day(day(10))),
        ("done_on", Cell::Day(day(12))),
        ("verification", text("有效")),
    ]];
    let checked = world.prospects.iter().filter(|p| p.in_hand(super::calendar::closing(span.as_of))).take(6);
    let audits = checked.enumerate().map(|(i, prospect)| {
        vec![
            ("audit_no", text(format!("JH{:03}", i + 1))),
            ("month", month(this_month)),
            ("kind", text("潜客检核")),
            ("object", text(&prospect.no)),
            ("item", text("接待属实")),
            ("verdict", text(if i == 5 { "部分不实" } else { "属实" })),
            ("contact", text("接通")),
            ("owner", text(&*prospect.consultant)),
        ]
    });
    let lost = world.prospects.iter().filter(|p| p.is_lost(super::calendar::closing(span.as_of))).take(8);
    let defeats = lost.enumerate().map(|(i, prospect)| {
        vec![
            ("audit_no", text(format!("JH{:03}", i + 101))),
            ("month", month(this_month)),
            ("kind", text("战败检核")),
            ("object", text(&prospect.no)),
            ("item", text("战败属实")),
            ("verdict", text(["属实", "属实", "属实", "不实", "无法核实"][i % 5])),
            ("contact", text("接通")),
            ("owner", text(&*prospect.consultant)),
        ]
    });
    let audits = audits.chain(defeats);
    let trainings = months(span).into_iter().enumerate().map(|(i, first)| {
        let at = first + Days::new(9);
        let mut line: Line = vec![
            ("training_no", text(format!("PX{:03}", i + 1))),
            ("subject", text(["投诉处理", "新车型", "电话礼仪"][i % 3])),
            ("kind", text(["服务意识", "产品知识", "沟通技巧"][i % 3])),
            ("planned_on", Cell::Day(at)),
        ];
        if at <= span.as_of {
            line.extend([
                ("held_on", Cell::Day(at)),
                ("expected", Cell::Whole(11)),
                ("attended", Cell::Whole(10)),
                ("mean_score", Cell::Whole(88)),
                ("passed", Cell::Whole(9)),
            ]);
        }
        line
    });
    let mondays = (0..6).map(|week| span.as_of.week(Weekday::Mon).first_day() - Days::new(week * 7));
    let meetings = mondays.map(|at| {
        vec![
            ("held_on", Cell::Day(at)),
            ("kind", text("维系例会")),
            ("departments", text("销售部、售后服务部")),
            ("agenda", text("上周投诉和回访")),
            ("decision", text("按清单补访")),
            ("owner", text(clerk)),
            ("due_on", Cell::Day(at + Days::new(7))),
        ]
    });
    let suggestions = vec![vec![
        ("suggestion_no", text("YJ001")),
        ("said_on", Cell::Day(day(6))),
        ("subject", text("休息区")),
        ("content", text("希望增加充电口")),
        ("department", text("售后服务部")),
        ("adopted", Cell::Flag(true)),
        ("replied_on", Cell::Day(day(4))),
    ]];
    let phones = (0..14).map(|back| {
        let calls = 30 + (back as i64 * 7) % 20;
        vec![
            ("logged_on", Cell::Day(day(back))),
            ("calls", Cell::Whole(calls)),
            ("answered", Cell::Whole(calls - 2)),
            ("within_three_rings", Cell::Whole(calls - 5)),
        ]
    });
    let closed: Vec<NaiveDate> = months(span).into_iter().filter(|first| *first < this_month).collect();
    let parts = closed.iter().map(|first| {
        vec![("month", month(*first)), ("lines", Cell::Whole(1200)), ("correct_lines", Cell::Whole(1185))]
    });
    let brand = &BRANDS[plan.brand];
    let waiting = (0..5_u64).map(|i| {
        let vin = brand.vin(900_000 + i * 1000 + u64::from(plan.index), span.as_of.year());
        let model = world.orders.get(i as usize).map_or("", |order| order.model);
        vec![
            ("vin", text(vin)),
            ("model", text(if model.is_empty() { brand.name } else { model })),
            ("received_on", Cell::Day(day(20 + i * 11))),
            ("status", text("在库")),
        ]
    });
    // Cars of another brand that the workshop took in, each with what was promised and estimated.
    let other = &BRANDS[(plan.brand + 1) % BRANDS.len()];
    let workshop = (0..12_u64).map(|i| {
        let vin = other.vin(950_000 + i * 1000 + u64::from(plan.index), span.as_of.year() - 3);
        let at = |hour| clock(day(1 + i * 3), hour, 10);
        let (labour, parts) = (260 + i as i64 * 20, 480);
        vec![
            ("work_order_no", text(format!("WX{:03}", i + 1))),
            ("vin", text(vin)),
            ("in_at", Cell::Minute(at(9))),
            ("out_at", Cell::Minute(at(if i % 5 == 4 { 17 } else { 14 }))),
            ("promised_out_at", Cell::Minute(at(16))),
            ("mileage", Cell::Whole(42_000 + i as i64 * 900)),
            ("kind", text("一般维修")),
            ("brand", text(other.name)),
            ("labour", Cell::Money(labour)),
            ("parts", Cell::Money(parts)),
            ("total", Cell::Money(labour + parts)),
            ("estimate", Cell::Money(if i % 6 == 5 { labour } else { 1_000 })),
            ("payer", text("客户")),
            ("advisor", text(world.staff.advisors.first().map_or("", |person| &*person.name))),
        ]
    });
    let libraries = plan.districts.iter().map(|district| {
        vec![
            ("district", text(*district)),
            ("library", text("基础")),
            ("entries", Cell::Whole(3200)),
            ("updated_on", Cell::Day(day(40))),
            ("purpose", text("潜在客户营销")),
        ]
    });
    let scores = closed.iter().map(|first| {
        vec![
            ("month", month(*first)),
            ("metric", text("CSI")),
            ("score", Cell::Whole(880)),
            ("full_score", Cell::Whole(1000)),
            ("region_mean", Cell::Whole(874)),
            ("rank", Cell::Whole(1 + i64::from(plan.index))),
        ]
    });
    let regulations = ["客户信息管理制度", "客户投诉制度", "客户回访管理制度"].into_iter().map(|name| {
        vec![
            ("name", text(name)),
            ("status", text("执行中")),
            ("version", text("V2")),
            ("effective_on", Cell::Day(span.history)),
            ("revise_on", Cell::Day(add_months(span.as_of, 6).unwrap_or(span.as_of))),
        ]
    });
    vec![
        ("staff", staff.collect()),
        ("target", targets.collect()),
        ("event", events.chain([salon]).collect()),
        ("key_visit", visits.collect()),
        ("action", actions),
        ("audit", audits.collect()),
        ("training", trainings.collect()),
        ("meeting", meetings.collect()),
        ("suggestion", suggestions),
        ("phone_log", phones.collect()),
        ("parts_shipment", parts.collect()),
        ("stock", waiting.collect()),
        ("service_visit", workshop.collect()),
        ("address_library", libraries.collect()),
        ("maker_score", scores.collect()),
        ("regulation", regulations.collect()),
    ]
}

/// A definition file by which the group's own names of channels are among those that costs are kept of.
pub fn channels_file(channels: &[&str]) -> String {
    let values: Vec<String> = channels.iter().map(|channel| format!("[\"{channel}\"]")).collect();
    format!("extends = \"channel_cost\"\n\n[[values]]\nfield = \"channel\"\nadd = [{}]\n", values.join(", "))
}

/// What headquarters keeps of a store.
pub fn of_group(plan: &StorePlan, world: &World, span: &Span, channels: &[&str]) -> Vec<Sheet> {
    let all = months(span);
    let in_month = |first: NaiveDate| {
        delivered(world, span).filter(|(_, at)| (at.year(), at.month()) == (first.year(), first.month())).count() as i64
    };
    // The months of the year that are still ahead are planned too, and the year as a whole.
    let ahead = std::iter::successors(all.last().copied(), |first| first.checked_add_months(chrono::Months::new(1)));
    let ahead: Vec<NaiveDate> = ahead.skip(1).take_while(|first| first.year() == span.as_of.year()).collect();
    let target = |when: Cell, metric: &'static str, value: i64| {
        vec![
            ("month", when),
            ("tier", text("店")),
            ("object", text(&plan.id)),
            ("metric", text(metric)),
            ("value", Cell::Whole(value)),
            ("version", month(span.start)),
        ]
    };
    let wanted = [("订单", ORDERS), ("AAK", 20), ("集客", 120), ("系统提报", 18), ("精品", 20_000)];
    let by_month =
        all.iter().chain(&ahead).flat_map(|first| wanted.map(|(metric, value)| target(month(*first), metric, value)));
    let of_year = wanted.map(|(metric, value)| target(text(span.as_of.year().to_string()), metric, value * 12));
    let targets = by_month.chain(of_year);
    let measures = [("交互活动", "店头活动", 12_000), ("广告", "网络广告", 30_000), ("直复营销", "经纪人推荐", 6_000)];
    let own = channels.iter().map(|channel| ("直复营销", *channel, 0));
    let measures: Vec<_> = measures.into_iter().chain(own).collect();
    let costs = all.iter().flat_map(|first| {
        measures.iter().map(move |(class, channel, cost)| {
            vec![
                ("month", month(*first)),
                ("class", text(*class)),
                ("channel", text(*channel)),
                ("responses", Cell::Whole(*cost / 250)),
                ("cost", Cell::Money(*cost)),
            ]
        })
    });
    let registered = all.iter().flat_map(|first| {
        let ours = in_month(*first);
        plan.districts.iter().enumerate().flat_map(move |(i, district)| {
            let brands = [(BRANDS[plan.brand].name, ours / 2 + 3), ("其他品牌", 160 + i as i64 * 20)];
            brands.map(|(brand, cars)| {
                vec![
                    ("month", month(*first)),
                    ("district", text(*district)),
                    ("brand", text(brand)),
                    ("cars", Cell::Whole(cars)),
                ]
            })
        })
    });
    let finance = all.iter().map(|first| {
        let value: i64 = world
            .visits
            .iter()
            .filter(|visit| (visit.in_at.year(), visit.in_at.month()) == (first.year(), first.month()))
            .map(|visit| visit.labour + visit.parts)
            .sum();
        vec![
            ("month", month(*first)),
            ("service_gross", Cell::Money(value * 45 / 100)),
            ("total_cost", Cell::Money(180_000)),
            ("value_target", Cell::Money(200_000)),
            ("sales_income", Cell::Money(in_month(*first) * 210_000)),
        ]
    });
    let milestones = ["成立推进小组", "总部客户关系管理部", "客户信息标准"].into_iter().enumerate().map(|(i, name)| {
        let from = span.start + Days::new(i as u64 * 20);
        let mut line: Line = vec![
            ("stage", text("打基础")),
            ("name", text(name)),
            ("plan_from", Cell::Day(from)),
            ("plan_until", Cell::Day(from + Days::new(60))),
            ("department", text("客户关系部")),
        ];
        if i == 0 {
            line.push(("done_on", Cell::Day((from + Days::new(5)).min(span.as_of))));
        }
        line
    });
    vec![
        ("target", targets.collect()),
        ("channel_cost", costs.collect()),
        ("registration", registered.collect()),
        ("finance", finance.collect()),
        ("milestone", milestones.collect()),
    ]
}

//! Who comes to a store, day by day: buyers of the opening years, then prospects, each with a life of its own.

use super::{
    calendar::{At, Span, season, working_minute},
    cars::{BRANDS, COLOURS, Model, RIVALS},
    dice::Dice,
    group::StorePlan,
    life::Life,
    people::{Person, Staff, customer, phone},
    world::{FollowUp, Level, Order, Prospect},
};
use chrono::{Datelike, Days, NaiveDate};

/// What is simulated for one store, with its chance.
pub struct Journeys<'a> {
    pub plan: &'a StorePlan,
    pub stores: u32,
    pub span: Span,
    pub dice: Dice,
    pub staff: Staff,
    pub prospects: Vec<Prospect>,
    pub orders: Vec<Order>,
    pub follow_ups: Vec<FollowUp>,
    people: u64,
    cars: u64,
}

/// Where a prospect came from: name, weight, how much likelier it buys, what led here.
type Channel = (&'static str, f64, &'static [&'static str], &'static str);

const CHANNELS: [(Channel, u32); 6] = [
    (("自然到店", 1.15, &["路过", "户外广告", "朋友介绍"], "看车"), 34),
    (("网络线索", 0.7, &["汽车网站", "短视频", "厂家官网"], "网络预约"), 28),
    (("来电咨询", 0.9, &["地图搜索", "汽车网站", "户外广告"], "询价"), 12),
    (("老客户转介绍", 1.7, &["老车主"], "朋友介绍"), 13),
    (("车展外展", 0.55, &["车展", "商场外展"], "车展"), 9),
    (("大客户拓展", 1.1, &["企业走访"], "团购"), 4),
];

/// The names of the channels that prospects come by.
pub fn channels() -> Vec<&'static str> {
    CHANNELS.iter().map(|((name, ..), _)| *name).collect()
}

const FOCUS: [&str; 7] = ["安全", "空间", "使用费用", "动力", "外观", "智能配置", "保值率"];

impl<'a> Journeys<'a> {
    /// A store before anything has happened.
    pub fn new(plan: &'a StorePlan, stores: u32, span: Span, mut dice: Dice) -> Journeys<'a> {
        let staff = Staff::of(plan.index, plan.discipline, &mut dice);
        let (prospects, orders, follow_ups) = (Vec::new(), Vec::new(), Vec::new());
        Journeys { plan, stores, span, dice, staff, prospects, orders, follow_ups, people: 0, cars: 0 }
    }

    /// Everybody who came, day by day, and what became of them. Orders of the opening years come first, so that they
    /// can have referred others.
    pub fn run(&mut self) {
        let Span { history, warm_up, as_of, .. } = self.span;
        for day in history.iter_days().take_while(|day| *day < warm_up) {
            for _ in 0..self.dice.count(self.plan.size * season(day) * 0.24) {
                self.old_order(day);
            }
        }
        for day in warm_up.iter_days().take_while(|day| *day <= as_of) {
            for _ in 0..self.dice.count(self.plan.size * season(day) * 0.95) {
                self.prospect(day);
            }
        }
    }

    /// A number of the group's that no other person has.
    pub fn next_person(&mut self) -> u64 {
        self.people += 1;
        self.people * u64::from(self.stores) + u64::from(self.plan.index)
    }

    /// A VIN that no other car of the group has.
    pub fn next_vin(&mut self, year: i32) -> String {
        self.cars += 1;
        BRANDS[self.plan.brand].vin(self.cars * u64::from(self.stores) + u64::from(self.plan.index), year)
    }

    fn old_order(&mut self, day: NaiveDate) {
        let person = self.next_person();
        let consultant = self.dice.pick(&self.staff.consultants).clone();
        let model = BRANDS[self.plan.brand].model(&mut self.dice);
        let ordered = working_minute(&mut self.dice, day);
        let referrer = if self.dice.chance(0.2) { self.earlier_buyer(ordered) } else { None };
        let delivered = ordered.date() + Days::new(self.dice.between(3, 24) as u64);
        let delivered = working_minute(&mut self.dice, delivered);
        if delivered.date() >= self.span.warm_up {
            return;
        }
        let order = self.order(None, phone(person), model, &consultant, ordered, referrer, "新购");
        self.orders.push(Order { delivered: Some(delivered), ..order });
    }

    /// The phone of somebody the store had delivered to before `now`.
    fn earlier_buyer(&mut self, now: At) -> Option<String> {
        for _ in 0..6 {
            if self.orders.is_empty() {
                return None;
            }
            let order = self.dice.pick(&self.orders);
            if order.delivered.is_some_and(|at| at < now) && order.cancelled.is_none() {
                return Some(order.phone.clone());
            }
        }
        None
    }

    /// An order as it is signed: what it is for, and on which terms.
    #[allow(clippy::too_many_arguments)]
    pub fn order(
        &mut self,
        prospect: Option<usize>,
        phone: String,
        model: &'static Model,
        consultant: &Person,
        ordered: At,
        referrer: Option<String>,
        kind: &'static str,
    ) -> Order {
        let price = model.price * self.dice.between(88, 98) / 100 / 1000 * 1000;
        Order {
            no: String::new(),
            prospect,
            phone,
            vin: self.next_vin(ordered.year()),
            model: model.name,
            consultant: consultant.name.clone(),
            ordered,
            promised: ordered.date() + Days::new(self.dice.between(7, 30) as u64),
            delivered: None,
            cancelled: None,
            price,
            profit: price * self.dice.between(-10, 55) / 1000 / 100 * 100,
            finance: self.dice.chance(0.55),
            insurance: self.dice.chance(0.82),
            trade_in: kind == "换购" || self.dice.chance(0.12),
            registration: self.dice.chance(0.75),
            warranty: self.dice.chance(0.22),
            referrer,
            kind,
        }
    }

    fn prospect(&mut self, day: NaiveDate) {
        let first = working_minute(&mut self.dice, day);
        if first > self.span.end() {
            return;
        }
        let person = self.next_person();
        let (channel, appeal, sources, reason) = self.dice.weighted(&CHANNELS);
        let consultant = self.dice.pick(&self.staff.consultants).clone();
        let model = BRANDS[self.plan.brand].model(&mut self.dice);
        let referrer = if channel == "老客户转介绍" { self.earlier_buyer(first) } else { None };
        let prospect = Prospect {
            no: String::new(),
            name: customer(person),
            phone: phone(person),
            channel,
            info_source: self.dice.word(sources),
            reason,
            consultant: consultant.name.clone(),
            district: self.dice.word(self.plan.districts),
            model: model.name,
            colour: self.dice.weighted(&COLOURS),
            rival: if self.dice.chance(0.6) { self.dice.word(&RIVALS) } else { "" },
            budget: model.price * self.dice.between(85, 110) / 100 / 10_000 * 10_000,
            by_instalments: self.dice.chance(0.55),
            purchase: self.dice.weighted(&[("首购", 60), ("增购", 15), ("换购", 15), ("置换", 10)]),
            focus: self.dice.word(&FOCUS),
            key_account: channel == "大客户拓展",
            referrer,
            haste: self.dice.between(0, 99),
            first_contact: first,
            levels: vec![(first, Level::N)],
            plans: Vec::new(),
            test_drive: None,
            ordered: None,
            delivered: None,
            cancelled: None,
            dormant: None,
            defeat: None,
        };
        self.prospects.push(prospect);
        let index = self.prospects.len() - 1;
        Life { journeys: self, index, consultant, model, appeal }.live();
    }
}

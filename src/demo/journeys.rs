//! Prospects, from first contact over levels and contacts to order, delivery, cancellation or defeat.

use super::{
    calendar::{At, Span, clock, season, working_minute, working_minute_after},
    cars::{BRANDS, COLOURS, Model, RIVALS},
    dice::Dice,
    group::StorePlan,
    people::{Person, Staff, customer, phone},
    world::{Defeat, FollowUp, Level, Made, Order, Party, Prospect},
};
use chrono::{Datelike, Days, Duration, NaiveDate, Timelike};

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

    #[allow(clippy::too_many_arguments)]
    fn order(
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

/// One prospect's life.
struct Life<'j, 'a> {
    journeys: &'j mut Journeys<'a>,
    index: usize,
    consultant: Person,
    model: &'static Model,
    /// How much likelier than usual it buys.
    appeal: f64,
}

impl Life<'_, '_> {
    fn live(mut self) {
        let Some(mut now) = self.regrade() else { return };
        for _ in 0..60 {
            match self.next_contact(now) {
                Some(then) => now = then,
                None => return,
            }
        }
    }

    fn dice(&mut self) -> &mut Dice {
        &mut self.journeys.dice
    }

    fn me(&mut self) -> &mut Prospect {
        &mut self.journeys.prospects[self.index]
    }

    fn end(&self) -> At {
        self.journeys.span.end()
    }

    /// N to a real level, as a rule within a day. `None`: nobody ever asked again, or it was nobody.
    fn regrade(&mut self) -> Option<At> {
        let (first, skill) = (self.me().first_contact, self.consultant.skill);
        let in_time = self.dice().chance(0.52 + 0.45 * skill);
        let at = if !in_time {
            let days = self.dice().between(2, 5) as u64;
            working_minute(self.dice(), first.date() + Days::new(days))
        } else if first.hour() < 13 {
            clock(first.date(), 14, 0) + Duration::minutes(self.dice().between(0, 210))
        } else {
            // In the afternoon at the earliest, so the next morning is less than 24 hours on.
            clock(first.date() + Days::new(1), 9, 5) + Duration::minutes(self.dice().between(0, 200))
        };
        let due = first.date() + Days::new(1);
        if self.dice().chance((1.0 - skill) * 0.05) {
            self.owe("首次", due);
            return None;
        }
        if !in_time && self.dice().chance(0.6) {
            let attempt = clock(due, 10, 0) + Duration::minutes(self.dice().between(0, 120));
            self.attempt("首次", due, attempt);
        }
        if at > self.end() {
            self.owe("首次", due);
            return None;
        }
        if self.dice().chance(0.05) {
            self.contact("首次", due, at, "空错号", "号码无法联系,申请战败", None, None);
            self.lose(at, "无效", "");
            return None;
        }
        let level = self.dice().weighted(&[(Level::C, 32), (Level::B, 36), (Level::A, 24), (Level::H, 8)]);
        let next = self.plan_next(at, level);
        let content = self.dice().word(&["确认需求与预算", "确认车型和购车时间", "邀约周末到店试驾", "已发送报价"]);
        self.contact("首次", due, at, "成功", content, Some(level), next);
        self.me().levels.push((at, level));
        self.drive(at);
        Some(at)
    }

    /// The day of the next contact, as the consultant plans it; sometimes nobody writes one down.
    fn plan_next(&mut self, now: At, level: Level) -> Option<NaiveDate> {
        let (remind, limit) = level.cadence();
        let day = now.date() + Days::new(self.dice().between(remind, limit) as u64);
        let careless = (1.0 - self.consultant.skill) * 0.16;
        let written = if self.dice().chance(careless) { None } else { Some(day) };
        self.me().plans.push((now, written));
        written
    }

    /// One more contact after `now`; `None` when the story ends or the cut-off comes first.
    fn next_contact(&mut self, now: At) -> Option<At> {
        let level = self.me().level_at(now).1;
        let skill = self.consultant.skill;
        let (remind, limit) = level.cadence();
        let planned = self.me().plans.last().and_then(|(_, day)| *day);
        let due = planned.unwrap_or(now.date() + Days::new(self.journeys.dice.between(remind, limit) as u64));
        let mut day = due;
        if self.dice().chance((1.0 - skill) * 0.05) {
            day = day + Days::new(self.dice().between(14, 40) as u64);
            self.owe("周期跟进", due);
        } else if !self.dice().chance(0.56 + 0.42 * skill) {
            day = day + Days::new(self.dice().between(1, 6) as u64);
            if self.dice().chance((1.0 - skill) * 0.35) {
                self.owe("周期跟进", due);
            }
        }
        let mut at = working_minute_after(self.dice(), day, now);
        for _ in 0..3 {
            if at > self.end() {
                self.owe("周期跟进", due);
                return None;
            }
            if self.dice().chance(0.62 + 0.3 * skill) {
                return self.talk(due, at, level);
            }
            self.attempt("周期跟进", due, at);
            let again = at.date() + Days::new(self.dice().between(0, 2) as u64);
            at = working_minute_after(self.dice(), again, at);
        }
        self.plan_next(at, level);
        Some(at)
    }

    /// A contact that came through, and what it changes.
    fn talk(&mut self, due: NaiveDate, at: At, level: Level) -> Option<At> {
        let age = (at - self.me().first_contact).num_days();
        let push = self.appeal * (0.62 + 0.6 * self.consultant.skill);
        let lucky = self.dice().share();
        let (up, order, down, lose) = match level {
            Level::C => (0.18 * push, 0.0, 0.0, 0.19),
            Level::B => (0.22 * push, 0.03 * push, 0.07, 0.13),
            Level::A => (0.25 * push, 0.09 * push, 0.09, 0.10),
            _ => (0.0, 0.34 * push, 0.12, 0.10),
        };
        let lose = if age > 75 { lose * 2.2 } else { lose };
        if lucky < order {
            let next = self.plan_next(at, level);
            let content = self.dice().word(&["约定到店签约", "价格谈妥,到店下订", "确认现车,来店签单"]);
            self.contact("周期跟进", due, at, "成功", content, None, next);
            self.buy(at);
            return None;
        }
        if lucky < order + lose {
            let reason = self.dice().weighted(&[
                ("价格", 26),
                ("竞品", 30),
                ("同品他店", 14),
                ("无车", 8),
                ("取消", 18),
                ("其他", 4),
            ]);
            self.contact("周期跟进", due, at, "成功", "客户已另有选择,申请战败", None, None);
            let to = match reason {
                "竞品" => self.dice().word(&RIVALS),
                "同品他店" => "本市同品牌店",
                _ => "",
            };
            self.lose(at, reason, to);
            return None;
        }
        if age > 100 && self.dice().chance(0.3) {
            self.contact("周期跟进", due, at, "再约", "客户半年内不考虑,转休眠", None, None);
            self.me().dormant = Some(at);
            return None;
        }
        let becomes = if lucky < order + lose + up {
            match level {
                Level::C => Level::B,
                Level::B => Level::A,
                _ => Level::H,
            }
        } else if lucky < order + lose + up + down {
            match level {
                Level::H => Level::A,
                Level::A => Level::B,
                _ => Level::C,
            }
        } else {
            level
        };
        let next = self.plan_next(at, becomes);
        let (result, content) = match self.dice().between(0, 9) {
            0 => ("再约", "客户开会,约晚些再联系"),
            1 => ("成功", "发送置换报价"),
            2 => ("成功", "邀约本周末店头活动"),
            3 => ("成功", "介绍金融方案"),
            4 => ("成功", "与家人商量中"),
            5 => ("成功", "对比竞品,已发配置表"),
            _ => ("成功", "保持联系,意向不变"),
        };
        self.contact("周期跟进", due, at, result, content, Some(becomes), next);
        if becomes != level {
            self.me().levels.push((at, becomes));
        }
        self.drive(at);
        Some(at)
    }

    /// Perhaps a test drive in the days after a contact.
    fn drive(&mut self, after: At) {
        if self.me().test_drive.is_none() && self.dice().chance(0.22) {
            let day = after.date() + Days::new(self.dice().between(1, 2) as u64);
            let at = working_minute(self.dice(), day);
            if at <= self.end() {
                self.me().test_drive = Some(at);
            }
        }
    }

    fn lose(&mut self, at: At, reason: &'static str, to: &'static str) {
        let fresh = (self.end() - at).num_days() < 12;
        let review = if fresh && self.dice().chance(0.5) { "待审" } else { "通过" };
        let me = self.me();
        me.test_drive = me.test_drive.filter(|drive| *drive <= at);
        me.defeat = Some(Defeat { at, reason, to, review });
    }

    /// Order, contacts while waiting, delivery or cancellation.
    fn buy(&mut self, talked: At) {
        let wait = self.dice().between(0, 2) as u64;
        let ordered = working_minute_after(self.dice(), talked.date() + Days::new(wait), talked);
        if ordered > self.end() {
            return;
        }
        let me = self.me();
        me.test_drive = me.test_drive.filter(|drive| *drive <= ordered);
        me.ordered = Some(ordered);
        me.levels.push((ordered, Level::O));
        let (phone, referrer) = (me.phone.clone(), me.referrer.clone());
        let kind = match (me.key_account, me.purchase) {
            (true, _) => "大客户",
            (_, "增购") => "增购",
            (_, "首购") => "新购",
            _ => "换购",
        };
        let (index, model, consultant) = (self.index, self.model, self.consultant.clone());
        let mut order = self.journeys.order(Some(index), phone, model, &consultant, ordered, referrer, kind);
        let delivery = self.dice().weighted(&[(4, 30), (8, 25), (14, 20), (21, 15), (32, 10)]);
        let days = (delivery + self.dice().between(-2, 3)) as u64;
        let handover = working_minute(self.dice(), ordered.date() + Days::new(days));
        let cancels = self.dice().chance(0.07);
        let until = handover.min(self.end());
        let mut now = ordered;
        loop {
            let due = now.date() + Days::new(3);
            let next = working_minute_after(self.dice(), due, now);
            if next >= until {
                break;
            }
            self.me().plans.push((now, Some(due)));
            now = next;
            if self.dice().chance(0.5) {
                let content = self.dice().word(&["告知到车进度", "确认交车时间", "确认上牌与保险资料"]);
                self.contact("周期跟进", due, next, "成功", content, Some(Level::O), Some(due + Days::new(3)));
            }
        }
        if handover > self.end() {
            self.journeys.orders.push(order);
            return;
        }
        if cancels {
            order.cancelled = Some(handover);
            self.me().cancelled = Some(handover);
            self.me().levels.push((handover, Level::T));
            self.journeys.orders.push(order);
            return;
        }
        order.delivered = Some(handover);
        self.me().delivered = Some(handover);
        self.me().levels.push((handover, Level::D));
        // Now and then a car comes back: the delivery is reversed.
        let reversal = working_minute(self.dice(), handover.date() + Days::new(9));
        if self.dice().chance(0.008) && reversal <= self.end() {
            order.cancelled = Some(reversal);
            self.me().cancelled = Some(reversal);
            self.me().levels.push((reversal, Level::T));
        }
        self.journeys.orders.push(order);
    }

    /// A contact that was due and never made.
    fn owe(&mut self, task: &'static str, due: NaiveDate) {
        let executor = self.consultant.name.clone();
        let party = Party::Prospect(self.index);
        self.journeys.follow_ups.push(FollowUp {
            no: String::new(),
            party,
            task,
            due: Some(due),
            made: None,
            executor,
        });
    }

    /// A call that nobody took.
    fn attempt(&mut self, task: &'static str, due: NaiveDate, at: At) {
        if at <= self.end() {
            self.contact(task, due, at, "未接", "", None, None);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn contact(
        &mut self,
        task: &'static str,
        due: NaiveDate,
        at: At,
        result: &'static str,
        content: &'static str,
        level: Option<Level>,
        next: Option<NaiveDate>,
    ) {
        let connected = !matches!(result, "未接" | "空错号");
        let method = if connected { self.dice().weighted(&[("电话", 76), ("微信", 24)]) } else { "电话" };
        let (satisfaction, feedback, complaint) = (None, "", None);
        let made = Made { at, method, connected, result, content, level, next, satisfaction, feedback, complaint };
        let executor = self.consultant.name.clone();
        let party = Party::Prospect(self.index);
        let made = Some(made);
        self.journeys.follow_ups.push(FollowUp { no: String::new(), party, task, due: Some(due), made, executor });
    }
}

//! One prospect's life: re-grading, contacts, levels, and how it ends.

use super::{
    calendar::{At, clock, working_minute, working_minute_after},
    cars::{Model, RIVALS},
    dice::Dice,
    journeys::Journeys,
    people::Person,
    world::{Defeat, FollowUp, Level, Made, Party, Prospect},
};
use chrono::{Days, Duration, NaiveDate, Timelike};

/// One prospect's life.
pub struct Life<'j, 'a> {
    pub journeys: &'j mut Journeys<'a>,
    /// Index of the prospect.
    pub index: usize,
    pub consultant: Person,
    pub model: &'static Model,
    /// How much likelier than usual it buys.
    pub appeal: f64,
}

impl Life<'_, '_> {
    /// From the first contact on, as far as the cut-off allows.
    pub fn live(mut self) {
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
            // Somebody tidies up some weeks later.
            let days = self.dice().between(25, 80) as u64;
            let tidied = working_minute(self.dice(), first.date() + Days::new(days));
            if tidied <= self.end() {
                self.lose(tidied, "无效", "");
            }
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
        // A contact left out is on the list once, however long it stays out.
        let mut owed = false;
        if self.dice().chance((1.0 - skill) * 0.05) {
            day = day + Days::new(self.dice().between(14, 40) as u64);
            owed = true;
        } else if !self.dice().chance(0.56 + 0.42 * skill) {
            day = day + Days::new(self.dice().between(1, 6) as u64);
            owed = self.dice().chance((1.0 - skill) * 0.35);
        }
        if owed {
            self.owe("周期跟进", due);
        }
        let mut at = working_minute_after(self.dice(), day, now);
        for _ in 0..3 {
            if at > self.end() {
                if !owed {
                    self.owe("周期跟进", due);
                }
                return None;
            }
            if self.dice().chance(0.62 + 0.3 * skill) {
                return self.talk(due, at, level);
            }
            self.attempt("周期跟进", due, at);
            owed = true;
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

//! Contacts with owners: thanks and calls after delivery, calls after a repair, reminders, winning back.

use super::{
    calendar::{At, clock, working_minute, working_minute_after},
    journeys::Journeys,
    people::Person,
    world::{FollowUp, Made, Party, Visit},
};
use chrono::{Days, Duration, NaiveDate};

/// An owner as the caller sees one.
#[derive(Clone)]
pub struct Owner {
    pub phone: String,
    pub vin: String,
}

/// A call to make: what for, due when, when it is really made, how likely somebody answers.
pub struct Call {
    pub task: &'static str,
    pub due: NaiveDate,
    pub at: At,
    pub method: &'static str,
}

impl Journeys<'_> {
    /// The contacts that deliveries demand.
    pub fn call_buyers(&mut self) {
        for order in self.orders.clone() {
            let Some(delivered) = order.delivered else { continue };
            let recent = order.prospect.is_some();
            let owner = Owner { phone: order.phone, vin: order.vin };
            let seller = self.staff.consultants.iter().find(|person| person.name == order.consultant).cloned();
            if let Some(seller) = seller {
                self.thank(&owner, delivered, &seller);
            }
            self.call_after(&owner, "三日回访", delivered, 3, 0.5);
            if recent {
                self.call_after(&owner, "七日回访", delivered, 7, 0.3);
            }
        }
    }

    fn thank(&mut self, owner: &Owner, delivered: At, consultant: &Person) {
        let due = delivered.date() + Days::new(1);
        let skill = consultant.skill;
        let at = if self.dice.chance(0.55 + 0.42 * skill) {
            if self.dice.chance(0.6) {
                (delivered + Duration::minutes(self.dice.between(20, 180))).min(clock(delivered.date(), 17, 55))
            } else {
                let morning = clock(due, 9, 5) + Duration::minutes(self.dice.between(0, 150));
                morning.min(delivered + Duration::minutes(1435))
            }
        } else if self.dice.chance(0.5) {
            let late = self.dice_days(2, 4);
            working_minute(&mut self.dice, due + Days::new(late))
        } else {
            self.owe_owner(owner, "交车感谢", due, consultant);
            return;
        };
        let method = self.dice.weighted(&[("短信", 45), ("微信", 35), ("电话", 20)]);
        let at = at.max(delivered + Duration::minutes(5));
        self.call(owner, Call { task: "交车感谢", due, at, method }, consultant, 1.0, None);
    }

    fn dice_days(&mut self, low: i64, high: i64) -> u64 {
        self.dice.between(low, high).unsigned_abs()
    }

    /// A call of a customer-service agent some days after something.
    fn call_after(&mut self, owner: &Owner, task: &'static str, since: At, days: u64, floor: f64) {
        let agent = self.dice.pick(&self.staff.agents).clone();
        let due = since.date() + Days::new(days);
        let prompt = self.dice.chance(floor + 0.47 * agent.skill);
        if !prompt && self.dice.chance(0.45) {
            self.owe_owner(owner, task, due, &agent);
            return;
        }
        let late = if prompt { 0 } else { self.dice_days(1, 4) };
        let day = if prompt && days > 1 { due - Days::new(self.dice_days(0, 1)) } else { due + Days::new(late) };
        let at = working_minute_after(&mut self.dice, day, since);
        let satisfaction = self.dice.weighted(&[
            (Some("非常满意"), 46),
            (Some("满意"), 40),
            (Some("一般"), 8),
            (Some("不满意"), if self.plan.discipline < 0.5 { 7 } else { 3 }),
        ]);
        self.call(owner, Call { task, due, at, method: "电话" }, &agent, 0.66 + 0.26 * agent.skill, satisfaction);
    }

    /// Calls after work orders, reminders of the next maintenance, and tries to win back who stays away.
    pub fn call_owners(&mut self, visits: &[Visit]) {
        let since = self.span.warm_up;
        for visit in visits.iter().filter(|visit| visit.out_at.date() >= since) {
            let owner = Owner { phone: visit.phone.clone(), vin: visit.vin.clone() };
            if visit.kind != "PDI" && self.dice.chance(0.3) {
                self.call_after(&owner, "维修回访", visit.out_at, 2, 0.45);
            }
            let Some(next) = visit.next_on.filter(|_| self.dice.chance(0.22)) else { continue };
            let due = next - Days::new(14);
            if due > self.span.as_of + Days::new(7) {
                continue;
            }
            let agent = self.dice.pick(&self.staff.agents).clone();
            if due > self.span.as_of || self.dice.chance(0.2 * (1.0 - agent.skill)) {
                self.owe_owner(&owner, "定保提醒", due, &agent);
                continue;
            }
            let at = working_minute_after(&mut self.dice, due, visit.out_at);
            self.call(&owner, Call { task: "定保提醒", due, at, method: "电话" }, &agent, 0.7, None);
            let gone = !visits.iter().any(|later| later.vin == visit.vin && later.in_at > visit.in_at);
            let month_later = next + Days::new(75);
            if gone && month_later <= self.span.as_of && self.dice.chance(0.6) {
                let at = working_minute(&mut self.dice, month_later);
                self.call(&owner, Call { task: "流失招揽", due: month_later, at, method: "电话" }, &agent, 0.5, None);
            }
        }
    }

    fn owe_owner(&mut self, owner: &Owner, task: &'static str, due: NaiveDate, person: &Person) {
        let party = Party::Owner { phone: owner.phone.clone(), vin: owner.vin.clone() };
        let executor = person.name.clone();
        self.follow_ups.push(FollowUp { no: String::new(), party, task, due: Some(due), made: None, executor });
    }

    /// Makes a call, or leaves it owed when the cut-off comes first. `answers` is the chance that somebody does.
    pub fn call(
        &mut self,
        owner: &Owner,
        call: Call,
        person: &Person,
        answers: f64,
        satisfaction: Option<&'static str>,
    ) {
        if call.at > self.span.end() {
            return self.owe_owner(owner, call.task, call.due, person);
        }
        let connected = self.dice.chance(answers);
        let satisfaction = satisfaction.filter(|_| connected);
        let feedback = match satisfaction {
            Some("不满意") => {
                self.dice.word(&["等待时间太长", "交车时讲解不清", "维修后异响仍在", "费用与报价不符"])
            }
            Some("一般") => self.dice.word(&["休息区太吵", "希望提前告知费用", ""]),
            _ => "",
        };
        let content = match (connected, call.task) {
            (false, _) => "",
            (_, "交车感谢") => "感谢购车,祝用车愉快",
            (_, "三日回访") => self.dice.word(&["用车正常,讲解功能", "询问上牌进度", "提醒首保时间"]),
            (_, "定保提醒") => self.dice.word(&["已提醒,客户预约下周", "客户表示近期到店", "已发短信"]),
            (_, "流失招揽") => self.dice.word(&["赠送检测券,客户考虑", "客户已在外店保养"]),
            _ => self.dice.word(&["客户表示正常", "车辆使用良好", "无异常"]),
        };
        let made = Made {
            at: call.at,
            method: call.method,
            connected,
            result: if connected { "成功" } else { "未接" },
            content,
            level: None,
            next: None,
            satisfaction,
            feedback,
            complaint: None,
        };
        let party = Party::Owner { phone: owner.phone.clone(), vin: owner.vin.clone() };
        let executor = person.name.clone();
        let (task, due, made) = (call.task, Some(call.due), Some(made));
        self.follow_ups.push(FollowUp { no: String::new(), party, task, due, made, executor });
    }
}

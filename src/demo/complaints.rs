//! Complaints: from dissatisfied answers and from customers themselves; answered quickly in good stores.

use super::{
    calendar::{At, clock, season, working_minute, working_minute_after},
    follow_ups::{Call, Owner},
    journeys::Journeys,
    world::{Complaint, Party, Visit},
};
use chrono::{Days, Duration, NaiveDate};
use std::collections::BTreeMap;

const CATEGORIES: [(&str, u32); 8] = [
    ("销售", 16),
    ("服务态度", 14),
    ("维修质量", 24),
    ("产品质量", 16),
    ("价格", 8),
    ("配件", 8),
    ("等待时间", 11),
    ("其他", 3),
];

impl Journeys<'_> {
    /// All complaints, oldest first. Writes the complaint's number into the dissatisfied answers that led to one.
    pub fn complaints(&mut self, visits: &[Visit]) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        for i in 0..self.follow_ups.len() {
            let follow_up = &self.follow_ups[i];
            let (Some(made), Party::Owner { phone, vin }) = (&follow_up.made, &follow_up.party) else { continue };
            if made.satisfaction != Some("不满意") {
                continue;
            }
            let owner = Owner { phone: phone.clone(), vin: vin.clone() };
            let (at, category) = (made.at + Duration::minutes(5), category_of(made.feedback));
            complaints.push((self.complaint(&owner, at, "回访", category), Some(i)));
        }
        self.spoken_up(visits, &mut complaints);
        complaints.sort_by(|(a, _), (b, _)| (a.accepted, &a.phone).cmp(&(b.accepted, &b.phone)));
        let mut serials: BTreeMap<NaiveDate, u32> = BTreeMap::new();
        let mut number = |complaint: &mut Complaint| {
            let serial = serials.entry(complaint.accepted.date()).or_default();
            *serial += 1;
            complaint.no = format!("TS{}{serial:02}", complaint.accepted.format("%y%m%d"));
        };
        for (complaint, answer) in &mut complaints {
            number(complaint);
            if let Some(made) = answer.and_then(|i| self.follow_ups[i].made.as_mut()) {
                made.complaint = Some(complaint.no.clone());
            }
        }
        let mut complaints: Vec<Complaint> = complaints.into_iter().map(|(complaint, _)| complaint).collect();
        let mut repeats = Vec::new();
        for first in &complaints {
            let Some(closed) = first.closed else { continue };
            if self.dice.chance(0.04 + 0.09 * (1.0 - self.plan.discipline)) {
                let days = self.dice.between(5, 70) as u64;
                let at = working_minute(&mut self.dice, closed.date() + Days::new(days));
                if at <= self.span.end() {
                    let owner = Owner { phone: first.phone.clone(), vin: first.vin.clone().unwrap_or_default() };
                    let mut again = self.complaint(&owner, at, "电话", first.category);
                    again.related = Some(first.no.clone());
                    number(&mut again);
                    repeats.push(again);
                }
            }
        }
        complaints.extend(repeats);
        complaints.sort_by(|a, b| (a.accepted, &a.no).cmp(&(b.accepted, &b.no)));
        self.call_back(&complaints);
        complaints
    }

    fn spoken_up(&mut self, visits: &[Visit], complaints: &mut Vec<(Complaint, Option<usize>)>) {
        let days: Vec<NaiveDate> = self.span.warm_up.iter_days().take_while(|day| *day <= self.span.as_of).collect();
        for day in days {
            let expected = self.plan.size * season(day) * (0.05 + 0.09 * (1.0 - self.plan.discipline));
            for _ in 0..self.dice.count(expected) {
                let recent: Vec<&Visit> = visits
                    .iter()
                    .filter(|visit| {
                        visit.out_at.date() < day && visit.out_at.date() + Days::new(30) > day && visit.kind != "PDI"
                    })
                    .collect();
                if recent.is_empty() {
                    continue;
                }
                let visit = self.dice.pick(&recent);
                let owner = Owner { phone: visit.phone.clone(), vin: visit.vin.clone() };
                let at = if self.dice.chance(0.1) {
                    clock(day, 18, 30) + Duration::minutes(self.dice.between(0, 150))
                } else {
                    working_minute(&mut self.dice, day)
                };
                if at > self.span.end() {
                    continue;
                }
                let source = self.dice.weighted(&[("电话", 48), ("到店", 24), ("网络", 14), ("厂家", 12), ("媒体", 2)]);
                let category = self.dice.weighted(&CATEGORIES);
                let complaint = self.complaint(&owner, at, source, category);
                complaints.push((complaint, None));
            }
        }
    }

    fn complaint(&mut self, owner: &Owner, accepted: At, source: &'static str, category: &'static str) -> Complaint {
        let end = self.span.end();
        let agent = self.dice.pick(&self.staff.agents).clone();
        let skill = (agent.skill + self.plan.discipline) / 2.0;
        let opening = if accepted >= clock(accepted.date(), 18, 0) {
            clock(accepted.date() + Days::new(1), 8, 30)
        } else {
            accepted
        };
        let wait =
            if self.dice.chance(0.42 + 0.55 * skill) { self.dice.between(1, 9) } else { self.dice.between(12, 260) };
        let responded = Some(opening + Duration::minutes(wait)).filter(|at| *at <= end);
        let responded = responded.filter(|_| !self.dice.chance((1.0 - skill) * 0.06));
        let planned = responded.and_then(|at| {
            let minutes = if self.dice.chance(0.45 + 0.5 * skill) {
                self.dice.between(40, 1100)
            } else {
                self.dice.between(1500, 5000)
            };
            Some(in_hours(at + Duration::minutes(minutes))).filter(|at| *at <= end)
        });
        let closed = planned.and_then(|at| {
            let days = self.dice.between(0, if skill > 0.6 { 5 } else { 14 }) as u64;
            let at = working_minute_after(&mut self.dice, at.date() + Days::new(days), at);
            Some(at).filter(|at| *at <= end && !self.dice.chance((1.0 - skill) * 0.05))
        });
        let department = match category {
            "销售" => "销售部",
            "配件" => "备件部",
            "服务态度" | "其他" => "客户关系部",
            _ => "售后服务部",
        };
        let done = closed.is_some();
        Complaint {
            no: String::new(),
            accepted,
            source,
            phone: owner.phone.clone(),
            vin: Some(owner.vin.clone()).filter(|vin| !vin.is_empty()),
            category,
            severity: self.dice.weighted(&[("一般", 72), ("重要", 23), ("重大", 5)]),
            department,
            handler: agent.name.clone(),
            responded,
            planned,
            closed,
            outcome: if done {
                self.dice.word(&["致歉并免费复检", "返工处理,客户认可", "补偿保养券一张", "解释说明,达成谅解"])
            } else {
                ""
            },
            cause: if done {
                self.dice.word(&["沟通不到位", "作业未按流程", "备件到货慢", "交接遗漏", "预约超量"])
            } else {
                ""
            },
            action: if done {
                self.dice.word(&["交车前增加终检", "晨会通报并培训", "调整备件安全库存", "完善交接单"])
            } else {
                ""
            },
            satisfied: self.dice.chance(0.6 + 0.3 * skill),
            related: None,
        }
    }

    /// A call after closing.
    fn call_back(&mut self, complaints: &[Complaint]) {
        for complaint in complaints {
            let (Some(closed), Some(vin)) = (complaint.closed, &complaint.vin) else { continue };
            let agent = self.dice.pick(&self.staff.agents).clone();
            if !self.dice.chance(0.55 + 0.4 * agent.skill) {
                continue;
            }
            let due = closed.date() + Days::new(2);
            let at = working_minute_after(&mut self.dice, due, closed);
            let owner = Owner { phone: complaint.phone.clone(), vin: vin.clone() };
            let call = Call { task: "投诉回访", due, at, method: "电话" };
            self.call(&owner, call, &agent, 0.8, Some(if complaint.satisfied { "满意" } else { "一般" }));
        }
    }
}

fn category_of(feedback: &str) -> &'static str {
    match feedback {
        "等待时间太长" => "等待时间",
        "交车时讲解不清" => "销售",
        "维修后异响仍在" => "维修质量",
        _ => "价格",
    }
}

/// The same minute when it is inside opening hours, else the next morning.
fn in_hours(at: At) -> At {
    if at < clock(at.date(), 8, 30) {
        clock(at.date(), 9, 10)
    } else if at < clock(at.date(), 18, 0) {
        at
    } else {
        clock(at.date() + Days::new(1), 9, 10)
    }
}

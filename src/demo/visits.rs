//! Cars in the workshop: PDI before delivery, first and regular maintenance, repairs, accidents, and cars that stop
//! coming.

use super::{
    calendar::{At, clock, month_of},
    journeys::Journeys,
    people::phone,
    world::Visit,
};
use crate::model::instant::add_months;
use chrono::{Datelike, Days, Duration, NaiveDate};

/// A car and how it is used.
struct Car {
    vin: String,
    phone: String,
    bought: At,
    /// Kilometres a day.
    pace: i64,
    /// Chance that it comes back after a visit.
    loyalty: f64,
}

impl Journeys<'_> {
    /// The work orders of all cars: those delivered by the store and those of the years before.
    pub fn visits(&mut self) -> Vec<Visit> {
        let mut visits = Vec::new();
        let delivered: Vec<_> =
            self.orders.iter().map(|o| (o.vin.clone(), o.phone.clone(), o.delivered, o.cancelled)).collect();
        for (vin, phone, at, cancelled) in delivered {
            let Some(bought) = at else { continue };
            let car = self.car(vin, phone, bought);
            self.pdi(&car, &mut visits);
            if cancelled.is_none() && self.dice.chance(0.80 + 0.17 * self.plan.discipline) {
                let months = self.dice.between(3, 8) as i32;
                self.come(&car, add_months(bought.date(), months), true, &mut visits);
            }
        }
        for _ in 0..(self.plan.size * 190.0) as u32 {
            let age = self.dice.between(60, 5 * 365) as u64;
            let bought = clock(self.span.history - Days::new(age), 11, 0);
            let person = self.next_person();
            let vin = self.next_vin(bought.year());
            let car = self.car(vin, phone(person), bought);
            let first = self.span.history + Days::new(self.dice.between(0, 210) as u64);
            self.come(&car, Some(first), false, &mut visits);
        }
        visits
    }

    fn car(&mut self, vin: String, phone: String, bought: At) -> Car {
        let pace = self.dice.between(22, 62);
        let loyalty = 0.62 + 0.28 * self.plan.discipline + (self.dice.share() - 0.5) * 0.16;
        Car { vin, phone, bought, pace, loyalty }
    }

    fn pdi(&mut self, car: &Car, visits: &mut Vec<Visit>) {
        let day = car.bought.date() - Days::new(self.dice.between(1, 3) as u64);
        let in_at = self.drop_off(day);
        let mileage = self.dice.between(6, 22);
        visits.push(self.visit(car, in_at, mileage, "PDI", (120, 0), "内部", in_at + Duration::minutes(75)));
    }

    fn drop_off(&mut self, day: NaiveDate) -> At {
        let hour = self.dice.weighted(&[(8, 10), (9, 26), (10, 22), (11, 10), (13, 10), (14, 12), (15, 7)]);
        clock(day, hour, self.dice.between(if hour == 8 { 35 } else { 0 }, 59) as u32)
    }

    /// A car's visits from its next due day on, until it stays away or the cut-off comes.
    fn come(&mut self, car: &Car, first: Option<NaiveDate>, mut maiden: bool, visits: &mut Vec<Visit>) {
        let mut due = first;
        while let Some(day) = due.filter(|day| *day <= self.span.as_of) {
            let in_at = self.drop_off(day);
            if in_at > self.span.end() {
                return;
            }
            let mileage = 15 + (in_at - car.bought).num_days() * car.pace;
            let kind = if maiden {
                "首保"
            } else {
                self.dice.weighted(&[("定保", 58), ("一般维修", 25), ("事故", 9), ("索赔", 8)])
            };
            maiden = false;
            let (labour, parts, payer, hours) = match kind {
                "首保" => (150, self.dice.between(22, 30) * 10, "厂家", 2),
                "定保" => (self.dice.between(18, 45) * 10, self.dice.between(42, 140) * 10, "客户", 2),
                "一般维修" => (self.dice.between(12, 80) * 10, self.dice.between(10, 260) * 10, "客户", 4),
                "事故" => (
                    self.dice.between(80, 420) * 10,
                    self.dice.between(150, 1100) * 10,
                    "保险",
                    24 * self.dice.between(2, 9),
                ),
                _ => (self.dice.between(20, 90) * 10, self.dice.between(30, 280) * 10, "厂家", 6),
            };
            let out_at = self.collected(in_at, hours);
            visits.push(self.visit(car, in_at, mileage, kind, (labour, parts), payer, out_at));
            let mut after = out_at.date();
            if matches!(kind, "一般维修" | "事故") && self.dice.chance(0.03 + 0.07 * (1.0 - self.plan.discipline))
            {
                after = self.redo(car, out_at, mileage, visits).unwrap_or(after);
            }
            if !self.dice.chance(car.loyalty) {
                return;
            }
            let gap = if self.dice.chance(0.24) { self.dice.between(1, 3) } else { self.dice.between(4, 8) };
            due = add_months(after, gap as i32).map(|day| day + Days::new(self.dice.between(1, 20) as u64));
        }
    }

    /// The same repair once more, at the store's cost; when it was ready.
    fn redo(&mut self, car: &Car, out: At, mileage: i64, visits: &mut Vec<Visit>) -> Option<NaiveDate> {
        let days = self.dice.between(2, 12);
        let in_at = self.drop_off(out.date() + Days::new(days as u64));
        if in_at > self.span.end() {
            return None;
        }
        let out_at = self.collected(in_at, 3);
        let labour = self.dice.between(10, 40) * 10;
        visits.push(self.visit(car, in_at, mileage + days * car.pace, "返修", (labour, 0), "内部", out_at));
        Some(out_at.date())
    }

    fn collected(&mut self, in_at: At, hours: i64) -> At {
        if hours >= 24 {
            return clock(in_at.date() + Days::new((hours / 24) as u64), 16, 0)
                + Duration::minutes(self.dice.between(0, 110));
        }
        let ready = in_at + Duration::minutes(hours * 45 + self.dice.between(0, 60));
        ready.min(clock(in_at.date(), 17, 58)).max(in_at + Duration::minutes(30))
    }

    #[allow(clippy::too_many_arguments)]
    fn visit(
        &mut self,
        car: &Car,
        in_at: At,
        mileage: i64,
        kind: &'static str,
        (labour, parts): (i64, i64),
        payer: &'static str,
        out_at: At,
    ) -> Visit {
        let regular = matches!(kind, "首保" | "定保");
        let booked = regular && self.dice.chance(0.4);
        let half_year =
            add_months(month_of(in_at.date()), 6).map(|month| month + Days::new(u64::from(in_at.day().min(28)) - 1));
        Visit {
            no: String::new(),
            vin: car.vin.clone(),
            phone: car.phone.clone(),
            in_at,
            out_at,
            mileage,
            kind,
            labour,
            parts,
            advisor: self.dice.pick(&self.staff.advisors).name.clone(),
            payer,
            booking: if booked { format!("YY{}", in_at.format("%y%m%d%H%M")) } else { String::new() },
            next_on: half_year.filter(|_| regular),
            next_mileage: regular.then_some((mileage / 1000 + 10) * 1000),
        }
    }
}

//! A number far outside what the store itself had in the months before (S037, S038).

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    model::{Value, instant::add_months},
};
use chrono::NaiveDate;
use std::collections::VecDeque;

/// Rows without which there is no history to compare with.
const ROWS: usize = 30;

/// A number as amounts and counts are compared.
fn number(value: &Value) -> Option<f64> {
    let fen = || value.amount().map(|fen| fen.0 as f64 / 100.0);
    value.int().map(|n| n as f64).or_else(fen).or(match value {
        Value::Number(n) => Some(*n),
        _ => None,
    })
}

/// The numbers of the last months, as far as the lowest and the highest of them need them.
#[derive(Default)]
struct Window {
    days: VecDeque<NaiveDate>,
    lowest: VecDeque<(NaiveDate, f64)>,
    highest: VecDeque<(NaiveDate, f64)>,
}

impl Window {
    fn add(&mut self, day: NaiveDate, number: f64) {
        self.days.push_back(day);
        while self.lowest.back().is_some_and(|(_, held)| *held >= number) {
            self.lowest.pop_back();
        }
        self.lowest.push_back((day, number));
        while self.highest.back().is_some_and(|(_, held)| *held <= number) {
            self.highest.pop_back();
        }
        self.highest.push_back((day, number));
    }

    fn forget_before(&mut self, since: NaiveDate) {
        while self.days.front().is_some_and(|day| *day < since) {
            self.days.pop_front();
        }
        for ends in [&mut self.lowest, &mut self.highest] {
            while ends.front().is_some_and(|(day, _)| *day < since) {
                ends.pop_front();
            }
        }
    }

    fn ends(&self) -> Option<(f64, f64)> {
        let enough = self.days.len() >= ROWS;
        Some((self.lowest.front()?.1, self.highest.front()?.1)).filter(|_| enough)
    }
}

/// Raises the newest version of each row whose number is `factor` times above the highest, or below the lowest, of the rows
/// in the `months` months before it.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, factor: u32, months: u32, judge: &Judge<'_>) {
    let Some(time) = rows.sheet.time.as_deref().and_then(|time| rows.sheet.field(time)) else { return };
    let mut ordered: Vec<(NaiveDate, f64, usize, usize)> = Vec::new();
    for (index, subject) in rows.subjects.iter().enumerate() {
        let Some(&line) = subject.history.versions.last().and_then(|version| version.last()) else { continue };
        let values = rows.values(line);
        if let (Some(at), Some(number)) = (values[time].instant(), number(&values[rule.field]))
            && number > 0.0
            && rule.asks(values)
        {
            ordered.push((at.date(), number, index, line));
        }
    }
    ordered.sort_by(|a, b| a.0.cmp(&b.0).then(a.3.cmp(&b.3)));
    let mut odd: Vec<(usize, f64, f64, f64)> = Vec::new();
    let (mut window, factor) = (Window::default(), f64::from(factor));
    for of_day in ordered.chunk_by(|a, b| a.0 == b.0) {
        let Some((day, ..)) = of_day.first() else { continue };
        window.forget_before(add_months(*day, -i32::try_from(months).unwrap_or(12)).unwrap_or(*day));
        let ends = window.ends();
        for (day, own, subject, _) in of_day {
            match ends {
                // What is odd itself is no measure for others.
                Some((low, high)) if *own > high * factor || *own * factor < low => {
                    odd.push((*subject, *own, low, high))
                }
                _ => window.add(*day, *own),
            }
        }
    }
    for (subject, own, low, high) in odd {
        let Some(version) = rows.subjects[subject].history.versions.last().cloned() else { continue };
        let mut rejects = false;
        for line in version {
            let args = arguments! {
                "value" => own.to_string(), "low" => low.to_string(), "high" => high.to_string(),
                "months" => u64::from(months),
            };
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), args);
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}

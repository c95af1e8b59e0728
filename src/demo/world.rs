//! What happened in one store: the events, before any clerk wrote them down. Amounts are whole yuan.

use super::{
    calendar::{At, Span},
    dice::Dice,
    group::StorePlan,
    journeys::Journeys,
    people::Staff,
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, sync::Arc};

/// A level of a prospect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    N,
    C,
    B,
    A,
    H,
    O,
    D,
    T,
}

impl Level {
    /// As clerks write it.
    pub fn word(self) -> &'static str {
        match self {
            Level::N => "N",
            Level::C => "C",
            Level::B => "B",
            Level::A => "A",
            Level::H => "H",
            Level::O => "O",
            Level::D => "D",
            Level::T => "T",
        }
    }

    /// Days until the next contact: reminder and limit.
    pub fn cadence(self) -> (i64, i64) {
        match self {
            Level::H => (1, 2),
            Level::A => (3, 5),
            Level::B => (5, 7),
            Level::C => (10, 15),
            _ => (3, 3),
        }
    }
}

/// A prospect.
#[derive(Clone, Debug)]
pub struct Prospect {
    pub no: String,
    pub name: String,
    pub phone: String,
    pub channel: &'static str,
    pub info_source: &'static str,
    pub reason: &'static str,
    pub consultant: Arc<str>,
    pub district: &'static str,
    pub model: &'static str,
    pub colour: &'static str,
    pub rival: &'static str,
    /// Yuan.
    pub budget: i64,
    pub by_instalments: bool,
    pub purchase: &'static str,
    pub focus: &'static str,
    pub key_account: bool,
    pub referrer: Option<String>,
    /// Where in its level's window it means to buy: 0 to 99.
    pub haste: i64,
    pub first_contact: At,
    /// Every level it had and since when, N first, in order.
    pub levels: Vec<(At, Level)>,
    /// The next contact as planned, from each moment on.
    pub plans: Vec<(At, Option<NaiveDate>)>,
    pub test_drive: Option<At>,
    pub ordered: Option<At>,
    pub delivered: Option<At>,
    pub cancelled: Option<At>,
    pub dormant: Option<At>,
    pub defeat: Option<Defeat>,
}

/// How a prospect was lost.
#[derive(Clone, Copy, Debug)]
pub struct Defeat {
    pub at: At,
    pub reason: &'static str,
    pub to: &'static str,
    pub review: &'static str,
}

impl Prospect {
    /// Level and since when, at a moment.
    pub fn level_at(&self, now: At) -> (At, Level) {
        self.levels.iter().rev().find(|(at, _)| *at <= now).copied().unwrap_or((self.first_contact, Level::N))
    }

    /// When it left the pool for good: delivery, cancellation, defeat or sleep.
    pub fn ended(&self) -> Option<At> {
        [self.delivered, self.cancelled, self.dormant, self.defeat.map(|defeat| defeat.at)].into_iter().flatten().min()
    }

    /// Whether it is open (N C B A H) or ordered and waiting (O) at a moment.
    pub fn in_hand(&self, now: At) -> bool {
        self.first_contact <= now && self.ended().is_none_or(|end| end > now)
    }

    /// Whether it was lost by a moment.
    pub fn is_lost(&self, now: At) -> bool {
        self.defeat.as_ref().is_some_and(|defeat| defeat.at <= now)
    }
}

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    pub no: String,
    /// Index of the prospect; `None` in the opening archive's years.
    pub prospect: Option<usize>,
    pub phone: String,
    pub vin: String,
    pub model: &'static str,
    pub consultant: Arc<str>,
    pub ordered: At,
    pub promised: NaiveDate,
    pub delivered: Option<At>,
    pub cancelled: Option<At>,
    /// Yuan.
    pub price: i64,
    /// Yuan.
    pub profit: i64,
    pub finance: bool,
    pub insurance: bool,
    pub trade_in: bool,
    pub registration: bool,
    pub warranty: bool,
    pub referrer: Option<String>,
    pub kind: &'static str,
}

/// A work order.
#[derive(Clone, Debug)]
pub struct Visit {
    pub no: String,
    pub vin: String,
    pub phone: String,
    pub in_at: At,
    pub out_at: At,
    pub mileage: i64,
    pub kind: &'static str,
    /// Yuan.
    pub labour: i64,
    /// Yuan.
    pub parts: i64,
    pub advisor: Arc<str>,
    pub payer: &'static str,
    pub booking: String,
    pub next_on: Option<NaiveDate>,
    pub next_mileage: Option<i64>,
}

/// A complaint.
#[derive(Clone, Debug)]
pub struct Complaint {
    pub no: String,
    pub accepted: At,
    pub source: &'static str,
    pub phone: String,
    pub vin: Option<String>,
    pub category: &'static str,
    pub severity: &'static str,
    pub department: &'static str,
    pub handler: Arc<str>,
    pub responded: Option<At>,
    pub planned: Option<At>,
    pub closed: Option<At>,
    pub outcome: &'static str,
    pub cause: &'static str,
    pub action: &'static str,
    pub satisfied: bool,
    pub related: Option<String>,
}

/// Who a contact was with.
#[derive(Clone, Debug)]
pub enum Party {
    /// The prospect of an index.
    Prospect(usize),
    /// An owner.
    Owner { phone: String, vin: String },
}

/// A contact due, made or both.
#[derive(Clone, Debug)]
pub struct FollowUp {
    pub no: String,
    pub party: Party,
    pub task: &'static str,
    pub due: Option<NaiveDate>,
    pub made: Option<Made>,
    pub executor: Arc<str>,
}

/// What came of a contact.
#[derive(Clone, Debug)]
pub struct Made {
    pub at: At,
    pub method: &'static str,
    pub connected: bool,
    pub result: &'static str,
    pub content: &'static str,
    pub level: Option<Level>,
    pub next: Option<NaiveDate>,
    pub satisfaction: Option<&'static str>,
    pub feedback: &'static str,
    pub complaint: Option<String>,
}

impl FollowUp {
    /// The day it belongs to: when it was made, else when it was due.
    pub fn day(&self) -> Option<NaiveDate> {
        self.made.as_ref().map(|made| made.at.date()).or(self.due)
    }
}

/// One store's past.
#[derive(Clone, Debug)]
pub struct World {
    pub staff: Staff,
    pub prospects: Vec<Prospect>,
    pub orders: Vec<Order>,
    pub visits: Vec<Visit>,
    pub complaints: Vec<Complaint>,
    pub follow_ups: Vec<FollowUp>,
}

impl World {
    /// What happens in a store within `span`, in a group of `stores`.
    pub fn of(plan: &StorePlan, stores: u32, span: Span, dice: Dice) -> World {
        let mut journeys = Journeys::new(plan, stores, span, dice);
        journeys.run();
        let mut visits = journeys.visits();
        journeys.call_buyers();
        journeys.call_owners(&visits);
        let complaints = journeys.complaints(&visits);
        let Journeys { staff, mut prospects, mut orders, mut follow_ups, .. } = journeys;
        visits.sort_by(|a, b| (a.in_at, &a.vin).cmp(&(b.in_at, &b.vin)));
        orders.sort_by(|a, b| (a.ordered, &a.phone).cmp(&(b.ordered, &b.phone)));
        // Stable: contacts of one day keep the order in which they came about.
        follow_ups.sort_by_key(|contact| (contact.day(), contact.made.as_ref().map(|made| made.at)));
        let mut by_time: Vec<usize> = (0..prospects.len()).collect();
        by_time.sort_by_key(|i| (prospects[*i].first_contact, *i));
        let mut numbers = Numbers::default();
        for i in by_time {
            prospects[i].no = numbers.next("QK", prospects[i].first_contact.date());
        }
        for order in &mut orders {
            order.no = numbers.next("DD", order.ordered.date());
        }
        for visit in &mut visits {
            visit.no = numbers.next("WX", visit.in_at.date());
        }
        for follow_up in &mut follow_ups {
            follow_up.no = numbers.next("HF", follow_up.due.or_else(|| follow_up.day()).unwrap_or(span.as_of));
        }
        World { staff, prospects, orders, visits, complaints, follow_ups }
    }
}

/// The store's own numbers: a prefix, the day, a serial of the day.
#[derive(Default)]
struct Numbers(BTreeMap<(&'static str, NaiveDate), u32>);

impl Numbers {
    fn next(&mut self, prefix: &'static str, day: NaiveDate) -> String {
        let serial = self.0.entry((prefix, day)).or_default();
        *serial += 1;
        format!("{prefix}{}{serial:02}", day.format("%y%m%d"))
    }
}

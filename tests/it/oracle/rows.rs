//! The rows of a made group, typed, as its stores write them.

use chrono::{Days, Months, NaiveDate, NaiveDateTime, NaiveTime};

/// An instant as a cell gives it: to the minute, or only the day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub day: NaiveDate,
    pub time: Option<NaiveTime>,
}

impl std::fmt::Debug for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.time {
            Some(time) => write!(f, "{} {}", self.day, time.format("%H:%M")),
            None => write!(f, "{}", self.day),
        }
    }
}

impl Moment {
    /// The earliest instant that it may be.
    pub fn first(self) -> NaiveDateTime {
        self.day.and_time(self.time.unwrap_or(NaiveTime::MIN))
    }

    /// The latest instant that it may be.
    pub fn last(self) -> NaiveDateTime {
        self.time.map_or(end_of(self.day), |time| self.day.and_time(time))
    }

    /// Whether it lies at or after `from`; nothing where the day alone does not tell.
    pub fn since(self, from: NaiveDateTime) -> Option<bool> {
        match (self.first() >= from, self.last() >= from) {
            (true, _) => Some(true),
            (_, false) => Some(false),
            _ => None,
        }
    }
}

pub fn end_of(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(23, 59, 59).expect("an instant")
}

pub fn after(day: NaiveDate, days: i64) -> NaiveDate {
    if days < 0 { day - Days::new(days.unsigned_abs()) } else { day + Days::new(days.unsigned_abs()) }
}

/// Months before, clamped to the month's end.
pub fn before(day: NaiveDate, months: u32) -> NaiveDate {
    day - Months::new(months)
}

/// 潜客表.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub no: Option<String>,
    pub phone: String,
    pub first: Moment,
    pub level: char,
    pub level_at: Moment,
    pub model: &'static str,
    pub channel: &'static str,
    pub consultant: &'static str,
    pub ordered: Option<Moment>,
    pub delivered: Option<Moment>,
    pub cancelled: Option<Moment>,
    pub defeated: Option<Moment>,
    pub review: Option<&'static str>,
    pub status: Option<&'static str>,
}

impl Card {
    /// What identifies it in its store.
    pub fn key(&self) -> &str {
        self.no.as_deref().unwrap_or(&self.phone)
    }
}

/// 回访记录, of those that were made.
#[derive(Clone, Debug)]
pub struct Call {
    pub no: String,
    pub key: String,
    pub done: Moment,
    pub connected: bool,
    pub level_after: Option<char>,
    pub executor: &'static str,
}

/// 投诉清单.
#[derive(Clone, Debug)]
pub struct Complaint {
    pub no: String,
    pub accepted: Moment,
    pub key: String,
    pub category: &'static str,
    pub handler: Option<&'static str>,
    pub closed: Option<Moment>,
    pub satisfied: Option<bool>,
}

/// 订单交车.
#[derive(Clone, Debug)]
pub struct Order {
    pub no: String,
    pub vin: Option<String>,
    pub model: &'static str,
    pub consultant: &'static str,
    pub phone: String,
    pub ordered: Moment,
    pub delivered: Option<Moment>,
    pub cancelled: Option<Moment>,
}

impl Order {
    /// The day on which a delivered car was taken back: after the day of delivery.
    pub fn reversed(&self) -> Option<NaiveDate> {
        let (delivered, cancelled) = (self.delivered?, self.cancelled?);
        (cancelled.day > delivered.day).then_some(cancelled.day)
    }
}

/// 进厂记录.
#[derive(Clone, Debug)]
pub struct Visit {
    pub no: String,
    pub vin: String,
    pub at: Moment,
    pub km: i64,
    pub kind: &'static str,
    /// In hundredths of a yuan; negative: 红冲.
    pub total: i64,
    pub advisor: &'static str,
    pub payer: Option<&'static str>,
    pub next_on: Option<NaiveDate>,
    pub next_km: Option<i64>,
}

/// 车主档案.
#[derive(Clone, Debug)]
pub struct Owner {
    pub vin: String,
    pub phone: String,
    pub bought: NaiveDate,
    pub updated: Option<Moment>,
    pub in_hand: Option<bool>,
    pub lost: Option<NaiveDate>,
}

/// 保险.
#[derive(Clone, Debug)]
pub struct Policy {
    pub no: String,
    pub vin: String,
    pub kind: &'static str,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub here: bool,
    pub consultant: Option<&'static str>,
}

/// 渠道费用.
#[derive(Clone, Debug)]
pub struct Cost {
    pub month: NaiveDate,
    pub channel: &'static str,
    pub yuan: i64,
}

/// What a store sent for one week; a sheet that it did not send is none.
#[derive(Clone, Debug)]
pub struct Week {
    pub sunday: NaiveDate,
    pub cards: Option<Vec<Card>>,
    pub calls: Option<Vec<Call>>,
    pub complaints: Option<Vec<Complaint>>,
}

#[derive(Clone, Debug)]
pub struct Store {
    pub id: String,
    pub weeks: Vec<Week>,
    pub orders: Vec<Order>,
    pub visits: Vec<Visit>,
    pub owners: Vec<Owner>,
    pub policies: Vec<Policy>,
    /// None: a store that keeps no such sheet.
    pub costs: Option<Vec<Cost>>,
}

impl Store {
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.weeks.iter().filter_map(|week| week.calls.as_ref()).flatten()
    }

    /// The cards as the newest list has them.
    pub fn cards(&self) -> &[Card] {
        self.weeks.iter().rev().find_map(|week| week.cards.as_deref()).unwrap_or_default()
    }

    pub fn complaints(&self) -> &[Complaint] {
        self.weeks.iter().rev().find_map(|week| week.complaints.as_deref()).unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
pub struct Group {
    /// The cut-off: the end of this day.
    pub until: NaiveDate,
    pub stores: Vec<Store>,
}

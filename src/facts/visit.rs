//! Work orders as typed records, with what their kind and payer mean.

use super::{
    beside::cell,
    drafts::text,
    ledger::Ledger,
    record::{Sheet, Word, is_one_of, known, word},
};
use crate::model::{CheckedRow, Fen, Instant, Value};
use chrono::{NaiveDate, NaiveDateTime};
use std::sync::Arc;

/// A service visit that began by the cut-off.
pub(super) struct Visit<'a> {
    /// Its index among the sheet's current rows.
    pub index: usize,
    pub row: &'a CheckedRow,
    pub vin: &'a Arc<str>,
    pub at: Instant,
    /// When the car left, by the cut-off.
    pub left: Option<Instant>,
    pub advisor: Word<'a>,
    pub total: Fen,
    pub mileage: Option<i64>,
    /// 下次保养日.
    pub next_on: Option<NaiveDate>,
    /// 下次保养里程.
    pub next_mileage: Option<i64>,
    /// 首保.
    pub first_service: bool,
    /// 定保.
    pub maintenance: bool,
    /// 一般维修.
    pub repair: bool,
    /// 返修.
    pub rework: bool,
    /// A check of a new car.
    pub pdi: bool,
    /// Paid by the store itself.
    pub internal: bool,
    /// The customer pays.
    pub customer_pays: bool,
    /// Of warranty, by its kind or because the maker pays.
    pub warranty: bool,
}

impl Visit<'_> {
    /// Counts for retention: neither PDI nor 返修.
    pub fn countable(&self) -> bool {
        !self.pdi && !self.rework
    }

    /// Counts for the churn ladder: countable, and not paid by the store itself. An empty 付费方 counts.
    pub fn by_customer(&self) -> bool {
        self.countable() && !self.internal
    }

    /// The cells that say whose car it is and who received it: VIN, key, name, phone, advisor.
    pub fn car_cells(&self, ledger: &Ledger<'_>) -> [(&'static str, Value); 5] {
        let [name, phone] = ledger.owner_of(self.vin);
        [
            ("vin", text(Some(self.vin))),
            ("customer_key", text(Some(self.vin))),
            ("customer_name", text(name)),
            ("phone", text(phone)),
            ("staff", text(self.advisor)),
        ]
    }

    /// Somebody's car was in: neither PDI nor for the store itself.
    pub fn of_customer(&self) -> bool {
        !self.pdi && !self.internal
    }
}

/// The visits that began by the cut-off, in time, then by place.
pub(super) fn visits<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<Visit<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [vin, in_at, out_at, kind, payer, advisor, total, mileage, next_on, next_mileage] = sheet.fields([
        "vin",
        "in_at",
        "out_at",
        "kind",
        "payer",
        "advisor",
        "total",
        "mileage",
        "next_service_on",
        "next_service_mileage",
    ]);
    let [first, maintenance, repair, rework, pdi, of_warranty] =
        ["first_service", "maintenance", "repair", "rework", "pdi", "warranty"].map(|role| sheet.role("kind", role));
    let [house, customer, maker] = ["house", "customer", "maker"].map(|role| sheet.role("payer", role));
    let visit = |(index, row): (usize, &'a CheckedRow)| {
        let (kind, payer) = (word(row, kind), word(row, payer));
        let moment = |field| cell(row, field).instant().filter(|at: &Instant| known(*at, now));
        Some(Visit {
            index,
            row,
            vin: word(row, vin)?,
            at: moment(in_at)?,
            left: moment(out_at),
            advisor: word(row, advisor),
            total: cell(row, total).amount().unwrap_or_default(),
            mileage: cell(row, mileage).int(),
            next_on: cell(row, next_on).instant().map(|at| at.date()),
            next_mileage: cell(row, next_mileage).int(),
            first_service: is_one_of(kind, first),
            maintenance: is_one_of(kind, maintenance),
            repair: is_one_of(kind, repair),
            rework: is_one_of(kind, rework),
            pdi: is_one_of(kind, pdi),
            internal: is_one_of(payer, house),
            customer_pays: is_one_of(payer, customer),
            warranty: is_one_of(kind, of_warranty) || is_one_of(payer, maker),
        })
    };
    let mut visits: Vec<_> = sheet.current().iter().enumerate().filter_map(visit).collect();
    visits.sort_by_cached_key(|visit| (visit.at, visit.row.place()));
    visits
}

/// Fills `countable`: whether a row counts for retention, whenever it was.
pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut super::beside::Beside<'_>) {
    let kind = beside.field("kind");
    let not = |row: &CheckedRow| {
        ["pdi", "rework"]
            .iter()
            .any(|role| is_one_of(word(row, kind), ledger.catalog.role("service_visit", "kind", role)))
    };
    for (i, row) in beside.rows().iter().enumerate() {
        beside.set(i, &[("countable", Value::Flag(!not(row)))]);
    }
}

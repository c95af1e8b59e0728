//! The rows of the core sheets as typed records: what every fact reads. A column that the group's own sheet definition
//! leaves out reads as empty.

use super::history::State;
use crate::{
    catalog::{Catalog, SheetDef},
    model::{CheckedRow, Fen, Instant, SheetRows, StoreRows, Value},
};
use chrono::{NaiveDate, NaiveDateTime};
use std::sync::Arc;

/// A text cell, `None` when empty.
pub(super) type Word<'a> = Option<&'a Arc<str>>;

/// A sheet's accepted rows with its definition.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    def: &'a SheetDef,
    rows: &'a SheetRows,
    all: &'a StoreRows,
}

impl<'a> Sheet<'a> {
    /// The rows of a kind of sheet; `None` when the store sent none or the group has no such sheet.
    pub fn of(all: &'a StoreRows, catalog: &'a Catalog, kind: &str) -> Option<Sheet<'a>> {
        Some(Sheet { def: catalog.sheet(kind)?, rows: all.sheets.get(kind)?, all })
    }

    /// The last day that a row's submission tells of.
    fn told_on(&self, row: &CheckedRow) -> Option<NaiveDate> {
        self.all.submissions.get(row.submission as usize).and_then(|submission| submission.to)
    }

    /// The first day that a row can tell of as it stands now: the day after the last one of its version before, else the
    /// last day of its submission.
    fn told_since(&self, i: usize) -> Option<NaiveDate> {
        let before = self.rows.earlier.get(i).and_then(|earlier| earlier.last());
        let day_after = |row| self.told_on(row)?.succ_opt();
        before.and_then(day_after).or_else(|| self.told_on(self.rows.current.get(i)?))
    }

    fn fields<const N: usize>(&self, names: [&str; N]) -> [Option<usize>; N] {
        names.map(|name| self.def.field(name))
    }

    /// Who held the row, from all its versions.
    fn holders(&self, i: usize, field: Option<usize>) -> Holders<'a> {
        let told = |row: &'a CheckedRow| (self.told_on(row), word(row, field));
        Holders(self.rows.versions(i).map(told).collect())
    }
}

fn cell(row: &CheckedRow, field: Option<usize>) -> &Value {
    field.and_then(|field| row.values.get(field)).unwrap_or(&Value::Null)
}

fn word(row: &CheckedRow, field: Option<usize>) -> Word<'_> {
    match cell(row, field) {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Whether something had happened by the cut-off's last instant: what is dated later is not known.
pub(super) fn known(at: Instant, now: NaiveDateTime) -> bool {
    at.earliest() <= now
}

/// Who held a row when: for each version the last day it tells of and the holder, oldest first. A version that other
/// submissions repeat unchanged stands with the last of them, so that it tells of the days up to its own and after
/// the version before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Holders<'a>(Vec<(Option<NaiveDate>, Word<'a>)>);

impl<'a> Holders<'a> {
    /// The holder on a day: of the first version that tells of it, else of the newest.
    pub fn on(&self, day: NaiveDate) -> Word<'a> {
        let telling = self.0.iter().find(|(to, _)| to.is_some_and(|to| to >= day));
        telling.or(self.0.last()).and_then(|(_, holder)| *holder)
    }
}

/// A prospect, known by the cut-off.
pub(super) struct Prospect<'a> {
    /// Its index among the sheet's current rows.
    pub index: usize,
    /// The newest row.
    pub row: &'a CheckedRow,
    /// 潜客编号, else phone.
    pub key: &'a Arc<str>,
    pub number: Word<'a>,
    pub phone: Word<'a>,
    pub name: Word<'a>,
    pub model: Word<'a>,
    pub channel: Word<'a>,
    pub first_contact: Instant,
    pub next_contact_on: Option<NaiveDate>,
    /// 状态 合并: the card was merged into another prospect's.
    pub merged: bool,
    pub holders: Holders<'a>,
    /// Every version, oldest first, the newest last; never empty.
    pub versions: Vec<Version<'a>>,
}

/// What one version of a prospect's row says of its level. Where 首次接触时间 was moved to a later day, what older versions
/// date before that day belongs to an earlier card and is left out.
pub(super) struct Version<'a> {
    pub row: &'a CheckedRow,
    pub phone: Word<'a>,
    pub level: Option<State>,
    pub level_at: Option<Instant>,
    pub ordered: Option<Instant>,
    pub delivered: Option<Instant>,
    pub cancelled: Option<Instant>,
    /// 战败日期 where 战败审核 let it stand: 通过 or blank.
    pub defeated_on: Option<Instant>,
    /// When the prospect was lost: `defeated_on`, or 级别更新时间 where only 状态 says 战败.
    pub defeated: Option<Instant>,
    /// The review sent a defeat back or has not decided.
    pub refused: bool,
    /// 状态 休眠 (`true`) or 跟进 (`false`), and since when: 级别更新时间, else the last day that the submission tells of.
    pub asleep: Option<(Instant, bool)>,
}

/// The prospects first contacted by the cut-off. Instants after it are left out.
pub(super) fn prospects<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<Prospect<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [number, phone, name, model, channel, first, next, consultant, status] = sheet.fields([
        "prospect_no",
        "phone",
        "name",
        "model",
        "channel",
        "first_contact_at",
        "next_contact_on",
        "consultant",
        "status",
    ]);
    let [level, level_at, ordered, delivered, cancelled, defeated, review] = sheet.fields([
        "level",
        "level_at",
        "ordered_at",
        "delivered_at",
        "cancelled_at",
        "defeated_at",
        "defeat_review",
    ]);
    let moment = |row: &CheckedRow, field| cell(row, field).instant().filter(|at| known(*at, now));
    let says = |row, field, what: &str| word(row, field).is_some_and(|text| **text == *what);
    let version = |row: &'a CheckedRow, opened: NaiveDate| {
        let of_earlier_card = moment(row, first).is_some_and(|at| at.date() < opened);
        let moment = |field| moment(row, field).filter(|at| !of_earlier_card || at.date() >= opened);
        let refused = says(row, review, "驳回") || says(row, review, "待审");
        let lost = moment(defeated).or_else(|| if says(row, status, "战败") { moment(level_at) } else { None });
        let told_on = || sheet.told_on(row).map(Instant::day).filter(|at| known(*at, now));
        let asleep = match word(row, status).map(|status| &**status) {
            Some("休眠") => Some(true),
            Some("跟进") => Some(false),
            _ => None,
        };
        Version {
            row,
            phone: word(row, phone),
            level: word(row, level).and_then(|level| State::of_level(level)),
            level_at: moment(level_at),
            ordered: moment(ordered),
            delivered: moment(delivered),
            cancelled: moment(cancelled),
            defeated: lost.filter(|_| !refused),
            defeated_on: moment(defeated).filter(|_| !refused),
            refused: refused && lost.is_some(),
            asleep: asleep.and_then(|asleep| Some((moment(level_at).or_else(told_on)?, asleep))),
        }
    };
    let mut prospects = Vec::with_capacity(sheet.rows.current.len());
    for (index, row) in sheet.rows.current.iter().enumerate() {
        let (Some(key), Some(first_contact)) = (word(row, number).or(word(row, phone)), moment(row, first)) else {
            continue;
        };
        prospects.push(Prospect {
            index,
            row,
            key,
            number: word(row, number),
            phone: word(row, phone),
            name: word(row, name),
            model: word(row, model),
            channel: word(row, channel),
            first_contact,
            next_contact_on: cell(row, next).instant().map(|at| at.date()),
            merged: says(row, status, "合并"),
            holders: sheet.holders(index, consultant),
            versions: sheet.rows.versions(index).map(|row| version(row, first_contact.date())).collect(),
        });
    }
    prospects
}

/// A follow-up that was made by the cut-off.
#[derive(Clone, Copy)]
pub(super) struct FollowUp<'a> {
    pub row: &'a CheckedRow,
    pub customer: &'a Arc<str>,
    pub task: Word<'a>,
    pub done_at: Instant,
    pub connected: bool,
    pub level_after: Option<State>,
    pub next_on: Option<NaiveDate>,
}

/// The follow-ups made by the cut-off, in time, then by place.
pub(super) fn follow_ups<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<FollowUp<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [customer, task, done_at, connected, level_after, next_on] =
        sheet.fields(["customer_key", "task", "done_at", "connected", "level_after", "next_on"]);
    let made = |row: &'a CheckedRow| {
        Some(FollowUp {
            row,
            customer: word(row, customer)?,
            task: word(row, task),
            done_at: cell(row, done_at).instant().filter(|at| known(*at, now))?,
            connected: cell(row, connected).flag() == Some(true),
            level_after: word(row, level_after).and_then(|level| State::of_level(level)),
            next_on: cell(row, next_on).instant().map(|at| at.date()),
        })
    };
    let mut made: Vec<_> = sheet.rows.current.iter().filter_map(made).collect();
    made.sort_by_cached_key(|follow_up| (follow_up.done_at, follow_up.row.place()));
    made
}

/// An order placed by the cut-off.
pub(super) struct Order<'a> {
    /// Its index among the sheet's current rows.
    pub index: usize,
    pub row: &'a CheckedRow,
    pub number: Word<'a>,
    pub vin: Word<'a>,
    pub model: Word<'a>,
    pub phone: Word<'a>,
    pub referrer: Word<'a>,
    pub ordered: Option<Instant>,
    pub delivered: Option<Instant>,
    pub cancelled: Option<Instant>,
    pub holders: Holders<'a>,
}

impl Order<'_> {
    /// When a delivery was reversed: 退订日期 on a later day than 交车日期.
    pub fn reversed(&self) -> Option<Instant> {
        let delivered = self.delivered?;
        self.cancelled.filter(|at| at.date() > delivered.date())
    }
}

/// The orders of the store. Instants after the cut-off are left out.
pub(super) fn orders<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<Order<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [number, vin, model, phone, referrer, ordered, delivered, cancelled, consultant] = sheet.fields([
        "order_no",
        "vin",
        "model",
        "phone",
        "referrer_phone",
        "ordered_at",
        "delivered_at",
        "cancelled_at",
        "consultant",
    ]);
    let moment = |row: &CheckedRow, field| cell(row, field).instant().filter(|at| known(*at, now));
    let order = |(index, row): (usize, &'a CheckedRow)| Order {
        index,
        row,
        number: word(row, number),
        vin: word(row, vin),
        model: word(row, model),
        phone: word(row, phone),
        referrer: word(row, referrer),
        ordered: moment(row, ordered),
        delivered: moment(row, delivered),
        cancelled: moment(row, cancelled),
        holders: sheet.holders(index, consultant),
    };
    sheet.rows.current.iter().enumerate().map(order).collect()
}

/// A service visit that began by the cut-off.
pub(super) struct Visit<'a> {
    /// Its index among the sheet's current rows.
    pub index: usize,
    pub row: &'a CheckedRow,
    pub vin: &'a Arc<str>,
    pub at: Instant,
    /// When the car left, by the cut-off.
    pub out: Option<Instant>,
    pub mileage: Option<i64>,
    /// 下次保养日 and 下次保养里程, as promised at this visit.
    pub next_on: Option<NaiveDate>,
    pub next_mileage: Option<i64>,
    pub kind: Word<'a>,
    pub payer: Word<'a>,
    pub advisor: Word<'a>,
    pub total: Fen,
}

impl Visit<'_> {
    fn is(text: Word<'_>, what: &str) -> bool {
        text.is_some_and(|text| **text == *what)
    }

    /// 首保.
    pub fn first_service(&self) -> bool {
        Visit::is(self.kind, "首保")
    }

    /// 定保.
    pub fn regular_service(&self) -> bool {
        Visit::is(self.kind, "定保")
    }

    /// 一般维修.
    pub fn repair(&self) -> bool {
        Visit::is(self.kind, "一般维修")
    }

    /// 返修.
    pub fn rework(&self) -> bool {
        Visit::is(self.kind, "返修")
    }

    /// The work order of somebody's car: not PDI, and not paid by the store itself.
    pub fn of_customer(&self) -> bool {
        !self.before_delivery() && !Visit::is(self.payer, "内部")
    }

    /// PDI.
    pub fn before_delivery(&self) -> bool {
        Visit::is(self.kind, "PDI")
    }

    /// A 定保 or 一般维修 that the customer paid.
    pub fn paid_by_customer(&self) -> bool {
        (self.regular_service() || self.repair()) && Visit::is(self.payer, "客户")
    }

    /// Paid by the customer, whatever was done.
    pub fn customer_pays(&self) -> bool {
        Visit::is(self.payer, "客户")
    }

    /// Counts for retention: neither PDI nor 返修.
    pub fn countable(&self) -> bool {
        countable(self.kind)
    }

    /// Counts for the churn ladder: countable, and not paid by the store itself. An empty 付费方 counts.
    pub fn by_customer(&self) -> bool {
        self.countable() && !Visit::is(self.payer, "内部")
    }

    /// Paid by the maker.
    pub fn warranty(&self) -> bool {
        Visit::is(self.kind, "索赔") || Visit::is(self.payer, "厂家")
    }
}

/// Whether a kind of visit counts for retention.
pub(super) fn countable(kind: Word<'_>) -> bool {
    !Visit::is(kind, "PDI") && !Visit::is(kind, "返修")
}

/// The visits that began by the cut-off, in time, then by place.
pub(super) fn visits<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<Visit<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [vin, in_at, kind, payer, advisor, total] = sheet.fields(["vin", "in_at", "kind", "payer", "advisor", "total"]);
    let [out_at, mileage, next_on, next_mileage] =
        sheet.fields(["out_at", "mileage", "next_service_on", "next_service_mileage"]);
    let moment = |row: &CheckedRow, field| cell(row, field).instant().filter(|at| known(*at, now));
    let visit = |(index, row): (usize, &'a CheckedRow)| {
        Some(Visit {
            index,
            row,
            vin: word(row, vin)?,
            at: moment(row, in_at)?,
            out: moment(row, out_at),
            mileage: cell(row, mileage).int(),
            next_on: cell(row, next_on).instant().map(|at| at.date()),
            next_mileage: cell(row, next_mileage).int(),
            kind: word(row, kind),
            payer: word(row, payer),
            advisor: word(row, advisor),
            total: cell(row, total).amount().unwrap_or_default(),
        })
    };
    let mut visits: Vec<_> = sheet.rows.current.iter().enumerate().filter_map(visit).collect();
    visits.sort_by_cached_key(|visit| (visit.at, visit.row.place()));
    visits
}

/// What the owner sheet of a group that has one says of a car.
pub(super) struct Owner<'a> {
    pub row: &'a CheckedRow,
    pub vin: &'a Arc<str>,
    pub phone: Word<'a>,
    pub name: Word<'a>,
    pub model: Word<'a>,
    pub bought_on: Option<NaiveDate>,
    pub warranty_until: Option<NaiveDate>,
    /// 建档时间, by the cut-off.
    pub filed: Option<Instant>,
    /// 免打扰.
    pub quiet: bool,
    /// 车辆在手 否: since when the car is not the customer's any more: 更新时间, else the submission.
    pub gone_from: Option<NaiveDate>,
    /// 声明流失: the day from which the customer says not to come any more.
    pub lost_on: Option<NaiveDate>,
}

/// The owners.
pub(super) fn owners<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<Owner<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [vin, in_hand, lost_on, updated] = sheet.fields(["vin", "in_hand", "declared_lost_on", "updated_at"]);
    let [phone, name, model, bought_on, warranty_until, filed, quiet] =
        sheet.fields(["phone", "owner", "model", "bought_on", "warranty_until", "filed_at", "do_not_disturb"]);
    let owner = |(i, row): (usize, &'a CheckedRow)| {
        let day = |field| cell(row, field).instant().filter(|at| known(*at, now)).map(|at| at.date());
        let gone = cell(row, in_hand).flag() == Some(false);
        Some(Owner {
            row,
            vin: word(row, vin)?,
            phone: word(row, phone),
            name: word(row, name),
            model: word(row, model),
            bought_on: cell(row, bought_on).instant().map(|at| at.date()),
            warranty_until: cell(row, warranty_until).instant().map(|at| at.date()),
            filed: cell(row, filed).instant().filter(|at| known(*at, now)),
            quiet: cell(row, quiet).flag() == Some(true),
            gone_from: if gone { day(updated).or_else(|| sheet.told_since(i)) } else { None },
            lost_on: day(lost_on),
        })
    };
    sheet.rows.current.iter().enumerate().filter_map(owner).collect()
}

/// A complaint received by the cut-off.
pub(super) struct Complaint<'a> {
    /// Its index among the sheet's current rows.
    pub index: usize,
    pub row: &'a CheckedRow,
    pub customer: &'a Arc<str>,
    pub category: Word<'a>,
    pub accepted: Instant,
    pub responded: Option<Instant>,
    pub planned: Option<Instant>,
    pub closed: Option<Instant>,
    pub holders: Holders<'a>,
}

/// The complaints received by the cut-off. Instants after it are left out.
pub(super) fn complaints<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<Complaint<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [customer, category, accepted, responded, planned, closed, handler] =
        sheet.fields(["customer_key", "category", "accepted_at", "responded_at", "planned_at", "closed_at", "handler"]);
    let moment = |row: &CheckedRow, field| cell(row, field).instant().filter(|at| known(*at, now));
    let complaint = |(index, row): (usize, &'a CheckedRow)| {
        Some(Complaint {
            index,
            row,
            customer: word(row, customer)?,
            category: word(row, category),
            accepted: moment(row, accepted)?,
            responded: moment(row, responded),
            planned: moment(row, planned),
            closed: moment(row, closed),
            holders: sheet.holders(index, handler),
        })
    };
    sheet.rows.current.iter().enumerate().filter_map(complaint).collect()
}

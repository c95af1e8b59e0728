//! The rows of the core sheets as typed records: what every fact reads. A column that the group's own sheet definition
//! leaves out reads as empty.

use super::{beside::cell, history::State};
use crate::{
    catalog::{Catalog, SheetDef},
    model::{CheckedRow, Instant, SheetRows, StoreRows, Value},
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
    catalog: &'a Catalog,
}

impl<'a> Sheet<'a> {
    /// The rows of a kind of sheet; `None` when the store sent none or the group has no such sheet.
    pub fn of(all: &'a StoreRows, catalog: &'a Catalog, kind: &str) -> Option<Sheet<'a>> {
        Some(Sheet { def: catalog.sheet(kind)?, rows: all.sheets.get(kind)?, all, catalog })
    }

    /// The rows in their newest version.
    pub fn current(&self) -> &'a [CheckedRow] {
        &self.rows.current
    }

    /// The values of a column that have a role.
    pub fn role(&self, column: &str, role: &str) -> &'a [Arc<str>] {
        self.catalog.role(&self.def.id, column, role)
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

    /// The places of fields in its rows.
    pub fn fields<const N: usize>(&self, names: [&str; N]) -> [Option<usize>; N] {
        names.map(|name| self.def.field(name))
    }

    /// Who held the row, from all its versions.
    pub fn holders(&self, i: usize, field: Option<usize>) -> Holders<'a> {
        let told = |row: &'a CheckedRow| (self.told_on(row), word(row, field));
        Holders(self.rows.versions(i).map(told).collect())
    }
}

/// A text cell of a row.
pub(super) fn word(row: &CheckedRow, field: Option<usize>) -> Word<'_> {
    match cell(row, field) {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Whether a text is one of some values.
pub(super) fn is_one_of(text: Word<'_>, values: &[Arc<str>]) -> bool {
    text.is_some_and(|text| values.contains(text))
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
    /// The defeat that the review sent back or has not decided on.
    pub refused: Option<Instant>,
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
    let [asleep, awake, lost, merged] =
        ["asleep", "awake", "defeated", "merged"].map(|role| sheet.role("status", role));
    let not_passed = sheet.role("defeat_review", "not_passed");
    let says = |row, field, values: &[Arc<str>]| is_one_of(word(row, field), values);
    let version = |row: &'a CheckedRow, opened: NaiveDate| {
        let of_earlier_card = moment(row, first).is_some_and(|at| at.date() < opened);
        let moment = |field| moment(row, field).filter(|at| !of_earlier_card || at.date() >= opened);
        let refused = says(row, review, not_passed);
        let lost = moment(defeated).or_else(|| if says(row, status, lost) { moment(level_at) } else { None });
        let told_on = || sheet.told_on(row).map(Instant::day).filter(|at| known(*at, now));
        let mut turns = [(asleep, true), (awake, false)].into_iter();
        let asleep = turns.find(|(values, _)| says(row, status, values)).map(|(_, asleep)| asleep);
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
            refused: lost.filter(|_| refused),
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
            merged: says(row, status, merged),
            holders: sheet.holders(index, consultant),
            versions: sheet.rows.versions(index).map(|row| version(row, first_contact.date())).collect(),
        });
    }
    prospects
}

/// A follow-up that was made by the cut-off.
#[derive(Clone, Copy)]
pub(super) struct FollowUp<'a> {
    /// Its index among the sheet's current rows.
    pub index: usize,
    pub row: &'a CheckedRow,
    pub customer: &'a Arc<str>,
    pub task: Word<'a>,
    pub party: Word<'a>,
    pub result: Word<'a>,
    pub done_at: Instant,
    pub connected: bool,
    pub level_after: Option<State>,
    pub next_on: Option<NaiveDate>,
}

/// The follow-ups made by the cut-off, in time, then by place.
pub(super) fn follow_ups<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<FollowUp<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [customer, task, party, result, done_at, connected, level_after, next_on] =
        sheet.fields(["customer_key", "task", "party", "result", "done_at", "connected", "level_after", "next_on"]);
    let made = |(index, row): (usize, &'a CheckedRow)| {
        Some(FollowUp {
            index,
            row,
            customer: word(row, customer)?,
            task: word(row, task),
            party: word(row, party),
            result: word(row, result),
            done_at: cell(row, done_at).instant().filter(|at| known(*at, now))?,
            connected: cell(row, connected).flag() == Some(true),
            level_after: word(row, level_after).and_then(|level| State::of_level(level)),
            next_on: cell(row, next_on).instant().map(|at| at.date()),
        })
    };
    let mut made: Vec<_> = sheet.rows.current.iter().enumerate().filter_map(made).collect();
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
    pub customer_kind: Word<'a>,
    pub reported_on: Option<NaiveDate>,
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
    let [number, vin, model, phone, referrer, kind, reported, ordered, delivered, cancelled, consultant] = sheet
        .fields([
            "order_no",
            "vin",
            "model",
            "phone",
            "referrer_phone",
            "customer_kind",
            "reported_on",
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
        customer_kind: word(row, kind),
        reported_on: cell(row, reported).instant().map(|at| at.date()),
        ordered: moment(row, ordered),
        delivered: moment(row, delivered),
        cancelled: moment(row, cancelled),
        holders: sheet.holders(index, consultant),
    };
    sheet.rows.current.iter().enumerate().map(order).collect()
}

/// What the owner sheet of a group that has one says of a car.
pub(super) struct Owner<'a> {
    pub row: &'a CheckedRow,
    pub vin: &'a Arc<str>,
    pub name: Word<'a>,
    pub phone: Word<'a>,
    pub model: Word<'a>,
    /// 购车日.
    pub bought_on: Option<NaiveDate>,
    /// 质保到期.
    pub warranty_until: Option<NaiveDate>,
    /// 建档时间.
    pub filed: Option<Instant>,
    /// 更新时间 of every version, oldest first.
    pub updated: Vec<Instant>,
    /// 车辆在手 否: since when the car is not the customer's any more: 更新时间, else the submission.
    pub gone_from: Option<NaiveDate>,
    /// 声明流失: the day from which the customer says not to come any more.
    pub lost_on: Option<NaiveDate>,
    /// 免打扰.
    pub do_not_disturb: bool,
}

/// The owners.
pub(super) fn owners<'a>(sheet: Option<Sheet<'a>>, now: NaiveDateTime) -> Vec<Owner<'a>> {
    let Some(sheet) = sheet else { return Vec::new() };
    let [vin, in_hand, lost_on, updated, name, phone, model, bought, warranty, filed] = sheet.fields([
        "vin",
        "in_hand",
        "declared_lost_on",
        "updated_at",
        "owner",
        "phone",
        "model",
        "bought_on",
        "warranty_until",
        "filed_at",
    ]);
    let [do_not_disturb] = sheet.fields(["do_not_disturb"]);
    let moment = |row: &CheckedRow, field| cell(row, field).instant().filter(|at| known(*at, now));
    let owner = |(i, row): (usize, &'a CheckedRow)| {
        let day = |field| cell(row, field).instant().filter(|at| known(*at, now)).map(|at| at.date());
        let gone = cell(row, in_hand).flag() == Some(false);
        Some(Owner {
            row,
            vin: word(row, vin)?,
            name: word(row, name),
            phone: word(row, phone),
            model: word(row, model),
            bought_on: day(bought),
            warranty_until: cell(row, warranty).instant().map(|at| at.date()),
            filed: moment(row, filed),
            updated: sheet.rows.versions(i).filter_map(|row| moment(row, updated)).collect(),
            gone_from: if gone { day(updated).or_else(|| sheet.told_since(i)) } else { None },
            lost_on: day(lost_on),
            do_not_disturb: cell(row, do_not_disturb).flag() == Some(true),
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

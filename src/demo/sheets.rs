//! From events to rows: what a clerk knows at the end of a submission's last day, column by column of the definitions.

use super::{
    calendar::At,
    clerks::Habits,
    world::{Complaint, FollowUp, Level, Order, Party, Prospect, Visit, World},
};
use crate::catalog::SheetDef;
use chrono::{Days, NaiveDate};

/// The five kinds of sheet the demo writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 潜客表.
    Prospect,
    /// 回访记录.
    FollowUp,
    /// 投诉清单.
    Complaint,
    /// 订单交车.
    Order,
    /// 进厂记录.
    Visit,
}

impl Kind {
    /// All, in the order of a workbook's sheets.
    pub const ALL: [Kind; 5] = [Kind::Prospect, Kind::FollowUp, Kind::Complaint, Kind::Order, Kind::Visit];

    /// The id of its definition.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Prospect => "prospect",
            Kind::FollowUp => "follow_up",
            Kind::Complaint => "complaint",
            Kind::Order => "order",
            Kind::Visit => "service_visit",
        }
    }
}

/// What a cell says, before a clerk's way of writing it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, a category, a number of the store's own, a VIN.
    Text(String),
    /// A telephone number.
    Phone(String),
    /// A level.
    Level(Level),
    /// A day.
    Day(NaiveDate),
    /// A minute.
    Minute(At),
    /// A whole number.
    Whole(i64),
    /// Yuan.
    Money(i64),
    /// 是/否.
    Flag(bool),
    /// Exactly these characters, whatever the clerk's habits: a mistake.
    Literal(String),
    /// An Excel error value such as `#N/A`.
    Fault(&'static str),
}

impl Cell {
    /// The minute, when it is one.
    pub fn minute(&self) -> Option<At> {
        match self {
            Cell::Minute(at) => Some(*at),
            _ => None,
        }
    }
}

/// A row of a sheet.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is about: the index of its prospect, order, …; rows of one thing in several workbooks share it.
    pub about: usize,
    /// One cell for each column of the definition.
    pub cells: Vec<Cell>,
    /// It is an open row of a cumulative sheet: the next submission has to hold it again.
    pub open: bool,
    /// The mistake planted in it.
    pub mistake: Option<super::mistakes::Mark>,
}

struct Filling<'d> {
    def: &'d SheetDef,
    cells: Vec<Cell>,
}

impl Filling<'_> {
    fn of(def: &SheetDef) -> Filling<'_> {
        Filling { def, cells: vec![Cell::Empty; def.columns.len()] }
    }

    /// A group's own definitions may lack a column of ours; it is left out then.
    fn set(&mut self, field: &str, cell: Cell) {
        if let Some(i) = self.def.field(field) {
            self.cells[i] = cell;
        }
    }

    fn text(&mut self, field: &str, text: &str) {
        if !text.is_empty() {
            self.set(field, Cell::Text(text.to_owned()));
        }
    }

    fn minute(&mut self, field: &str, at: Option<At>) {
        if let Some(at) = at {
            self.set(field, Cell::Minute(at));
        }
    }

    fn day(&mut self, field: &str, day: Option<NaiveDate>) {
        if let Some(day) = day {
            self.set(field, Cell::Day(day));
        }
    }

    fn phone(&mut self, field: &str, phone: Option<&String>) {
        if let Some(phone) = phone {
            self.set(field, Cell::Phone(phone.clone()));
        }
    }

    fn row(self, about: usize, open: bool) -> Row {
        Row { about, cells: self.cells, open, mistake: None }
    }
}

/// The rows of one kind that belong into a submission covering `(since, until]`.
pub fn rows(
    kind: Kind,
    def: &SheetDef,
    world: &World,
    habits: &Habits,
    since: At,
    until: At,
    reach: Reach,
) -> Vec<Row> {
    let within = |at: Option<At>| at.is_some_and(|at| since < at && at <= until);
    match kind {
        Kind::Prospect => {
            let belongs = |p: &Prospect| {
                let ends = [p.delivered, p.cancelled, p.dormant, p.defeat.map(|defeat| defeat.at)];
                let ordered = within(p.ordered) && p.in_hand(until);
                ends.into_iter().any(within) || ordered || (reach != Reach::Archive && p.in_hand(until))
            };
            let all = world.prospects.iter().enumerate().filter(|(_, p)| p.first_contact <= until && belongs(p));
            all.map(|(i, p)| prospect(def, i, p, until)).collect()
        }
        Kind::FollowUp => {
            let ahead = if reach == Reach::Newest { 7 } else { 0 };
            let belongs = |f: &FollowUp| match &f.made {
                Some(made) if made.at <= until => made.at > since,
                _ => f.due.is_some_and(|due| since.date() < due && due <= until.date() + Days::new(ahead)),
            };
            let all = world.follow_ups.iter().enumerate().filter(|(_, f)| belongs(f));
            all.map(|(i, f)| follow_up(def, i, f, world, habits, until)).collect()
        }
        Kind::Complaint => {
            let belongs = |c: &Complaint| {
                let open = c.accepted <= until && c.closed.is_none_or(|at| at > until);
                within(c.closed) || (reach != Reach::Archive && open)
            };
            let all = world.complaints.iter().enumerate().filter(|(_, c)| belongs(c));
            all.map(|(i, c)| complaint(def, i, c, habits, until)).collect()
        }
        Kind::Order => {
            let belongs = |o: &Order| within(Some(o.ordered)) || within(o.delivered) || within(o.cancelled);
            let all = world.orders.iter().enumerate().filter(|(_, o)| belongs(o));
            all.map(|(i, o)| order(def, i, o, until)).collect()
        }
        Kind::Visit => {
            let belongs = |v: &Visit| within(Some(v.in_at)) || (v.in_at <= until && within(Some(v.out_at)));
            let all = world.visits.iter().enumerate().filter(|(_, v)| belongs(v));
            all.map(|(i, v)| visit(def, i, v, until)).collect()
        }
    }
}

/// How much of the cumulative sheets a submission repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Closed rows only.
    Archive,
    /// All open rows too.
    Weekly,
    /// The same, and what is planned for the coming week.
    Newest,
}

fn prospect(def: &SheetDef, about: usize, p: &Prospect, now: At) -> Row {
    let mut row = Filling::of(def);
    let past = |at: Option<At>| at.filter(|at| *at <= now);
    let (level_at, level) = p.level_at(now);
    let defeat = p.defeat.filter(|defeat| defeat.at <= now);
    let dormant = past(p.dormant).is_some();
    row.text("prospect_no", &p.no);
    row.text("name", &p.name);
    row.phone("phone", Some(&p.phone));
    row.minute("first_contact_at", Some(p.first_contact));
    row.set("level", Cell::Level(level));
    row.minute("level_at", Some(level_at));
    row.text("model", p.model);
    row.text("color", p.colour);
    row.text("rival_model", p.rival);
    row.set("budget", Cell::Money(p.budget));
    row.text("payment", if p.by_instalments { "分期" } else { "全款" });
    row.text("purchase_kind", p.purchase);
    row.text("focus", p.focus);
    row.text("channel", p.channel);
    row.text("info_source", p.info_source);
    row.text("visit_reason", p.reason);
    row.text("consultant", &p.consultant);
    row.text("district", p.district);
    row.set("key_account", Cell::Flag(p.key_account));
    row.phone("referrer_phone", p.referrer.as_ref());
    let in_hand = p.in_hand(now);
    if in_hand {
        row.day("next_contact_on", p.plans.iter().rev().find(|(at, _)| *at <= now).and_then(|(_, day)| *day));
    }
    // Inside the window of its level, counted from when it got it.
    let days = match level {
        Level::H => Some(2 + p.haste * 5 / 100),
        Level::A => Some(8 + p.haste * 7 / 100),
        Level::B => Some(16 + p.haste * 14 / 100),
        Level::C => Some(45 + p.haste * 45 / 100),
        _ => None,
    };
    row.day("expected_purchase_on", days.map(|days| level_at.date() + Days::new(days.unsigned_abs())));
    row.minute("test_drive_at", past(p.test_drive));
    row.minute("ordered_at", past(p.ordered));
    row.minute("delivered_at", past(p.delivered));
    row.minute("cancelled_at", past(p.cancelled));
    if let Some(defeat) = defeat {
        row.minute("defeated_at", Some(defeat.at));
        row.text("defeat_reason", defeat.reason);
        row.text("defeat_to", defeat.to);
        row.text("defeat_review", defeat.review);
    }
    let status = if defeat.is_some() {
        "战败"
    } else if dormant {
        "休眠"
    } else if in_hand {
        "跟进"
    } else {
        ""
    };
    row.text("status", status);
    row.row(about, in_hand && !matches!(level, Level::O))
}

fn follow_up(def: &SheetDef, about: usize, f: &FollowUp, world: &World, habits: &Habits, now: At) -> Row {
    let mut row = Filling::of(def);
    row.text("follow_up_no", &f.no);
    match &f.party {
        Party::Prospect(i) => {
            let p = &world.prospects[*i];
            row.text("party", "潜客");
            row.set(
                "customer_key",
                if habits.prospects_by_phone { Cell::Phone(p.phone.clone()) } else { Cell::Text(p.no.clone()) },
            );
        }
        Party::Owner { phone, vin } => {
            row.text("party", "车主");
            row.set(
                "customer_key",
                if habits.owners_by_vin { Cell::Text(vin.clone()) } else { Cell::Phone(phone.clone()) },
            );
        }
    }
    row.text("task", f.task);
    row.day("due_on", f.due);
    row.text("executor", &f.executor);
    if let Some(made) = f.made.as_ref().filter(|made| made.at <= now) {
        row.minute("done_at", Some(made.at));
        row.text("method", made.method);
        row.set("connected", Cell::Flag(made.connected));
        row.text("result", made.result);
        row.text("content", made.content);
        if let Some(level) = made.level {
            row.set("level_after", Cell::Level(level));
        }
        row.day("next_on", made.next);
        row.text("satisfaction", made.satisfaction.unwrap_or_default());
        row.text("feedback", made.feedback);
        row.text("complaint_no", made.complaint.as_deref().unwrap_or_default());
    }
    row.row(about, false)
}

fn complaint(def: &SheetDef, about: usize, c: &Complaint, habits: &Habits, now: At) -> Row {
    let mut row = Filling::of(def);
    let past = |at: Option<At>| at.filter(|at| *at <= now);
    row.text("complaint_no", &c.no);
    row.minute("accepted_at", Some(c.accepted));
    row.text("source", c.source);
    let key = match &c.vin {
        Some(vin) if habits.owners_by_vin => Cell::Text(vin.clone()),
        _ => Cell::Phone(c.phone.clone()),
    };
    row.set("customer_key", key);
    row.text("category", c.category);
    row.text("severity", c.severity);
    row.text("department", c.department);
    row.text("handler", &c.handler);
    row.minute("responded_at", past(c.responded));
    row.minute("planned_at", past(c.planned));
    let closed = past(c.closed);
    row.minute("closed_at", closed);
    if closed.is_some() {
        row.text("outcome", c.outcome);
        row.text("root_cause", c.cause);
        row.text("corrective_action", c.action);
        row.set("satisfied", Cell::Flag(c.satisfied));
    }
    row.text("related_no", c.related.as_deref().unwrap_or_default());
    row.row(about, closed.is_none())
}

fn order(def: &SheetDef, about: usize, o: &Order, now: At) -> Row {
    let mut row = Filling::of(def);
    let delivered = o.delivered.filter(|at| *at <= now);
    row.text("order_no", &o.no);
    if delivered.is_some() {
        row.text("vin", &o.vin);
    }
    row.text("model", o.model);
    row.text("consultant", &o.consultant);
    row.phone("phone", Some(&o.phone));
    row.minute("ordered_at", Some(o.ordered));
    row.day("promised_on", Some(o.promised));
    row.minute("delivered_at", delivered);
    row.minute("cancelled_at", o.cancelled.filter(|at| *at <= now));
    row.set("price", Cell::Money(o.price));
    if delivered.is_some() {
        row.set("gross_profit", Cell::Money(o.profit));
    }
    row.set("finance", Cell::Flag(o.finance));
    row.set("insurance", Cell::Flag(o.insurance));
    row.set("trade_in", Cell::Flag(o.trade_in));
    row.set("registration", Cell::Flag(o.registration));
    row.set("extended_warranty", Cell::Flag(o.warranty));
    row.phone("referrer_phone", o.referrer.as_ref());
    row.text("customer_kind", o.kind);
    row.day("reported_on", delivered.map(|at| at.date()));
    row.row(about, false)
}

fn visit(def: &SheetDef, about: usize, v: &Visit, now: At) -> Row {
    let mut row = Filling::of(def);
    row.text("work_order_no", &v.no);
    row.text("vin", &v.vin);
    row.minute("in_at", Some(v.in_at));
    row.minute("out_at", Some(v.out_at).filter(|at| *at <= now));
    row.set("mileage", Cell::Whole(v.mileage));
    row.text("kind", v.kind);
    row.set("labour", Cell::Money(v.labour));
    row.set("parts", Cell::Money(v.parts));
    row.set("total", Cell::Money(v.labour + v.parts));
    row.text("advisor", &v.advisor);
    row.text("payer", v.payer);
    row.text("booking_no", &v.booking);
    row.day("next_service_on", v.next_on);
    row.set("next_service_mileage", v.next_mileage.map_or(Cell::Empty, Cell::Whole));
    row.row(about, false)
}

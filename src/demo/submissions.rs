//! Which workbooks a store sends: an opening archive, one archive a month, then one workbook a week; some late, some
//! never.

use super::{
    calendar::{At, Span, clock, closing, month_of},
    clerks::{Filing, Form, Habits},
    dice::Dice,
    group::StorePlan,
    sheets::{Kind, Reach, Row, rows},
    world::World,
};
use crate::{
    catalog::SheetDef,
    model::{Grain, Period, instant::add_months},
};
use chrono::{Datelike, Days, Duration, NaiveDate};

/// Weeks that come as weekly workbooks.
const WEEKS: u64 = 6;

/// The cover of a workbook.
#[derive(Clone, Debug)]
pub struct Cover {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub submitted: At,
}

/// A workbook or csv before it is written.
#[derive(Clone, Debug)]
pub struct Book {
    /// Path below the input folder.
    pub path: String,
    /// The title of its sheets.
    pub title: String,
    /// The last day it covers.
    pub to: NaiveDate,
    pub cover: Option<Cover>,
    /// Its columns.
    pub form: Form,
    /// One of the weekly ones.
    pub weekly: bool,
    /// The last one the store sent.
    pub newest: bool,
    /// A csv with one sheet.
    pub csv: bool,
    pub sheets: Vec<(Kind, Vec<Row>)>,
}

/// What a store sends when.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    OnTime,
    Late,
    Missing,
}

/// The Mondays of the weekly workbooks, oldest first: the last six weeks that begin inside the span, at least one.
fn mondays(span: &Span) -> Vec<NaiveDate> {
    let last = Period::of(Grain::Week, span.as_of).start;
    let all = (0..WEEKS).rev().map(|back| last - Days::new(back * 7));
    all.filter(|monday| *monday >= span.start || *monday == last).collect()
}

/// The first week that comes as a weekly workbook.
pub fn first_week(span: &Span) -> Period {
    let last = Period::of(Grain::Week, span.as_of);
    mondays(span).first().map_or(last, |monday| Period::of(Grain::Week, *monday))
}

/// How a store's workbook for a week arrives; `back` counts weeks from the newest. Every store sends something.
fn arrival(store: u32, back: usize) -> Arrival {
    let (slot, round) = (store % 8, (store / 8) as usize);
    let week = (back + round) % WEEKS as usize;
    match (slot, week) {
        (4, 3) | (5, 2) | (6, 0) => Arrival::Missing,
        (1, 3) | (3, 5) | (4, 1 | 2 | 5) | (6, 2 | 3) | (7, 4) => Arrival::Late,
        _ => Arrival::OnTime,
    }
}

/// All workbooks of a store, oldest first.
pub fn books(
    plan: &StorePlan,
    world: &World,
    habits: &Habits,
    span: &Span,
    defs: &[&SheetDef; 5],
    dice: &mut Dice,
) -> Vec<Book> {
    let mut sender = Sender { plan, world, habits, defs, books: Vec::new(), since: clock(NaiveDate::MIN, 0, 0) };
    let before = span.start - Days::new(1);
    let cover = |from, to, submitted| Some(Cover { from, to, submitted });
    let archived = |dice: &mut Dice, to: NaiveDate| {
        clock(to + Days::new(dice.between(1, 3) as u64), 10, 0) + Duration::minutes(dice.between(0, 400))
    };
    let at = archived(dice, before);
    sender.send("期初建档", Reach::Archive, before, cover(span.history, before, at), Form::Opening);
    let weeks = mondays(span);
    let weekly_from = weeks.first().copied().unwrap_or(span.as_of);
    let mut month = span.start;
    while month < weekly_from {
        let next = add_months(month, 1).unwrap_or(span.as_of);
        let to = (next - Days::new(1)).min(weekly_from - Days::new(1));
        let at = archived(dice, to);
        sender.send("月度归档", Reach::Archive, to, cover(month, to, at), Form::Archive);
        month = month_of(next);
    }
    let sent: Vec<usize> =
        (0..weeks.len()).filter(|i| arrival(plan.index, weeks.len() - 1 - i) != Arrival::Missing).collect();
    let sent = if sent.is_empty() { vec![weeks.len() - 1] } else { sent };
    for i in &sent {
        let monday = weeks[*i];
        let to = (monday + Days::new(6)).min(span.as_of);
        let back = weeks.len() - 1 - i;
        let submitted = match arrival(plan.index, back) {
            // What the cut-off's own week brought was there by its evening.
            _ if back == 0 => clock(to, 18, 20) + Duration::minutes(dice.between(0, 150)),
            Arrival::Late => {
                clock(to + Days::new(dice.between(1, 3) as u64), 14, 0) + Duration::minutes(dice.between(0, 200))
            }
            _ => clock(to + Days::new(1), 8, 40) + Duration::minutes(dice.between(0, 175)),
        };
        let newest = Some(i) == sent.last();
        let reach = if newest { Reach::Newest } else { Reach::Weekly };
        sender.send("客户关系周报", reach, to, cover(monday, to, submitted), Form::Weekly);
        if newest {
            sender.split_csv();
        }
    }
    sender.books
}

struct Sender<'a> {
    plan: &'a StorePlan,
    world: &'a World,
    habits: &'a Habits,
    defs: &'a [&'a SheetDef; 5],
    books: Vec<Book>,
    /// What earlier workbooks cover, up to and including this minute.
    since: At,
}

impl Sender<'_> {
    fn send(&mut self, what: &str, reach: Reach, to: NaiveDate, cover: Option<Cover>, form: Form) {
        let until = closing(to);
        let weekly = reach != Reach::Archive;
        // Some clerks send the week before again with this one.
        let again = weekly && self.habits.resends;
        let sheets = Kind::ALL.map(|kind| {
            let repeated = again && matches!(kind, Kind::Order | Kind::Visit);
            let since = if repeated { self.since - Duration::days(7) } else { self.since };
            (kind, rows(kind, self.defs[kind as usize], self.world, self.habits, since, until, reach))
        });
        let week = Period::of(Grain::Week, to);
        let path = match self.habits.filing {
            Filing::ByKind if weekly => format!("周报/{week}.xlsx"),
            Filing::ByKind => format!("{what}/{}.xlsx", to.format("%Y-%m-%d")),
            Filing::Flat => format!("{to} {what}.xlsx"),
            Filing::ByWeek if weekly => format!("{week}/客户关系管理表.xlsx"),
            Filing::ByWeek => format!("{}/客户关系管理表.xlsx", to.format("%Y%m%d")),
            Filing::ByMonth => format!("{}年/{}月/{what}{}.xlsx", to.year(), to.month(), to.format("%Y%m%d")),
        };
        self.books.push(Book {
            path: format!("{}/{path}", self.plan.id),
            title: format!("{}{what}({}至{to})", self.plan.name, cover.as_ref().map_or(to, |cover| cover.from)),
            to,
            cover: cover.filter(|_| self.habits.filing != Filing::ByWeek),
            form,
            weekly,
            newest: reach == Reach::Newest,
            csv: false,
            sheets: sheets.into(),
        });
        self.since = until;
    }

    /// Takes one sheet out of the newest workbook and sends it as csv.
    fn split_csv(&mut self) {
        let Some((kind, _)) = self.habits.csv else { return };
        let Some(book) = self.books.last_mut() else { return };
        let Some(at) = book.sheets.iter().position(|(own, _)| *own == kind) else { return };
        let sheet = book.sheets.remove(at);
        let name = &self.defs[kind as usize].title.zh;
        let csv = Book {
            path: format!("{}/{name}_{}.csv", self.plan.id, book.to.format("%Y%m%d")),
            cover: None,
            csv: true,
            sheets: vec![sheet],
            ..book.clone()
        };
        self.books.push(csv);
    }
}

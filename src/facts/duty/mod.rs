//! Duties (任务): what somebody owes a customer by a time, one file a kind.

mod complaint;
mod contact;
mod delivery;
mod first_service;
mod n_regrade;
mod post_service;

use super::{
    drafts::{Drafts, fixed, moment, text},
    history::State,
    ledger::Ledger,
    record::Word,
    window,
};
use crate::model::{CheckedRow, FactTable, Instant, Value, Verdict};
use chrono::{Days, NaiveDate, NaiveTime};
use std::sync::Arc;

/// One duty as it stands at the cut-off.
struct Duty<'a> {
    kind: &'static str,
    /// Who owes it.
    staff: Word<'a>,
    customer: &'a Arc<str>,
    owner: Word<'a>,
    name: Word<'a>,
    phone: Word<'a>,
    level: Option<State>,
    category: Word<'a>,
    model: Word<'a>,
    channel: Word<'a>,
    opened_at: Instant,
    due_from: Instant,
    due_by: Instant,
    /// `due_by` is behind the cut-off under every reading.
    due: bool,
    /// What was done, in time or late, with the row that says so.
    done: Option<(Instant, &'a CheckedRow)>,
    verdict: Verdict,
    /// Somebody still has to do it.
    open: bool,
    last_contact_at: Option<Instant>,
    /// The sheets that tell whether it was done.
    told_by: &'static [&'static str],
    /// The row it arises from.
    origin: &'a CheckedRow,
}

/// The `duty` fact, sorted by `due_by`.
pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("duty", &ledger.store.id);
    let mut add = |duty: Duty<'_>| duty.write(ledger, &mut drafts);
    n_regrade::duties(ledger, &mut add);
    contact::duties(ledger, &mut add);
    delivery::duties(ledger, &mut add);
    first_service::duties(ledger, &mut add);
    post_service::duties(ledger, &mut add);
    complaint::duties(ledger, &mut add);
    drafts.finish()
}

impl Duty<'_> {
    fn write(&self, ledger: &Ledger<'_>, drafts: &mut Drafts) {
        let done = self.done.map(|(_, row)| row);
        drafts.add(
            Some(self.due_by),
            self.origin,
            &[
                ("kind", Value::from(self.kind)),
                ("staff", text(self.staff)),
                ("owner", text(self.owner)),
                ("customer_key", text(Some(self.customer))),
                ("customer_name", text(self.name)),
                ("phone", text(self.phone)),
                ("level", fixed(self.level.map(State::word))),
                ("category", text(self.category)),
                ("model", text(self.model)),
                ("channel", text(self.channel)),
                ("opened_at", moment(Some(self.opened_at))),
                ("due_from", moment(Some(self.due_from))),
                ("due_by", moment(Some(self.due_by))),
                ("done_at", moment(self.done.map(|(at, _)| at))),
                ("verdict", Value::from(self.verdict.word())),
                ("open", Value::Flag(self.open)),
                ("last_contact_at", moment(self.last_contact_at)),
                ("done_workbook", text(done.map(|row| &row.workbook))),
                ("done_sheet", text(done.map(|row| &row.sheet))),
                ("done_row", done.map_or(Value::Null, |row| Value::Int(i64::from(row.row)))),
                ("due", Value::Flag(self.due)),
                ("week_sent", Value::Flag(ledger.unsent.sent(self.told_by, self.due_by.date()))),
                ("quiet", Value::Flag(ledger.is_quiet(self.customer, self.phone))),
            ],
        );
    }
}

/// A limit at the end of the day that many days after `day`.
fn due_after(day: NaiveDate, days: u32) -> Instant {
    Instant::exact(window::end_of_day_after(day, days))
}

/// The morning that many days after `day`.
fn morning_after(day: NaiveDate, days: u32) -> Instant {
    let day = day.checked_add_days(Days::new(u64::from(days))).unwrap_or(day);
    Instant::exact(day.and_time(NaiveTime::MIN))
}

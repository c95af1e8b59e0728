//! R404: a prospect still open on its own sheet whose order the order sheet has delivered or cancelled since.

use super::{judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    model::{Instant, Message},
};
use std::collections::HashMap;

/// An order of one phone, and the line that says so.
struct Order {
    placed: Option<Instant>,
    delivered: Option<Instant>,
    cancelled: Option<Instant>,
    line: usize,
}

/// Raises R404 at the level of each such prospect's newest row.
pub(super) fn still_open(prospects: &mut Ledger<'_>, orders: &Ledger<'_>, judge: &Judge<'_>) {
    let field = |name| prospects.sheet.field(name);
    let (Some(phone), Some(first), Some(level), Some(level_at)) =
        (field("phone"), field("first_contact_at"), field("level"), field("level_at"))
    else {
        return;
    };
    let by_phone = by_phone(orders);
    let newest =
        |ledger: &Ledger<'_>, subject: usize| ledger.subjects[subject].history.versions.last()?.last().copied();
    for subject in 0..prospects.subjects.len() {
        let Some(line) = newest(prospects, subject).filter(|line| prospects.is_open(*line)) else { continue };
        let values = prospects.values(line);
        let own = values[phone].text().and_then(|phone| by_phone.get(phone)).map_or(&[][..], Vec::as_slice);
        let begun = values[first].instant().map(|at| at.date());
        let since = values[level_at].instant().map(|at| at.date());
        // An order placed before the first contact is of an earlier purchase; a level since then opens the card again.
        let of_the_card = |order: &&Order| order.placed.or(order.delivered).map(|at| at.date()) >= begun;
        let stands = |end: &Instant| since.is_none_or(|since| since <= end.date());
        let ends = own.iter().filter(of_the_card).filter_map(|order| {
            let waits = own
                .iter()
                .any(|other| other.line != order.line && other.cancelled.is_none() && other.delivered.is_none());
            let cancelled = order.cancelled.filter(|_| !waits).map(|end| (end, "cancelled_at"));
            let end = order.delivered.map(|end| (end, "delivered_at")).or(cancelled);
            end.map(|(end, field)| (end, order.line, field))
        });
        let Some((_, order, end)) = ends.filter(|(end, ..)| stands(end)).max_by_key(|(end, ..)| *end) else { continue };
        // The cell of the order that ended the card.
        let held = orders.sheet_of(order);
        let place = held.table.place(&held.read.path, orders.lines[order].row.row, orders.sheet.field(end));
        let other = Message::new("row.cell").with("workbook", &*place.workbook);
        let other = other.with("sheet", place.sheet_shown().into_owned()).with("cell", place.cell());
        prospects.raise(judge, "R404", line, Some(level), arguments! { "other" => other });
    }
}

fn by_phone<'a>(orders: &Ledger<'a>) -> HashMap<&'a str, Vec<Order>> {
    let mut by_phone: HashMap<&str, Vec<Order>> = HashMap::new();
    let field = |name| orders.sheet.field(name);
    let Some(phone) = field("phone") else { return by_phone };
    let dates = [field("ordered_at"), field("delivered_at"), field("cancelled_at")];
    for subject in &orders.subjects {
        let Some(&line) = subject.history.versions.last().and_then(|version| version.last()) else { continue };
        let values = orders.values(line);
        let [placed, delivered, cancelled] = dates.map(|field| values[field?].instant());
        if let Some(phone) = values[phone].text() {
            by_phone.entry(phone).or_default().push(Order { placed, delivered, cancelled, line });
        }
    }
    by_phone
}

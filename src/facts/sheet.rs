//! The facts of sheets: every accepted row in its newest version, with the columns that need more than the row itself.

use super::{
    booking, complaint,
    deliveries::GroupDeliveries,
    drafts::{date, moment, text},
    first_service::{self, FirstService},
    history::History,
    ledger::Ledger,
    owner, policy,
    record::{self, Prospect},
    repair,
};
use crate::{
    catalog::{SheetDef, derived},
    model::{CheckedRow, FactTable, Instant, StoreRows, Value},
};
use std::{collections::HashMap, sync::Arc};

/// The fact of a sheet, sorted by the sheet's time, then by place; empty when the store sent none.
pub(super) fn table(ledger: &Ledger<'_>, rows: &StoreRows, sheet: &SheetDef, group: &GroupDeliveries) -> FactTable {
    let mut table = FactTable::new(sheet.id.clone(), sheet.fact_columns());
    let Some(own) = rows.sheets.get(&sheet.id) else { return table };
    let added = added(ledger, sheet, group, &own.current);
    let time = sheet.time.as_deref().and_then(|time| sheet.field(time));
    let when = |row: &CheckedRow| time.and_then(|time| row.values.get(time)).and_then(Value::instant);
    let mut order: Vec<usize> = (0..own.current.len()).collect();
    order.sort_by_cached_key(|i| (when(&own.current[*i]), own.current[*i].place()));
    let width = derived::sheet_columns(&sheet.id).len();
    let mut values = Vec::new();
    for i in order {
        let row = &own.current[i];
        values.clear();
        values.push(Value::Text(ledger.store.id.clone()));
        values.push(Value::Text(row.workbook.clone()));
        values.push(Value::Text(row.sheet.clone()));
        values.push(Value::Int(i64::from(row.row)));
        values.push(Value::Int(i64::from(row.submission)));
        values.extend((0..sheet.columns.len()).map(|field| row.values.get(field).cloned().unwrap_or_default()));
        match added.get(i) {
            Some(own) => values.extend(own.iter().cloned()),
            None => values.resize(values.len() + width, Value::Null),
        }
        table.push(&values);
    }
    table
}

/// The values of the added columns, in the order of [`derived::sheet_columns`], for each current row.
fn added(ledger: &Ledger<'_>, sheet: &SheetDef, group: &GroupDeliveries, current: &[CheckedRow]) -> Vec<Vec<Value>> {
    let field = |row: &CheckedRow, name: &str| {
        sheet.field(name).and_then(|field| row.values.get(field)).cloned().unwrap_or_default()
    };
    match &*sheet.id {
        "prospect" => {
            let key = |row: &CheckedRow| match field(row, "prospect_no") {
                Value::Null => field(row, "phone"),
                number => number,
            };
            let unknown = |row: &CheckedRow| vec![key(row), Value::Flag(false), Value::Null, Value::Null, Value::Null];
            let mut added: Vec<_> = current.iter().map(unknown).collect();
            let mut oldest: HashMap<&str, (Instant, &Arc<str>)> = HashMap::new();
            let cards = || ledger.prospects.iter().zip(&ledger.histories);
            let is_open = |prospect: &Prospect<'_>, history: &History<'_>| {
                !prospect.merged && history.state().is_open() && !history.asleep()
            };
            for (prospect, _) in cards().filter(|(prospect, history)| is_open(prospect, history)) {
                let Some(phone) = prospect.phone else { continue };
                let own = (prospect.first_contact, prospect.key);
                let first = oldest.entry(phone).or_insert(own);
                *first = own.min(*first);
            }
            for (prospect, history) in cards() {
                let open = is_open(prospect, history);
                let twin = prospect.phone.filter(|_| open).and_then(|phone| oldest.get(&**phone));
                let twin = twin.map(|(_, key)| *key).filter(|key| *key != prospect.key);
                added[prospect.index][4] = text(twin);
                added[prospect.index][1] = Value::Flag(open);
                added[prospect.index][2] = moment(history.last_contact(ledger.today));
                added[prospect.index][3] = text(prospect.holders.on(prospect.first_contact.date()));
            }
            added
        }
        "complaint" => {
            let unknown = vec![Value::Null; derived::sheet_columns("complaint").len()];
            let mut added = vec![unknown; current.len()];
            for (complaint, judged) in ledger.complaints.iter().zip(complaint::judge(ledger)) {
                let flag = |flag: Option<bool>| flag.map_or(Value::Null, Value::Flag);
                added[complaint.index] = vec![
                    Value::Instant(judged.start),
                    Value::Instant(judged.answer.shown()),
                    Value::from(judged.answered.word()),
                    Value::Instant(judged.plan.shown()),
                    Value::from(judged.planned.word()),
                    Value::Flag(judged.closed),
                    Value::Flag(judged.repeated),
                    judged.repeat.map_or(Value::Null, |verdict| Value::from(verdict.word())),
                    flag(judged.called_back),
                    Value::Flag(judged.recontact_due),
                    judged.recontacted.map_or(Value::Null, |verdict| Value::from(verdict.word())),
                    Value::Flag(ledger.unsent.sent(&["complaint"], judged.answer.shown().date())),
                    Value::Flag(ledger.unsent.sent(&["complaint"], judged.plan.shown().date())),
                    text(complaint.holders.on(complaint.accepted.date())),
                ];
            }
            added
        }
        "order" => {
            let mut added = vec![vec![Value::Null; derived::sheet_columns("order").len()]; current.len()];
            for order in &ledger.orders {
                let judged = first_service::judge(ledger, order);
                let visit = judged.as_ref().and_then(|judged| judged.done);
                let sent = |judged: &FirstService<'_>| ledger.unsent.sent(&["service_visit"], judged.due_on);
                added[order.index] = vec![
                    date(judged.as_ref().map(|judged| judged.due_on)),
                    judged.as_ref().map_or(Value::Null, |judged| Value::from(judged.verdict.word())),
                    group.referral(order).map_or(Value::Null, Value::Flag),
                    Value::Flag(judged.as_ref().is_some_and(|judged| judged.due)),
                    moment(visit.map(|(at, _)| at)),
                    text(visit.map(|(_, row)| &row.workbook)),
                    text(visit.map(|(_, row)| &row.sheet)),
                    visit.map_or(Value::Null, |(_, row)| Value::Int(i64::from(row.row))),
                    judged.as_ref().map_or(Value::Null, |judged| Value::Flag(sent(judged))),
                    order.delivered.or(order.ordered).map_or(Value::Null, |at| text(order.holders.on(at.date()))),
                ];
            }
            added
        }
        "follow_up" => {
            let done = |row: &CheckedRow| field(row, "done_at").instant();
            let known = |at: Instant| record::known(at, ledger.now);
            let due_on = |row: &CheckedRow| field(row, "due_on").instant();
            let sent = |due: Instant| ledger.unsent.sent(&["follow_up"], due.date());
            let added = |row: &CheckedRow| {
                vec![Value::Flag(done(row).is_some_and(known)), Value::Flag(due_on(row).is_none_or(sent))]
            };
            current.iter().map(added).collect()
        }
        "service_visit" => {
            let countable = |row: &CheckedRow| match field(row, "kind") {
                Value::Text(kind) => record::countable(Some(&kind)),
                _ => record::countable(None),
            };
            let unknown = |row: &CheckedRow| vec![Value::Flag(countable(row)), Value::Flag(false), Value::Null];
            let mut added: Vec<_> = current.iter().map(unknown).collect();
            for (visit, fix) in ledger.visits.iter().filter_map(|visit| Some((visit, repair::judge(ledger, visit)?))) {
                added[visit.index][1] = Value::Flag(fix.due);
                added[visit.index][2] = Value::from(fix.verdict.word());
            }
            added
        }
        "booking" => booking::added(ledger, sheet, current),
        "policy" => policy::added(ledger, sheet, current),
        "owner" => owner::added(ledger, sheet, current),
        _ => Vec::new(),
    }
}

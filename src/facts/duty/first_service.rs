//! `first_service`: inviting a delivered car to its first service, owed until the window closes. The reminder comes two
//! months before: our assumption.

use super::{Duty, due_after, morning_after};
use crate::{
    facts::{first_service, ledger::Ledger},
    model::{Verdict, instant::add_months},
};

/// Months before the end of the window at which the reminder comes.
const REMIND_BEFORE: i32 = 2;

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for order in &ledger.orders {
        let (Some(judged), Some(delivered), Some(vin)) =
            (first_service::judge(ledger, order), order.delivered, order.vin)
        else {
            continue;
        };
        let remind = add_months(judged.due_on, -REMIND_BEFORE).unwrap_or(judged.due_on);
        let card = order.phone.and_then(|phone| ledger.card(phone));
        add(Duty {
            kind: "first_service",
            staff: order.holders.on(judged.due_on),
            owner: order.holders.on(ledger.today),
            customer: vin,
            name: card.and_then(|card| card.name),
            phone: order.phone,
            level: None,
            category: None,
            model: order.model,
            channel: None,
            opened_at: delivered,
            due_from: morning_after(remind, 0),
            due_by: due_after(judged.due_on, 0),
            due: judged.due,
            done: judged.done,
            verdict: judged.verdict,
            // A car that was given back by now need not be invited any more.
            open: judged.done.is_none() && judged.verdict != Verdict::Unmeasurable && order.reversed().is_none(),
            last_contact_at: ledger.last_contact(order.phone.unwrap_or(vin), Some(vin)),
            told_by: &["service_visit"],
            origin: order.row,
        });
    }
}

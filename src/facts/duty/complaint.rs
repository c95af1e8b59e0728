//! `cp_resp` and `cp_plan`: a complaint's first answer within 10 minutes and its plan within 24 hours, on the store's clock.

use super::Duty;
use crate::facts::{complaint, ledger::Ledger};

pub(super) fn duties<'a>(ledger: &Ledger<'a>, add: &mut impl FnMut(Duty<'a>)) {
    for (complaint, judged) in ledger.complaints.iter().zip(complaint::judge(ledger)) {
        let phone = ledger.identity.phone(complaint.customer);
        let card = ledger.card(ledger.identity.of(complaint.customer));
        let last_contact_at = ledger.last_contact(complaint.customer, Some(complaint.customer));
        let owed = [
            ("cp_resp", judged.answer, judged.answered, complaint.responded),
            ("cp_plan", judged.plan, judged.planned, complaint.planned),
        ];
        for (kind, limit, verdict, done) in owed {
            let due_by = limit.shown();
            add(Duty {
                kind,
                staff: complaint.holders.on(due_by.date()),
                owner: complaint.holders.on(ledger.today),
                customer: complaint.customer,
                name: card.and_then(|card| card.name),
                phone: phone.or(card.and_then(|card| card.phone)),
                level: None,
                category: complaint.category,
                model: None,
                channel: None,
                opened_at: complaint.accepted,
                due_from: judged.start,
                due_by,
                due: limit.passed(ledger.now),
                done: done.map(|at| (at, complaint.row)),
                verdict,
                open: done.is_none() && !judged.closed,
                last_contact_at,
                told_by: &["complaint"],
                origin: complaint.row,
            });
        }
    }
}

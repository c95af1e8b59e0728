//! The `post` fact: at each month end, how many of each post the department should have and has.

use super::{
    beside::instant,
    drafts::{Drafts, date},
    ledger::Ledger,
    month_end,
    record::word,
};
use crate::{
    catalog::derived,
    model::{CheckedRow, FactTable, Instant, Value},
};
use chrono::NaiveDate;

/// The posts and how many of each: the source's numbers, read as a norm.
const NORM: [(&str, i64); 3] = [("manager", 1), ("operations", 2), ("service", 3)];

struct Hired<'a> {
    row: &'a CheckedRow,
    post: &'a str,
    from: NaiveDate,
    until: Option<NaiveDate>,
}

pub(super) fn table(ledger: &Ledger<'_>) -> FactTable {
    let mut drafts = Drafts::new("post", &ledger.store.id);
    let Some(sheet) = ledger.sheet("staff") else { return drafts.finish() };
    let [post, hired, left] = sheet.fields(["post", "hired_on", "left_on"]);
    let person = |row| {
        let until = instant(row, left).map(|at| at.date());
        Some(Hired { row, post: word(row, post)?, from: instant(row, hired)?.date(), until })
    };
    let people: Vec<Hired<'_>> = sheet.current().iter().filter_map(person).collect();
    let Some(first) = people.iter().min_by_key(|own| own.from) else { return drafts.finish() };
    for end in month_end::since(ledger, Some(first.from)) {
        for (code, norm) in NORM {
            let name = derived::word("post", "post", code);
            let of_post = |own: &&Hired<'_>| own.post == name;
            let there = |own: &&Hired<'_>| own.from <= end.day && own.until.is_none_or(|until| until > end.day);
            let on_duty = people.iter().filter(of_post).filter(there).count() as i64;
            let origin = people.iter().filter(of_post).find(there).unwrap_or(first);
            drafts.add(
                Some(Instant::day(end.day)),
                origin.row,
                &[
                    ("post", Value::from(name)),
                    ("month_end", date(Some(end.day))),
                    ("current", Value::Flag(end.current)),
                    ("norm", Value::Int(norm)),
                    ("on_duty", Value::Int(on_duty)),
                    ("filled", Value::Int(on_duty.min(norm))),
                ],
            );
        }
    }
    drafts.finish()
}

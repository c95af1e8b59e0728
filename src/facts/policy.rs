//! What follows a policy: whether the car is covered by another one of the kind that begins between 90 days before and 30
//! days after its end, and whether that is renewed with the store, both commercial (商业) and written by it.

use super::{drafts::text, ledger::Ledger};
use crate::{
    catalog::SheetDef,
    model::{CheckedRow, Value, instant::add_days},
};
use chrono::NaiveDate;
use std::collections::HashMap;

/// The kind of policy whose renewal is measured.
const COMMERCIAL: &str = "商业";
/// Days before and after the end in which the next policy begins.
const AROUND: [i64; 2] = [90, 30];

/// A policy with an end.
struct Policy<'r> {
    vin: &'r str,
    kind: &'r str,
    /// 本店投保.
    here: bool,
    from: Option<NaiveDate>,
    until: NaiveDate,
    row: &'r CheckedRow,
}

/// The columns added to the fact of the sheet.
pub(super) fn added(ledger: &Ledger<'_>, sheet: &SheetDef, current: &[CheckedRow]) -> Vec<Vec<Value>> {
    let own: Vec<Option<Policy<'_>>> = current.iter().map(|row| Policy::of(sheet, row)).collect();
    let mut alike: HashMap<(&str, &str), Vec<&Policy<'_>>> = HashMap::new();
    own.iter().flatten().for_each(|policy| alike.entry((policy.vin, policy.kind)).or_default().push(policy));
    let judged = |policy: &Option<Policy<'_>>| {
        let Some(policy) = policy else {
            return [vec![Value::Flag(false); 4], vec![Value::Null; 5]].concat();
        };
        let (first, last) = (add_days(policy.until, -AROUND[0]), add_days(policy.until, AROUND[1]));
        let others = alike.get(&(policy.vin, policy.kind)).into_iter().flatten();
        let follows = |other: &&&Policy<'_>| {
            !std::ptr::eq(other.row, policy.row) && other.from.is_some_and(|from| first <= from && from <= last)
        };
        let mut following: Vec<_> = others.filter(follows).collect();
        following.sort_by_key(|other| (other.from, other.row.place()));
        let next = following.iter().find(|other| other.here).map(|next| next.row);
        let car = ledger.car(policy.vin);
        vec![
            Value::Flag(policy.kind == COMMERCIAL && policy.here && last <= ledger.today),
            Value::Flag(next.is_some()),
            Value::Flag(!following.is_empty()),
            Value::Flag(ledger.is_quiet(policy.vin, car.phone)),
            text(car.name),
            text(car.phone),
            text(next.map(|row| &row.workbook)),
            text(next.map(|row| &row.sheet)),
            next.map_or(Value::Null, |row| Value::Int(i64::from(row.row))),
        ]
    };
    own.iter().map(judged).collect()
}

impl<'r> Policy<'r> {
    fn of(sheet: &SheetDef, row: &'r CheckedRow) -> Option<Policy<'r>> {
        let cell = |name: &str| row.values.get(sheet.field(name)?);
        let day = |name: &str| Some(cell(name)?.instant()?.date());
        let (vin, kind) = (cell("vin")?.text()?, cell("kind")?.text()?);
        let here = cell("bought_here").and_then(Value::flag) == Some(true);
        Some(Policy { vin, kind, here, from: day("from_on"), until: day("until_on")?, row })
    }
}

//! What comes up in an owner's file: papers that end, days to congratulate on. As flags, so that a list can say so
//! without saying whose birthday is when.

use super::ledger::Ledger;
use crate::{
    catalog::SheetDef,
    model::{
        CheckedRow, Value,
        instant::{add_days, add_months},
    },
};
use chrono::{Datelike, NaiveDate};

/// Days before the end of papers, and before a day to congratulate on: our assumptions.
const PAPERS: i64 = 30;
const DAYS: i64 = 7;

/// The columns added to the fact of the sheet: inspection, licence, warranty end soon; birthday, anniversary soon.
pub(super) fn added(ledger: &Ledger<'_>, sheet: &SheetDef, current: &[CheckedRow]) -> Vec<Vec<Value>> {
    let papers = ["inspection_until", "licence_until", "warranty_until"].map(|name| sheet.field(name));
    let days = ["birthday", "bought_on"].map(|name| sheet.field(name));
    let today = ledger.today;
    let soon = |row: &CheckedRow| {
        let day = |field: Option<usize>| Some(row.values.get(field?)?.instant()?.date());
        let ends = |day: NaiveDate| today <= day && day <= add_days(today, PAPERS);
        let returns = |day: NaiveDate| next(day, today).is_some_and(|day| day <= add_days(today, DAYS));
        let ending = papers.map(|field| Value::Flag(day(field).is_some_and(ends)));
        ending.into_iter().chain(days.map(|field| Value::Flag(day(field).is_some_and(returns)))).collect()
    };
    current.iter().map(soon).collect()
}

/// The next return of a day, from the first year after it on; 29 February returns on the 28th where there is none.
fn next(day: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let years = (today.year() - day.year()).max(1);
    let of = |years: i32| add_months(day, years.checked_mul(12)?);
    of(years).filter(|day| *day >= today).or_else(|| of(years + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_returns_every_year_but_its_own() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let next = |born: &str, today: &str| next(day(born), day(today)).map(|day| day.to_string());
        assert_eq!(next("1985-11-29", "2026-11-22").as_deref(), Some("2026-11-29"));
        assert_eq!(next("1985-11-22", "2026-11-22").as_deref(), Some("2026-11-22"));
        assert_eq!(next("1985-11-21", "2026-11-22").as_deref(), Some("2027-11-21"));
        assert_eq!(next("1985-01-03", "2026-12-30").as_deref(), Some("2027-01-03"));
        assert_eq!(next("2024-02-29", "2026-02-25").as_deref(), Some("2026-02-28"));
        // Bought three days ago: the first anniversary is a year away.
        assert_eq!(next("2026-11-19", "2026-11-22").as_deref(), Some("2027-11-19"));
        assert_eq!(next("2026-11-25", "2026-11-22").as_deref(), Some("2027-11-25"));
    }
}

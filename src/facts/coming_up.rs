//! Fills `coming_up`: papers that end, days to congratulate on. As flags, so that a list can say so without saying whose
//! birthday is when.

use super::{
    beside::{Beside, instant},
    ledger::Ledger,
};
use crate::model::{
    Value,
    instant::{add_days, add_months},
};
use chrono::{Datelike, NaiveDate};

/// Days before the end of papers, and before a day to congratulate on: our assumptions.
const PAPERS: i64 = 30;
const DAYS: i64 = 7;

/// What comes up: the column of the sheet, and the one to fill.
const SOON: [(&str, &str); 5] = [
    ("inspection_until", "inspection_soon"),
    ("licence_until", "licence_soon"),
    ("warranty_until", "warranty_soon"),
    ("birthday", "birthday_soon"),
    ("bought_on", "anniversary_soon"),
];
/// How many of them are papers; the others return every year.
const OF_PAPERS: usize = 3;

pub(super) fn fill(ledger: &Ledger<'_>, beside: &mut Beside<'_>) {
    let fields = SOON.map(|(field, _)| beside.field(field));
    let today = ledger.today;
    let ends = |day: NaiveDate| today <= day && day <= add_days(today, PAPERS);
    let returns = |day: NaiveDate| next(day, today).is_some_and(|day| day <= add_days(today, DAYS));
    for (i, row) in beside.rows().iter().enumerate() {
        let soon = fields.iter().zip(SOON).enumerate().map(|(at, (field, (_, name)))| {
            let day = instant(row, *field).map(|at| at.date());
            let soon = day.is_some_and(|day| if at < OF_PAPERS { ends(day) } else { returns(day) });
            (name, Value::Flag(soon))
        });
        beside.set(i, &soon.collect::<Vec<_>>());
    }
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

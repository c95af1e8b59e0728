//! How a KPI's value comes about: over the rows of a fact, or out of other KPIs.

use super::Kpi;
use crate::model::{Grain, Period};
use chrono::{Months, NaiveDate};
use std::sync::Arc;

/// How a value comes about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A numerator, and of a ratio a denominator, summed over the rows of one fact.
    #[default]
    Rows,
    /// The value below which so many thousandths of the rows lie, as spreadsheets interpolate it. Not additive: of each
    /// scope and period it is that of all its rows.
    Quantile(u32),
    /// How many different texts the rows have. Not additive either.
    Distinct,
    /// The sum of one KPI over the sum of another.
    Ratio {
        /// A sum.
        numerator: Arc<str>,
        /// Another one.
        denominator: Arc<str>,
        /// The denominator counts by so many: 1000 for a value by the thousand.
        scale: u32,
    },
    /// How far a sum has grown against the same period so many months before: difference over the earlier sum. Of a
    /// period that is not over, the earlier one counts up to the same day.
    Growth {
        /// The sum.
        of: Arc<str>,
        /// Months back.
        months: u32,
    },
    /// A KPI over rows from an earlier day to each period's end.
    ToDate {
        /// The KPI.
        of: Arc<str>,
        /// Since when.
        span: Span,
    },
}

/// Since when a value to date counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The first day of the quarter in which the period ends.
    Quarter,
    /// The first day of the year in which it ends.
    Year,
    /// So many months before its end.
    Rolling(u32),
}

impl Kind {
    /// The KPIs it is made of; none where it is made of rows.
    pub fn of_others(&self) -> Vec<&Arc<str>> {
        match self {
            Kind::Rows | Kind::Quantile(_) | Kind::Distinct => Vec::new(),
            Kind::Ratio { numerator, denominator, .. } => vec![numerator, denominator],
            Kind::Growth { of, .. } | Kind::ToDate { of, .. } => vec![of],
        }
    }

    /// Whether figures of stores and days add up to those of groups and longer periods. Quantiles and numbers of
    /// different things do not: the rows of all are counted anew.
    pub fn is_additive(&self) -> bool {
        !matches!(self, Kind::Quantile(_) | Kind::Distinct)
    }
}

impl Kpi {
    /// What figures are made of, as definitions write it: the fact, or the other KPIs.
    pub fn made_of(&self) -> String {
        let parts: Vec<&str> = self.kind.of_others().into_iter().map(|part| &**part).collect();
        if parts.is_empty() { self.fact.to_string() } else { parts.join(", ") }
    }

    /// Numerator and, of a ratio, denominator, as definitions write them; of a KPI that is made of others, or is not
    /// additive, as a function of what these are made of.
    pub fn formula(&self) -> (String, Option<String>) {
        let numerator = self.numerator.sql.trim();
        let denominator = self.denominator.as_ref().map(|own| own.sql.trim().to_owned());
        match &self.kind {
            Kind::Rows => (numerator.to_owned(), denominator),
            Kind::Quantile(thousandths) => {
                (format!("quantile({}, {numerator})", f64::from(*thousandths) / 1000.0), None)
            }
            Kind::Distinct => (format!("count(distinct {numerator})"), None),
            Kind::Ratio { numerator, denominator, scale: 1 } => (numerator.to_string(), Some(denominator.to_string())),
            Kind::Ratio { numerator, denominator, scale } => {
                (numerator.to_string(), Some(format!("{denominator} / {scale}")))
            }
            Kind::Growth { of, months } => {
                let before = format!("{of}(t - {months} months)");
                (format!("{of}(t) - {before}"), Some(before))
            }
            Kind::ToDate { of, span } => {
                let since = match span {
                    Span::Quarter => "quarter to date".to_owned(),
                    Span::Year => "year to date".to_owned(),
                    Span::Rolling(months) => format!("{months} months to date"),
                };
                match denominator {
                    None => (format!("{of}({since})"), None),
                    Some(_) => (format!("numerator of {of}({since})"), Some(format!("denominator of {of}({since})"))),
                }
            }
        }
    }

    /// The rows behind the figures of a period, where `last` is the last day that counts: of which KPI, from which day on,
    /// up to and without which. Of growth those of the period first, then those of the same days earlier.
    pub fn rows_behind(&self, period: Period, last: NaiveDate) -> Vec<(&Arc<str>, NaiveDate, NaiveDate)> {
        let (start, end) = self.days(period);
        let end = last.succ_opt().map_or(end, |after| end.min(after));
        match &self.kind {
            Kind::Growth { of, months } => {
                let earlier = |day: NaiveDate| day.checked_sub_months(Months::new(*months)).unwrap_or(day);
                vec![(of, start, end), (of, earlier(start), earlier(end))]
            }
            kind => match kind.of_others().as_slice() {
                [] => vec![(&self.id, start, end)],
                parts => parts.iter().map(|part| (*part, start, end)).collect(),
            },
        }
    }

    /// The days that count for a period: the first one, and the first one after it.
    pub fn days(&self, period: Period) -> (NaiveDate, NaiveDate) {
        let end = period.end();
        let last = end.pred_opt().unwrap_or(end);
        let start = match &self.kind {
            Kind::ToDate { span: Span::Quarter, .. } => Period::of(Grain::Quarter, last).start,
            Kind::ToDate { span: Span::Year, .. } => Period::of(Grain::Year, last).start,
            Kind::ToDate { span: Span::Rolling(months), .. } => {
                end.checked_sub_months(Months::new(*months)).unwrap_or(end)
            }
            _ if period.grain == Grain::Asof => NaiveDate::MIN,
            _ => period.start,
        };
        (start, end)
    }
}

//! Stretches of time beside a form's own, and the periods that columns stand for.

use crate::model::{Grain, Instant, Period};
use serde::Deserialize;

/// A stretch of time beside a form's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// The form's own period.
    #[default]
    This,
    /// The one before.
    Before,
    /// The three newest months before the form's own that are over at the cut-off.
    #[serde(rename = "last_3")]
    Last3,
    /// The quarter up to the form's own month.
    Quarter,
    /// The year up to the form's own month.
    Year,
    /// The same period of the year before.
    YearBefore,
    /// Twelve months up to the form's own.
    #[serde(rename = "last_12")]
    Last12,
    /// The months of the form's own period that are over at the cut-off.
    Closed,
    /// Those that are not.
    Ahead,
    /// Everything.
    All,
}

impl Over {
    /// The periods that it holds beside `base`, at a cut-off; `None`: all.
    pub fn periods(self, base: Period, cutoff: Instant) -> Option<Vec<Period>> {
        let back =
            |from: Period, count: usize| std::iter::successors(Some(from), |own| Some(own.previous())).take(count);
        let since = |first: chrono::NaiveDate| {
            std::iter::successors(Some(base), |own| Some(own.previous())).take_while(move |own| own.start >= first)
        };
        let is_over = |own: &Period| own.end() <= cutoff.date() + chrono::Days::new(1);
        // Sums of a year are kept by the month.
        let months = |of: Period| {
            let all = std::iter::successors(Some(Period::of(Grain::Month, of.start)), |own| Some(own.next()));
            all.take_while(|own| own.start < of.end()).collect::<Vec<_>>()
        };
        let long = matches!(base.grain, Grain::Quarter | Grain::Year);
        Some(match self {
            Over::All => return None,
            Over::Closed if long => months(base).into_iter().filter(is_over).collect(),
            Over::Ahead if long => months(base).into_iter().filter(|own| !is_over(own)).collect(),
            Over::Closed => vec![base].into_iter().filter(is_over).collect(),
            Over::Ahead => vec![base].into_iter().filter(|own| !is_over(own)).collect(),
            Over::Before if long => months(base.previous()),
            Over::YearBefore if long => {
                months(Period::of(base.grain, base.start.checked_sub_months(chrono::Months::new(12))?))
            }
            Over::Last3 if long => {
                let newest = Period::of(Grain::Month, cutoff.date());
                back(if is_over(&newest) { newest } else { newest.previous() }, 3).collect()
            }
            _ if long => months(base),
            Over::This => vec![base],
            Over::Before => vec![base.previous()],
            Over::Last3 => back(base.previous(), 12).filter(is_over).take(3).collect(),
            Over::Quarter => since(Period::of(Grain::Quarter, base.start).start).collect(),
            Over::Year => since(Period::of(Grain::Year, base.start).start).collect(),
            Over::YearBefore if base.grain == Grain::Week => back(base, 53).skip(52).collect(),
            Over::YearBefore => back(base, 13).skip(12).collect(),
            Over::Last12 => back(base, 12).collect(),
        })
    }

    /// So many periods before the form's own have to be known.
    pub(super) fn reach(self) -> u32 {
        match self {
            Over::This | Over::Closed | Over::Ahead => 0,
            Over::All => 600,
            Over::Before => 1,
            Over::Quarter => 2,
            // The month of the cut-off, which is not over, may lie between.
            Over::Last3 => 5,
            Over::Year | Over::Last12 => 11,
            Over::YearBefore => 12,
        }
    }
}

/// How long the periods are for each of which a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Across {
    /// Each month.
    Months,
    /// Each quarter.
    Quarters,
}

impl Across {
    /// Its periods in a form's own, oldest first.
    pub fn periods(self, base: Period) -> Vec<Period> {
        let grain = match self {
            Across::Months => Grain::Month,
            Across::Quarters => Grain::Quarter,
        };
        let all = std::iter::successors(Some(Period::of(grain, base.start)), |own| Some(own.next()));
        all.take_while(|own| own.start < base.end()).collect()
    }
}

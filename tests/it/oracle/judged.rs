//! What an oracle says of one row, and the lines of `kpi.csv` that these make.

use super::{dice::month_ends, rows::end_of};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// One row of one KPI: the day that puts it into its periods, whom and what it counts for, what it adds.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    pub kpi: &'static str,
    pub store: String,
    pub day: NaiveDate,
    pub staff: Option<String>,
    pub model: Option<String>,
    pub channel: Option<String>,
    pub level: Option<char>,
    pub numerator: i64,
    pub denominator: i64,
    pub excluded: i64,
    /// The row itself, for a reader of a difference.
    pub what: String,
}

impl Judged {
    /// Counted as met, missed or, where nobody can tell, excluded.
    pub fn met(self, met: Option<bool>) -> Self {
        match met {
            Some(met) => Self { numerator: i64::from(met), denominator: 1, ..self },
            None => Self { excluded: 1, ..self },
        }
    }
}

/// How a KPI's figures lie in time and for whom they exist.
pub struct Shape {
    pub kpi: &'static str,
    /// A stock closes a quarter and a year with its last month; everything else adds up.
    pub stock: bool,
    /// Whether rows have a day of their own, and so weeks.
    pub weekly: bool,
    pub scopes: &'static [&'static str],
}

const WITH_STAFF: &[&str] = &["group", "store", "staff"];
const WITH_CAR: &[&str] = &["group", "store", "staff", "model"];
const WITH_CARD: &[&str] = &["group", "store", "staff", "model", "channel"];
const PLAIN: &[&str] = &["group", "store"];

pub const SHAPES: [Shape; 15] = [
    Shape { kpi: "pool_convert", stock: false, weekly: false, scopes: WITH_CARD },
    Shape { kpi: "cohort90_convert", stock: false, weekly: true, scopes: PLAIN },
    Shape {
        kpi: "followup_timely",
        stock: false,
        weekly: true,
        scopes: &["group", "store", "staff", "model", "channel", "level"],
    },
    Shape { kpi: "retention_1y", stock: true, weekly: false, scopes: WITH_STAFF },
    Shape { kpi: "churn_6m_cohort", stock: true, weekly: false, scopes: PLAIN },
    Shape { kpi: "keep_rate", stock: true, weekly: false, scopes: PLAIN },
    Shape { kpi: "net_growth", stock: false, weekly: false, scopes: PLAIN },
    Shape { kpi: "winback", stock: false, weekly: false, scopes: PLAIN },
    Shape { kpi: "old_spend_growth", stock: true, weekly: false, scopes: PLAIN },
    Shape { kpi: "first_service", stock: false, weekly: true, scopes: WITH_CAR },
    Shape { kpi: "regular_rate", stock: false, weekly: true, scopes: PLAIN },
    Shape { kpi: "cp_repeat", stock: false, weekly: true, scopes: WITH_STAFF },
    Shape { kpi: "cp_solve", stock: false, weekly: true, scopes: WITH_STAFF },
    Shape { kpi: "renew_rate", stock: false, weekly: true, scopes: WITH_STAFF },
    Shape { kpi: "cost_per_delivery", stock: false, weekly: false, scopes: &["group", "store", "channel"] },
];

/// kpi, scope, scope's id, grain, period.
pub type Line = [String; 5];
/// Numerator, denominator, excluded.
pub type Figure = [i64; 3];

/// The lines in which something was counted or excluded, with the rows of each.
pub fn lines(rows: &[Judged], until: NaiveDate) -> BTreeMap<Line, (Figure, Vec<String>)> {
    let mut lines: BTreeMap<Line, (Figure, Vec<String>)> = BTreeMap::new();
    for row in rows {
        let shape = SHAPES.iter().find(|shape| shape.kpi == row.kpi).expect("a shape");
        for (scope, id) in scopes(row).into_iter().filter(|(scope, _)| shape.scopes.contains(scope)) {
            for (grain, period) in periods(row.day, shape, until) {
                let line = [row.kpi.into(), scope.into(), id.clone(), grain.into(), period];
                let (figure, of) = lines.entry(line).or_default();
                let parts = [row.numerator, row.denominator, row.excluded];
                figure.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
                of.push(format!("{} {parts:?} {}", row.day, row.what));
            }
        }
    }
    lines.retain(|_, (figure, _)| *figure != [0; 3]);
    lines
}

fn scopes(row: &Judged) -> Vec<(&'static str, String)> {
    let mut scopes = vec![("group", "group".into()), ("store", row.store.clone())];
    scopes.extend(row.staff.as_ref().map(|staff| ("staff", format!("{}/{staff}", row.store))));
    scopes.extend(row.model.clone().map(|model| ("model", model)));
    scopes.extend(row.channel.clone().map(|channel| ("channel", channel)));
    scopes.extend(row.level.map(|level| ("level", level.to_string())));
    scopes
}

fn periods(day: NaiveDate, shape: &Shape, until: NaiveDate) -> Vec<(&'static str, String)> {
    let mut periods = vec![("month", day.format("%Y-%m").to_string())];
    let closes = |months: u32| {
        // The last month end that the quarter or the year has so far.
        let ends = month_ends(day, until);
        let same = |end: &&NaiveDate| end.year() == day.year() && end.month0() / months == day.month0() / months;
        !shape.stock || ends.iter().filter(same).max() == Some(&day)
    };
    if closes(3) {
        periods.push(("quarter", format!("{}-Q{}", day.year(), day.month0() / 3 + 1)));
    }
    if closes(12) {
        periods.push(("year", day.year().to_string()));
    }
    if shape.weekly {
        periods.push(("week", day.format("%G-W%V").to_string()));
    }
    periods
}

/// The month ends at which stocks are taken.
pub fn ends(first: Option<NaiveDate>, until: NaiveDate) -> Vec<NaiveDate> {
    debug_assert!(end_of(until) > until.into());
    first.map_or_else(Vec::new, |first| month_ends(first, until))
}

//! One build held against an earlier one: what its data files say, and what became of it.

use super::{Grain, Period, Quantity, Scope, Status};
use chrono::NaiveDate;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// What the data files of an output say, as far as another build is held against it.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// The day of its cut-off.
    pub cutoff: NaiveDate,
    /// The months of every scope down to the store.
    pub figures: BTreeMap<FigureKey, PublishedFigure>,
    /// What stands on the worklists, by list and store.
    pub lists: Rows,
    /// What was found, by code and store.
    pub findings: Rows,
}

/// Rows by what they are of and store, each as the hash of what tells it from others; sorted, as often as it occurs.
pub type Rows = BTreeMap<RowsOf, Vec<u64>>;

/// A list or a code, and a store.
pub type RowsOf = (Arc<str>, Arc<str>);

/// Which figure. The order is that of reading: by KPI, scope, id, month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FigureKey {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// What it is about.
    pub scope: Scope,
    /// Which one.
    pub id: Arc<str>,
    /// The month.
    pub month: Period,
}

/// A figure as it was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedFigure {
    /// Its numerator.
    pub numerator: Quantity,
    /// Its denominator; `None` for a sum.
    pub denominator: Option<Quantity>,
    /// Rows that counted and could not be judged.
    pub excluded: u64,
    /// How it stood to its target.
    pub status: Status,
}

impl PublishedFigure {
    /// As a float; `None` where there is no value.
    pub fn value(&self) -> Option<f64> {
        match (self.status, self.denominator) {
            (Status::NoData | Status::NotMeasurable, _) => None,
            (_, None) => Some(self.numerator.to_f64()),
            (_, Some(by)) => (!by.is_zero()).then(|| self.numerator.to_f64() / by.to_f64()),
        }
    }

    /// Whether it is `was` with nothing but rows judged that could not be yet: what ripens is not restated.
    fn ripened_from(&self, was: &PublishedFigure) -> bool {
        let (Some(now), Some(then)) = (self.denominator, was.denominator) else { return false };
        let rows = |count: u64| Quantity(i128::from(count) * Quantity::SCALE);
        self.excluded < was.excluded && now + rows(self.excluded) == then + rows(was.excluded)
    }

    /// Whether it is `was` with further rows and none of its own judged otherwise, as far as sums tell.
    fn grown_from(&self, was: &PublishedFigure) -> bool {
        let (Some(now), Some(then)) = (self.denominator, was.denominator) else { return false };
        let (adds, of) = (Quantity(self.numerator.0 - was.numerator.0), Quantity(now.0 - then.0));
        of > Quantity::default() && adds >= Quantity::default() && adds <= of
    }
}

/// A figure then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which figure of now.
    pub key: FigureKey,
    /// The month it is held against.
    pub before_month: Period,
    /// Then; `None` where it was not published.
    pub before: Option<PublishedFigure>,
    /// Now.
    pub now: Option<PublishedFigure>,
}

/// How many of some rows came, stayed and went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Turnover {
    /// Now and not then.
    pub new: usize,
    /// Then and now.
    pub still: usize,
    /// Then and not now.
    pub gone: usize,
}

/// What became of an earlier output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The day of the earlier cut-off.
    pub since: NaiveDate,
    /// Targets missed in the month that each build speaks of: now and not then.
    pub missed: Vec<Moved>,
    /// Then and not now.
    pub mended: Vec<Moved>,
    /// Targets missed then and now.
    pub still_missed: usize,
    /// Figures of months that were over then and are others now, but for those in which rows have ripened.
    pub restated: Vec<Moved>,
    /// By list and store.
    pub lists: Vec<(RowsOf, Turnover)>,
    /// By code and store.
    pub findings: Vec<(RowsOf, Turnover)>,
}

impl std::ops::AddAssign for Turnover {
    fn add_assign(&mut self, other: Turnover) {
        self.new += other.new;
        self.still += other.still;
        self.gone += other.gone;
    }
}

impl Changes {
    /// Holds `now` against `before`. `focus` says which month a build of a cut-off speaks of, `ripens` of which KPIs rows come
    /// into a month that is over, once they can be judged.
    pub fn between(
        before: &Published,
        now: &Published,
        focus: impl Fn(NaiveDate) -> Period,
        ripens: impl Fn(&str) -> bool,
    ) -> Changes {
        let (then, today) = (focus(before.cutoff), focus(now.cutoff));
        let mut changes = Changes { since: before.cutoff, ..Changes::default() };
        let is_missed = |figure: Option<&PublishedFigure>| figure.is_some_and(|figure| figure.status == Status::Missed);
        for (key, figure) in now.figures.range(..).filter(|(key, _)| key.month == today) {
            let was = before.figures.get(&FigureKey { month: then, ..key.clone() });
            let moved = |before_month, was: Option<&PublishedFigure>| Moved {
                key: key.clone(),
                before_month,
                before: was.copied(),
                now: Some(*figure),
            };
            match (is_missed(was), figure.status == Status::Missed) {
                (false, true) => changes.missed.push(moved(then, was)),
                (true, false) => changes.mended.push(moved(then, was)),
                (true, true) => changes.still_missed += 1,
                (false, false) => {}
            }
        }
        let was_over = |month: &Period| month.end() <= before.cutoff + chrono::Days::new(1);
        for (key, was) in before.figures.iter().filter(|(key, _)| was_over(&key.month)) {
            let is = now.figures.get(key);
            let equal = |is: &PublishedFigure| (is.numerator, is.denominator) == (was.numerator, was.denominator);
            let same = is.is_some_and(|is| equal(is) || is.ripened_from(was) || ripens(&key.kpi) && is.grown_from(was));
            if !same {
                let (key, before_month) = (key.clone(), key.month);
                changes.restated.push(Moved { key, before_month, before: Some(*was), now: is.copied() });
            }
        }
        changes.lists = turnovers(&before.lists, &now.lists);
        changes.findings = turnovers(&before.findings, &now.findings);
        changes
    }

    /// What of a list or a code came, stayed and went over all stores; in the order of first appearance.
    pub fn totals(of: &[(RowsOf, Turnover)]) -> Vec<(Arc<str>, Turnover)> {
        let mut totals: Vec<(Arc<str>, Turnover)> = Vec::new();
        for ((what, _), turnover) in of {
            match totals.last_mut().filter(|(last, _)| last == what) {
                Some((_, total)) => *total += *turnover,
                None => totals.push((what.clone(), *turnover)),
            }
        }
        totals
    }
}

fn turnovers(before: &Rows, now: &Rows) -> Vec<(RowsOf, Turnover)> {
    let keys: std::collections::BTreeSet<_> = before.keys().chain(now.keys()).collect();
    let rows = |of: &Rows, key: &RowsOf| of.get(key).cloned().unwrap_or_default();
    keys.into_iter().map(|key| (key.clone(), turnover(&rows(before, key), &rows(now, key)))).collect()
}

/// Both sorted.
fn turnover(before: &[u64], now: &[u64]) -> Turnover {
    let (mut turnover, mut at) = (Turnover::default(), 0);
    for row in now {
        while before.get(at).is_some_and(|was| was < row) {
            turnover.gone += 1;
            at += 1;
        }
        if before.get(at) == Some(row) {
            turnover.still += 1;
            at += 1;
        } else {
            turnover.new += 1;
        }
    }
    turnover.gone += before.len() - at;
    turnover
}

impl FigureKey {
    /// Whether a figure of this key is kept: months, and scopes down to the store.
    pub fn is_kept(scope: Scope, month: Period) -> bool {
        month.grain == Grain::Month && matches!(scope, Scope::Group | Scope::Region | Scope::Brand | Scope::Store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(numerator: i64, denominator: i64, status: Status) -> PublishedFigure {
        let of = Quantity::whole;
        PublishedFigure { numerator: of(numerator), denominator: Some(of(denominator)), excluded: 0, status }
    }

    fn published(cutoff: &str, figures: &[(&str, &str, PublishedFigure)]) -> Published {
        let key = |id: &str, month: &str| FigureKey {
            kpi: "a".into(),
            scope: Scope::Store,
            id: id.into(),
            month: Period::parse(month).expect("a month"),
        };
        let figures = figures.iter().map(|(id, month, figure)| (key(id, month), *figure)).collect();
        Published { cutoff: cutoff.parse().expect("a day"), figures, ..Published::default() }
    }

    fn focus(cutoff: NaiveDate) -> Period {
        Period::of(Grain::Month, cutoff)
    }

    #[test]
    fn what_is_missed_now_and_was_not_is_told_apart_from_what_is_missed_still() {
        let (met, missed) = (figure(9, 10, Status::Met), figure(5, 10, Status::Missed));
        let before =
            published("2026-10-31", &[("S01", "2026-10", met), ("S02", "2026-10", missed), ("S03", "2026-10", missed)]);
        let now = published(
            "2026-11-15",
            &[
                ("S01", "2026-11", missed),
                ("S02", "2026-11", met),
                ("S03", "2026-11", missed),
                ("S04", "2026-11", missed),
            ],
        );
        let changes = Changes::between(&before, &now, focus, |_| false);
        let ids = |moved: &[Moved]| moved.iter().map(|moved| moved.key.id.to_string()).collect::<Vec<_>>();
        assert_eq!(
            (ids(&changes.missed), ids(&changes.mended)),
            (vec!["S01".into(), "S04".into()], vec!["S02".to_owned()])
        );
        assert_eq!((changes.still_missed, changes.missed[1].before), (1, None));
    }

    #[test]
    fn only_what_was_over_is_restated() {
        let one = |n| figure(n, 10, Status::NoTarget);
        let before = published(
            "2026-11-15",
            &[("S01", "2026-10", one(5)), ("S02", "2026-10", one(5)), ("S01", "2026-11", one(1))],
        );
        let now = published(
            "2026-11-22",
            &[("S01", "2026-10", one(6)), ("S02", "2026-10", one(5)), ("S01", "2026-11", one(3))],
        );
        let changes = Changes::between(&before, &now, focus, |_| false);
        assert_eq!(changes.restated.len(), 1);
        assert_eq!((&*changes.restated[0].key.id, changes.restated[0].now), ("S01", Some(one(6))));
        // Two rows that could not be judged then are judged now: nothing was restated. A row more, and it was.
        let waiting = PublishedFigure { excluded: 2, ..one(5) };
        let before = published("2026-11-15", &[("S01", "2026-10", waiting)]);
        let ripe = |rows| published("2026-11-22", &[("S01", "2026-10", figure(6, rows, Status::NoTarget))]);
        assert!(Changes::between(&before, &ripe(12), focus, |_| false).restated.is_empty());
        assert_eq!(Changes::between(&before, &ripe(13), focus, |_| false).restated.len(), 1);
        // Where rows come later by their nature, more of them are none either; fewer are.
        assert!(Changes::between(&before, &ripe(13), focus, |_| true).restated.is_empty());
        assert_eq!(Changes::between(&before, &ripe(9), focus, |_| true).restated.len(), 1);
        // The month whose last day is the cut-off was over.
        let before = published("2026-10-31", &[("S01", "2026-10", one(5))]);
        assert_eq!(Changes::between(&before, &now, focus, |_| false).restated.len(), 1);
    }

    #[test]
    fn rows_are_counted_as_often_as_they_stand_there() {
        assert_eq!(turnover(&[1, 2, 2, 5], &[2, 3, 5, 5]), Turnover { new: 2, still: 2, gone: 2 });
        let key = |what: &str, store: &str| (Arc::from(what), Arc::from(store));
        let before = Rows::from([(key("R1", "S01"), vec![1]), (key("R2", "S01"), vec![4])]);
        let now = Rows::from([(key("R1", "S01"), vec![1]), (key("R1", "S02"), vec![9])]);
        let totals = Changes::totals(&turnovers(&before, &now));
        let count = |new, still, gone| Turnover { new, still, gone };
        assert_eq!(totals, [("R1".into(), count(1, 1, 0)), ("R2".into(), count(0, 0, 1))]);
    }
}

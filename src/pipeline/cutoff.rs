//! The cut-off when neither config nor command line gives one: the last week that more than one submission knows of.

use crate::model::{Grain, Period};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The last day of the week that one workbook is for.
pub(super) struct WeekEnd<'s> {
    pub store: &'s str,
    pub day: NaiveDate,
    /// Its path names that week too.
    pub by_path: bool,
}

/// Days between two submissions that are still of one archive.
pub(super) const FARTHEST: i64 = 366;

/// Days by which a week may be ahead of all others that a single cover tells of.
const AHEAD: i64 = 31;

/// The latest day of the latest week that several stores, or a path, know of: a single cover moves nobody's cut-off. Where
/// there is no such week, as in a group of one store, the latest day that is not far ahead of the one before it.
pub(super) fn cutoff(ends: &[WeekEnd<'_>]) -> Option<NaiveDate> {
    let stores: BTreeSet<&str> = ends.iter().map(|end| end.store).collect();
    let mut days: Vec<NaiveDate> = ends.iter().map(|end| end.day).collect();
    days.sort_unstable();
    days.dedup();
    let far_from_all = |days: &mut Vec<NaiveDate>, most: i64| {
        while let [.., before, last] = days[..]
            && (last - before).num_days() > most
        {
            days.pop();
        }
    };
    far_from_all(&mut days, FARTHEST);
    let latest = *days.last()?;
    let mut weeks: BTreeMap<Period, (BTreeSet<&str>, bool, NaiveDate)> = BTreeMap::new();
    for end in ends.iter().filter(|end| end.day <= latest) {
        let week = weeks.entry(Period::of(Grain::Week, end.day)).or_insert((BTreeSet::new(), false, end.day));
        week.0.insert(end.store);
        week.1 |= end.by_path;
        week.2 = week.2.max(end.day);
    }
    let known = weeks.values().rev().find(|(told, by_path, _)| told.len() > 1 || *by_path).map(|(.., day)| *day);
    far_from_all(&mut days, AHEAD);
    match known {
        Some(day) if stores.len() > 1 => Some(day),
        Some(day) => days.last().copied().max(Some(day)),
        None => days.last().copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `store day path?` of each workbook.
    fn found(ends: &[(&str, &str, bool)]) -> String {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let end =
            |(store, text, by_path): &(&'static str, &str, bool)| WeekEnd { store, day: day(text), by_path: *by_path };
        let ends: Vec<(&'static str, &str, bool)> = ends
            .iter()
            .map(|(store, text, path)| (if *store == "S01" { "S01" } else { "S02" }, *text, *path))
            .collect();
        cutoff(&ends.iter().map(end).collect::<Vec<_>>()).map_or_else(String::new, |day| day.to_string())
    }

    #[test]
    fn no_single_cover_moves_the_cut_off() {
        let both = [("S01", "2026-11-15", false), ("S02", "2026-11-15", false)];
        let with = |more: &[(&'static str, &'static str, bool)]| found(&[&both[..], more].concat());
        assert_eq!(with(&[]), "2026-11-15");
        // A year, a month, or a week ahead, by one cover; the same by two stores or by the path.
        for day in ["2027-11-22", "2026-12-20", "2026-11-22"] {
            assert_eq!(with(&[("S01", day, false)]), "2026-11-15", "{day}");
        }
        assert_eq!(with(&[("S01", "2026-11-22", false), ("S02", "2026-11-21", false)]), "2026-11-22");
        assert_eq!(with(&[("S01", "2026-11-22", true)]), "2026-11-22");
        // A path of another century is mistyped too.
        assert_eq!(with(&[("S01", "2062-11-22", true)]), "2026-11-15");
    }

    #[test]
    fn one_store_and_stores_that_agree_on_no_week() {
        assert_eq!(found(&[("S01", "2026-11-22", false)]), "2026-11-22");
        assert_eq!(found(&[("S01", "2026-11-15", true), ("S01", "2026-11-22", false)]), "2026-11-22");
        assert_eq!(found(&[("S01", "2026-11-15", false), ("S01", "2027-11-22", false)]), "2026-11-15");
        assert_eq!(found(&[("S01", "2026-11-15", false), ("S02", "2026-11-22", false)]), "2026-11-22");
        assert_eq!(found(&[("S01", "2026-11-15", false), ("S02", "2027-01-22", false)]), "2026-11-15");
        assert_eq!(found(&[]), "");
    }
}

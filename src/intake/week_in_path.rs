//! The week or day that a path names: `2026-W47`, `2026年第47周`, `20261116`, `2026-11-16`, `20261116-20261122`.

use chrono::{NaiveDate, Weekday};

/// The first and the last day that `path` names below its store's folder; the file's own name counts more than its
/// folders, and nearer folders more than farther ones. With two dates in one name they are the first and the last day.
pub fn week_in_path(path: &str) -> Option<(NaiveDate, NaiveDate)> {
    path.split('/').skip(1).collect::<Vec<_>>().into_iter().rev().find_map(in_name)
}

fn in_name(name: &str) -> Option<(NaiveDate, NaiveDate)> {
    if let Some(week) = iso_week(name) {
        return Some(week);
    }
    let days = days(name);
    let (first, last) = (days.first().copied()?, days.last().copied()?);
    Some((first.min(last), first.max(last)))
}

/// Runs of digits with their place in the text.
fn runs(name: &str) -> Vec<(usize, &str)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (i, byte) in name.bytes().enumerate().chain([(name.len(), b' ')]) {
        match (byte.is_ascii_digit(), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                runs.push((from, &name[from..i]));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

fn year(digits: &str) -> Option<i32> {
    digits.parse().ok().filter(|year| digits.len() == 4 && (2000..2100).contains(year))
}

fn iso_week(name: &str) -> Option<(NaiveDate, NaiveDate)> {
    let runs = runs(name);
    runs.windows(2).find_map(|pair| {
        let (at, digits) = pair[0];
        let (next, week) = pair[1];
        let year = year(digits)?;
        let between = &name[at + digits.len()..next];
        let after = &name[next + week.len()..];
        let marked = matches!(between, "-W" | "W" | "_W" | "-w" | "w" | "_w" | " W" | "年W")
            || (matches!(between, "年第" | "第" | "年" | "-" | "_" | "-第" | "_第") && after.starts_with('周'));
        let week: u32 = week.parse().ok().filter(|_| marked && week.len() <= 2)?;
        let first = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
        let last = NaiveDate::from_isoywd_opt(year, week, Weekday::Sun)?;
        Some((first, last))
    })
}

fn days(name: &str) -> Vec<NaiveDate> {
    let runs = runs(name);
    let mut days = Vec::new();
    let mut i = 0;
    while i < runs.len() {
        let (at, digits) = runs[i];
        if digits.len() == 8 {
            let day = year(&digits[..4]).and_then(|y| calendar(y, &digits[4..6], &digits[6..]));
            days.extend(day);
        } else if let (Some(year), Some((month_at, month)), Some((day_at, day))) =
            (year(digits), runs.get(i + 1).copied(), runs.get(i + 2).copied())
        {
            let between = [&name[at + digits.len()..month_at], &name[month_at + month.len()..day_at]];
            let separators = [["-", "-"], [".", "."], ["_", "_"], ["年", "月"], [" ", " "]];
            if separators.contains(&between)
                && let Some(day) = calendar(year, month, day)
            {
                days.push(day);
                i += 2;
            }
        }
        i += 1;
    }
    days
}

fn calendar(year: i32, month: &str, day: &str) -> Option<NaiveDate> {
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_and_days() {
        for (path, expected) in [
            ("S01/2026-W47/潜客表.xlsx", Some("2026-11-16..2026-11-22")),
            ("S01/潜客_2026W47.xlsx", Some("2026-11-16..2026-11-22")),
            ("S01/2026年第47周/a.xlsx", Some("2026-11-16..2026-11-22")),
            ("S01/周报20261116.xlsx", Some("2026-11-16..2026-11-16")),
            ("S01/20261116-20261122.xlsx", Some("2026-11-16..2026-11-22")),
            ("S01/2026-11-16至2026-11-22.xlsx", Some("2026-11-16..2026-11-22")),
            ("S01/2026.11.22.csv", Some("2026-11-22..2026-11-22")),
            ("S01/2026年11月22日.csv", Some("2026-11-22..2026-11-22")),
            // the file's own name beats its folder
            ("S01/2026-W01/20261122.xlsx", Some("2026-11-22..2026-11-22")),
            ("S01/2026-W53/a.xlsx", Some("2026-12-28..2027-01-03")),
            // near misses: no such day, no such week, a longer number, a month only, the store's own folder
            ("S01/20260230.xlsx", None),
            ("S01/2025-W53/a.xlsx", None),
            ("S01/120261116.xlsx", None),
            ("S01/2026-11/a.xlsx", None),
            ("20261116/a.xlsx", None),
            ("S01/潜客表.xlsx", None),
        ] {
            let found = week_in_path(path).map(|(from, to)| format!("{from}..{to}"));
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}

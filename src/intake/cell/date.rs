//! Days and instants.

use super::{Coerced, Surroundings, change, plain, typed};
use crate::{
    arguments,
    catalog::CellType,
    intake::{plan::ColumnPlan, raw::Raw},
    model::{Instant, Value},
};
use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use std::ops::RangeInclusive;

/// A bare number is a day only between 1954 and 2119; outside it is more likely a count or an amount.
const PLAUSIBLE_SERIALS: std::ops::Range<f64> = 20_000.0..80_000.0;

/// Days between the 1900 and the 1904 way of counting.
const DAYS_1904: f64 = 1462.0;

pub(super) fn read(raw: &Raw, column: &ColumnPlan, around: Surroundings) -> Coerced {
    match raw {
        Raw::Number { value, dated: true } => match of_serial(*value, false) {
            Some(at) => finish(column, Coerced::clean(Value::Instant(at)), at, || at.display()),
            None => Coerced::unreadable("C003", column, &typed(*value)),
        },
        Raw::Number { value, dated: false } => {
            let written = typed(*value);
            match of_bare_number(*value, around.from_1904) {
                Some(at) => repaired(column, &written, at),
                None => Coerced::unreadable("C003", column, &written),
            }
        }
        Raw::Text(written) => {
            let plain = plain(written);
            if let Some(nothing) = plain.nothing(column, written) {
                return nothing;
            }
            read_text(written, &plain.text, plain.seen_changed, column, around)
        }
        Raw::Bool(_) => Coerced::unreadable("C003", column, "TRUE"),
        Raw::Error(_) | Raw::NoCache => Coerced::empty(),
    }
}

/// The days of a full date written as text.
pub(super) fn full_day(text: &str) -> Option<NaiveDate> {
    match parse(text)?.day {
        Day::Full(day) => Some(day),
        _ => None,
    }
}

/// The day of a cell that stands alone, such as 周止 on the cover.
pub(crate) fn read_day(raw: &Raw, from_1904: bool) -> Option<Instant> {
    match raw {
        Raw::Number { value, dated: true } => of_serial(*value, false),
        Raw::Number { value, dated: false } => of_bare_number(*value, from_1904),
        Raw::Text(written) => match parse(&plain(written).text)? {
            Parsed { day: Day::Full(day), time, .. } => Some(instant(day, time)),
            Parsed { day: Day::Serial(serial), .. } => of_bare_number(serial, from_1904),
            Parsed { day: Day::WithoutYear(..), .. } => None,
        },
        _ => None,
    }
}

fn read_text(written: &str, text: &str, seen_changed: bool, column: &ColumnPlan, around: Surroundings) -> Coerced {
    let unreadable = || Coerced::unreadable("C003", column, written);
    let Some(parsed) = parse(text) else { return unreadable() };
    match parsed.day {
        Day::Full(day) => {
            let at = instant(day, parsed.time);
            if parsed.usual && !seen_changed {
                finish(column, Coerced::clean(Value::Instant(at)), at, || written.to_owned())
            } else {
                repaired(column, written, at)
            }
        }
        Day::Serial(serial) => {
            of_bare_number(serial, around.from_1904).map_or_else(unreadable, |at| repaired(column, written, at))
        }
        Day::WithoutYear(month, day) => {
            let Some(day) = around.week_end.and_then(|end| nearest_year(month, day, end, column.may_be_future)) else {
                return unreadable();
            };
            let at = instant(day, parsed.time);
            let coerced = Coerced::clean(Value::Instant(at));
            let coerced = coerced.noted("C002", arguments! { "change" => change(column, written, &at.display()) });
            finish(column, coerced, at, || written.to_owned())
        }
    }
}

/// 00:00 is what Excel shows for a day without a time: it is the day.
fn instant(day: NaiveDate, time: Option<NaiveTime>) -> Instant {
    let time = time.filter(|time| *time != NaiveTime::MIN);
    time.map_or_else(|| Instant::day(day), |time| Instant::exact(day.and_time(time)))
}

fn repaired(column: &ColumnPlan, written: &str, at: Instant) -> Coerced {
    finish(column, Coerced::repaired(column, written, Value::Instant(at), true), at, || written.to_owned())
}

/// Drops the time of day from a date column, with a notice.
fn finish(column: &ColumnPlan, coerced: Coerced, at: Instant, written: impl Fn() -> String) -> Coerced {
    if column.cell != CellType::Date || at.date_only {
        return coerced;
    }
    let day = Instant::day(at.date());
    let mut coerced = coerced;
    coerced.value = Value::Instant(day);
    // The date itself was written in another notation too: one notice says it all.
    coerced.notes.retain(|note| note.code != "C001");
    coerced.noted("C017", arguments! { "change" => change(column, &written(), &day.display()) })
}

/// The instant of an Excel serial. 1900 counts a 29 February that never was.
pub(super) fn of_serial(serial: f64, from_1904: bool) -> Option<Instant> {
    let serial = if from_1904 { serial + DAYS_1904 } else { serial };
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let day = serial.floor() as i64;
    let epoch = if day < 60 { NaiveDate::from_ymd_opt(1899, 12, 31)? } else { NaiveDate::from_ymd_opt(1899, 12, 30)? };
    if day == 60 {
        return None;
    }
    let seconds = ((serial - serial.floor()) * 86_400.0).round() as i64;
    let date = epoch.checked_add_signed(Duration::days(day))?;
    let at: NaiveDateTime = date.and_time(NaiveTime::MIN) + Duration::seconds(seconds);
    Some(instant(at.date(), Some(at.time())))
}

/// The time of day of a cell that holds nothing else: a part of a day.
pub(super) fn of_clock(serial: f64) -> Option<NaiveTime> {
    let seconds = (serial * 86_400.0).round();
    let whole = (0.0..86_400.0).contains(&seconds).then_some(seconds as u32)?;
    NaiveTime::from_num_seconds_from_midnight_opt(whole, 0).filter(|_| (0.0..1.0).contains(&serial))
}

/// A number in a cell that is not formatted as a date: `20260305`, or a serial.
pub(super) fn of_bare_number(value: f64, from_1904: bool) -> Option<Instant> {
    if value.fract() == 0.0 && (19_000_101.0..=21_001_231.0).contains(&value) {
        let digits = value as u32;
        return full(digits / 10_000, digits / 100 % 100, digits % 100).map(Instant::day);
    }
    PLAUSIBLE_SERIALS.contains(&value).then(|| of_serial(value, from_1904)).flatten()
}

/// The year that puts a day nearest to `end` and not after it; for plans, nearest on either side.
pub(super) fn nearest_year(month: u32, day: u32, end: NaiveDate, may_be_future: bool) -> Option<NaiveDate> {
    // Four years back, so that 29 February finds its leap year.
    let candidates = (end.year() - 4..=end.year() + 1).filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    candidates
        .filter(|candidate| may_be_future || *candidate <= end)
        .min_by_key(|candidate| ((*candidate - end).num_days().abs(), *candidate > end))
}

fn full(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|year| (1900..=2100).contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

/// A date in words and digits.
struct Parsed {
    day: Day,
    time: Option<NaiveTime>,
    /// Written in one of the usual ways.
    usual: bool,
}

enum Day {
    Full(NaiveDate),
    WithoutYear(u32, u32),
    Serial(f64),
}

/// Reads a plain text (see [`plain`]).
fn parse(text: &str) -> Option<Parsed> {
    let (text, weekday) = without_weekday(text);
    let text = text.trim();
    let (first, rest) = digits(text)?;
    if first.len() == 8 {
        let day = full(first[..4].parse().ok()?, first[4..6].parse().ok()?, first[6..].parse().ok()?)?;
        let (time, _) = time_of_day(rest)?;
        return Some(Parsed { day: Day::Full(day), time, usual: false });
    }
    if first.len() == 5 && (rest.is_empty() || rest.starts_with('.')) {
        return Some(Parsed { day: Day::Serial(text.parse().ok()?), time: None, usual: false });
    }
    let (separator, rest) = split_first(rest.trim_start())?;
    let (second, rest) = digits(rest.trim_start())?;
    if second.len() > 2 {
        return None;
    }
    if first.len() <= 2 {
        // `11/17` is month and day, as everybody here writes it; `11.17` may be a number.
        let rest = match separator {
            '月' => rest.trim_start().strip_prefix(['日', '号'])?,
            '/' | '-' => rest,
            _ => return None,
        };
        let (time, _) = time_of_day(rest)?;
        let day = Day::WithoutYear(first.parse().ok()?, second.parse().ok()?);
        return Some(Parsed { day, time, usual: false });
    }
    if first.len() != 4 {
        return None;
    }
    let (second_separator, rest) = split_first(rest.trim_start())?;
    let (third, rest) = digits(rest.trim_start())?;
    let (usual, rest) = match (separator, second_separator) {
        ('-', '-') | ('/', '/') => (true, rest),
        ('.', '.') => (false, rest),
        ('年', '月') => (false, rest.trim_start().strip_prefix(['日', '号']).unwrap_or(rest)),
        _ => return None,
    };
    if third.len() > 2 {
        return None;
    }
    let day = full(first.parse().ok()?, second.parse().ok()?, third.parse().ok()?)?;
    let (time, usual_time) = time_of_day(rest)?;
    Some(Parsed { day: Day::Full(day), time, usual: usual && usual_time && !weekday })
}

fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn split_first(text: &str) -> Option<(char, &str)> {
    let first = text.chars().next()?;
    Some((first, &text[first.len_utf8()..]))
}

/// The text without `星期四`, `周四`, `(周四)`, and whether it had one.
fn without_weekday(text: &str) -> (String, bool) {
    for word in ["星期", "礼拜", "周"] {
        let Some(at) = text.find(word) else { continue };
        let rest = &text[at + word.len()..];
        let Some((day, rest)) = split_first(rest) else { continue };
        if !"一二三四五六日天".contains(day) {
            continue;
        }
        let before = text[..at].trim_end();
        let (before, rest) = match (before.strip_suffix('('), rest.strip_prefix(')')) {
            (Some(before), Some(rest)) => (before, rest),
            _ => (before, rest),
        };
        return (format!("{before} {}", rest.trim_start()), true);
    }
    (text.to_owned(), false)
}

/// A part of the day: its word, the hours of a clock of twelve that it has, and whether twelve are added to them. What
/// other hours with it mean can be read in two ways (晚上1:00, 上午15:30).
const PARTS: [(&str, RangeInclusive<u32>, bool); 16] = [
    ("凌晨", 0..=6, false),
    ("清晨", 4..=9, false),
    ("早上", 4..=11, false),
    ("早晨", 4..=11, false),
    ("上午", 1..=11, false),
    ("中午", 1..=2, true),
    ("下午", 1..=11, true),
    ("傍晚", 4..=8, true),
    ("晚上", 5..=11, true),
    ("夜里", 7..=11, true),
    ("AM", 0..=11, false),
    ("am", 0..=11, false),
    ("PM", 1..=11, true),
    ("pm", 1..=11, true),
    ("晚间", 5..=11, true),
    ("晚", 5..=11, true),
];

/// The hour of the day that an hour with the word for a part of the day is; `None` when there is none or two.
fn hour_of_day(hour: u32, word: &str, hours: &RangeInclusive<u32>, late: bool) -> Option<u32> {
    match (word, hour) {
        // Midnight by a clock of twelve.
        ("凌晨" | "AM" | "am", 12) => Some(0),
        // Noon; before noon it would be no hour, and by the clock of a spreadsheet midnight.
        ("中午" | "下午" | "PM" | "pm", 12) => Some(12),
        ("上午", 12) => None,
        ("中午", 10 | 11) => Some(hour),
        _ if hours.contains(&hour) => Some(if late { hour + 12 } else { hour }),
        // Hours of a day of 24 that agree with the word.
        _ if late && hours.contains(&(hour.checked_sub(12)?)) => Some(hour),
        _ => None,
    }
}

/// The time of day that the rest of a text is, and whether it is written in a usual way. `None` when it is
/// something else, `Some(None, _)` when there is nothing.
fn time_of_day(rest: &str) -> Option<(Option<NaiveTime>, bool)> {
    let text = rest.trim_start_matches(['T', ',']).trim();
    if text.is_empty() {
        return rest.trim().is_empty().then_some((None, true));
    }
    let part = PARTS.iter().find_map(|(word, hours, late)| {
        let rest = text.strip_prefix(word).or_else(|| text.strip_suffix(word))?;
        Some((rest.trim(), (*word, hours, *late)))
    });
    let (clock, part) = part.map_or((text, None), |(clock, part)| (clock, Some(part)));
    let (hour, rest) = digits(clock)?;
    let (separator, rest) = split_first(rest)?;
    let mut hour: u32 = hour.parse().ok().filter(|_| hour.len() <= 2)?;
    let (minute, second, usual) = match separator {
        ':' => {
            let (minute, rest) = digits(rest).filter(|(minute, _)| minute.len() == 2)?;
            let second = match rest.strip_prefix(':') {
                Some(rest) => {
                    let (second, rest) = digits(rest).filter(|(second, _)| second.len() == 2)?;
                    let fraction = rest.strip_prefix('.').unwrap_or("");
                    if !rest.is_empty() && (fraction.is_empty() || !digits(fraction)?.1.is_empty()) {
                        return None;
                    }
                    second.parse().ok()?
                }
                None if rest.is_empty() => 0,
                None => return None,
            };
            (minute.parse().ok()?, second, part.is_none())
        }
        '时' | '点' => {
            let rest = rest.trim();
            let minute = match rest {
                "" | "整" => 0,
                "半" => 30,
                _ => {
                    let (minute, rest) = digits(rest)?;
                    if !matches!(rest, "" | "分") || minute.len() > 2 {
                        return None;
                    }
                    minute.parse().ok()?
                }
            };
            (minute, 0, false)
        }
        _ => return None,
    };
    if let Some((word, hours, late)) = part {
        // So a program writes a day without a time; a person may mean noon. The day is the same.
        let midnight = word == "上午" && (hour, minute, second) == (12, 0, 0);
        hour = if midnight { 0 } else { hour_of_day(hour, word, hours, late)? };
    }
    Some((Some(NaiveTime::from_hms_opt(hour, minute, second)?), usual))
}

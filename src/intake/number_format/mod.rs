//! How a number format shows a number: as a number, a date, a time of day, or with signs of its own such as `QK0012`.

mod code;

use code::{Parsed, sections};
use std::sync::Arc;

/// How cells of one style show numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Look {
    /// As numbers; a text column takes them as they would be typed.
    Number,
    /// As dates, with or without a time of day.
    Date,
    /// As times of day or times elapsed: a date to a column of dates, and to one of texts what the clerk sees.
    Time(Arc<[Piece]>),
    /// As whole numbers with signs or zeros of their own.
    Digits(Arc<[Section]>),
}

/// A piece of what is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// As it stands.
    Text(String),
    /// Places of digits; how many show a zero where there is no digit.
    Places {
        places: usize,
        zeros: usize,
    },
    /// Hours, minutes, seconds of the day, with a leading zero or without.
    Hour(usize),
    Minute(usize),
    Second(usize),
    /// Hours, minutes, seconds that elapsed.
    Hours(usize),
    Minutes(usize),
    Seconds(usize),
    /// What stands for the halves of a day.
    Half(&'static str, &'static str),
}

/// What a format says of numbers of one sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Section(Vec<Piece>);

impl Look {
    /// Of a built-in format of ECMA-376 18.8.30, with the East Asian ones.
    pub fn of_built_in(id: u32) -> Look {
        let time = |code: &str| Look::of_code(code);
        match id {
            18 => time("h:mm AM/PM"),
            19 => time("h:mm:ss AM/PM"),
            20 => time("h:mm"),
            21 => time("h:mm:ss"),
            32 => time("h\"时\"mm\"分\""),
            33 => time("h\"时\"mm\"分\"ss\"秒\""),
            34 | 55 => time("上午/下午h\"时\"mm\"分\""),
            35 | 56 => time("上午/下午h\"时\"mm\"分\"ss\"秒\""),
            45 | 47 => time("mm:ss"),
            46 => time("[h]:mm:ss"),
            14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Look::Date,
            _ => Look::Number,
        }
    }

    /// Of a format code.
    pub fn of_code(code: &str) -> Look {
        let Some(sections) = sections(code) else { return Look::Number };
        let Some(first) = sections.first() else { return Look::Number };
        if first.date {
            return Look::Date;
        }
        if first.pieces.iter().any(Piece::is_time) {
            return Look::Time(first.pieces.clone().into());
        }
        let digits = |section: &Parsed| section.plain && section.pieces.iter().any(Piece::is_place);
        let own = |section: &Parsed| {
            section.pieces.iter().any(|piece| match piece {
                Piece::Text(text) => !text.trim().is_empty(),
                Piece::Places { zeros, .. } => *zeros > 1,
                _ => false,
            })
        };
        if sections.len() > 3 || !sections.iter().all(digits) || !own(first) {
            return Look::Number;
        }
        Look::Digits(sections.into_iter().map(|section| Section(section.pieces)).collect())
    }

    /// Whether a number is a date.
    pub fn is_dated(&self) -> bool {
        matches!(self, Look::Date | Look::Time(_))
    }

    /// What a number looks like, where that is neither a number nor a date.
    pub fn shown(&self, value: f64) -> Option<String> {
        match self {
            Look::Number | Look::Date => None,
            Look::Time(pieces) => time(pieces, value),
            Look::Digits(sections) => digits(sections, value),
        }
    }
}

impl Piece {
    fn is_time(&self) -> bool {
        !matches!(self, Piece::Text(_) | Piece::Places { .. } | Piece::Half(..))
    }

    fn is_place(&self) -> bool {
        matches!(self, Piece::Places { .. })
    }
}

/// A time of day or time elapsed as `9:30`, `32:30`, for formats that do not say more.
pub(crate) fn plain_time(value: f64, elapsed: bool) -> Option<String> {
    let seconds = whole_seconds(value)?;
    let hours = if elapsed { Piece::Hours(1) } else { Piece::Hour(1) };
    let colon = || Piece::Text(":".to_owned());
    let mut pieces = vec![hours, colon(), Piece::Minute(2)];
    if seconds % 60 != 0 {
        pieces.extend([colon(), Piece::Second(2)]);
    }
    time(&pieces, value)
}

fn whole_seconds(value: f64) -> Option<u64> {
    let seconds = (value * 86_400.0).round();
    // A thousand years of hours are no time of day.
    (0.0..3e10).contains(&seconds).then_some(seconds as u64)
}

fn time(pieces: &[Piece], value: f64) -> Option<String> {
    let seconds = whole_seconds(value)?;
    let (hour, halved) = (seconds / 3600 % 24, pieces.iter().any(|piece| matches!(piece, Piece::Half(..))));
    let mut out = String::new();
    for piece in pieces {
        let (number, width) = match piece {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Half(early, late) => {
                out.push_str(if hour < 12 { early } else { late });
                continue;
            }
            Piece::Places { .. } => continue,
            Piece::Hour(width) if halved => ((hour + 11) % 12 + 1, *width),
            Piece::Hour(width) => (hour, *width),
            Piece::Minute(width) => (seconds / 60 % 60, *width),
            Piece::Second(width) => (seconds % 60, *width),
            Piece::Hours(width) => (seconds / 3600, *width),
            Piece::Minutes(width) => (seconds / 60, *width),
            Piece::Seconds(width) => (seconds, *width),
        };
        out.push_str(&format!("{number:0width$}"));
    }
    Some(out.trim().to_owned())
}

fn digits(sections: &[Section], value: f64) -> Option<String> {
    let rounded = value.round();
    if rounded.abs() >= 1e15 {
        return None;
    }
    let negative = rounded < 0.0;
    let at = match (negative, rounded == 0.0) {
        (true, _) => 1,
        (_, true) => 2,
        _ => 0,
    };
    let own = sections.get(at);
    let Section(pieces) = own.or(sections.first())?;
    let number = format!("{:.0}", rounded.abs());
    let number = if number == "0" { "" } else { number.as_str() };
    let places: usize =
        pieces.iter().map(|piece| if let Piece::Places { places, .. } = piece { *places } else { 0 }).sum();
    // Digits fill the places from the right; those without a place stand before the first.
    let mut left = places;
    let (mut out, mut first) = (String::new(), true);
    if negative && own.is_none() {
        out.push('-');
    }
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Places { places, zeros } => {
                let end = number.len().saturating_sub(left - places);
                let start = if first { 0 } else { number.len().saturating_sub(left) };
                let own = number.get(start..end.max(start)).unwrap_or_default();
                out.extend(std::iter::repeat_n('0', zeros.saturating_sub(own.len())));
                out.push_str(own);
                left -= places;
                first = false;
            }
            _ => return None,
        }
    }
    Some(out.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, value: f64) -> String {
        Look::of_code(code).shown(value).unwrap_or_default()
    }

    #[test]
    fn dates_times_and_numbers() {
        let dates = [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\";@",
            "[$-804]yyyy/m/d h:mm",
            "[Red]m/d/yy",
            "mmm",
            "m\"月\"d\"日\"",
            "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"",
            "e/m/d",
            "[$-F800]dddd, mmmm dd, yyyy",
        ];
        for code in dates {
            assert_eq!(Look::of_code(code), Look::Date, "{code}");
        }
        for code in ["[$-804]h:mm", "[h]:mm:ss", "h:mm AM/PM", "mm:ss", "[$-804]上午/下午h\"时\"mm\"分\""] {
            assert!(matches!(Look::of_code(code), Look::Time(_)), "{code}");
        }
        let numbers = [
            "General",
            "0.00",
            "#,##0",
            "[Red]0",
            "0",
            "@",
            "0.00E+00",
            "0%",
            "# ?/?",
            "¥#,##0.00",
            "#,##0\"元\"",
            "",
            ";;;",
            "[>=1000]0000;0",
            "G/通用格式",
            "0_ ",
            "0.00\"万\"",
            "[DBNum2]0",
        ];
        for code in numbers {
            assert_eq!(Look::of_code(code), Look::Number, "{code}");
        }
        assert!(
            Look::of_built_in(14).is_dated() && Look::of_built_in(31).is_dated() && !Look::of_built_in(9).is_dated()
        );
    }

    #[test]
    fn times_are_shown_as_the_clerk_sees_them() {
        let half_past_nine = 9.5 / 24.0;
        assert_eq!(shown("h:mm", half_past_nine), "9:30");
        assert_eq!(shown("hh:mm:ss", half_past_nine), "09:30:00");
        assert_eq!(shown("h:mm", 46_307.0 + half_past_nine), "9:30");
        assert_eq!(shown("[h]:mm", 32.5 / 24.0), "32:30");
        assert_eq!(shown("[mm]:ss", 1.0 / 24.0), "60:00");
        assert_eq!(shown("h:mm AM/PM", 15.25 / 24.0), "3:15 PM");
        assert_eq!(shown("上午/下午h\"时\"mm\"分\"", 0.0), "上午12时00分");
        assert_eq!(shown("mm:ss.0", 90.0 / 86_400.0), "01:30");
        assert_eq!(shown("h:mm", -1.0), "");
        assert_eq!(plain_time(half_past_nine, false).as_deref(), Some("9:30"));
        assert_eq!(plain_time(32.5 / 24.0 + 5.0 / 86_400.0, true).as_deref(), Some("32:30:05"));
    }

    #[test]
    fn ids_are_shown_as_the_clerk_sees_them() {
        assert_eq!(shown("0000", 12.0), "0012");
        assert_eq!(shown("\"QK\"0000", 13.0), "QK0013");
        assert_eq!(shown("[$-804]0000", 12.0), "0012");
        assert_eq!(shown("\\Q\\K#", 13.0), "QK13");
        assert_eq!(shown("000-0000-0000", 13_800_000_001.0), "138-0000-0001");
        assert_eq!(shown("00-00", 12_345.0), "123-45");
        assert_eq!(shown("00-00", 5.0), "00-05");
        assert_eq!(shown("0000;-0000;\"无\"0", -5.0), "-0005");
        assert_eq!(shown("0000", -5.0), "-0005");
        assert_eq!(shown("0000", 123_456.0), "123456");
        assert_eq!(shown("0000_ ", 12.0), "0012");
        assert_eq!(shown("0", 12.0), "");
    }
}

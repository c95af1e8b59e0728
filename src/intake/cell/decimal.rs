//! Decimal numbers read exactly.

/// `units / 10^places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    units: i128,
    places: u32,
}

/// Digits that are kept: enough for any amount, few enough that nothing overflows below.
const DIGITS: usize = 24;

impl Decimal {
    /// Reads a sign, digits, thousand separators in their places (every three or every four digits), a point and
    /// digits. Accounting brackets `(1,200.00)` are a minus.
    pub fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim();
        let (text, negative) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => (inner.trim(), true),
            None => match text.strip_prefix(['-', '−', '\u{2013}']) {
                Some(rest) => (rest.trim_start(), true),
                None => (text.strip_prefix('+').unwrap_or(text), false),
            },
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction_ok = fraction.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !fraction_ok || (text.contains('.') && fraction.is_empty()) {
            return None;
        }
        let groups: Vec<&str> = whole.split(',').collect();
        let width = groups.last().map_or(0, |last| last.len());
        if groups.len() > 1
            && (!(3..=4).contains(&width)
                || groups[0].is_empty()
                || groups[0].len() > width
                || groups[1..].iter().any(|group| group.len() != width))
        {
            return None;
        }
        let digits: String = groups.concat();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.len() + fraction.len() > DIGITS {
            return None;
        }
        let units: i128 = format!("{digits}{fraction}").parse().ok()?;
        Some(Decimal { units: if negative { -units } else { units }, places: fraction.len() as u32 })
    }

    /// The shortest decimal that a float stands for: what was typed.
    pub fn of(value: f64) -> Option<Decimal> {
        if !value.is_finite() || value.abs() >= 1e15 {
            return None;
        }
        if value.fract() == 0.0 {
            return Some(Decimal { units: value as i128, places: 0 });
        }
        // Beyond 12 places there is only the noise of binary fractions.
        Decimal::parse(&value.to_string()).or_else(|| Decimal::parse(&format!("{value:.12}")))
    }

    /// Times a whole number.
    pub fn times(self, factor: i64) -> Option<Decimal> {
        Some(Decimal { units: self.units.checked_mul(i128::from(factor))?, places: self.places })
    }

    /// A hundredth of it.
    pub fn hundredth(self) -> Option<Decimal> {
        Some(Decimal { units: self.units, places: self.places.checked_add(2)? })
    }

    /// With `places` decimal places, rounded half away from zero, as an integer of that many places.
    pub fn rounded(self, places: u32) -> Option<i64> {
        let units = if self.places <= places {
            self.units.checked_mul(10_i128.checked_pow(places - self.places)?)?
        } else {
            let cut = 10_i128.checked_pow(self.places - places)?;
            let half = if self.units < 0 { -(cut / 2) } else { cut / 2 };
            (self.units + half) / cut
        };
        i64::try_from(units).ok()
    }

    /// The whole number it is; `None` when it is not one.
    pub fn whole(self) -> Option<i64> {
        let cut = 10_i128.checked_pow(self.places)?;
        if self.units % cut != 0 { None } else { i64::try_from(self.units / cut).ok() }
    }

    /// As a float.
    pub fn to_f64(self) -> f64 {
        self.units as f64 / 10_f64.powi(self.places as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_and_rounded() {
        let fen = |text: &str| Decimal::parse(text).and_then(|d| d.rounded(2));
        assert_eq!(fen("1,234.565"), Some(123_457)); // half away from zero
        assert_eq!(fen("-1234.565"), Some(-123_457));
        assert_eq!(fen("(12.5)"), Some(-1_250));
        assert_eq!(fen("0.1"), Some(10));
        for bad in ["1,23", "1,2345,678", ",123", "1.", ".5", "", "1 2", "12a", "1e5"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
        assert_eq!(Decimal::of(0.1 + 0.2).and_then(|d| d.rounded(2)), Some(30));
        assert_eq!(Decimal::of(358_000.0).and_then(Decimal::whole), Some(358_000));
        assert_eq!(Decimal::of(1.5).and_then(Decimal::whole), None);
    }
}

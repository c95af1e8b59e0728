//! Exact numbers: money in fen, KPI sums in ten-thousandths. Sums are integers, so no order of adding changes them.

use serde::{Deserialize, Serialize};
use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg},
};

/// An amount of money in fen (1/100 yuan).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fen(pub i64);

impl fmt::Display for Fen {
    /// Yuan as a plain decimal: `1234.50`, `-3.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

/// A numerator, denominator or count: a decimal with four places, stored as an integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quantity(pub i128);

impl Quantity {
    /// Units of the stored integer in one.
    pub const SCALE: i128 = 10_000;

    /// A whole number.
    pub fn whole(n: i64) -> Self {
        Quantity(i128::from(n) * Quantity::SCALE)
    }

    /// Reads a plain decimal of at most four places, as it is displayed.
    pub fn parse(text: &str) -> Option<Quantity> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || rest.len() > 4 || !digits(whole) || !digits(rest) {
            return None;
        }
        let whole = whole.parse::<i128>().ok()?.checked_mul(Quantity::SCALE)?;
        let rest = format!("{rest:0<4}").parse::<i128>().ok()?;
        let units = whole.checked_add(rest)?;
        Some(Quantity(if negative { -units } else { units }))
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// As a float, for charts and ratios only; never summed.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Quantity::SCALE as f64
    }

    /// The value below which so many thousandths of some values lie, interpolated between the two nearest as
    /// spreadsheets do (`PERCENTILE.INC`; 500: the median), rounded half away from zero. `samples` come sorted, each with
    /// how often it occurs; `None` where there are none.
    pub fn quantile(samples: impl Iterator<Item = (Quantity, u64)> + Clone, thousandths: u32) -> Option<Quantity> {
        let count: u64 = samples.clone().map(|(_, times)| times).sum();
        let steps = u128::from(count.checked_sub(1)?) * u128::from(thousandths.min(1000));
        let at = |place: u128| {
            let mut passed = 0;
            samples.clone().find_map(|(value, times)| {
                passed += u128::from(times);
                (place < passed).then_some(value)
            })
        };
        let low = at(steps / 1000)?;
        let high = at(steps / 1000 + 1).unwrap_or(low);
        let part = (high.0 - low.0) * i128::try_from(steps % 1000).unwrap_or_default();
        Some(Quantity(low.0 + (part + 500 * part.signum()) / 1000))
    }

    /// `self / denominator` as a decimal string rounded half away from zero to six places, trailing zeros cut;
    /// `None` when the denominator is zero. Exact integer arithmetic: the same on every machine.
    pub fn ratio(self, denominator: Quantity) -> Option<String> {
        if denominator.0 == 0 {
            return None;
        }
        let negative = (self.0 < 0) != (denominator.0 < 0);
        let (n, d) = (self.0.unsigned_abs(), denominator.0.unsigned_abs());
        // What fits into half the width, as nearly all figures do, is divided much faster.
        let scaled = match (u64::try_from(n).ok().and_then(|n| n.checked_mul(1_000_000)), u64::try_from(d)) {
            (Some(n), Ok(d)) if n.checked_add(d / 2).is_some() => u128::from((n + d / 2) / d),
            _ => (n * 1_000_000 + d / 2) / d,
        };
        let mut text = String::with_capacity(12);
        if negative && scaled != 0 {
            text.push('-');
        }
        let _ = write_decimal(&mut text, scaled, 6);
        Some(text)
    }
}

/// A number of units of which `10^places` make one, without needless zeros.
fn write_decimal(out: &mut impl fmt::Write, units: u128, places: usize) -> fmt::Result {
    let one = 10_u64.pow(u32::try_from(places).unwrap_or_default());
    let (whole, rest) = match u64::try_from(units) {
        Ok(units) => (u128::from(units / one), units % one),
        Err(_) => (units / u128::from(one), u64::try_from(units % u128::from(one)).unwrap_or_default()),
    };
    match u64::try_from(whole) {
        Ok(whole) => write!(out, "{whole}")?,
        Err(_) => write!(out, "{whole}")?,
    }
    if rest == 0 {
        return Ok(());
    }
    let (mut rest, mut places) = (rest, places);
    while rest % 10 == 0 {
        rest /= 10;
        places -= 1;
    }
    write!(out, ".{rest:0places$}")
}

impl fmt::Display for Quantity {
    /// A plain decimal without needless zeros: `12`, `3.5`, `-0.0001`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write_decimal(f, self.0.unsigned_abs(), 4)
    }
}

impl Add for Quantity {
    type Output = Quantity;
    fn add(self, other: Quantity) -> Quantity {
        Quantity(self.0 + other.0)
    }
}

impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Quantity) {
        self.0 += other.0;
    }
}

impl Neg for Quantity {
    type Output = Quantity;
    fn neg(self) -> Quantity {
        Quantity(-self.0)
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Quantity>>(iter: I) -> Quantity {
        iter.fold(Quantity::default(), Add::add)
    }
}

impl From<Fen> for Quantity {
    fn from(fen: Fen) -> Quantity {
        Quantity(i128::from(fen.0) * (Quantity::SCALE / 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_round_half_up_and_never_divide_by_zero() {
        assert_eq!(Quantity::whole(1).ratio(Quantity::whole(3)).as_deref(), Some("0.333333"));
        assert_eq!(Quantity::whole(2).ratio(Quantity::whole(3)).as_deref(), Some("0.666667"));
        assert_eq!(Quantity::whole(-1).ratio(Quantity::whole(4)).as_deref(), Some("-0.25"));
        assert_eq!(Quantity::whole(0).ratio(Quantity::whole(4)).as_deref(), Some("0"));
        assert_eq!(Quantity::whole(1).ratio(Quantity::default()), None);
    }

    #[test]
    fn quantiles_are_those_of_spreadsheets() {
        let of = |values: &[(i64, u64)], thousandths| {
            let samples = values.iter().map(|(value, times)| (Quantity::whole(*value), *times));
            Quantity::quantile(samples, thousandths).map(|value| value.to_string())
        };
        assert_eq!(of(&[], 500), None);
        assert_eq!(of(&[(7, 1)], 900).as_deref(), Some("7"));
        assert_eq!(of(&[(1, 1), (2, 1)], 500).as_deref(), Some("1.5"));
        // 1 1 1 4: the median stands between two of the ones.
        assert_eq!(of(&[(1, 3), (4, 1)], 500).as_deref(), Some("1"));
        // 90 % of the four steps from 10 to 50: 3.6, six tenths from 40 to 50.
        assert_eq!(of(&[(10, 1), (20, 1), (30, 1), (40, 1), (50, 1)], 900).as_deref(), Some("46"));
        assert_eq!(of(&[(-3, 1), (-2, 1)], 250).as_deref(), Some("-2.75"));
        assert_eq!(of(&[(1, 1), (9, 1)], 0).as_deref(), Some("1"));
        assert_eq!(of(&[(1, 1), (9, 1)], 1000).as_deref(), Some("9"));
    }

    #[test]
    fn money_prints_plain() {
        assert_eq!(Fen(123_450).to_string(), "1234.50");
        assert_eq!(Quantity::from(Fen(123_450)).to_string(), "1234.5");
        assert_eq!(Quantity::from(Fen(-1)).to_string(), "-0.01");
    }
}

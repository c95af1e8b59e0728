//! Exact fractions: what a form computes of its sums does not depend on how a machine rounds.

use crate::model::Quantity;
use std::cmp::Ordering;

/// A fraction in lowest terms, its denominator above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    n: i128,
    d: i128,
}

impl Fraction {
    /// `n / d`; `None` where `d` is zero.
    fn new(n: i128, d: i128) -> Option<Fraction> {
        let by = gcd(n.unsigned_abs(), d.unsigned_abs());
        let by = i128::try_from(by).ok().filter(|by| *by != 0)?;
        let sign = if d < 0 { -1 } else { 1 };
        (d != 0).then(|| Fraction { n: sign * n / by, d: sign * d / by })
    }

    /// A whole number.
    pub(crate) fn whole(n: i128) -> Fraction {
        Fraction { n, d: 1 }
    }

    /// A sum.
    pub(crate) fn of(sum: Quantity) -> Fraction {
        Fraction::new(sum.0, Quantity::SCALE).unwrap_or(Fraction::whole(0))
    }

    /// `None` where the numbers grow beyond all bounds.
    pub(crate) fn add(self, other: Fraction) -> Option<Fraction> {
        let n = self.n.checked_mul(other.d)?.checked_add(other.n.checked_mul(self.d)?)?;
        Fraction::new(n, self.d.checked_mul(other.d)?)
    }

    /// Likewise.
    pub(crate) fn less(self, other: Fraction) -> Option<Fraction> {
        self.add(Fraction { n: other.n.checked_neg()?, d: other.d })
    }

    /// Likewise.
    pub(crate) fn times(self, other: Fraction) -> Option<Fraction> {
        Fraction::new(self.n.checked_mul(other.n)?, self.d.checked_mul(other.d)?)
    }

    /// Likewise, and where `other` is zero.
    pub(crate) fn by(self, other: Fraction) -> Option<Fraction> {
        Fraction::new(self.n.checked_mul(other.d)?, self.d.checked_mul(other.n)?)
    }

    /// The next whole number below.
    pub(crate) fn floor(self) -> Fraction {
        Fraction::whole(self.n.div_euclid(self.d))
    }

    /// The next whole number above.
    pub(crate) fn ceil(self) -> Fraction {
        Fraction::whole(-(-self.n).div_euclid(self.d))
    }

    /// For showing, never for reckoning.
    pub(crate) fn to_f64(self) -> f64 {
        self.n as f64 / self.d as f64
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        match (self.n.checked_mul(other.d), other.n.checked_mul(self.d)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => self.to_f64().total_cmp(&other.to_f64()),
        }
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(n: i128, d: i128) -> Fraction {
        Fraction::new(n, d).unwrap()
    }

    #[test]
    fn numbers_needed_are_rounded_up_and_exact() {
        // 7 of every 100, from 700: 49 exactly, where binary fractions give a hair more.
        assert_eq!(of(7, 100).times(Fraction::whole(700)), Some(Fraction::whole(49)));
        assert_eq!(Fraction::whole(12).by(of(8, 100)).map(Fraction::ceil), Some(Fraction::whole(150)));
        assert_eq!(of(13, 2).ceil(), Fraction::whole(7));
        assert_eq!(of(-13, 2).ceil(), Fraction::whole(-6));
        assert_eq!(of(-13, 2).floor(), Fraction::whole(-7));
        assert_eq!(Fraction::whole(1).by(Fraction::whole(0)), None);
        assert_eq!(of(1, 3).add(of(1, 6)), Some(of(1, 2)));
        assert!(of(1, 3) < of(1, 2) && of(-1, 2) < of(1, 3));
        assert_eq!(of(2, -4), of(-1, 2));
        assert_eq!(Fraction::whole(i128::MAX).add(Fraction::whole(1)), None);
    }
}

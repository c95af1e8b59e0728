//! Deals a whole number out by weights, so that the parts add up to it.

use super::fraction::Fraction;

/// The parts of `total`, in the order of the weights: each gets the whole part of its share, and what is left over goes one by
/// one to the largest remainders, the first of equal ones first. Nothing where no weight is above zero, or where numbers
/// grow beyond all bounds.
///
/// 30 by the weights 1, 1, 1 gives 10, 10, 10; 10 by 1, 1, 1 gives 4, 3, 3; 10 by 1, 2, 4 (shares 1.43, 2.86, 5.71) gives
/// 1, 3, 6.
pub(crate) fn deal(total: Fraction, weights: &[Fraction]) -> Option<Vec<Fraction>> {
    let zero = Fraction::whole(0);
    let total = total.floor();
    let all = weights.iter().try_fold(zero, |sum, weight| sum.add((*weight).max(zero)))?;
    let share = |weight: &Fraction| total.times((*weight).max(zero))?.by(all);
    let shares: Vec<Fraction> = weights.iter().map(share).collect::<Option<_>>()?;
    let mut parts: Vec<Fraction> = shares.iter().map(|share| share.floor()).collect();
    let dealt = parts.iter().try_fold(zero, |sum, part| sum.add(*part))?;
    let mut left = total.less(dealt)?;
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let rest = |at: usize| shares[at].less(shares[at].floor()).unwrap_or(zero);
    order.sort_by(|a, b| rest(*b).cmp(&rest(*a)).then(a.cmp(b)));
    for at in order {
        if left <= zero {
            break;
        }
        parts[at] = parts[at].add(Fraction::whole(1))?;
        left = left.less(Fraction::whole(1))?;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt(total: i128, weights: &[i128]) -> Option<Vec<f64>> {
        let weights: Vec<Fraction> = weights.iter().map(|weight| Fraction::whole(*weight)).collect();
        Some(deal(Fraction::whole(total), &weights)?.into_iter().map(Fraction::to_f64).collect())
    }

    #[test]
    fn parts_add_up_whatever_the_weights() {
        assert_eq!(dealt(30, &[1, 1, 1]).unwrap(), [10.0, 10.0, 10.0]);
        assert_eq!(dealt(10, &[1, 1, 1]).unwrap(), [4.0, 3.0, 3.0]);
        assert_eq!(dealt(10, &[1, 2, 4]).unwrap(), [1.0, 3.0, 6.0]);
        assert_eq!(dealt(0, &[1, 2]).unwrap(), [0.0, 0.0]);
        assert_eq!(dealt(7, &[0, 0]), None);
        // 30,000 a year, 8,000 of them in March to May, 9,000 in August to October: 13,000 in the other six months.
        let year = dealt(30_000, &[13, 13, 16, 16, 16, 13, 13, 18, 18, 18, 13, 13]).unwrap();
        assert_eq!(year.iter().sum::<f64>(), 30_000.0);
        // Two thirds of a car a month: the three come to a car more, the other six to one less.
        assert_eq!(year[2..5].iter().sum::<f64>(), 8_001.0);
        assert_eq!(year[7..10].iter().sum::<f64>(), 9_000.0);
    }
}

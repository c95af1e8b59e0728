//! Is a change a signal, and does the process reach its target? XmR rules over the last twelve full months of a figure.
//!
//! With `x̄` their mean and `mR̄` the mean of the moves from month to month, the process gives what lies in
//! `x̄ ± 2.66 mR̄`. The newest month is a signal when it lies outside, when it ends seven in a row on one side of the mean,
//! or seven in a row that rise or fall. A target the process always reaches is passed, one it never reaches missed, one inside
//! the limits hit and missed by turns. Fewer than twelve months are a trial: limits may be shown, nothing is judged.

use crate::catalog::Direction;
use serde::{Deserialize, Serialize};

/// Months that limits rest on.
pub(crate) const MONTHS: usize = 12;
/// Months in a row that are no chance.
const RUN: usize = 7;
/// Three standard deviations by mean moving range: 3 ÷ 1.128.
const WIDTH: f64 = 2.66;

/// What the process gives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Limits {
    pub mean: f64,
    pub lower: f64,
    pub upper: f64,
}

/// What the newest month says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Variation {
    /// A signal to the good.
    Better,
    /// A signal to the bad.
    Worse,
    /// As the months before it: no reason to ask why.
    Noise,
    /// Too few months.
    Trial,
}

impl Variation {
    /// Its word in `messages/`: `better`, `worse`, `noise`, `trial`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Variation::Better => "better",
            Variation::Worse => "worse",
            Variation::Noise => "noise",
            Variation::Trial => "trial",
        }
    }
}

/// How the process stands to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Assurance {
    /// It reaches the target whatever the month.
    Passes,
    /// It does not reach the target, whatever the month, unless something changes.
    Misses,
    /// By turns.
    HitAndMiss,
}

impl Assurance {
    /// Its word in `messages/`: `passes`, `misses`, `hit_and_miss`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Assurance::Passes => "passes",
            Assurance::Misses => "misses",
            Assurance::HitAndMiss => "hit_and_miss",
        }
    }
}

/// A figure's process.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub variation: Variation,
    /// `None` without a target, and in a trial.
    pub assurance: Option<Assurance>,
    /// `None` under two months.
    pub limits: Option<Limits>,
    /// Months they rest on.
    pub months: usize,
}

impl Process {
    /// Out of the values of full months, oldest first; months without a value are left out before.
    pub(crate) fn of(values: &[f64], target: Option<f64>, direction: Direction) -> Process {
        let values = &values[values.len().saturating_sub(MONTHS)..];
        let limits = limits(values);
        let trial = Process { variation: Variation::Trial, assurance: None, limits, months: values.len() };
        let (Some(limits), false) = (limits, values.len() < MONTHS) else { return trial };
        let variation = match signal(values, limits) {
            None => Variation::Noise,
            Some(up) if up == (direction == Direction::Up) => Variation::Better,
            Some(_) => Variation::Worse,
        };
        let assurance = target.map(|target| match direction {
            Direction::Up if limits.lower >= target => Assurance::Passes,
            Direction::Up if limits.upper < target => Assurance::Misses,
            Direction::Down if limits.upper <= target => Assurance::Passes,
            Direction::Down if limits.lower > target => Assurance::Misses,
            _ => Assurance::HitAndMiss,
        });
        Process { variation, assurance, ..trial }
    }
}

fn limits(values: &[f64]) -> Option<Limits> {
    if values.len() < 2 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let moves: f64 = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    let width = WIDTH * moves / (values.len() - 1) as f64;
    Some(Limits { mean, lower: mean - width, upper: mean + width })
}

/// Whether the newest value is a signal, and if so whether it points up.
fn signal(values: &[f64], limits: Limits) -> Option<bool> {
    let newest = *values.last()?;
    // What arithmetic leaves of equal values is no move.
    let slack = 1e-9 * (1.0 + limits.mean.abs());
    if newest > limits.upper + slack {
        return Some(true);
    } else if newest < limits.lower - slack {
        return Some(false);
    }
    let last = &values[values.len().checked_sub(RUN)?..];
    if last.iter().all(|value| *value > limits.mean + slack) {
        return Some(true);
    } else if last.iter().all(|value| *value < limits.mean - slack) {
        return Some(false);
    }
    // Seven that rise are six steps up.
    if last.windows(2).all(|pair| pair[1] > pair[0]) {
        Some(true)
    } else if last.windows(2).all(|pair| pair[1] < pair[0]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(values: &[f64]) -> Process {
        Process::of(values, None, Direction::Up)
    }

    #[test]
    fn limits_are_the_mean_and_2_66_mean_moves() {
        // Moves of 2 each: 50 and 52 by turns. Mean 51, mR̄ 2, limits 51 ± 5.32.
        let values = [50.0, 52.0].repeat(6);
        let process = up(&values);
        let limits = process.limits.expect("limits");
        assert!((limits.mean - 51.0).abs() < 1e-9);
        assert!((limits.lower - 45.68).abs() < 1e-9 && (limits.upper - 56.32).abs() < 1e-9);
        assert_eq!((process.variation, process.months), (Variation::Noise, 12));
    }

    #[test]
    fn a_month_outside_the_limits_is_a_signal() {
        // Eleven months 50, one 60: moves 10 / 11 = 0.909, limits 50.83 ± 2.42.
        let mut values = vec![50.0; 11];
        values.push(60.0);
        assert_eq!(up(&values).variation, Variation::Better);
        assert_eq!(Process::of(&values, None, Direction::Down).variation, Variation::Worse);
        values[11] = 50.5;
        // 0.5 / 11 × 2.66 = 0.12 around 50.04: a month of 50.5 after none that moved is a signal, too.
        assert_eq!(up(&values).variation, Variation::Better);
    }

    #[test]
    fn seven_on_one_side_are_a_signal_and_six_are_none() {
        // 10 and 14 by turns, then 12.5s: mean 12.2 or so; limits are wide.
        let mut values = vec![10.0, 14.0, 10.0, 14.0, 10.0];
        values.extend([12.5, 12.6, 12.5, 12.6, 12.5, 12.6, 12.5]);
        assert_eq!(up(&values).variation, Variation::Better);
        // The seventh from the end is below the mean.
        values[5] = 11.0;
        assert_eq!(up(&values).variation, Variation::Noise);
    }

    #[test]
    fn seven_that_rise_are_a_signal() {
        // Around a mean of 50 with moves of 10, the last seven rise by 1 from 47 to 53.
        let mut values = vec![45.0, 55.0, 45.0, 55.0, 50.0];
        values.extend([47.0, 48.0, 49.0, 50.0, 51.0, 52.0, 53.0]);
        assert_eq!(up(&values).variation, Variation::Better);
        values[9] = 50.0;
        assert_eq!(up(&values).variation, Variation::Noise);
    }

    #[test]
    fn a_target_is_passed_missed_or_both() {
        let values = [50.0, 52.0].repeat(6);
        let by = |target, direction| Process::of(&values, Some(target), direction).assurance;
        // Limits 45.68 to 56.32.
        assert_eq!(by(45.0, Direction::Up), Some(Assurance::Passes));
        assert_eq!(by(57.0, Direction::Up), Some(Assurance::Misses));
        assert_eq!(by(51.0, Direction::Up), Some(Assurance::HitAndMiss));
        assert_eq!(by(57.0, Direction::Down), Some(Assurance::Passes));
        assert_eq!(by(45.0, Direction::Down), Some(Assurance::Misses));
        assert_eq!(by(51.0, Direction::Down), Some(Assurance::HitAndMiss));
    }

    #[test]
    fn under_twelve_months_nothing_is_judged() {
        let mut values = vec![50.0; 10];
        values.push(90.0);
        let process = Process::of(&values, Some(10.0), Direction::Up);
        assert_eq!((process.variation, process.assurance), (Variation::Trial, None));
        assert!(process.limits.is_some());
        assert_eq!(up(&[50.0]).limits, None);
        // Thirteen months: the oldest is left out.
        assert_eq!(up(&[[1000.0].as_slice(), &[50.0; 12]].concat()).variation, Variation::Noise);
    }
}

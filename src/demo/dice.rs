//! Chance that repeats: one stream of numbers for each store, from the seed alone.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// A stream of chance. Only integers and products of floats are used, so every machine draws the same.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a seed and a store; streams do not depend on each other.
    pub fn of(seed: u64, stream: u64) -> Dice {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Dice(rng)
    }

    /// A number in [0, 1).
    pub fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.share() < p
    }

    /// A whole number from `low` to `high`, both included; `low` when the range is empty.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).map_or(1, |width| width + 1);
        low + (self.0.next_u64() % width) as i64
    }

    /// One of `from`, which is never empty.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.between(0, from.len() as i64 - 1) as usize]
    }

    /// One of some words, which are never none.
    pub fn word(&mut self, from: &[&'static str]) -> &'static str {
        self.pick::<&'static str>(from)
    }

    /// One of `from`, by weight.
    pub fn weighted<T: Copy>(&mut self, from: &[(T, u32)]) -> T {
        let total: u32 = from.iter().map(|(_, weight)| weight).sum();
        let mut left = self.between(0, i64::from(total) - 1);
        for (what, weight) in from {
            left -= i64::from(*weight);
            if left < 0 {
                return *what;
            }
        }
        from[from.len() - 1].0
    }

    /// How many of a thing happen when `expected` are: a whole number around it.
    pub fn count(&mut self, expected: f64) -> u32 {
        let p = (expected / 8.0).min(1.0);
        (0..8).filter(|_| self.chance(p)).count() as u32
    }
}

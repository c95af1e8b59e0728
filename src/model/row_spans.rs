//! Sets of rows of one sheet, kept as runs of neighbours.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Rows of a sheet, counted from 1, in order. Prints as `5–120、130`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowSpans(Vec<(u32, u32)>);

impl RowSpans {
    /// Adds a row; `false` when it is there already.
    pub fn insert(&mut self, row: u32) -> bool {
        let at = self.0.partition_point(|(_, last)| last.saturating_add(1) < row);
        match self.0.get_mut(at) {
            Some((first, last)) if *first <= row && row <= *last => return false,
            Some((_, last)) if last.saturating_add(1) == row => *last = row,
            Some((first, _)) if row.saturating_add(1) == *first => *first = row,
            _ => self.0.insert(at, (row, row)),
        }
        let next = self.0.get(at + 1).copied().filter(|(first, _)| self.0[at].1.saturating_add(1) == *first);
        if let Some((_, last)) = next {
            self.0[at].1 = last;
            self.0.remove(at + 1);
        }
        true
    }

    /// Whether a row is among them.
    pub fn holds(&self, row: u32) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < row);
        self.0.get(at).is_some_and(|(first, _)| *first <= row)
    }

    /// How many rows.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(first, last)| u64::from(last - first) + 1).sum()
    }

    /// Those of the first so many runs.
    pub fn first(&self, runs: usize) -> RowSpans {
        RowSpans(self.0.iter().take(runs).copied().collect())
    }
}

impl FromIterator<u32> for RowSpans {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut spans = RowSpans::default();
        for row in rows {
            spans.insert(row);
        }
        spans
    }
}

impl fmt::Display for RowSpans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.0.iter().enumerate() {
            let comma = if i > 0 { "、" } else { "" };
            if first == last { write!(f, "{comma}{first}")? } else { write!(f, "{comma}{first}–{last}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn they_are_the_set_of_their_rows(rows in proptest::collection::vec(1u32..40, 0..60)) {
            let mut spans = RowSpans::default();
            let mut set = BTreeSet::new();
            for row in rows {
                prop_assert_eq!(spans.insert(row), set.insert(row));
            }
            prop_assert_eq!(spans.count(), set.len() as u64);
            for row in 0..42 {
                prop_assert_eq!(spans.holds(row), set.contains(&row));
            }
            // Runs neither touch nor overlap.
            prop_assert!(spans.0.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }
    }

    #[test]
    fn reads_like_a_clerk_would_write_it() {
        assert_eq!([9, 5, 6, 7, 12].into_iter().collect::<RowSpans>().to_string(), "5–7、9、12");
        assert_eq!([9, 5, 6, 7, 12].into_iter().collect::<RowSpans>().first(2).to_string(), "5–7、9");
        assert_eq!(RowSpans::default().to_string(), "");
    }
}

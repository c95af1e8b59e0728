//! The texts of a column, each told apart once for all that look at its rows.

use super::cells;
use datafusion::arrow::array::{Array, ArrayRef};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// A column of texts.
pub(super) struct Texts<'b> {
    /// Its different texts, in the order of their first appearance.
    pub texts: Vec<&'b str>,
    /// Which of them each row has; `None` for NULL.
    pub rows: Vec<Option<u32>>,
}

impl<'b> Texts<'b> {
    pub fn of(cells: &'b ArrayRef) -> Texts<'b> {
        let mut texts = Vec::new();
        let mut known: HashMap<&str, u32, FixedState> = HashMap::default();
        let mut last: Option<(&str, u32)> = None;
        let rows = (0..cells.len()).map(|row| {
            let text = cells::text(cells, row)?;
            // Rows of one workbook, sheet or person stand beside each other.
            if let Some((same, place)) = last
                && same == text
            {
                return Some(place);
            }
            let place = *known.entry(text).or_insert_with(|| {
                texts.push(text);
                u32::try_from(texts.len() - 1).unwrap_or(u32::MAX)
            });
            last = Some((text, place));
            Some(place)
        });
        let rows = rows.collect();
        Texts { texts, rows }
    }

    /// The place of each text among all of them, sorted.
    pub fn ranks(&self) -> Vec<u32> {
        let mut sorted: Vec<usize> = (0..self.texts.len()).collect();
        sorted.sort_unstable_by_key(|text| self.texts[*text]);
        let mut ranks = vec![0; self.texts.len()];
        for (rank, text) in (0..).zip(sorted) {
            ranks[text] = rank;
        }
        ranks
    }
}

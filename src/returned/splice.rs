//! Edits of a text by byte ranges, and their inverse.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Edits of one text, in any order. Two edits may touch, not overlap; insertions at one place keep their order.
#[derive(Debug, Default)]
pub(super) struct Splices {
    list: Vec<(Range<usize>, String)>,
}

/// How to take one edit back: in the edited text, `len` bytes from `at` were `was`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Undo {
    pub at: usize,
    pub len: usize,
    pub was: String,
}

impl Splices {
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.list.push((at..at, text.into()));
    }

    pub fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.list.push((range, text.into()));
    }

    pub fn remove(&mut self, range: Range<usize>) {
        self.list.push((range, String::new()));
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The edited text and how to undo it; `None` when edits overlap or lie outside the text.
    pub fn apply(mut self, text: &str) -> Option<(String, Vec<Undo>)> {
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let mut edited = String::with_capacity(text.len() + self.list.iter().map(|(_, new)| new.len()).sum::<usize>());
        let mut undo = Vec::with_capacity(self.list.len());
        let mut done = 0;
        for (range, new) in self.list {
            edited.push_str(text.get(done..range.start)?);
            let was = text.get(range.clone())?;
            undo.push(Undo { at: edited.len(), len: new.len(), was: was.to_owned() });
            edited.push_str(&new);
            done = range.end;
        }
        edited.push_str(text.get(done..)?);
        Some((edited, undo))
    }
}

/// The text before the edits that `undo` describes; `None` when `undo` does not fit `text`.
pub(super) fn revert(text: &str, undo: &[Undo]) -> Option<String> {
    let mut splices = Splices::default();
    for one in undo {
        splices.replace(one.at..one.at.checked_add(one.len)?, one.was.clone());
    }
    splices.apply(text).map(|(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_and_revert() {
        let text = "<c r=\"A1\"/>中<d/>";
        let mut splices = Splices::default();
        splices.insert(2, " s=\"4\"");
        splices.insert(2, " t=\"n\"");
        splices.remove(11..14);
        splices.replace(14..18, "<e/>");
        let (edited, undo) = splices.apply(text).expect("disjoint");
        assert_eq!(edited, "<c s=\"4\" t=\"n\" r=\"A1\"/><e/>");
        assert_eq!(revert(&edited, &undo).expect("fits"), text);
    }

    #[test]
    fn overlap_outside_and_split_characters_are_refused() {
        let mut overlap = Splices::default();
        overlap.remove(0..3);
        overlap.remove(2..4);
        assert!(overlap.apply("abcdef").is_none());
        let mut outside = Splices::default();
        outside.insert(9, "x");
        assert!(outside.apply("abc").is_none());
        let mut split = Splices::default();
        split.insert(1, "x");
        assert!(split.apply("中").is_none());
        assert!(revert("abc", &[Undo { at: usize::MAX, len: 2, was: String::new() }]).is_none());
    }
}

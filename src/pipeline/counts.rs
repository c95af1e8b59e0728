//! What a build did anew and what it could reuse.

use super::Group;
use std::sync::PoisonError;

/// How much was done anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Workbooks that were opened.
    pub workbooks_read: usize,
    /// Stores whose rows were checked.
    pub stores_checked: usize,
    /// How often a failure of the machine decided something of a store: not kept for the next build.
    pub passing: usize,
    /// Stores whose facts were derived.
    pub stores_derived: usize,
    /// Pages that were rendered.
    pub pages_rendered: usize,
    /// Workbooks that were written.
    pub packs_written: usize,
}

impl Group {
    /// Counts work that is done.
    pub(super) fn count(&self, add: impl FnOnce(&mut Counts)) {
        add(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The work done so far.
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Workbooks that somebody replaced while a build was at work.

use super::Group;
use crate::{
    diagnostic::{Finding, Severity},
    intake::SourceFile,
    lake::{KeyParts, Memo},
    model::{Place, submission::GROUP},
};
use std::{collections::BTreeSet, sync::Arc};

impl Group {
    /// The name of the memo of what the input folder's files are.
    pub(super) fn memo_of_input(&self) -> String {
        let input = self.input();
        let whole = input.canonicalize().unwrap_or_else(|_| input.to_owned());
        KeyParts::new("input", "").with(whole.as_os_str().as_encoded_bytes()).finish()
    }

    /// A finding for each workbook with something wrong in it that is no longer what was read: marks for the rows of the former
    /// one would stand in other rows, so it does not come back this time.
    pub(super) fn replaced<'f>(
        &self,
        files: impl Iterator<Item = &'f (SourceFile, String)>,
        found: &[Finding],
    ) -> Vec<Finding> {
        let wrong = |finding: &&Finding| finding.severity >= Severity::Warning && !finding.is_of_unread();
        let wrong: BTreeSet<&Arc<str>> = found.iter().filter(wrong).map(|finding| &finding.place.workbook).collect();
        let memo = Memo::open(&self.cache, &self.memo_of_input(), self.request.rehash);
        let marked = files.filter(|(file, hash)| wrong.contains(&file.shown) && !hash.is_empty());
        let replaced = marked.filter(|(file, hash)| !memo.is_still(&file.path, hash));
        let finding = |(file, _): &(SourceFile, String)| {
            // Read again, it would be another workbook: nothing of this build is kept as if it were the next one's.
            self.count(|counts| counts.passing += 1);
            let store = if &*file.store == GROUP { "" } else { &*file.store };
            self.catalog.finding("W024", store, Place::workbook(file.shown.clone()), "", Vec::new())
        };
        replaced.map(finding).collect()
    }
}

//! Sheets that came and were not read: what is not to be found in them is no mistake of the rows that name it.

use crate::{
    catalog::{Catalog, rule::AcrossTest},
    diagnostic::{Finding, Severity},
    model::WorkbookRead,
};
use std::{collections::BTreeSet, sync::Arc};

/// Kinds of sheet of which one came whose rows were not read, since its header could not be.
#[derive(Debug, Default)]
pub(super) struct Unread(BTreeSet<Arc<str>>);

impl Unread {
    /// Those of a store. A sheet is known by its name: a title or another name that clerks give it.
    pub(super) fn of(reads: &[WorkbookRead], catalog: &Catalog) -> Unread {
        let of_header = |finding: &&Finding| finding.severity == Severity::Error && finding.code.starts_with('H');
        let named = reads.iter().flat_map(|read| {
            let read_well = |finding: &&Finding| read.tables.iter().any(|table| table.sheet == finding.place.sheet);
            read.findings.iter().filter(of_header).filter(move |finding| !read_well(finding))
        });
        let mut kinds = BTreeSet::new();
        for finding in named {
            let name = finding.place.sheet.trim();
            let is_named = |title: &str| !title.is_empty() && name.contains(title);
            let of_name = catalog
                .sheets
                .iter()
                .filter(|sheet| is_named(&sheet.title.zh) || sheet.synonyms.iter().any(|synonym| is_named(synonym)));
            kinds.extend(of_name.map(|sheet| sheet.id.clone()));
        }
        Unread(kinds)
    }

    /// Whether what a rule looks up may stand in a sheet that was not read.
    pub(super) fn may_hold(&self, test: &AcrossTest) -> bool {
        let has = |sheet: &str| self.0.contains(sheet);
        match test {
            AcrossTest::RefersTo { other, .. } => has(&other.sheet),
            AcrossTest::KnownCustomer(sheets) => sheets.iter().any(|sheet| has(sheet)),
            AcrossTest::NeedsRow(needs) => has(&needs.other.sheet),
            _ => false,
        }
    }
}

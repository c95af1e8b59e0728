//! Weighs findings for one store: the severity the config gives their codes.

use crate::{
    catalog::Catalog,
    diagnostic::{Finding, Severity},
    model::{Argument, Place, text::normalized_key},
    project::Settings,
};

/// What every rule needs to raise a finding.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub store: &'a str,
    pub catalog: &'a Catalog,
    pub settings: &'a Settings,
}

impl Judge<'_> {
    /// A finding with the severity the config gives its code; `None` when the rule's file was left out as bad.
    pub fn finding(&self, code: &str, place: Place, field: &str, args: Vec<Argument>) -> Option<Finding> {
        self.catalog.rules.contains_key(code).then(|| {
            let mut finding = self.catalog.finding(code, self.store, place, field, args);
            finding.severity = self.severity(&finding);
            finding
        })
    }

    /// Whether a code under 店代码 means this store.
    pub fn names_store(&self, code: &str) -> bool {
        names_store(code, self.store)
    }

    /// A finding of intake with the severity the config gives its code.
    pub fn adopt(&self, finding: &Finding) -> Finding {
        Finding { severity: self.severity(finding), ..finding.clone() }
    }

    fn severity(&self, finding: &Finding) -> Severity {
        self.settings.severities.get(&*finding.code).copied().unwrap_or(finding.severity)
    }
}

/// Whether a code is a store's id.
pub(super) fn names_store(code: &str, id: &str) -> bool {
    normalized_key(code) == normalized_key(id)
}

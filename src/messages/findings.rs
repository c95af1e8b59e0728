//! The words of findings, out of the definitions of their rules.

use super::Messages;
use crate::{
    catalog::{Catalog, Rule},
    diagnostic::{Finding, Severity},
    model::{Lang, Text},
};
use std::borrow::Cow;

/// Words findings in one language. They hold nothing personal, because findings hold nothing personal.
#[derive(Clone, Copy, Debug)]
pub struct FindingWords<'c> {
    catalog: &'c Catalog,
    messages: &'static Messages,
}

impl<'c> FindingWords<'c> {
    /// The words of the catalogue's rules.
    pub fn new(catalog: &'c Catalog, lang: Lang) -> FindingWords<'c> {
        FindingWords { catalog, messages: Messages::of(lang) }
    }

    /// The messages of the same language.
    pub fn messages(&self) -> &'static Messages {
        self.messages
    }

    /// What is wrong. A rule that is not there says its code and arguments.
    pub fn message(&self, finding: &Finding) -> String {
        let message = self.filled(finding, |rule| &rule.message).unwrap_or_else(|| finding.said().to_string());
        if finding.corrected { self.messages.fill("finding.corrected", &[("message", &message)]) } else { message }
    }

    /// How to fix it; empty when the rule is not there.
    pub fn hint(&self, finding: &Finding) -> String {
        self.filled(finding, |rule| &rule.fix).unwrap_or_default()
    }

    /// The column's title.
    pub fn field<'f>(&self, finding: &'f Finding) -> Cow<'f, str> {
        self.messages.converted(&finding.field)
    }

    /// The word for a severity.
    pub fn severity(&self, severity: Severity) -> String {
        self.messages.word(severity.key())
    }

    fn filled(&self, finding: &Finding, part: impl Fn(&Rule) -> &Text) -> Option<String> {
        let words = self.messages.text(part(self.catalog.rules.get(&finding.code)?));
        let value = |name: &str| match finding.args.iter().find(|arg| arg.name == name) {
            Some(arg) => Some(Cow::Owned(self.messages.said(&arg.value))),
            None if name == "field" => Some(self.field(finding)),
            None => None,
        };
        Some(super::fill::filled(&words, value))
    }
}

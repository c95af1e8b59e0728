//! `foursight plan`: a form of a store with other numbers; nothing is written.

use super::{Checked, Group, PipelineError, stores::Known};
use crate::{
    messages::Messages,
    report::{
        Edition,
        form::{plan, share},
    },
};
use std::sync::Arc;

pub use crate::report::form::plan::{Planned, WhatIf};

impl Group {
    /// The names of the rates that a plan may be given in place of the store's own; `None` where no form is for planning.
    pub fn rates(&self) -> Option<Vec<Arc<str>>> {
        plan::planned_form(&self.catalog.forms).map(|(_, block)| plan::rates(block))
    }

    /// The form that plans are talked about by, as it would be for a store: its title and its columns; `None` where there is
    /// no such store or no such form.
    ///
    /// # Errors
    /// When facts or figures cannot be read.
    pub fn plan(
        &self,
        checked: &Checked,
        store: &str,
        what_if: &WhatIf,
    ) -> Result<Option<(String, Vec<Planned>)>, PipelineError> {
        let Some(i) = checked.stores.iter().position(|own| *own.id == *store) else { return Ok(None) };
        let engine = self.engine(checked)?;
        let forms =
            (0..checked.stores.len()).map(|i| Ok(engine.forms(i)?.0)).collect::<Result<Vec<_>, PipelineError>>()?;
        let shared: Vec<_> = forms.iter().map(|own| share::share(own, &self.catalog)).collect();
        let totals = share::totals(&shared, &self.catalog);
        let known = Known::of(checked, &engine, Vec::new(), i)?;
        let edition = Edition {
            catalog: &self.catalog,
            settings: &self.settings,
            cutoff: checked.cutoff,
            lineage_since: engine.lineage_since(),
        };
        Ok(plan::plan(edition, Messages::of(self.settings.lang), &known.material(&[]), &forms[i], &totals, what_if))
    }
}

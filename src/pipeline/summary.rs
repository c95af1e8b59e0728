//! `foursight summary`: the week's message of the group or of a store; nothing is written.

use super::{
    Checked, Group, PipelineError,
    stores::{Known, Share},
};
use crate::{
    messages::Messages,
    report::{self, Edition, GroupMaterial, StoreDigest},
};

pub use crate::report::message::{Line, Section, Tone, WeekMessage};

impl Group {
    /// The message of a store, or of the group where none is named; `None` where there is no such store. Its figures are
    /// those of the pages that a build of the same input makes.
    ///
    /// # Errors
    /// When facts or figures cannot be read.
    pub fn week_message(&self, checked: &Checked, store: Option<&str>) -> Result<Option<WeekMessage>, PipelineError> {
        let at = store.map(|id| checked.stores.iter().position(|own| *own.id == *id));
        if let Some(None) = at {
            return Ok(None);
        }
        let engine = self.engine(checked)?;
        let (figures, digests): (_, Vec<StoreDigest>) = self.figures_and(checked, &engine, |figures, i| {
            let Share { digest, values, .. } = Share::of(self, checked, &engine, figures, i)?;
            Ok((values, digest))
        })?;
        let edition = Edition {
            catalog: &self.catalog,
            settings: &self.settings,
            cutoff: checked.cutoff,
            lineage_since: engine.lineage_since(),
        };
        let of_none = checked.findings.partition_point(|finding| finding.store.is_empty());
        let material = GroupMaterial {
            edition,
            stores: &checked.stores,
            kpis: &figures.kpis,
            digests: &digests,
            findings: &checked.findings[..of_none],
            changes: None,
        };
        let words = Messages::of(self.settings.lang);
        let Some(i) = at.flatten() else { return Ok(Some(report::message::of_group(&material, words))) };
        let standings = report::standings(&material, words);
        let known = Known::of(checked, &engine, figures.of_store(&engine, i)?, i)?;
        Ok(Some(report::message::of_store(edition, words, &known.material(&[]), &standings[i])))
    }
}

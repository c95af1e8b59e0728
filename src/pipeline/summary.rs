//! `foursight summary`: the week's message of the group or of a store; nothing is written.

use super::{
    Checked, Group, PipelineError,
    gathered::Gathered,
    stores::{Known, Share},
};
use crate::{
    messages::Messages,
    publish::{PublishError, contract},
    report::{self, Edition, GroupMaterial, StoreDigest},
};

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
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
        // Held against an earlier output, this one's data files are needed, for as long as they are compared.
        let compared = at.is_none() && self.request.since.is_some();
        let scratch =
            compared.then(tempfile::tempdir).transpose().map_err(PublishError::write(std::env::temp_dir()))?;
        let gathered = scratch.as_ref().map(|scratch| Gathered::new(scratch.path())).transpose()?;
        let (figures, digests): (_, Vec<StoreDigest>) = self.figures_and(checked, &engine, |figures, i| {
            let Share { digest, values, lines, .. } = Share::of(self, checked, &engine, figures, i)?;
            gathered.as_ref().map_or(Ok(()), |gathered| gathered.add(lines))?;
            Ok((values, digest))
        })?;
        let changes = match scratch.as_ref().zip(gathered) {
            Some((scratch, gathered)) => {
                let data = |name: &str, make: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>| {
                    let path = scratch.path().join(name);
                    make_file(&path, make).map_err(PublishError::write(&path))
                };
                gathered.write(&figures, data)?;
                data("data/findings.csv", &mut |out| {
                    contract::findings_csv(checked.findings.iter(), &self.finding_words(), out)
                })?;
                self.changes(scratch.path(), checked, &engine)?
            }
            None => None,
        };
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
            changes: changes.as_ref().map(Option::as_ref),
        };
        let words = Messages::of(self.settings.lang);
        let Some(i) = at.flatten() else { return Ok(Some(report::message::of_group(&material, words))) };
        let standings = report::standings(&material, words);
        let known = Known::of(checked, &engine, figures.of_store(&engine, i)?, i)?;
        Ok(Some(report::message::of_store(edition, words, &known.material(&[]), &standings[i])))
    }
}

fn make_file(path: &Path, make: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut out = BufWriter::new(File::create(path)?);
    make(&mut out)?;
    out.flush()
}

//! One store's share of the output: its pages, its pack, its returned workbooks, its facts. What the store is, what the
//! group says of it and what words it is told in decide every byte: where these are the same, the files of the former
//! output are taken, and nothing of the store is opened.

use super::{Checked, Engine, Group, PipelineError, Readers, figures::Figures, renderings::Rendering};
use crate::{
    diagnostic::Finding,
    lake::{KeyParts, Lake, StoreFacts, stage},
    messages::Messages,
    metrics::LineageFilter,
    model::{FormValues, IgnoredSheet, KpiValue, LineageRow, Period, Scope, WorklistRow},
    project::{Settings, Store, settings::slug},
    publish::{PublishError, Stage, contract, spool::PartKey},
    report::{Standing, StoreDigest, StoreMaterial, Yardstick, downloads, form, material::BoardLine, period},
    workbook,
};
use serde::{Deserialize, Serialize};
use std::{
    cell::OnceCell,
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, PoisonError},
};

/// Rows for one KPI, month and role that reports carry; `explain` and `query` give them all.
const LINEAGE_ROWS: usize = 4000;

/// What is known of a store before its rows are opened.
pub(super) struct Known<'a> {
    pub store: &'a Store,
    /// Its values and its people's.
    pub kpis: Vec<KpiValue>,
    pub worklists: Vec<WorklistRow>,
    /// Every worklist could be evaluated.
    whole: bool,
    pub findings: &'a [Finding],
    pub board: Vec<BoardLine>,
    pub ignored: &'a [(Arc<str>, IgnoredSheet)],
    checked: &'a super::checked::StoreSummary,
}

impl<'a> Known<'a> {
    /// What is known of the `i`-th store.
    pub fn of(
        checked: &'a Checked,
        engine: &Engine<'_>,
        kpis: Vec<KpiValue>,
        i: usize,
    ) -> Result<Known<'a>, PipelineError> {
        let (store, summary) = (&checked.stores[i], &checked.summaries[i]);
        let (worklists, whole) = engine.worklists(i)?;
        Ok(Known {
            store,
            kpis,
            worklists,
            whole,
            findings: checked.findings_of(&store.id),
            board: super::figures::board_lines(&checked.boards[i]),
            ignored: &summary.ignored,
            checked: summary,
        })
    }

    /// The store's material with the rows behind its figures, or without, where nobody asks for them.
    pub fn material<'m>(&'m self, lineage: &'m [LineageRow]) -> StoreMaterial<'m> {
        StoreMaterial {
            store: self.store,
            kpis: &self.kpis,
            lineage,
            worklists: &self.worklists,
            findings: self.findings,
            tallies: &self.checked.outline.tallies,
            submissions: &self.checked.outline.submissions,
            board: &self.board,
            ignored: self.ignored,
            returned: &[],
        }
    }
}

/// What the group's files say of a store: made once, and kept as long as nothing it rests on changes.
#[derive(Serialize, Deserialize)]
pub(super) struct Share {
    pub digest: StoreDigest,
    /// The store's own values, without its people's and without the weeks that no page of the group shows.
    pub values: Vec<KpiValue>,
    /// Its lines of `kpi.csv` and `worklist.csv`.
    pub lines: [Vec<(PartKey, String)>; 2],
    /// The hash of the store's material; `None` when it cannot be written down.
    pub hash: Option<String>,
    /// What it adds to the group's forms.
    pub forms: FormValues,
    /// The hash of what its own forms are filled with.
    pub forms_hash: Option<String>,
}

impl Share {
    /// That of the `i`-th store, from the cache if it is there.
    pub fn of(
        group: &Group,
        checked: &Checked,
        engine: &Engine<'_>,
        figures: &Figures,
        i: usize,
    ) -> Result<Share, PipelineError> {
        let key = Share::key(group, checked, engine, figures, i).unwrap_or_default();
        if let Some(share) = group.cache.get("share", &key) {
            return Ok(share);
        }
        let kpis = figures.of_store(engine, i)?;
        let known = Known::of(checked, engine, kpis, i)?;
        let material = known.material(&[]);
        let (forms, forms_whole) = engine.forms(i)?;
        let (_, pools_whole) = engine.pools(i)?;
        let newest = checked.cutoff.date();
        let of_group = |value: &&KpiValue| value.scope == Scope::Store && period::is_of_stores(value.period, newest);
        let digest = StoreDigest::of(&material, &group.catalog, checked.cutoff);
        let found = form::received::of_forms(&group.catalog, checked.cutoff, &material);
        let share = Share {
            forms_hash: hash(&(known.store, &known.kpis, &forms, &digest, found)),
            digest,
            values: known.kpis.iter().filter(of_group).cloned().collect(),
            lines: [
                contract::kpi_lines_of_store(&known.store.id, &known.kpis),
                contract::worklist_lines(&known.worklists, Messages::of(group.settings.lang)),
            ],
            hash: hash(&material),
            forms: form::share::share(&forms, &group.catalog),
        };
        // That a list cannot be evaluated is found anew each time, so that it is said each time.
        if known.whole && forms_whole && pools_whole {
            // A full or read-only disk costs the next build time, nothing else.
            let _ = group.cache.put("share", &key, &share);
        }
        Ok(share)
    }

    /// Everything that decides it: the store's rows and facts, what other stores make of its findings, the group's
    /// periods, definitions and settings.
    fn key(group: &Group, checked: &Checked, engine: &Engine<'_>, figures: &Figures, i: usize) -> Option<String> {
        let key = KeyParts::new("share", stage::RENDER)
            .with(&checked.keys[i])
            .with(&engine.store_keys[i])
            .with(&group.catalog.hash)
            .with(figures.settings()?)
            .with(checked.cutoff.display())
            .with(figures.calendars_digest())
            .with(bytes(&checked.findings_of(&checked.stores[i].id))?);
        Some(key.finish())
    }
}

/// The files that were made of a part of a store.
#[derive(Default, Serialize, Deserialize)]
struct Made {
    /// Paths below the output folder and hashes.
    files: Vec<(String, String)>,
    /// How many of them are pages or returned workbooks.
    counted: usize,
}

/// What is made of a store, each with a key of its own: the group's figures stand in the pack and nowhere else, the
/// store's places in its first page and its pack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Front,
    Pages,
    Pack,
    People,
    Forms,
    Returned,
    Facts,
}

/// How much of the output a store is.
#[derive(Clone, Copy, Default)]
pub(super) struct Written {
    pub pages: usize,
    pub returned: usize,
}

impl std::ops::Add for Written {
    type Output = Written;

    fn add(self, other: Written) -> Written {
        Written { pages: self.pages + other.pages, returned: self.returned + other.returned }
    }
}

/// What all stores are written under.
pub(super) struct Desk<'a> {
    pub group: &'a Group,
    pub stage: &'a Stage,
    pub checked: &'a Checked,
    pub engine: &'a Engine<'a>,
    pub figures: &'a Figures,
    /// The headquarters' pages in the group's language; workbooks are made like them.
    pub main: &'a Rendering<'a>,
    /// All ways to render the pages, the main one among them.
    pub renderings: &'a [Rendering<'a>],
    /// The pages of the dictionary that stand beside each store's own pages, where these stand alone.
    pub dictionary: &'a [(String, Vec<u8>)],
    pub yardstick: &'a Yardstick,
    /// The group's sums that rates of stores may fall back on.
    pub form_totals: &'a FormValues,
    /// The hash of what each store's forms are filled with.
    pub form_hashes: &'a [Option<String>],
    pub readers: &'a Readers,
}

/// The settings without what is in the values and findings themselves: the other stores, and the targets of all.
pub(super) fn settings_of_files(settings: &Settings) -> Option<Vec<u8>> {
    let mut settings = settings.clone();
    settings.stores.clear();
    settings.targets.clear();
    serde_json::to_vec(&settings).ok()
}

impl Desk<'_> {
    /// Writes the `i`-th store's files, or takes them from the former output.
    pub fn write(&self, hash: Option<&str>, standing: &Standing, i: usize) -> Result<Written, PipelineError> {
        // What is known and the rows are opened once for all parts, and only when one has to be made.
        let (known, rows) = (OnceCell::new(), OnceCell::new());
        let known = || -> Result<&Known<'_>, PipelineError> {
            if let Some(known) = known.get() {
                return Ok(known);
            }
            let kpis = self.figures.of_store(self.engine, i)?;
            let opened = Known::of(self.checked, self.engine, kpis, i)?;
            Ok(known.get_or_init(|| opened))
        };
        let part = |part: Part, rendering: &Rendering<'_>, returned: &[String]| {
            let key = self.key(part, (rendering, returned), hash, standing, i).unwrap_or_default();
            if let Some(made) = self.group.cache.get::<Made>("made", &key)
                && made.files.iter().all(|(path, hash)| self.stage.reuse(path, hash))
            {
                return Ok::<Made, PipelineError>(made);
            }
            let (made, lasting) = self.make(part, (rendering, returned), known()?, standing, i, &rows)?;
            if lasting {
                // A full or read-only disk costs the next build time, nothing else.
                let _ = self.group.cache.put("made", &key, &made);
            } else {
                self.group.count(|counts| counts.passing += 1);
            }
            Ok(made)
        };
        let returned = part(Part::Returned, self.main, &[])?;
        let below = format!("returned/{}/", slug(&self.checked.stores[i].id));
        let places: Vec<String> =
            returned.files.iter().filter_map(|(path, _)| Some(path.strip_prefix(&below)?.to_owned())).collect();
        let mut pages = 0;
        for rendering in self.renderings {
            // Only where a store stands alone may its readers have its workbooks.
            let offered = if rendering.alone { &places[..] } else { &[] };
            for own in [Part::Front, Part::Pages, Part::Forms] {
                pages += part(own, rendering, offered)?.counted;
            }
            let folder = rendering.folder_of(&self.checked.stores[i].id);
            for place in offered {
                self.stage.again(&format!("{folder}/{}", downloads::returned(place)), &format!("{below}{place}"))?;
            }
        }
        for own in [Part::Pack, Part::People, Part::Facts] {
            part(own, self.main, &[])?;
        }
        Ok(Written { pages, returned: returned.counted })
    }

    /// Makes a part, and says whether a later build of the same would make it alike. `returned` are the workbooks that the
    /// pages of a rendering offer.
    fn make(
        &self,
        part: Part,
        (rendering, returned): (&Rendering<'_>, &[String]),
        known: &Known<'_>,
        standing: &Standing,
        i: usize,
        rows: &OnceCell<(StoreFacts, Vec<LineageRow>)>,
    ) -> Result<(Made, bool), PipelineError> {
        let mut lasting = true;
        let files = Mutex::new(Vec::new());
        let put = |path: String, bytes: &[u8]| {
            let hash = self.stage.write(&path, bytes)?;
            files.lock().unwrap_or_else(PoisonError::into_inner).push((path, hash));
            Ok::<(), PublishError>(())
        };
        let opened = || -> Result<&(StoreFacts, Vec<LineageRow>), PipelineError> {
            if let Some(opened) = rows.get() {
                return Ok(opened);
            }
            let facts = self.engine.facts(i)?;
            let since = Some(rendering.edition.lineage_since);
            let filter = LineageFilter { since, limit: Some(LINEAGE_ROWS), ..Default::default() };
            let lineage = self.engine.lineage(i, &facts, &filter)?;
            Ok(rows.get_or_init(|| (facts, lineage)))
        };
        let id = slug(&known.store.id);
        let (site, edition, folder) = (&rendering.site, rendering.edition, rendering.folder_of(&known.store.id));
        let sink = |path: &str, bytes: &[u8]| put(format!("{folder}/{path}"), bytes).map_err(io::Error::other);
        let counted = match part {
            Part::Front | Part::Pages => {
                let material = StoreMaterial { returned, ..known.material(&opened()?.1) };
                let pages = match part {
                    Part::Front => site.store_front(&material, standing, &sink)?,
                    _ => site.store_pages(&material, &sink)?,
                };
                if rendering.alone && part == Part::Pages {
                    site.store_alone(&material, &sink)?;
                    for (path, bytes) in self.dictionary {
                        put(format!("{folder}/{path}"), bytes)?;
                    }
                }
                self.group.count(|counts| counts.pages_rendered += pages);
                pages
            }
            Part::Pack => {
                // A pack shows the rows of two months. Where the places of other stores made it new, nothing else is opened.
                let shown = match rows.get() {
                    Some(_) => None,
                    None => {
                        let since = Some(Period::headline(edition.cutoff.date()).previous().start);
                        let filter = LineageFilter { since, limit: Some(LINEAGE_ROWS), ..Default::default() };
                        Some(self.engine.lineage(i, &self.engine.facts(i)?, &filter)?)
                    }
                };
                let shown = match &shown {
                    Some(shown) => shown,
                    None => &opened()?.1,
                };
                let (words, material) = (site.words(), known.material(shown));
                let pack = workbook::store_pack(edition, words, &material, standing, self.yardstick)?;
                put(format!("workbooks/stores/{id}.xlsx"), &pack)?;
                self.group.count(|counts| counts.packs_written += 1);
                1
            }
            Part::People => {
                let (pools, whole) = self.engine.pools(i)?;
                lasting = whole;
                let (words, material) = (site.words(), known.material(&[]));
                let books = workbook::people(edition, words, &material, &pools)?;
                self.group.count(|counts| counts.packs_written += books.len());
                for (name, book) in &books {
                    put(format!("workbooks/people/{id}/{name}"), book)?;
                }
                books.len()
            }
            Part::Forms => {
                let (values, whole) = self.engine.forms(i)?;
                lasting = whole;
                let (words, material) = (site.words(), known.material(&[]));
                let pages = site.store_forms(&material, &values, self.form_totals, &sink)?;
                if std::ptr::eq(rendering, self.main) {
                    let books = workbook::store_forms(edition, words, &material, &values, self.form_totals)?;
                    for (name, book) in books {
                        put(format!("workbooks/forms/{name}"), &book)?;
                    }
                }
                self.group.count(|counts| counts.pages_rendered += pages);
                pages
            }
            Part::Returned => {
                let (written, whole) = self.group.write_returned(
                    &self.checked.files[i],
                    known.store,
                    known.findings,
                    known.ignored,
                    self.readers,
                    &put,
                )?;
                lasting = whole;
                written
            }
            Part::Facts => {
                for (fact, bytes) in Lake::leaving(&opened()?.0, &self.group.catalog)? {
                    put(format!("data/facts/{fact}/{id}.parquet"), &bytes)?;
                }
                0
            }
        };
        let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort();
        Ok((Made { files, counted }, lasting))
    }

    /// Everything that decides a byte of a part of the store; `None`, which finds nothing, when it cannot be written down.
    fn key(
        &self,
        part: Part,
        (rendering, returned): (&Rendering<'_>, &[String]),
        hash: Option<&str>,
        standing: &Standing,
        i: usize,
    ) -> Option<String> {
        let edition = &rendering.edition;
        let key = KeyParts::new("made", stage::RENDER).with(&edition.catalog.hash).with(&self.engine.store_keys[i]);
        let key = match part {
            Part::Facts => return Some(key.with("facts").finish()),
            Part::Forms => {
                let own = self.form_hashes.get(i)?.as_ref()?;
                let key = key.with("forms").with(own).with(bytes(self.form_totals)?).with(rendering.settings.as_ref()?);
                let key = key.with(rendering.folder());
                return Some(key.with(edition.cutoff.display()).finish());
            }
            Part::Front => key.with("front").with(bytes(standing)?),
            Part::Pages => key.with("pages").with(bytes(&returned)?),
            Part::People => key.with("people"),
            Part::Pack => key.with("pack").with(bytes(standing)?).with(bytes(self.yardstick)?),
            Part::Returned => {
                let files = self.checked.files[i].iter();
                files.fold(key.with("returned"), |key, (file, hash)| key.with(&*file.shown).with(hash))
            }
        };
        let key = key.with(rendering.settings.as_ref()?).with(rendering.folder()).with(edition.cutoff.display());
        Some(key.with(edition.lineage_since.to_string()).with(hash?).finish())
    }
}

/// The hash of a value.
fn hash(value: &impl Serialize) -> Option<String> {
    bytes(value).map(|bytes| blake3::hash(&bytes).to_hex().to_string())
}

/// A value as bytes of a key.
fn bytes(value: &impl Serialize) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}

/// The workbooks that still bear the marks of an earlier return.
pub(super) fn marked(ignored: &[(Arc<str>, IgnoredSheet)]) -> BTreeSet<&str> {
    let results = ignored.iter().filter(|(_, sheet)| sheet.why == IgnoredSheet::RESULTS);
    results.map(|(workbook, _)| &**workbook).collect()
}

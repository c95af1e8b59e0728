//! What to work on: the group's folder, its definitions and settings.

use super::{Counts, PipelineError};
use crate::{
    catalog::{Catalog, Refusal},
    check,
    diagnostic::Finding,
    intake,
    lake::{Cache, Shared, SharedError},
    messages::Messages,
    metrics::Metrics,
    model::{Instant, Lang, Message},
    project::{Audience, Note, Settings},
    publish,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

/// The command line's part of the settings.
#[derive(Clone, Debug)]
pub struct Request {
    /// The input folder; the group's folder is the one it stands in.
    pub input: PathBuf,
    /// Overrides the config's cut-off.
    pub as_of: Option<Instant>,
    /// Only these stores; empty: all.
    pub stores: Vec<String>,
    /// Overrides the config's language.
    pub lang: Option<Lang>,
    /// Overrides the config's audience.
    pub audience: Option<Audience>,
    /// Threads; 0: one for each core. Never changes a result.
    pub threads: usize,
    /// The folder for cache and lake.
    pub work: PathBuf,
    /// Where machines share what they made, in place of the config's.
    pub cache: Option<String>,
    /// Without that place nothing is done.
    pub require_cache: bool,
    /// Reads every file again, also those whose folder says that they did not change.
    pub rehash: bool,
    /// The folder of an earlier output that this one is held against.
    pub since: Option<PathBuf>,
}

/// Hashes of the parts of the catalogue that cache keys rest on.
pub(super) struct Hashes {
    pub reading: String,
    pub checking: String,
    pub facts: String,
}

/// More threads than this cost memory and win nothing.
const MOST_THREADS: usize = 64;

/// A group, ready to be read.
pub struct Group {
    pub(super) request: Request,
    /// The definitions in force.
    pub catalog: Catalog,
    /// What is wrong with the definitions.
    pub definition_findings: Vec<Finding>,
    /// The settings in force.
    pub settings: Settings,
    pub(super) hashes: Hashes,
    pub(super) cache: Cache,
    pub(super) counts: Mutex<Counts>,
    pub(super) pool: rayon::ThreadPool,
}

impl Group {
    /// Loads definitions and config.
    ///
    /// # Errors
    /// A config mistake, or a folder that cannot be read.
    pub fn open(request: Request) -> Result<Group, PipelineError> {
        let beside = match request.input.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let config = beside.join("foursight.toml");
        let remarks = beside.join("notes.toml");
        let folder = (config.is_file() || beside.join("definitions").is_dir()).then_some(&*beside);
        let (catalog, definition_findings) = definitions(folder)?;
        let mut settings = if config.exists() {
            Settings::parse(&config.display().to_string(), &text(&config)?, &catalog)?
        } else {
            Settings::defaults(&catalog)
        };
        if remarks.exists() {
            settings.notes = Note::parse(&remarks.display().to_string(), &text(&remarks)?, &catalog)?;
        }
        settings.as_of = request.as_of.or(settings.as_of);
        settings.lang = request.lang.unwrap_or(settings.lang);
        let main = settings.lang;
        settings.also.retain(|lang| *lang != main);
        if settings.group.is_empty() {
            settings.group = Messages::of(settings.lang).word("nav.group");
        }
        settings.audience = request.audience.unwrap_or(settings.audience);
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        // Where the machine allows few threads, one does all the work; threads never change a result.
        let pool = pool(request.threads.min(MOST_THREADS))
            .or_else(|_| pool(1))
            .map_err(|error| PipelineError::Threads(error.to_string()))?;
        let shared = match (&request.cache, &settings.cache) {
            (Some(address), _) => Some(Shared::open(address, Path::new(""))?),
            (None, Some(address)) => Some(Shared::open(address, &beside)?),
            (None, None) => None,
        };
        let input = publish::resolved(&request.input);
        let inside = shared.as_ref().and_then(Shared::folder).filter(|at| publish::resolved(at).starts_with(&input));
        if let Some(folder) = inside {
            return Err(SharedError::InInput(folder.to_owned()).into());
        }
        shared.iter().for_each(Shared::probe);
        let cache = Cache::at(Some(&request.work.join("cache"))).sharing(shared.map(Arc::new));
        let hashes = Hashes {
            reading: format!("{} {}", intake::plan_hash(&catalog), catalog.reading_hash()),
            checking: catalog.checking_hash(),
            facts: catalog.facts_hash(),
        };
        let counts = Mutex::default();
        let group = Group { request, catalog, definition_findings, settings, hashes, cache, counts, pool };
        group.cache_works()?;
        Ok(group)
    }

    /// What does not work of the place where machines share what they made.
    pub fn cache_trouble(&self) -> Vec<Message> {
        self.cache.shared().map(Shared::trouble).unwrap_or_default()
    }

    /// The address of that place, where it works.
    pub fn working_cache(&self) -> Option<&str> {
        self.cache.shared().filter(|shared| shared.cause().is_none()).map(Shared::address)
    }

    /// Where that place is required, that it works.
    pub(super) fn cache_works(&self) -> Result<(), SharedError> {
        if !self.request.require_cache {
            return Ok(());
        }
        let Some(shared) = self.cache.shared() else {
            return Err(SharedError::Required(Message::new("failure.no_cache")));
        };
        let told = |what| Message::new("failure.cache_place").with("place", shared.address()).with("what", what);
        shared.cause().map_or(Ok(()), |what| Err(SharedError::Required(told(what))))
    }

    /// Holds what is built against an earlier output.
    pub fn hold_against(&mut self, since: Option<PathBuf>) {
        self.request.since = since;
    }

    /// The input folder.
    pub fn input(&self) -> &Path {
        &self.request.input
    }
}

/// The definitions in force: those that check, and whose expressions the stages that evaluate them accept. Where a
/// stage refuses one of the group's own, ours of the same name is in force.
fn definitions(folder: Option<&Path>) -> Result<(Catalog, Vec<Finding>), PipelineError> {
    let load = |refused: &[Refusal]| {
        Catalog::load_without(folder, refused).map_err(PipelineError::file(folder.unwrap_or(Path::new(""))))
    };
    let mut refused: Vec<Refusal> = Vec::new();
    loop {
        let (catalog, findings) = load(&refused)?;
        // Ours fit each other.
        if catalog.own_files.is_empty() {
            return Ok((catalog, findings));
        }
        let before = refused.len();
        refused.extend(check::refusals(&catalog));
        // Whether an expression plans depends neither on rows nor on the cut-off.
        let any = Instant::day(chrono::NaiveDate::default());
        refused.extend(Metrics::plan(&catalog, any)?.refusals());
        // Each refusal takes a file away, so this ends.
        if refused.len() == before {
            return Ok((catalog, findings));
        }
    }
}

/// A text file.
fn text(path: &Path) -> Result<String, PipelineError> {
    let bytes = std::fs::read(path).map_err(PipelineError::file(path))?;
    String::from_utf8(bytes).map_err(|_| PipelineError::NotUtf8(path.to_owned()))
}

//! The only place that knows the order of the stages.
//!
//! ```text
//! Group::open   definitions, settings
//!   └ build     survey: what the input holds, by hash; where nothing changed, the output stays        → Survey
//!       ├ check     read (cached by workbook) → rules, upsert, tallies (cached by store)               → Checked
//!       ├ engine    facts of a store, when asked for (a partition of the lake) → sums, lists, rows     → Engine
//!       ├ figures   the group's values and periods, out of every store's sums                          → Figures
//!       └ write     the group's pages, pack and data; each store's files, made or taken from the former
//!                   output (`stores`) → balance → manifest → swap
//! ```
//!
//! Invariants: a stage sees only what the stage before handed on; nothing but the cut-off, the input's bytes, the
//! definitions and the settings decides a byte of the output; whatever is computed in parallel is put back into a
//! fixed order before anything is made of it.

mod checked;
mod counts;
mod cutoff;
mod figures;
mod files;
mod gathered;
mod group;
mod headers;
mod ingest;
mod measured;
mod pages;
mod plan;
mod renderings;
mod replaced;
mod returning;
mod rows;
mod shared;
mod since;
mod stores;
mod summary;
mod unchanged;
mod write;

pub use checked::{Checked, StoreSummary};
pub use counts::Counts;
pub use figures::Figures;
pub use group::{Group, Request};
pub use ingest::{Ingested, Shard};
pub use measured::Engine;
pub use plan::{Planned, WhatIf};
pub use summary::{Line, Section, Tone, WeekMessage};
pub use write::Built;

use crate::{
    intake, lake, metrics,
    model::{Message, Told},
    project, publish, site, workbook,
};
use std::{path::PathBuf, sync::Arc};

/// Shows how far long work is. Called from many threads.
pub trait Progress: Sync {
    /// A stage begins: the key of its name, and how many steps it has (0: unknown).
    fn stage(&self, name: &str, steps: u64);
    /// One step of the stage is done.
    fn step(&self);
    /// All work is done.
    fn done(&self);
}

/// Why the tool could not do its job. Nothing was published.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum PipelineError {
    /// There is no input folder.
    NoInput(PathBuf),
    /// The input folder holds no store.
    NoStore(PathBuf),
    /// The input holds no workbook.
    NoWorkbook(PathBuf),
    /// One of input and output is inside the other.
    Nested {
        /// The input folder.
        input: PathBuf,
        /// The output folder.
        output: PathBuf,
    },
    /// `--store` names a store that is not there.
    UnknownStore {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: Vec<Arc<str>>,
    },
    /// No cut-off is given and no submission says its week.
    NoCutoff,
    /// The config has a mistake.
    Config(#[from] project::ConfigMistake),
    /// A text file is not UTF-8.
    NotUtf8(PathBuf),
    /// A file or folder could not be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The machine does not let the workbooks be read.
    Readers(#[from] intake::ReaderFailure),
    /// The machine allows no thread.
    Threads(String),
    /// What machines share cannot be used as asked for.
    Shared(#[from] lake::SharedError),
    /// `--shard` names a part that there is not.
    NoShard {
        /// Which part.
        part: u32,
        /// Of how many.
        of: u32,
    },
    /// The lake could not be written or read.
    Lake(#[from] lake::LakeError),
    /// The figures could not be computed.
    Metrics(#[from] metrics::MetricsError),
    /// The site could not be rendered.
    Site(#[from] site::SiteError),
    /// A workbook could not be written.
    Workbook(#[from] workbook::WorkbookError),
    /// The output could not be published.
    Publish(#[from] publish::PublishError),
    /// An earlier output cannot be read.
    Since {
        /// Its folder.
        path: PathBuf,
        /// What the system says, or what is wrong with it.
        source: std::io::Error,
    },
}

impl Told for PipelineError {
    fn told(&self) -> Message {
        match self {
            PipelineError::NoInput(path) => Message::new("failure.no_input").with("path", path),
            PipelineError::NoStore(path) => Message::new("failure.no_store").with("path", path),
            PipelineError::NoWorkbook(path) => Message::new("failure.no_workbook").with("path", path),
            PipelineError::Nested { input, output } => {
                Message::new("failure.nested").with("input", input).with("output", output)
            }
            PipelineError::UnknownStore { wanted, known } => {
                Message::new("failure.unknown_store").with("wanted", wanted).with("known", known.clone())
            }
            PipelineError::NoCutoff => Message::new("failure.no_cutoff"),
            PipelineError::Config(mistake) => mistake.told(),
            PipelineError::NotUtf8(path) => Message::new("failure.not_utf8").with("path", path),
            PipelineError::File { path, source } => {
                Message::new("failure.file").with("path", path).with("what", source.told())
            }
            PipelineError::Since { path, source } => {
                Message::new("failure.since").with("path", path).with("what", source.told())
            }
            PipelineError::Readers(failure) => failure.told(),
            PipelineError::Threads(what) => Message::new("failure.no_threads").with("what", what),
            PipelineError::Shared(error) => error.told(),
            PipelineError::NoShard { part, of } => {
                Message::new("failure.no_shard").with("part", u64::from(*part)).with("of", u64::from(*of))
            }
            PipelineError::Lake(error) => error.told(),
            PipelineError::Metrics(error) => error.told(),
            PipelineError::Site(error) => error.told(),
            PipelineError::Workbook(error) => error.told(),
            PipelineError::Publish(error) => error.told(),
        }
    }
}

impl PipelineError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> PipelineError {
        let path = path.into();
        move |source| PipelineError::File { path, source }
    }

    /// The words of [`intake::discover`]'s failure: most often the folder is not there.
    pub(crate) fn input(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> PipelineError {
        let path = path.to_owned();
        move |source| match source.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => PipelineError::NoInput(path),
            _ => PipelineError::File { path, source },
        }
    }
}

/// Readers are started only when a workbook has to be opened.
type Readers = std::sync::OnceLock<Result<intake::Readers, String>>;

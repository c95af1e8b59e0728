//! The only place that knows the order of the stages.
//!
//! ```text
//! Group::open   definitions, settings
//!   └ check     discover → read (cached by workbook) → rules, upsert, tallies (cached by store)   → Checked
//!       └ measure   derive facts (one lake partition a store) → KPIs, lineage, worklists           → Measured
//!           └ write     site, workbooks, returned workbooks, data → ledger → manifest → swap
//! ```
//!
//! Invariants: a stage sees only what the stage before handed on; nothing but the cut-off, the input's bytes, the
//! definitions and the settings decides a byte of the output; whatever is computed in parallel is put back into a
//! fixed order before anything is made of it.

mod checked;
mod counts;
mod group;
mod headers;
mod measured;
mod unchanged;
mod write;

pub use checked::{Checked, StoreSummary};
pub use counts::Counts;
pub use group::{Group, Request};
pub use measured::{Engine, Measured};
pub use write::Built;

use crate::{intake, lake, metrics, project, publish, site, workbook};
use std::path::PathBuf;

/// Shows how far long work is. Called from many threads.
pub trait Progress: Sync {
    /// A stage begins; it has so many steps (0: unknown).
    fn stage(&self, name: &str, steps: u64);
    /// One step of the stage is done.
    fn step(&self);
    /// All work is done.
    fn done(&self);
}

/// Why the tool could not do its job. Nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// There is no input folder.
    #[error(
        "没有找到输入文件夹 {0}。请新建它，每家门店一个子文件夹，把 Excel 放进去；或运行 foursight init 新建集团文件夹。\n\
         (no input folder: make it with one folder a store, or run `foursight init DIR`)"
    )]
    NoInput(PathBuf),
    /// The input folder holds no store.
    #[error(
        "输入文件夹 {0} 里没有门店文件夹。请为每家门店建一个子文件夹，如 {0}/S01，把 Excel 放进去。\n\
         (no store folder in the input folder)"
    )]
    NoStore(PathBuf),
    /// The input holds no workbook.
    #[error(
        "输入文件夹 {0} 里一个文件也没有，不会用空的结果替换原来的输出；共享盘是不是没有挂上？\n\
         (no workbook in the input folder: the former output stays)"
    )]
    NoWorkbook(PathBuf),
    /// One of input and output is inside the other.
    #[error("输出文件夹 {output} 与输入文件夹 {input} 不能一个在另一个里面 (output and input may not hold each other)")]
    Nested {
        /// The input folder.
        input: PathBuf,
        /// The output folder.
        output: PathBuf,
    },
    /// `--store` names a store that is not there.
    #[error("没有门店 {wanted:?} (no such store)；已有 (there are): {known}")]
    UnknownStore {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
    /// No cut-off is given and no submission says its week.
    #[error(
        "不知道截止时间：没有 --as-of，foursight.toml 里没有 as_of，提交的封面和路径也没有日期。请加上，如 --as-of 2026-11-22\n\
         (no cut-off: give --as-of DATE)"
    )]
    NoCutoff,
    /// The config has a mistake.
    #[error("配置有误 (config mistake): {0}")]
    Config(#[from] project::ConfigMistake),
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The machine does not let the workbooks be read.
    #[error(transparent)]
    Readers(#[from] intake::ReaderFailure),
    /// The machine allows no thread.
    #[error("系统不允许再开线程，什么也没有做 (the machine allows no more threads, nothing was done): {0}")]
    Threads(String),
    /// The lake could not be written or read.
    #[error(transparent)]
    Lake(#[from] lake::LakeError),
    /// The figures could not be computed.
    #[error(transparent)]
    Metrics(#[from] metrics::MetricsError),
    /// The site could not be rendered.
    #[error(transparent)]
    Site(#[from] site::SiteError),
    /// A workbook could not be written.
    #[error(transparent)]
    Workbook(#[from] workbook::WorkbookError),
    /// The output could not be published.
    #[error(transparent)]
    Publish(#[from] publish::PublishError),
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

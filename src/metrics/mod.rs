//! Evaluates KPIs, worklists and lineage over the lake with DataFusion.
//!
//! Every figure is made of rows: a definition's expressions are planned once (`measure`), summed by one query a fact
//! at the finest grain (`grains`), and everything coarser is a sum of those (`roll_up`); the same expressions say
//! which rows stand behind a figure (`lineage`). Sums are exact, so neither the order of partitions nor the number of
//! threads changes a result.

mod cells;
mod grains;
mod lineage;
mod measure;
mod query;
mod roll_up;
mod session;
#[cfg(test)]
mod tests;
mod worklists;

pub use grains::{Grain, Grains};
pub use lineage::LineageFilter;
pub use roll_up::roll_up;

use crate::{
    catalog::{Catalog, Expression, Refusal},
    diagnostic::Finding,
    lake::{Lake, LakeError},
    model::Instant,
};
use datafusion::error::DataFusionError;
use measure::Measure;
use session::Session;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

/// Why nothing could be evaluated. A mistake in one definition is no such error but a finding.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// A partition is missing or damaged.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The engine could not read the facts or ran out of something.
    #[error("计算引擎出错 (the engine failed): {0}")]
    Engine(#[from] DataFusionError),
    /// The threads could not be started.
    #[error("无法启动计算线程 (cannot start threads): {0}")]
    Threads(std::io::Error),
    /// An ad-hoc query that is no `SELECT`, or does not plan or run.
    #[error("查询有误 (bad query): {0}")]
    Query(String),
}

/// The definitions of a catalogue, planned over the facts of some partitions.
pub struct Metrics {
    catalog: Catalog,
    cutoff: Instant,
    session: Session,
    measures: Vec<Measure>,
    lists: Vec<worklists::List>,
    problems: Mutex<Vec<Problem>>,
}

/// What is wrong with a definition. The order is that of findings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    file: String,
    line: u32,
    what: String,
}

impl Problem {
    fn at(expression: &Expression, what: impl Into<String>) -> Problem {
        Problem { file: expression.file.to_string(), line: expression.line, what: what.into() }
    }
}

impl Metrics {
    /// Plans the definitions of `catalog` over the facts of the partitions `store_keys` of `lake`. `cutoff` is what
    /// expressions see under that name (its latest instant) and the last day on which rows count. `absent` names, for
    /// each sheet, the stores that never sent it: definitions that need the sheet find no rows there. Results do not
    /// depend on `threads`.
    ///
    /// # Errors
    /// When a partition is missing or threads cannot be started. A definition that does not plan is no error, see
    /// [`Metrics::problems`].
    pub fn open(
        lake: &Lake,
        store_keys: &[String],
        catalog: &Catalog,
        absent: &BTreeMap<Arc<str>, Vec<Arc<str>>>,
        cutoff: Instant,
        threads: usize,
    ) -> Result<Metrics, MetricsError> {
        let session = Session::open(lake, store_keys, catalog, absent, cutoff, threads)?;
        let mut problems = Vec::new();
        let mut measures = Vec::new();
        for (index, kpi) in catalog.kpis.iter().enumerate() {
            match Measure::plan(&session, index, kpi) {
                Ok(measure) => measures.push(measure),
                Err(problem) => problems.push(problem),
            }
        }
        let mut lists = Vec::new();
        for (index, list) in catalog.worklists.iter().enumerate() {
            match worklists::List::plan(&session, index, list) {
                Ok(list) => lists.push(list),
                Err(problem) => problems.push(problem),
            }
        }
        Ok(Metrics { catalog: catalog.clone(), cutoff, session, measures, lists, problems: Mutex::new(problems) })
    }

    /// A D001 finding for each definition that was left out, with its file and line: those whose SQL does not plan or
    /// has the wrong type, and, after the calls below, those that failed on the rows (a division by zero, a text that
    /// is no number). Sorted by file and line.
    pub fn problems(&self) -> Vec<Finding> {
        self.refusals().iter().map(|refusal| refusal.finding(&self.catalog)).collect()
    }

    /// The definitions that were left out so far, sorted.
    pub fn refusals(&self) -> Vec<Refusal> {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let problems: BTreeSet<Problem> = problems.iter().cloned().collect();
        problems.into_iter().map(|p| Refusal { file: p.file.into(), line: p.line, what: p.what }).collect()
    }

    fn report(&self, problem: Problem) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    }
}

//! Evaluates KPIs, worklists and lineage over the lake with DataFusion.
//!
//! Every figure is made of rows: a definition's expressions are planned once (`measure`) and held against the rows of one
//! store at a time, summed at the finest grain (`sums`); everything coarser is a sum of those (`roll_up`), and the same
//! expressions say which rows stand behind a figure (`lineage`). Sums are exact, so neither the order of stores nor the
//! number of threads changes a result. The group never holds the rows of more stores than are being worked on.

mod cells;
mod derived;
mod forms;
mod lineage;
mod measure;
mod origins;
mod query;
mod roll_up;
mod rows;
mod session;
mod sums;
#[cfg(test)]
mod tests;
mod texts;
mod worklists;

pub use forms::Forms;
pub use lineage::LineageFilter;
pub use query::Answer;
pub use roll_up::{Calendars, Totals, store_values};
pub use rows::{columns_leaving, rows_leaving};
pub use sums::{Atom, KpiSums, StoreSums};
pub use worklists::Lists;

use crate::{
    catalog::{Catalog, Expression, Kpi, Refusal, Worklist},
    diagnostic::Finding,
    lake::LakeError,
    model::{Instant, Message, Said, Told},
};
use datafusion::error::DataFusionError;
use measure::Measure;
use session::Session;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

/// Why nothing could be evaluated. A mistake in one definition is no such error but a finding.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum MetricsError {
    /// A partition is missing or damaged.
    Lake(#[from] LakeError),
    /// The engine could not read the facts or ran out of something.
    Engine(#[from] DataFusionError),
    /// The threads could not be started.
    Threads(std::io::Error),
    /// An ad-hoc query that is no `SELECT`, or does not plan or run.
    Query(Said),
}

impl Told for MetricsError {
    fn told(&self) -> Message {
        match self {
            MetricsError::Lake(error) => error.told(),
            MetricsError::Engine(error) => Message::new("failure.engine").with("what", error.to_string()),
            MetricsError::Threads(error) => Message::new("failure.threads").with("what", error.told()),
            MetricsError::Query(what) => Message::new("failure.query").with("what", what.clone()),
        }
    }
}

/// The definitions of a catalogue, planned over the columns of the facts.
pub struct Metrics {
    catalog: Catalog,
    cutoff: Instant,
    session: Session,
    measures: Vec<Measure>,
    lists: Vec<worklists::List>,
    pools: Vec<worklists::List>,
    forms: Vec<forms::FormPlan>,
    problems: Mutex<Vec<Problem>>,
}

/// What is wrong with a definition. The order is that of findings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    file: String,
    line: u32,
    what: Said,
}

impl Problem {
    fn at(expression: &Expression, what: impl Into<Said>) -> Problem {
        Problem { file: expression.file.to_string(), line: expression.line, what: what.into() }
    }
}

impl Metrics {
    /// Plans the definitions of `catalog`. `cutoff` is what expressions see under that name (its latest instant) and the
    /// last day on which rows count.
    ///
    /// # Errors
    /// When the engine cannot be set up. A definition that does not plan is no error, see [`Metrics::problems`].
    pub fn plan(catalog: &Catalog, cutoff: Instant) -> Result<Metrics, MetricsError> {
        let session = Session::open(catalog, cutoff)?;
        let mut problems = Vec::new();
        let mut measures = Vec::new();
        let of_rows = |(_, kpi): &(usize, &Kpi)| kpi.kind.of_others().is_empty();
        for (index, kpi) in catalog.kpis.iter().enumerate().filter(of_rows) {
            match Measure::plan(&session, index, kpi) {
                Ok(measure) => measures.push(measure),
                Err(problem) => problems.push(problem),
            }
        }
        let mut planned = |lists: &[Worklist]| {
            let mut ready = Vec::new();
            for (index, list) in lists.iter().enumerate() {
                match worklists::List::plan(&session, index, list) {
                    Ok(list) => ready.push(list),
                    Err(problem) => problems.push(problem),
                }
            }
            ready
        };
        let (lists, pools) = (planned(&catalog.worklists), planned(&catalog.pools));
        let mut forms = Vec::new();
        for (index, form) in catalog.forms.iter().enumerate() {
            match forms::plan(&session, index, form) {
                Ok(form) => forms.push(form),
                Err(problem) => problems.push(problem),
            }
        }
        let catalog = catalog.clone();
        Ok(Metrics { catalog, cutoff, session, measures, lists, pools, forms, problems: Mutex::new(problems) })
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

    /// The KPIs that plan, those made of others when these do; in display order.
    pub fn planned(&self) -> Vec<Arc<str>> {
        let plans = |id: &str| self.measures.iter().any(|measure| *self.catalog.kpis[measure.kpi].id == *id);
        let all = self.catalog.kpis.iter().filter(|kpi| match kpi.kind.of_others().as_slice() {
            [] => plans(&kpi.id),
            parts => parts.iter().all(|part| plans(part)),
        });
        all.map(|kpi| kpi.id.clone()).collect()
    }

    /// Reports that a worklist's or a pool's expressions fail on the rows of some store.
    pub fn report_failed_list(&self, list: &str, what: &Message) {
        let pool = || self.catalog.pools.iter().find(|pool| *pool.id == *list);
        if let Some(list) = self.catalog.worklist(list).or_else(pool) {
            self.report(Problem::at(&list.rows, what.clone()));
        }
    }

    /// Reports that a KPI's expressions fail on the rows of some store.
    pub fn report_failed(&self, kpi: &str, what: &Message) {
        if let Some(kpi) = self.catalog.kpi(kpi) {
            self.report(Problem::at(&kpi.numerator, what.clone()));
        }
    }

    fn report(&self, problem: Problem) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
    }
}

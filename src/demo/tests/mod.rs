//! The demo's own promises, held without the stages that read it.

mod files;
mod rows;
mod world;

use super::{
    DemoOptions, check, definitions,
    group::{self, StorePlan},
    store::{Prepared, prepare},
};
use crate::catalog::Catalog;

fn catalog() -> Catalog {
    let (catalog, problems) = Catalog::load(None).expect("embedded definitions are readable");
    assert!(problems.is_empty(), "{problems:?}");
    catalog
}

/// Every store of a group, prepared.
fn prepared(options: &DemoOptions, catalog: &Catalog) -> Vec<(StorePlan, Prepared)> {
    let span = check(options).expect("options in range");
    let defs = definitions(catalog).expect("our sheets are there");
    let plans = group::stores(options);
    plans.into_iter().map(|plan| (plan.clone(), prepare(&plan, options, &span, &defs))).collect()
}

/// A group small enough for every test, with all eight habits.
fn small() -> DemoOptions {
    DemoOptions { months: 4, ..DemoOptions::default() }
}

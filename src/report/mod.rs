//! Plain view models: what a page or a sheet of a workbook says, without saying how it looks.
//!
//! One file a page: where it stands, the way to it, what it shows; see [`page::Page`]. Everything is made from the group's
//! [`GroupMaterial`] and each store's [`StoreMaterial`], see [`material`]; [`lookup`] finds its way in them; [`figure`]
//! words single values; a [`table`] is the same value for a page and for a worksheet.

pub(crate) mod area;
pub(crate) mod behind;
pub(crate) mod behind_month;
mod behind_periods;
pub(crate) mod brief;
pub(crate) mod changes;
pub(crate) mod coverage;
pub(crate) mod dictionary;
pub mod digest;
pub(crate) mod door;
pub mod downloads;
pub(crate) mod figure;
pub mod form;
pub(crate) mod group;
pub(crate) mod heat;
pub(crate) mod kpi;
pub(crate) mod kpi_period;
pub(crate) mod kpi_slices;
pub(crate) mod kpis;
pub(crate) mod lookup;
pub mod material;
pub mod message;
mod notes;
pub(crate) mod page;
pub mod period;
pub(crate) mod person;
pub(crate) mod pinyin;
pub(crate) mod privacy;
pub(crate) mod quality;
pub(crate) mod rule;
pub(crate) mod search;
pub(crate) mod sources;
pub mod standing;
pub(crate) mod store;
pub(crate) mod store_quality;
pub(crate) mod stores;
pub(crate) mod submissions;
pub(crate) mod table;
pub(crate) mod topic;
pub(crate) mod trend;
pub(crate) mod variation;
pub mod words;
pub(crate) mod worklist;
pub(crate) mod worklists;

use crate::model::{Instant, Period};

/// The month that a build of a cut-off speaks of.
pub fn focus(cutoff: chrono::NaiveDate) -> Period {
    trend::Months::new(Instant::day(cutoff)).focus
}

pub use digest::StoreDigest;
pub use material::{Edition, GroupMaterial, Material, StoreMaterial};
pub use standing::{Standing, Yardstick, standings};

#[cfg(test)]
mod tests;

//! Plain view models: what a page or a sheet of a workbook says, without saying how it looks.
//!
//! One file a page. [`ledger::Ledger`] finds its way in the [`Material`]; [`figure`] words single values;
//! [`page::Page`] names pages, and the site alone turns those into file names.

pub(crate) mod behind;
mod chase;
pub(crate) mod coverage;
pub(crate) mod dictionary;
pub(crate) mod figure;
pub(crate) mod group;
pub(crate) mod heat;
pub(crate) mod kpi;
pub(crate) mod ledger;
pub mod material;
pub mod pack;
pub(crate) mod page;
pub(crate) mod person;
pub(crate) mod pinyin;
pub(crate) mod privacy;
pub(crate) mod quality;
pub(crate) mod search;
pub(crate) mod store;
pub(crate) mod submissions;
pub(crate) mod trend;
pub mod words;
pub(crate) mod worklist;

pub use material::Material;

#[cfg(test)]
mod tests;

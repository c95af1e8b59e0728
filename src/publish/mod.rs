//! Stages the output, verifies it and swaps it in whole.
//!
//! A build writes into a folder beside the output and exchanges the two in one step of the file system, so that a
//! reader, or a build that is killed at any moment, only ever sees a whole output: the former one or the new one.

pub mod contract;
pub mod csv_text;
pub mod datapackage;
mod exchange;
pub mod ledger;
mod left_over;
pub mod manifest;
pub mod published;
pub mod spool;
pub mod stage;

pub use ledger::Ledger;
pub use left_over::left_over;
pub use manifest::{InputFile, Manifest};
pub use spool::Spool;
pub use stage::{PublishError, Stage, resolved, work_beside};

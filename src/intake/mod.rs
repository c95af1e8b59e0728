//! Reads foreign files: discovers workbooks, sniffs their format by their bytes, reads their cells in isolated
//! processes, finds the header, coerces cells to typed rows.
//!
//! ```text
//! discover → SourceFile ──► Readers::read ──pipe──► worker: sniff → xlsx | csv → header → rows → Reading
//!                               ▲                                                                  │
//!                               └───────────── WorkbookRead ◄── wire ◄─────────────────────────────┘
//! ```
//! A format is one module that gives [`raw::RowSource`]s, and one arm in [`workbook`]; the rest does not know it.
//! The worker does everything for one workbook; the parent only unpacks the result and puts the rules' words to
//! what the worker remarked.

mod cell;
mod cover;
mod csv;
mod discover;
mod header;
mod plain;
mod plan;
mod raw;
mod reader;
mod rows;
mod sniff;
mod title;
mod week_in_path;
mod workbook;
mod xlsx;

#[cfg(test)]
mod tests;

pub use discover::{Discovery, SourceFile, discover, hash};
pub use plain::csv_rows;
pub use plan::plan_hash;
pub use reader::{Answer, Packed, ReaderFailure, Readers, is_of_the_machine, serve_reader};

//! Reads foreign files: discovers workbooks, sniffs their format by their bytes, reads their cells in isolated
//! processes, finds the header, coerces cells to typed rows.
//!
//! ```text
//! discover → SourceFile ──► Readers::read ──pipe──► worker: sniff → book → header → rows → columns
//!                               ▲                                                                  │
//!                               └───────────── Packed ◄── chunks of rows, then the rest ◄──────────┘
//! ```
//! A format is one module that gives a [`book::Book`], whose sheets are [`raw::RowSource`]s, and one arm in [`workbook`]; the
//! rest does not know it.
//! The worker does everything for one workbook and never holds its rows: they leave some thousand at a time. The parent keeps
//! them as they came ([`Packed`], which is also what is cached) until check asks for the workbook.

mod archive;
mod book;
mod by_calamine;
mod cell;
mod columns;
mod cover;
mod crosstab;
mod csv;
mod csv_shape;
mod discover;
mod encoding;
mod filled;
mod header;
mod html;
mod limits;
mod memo;
mod mht;
mod number_format;
mod ods_looks;
mod plain;
mod plan;
mod raw;
mod reader;
mod rows;
mod sniff;
mod spreadsheet_xml;
mod title;
mod unpack;
mod week_in_path;
mod workbook;
mod xls_looks;
mod xlsb_looks;
mod xlsx;

#[cfg(test)]
mod tests;

pub use archive::Inside;
pub use discover::{Discovery, SourceFile, discover, hash};
pub use plain::{can_be_patched, opens_by_its_name};
pub use plan::plan_hash;
pub use reader::{Answer, Packed, READER, ReaderFailure, Readers, Seen, is_of_the_machine, serve_reader};
pub use unpack::{Unpacked, may_be_archive, unpack};
pub use week_in_path::week_in_path;

//! Patches a clerk's own workbook with the marks of its findings, and takes them off again.
//!
//! The package is edited in place: every part that needs no mark is copied raw, and in the parts that do, only the
//! few bytes that must change are spliced, so values, formulas, charts and formats stay byte for byte. What we add
//! can be told from what is hers in two ways:
//! - a part of our own ([`record`]) undoes every edit exactly, as long as nobody saved the file since;
//! - after a save by Excel, WPS or LibreOffice, which rewrites everything, our fills are known by colours that occur
//!   nowhere else in her workbook, our comments by their frame, our sheet by a hidden name ([`unmark`]).
//!
//! ```text
//! marks ── which findings stand on which cell
//!   ├─► sheet     style index of marked cells, new cells, the reference to the drawing of the comments
//!   ├─► styles    one fill per severity and former fill, one format per former format
//!   ├─► comments  new comments, or text after hers; vml draws their boxes
//!   ├─► listing   the sheet 检查结果
//!   └─► book      its place among the sheets, hidden names
//! ```

mod annotate;
mod book;
mod comments;
mod content_types;
mod fresh;
mod listing;
mod marks;
mod markup;
mod package;
mod paths;
mod record;
mod relations;
mod sheet;
mod splice;
mod styles;
mod unmark;
mod vml;
mod words;

#[cfg(test)]
mod tests;

pub use annotate::annotate;
pub use fresh::fresh;
pub use paths::Paths;
pub use unmark::unmark;

/// The name of the sheet that lists the findings. Where hers has it already, ours is called `检查结果 (2)` and so on.
pub const RESULT_SHEET: &str = "检查结果";

/// How the text of `A1` of our sheet begins, in every language.
pub const RESULT_TITLE: &str = "foursight";

/// Why a workbook could not be returned. No user is told: what was found stands in the lists all the same.
#[derive(Debug, thiserror::Error)]
pub enum ReturnedError {
    /// The workbook is of a kind that must not or cannot be patched: not an xlsx package, encrypted, signed, shared.
    #[error("{why}")]
    Unpatchable {
        /// What stands in the way.
        why: &'static str,
    },
    /// A part of the package is not well-formed, or lacks what the format demands.
    #[error("{part}: {why}")]
    Malformed {
        /// The part's name.
        part: String,
        /// What is wrong with it.
        why: String,
    },
    /// A part inflates to more than is reasonable, or a table does not fit a sheet.
    #[error("{what}: too large")]
    TooLarge {
        /// The part, or the sheet.
        what: String,
    },
    /// The package could not be read or written.
    #[error("zip: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// The fresh workbook could not be written.
    #[error("xlsx: {0}")]
    Fresh(#[from] rust_xlsxwriter::XlsxError),
}

impl ReturnedError {
    fn unpatchable(why: &'static str) -> Self {
        ReturnedError::Unpatchable { why }
    }

    fn malformed(part: &str, why: impl std::fmt::Display) -> Self {
        ReturnedError::Malformed { part: part.to_owned(), why: why.to_string() }
    }
}

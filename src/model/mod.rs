//! The shared nouns of the trade: what every stage may speak of, and nothing that does any stage's work.
//!
//! Everything here is plain data with value semantics. No file, clock, locale or engine is touched below this line.

pub mod amount;
pub mod carried;
pub mod changes;
pub mod fact;
pub mod form;
pub mod instant;
pub mod kpi;
pub mod lineage;
pub mod message;
pub mod nearest;
pub mod period;
pub mod personal;
pub mod place;
pub mod row_spans;
mod row_values;
pub mod rows;
mod shared_text;
mod slipped;
pub mod submission;
pub mod text;
pub mod value;
pub mod workbook;
pub mod worklist;

pub use amount::{Fen, Quantity};
pub use fact::{Column, ColumnKind, FactColumn, FactTable};
pub use form::{CubeCell, CubeSums, FilledBlock, FilledForm, FormValues, ListedRow};
pub use instant::{Instant, Verdict};
pub use kpi::{KpiValue, Scope, Status};
pub use lineage::{LineageRow, Role};
pub use message::{Argument, Message, Said, Told};
pub use period::{Grain, Period};
pub use personal::PersonalClass;
pub use place::{CellRef, Place, sheet_shown};
pub use row_spans::RowSpans;
pub use row_values::RowValues;
pub use rows::{CheckedRow, SheetRows, StoreRows};
pub use shared_text::sharing;
pub use submission::{OrderBasis, SheetTally, Submission, TalliedRows};
pub use text::{Lang, Text};
pub use value::Value;
pub use workbook::{CoverCell, IgnoredSheet, SeenSheet, Table, TableRow, WorkbookRead};
pub use worklist::WorklistRow;

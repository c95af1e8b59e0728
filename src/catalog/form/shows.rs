//! What cells and pictures of a form may say of a sheet, of what is checked, of scorecards and of KPIs.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Something of how a sheet was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfSheet {
    /// Its name.
    Title,
    /// The rows that count.
    Rows,
    /// The stores that sent it.
    Stores,
    /// The newest week it came in.
    Newest,
    /// The rows that count among those read: what has its required cells filled as they must be.
    Complete,
}

/// Something of what is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfCheck {
    /// The code of what it finds.
    Code,
    /// Error, warning or notice.
    Severity,
    /// What it looks at.
    Title,
    /// The sheets it is about.
    Sheet,
    /// So many of them stand in what is newest.
    Count,
}

/// Something of a person's scorecard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfScore {
    /// The person.
    Name,
    /// The scorecard.
    Card,
    /// The points earned.
    Points,
    /// The points that the items with a value and enough rows can earn.
    Within,
    /// The points that no document defines.
    Undefined,
    /// The points earned of those.
    Share,
    /// The place among all, by points.
    Place,
    /// Whether it is the first.
    Met,
}

/// Something of a KPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfKpi {
    /// Its name.
    Title,
    /// Its value.
    Value,
    /// Its numerator.
    Numerator,
    /// Its denominator.
    Denominator,
    /// The target in force.
    Target,
    /// Value less target.
    Gap,
    /// Met or missed.
    Status,
    /// What documents hold it against.
    Benchmark,
    /// Whether the newest month is a signal.
    Variation,
    /// Full months in a row, up to the newest, that met the target.
    MetInARow,
    /// Its source.
    Source,
}

/// How a table is drawn: what stands behind the picture is the table itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What kind of drawing.
    pub kind: PictureKind,
    /// The ids of the columns that it draws, in the order that the kind wants.
    pub columns: Vec<Arc<str>>,
}

/// Kinds of drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Steps, each a bar: a count, and its share of the step before.
    Funnel,
    /// Bars with the running share over them: a count.
    Pareto,
    /// Squares, the fuller the larger the number: all columns of numbers.
    Heat,
    /// Boxes in a ring, an arrow from each to the next: a title, a count, a share.
    Ring,
    /// Columns side by side, each a stage: a title, a count, what moves on, what leaks.
    Stages,
    /// Bars over months: a title, the planned first and last day, the day it was done.
    Bars,
    /// Dots over the days of the month: a title, the days.
    Calendar,
    /// Cards in the order of a loop, of the rows whose first cells are alike.
    Loop,
}

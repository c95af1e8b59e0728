//! `definitions/rules/<code>.toml`: a condition that must hold for every row or across rows, or the words for a finding
//! that Rust raises.

mod plan;
mod share;

pub use plan::Plan;
pub use share::{Limits, NeedsRow, Share};

use super::{
    Catalog, CellType, Expression, SheetDef,
    source::{Fact, Problem, Source},
};
use crate::{
    diagnostic::Severity,
    model::{ColumnKind, Message, Text},
};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

/// A rule. Its texts are at once the message, the `explain` page and the dictionary's entry.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The file's name without ending.
    pub code: Arc<str>,
    /// How bad it is; the config may override it.
    pub severity: Severity,
    /// A short name.
    pub title: Text,
    /// What is wrong, with `{name}` for arguments.
    pub message: Text,
    /// Why it happens and why it matters.
    pub cause: Text,
    /// How to fix it, with `{name}` for arguments; the finding's hint.
    pub fix: Text,
    /// An example of a wrong and a right record.
    pub example: Text,
    /// The condition, for rules over one sheet's rows, each alone.
    pub condition: Option<Condition>,
    /// What rows are held to across rows or sheets. A rule with neither is of findings that Rust raises.
    pub across: Option<Across>,
    /// Texts that the finding is about, as reading compares them (a leading text ends with `…`): names that are no names, sheets
    /// that programs bring along, notes below a header.
    pub vocabulary: Vec<Arc<str>>,
    /// Where the rule comes from.
    pub source: String,
}

impl Rule {
    /// The sheet whose rows it asks; `None` for one that is of findings that Rust raises.
    pub fn sheet(&self) -> Option<&Arc<str>> {
        let of_rows = self.condition.as_ref().map(|condition| &condition.sheet);
        of_rows.or(self.across.as_ref().map(|across| &across.sheet))
    }
}

/// A condition that must hold for every row of a sheet. As with an SQL `CHECK`, a condition that is NULL holds.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The sheet's id.
    pub sheet: Arc<str>,
    /// The SQL condition over the sheet's columns.
    pub holds: Expression,
    /// The field whose cell is marked.
    pub field: Arc<str>,
    /// Only sheets in which half of the rows have a value in each of these columns: whoever does not keep one is not asked for it in every row.
    pub present: Vec<Arc<str>>,
}

/// What a row is held to in the light of other rows of its store.
#[derive(Clone, Debug)]
pub struct Across {
    /// The sheet whose rows are asked.
    pub sheet: Arc<str>,
    /// The field whose cell is marked.
    pub field: Arc<str>,
    /// Only rows of which this is true.
    pub rows: Option<Expression>,
    /// Only rows whose day in this column is not before the first that the other sheet tells of: what is older cannot stand
    /// there.
    pub kept_since: Option<Arc<str>>,
    /// What must not be.
    pub test: AcrossTest,
}

/// A comparison of rows.
#[derive(Clone, Debug)]
pub enum AcrossTest {
    /// From one row to the next in time with the same value of `of`, the field's number never falls.
    NeverFalls {
        /// The column that says what the number is of.
        of: Arc<str>,
    },
    /// The instant in the field is not before the earliest one of the same customer in another sheet, by the columns
    /// that both sheets name as `customer`.
    NotBefore(Reference),
    /// The value in the field stands in another sheet's column, in any row of the store, kept out or not.
    RefersTo {
        /// The column.
        other: Reference,
        /// The row's own time lies within these two days of the other's row, either of which may be blank.
        during: Option<(Arc<str>, Arc<str>)>,
    },
    /// The value in the field says who a customer is that one of these sheets knows, by the columns they name as
    /// `customer`.
    KnownCustomer(Vec<Arc<str>>),
    /// The number in the field is not `factor` times above the highest nor below the lowest of the `months` before.
    WithinHistory {
        /// How many times.
        factor: u32,
        /// How far back.
        months: u32,
    },
    /// Open rows (`open` of the sheet, or the rule's own `where` inside a store) have different values in the field.
    OnceOpen {
        /// In all stores of the group, not only inside a store.
        in_group: bool,
        /// Columns of another sheet whose instant ends what is open under the value, inside a store: a later row with it is
        /// another matter. The other sheet has the value in a column of the same name.
        ended_by: Vec<Reference>,
    },
    /// From one version of a row to the next, the field's value never goes back.
    NoReturn {
        /// From one of these.
        from: Vec<Arc<str>>,
        /// To one of these.
        to: Vec<Arc<str>>,
        /// Unless this column has been given another value.
        unless_changed: Option<Arc<str>>,
    },
    /// From one version of a row to the next, the field changes where this other one does.
    MovesWith(Arc<str>),
    /// From one version of a row to the next, the field changes only with a row of another sheet.
    NeedsRow(NeedsRow),
    /// A share of the rows of a group and month has a limit.
    Share(Share),
    /// A line of a plan fits the others.
    Plan(Plan),
}

/// A column of a sheet, written `sheet.column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The sheet's id.
    pub sheet: Arc<str>,
    /// The column's field.
    pub field: Arc<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleWritten {
    severity: Severity,
    title: Text,
    message: Text,
    cause: Text,
    fix: Text,
    #[serde(default)]
    example: Text,
    #[serde(default)]
    vocabulary: Vec<Arc<str>>,
    #[serde(default)]
    source: String,
    sheet: Option<Spanned<String>>,
    field: Option<Spanned<String>>,
    holds: Option<Spanned<String>>,
    #[serde(default)]
    present: Vec<Spanned<String>>,
    #[serde(rename = "where")]
    rows: Option<Spanned<String>>,
    never_falls: Option<Spanned<String>>,
    not_before: Option<Spanned<String>>,
    refers_to: Option<Spanned<String>>,
    known_customer: Option<Spanned<Vec<Spanned<String>>>>,
    within_history: Option<Spanned<HistoryWritten>>,
    once_open: Option<Spanned<Reach>>,
    #[serde(default)]
    ended_by: Vec<Spanned<String>>,
    no_return: Option<Spanned<NoReturnWritten>>,
    during: Option<Spanned<DuringWritten>>,
    kept_since: Option<Spanned<String>>,
    moves_with: Option<Spanned<String>>,
    needs_row: Option<Spanned<share::NeedsRowWritten>>,
    share_of: Option<Spanned<share::ShareWritten>>,
    plan: Option<Spanned<plan::PlanWritten>>,
}

/// The two days within which a row of another sheet holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DuringWritten {
    from: Spanned<String>,
    until: Spanned<String>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    Store,
    Group,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryWritten {
    factor: u32,
    months: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoReturnWritten {
    from: Vec<Arc<str>>,
    to: Vec<Arc<str>>,
    unless_changed: Option<Spanned<String>>,
}

/// What a rule holds rows to: one of these.
const TESTS: [&str; 12] = [
    "holds",
    "never_falls",
    "not_before",
    "refers_to",
    "known_customer",
    "within_history",
    "once_open",
    "no_return",
    "moves_with",
    "needs_row",
    "share_of",
    "plan",
];

pub(super) fn read_rule(source: &Source, catalog: &Catalog) -> Result<Rule, Problem> {
    let written: RuleWritten = source.read()?;
    let (condition, across) = read_test(source, catalog, &written)?;
    Ok(Rule {
        code: source.id.clone(),
        severity: written.severity,
        title: written.title,
        message: written.message,
        cause: written.cause,
        fix: written.fix,
        example: written.example,
        condition,
        across,
        vocabulary: written.vocabulary,
        source: written.source,
    })
}

fn read_test(
    source: &Source,
    catalog: &Catalog,
    written: &RuleWritten,
) -> Result<(Option<Condition>, Option<Across>), Problem> {
    let tests = [
        written.holds.is_some(),
        written.never_falls.is_some(),
        written.not_before.is_some(),
        written.refers_to.is_some(),
        written.known_customer.is_some(),
        written.within_history.is_some(),
        written.once_open.is_some(),
        written.no_return.is_some(),
        written.moves_with.is_some(),
        written.needs_row.is_some(),
        written.share_of.is_some(),
        written.plan.is_some(),
    ];
    if let Some(during) = written.during.as_ref().filter(|_| written.refers_to.is_none()) {
        return Err(source.problem(&during.span(), Message::new("definition.during")));
    }
    if let Some(present) = written.present.first().filter(|_| written.holds.is_none()) {
        return Err(source.problem(&present.span(), Message::new("definition.present")));
    }
    let looked_up = written.refers_to.is_some() || written.known_customer.is_some();
    if let Some(ended) = written.ended_by.first().filter(|_| written.once_open.is_none()) {
        return Err(source.problem(&ended.span(), Message::new("definition.ended_by")));
    }
    if let Some(since) = written.kept_since.as_ref().filter(|_| !looked_up) {
        return Err(source.problem(&since.span(), Message::new("definition.kept_since")));
    }
    let (sheet, field) = match (&written.sheet, &written.field, tests.iter().filter(|given| **given).count()) {
        (None, None, 0) if written.rows.is_none() => return Ok((None, None)),
        (Some(sheet), Some(field), 1) => (sheet, field),
        _ => {
            let what = Message::new("definition.one_test").with("tests", TESTS.map(Arc::from).to_vec());
            return Err(Problem { line: 1, what: what.into() });
        }
    };
    let known = find_sheet(source, catalog, sheet.get_ref(), sheet)?;
    let columns = Fact::of_sheet(known);
    let field_name = source.column(field, &columns)?;
    let cell = known.field(&field_name).map(|index| known.columns[index].cell);
    if let Some(holds) = &written.holds {
        if let Some(rows) = &written.rows {
            return Err(source.problem(&rows.span(), Message::new("definition.where_and_holds")));
        }
        let holds = source.expression(holds, &columns)?;
        let present = written.present.iter().map(|name| source.column(name, &columns)).collect::<Result<_, _>>()?;
        return Ok((Some(Condition { sheet: known.id.clone(), holds, field: field_name, present }), None));
    }
    let typed = |fits: &[CellType], what: &'static str| match cell {
        Some(cell) if fits.contains(&cell) => Ok(()),
        _ => Err(source.problem(&field.span(), Message::new(what))),
    };
    let test = if let Some(of) = &written.never_falls {
        typed(&[CellType::Integer, CellType::Money], "definition.never_falls")?;
        if known.time.is_none() {
            return Err(source.problem(&of.span(), Message::new("definition.no_time").with("sheet", &known.id)));
        }
        AcrossTest::NeverFalls { of: source.column(of, &columns)? }
    } else if let Some(other) = &written.not_before {
        typed(&[CellType::Date, CellType::Instant], "definition.not_before")?;
        let (reference, sheet) = reference(source, catalog, other)?;
        if known.customer.is_empty() || sheet.customer.is_empty() {
            return Err(source.problem(&other.span(), Message::new("definition.no_customer")));
        }
        let at = sheet.field(&reference.field).map(|index| sheet.columns[index].cell);
        if !matches!(at, Some(CellType::Date | CellType::Instant)) {
            return Err(source.problem(&other.span(), Message::new("definition.no_instant")));
        }
        AcrossTest::NotBefore(reference)
    } else if let Some(other) = &written.refers_to {
        let (reference, sheet) = reference(source, catalog, other)?;
        let during = match written.during.as_ref().map(Spanned::get_ref) {
            None => None,
            Some(DuringWritten { from, until }) => {
                let day = |name: &Spanned<String>| {
                    let field = source.column(name, &Fact::of_sheet(sheet))?;
                    let cell = sheet.field(&field).map(|index| sheet.columns[index].cell);
                    match cell {
                        Some(CellType::Date | CellType::Instant) => Ok(field),
                        _ => Err(source.problem(&name.span(), Message::new("definition.no_instant"))),
                    }
                };
                if known.time.is_none() {
                    return Err(
                        source.problem(&from.span(), Message::new("definition.no_time").with("sheet", &known.id))
                    );
                }
                Some((day(from)?, day(until)?))
            }
        };
        AcrossTest::RefersTo { other: reference, during }
    } else if let Some(sheets) = &written.known_customer {
        let sheet = |at: &Spanned<String>| -> Result<Arc<str>, Problem> {
            let sheet = find_sheet(source, catalog, at.get_ref(), at)?;
            if sheet.customer.is_empty() {
                return Err(source.problem(&at.span(), Message::new("definition.no_customer")));
            }
            Ok(sheet.id.clone())
        };
        AcrossTest::KnownCustomer(sheets.get_ref().iter().map(sheet).collect::<Result<_, _>>()?)
    } else if let Some(history) = &written.within_history {
        typed(&[CellType::Integer, CellType::Number, CellType::Money], "definition.within_history")?;
        if known.time.is_none() {
            return Err(source.problem(&history.span(), Message::new("definition.no_time").with("sheet", &known.id)));
        }
        let HistoryWritten { factor, months } = *history.get_ref();
        if factor < 2 || months == 0 {
            return Err(source.problem(&history.span(), Message::new("definition.history")));
        }
        AcrossTest::WithinHistory { factor, months }
    } else if let Some(reach) = &written.once_open {
        if known.open.is_none() && written.rows.is_none() {
            return Err(source.problem(&reach.span(), Message::new("definition.no_open").with("sheet", &known.id)));
        }
        if cell.is_none_or(|cell| cell.kind() != ColumnKind::Text) {
            return Err(source.problem(&field.span(), Message::new("definition.once_open")));
        }
        let in_group = *reach.get_ref() == Reach::Group;
        let ended = |at: &Spanned<String>| {
            let (reference, sheet) = reference(source, catalog, at)?;
            let cell = sheet.field(&reference.field).map(|index| sheet.columns[index].cell);
            let fits = matches!(cell, Some(CellType::Date | CellType::Instant)) && sheet.field(&field_name).is_some();
            match fits && !in_group && known.time.is_some() {
                true => Ok(reference),
                false => Err(source.problem(&at.span(), Message::new("definition.ended_by"))),
            }
        };
        AcrossTest::OnceOpen { in_group, ended_by: written.ended_by.iter().map(ended).collect::<Result<_, _>>()? }
    } else if let Some(no_return) = &written.no_return {
        let no_return = no_return.get_ref();
        let unless_changed = no_return.unless_changed.as_ref().map(|name| source.column(name, &columns)).transpose()?;
        AcrossTest::NoReturn { from: no_return.from.clone(), to: no_return.to.clone(), unless_changed }
    } else if let Some(with) = &written.moves_with {
        AcrossTest::MovesWith(source.column(with, &columns)?)
    } else if let Some(needs) = &written.needs_row {
        AcrossTest::NeedsRow(share::read_needs_row(source, catalog, known, needs.get_ref())?)
    } else if let Some(share) = &written.share_of {
        AcrossTest::Share(share::read_share(source, known, share)?)
    } else if let Some(own) = &written.plan {
        AcrossTest::Plan(plan::read_plan(source, known, field, own.get_ref())?)
    } else {
        return Ok((None, None));
    };
    if let Some(rows) = &written.rows
        && matches!(
            test,
            AcrossTest::OnceOpen { in_group: true, .. }
                | AcrossTest::NoReturn { .. }
                | AcrossTest::MovesWith(_)
                | AcrossTest::NeedsRow(_)
        )
    {
        return Err(source.problem(&rows.span(), Message::new("definition.no_where")));
    }
    let rows = written.rows.as_ref().map(|sql| source.expression(sql, &columns)).transpose()?;
    let kept_since = written.kept_since.as_ref().map(|name| source.column(name, &columns)).transpose()?;
    Ok((None, Some(Across { sheet: known.id.clone(), field: field_name, rows, kept_since, test })))
}

fn find_sheet<'c>(
    source: &Source,
    catalog: &'c Catalog,
    id: &str,
    at: &Spanned<String>,
) -> Result<&'c SheetDef, Problem> {
    let none = || source.problem(&at.span(), Message::new("definition.no_sheet").with("name", id));
    catalog.sheet(id).ok_or_else(none)
}

/// `sheet.column` of a definition.
fn reference<'c>(
    source: &Source,
    catalog: &'c Catalog,
    written: &Spanned<String>,
) -> Result<(Reference, &'c SheetDef), Problem> {
    let Some((sheet, field)) = written.get_ref().split_once('.') else {
        return Err(source.problem(&written.span(), Message::new("definition.sheet_column")));
    };
    let sheet = find_sheet(source, catalog, sheet, written)?;
    let Some(index) = sheet.field(field) else {
        return Err(source.problem(
            &written.span(),
            Message::new("definition.no_field").with("sheet", &sheet.id).with("name", field),
        ));
    };
    Ok((Reference { sheet: sheet.id.clone(), field: sheet.columns[index].field.clone() }, sheet))
}

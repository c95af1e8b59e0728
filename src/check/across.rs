//! Rules that hold a row to other rows: what to compare stands in rule files, how in a file for each comparison.

use super::{
    expression::Condition,
    judge::Judge,
    known_customer::{self, Customers},
    ledger::Ledger,
    moves_with, needs_row, never_falls,
    not_before::{self, Earliest},
    once_open::{self, Ends},
    plans,
    refers_to::{self, Named},
    share,
    unread::Unread,
    within_history,
};
use crate::{
    catalog::{AcrossTest, Catalog, Expression, Refusal, SheetDef, rule::Plan},
    diagnostic::Finding,
    model::{Instant, RowValues},
};
use chrono::NaiveDate;

/// A rule across rows, compiled for the rows it asks.
pub(super) struct AcrossRule<'c> {
    pub code: &'c str,
    pub field: usize,
    rows: Option<Condition>,
    /// The column with the day from which on a row can stand in the other sheet.
    kept_since: Option<usize>,
    /// The condition of what is counted, or of the rows of another sheet.
    pub inner: Option<Condition>,
    sheet: &'c str,
    test: &'c AcrossTest,
}

impl AcrossRule<'_> {
    /// Whether a row is asked at all.
    pub fn asks(&self, values: &RowValues) -> bool {
        self.rows.as_ref().is_none_or(|rows| rows.truth(values) == Some(true))
    }

    /// Whether a row is of a time that another sheet tells of; `first` is the first day that it does.
    pub fn is_kept(&self, values: &RowValues, first: Option<NaiveDate>) -> bool {
        let day = self.kept_since.and_then(|field| values[field].instant()).map(|at| at.date());
        day.zip(first).is_none_or(|(day, first)| day >= first)
    }

    /// Whether a row is open: as the rule says, else as its sheet does.
    pub fn is_open(&self, ledger: &Ledger<'_>, line: usize) -> bool {
        match &self.rows {
            Some(rows) => rows.truth(ledger.values(line)) == Some(true),
            None => ledger.is_open(line),
        }
    }

    /// What is settled first: which of two rows stands decides what others are held to.
    fn turn(&self) -> u8 {
        match self.test {
            AcrossTest::OnceOpen { .. } => 0,
            AcrossTest::NotBefore(_) | AcrossTest::RefersTo { .. } | AcrossTest::KnownCustomer(_) => 1,
            AcrossTest::Share(_) => 3,
            _ => 2,
        }
    }
}

/// All rules across rows in the order in which they are held, by turn, then by code. A condition that is not supported
/// leaves its rule out and is refused.
pub(super) fn rules<'c>(catalog: &'c Catalog, cutoff: Instant, refused: &mut Vec<Refusal>) -> Vec<AcrossRule<'c>> {
    let mut rules: Vec<AcrossRule<'c>> = Vec::new();
    for (code, rule) in &catalog.rules {
        let Some(across) = &rule.across else { continue };
        let Some(sheet) = catalog.sheet(&across.sheet) else { continue };
        let Some(field) = sheet.field(&across.field) else { continue };
        let inner = match &across.test {
            AcrossTest::Share(share) => share.holds.as_ref().map(|holds| (holds, sheet)),
            AcrossTest::Plan(Plan::AddsUp { parts, .. }) => Some((&**parts, sheet)),
            AcrossTest::NeedsRow(needs) => needs.rows.as_ref().zip(catalog.sheet(&needs.other.sheet)),
            _ => None,
        };
        let mut compiled = |own: Option<(&Expression, &SheetDef)>| match own {
            None => Some(None),
            Some((sql, of)) => match Condition::compile(sql, of, cutoff) {
                Ok(condition) => Some(Some(condition)),
                Err(what) => {
                    refused.push(Refusal { file: sql.file.clone(), line: sql.line, what });
                    None
                }
            },
        };
        let (Some(rows), Some(inner)) = (compiled(across.rows.as_ref().map(|rows| (rows, sheet))), compiled(inner))
        else {
            continue;
        };
        let kept_since = across.kept_since.as_deref().and_then(|field| sheet.field(field));
        rules.push(AcrossRule { code, field, rows, kept_since, inner, sheet: &across.sheet, test: &across.test });
    }
    rules.sort_by_key(AcrossRule::turn);
    rules
}

/// The first day that the rows of a sheet tell of, by its own time.
pub(super) fn first_day(rows: &Ledger<'_>) -> Option<NaiveDate> {
    let time = rows.sheet.field(rows.sheet.time.as_deref()?)?;
    (0..rows.lines.len()).filter_map(|line| rows.values(line)[time].instant()).map(|at| at.date()).min()
}

/// Holds the accepted rows of a store to each other. Returns the findings that are of no single row.
pub(super) fn hold(
    ledgers: &mut [Ledger<'_>],
    rules: &[AcrossRule<'_>],
    unread: &Unread,
    cutoff: Instant,
    judge: &Judge<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules.iter().filter(|rule| !unread.may_hold(rule.test)) {
        let place = |sheet: &str, ledgers: &[Ledger<'_>]| ledgers.iter().position(|own| *own.sheet.id == *sheet);
        let Some(own) = place(rule.sheet, ledgers) else { continue };
        match rule.test {
            AcrossTest::OnceOpen { in_group: false, ended_by } => {
                let value = &ledgers[own].sheet.columns[rule.field].field;
                let named =
                    ended_by.iter().filter_map(|end| Some((&ledgers[place(&end.sheet, ledgers)?], &*end.field)));
                let ends = Ends::of(named, value);
                once_open::in_store(&mut ledgers[own], rule, &ends, judge);
            }
            AcrossTest::NeverFalls { of } => never_falls::hold(&mut ledgers[own], rule, of, judge),
            AcrossTest::NotBefore(other) => {
                let Some(of) = place(&other.sheet, ledgers) else { continue };
                let earliest = Earliest::of(&ledgers[of], &other.field);
                not_before::hold(&mut ledgers[own], rule, &earliest, judge);
            }
            AcrossTest::RefersTo { other, during } => {
                let Some(of) = place(&other.sheet, ledgers) else { continue };
                let named = Named::of(&ledgers[of], &other.field, during.as_ref());
                refers_to::hold(&mut ledgers[own], rule, &named, judge);
            }
            AcrossTest::KnownCustomer(sheets) => {
                let customers = Customers::of(ledgers, sheets);
                known_customer::hold(&mut ledgers[own], rule, &customers, judge);
            }
            AcrossTest::WithinHistory { factor, months } => {
                within_history::hold(&mut ledgers[own], rule, *factor, *months, judge);
            }
            AcrossTest::MovesWith(with) => moves_with::hold(&mut ledgers[own], rule, with, judge),
            AcrossTest::NeedsRow(needs) => {
                let Some(of) = place(&needs.other.sheet, ledgers) else { continue };
                let Some(days) = needs_row::days(&ledgers[of], rule, needs) else { continue };
                needs_row::hold(&mut ledgers[own], rule, needs, &days, judge);
            }
            AcrossTest::Share(share) => findings.extend(share::held(&ledgers[own], rule, share, cutoff, judge)),
            AcrossTest::Plan(plan) => plans::hold(&mut ledgers[own], rule, plan, judge),
            // Across stores, and from version to version: not here.
            AcrossTest::OnceOpen { in_group: true, .. } | AcrossTest::NoReturn { .. } => {}
        }
    }
    findings
}

//! From the rows of one key to its versions: what is a copy, what restates an earlier submission, what contradicts
//! its own sheet (S002, S004, S005, S008, S035, S040, S042, and rules with `no_return`: R112).
//!
//! **Restatements.** Rows change every week by right: blanks are filled, levels and plans move. S002 is raised only
//! when a cell that was filled in is *changed or emptied* in a column that records what has happened: a column of a
//! key, a customer's name, a phone, VIN, plate or customer key, an instant, a date, an amount or a number. Not among
//! them are columns whose future values are no mistake (`may_be_future`: plans) and those that the sheet's definition
//! says move by right (`moves`, such as 级别更新时间), nor categories, flags and free text. One finding a row and
//! submission, which names the columns and never their values. Where name and number of a customer change together it is
//! S035: another customer stands under the key.
//!
//! **Frozen months.** What the config freezes stands as the submissions of those weeks had it, see [`frozen`].

use super::{
    frozen,
    judge::Judge,
    ledger::{Ledger, Raised},
};
use crate::{
    arguments,
    catalog::{AcrossTest, Catalog, CellType, SheetDef},
    diagnostic::Severity,
    model::{PersonalClass, Value, personal},
};
use std::sync::Arc;

/// What became of a subject's rows.
#[derive(Default)]
pub(super) struct History {
    /// The accepted versions, oldest first, each with its lines: the row and its unchanged copies, oldest first.
    pub versions: Vec<Vec<usize>>,
    /// Lines that the history keeps out.
    pub rejected: Vec<usize>,
    /// Findings about the history.
    pub raised: Vec<Raised>,
}

/// Folds every subject's rows.
pub(super) fn fold_all(ledger: &mut Ledger<'_>, judge: &Judge<'_>) {
    let columns = Columns::of(ledger.sheet, judge.catalog);
    for subject in 0..ledger.subjects.len() {
        let history = folded(ledger, judge, &columns, subject);
        ledger.subjects[subject].history = history;
    }
}

/// Folds one subject's rows again, after a rule across subjects or sheets has kept some out.
pub(super) fn fold(ledger: &mut Ledger<'_>, judge: &Judge<'_>, subject: usize) {
    let history = folded(ledger, judge, &Columns::of(ledger.sheet, judge.catalog), subject);
    ledger.subjects[subject].history = history;
}

/// The columns that the rules here look at.
pub(super) struct Columns<'c> {
    /// Columns that record what has happened.
    pub records: Vec<usize>,
    /// Columns whose values do not go back.
    returns: Vec<Return<'c>>,
}

/// A value that does not go back, by its rule.
struct Return<'c> {
    code: &'c str,
    field: usize,
    from: &'c [Arc<str>],
    to: &'c [Arc<str>],
    unless_changed: Option<usize>,
}

impl<'c> Columns<'c> {
    fn of(sheet: &SheetDef, catalog: &'c Catalog) -> Columns<'c> {
        let of_sheet = catalog.rules.iter().filter_map(|(code, rule)| Some((code, rule.across.as_ref()?)));
        let returns = of_sheet.filter(|(_, across)| across.sheet == sheet.id).filter_map(|(code, across)| {
            let AcrossTest::NoReturn { from, to, unless_changed } = &across.test else { return None };
            let unless_changed = unless_changed.as_deref().and_then(|field| sheet.field(field));
            Some(Return { code, field: sheet.field(&across.field)?, from, to, unless_changed })
        });
        Columns {
            records: (0..sheet.columns.len()).filter(|i| records(sheet, *i)).collect(),
            returns: returns.collect(),
        }
    }
}

fn records(sheet: &SheetDef, index: usize) -> bool {
    let column = &sheet.columns[index];
    if sheet.keys.iter().flatten().any(|field| *field == index) {
        return true;
    }
    let by_type = match column.cell {
        CellType::Phone | CellType::Vin | CellType::Plate | CellType::CustomerKey => true,
        CellType::Date
        | CellType::Instant
        | CellType::Month
        | CellType::Period
        | CellType::Integer
        | CellType::Number
        | CellType::Money => true,
        CellType::Text => column.personal == Some(PersonalClass::Name),
        CellType::Category | CellType::Flag => false,
    };
    by_type && !column.may_be_future && !column.moves
}

fn folded(ledger: &Ledger<'_>, judge: &Judge<'_>, columns: &Columns<'_>, subject: usize) -> History {
    let mut history = History::default();
    // Rows of files of one week that name different customers, while no later submission has decided between them.
    let mut contested: Vec<usize> = Vec::new();
    for &line in &ledger.subjects[subject].lines {
        if ledger.lines[line].rejected {
            continue;
        }
        contested.retain(|other| undecided(ledger, *other, line));
        if let Some(raised) = contested.iter().find_map(|other| two_customers(ledger, judge, *other, line)) {
            history.raised.push(raised);
            history.rejected.push(line);
            contested.push(line);
            continue;
        }
        let Some(&before) = history.versions.last().and_then(|version| version.last()) else {
            let late = frozen::restates(ledger, judge, columns, None, line);
            let raised = late.then(|| frozen::finding(ledger, judge, columns, None, line)).flatten();
            if raised.as_ref().is_some_and(|raised| raised.finding.severity == Severity::Error) {
                history.rejected.push(line);
            } else {
                history.versions.push(vec![line]);
            }
            history.raised.extend(raised);
            continue;
        };
        if undecided(ledger, before, line)
            && let Some(raised) = two_customers(ledger, judge, before, line)
            && raised.finding.severity == Severity::Error
        {
            // Neither is known to be the right one: what was sent for weeks before stands.
            let version = history.versions.last_mut().expect("there is a version before");
            let (kept, of_the_week): (Vec<usize>, Vec<usize>) =
                version.iter().partition(|held| !undecided(ledger, **held, line));
            *version = kept;
            history.versions.retain(|version| !version.is_empty());
            contested.push(line);
            for held in of_the_week {
                contested.push(held);
                history.raised.extend(two_customers(ledger, judge, line, held));
                history.rejected.push(held);
            }
            history.raised.push(raised);
            history.rejected.push(line);
            continue;
        }
        let (old, new) = (ledger.values(before), ledger.values(line));
        let one_sheet = ledger.lines[before].sheet == ledger.lines[line].sheet;
        let one_workbook = ledger.submission(before).workbook == ledger.submission(line).workbook;
        let raised = match (old == new, one_sheet) {
            (true, _) if one_workbook => {
                ledger.finding(judge, "S005", line, None, arguments! { "other" => ledger.seen_from(line, before) })
            }
            (true, _) => None,
            // What the store sent itself stands over what came for it from the group.
            (false, false) if ledger.submission(before).store != ledger.submission(line).store => None,
            (false, false) if frozen::restates(ledger, judge, columns, Some(before), line) => {
                frozen::finding(ledger, judge, columns, Some(before), line)
            }
            (false, true) => {
                let other = ledger.seen_from(line, before);
                ledger.finding(judge, "S004", line, differing(ledger, before, line), arguments! { "other" => other })
            }
            (false, false) => returned(ledger, judge, columns, before, line)
                .or_else(|| unordered(ledger, judge, before, line))
                .or_else(|| restatement(ledger, judge, columns, before, line)),
        };
        let rejects = raised.as_ref().is_some_and(|raised| raised.finding.severity == Severity::Error);
        history.raised.extend(raised);
        if rejects {
            history.rejected.push(line);
        } else if old == new {
            let version = history.versions.last_mut().expect("there is a version before");
            // Of copies in one workbook the first is the row, which the others only repeat; a later workbook says it anew.
            let at = if one_workbook { version.len() - 1 } else { version.len() };
            version.insert(at, line);
        } else {
            history.versions.push(vec![line]);
        }
    }
    history
}

/// A value that went back (R112: from delivered to open, without a new 购车性质 that would make it another purchase).
fn returned(
    ledger: &Ledger<'_>,
    judge: &Judge<'_>,
    columns: &Columns<'_>,
    before: usize,
    line: usize,
) -> Option<Raised> {
    let (old, new) = (ledger.values(before), ledger.values(line));
    let among = |value: &Value, words: &[Arc<str>]| value.text().is_some_and(|own| words.iter().any(|w| **w == *own));
    columns.returns.iter().find_map(|rule| {
        let goes_back = among(&old[rule.field], rule.from) && among(&new[rule.field], rule.to);
        let changed = rule.unless_changed.is_some_and(|other| !new[other].is_null() && new[other] != old[other]);
        if !goes_back || changed {
            return None;
        }
        let (other, now) = (ledger.seen_from(line, before), new[rule.field].display());
        // The rule's text may call the value by its column.
        let column = ledger.sheet.columns[rule.field].field.to_string();
        let args = arguments! { "value" => now.as_str(), column => now, "other" => other };
        ledger.finding(judge, rule.code, line, Some(rule.field), args)
    })
}

/// Whether two rows came in two workbooks for the same week of which neither says when it was sent: nothing but the order of
/// their paths tells which is newer.
fn undecided(ledger: &Ledger<'_>, before: usize, line: usize) -> bool {
    let (old, new) = (ledger.submission(before), ledger.submission(line));
    let one_week = old.to.is_some() && (old.to, old.submitted_at) == (new.to, new.submitted_at);
    one_week && old.basis == new.basis && old.store == new.store && old.workbook != new.workbook
}

/// S042: two workbooks for the same week, of which neither is known to be newer, have two customers under one key. Raised at
/// `line`, with where the other stands.
fn two_customers(ledger: &Ledger<'_>, judge: &Judge<'_>, other: usize, line: usize) -> Option<Raised> {
    let (old, new) = (ledger.values(other), ledger.values(line));
    let tells = |index: &usize| {
        let column = &ledger.sheet.columns[*index];
        let names_customer = ledger.sheet.customer.contains(&column.field) && column.personal.is_some();
        let own =
            column.personal == Some(PersonalClass::Name) || column.cell == CellType::CustomerKey || names_customer;
        own && comparable(&old[*index], &new[*index])
    };
    let told: Vec<usize> = (0..ledger.sheet.columns.len()).filter(tells).collect();
    let (same, differ): (Vec<usize>, Vec<usize>) = told.into_iter().partition(|index| old[*index] == new[*index]);
    // With a name or a number in common they are one customer, of whom one row has something mistyped.
    if !same.is_empty() {
        return None;
    }
    let titles: Vec<Arc<str>> =
        differ.iter().map(|index| Arc::from(ledger.sheet.columns[*index].title.zh.as_str())).collect();
    let args = arguments! { "columns" => titles, "other" => ledger.seen_from(line, other) };
    ledger.finding(judge, "S042", line, Some(*differ.first()?), args)
}

/// Whether two values say who a customer is in the same way: a phone and a prospect number may be one customer's.
fn comparable(old: &Value, new: &Value) -> bool {
    let (Some(old), Some(new)) = (old.text(), new.text()) else { return false };
    let (somebodys, others) = (personal::looks_personal(old), personal::looks_personal(new));
    somebodys == others && (!somebodys || old.len() == new.len())
}

/// The first column in which two rows differ: the cell to look at.
fn differing(ledger: &Ledger<'_>, before: usize, line: usize) -> Option<usize> {
    let (old, new) = (ledger.values(before), ledger.values(line));
    (0..ledger.sheet.columns.len()).find(|index| old[*index] != new[*index])
}

/// S008: two workbooks for the same week, of which neither says when it was sent, have the row otherwise: the order of
/// their paths decided.
fn unordered(ledger: &Ledger<'_>, judge: &Judge<'_>, before: usize, line: usize) -> Option<Raised> {
    if !undecided(ledger, before, line) {
        return None;
    }
    let other = ledger.seen_from(line, before);
    ledger.finding(judge, "S008", line, differing(ledger, before, line), arguments! { "other" => other })
}

/// S002: a record of the past that an earlier submission had otherwise.
fn restatement(
    ledger: &Ledger<'_>,
    judge: &Judge<'_>,
    columns: &Columns<'_>,
    before: usize,
    line: usize,
) -> Option<Raised> {
    let (old, new) = (ledger.values(before), ledger.values(line));
    // What could not be read this time restates nothing.
    let read = |index: usize| !ledger.lines[line].broken.contains(&index);
    let differs = |index: &&usize| !old[**index].is_null() && read(**index) && !same(&old[**index], &new[**index]);
    let changed: Vec<usize> = columns.records.iter().filter(differs).copied().collect();
    let title = |index: &usize| Arc::from(ledger.sheet.columns[*index].title.zh.as_str());
    let titles: Vec<Arc<str>> = changed.iter().map(title).collect();
    let other = ledger.seen_from(line, before);
    // Another name and another number under one key: another customer slipped there.
    let class = |index: &usize| ledger.sheet.columns[*index].personal;
    let of =
        |wanted: &[PersonalClass]| changed.iter().any(|index| class(index).is_some_and(|own| wanted.contains(&own)));
    let another = of(&[PersonalClass::Name]) && of(&[PersonalClass::Phone, PersonalClass::Vin]);
    let code = if another { "S035" } else { "S002" };
    ledger.finding(judge, code, line, Some(*changed.first()?), arguments! { "columns" => titles, "other" => other })
}

/// Whether the record still says the same: a time of day added to a date that was already there restates nothing.
pub(super) fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Instant(old), Value::Instant(new)) if old.date_only => old.date() == new.date(),
        _ => old == new,
    }
}

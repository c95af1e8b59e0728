//! Rules over one row alone: the conditions of rule files, dates that cannot be (C015), VIN check digits (C016).

use super::{expression::Condition, impossible, judge::Judge, ledger::Ledger};
use crate::{
    arguments,
    catalog::{Catalog, CellType, Expression, Refusal, SheetDef, beside},
    model::{Argument, Instant, RowValues, Table, Value, personal::mask_inside},
};
use std::{collections::BTreeSet, sync::Arc};

/// The rules of one kind of sheet, compiled.
pub(super) struct RowRules {
    conditions: Vec<ConditionRule>,
    /// The sheet's own condition of an open row.
    pub open: Option<Condition>,
    dates: Vec<usize>,
    vins: Vec<usize>,
    cutoff: Instant,
}

struct ConditionRule {
    code: Arc<str>,
    holds: Condition,
    field: Option<usize>,
    /// Columns without which the sheet is not held to it: they are there, and half of the rows have a value.
    present: Vec<usize>,
}

/// What a rule found in one row.
#[derive(Clone)]
struct Breach {
    code: Arc<str>,
    field: Option<usize>,
    args: Vec<Argument>,
}

impl RowRules {
    /// Compiles the rules of `sheet`. A condition that is not supported is left out and refused.
    pub fn compile(sheet: &SheetDef, catalog: &Catalog, cutoff: Instant, refused: &mut Vec<Refusal>) -> RowRules {
        let mut compiled = |expression: &Expression| match Condition::compile(expression, sheet, cutoff) {
            Ok(condition) => Some(condition),
            Err(what) => {
                refused.push(Refusal { file: expression.file.clone(), line: expression.line, what });
                None
            }
        };
        let own = catalog.rules.values().filter_map(|rule| rule.condition.as_ref().map(|condition| (rule, condition)));
        let conditions = own
            .filter(|(_, condition)| condition.sheet == sheet.id)
            .filter_map(|(rule, condition)| {
                let holds = compiled(&condition.holds)?;
                let present = condition.present.iter().filter_map(|field| sheet.field(field)).collect();
                Some(ConditionRule { code: rule.code.clone(), holds, field: sheet.field(&condition.field), present })
            })
            .collect();
        let open = sheet.open.as_ref().and_then(&mut compiled);
        let of_type = |types: &[CellType]| {
            (0..sheet.columns.len()).filter(|i| types.contains(&sheet.columns[*i].cell)).collect::<Vec<_>>()
        };
        RowRules {
            conditions,
            open,
            dates: (0..sheet.columns.len()).filter(|at| impossible::is_dated(&sheet.columns[*at])).collect(),
            vins: of_type(&[CellType::Vin]),
            cutoff,
        }
    }

    /// Holds every row of a ledger against the rules. An unchanged copy of a row is not evaluated again.
    pub fn apply(&self, ledger: &mut Ledger<'_>, judge: &Judge<'_>) {
        let kept = self.kept(ledger);
        for subject in 0..ledger.subjects.len() {
            let mut last: Option<(usize, Vec<Breach>)> = None;
            for at in 0..ledger.subjects[subject].lines.len() {
                let line = ledger.subjects[subject].lines[at];
                let breaches = match last.take() {
                    Some((before, breaches)) if alike(ledger, before, line) => breaches,
                    _ => self.breaches(ledger, judge, line, &kept[ledger.lines[line].sheet]),
                };
                for breach in &breaches {
                    ledger.raise(judge, &breach.code, line, breach.field, breach.args.clone());
                }
                last = Some((line, breaches));
            }
        }
    }

    /// For each table of a ledger, which of the columns that rules want present it keeps: at least half of its rows have a
    /// value there. Our template has every column, and who fills in none of it, or one by chance, does not keep it.
    fn kept(&self, ledger: &Ledger<'_>) -> Vec<BTreeSet<usize>> {
        let wanted: BTreeSet<usize> = self.conditions.iter().flat_map(|rule| rule.present.iter().copied()).collect();
        let filled = |table: &Table, column: usize| {
            let filled = table.rows.iter().filter(|row| !row.values[column].is_null()).count();
            filled > 0 && filled * 2 >= table.rows.len()
        };
        let kept = |table: &Table| wanted.iter().copied().filter(|column| filled(table, *column)).collect();
        ledger.tables.iter().map(|held| kept(held.table)).collect()
    }

    fn breaches(&self, ledger: &Ledger<'_>, judge: &Judge<'_>, line: usize, kept: &BTreeSet<usize>) -> Vec<Breach> {
        let values = ledger.values(line);
        // Nothing of the row was read; its sheet's header says why.
        if values.iter().all(Value::is_null) {
            return Vec::new();
        }
        let mut broken = ledger.lines[line].broken.clone();
        let mut breaches = Vec::new();
        for &index in &self.dates {
            if let Some(at) = values[index].instant()
                && !broken.contains(&index)
                && impossible::is_impossible(&ledger.sheet.columns[index], at, self.cutoff)
            {
                broken.push(index);
                let args = impossible::said(&ledger.sheet.columns[index], at, self.cutoff);
                breaches.push(Breach { code: "C015".into(), field: Some(index), args });
            }
        }
        for &index in &self.vins {
            if let Some(vin) = values[index].text()
                && !broken.contains(&index)
                && check_digit(vin).is_some_and(|digit| vin.chars().nth(8) != Some(digit))
            {
                breaches.push(Breach { code: "C016".into(), field: Some(index), args: Vec::new() });
            }
        }
        if let Some(code) = ledger.store_code(line).filter(|code| !judge.names_store(code)) {
            let args = arguments! { "code" => mask_inside(code).into_owned(), "store" => judge.store };
            let field = Some(ledger.sheet.columns.len() + beside::STORE);
            breaches.push(Breach { code: "S010".into(), field, args });
        }
        // A sheet without the column shows what contradicts its absence.
        let present = |index: &usize| ledger.sheet_of(line).table.columns[*index].is_some();
        for rule in self.conditions.iter().filter(|rule| rule.present.iter().all(|column| kept.contains(column))) {
            let asked = !rule.holds.columns().iter().any(|column| broken.contains(column));
            if asked && rule.holds.truth(values) == Some(false) {
                let columns = rule.holds.columns().iter().copied();
                let args = columns.map(|i| {
                    let name = ledger.sheet.columns[i].field.to_string();
                    Argument::new(name, shown(ledger.sheet, i, values))
                });
                let mut marked = rule.field.into_iter().chain(rule.holds.columns().iter().copied());
                let field = marked.find(present).or(rule.field);
                breaches.push(Breach { code: rule.code.clone(), field, args: args.collect() });
            }
        }
        breaches
    }
}

fn alike(ledger: &Ledger<'_>, a: usize, b: usize) -> bool {
    ledger.lines[a].broken == ledger.lines[b].broken && ledger.values(a) == ledger.values(b)
}

/// A cell as a message may show it: personal data not at all, an empty cell as a dash.
fn shown(sheet: &SheetDef, index: usize, values: &RowValues) -> String {
    match &values[index] {
        Value::Null => "—".to_owned(),
        _ if sheet.columns[index].personal.is_some() => "***".to_owned(),
        value => value.display(),
    }
}

/// The check digit of a VIN (GB 16735, ISO 3779): its ninth place. `None` when the VIN is malformed, which is another
/// finding.
fn check_digit(vin: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    if vin.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (place, weight) in vin.chars().zip(WEIGHTS) {
        let value = match place {
            '0'..='9' => place.to_digit(10)?,
            'A'..='H' => place as u32 - 'A' as u32 + 1,
            'J'..='N' => place as u32 - 'J' as u32 + 1,
            'P' => 7,
            'R' => 9,
            'S'..='Z' => place as u32 - 'S' as u32 + 2,
            _ => return None,
        };
        sum += value * weight;
    }
    match sum % 11 {
        10 => Some('X'),
        digit => char::from_digit(digit, 10),
    }
}

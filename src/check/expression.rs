//! SQL conditions over one row, evaluated without an engine: a rule is compiled once and held against every row.
//!
//! The meaning is that of SQL (three-valued logic, NULL when anything needed is NULL) as the engine of the figures has
//! it, for the part that [`compile`] accepts, with one addition. An instant given as a date only stands for its whole day, so a
//! comparison that the missing hour decides is NULL: neither true nor false. A rule is broken only when its condition
//! is FALSE, as with SQL's `CHECK`, so such a row passes.

mod compile;
mod datum;
#[cfg(test)]
mod tests;

use crate::{
    catalog::{CellType, Expression, SheetDef},
    model::{Instant, RowValues, Said, Value},
};
use datum::{Datum, Possible};
use std::{borrow::Cow, collections::BTreeSet};

/// A condition ready to be held against rows of one sheet.
#[derive(Clone, Debug)]
pub struct Condition {
    root: Node,
    columns: Vec<usize>,
}

impl Condition {
    /// Compiles a definition's expression for the rows of `sheet`. `cutoff` names the cut-off's last second.
    ///
    /// # Errors
    /// What is not supported or does not fit together, for the person who wrote the definition.
    pub fn compile(expression: &Expression, sheet: &SheetDef, cutoff: Instant) -> Result<Condition, Said> {
        let root = compile::condition(&expression.tree, sheet, cutoff)?;
        let mut columns = BTreeSet::new();
        root.columns(&mut columns);
        Ok(Condition { root, columns: columns.into_iter().collect() })
    }

    /// Whether the condition is true of a row, one value for each column of the sheet's definition; `None` for NULL.
    pub fn truth(&self, row: &RowValues) -> Option<bool> {
        self.root.eval(row).truth()
    }

    /// The columns it looks at, by index, in order.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// True when every order the record allows satisfies it, false when none does.
    fn holds(self, possible: Possible) -> Option<bool> {
        let Possible { less, equal, greater } = possible;
        let (yes, no) = match self {
            Comparison::Equal => (equal, less || greater),
            Comparison::NotEqual => (less || greater, equal),
            Comparison::Less => (less, equal || greater),
            Comparison::LessOrEqual => (less || equal, greater),
            Comparison::Greater => (greater, less || equal),
            Comparison::GreaterOrEqual => (greater || equal, less),
        };
        match (yes, no) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}

/// One step of a `LIKE` pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wild {
    One,
    Any,
    Char(char),
}

/// An expression whose names are column indices.
#[derive(Clone, Debug)]
enum Node {
    Literal(Datum<'static>),
    Column(usize, CellType),
    DateOnly(usize),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    IsNull(Box<Node>),
    /// `IS TRUE`, `IS FALSE`.
    Is(Box<Node>, bool),
    In(Box<Node>, Vec<Node>),
    Like(Box<Node>, Vec<Wild>),
    Case(Vec<(Node, Node)>, Box<Node>),
    Coalesce(Vec<Node>),
    Add(Box<Node>, Box<Node>),
    Subtract(Box<Node>, Box<Node>),
    Multiply(Box<Node>, Box<Node>),
    Abs(Box<Node>),
    Length(Box<Node>),
    Lower(Box<Node>),
    Upper(Box<Node>),
    Day(Box<Node>),
}

impl Node {
    fn eval<'a>(&'a self, row: &'a RowValues) -> Datum<'a> {
        match self {
            Node::Literal(datum) => datum.clone(),
            Node::Column(index, cell) => row.get(*index).map_or(Datum::Null, |value| Datum::of(value, *cell)),
            Node::DateOnly(index) => match row.get(*index).and_then(Value::instant) {
                Some(at) => Datum::Flag(at.date_only),
                None => Datum::Null,
            },
            Node::Not(inner) => Datum::from_truth(inner.eval(row).truth().map(|truth| !truth)),
            Node::And(a, b) => Datum::from_truth(match a.eval(row).truth() {
                Some(false) => Some(false),
                Some(true) => b.eval(row).truth(),
                None => b.eval(row).truth().filter(|truth| !truth),
            }),
            Node::Or(a, b) => Datum::from_truth(match a.eval(row).truth() {
                Some(true) => Some(true),
                Some(false) => b.eval(row).truth(),
                None => b.eval(row).truth().filter(|truth| *truth),
            }),
            Node::Compare(how, a, b) => {
                let possible = a.eval(row).compare(&b.eval(row));
                Datum::from_truth(possible.and_then(|possible| how.holds(possible)))
            }
            Node::IsNull(inner) => Datum::Flag(inner.eval(row) == Datum::Null),
            Node::Is(inner, wanted) => Datum::Flag(inner.eval(row).truth() == Some(*wanted)),
            Node::In(inner, list) => Datum::from_truth(among(&inner.eval(row), list, row)),
            Node::Like(inner, pattern) => match inner.eval(row) {
                Datum::Text(text) => Datum::Flag(like(&text, pattern)),
                _ => Datum::Null,
            },
            Node::Case(arms, otherwise) => {
                let taken = arms.iter().find(|(when, _)| when.eval(row).truth() == Some(true));
                taken.map_or(otherwise.as_ref(), |(_, then)| then).eval(row)
            }
            Node::Coalesce(nodes) => {
                nodes.iter().map(|node| node.eval(row)).find(|datum| *datum != Datum::Null).unwrap_or(Datum::Null)
            }
            Node::Add(a, b) => a.eval(row).add(&b.eval(row), false),
            Node::Subtract(a, b) => a.eval(row).add(&b.eval(row), true),
            Node::Multiply(a, b) => a.eval(row).times(&b.eval(row)),
            Node::Abs(inner) => inner.eval(row).abs(),
            Node::Length(inner) => match inner.eval(row) {
                Datum::Text(text) => Datum::Int(text.chars().count() as i64),
                _ => Datum::Null,
            },
            Node::Lower(inner) => recased(inner.eval(row), str::to_lowercase),
            Node::Upper(inner) => recased(inner.eval(row), str::to_uppercase),
            Node::Day(inner) => inner.eval(row).day(),
        }
    }

    fn columns(&self, into: &mut BTreeSet<usize>) {
        match self {
            Node::Literal(_) => {}
            Node::Column(index, _) | Node::DateOnly(index) => {
                into.insert(*index);
            }
            Node::Not(a)
            | Node::IsNull(a)
            | Node::Is(a, _)
            | Node::Like(a, _)
            | Node::Abs(a)
            | Node::Length(a)
            | Node::Lower(a)
            | Node::Upper(a)
            | Node::Day(a) => a.columns(into),
            Node::And(a, b)
            | Node::Or(a, b)
            | Node::Compare(_, a, b)
            | Node::Add(a, b)
            | Node::Subtract(a, b)
            | Node::Multiply(a, b) => [a, b].into_iter().for_each(|node| node.columns(into)),
            Node::In(a, list) => {
                a.columns(into);
                list.iter().for_each(|node| node.columns(into));
            }
            Node::Coalesce(list) => list.iter().for_each(|node| node.columns(into)),
            Node::Case(arms, otherwise) => {
                for (when, then) in arms {
                    when.columns(into);
                    then.columns(into);
                }
                otherwise.columns(into);
            }
        }
    }
}

/// `IN`: true when one is equal, NULL when none is but one may be, else false.
fn among(datum: &Datum<'_>, list: &[Node], row: &RowValues) -> Option<bool> {
    let mut open = false;
    for node in list {
        match datum.compare(&node.eval(row)).and_then(|possible| Comparison::Equal.holds(possible)) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    if open { None } else { Some(false) }
}

fn recased(datum: Datum<'_>, how: fn(&str) -> String) -> Datum<'_> {
    match datum {
        Datum::Text(text) => Datum::Text(Cow::Owned(how(&text))),
        _ => Datum::Null,
    }
}

/// Matches without backtracking further than the last `%`: linear in text × pattern at worst.
fn like(text: &str, pattern: &[Wild]) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let (mut at, mut step) = (0, 0);
    let mut resume: Option<(usize, usize)> = None;
    while at < chars.len() {
        match pattern.get(step) {
            Some(Wild::Any) => {
                resume = Some((at, step + 1));
                step += 1;
            }
            Some(Wild::One) => (at, step) = (at + 1, step + 1),
            Some(Wild::Char(c)) if *c == chars[at] => (at, step) = (at + 1, step + 1),
            _ => match resume {
                Some((from, after)) => {
                    resume = Some((from + 1, after));
                    (at, step) = (from + 1, after);
                }
                None => return false,
            },
        }
    }
    pattern[step..].iter().all(|wild| *wild == Wild::Any)
}

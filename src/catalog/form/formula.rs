//! Formulas of forms: arithmetic over the sums of a block and the columns before. Written as SQL, so that the one parser
//! reads them; evaluated exactly by `report` and written down for spreadsheets by the tables.

use super::super::Expression;
use crate::model::{Message, Quantity, Said};
use sqlparser::ast::{BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator, Value};
use std::sync::Arc;

/// A formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// A sum, or a column before.
    Name(Arc<str>),
    /// A number.
    Number(Quantity),
    /// The sum of two.
    Add(Box<Formula>, Box<Formula>),
    /// The difference of two.
    Less(Box<Formula>, Box<Formula>),
    /// The product of two.
    Times(Box<Formula>, Box<Formula>),
    /// The first by the second; nothing where that is zero.
    By(Box<Formula>, Box<Formula>),
    /// A function.
    Call(Function, Vec<Formula>),
}

/// A function of formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The next whole number above.
    Ceil,
    /// The next whole number below.
    Floor,
    /// The larger.
    Greatest,
    /// The smaller.
    Least,
    /// The first that is known.
    Coalesce,
    /// The value in the line of totals.
    Total,
    /// The sum over the rows up to this one.
    Running,
    /// The place among the rows, the largest first.
    Rank,
    /// Of the months of the form's period that are over at the cut-off.
    Closed,
    /// Of those that are not.
    Ahead,
    /// The smallest of the single periods of the stretch of time.
    Lowest,
    /// The largest of them.
    Highest,
    /// The month's part of a number for the year (the first argument), dealt out by the second over the column's stretch of time;
    /// where that is nowhere above zero by the twelve numbers that follow.
    Dealt,
    /// The first where the second is there and not zero, else nothing.
    Where,
    /// So many periods the stretch of time has.
    Periods,
    /// The working days of the period.
    WorkingDays,
    /// Those of them that are gone at the cut-off.
    WorkingDaysGone,
}

impl Function {
    /// By its name.
    fn named(name: &str) -> Option<Function> {
        Some(match name {
            "greatest" => Function::Greatest,
            "least" => Function::Least,
            "coalesce" => Function::Coalesce,
            "total" => Function::Total,
            "running" => Function::Running,
            "rank" => Function::Rank,
            "closed" => Function::Closed,
            "ahead" => Function::Ahead,
            "lowest" => Function::Lowest,
            "highest" => Function::Highest,
            "dealt" => Function::Dealt,
            "only_where" => Function::Where,
            "periods" => Function::Periods,
            "working_days" => Function::WorkingDays,
            "working_days_gone" => Function::WorkingDaysGone,
            _ => return None,
        })
    }

    /// Whether it takes so many arguments.
    fn takes(self, count: usize) -> bool {
        match self {
            Function::Periods | Function::WorkingDays | Function::WorkingDaysGone => count == 0,
            Function::Greatest | Function::Least | Function::Coalesce => count > 1,
            Function::Where => count == 2,
            Function::Dealt => count == 2 || count == 14,
            _ => count == 1,
        }
    }
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// What no formula has.
    pub(super) fn of(expression: &Expression) -> Result<Formula, Said> {
        read(&expression.tree).ok_or_else(|| Message::new("definition.no_formula").with("sql", &expression.sql).into())
    }

    /// The names in it.
    pub fn names(&self) -> Vec<&Arc<str>> {
        match self {
            Formula::Name(name) => vec![name],
            Formula::Number(_) => Vec::new(),
            Formula::Add(a, b) | Formula::Less(a, b) | Formula::Times(a, b) | Formula::By(a, b) => {
                let mut names = a.names();
                names.extend(b.names());
                names
            }
            Formula::Call(_, all) => all.iter().flat_map(Formula::names).collect(),
        }
    }
}

fn read(tree: &Expr) -> Option<Formula> {
    let both = |a: &Expr, b: &Expr| Some((Box::new(read(a)?), Box::new(read(b)?)));
    match tree {
        Expr::Identifier(name) => Some(Formula::Name(name.value.as_str().into())),
        Expr::Nested(inner) => read(inner),
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => number(text).map(Formula::Number),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
            Some(Formula::Less(Box::new(Formula::Number(Quantity::default())), Box::new(read(expr)?)))
        }
        Expr::BinaryOp { left, op, right } => {
            let (a, b) = both(left, right)?;
            match op {
                BinaryOperator::Plus => Some(Formula::Add(a, b)),
                BinaryOperator::Minus => Some(Formula::Less(a, b)),
                BinaryOperator::Multiply => Some(Formula::Times(a, b)),
                BinaryOperator::Divide => Some(Formula::By(a, b)),
                _ => None,
            }
        }
        Expr::Ceil { expr, .. } => Some(Formula::Call(Function::Ceil, vec![read(expr)?])),
        Expr::Floor { expr, .. } => Some(Formula::Call(Function::Floor, vec![read(expr)?])),
        Expr::Function(call) => {
            let function = Function::named(&call.name.to_string())?;
            let FunctionArguments::List(list) = &call.args else { return None };
            let all = list.args.iter().map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => read(expr),
                _ => None,
            });
            let all: Vec<Formula> = all.collect::<Option<_>>()?;
            function.takes(all.len()).then_some(Formula::Call(function, all))
        }
        _ => None,
    }
}

/// A plain decimal of at most four places.
fn number(text: &str) -> Option<Quantity> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 4 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    format!("{whole}{rest:0<4}").parse().ok().map(Quantity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(sql: &str) -> Result<Formula, Said> {
        Formula::of(&Expression::parse(sql, &"t".into(), 1).unwrap())
    }

    #[test]
    fn formulas_are_arithmetic_and_nothing_else() {
        assert_eq!(number("0.25"), Some(Quantity(2_500)));
        assert_eq!(number("12"), Some(Quantity::whole(12)));
        assert_eq!(number("0.00001"), None);
        let name = |name: &str| Box::new(Formula::Name(name.into()));
        assert_eq!(formula("a / b").unwrap(), Formula::By(name("a"), name("b")));
        assert_eq!(
            formula("ceil(a / b)").unwrap(),
            Formula::Call(Function::Ceil, vec![Formula::By(name("a"), name("b"))])
        );
        let bounded = formula("least(ceil(a * b), greatest(0, c - d))").unwrap();
        assert_eq!(bounded.names().iter().map(|name| &***name).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        for wrong in ["a > b", "sqrt(a)", "'x'", "total(a, b)", "dealt(a)", "working_days(a)", "case when a then b end"]
        {
            assert!(formula(wrong).is_err(), "{wrong}");
        }
    }
}

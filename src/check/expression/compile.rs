//! From a syntax tree to nodes with column indices; what does not fit is refused here, not at the first row.

use super::{Comparison, Node, Wild, datum::Datum};
use crate::{
    catalog::{CellType, SheetDef},
    model::{ColumnKind, Instant, Message, Said},
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use sqlparser::ast::{
    BinaryOperator, DataType, DateTimeField, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Interval,
    UnaryOperator, Value as Literal,
};

/// What a node yields, as far as it matters for what it may be combined with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Text,
    Number,
    Flag,
    Day,
    Time,
    Span,
    /// A length that is, or may be, given in months.
    Months,
}

impl Kind {
    fn word(self) -> Message {
        Message::new(match self {
            Kind::Null => "kind.null",
            Kind::Text => "kind.text",
            Kind::Number => "kind.number",
            Kind::Flag => "kind.flag",
            Kind::Day => "kind.day",
            Kind::Time => "kind.time",
            Kind::Span | Kind::Months => "kind.span",
        })
    }

    fn is_moment(self) -> bool {
        matches!(self, Kind::Day | Kind::Time)
    }

    fn is_length(self) -> bool {
        matches!(self, Kind::Span | Kind::Months)
    }

    /// The kind of a choice between two; `None` when they do not go together.
    fn with(self, other: Kind) -> Option<Kind> {
        match (self, other) {
            (Kind::Null, kind) | (kind, Kind::Null) => Some(kind),
            (a, b) if a == b => Some(a),
            (a, b) if a.is_moment() && b.is_moment() => Some(Kind::Time),
            (a, b) if a.is_length() && b.is_length() => Some(Kind::Months),
            _ => None,
        }
    }
}

type Compiled = Result<(Node, Kind), Said>;

struct Compiler<'a> {
    sheet: &'a SheetDef,
    cutoff: NaiveDateTime,
}

/// Compiles a condition: an expression that is true, false or NULL.
pub(super) fn condition(tree: &Expr, sheet: &SheetDef, cutoff: Instant) -> Result<Node, Said> {
    Compiler { sheet, cutoff: cutoff.latest() }.flag(tree)
}

fn unsupported<T>(what: impl std::fmt::Display) -> Result<T, Said> {
    Err(Message::new("condition.unsupported").with("what", what.to_string()).into())
}

fn mismatch<T>(tree: &Expr, a: Kind, b: Kind) -> Result<T, Said> {
    Err(Message::new("condition.mismatch")
        .with("tree", tree.to_string())
        .with("a", a.word())
        .with("b", b.word())
        .into())
}

impl Compiler<'_> {
    fn flag(&self, tree: &Expr) -> Result<Node, Said> {
        match self.any(tree)? {
            (node, Kind::Flag | Kind::Null) => Ok(node),
            (_, kind) => Err(Message::new("condition.no_condition")
                .with("tree", tree.to_string())
                .with("kind", kind.word())
                .into()),
        }
    }

    fn of(&self, tree: &Expr, wanted: Kind) -> Result<Node, Said> {
        match self.any(tree)? {
            (node, kind) if kind == wanted || kind == Kind::Null => Ok(node),
            (_, kind) => mismatch(tree, kind, wanted),
        }
    }

    fn any(&self, tree: &Expr) -> Compiled {
        let flag = |node| Ok((node, Kind::Flag));
        let not = |node, negated| if negated { Node::Not(Box::new(node)) } else { node };
        match tree {
            Expr::Nested(inner) => self.any(inner),
            Expr::Identifier(name) => self.name(&name.value),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, column] if table.value == *self.sheet.id => self.name(&column.value),
                _ => unsupported(tree),
            },
            Expr::Value(value) => self.literal(&value.value),
            Expr::TypedString(typed) => {
                let text = typed.value.clone().into_string().unwrap_or_default();
                match typed.data_type {
                    DataType::Date | DataType::Timestamp(..) | DataType::Datetime(_) => {
                        let moment = moment(&text);
                        moment.ok_or_else(|| Message::new("condition.no_moment").with("text", text).into())
                    }
                    _ => unsupported(tree),
                }
            }
            Expr::Interval(interval) => {
                let (months, seconds) = span(interval)?;
                let kind = if months == 0 { Kind::Span } else { Kind::Months };
                Ok((Node::Literal(Datum::Span(months, seconds, seconds)), kind))
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => flag(Node::Not(Box::new(self.flag(expr)?))),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                let zero = Node::Literal(Datum::Int(0));
                Ok((Node::Subtract(Box::new(zero), Box::new(self.of(expr, Kind::Number)?)), Kind::Number))
            }
            Expr::IsNull(inner) => flag(Node::IsNull(Box::new(self.any(inner)?.0))),
            Expr::IsNotNull(inner) => flag(not(Node::IsNull(Box::new(self.any(inner)?.0)), true)),
            Expr::IsUnknown(inner) => flag(Node::IsNull(Box::new(self.flag(inner)?))),
            Expr::IsNotUnknown(inner) => flag(not(Node::IsNull(Box::new(self.flag(inner)?)), true)),
            Expr::IsTrue(inner) => flag(Node::Is(Box::new(self.flag(inner)?), true)),
            Expr::IsNotTrue(inner) => flag(not(Node::Is(Box::new(self.flag(inner)?), true), true)),
            Expr::IsFalse(inner) => flag(Node::Is(Box::new(self.flag(inner)?), false)),
            Expr::IsNotFalse(inner) => flag(not(Node::Is(Box::new(self.flag(inner)?), false), true)),
            Expr::BinaryOp { left, op, right } => self.binary(tree, left, op, right),
            Expr::Between { expr, negated, low, high } => {
                let from = self.compare(tree, Comparison::GreaterOrEqual, expr, low)?;
                let to = self.compare(tree, Comparison::LessOrEqual, expr, high)?;
                flag(not(Node::And(Box::new(from), Box::new(to)), *negated))
            }
            Expr::InList { expr, list, negated } => {
                self.among(tree, expr, list).map(|node| not(node, *negated)).and_then(flag)
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                let Node::Literal(Datum::Text(pattern)) = self.of(pattern, Kind::Text)? else {
                    return unsupported(format!("LIKE {pattern}"));
                };
                let steps = pattern.chars().map(|c| match c {
                    '%' => Wild::Any,
                    '_' => Wild::One,
                    other => Wild::Char(other),
                });
                flag(not(Node::Like(Box::new(self.of(expr, Kind::Text)?), steps.collect()), *negated))
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                let mut kind = Kind::Null;
                let mut arms = Vec::new();
                for arm in conditions {
                    let when = match operand {
                        Some(operand) => self.compare(tree, Comparison::Equal, operand, &arm.condition)?,
                        None => self.flag(&arm.condition)?,
                    };
                    let (then, own) = self.any(&arm.result)?;
                    kind = kind.with(own).map_or_else(|| mismatch(tree, kind, own), Ok)?;
                    arms.push((when, then));
                }
                let (otherwise, own) = match else_result {
                    Some(otherwise) => self.any(otherwise)?,
                    None => (Node::Literal(Datum::Null), Kind::Null),
                };
                let kind = kind.with(own).map_or_else(|| mismatch(tree, kind, own), Ok)?;
                Ok((Node::Case(arms, Box::new(otherwise)), kind))
            }
            Expr::Cast { expr, data_type: DataType::Date, array: false, format: None, .. } => match self.any(expr)? {
                (Node::Literal(Datum::Text(text)), _) => match moment(&text) {
                    Some((node, _)) => Ok((Node::Day(Box::new(node)), Kind::Day)),
                    None => Err(Message::new("condition.no_day").with("text", &*text).into()),
                },
                (node, kind) if kind.is_moment() || kind == Kind::Null => Ok((Node::Day(Box::new(node)), Kind::Day)),
                (_, kind) => mismatch(tree, kind, Kind::Day),
            },
            Expr::Function(function) => self.function(tree, function),
            _ => unsupported(tree),
        }
    }

    fn name(&self, name: &str) -> Compiled {
        if let Some(index) = self.sheet.field(name) {
            let cell = self.sheet.columns[index].cell;
            let kind = match cell.kind() {
                ColumnKind::Text => Kind::Text,
                ColumnKind::Int | ColumnKind::Number | ColumnKind::Amount => Kind::Number,
                ColumnKind::Flag => Kind::Flag,
                ColumnKind::Instant => Kind::Time,
                ColumnKind::Date => Kind::Day,
            };
            return Ok((Node::Column(index, cell), kind));
        }
        let instant = name.strip_suffix("_date_only").and_then(|base| self.sheet.field(base));
        match instant.filter(|index| self.sheet.columns[*index].cell == CellType::Instant) {
            Some(index) => Ok((Node::DateOnly(index), Kind::Flag)),
            None if name == "cutoff" => Ok((Node::Literal(Datum::Time(self.cutoff, self.cutoff)), Kind::Time)),
            None => Err(Message::new("definition.no_field").with("sheet", &self.sheet.id).with("name", name).into()),
        }
    }

    fn literal(&self, literal: &Literal) -> Compiled {
        match literal {
            Literal::Null => Ok((Node::Literal(Datum::Null), Kind::Null)),
            Literal::Boolean(flag) => Ok((Node::Literal(Datum::Flag(*flag)), Kind::Flag)),
            Literal::SingleQuotedString(text) => Ok((Node::Literal(Datum::Text(text.clone().into())), Kind::Text)),
            Literal::Number(digits, _) => {
                let digits = digits.to_string();
                let whole = digits.parse().map(Datum::Int);
                let number = whole
                    .or_else(|_| digits.parse().map(Datum::Float))
                    .map_err(|_| Message::new("condition.no_number").with("text", &digits))?;
                Ok((Node::Literal(number), Kind::Number))
            }
            other => unsupported(other),
        }
    }

    fn binary(&self, tree: &Expr, left: &Expr, op: &BinaryOperator, right: &Expr) -> Compiled {
        let how = match op {
            BinaryOperator::And => {
                return Ok((Node::And(Box::new(self.flag(left)?), Box::new(self.flag(right)?)), Kind::Flag));
            }
            BinaryOperator::Or => {
                return Ok((Node::Or(Box::new(self.flag(left)?), Box::new(self.flag(right)?)), Kind::Flag));
            }
            BinaryOperator::Plus | BinaryOperator::Minus => {
                return self.sum(tree, left, right, *op == BinaryOperator::Minus);
            }
            BinaryOperator::Multiply => {
                let (a, b) = (self.of(left, Kind::Number)?, self.of(right, Kind::Number)?);
                return Ok((Node::Multiply(Box::new(a), Box::new(b)), Kind::Number));
            }
            BinaryOperator::Eq => Comparison::Equal,
            BinaryOperator::NotEq => Comparison::NotEqual,
            BinaryOperator::Lt => Comparison::Less,
            BinaryOperator::LtEq => Comparison::LessOrEqual,
            BinaryOperator::Gt => Comparison::Greater,
            BinaryOperator::GtEq => Comparison::GreaterOrEqual,
            other => return unsupported(other),
        };
        Ok((self.compare(tree, how, left, right)?, Kind::Flag))
    }

    fn sum(&self, tree: &Expr, left: &Expr, right: &Expr, minus: bool) -> Compiled {
        let ((a, a_kind), (b, b_kind)) = (self.any(left)?, self.any(right)?);
        let kind = match (a_kind, b_kind) {
            (Kind::Null, _) | (_, Kind::Null) => Kind::Null,
            (Kind::Number, Kind::Number) => Kind::Number,
            (Kind::Span, Kind::Span) => Kind::Span,
            (a, b) if a.is_length() && b.is_length() => Kind::Months,
            (Kind::Day, kind) if kind.is_length() && whole_days(&b) => Kind::Day,
            (a, b) if a.is_moment() && b.is_length() => Kind::Time,
            (kind, Kind::Day) if kind.is_length() && !minus && whole_days(&a) => Kind::Day,
            (a, b) if !minus && a.is_length() && b.is_moment() => Kind::Time,
            (a, b) if minus && a.is_moment() && b.is_moment() => Kind::Span,
            (a, b) => return mismatch(tree, a, b),
        };
        let (a, b) = (Box::new(a), Box::new(b));
        Ok((if minus { Node::Subtract(a, b) } else { Node::Add(a, b) }, kind))
    }

    fn compare(&self, tree: &Expr, how: Comparison, left: &Expr, right: &Expr) -> Result<Node, Said> {
        let (left, right) = (self.any(left)?, self.any(right)?);
        if left.1 == Kind::Months || right.1 == Kind::Months {
            return Err(Message::new("condition.months").with("tree", tree.to_string()).into());
        }
        let (left, right) = aligned(tree, left, right)?;
        Ok(Node::Compare(how, Box::new(left), Box::new(right)))
    }

    fn among(&self, tree: &Expr, expr: &Expr, list: &[Expr]) -> Result<Node, Said> {
        let subject = self.any(expr)?;
        let mut nodes = Vec::new();
        for item in list {
            let item = self.any(item)?;
            nodes.push(aligned(tree, subject.clone(), item)?.1);
        }
        Ok(Node::In(Box::new(subject.0), nodes))
    }

    fn function(&self, tree: &Expr, function: &Function) -> Compiled {
        let FunctionArguments::List(list) = &function.args else { return unsupported(tree) };
        let plain = function.over.is_none()
            && function.filter.is_none()
            && function.within_group.is_empty()
            && function.null_treatment.is_none()
            && matches!(function.parameters, FunctionArguments::None)
            && list.duplicate_treatment.is_none()
            && list.clauses.is_empty();
        let arguments: Option<Vec<&Expr>> = list
            .args
            .iter()
            .map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => Some(arg),
                _ => None,
            })
            .collect();
        let Some(arguments) = arguments.filter(|_| plain) else { return unsupported(tree) };
        let name = function.name.to_string().to_ascii_lowercase();
        match (name.as_str(), arguments.as_slice()) {
            ("coalesce", [_, ..]) => {
                let mut kind = Kind::Null;
                let mut nodes = Vec::new();
                for argument in arguments {
                    let (node, own) = self.any(argument)?;
                    kind = kind.with(own).map_or_else(|| mismatch(tree, kind, own), Ok)?;
                    nodes.push(node);
                }
                Ok((Node::Coalesce(nodes), kind))
            }
            ("length" | "char_length" | "character_length", [text]) => {
                Ok((Node::Length(Box::new(self.of(text, Kind::Text)?)), Kind::Number))
            }
            ("lower", [text]) => Ok((Node::Lower(Box::new(self.of(text, Kind::Text)?)), Kind::Text)),
            ("upper", [text]) => Ok((Node::Upper(Box::new(self.of(text, Kind::Text)?)), Kind::Text)),
            ("abs", [number]) => Ok((Node::Abs(Box::new(self.of(number, Kind::Number)?)), Kind::Number)),
            _ => unsupported(tree),
        }
    }
}

/// Two sides of a comparison. A text beside a moment is read as one; a date as written in SQL means its midnight
/// beside a timestamp, while a date column there keeps its whole day.
fn aligned(tree: &Expr, a: (Node, Kind), b: (Node, Kind)) -> Result<(Node, Node), Said> {
    let read = |(node, kind): (Node, Kind), other: Kind| match &node {
        Node::Literal(Datum::Text(text)) if other.is_moment() => {
            moment(text).ok_or_else(|| Said::from(Message::new("condition.no_moment").with("text", &**text)))
        }
        _ => Ok((node, kind)),
    };
    let (a_kind, b_kind) = (a.1, b.1);
    let (a, b) = (read(a, b_kind)?, read(b, a_kind)?);
    if a.1.with(b.1).is_none() {
        return mismatch(tree, a.1, b.1);
    }
    let midnight = |(node, _): (Node, Kind), other: Kind| match &node {
        Node::Literal(Datum::Day(day)) if other == Kind::Time => {
            let at = day.and_time(NaiveTime::MIN);
            Node::Literal(Datum::Time(at, at))
        }
        _ => node,
    };
    let (a_kind, b_kind) = (a.1, b.1);
    Ok((midnight(a, b_kind), midnight(b, a_kind)))
}

/// A literal date or timestamp.
fn moment(text: &str) -> Option<(Node, Kind)> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some((Node::Literal(Datum::Day(day)), Kind::Day));
    }
    let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    let at = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    Some((Node::Literal(Datum::Time(at, at)), Kind::Time))
}

fn whole_days(node: &Node) -> bool {
    matches!(node, Node::Literal(Datum::Span(_, low, high)) if low == high && low % 86_400 == 0)
}

/// The months and seconds of `interval '7 days'`, `interval '1 day 12 hours'`, `interval '10' minute`.
fn span(interval: &Interval) -> Result<(i32, i64), Said> {
    let bad = || Said::from(Message::new("condition.no_interval").with("text", interval.to_string()));
    let text = match interval.value.as_ref() {
        Expr::Value(value) => match &value.value {
            Literal::SingleQuotedString(text) => text.clone(),
            Literal::Number(digits, _) => digits.to_string(),
            _ => return Err(bad()),
        },
        _ => return Err(bad()),
    };
    let with_unit = match &interval.leading_field {
        None => text,
        Some(field) => format!("{text} {}", unit(field).ok_or_else(bad)?),
    };
    let words: Vec<&str> = with_unit.split_whitespace().collect();
    if words.is_empty() || !words.len().is_multiple_of(2) || interval.last_field.is_some() {
        return Err(bad());
    }
    let (mut months, mut seconds) = (0i32, 0i64);
    for pair in words.chunks_exact(2) {
        let n: i32 = pair[0].parse().map_err(|_| bad())?;
        let unit = pair[1].to_ascii_lowercase();
        let (in_months, in_seconds) = match unit.strip_suffix('s').unwrap_or(&unit) {
            "year" => (12, 0),
            "month" => (1, 0),
            "week" => (0, 7 * 86_400),
            "day" => (0, 86_400),
            "hour" => (0, 3_600),
            "minute" => (0, 60),
            "second" => (0, 1),
            _ => return Err(bad()),
        };
        months = n.checked_mul(in_months).and_then(|n| months.checked_add(n)).ok_or_else(bad)?;
        seconds += i64::from(n) * in_seconds;
    }
    Ok((months, seconds))
}

fn unit(field: &DateTimeField) -> Option<&'static str> {
    Some(match field {
        DateTimeField::Year | DateTimeField::Years => "year",
        DateTimeField::Month | DateTimeField::Months => "month",
        DateTimeField::Week(None) | DateTimeField::Weeks => "week",
        DateTimeField::Day | DateTimeField::Days => "day",
        DateTimeField::Hour | DateTimeField::Hours => "hour",
        DateTimeField::Minute | DateTimeField::Minutes => "minute",
        DateTimeField::Second | DateTimeField::Seconds => "second",
        _ => return None,
    })
}

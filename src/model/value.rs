//! One typed cell.

use super::{Fen, Instant};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A cell after coercion to its column's type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Empty, or absent because its column is absent.
    #[default]
    Null,
    /// Text, category, phone (digits only, or as written when foreign), VIN (upper case), plate.
    Text(#[serde(deserialize_with = "super::shared_text::text")] Arc<str>),
    /// A whole number.
    Int(i64),
    /// A decimal; percent columns hold the fraction (0.95 for 95 %).
    Number(f64),
    /// Money.
    Amount(Fen),
    /// 是/否.
    Flag(bool),
    /// A date or a date with a time of day.
    Instant(Instant),
}

impl Value {
    /// Whether the cell is empty.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The instant, when it is one.
    pub fn instant(&self) -> Option<Instant> {
        match self {
            Value::Instant(at) => Some(*at),
            _ => None,
        }
    }

    /// The flag, when it is one.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The amount, when it is one.
    pub fn amount(&self) -> Option<Fen> {
        match self {
            Value::Amount(fen) => Some(*fen),
            _ => None,
        }
    }

    /// A whole number, when it is one.
    pub fn int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// As users read it; empty for an empty cell.
    pub fn display(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Text(text) => text.to_string(),
            Value::Int(n) => n.to_string(),
            Value::Number(n) => n.to_string(),
            Value::Amount(fen) => fen.to_string(),
            Value::Flag(flag) => if *flag { "是" } else { "否" }.to_owned(),
            Value::Instant(at) => at.display(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.into())
    }
}

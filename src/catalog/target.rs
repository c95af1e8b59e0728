//! Targets as people write them: a number in the KPI's unit, a percentage as a fraction (`0.95`) or as a text (`"95%"`).
//!
//! A percentage above 1 as a bare number is refused: `95` would be 9500 %, and whether `1.5` means 1.5 % or 150 % nobody knows.
//! As a text it says which.

use super::{Kpi, Unit};
use crate::model::{Message, Quantity};
use sqlparser::ast::{BinaryOperator as Op, Expr, UnaryOperator};

/// What a bare number of a percentage is doubted above, where more than all is possible (reached ÷ target): twice as much.
const BEYOND: f64 = 2.0;

/// Reads a target of a KPI in `unit`.
///
/// # Errors
/// What was expected, with what was most likely meant.
pub fn read_target(written: &toml::Value, unit: &Unit) -> Result<Quantity, Message> {
    let number = |number: f64| match number.is_finite() && number >= 0.0 {
        true if unit.is_share() && number > 1.0 => Err(beyond("target.beyond", number)),
        true => Ok(quantity(number)),
        false => Err(Message::new("definition.target_negative")),
    };
    match written {
        toml::Value::Integer(whole) => number(*whole as f64),
        toml::Value::Float(float) => number(*float),
        toml::Value::String(text) => match percent(text) {
            Some(_) if !unit.is_share() => Err(Message::new("target.no_percent").with("text", text)),
            Some(share) => Ok(quantity(share)),
            None => text.trim().parse().map_err(|_| Message::new("target.written")).and_then(number),
        },
        _ => Err(Message::new("target.written")),
    }
}

/// `"95%"` as 0.95.
fn percent(text: &str) -> Option<f64> {
    let digits = text.trim().strip_suffix(['%', '％'])?.trim();
    digits.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0).map(|number| number / 100.0)
}

/// To four places.
fn quantity(target: f64) -> Quantity {
    Quantity((target * Quantity::SCALE as f64).round() as i128)
}

/// A sentence about a number that is most likely meant in percent: what it is as it stands, and what was meant.
fn beyond(key: &'static str, number: f64) -> Message {
    let message =
        Message::new(key).with("written", plain(number)).with("percent", format!("{}%", plain(number * 100.0)));
    message.with("likely", format!("{}%", plain(number))).with("fraction", plain(number / 100.0))
}

/// A number without what floating point adds to it.
fn plain(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Kpi {
    /// What is wrong with a target that no value can reach: the figure is the part of its rows of which something holds, which
    /// is never above 100 %.
    pub fn unreachable(&self, target: Quantity) -> Option<Message> {
        let above = target > Quantity::whole(1) && self.unit.is_share() && self.is_part_of_rows();
        above.then(|| Message::new("target.above_all").with("percent", format!("{}%", plain(target.to_f64() * 100.0))))
    }

    /// What a bare number of a sheet's row was most likely meant to be, where it is beyond belief as a target.
    pub fn doubted(&self, number: f64) -> Option<Message> {
        let most = if self.is_part_of_rows() { 1.0 } else { BEYOND };
        (self.unit.is_share() && number > most).then(|| beyond("target.meant", number))
    }

    /// Whether it counts rows of which a condition holds, over all rows.
    fn is_part_of_rows(&self) -> bool {
        let one = self.denominator.as_ref().is_some_and(|denominator| denominator.sql.trim() == "1");
        one && self.kind.of_others().is_empty() && is_condition(&self.numerator.tree)
    }
}

fn is_condition(tree: &Expr) -> bool {
    match tree {
        Expr::Nested(inner) => is_condition(inner),
        Expr::BinaryOp { op, .. } => {
            matches!(op, Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq | Op::And | Op::Or)
        }
        Expr::UnaryOp { op, .. } => *op == UnaryOperator::Not,
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::InList { .. }
        | Expr::Between { .. }
        | Expr::Like { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn percentages_are_fractions_or_texts_and_never_above_what_is_believed() {
        let (catalog, _) = Catalog::load(None).unwrap();
        let read = |unit: &str, text: &str| {
            let written = text.parse::<toml::Table>().map(|table| table["x"].clone());
            read_target(&written.unwrap(), &catalog.units[unit]).map_err(|what| what.to_string())
        };
        for (text, units) in
            [("x = 0.95", 9_500), ("x = \"95%\"", 9_500), ("x = \"120 ％\"", 12_000), ("x = 1", 10_000)]
        {
            assert_eq!(read("percent", text), Ok(Quantity(units)), "{text}");
        }
        let said = "target.beyond(written=95, percent=9500%, likely=95%, fraction=0.95)";
        assert_eq!(read("percent", "x = 95").unwrap_err(), said);
        assert_eq!(read("percent", "x = \"95\"").unwrap_err(), said);
        assert_eq!(read("count", "x = 95"), Ok(Quantity::whole(95)));
        for (unit, text) in
            [("count", "x = \"5%\""), ("percent", "x = true"), ("count", "x = -1"), ("percent", "x = \"%\"")]
        {
            assert!(read(unit, text).is_err(), "{unit}: {text}");
        }
    }

    #[test]
    fn a_part_of_rows_is_never_more_than_all() {
        let (catalog, _) = Catalog::load(None).unwrap();
        let kpi = |id: &str| catalog.kpi(id).unwrap();
        assert!(kpi("cp_resp_10m").unreachable(Quantity::whole(2)).is_some());
        assert!(kpi("cp_resp_10m").unreachable(Quantity::whole(1)).is_none());
        assert!(kpi("order_attain").unreachable(Quantity(12_000)).is_none(), "more than the target can be reached");
        assert!(kpi("cp_resp_10m").doubted(1.05).is_some() && kpi("order_attain").doubted(1.05).is_none());
        assert!(kpi("order_attain").doubted(95.0).is_some() && kpi("order_count").doubted(95.0).is_none());
    }
}

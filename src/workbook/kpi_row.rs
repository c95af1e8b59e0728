//! The cells that every list of KPI values shares.

use super::{
    book::{Cell, NO_VALUE},
    style::{Style, status_words},
};
use crate::{
    catalog::{Direction, Kpi},
    model::{KpiValue, Quantity, Status},
};

/// A KPI's title, with an arrow where less is better.
pub(super) fn title(kpi: &Kpi) -> String {
    match kpi.direction {
        Direction::Up => kpi.title.zh.clone(),
        Direction::Down => format!("{} ↓", kpi.title.zh),
    }
}

/// The value as a formula over the cells of its numerator and denominator.
pub(super) fn formula(value: &KpiValue, numerator: &str, denominator: &str) -> Cell<'static> {
    match value.denominator {
        None => Cell::Formula(format!("={numerator}"), Some(value.numerator.to_f64())),
        Some(_) => {
            Cell::Formula(format!("=IF({denominator}=0,\"{NO_VALUE}\",{numerator}/{denominator})"), value.value_f64())
        }
    }
}

/// The value as a number with its mark; the word where there is no number.
pub(super) fn judged(style: &Style, kpi: &Kpi, value: Option<&KpiValue>) -> Cell<'static> {
    let Some(value) = value else { return Cell::text(Status::NoData.zh()).styled(style.judged(kpi, Status::NoData)) };
    let format = style.judged(kpi, value.status);
    match value.value_f64().filter(|_| !matches!(value.status, Status::NoData | Status::NotMeasurable)) {
        Some(number) => Cell::Number(number).styled(format),
        None => Cell::text(value.status.zh()).styled(style.judged(kpi, missing(value.status))),
    }
}

/// A value without a number has a status that says why; any other is taken for 无数据.
fn missing(status: Status) -> Status {
    if status == Status::NotMeasurable { status } else { Status::NoData }
}

/// The status in words.
pub(super) fn status(style: &Style, value: Option<&KpiValue>) -> Cell<'static> {
    let status = value.map_or(Status::NoData, |value| value.status);
    Cell::text(status_words(status)).styled(style.status(status))
}

/// A target or another quantity in the KPI's unit.
pub(super) fn quantity(style: &Style, kpi: &Kpi, quantity: Option<Quantity>) -> Cell<'static> {
    Cell::number_or_blank(quantity.map(Quantity::to_f64)).styled(style.value(kpi))
}

/// A numerator or denominator: whole when it is, else with two decimals.
pub(super) fn sum(style: &Style, sum: Option<Quantity>) -> Cell<'static> {
    let Some(sum) = sum else { return Cell::Blank };
    let format = if sum.0 % Quantity::SCALE == 0 { &style.count } else { &style.decimal };
    Cell::Number(sum.to_f64()).styled(format.clone())
}

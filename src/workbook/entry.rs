//! Cells that a clerk fills in: format, dropdown, limits and the message beside the cell, from a column's definition.

use super::style::{DATE, INSTANT, Style};
use crate::catalog::{CellType, ColumnDef};
use chrono::NaiveDate;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign, Formula, XlsxError,
};

/// UTF-16 units of a list of values or a message that a validation holds.
const MOST_UNITS: usize = 255;

/// The format of a column's cells.
pub(super) fn format(style: &Style, column: &ColumnDef) -> Format {
    let cell = style.base.clone();
    match column.cell {
        CellType::Date => cell.set_num_format(DATE).set_align(FormatAlign::Left),
        CellType::Instant => cell.set_num_format(INSTANT).set_align(FormatAlign::Left),
        CellType::Money => cell.set_num_format("#,##0.00"),
        CellType::Integer => cell.set_num_format("#,##0"),
        CellType::Number => cell.set_num_format("General"),
        CellType::Category | CellType::Flag => cell,
        // Everything else is text as typed: a phone or a number of the store's own keeps its zeros and all its digits.
        _ => cell.set_num_format("@"),
    }
}

/// The width of a column, in Latin digits.
pub(super) fn width(column: &ColumnDef) -> f64 {
    let least: f64 = match column.cell {
        CellType::Instant => 18.0,
        CellType::Vin => 20.0,
        CellType::Phone | CellType::CustomerKey | CellType::Date => 15.0,
        CellType::Text if column.max_length.is_some_and(|most| most > 100) => 34.0,
        CellType::Text => 14.0,
        _ => 11.0,
    };
    least.max(super::book::text_width(&column.title.zh) + 5.0)
}

/// What a cell holds, in a clerk's words.
pub(super) fn type_words(column: &ColumnDef) -> &'static str {
    match column.cell {
        CellType::Text => "文字",
        CellType::Category => "从下拉中选",
        CellType::Phone => "手机号（文本）",
        CellType::Vin => "车架号（17 位）",
        CellType::Plate => "车牌",
        CellType::CustomerKey => "潜客编号、手机号或车架号",
        CellType::Date => "日期",
        CellType::Instant => "日期和时间",
        CellType::Integer => "整数",
        CellType::Number => "数字",
        CellType::Money => "金额（元）",
        CellType::Flag => "是/否",
    }
}

/// The values a dropdown offers; empty when the column is open.
pub(super) fn choices(column: &ColumnDef) -> Vec<&str> {
    match column.cell {
        CellType::Flag => vec!["是", "否"],
        _ => column.values.iter().map(|value| &*value.value).collect(),
    }
}

/// Whether the values have to stand in cells, because a validation cannot hold them.
pub(super) fn needs_range(column: &ColumnDef) -> bool {
    let choices = choices(column);
    choices.join(",").encode_utf16().count() > MOST_UNITS || choices.iter().any(|value| value.contains(','))
}

/// Limits in words: `1–100`, `不小于 0`, `不超过 40 字`.
pub(super) fn limits(column: &ColumnDef) -> String {
    match (column.minimum, column.maximum, column.max_length) {
        (Some(least), Some(most), _) => format!("{least}–{most}"),
        (Some(least), None, _) => format!("不小于 {least}"),
        (None, Some(most), _) => format!("不大于 {most}"),
        (None, None, Some(most)) => format!("不超过 {most} 字"),
        (None, None, None) => String::new(),
    }
}

/// The message beside a cell: required or not, what it holds, how to fill it, an example.
pub(super) fn message(column: &ColumnDef) -> String {
    let mut parts = vec![format!("{}{}", if column.required { "必填 · " } else { "" }, type_words(column))];
    parts.extend(Some(column.note.zh.clone()).filter(|note| !note.is_empty()));
    parts.extend(Some(limits(column)).filter(|limits| !limits.is_empty()));
    parts.extend(Some(&column.example).filter(|example| !example.is_empty()).map(|example| format!("例：{example}")));
    cut(&parts.join("\n"), MOST_UNITS)
}

fn cut(text: &str, units: usize) -> String {
    let mut left = units;
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    text.chars().take_while(fits).collect()
}

/// The validation of a column's cells. A value outside a list is refused; anything else that looks wrong is asked
/// about, because intake reads more notations than a validation can name. `range` holds the values that
/// [`needs_range`] speaks of; without one such a column has a message only.
pub(super) fn validation(column: &ColumnDef, range: Option<&str>) -> Result<DataValidation, XlsxError> {
    let first_day = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let most_text = |most: u32| DataValidationRule::LessThanOrEqualTo(most);
    let choices = choices(column);
    let blank = DataValidation::new();
    let (rule, style, what) = match column.cell {
        CellType::Category | CellType::Flag => {
            let listed = match range {
                Some(range) => blank.allow_list_formula(Formula::new(range)),
                None if needs_range(column) => blank.allow_any_value(),
                None => blank.allow_list_strings(&choices)?,
            };
            (listed, DataValidationErrorStyle::Stop, "请从下拉列表中选择。".to_owned())
        }
        CellType::Date | CellType::Instant => {
            let rule = blank.allow_date(DataValidationRule::GreaterThanOrEqualTo(first_day));
            (rule, DataValidationErrorStyle::Warning, "应为 2000 年以后的日期，如 2026-11-16。".to_owned())
        }
        CellType::Integer => {
            let (least, most) = (column.minimum.unwrap_or(-1e9) as i32, column.maximum.unwrap_or(1e9) as i32);
            let rule = blank.allow_whole_number(DataValidationRule::Between(least, most));
            (rule, DataValidationErrorStyle::Warning, format!("应为整数 {}。", limits(column)))
        }
        CellType::Number | CellType::Money => {
            let (least, most) = (column.minimum.unwrap_or(-1e12), column.maximum.unwrap_or(1e12));
            let rule = blank.allow_decimal_number(DataValidationRule::Between(least, most));
            (rule, DataValidationErrorStyle::Warning, format!("应为数字 {}。", limits(column)))
        }
        CellType::Phone => {
            let rule = blank.allow_text_length(DataValidationRule::EqualTo(11));
            (rule, DataValidationErrorStyle::Warning, "手机号应为 11 位。".to_owned())
        }
        CellType::Vin => {
            let rule = blank.allow_text_length(DataValidationRule::EqualTo(17));
            (rule, DataValidationErrorStyle::Warning, "车架号应为 17 位，不含 I、O、Q。".to_owned())
        }
        _ => match column.max_length {
            Some(most) => {
                let rule = blank.allow_text_length(most_text(most));
                (rule, DataValidationErrorStyle::Warning, format!("{}。", limits(column)))
            }
            None => (blank.allow_any_value(), DataValidationErrorStyle::Information, String::new()),
        },
    };
    let mut validation = rule
        .ignore_blank(true)
        .set_error_style(style)
        .set_input_title(cut(&column.title.zh, 32))?
        .set_input_message(message(column))?;
    if !what.is_empty() {
        validation =
            validation.set_error_title(cut(&column.title.zh, 32))?.set_error_message(cut(&what, MOST_UNITS))?;
    }
    Ok(validation)
}

//! Cells that a clerk fills in: format, dropdown, limits and the message beside the cell, from a column's definition.

use super::style::{DATE, INSTANT, Style};
use crate::{
    catalog::{CellType, ColumnDef},
    report::words::Words,
};
use chrono::NaiveDate;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign, Formula, XlsxError,
};

/// UTF-16 units of a list of values or a message that a validation holds.
const MOST_UNITS: usize = 255;

/// What a flag's cell holds: yes and no.
const FLAGS: [&str; 2] = ["\u{662f}", "\u{5426}"];

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
    least.max(crate::report::table::text_width(&column.title.zh) + 5.0)
}

/// What a cell holds, in a clerk's words.
pub(super) fn type_words(column: &ColumnDef, words: &Words) -> String {
    words.word(match column.cell {
        CellType::Text => "entry.text",
        CellType::Category => "entry.category",
        CellType::Phone => "entry.phone",
        CellType::Vin => "entry.vin",
        CellType::Plate => "cell.plate",
        CellType::CustomerKey => "entry.customer_key",
        CellType::Date => "cell.date",
        CellType::Instant => "entry.instant",
        CellType::Integer => "cell.integer",
        CellType::Number => "cell.number",
        CellType::Money => "cell.money",
        CellType::Flag => "cell.flag",
    })
}

/// The values a dropdown offers; empty when the column is open.
pub(super) fn choices(column: &ColumnDef) -> Vec<&str> {
    match column.cell {
        // As intake reads them, in whatever language the rest is.
        CellType::Flag => FLAGS.to_vec(),
        _ => column.values.iter().map(|value| &*value.value).collect(),
    }
}

/// Whether the values have to stand in cells, because a validation cannot hold them.
pub(super) fn needs_range(column: &ColumnDef) -> bool {
    let choices = choices(column);
    choices.join(",").encode_utf16().count() > MOST_UNITS || choices.iter().any(|value| value.contains(','))
}

/// Limits in words: `1–100`, `不小于 0`, `不超过 40 字`.
pub(super) fn limits(column: &ColumnDef, words: &Words) -> String {
    let n = |number: f64| number.to_string();
    match (column.minimum, column.maximum, column.max_length) {
        (Some(least), Some(most), _) => format!("{least}–{most}"),
        (Some(least), None, _) => words.fill("entry.at_least", &[("n", &n(least))]),
        (None, Some(most), _) => words.fill("entry.at_most", &[("n", &n(most))]),
        (None, None, Some(most)) => words.fill("entry.at_most_characters", &[("n", &most.to_string())]),
        (None, None, None) => String::new(),
    }
}

/// The message beside a cell: required or not, what it holds, how to fill it, an example.
pub(super) fn message(column: &ColumnDef, words: &Words) -> String {
    let kind = type_words(column, words);
    let required = words.word("dictionary.yes");
    let mut parts = vec![if column.required { format!("{required} · {kind}") } else { kind }];
    let example = &column.example;
    parts.push(words.text(&column.note));
    parts.push(limits(column, words));
    if !example.is_empty() {
        parts.push(words.fill("entry.example", &[("example", example)]));
    }
    parts.retain(|part| !part.is_empty());
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
pub(super) fn validation(column: &ColumnDef, range: Option<&str>, words: &Words) -> Result<DataValidation, XlsxError> {
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
            (listed, DataValidationErrorStyle::Stop, words.word("entry.choose"))
        }
        CellType::Date | CellType::Instant => {
            let rule = blank.allow_date(DataValidationRule::GreaterThanOrEqualTo(first_day));
            (rule, DataValidationErrorStyle::Warning, words.word("entry.date_like"))
        }
        CellType::Integer => {
            let (least, most) = (column.minimum.unwrap_or(-1e9) as i32, column.maximum.unwrap_or(1e9) as i32);
            let rule = blank.allow_whole_number(DataValidationRule::Between(least, most));
            (
                rule,
                DataValidationErrorStyle::Warning,
                words.fill("entry.integer_like", &[("limits", &limits(column, words))]),
            )
        }
        CellType::Number | CellType::Money => {
            let (least, most) = (column.minimum.unwrap_or(-1e12), column.maximum.unwrap_or(1e12));
            let rule = blank.allow_decimal_number(DataValidationRule::Between(least, most));
            (
                rule,
                DataValidationErrorStyle::Warning,
                words.fill("entry.number_like", &[("limits", &limits(column, words))]),
            )
        }
        CellType::Phone => {
            let rule = blank.allow_text_length(DataValidationRule::EqualTo(11));
            (rule, DataValidationErrorStyle::Warning, words.word("entry.phone_like"))
        }
        CellType::Vin => {
            let rule = blank.allow_text_length(DataValidationRule::EqualTo(17));
            (rule, DataValidationErrorStyle::Warning, words.word("entry.vin_like"))
        }
        _ => match column.max_length {
            Some(most) => {
                let rule = blank.allow_text_length(most_text(most));
                (rule, DataValidationErrorStyle::Warning, limits(column, words))
            }
            None => (blank.allow_any_value(), DataValidationErrorStyle::Information, String::new()),
        },
    };
    let mut validation = rule
        .ignore_blank(true)
        .set_error_style(style)
        .set_input_title(cut(&words.text(&column.title), 32))?
        .set_input_message(message(column, words))?;
    if !what.is_empty() {
        validation = validation
            .set_error_title(cut(&words.text(&column.title), 32))?
            .set_error_message(cut(&what, MOST_UNITS))?;
    }
    Ok(validation)
}

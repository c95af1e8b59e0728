//! Cells that a clerk fills in: format, dropdown, limits and the message beside the cell, from a column's definition.

use super::style::{DATE, INSTANT, Style};
use crate::{
    catalog::{CellType, ColumnDef},
    model::{CellRef, PersonalClass},
    report::words::Words,
};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, Format, FormatAlign, Formula, XlsxError,
};

/// UTF-16 units of a list of values or a message that a validation holds.
const MOST_UNITS: usize = 255;

/// The first and the last day that a date is not asked about, as Excel counts them: 2000 and 2100.
const FIRST_DAY: f64 = 36_526.0;
const LAST_DAY: f64 = 73_415.0;

/// The first day that a birthday is not asked about: the first that a spreadsheet counts.
const FIRST_BIRTHDAY: f64 = 1.0;

/// Characters of the shortest phone, a landline without its area, and of a VIN; either may be written with more.
const SHORTEST_PHONE: u32 = 7;
const VIN: u32 = 17;

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
        // Everything else, months too, is text as typed: a phone or a number of the store's own keeps its zeros and all its digits.
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
        CellType::Month => "entry.month",
        CellType::Period => "entry.period",
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

/// The validation of a column's cells, `first` being the uppermost. What looks wrong is asked about and never refused, and
/// what intake may read is not even asked about: it reads more notations than a validation can name (`35万`,
/// `2026年3月5日`), so that a number is held to its limits and a text to nothing. `range` holds the values that
/// [`needs_range`] speaks of; without one such a column has a message only.
pub(super) fn validation(
    column: &ColumnDef,
    first: CellRef,
    range: Option<&str>,
    words: &Words,
) -> Result<DataValidation, XlsxError> {
    let number_between =
        |least: f64, most: f64| Formula::new(format!("=OR(ISTEXT({first}),AND({first}>={least},{first}<={most}))"));
    let choices = choices(column);
    let blank = DataValidation::new();
    let (rule, style, what) = match column.cell {
        CellType::Category | CellType::Flag => {
            let listed = match range {
                Some(range) => blank.allow_list_formula(Formula::new(range)),
                None if needs_range(column) => blank.allow_any_value(),
                None => blank.allow_list_strings(&choices)?,
            };
            (listed, DataValidationErrorStyle::Warning, words.word("entry.choose"))
        }
        CellType::Date | CellType::Instant => {
            let birthday = column.personal == Some(PersonalClass::Birthday);
            let first = if birthday { FIRST_BIRTHDAY } else { FIRST_DAY };
            let rule = blank.allow_custom(number_between(first, LAST_DAY));
            (rule, DataValidationErrorStyle::Warning, words.word("entry.date_like"))
        }
        CellType::Integer => {
            let rule =
                blank.allow_custom(number_between(column.minimum.unwrap_or(-1e9), column.maximum.unwrap_or(1e9)));
            (
                rule,
                DataValidationErrorStyle::Warning,
                words.fill("entry.integer_like", &[("limits", &limits(column, words))]),
            )
        }
        CellType::Number | CellType::Money => {
            let rule =
                blank.allow_custom(number_between(column.minimum.unwrap_or(-1e12), column.maximum.unwrap_or(1e12)));
            (
                rule,
                DataValidationErrorStyle::Warning,
                words.fill("entry.number_like", &[("limits", &limits(column, words))]),
            )
        }
        CellType::Phone => {
            let rule = blank.allow_text_length(DataValidationRule::GreaterThanOrEqualTo(SHORTEST_PHONE));
            (rule, DataValidationErrorStyle::Warning, words.word("entry.phone_like"))
        }
        CellType::Vin => {
            let rule = blank.allow_text_length(DataValidationRule::GreaterThanOrEqualTo(VIN));
            (rule, DataValidationErrorStyle::Warning, words.word("entry.vin_like"))
        }
        _ => match column.max_length {
            Some(most) => {
                let rule = blank.allow_text_length(DataValidationRule::LessThanOrEqualTo(most));
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

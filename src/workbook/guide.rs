//! The guide to the blank sheets: every column of the blank sheets, what it means and an example; and the lists too long for a dropdown.

use super::{book::Page, entry, table};
use crate::{
    catalog::{CellType, ColumnDef, SheetDef},
    model::{CellRef, Lang, Text},
    report::{
        table::{Cell, Column, Kind, Mark, Row, Table, Tone},
        words::Words,
    },
};
use rust_xlsxwriter::XlsxError;
use std::{borrow::Cow, sync::Arc};

/// The first column of the long lists, from 0: right of the table and a gap.
const FIRST_LIST: u16 = 10;
/// Row of a list's title, from 0; its values follow.
const LIST_TITLE: u32 = 0;

/// Where the values stand that a dropdown cannot hold itself.
pub(super) struct Ranges {
    lists: Vec<(Arc<str>, Arc<str>, Vec<String>)>,
}

impl Ranges {
    /// The long lists of some sheets.
    pub(super) fn of(sheets: &[&SheetDef]) -> Ranges {
        let columns = sheets.iter().flat_map(|sheet| sheet.columns.iter().map(move |column| (sheet, column)));
        let long = columns.filter(|(_, column)| column.cell == CellType::Category && entry::needs_range(column));
        let list = |(sheet, column): (&&SheetDef, &ColumnDef)| {
            let values = entry::choices(column).into_iter().map(str::to_owned).collect();
            (sheet.id.clone(), column.field.clone(), values)
        };
        Ranges { lists: long.map(list).collect() }
    }

    /// The cells on the sheet `guide` that hold a column's values, as a formula.
    pub(super) fn of_column(&self, guide: &str, sheet: &SheetDef, column: &ColumnDef) -> Option<String> {
        let place = self.lists.iter().position(|(id, field, _)| *id == sheet.id && *field == column.field)?;
        let letters = CellRef::column_letters(u32::from(FIRST_LIST) + u32::try_from(place).ok()?);
        let (first, last) = (LIST_TITLE + 2, LIST_TITLE + 1 + u32::try_from(self.lists[place].2.len()).ok()?);
        Some(format!("='{guide}'!${letters}${first}:${letters}${last}"))
    }
}

/// Writes the sheet.
pub(super) fn write(
    page: &mut Page<'_>,
    sheets: &[&SheetDef],
    ranges: &Ranges,
    words: &Words,
) -> Result<(), XlsxError> {
    let word = |key: &str| words.word(key);
    let steps = ["entry.step_cover", "entry.step_sheets", "entry.step_required", "entry.step_hand_in"];
    page.head(&word("entry.guide"), &steps.map(word))?;
    page.row += 1;
    let columns = vec![
        Column::new(word("board.sheet"), Kind::Text, 14.0),
        Column::new(word("dictionary.column"), Kind::Text, 18.0),
        Column::new(word("dictionary.required"), Kind::Word, 8.0),
        Column::new(word("dictionary.type"), Kind::Prose, 26.0),
        Column::new(word("dictionary.note"), Kind::Prose, 46.0),
        Column::new(word("dictionary.values"), Kind::Prose, 46.0),
        Column::new(word("dictionary.example"), Kind::Prose, 22.0),
        Column::new(word("dictionary.also_titles"), Kind::Prose, 46.0),
    ];
    let lines = sheets.iter().flat_map(|sheet| sheet.columns.iter().map(move |column| (*sheet, column)));
    let rows = lines.map(|(sheet, column)| {
        let choices = entry::choices(column).join(&word("table.comma"));
        let yes = word("dictionary.yes").into();
        let required = Mark { state: "required", mark: "*", word: yes, text: "".into(), tone: Tone::Bad };
        Row::from(vec![
            Cell::text(sheet_name(sheet, words)),
            Cell::text(title(&column.title, words)),
            if column.required { Cell::Mark(required) } else { Cell::Blank },
            Cell::text(entry::type_words(column, words)),
            Cell::text(words.text(&column.note)),
            Cell::text(if choices.is_empty() { entry::limits(column, words) } else { choices }),
            Cell::text(column.example.as_str()),
            Cell::text(column.synonyms.join(&word("table.comma"))),
        ])
    });
    let rows = rows.collect();
    let table = Table { columns, rows, lead: 2, empty: word("dictionary.none").into(), ..Table::default() };
    table::write(page, &table, true)?;
    let style = page.style;
    for (col, (sheet, field, values)) in (FIRST_LIST..).zip(&ranges.lists) {
        let definition = sheets.iter().find(|known| known.id == *sheet);
        let column = definition.and_then(|sheet| sheet.field(field).map(|index| (sheet, &sheet.columns[index])));
        let named = |(sheet, column): (&&SheetDef, &ColumnDef)| {
            format!("{}·{}", sheet_name(sheet, words), title(&column.title, words))
        };
        page.text(LIST_TITLE, col, &column.map(named).unwrap_or_default(), &style.header)?;
        for (row, value) in (LIST_TITLE + 1..).zip(values) {
            page.text(row, col, value, &style.text)?;
        }
    }
    Ok(())
}

/// The name under which intake knows a sheet.
pub(super) fn sheet_name<'s>(sheet: &'s SheetDef, words: &Words) -> Cow<'s, str> {
    title(&sheet.title, words)
}

/// A title that intake reads back: as the definition writes it, in another language with that in brackets behind it.
pub(super) fn title<'t>(text: &'t Text, words: &Words) -> Cow<'t, str> {
    match words.lang() {
        Lang::En if !text.en.is_empty() && text.en != text.zh => format!("{} ({})", text.zh, text.en).into(),
        _ => text.zh.as_str().into(),
    }
}

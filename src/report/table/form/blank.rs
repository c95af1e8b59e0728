//! A form without anything in it, to be filled by hand: its headings, the rows that it always has, empty lines.

use crate::{
    catalog::{
        Form,
        form::{Block, Body, Shows, Sums},
    },
    report::{
        table::{Cell, Column, Kind, Row, Table, text_width},
        words::Words,
    },
};

/// Empty lines of a block that has no rows of its own.
const LINES: usize = 12;

/// A table of a blank form with the lines under it.
pub(crate) struct Blank<'a> {
    pub table: Table<'a>,
    pub after: Vec<String>,
}

/// The tables of a blank form. What only reckons (scores, findings, figures of KPIs) is left out.
pub(crate) fn blank<'a>(form: &'a Form, words: &Words) -> Vec<Blank<'a>> {
    let tables = form.blocks.iter().filter_map(|block| {
        let table = match &block.body {
            Body::Sums(sums) => of_sums(block, sums, words),
            Body::Rows(listing) if listing.card => card(block, words),
            Body::Rows(_) => lines(block, LINES, words),
            Body::Hand(count) => lines(block, *count, words),
            Body::Lines(all) => of_lines(block, all, words)?,
            Body::Scores | Body::Checks(_) => return None,
        };
        let after = block.after.iter().map(|text| words.text(text)).collect();
        Some(Blank { table: Table { title: words.text(&block.title).into(), ..table }, after })
    });
    tables.collect()
}

fn column<'a>(title: String, width: Option<f64>) -> Column<'a> {
    let width = width.unwrap_or_else(|| (text_width(&title) * 0.75 + 4.0).clamp(10.0, 26.0));
    Column::new(title, Kind::Text, width)
}

/// The columns that somebody can fill: an `each` stands for values that only rows would give.
fn columns<'a>(block: &Block, words: &Words) -> Vec<Column<'a>> {
    let fillable = block.columns.iter().filter(|own| match &own.shows {
        Shows::Number(number) => !number.each && own.across.is_none(),
        Shows::Basis => false,
        _ => true,
    });
    fillable.map(|own| column(words.text(&own.title), own.width)).collect()
}

fn lines<'a>(block: &Block, count: usize, words: &Words) -> Table<'a> {
    let columns = columns(block, words);
    let row = |_| Row::from(columns.iter().map(|_| Cell::Entry).collect::<Vec<_>>());
    Table { rows: (0..count).map(row).collect(), columns, ..Table::default() }
}

fn of_sums<'a>(block: &Block, sums: &Sums, words: &Words) -> Table<'a> {
    let mut all = vec![column(words.text(&sums.row_title), Some(18.0))];
    all.extend(columns(block, words));
    let entries = all.len() - 1;
    let row = |first: Cell<'a>| {
        let entries = (0..entries).map(|_| Cell::Entry);
        Row::from(std::iter::once(first).chain(entries).collect::<Vec<_>>())
    };
    let label = |name: &std::sync::Arc<str>| match sums.labels.get(name) {
        Some(label) => words.text(label),
        None => words.zh(name),
    };
    let rows = match sums.row_values.is_empty() {
        true => (0..LINES).map(|_| row(Cell::Entry)).collect(),
        false => sums.row_values.iter().map(|name| row(Cell::text(label(name)))).collect(),
    };
    Table { columns: all, rows, lead: 1, ..Table::default() }
}

fn card<'a>(block: &Block, words: &Words) -> Table<'a> {
    let columns = vec![
        Column::new(words.word("form.item"), Kind::Text, 18.0),
        Column::new(words.word("form.content"), Kind::Prose, 60.0),
    ];
    let row = |own: &crate::catalog::form::FormColumn| Row::from(vec![Cell::text(words.text(&own.title)), Cell::Entry]);
    Table { columns, rows: block.columns.iter().map(row).collect(), lead: 1, headless: true, ..Table::default() }
}

/// Lines of texts to be filled beside; `None` where all that stands beside them are figures.
fn of_lines<'a>(block: &Block, all: &crate::catalog::form::Lines, words: &Words) -> Option<Table<'a>> {
    let kept: Vec<_> =
        block.columns.iter().filter(|own| matches!(own.shows, Shows::Text(_) | Shows::Hand(_))).collect();
    kept.iter().find(|own| matches!(own.shows, Shows::Hand(_)))?;
    let row = |line: &crate::catalog::form::Line| {
        let cell = |own: &&crate::catalog::form::FormColumn| match &own.shows {
            Shows::Text(name) => line.texts.get(name).map_or(Cell::Blank, |text| Cell::text(words.text(text))),
            _ => Cell::Entry,
        };
        Row::from(kept.iter().map(cell).collect::<Vec<_>>())
    };
    let columns = kept.iter().map(|own| column(words.text(&own.title), own.width)).collect();
    Some(Table { columns, rows: all.lines.iter().map(row).collect(), lead: 1, ..Table::default() })
}

//! A table of a form as a picture: what is drawn stands in the table, so that nobody depends on seeing it.

use super::Filler;
use crate::{
    catalog::form::{Block, Body, PictureKind, Shows},
    report::{
        page::Link,
        table::{Cell, Kind, Medium, Row, Table, Tone},
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a drawing is made of.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Picture {
    /// What kind of drawing it is, as its definition says.
    pub kind: PictureKind,
    /// What it is called.
    pub title: String,
    /// The titles of the columns that it draws.
    pub columns: Vec<String>,
    /// One for each row.
    pub marks: Vec<PictureMark>,
    /// The first and the last day of the form's period.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The day of the cut-off.
    pub today: NaiveDate,
}

/// A row as it is drawn.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PictureMark {
    /// What it is called.
    pub label: String,
    /// What stands behind it.
    pub link: Option<Link>,
    /// Its cells in the columns that are drawn.
    pub cells: Vec<PictureCell>,
}

/// A cell as it is drawn.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct PictureCell {
    /// As a page writes it.
    pub text: String,
    /// Its number, if it is one.
    pub number: Option<f64>,
    /// Its day, if it is one.
    pub day: Option<NaiveDate>,
    /// It is not as it should be.
    pub bad: bool,
    /// What stands behind it.
    pub link: Option<Link>,
}

impl PictureCell {
    fn of(cell: &Cell<'_>) -> PictureCell {
        let text = |text: &str| PictureCell { text: text.to_owned(), ..PictureCell::default() };
        match cell {
            Cell::Blank | Cell::Entry | Cell::Trend(_) => PictureCell::default(),
            Cell::Text(own) => text(own),
            Cell::Link(own, link) => PictureCell { link: Some(link.clone()), ..text(own) },
            Cell::Number(number) => PictureCell { number: Some(*number), ..text(&number.to_string()) },
            Cell::Date(day) => PictureCell { day: Some(*day), ..text(&day.to_string()) },
            Cell::Mark(mark) => PictureCell { bad: mark.tone == Tone::Bad, ..text(&mark.word) },
            Cell::Value(value) => PictureCell {
                number: value.number,
                bad: value.tone == Tone::Bad,
                link: value.link.clone(),
                ..text(&value.text)
            },
        }
    }
}

impl Filler<'_, '_> {
    /// The picture of a table of a block, where it has one and anything stands in it.
    pub(crate) fn picture(&self, block: &Block, table: &Table<'_>) -> Option<Picture> {
        let asked = block.picture.as_ref()?;
        let drawn: Vec<usize> = match asked.columns.is_empty() {
            true => numbers(table),
            false => asked.columns.iter().filter_map(|name| at(table, name)).collect(),
        };
        let text = |at: usize| table.columns[at].title.to_string();
        let base = self.base();
        let mark = |(nth, row): (usize, &Row<'_>)| {
            let first = PictureCell::of(row.cells.first().unwrap_or(&Cell::Blank));
            let mut cells: Vec<PictureCell> =
                drawn.iter().map(|at| PictureCell::of(row.cells.get(*at).unwrap_or(&Cell::Blank))).collect();
            cells.extend(self.unseen(block, nth, &asked.columns));
            PictureMark { label: first.text, link: first.link, cells }
        };
        (!table.rows.is_empty()).then(|| Picture {
            kind: asked.kind,
            title: [self.title(), table.title.to_string()].join(" · "),
            columns: drawn.iter().map(|at| text(*at)).collect(),
            marks: table.rows.iter().enumerate().map(mark).collect(),
            from: base.start,
            to: base.end().pred_opt().unwrap_or(base.start),
            today: self.lookup().edition.cutoff.date(),
        })
    }

    /// Texts of a line that no column shows but the picture draws.
    fn unseen(&self, block: &Block, nth: usize, names: &[std::sync::Arc<str>]) -> Vec<PictureCell> {
        let Body::Lines(lines) = &block.body else { return Vec::new() };
        let Some(line) = lines.lines.get(nth) else { return Vec::new() };
        let unseen = names.iter().filter(|name| !block.columns.iter().any(|column| column.id == **name));
        let cell = |text: &crate::model::Text| PictureCell { text: self.words().text(text), ..PictureCell::default() };
        unseen.filter_map(|name| line.texts.get(name)).map(cell).collect()
    }
}

fn at(table: &Table<'_>, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.of_form.is_some_and(|own| *own.id == *name))
}

/// The columns of numbers: where there are such, those that stand for values, without what is summed of them.
fn numbers(table: &Table<'_>) -> Vec<usize> {
    let all: Vec<usize> = (1..table.columns.len()).filter(|at| is_number(table, *at)).collect();
    let is_each = |at: &usize| {
        let own = table.columns[*at].of_form.map(|own| &own.shows);
        matches!(own, Some(Shows::Number(number)) if number.each)
    };
    let each: Vec<usize> = all.iter().copied().filter(is_each).collect();
    if each.is_empty() { all } else { each }
}

fn is_number(table: &Table<'_>, at: usize) -> bool {
    let column = &table.columns[at];
    column.is_on(Medium::Page) && matches!(column.kind, Kind::Value | Kind::Number(_))
}

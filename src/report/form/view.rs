//! A form as a page shows it.

use super::{Filler, picture::Picture};
use crate::report::{
    figure,
    page::{Draw, Named},
};
use serde::Serialize;

/// A form with its tables, drawn.
#[derive(Debug, Serialize)]
pub(crate) struct FormView {
    pub title: String,
    pub head: String,
    pub meaning: String,
    pub blocks: Vec<Drawn>,
    pub foot: Vec<String>,
    /// To the stores that have it, where no table names them.
    pub stores: Vec<Named>,
    pub part: usize,
    pub parts: Vec<Named>,
}

/// A table of a form, drawn.
#[derive(Debug, Serialize)]
pub(crate) struct Drawn {
    pub id: String,
    pub title: String,
    pub table: String,
    /// So many more rows are on the list than it shows.
    pub more: String,
    /// Lines under it.
    pub after: Vec<String>,
    /// It begins a page of its own on paper.
    pub new_page: bool,
    /// The picture of it.
    pub picture: Option<Picture>,
}

impl FormView {
    pub(super) fn new(filler: &Filler<'_, '_>, draw: &Draw<'_>) -> FormView {
        let laid = filler.laid();
        let last = |nth: usize, at: usize| laid.get(nth + 1).is_none_or(|next| next.at != at);
        let drawn = laid.iter().enumerate().map(|(nth, own)| {
            let listed = filler.filled(own.at).map_or(0, |block| block.listed.saturating_sub(block.rows.len()));
            Drawn {
                id: format!("{}-title", own.table.id),
                title: own.table.title.to_string(),
                table: draw(&own.table),
                more: match listed {
                    n if n > 0 && last(nth, own.at) => {
                        filler.words().fill("form.more", &[("n", &figure::tally(n as u64))])
                    }
                    _ => String::new(),
                },
                after: own.after.clone(),
                new_page: own.new_page,
                picture: filler.picture(own.block, &own.table),
            }
        });
        FormView {
            title: filler.title(),
            head: filler.head(),
            meaning: filler.words().text(&filler.form.meaning),
            blocks: drawn.collect(),
            foot: filler.foot(),
            stores: Vec::new(),
            part: 1,
            parts: Vec::new(),
        }
    }
}

//! What somebody has to do first, out of all lists: what is due before what is not, what loses most by waiting before what
//! loses less, then the longest overdue.

use super::{
    Cell, Column, Kind, Measure, Row, Table,
    worklist::{self, Numbered},
};
use crate::{
    catalog::Worklist,
    model::{Period, PersonalClass, WorklistRow},
    report::{lookup::StoreLookup, privacy, worklist as page},
};
use std::cmp::Reverse;

/// Rows of a day's work.
const ROWS: usize = 20;

/// The table of one person of a store.
pub(crate) fn table<'a>(store: &StoreLookup<'a>, name: &str) -> Table<'a> {
    let words = store.words;
    let word = |key: &str| words.word(key);
    let columns = vec![
        Column::new(word("work.list"), Kind::Text, 22.0),
        Column::new(word("table.reference"), Kind::Text, 16.0),
        Column::new(word("work.due"), Kind::Date, 12.0),
        Column::new(word("work.days"), Kind::Number(Measure::DAYS_OVER), 13.0),
        Column::new(word("work.why"), Kind::Prose, 32.0),
        Column::new(word("explain.next_step"), Kind::Prose, 40.0),
    ];
    let rows = first(store, name).into_iter().map(|(list, row)| {
        Row::from(vec![
            Cell::Link(words.text(&list.title).into(), page::link(store.id(), &list.id, 1)),
            Cell::text(privacy::masked(Some(PersonalClass::Key), &row.customer_ref)),
            Cell::date(row.due),
            row.days_over.map_or(Cell::Blank, |days| worklist::days_over(days).cell()),
            Cell::text(words.text(&row.reason)),
            Cell::text(words.text(&list.next_step)),
        ])
    });
    let rows = rows.collect();
    Table { columns, rows, lead: 1, empty: word("work.empty").into(), ..Table::default() }
}

/// The rows, in the order of doing.
fn first<'a>(store: &StoreLookup<'a>, name: &str) -> Vec<(&'a Worklist, &'a WorklistRow)> {
    let lists = store.edition.catalog.worklists.iter();
    let own = |list: &'a Worklist| {
        let rows = store.worklist(&list.id).iter().filter(|row| row.owner.as_deref() == Some(name));
        rows.map(move |row| (list, row))
    };
    let mut rows: Vec<_> = lists.flat_map(own).collect();
    rows.sort_by_key(|(list, row)| turn(list, row));
    rows.truncate(ROWS);
    rows
}

/// When it is a row's turn.
fn turn(list: &Worklist, row: &WorklistRow) -> impl Ord + use<> {
    let ahead = row.days_over.is_some_and(|days| days < 0);
    (ahead, Reverse(list.loss), Reverse(row.days_over))
}

/// All of one person's rows that name somebody to call, in the order of doing, ready to fill in.
pub(crate) fn to_fill<'a>(store: &StoreLookup<'a>, of_store: &[Numbered<'a>], name: &str, week: Period) -> Table<'a> {
    let mut rows: Vec<&Numbered<'a>> = of_store.iter().filter(|one| one.row.owner.as_deref() == Some(name)).collect();
    rows.sort_by_key(|one| turn(one.list, one.row));
    worklist::of_several(store, &rows, week)
}

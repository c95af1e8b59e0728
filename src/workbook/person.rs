//! The workbook of one person of a store: what to do today out of all lists, ready to fill in and to drop back like the store's
//! own, what is in hand, how it went. It holds customers in full and belongs to the store alone.

use super::{WorkbookError, book::Book, carried::Carried, cover, store::Pack};
use crate::{
    model::WorklistRow,
    project::settings::slug,
    report::{
        Edition, Standing, StoreMaterial,
        lookup::StoreLookup,
        table::{
            Sheet, person, today,
            worklist::{self, Numbered},
        },
        words::Words,
        worklist::working_week,
    },
};
use rust_xlsxwriter::XlsxError;

/// A workbook for each of a store's people who has anything to do, in hand or to show, with its name. `pools` are the rows of
/// the catalogue's pools.
///
/// # Errors
/// When the content breaks a limit of the format.
pub fn people(
    edition: Edition<'_>,
    words: &Words,
    material: &StoreMaterial<'_>,
    pools: &[WorklistRow],
) -> Result<Vec<(String, Vec<u8>)>, WorkbookError> {
    let nowhere = Standing::default();
    let store = StoreLookup::new(edition, words, material, &nowhere);
    let lists = worklist::numbered(&store, working_week(&store));
    let mut books = Vec::new();
    for name in &store.digest.staff {
        if let Some(bytes) = book(&store, &lists, pools, name)? {
            books.push((format!("{}.xlsx", slug(name)), bytes));
        }
    }
    Ok(books)
}

/// One person's workbook; `None` where there is nothing to put into it.
fn book(
    store: &StoreLookup<'_>,
    lists: &[Numbered<'_>],
    pools: &[WorklistRow],
    name: &str,
) -> Result<Option<Vec<u8>>, XlsxError> {
    let words = store.words;
    let word = |key: &str| words.word(key);
    let month = cover::month(store, store.months.focus);
    let day = store.edition.cutoff.date();
    let to_do = today::to_fill(store, lists, name, working_week(store));
    let figures = person::figures(store, name);
    let own = |row: &&WorklistRow| row.owner.as_deref() == Some(name);
    let of = |list: &str| pools.iter().filter(|row| *row.list == *list).filter(own).collect::<Vec<_>>();
    let in_hand = store.edition.catalog.pools.iter().map(|pool| (pool, of(&pool.id)));
    let in_hand: Vec<_> = in_hand.filter(|(_, rows)| !rows.is_empty()).collect();
    if to_do.rows.is_empty() && figures.rows.is_empty() && in_hand.is_empty() {
        return Ok(None);
    }
    let title = format!("{} {name} {day}", store.material.store.name);
    let book = Book::new(&title, store.edition.settings, Some(store.edition.cutoff), words)?;
    let mut pack = Pack { book, carried: Carried::new(store.id(), store.edition.cutoff) };

    let title = word("pack.to_do");
    let about = words.fill("pack.to_do_about", &[("n", &to_do.rows.len().to_string())]);
    let how = words.fill("pack.list_how", &[("store", store.id())]);
    let notes = vec![word("pack.to_do_note").into(), how.into()];
    pack.add(&title, about, &Sheet::new(&*title, notes, vec![to_do]))?;

    for (pool, rows) in &in_hand {
        let title = words.text(&pool.title);
        let about = words.fill("pack.pool_about", &[("n", &rows.len().to_string())]);
        let notes = vec![words.text(&pool.meaning).into()];
        pack.add(&title, about, &Sheet::new(&*title, notes, vec![person::pool(store, pool, rows)]))?;
    }

    let title = word("pack.scorecard");
    let notes = vec![month.clone().into(), word("people.note").into()];
    let mut tables = vec![figures];
    tables.extend(person::cards(store, name));
    let about = words.fill("pack.scorecard_about", &[("month", &month)]);
    pack.add(&title, about, &Sheet::new(&*title, notes, tables))?;

    let (mut page, contents) = pack.book.cover()?;
    cover::person(&mut page, contents, store, name)?;
    pack.bytes().map(Some)
}

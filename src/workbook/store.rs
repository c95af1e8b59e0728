//! A store's workbook: its figures, what to do this week, and the rows behind both. It holds the store's customers in
//! full and belongs to the store alone.

use super::{WorkbookError, book::Book, carried::Carried, cover, table};
use crate::{
    catalog::Worklist,
    model::{Period, WorklistRow},
    report::{
        Edition, Standing, StoreMaterial, Yardstick,
        lookup::StoreLookup,
        submissions,
        table::{self as tables, Printed, Sheet, Table, evidence, findings, people, scores, worklist},
        words::Words,
        worklist::working_week,
    },
};
use rust_xlsxwriter::XlsxError;

/// Weeks of the submission board.
const WEEKS: usize = 14;
/// Rows behind one figure of one month.
const ROWS_BEHIND: usize = 40;
/// Findings listed, errors first; `findings.csv` has all.
const FINDINGS: usize = 2_000;

/// One store's workbook as a file, out of its own material, its places among the stores and the group's values.
///
/// # Errors
/// When the content breaks a limit of the format.
pub fn store_pack(
    edition: Edition<'_>,
    words: &Words,
    material: &StoreMaterial<'_>,
    standing: &Standing,
    yardstick: &Yardstick,
) -> Result<Vec<u8>, WorkbookError> {
    Ok(bytes(&StoreLookup::new(edition, words, material, standing), yardstick)?)
}

fn bytes(store: &StoreLookup<'_>, yardstick: &Yardstick) -> Result<Vec<u8>, XlsxError> {
    let words = store.words;
    let word = |key: &str| words.word(key);
    let (focus, before) = (store.months.focus, store.months.before);
    let month = cover::month(store, focus);
    let title = format!("{} {month}", store.material.store.name);
    let book = Book::new(&title, store.edition.settings, Some(store.edition.cutoff), words)?;
    let mut pack = Pack { book, carried: Carried::new(store.id(), store.edition.cutoff) };
    let kpis: Vec<_> = store.monthly().collect();

    let title = word("nav.kpis");
    let about = words.fill("pack.store_kpis_about", &[("n", &kpis.len().to_string())]);
    let notes = vec![format!("{} · {month}", store.material.store.name).into(), word("pack.rank_note").into()];
    let sheet = Sheet::new(&*title, notes, vec![scores::of_store(store, Some(yardstick), &kpis)]);
    pack.add(&title, about, &sheet)?;

    let week = working_week(store);
    lists(&mut pack, store, week)?;

    let title = word("people.title");
    let about = words.fill("pack.people_about", &[("month", &month)]);
    let notes = vec![month.clone().into(), word("people.note").into()];
    pack.add(&title, about, &Sheet::new(&*title, notes, vec![people::table(store)]))?;

    let (behind, left) = evidence::table(store, &[focus, before], ROWS_BEHIND);
    let title = word("pack.evidence");
    let about = words.fill("pack.evidence_about", &[("n", &behind.rows.len().to_string())]);
    let cut = [("n", left.to_string()), ("most", ROWS_BEHIND.to_string())];
    let cut = cut.each_ref().map(|(name, value)| (*name, value.as_str()));
    let cut = if left > 0 { words.fill("pack.evidence_cut", &cut) } else { String::new() };
    let notes = vec![word("pack.evidence_note").into(), cut.into()];
    pack.add(&title, about, &Sheet::new(&*title, notes, vec![behind]).printing(Printed::Head))?;

    problems(&mut pack, store)?;

    let title = word("board.title");
    let mut shown = Vec::new();
    let matrix = submissions::store_matrix(store, WEEKS);
    shown.extend(matrix.map(|matrix| tables::submissions::matrix(store, matrix, "board.sheet")));
    let lines =
        tables::submissions::lines(store, [(store.material.store, store.material.board)], &[focus, before], false);
    shown.push(Table { title: word("pack.board_lines").into(), ..lines });
    let notes = vec![word("pack.board_note").into()];
    let sheet = Sheet::new(&*title, notes, shown).printing(Printed::FirstTable);
    pack.add(&title, word("pack.store_board_about"), &sheet)?;

    let (mut page, contents) = pack.book.cover()?;
    cover::store(&mut page, contents, store)?;
    pack.bytes()
}

/// A workbook of a store with lists to fill in.
pub(super) struct Pack<'w> {
    pub book: Book<'w>,
    /// What is read back when it is dropped into the input; all its sheets are known by it, so that none is taken for another.
    pub carried: Carried,
}

impl Pack<'_> {
    /// Adds a sheet under a name, with its line of the contents.
    pub fn add(&mut self, name: &str, about: impl Into<String>, sheet: &Sheet<'_>) -> Result<(), XlsxError> {
        let mut page = self.book.page(name, about)?;
        self.carried.sheet(&page.name, &sheet.title);
        let placed = table::sheet(&mut page, sheet)?;
        let back = sheet.tables.iter().zip(&placed).filter(|(table, _)| table.returning.is_some());
        back.for_each(|(table, placed)| self.carried.table(table, placed, placed.header));
        Ok(())
    }

    /// The finished file.
    pub fn bytes(mut self) -> Result<Vec<u8>, XlsxError> {
        self.carried.write(&mut self.book)?;
        self.book.bytes()
    }
}

/// A sheet for each worklist that has rows, and one for rows that name nobody to call.
fn lists(pack: &mut Pack<'_>, store: &StoreLookup<'_>, week: Period) -> Result<(), XlsxError> {
    let words = store.words;
    if store.edition.catalog.sheet("follow_up").is_none() {
        return Ok(());
    }
    let mut without_key: Vec<(&Worklist, &WorklistRow)> = Vec::new();
    for list in &store.edition.catalog.worklists {
        let rows = store.worklist(&list.id).iter();
        let (named, nameless): (Vec<_>, Vec<_>) = rows.partition(|row| worklist::customer_key(row).is_some());
        without_key.extend(nameless.into_iter().map(|row| (list, row)));
        if named.is_empty() {
            continue;
        }
        let late = named.iter().filter(|row| row.days_over.is_some_and(|days| days > 0)).count();
        let title = words.text(&list.title);
        let about = [("n", named.len().to_string()), ("late", late.to_string())];
        let about = words.fill("pack.list_about", &about.each_ref().map(|(name, value)| (*name, value.as_str())));
        let next = words.text(&list.next_step);
        let next = if next.is_empty() { next } else { format!("{}{next}", words.word("work.next")) };
        let how = words.fill("pack.list_how", &[("store", store.id())]);
        let notes = vec![words.text(&list.meaning).into(), next.into(), how.into()];
        let tables = vec![worklist::table(store, list, &named, worklist::Reader::Store, week)];
        let name = format!("{:02} {title}", list.number);
        pack.add(&name, about, &Sheet::new(title, notes, tables))?;
    }
    if !without_key.is_empty() {
        let title = words.word("pack.nameless");
        let about = words.fill("pack.nameless_about", &[("n", &without_key.len().to_string())]);
        let notes = vec![words.word("pack.nameless_note").into()];
        let tables = vec![worklist::nameless(store, &without_key)];
        pack.add(&title, about, &Sheet::new(&*title, notes, tables))?;
    }
    Ok(())
}

/// What is wrong with the store's sheets, errors first.
fn problems(pack: &mut Pack<'_>, store: &StoreLookup<'_>) -> Result<(), XlsxError> {
    let words = store.words;
    let title = words.word("pack.findings");
    let mut own = store.material.findings.iter().collect::<Vec<_>>();
    own.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let counts = findings::counts(&store.digest.rules);
    let more = own.len().saturating_sub(FINDINGS);
    own.truncate(FINDINGS);
    let sentence = findings::sentence(store, counts);
    let cut = if more > 0 { words.fill("pack.findings_cut", &[("n", &more.to_string())]) } else { String::new() };
    let notes = vec![sentence.clone().into(), words.word("pack.findings_note").into(), cut.into()];
    let tables = vec![findings::table(store, own, None)];
    pack.add(&title, sentence, &Sheet::new(&*title, notes, tables).printing(Printed::Head))
}

//! Forms as worksheets: a workbook of a store's, and one of the group's. What is to be filled by hand is yellow and open,
//! the rest is protected without a password; every sheet bears its lines for signing and says where it comes from.

use super::{
    WorkbookError,
    book::{Book, Page, put},
    carried::Carried,
    cover, table,
    table::Placed,
};
use crate::{
    catalog::{
        Form,
        form::{FormPeriod, FormScope},
    },
    model::{FormValues, Grain, Period},
    project::settings::slug,
    report::{
        Edition, GroupMaterial, Standing, StoreMaterial,
        form::{Filler, GroupForms, Reader, StoreForms, is_of_store},
        lookup::{GroupLookup, StoreLookup},
        table::{Medium, Table, form::blank::blank, text_width},
        trend::Months,
        words::Words,
    },
};
use rust_xlsxwriter::{ColNum, FormatAlign, ProtectionOptions, XlsxError};

/// Widths of a sheet's columns, in Latin digits.
const NARROWEST: f64 = 8.0;

/// Which forms stand together in a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binding {
    /// Those of a month or a week.
    Month,
    /// Those of a year.
    Year,
}

impl Binding {
    /// Both.
    const ALL: [Binding; 2] = [Binding::Month, Binding::Year];

    fn holds(self, form: &Form) -> bool {
        (form.period == FormPeriod::Year) == (self == Binding::Year)
    }

    /// What stands behind the name of a file: the month that the site opens with, or the year of the cut-off.
    fn of(self, edition: Edition<'_>) -> String {
        match self {
            Binding::Month => Months::new(edition.cutoff).focus.to_string(),
            Binding::Year => Period::of(Grain::Year, edition.cutoff.date()).to_string(),
        }
    }
}

/// A store's forms as workbooks with their names, which say the month or the year; none where it sent nothing that any of the
/// forms needs. They hold the store's customers in full and belong to the store alone.
///
/// # Errors
/// When the content breaks a limit of the format.
pub fn store_forms(
    edition: Edition<'_>,
    words: &Words,
    material: &StoreMaterial<'_>,
    values: &FormValues,
    totals: &FormValues,
) -> Result<Vec<(String, Vec<u8>)>, WorkbookError> {
    let nowhere = Standing::default();
    let store = StoreForms { store: StoreLookup::new(edition, words, material, &nowhere), values, totals };
    let own = &store.store.material.store;
    let mut books = Vec::new();
    for binding in Binding::ALL {
        let is_bound = |form: &&Form| form.is_of(FormScope::Store) && binding.holds(form);
        let forms: Vec<&Form> = edition.catalog.forms.iter().filter(is_bound).collect();
        if !forms.iter().any(|form| is_of_store(form, |sheet| store.store.sent(sheet))) {
            continue;
        }
        let fillers = forms.into_iter().map(|form| (form, Filler::of_store(&store, form, Reader::Store)));
        let name = format!("{}-{}.xlsx", slug(&own.id), binding.of(edition));
        books.push((name, book(edition, words, (&own.name, &own.id), fillers)?));
    }
    Ok(books)
}

/// The name of the workbook of blank forms.
pub const BLANK_FORMS: &str = "forms/blank.xlsx";

/// The forms that are handed out blank.
///
/// # Errors
/// When the content breaks a limit of the format.
pub fn blank_forms(edition: Edition<'_>, words: &Words) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Book::new(&words.word("form.blank"), edition.settings, None, words)?;
    for form in edition.catalog.forms.iter().filter(|form| form.blank) {
        let title = form.numbered(&words.text(&form.title));
        let own = words.text(&form.sheet);
        let mut page = book.page(if own.is_empty() { &title } else { &own }, words.text(&form.meaning))?;
        page.head(&title, &[words.word("form.blank_head")])?;
        signs(&mut page)?;
        let blank = blank(form, words);
        for (at, own) in blank.iter().enumerate() {
            block(&mut page, &own.table, &own.after, at == 0)?;
        }
        let tables: Vec<&Table<'_>> = blank.iter().map(|own| &own.table).collect();
        widths(&mut page, &tables)?;
    }
    let (mut page, contents) = book.cover()?;
    cover::forms(&mut page, contents, &edition.settings.group, edition.cutoff, words)?;
    Ok(book.bytes()?)
}

/// The group's forms as workbooks with their names, out of what each store adds to them, in the stores' order. They hold no
/// customer's data.
///
/// # Errors
/// When the content breaks a limit of the format.
pub fn group_forms(
    material: &GroupMaterial<'_>,
    words: &Words,
    stores: &[FormValues],
) -> Result<Vec<(String, Vec<u8>)>, WorkbookError> {
    let edition = material.edition;
    let group = GroupForms { group: GroupLookup::new(material, words), stores };
    let one = |binding: Binding| {
        let forms = edition.catalog.forms.iter().filter(|form| form.is_of(FormScope::Group) && binding.holds(form));
        let fillers = forms.map(|form| (form, Filler::of_group(&group, form, None)));
        let name = format!("group-forms-{}.xlsx", binding.of(edition));
        Ok((name, book(edition, words, (&edition.settings.group, ""), fillers)?))
    };
    Binding::ALL.into_iter().map(one).collect()
}

fn book<'l, 'a: 'l>(
    edition: Edition<'_>,
    words: &Words,
    (name, store): (&str, &str),
    fillers: impl Iterator<Item = (&'l Form, Filler<'l, 'a>)>,
) -> Result<Vec<u8>, XlsxError> {
    let title = format!("{name} {}", words.word("nav.forms"));
    let mut book = Book::new(&title, edition.settings, Some(edition.cutoff), words)?;
    let mut carried = Carried::new(store, edition.cutoff);
    for (form, filler) in fillers {
        let mut page = book.page(&filler.sheet_name(), words.text(&form.meaning))?;
        sheet(&mut page, &filler, &mut carried)?;
    }
    let (mut page, contents) = book.cover()?;
    cover::forms(&mut page, contents, name, edition.cutoff, words)?;
    carried.write(&mut book)?;
    book.bytes()
}

/// Title, whose and when, lines for signing, tables, last lines.
fn sheet(page: &mut Page<'_>, filler: &Filler<'_, '_>, carried: &mut Carried) -> Result<(), XlsxError> {
    page.head(&filler.title(), &[filler.head()])?;
    carried.sheet(&page.name, &filler.title());
    signs(page)?;
    let laid = filler.laid();
    let mut breaks = Vec::new();
    for (at, own) in laid.iter().enumerate() {
        if own.new_page && at > 0 {
            breaks.push(page.row);
        }
        let top = page.row;
        let placed = block(page, &own.table, &own.after, at == 0)?;
        carried.table(&own.table, &placed, top);
    }
    let tables: Vec<&Table<'_>> = laid.iter().map(|own| &own.table).collect();
    if tables.len() > 1 {
        // The headings of one table over the rows of another would mislead: what stays in view, and stands on every page, is
        // whose form it is.
        page.sheet.set_freeze_panes(2, 0)?;
        page.sheet.set_repeat_rows(0, 1)?;
    }
    let widths = widths(page, &tables)?;
    if !breaks.is_empty() {
        page.sheet.set_page_breaks(&breaks)?;
        // Programs that fit a sheet to its width leave out the breaks.
        let wide: f64 = widths.iter().sum();
        page.sheet.set_print_scale((100.0 * table::PAPER / wide.max(table::PAPER)).floor() as u16);
    }
    let lines = filler.foot();
    carried.foot(&lines);
    foot(page, &lines, &widths)?;
    let open =
        ProtectionOptions { sort: true, use_autofilter: true, format_columns: true, ..ProtectionOptions::default() };
    page.sheet.protect_with_options(&open);
    Ok(())
}

/// A table under its heading, with the lines that stand under it.
fn block(page: &mut Page<'_>, table: &Table<'_>, after: &[String], first: bool) -> Result<Placed, XlsxError> {
    if !table.title.is_empty() {
        page.text(page.row, 0, &table.title, &page.style.heading)?;
        page.row += 1;
    }
    let placed = table::write(page, table, first)?;
    for line in after {
        page.text(page.row, 0, line, &page.style.base)?;
        page.row += 1;
    }
    page.row += 1;
    Ok(placed)
}

/// Who made it, who checked it, when.
fn signs(page: &mut Page<'_>) -> Result<(), XlsxError> {
    let row = page.row;
    let (label, blank) =
        (page.style.note.clone().set_align(FormatAlign::Right), page.style.to_fill(page.style.base.clone()));
    for (at, key) in (0..).zip(["form.made_by", "form.checked_by", "form.date"]) {
        let word = page.words.word(key);
        page.text(row, 2 * at, &word, &label)?;
        page.sheet.write_blank(row, 2 * at + 1, &blank)?;
    }
    page.row += 1;
    Ok(())
}

/// The last lines, as wide as the tables are.
fn foot(page: &mut Page<'_>, lines: &[String], widths: &[f64]) -> Result<(), XlsxError> {
    let wide: f64 = widths.iter().sum::<f64>().max(60.0);
    let last = ColNum::try_from(widths.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
    let format = page.style.note.clone().set_text_wrap().set_align(FormatAlign::Top);
    for line in lines {
        if last > 0 {
            page.sheet.merge_range(page.row, 0, page.row, last, line, &format)?;
        } else {
            put(page.sheet, page.row, 0, line, &format)?;
        }
        let rows = (text_width(line) / wide).ceil().max(1.0);
        page.sheet.set_row_height(page.row, 4.0 + 13.5 * rows)?;
        page.row += 1;
    }
    Ok(())
}

/// Every column as wide as the widest table wants it.
fn widths(page: &mut Page<'_>, tables: &[&Table<'_>]) -> Result<Vec<f64>, XlsxError> {
    let mut widths: Vec<f64> = Vec::new();
    for table in tables {
        let shown = table.columns.iter().filter(|column| column.is_on(Medium::Sheet));
        for (at, column) in shown.enumerate() {
            if at == widths.len() {
                widths.push(NARROWEST);
            }
            widths[at] = widths[at].max(column.width);
        }
    }
    for (col, width) in (0..).zip(&widths) {
        let col: ColNum = col;
        page.sheet.set_column_width(col, *width)?;
    }
    Ok(widths)
}

//! The cover: what the workbook is, how much of the group it covers, and where to find what.

use super::{
    book::{Entry, Page, put, put_day},
    style::{INSTANT, NAVY},
};
use crate::{
    catalog::Catalog,
    model::{Instant, Lang, Period, Status},
    report::{
        coverage::Month,
        lookup::{GroupLookup, Lookup, StoreLookup},
        table::{Mark, text_width},
        words::Words,
    },
};
use rust_xlsxwriter::{FormatAlign, FormatBorder, XlsxError};

/// Cells that formulas may name, by row from 0; the column is B.
pub(super) struct Named {
    /// The month of the report.
    pub month: u32,
    /// The cut-off.
    pub cutoff: u32,
    /// Stores that have reported.
    pub reported: u32,
    /// Stores of the group.
    pub stores: u32,
}

/// The template's version: the tool's, and a piece of the definitions' hash.
pub(super) fn version(catalog: &Catalog) -> String {
    let hash: String = catalog.hash.chars().take(8).collect();
    format!("{}-{hash}", env!("CARGO_PKG_VERSION"))
}

/// A month in words, and whether it is not over.
pub(super) fn month(lookup: &Lookup<'_>, month: Period) -> String {
    let name = lookup.words.period(month);
    if lookup.months.is_partial(month) { lookup.words.fill("pack.to_date", &[("month", &name)]) } else { name }
}

/// A label of a submission's cover as intake reads it, in another language with its translation behind it in brackets.
pub(super) fn label(words: &Words, key: &str) -> String {
    let known = Words::of(Lang::ZhCn).word(key);
    if words.lang() == Lang::En { format!("{known} ({})", words.word(key)) } else { known }
}

/// Writes the group pack's cover.
pub(super) fn group(page: &mut Page<'_>, contents: &[Entry], group: &GroupLookup<'_>) -> Result<Named, XlsxError> {
    let words = group.words;
    let focus = group.months.focus;
    widths(page)?;
    let about = format!("{} · {}", words.word("pack.group_title"), month(group, focus));
    heading(page, &group.edition.settings.group, &about)?;
    let now = Month::new(group, focus);
    let style = page.style;
    let first = page.row;
    page.text(first, 0, &words.word("pack.month"), &style.label)?;
    put_day(page.sheet, first, 1, focus.start, &style.fact.clone().set_num_format("yyyy-mm"))?;
    page.text(first, 2, &month(group, focus), &style.text)?;
    page.text(first + 1, 0, &words.word("banner.cutoff"), &style.label)?;
    page.text(first + 1, 1, &group.edition.cutoff.display(), &style.fact)?;
    for (row, key, count) in [(first + 2, "pack.reported", now.reported), (first + 3, "pack.stores", now.stores)] {
        page.text(row, 0, &words.word(key), &style.label)?;
        page.sheet.write_number_with_format(row, 1, count as f64, &style.fact)?;
    }
    page.row = first + 4;
    coverage(page, group, &now)?;
    coverage(page, group, &Month::new(group, group.months.before))?;
    page.row += 1;
    list(page, words, contents)?;
    legend(page, words, &["pack.month_note"])?;
    page.sheet.set_print_area(0, 0, page.row - 1, 2)?;
    Ok(Named { month: first, cutoff: first + 1, reported: first + 2, stores: first + 3 })
}

/// Writes a store workbook's cover. Who sends it back, and when, is read from it; whose it is and of which week the workbook
/// carries along, so that no cover says a week that has not begun.
pub(super) fn store(page: &mut Page<'_>, contents: &[Entry], store: &StoreLookup<'_>) -> Result<(), XlsxError> {
    let words = store.words;
    widths(page)?;
    let settings = store.edition.settings;
    let about =
        format!("{} · {} · {}", settings.group, words.word("pack.store_title"), month(store, store.months.focus));
    heading(page, &store.material.store.name, &about)?;
    sender(page, store)?;
    list(page, words, contents)?;
    legend(page, words, &["pack.private"])?;
    page.sheet.set_print_area(0, 0, page.row - 1, 2)?;
    Ok(())
}

/// Writes the cover of a person's workbook, likewise.
pub(super) fn person(
    page: &mut Page<'_>,
    contents: &[Entry],
    store: &StoreLookup<'_>,
    name: &str,
) -> Result<(), XlsxError> {
    let words = store.words;
    widths(page)?;
    heading(page, name, &format!("{} · {}", store.material.store.name, words.word("pack.person_title")))?;
    sender(page, store)?;
    list(page, words, contents)?;
    page.text(page.row, 0, &words.word("pack.private"), &page.style.note)?;
    page.sheet.set_print_area(0, 0, page.row, 2)?;
    Ok(())
}

/// Whose lists they are, up to when, and who sends them back.
fn sender(page: &mut Page<'_>, store: &StoreLookup<'_>) -> Result<(), XlsxError> {
    let (style, words) = (page.style, store.words);
    let fill = style.to_fill(style.base.clone()).set_num_format(INSTANT);
    page.text(page.row, 0, &label(words, "pack.store_code"), &style.label)?;
    page.text(page.row, 1, store.id(), &style.fact)?;
    page.text(page.row + 1, 0, &words.word("pack.data_up_to"), &style.label)?;
    page.text(page.row + 1, 1, &store.edition.cutoff.display(), &style.fact)?;
    for (row, key) in (page.row + 2..).zip(["pack.submitted_by", "pack.submitted_at"]) {
        page.text(row, 0, &label(words, key), &style.label)?;
        page.text(row, 1, "", &fill)?;
    }
    // What stands right below a label would be read as what it asks for.
    page.text(page.row + 5, 0, &words.word("pack.hand_in"), &style.note)?;
    page.row += 7;
    Ok(())
}

/// Writes the cover of a workbook of forms.
pub(super) fn forms(
    page: &mut Page<'_>,
    contents: &[Entry],
    name: &str,
    cutoff: Instant,
    words: &Words,
) -> Result<(), XlsxError> {
    widths(page)?;
    heading(
        page,
        name,
        &format!("{} · {} {}", words.word("nav.forms"), words.word("banner.cutoff"), cutoff.display()),
    )?;
    page.text(page.row, 0, &words.word("form.how"), &page.style.note)?;
    page.row += 2;
    list(page, words, contents)
}

/// Writes the cover of a workbook of rows.
pub(super) fn rows(
    page: &mut Page<'_>,
    contents: &[Entry],
    title: &str,
    about: &str,
    words: &Words,
) -> Result<(), XlsxError> {
    widths(page)?;
    heading(page, title, about)?;
    page.text(page.row, 0, &words.word("pack.rows_note"), &page.style.note)?;
    page.row += 2;
    list(page, words, contents)
}

/// Widths of the columns, in Latin digits.
const WIDTHS: [f64; 3] = [20.0, 26.0, 84.0];

fn widths(page: &mut Page<'_>) -> Result<(), XlsxError> {
    for (col, width) in (0..).zip(WIDTHS) {
        page.sheet.set_column_width(col, width)?;
    }
    page.sheet.set_print_fit_to_pages(1, 1);
    Ok(())
}

fn heading(page: &mut Page<'_>, title: &str, subtitle: &str) -> Result<(), XlsxError> {
    let style = page.style;
    page.sheet.set_row_height(0, 40)?;
    page.text(0, 0, title, &style.title.clone().set_font_size(22))?;
    page.sheet.set_row_height(1, 26)?;
    for col in 0..3 {
        let line = style.base.clone().set_font_size(13).set_font_color(NAVY);
        let line = line.set_border_bottom(FormatBorder::Medium).set_border_bottom_color(NAVY);
        page.text(1, col, if col == 0 { subtitle } else { "" }, &line)?;
    }
    page.row = 3;
    Ok(())
}

fn coverage(page: &mut Page<'_>, group: &GroupLookup<'_>, of: &Month<'_>) -> Result<(), XlsxError> {
    let (style, words) = (page.style, group.words);
    let n = |count: usize| count.to_string();
    page.text(page.row, 0, &words.period(of.month), &style.label)?;
    let reported = words.fill("pack.stores_reported", &[("n", &n(of.reported)), ("of", &n(of.stores))]);
    page.text(page.row, 1, &reported, &style.fact)?;
    let missing: Vec<&str> = of.missing.iter().map(|store| store.name.as_str()).collect();
    let mut sheets = words.fill("pack.sheets_received", &[("n", &n(of.received)), ("of", &n(of.expected))]);
    if !missing.is_empty() {
        sheets += &words.word("table.semicolon");
        sheets += &words.word("banner.missing");
        sheets += &missing.join(&words.word("table.comma"));
    }
    page.text(page.row, 2, &sheets, &style.text)?;
    page.row += 1;
    Ok(())
}

fn list(page: &mut Page<'_>, words: &Words, contents: &[Entry]) -> Result<(), XlsxError> {
    let style = page.style;
    for (col, key) in (0..).zip(["pack.contents", "pack.sheet", "pack.holds"]) {
        page.text(page.row, col, &words.word(key), &style.header)?;
    }
    page.row += 1;
    let number = style.count.clone().set_align(FormatAlign::Left);
    for (at, entry) in (1..).zip(contents) {
        page.sheet.write_number_with_format(page.row, 0, f64::from(at), &number)?;
        let url = rust_xlsxwriter::Url::new(format!("internal:'{}'!A1", entry.sheet)).set_text(&entry.sheet);
        page.sheet.write_url_with_format(page.row, 1, url, &style.link)?;
        page.text(page.row, 2, &entry.about, &style.wrap)?;
        let lines = (text_width(&entry.about) * 0.94 / (WIDTHS[2] - 1.0)).ceil().max(1.0);
        page.sheet.set_row_height(page.row, 4.0 + 14.5 * lines)?;
        page.row += 1;
    }
    page.row += 1;
    Ok(())
}

fn legend(page: &mut Page<'_>, words: &Words, also: &[&str]) -> Result<(), XlsxError> {
    let format = page.style.note.clone();
    let all = [Status::Met, Status::Missed, Status::NoTarget, Status::NoData, Status::NotMeasurable];
    for status in all {
        let mark = Mark::of(status, words);
        let meaning = words.word(&format!("means.{}", status.word()));
        put(page.sheet, page.row, 0, &format!("{} {}", mark.mark, mark.word), &format)?;
        put(page.sheet, page.row, 1, &meaning, &format)?;
        page.row += 1;
    }
    for key in ["pack.ratio_note", "pack.formula_note"].iter().chain(also) {
        page.text(page.row, 0, &words.word(key), &format)?;
        page.row += 1;
    }
    Ok(())
}

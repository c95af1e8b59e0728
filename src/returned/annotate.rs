//! Puts the marks on.

use super::{
    ReturnedError,
    book::{Book, NewName, quoted},
    comments,
    content_types::ContentTypes,
    listing::{self, HEADER_ROW, Line},
    marks::{self, Numbered, SheetMarks},
    package::Package,
    record,
    relations::Relations,
    sheet::{Layout, Rows},
    splice::Splices,
    styles::{self, Styles},
    unmark::{self, FILL_NAME, SHEET_NAME},
    vml, words,
};
use crate::{diagnostic::Finding, messages::FindingWords, model::CellRef, project::Store};
use std::collections::BTreeMap;

const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A sheet with more marked cells gets no comments: hundreds of boxes help nobody, and Excel slows down. Its cells
/// are coloured and listed all the same.
const MAX_COMMENTS: usize = 2_000;

/// Characters of a former fill in one hidden name; Excel allows 255 in a text.
const NAME_PIECE: usize = 200;

/// The clerk's own xlsx or xlsm with the marks of its findings: wrong cells coloured and commented on, and one first
/// sheet 检查结果 that lists all of them. Values, formulas and everything else stay byte for byte. Marks of an earlier
/// return are taken off first. Without findings the workbook comes back without marks.
///
/// `findings` are those of this workbook; their places are in the coordinates of its sheets. One that names no row,
/// or a sheet that the workbook does not have, is listed only.
///
/// # Errors
/// [`ReturnedError::Unpatchable`] for what is no xlsx, or is encrypted or signed; others for damaged packages.
/// Never panics on any bytes.
pub fn annotate(
    original: &[u8],
    findings: &[&Finding],
    store: &Store,
    words: &FindingWords<'_>,
) -> Result<Vec<u8>, ReturnedError> {
    let cleaned = unmark::unmark(original)?;
    let bytes = cleaned.as_deref().unwrap_or(original);
    if findings.is_empty() {
        return Ok(bytes.to_vec());
    }
    let mut package = Package::open(bytes)?;
    let mut types = ContentTypes::read(&mut package)?;
    let mut book = Book::read(&mut package)?;
    let mut styles = read_styles(&mut package, &mut book, &mut types)?;

    let sheet_names: Vec<String> = book.sheets.iter().map(|sheet| sheet.name.clone()).collect();
    let names: Vec<&str> = sheet_names.iter().map(String::as_str).collect();
    let ordered = marks::in_reading_order(findings, &names);
    let by_sheet = marks::by_sheet(&ordered, &names);
    let mut cells: Vec<Option<CellRef>> = vec![None; ordered.len()];
    let mut commenter = Commenter { words, folder: book.folder(), number: 0 };
    let parts: Vec<Option<String>> = book.sheets.iter().map(|sheet| sheet.part.clone()).collect();
    for (at, part) in parts.iter().enumerate() {
        let Some(part) = part.as_deref().filter(|part| package.has(part)) else { continue };
        commenter.number = at as u32 + 1;
        let settled = mark_sheet(&mut package, part, by_sheet.get(&at), &mut styles, &mut types, &commenter)?;
        for (cell, findings) in settled {
            for (finding, _) in findings {
                cells[finding] = Some(cell);
            }
        }
    }

    let looks = styles.looks().unwrap_or_default();
    let mut lines: Vec<Line<'_>> = ordered
        .iter()
        .zip(cells)
        .map(|(finding, cell)| Line { finding, cell, known_sheet: names.contains(&&*finding.place.sheet) })
        .collect();
    // Headers that make cells wrong, then what keeps rows out; within a level the order is that of the sheets.
    lines.sort_by_key(|line| line.finding.reading_order());
    let part = package.free_name(&format!("{}worksheets/sheet", book.folder()), ".xml");
    package.add(&part, listing::part(&book.root.namespace, &lines, store, &looks, words));
    types.add(&part, &format!("{SPREADSHEET}.worksheet+xml"));
    let title = book.free_sheet_name();
    let hidden = hidden_names(&title, &lines, &styles);
    styles.save(&mut package)?;

    let strict = book.root.strict();
    let relation = book.relations.add("worksheet", &part, strict);
    let record_part = package.free_name(&format!("{}foursight", book.folder()), ".json");
    book.relations.add_typed(record::RELATION, &record_part);
    types.add(&record_part, record::CONTENT_TYPE);
    types.save(&mut package)?;
    book.put_first(&title, &relation, &hidden, &mut package)?;
    record::write(&mut package, &record_part)?;
    package.finish()
}

/// The styles part of the workbook, or one that is made.
fn read_styles(
    package: &mut Package<'_>,
    book: &mut Book,
    types: &mut ContentTypes,
) -> Result<StylesPart, ReturnedError> {
    let known = book.relations.find("styles").map(|one| one.target.clone());
    if let Some(part) = known
        && let Some(text) = package.text(&part)?
    {
        return Ok(StylesPart { styles: Styles::read(&part, text)?, part, fresh: false });
    }
    // A relation to a part that is not there is satisfied, not doubled.
    let promised = book.relations.find("styles").map(|one| one.target.clone());
    // Some programs look for the styles under their usual name alone.
    let usual = format!("{}styles.xml", book.folder());
    let part = match promised.clone() {
        Some(part) => part,
        None if !package.has(&usual) => usual,
        None => package.free_name(&format!("{}styles", book.folder()), ".xml"),
    };
    let text = styles::plain_part(&book.root.namespace);
    let styles = Styles::read(&part, text)?;
    if promised.is_none() {
        book.relations.add("styles", &part, book.root.strict());
    }
    types.add(&part, &format!("{SPREADSHEET}.styles+xml"));
    Ok(StylesPart { styles, part, fresh: true })
}

/// The styles, and where they go.
struct StylesPart {
    styles: Styles,
    part: String,
    fresh: bool,
}

impl StylesPart {
    fn looks(&mut self) -> Option<styles::Looks> {
        self.styles.looks()
    }

    fn save(self, package: &mut Package<'_>) -> Result<(), ReturnedError> {
        let (text, splices) = self.styles.finish();
        if !self.fresh {
            return package.patch(&self.part, &text, splices);
        }
        let bad = || ReturnedError::malformed(&self.part, "edits overlap");
        let (text, _) = splices.apply(&text).ok_or_else(bad)?;
        package.add(&self.part, text);
        Ok(())
    }
}

/// What comments need to know of the workbook.
struct Commenter<'w> {
    words: &'w FindingWords<'w>,
    folder: String,
    /// The sheet's number, from 1.
    number: u32,
}

type Settled<'f> = BTreeMap<CellRef, Numbered<'f>>;

/// Marks one sheet and returns its marked cells with their findings. A sheet without findings is only taken out of
/// the selection.
fn mark_sheet<'f>(
    package: &mut Package<'_>,
    part: &str,
    marks: Option<&SheetMarks<'f>>,
    styles: &mut StylesPart,
    types: &mut ContentTypes,
    commenter: &Commenter<'_>,
) -> Result<Settled<'f>, ReturnedError> {
    let text = package.required(part)?;
    let layout = Layout::read(part, &text)?;
    let mut splices = Splices::default();
    layout.deselect(&mut splices);
    let mut settled = Settled::new();
    if let Some(marks) = marks.filter(|_| layout.data.is_some()) {
        let first_cells = match marks.whole_rows() {
            rows if rows.is_empty() => None,
            rows => Some(Rows::read(part, &text, &layout, &rows)?),
        };
        settled = marks.settle(|row, col| {
            let first = || first_cells.as_ref().and_then(|rows| rows.first_cell(row)).unwrap_or(0);
            layout.shown(CellRef { row, col: col.unwrap_or_else(first) })
        });
        let wanted = settled.keys().map(|cell| cell.row).collect();
        let rows = Rows::read(part, &text, &layout, &wanted)?;
        let mut formats = BTreeMap::new();
        for (cell, findings) in &settled {
            let former = rows.style(*cell, &layout);
            if let Some(format) = styles.styles.marked(former, marks::worst(findings))? {
                formats.insert(*cell, format);
            }
        }
        rows.mark(&formats, &layout, &mut splices);
        if settled.len() <= MAX_COMMENTS {
            comment_on(package, part, &layout, &settled, &mut splices, types, commenter)?;
        }
    }
    package.patch(part, &text, splices)?;
    Ok(settled)
}

/// Writes the comments of one sheet: into her comments part and drawing where they are, else into new ones.
fn comment_on(
    package: &mut Package<'_>,
    sheet: &str,
    layout: &Layout,
    settled: &Settled<'_>,
    splices: &mut Splices,
    types: &mut ContentTypes,
    commenter: &Commenter<'_>,
) -> Result<(), ReturnedError> {
    let mut relations = Relations::read(package, sheet)?;
    let threads = match relations.find("threadedComment").map(|one| one.target.clone()) {
        Some(part) => comments::threads(&part, &package.required(&part)?)?,
        None => Vec::new(),
    };
    let notes: BTreeMap<CellRef, String> = settled
        .iter()
        .filter(|(cell, _)| !threads.contains(cell))
        .map(|(cell, findings)| (*cell, words::comment(findings, commenter.words)))
        .collect();
    let boxes = |cells: &[CellRef]| -> Vec<vml::Box> {
        let text = |cell: &CellRef| notes.get(cell).cloned().unwrap_or_default();
        cells.iter().map(|cell| vml::Box { cell: *cell, text: text(cell) }).collect()
    };
    let hers = relations.find("comments").map(|one| one.target.clone()).filter(|part| package.has(part));
    let (edit, cells) = match &hers {
        Some(part) => {
            let text = package.required(part)?;
            let (edit, fresh) = comments::append(part, &text, &notes, &threads)?;
            (Some((part, text, edit)), fresh)
        }
        None => (None, notes.keys().copied().collect()),
    };
    if !cells.is_empty() && !draw(package, &mut relations, layout, &boxes(&cells), splices, types, commenter)? {
        return Ok(());
    }
    match edit {
        Some((part, text, edit)) => package.patch(part, &text, edit)?,
        None if notes.is_empty() => {}
        None => {
            let part = package.free_name(&format!("{}comments", commenter.folder), ".xml");
            package.add(&part, comments::fresh(&layout.root.namespace, &notes));
            types.add(&part, &format!("{SPREADSHEET}.comments+xml"));
            relations.add("comments", &part, layout.root.strict());
        }
    }
    relations.save(package)
}

/// Draws the boxes of new comments. False when her drawing cannot take them: then the sheet gets no comments.
fn draw(
    package: &mut Package<'_>,
    relations: &mut Relations,
    layout: &Layout,
    boxes: &[vml::Box],
    splices: &mut Splices,
    types: &mut ContentTypes,
    commenter: &Commenter<'_>,
) -> Result<bool, ReturnedError> {
    let Some((id, _)) = &layout.legacy_drawing else {
        let part = package.free_name(&format!("{}drawings/vmlDrawing", commenter.folder), ".vml");
        package.add(&part, vml::fresh(boxes, commenter.number, layout));
        types.add_default("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing");
        let id = relations.add("vmlDrawing", &part, layout.root.strict());
        layout.refer_to_drawing(&id, splices);
        return Ok(true);
    };
    let Some(part) = relations.by_id(id).map(|one| one.target.clone()) else { return Ok(false) };
    let Some(text) = package.text(&part)? else { return Ok(false) };
    let Some(edit) = vml::append(&text, boxes, layout) else { return Ok(false) };
    package.patch(&part, &text, edit)?;
    Ok(true)
}

/// The hidden names that let a later pass find our sheet and her former fills, and those that a filtered and printed
/// list has.
fn hidden_names(title: &str, lines: &[Line<'_>], styles: &StylesPart) -> Vec<NewName> {
    let sheet = quoted(title);
    let last = listing::last_row(lines);
    let local = |name: &str, value: String| NewName { name: name.to_owned(), value, local: true };
    let mut names = vec![
        local("_xlnm._FilterDatabase", format!("{sheet}!$A${HEADER_ROW}:$H${last}")),
        local("_xlnm.Print_Titles", format!("{sheet}!${HEADER_ROW}:${HEADER_ROW}")),
        NewName { name: SHEET_NAME.to_owned(), value: format!("{sheet}!$A$1"), local: false },
    ];
    for (at, (shade, fill)) in styles.styles.former_fills().into_iter().enumerate() {
        let fill = fill.replace('"', "'");
        let value: Vec<char> = format!("{shade}{fill}").chars().collect();
        for (piece, text) in value.chunks(NAME_PIECE).enumerate() {
            let text: String = text.iter().collect();
            names.push(NewName {
                name: format!("{FILL_NAME}{}_{}", at + 1, piece + 1),
                value: format!("\"{text}\""),
                local: false,
            });
        }
    }
    names
}

//! Takes our marks off again, and nothing else.

use super::{
    RESULT_SHEET, RESULT_TITLE, ReturnedError,
    book::{Book, sheet_of},
    comments,
    content_types::ContentTypes,
    markup::{Kind, Root, Tags, unescaped},
    package::Package,
    record,
    relations::{Relations, relations_part},
    sheet::Layout,
    splice::Splices,
    styles::{self, NO_FILL},
    vml,
};
use crate::model::CellRef;
use std::collections::BTreeMap;

/// The hidden name that refers to `A1` of our sheet.
pub(super) const SHEET_NAME: &str = "_foursight_sheet";
/// The hidden names that say which fill a shade stands for: this, a number, the number of the piece.
pub(super) const FILL_NAME: &str = "_foursight_fill_";
const OUR_NAMES: &str = "_foursight_";

/// The workbook without the marks that [`super::annotate`] put on it; `None` when it has none. A workbook that nobody
/// saved since comes back part for part as it was. One that Excel, WPS or LibreOffice saved keeps everything that is
/// hers: our sheet, our colours, our comments and what we wrote into hers are taken out, wherever she moved the cells.
/// Cells that were marked while they were empty stay, empty.
///
/// # Errors
/// As for [`super::annotate`].
pub fn unmark(returned: &[u8]) -> Result<Option<Vec<u8>>, ReturnedError> {
    let mut package = Package::open(returned)?;
    let types = ContentTypes::read(&mut package)?;
    let book = Book::read(&mut package)?;
    let record = book.relations.list.iter().find(|one| one.kind == record::RELATION).map(|one| one.target.clone());
    if let Some(part) = &record
        && let Some(before) = record::undo(returned, part)?
    {
        return Ok(Some(before));
    }
    by_look(package, types, book, record)
}

fn by_look(
    mut package: Package<'_>,
    types: ContentTypes,
    mut book: Book,
    record: Option<String>,
) -> Result<Option<Vec<u8>>, ReturnedError> {
    let ours = our_sheet(&mut package, &book)?;
    let named = book.names.iter().any(|name| name.name.starts_with(OUR_NAMES));
    let mut found = ours.is_some() || named || record.is_some();
    let sheets: Vec<(usize, String)> = book
        .sheets
        .iter()
        .enumerate()
        .filter_map(|(at, sheet)| Some((at, sheet.part.clone().filter(|part| package.has(part))?)))
        .collect();
    for (at, part) in &sheets {
        if ours != Some(*at) {
            found |= clear_comments(&mut package, part)?;
        }
    }
    if !found {
        return Ok(None);
    }
    restore_fills(&mut package, &book)?;
    if let Some(part) = &record {
        let id = book.relations.list.iter().find(|one| one.kind == record::RELATION).map(|one| one.id.clone());
        book.relations.remove(&id.unwrap_or_default());
        package.remove(part);
    }
    // A workbook needs a sheet: when she deleted all of hers, ours stays.
    let ours = ours.filter(|_| book.sheets.len() > 1);
    if let Some(part) = ours.and_then(|at| book.sheets[at].part.clone()) {
        remove_sheet(&mut package, &part)?;
    }
    types.save(&mut package)?;
    book.take_out(ours, |name| name.name.starts_with(OUR_NAMES), &mut package)?;
    package.finish().map(Some)
}

/// The index of our sheet: the one our hidden name refers to, or, where the names are lost, one with our name that
/// begins with our title.
fn our_sheet(package: &mut Package<'_>, book: &Book) -> Result<Option<usize>, ReturnedError> {
    let named = book.names.iter().find(|name| name.name == SHEET_NAME).and_then(|name| sheet_of(&name.value));
    if let Some(at) = named.and_then(|named| book.sheets.iter().position(|sheet| sheet.name == named)) {
        return Ok(Some(at));
    }
    for (at, sheet) in book.sheets.iter().enumerate() {
        let rest = sheet.name.strip_prefix(RESULT_SHEET);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
            && let Some(part) = &sheet.part
            && first_text(package, book, part)?.is_some_and(|text| text.starts_with(RESULT_TITLE))
        {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// The text of a sheet's first cell.
fn first_text(package: &mut Package<'_>, book: &Book, part: &str) -> Result<Option<String>, ReturnedError> {
    let Some(text) = package.text(part)? else { return Ok(None) };
    let root = Root::read(part, &text)?;
    let mut tags = Tags::new(part, &text);
    while let Some(tag) = tags.next()? {
        if tag.depth == 3 && tag.opens() && root.is(&tag, "c") {
            let close = tags.close_of(&tag)?;
            let content = text.get(tag.span.end..close.span.start).unwrap_or_default();
            let shared = tag.value("t").is_some_and(|kind| kind == "s");
            let plain = plain_text(content);
            if !shared {
                return Ok(Some(plain));
            }
            let Ok(index) = plain.trim().parse::<usize>() else { return Ok(None) };
            return shared_text(package, book, index);
        }
    }
    Ok(None)
}

fn shared_text(package: &mut Package<'_>, book: &Book, index: usize) -> Result<Option<String>, ReturnedError> {
    let Some(part) = book.relations.find("sharedStrings").map(|one| one.target.clone()) else { return Ok(None) };
    let Some(text) = package.text(&part)? else { return Ok(None) };
    let mut tags = Tags::new(&part, &text);
    let mut at = 0;
    while let Some(tag) = tags.next()? {
        if tag.depth == 1 && tag.opens() && tag.local() == "si" {
            let close = tags.close_of(&tag)?;
            if at == index {
                return Ok(Some(plain_text(text.get(tag.span.end..close.span.start).unwrap_or_default())));
            }
            at += 1;
        }
    }
    Ok(None)
}

/// Markup dropped, entities resolved.
fn plain_text(content: &str) -> String {
    let mut plain = String::new();
    for piece in content
        .split('<')
        .enumerate()
        .map(|(at, piece)| if at == 0 { Some(("", piece)) } else { piece.split_once('>') })
    {
        plain.push_str(piece.map_or("", |(_, text)| text));
    }
    unescaped(&plain)
}

/// Gives fills in our shades back what the hidden names say. Where the names are lost, our tints stand for no fill.
fn restore_fills(package: &mut Package<'_>, book: &Book) -> Result<(), ReturnedError> {
    let Some(part) = book.relations.find("styles").map(|one| one.target.clone()) else { return Ok(()) };
    let Some(text) = package.text(&part)? else { return Ok(()) };
    let known = former_fills(book);
    let splices = styles::restore_fills(&part, &text, |shade| match known.is_empty() {
        true => styles::is_shade(shade).then(|| NO_FILL.to_owned()),
        false => known.get(shade).cloned(),
    })?;
    package.patch(&part, &text, splices)
}

/// The fill that each shade (`RRGGBB`) stands for, from the hidden names.
fn former_fills(book: &Book) -> BTreeMap<String, String> {
    let mut pieces: BTreeMap<(u32, u32), String> = BTreeMap::new();
    for name in &book.names {
        let Some((number, piece)) = name.name.strip_prefix(FILL_NAME).and_then(|rest| rest.split_once('_')) else {
            continue;
        };
        if let (Ok(number), Ok(piece)) = (number.parse(), piece.parse()) {
            let text = name.value.trim_start_matches('=').trim_matches('"');
            pieces.insert((number, piece), text.to_owned());
        }
    }
    let mut whole: BTreeMap<u32, String> = BTreeMap::new();
    for ((number, _), text) in pieces {
        whole.entry(number).or_default().push_str(&text);
    }
    let split = whole.into_values().filter_map(|text| {
        let (shade, fill) = (text.get(..6)?.to_uppercase(), text.get(6..)?.to_owned());
        is_fill(&fill).then_some((shade, fill))
    });
    split.collect()
}

/// A whole, well-formed `fill` element: what a name says is put into her styles only then.
fn is_fill(text: &str) -> bool {
    let mut tags = Tags::new("fill", text);
    let mut roots = 0;
    loop {
        match tags.next() {
            Ok(Some(tag)) if tag.depth == 0 && tag.kind != Kind::Close => {
                roots += 1;
                if tag.name != "fill" || tag.span.start != 0 {
                    return false;
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => return roots == 1 && text.ends_with('>'),
            Err(_) => return false,
        }
    }
}

/// Takes our text out of the comments of a sheet; the parts go when nothing is left in them. Returns whether there was
/// anything of ours.
fn clear_comments(package: &mut Package<'_>, sheet: &str) -> Result<bool, ReturnedError> {
    let mut relations = Relations::read(package, sheet)?;
    let Some(comments) = relations.find("comments").cloned() else { return Ok(false) };
    let Some(text) = package.text(&comments.target)? else { return Ok(false) };
    let cut = comments::cut(&comments.target, &text)?;
    if cut.splices.is_empty() {
        return Ok(false);
    }
    if cut.left > 0 {
        package.patch(&comments.target, &text, cut.splices)?;
        clear_boxes(package, &relations, sheet, &cut.gone, false)?;
        return Ok(true);
    }
    package.remove(&comments.target);
    if let Some(drawing) = clear_boxes(package, &relations, sheet, &cut.gone, true)? {
        relations.remove(&drawing);
    }
    relations.remove(&comments.id);
    relations.save(package)?;
    Ok(true)
}

/// Cuts the boxes of these cells out of a sheet's drawing. Where `may_go` and nothing is left in it, the drawing goes
/// with its element in the sheet; returns the id of its relationship then.
fn clear_boxes(
    package: &mut Package<'_>,
    relations: &Relations,
    sheet: &str,
    cells: &[CellRef],
    may_go: bool,
) -> Result<Option<String>, ReturnedError> {
    let text = package.required(sheet)?;
    let layout = Layout::read(sheet, &text)?;
    let Some((id, element)) = layout.legacy_drawing else { return Ok(None) };
    let Some(drawing) = relations.by_id(&id) else { return Ok(None) };
    let Some(shapes) = package.text(&drawing.target)? else { return Ok(None) };
    let (splices, left) = vml::cut(&shapes, cells);
    if left || !may_go {
        package.patch(&drawing.target, &shapes, splices)?;
        return Ok(None);
    }
    package.remove(&drawing.target);
    package.remove(&relations_part(&drawing.target));
    let mut edit = Splices::default();
    edit.remove(element);
    package.patch(sheet, &text, edit)?;
    Ok(Some(id))
}

/// Removes our sheet's part, its relationships, and parts that nothing else refers to.
fn remove_sheet(package: &mut Package<'_>, part: &str) -> Result<(), ReturnedError> {
    let own = relations_part(part);
    let targets: Vec<String> = Relations::read(package, part)?.list.into_iter().map(|one| one.target).collect();
    package.remove(part);
    package.remove(&own);
    if targets.is_empty() {
        return Ok(());
    }
    let sources: Vec<String> = package
        .names()
        .filter(|name| name.ends_with(".rels") && *name != own.to_lowercase())
        .map(|name| name.replace("_rels/", "").trim_end_matches(".rels").to_owned())
        .collect();
    let mut shared = Vec::new();
    for source in sources {
        shared.extend(Relations::read(package, &source)?.list.into_iter().map(|one| one.target.to_lowercase()));
    }
    for target in targets.iter().filter(|target| !shared.contains(&target.to_lowercase())) {
        package.remove(target);
    }
    Ok(())
}

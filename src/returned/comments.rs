//! The comments part of a sheet: ours beside hers, ours after hers, and ours taken out again.

use super::{
    ReturnedError,
    markup::{Kind, Root, Tags, escaped, escaped_text, unescaped},
    splice::Splices,
    words::{AUTHOR, FRAME_END, FRAME_TOP},
};
use crate::model::CellRef;
use std::{collections::BTreeMap, ops::Range};

const FONT: &str = "<sz val=\"9\"/><color indexed=\"81\"/><rFont val=\"宋体\"/><charset val=\"134\"/>";

/// A comments part with these comments and nothing else.
pub(super) fn fresh(namespace: &str, notes: &BTreeMap<CellRef, String>) -> String {
    let list: String = notes.iter().map(|(cell, text)| comment(*cell, text, 0, "")).collect();
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    let authors = format!("<authors><author>{AUTHOR}</author></authors>");
    format!("{xml}<comments xmlns=\"{}\">{authors}<commentList>{list}</commentList></comments>", escaped(namespace))
}

fn run(text: &str, prefix: &str) -> String {
    let font = super::styles::with_prefix(FONT, prefix);
    let text = escaped_text(text);
    format!(
        "<{prefix}r><{prefix}rPr>{font}</{prefix}rPr><{prefix}t xml:space=\"preserve\">{text}</{prefix}t></{prefix}r>"
    )
}

fn comment(cell: CellRef, text: &str, author: usize, prefix: &str) -> String {
    let run = run(text, prefix);
    format!(
        "<{prefix}comment ref=\"{cell}\" authorId=\"{author}\"><{prefix}text>{run}</{prefix}text></{prefix}comment>"
    )
}

/// One comment as it stands.
#[derive(Debug)]
struct Site {
    cell: Option<CellRef>,
    author: usize,
    /// The whole element.
    span: Range<usize>,
    /// Its `text` element, and where its content is; `None` when it has none.
    text: Option<TextSite>,
}

#[derive(Debug)]
struct TextSite {
    span: Range<usize>,
    empty: bool,
    /// A `t` that is not in a run.
    bare: Option<Range<usize>>,
    /// Where a run may be appended.
    end: usize,
    /// The contents of all `t`, in order.
    pieces: Vec<Range<usize>>,
    /// The runs, whole.
    runs: Vec<Range<usize>>,
}

struct Read {
    root: Root,
    authors: Vec<String>,
    authors_end: Option<(Range<usize>, bool)>,
    list_end: Option<(Range<usize>, bool)>,
    sites: Vec<Site>,
}

fn read(part: &str, text: &str) -> Result<Read, ReturnedError> {
    let root = Root::read(part, text)?;
    let mut found = Read { authors: Vec::new(), authors_end: None, list_end: None, sites: Vec::new(), root };
    let root = found.root.clone();
    let mut tags = Tags::new(part, text);
    let mut in_phonetic = 0usize;
    while let Some(tag) = tags.next()? {
        let ends = tag.kind != Kind::Open;
        if tag.depth == 1 && ends && root.is(&tag, "authors") {
            found.authors_end = Some((tag.span.clone(), tag.kind == Kind::Empty));
        } else if tag.depth == 1 && ends && root.is(&tag, "commentList") {
            found.list_end = Some((tag.span.clone(), tag.kind == Kind::Empty));
        } else if tag.depth == 2 && tag.opens() && root.is(&tag, "author") {
            let close = tags.close_of(&tag)?;
            found.authors.push(unescaped(text.get(tag.span.end..close.span.start).unwrap_or_default()));
        } else if tag.depth == 2 && root.is(&tag, "comment") {
            if tag.opens() {
                let cell = tag.value("ref").and_then(|cell| cell.parse().ok());
                let author = tag.number("authorId").unwrap_or(usize::MAX);
                found.sites.push(Site { cell, author, span: tag.span.clone(), text: None });
            } else if let Some(site) = found.sites.last_mut() {
                site.span.end = tag.span.end;
            }
        } else if let Some(site) = found.sites.last_mut().filter(|_| tag.depth >= 3) {
            if tag.depth == 3 && root.is(&tag, "text") {
                if tag.opens() {
                    let (empty, end) = (tag.kind == Kind::Empty, 0);
                    let (span, pieces, runs) = (tag.span.clone(), Vec::new(), Vec::new());
                    site.text = Some(TextSite { span, empty, bare: None, end, pieces, runs });
                } else if let Some(inside) = &mut site.text {
                    inside.span.end = tag.span.end;
                    inside.end = if inside.end == 0 { tag.span.start } else { inside.end };
                }
            } else if let Some(inside) = &mut site.text {
                if root.is(&tag, "r") && tag.depth == 4 {
                    match tag.kind {
                        Kind::Close => inside.runs.last_mut().into_iter().for_each(|run| run.end = tag.span.end),
                        _ => inside.runs.push(tag.span.clone()),
                    }
                }
                let phonetic = root.is(&tag, "rPh") || root.is(&tag, "phoneticPr");
                if phonetic && tag.depth == 4 {
                    in_phonetic = usize::from(tag.kind == Kind::Open);
                    if tag.opens() && inside.end == 0 {
                        inside.end = tag.span.start;
                    }
                } else if root.is(&tag, "t") && tag.kind == Kind::Open && in_phonetic == 0 {
                    let (start, depth) = (tag.span.clone(), tag.depth);
                    let close = tags.close_of(&tag)?;
                    inside.pieces.push(start.end..close.span.start);
                    if depth == 4 {
                        inside.bare = Some(start.start..close.span.end);
                    }
                }
            }
        }
    }
    Ok(found)
}

/// Edits that add our comments to hers: after her text where the cell has a comment, else as new ones. Returns the
/// cells that got a new comment and so need a box. Cells with a threaded conversation are left alone.
pub(super) fn append(
    part: &str,
    text: &str,
    notes: &BTreeMap<CellRef, String>,
    threads: &[CellRef],
) -> Result<(Splices, Vec<CellRef>), ReturnedError> {
    let found = read(part, text)?;
    let prefix = &found.root.prefix;
    let Some((list_end, list_empty)) = found.list_end else {
        return Err(ReturnedError::malformed(part, "no commentList"));
    };
    let (mut splices, mut fresh, mut added) = (Splices::default(), Vec::new(), String::new());
    let known = found.authors.iter().position(|author| author == AUTHOR);
    let author = known.unwrap_or(found.authors.len());
    for (cell, note) in notes {
        let Some(site) = found.sites.iter().find(|site| site.cell == Some(*cell)) else {
            if !threads.contains(cell) {
                added += &comment(*cell, note, author, prefix);
                fresh.push(*cell);
            }
            continue;
        };
        let by_thread = found.authors.get(site.author).is_some_and(|author| author.starts_with("tc="));
        let Some(inside) = site.text.as_ref().filter(|_| !by_thread && !threads.contains(cell)) else { continue };
        let run = run(&format!("\n{note}"), prefix);
        if inside.empty {
            splices.replace(inside.span.clone(), format!("<{prefix}text>{run}</{prefix}text>"));
            continue;
        }
        if let Some(bare) = &inside.bare {
            splices.insert(bare.start, format!("<{prefix}r>"));
            splices.insert(bare.end, format!("</{prefix}r>"));
        }
        splices.insert(inside.end, run);
    }
    if !added.is_empty() {
        match list_empty {
            true => splices.replace(list_end, format!("<{prefix}commentList>{added}</{prefix}commentList>")),
            false => splices.insert(list_end.start, added),
        }
        if known.is_none() {
            let entry = format!("<{prefix}author>{AUTHOR}</{prefix}author>");
            match found.authors_end {
                Some((span, true)) => splices.replace(span, format!("<{prefix}authors>{entry}</{prefix}authors>")),
                Some((span, false)) => splices.insert(span.start, entry),
                None => splices.insert(found.root.end, format!("<{prefix}authors>{entry}</{prefix}authors>")),
            }
        }
    }
    Ok((splices, fresh))
}

/// What taking our text out of a comments part comes to.
#[derive(Default)]
pub(super) struct Cut {
    pub splices: Splices,
    /// Cells whose whole comment goes.
    pub gone: Vec<CellRef>,
    /// Comments that stay.
    pub left: usize,
}

/// Edits that take our text out: everything within our frame, and comments of which nothing is left.
pub(super) fn cut(part: &str, text: &str) -> Result<Cut, ReturnedError> {
    let found = read(part, text)?;
    let mut cut = Cut::default();
    for site in &found.sites {
        let (pieces, runs) = match &site.text {
            Some(inside) => (inside.pieces.clone(), inside.runs.clone()),
            None => (Vec::new(), Vec::new()),
        };
        let texts: Vec<String> = pieces.iter().map(|piece| unescaped(&text[piece.clone()])).collect();
        let whole = texts.concat();
        let Some(ours) = framed(&whole) else {
            cut.left += 1;
            continue;
        };
        if format!("{}{}", &whole[..ours.start], &whole[ours.end..]).trim().is_empty() {
            cut.splices.remove(site.span.clone());
            cut.gone.extend(site.cell);
            continue;
        }
        cut.left += 1;
        let mut at = 0;
        for (piece, content) in pieces.iter().zip(&texts) {
            let (from, to) = (at, at + content.len());
            at = to;
            let (low, high) = (ours.start.clamp(from, to) - from, ours.end.clamp(from, to) - from);
            let run = runs.iter().find(|run| run.start <= piece.start && piece.end <= run.end);
            match run {
                _ if low >= high => {}
                Some(run) if low == 0 && high == content.len() => cut.splices.remove(run.clone()),
                _ => cut.splices.replace(piece.clone(), escaped(&format!("{}{}", &content[..low], &content[high..]))),
            }
        }
    }
    Ok(cut)
}

/// Where our frame stands in a comment's text, with the line break before it.
fn framed(text: &str) -> Option<Range<usize>> {
    let top = text.find(FRAME_TOP)?;
    let behind = top + FRAME_TOP.len();
    let end = text[behind..].find(FRAME_END).map_or(text.len(), |at| behind + at + FRAME_END.len());
    let before = &text[..top];
    let start = before.strip_suffix('\n').map_or(top, |rest| rest.strip_suffix('\r').unwrap_or(rest).len());
    Some(start..end)
}

/// The cells that hold a threaded conversation.
pub(super) fn threads(part: &str, text: &str) -> Result<Vec<CellRef>, ReturnedError> {
    let mut cells = Vec::new();
    let mut tags = Tags::new(part, text);
    while let Some(tag) = tags.next()? {
        if tag.opens() && tag.local() == "threadedComment" {
            cells.extend(tag.value("ref").and_then(|cell| cell.parse::<CellRef>().ok()));
        }
    }
    Ok(cells)
}

//! The legacy drawing that holds the boxes of comments. Excel's own is not always well-formed XML, so it is edited
//! as text: boxes are put in before its end and cut out by their frame.

use super::{sheet::Layout, splice::Splices};
use crate::model::CellRef;

const SHAPE_TYPE: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" \
path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" \
o:connecttype=\"rect\"/></v:shapetype>";

/// The namespaces of a drawing, as attributes.
const NAMESPACES: &str = " xmlns:v=\"urn:schemas-microsoft-com:vml\" \
xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\"";

/// Width of a comment's box in pixels.
const BOX_WIDTH: f64 = 340.0;

/// The box of one comment: its cell, and its text, which decides its height.
pub(super) struct Box {
    pub cell: CellRef,
    pub text: String,
}

/// A new drawing with the boxes of one sheet, which is the `number`th of the workbook (from 1).
pub(super) fn fresh(boxes: &[Box], number: u32, layout: &Layout) -> String {
    let first = number.saturating_mul(1024);
    let blocks = blocks(first, first.saturating_add(boxes.len() as u32));
    let blocks: Vec<String> = blocks.map(|block| block.to_string()).collect();
    let mut text = format!(
        "<xml{NAMESPACES}><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{}\"/></o:shapelayout>{SHAPE_TYPE}",
        blocks.join(",")
    );
    for (at, one) in boxes.iter().enumerate() {
        text += &shape(one, first.saturating_add(1 + at as u32), layout);
    }
    text + "</xml>"
}

/// The numbers of the blocks of 1,024 ids that hold the ids `first..=last`.
fn blocks(first: u32, last: u32) -> std::ops::RangeInclusive<u32> {
    first / 1024..=last / 1024
}

/// Edits that put boxes into a drawing; `None` when it does not look like one.
pub(super) fn append(text: &str, boxes: &[Box], layout: &Layout) -> Option<Splices> {
    let root = &text[text.find("<xml")?..];
    let root = &root[..root.find('>')?];
    // Programs other than Excel may call the namespaces otherwise; boxes that declare their own stand anywhere.
    let declared = ["xmlns:v=", "xmlns:o=", "xmlns:x="].iter().all(|prefix| root.contains(prefix));
    let own = |markup: String| match declared {
        true => markup,
        false => markup.replacen(' ', &format!("{NAMESPACES} "), 1),
    };
    let end = text.rfind("</xml>")?;
    let ids = text.match_indices("_x0000_s").filter_map(|(at, found)| {
        let digits = &text[at + found.len()..];
        digits[..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())].parse::<u32>().ok()
    });
    let first = ids.max().unwrap_or(1024).checked_add(1)?;
    let mut splices = Splices::default();
    let mut added = String::new();
    if !text.contains("id=\"_x0000_t202\"") && !text.contains("id='_x0000_t202'") {
        added += &own(SHAPE_TYPE.to_owned());
    }
    for (at, one) in boxes.iter().enumerate() {
        added += &own(shape(one, first.saturating_add(at as u32), layout));
    }
    splices.insert(end, added);
    widen_id_map(text, first, first.saturating_add(boxes.len() as u32), &mut splices);
    Some(splices)
}

/// Adds the blocks of new ids to the drawing's `idmap`.
fn widen_id_map(text: &str, first: u32, last: u32, splices: &mut Splices) {
    let Some(map) = text.find("<o:idmap") else { return };
    let tag = &text[map..map + text[map..].find('>').unwrap_or(0)];
    let Some(data) = tag.find("data=") else { return };
    let start = map + data + "data=".len() + 1;
    let len = text[start..].find(['"', '\'']).unwrap_or(0);
    let known = &text[start..start + len];
    let held: Vec<u32> = known.split(',').filter_map(|block| block.trim().parse().ok()).collect();
    for block in blocks(first, last).filter(|block| !held.contains(block)) {
        splices.insert(start + len, format!(",{block}"));
    }
}

/// One box, hidden until its cell is pointed at. Its anchor is in cells, so that columns she hid or narrowed are
/// taken into account.
fn shape(one: &Box, id: u32, layout: &Layout) -> String {
    let row_pixels = layout.row_height.filter(|points| *points > 1.0).unwrap_or(15.0) * 4.0 / 3.0;
    let height = 18.0 + 17.0 * f64::from(lines(&one.text).min(40));
    let rows = (height / row_pixels).ceil().clamp(2.0, 400.0) as u32;
    let top = (one.cell.row - 1).saturating_sub(1);
    let left = (one.cell.col + 1).min(16_370);
    let (mut right, mut room) = (left, BOX_WIDTH);
    while room > 0.0 && right < 16_383 {
        let width = column_pixels(right, layout);
        if width >= room {
            break;
        }
        room -= width;
        right += 1;
    }
    let (zero_row, col) = (one.cell.row - 1, one.cell.col);
    let (bottom, offset) = (top.saturating_add(rows).min(1_048_575), room.max(0.0) as u32);
    format!(
        "<v:shape id=\"_x0000_s{id}\" type=\"#_x0000_t202\" style='position:absolute;margin-left:80pt;margin-top:5pt;\
         width:{}pt;height:{}pt;z-index:1;visibility:hidden' fillcolor=\"#ffffe1\" o:insetmode=\"auto\">\
         <v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" obscured=\"t\"/>\
         <v:path o:connecttype=\"none\"/><v:textbox style='mso-direction-alt:auto'><div style='text-align:left'></div>\
         </v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
         <x:Anchor>{left}, 12, {top}, 4, {right}, {offset}, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>\
         <x:Row>{zero_row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>",
        (BOX_WIDTH * 0.75) as u32,
        (height * 0.75) as u32,
    )
}

fn column_pixels(col: u32, layout: &Layout) -> f64 {
    let own = layout.columns.iter().find(|run| (run.first..=run.last).contains(&col)).and_then(|run| run.width);
    match own.or(layout.column_width) {
        Some(0.0) => 0.0,
        Some(characters) => (characters * 7.0 + 5.0).clamp(0.0, 2000.0),
        None => 64.0,
    }
}

/// Lines that a text takes in the box: a Chinese character is two units wide, a line holds 44.
fn lines(text: &str) -> u32 {
    let units = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<u32>();
    text.lines().map(|line| units(line).div_ceil(44).max(1)).sum()
}

/// Edits that cut the boxes of these cells out, and whether any shape is left.
pub(super) fn cut(text: &str, cells: &[CellRef]) -> (Splices, bool) {
    let mut splices = Splices::default();
    let mut left = false;
    let mut at = 0;
    while let Some(found) = text[at..].find("<v:shape ") {
        let start = at + found;
        let Some(len) = text[start..].find("</v:shape>") else {
            left = true;
            break;
        };
        let end = start + len + "</v:shape>".len();
        let shape = &text[start..end];
        let number = |name: &str| {
            let inner = &shape[shape.find(&format!("<x:{name}>"))? + name.len() + 4..];
            inner[..inner.find('<')?].trim().parse::<u32>().ok()
        };
        let cell = number("Row").zip(number("Column")).map(|(row, col)| CellRef { row: row.saturating_add(1), col });
        if shape.contains("\"Note\"") && cell.is_some_and(|cell| cells.contains(&cell)) {
            splices.remove(start..end);
        } else {
            left = true;
        }
        at = end;
    }
    (splices, left)
}

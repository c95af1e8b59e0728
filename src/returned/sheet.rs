//! The XML of her sheets: what stands where, and the edits that mark cells.

use super::{
    ReturnedError,
    marks::MAX_COL,
    markup::{Kind, Root, Tag, Tags},
    splice::Splices,
};
use crate::model::CellRef;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// What a sheet says outside its cells.
#[derive(Debug)]
pub(super) struct Layout {
    pub root: Root,
    /// The whole `sheetData`; `None` for a chart sheet.
    pub data: Option<Range<usize>>,
    data_empty: bool,
    pub columns: Vec<Columns>,
    merges: Vec<(CellRef, CellRef)>,
    /// The relationship id of the drawing that holds the boxes of comments, and its element.
    pub legacy_drawing: Option<(String, Range<usize>)>,
    /// Where `legacyDrawing` goes when there is none.
    legacy_drawing_at: usize,
    /// The values of `tabSelected`.
    selected: Vec<Range<usize>>,
    /// Height of a row in points, where the sheet says so.
    pub row_height: Option<f64>,
    /// Width of a column in characters, where the sheet says so.
    pub column_width: Option<f64>,
}

/// One `col` element: a run of columns, from 0, both ends included.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub first: u32,
    pub last: u32,
    pub style: u32,
    /// In characters; 0 when hidden.
    pub width: Option<f64>,
}

/// The children of `worksheet` that stand behind `legacyDrawing`.
const BEHIND: [&str; 8] =
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];

impl Layout {
    pub fn read(part: &str, text: &str) -> Result<Layout, ReturnedError> {
        let root = Root::read(part, text)?;
        let mut layout = Layout {
            data: None,
            data_empty: false,
            columns: Vec::new(),
            merges: Vec::new(),
            legacy_drawing: None,
            legacy_drawing_at: 0,
            selected: Vec::new(),
            row_height: None,
            column_width: None,
            root,
        };
        let mut behind = None;
        let mut tags = Tags::new(part, text);
        while let Some(tag) = tags.next()? {
            match (tag.depth, tag.opens()) {
                (0, false) => layout.legacy_drawing_at = behind.unwrap_or(tag.span.start),
                (1, true) => {
                    let is_behind = BEHIND.iter().any(|name| layout.root.is(&tag, name));
                    // Wraps `controls` or `oleObjects`.
                    let wrapped = tag.local() == "AlternateContent" && layout.data.is_some();
                    if (is_behind || wrapped) && behind.is_none() {
                        behind = Some(tag.span.start);
                    }
                    layout.top(&tag, &mut tags)?;
                }
                (2, true) => layout.below(&tag),
                _ => {}
            }
        }
        Ok(layout)
    }

    fn top<'a>(&mut self, tag: &Tag<'a>, tags: &mut Tags<'a>) -> Result<(), ReturnedError> {
        if self.root.is(tag, "sheetData") {
            self.data_empty = tag.kind == Kind::Empty;
            let close = tags.close_of(tag)?;
            self.data = Some(tag.span.start..close.span.end);
        } else if self.root.is(tag, "legacyDrawing") {
            let close = tags.close_of(tag)?;
            self.legacy_drawing = Some((tag.relation_id().unwrap_or_default(), tag.span.start..close.span.end));
        } else if self.root.is(tag, "sheetFormatPr") {
            self.row_height = tag.number("defaultRowHeight");
            self.column_width = tag.number("defaultColWidth").or(tag.number("baseColWidth"));
        }
        Ok(())
    }

    fn below(&mut self, tag: &Tag<'_>) {
        if self.root.is(tag, "sheetView") {
            let selected = tag.attribute("tabSelected").filter(|on| matches!(on.raw, "1" | "true"));
            self.selected.extend(selected.map(|on| on.value));
        } else if self.root.is(tag, "col") {
            let Some(first) = tag.number::<u32>("min").and_then(|min| min.checked_sub(1)) else { return };
            let last = tag.number::<u32>("max").map_or(first, |max| max.saturating_sub(1));
            let hidden = tag.value("hidden").is_some_and(|on| matches!(on.as_str(), "1" | "true"));
            let width = if hidden { Some(0.0) } else { tag.number("width") };
            self.columns.push(Columns { first, last, style: tag.number("style").unwrap_or(0), width });
        } else if self.root.is(tag, "mergeCell") {
            let reference = tag.value("ref").unwrap_or_default();
            let corners = reference.split_once(':').map(|(from, to)| (from.parse::<CellRef>(), to.parse::<CellRef>()));
            if let Some((Ok(from), Ok(to))) = corners {
                self.merges.push((from, to));
            }
        }
    }

    /// The cell that shows what stands at `cell`: the top left one of a merged area, else itself.
    pub fn shown(&self, cell: CellRef) -> CellRef {
        let inside = |(from, to): &&(CellRef, CellRef)| {
            (from.row..=to.row).contains(&cell.row) && (from.col..=to.col).contains(&cell.col)
        };
        self.merges.iter().find(inside).map_or(cell, |(from, _)| *from)
    }

    fn column_style(&self, col: u32) -> u32 {
        self.columns.iter().find(|run| (run.first..=run.last).contains(&col)).map_or(0, |run| run.style)
    }

    /// Takes the sheet out of the selection, so that it is not edited together with the sheet that is opened.
    pub fn deselect(&self, splices: &mut Splices) {
        for selected in &self.selected {
            splices.replace(selected.clone(), "0");
        }
    }

    /// Refers to the drawing of the comments, which the sheet does not do yet.
    pub fn refer_to_drawing(&self, id: &str, splices: &mut Splices) {
        let (prefix, attribute) = (&self.root.prefix, self.root.relation_attribute(id));
        splices.insert(self.legacy_drawing_at, format!("<{prefix}legacyDrawing {attribute}/>"));
    }
}

/// One cell element.
#[derive(Debug)]
struct CellSite {
    col: u32,
    start: usize,
    name_end: usize,
    /// The value of `s`, and where it stands.
    style: Option<(u32, Range<usize>)>,
    holds_value: bool,
}

/// One row element.
#[derive(Debug)]
struct RowSite {
    /// The style of cells that the row does not hold, where it has one.
    style: Option<u32>,
    cells: Vec<CellSite>,
    open: Range<usize>,
    empty: bool,
    /// Where its closing tag begins.
    close: usize,
    /// The value of `spans`, and where it stands.
    spans: Option<(String, Range<usize>)>,
}

/// The rows and cells of a sheet that are asked for.
#[derive(Debug)]
pub(super) struct Rows {
    sites: BTreeMap<u32, RowSite>,
    /// Where a row that is not there goes.
    absent: BTreeMap<u32, usize>,
    data: Range<usize>,
    data_empty: bool,
}

impl Rows {
    /// Finds the rows `wanted`. Rows and cells without `r`, as WPS writes them, are counted.
    pub fn read(part: &str, text: &str, layout: &Layout, wanted: &BTreeSet<u32>) -> Result<Rows, ReturnedError> {
        let Some(data) = layout.data.clone() else { return Err(ReturnedError::malformed(part, "no sheetData")) };
        let mut rows =
            Rows { sites: BTreeMap::new(), absent: BTreeMap::new(), data: data.clone(), data_empty: layout.data_empty };
        let root = &layout.root;
        let mut tags = Tags::new(part, text);
        let (mut number, mut passed) = (0u32, 0u32);
        let mut data_end = data.end;
        while let Some(tag) = tags.next()? {
            if tag.span.start < data.start {
                continue;
            }
            if tag.depth == 1 && tag.span.start >= data.start {
                data_end = if tag.kind == Kind::Close { tag.span.start } else { data.end };
                if tag.kind != Kind::Open {
                    break;
                }
            }
            if tag.depth != 2 || !tag.opens() || !root.is(&tag, "row") {
                continue;
            }
            number = tag.number("r").unwrap_or_else(|| number.saturating_add(1));
            for missing in wanted.range(passed.min(number)..number) {
                rows.absent.entry(*missing).or_insert(tag.span.start);
            }
            passed = passed.max(number);
            if wanted.contains(&number) && !rows.sites.contains_key(&number) {
                let site = read_row(&tag, &mut tags, root)?;
                rows.sites.insert(number, site);
            }
        }
        for missing in wanted {
            rows.absent.entry(*missing).or_insert(data_end);
        }
        Ok(rows)
    }

    /// The first cell of a row that holds something, else its first cell.
    pub fn first_cell(&self, row: u32) -> Option<u32> {
        let cells = &self.sites.get(&row)?.cells;
        let filled = cells.iter().filter(|cell| cell.holds_value).map(|cell| cell.col).min();
        filled.or_else(|| cells.iter().map(|cell| cell.col).min())
    }

    /// The format of a cell, whether it is there or not.
    pub fn style(&self, cell: CellRef, layout: &Layout) -> u32 {
        let Some(row) = self.sites.get(&cell.row) else { return layout.column_style(cell.col) };
        match row.cells.iter().find(|site| site.col == cell.col) {
            Some(site) => site.style.as_ref().map_or(0, |(style, _)| *style),
            None => row.style.unwrap_or_else(|| layout.column_style(cell.col)),
        }
    }

    /// Gives each cell its new format; cells and rows that are not there are made.
    pub fn mark(&self, styles: &BTreeMap<CellRef, usize>, layout: &Layout, splices: &mut Splices) {
        let mut by_row: BTreeMap<u32, Vec<(u32, usize)>> = BTreeMap::new();
        for (cell, style) in styles {
            by_row.entry(cell.row).or_default().push((cell.col, *style));
        }
        let prefix = &layout.root.prefix;
        let cell_xml =
            |row: u32, col: u32, style: usize| format!("<{prefix}c r=\"{}\" s=\"{style}\"/>", CellRef { row, col });
        let mut new_rows: BTreeMap<usize, String> = BTreeMap::new();
        for (row, cells) in &by_row {
            if let Some(site) = self.sites.get(row) {
                mark_row(site, *row, cells, prefix, splices, &cell_xml);
            } else if let Some(at) = self.absent.get(row) {
                let cells: String = cells.iter().map(|(col, style)| cell_xml(*row, *col, *style)).collect();
                let xml = format!("<{prefix}row r=\"{row}\">{cells}</{prefix}row>");
                new_rows.entry(*at).or_default().push_str(&xml);
            }
        }
        if self.data_empty {
            let rows: String = new_rows.into_values().collect();
            if !rows.is_empty() {
                splices.replace(self.data.clone(), format!("<{prefix}sheetData>{rows}</{prefix}sheetData>"));
            }
            return;
        }
        for (at, xml) in new_rows {
            splices.insert(at, xml);
        }
    }
}

fn mark_row(
    site: &RowSite,
    row: u32,
    cells: &[(u32, usize)],
    prefix: &str,
    splices: &mut Splices,
    cell_xml: &dyn Fn(u32, u32, usize) -> String,
) {
    let mut made: BTreeMap<usize, String> = BTreeMap::new();
    let mut widest = Vec::new();
    for (col, style) in cells {
        match site.cells.iter().find(|cell| cell.col == *col) {
            Some(CellSite { style: Some((_, range)), .. }) => splices.replace(range.clone(), style.to_string()),
            Some(cell) => splices.insert(cell.name_end, format!(" s=\"{style}\"")),
            None => {
                let at = site.cells.iter().find(|cell| cell.col > *col).map_or(site.close, |cell| cell.start);
                made.entry(at).or_default().push_str(&cell_xml(row, *col, *style));
                widest.push(*col);
            }
        }
    }
    if let Some((value, range)) = site.spans.as_ref().filter(|_| !widest.is_empty())
        && let Some(wider) = widened(value, &widest)
    {
        splices.replace(range.clone(), wider);
    }
    if site.empty && !made.is_empty() {
        let cells: String = made.into_values().collect();
        splices.replace(site.open.end - 2..site.open.end, format!(">{cells}</{prefix}row>"));
        return;
    }
    for (at, xml) in made {
        splices.insert(at, xml);
    }
}

/// The hint `spans`, such as `1:5`, with more columns; `None` when it holds them already or is not of that form.
fn widened(spans: &str, cols: &[u32]) -> Option<String> {
    let (from, to) = spans.split_once(':')?;
    let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    let low = cols.iter().min()?.saturating_add(1).min(from);
    let high = cols.iter().max()?.saturating_add(1).max(to);
    (low != from || high != to).then(|| format!("{low}:{high}"))
}

fn read_row<'a>(row: &Tag<'a>, tags: &mut Tags<'a>, root: &Root) -> Result<RowSite, ReturnedError> {
    let own_style = row.value("customFormat").is_some_and(|on| matches!(on.as_str(), "1" | "true"));
    let mut site = RowSite {
        style: row.number("s").filter(|_| own_style),
        cells: Vec::new(),
        open: row.span.clone(),
        empty: row.kind == Kind::Empty,
        close: row.span.end,
        spans: row.attribute("spans").map(|spans| (spans.raw.to_owned(), spans.value)),
    };
    if site.empty {
        return Ok(site);
    }
    let mut next_col = 0u32;
    while let Some(tag) = tags.next()? {
        if tag.depth == row.depth {
            site.close = tag.span.start;
            break;
        }
        if tag.depth == row.depth + 1 && tag.opens() && root.is(&tag, "c") {
            let named = tag.value("r").and_then(|r| r.parse::<CellRef>().ok()).map(|cell| cell.col);
            let col = named.unwrap_or(next_col).min(MAX_COL);
            next_col = col + 1;
            let style = tag.attribute("s").map(|s| (s.raw.trim().parse().unwrap_or(0), s.value));
            let name_end = tag.span.start + 1 + tag.name.len();
            site.cells.push(CellSite { col, start: tag.span.start, name_end, style, holds_value: false });
        } else if tag.depth == row.depth + 2
            && tag.opens()
            && ["v", "is", "f"].iter().any(|name| root.is(&tag, name))
            && let Some(cell) = site.cells.last_mut()
        {
            cell.holds_value = true;
        }
    }
    Ok(site)
}

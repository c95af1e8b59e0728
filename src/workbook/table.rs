//! Writes a presentation table into a worksheet: header, cells, totals, and everything a table needs: filter, frozen
//! panes, repeated headings, print area, bars, courses, dropdowns.

use super::{
    book::{Page, put, put_day},
    entry,
    style::{BLUE, Base, Look, MIST, RUST, SKY, Style},
};
use crate::{
    model::CellRef,
    report::table::{
        Bars, Cell, Column, Formula, Kind, Mark, Measure, Medium, Piece, Printed, Scale, Sheet, Table, Value,
        text_width,
    },
};
use rust_xlsxwriter::{
    ColNum, ConditionalFormat2ColorScale, ConditionalFormatDataBar, ConditionalFormatType, Format,
    Formula as ExcelFormula, RowNum, Sparkline, Table as ExcelTable, TableColumn, TableStyle, XlsxError,
};
use std::collections::BTreeSet;

/// Data rows a sheet holds at most; the format ends at 1,048,576.
const MOST_ROWS: usize = 1_000_000;

/// What a formula gives where there is no value. The writer takes an empty cached result for 0.
const NO_VALUE: &str = "–";

/// So many Latin digits stand side by side on a sheet of paper in its full size.
pub(super) const PAPER: f64 = 130.0;

/// Where a table came to stand.
pub(super) struct Placed {
    /// The row of its header, from 0.
    pub header: RowNum,
    /// The row of its first data row.
    pub first: RowNum,
    /// For each of its columns, where it stands.
    pub cols: Vec<Option<ColNum>>,
    /// The titles as they stand, from the first column on.
    pub titles: Vec<String>,
}

impl Placed {
    /// Where a column of the table stands.
    pub(super) fn col(&self, column: usize) -> ColNum {
        self.cols.get(column).copied().flatten().unwrap_or_default()
    }
}

/// Writes a sheet: title, notes, tables.
pub(super) fn sheet(page: &mut Page<'_>, sheet: &Sheet<'_>) -> Result<Vec<Placed>, XlsxError> {
    page.head(&sheet.title, &sheet.notes)?;
    if sheet.printed == Printed::Head {
        page.text(page.row, 0, &page.words.word("pack.not_printed"), &page.style.note)?;
        page.row += 1;
        put_on_paper(page, sheet, page.row)?;
        page.sheet.set_print_fit_to_pages(1, 1);
    }
    let mut placed = Vec::new();
    for (at, table) in sheet.tables.iter().enumerate() {
        if !table.title.is_empty() {
            page.row += 1;
            page.text(page.row, 0, &table.title, &page.style.heading)?;
            page.row += 1;
        } else if at > 0 {
            page.row += 1;
        }
        placed.push(write(page, table, at == 0)?);
        if at == 0 && sheet.printed == Printed::FirstTable {
            put_on_paper(page, sheet, page.row)?;
        }
    }
    Ok(placed)
}

/// Limits the paper to the rows above `end`, and to the columns of the first table that are printed, or of a mere head to as many
/// as stand on a sheet of paper in their full size.
fn put_on_paper(page: &mut Page<'_>, sheet: &Sheet<'_>, end: RowNum) -> Result<(), XlsxError> {
    let Some(table) = sheet.tables.first() else { return Ok(()) };
    let mut wide = 0.0;
    let printed = |at: &usize| table.print.columns == 0 || *at < table.print.columns;
    let columns = (0..table.columns.len()).filter(|at| table.columns[*at].is_on(Medium::Sheet)).filter(printed);
    let fits = columns.take_while(|at| {
        let fits = sheet.printed != Printed::Head || wide < PAPER;
        wide += table.columns[*at].width;
        fits
    });
    let last = ColNum::try_from(fits.count().saturating_sub(1)).unwrap_or(ColNum::MAX);
    page.sheet.set_print_area(0, 0, end.saturating_sub(1), last)?;
    Ok(())
}

/// Writes a table at the page's next row. The first of a sheet is the one that freezes panes, repeats its header on
/// every printed page and sets the paper.
pub(super) fn write(page: &mut Page<'_>, table: &Table<'_>, first_of_sheet: bool) -> Result<Placed, XlsxError> {
    let shown: Vec<usize> = (0..table.columns.len()).filter(|at| table.columns[*at].is_on(Medium::Sheet)).collect();
    let mut cols = vec![None; table.columns.len()];
    for (col, at) in (0..).zip(&shown) {
        cols[*at] = Some(col);
    }
    groups(page, table, &shown)?;
    let header = page.row;
    if table.headless {
        return headless(
            page,
            table,
            &shown,
            Placed { header, first: header, cols, titles: Vec::new() },
            first_of_sheet,
        );
    }
    let placed = Placed { header, first: header + 1, cols, titles: titles(table, &shown) };
    let lines = shown.iter().map(|at| header_lines(&table.columns[*at])).fold(1.0, f64::max);
    page.sheet.set_row_height(header, 8.0 + 15.0 * lines)?;
    for (col, at) in (0..).zip(&shown) {
        if first_of_sheet {
            page.sheet.set_column_width(col, table.columns[*at].width)?;
        }
    }
    if first_of_sheet {
        let lead = shown.iter().filter(|at| **at < table.lead).count();
        page.sheet.set_freeze_panes(header + 1, ColNum::try_from(lead).unwrap_or_default())?;
        page.sheet.set_repeat_rows(header, header)?;
    }
    let rows = &table.rows[..table.rows.len().min(MOST_ROWS)];
    let last = header + u32::try_from(rows.len()).unwrap_or_default();
    head(page, table, &shown, &placed, rows.len())?;
    let looks: Vec<Look> =
        table.columns.iter().map(|column| Look::of(column.kind, column.to_fill || column.entry.is_some())).collect();
    // What is to be filled has the format of what is filled in.
    let style = page.style;
    let fill = |column: &Column<'_>| column.entry.map(|entry| style.to_fill(entry::format(style, entry)));
    let blanks: Vec<Option<Format>> = table.columns.iter().map(fill).collect();
    let line_style = LineStyle { looks, blanks };
    page.row = header + 1;
    for row in rows {
        line(page, table, &row.cells, &shown, &line_style, &placed)?;
        page.row += 1;
    }
    if rows.is_empty() {
        page.text(page.row, 0, &table.empty, &page.style.note)?;
        page.row += 1;
    } else {
        extras(page, table, &shown, &placed, last)?;
    }
    if let Some(totals) = &table.totals {
        let looks = line_style.looks.iter().map(|look| Look { total: true, fill: false, ..*look }).collect();
        let style = LineStyle { looks, blanks: vec![None; table.columns.len()] };
        line(page, table, &totals.cells, &shown, &style, &placed)?;
        page.row += 1;
    }
    if first_of_sheet {
        paper(page, table, &shown)?;
    }
    Ok(placed)
}

/// Rows under no headings: what each is its first column says.
fn headless(
    page: &mut Page<'_>,
    table: &Table<'_>,
    shown: &[usize],
    placed: Placed,
    first_of_sheet: bool,
) -> Result<Placed, XlsxError> {
    let looks = table.columns.iter().map(|column| Look::of(column.kind, column.to_fill)).collect();
    let style = LineStyle { looks, blanks: vec![None; table.columns.len()] };
    for row in &table.rows {
        line(page, table, &row.cells, shown, &style, &placed)?;
        page.row += 1;
    }
    if first_of_sheet {
        paper(page, table, shown)?;
    }
    Ok(placed)
}

/// The headings over neighbouring columns of one group.
fn groups(page: &mut Page<'_>, table: &Table<'_>, shown: &[usize]) -> Result<(), XlsxError> {
    if shown.iter().all(|at| table.columns[*at].group.is_empty()) {
        return Ok(());
    }
    let format = page.style.header_center.clone();
    for (col, at) in (0..).zip(shown) {
        let group = &table.columns[*at].group;
        let begins = col == 0 || table.columns[shown[usize::from(col) - 1]].group != *group;
        put(page.sheet, page.row, col, if begins { group } else { "" }, &format)?;
    }
    page.row += 1;
    Ok(())
}

fn header_format<'s>(style: &'s Style, column: &Column<'_>) -> &'s Format {
    if column.to_fill {
        return &style.required;
    }
    match column.kind {
        Kind::Text | Kind::Prose | Kind::Code => &style.header,
        _ => &style.header_center,
    }
}

/// The titles as the format allows them: each once.
fn titles(table: &Table<'_>, shown: &[usize]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let title = |at: &usize| {
        let mut title = table.columns[*at].title.replace(['\n', '\r'], " ");
        while !known.insert(title.to_lowercase()) {
            title.push('·');
        }
        title
    };
    shown.iter().map(title).collect()
}

/// The header; over rows it is a table of the format, with filters.
fn head(
    page: &mut Page<'_>,
    table: &Table<'_>,
    shown: &[usize],
    placed: &Placed,
    rows: usize,
) -> Result<(), XlsxError> {
    let mut headers = Vec::new();
    for ((col, at), title) in (0..).zip(shown).zip(&placed.titles) {
        let column = &table.columns[*at];
        let format = header_format(page.style, column);
        if rows == 0 {
            put(page.sheet, placed.header, col, title, format)?;
        }
        headers.push(TableColumn::new().set_header(title).set_header_format(format));
    }
    if rows > 0 {
        let name = page.table_name();
        let own = ExcelTable::new().set_name(name).set_style(TableStyle::Light1).set_columns(&headers);
        let last_col = ColNum::try_from(shown.len().saturating_sub(1)).unwrap_or(ColNum::MAX);
        let last = placed.header + u32::try_from(rows).unwrap_or_default();
        page.sheet.add_table(placed.header, 0, last, last_col, &own)?;
    }
    Ok(())
}

/// What the cells of each column look like.
struct LineStyle {
    looks: Vec<Look>,
    /// The format of an empty cell that the reader fills in.
    blanks: Vec<Option<Format>>,
}

/// Writes one row at the page's row.
fn line(
    page: &mut Page<'_>,
    table: &Table<'_>,
    cells: &[Cell<'_>],
    shown: &[usize],
    style: &LineStyle,
    placed: &Placed,
) -> Result<(), XlsxError> {
    let mut lines = 1.0_f64;
    for (col, at) in (0..).zip(shown) {
        let (column, look) = (&table.columns[*at], style.looks[*at]);
        let cell = cells.get(*at).unwrap_or(&Cell::Blank);
        if column.kind == Kind::Prose
            && let Cell::Text(text) | Cell::Link(text, _) = cell
        {
            lines = lines.max(text_lines(text, column.width));
        }
        match (&style.blanks[*at], cell) {
            (Some(format), Cell::Blank) => {
                page.sheet.write_blank(page.row, col, format)?;
            }
            _ => one(page, col, cell, look, placed)?,
        }
    }
    // Wrapped text makes no row higher by itself in every program that opens the file.
    if lines > 1.0 {
        page.sheet.set_row_height(page.row, (4.0 + 14.5 * lines).min(400.0))?;
    }
    Ok(())
}

fn one(page: &mut Page<'_>, col: ColNum, cell: &Cell<'_>, look: Look, placed: &Placed) -> Result<(), XlsxError> {
    let (row, style) = (page.row, page.style);
    match cell {
        Cell::Entry => {
            let open = style.to_fill(style.base.clone());
            page.sheet.write_blank(row, col, &open)?;
        }
        Cell::Blank | Cell::Trend(_) => {
            page.sheet.write_blank(row, col, page.formats.get(style, look))?;
        }
        Cell::Text(text) | Cell::Link(text, _) => put(page.sheet, row, col, text, page.formats.get(style, look))?,
        Cell::Number(number) => {
            page.sheet.write_number_with_format(row, col, *number, page.formats.get(style, look))?;
        }
        Cell::Date(day) => put_day(page.sheet, row, col, *day, page.formats.get(style, look))?,
        Cell::Mark(mark) => {
            let look = Look { kind: Base::Word, tone: mark.tone, ..look };
            put(page.sheet, row, col, &marked(mark), page.formats.get(style, look))?;
        }
        Cell::Value(value) => number(page, col, value, look, placed)?,
    }
    Ok(())
}

/// `✗ 未报`, `✓ 5/5`.
fn marked(mark: &Mark<'_>) -> String {
    let text = if mark.text.is_empty() { &mark.word } else { &mark.text };
    if mark.mark.is_empty() { text.to_string() } else { format!("{} {text}", mark.mark) }
}

fn number(page: &mut Page<'_>, col: ColNum, value: &Value, look: Look, placed: &Placed) -> Result<(), XlsxError> {
    let (row, style) = (page.row, page.style);
    let look = Look { tone: value.tone, ..look };
    let Some(number) = value.number else {
        return put(page.sheet, row, col, &value.text, page.formats.get(style, look));
    };
    let kind = if value.measure.scale == Scale::DaysOver { Base::Word } else { Base::Number };
    let format = page.formats.get(style, Look { kind, measure: Some(value.measure), mark: value.status, ..look });
    match &value.formula {
        None => page.sheet.write_number_with_format(row, col, number, format)?,
        Some(formula) => {
            let formula =
                ExcelFormula::new(excel(formula, value.measure, (row, col), placed)).set_result(number.to_string());
            page.sheet.write_formula_with_format(row, col, formula, format)?
        }
    };
    Ok(())
}

/// A formula over cells of the same row. Differences are rounded as they are shown, so that none is less than nothing.
fn excel(formula: &Formula, measure: Measure, (row, col): (RowNum, ColNum), placed: &Placed) -> String {
    let at = |column: &usize| format!("{}{}", CellRef::column_letters(u32::from(placed.col(*column))), row + 1);
    match formula {
        Formula::Same(of) => format!("={}", at(of)),
        Formula::Above => {
            let letters = CellRef::column_letters(u32::from(col));
            format!("=SUM({letters}{}:{letters}{row})", placed.first + 1)
        }
        Formula::Pieces(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_string(),
                Piece::Cell(column) => at(column),
            })
            .collect(),
        Formula::Ratio(of, by) => format!("=IF({1}=0,\"{NO_VALUE}\",{0}/{1})", at(of), at(by)),
        Formula::Difference(of, from) if measure.scale == Scale::Points => {
            format!("=ROUND(({}-{})*100,{})", at(of), at(from), measure.decimals)
        }
        Formula::Difference(of, from) => format!("=ROUND({}-{},{})", at(of), at(from), measure.decimals),
    }
}

/// Bars, courses and dropdowns over the rows of a table.
fn extras(
    page: &mut Page<'_>,
    table: &Table<'_>,
    shown: &[usize],
    placed: &Placed,
    last: RowNum,
) -> Result<(), XlsxError> {
    for (col, at) in (0..).zip(shown) {
        let column = &table.columns[*at];
        if let Some(Bars::Heat) = column.bars {
            let scale = ConditionalFormat2ColorScale::new()
                .set_minimum(ConditionalFormatType::Number, 0)
                .set_maximum(ConditionalFormatType::Number, 1)
                .set_minimum_color(rust_xlsxwriter::Color::White)
                .set_maximum_color(SKY);
            page.sheet.add_conditional_format(placed.first, col, last, col, &scale)?;
        } else if let Some(bars) = column.bars {
            let bar = ConditionalFormatDataBar::new()
                .set_fill_color(MIST)
                .set_solid_fill(true)
                .set_border_off(true)
                .set_minimum(ConditionalFormatType::Number, 0);
            let (from, bar) = match bars {
                Bars::Share => (placed.first, bar.set_maximum(ConditionalFormatType::Number, 1)),
                Bars::All | Bars::Heat => (placed.first, bar),
                Bars::AfterFirst => (placed.first + 1, bar),
            };
            if from <= last {
                page.sheet.add_conditional_format(from, col, last, col, &bar)?;
            }
        }
        if let Kind::Trend { first, last } = column.kind {
            let (from, to) = (placed.col(first), placed.col(last));
            for (row, cells) in (placed.first..).zip(&table.rows) {
                let numbers = cells.cells.get(first..=last).unwrap_or_default().iter();
                let has = numbers.filter(|cell| matches!(cell, Cell::Value(value) if value.number.is_some())).count();
                if has > 1 {
                    let course = Sparkline::new()
                        .set_range((page.name.as_str(), row, from, row, to))
                        .set_sparkline_color(BLUE)
                        .show_last_point(true)
                        .set_last_point_color(RUST);
                    page.sheet.add_sparkline(row, col, &course)?;
                }
            }
        }
        if let Some(definition) = column.entry {
            let first = CellRef { row: placed.first + 1, col: u32::from(col) };
            let rule = entry::validation(definition, first, None, page.words)?;
            page.sheet.add_data_validation(placed.first, col, last, col, &rule)?;
        }
    }
    Ok(())
}

fn paper(page: &mut Page<'_>, table: &Table<'_>, shown: &[usize]) -> Result<(), XlsxError> {
    if table.print.columns > 0 {
        let printed = shown.iter().filter(|at| **at < table.print.columns).count();
        let last_col = ColNum::try_from(printed.saturating_sub(1)).unwrap_or(ColNum::MAX);
        page.sheet.set_print_area(0, 0, page.row.saturating_sub(1), last_col)?;
    }
    if table.print.pages_wide > 1 {
        page.sheet.set_print_fit_to_pages(table.print.pages_wide, 0);
        page.sheet.set_repeat_columns(0, 0)?;
    }
    Ok(())
}

/// Lines a title takes; the filter's button takes some width too.
fn header_lines(column: &Column<'_>) -> f64 {
    (text_width(&column.title) / (column.width - 3.0).max(2.0)).ceil().clamp(1.0, 4.0)
}

/// Lines a text takes when it wraps at `width`.
fn text_lines(text: &str, width: f64) -> f64 {
    text.lines().map(|line| (text_width(line) * 0.94 / (width - 0.5)).ceil().max(1.0)).sum()
}

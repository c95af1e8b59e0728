//! Grids as an Excel workbook: the same grids, the same bytes.

use super::{
    clerks::{Habits, Titles},
    grid::{Grid, Written},
    submissions::{Book, Cover},
};
use chrono::{NaiveDate, NaiveTime};
use rust_xlsxwriter::{
    Chart, ChartType, Color, DocProperties, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

/// The formats of a workbook.
struct Formats {
    title: Format,
    header: Format,
    label: Format,
    day: Format,
    minute: Format,
    left_day: Format,
    left_minute: Format,
    phone: Format,
    total: Format,
}

impl Formats {
    fn of(habits: &Habits) -> Formats {
        let fill = match habits.titles {
            Titles::Ours => 0xD9E2F3,
            Titles::Mixed => 0xE2EFDA,
            Titles::Traditional => 0xFFF2CC,
            Titles::Marked => 0xEDEDED,
        };
        Formats {
            title: Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center),
            header: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(fill))
                .set_border(FormatBorder::Thin)
                .set_align(FormatAlign::Center),
            label: Format::new().set_bold(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            minute: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            left_day: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            left_minute: Format::new().set_num_format("yyyy-mm-dd hh:mm").set_align(FormatAlign::Left),
            phone: Format::new().set_num_format("0"),
            total: Format::new().set_bold().set_num_format("#,##0"),
        }
    }
}

/// An empty workbook whose properties hold no clock.
pub fn workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN);
    workbook.set_properties(&DocProperties::new().set_author("门店").set_creation_datetime(&created));
    Ok(workbook)
}

/// A store's workbook: its sheets in order, the cover first, the clerk's extras last.
pub fn bytes(
    book: &Book,
    grids: &[Grid],
    habits: &Habits,
    store: (&str, &str),
    clerk: &str,
) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::of(habits);
    let mut workbook = workbook()?;
    if let Some(cover) = &book.cover {
        write_cover(workbook.add_worksheet(), cover, store, clerk, &formats)?;
    }
    for grid in grids {
        write_grid(workbook.add_worksheet(), grid, &formats, habits, book.weekly)?;
    }
    if habits.extra_sheets && book.newest {
        write_extras(&mut workbook, &formats)?;
    }
    if habits.chart && book.weekly {
        write_chart(workbook.add_worksheet(), grids, &formats)?;
    }
    workbook.save_to_buffer()
}

fn write_cover(
    sheet: &mut Worksheet,
    cover: &Cover,
    (id, name): (&str, &str),
    clerk: &str,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name("封面")?.set_column_width(0, 14)?.set_column_width(1, 24)?;
    sheet.merge_range(0, 0, 0, 1, "客户关系报送表", &formats.title)?;
    for (row, (label, text)) in (2..).zip([
        ("店代码", Some(id)),
        ("门店名称", Some(name)),
        ("周起", None),
        ("周止", None),
        ("提交人", Some(clerk)),
        ("提交时间", None),
        ("模板版本", Some("2026.1")),
    ]) {
        sheet.write_string_with_format(row, 0, label, &formats.label)?;
        match (label, text) {
            (_, Some(text)) => sheet.write_string(row, 1, text)?,
            ("周起", None) => sheet.write_datetime_with_format(row, 1, cover.from, &formats.left_day)?,
            ("周止", None) => sheet.write_datetime_with_format(row, 1, cover.to, &formats.left_day)?,
            (_, None) => sheet.write_datetime_with_format(row, 1, cover.submitted, &formats.left_minute)?,
        };
    }
    Ok(())
}

fn write_grid(
    sheet: &mut Worksheet,
    grid: &Grid,
    formats: &Formats,
    habits: &Habits,
    printed: bool,
) -> Result<(), XlsxError> {
    sheet.set_name(&grid.name)?;
    for (row, first, last, text) in &grid.merged {
        let format = if habits.title_row && *row == 0 { &formats.title } else { &formats.header };
        sheet.merge_range(*row, *first, *row, *last, text, format)?;
    }
    let last_header = grid.headers.first().copied().unwrap_or(0);
    let total = grid.body.map(|(_, bottom)| bottom + 1);
    for (row, col, written) in &grid.cells {
        let heads = grid.headers.contains(row) || *row < last_header;
        match written {
            Written::Text(text) if heads => sheet.write_string_with_format(*row, *col, text, &formats.header)?,
            Written::Text(text) if Some(*row) == total => {
                sheet.write_string_with_format(*row, *col, text, &formats.label)?
            }
            Written::Text(text) => sheet.write_string(*row, *col, text)?,
            Written::Number(number) if Some(*row) == total => {
                sheet.write_number_with_format(*row, *col, *number, &formats.total)?
            }
            Written::Number(number) if *number >= 1e10 => {
                sheet.write_number_with_format(*row, *col, *number, &formats.phone)?
            }
            Written::Number(number) => sheet.write_number(*row, *col, *number)?,
            Written::Day(day) => sheet.write_datetime_with_format(*row, *col, day, &formats.day)?,
            Written::Minute(at) => sheet.write_datetime_with_format(*row, *col, at, &formats.minute)?,
            Written::Fault(value) => sheet.write_formula(*row, *col, Formula::new("=NA()").set_result(*value))?,
        };
    }
    for (col, width) in (grid.width.0..).zip(widths(grid)) {
        sheet.set_column_width(col, width)?;
    }
    if printed {
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    }
    sheet.set_freeze_panes(last_header + 1, grid.width.0)?;
    if let Some((_, bottom)) = grid.body.filter(|_| !habits.two_level && habits.repeat_header.is_none()) {
        sheet.autofilter(last_header, grid.width.0, bottom, grid.width.1)?;
    }
    Ok(())
}

/// The width of each column: as wide as its widest cell, within reason.
fn widths(grid: &Grid) -> Vec<f64> {
    let (first, last) = grid.width;
    let mut widths = vec![8_usize; usize::from(last - first) + 1];
    for (_, col, written) in &grid.cells {
        let width = match written {
            // A Chinese character takes the room of two letters.
            Written::Text(text) => text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum(),
            Written::Minute(_) => 16,
            Written::Day(_) => 10,
            Written::Number(number) if *number >= 1e10 => 11,
            _ => 0,
        };
        let held = &mut widths[usize::from(col - first)];
        *held = (*held).max(width.min(28));
    }
    widths.into_iter().map(|width| width as f64 + 2.0).collect()
}

/// A sheet nobody asked for, and last year's list, hidden.
fn write_extras(workbook: &mut Workbook, formats: &Formats) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name("值班表")?;
    for (row, (day, who)) in
        (0..).zip([("日期", "值班"), ("周一", "展厅一组"), ("周二", "展厅二组"), ("周三", "展厅一组")])
    {
        sheet.write_string(row, 0, day)?.write_string(row, 1, who)?;
    }
    let old = workbook.add_worksheet();
    old.set_name("旧版名单")?.set_hidden(true);
    for (col, title) in (0..).zip(["客户姓名", "级别", "备注"]) {
        old.write_string_with_format(0, col, title, &formats.header)?;
    }
    old.write_string(1, 0, "(已停用)")?.write_string(1, 1, "C")?;
    Ok(())
}

/// A summary with a chart, as a clerk makes one for the morning meeting.
fn write_chart(sheet: &mut Worksheet, grids: &[Grid], formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name("本周汇总")?.set_column_width(0, 16)?;
    sheet.write_string_with_format(0, 0, "表", &formats.header)?.write_string_with_format(
        0,
        1,
        "行数",
        &formats.header,
    )?;
    for (row, grid) in (1..).zip(grids) {
        sheet.write_string(row, 0, &grid.name)?.write_number(row, 1, grid.rows.len() as f64)?;
    }
    let last = grids.len() as u32;
    let mut chart = Chart::new(ChartType::Column);
    chart
        .add_series()
        .set_categories(("本周汇总", 1, 0, last, 0))
        .set_values(("本周汇总", 1, 1, last, 1))
        .set_name("行数");
    chart.title().set_name("本周记录");
    sheet.insert_chart(1, 3, &chart)?;
    Ok(())
}

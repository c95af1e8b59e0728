//! 封面: what the workbook is, how much of the group it covers, and where to find what.

use super::{
    book::{Cell, Entry, Page},
    style::NAVY,
};
use crate::{
    catalog::Catalog,
    model::{Period, Status},
    project::Store,
    report::{
        Material,
        pack::{Coverage, Months},
    },
};
use rust_xlsxwriter::{FormatAlign, FormatBorder, XlsxError};

/// The sheet's name: also the one under which intake looks for a submission's week.
pub(super) const SHEET: &str = "封面";

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

/// Writes the group pack's cover.
pub(super) fn group(
    page: &mut Page<'_>,
    contents: &[Entry],
    material: &Material<'_>,
    months: &Months,
) -> Result<Named, XlsxError> {
    widths(page)?;
    heading(page, &material.settings.group, &format!("客户关系月报 · {}", months.closed.label_zh()))?;
    let closed = Coverage::of(material, months.closed);
    let style = page.style;
    let first = page.row;
    page.text(first, 0, "报告月份", &style.label)?;
    page.cell(first, 1, &Cell::Date(months.closed.start), &style.fact.clone().set_num_format("yyyy\"年\"m\"月\""))?;
    page.text(first + 1, 0, "本月至今", &style.label)?;
    let running = months.running.map_or("无：报告月即截止月".to_owned(), |month| month.label_zh());
    page.text(first + 1, 1, &running, &style.fact)?;
    page.text(first + 2, 0, "截止时间", &style.label)?;
    page.text(first + 2, 1, &material.cutoff.display(), &style.fact)?;
    page.text(first + 3, 0, "已报门店", &style.label)?;
    page.cell(first + 3, 1, &Cell::Number(closed.reported as f64), &style.fact)?;
    page.text(first + 4, 0, "集团门店", &style.label)?;
    page.cell(first + 4, 1, &Cell::Number(closed.stores as f64), &style.fact)?;
    page.row = first + 5;
    coverage(page, &closed)?;
    if let Some(month) = months.running {
        coverage(page, &Coverage::of(material, month))?;
    }
    page.row += 1;
    list(page, contents)?;
    legend(page, &[])?;
    Ok(Named { month: first, cutoff: first + 2, reported: first + 3, stores: first + 4 })
}

/// Writes a store workbook's cover. Its labels are those of a submission, so that the filled workbook says by itself
/// whose it is and for which week.
pub(super) fn store(
    page: &mut Page<'_>,
    contents: &[Entry],
    material: &Material<'_>,
    store: &Store,
    months: &Months,
    week: Period,
) -> Result<(), XlsxError> {
    widths(page)?;
    let about = format!("{} · 指标与工作清单 · {}", material.settings.group, months.closed.label_zh());
    heading(page, &store.name, &about)?;
    let style = page.style;
    let text = |text: String| Cell::text(text);
    let last = week.end() - chrono::Days::new(1);
    let rows: [(&str, Cell<'_>, bool); 7] = [
        ("店代码", text(store.id.to_string()), false),
        ("周起", Cell::Date(week.start), false),
        ("周止", Cell::Date(last), false),
        ("提交人", Cell::Blank, true),
        ("提交时间", Cell::Blank, true),
        ("模板版本", text(version(material.catalog)), false),
        ("数据截至", text(material.cutoff.display()), false),
    ];
    for (label, cell, fill) in rows {
        let format = match (&cell, fill) {
            (Cell::Date(_), _) => style.fact.clone().set_num_format(super::style::DATE),
            (_, true) => style.to_fill(style.base.clone()).set_num_format(super::style::INSTANT),
            _ => style.fact.clone(),
        };
        page.text(page.row, 0, label, &style.label)?;
        page.cell(page.row, 1, &cell, &format)?;
        page.row += 1;
    }
    let note = "填好工作清单后补上“提交人”“提交时间”，整本放回本店的 input 文件夹，即为上面那一周的回访记录。";
    page.text(page.row, 0, note, &style.note)?;
    page.row += 2;
    list(page, contents)?;
    legend(page, &["本工作簿含客户姓名和电话，只供本店使用，请勿外传。"])
}

fn widths(page: &mut Page<'_>) -> Result<(), XlsxError> {
    for (col, width) in (0..).zip([16.0, 26.0, 84.0]) {
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

fn coverage(page: &mut Page<'_>, coverage: &Coverage<'_>) -> Result<(), XlsxError> {
    let style = page.style;
    page.text(page.row, 0, &coverage.month.label_zh(), &style.label)?;
    page.text(page.row, 1, &coverage.sentence(), &style.fact)?;
    let missing: Vec<&str> = coverage.missing.iter().map(|store| store.name.as_str()).collect();
    let missing = if missing.is_empty() { String::new() } else { format!("；未报：{}", missing.join("、")) };
    let sheets = format!("应交 {} 份表，收到 {} 份{missing}", coverage.expected, coverage.received);
    page.text(page.row, 2, &sheets, &style.text)?;
    page.row += 1;
    Ok(())
}

fn list(page: &mut Page<'_>, contents: &[Entry]) -> Result<(), XlsxError> {
    let style = page.style;
    for (col, title) in (0..).zip(["目录", "工作表", "内容"]) {
        page.text(page.row, col, title, &style.header)?;
    }
    page.row += 1;
    for (number, entry) in (1..).zip(contents) {
        page.cell(page.row, 0, &Cell::Number(f64::from(number)), &style.count.clone().set_align(FormatAlign::Left))?;
        page.cell(page.row, 1, &Cell::Link(entry.sheet.clone()), &style.link)?;
        page.text(page.row, 2, &entry.about, &style.text)?;
        page.row += 1;
    }
    page.row += 1;
    Ok(())
}

fn legend(page: &mut Page<'_>, also: &[&str]) -> Result<(), XlsxError> {
    let style = page.style;
    let words = |status: Status| super::style::status_words(status);
    let statuses = format!(
        "状态：{}、{}；{}：有值而无目标；{}：未交该表，或当期没有计入的行，不等于 0；{}：有行，但都无法判定。",
        words(Status::Met),
        words(Status::Missed),
        words(Status::NoTarget),
        words(Status::NoData),
        words(Status::NotMeasurable),
    );
    let notes = ["比率一律由分子、分母合计后相除，从不平均门店的比率。", "值由公式得出，改动分子或分母即重新计算。"];
    for note in [statuses.as_str()].into_iter().chain(notes).chain(also.iter().copied()) {
        page.text(page.row, 0, note, &style.note)?;
        page.row += 1;
    }
    Ok(())
}

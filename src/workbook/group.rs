//! The group pack: the month for the headquarters. It holds no customer's data.

use super::{
    WorkbookError,
    book::Book,
    charts::{self, Figures},
    cover, dictionary, findings, matrix, put, submissions,
    summary::{self, Whose},
    topic, trail, trend,
};
use crate::report::{
    Material,
    pack::{KpiIndex, Months},
};
use rust_xlsxwriter::XlsxError;
use std::path::Path;

/// Writes the group pack of the last full month at the cut-off.
///
/// # Errors
/// When the file cannot be written.
pub fn group_pack(material: &Material<'_>, path: &Path) -> Result<(), WorkbookError> {
    put(path, bytes(material))
}

fn bytes(material: &Material<'_>) -> Result<Vec<u8>, XlsxError> {
    let months = Months::at(material.cutoff);
    let index = KpiIndex::new(material.kpis);
    let kpis: Vec<_> = material.catalog.kpis.iter().collect();
    let title = format!("{} 客户关系月报 {}", material.settings.group, months.closed.label_zh());
    let mut book = Book::new(&title, cover::SHEET, material.settings, Some(material.cutoff))?;
    let figures = Figures::of(material, &index, &months);

    let mut page = book.page("概览", "主要指标、走势图、门店对比图")?;
    page.head("概览", &["比率 = 分子合计 ÷ 分母合计。全部指标见“指标总表”。"])?;
    summary::write(&mut page, material, &index, &months, &Whose::GROUP, &summary::headlines(material.catalog))?;
    if let Some(figures) = &figures {
        let row = page.row + 1;
        figures.draw(&mut page, row)?;
        let last_col = 13;
        page.sheet.set_print_area(0, 0, row + charts::ROWS, last_col)?;
    }

    let mut page = book.page("指标总表", format!("集团全部 {} 个指标：值、目标、状态、较上月、走势", kpis.len()))?;
    page.head("指标总表", &[&format!("集团 · {}", months.closed.label_zh())])?;
    summary::write(&mut page, material, &index, &months, &Whose::GROUP, &kpis)?;

    let title = format!("门店矩阵 {}", months.closed);
    let mut page = book.page(&title, format!("{} 家门店 × {} 个指标，当月", material.stores.len(), kpis.len()))?;
    matrix::write(&mut page, material, &index, months.closed, &title)?;
    if let Some(running) = months.running {
        let title = format!("门店矩阵 {running} 至今");
        let mut page = book.page(&title, "同上，本月至截止时间")?;
        matrix::write(&mut page, material, &index, running, &title)?;
    }

    for (topic, kpis) in material.catalog.topics() {
        let title = format!("专题 {}", material.catalog.topic_title(topic).zh);
        let names: Vec<&str> = kpis.iter().map(|kpi| kpi.title.zh.as_str()).collect();
        let mut page = book.page(&title, format!("集团和各店按月：{}", names.join("、")))?;
        topic::write(&mut page, material, &index, &months, &title, &kpis)?;
    }

    let mut page = book.page(trend::SHEET, "集团全部指标按月的值")?;
    trend::write(&mut page, material, &index, &months, &Whose::GROUP)?;

    let lines = submissions::lines(material, &months, None);
    let lacking = lines.iter().filter(|line| line.expected && !line.received).count();
    let mut page = book.page(submissions::SHEET, format!("{} 份，其中 {lacking} 份应交未收", lines.len()))?;
    submissions::write(&mut page, material, &lines)?;

    let mut page = book.page("审计追踪", "每个值的分子、分母、不计入行数；值为公式")?;
    trail::write(&mut page, material, &index, &months)?;

    let mut page = book.page(findings::SHEET, findings::sentence(material.findings))?;
    findings::write(&mut page, material, material.findings, true)?;

    dictionary::kpis(&mut book.page("指标字典", "每个指标的含义、口径、目标、出处")?, material.catalog)?;
    dictionary::rules(&mut book.page("规则字典", "每条检查规则的原因与改法")?, material.catalog)?;
    if let Some(figures) = &figures {
        figures.write(&mut book.page(charts::SHEET, "“概览”中图表所用的数字")?)?;
    }

    let (mut page, contents) = book.cover()?;
    let named = cover::group(&mut page, contents, material, &months)?;
    for (name, row) in [
        ("report_month", named.month),
        ("cutoff", named.cutoff),
        ("stores_reported", named.reported),
        ("stores_total", named.stores),
    ] {
        book.define(name, cover::SHEET, row, 1)?;
    }
    book.bytes()
}

//! 指标字典 and 规则字典: what a number and a finding mean, as the definitions say it.

use super::{
    book::{Cell, Column, Page},
    kpi_row,
    style::unit_words,
};
use crate::{
    catalog::{Accumulate, Catalog, Direction},
    report::pack::topic_title,
};
use rust_xlsxwriter::XlsxError;

/// Writes the KPIs' definitions.
pub(super) fn kpis(page: &mut Page<'_>, catalog: &Catalog) -> Result<(), XlsxError> {
    page.head("指标字典", &["口径按定义文件原文列出。标“假设”的目标或口径没有出处文件,可在配置中调整。"])?;
    let style = page.style;
    let columns = vec![
        Column::new("主题", 11.0, &style.wrap),
        Column::new("指标", 22.0, &style.wrap),
        Column::new("代码", 17.0, &style.wrap),
        Column::new("含义", 44.0, &style.wrap),
        Column::new("单位", 8.0, &style.wrap),
        Column::new("方向", 11.0, &style.wrap),
        Column::new("目标", 10.0, &style.text),
        Column::new("分子", 40.0, &style.wrap),
        Column::new("分母", 28.0, &style.wrap),
        Column::new("计入的行", 32.0, &style.wrap),
        Column::new("无法判定的行", 26.0, &style.wrap),
        Column::new("数据与归期", 24.0, &style.wrap),
        Column::new("怎样改善", 32.0, &style.wrap),
        Column::new("出处", 28.0, &style.wrap),
    ];
    let mut table = page.table(columns, 2)?;
    for kpi in &catalog.kpis {
        let closing = if kpi.accumulate == Accumulate::Closing { ",长期间取期末" } else { "" };
        let fact = catalog.sheet(&kpi.fact).map_or(&*kpi.fact, |sheet| sheet.title.zh.as_str());
        let assumption = if kpi.assumption { "【假设】" } else { "" };
        table.push(vec![
            Cell::text(topic_title(&kpi.topic)),
            Cell::text(kpi_row::title(kpi)),
            Cell::text(&*kpi.id),
            Cell::text(kpi.meaning.zh.as_str()),
            Cell::text(unit_words(kpi)),
            Cell::text(if kpi.direction == Direction::Up { "越高越好" } else { "越低越好" }),
            kpi_row::quantity(style, kpi, kpi.target),
            Cell::text(&*kpi.numerator.sql),
            kpi.denominator.as_ref().map_or(Cell::text("(合计,无分母)"), |sum| Cell::text(&*sum.sql)),
            Cell::text(if &*kpi.rows.sql == "true" { "全部" } else { &*kpi.rows.sql }),
            Cell::text(if &*kpi.excluded.sql == "false" { "无" } else { &*kpi.excluded.sql }),
            Cell::text(format!("{fact} · {}{closing}", kpi.time)),
            Cell::text(kpi.advice.zh.as_str()),
            Cell::text(format!("{assumption}{}", kpi.source)),
        ])?;
    }
    table.finish("没有指标定义。")?;
    Ok(())
}

/// Writes the rules.
pub(super) fn rules(page: &mut Page<'_>, catalog: &Catalog) -> Result<(), XlsxError> {
    page.head("规则字典", &["每条检查规则的原因与改法;“检查发现”里的代码即此处代码。"])?;
    let style = page.style;
    let columns = vec![
        Column::new("代码", 9.0, &style.wrap),
        Column::new("级别", 9.0, &style.wrap),
        Column::new("规则", 30.0, &style.wrap),
        Column::new("为什么", 50.0, &style.wrap),
        Column::new("怎么改", 50.0, &style.wrap),
        Column::new("例", 40.0, &style.wrap),
        Column::new("出处", 20.0, &style.wrap),
    ];
    let mut table = page.table(columns, 1)?;
    for rule in catalog.rules.values() {
        table.push(vec![
            Cell::text(&*rule.code),
            Cell::text(rule.severity.zh()),
            Cell::text(rule.title.zh.as_str()),
            Cell::text(rule.cause.zh.as_str()),
            Cell::text(rule.fix.zh.as_str()),
            Cell::text(rule.example.zh.as_str()),
            Cell::text(rule.source.as_str()),
        ])?;
    }
    table.finish("没有规则。")?;
    Ok(())
}

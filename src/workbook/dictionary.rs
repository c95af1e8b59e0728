//! 指标字典 and 规则字典: what a number and a finding mean, as the definitions say it.

use super::{
    book::{Cell, Column, Page},
    kpi_row,
    style::unit_words,
};
use crate::{
    catalog::{Accumulate, Catalog, Direction},
    report::pack::column_title,
};
use rust_xlsxwriter::XlsxError;

/// Writes the KPIs' definitions.
pub(super) fn kpis(page: &mut Page<'_>, catalog: &Catalog) -> Result<(), XlsxError> {
    page.head("指标字典", &["口径按定义文件原文列出。标“假设”的目标或口径没有出处文件，可在配置中调整。"])?;
    let style = page.style;
    let columns = vec![
        Column::new("主题", 10.0, &style.wrap),
        Column::new("指标", 20.0, &style.wrap),
        Column::new("代码", 17.0, &style.wrap),
        Column::new("含义", 36.0, &style.wrap),
        Column::new("方向", 10.0, &style.wrap),
        Column::figures("目标", 11.0, &style.wrap),
        Column::new("口径（定义原文）", 56.0, &style.wrap),
        Column::new("怎样改善", 30.0, &style.wrap),
        Column::new("出处", 24.0, &style.wrap),
    ];
    let mut table = page.table(columns, 2)?;
    for kpi in &catalog.kpis {
        let closing = if kpi.accumulate == Accumulate::Closing { "，长期间取期末" } else { "" };
        let fact = catalog.sheet(&kpi.fact).map_or(&*kpi.fact, |sheet| sheet.title.zh.as_str());
        let assumption = if kpi.assumption { "【假设】" } else { "" };
        let mut terms = vec![format!("分子：{}", kpi.numerator.sql)];
        terms.push(match &kpi.denominator {
            Some(sum) => format!("分母：{}", sum.sql),
            None => "分母：无（合计）".to_owned(),
        });
        terms.extend(Some(&kpi.rows.sql).filter(|sql| &***sql != "true").map(|sql| format!("计入：{sql}")));
        terms.extend(Some(&kpi.excluded.sql).filter(|sql| &***sql != "false").map(|sql| format!("不计入：{sql}")));
        terms.push(format!("数据：{fact}；按 {} 归期{closing}", column_title(catalog, &kpi.fact, &kpi.time)));
        table.push(vec![
            Cell::text(catalog.topic_title(&kpi.topic).zh),
            Cell::text(format!("{}（{}）", kpi.title.zh, unit_words(kpi))),
            Cell::text(&*kpi.id),
            Cell::text(kpi.meaning.zh.as_str()),
            Cell::text(if kpi.direction == Direction::Up { "越高越好" } else { "越低越好" }),
            kpi_row::quantity(style, kpi, kpi.target),
            Cell::text(terms.join("\n")),
            Cell::text(kpi.advice.zh.as_str()),
            Cell::text(format!("{assumption}{}", kpi.source)),
        ])?;
    }
    table.finish("没有指标定义。")?;
    Ok(())
}

/// Writes the rules.
pub(super) fn rules(page: &mut Page<'_>, catalog: &Catalog) -> Result<(), XlsxError> {
    page.head("规则字典", &["每条检查规则的原因与改法；“检查发现”里的代码即此处代码。"])?;
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

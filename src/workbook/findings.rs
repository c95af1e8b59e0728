//! 检查发现: what is wrong, where, and how to fix it. Messages hold no personal data.

use super::book::{Cell, Column, MOST_ROWS, Page};
use crate::{
    diagnostic::{Finding, Severity},
    messages::FindingWords,
    model::{Lang, personal::mask_inside},
    report::Material,
};
use rust_xlsxwriter::XlsxError;

/// The sheet's name.
pub(super) const SHEET: &str = "检查发现";

/// `3 条错误,5 条警告,10 条提示`.
pub(super) fn sentence(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    format!("{errors} 条错误，{warnings} 条警告，{} 条提示", count(Severity::Notice))
}

/// Writes the sheet; `with_store` adds the store's columns.
pub(super) fn write(
    page: &mut Page<'_>,
    material: &Material<'_>,
    findings: &[Finding],
    with_store: bool,
) -> Result<(), XlsxError> {
    let cut =
        if findings.len() > MOST_ROWS { "行数超出工作表上限，其余见 data/findings.csv。" } else { "" };
    let counts = sentence(findings);
    page.head(SHEET, &[&counts, "错误的行不进指标，改正原表并重新提交后自动计入；警告和提示的行已计入。", cut])?;
    let style = page.style;
    let mut columns = vec![Column::new("级别", 9.0, &style.center), Column::new("代码", 9.0, &style.center)];
    if with_store {
        columns.push(Column::new("门店", 20.0, &style.text));
    }
    columns.extend([
        Column::new("工作簿", 34.0, &style.wrap),
        Column::new("工作表", 14.0, &style.text),
        Column::new("单元格", 9.0, &style.center),
        Column::new("列名", 14.0, &style.text),
        Column::new("问题", 48.0, &style.wrap),
        Column::new("怎么改", 48.0, &style.wrap),
    ]);
    let mut table = page.table(columns, 2)?;
    let mut store = None;
    let words = FindingWords::new(material.catalog, Lang::ZhCn);
    for finding in findings.iter().take(MOST_ROWS) {
        let severity = match finding.severity {
            Severity::Error => style.center.clone().set_bold().set_font_color(super::style::RUST),
            Severity::Warning => style.center.clone().set_bold(),
            Severity::Notice => style.center.clone(),
        };
        let mut cells = vec![Cell::text(finding.severity.zh()).styled(severity), Cell::text(&*finding.code)];
        if with_store {
            if store.is_none_or(|known: &crate::project::Store| known.id != finding.store) {
                store = material.stores.iter().find(|known| known.id == finding.store);
            }
            cells.push(Cell::text(store.map_or(&*finding.store, |store| store.name.as_str())));
        }
        cells.extend([
            Cell::text(&*finding.place.workbook),
            Cell::text(mask_inside(&finding.place.sheet).into_owned()),
            Cell::text(finding.place.cell()),
            Cell::text(&*finding.field),
            Cell::text(words.message(finding)),
            Cell::text(words.hint(finding)),
        ]);
        table.push(cells)?;
    }
    table.finish("没有发现问题。")?;
    Ok(())
}

//! 报送看板: who sent what for which week, and what became of the rows.

use super::{
    book::{Cell, Column, MOST_ROWS, Page},
    style::RUST,
};
use crate::{
    model::Period,
    report::{
        Material,
        material::BoardLine,
        pack::{self, Months},
    },
};
use rust_xlsxwriter::XlsxError;

/// The sheet's name.
pub(super) const SHEET: &str = "报送看板";

/// The board lines of the report's month and the month to date, of one store or of all.
pub(super) fn lines<'a>(material: &Material<'a>, months: &Months, store: Option<&str>) -> Vec<&'a BoardLine> {
    let inside = |week: &Period| {
        let day = week.thursday();
        months.closed.holds(day) || months.running.is_some_and(|month| month.holds(day))
    };
    let all = store.map_or(material.board, |store| pack::board_of(material, store));
    all.iter().filter(|line| inside(&line.week)).collect()
}

/// Writes the sheet.
pub(super) fn write(page: &mut Page<'_>, material: &Material<'_>, lines: &[&BoardLine]) -> Result<(), XlsxError> {
    let deadline = "周属于其周四所在的月份。读到 = 采用 + 未采用；修正的行也是采用的行。未收的表不按 0 计。";
    page.head(SHEET, &[deadline])?;
    let style = page.style;
    let columns = vec![
        Column::new("周", 12.0, &style.center),
        Column::new("门店", 22.0, &style.text),
        Column::new("表", 14.0, &style.text),
        Column::new("应交", 8.0, &style.center),
        Column::new("收到", 10.0, &style.center),
        Column::new("按时", 16.0, &style.center),
        Column::new("读到行", 10.0, &style.count),
        Column::new("采用行", 10.0, &style.count),
        Column::new("修复行", 10.0, &style.count),
        Column::new("未采用行", 10.0, &style.count),
    ];
    let mut table = page.table(columns, 2)?;
    let missed = style.center.clone().set_bold().set_font_color(RUST);
    for line in lines.iter().take(MOST_ROWS) {
        let store = material.stores.iter().find(|store| store.id == line.store);
        let kind = material.catalog.sheet(&line.kind).map_or(&*line.kind, |sheet| sheet.title.zh.as_str());
        let yes = |yes: bool| if yes { "是" } else { "否" };
        let received = match (line.expected, line.received) {
            (true, false) => Cell::text("✗ 未收").styled(missed.clone()),
            (_, received) => Cell::text(yes(received)),
        };
        let on_time = match (line.received, line.on_time) {
            (false, _) => Cell::Blank,
            (true, None) => Cell::text("无提交时间"),
            (true, Some(true)) => Cell::text("✓ 按时"),
            (true, Some(false)) => Cell::text("✗ 迟交").styled(missed.clone()),
        };
        let rows = |rows: u64| if line.received { Cell::Number(rows as f64) } else { Cell::Blank };
        table.push(vec![
            Cell::text(line.week.to_string()),
            Cell::text(store.map_or(&*line.store, |store| store.name.as_str())),
            Cell::text(kind),
            Cell::text(yes(line.expected)),
            received,
            on_time,
            rows(line.rows_read),
            rows(line.accepted),
            rows(line.repaired),
            rows(line.rejected),
        ])?;
    }
    table.finish("这段时间没有应交的表。")?;
    Ok(())
}

//! 填写说明: every column of the blank sheets, what it means and an example; and the lists too long for a dropdown.

use super::{
    book::{Cell, Column, Page},
    entry,
};
use crate::{
    catalog::{CellType, ColumnDef, SheetDef},
    model::CellRef,
};
use rust_xlsxwriter::XlsxError;
use std::sync::Arc;

/// The sheet's name.
pub(super) const SHEET: &str = "填写说明";

/// The first column of the long lists, from 0: right of the table and a gap.
const FIRST_LIST: u16 = 10;
/// Row of a list's title, from 0; its values follow.
const LIST_TITLE: u32 = 0;

/// Where the values stand that a dropdown cannot hold itself.
pub(super) struct Ranges {
    lists: Vec<(Arc<str>, Arc<str>, Vec<String>)>,
}

impl Ranges {
    /// The long lists of some sheets.
    pub(super) fn of(sheets: &[&SheetDef]) -> Ranges {
        let columns = sheets.iter().flat_map(|sheet| sheet.columns.iter().map(move |column| (sheet, column)));
        let long = columns.filter(|(_, column)| column.cell == CellType::Category && entry::needs_range(column));
        let list = |(sheet, column): (&&SheetDef, &ColumnDef)| {
            let values = entry::choices(column).into_iter().map(str::to_owned).collect();
            (sheet.id.clone(), column.field.clone(), values)
        };
        Ranges { lists: long.map(list).collect() }
    }

    /// The cells that hold a column's values, as a formula.
    pub(super) fn of_column(&self, sheet: &SheetDef, column: &ColumnDef) -> Option<String> {
        let place = self.lists.iter().position(|(id, field, _)| *id == sheet.id && *field == column.field)?;
        let letters = CellRef::column_letters(u32::from(FIRST_LIST) + u32::try_from(place).ok()?);
        let (first, last) = (LIST_TITLE + 2, LIST_TITLE + 1 + u32::try_from(self.lists[place].2.len()).ok()?);
        Some(format!("='{SHEET}'!${letters}${first}:${letters}${last}"))
    }
}

/// Writes the sheet.
pub(super) fn write(page: &mut Page<'_>, sheets: &[&SheetDef], ranges: &Ranges) -> Result<(), XlsxError> {
    page.head(
        SHEET,
        &[
            "1. 先填“封面”：店代码、周起、周止、提交人、提交时间。",
            "2. 每张表第一行是列名，请勿改动或合并；从第二行起每行一条，中间不留合计行。列可换位置，可另加自己的列。",
            "3. 带 * 的棕色列必填。日期写成 2026-11-16，时间写到分钟；手机号、编号按文本填写。",
            "4. 不涉及的表可以整张留空或删除。填好后另存为 xlsx，放进本店的 input 文件夹。",
        ],
    )?;
    page.row += 1;
    let style = page.style;
    let columns = vec![
        Column::new("所在表", 14.0, &style.text),
        Column::new("列名", 18.0, &style.text),
        Column::new("必填", 8.0, &style.center),
        Column::new("填什么", 26.0, &style.wrap),
        Column::new("填写方法", 46.0, &style.wrap),
        Column::new("可填的值", 46.0, &style.wrap),
        Column::new("示例", 22.0, &style.wrap),
        Column::new("也认得的列名", 46.0, &style.wrap),
    ];
    let mut table = page.table(columns, 2)?;
    for sheet in sheets {
        for column in &sheet.columns {
            let title = Cell::text(column.title.zh.as_str());
            let required = table.style().text.clone().set_bold().set_font_color(super::style::REQUIRED);
            let choices = entry::choices(column).join("、");
            table.push(vec![
                Cell::text(sheet.title.zh.as_str()),
                if column.required { title.styled(required) } else { title },
                Cell::text(if column.required { "* 是" } else { "" }),
                Cell::text(entry::type_words(column)),
                Cell::text(column.note.zh.as_str()),
                Cell::text(if choices.is_empty() { entry::limits(column) } else { choices }),
                Cell::text(column.example.as_str()),
                Cell::text(column.synonyms.join("、")),
            ])?;
        }
    }
    table.finish("没有表定义。")?;
    for (col, (sheet, field, values)) in (FIRST_LIST..).zip(&ranges.lists) {
        let definition = sheets.iter().find(|known| known.id == *sheet);
        let column = definition.and_then(|sheet| sheet.field(field).map(|index| (sheet, &sheet.columns[index])));
        let title = column.map(|(sheet, column)| format!("{}·{}", sheet.title.zh, column.title.zh)).unwrap_or_default();
        page.text(LIST_TITLE, col, &title, &style.header)?;
        for (row, value) in (LIST_TITLE + 1..).zip(values) {
            page.text(row, col, value, &style.text)?;
        }
    }
    Ok(())
}

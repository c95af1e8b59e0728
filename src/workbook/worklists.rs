//! A store's worklists. Each sheet is at once a list to work through and a 回访记录: its columns bear the titles of the
//! follow_up definition, what is known is filled in, and what the call brings is left to fill. Dropped back into the
//! input folder, a filled row is a contact made; a row left alone is a contact due and not made, which is the truth.

use super::{
    book::{Book, Cell, Column, MOST_ROWS, Page},
    entry,
    style::Style,
};
use crate::{
    catalog::{Catalog, CellType, SheetDef, Worklist},
    model::{ColumnKind, Grain, Period, WorklistRow},
    project::Store,
    report::Material,
};
use chrono::NaiveDate;
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeMap;

/// The sheet of rows that name nobody to call.
const WITHOUT_KEY: &str = "待补客户信息";

/// What a column of a worklist sheet shows.
#[derive(Clone, Copy, PartialEq)]
enum Slot {
    /// A column of the follow_up definition.
    Field(usize),
    /// The customer's name.
    Name,
    /// The customer's phone.
    Phone,
    /// Days past due.
    DaysOver,
    /// Why it is on the list.
    Reason,
    /// A further column of the worklist's definition.
    Extra(usize),
    /// A remark that intake does not read.
    Remark,
    /// Where the row stands that it rests on.
    Origin,
}

/// The key by which a row is dropped back: the customer's own in full, else the reference when it is not masked, else
/// the phone. A masked reference identifies nobody.
fn customer_key(row: &WorklistRow) -> Option<&str> {
    let full = row.customer_key.as_deref().filter(|key| !key.is_empty());
    let shown = Some(row.customer_ref.as_str()).filter(|key| !key.is_empty() && !key.contains(['*', '…']));
    full.or(shown).or(row.phone.as_deref().filter(|phone| !phone.is_empty()))
}

/// The rows' numbers: the same list, customer and due day have the same number in every pack, so that a row dropped
/// back twice is one row. The masked reference goes in, never a phone: the number may be seen at HQ.
fn numbers(list: &Worklist, rows: &[&WorklistRow], week: Period) -> Vec<String> {
    let mut used: BTreeMap<String, u32> = BTreeMap::new();
    rows.iter()
        .map(|row| {
            let due = row.due.map_or_else(|| week.to_string(), |due| due.to_string());
            let text = format!("{}\n{}\n{}\n{due}", list.id, row.store, row.customer_ref);
            let hash = blake3::hash(text.as_bytes()).to_hex();
            let number = format!("RW{:02}-{}", list.number, &hash[..10]);
            let count = used.entry(number.clone()).or_default();
            *count += 1;
            if *count == 1 { number } else { format!("{number}-{count}") }
        })
        .collect()
}

/// The week in which the pack is worked: the one that holds the day after the cut-off.
pub(super) fn working_week(material: &Material<'_>) -> Period {
    Period::of(Grain::Week, material.cutoff.date() + chrono::Days::new(1))
}

/// Adds a sheet for each worklist that has rows: `lists` is one slice for each.
pub(super) fn write(
    book: &mut Book,
    material: &Material<'_>,
    store: &Store,
    lists: &[&[WorklistRow]],
) -> Result<(), XlsxError> {
    if material.catalog.sheet("follow_up").is_none() {
        return Ok(());
    }
    let week = working_week(material);
    let mut without_key: Vec<(&Worklist, &WorklistRow)> = Vec::new();
    for rows in lists {
        let Some(list) = rows.first().and_then(|row| material.catalog.worklist(&row.list)) else { continue };
        let (named, nameless): (Vec<_>, Vec<_>) = rows.iter().partition(|row| customer_key(row).is_some());
        without_key.extend(nameless.into_iter().map(|row| (list, row)));
        if named.is_empty() {
            continue;
        }
        let late = named.iter().filter(|row| row.days_over.is_some_and(|days| days > 0)).count();
        let title = format!("{:02} {}", list.number, list.title.zh);
        let mut page = book.page(&title, format!("工作清单：{} 条，其中逾期 {late} 条", named.len()))?;
        one(&mut page, material.catalog, list, &named, store, week)?;
    }
    if !without_key.is_empty() {
        let about = format!("{} 条没有手机号或编号，补齐后下期进入清单", without_key.len());
        let mut page = book.page(WITHOUT_KEY, about)?;
        nameless(&mut page, &without_key)?;
    }
    Ok(())
}

/// Columns from left to right: whom to call and why, what nearly every call brings (so far they are printed), what some
/// calls bring, what the tool needs to read the sheet back.
fn slots(follow_up: &SheetDef, list: &Worklist) -> Vec<Slot> {
    let field = |name: &str| follow_up.field(name).map(Slot::Field);
    let mut slots: Vec<Slot> = Vec::new();
    slots.extend(field("executor"));
    slots.extend([Slot::Name, Slot::Phone]);
    // Where there is no phone, the number or the VIN is what finds the customer.
    slots.extend(field("customer_key"));
    slots.extend(field("due_on"));
    slots.extend([Slot::DaysOver, Slot::Reason]);
    slots.extend((0..list.extra.len()).map(Slot::Extra));
    let behind: Vec<Slot> = ["party", "task", "follow_up_no"].into_iter().filter_map(field).collect();
    let result = ["done_at", "method", "connected", "result", "content", "level_after", "next_on"];
    slots.extend(result.into_iter().filter_map(field));
    slots.push(Slot::Remark);
    for column in 0..follow_up.columns.len() {
        let slot = Slot::Field(column);
        if !slots.contains(&slot) && !behind.contains(&slot) {
            slots.push(slot);
        }
    }
    slots.extend(behind);
    slots.push(Slot::Origin);
    slots
}

/// Whether the clerk fills the column; whom the call is to and what for where the list does not say it.
fn is_to_fill(slot: Slot, follow_up: &SheetDef, list: &Worklist) -> bool {
    let Slot::Field(column) = slot else { return slot == Slot::Remark };
    match &*follow_up.columns[column].field {
        "party" | "task" => list.contact.is_none(),
        field => !["executor", "due_on", "customer_key", "follow_up_no"].contains(&field),
    }
}

/// A title of our own that intake cannot take for one of the sheet's columns.
fn own_title(title: &str, follow_up: &SheetDef) -> String {
    // As intake does, look past spaces, marks and what stands in brackets.
    let base = |title: &str| -> String {
        let head = title.split(['(', '（', '[', '【']).next().unwrap_or_default();
        head.chars().filter(|c| !c.is_whitespace() && !"*＊:：".contains(*c)).collect()
    };
    let own = base(title);
    let taken = follow_up
        .columns
        .iter()
        .any(|column| base(&column.title.zh) == own || column.synonyms.iter().any(|known| base(known) == own));
    if taken { format!("参考·{title}") } else { title.to_owned() }
}

/// What a further column of a list holds.
fn kind_of(catalog: &Catalog, list: &Worklist, extra: usize) -> Option<ColumnKind> {
    let (name, _) = list.extra.get(extra)?;
    catalog.fact_columns(&list.fact)?.into_iter().find(|column| column.name == *name).map(|column| column.kind)
}

/// A cell of a further column: numbers as numbers, so that they can be summed.
fn extra(kind: Option<ColumnKind>, text: &str) -> Cell<'_> {
    let number = match kind {
        Some(ColumnKind::Int | ColumnKind::Number | ColumnKind::Amount) => text.parse().ok(),
        _ => None,
    };
    number.map_or_else(|| Cell::text(text), Cell::Number)
}

fn column(slot: Slot, style: &Style, catalog: &Catalog, follow_up: &SheetDef, list: &Worklist) -> Column {
    let own = |title: &str, width, format| Column::new(own_title(title, follow_up), width, format);
    let text = style.text.clone().set_num_format("@");
    match slot {
        Slot::Field(index) => {
            let definition = &follow_up.columns[index];
            if is_to_fill(slot, follow_up, list) {
                let width = match &*definition.field {
                    "done_at" => 17.0,
                    "method" | "connected" | "result" => 9.0,
                    "content" => 26.0,
                    "next_on" => 13.0,
                    _ => entry::width(definition).min(20.0),
                };
                return Column::new(
                    definition.title.zh.as_str(),
                    width,
                    &style.to_fill(entry::format(style, definition)),
                );
            }
            let width = match &*definition.field {
                "follow_up_no" => 19.0,
                "party" | "executor" => 9.0,
                "due_on" => 12.0,
                _ => entry::width(definition).min(16.0),
            };
            let shown = if definition.cell == CellType::Date { &style.date } else { &text };
            Column::new(definition.title.zh.as_str(), width, shown)
        }
        Slot::Name => own("姓名", 10.0, &style.text),
        Slot::Phone => own("电话", 14.0, &text),
        Slot::DaysOver => {
            let days = style.center.clone().set_num_format("\"逾期 \"0\" 天\";\"还有 \"0\" 天\";\"今天到期\"");
            own("逾期天数", 13.0, &days)
        }
        Slot::Reason => own("原因", 32.0, &style.wrap),
        Slot::Extra(index) => {
            let title = list.extra.get(index).map_or("", |(_, title)| title.zh.as_str());
            let format = match kind_of(catalog, list, index) {
                Some(ColumnKind::Int) => &style.count,
                Some(ColumnKind::Number | ColumnKind::Amount) => &style.decimal,
                _ => &style.text,
            };
            own(title, (super::book::text_width(title) + 5.0).clamp(9.0, 19.0), format)
        }
        Slot::Remark => own("备注", 18.0, &style.to_fill(style.base.clone())),
        Slot::Origin => own("出处", 46.0, &style.muted),
    }
}

fn one(
    page: &mut Page<'_>,
    catalog: &Catalog,
    list: &Worklist,
    rows: &[&WorklistRow],
    store: &Store,
    week: Period,
) -> Result<(), XlsxError> {
    let Some(follow_up) = catalog.sheet("follow_up") else { return Ok(()) };
    let next = if list.next_step.zh.is_empty() { String::new() } else { format!("下一步：{}", list.next_step.zh) };
    let how = format!(
        "黄色列请填写；没联系的行留空，按应访未访统计。填好后把整本工作簿放回 input/{}/ 即作为 {} 的回访记录。",
        store.id,
        week.label_zh()
    );
    page.head(&list.title.zh, &[&list.meaning.zh, &next, &how])?;
    let style = page.style;
    let slots = slots(follow_up, list);
    let columns = slots.iter().map(|slot| {
        let column = column(*slot, style, catalog, follow_up, list);
        if is_to_fill(*slot, follow_up, list) { column.headed(&style.required) } else { column }
    });
    let mut table = page.table(columns.collect(), 3)?;
    let numbers = numbers(list, rows, week);
    let kinds: Vec<_> = (0..list.extra.len()).map(|at| kind_of(catalog, list, at)).collect();
    for (row, number) in rows.iter().zip(numbers).take(MOST_ROWS) {
        let cells = slots.iter().map(|slot| match *slot {
            Slot::Field(index) => match &*follow_up.columns[index].field {
                "follow_up_no" => Cell::text(number.clone()),
                "party" => list.contact.as_ref().map_or(Cell::Blank, |contact| Cell::text(&*contact.party)),
                "task" => list.contact.as_ref().map_or(Cell::Blank, |contact| Cell::text(&*contact.task)),
                "customer_key" => Cell::text(customer_key(row).unwrap_or_default()),
                // A list without a due day is due when the pack is worked.
                "due_on" => Cell::Date(row.due.unwrap_or(week.start)),
                "executor" => Cell::text(row.owner.as_deref().unwrap_or("未指派")),
                _ => Cell::Blank,
            },
            Slot::Name => Cell::text(row.customer_name.as_deref().unwrap_or_default()),
            Slot::Phone => Cell::text(row.phone.as_deref().unwrap_or_default()),
            Slot::DaysOver => Cell::number_or_blank(row.days_over.map(|days| days as f64)),
            Slot::Reason => Cell::text(row.reason.zh.as_str()),
            Slot::Extra(at) => extra(kinds[at], row.extra.get(at).map_or("", String::as_str)),
            Slot::Remark => Cell::Blank,
            Slot::Origin => Cell::text(row.place.to_string()),
        });
        table.push(cells.collect())?;
    }
    let Some((first, last)) = table.finish("")? else { return Ok(()) };
    for (col, slot) in (0..).zip(&slots) {
        if let Slot::Field(index) = *slot {
            let definition = &follow_up.columns[index];
            if is_to_fill(*slot, follow_up, list) || !definition.values.is_empty() {
                page.sheet.add_data_validation(first, col, last, col, &entry::validation(definition, None)?)?;
            }
        }
    }
    // The rest stays off the paper.
    let printed = slots.iter().position(|slot| *slot == Slot::Remark).unwrap_or_default();
    page.sheet.set_print_area(0, 0, last, u16::try_from(printed).unwrap_or(u16::MAX))?;
    Ok(())
}

fn nameless(page: &mut Page<'_>, rows: &[(&Worklist, &WorklistRow)]) -> Result<(), XlsxError> {
    page.head(WITHOUT_KEY, &["这些任务找不到可联系的编号或手机号。请在原表补上，下期自动进入各自的清单。"])?;
    let style = page.style;
    let columns = vec![
        Column::new("清单", 24.0, &style.text),
        Column::new("由谁处理", 14.0, &style.text),
        Column::new("现有标识", 18.0, &style.text),
        Column::new("称呼", 12.0, &style.text),
        Column::new("到期", 12.0, &style.date),
        Column::new("逾期", 9.0, &style.count),
        Column::new("为什么在清单上", 44.0, &style.wrap),
        Column::new("工作簿", 34.0, &style.text),
        Column::new("工作表", 14.0, &style.text),
        Column::new("单元格", 9.0, &style.center),
    ];
    let mut table = page.table(columns, 1)?;
    for (list, row) in rows.iter().take(MOST_ROWS) {
        table.push(vec![
            Cell::text(list.title.zh.as_str()),
            Cell::text(row.owner.as_deref().unwrap_or("未指派")),
            Cell::text(row.customer_ref.as_str()),
            Cell::text(row.customer_name.as_deref().unwrap_or_default()),
            row.due.map_or(Cell::Blank, |due: NaiveDate| Cell::Date(due)),
            Cell::number_or_blank(row.days_over.map(|days| days as f64)),
            Cell::text(row.reason.zh.as_str()),
            Cell::text(&*row.place.workbook),
            Cell::text(&*row.place.sheet),
            Cell::text(row.place.cell()),
        ])?;
    }
    table.finish("")?;
    Ok(())
}

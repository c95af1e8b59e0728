//! Every sheet of the definitions: what its titles, synonyms, values, examples and limits do. The tables are the definitions
//! themselves; what is expected is written down here. Rows with literal values are in `kinds`.

use super::{sheets::book, *};
use crate::{
    catalog::{CellType, ColumnDef, SheetDef},
    model::Value,
};

/// A sheet with one column for each of `titles` and the rows below them, under a name that says nothing.
fn one(titles: &[String], rows: &[Vec<String>]) -> Reading {
    named("Sheet1", titles, rows)
}

fn named(name: &str, titles: &[String], rows: &[Vec<String>]) -> Reading {
    let lines: Vec<String> =
        std::iter::once(titles.join("|")).chain(rows.iter().map(|cells| cells.join("|"))).collect();
    read(&book(&[(name, &lines.iter().map(String::as_str).collect::<Vec<_>>())]))
}

fn titles(sheet: &SheetDef, of: impl Fn(&ColumnDef) -> bool) -> Vec<String> {
    sheet.columns.iter().filter(|column| of(column)).map(|column| column.title.zh.clone()).collect()
}

/// A cell that its column takes and that is not the example of the guide.
fn cell(column: &ColumnDef) -> String {
    match column.cell {
        CellType::Category => column.values.last().map_or(String::new(), |value| value.value.to_string()),
        CellType::Text => "甲一乙".to_owned(),
        CellType::Integer | CellType::Number | CellType::Money => "7".to_owned(),
        CellType::Phone => "13900005678".to_owned(),
        CellType::Vin => "LSVAB2187E2100037".to_owned(),
        CellType::Plate => "沪B54321".to_owned(),
        CellType::CustomerKey => "QK0009".to_owned(),
        CellType::Date | CellType::Instant => "2026-11-10".to_owned(),
        CellType::Month | CellType::Period => "2026-09".to_owned(),
        CellType::Flag => "否".to_owned(),
    }
}

fn row(sheet: &SheetDef, of: impl Fn(&ColumnDef) -> bool) -> Vec<String> {
    sheet.columns.iter().filter(|column| of(column)).map(cell).collect()
}

/// A column is recognised by three titles; a sheet with fewer required ones is told by all of them.
fn essential(sheet: &SheetDef) -> impl Fn(&ColumnDef) -> bool {
    let few = sheet.columns.iter().filter(|column| column.required).count() < 3;
    move |column: &ColumnDef| column.required || few
}

#[test]
fn there_are_thirty_one() {
    assert_eq!(catalog().sheets.len(), 31);
}

#[test]
fn the_titles_of_a_template_are_its_sheet_s_and_no_other_s() {
    for sheet in &catalog().sheets {
        let all = |_: &ColumnDef| true;
        for of in [&all as &dyn Fn(&ColumnDef) -> bool, &essential(sheet)] {
            let reading = one(&titles(sheet, of), &[row(sheet, of)]);
            assert_eq!(remarks(&reading), [""; 0], "{}", sheet.id);
            assert_eq!(reading.tables.len(), 1, "{}", sheet.id);
            assert_eq!(*reading.tables[0].kind, *sheet.id);
            assert_eq!(reading.tables[0].rows.len(), 1, "{}", sheet.id);
        }
    }
}

#[test]
fn a_synonym_leads_to_its_column_and_to_no_other() {
    for sheet in &catalog().sheets {
        for (i, column) in sheet.columns.iter().enumerate() {
            for synonym in &column.synonyms {
                let of = |other: &ColumnDef| other.field != column.field && essential(sheet)(other);
                let mut heads = titles(sheet, of);
                heads.push(synonym.clone());
                let mut cells = row(sheet, of);
                cells.push(cell(column));
                let reading = named(&sheet.title.zh, &heads, &[cells]);
                assert_eq!(remarks(&reading), [""; 0], "{}.{}: {synonym}", sheet.id, column.field);
                let table = &reading.tables[0];
                assert_eq!(*table.kind, *sheet.id, "{synonym}");
                assert_eq!(table.columns[i], Some(heads.len() as u32 - 1), "{}.{}: {synonym}", sheet.id, column.field);
            }
        }
    }
}

/// What a good cell is as a value of its column's type, as it is shown.
fn shown(column: &ColumnDef) -> (fn(&Value) -> bool, String) {
    let text: fn(&Value) -> bool = |value| matches!(value, Value::Text(_));
    let instant: fn(&Value) -> bool = |value| matches!(value, Value::Instant(_));
    let number: fn(&Value) -> bool = |value| matches!(value, Value::Int(_) | Value::Number(_));
    match column.cell {
        CellType::Date | CellType::Instant => (instant, "2026-11-10".to_owned()),
        CellType::Month => (instant, "2026-09-01".to_owned()),
        CellType::Integer => (|value| matches!(value, Value::Int(_)), "7".to_owned()),
        CellType::Number => (number, "7".to_owned()),
        CellType::Money => (|value| matches!(value, Value::Amount(_)), "7.00".to_owned()),
        CellType::Flag => (|value| *value == Value::Flag(false), Value::Flag(false).display()),
        _ => (text, cell(column)),
    }
}

#[test]
fn a_good_cell_is_a_value_of_its_column_s_type() {
    for sheet in &catalog().sheets {
        let reading = one(&titles(sheet, |_| true), &[row(sheet, |_| true)]);
        for (column, value) in sheet.columns.iter().zip(reading.tables[0].rows[0].values.iter()) {
            let (is_of_type, text) = shown(column);
            assert!(is_of_type(value), "{}.{}: {value:?}", sheet.id, column.field);
            assert_eq!(value.display(), text, "{}.{}", sheet.id, column.field);
        }
    }
}

/// The same words in the Traditional characters of the mainland's converter, of Taiwan and of Hong Kong.
fn traditional(text: &str) -> Vec<String> {
    use ferrous_opencc::{OpenCC, config::BuiltinConfig};
    use std::sync::OnceLock;
    static CONVERTERS: OnceLock<Vec<OpenCC>> = OnceLock::new();
    let converters = CONVERTERS.get_or_init(|| {
        let all = [BuiltinConfig::S2t, BuiltinConfig::S2tw, BuiltinConfig::S2hk];
        all.into_iter().map(|config| OpenCC::from_config(config).expect("built in")).collect()
    });
    let mut texts: Vec<String> = converters.iter().map(|converter| converter.convert(text)).collect();
    texts.sort();
    texts.dedup();
    texts.retain(|own| own != text);
    texts
}

#[test]
fn titles_and_synonyms_in_traditional_characters_lead_to_the_same_column() {
    let mut tried = 0;
    for sheet in &catalog().sheets {
        for (i, column) in sheet.columns.iter().enumerate() {
            for title in std::iter::once(&column.title.zh).chain(&column.synonyms).flat_map(|title| traditional(title))
            {
                let of = |other: &ColumnDef| other.field != column.field && essential(sheet)(other);
                let mut heads = titles(sheet, of);
                heads.push(title.clone());
                let mut cells = row(sheet, of);
                cells.push(cell(column));
                let reading = named(&sheet.title.zh, &heads, &[cells]);
                assert_eq!(remarks(&reading), [""; 0], "{}.{}: {title}", sheet.id, column.field);
                let at = reading.tables[0].columns[i];
                assert_eq!(at, Some(heads.len() as u32 - 1), "{}.{}: {title}", sheet.id, column.field);
                tried += 1;
            }
        }
        // All of them at once, and the sheet's own name.
        let heads: Vec<String> =
            titles(sheet, |_| true).into_iter().map(|title| traditional(&title).pop().unwrap_or(title)).collect();
        let reading = one(&heads, &[row(sheet, |_| true)]);
        assert_eq!(remarks(&reading), [""; 0], "{}", sheet.id);
        assert_eq!(*reading.tables[0].kind, *sheet.id);
    }
    assert!(tried > 300, "{tried} titles differ");
}

#[test]
fn values_of_a_category_in_traditional_characters_are_read() {
    for sheet in &catalog().sheets {
        for (i, column) in sheet.columns.iter().enumerate().filter(|(_, column)| !column.values.is_empty()) {
            for allowed in &column.values {
                for spelling in traditional(&allowed.value) {
                    let of = |other: &ColumnDef| other.field != column.field && essential(sheet)(other);
                    let (mut heads, mut cells) = (titles(sheet, of), row(sheet, of));
                    heads.push(column.title.zh.clone());
                    cells.push(spelling.clone());
                    let reading = named(&sheet.title.zh, &heads, &[cells]);
                    assert_eq!(*value(&reading, i), Value::Text(allowed.value.clone()), "{}: {spelling}", sheet.id);
                }
            }
        }
    }
}

/// 预计交车 is no 交车, 原订单号 no 订单号: such a title is a column of its own or none.
#[test]
fn a_word_that_changes_the_meaning_never_means_the_plain_column() {
    let plan = plan();
    for sheet in &plan.sheets {
        for (field, column) in sheet.columns.iter().enumerate() {
            for word in ["预计", "计划", "指导", "推荐人", "上次", "原", "下次", "承诺"] {
                let title = crate::intake::title::normal(&format!("{word}{}", column.title));
                let heads = sheet.titles.get(&title).or_else(|| sheet.synonyms.get(&title)?.first());
                // What a key account means to buy is a plan by itself.
                let plan = sheet.id.as_ref() == "key_visit" && column.title.starts_with("采购");
                assert!(plan || heads != Some(&field), "{}: {title}", sheet.id);
            }
        }
    }
}

/// The value of a column in the only row of the only table.
fn value(reading: &Reading, field: usize) -> &Value {
    &reading.tables[0].rows[0].values[field]
}

#[test]
fn every_value_of_a_category_is_read_and_any_other_refused() {
    for sheet in &catalog().sheets {
        for (i, column) in sheet.columns.iter().enumerate().filter(|(_, column)| !column.values.is_empty()) {
            let of = |other: &ColumnDef| other.field != column.field && essential(sheet)(other);
            let with = |written: &str| {
                let (mut heads, mut cells) = (titles(sheet, of), row(sheet, of));
                heads.push(column.title.zh.clone());
                cells.push(written.to_owned());
                named(&sheet.title.zh, &heads, &[cells])
            };
            for allowed in &column.values {
                assert_eq!(*value(&with(&allowed.value), i), Value::Text(allowed.value.clone()), "{}", sheet.id);
                for spelling in &allowed.synonyms {
                    let reading = with(spelling);
                    assert_eq!(*value(&reading, i), Value::Text(allowed.value.clone()), "{}: {spelling}", sheet.id);
                }
            }
            let said = remarks(&with("不是其中之一"));
            let refused = said.len() == 1 && said[0].starts_with("C006");
            assert_eq!(refused, !column.or_kpi, "{}.{}: {said:?}", sheet.id, column.field);
        }
    }
}

#[test]
fn an_example_reads_without_a_word_as_its_type() {
    for sheet in &catalog().sheets {
        for (i, column) in sheet.columns.iter().enumerate().filter(|(_, column)| !column.example.is_empty()) {
            let of = |other: &ColumnDef| other.field != column.field && essential(sheet)(other);
            let (mut heads, mut cells) = (titles(sheet, of), row(sheet, of));
            heads.push(column.title.zh.clone());
            cells.push(column.example.clone());
            let reading = named(&sheet.title.zh, &heads, &[cells]);
            assert_eq!(remarks(&reading), [""; 0], "{}.{}", sheet.id, column.field);
            let fits = match (column.cell, value(&reading, i)) {
                (CellType::Integer, Value::Int(_)) | (CellType::Number, Value::Number(_) | Value::Int(_)) => true,
                (CellType::Money, Value::Amount(_)) | (CellType::Flag, Value::Flag(_)) => true,
                (CellType::Date | CellType::Instant | CellType::Month, Value::Instant(_)) => true,
                (CellType::Integer | CellType::Number | CellType::Money | CellType::Flag, _) => false,
                (CellType::Date | CellType::Instant | CellType::Month, _) => false,
                (_, Value::Text(_)) => true,
                _ => false,
            };
            assert!(fits, "{}.{}: {:?}", sheet.id, column.field, value(&reading, i));
        }
    }
}

/// What no column of the type takes, and the code that says so.
fn wrong(column: &ColumnDef) -> Option<(String, &'static str)> {
    Some(match column.cell {
        CellType::Date | CellType::Instant | CellType::Month | CellType::Period => ("改天再说".to_owned(), "C003"),
        CellType::Integer | CellType::Number | CellType::Money => ("很多".to_owned(), "C004"),
        CellType::Phone => ("12".to_owned(), "C005"),
        CellType::Vin => ("LSVAB218".to_owned(), "C011"),
        CellType::Flag => ("也许".to_owned(), "C008"),
        CellType::Text => ("长".repeat(column.max_length? as usize + 1), "C012"),
        CellType::Category | CellType::Plate | CellType::CustomerKey => return None,
    })
}

#[test]
fn a_cell_of_another_type_is_refused_at_its_place() {
    for sheet in &catalog().sheets {
        for column in &sheet.columns {
            let Some((written, code)) = wrong(column) else { continue };
            let of = |other: &ColumnDef| other.field != column.field && essential(sheet)(other);
            let (mut heads, mut cells) = (titles(sheet, of), row(sheet, of));
            heads.push(column.title.zh.clone());
            cells.push(written);
            let place = crate::model::CellRef { row: 2, col: heads.len() as u32 - 1 };
            let said = remarks(&named(&sheet.title.zh, &heads, &[cells]));
            assert_eq!(said, [format!("{code} {place} {}", column.title.zh)], "{}", sheet.id);
        }
    }
}

#[test]
fn a_number_beyond_its_limits_is_refused_and_one_at_them_is_not() {
    for sheet in &catalog().sheets {
        for column in &sheet.columns {
            let of = |other: &ColumnDef| other.field != column.field && essential(sheet)(other);
            let said = |number: f64| {
                let (mut heads, mut cells) = (titles(sheet, of), row(sheet, of));
                heads.push(column.title.zh.clone());
                cells.push(format!("@{number}"));
                remarks(&named(&sheet.title.zh, &heads, &[cells]))
            };
            for (limit, beyond) in
                [(column.minimum, -1.0), (column.maximum, 1.0)].into_iter().filter_map(|(l, step)| Some((l?, step)))
            {
                assert_eq!(said(limit), [""; 0], "{}.{}", sheet.id, column.field);
                let refused = said(limit + beyond);
                assert!(
                    refused.len() == 1 && refused[0].starts_with("C013"),
                    "{}.{}: {refused:?}",
                    sheet.id,
                    column.field
                );
            }
        }
    }
}

#[test]
fn a_required_column_that_is_missing_and_a_required_cell_that_is_empty_are_said() {
    for sheet in &catalog().sheets {
        for column in sheet.columns.iter().filter(|column| column.required) {
            let without = |other: &ColumnDef| other.field != column.field;
            let reading = named(&sheet.title.zh, &titles(sheet, without), &[row(sheet, without)]);
            let said = remarks(&reading);
            let expected = if column.optional_column { vec![] } else { vec![format!("H003 {}", column.title.zh)] };
            assert_eq!(said, expected, "{}.{}", sheet.id, column.field);
            let (heads, mut cells) = (titles(sheet, |_| true), row(sheet, |_| true));
            let at = heads.iter().position(|head| *head == column.title.zh).expect("a column");
            cells[at].clear();
            let reading = named(&sheet.title.zh, &heads, &[cells]);
            let place = crate::model::CellRef { row: 2, col: at as u32 };
            assert_eq!(remarks(&reading), [format!("C007 {place} {}", column.title.zh)], "{}", sheet.id);
            assert!(reading.tables[0].rows[0].rejected);
        }
    }
}

#[test]
fn the_example_of_the_guide_left_in_is_no_row() {
    for sheet in &catalog().sheets {
        let given = |column: &ColumnDef| !column.example.is_empty();
        let examples = || sheet.columns.iter().filter(|c| given(c)).map(|c| c.example.clone()).collect::<Vec<_>>();
        let mut real = examples();
        let at =
            sheet.columns.iter().filter(|c| given(c)).position(|c| c.cell == CellType::Text && c.values.is_empty());
        match at {
            Some(at) => real[at].push('X'),
            None => {
                let number = |c: &ColumnDef| matches!(c.cell, CellType::Integer | CellType::Number | CellType::Money);
                let at = sheet.columns.iter().filter(|c| given(c)).position(number).expect("a number");
                real[at] = "7".to_owned();
            }
        }
        let reading = named(&sheet.title.zh, &titles(sheet, given), &[examples(), real]);
        assert_eq!(remarks(&reading), ["H008 2"], "{}", sheet.id);
        let rows: Vec<u32> = reading.tables[0].rows.iter().map(|row| row.row).collect();
        assert_eq!(rows, [3], "{}", sheet.id);
    }
}

#[test]
fn the_columns_beside_a_sheet_s_own_are_known_in_every_sheet() {
    for sheet in &catalog().sheets {
        let (mut heads, mut cells) = (titles(sheet, |_| true), row(sheet, |_| true));
        heads.extend(["门店代码".to_owned(), "已核实".to_owned()]);
        cells.extend(["s01".to_owned(), "√".to_owned()]);
        let reading = one(&heads, &[cells]);
        assert_eq!(*reading.tables[0].kind, *sheet.id);
        let beside: Vec<&Value> = reading.tables[0].rows[0].values.iter().skip(sheet.columns.len()).collect();
        assert_eq!(beside, [&Value::from("s01"), &Value::Flag(true)], "{}", sheet.id);
    }
}

use super::{super::template, cells, material::catalog, open, parts};
use crate::{
    catalog::{CellType, sheet::CategoryValue},
    model::Lang,
};
use calamine::{Data, Reader};

#[test]
fn the_template_holds_every_column_and_no_row() {
    let catalog = catalog();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("模板.xlsx");
    let sheets: Vec<_> = catalog.sheets.iter().collect();
    template(&catalog, &sheets, Lang::ZhCn, &path).unwrap();
    let mut book = open(&path);
    let mut names = vec!["封面".to_owned()];
    names.extend(sheets.iter().map(|sheet| sheet.title.zh.clone()));
    names.push("填写说明".to_owned());
    assert_eq!(book.sheet_names(), names);
    for sheet in &sheets {
        let rows = cells(&mut book, &sheet.title.zh);
        let titles: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
        let wanted: Vec<String> = sheet
            .columns
            .iter()
            .map(|column| format!("{}{}", column.title.zh, if column.required { "*" } else { "" }))
            .collect();
        assert_eq!(titles, wanted);
        assert_eq!(rows.len(), 1, "{} has rows", sheet.id);
    }
    let cover = cells(&mut book, "封面");
    let labels: Vec<String> = cover.iter().take(6).map(|row| row[0].to_string()).collect();
    // Nothing stands where intake looks for what the clerk fills in: beside a label, or below the last one.
    assert!(cover[..5].iter().all(|row| row[1..].iter().all(|cell| *cell == Data::Empty)));
    assert_eq!(labels, ["店代码", "周起", "周止", "提交人", "提交时间", "模板版本"]);

    let guide = cells(&mut book, "填写说明");
    for sheet in &sheets {
        for column in &sheet.columns {
            let row = guide.iter().find(|row| {
                row[0] == Data::String(sheet.title.zh.clone()) && row[1] == Data::String(column.title.zh.clone())
            });
            assert_eq!(row.unwrap()[6].to_string(), column.example, "{}.{}", sheet.id, column.field);
        }
    }
}

#[test]
fn a_template_in_english_has_names_that_excel_takes() {
    let catalog = catalog();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.xlsx");
    let sheets: Vec<_> = catalog.sheets.iter().collect();
    template(&catalog, &sheets, Lang::En, &path).unwrap();
    let names = open(&path).sheet_names();
    assert_eq!(names.len(), sheets.len() + 2);
    assert!(names.iter().all(|name| name.encode_utf16().count() <= 31), "{names:?}");
}

#[test]
fn a_number_is_held_to_its_limits_and_a_text_is_left_to_intake() {
    let catalog = catalog();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prospect.xlsx");
    template(&catalog, &[catalog.sheet("prospect").unwrap()], Lang::ZhCn, &path).unwrap();
    let sheet = &parts(&path).into_iter().find(|(name, _)| name == "xl/worksheets/sheet2.xml").unwrap().1;
    // 预算 is the tenth column: 35万 is a text, -1 a number below its limit.
    assert!(sheet.contains("<formula1>OR(ISTEXT(J2),AND(J2&gt;=0,J2&lt;=1000000000000))</formula1>"), "{sheet}");
    assert!(
        !sheet.contains("type=\"decimal\"") && !sheet.contains("type=\"whole\"") && !sheet.contains("type=\"date\"")
    );
}

#[test]
fn categories_and_flags_have_dropdowns() {
    let catalog = catalog();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("follow_up.xlsx");
    template(&catalog, &[catalog.sheet("follow_up").unwrap()], Lang::ZhCn, &path).unwrap();
    let parts = parts(&path);
    let sheet = &parts.iter().find(|(name, _)| name == "xl/worksheets/sheet2.xml").unwrap().1;
    assert!(sheet.contains("<formula1>\"成功,再约,未接,空错号,拒访\"</formula1>"), "{sheet}");
    assert!(sheet.contains("<formula1>\"是,否\"</formula1>"));
    assert!(sheet.contains("promptTitle=\"客户键\""));
    assert!(parts.iter().any(|(name, _)| name.starts_with("xl/comments")));
}

#[test]
fn a_list_too_long_for_a_dropdown_stands_in_the_guide() {
    let mut catalog = catalog();
    let sheet = catalog.sheets.iter_mut().find(|sheet| &*sheet.id == "complaint").unwrap();
    let column = sheet.columns.iter_mut().find(|column| &*column.field == "category").unwrap();
    assert_eq!(column.cell, CellType::Category);
    let value = |n| CategoryValue { value: format!("投诉类别第{n:03}种").into(), synonyms: Vec::new() };
    column.values = (1..=60).map(value).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("complaint.xlsx");
    template(&catalog, &[catalog.sheet("complaint").unwrap()], Lang::ZhCn, &path).unwrap();
    let sheet = &parts(&path).into_iter().find(|(name, _)| name == "xl/worksheets/sheet2.xml").unwrap().1;
    assert!(sheet.contains("<formula1>'填写说明'!$K$2:$K$61</formula1>"), "{sheet}");
    let guide = cells(&mut open(&path), "填写说明");
    assert_eq!(
        (guide[1][10].to_string(), guide[60][10].to_string()),
        ("投诉类别第001种".into(), "投诉类别第060种".into())
    );
}

#[test]
fn the_same_definitions_give_the_same_bytes() {
    let catalog = catalog();
    let folder = tempfile::tempdir().unwrap();
    let sheets: Vec<_> = catalog.sheets.iter().collect();
    let write = |name: &str| {
        let path = folder.path().join(name);
        template(&catalog, &sheets, Lang::ZhCn, &path).unwrap();
        std::fs::read(path).unwrap()
    };
    assert!(write("a.xlsx") == write("b.xlsx"));
}

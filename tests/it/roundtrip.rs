//! What the tool writes for clerks, it reads back: the blank template filled, the worklist sheets of a store pack filled.

use crate::foursight::{build_well, built_sample, csv, foursight};
use calamine::{Data, Reader, Xlsx};
use foursight::catalog::{Catalog, CellType, ColumnDef};
use rust_xlsxwriter::Workbook;
use std::{fs, path::Path};

fn cells(path: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let mut workbook: Xlsx<_> = calamine::open_workbook(path).expect("it opens");
    let names = workbook.sheet_names();
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::Float(number) => number.to_string(),
        other => other.to_string(),
    };
    let read = |workbook: &mut Xlsx<_>, name: &String| {
        let range = workbook.worksheet_range(name).expect("a sheet");
        let (top, left) = range.start().unwrap_or_default();
        let mut rows = vec![Vec::new(); top as usize];
        rows.extend(range.rows().map(|row| {
            let mut cells = vec![String::new(); left as usize];
            cells.extend(row.iter().map(text));
            cells
        }));
        rows
    };
    names.iter().map(|name| (name.clone(), read(&mut workbook, name))).collect()
}

fn write(sheets: &[(String, Vec<Vec<String>>)], path: &Path) {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (row, cells) in rows.iter().enumerate() {
            for (col, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row as u32, col as u16, cell).expect("a cell");
            }
        }
    }
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    workbook.save(path).expect("written");
}

#[test]
fn a_filled_template_reads_back_without_a_finding() {
    let group = tempfile::tempdir().expect("a folder");
    let blank = group.path().join("blank.xlsx");
    let made = foursight().args(["template", "--output"]).arg(&blank).output().expect("template runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let (catalog, problems) = Catalog::load(None).expect("definitions");
    assert!(problems.is_empty());
    let blank = cells(&blank);
    // A store for each sheet: what sheets say of each other is another matter.
    for sheet in &catalog.sheets {
        let mut cover = blank[0].clone();
        assert_eq!(cover.0, "封面");
        for (label, value) in [
            ("店代码", &*sheet.id),
            ("周起", "2026-11-16"),
            ("周止", "2026-11-22"),
            ("提交人", "王客服"),
            ("提交时间", "2026-11-22 18:00"),
        ] {
            let row = cover.1.iter_mut().find(|row| row.first().is_some_and(|cell| cell.starts_with(label)));
            let row = row.unwrap_or_else(|| panic!("the cover asks for {label}"));
            row.resize(row.len().max(2), String::new());
            row[1] = value.to_owned();
        }
        let mut own = blank.iter().find(|(name, _)| *name == sheet.title.zh).expect("its sheet").clone();
        let header = own.1.first().expect("a header").clone();
        let column = |title: &String| sheet.columns.iter().find(|c| c.title.zh == title.trim_end_matches('*').trim());
        let example: Vec<String> =
            header.iter().map(|title| column(title).map_or(String::new(), |column| column.example.clone())).collect();
        let given = |cells: &[String]| cells.iter().filter(|cell| !cell.is_empty()).count();
        assert_eq!(given(&example), sheet.columns.iter().filter(|c| !c.example.is_empty()).count(), "{}", sheet.id);
        // The example of the guide itself, and the same with another number, name or count.
        let mut real = example.clone();
        let of = |fits: fn(&ColumnDef) -> bool| header.iter().position(|title| column(title).is_some_and(fits));
        match of(|column| column.cell == CellType::Text && column.max_length >= Some(30) && !column.example.is_empty())
        {
            Some(at) => real[at].push('1'),
            None => {
                let number = |c: &ColumnDef| matches!(c.cell, CellType::Integer | CellType::Number | CellType::Money);
                let last = header.iter().rposition(|title| column(title).is_some_and(number)).expect("a number");
                real[last] = "45".to_owned();
            }
        }
        own.1.extend([example, real]);
        write(&[cover, own], &group.path().join(format!("input/{}/填报.xlsx", sheet.id)));
    }
    build_well(group.path(), &[]);
    let findings = csv(&group.path().join("output/data/findings.csv"));
    // The guide explains; the examples themselves say 35万 and 2026-11-16, which are normal ways of writing.
    let found: Vec<String> =
        findings.iter().map(|row| format!("{} {} {}", row["store"], row["code"], row["cell"])).collect();
    let mut expected: Vec<String> = catalog.sheets.iter().map(|sheet| format!("{} H008 2", sheet.id)).collect();
    expected.sort();
    assert_eq!(found, expected, "the example left in is recognised, and nothing else is said");
    let submissions = csv(&group.path().join("output/data/submissions.csv"));
    let accepted = submissions.iter().filter(|row| row["accepted"] == "1" && row["store"] == row["sheet"]).count();
    assert_eq!(accepted, catalog.sheets.len(), "one row in each sheet: {submissions:#?}");
}

#[test]
fn a_filled_worklist_of_a_store_pack_comes_back_as_return_visits() {
    let pack = built_sample().join("output/workbooks/stores/S01.xlsx");
    let mut sheets = cells(&pack);
    let mut filled = 0;
    for (_, rows) in &mut sheets {
        let Some(header) = rows.iter().position(|row| row.iter().any(|cell| cell == "回访编号")) else { continue };
        let at = |title: &str| rows[header].iter().position(|cell| cell == title);
        let places = ["实访时间", "方式", "接通", "结果", "执行人"]
            .map(|title| at(title).unwrap_or_else(|| panic!("no column {title}")));
        if let Some(row) = rows.get_mut(header + 1).filter(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 5)
        {
            for (place, value) in places.into_iter().zip(["2026-11-24 10:00", "电话", "是", "成功", "王客服"]) {
                row.resize(row.len().max(place + 1), String::new());
                row[place] = value.to_owned();
            }
            filled += 1;
        }
    }
    assert!(filled >= 3, "{filled} lists to fill");
    let group = tempfile::tempdir().expect("a folder");
    write(&sheets, &group.path().join("input/S01/2026-W48.xlsx"));
    build_well(group.path(), &["--as-of", "2026-11-29"]);
    let findings = csv(&group.path().join("output/data/findings.csv"));
    let errors: Vec<_> = findings.iter().filter(|row| row["severity"] == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let kpis = csv(&group.path().join("output/data/kpi.csv"));
    let made =
        kpis.iter().find(|row| row["kpi"] == "connect_rate" && row["scope"] == "group" && row["period"] == "2026-W48");
    assert_eq!(
        made.map(|row| row["numerator"].clone()),
        Some(filled.to_string()),
        "each filled line is a connected contact"
    );
}

//! Whole workbooks, from bytes to typed rows. Ordinary ones are written by rust_xlsxwriter from small tables, nasty
//! ones are packed by hand.

mod crosstab;
mod differential;
mod discovery;
mod every_sheet;
mod fuzz;
mod kinds;
mod layout;
mod oddities;
mod package;
mod reader;
mod sheet_kinds;
mod sheets;
#[path = "../../../tests/it/xlsb.rs"]
#[expect(dead_code, reason = "the integration tests write more of it")]
mod xlsb;

use super::{plan::Plan, reader::testing, workbook::Reading};
use crate::catalog::Catalog;
use std::{
    io::{Cursor, Read, Write},
    sync::LazyLock,
};

/// A path that names the week of 16 to 22 November 2026.
const PATH: &str = "S01/2026-W47/a.xlsx";

/// Our definitions, loaded once for all tests.
fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(None).expect("embedded definitions load").0);
    &CATALOG
}

/// What they are read by.
fn plan() -> &'static Plan {
    static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan::of(catalog()));
    &PLAN
}

fn read_at(bytes: &[u8], path: &str) -> Reading {
    testing::read(bytes, path, "S01", plan(), 64)
}

fn read(bytes: &[u8]) -> Reading {
    read_at(bytes, PATH)
}

/// A text in UTF-16, little end first or big end first.
pub(super) fn wide(text: &str, little: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

/// `code cell field` of each remark.
fn remarks(reading: &Reading) -> Vec<String> {
    let one = |remark: &super::rows::Remark| {
        let place =
            crate::model::Place { workbook: "".into(), sheet: remark.sheet.clone(), row: remark.row, col: remark.col };
        [&*remark.code, &place.cell(), &remark.field]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    reading.remarks.iter().map(one).collect()
}

/// The rows of the only table: row number, the values that are there, `*` repaired, `!` rejected.
fn rows(reading: &Reading) -> Vec<String> {
    assert_eq!(reading.tables.len(), 1, "one table: {:?}", remarks(reading));
    let row = |row: &crate::model::TableRow| {
        let values: Vec<String> = row.values.iter().filter(|v| !v.is_null()).map(|v| v.display()).collect();
        let marks = [if row.repaired { "*" } else { "" }, if row.rejected { "!" } else { "" }].concat();
        format!("{}{marks}: {}", row.row, values.join(" "))
    };
    reading.tables[0].rows.iter().map(row).collect()
}

/// A package of parts as given.
fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(content.as_bytes()).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}

const CONTENT_TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");
const ROOT: (&str, &str) = (
    "_rels/.rels",
    r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
);
const RELATIONS: (&str, &str) = (
    "xl/_rels/workbook.xml.rels",
    r#"<Relationships>
    <Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
    <Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/>
    <Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>"#,
);
/// Style 1 is a date.
const STYLES: (&str, &str) =
    ("xl/styles.xml", r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#);

fn workbook(sheet_name: &str, from_1904: bool) -> String {
    let flag = if from_1904 { r#"<workbookPr date1904="1"/>"# } else { "" };
    format!(
        r#"<workbook xmlns:r="x">{flag}<sheets><sheet name="{sheet_name}" sheetId="1" r:id="r1"/></sheets></workbook>"#
    )
}

/// A package with one sheet of service visits, whose rows are written by hand. The header is A1 to F1 of shared
/// strings: 工单号, VIN, 进厂时间, 里程, 类型, 总额, 服务顾问; strings 7 to 9 are 定保, 赵服务 and a VIN.
fn visits(rows: &str, from_1904: bool) -> Vec<u8> {
    let strings =
        ["工单号", "VIN", "进厂时间", "里程", "类型", "总额", "服务顾问", "定保", "赵服务", "LSVAB2183E2100001"];
    let strings: String = strings.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let header: String = (0..7).map(|i| format!(r#"<c t="s"><v>{i}</v></c>"#)).collect();
    zip(&[
        CONTENT_TYPES,
        ROOT,
        RELATIONS,
        STYLES,
        ("xl/workbook.xml", &workbook("进厂记录", from_1904)),
        ("xl/sharedStrings.xml", &format!(r#"<sst uniqueCount="99999999999999">{strings}</sst>"#)),
        (
            "xl/worksheets/sheet1.xml",
            &format!(r#"<worksheet><dimension ref="A1"/><sheetData><row>{header}</row>{rows}</sheetData></worksheet>"#),
        ),
    ])
}

/// A row of service visits, all well, with `total` as its cell for 总额.
fn visit(number: u32, total: &str) -> String {
    format!(
        r#"<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>W{number}</t></is></c><c r="B{number}" t="s"><v>9</v></c><c r="C{number}" s="1"><v>46342</v></c><c r="D{number}"><v>10230</v></c><c r="E{number}" t="s"><v>7</v></c>{total}<c r="G{number}" t="s"><v>8</v></c></row>"#
    )
}

//! The returned workbook of what other programs write: everything in it is there again, as another program reads it.
//! The workbooks come from openpyxl, XlsxWriter, LibreOffice and rust_xlsxwriter.

use crate::{
    foursight::{build_well, root},
    office::convert,
};
use rust_xlsxwriter::{
    Chart, ChartType, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, ExcelDateTime, Format, Note,
    Workbook,
};
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::Command,
};

/// Debian's own Python has the packages that `cargo xtask test` installs.
const PYTHON: &str = "/usr/bin/python3";

fn python(script: &str, arguments: &[&Path]) {
    let script = root().join("tests/writers").join(script);
    let output = Command::new(PYTHON).arg(&script).args(arguments).output().expect("Debian's Python is there");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {said}", script.display());
}

fn parts(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut package = zip::ZipArchive::new(fs::File::open(path).expect("readable")).expect("a package");
    let mut parts = BTreeMap::new();
    for i in 0..package.len() {
        let mut part = package.by_index(i).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("it inflates");
        parts.insert(part.name().expect("a name").into_owned(), bytes);
    }
    parts
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A list on another sheet, as Excel writes it since 2010.
const VALIDATION: &str = "<x14:dataValidations count=\"1\" xmlns:xm=\"http://schemas.microsoft.com/office/excel/2006/main\">\
    <x14:dataValidation type=\"list\" allowBlank=\"1\"><x14:formula1><xm:f>潜客表!$E$2:$E$4</xm:f></x14:formula1>\
    <xm:sqref>H2:H100</xm:sqref></x14:dataValidation></x14:dataValidations>";

/// Puts into a workbook what no program here writes by itself: a pivot table of the levels on its second sheet, and a validation
/// in the extensions of its first.
fn dress(path: &Path) {
    let mut parts = parts(path);
    let text = |parts: &BTreeMap<String, Vec<u8>>, name: &str| {
        parts.get(name).map(|bytes| String::from_utf8(bytes.clone()).expect("UTF-8")).unwrap_or_default()
    };
    let before = |text: &str, tag: &str, what: &str| match text.rfind(tag) {
        Some(at) => format!("{}{what}{}", &text[..at], &text[at..]),
        None => panic!("no {tag}"),
    };
    let sheet = text(&parts, "xl/worksheets/sheet1.xml");
    let extension = format!(
        "<ext uri=\"{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}\" \
         xmlns:x14=\"http://schemas.microsoft.com/office/spreadsheetml/2009/9/main\">{VALIDATION}</ext>"
    );
    let sheet = match sheet.contains("</extLst>") {
        true => before(&sheet, "</extLst>", &extension),
        false => before(&sheet, "</worksheet>", &format!("<extLst>{extension}</extLst>")),
    };
    let workbook = text(&parts, "xl/workbook.xml");
    let caches =
        format!("<pivotCaches><pivotCache cacheId=\"1\" r:id=\"rIdP\" xmlns:r=\"{RELATIONS}\"/></pivotCaches>");
    let place = if workbook.contains("<extLst") { "<extLst" } else { "</workbook>" };
    let workbook = before(&workbook, place, &caches);
    let relations = |inner: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>"
        )
    };
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let added = |parts: &BTreeMap<String, Vec<u8>>, name: &str, own: String| match parts.contains_key(name) {
        true => before(&text(parts, name), "</Relationships>", &own),
        false => relations(&own),
    };
    let of_workbook = added(
        &parts,
        "xl/_rels/workbook.xml.rels",
        relation("rIdP", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
    );
    let of_sheet = added(
        &parts,
        "xl/worksheets/_rels/sheet2.xml.rels",
        relation("rIdP", "pivotTable", "../pivotTables/pivotTable1.xml"),
    );
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let types = [
        ("pivotCache/pivotCacheDefinition1.xml", "pivotCacheDefinition"),
        ("pivotCache/pivotCacheRecords1.xml", "pivotCacheRecords"),
        ("pivotTables/pivotTable1.xml", "pivotTable"),
    ];
    let types: String = types
        .iter()
        .map(|(part, of)| format!("<Override PartName=\"/xl/{part}\" ContentType=\"{kind}.{of}+xml\"/>"))
        .collect();
    let types = before(&text(&parts, "[Content_Types].xml"), "</Types>", &types);
    let definition = format!(
        "<pivotCacheDefinition xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\" r:id=\"rId1\" refreshOnLoad=\"1\" recordCount=\"3\">\
         <cacheSource type=\"worksheet\"><worksheetSource ref=\"E1:E4\" sheet=\"潜客表\"/></cacheSource><cacheFields count=\"1\">\
         <cacheField name=\"级别\" numFmtId=\"0\"><sharedItems count=\"3\"><s v=\"A\"/><s v=\"D\"/><s v=\"B\"/></sharedItems>\
         </cacheField></cacheFields></pivotCacheDefinition>"
    );
    let records = format!(
        "<pivotCacheRecords xmlns=\"{MAIN}\" count=\"3\"><r><x v=\"0\"/></r><r><x v=\"1\"/></r><r><x v=\"2\"/></r></pivotCacheRecords>"
    );
    let pivot = format!(
        "<pivotTableDefinition xmlns=\"{MAIN}\" name=\"级别透视\" cacheId=\"1\" dataCaption=\"值\" updatedVersion=\"3\" \
         minRefreshableVersion=\"3\" createdVersion=\"3\" indent=\"0\" outline=\"1\" outlineData=\"1\">\
         <location ref=\"N1:O5\" firstHeaderRow=\"1\" firstDataRow=\"1\" firstDataCol=\"1\"/><pivotFields count=\"1\">\
         <pivotField axis=\"axisRow\" dataField=\"1\" showAll=\"0\"><items count=\"4\"><item x=\"0\"/><item x=\"1\"/><item x=\"2\"/>\
         <item t=\"default\"/></items></pivotField></pivotFields><rowFields count=\"1\"><field x=\"0\"/></rowFields>\
         <rowItems count=\"4\"><i><x/></i><i><x v=\"1\"/></i><i><x v=\"2\"/></i><i t=\"grand\"><x/></i></rowItems>\
         <colItems count=\"1\"><i/></colItems><dataFields count=\"1\"><dataField name=\"计数项:级别\" fld=\"0\" subtotal=\"count\" \
         baseField=\"0\" baseItem=\"0\"/></dataFields></pivotTableDefinition>"
    );
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    for (name, content) in [
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", of_workbook),
        ("xl/worksheets/_rels/sheet2.xml.rels", of_sheet),
        ("[Content_Types].xml", types),
        ("xl/pivotCache/pivotCacheDefinition1.xml", format!("{head}{definition}")),
        ("xl/pivotCache/pivotCacheRecords1.xml", format!("{head}{records}")),
        (
            "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels",
            relations(&relation("rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")),
        ),
        ("xl/pivotTables/pivotTable1.xml", format!("{head}{pivot}")),
        (
            "xl/pivotTables/_rels/pivotTable1.xml.rels",
            relations(&relation("rId1", "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")),
        ),
    ] {
        parts.insert(name.to_owned(), content.into_bytes());
    }
    let mut zip = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, bytes) in &parts {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished");
}

/// The workbook of `make.py` by rust_xlsxwriter, with macros if it is to have them.
fn by_rust(path: &Path, macros: Option<&Path>) {
    let mut book = Workbook::new();
    if let Some(macros) = macros {
        book.add_vba_project(macros).expect("a project");
    }
    let when = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("潜客表").expect("a name");
    let titles = "潜客编号 客户姓名 手机号 首次接触时间 级别 级别更新时间 意向车型 渠道 销售顾问 交车日期";
    for (col, title) in titles.split(' ').enumerate() {
        sheet.write_string_with_format(0, col as u16, title, &bold).expect("a title");
    }
    for (row, level) in [(1, "A"), (2, "D"), (3, "B")] {
        let cells =
            [(0, format!("Q{row}")), (1, "甲客户".to_owned()), (2, format!("1390000090{row}")), (4, level.to_owned())];
        let more = [(6, "云岭X5"), (7, "自然到店"), (8, "李销售")].map(|(col, text)| (col, text.to_owned()));
        for (col, text) in cells.into_iter().chain(more) {
            sheet.write_string(row, col, text).expect("a text");
        }
        for (col, day) in [(3, "2026-11-16 10:00"), (5, "2026-11-17 09:30")] {
            let day = ExcelDateTime::parse_from_str(day).expect("a day");
            sheet.write_datetime_with_format(row, col, &day, &when).expect("a day");
        }
    }
    sheet.insert_note(0, 0, &Note::new("编号不要改").set_author("店长")).expect("a note");
    sheet.insert_note(2, 9, &Note::new("再问一下").set_author("店长")).expect("a note");
    let levels = DataValidation::new().allow_list_strings(&["N", "C", "B", "A", "H", "O", "D", "T"]).expect("short");
    sheet.add_data_validation(1, 4, 99, 4, &levels).expect("a validation");
    let hot = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::EqualTo("H")).set_format(&bold);
    sheet.add_conditional_format(1, 4, 99, 4, &hot).expect("a format");
    sheet.set_freeze_panes(1, 1).expect("frozen");
    sheet.autofilter(0, 0, 3, 9).expect("a filter");
    let own = book.add_worksheet().set_name("算一算").expect("a name");
    for row in 0..4 {
        own.write_number(row, 0, f64::from(row)).expect("a number");
    }
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_values("算一算!$A$1:$A$4");
    own.insert_chart(1, 3, &chart).expect("a chart");
    book.save(path).expect("saved");
}

#[test]
fn what_other_programs_wrote_comes_back_whole() {
    let group = tempfile::tempdir().expect("a folder");
    let made = group.path().join("made");
    python("make.py", &[&made]);
    let project = parts(&made.join("macros.xlsm")).remove("xl/vbaProject.bin").expect("macros");
    fs::write(made.join("vbaProject.bin"), project).expect("written");
    by_rust(&made.join("rust_xlsxwriter.xlsx"), None);
    by_rust(&made.join("rust_macros.xlsm"), Some(&made.join("vbaProject.bin")));
    let names = [
        "openpyxl.xlsx",
        "openpyxl_macros.xlsm",
        "xlsxwriter.xlsx",
        "macros.xlsm",
        "rust_xlsxwriter.xlsx",
        "rust_macros.xlsm",
    ];
    let books = names.map(|name| made.join(name));
    books.iter().for_each(|path| dress(path));
    // LibreOffice saves what openpyxl and rust_xlsxwriter made, in its own way.
    let office = [&books[0], &books[4]].map(|path| path.clone());
    let saved = convert(&office, "xlsx:Calc MS Excel 2007 XML", &group.path().join("office"));
    // A store of its own for each, so that each has the mistake.
    let sent: Vec<PathBuf> = books
        .iter()
        .chain(&saved)
        .zip(1..)
        .map(|(path, n)| {
            let ending = path.extension().and_then(|ending| ending.to_str()).expect("an ending");
            let own = group.path().join(format!("input/S{n:02}/2026-W47.{ending}"));
            fs::create_dir_all(own.parent().expect("a folder")).expect("made");
            fs::copy(path, &own).expect("copied");
            own
        })
        .collect();
    // What each is to have is there.
    for (n, path) in sent.iter().enumerate() {
        let parts = parts(path);
        let has = |name: &str| parts.keys().any(|part| part.contains(name));
        let xml = |wanted: &str| {
            let sheets = parts.iter().filter(|(part, _)| part.starts_with("xl/worksheets/sheet"));
            sheets.map(|(_, bytes)| String::from_utf8_lossy(bytes)).any(|text| text.contains(wanted))
        };
        for part in ["charts/chart", "pivotTable", "pivotCache", "comments"] {
            assert!(has(part), "{path:?} has no {part}");
        }
        // LibreOffice writes lists on other sheets as it does all others.
        let list = if n < books.len() { "x14:dataValidation " } else { "<dataValidation " };
        for tag in ["conditionalFormatting", list] {
            assert!(xml(tag), "{path:?} has no {tag}");
        }
        assert_eq!(has("vbaProject"), path.extension().is_some_and(|own| own == "xlsm"), "{n}");
    }
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    for path in &sent {
        let name = path.strip_prefix(group.path().join("input")).expect("below the input");
        let returned = group.path().join("output/returned").join(name);
        assert!(returned.is_file(), "{name:?} did not come back");
        python("compare.py", &[path, &returned]);
        let (before, after) = (parts(path), parts(&returned));
        for (part, bytes) in &before {
            let theirs = ["charts/", "media/", "vbaProject", "pivot", "theme/", "printerSettings", "embeddings/"];
            if theirs.iter().any(|own| part.contains(own)) {
                assert!(after.get(part) == Some(bytes), "{name:?}: {part} is not what it was");
            }
        }
        let extensions = |parts: &BTreeMap<String, Vec<u8>>| {
            let sheets = parts.iter().filter(|(part, _)| part.starts_with("xl/worksheets/sheet"));
            sheets.map(|(_, bytes)| String::from_utf8_lossy(bytes).matches("<ext ").count()).sum::<usize>()
        };
        assert_eq!(extensions(&before), extensions(&after), "{name:?}: extensions of 2010");
        // The pivot table still leads to its cache, and the workbook to both.
        for part in ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"] {
            let held =
                |parts: &BTreeMap<String, Vec<u8>>| String::from_utf8_lossy(&parts[part]).matches("pivot").count();
            assert_eq!(held(&before), held(&after), "{name:?}: {part}");
        }
        let validations = |parts: &BTreeMap<String, Vec<u8>>| {
            let sheets = parts.iter().filter(|(part, _)| part.starts_with("xl/worksheets/sheet"));
            sheets
                .map(|(_, bytes)| String::from_utf8_lossy(bytes).matches("<x14:dataValidation ").count())
                .sum::<usize>()
        };
        assert_eq!(validations(&before), validations(&after), "{name:?}: validations of 2010");
    }
    // LibreOffice opens each of them.
    let returned: Vec<PathBuf> = walkdir::WalkDir::new(group.path().join("output/returned"))
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    assert_eq!(returned.len(), sent.len());
    convert(&returned, "pdf", &group.path().join("pdf"));
}

//! All that spreadsheets do to their readers, at once and under little memory: one report, no panic, and every file's rows
//! are accounted for.

use crate::foursight::{build_well, csv};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

const TITLES: [&str; 5] = ["投诉编号", "受理时间", "客户键", "类别", "责任部门"];

/// A row of complaints as cells.
fn row(number: usize, cells: &[&str]) -> String {
    let cell = |(at, text): (usize, &&str)| {
        let column = char::from(b'A' + u8::try_from(at).expect("few columns"));
        format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    format!("<row r=\"{number}\">{}</row>", cells.iter().enumerate().map(cell).collect::<String>())
}

fn complaint(number: usize, id: &str) -> String {
    row(number, &[id, "2026-10-05 10:00", "13900000001", "价格", "销售"])
}

fn titles(number: usize) -> String {
    row(number, &TITLES)
}

const SPACE: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

fn sheet(rows: &str) -> String {
    format!("<?xml version=\"1.0\"?><worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>")
}

/// A package with one sheet and whatever other parts.
fn book(path: &Path, sheet: &str, more: &[(&str, String)]) {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let mut parts = vec![
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                 ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{types}.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"a\" Type=\"{relations}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook {SPACE} xmlns:r=\"{relations}\"><sheets><sheet name=\"投诉清单\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"a\" Type=\"{relations}/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"b\" Type=\"{relations}/sharedStrings\" \
                 Target=\"sharedStrings.xml\"/><Relationship Id=\"c\" Type=\"{relations}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ];
    parts.extend(more.iter().cloned());
    let mut package = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, text) in parts {
        package.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        package.write_all(text.as_bytes()).expect("written");
    }
    package.finish().expect("finished");
}

/// What a file of the run must come to: rows accepted, rows rejected, and a code that must be said of it.
type Outcome = (u64, u64, &'static str);

/// Writes the nasty files, each in a store of its own so that what it comes to is seen.
fn write_all(input: &Path) -> BTreeMap<String, Outcome> {
    let mut expected = BTreeMap::new();
    let mut store = |name: &str, file: &str, outcome: Outcome| -> PathBuf {
        let folder = input.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        expected.insert(name.to_owned(), outcome);
        folder.join(file)
    };
    let strings = |count: &str| -> (&'static str, String) {
        let texts: String = TITLES.iter().map(|title| format!("<si><t>{title}</t></si>")).collect();
        ("xl/sharedStrings.xml", format!("<sst {SPACE} count=\"{count}\" uniqueCount=\"{count}\">{texts}</sst>"))
    };
    let corners =
        sheet("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>");
    book(&store("corners", "2026-W41.xlsx", (0, 0, "")), &corners, &[]);
    let shared: String =
        (0..5).map(|at| format!("<c r=\"{}1\" t=\"s\"><v>{at}</v></c>", char::from(b'A' + at))).collect();
    book(
        &store("count", "2026-W41.xlsx", (1, 0, "")),
        &sheet(&format!("<row r=\"1\">{shared}</row>{}", complaint(2, "T1"))),
        &[strings("99999999999999")],
    );
    let spill: String = (2..9000).map(|at| complaint(at, &format!("T{at}"))).collect();
    let spilled = complaint(9000, "T9000").replace(
        "<c r=\"D9000\" t=\"inlineStr\"><is><t>价格</t></is></c>",
        "<c r=\"D9000\" t=\"e\"><v>#SPILL!</v></c>",
    );
    book(&store("spill", "2026-W41.xlsx", (8998, 1, "C009")), &sheet(&format!("{}{spill}{spilled}", titles(1))), &[]);
    let formula = complaint(2, "T1")
        .replace("<c r=\"D2\" t=\"inlineStr\"><is><t>价格</t></is></c>", "<c r=\"D2\"><f>A1&amp;\"\"</f></c>");
    book(&store("uncached", "2026-W41.xlsx", (0, 1, "C010")), &sheet(&format!("{}{formula}", titles(1))), &[]);
    let turned = complaint(2, "T1").replace(
        "<c r=\"D2\" t=\"inlineStr\"><is><t>价格</t></is></c>",
        "<c r=\"D2\" t=\"str\"><v>价格</v><f>\"价格\"</f></c>",
    );
    book(&store("value_first", "2026-W41.xlsx", (1, 0, "")), &sheet(&format!("{}{turned}", titles(1))), &[]);
    let bare = sheet(&format!("{}{}", titles(1).replace(" r=\"1\"", ""), complaint(2, "T1")));
    let bare = bare.replace("<c r=\"A2\" ", "<c ").replace("<c r=\"B2\" ", "<c ");
    book(&store("no_addresses", "2026-W41.xlsx", (1, 0, "")), &bare, &[]);
    let formats: String =
        (0..65_000).map(|_| "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>").collect();
    book(
        &store("styles", "2026-W41.xlsx", (1, 0, "")),
        &sheet(&format!("{}{}", titles(1), complaint(2, "T1"))),
        &[("xl/styles.xml", format!("<styleSheet {SPACE}><cellXfs count=\"65000\">{formats}</cellXfs></styleSheet>"))],
    );
    let bomb = sheet(&" ".repeat(400 << 20));
    book(&store("bomb", "2026-W41.xlsx", (0, 0, "W")), &bomb, &[]);
    let csv_titles = TITLES.join(",");
    let (cut, _, _) = encoding_rs::GB18030.encode("投诉编号,受理时间,客户键,类别,责任部门\r\n=\"0012\",2026-10-05 10:00,13900000001,价格,\"销售\r\n二部\"\r\nT2,2026-10-05 10:00,13900000001,价格,销售");
    fs::write(store("cut_text", "2026-W41.csv", (0, 0, "W003")), &cut[..cut.len() - 1]).expect("written");
    let wide: Vec<u8> = format!("{csv_titles}\r\nT1,2026-10-05 10:00,13900000001,价格,销售\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(store("wide", "2026-W41.csv", (1, 0, "")), wide).expect("written");
    fs::write(store("empty", "2026-W41.xlsx", (0, 0, "W005")), b"").expect("written");
    fs::create_dir_all(store("folder", "2026-W41.xlsx", (0, 0, ""))).expect("a folder");
    fs::write(store("lock", "~$2026-W41.xlsx", (0, 0, "")), b"x").expect("written");
    fs::write(store("mac", ".DS_Store", (0, 0, "")), b"x").expect("written");
    let around = store("loop", "again", (0, 0, ""));
    std::os::unix::fs::symlink(around.parent().expect("its folder"), &around).expect("a link");
    let repeated = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"投诉清单\"><table:table-row table:number-rows-repeated=\"1048576\">\
         <table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p><text:s text:c=\"2000000000\"/></text:p>\
         </table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let mut ods =
        zip::ZipWriter::new(fs::File::create(store("repeated", "2026-W41.ods", (0, 0, "W"))).expect("a file"));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
        ("content.xml", repeated),
    ] {
        ods.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        ods.write_all(text.as_bytes()).expect("written");
    }
    ods.finish().expect("finished");
    // Beside all of them a good one, which must not suffer.
    book(
        &store("good", "2026-W41.xlsx", (2, 0, "")),
        &sheet(&format!("{}{}{}", titles(1), complaint(2, "T1"), complaint(3, "T2"))),
        &[],
    );
    expected
}

#[test]
fn all_at_once_end_in_one_report_and_every_row_is_accounted_for() {
    let group = tempfile::tempdir().expect("a folder");
    let expected = write_all(&group.path().join("input"));
    fs::write(group.path().join("foursight.toml"), "[intake]\nmemory_mb = 512\nseconds = 60\n").expect("written");
    let output = build_well(group.path(), &["--as-of", "2026-10-31"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    let findings = csv(&group.path().join("output/data/findings.csv"));
    let lines = csv(&group.path().join("output/data/submissions.csv"));
    let mut wrong = Vec::new();
    for (store, (accepted, rejected, code)) in expected {
        let count = |column: &str| -> u64 {
            let own = lines.iter().filter(|line| line["store"] == store);
            own.map(|line| line[column].parse::<u64>().expect("a count")).sum()
        };
        let codes: Vec<&str> =
            findings.iter().filter(|row| row["store"] == store).map(|row| row["code"].as_str()).collect();
        if (count("accepted"), count("rejected")) != (accepted, rejected) {
            wrong.push(format!("{store}: {} accepted, {} rejected; {codes:?}", count("accepted"), count("rejected")));
        }
        if !code.is_empty() && !codes.iter().any(|own| own.starts_with(code)) {
            wrong.push(format!("{store}: {code} is not said, but {codes:?}"));
        }
        assert_eq!(count("rows_read"), count("accepted") + count("rejected"), "{store}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Packages as other programs, accidents and attackers make them.

use super::*;

const LINE: &str = "LSVAB2183E2100001 2026-11-16 10230 定保 1200.00 赵服务";

#[test]
fn cells_in_every_order_and_without_references() {
    // 46342 = 2026-11-16 counted from 1900
    let rows = [
        visit(2, r#"<c r="F2"><v>1200</v></c>"#),
        // the value before its formula
        visit(3, r#"<c r="F3"><v>1200</v><f>SUM(1)</f></c>"#),
        visit(4, r#"<c r="F4"><f/><v>1200</v></c>"#),
        visit(5, r#"<c r="F5" t="str"><f>A</f><v>1200</v></c>"#),
        // WPS: neither row nor cells say where they are
        visit(6, "<c><v>1200</v></c>").replace(r#" r="6""#, "").replace(r#"t="s"><v>8"#, r#"t="s" x="1"><v>8"#),
    ];
    let mut rows_xml = rows.concat();
    for letter in "ABCDEFG".chars() {
        rows_xml = rows_xml.replace(&format!(r#" r="{letter}6""#), "");
    }
    let reading = read(&visits(&rows_xml, false));
    let expected: Vec<String> = (2..=6).map(|n| format!("{n}: W{n} {LINE}")).collect();
    assert_eq!(super::rows(&reading), expected);
    assert_eq!(remarks(&reading), Vec::<String>::new());
}

#[test]
fn formulas_without_results_and_error_values_cost_their_cell() {
    let rows = [
        visit(2, r#"<c r="F2"><f>B2*C2</f></c>"#),
        visit(3, r#"<c r="F3"><f>B2*C2</f><v></v></c>"#),
        visit(4, r#"<c r="F4"><f>B2*C2</f><v/></c>"#),
        visit(5, r#"<c r="F5" t="e"><v>#SPILL!</v></c>"#),
        visit(6, r#"<c r="F6" t="s"><v>4000000</v></c>"#),
        // a text formula whose result is empty is an empty cell
        visit(7, r#"<c r="F7" t="str"><f>A1</f><v></v></c>"#),
        visit(8, r#"<c r="F8"><v>1200</v></c>"#),
    ];
    let reading = read(&visits(&rows.concat(), false));
    assert_eq!(
        remarks(&reading),
        ["C010 F2 总额", "C010 F3 总额", "C010 F4 总额", "C009 F5 总额", "C009 F6 总额", "C007 F7 总额"]
    );
    let rejected: Vec<bool> = reading.tables[0].rows.iter().map(|row| row.rejected).collect();
    assert_eq!(rejected, [true, true, true, true, true, true, false]);
}

#[test]
fn days_count_from_1904_when_the_workbook_says_so() {
    // 46342 − 1462 = 44880
    let row = visit(2, r#"<c r="F2"><v>1200</v></c>"#).replace("46342", "44880");
    assert_eq!(rows(&read(&visits(&row, true))), [format!("2: W2 {LINE}")]);
}

#[test]
fn cells_in_the_farthest_corners() {
    let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let reading = read(&visits(&format!("{}{far}", visit(2, r#"<c r="F2"><v>1200</v></c>"#)), false));
    assert_eq!(rows(&reading).len(), 1);
    assert_eq!(remarks(&reading), Vec::<String>::new());
    for beyond in
        [r#"<row r="1048577"><c r="A1048577"><v>1</v></c></row>"#, r#"<row r="9"><c r="XFE9"><v>1</v></c></row>"#]
    {
        assert_eq!(remarks(&read(&visits(beyond, false))), ["W001"]);
    }
}

#[test]
fn what_is_too_large_is_not_inflated() {
    // 80 MiB of zeros in a limit of 64
    let huge = "0".repeat(80 << 20);
    let bytes = zip(&[
        CONTENT_TYPES,
        ROOT,
        RELATIONS,
        ("xl/workbook.xml", &workbook("进厂记录", false)),
        ("xl/sharedStrings.xml", &huge),
    ]);
    assert!(bytes.len() < 1 << 20);
    assert_eq!(remarks(&read(&bytes)), ["W006"]);
}

#[test]
fn a_size_that_lies_is_cut_at_the_limit() {
    let text = "<si><t>一</t></si>".repeat(4 << 20);
    let strings = format!("<sst>{text}</sst>");
    let size = u32::try_from(strings.len()).expect("fits");
    let mut bytes = zip(&[
        CONTENT_TYPES,
        ROOT,
        RELATIONS,
        ("xl/workbook.xml", &workbook("进厂记录", false)),
        ("xl/sharedStrings.xml", &strings),
    ]);
    let (true_size, lie) = (size.to_le_bytes(), 1000_u32.to_le_bytes());
    let at: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, w)| *w == true_size).map(|(i, _)| i).collect();
    for i in at {
        bytes[i..i + 4].copy_from_slice(&lie);
    }
    let reading = read(&bytes);
    assert_eq!((reading.remarks.len(), reading.tables.len()), (1, 0), "{:?}", remarks(&reading));
}

#[test]
fn broken_packages_cost_one_finding() {
    let whole = visits(&visit(2, r#"<c r="F2"><v>1200</v></c>"#), false);
    assert_eq!(remarks(&read(&whole[..whole.len() / 2])), ["W003"]);
    assert_eq!(remarks(&read(b"")), ["W005"]);
    assert_eq!(remarks(&read(&zip(&[CONTENT_TYPES, ROOT]))), ["W001"], "no workbook part");
    let cut_sheet = zip(&[
        CONTENT_TYPES,
        ROOT,
        RELATIONS,
        ("xl/workbook.xml", &workbook("进厂记录", false)),
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v>"),
    ]);
    assert_eq!(remarks(&read(&cut_sheet)), ["W003"]);
    let blank = zip(&[
        CONTENT_TYPES,
        ROOT,
        RELATIONS,
        ("xl/workbook.xml", &workbook("进厂记录", false)),
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"),
    ]);
    assert_eq!(remarks(&read(&blank)), ["W005"]);
    // Any bytes at all: no panic.
    for i in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[i] ^= 0x55;
        let _ = read(&bytes);
    }
}

#[test]
fn what_was_cut_altered_or_declared_elsewhere_is_damage() {
    let sheet =
        |row: &str| format!("<worksheet><sheetData><row><c t=\"s\"><v>0</v></c></row>{row}</sheetData></worksheet>");
    let with = |book: &str, strings: &str| {
        let sheet = sheet("");
        let parts =
            [("xl/workbook.xml", book), ("xl/sharedStrings.xml", strings), ("xl/worksheets/sheet1.xml", &sheet)];
        remarks(&read(&zip(&[&[CONTENT_TYPES, ROOT, RELATIONS], &parts[..]].concat())))
    };
    let book = workbook("甲", false);
    let strings = "<sst><si><t>合计</t></si></sst>";
    assert_eq!(with(&book, strings), ["H005", "W009"]);
    // A second sheet may have stood behind the cut.
    assert_eq!(with(book.trim_end_matches("</sheets></workbook>"), strings), ["W003"]);
    assert_eq!(with(&book, "<sst><si><t>合计</t></si>"), ["W003"]);
    assert_eq!(with(&book, "<sst><si><t>合&zz;计</t></si></sst>"), ["W001"]);
    assert_eq!(with(&book, "<!DOCTYPE sst [<!ENTITY zz 'x'>]><sst><si><t>合计</t></si></sst>"), ["W001"]);
    // One letter of a part that is stored as it is: its checksum tells.
    let mut whole = visits(&visit(2, r#"<c r="F2"><v>1200</v></c>"#), false);
    let mut archive = zip::ZipArchive::new(Cursor::new(whole.clone())).expect("an archive");
    let mut stored = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let as_it_is = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("it inflates");
        stored.start_file(part.name().expect("a name"), as_it_is).expect("a part");
        stored.write_all(&content).expect("its content");
    }
    whole = stored.finish().expect("an archive").into_inner();
    assert_eq!(remarks(&read(&whole)), Vec::<String>::new());
    let at = whole.windows(5).position(|text| text == b"<t>W2").expect("its text") + 4;
    whole[at] = b'9';
    assert_eq!(remarks(&read(&whole)), ["W001"]);
}

#[test]
fn a_wrong_ending_is_noted_and_read() {
    let whole = visits(&visit(2, r#"<c r="F2"><v>1200</v></c>"#), false);
    let reading = read_at(&whole, "S01/2026-W47/进厂.csv");
    assert_eq!((remarks(&reading), reading.tables.len()), (vec!["W004".to_owned()], 1));
}

/// The cells that calamine sees in a workbook of every kind of cell are the cells we see.
#[test]
fn the_same_cells_as_calamine() {
    use crate::intake::{
        book::Book,
        raw::{Raw, RowBuf},
        xlsx::XlsxBook,
    };
    use calamine::Reader;
    let mut book = rust_xlsxwriter::Workbook::new();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "a <b> & \"c\"\nd").and_then(|s| s.write(0, 3, 1.5)).expect("cells");
    sheet.write_with_format(2, 1, 46342.25, &date).and_then(|s| s.write(2, 2, true)).expect("cells");
    sheet.write_formula(5, 0, rust_xlsxwriter::Formula::new("1+1").set_result("2")).expect("a formula");
    sheet.write(1_048_575, 16_383, "end").expect("the last cell");
    let bytes = book.save_to_buffer().expect("a workbook");

    let mut theirs = Vec::new();
    let mut other: calamine::Xlsx<_> = calamine::Xlsx::new(Cursor::new(bytes.as_slice())).expect("readable");
    let mut cells = other.worksheet_cells_reader("Sheet1").expect("a sheet");
    while let Some(cell) = cells.next_cell().expect("a cell") {
        let value = match cell.get_value() {
            calamine::DataRef::DateTime(at) => format!("date {}", at.as_f64()),
            calamine::DataRef::Float(n) => format!("number {n}"),
            calamine::DataRef::Bool(b) => format!("bool {b}"),
            calamine::DataRef::SharedString(s) => format!("text {s}"),
            calamine::DataRef::String(s) => format!("text {s}"),
            calamine::DataRef::Empty => continue,
            other => format!("{other:?}"),
        };
        theirs.push((cell.get_position(), value));
    }
    let mut book = XlsxBook::open(&bytes, 64).expect("readable");
    // By a quick look at the bytes, and by events.
    for streamed in [false, true] {
        let source = if streamed { book.streamed_rows(0) } else { book.rows(0) };
        let mut source = source.expect("a sheet");
        let (mut row, mut ours) = (RowBuf::default(), Vec::new());
        while source.next_row(&mut row).expect("a row") {
            for (col, raw) in &row.cells {
                let value = match raw {
                    Raw::Number { value, dated: true } => format!("date {value}"),
                    Raw::Number { value, dated: false } => format!("number {value}"),
                    Raw::Bool(b) => format!("bool {b}"),
                    Raw::Text(s) => format!("text {s}"),
                    other => format!("{other:?}"),
                };
                ours.push(((row.row - 1, *col), value));
            }
        }
        assert_eq!(ours, theirs);
        assert_eq!(ours.len(), 6);
    }
}

/// A row of a sheet as programs write it, as they may write it, or as none should.
fn any_row() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let value = proptest::sample::select(vec![
        "<v>1</v>",
        "<v>2.5e3</v>",
        "<v> 3 </v>",
        "<v/>",
        "<v></v>",
        "<v xml:space=\"preserve\">4</v>",
        "<f>A1&amp;B1</f><v>5</v>",
        "<v>6</v><f/>",
        "<f t=\"shared\" si=\"0\"/>",
        "<is><t>a &lt; b</t></is>",
        "<is><t xml:space='preserve'> c_x000D_ </t></is>",
        "<is><r><t>d</t></r><rPh><t>no</t></rPh><r><t>e</t></r></is>",
        "<v>&#65;</v>",
        "<v>&nothing;</v>",
        "<v><![CDATA[7]]></v>",
        "<!-- 8 --><v>8</v>",
        "\n <v>9</v>\n ",
        "<v>1\r\n2</v>",
        "<v>10",
    ]);
    let head = proptest::sample::select(vec![
        "",
        " t=\"s\"",
        " t='str'",
        " t=\"b\"",
        " t=\"e\"",
        " s=\"1\"",
        " s=\"x\"",
        " t=\"inlineStr\"",
        " t=\"&#115;\"",
    ]);
    let cell = (0..4_u32, head, value, 0..8_u32).prop_map(|(step, head, value, form)| match form {
        0 => format!("<c{head}/>"),
        1 => format!("<c{head}>{value}</c >"),
        2 => format!("<x:c{head}>{value}</x:c>"),
        3 => format!("<c r=\"{}9\"{head}>{value}</c>", (b'A' + step as u8) as char),
        _ => format!("<c{head}>{value}</c>"),
    });
    (0..5_u32, proptest::collection::vec(cell, 0..4), 0..7_u32).prop_map(|(row, cells, form)| {
        let cells = cells.concat();
        match form {
            0 => format!("<row>{cells}</row>"),
            1 => format!("<row r='{row}' spans=\"1:3\">{cells}</row>\n"),
            2 => format!("<row x:r=\"{row}\">{cells}</row>"),
            3 => "<row/>".to_owned(),
            4 => format!("<row r=\"{row}\" r=\"7\">{cells}</row>"),
            _ => format!("<row r=\"{}\">{cells}</row>", row + 10),
        }
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    /// The quick look at a sheet's bytes sees what the reading by events sees, or leaves it to that.
    #[test]
    fn quick_and_careful_reading_agree(
        rows in proptest::collection::vec(any_row(), 0..4),
        head in proptest::sample::select(vec!["", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "\u{FEFF}", "<!-- c -->", "<?xml version='1.0'?>"]),
        start in proptest::sample::select(vec!["<sheetData>", "<sheetData >", "<sheetData/>", "<cols><col/></cols><sheetData>"]),
        end in proptest::sample::select(vec!["</sheetData></worksheet>", "</sheetData>", "", "</sheetData><row r=\"99\"><c><v>1</v></c></row>"]),
    ) {
        use crate::intake::{book::Book, raw::{RowBuf, RowSource}, xlsx::XlsxBook};
        let sheet = format!("{head}<worksheet>{start}{}{end}", rows.concat());
        let bytes = zip(&[
            CONTENT_TYPES,
            ROOT,
            RELATIONS,
            STYLES,
            ("xl/workbook.xml", &workbook("甲", false)),
            ("xl/sharedStrings.xml", "<sst><si><t>一</t></si><si><t/></si><si><t>二 &amp; 三</t></si></sst>"),
            ("xl/worksheets/sheet1.xml", &sheet),
        ]);
        let mut book = XlsxBook::open(&bytes, 64).expect("readable");
        let mut all = |streamed: bool| {
            let source = if streamed { book.streamed_rows(0) } else { book.rows(0) };
            let mut source: Box<dyn RowSource> = match source {
                Ok(source) => source,
                Err(fault) => return Err(fault.remark().0),
            };
            let mut rows = Vec::new();
            let mut row = RowBuf::default();
            loop {
                match source.next_row(&mut row) {
                    Ok(true) => rows.push(row.clone()),
                    Ok(false) => return Ok(rows),
                    Err(fault) => return Err(fault.remark().0),
                }
            }
        };
        match (all(false), all(true)) {
            // Rows in another order are sorted, which only one that has them in memory can.
            (Ok(quick), Err("W001")) => proptest::prop_assert!(quick.windows(2).all(|pair| pair[0].row < pair[1].row)),
            (Err(_), Err(_)) => {}
            (quick, streamed) => proptest::prop_assert_eq!(quick, streamed),
        }
    }
}

#[test]
fn small_files_that_cost_much_are_refused() {
    let sheets: String = (0..300).map(|n| format!(r#"<sheet name="表{n}" sheetId="{n}" r:id="r1"/>"#)).collect();
    let book = format!(r#"<workbook xmlns:r="x"><sheets>{sheets}</sheets></workbook>"#);
    let parts = [CONTENT_TYPES, ROOT, RELATIONS, ("xl/workbook.xml", &book)];
    assert_eq!(remarks(&read(&zip(&parts))), ["W015"], "sheets");
    let names: Vec<String> = (0..5000).map(|n| format!("xl/media/{n}.png")).collect();
    let mut parts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    parts.extend([CONTENT_TYPES, ROOT, RELATIONS]);
    assert_eq!(remarks(&read(&zip(&parts))), ["W015"], "parts");
    // A text of 30 000 bytes, stored once, in 5 000 cells.
    let rows: String =
        (2..5002).map(|n| visit(n, &format!(r#"<c r="F{n}"><v>1</v></c>"#)).replace("<v>8</v>", "<v>10</v>")).collect();
    let long = "长".repeat(10_000);
    let strings =
        ["工单号", "VIN", "进厂时间", "里程", "类型", "总额", "服务顾问", "定保", "赵服务", "LSVAB2183E2100001", &long];
    let strings: String = strings.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let header: String = (0..7).map(|i| format!(r#"<c t="s"><v>{i}</v></c>"#)).collect();
    let bytes = zip(&[
        CONTENT_TYPES,
        ROOT,
        RELATIONS,
        STYLES,
        ("xl/workbook.xml", &workbook("进厂记录", false)),
        ("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>")),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet><sheetData><row>{header}</row>{rows}</sheetData></worksheet>"),
        ),
    ]);
    assert!(bytes.len() < 1 << 18);
    assert_eq!(remarks(&read(&bytes)), ["W015"], "text");
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let rows: String = (2..12_002)
        .map(|n| visit(n, &format!(r#"<c r="F{n}"><v>-1</v></c>"#)).replace("<v>46342</v>", "<v>1e9</v>"))
        .collect();
    let reading = read(&visits(&rows, false));
    assert_eq!(reading.tables[0].rows.len(), 12_000);
    assert!(reading.tables[0].rows.iter().all(|row| row.rejected), "each row is kept out, listed or not");
    let last = reading.remarks.last().expect("remarks");
    assert_eq!((reading.remarks.len(), &*last.code), (10_001, "W016"));
    let listed = reading.remarks.len() as u64 - 1;
    let more: u64 = last.args[0].value.to_string().parse().expect("a count");
    assert!(listed + more >= 12_000, "{listed} + {more}");
}

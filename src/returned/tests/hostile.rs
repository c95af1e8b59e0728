//! Bytes that nobody should send: a typed error or a result, never a panic.

use super::*;
use crate::{
    model::SeenSheet,
    returned::{ReturnedError, fresh},
};
use rust_xlsxwriter::Workbook;

fn simple() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("表").expect("a name").write_number(0, 0, 1).expect("written");
    workbook.save_to_buffer().expect("a workbook")
}

fn attempt(bytes: &[u8]) -> Result<Vec<u8>, ReturnedError> {
    annotate(bytes, &[&finding(Severity::Error, "C003", "表", "B2")], &store(), &words())
}

#[test]
fn what_is_no_open_xlsx_is_unpatchable() {
    let cfb = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0];
    let signed = {
        let mut writer = ZipWriter::new_append(Cursor::new(simple())).expect("a zip");
        writer.start_file("_xmlsignatures/sig1.xml", SimpleFileOptions::default()).expect("a new entry");
        writer.finish().expect("whole").into_inner()
    };
    let twice = {
        let mut writer = ZipWriter::new_append(Cursor::new(simple())).expect("a zip");
        writer.start_file("xl/Workbook.xml", SimpleFileOptions::default()).expect("a new entry");
        writer.finish().expect("whole").into_inner()
    };
    let odf = zipped(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<a/>")]);
    let whole = simple();
    let torn = &whole[..whole.len() / 2];
    for bytes in [&cfb[..], b"", b"a,b\n1,2\n", &signed, &twice, &odf, torn] {
        assert!(matches!(attempt(bytes), Err(ReturnedError::Unpatchable { .. })));
        assert!(matches!(unmark(bytes), Err(ReturnedError::Unpatchable { .. })));
    }
}

#[test]
fn malformed_parts_are_errors() {
    for (name, from, to) in [
        ("xl/worksheets/sheet1.xml", "</sheetData>", ""),
        ("xl/worksheets/sheet1.xml", "<sheetData>", "<!DOCTYPE a [<!ENTITY b \"c\">]><sheetData>"),
        ("xl/styles.xml", "</cellXfs>", "<"),
        ("xl/workbook.xml", "</sheets>", "</sheet>"),
        ("[Content_Types].xml", "</Types>", ""),
        ("xl/_rels/workbook.xml.rels", "</Relationships>", "\u{0}<a"),
    ] {
        let broken = altered(&simple(), |part, text| Some(if part == name { text.replace(from, to) } else { text }));
        assert!(matches!(attempt(&broken), Err(ReturnedError::Malformed { .. })), "{name}");
    }
}

#[test]
fn any_cut_and_any_byte_changed_is_survived() {
    let returned = attempt(&simple()).expect("patchable");
    for (name, text) in parts(&returned) {
        let Ok(text) = String::from_utf8(text) else { continue };
        let cuts: Vec<usize> =
            (0..text.len()).step_by(text.len() / 8 + 1).filter(|at| text.is_char_boundary(*at)).collect();
        for at in cuts {
            for with in ["<", "\"", "/>", "<c r=\"XFD9999999999\"/>"] {
                let broken = altered(&returned, |part, was| {
                    Some(if part == name { format!("{}{with}{}", &was[..at], &was[at..]) } else { was })
                });
                let _ = unmark(&broken);
                let _ = attempt(&broken);
            }
        }
    }
}

#[test]
fn places_outside_any_sheet_are_listed_only() {
    let original = simple();
    let findings = [
        finding(Severity::Error, "C003", "表", "A1048577"),
        finding(Severity::Error, "C004", "没有", "A1"),
        finding(Severity::Error, "C005", "表", ""),
    ];
    let returned = marked(&original, &findings);
    assert!(!differences(&original, &returned).contains(&"+xl/comments1.xml".to_owned()));
    let list = part(&returned, "xl/worksheets/sheet2.xml");
    assert!(["C003", "C004", "C005"].iter().all(|code| list.contains(code)));
    assert!(!list.contains("<hyperlink "));
    let corner = marked(&original, &[finding(Severity::Error, "C003", "表", "XFD1048576")]);
    assert!(part(&corner, "xl/worksheets/sheet1.xml").contains("<c r=\"XFD1048576\" s=\"1\"/>"));
    assert_comes_off(&original, &corner);
}

#[test]
fn a_record_that_does_not_fit_undoes_nothing() {
    let returned = attempt(&simple()).expect("patchable");
    let forged = altered(&returned, |name, text| {
        Some(if name == "xl/foursight1.json" { text.replace("\"at\":", "\"at\":9") } else { text })
    });
    let cleaned = unmark(&forged).expect("patchable").expect("marked");
    assert!(!part(&cleaned, "xl/workbook.xml").contains("检查结果"));
    let evil = altered(&returned, |name, text| {
        let name_of_fill = "name=\"_foursight_fill_3_1\" hidden=\"1\">&quot;F8C8B8";
        assert!(name != "xl/workbook.xml" || text.contains(name_of_fill), "{text}");
        (name != "xl/foursight1.json").then(|| text.replace(name_of_fill, &format!("{name_of_fill}&lt;/fill&gt;")))
    });
    let cleaned = unmark(&evil).expect("patchable").expect("marked");
    assert!(!part(&cleaned, "xl/styles.xml").contains("</fill></fill>"));
}

#[test]
fn a_fresh_workbook_keeps_coordinates_text_and_marks() {
    let seen = |name: &str, hidden: bool, rows: Vec<(u32, Vec<(u32, &str)>)>| SeenSheet {
        name: name.to_owned(),
        hidden,
        rows: rows
            .into_iter()
            .map(|(row, cells)| (row, cells.into_iter().map(|(col, text)| (col, text.to_owned())).collect()))
            .collect(),
    };
    let rows = vec![
        seen("草稿", true, vec![(1, vec![(0, "x")])]),
        seen("潜客/表", false, vec![(1, vec![(0, "编号"), (1, "手机")]), (2, vec![(0, "=1+1"), (2, "0012")])]),
    ];
    let findings = [finding(Severity::Error, "C007", "潜客/表", "B2")];
    let bytes = fresh(&rows, &findings.iter().collect::<Vec<_>>(), &store(), &words_in(Lang::ZhTw)).expect("fits");
    use calamine::{Data, Reader, Xlsx};
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.as_slice())).expect("readable");
    assert_eq!(book.sheet_names(), ["检查结果", "草稿", "潜客_表"]);
    let hidden: Vec<bool> =
        book.sheets_metadata().iter().map(|sheet| sheet.visible != calamine::SheetVisible::Visible).collect();
    assert_eq!(hidden, [false, true, false]);
    let sheet = book.worksheet_range("潜客_表").expect("read");
    assert_eq!(sheet.get_value((1, 0)), Some(&Data::String("=1+1".to_owned())), "text, not a formula");
    assert_eq!(sheet.get_value((1, 2)), Some(&Data::String("0012".to_owned())));
    assert!(part(&bytes, "xl/worksheets/sheet2.xml").contains("r=\"B2\" s="));
    assert!(part(&bytes, "xl/comments1.xml").contains("怎樣改"));
    let again = fresh(&rows, &findings.iter().collect::<Vec<_>>(), &store(), &words_in(Lang::ZhTw)).expect("fits");
    assert_eq!(bytes, again);
    let long = "长".repeat(40_000);
    let long = [seen("表", false, vec![(1, vec![(0, &long)])])];
    assert!(matches!(fresh(&long, &[], &store(), &words()), Err(ReturnedError::TooLarge { .. })));
}

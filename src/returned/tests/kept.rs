//! What stays hers.

use super::*;
use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{
    Chart, ChartType, Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation, Format, Formula, Image,
    Note, Table, Workbook,
};

/// A workbook with about everything a clerk's may hold.
fn rich() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd").set_bold();
    let yellow = Format::new().set_background_color(Color::RGB(0xffff00)).set_num_format("0.00");
    let locked = Format::new().set_unlocked().set_align(rust_xlsxwriter::FormatAlign::Center);
    {
        let sheet = workbook.add_worksheet().set_name("潜客表").expect("a name");
        sheet.merge_range(0, 0, 0, 5, "周报 & 汇总", &date).expect("merged");
        for (col, title) in ["潜客编号", "姓名", "级别", "金额", "日期", "合计"].into_iter().enumerate() {
            sheet.write_string(1, col as u16, title).expect("written");
        }
        for row in 2..12u32 {
            sheet.write_string(row, 0, format!("Q{row}")).expect("written");
            sheet.write_string_with_format(row, 2, "X", &locked).expect("written");
            sheet.write_number_with_format(row, 3, 1.5, &yellow).expect("written");
            sheet.write_number_with_format(row, 4, 46000.0, &date).expect("written");
            let formula = Formula::new(format!("=D{}*2", row + 1)).set_result("3");
            sheet.write_formula(row, 5, formula).expect("written");
        }
        sheet.set_column_hidden(1).expect("hidden");
        sheet.set_freeze_panes(2, 0).expect("frozen");
        let rule = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::GreaterThan(1)).set_format(&date);
        sheet.add_conditional_format(2, 3, 11, 3, &rule).expect("conditional");
        let levels = DataValidation::new().allow_list_strings(&["H", "A"]).expect("short");
        sheet.add_data_validation(2, 2, 11, 2, &levels).expect("validation");
        sheet.insert_note(2, 2, &Note::new("她的批注").set_author("李雷")).expect("note");
    }
    {
        let sheet = workbook.add_worksheet().set_name("It's 图").expect("a name");
        sheet.write_number(0, 0, 1).expect("written");
        sheet.add_table(3, 0, 6, 2, &Table::new()).expect("table");
        let mut chart = Chart::new(ChartType::Column);
        chart.add_series().set_values("潜客表!$D$3:$D$12");
        sheet.insert_chart(8, 1, &chart).expect("chart");
        sheet.insert_image(20, 1, &Image::new_from_buffer(PIXEL).expect("png")).expect("image");
        sheet.set_print_area(0, 0, 9, 3).expect("area");
    }
    workbook.add_worksheet().set_name("未动").expect("a name").write_string(0, 0, "原样").expect("written");
    workbook.define_name("It's 图!本地", "='It''s 图'!$A$1").expect("local");
    workbook.define_name("全局", "=潜客表!$A$1").expect("global");
    workbook.save_to_buffer().expect("a workbook")
}

const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xff, 0xff,
    0x3f, 0, 5, 0xfe, 2, 0xfe, 0xa7, 0x35, 0x81, 0x84, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

fn rich_findings() -> Vec<Finding> {
    vec![
        finding(Severity::Error, "C006", "潜客表", "C3"),
        finding(Severity::Warning, "C012", "潜客表", "C3"),
        finding(Severity::Warning, "C014", "潜客表", "D4"),
        finding(Severity::Error, "C007", "潜客表", "B5"),
        finding(Severity::Notice, "C002", "潜客表", "F6"),
        finding(Severity::Notice, "H002", "潜客表", "D1"),
        finding(Severity::Error, "R104", "潜客表", "7"),
        finding(Severity::Error, "R101", "潜客表", "H40"),
        finding(Severity::Warning, "C003", "It's 图", "A1"),
        finding(Severity::Error, "H003", "It's 图", ""),
        finding(Severity::Warning, "W009", "", ""),
    ]
}

#[test]
fn only_the_declared_parts_differ() {
    let original = rich();
    let returned = marked(&original, &rich_findings());
    assert_eq!(
        differences(&original, &returned),
        [
            "+xl/comments2.xml",
            "+xl/drawings/vmlDrawing2.vml",
            "+xl/foursight1.json",
            "+xl/worksheets/sheet4.xml",
            "~[Content_Types].xml",
            "~xl/_rels/workbook.xml.rels",
            "~xl/comments1.xml",
            "~xl/drawings/vmlDrawing1.vml",
            "~xl/styles.xml",
            "~xl/workbook.xml",
            "~xl/worksheets/_rels/sheet2.xml.rels",
            "~xl/worksheets/sheet1.xml",
            "~xl/worksheets/sheet2.xml",
        ]
    );
    assert_comes_off(&original, &returned);
}

#[test]
fn the_same_bytes_every_time_and_on_a_second_return() {
    let original = rich();
    let returned = marked(&original, &rich_findings());
    assert_eq!(returned, marked(&original, &rich_findings()));
    assert_eq!(returned, marked(&returned, &rich_findings()));
    let mut shuffled = rich_findings();
    shuffled.reverse();
    assert_eq!(returned, marked(&original, &shuffled));
}

#[test]
fn values_and_formulas_read_back() {
    let original = rich();
    let returned = marked(&original, &rich_findings());
    let mut before: Xlsx<_> = Xlsx::new(Cursor::new(original.as_slice())).expect("readable");
    let mut after: Xlsx<_> = Xlsx::new(Cursor::new(returned.as_slice())).expect("readable");
    assert_eq!(after.sheet_names(), ["检查结果", "潜客表", "It's 图", "未动"]);
    for name in ["潜客表", "It's 图", "未动"] {
        let (was, is) = (before.worksheet_range(name).expect("read"), after.worksheet_range(name).expect("read"));
        for (row, col, value) in was.used_cells() {
            let (row, col) = (row as u32 + was.start().expect("used").0, col as u32 + was.start().expect("used").1);
            assert_eq!(is.get_value((row, col)), Some(value), "{name} {row} {col}");
        }
        let (was, is) = (before.worksheet_formula(name).expect("read"), after.worksheet_formula(name).expect("read"));
        assert_eq!(was.used_cells().count(), is.used_cells().count());
    }
    let list = after.worksheet_range("检查结果").expect("read");
    assert_eq!(list.get_value((2, 3)), Some(&Data::String("工作表".to_owned())));
    let codes: Vec<String> = (3..14).filter_map(|row| list.get_value((row, 2))).map(|code| code.to_string()).collect();
    // Headers first, what keeps rows out, then warnings and notices; each by sheet, row and column, the workbook's own first.
    assert_eq!(codes.join(" "), "H003 C006 C007 R104 R101 W009 C012 C014 C003 H002 C002");
}

#[test]
fn a_marked_cell_differs_in_its_fill_alone() {
    let original = rich();
    let returned = marked(&original, &rich_findings());
    let (was, is) = (part(&original, "xl/worksheets/sheet1.xml"), part(&returned, "xl/worksheets/sheet1.xml"));
    let style = |xml: &str, cell: &str| -> usize {
        let at = xml.find(&format!("r=\"{cell}\"")).expect("the cell");
        let tag = &xml[xml[..at].rfind('<').expect("its start")..];
        let tag = &tag[..tag.find('>').expect("its end")];
        tag.find("s=\"").map_or(0, |at| tag[at + 3..].split('"').next().expect("a value").parse().expect("a number"))
    };
    let formats = |bytes: &[u8]| -> Vec<String> {
        let styles = part(bytes, "xl/styles.xml");
        let list = &styles[styles.find("<cellXfs").expect("formats")..styles.find("</cellXfs>").expect("their end")];
        list.split("<xf ").skip(1).map(str::to_owned).collect()
    };
    let (old, new) = (formats(&original), formats(&returned));
    let fill = |xf: &str| xf.split("fillId=\"").nth(1).expect("a fill").split('"').next().expect("closed").to_owned();
    for cell in ["C3", "D4", "F6"] {
        let (before, after) = (&old[style(&was, cell)], &new[style(&is, cell)]);
        assert_ne!(fill(before), fill(after));
        let same = |xf: &str| {
            xf.replace(&format!("fillId=\"{}\"", fill(xf)), "")
                .replace(" applyFill=\"1\"", "")
                .replace("applyFill=\"1\" ", "")
        };
        assert_eq!(same(before), same(after), "{cell}");
    }
    assert_eq!(&old[..], &new[..old.len()], "hers keep their numbers");
    let count = part(&returned, "xl/styles.xml");
    assert!(count.contains(&format!("<cellXfs count=\"{}\">", new.len())));
    // The row that had no cell in column H, and the row that was not there.
    assert!(is.contains("<row r=\"40\"><c r=\"H40\" s="));
    assert!(is.find("<c r=\"A5\"").expect("a cell") < is.find("<c r=\"B5\"").expect("made"));
    assert!(is.find("<c r=\"B5\"").expect("made") < is.find("<c r=\"C5\"").expect("a cell"));
    // D1 lies in the merged title: its first cell is marked; a row's finding marks its first filled cell.
    assert_ne!(style(&was, "A1"), style(&is, "A1"));
    assert_ne!(style(&was, "A7"), style(&is, "A7"));
}

#[test]
fn her_comment_stays_and_ours_follows() {
    let returned = marked(&rich(), &rich_findings());
    let comments = part(&returned, "xl/comments1.xml");
    assert!(comments.contains("<author>李雷</author>") && comments.contains("<author>foursight</author>"));
    assert_eq!(comments.matches("ref=\"C3\"").count(), 1);
    let c3 = &comments[comments.find("ref=\"C3\"").expect("hers")..];
    let c3 = &c3[..c3.find("</comment>").expect("closed")];
    assert!(c3.find("她的批注").expect("hers") < c3.find("C006").expect("ours"));
    assert!(c3.contains("C012") && c3.contains("&lt;&amp;&gt;"));
    let boxes = part(&returned, "xl/drawings/vmlDrawing1.vml");
    // Her one, and D4, B5, F6, A1, A7, H40.
    assert_eq!(boxes.matches("</v:shape>").count(), 7);
    let mut ids: Vec<&str> = boxes.match_indices("id=\"_x0000_s").map(|(at, _)| &boxes[at + 12..at + 16]).collect();
    ids.dedup();
    assert_eq!(ids.len(), 7);
}

#[test]
fn what_counts_sheets_by_position_moves_by_one() {
    let returned = marked(&rich(), &rich_findings());
    let workbook = part(&returned, "xl/workbook.xml");
    assert!(workbook.contains("<definedName name=\"本地\" localSheetId=\"2\""), "{workbook}");
    assert!(workbook.contains("<definedName name=\"_xlnm.Print_Area\" localSheetId=\"2\""));
    assert!(workbook.contains("<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"0\""));
    let selected: Vec<String> = (1..=4)
        .filter(|at| part(&returned, &format!("xl/worksheets/sheet{at}.xml")).contains("tabSelected=\"1\""))
        .map(|at| at.to_string())
        .collect();
    assert_eq!(selected, ["4"], "one sheet is open: ours");
}

#[test]
fn a_sheet_of_that_name_and_a_colour_of_ours_stay_hers() {
    let mut workbook = Workbook::new();
    let tinted = Format::new().set_background_color(Color::RGB(0xf8c8b8));
    let sheet = workbook.add_worksheet().set_name("检查结果").expect("a name");
    sheet.write_string_with_format(0, 0, "我的检查", &tinted).expect("written");
    let original = workbook.save_to_buffer().expect("a workbook");
    assert!(unmark(&original).expect("patchable").is_none());
    let returned = marked(&original, &[finding(Severity::Error, "C003", "检查结果", "B2")]);
    assert!(part(&returned, "xl/workbook.xml").contains("name=\"检查结果 (2)\""));
    assert!(part(&returned, "xl/styles.xml").contains("F9C8B8"), "another shade than hers");
    assert_comes_off(&original, &returned);
    // Also without the record, as after a save.
    let saved = altered(&returned, |name, text| (name != "xl/foursight1.json").then_some(text));
    let cleaned = unmark(&saved).expect("patchable").expect("marked");
    assert!(part(&cleaned, "xl/styles.xml").contains("F8C8B8"));
    assert!(!part(&cleaned, "xl/styles.xml").contains("F9C8B8"));
    assert!(part(&cleaned, "xl/workbook.xml").contains("name=\"检查结果\""));
}

#[test]
fn many_marks_are_coloured_and_listed_without_comments() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("多").expect("a name");
    (0..2500u32).for_each(|row| {
        sheet.write_number(row, 0, row).expect("written");
    });
    let original = workbook.save_to_buffer().expect("a workbook");
    let findings: Vec<Finding> =
        (1..=2001).map(|row| finding(Severity::Error, "C004", "多", &format!("A{row}"))).collect();
    let returned = marked(&original, &findings);
    assert!(!parts(&returned).contains_key("xl/comments1.xml"));
    assert_eq!(part(&returned, "xl/worksheets/sheet1.xml").matches(" s=\"").count(), 2001);
    assert_comes_off(&original, &returned);
    let fewer = marked(&original, &findings[..2000]);
    assert_eq!(part(&fewer, "xl/comments1.xml").matches("<comment ").count(), 2000);
    assert!(part(&fewer, "xl/drawings/vmlDrawing1.vml").contains("data=\"1,2\""));
}

#[test]
fn without_findings_nothing_is_touched() {
    let original = rich();
    assert_eq!(marked(&original, &[]), original);
    let returned = marked(&original, &rich_findings());
    assert_eq!(differences(&original, &marked(&returned, &[])), Vec::<String>::new());
}

#[test]
fn untouched_entries_are_copied_raw() {
    let options = |time: u16| {
        let day = zip::DateTime::from_date_and_time(2019, 3, 4, 5, time as u8, 6).expect("a time");
        SimpleFileOptions::default().last_modified_time(day)
    };
    let mut writer = ZipWriter::new_append(Cursor::new(rich())).expect("a zip");
    writer.add_directory("extra/", options(1)).expect("a folder");
    let stored = options(2).compression_method(zip::CompressionMethod::Stored);
    writer.start_file("extra/raw.bin", stored).expect("a new entry");
    writer.write_all(&[0, 159, 146, 150]).expect("room in memory");
    writer.start_file("xl/vbaProject.bin", options(3).compression_level(Some(9))).expect("a new entry");
    writer.write_all(&[7; 5000]).expect("room in memory");
    writer.set_comment("hers").expect("short");
    let original = writer.finish().expect("whole").into_inner();
    let returned = marked(&original, &rich_findings());

    let mut before = ZipArchive::new(Cursor::new(original.as_slice())).expect("a zip");
    let mut after = ZipArchive::new(Cursor::new(returned.as_slice())).expect("a zip");
    assert_eq!(after.comment(), b"hers");
    let changed = differences(&original, &returned);
    for at in 0..before.len() {
        let (mut was, mut is) = (before.by_index_raw(at).expect("hers"), after.by_index_raw(at).expect("hers"));
        let name = was.name().expect("a name").into_owned();
        assert_eq!(name, is.name().expect("a name"), "in her order");
        assert_eq!((was.last_modified(), was.compression()), (is.last_modified(), is.compression()), "{name}");
        if !changed.contains(&format!("~{name}")) {
            let (mut old, mut new) = (Vec::new(), Vec::new());
            was.read_to_end(&mut old).expect("read");
            is.read_to_end(&mut new).expect("read");
            assert!(old == new && was.crc32() == is.crc32(), "{name}");
        }
    }
    assert_comes_off(&original, &returned);
}

//! Marks after another program saved the workbook: nothing is where we put it, and it comes off all the same.

use super::*;
use rust_xlsxwriter::{Color, Format, Note, Workbook};

/// A workbook with fills of hers on marked cells.
fn filled() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let green = Format::new().set_background_color(Color::RGB(0x00ff00));
    let themed =
        Format::new().set_background_color(Color::Theme(4, 2)).set_pattern(rust_xlsxwriter::FormatPattern::LightUp);
    let sheet = workbook.add_worksheet().set_name("表").expect("a name");
    sheet.write_string_with_format(0, 0, "绿", &green).expect("written");
    sheet.write_string_with_format(1, 0, "纹", &themed).expect("written");
    sheet.write_string(2, 0, "白").expect("written");
    sheet.insert_note(0, 0, &Note::new("她的").set_author("韩梅梅")).expect("note");
    workbook.save_to_buffer().expect("a workbook")
}

fn saved() -> Vec<u8> {
    let findings = ["A1", "A2", "A3"].map(|cell| finding(Severity::Error, "C003", "表", cell));
    let returned = marked(&filled(), &findings);
    altered(&returned, |name, text| (name != "xl/foursight1.json").then_some(text))
}

fn fills(bytes: &[u8]) -> Vec<String> {
    let styles = part(bytes, "xl/styles.xml");
    let list = &styles[styles.find("<fills").expect("fills")..styles.find("</fills>").expect("their end")];
    list.split("<fill>").skip(1).map(|fill| fill.replace('\'', "\"").replace("</fill>", "")).collect()
}

#[test]
fn every_cell_gets_its_own_fill_back() {
    let cleaned = unmark(&saved()).expect("patchable").expect("marked");
    let (before, after) = (fills(&filled()), fills(&cleaned));
    assert_eq!(before[..], after[..before.len()]);
    // The three shades now say what the fills say that they stood for; the dark header stays unused.
    let mut restored: Vec<&String> = after[before.len()..].iter().filter(|fill| !fill.contains("1F3A5F")).collect();
    restored.sort();
    restored.dedup();
    assert_eq!(restored.len(), 3, "none, green, themed: {restored:?}");
    assert!(restored.iter().all(|fill| before.contains(fill)), "{restored:?}");
    assert!(unmark(&cleaned).expect("patchable").is_none());
}

#[test]
fn our_sheet_is_found_by_name_after_it_was_renamed_and_moved() {
    let moved = altered(&saved(), |name, text| {
        if name != "xl/workbook.xml" {
            return Some(text);
        }
        let start = text.find("<sheet name=\"检查结果\"").expect("ours");
        let end = start + text[start..].find("/>").expect("closed") + 2;
        let ours = text[start..end].replace("检查结果", "it's done");
        let rest = format!("{}{}", &text[..start], &text[end..]).replace("</sheets>", &format!("{ours}</sheets>"));
        Some(rest.replace("'检查结果'!", "'it''s done'!").replace("localSheetId=\"0\"", "localSheetId=\"1\""))
    });
    let cleaned = unmark(&moved).expect("patchable").expect("marked");
    let workbook = part(&cleaned, "xl/workbook.xml");
    assert!(
        !workbook.contains("done") && !workbook.contains("_foursight") && !workbook.contains("definedName"),
        "{workbook}"
    );
    assert!(!parts(&cleaned).contains_key("xl/worksheets/sheet2.xml"));
    assert_eq!(workbook.matches("<sheet ").count(), 1);
}

#[test]
fn without_hidden_names_the_title_the_frame_and_the_tints_tell() {
    let bare = altered(&saved(), |name, text| {
        if name != "xl/workbook.xml" {
            return Some(text);
        }
        let (start, end) = (text.find("<definedNames>").expect("names"), text.find("</definedNames>").expect("end"));
        Some(format!("{}{}", &text[..start], &text[end + "</definedNames>".len()..]))
    });
    let cleaned = unmark(&bare).expect("patchable").expect("marked");
    assert!(!part(&cleaned, "xl/workbook.xml").contains("检查结果"));
    assert!(!part(&cleaned, "xl/styles.xml").contains("F8C8B8"));
    assert!(!part(&cleaned, "xl/comments1.xml").contains("C003"));
    assert!(part(&cleaned, "xl/comments1.xml").contains("她的"));
}

#[test]
fn words_she_added_to_our_comment_stay() {
    let answered = altered(&saved(), |name, text| {
        Some(if name == "xl/comments1.xml" {
            text.replace("────────────────</t>", "────────────────\n已改</t>")
        } else {
            text
        })
    });
    let cleaned = unmark(&answered).expect("patchable").expect("marked");
    let comments = part(&cleaned, "xl/comments1.xml");
    assert_eq!(comments.matches("已改").count(), 3);
    assert!(!comments.contains("怎样改") && comments.contains("她的"));
}

#[test]
fn our_comments_alone_take_their_parts_with_them() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("表").expect("a name").write_string(0, 0, "白").expect("written");
    let original = workbook.save_to_buffer().expect("a workbook");
    let returned = marked(&original, &[finding(Severity::Notice, "C001", "表", "A1")]);
    let saved = altered(&returned, |name, text| (name != "xl/foursight1.json").then_some(text));
    let cleaned = unmark(&saved).expect("patchable").expect("marked");
    assert_eq!(
        differences(&original, &cleaned),
        ["+xl/worksheets/_rels/sheet1.xml.rels", "~[Content_Types].xml", "~xl/styles.xml", "~xl/worksheets/sheet1.xml"]
    );
    assert!(!part(&cleaned, "xl/worksheets/sheet1.xml").contains("legacyDrawing"));
    assert!(!part(&cleaned, "[Content_Types].xml").contains("comments"));
}

#[test]
fn a_workbook_of_which_only_our_sheet_is_left_keeps_it() {
    let alone = altered(&saved(), |name, text| {
        Some(if name == "xl/workbook.xml" {
            let start = text.find("<sheet name=\"表\"").expect("hers");
            let end = start + text[start..].find("/>").expect("closed") + 2;
            format!("{}{}", &text[..start], &text[end..])
        } else {
            text
        })
    });
    let cleaned = unmark(&alone).expect("patchable").expect("marked");
    assert_eq!(part(&cleaned, "xl/workbook.xml").matches("<sheet ").count(), 1);
}

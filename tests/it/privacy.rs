//! No customer's phone, name, VIN or plate of the input is anywhere in what headquarters gets.

use crate::foursight::{built_sample, root, tree};
use aho_corasick::AhoCorasick;
use calamine::{Data, Reader, Xlsx};
use std::{collections::BTreeSet, io::Cursor};

/// Titles of columns that hold a customer's name.
const NAMES: [&str; 5] = ["客户姓名", "姓名", "客户名称", "客户名", "客戶姓名"];

fn personal_of_the_input() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, bytes) in tree(&root().join("input")) {
        if !name.ends_with(".xlsx") {
            continue;
        }
        let Ok(mut workbook) = Xlsx::new(Cursor::new(bytes)) else { continue };
        for sheet in workbook.sheet_names() {
            let Ok(range) = workbook.worksheet_range(&sheet) else { continue };
            let mut name_columns = BTreeSet::new();
            for row in range.rows() {
                for (column, cell) in row.iter().enumerate() {
                    let text = match cell {
                        Data::String(text) => text.trim().to_owned(),
                        Data::Float(number) if *number >= 1e10 && *number < 2e10 => format!("{number:.0}"),
                        _ => continue,
                    };
                    let title: String = text.chars().filter(|c| !" *()()必填".contains(*c)).collect();
                    let digits = text.len() == 11 && text.bytes().all(|b| b.is_ascii_digit()) && text.starts_with('1');
                    let vin = text.len() == 17 && text.bytes().all(|b| b.is_ascii_alphanumeric());
                    if NAMES.contains(&title.as_str()) {
                        name_columns.insert(column);
                    } else if digits || vin || (name_columns.contains(&column) && text.chars().count() >= 3) {
                        found.insert(text);
                    }
                }
            }
        }
    }
    found
}

#[test]
fn headquarters_sees_no_customer() {
    let personal: Vec<String> = personal_of_the_input().into_iter().collect();
    assert!(personal.len() > 2000, "{} personal texts found in the input", personal.len());
    let matcher = AhoCorasick::new(&personal).expect("a matcher");
    let output = built_sample().join("output");
    let mut searched = 0;
    for (name, bytes) in tree(&output) {
        // A store's own workbook and its returned workbooks are its own.
        if name.starts_with("returned/") || name.starts_with("workbooks/stores/") {
            continue;
        }
        let texts = if name.ends_with(".xlsx") {
            let mut package = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
            (0..package.len())
                .map(|i| std::io::read_to_string(package.by_index(i).expect("a part")).unwrap_or_default().into_bytes())
                .collect()
        } else {
            vec![bytes]
        };
        for text in texts {
            searched += text.len();
            if let Some(hit) = matcher.find(&text) {
                panic!("{name} holds a customer's {} (a text of {} characters)", hit.pattern().as_usize(), hit.len());
            }
        }
    }
    assert!(searched > 1_000_000);
}

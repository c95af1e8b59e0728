//! Pages on paper: how many sheets they take, and that nothing is left folded up.

use crate::{chromium::Window, foursight::built_sample, pages};
use std::{path::Path, process::Command};

/// A printed page as text, sheet by sheet, and the width and height of each in points.
struct Paper {
    sheets: Vec<String>,
    size: (f64, f64),
}

fn print(window: &Window, page: &Path) -> Paper {
    window.visit(page, "");
    let scratch = tempfile::tempdir().expect("a folder");
    let file = scratch.path().join("page.pdf");
    std::fs::write(&file, window.print()).expect("written");
    let run = |program: &str, more: &[&str]| {
        let output = Command::new(program).arg(&file).args(more).output();
        let output = output.unwrap_or_else(|error| panic!("{program} is installed by `cargo xtask test`: {error}"));
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let info = run("pdfinfo", &[]);
    let size = info.lines().find_map(|line| line.strip_prefix("Page size:")).expect("a size");
    let size: Vec<f64> = size.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let text = run("pdftotext", &["-layout", "-"]);
    let sheets: Vec<String> = text.split_terminator('\u{c}').map(str::to_owned).collect();
    Paper { sheets, size: (size[0], size[1]) }
}

#[test]
fn the_group_takes_one_sheet_and_a_store_two() {
    let site = built_sample().join("output/site");
    let window = Window::open(1280);
    for (page, most) in [("index.html", 1), ("stores/S01/index.html", 2), ("stores/S02/index.html", 2)] {
        let paper = print(&window, &site.join(page));
        assert!(paper.sheets.len() <= most, "{page} takes {} sheets", paper.sheets.len());
        let (width, height) = paper.size;
        assert!((width.max(height) - 842.0).abs() < 1.0 && (width.min(height) - 595.0).abs() < 1.0, "{page} is no A4");
    }
}

#[test]
fn sheets_are_numbered_and_nothing_stays_folded_up() {
    let site = built_sample().join("output/site");
    let window = Window::open(1280);
    // The style sheet alone does it.
    window.without_scripts();
    let mut folded = 0;
    for (kind, page) in pages::of_each_kind(&site) {
        // Long lists are checked on the screen; paper takes long to make of them.
        if std::fs::metadata(site.join(&page)).expect("a page").len() > 60_000 {
            continue;
        }
        let paper = print(&window, &site.join(&page));
        let count = paper.sheets.len();
        for (number, sheet) in (1..).zip(&paper.sheets) {
            let last = sheet.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().replace(' ', "");
            assert_eq!(last, format!("{number}/{count}"), "{kind}: {page}: sheet {number} has no number");
        }
        // What the page would show on the screen only when unfolded.
        let hidden = "Array.from(document.querySelectorAll('details:not([open]) td')).map(cell => cell.textContent.trim())\
                      .filter(text => /^[0-9]+(\\.[0-9]+)?%?$/.test(text)).slice(0, 3)";
        let hidden: Vec<String> = serde_json::from_value(window.value(hidden)).expect("texts");
        let text = paper.sheets.concat();
        for figure in &hidden {
            folded += 1;
            assert!(text.contains(figure), "{kind}: {page}: {figure} is not on paper");
        }
    }
    assert!(folded > 0, "some page has something folded up");
}

#[test]
fn dictionaries_fill_their_sheets() {
    let site = built_sample().join("output/site");
    let window = Window::open(1280);
    // As many entries as a sheet holds, and none so kept together that it leaves a sheet empty.
    for (page, most) in [("dictionary.html", 45), ("dictionary/rules.html", 30), ("dictionary/sheets.html", 15)] {
        let paper = print(&window, &site.join(page));
        assert!(paper.sheets.len() <= most, "{page} takes {} sheets", paper.sheets.len());
        let lines = |sheet: &String| sheet.lines().filter(|line| !line.trim().is_empty()).count();
        let empty = paper.sheets.iter().rev().skip(1).filter(|sheet| lines(sheet) < 10).count();
        assert_eq!(empty, 0, "{page} has sheets with next to nothing");
    }
}

//! Chromium opens the pages from a file, without a console message, and sees them whole.

use crate::foursight::built_sample;
use std::{path::Path, process::Command};

/// The page's document after its scripts have run; fails on any message in the console.
fn open(page: &Path, scratch: &Path) -> String {
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--enable-logging=stderr"])
        .args(["--window-size=1280,1600", "--virtual-time-budget=2000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", scratch.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium is installed by `cargo xtask test`");
    let said = String::from_utf8_lossy(&output.stderr);
    let console: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{}: {console:#?}", page.display());
    let document = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(document.contains("</html>"), "{}: {said}", page.display());
    document
}

#[test]
fn pages_open_from_a_file_without_a_console_message() {
    let site = built_sample().join("output/site");
    let scratch = tempfile::tempdir().expect("a folder");
    let store = site.join("stores/S01");
    let mut pages = vec![site.join("index.html"), store.join("index.html")];
    for folder in [&site.join("kpi"), &store] {
        let mut inside: Vec<_> =
            std::fs::read_dir(folder).expect("pages").map(|e| e.expect("an entry").path()).collect();
        inside.retain(|path| path.extension().is_some_and(|ending| ending == "html") && !path.ends_with("index.html"));
        inside.sort();
        pages.extend(inside.into_iter().take(2));
    }
    for page in ["worklists.html", "quality.html", "submissions.html", "dictionary.html"] {
        pages.push(site.join(page));
    }
    for page in &pages {
        let document = open(page, scratch.path());
        assert!(document.contains("2026-11-22"), "{} shows the cut-off", page.display());
    }
}

//! Templates, style and script, embedded.

use include_dir::{Dir, include_dir};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The templates by name: pages as `store.html`, components as `components/figure.html`.
pub(super) fn templates() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    gather(&TEMPLATES, &mut found);
    found.sort();
    found
}

fn gather(dir: &'static Dir<'static>, found: &mut Vec<(String, &'static str)>) {
    for file in dir.files().filter(|file| file.path().extension().is_some_and(|ending| ending == "html")) {
        if let Some(text) = file.contents_utf8() {
            found.push((file.path().to_string_lossy().replace('\\', "/"), text));
        }
    }
    for inner in dir.dirs() {
        gather(inner, found);
    }
}

/// The files that pages load, by their path in the site.
pub(super) fn files() -> Vec<(&'static str, &'static [u8])> {
    let known = ["assets/site.css", "assets/print.css", "assets/site.js", "assets/icon.svg"];
    known.into_iter().filter_map(|path| TEMPLATES.get_file(path).map(|file| (path, file.contents()))).collect()
}

//! What pages are held to: axe-core finds nothing serious or moderate, the Nu validator no error and no warning, on every
//! kind of page. `cargo xtask test` fetches both, see `tests/web/package.json`.

use crate::{
    chromium::Window,
    english::english_sample,
    foursight::{build_well, built_sample, copy, root},
    pages,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

fn fetched(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("web/node_modules").join(path);
    assert!(path.is_file(), "{} is fetched by `cargo xtask test`", path.display());
    path
}

/// Two stores of the sample built in Traditional Chinese, with the cache of the one that is built already.
fn traditional_sample() -> &'static Path {
    static GROUP: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
        let group = tempfile::tempdir().expect("a folder");
        for store in ["S01", "S03"] {
            copy(&root().join("input").join(store), &group.path().join("input").join(store));
        }
        fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the sample's config");
        let cache = built_sample().join(".foursight");
        build_well(group.path(), &["--lang", "zh-TW", "--work", &cache.to_string_lossy()]);
        group
    });
    GROUP.path()
}

/// The sample in each language.
fn in_three_languages() -> [&'static Path; 3] {
    [built_sample(), english_sample(), traditional_sample()]
}

#[test]
fn axe_finds_nothing_in_two_widths_two_schemes_and_three_languages() {
    let axe = fs::read_to_string(fetched("axe-core/axe.min.js")).expect("readable");
    let window = Window::open(1280);
    let mut found = BTreeSet::new();
    let mut audited = 0;
    for (language, group) in in_three_languages().into_iter().enumerate() {
        let site = group.join("output/site");
        for (kind, page) in pages::of_each_kind(&site) {
            audit(&window, &axe, (&site, &kind, &page), language == 0, &mut audited, &mut found);
        }
    }
    assert!(audited > 200, "{audited} audits");
    assert!(found.is_empty(), "{} findings, such as {:#?}", found.len(), found.iter().take(12).collect::<Vec<_>>());
}

/// Audits one page; in the dark only where asked for, since a language changes no colour.
fn audit(
    window: &Window,
    axe: &str,
    (site, kind, page): (&Path, &str, &str),
    dark_too: bool,
    audited: &mut usize,
    found: &mut BTreeSet<String>,
) {
    for width in [1280, 390] {
        window.resize(width);
        window.visit(&site.join(page), "");
        window.until("document.querySelector('.find input')");
        window.value(&format!("{axe};0"));
        for dark in [false, true].into_iter().filter(|dark| dark_too || !dark) {
            window.dark(dark);
            // The scheme changes colours and nothing else.
            let rules = if dark {
                json!({"runOnly": ["color-contrast"]})
            } else {
                json!({"rules": {"target-size": {"enabled": true}}})
            };
            let mut options = json!({"resultTypes": ["violations"], "preload": false});
            options.as_object_mut().expect("options").extend(rules.as_object().expect("rules").clone());
            let run = format!(
                "axe.run(document, {options}).then(said => said.violations.map(found => [found.impact, found.id, found.nodes[0].html]))"
            );
            *audited += 1;
            for one in window.value(&run).as_array().expect("a list") {
                if one[0] != "minor" {
                    found.insert(format!(
                        "{kind}: {} at {width}{}: {one}",
                        site.join(page).display(),
                        if dark { " dark" } else { "" }
                    ));
                }
            }
        }
    }
}

#[test]
fn pages_are_valid_in_three_languages() {
    let groups = in_three_languages();
    let mut command = Command::new("java");
    command.arg("-jar").arg(fetched("vnu-jar/build/dist/vnu.jar"));
    command.args(["--format", "json", "--stdout", "--exit-zero-always"]);
    let mut pages = 0;
    for group in groups {
        let site = group.join("output/site");
        for page in pages::of_each_kind(&site).into_values() {
            pages += 1;
            command.arg(site.join(page));
        }
    }
    assert!(pages > 80, "{pages} pages");
    let output = command.output().expect("java is installed by `cargo xtask test`");
    let said: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let counts = |message: &Value| {
        let text = message["message"].as_str().unwrap_or_default();
        // A file has no origin that `'self'` could be; whether a page of names and formulas is Chinese is guessed.
        let of_files = text.starts_with("Resource violates Content Security Policy") && text.contains("assets/");
        let guessed = text.starts_with("This document appears to be written in");
        let slashes = text.starts_with("Trailing slash on void elements");
        !of_files && !guessed && !slashes
    };
    let found: Vec<&Value> =
        said["messages"].as_array().expect("a list").iter().filter(|found| counts(found)).collect();
    assert!(found.is_empty(), "{} findings, such as {:#?}", found.len(), found.iter().take(6).collect::<Vec<_>>());
}

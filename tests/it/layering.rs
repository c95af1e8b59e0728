//! The layering rule of `ARCHITECTURE.md`, read off the `use crate::` lines and paths.

use crate::foursight::root;
use std::{collections::BTreeMap, fs};

/// What every stage may use.
const CORE: [&str; 5] = ["model", "catalog", "project", "diagnostic", "messages"];

/// What a module may use besides itself and the core. A module that is not named here may use nothing else.
fn allowed(module: &str) -> &'static [&'static str] {
    match module {
        "model" | "catalog" | "project" | "diagnostic" => &[],
        "site" | "workbook" => &["report"],
        // The engine reads what the lake wrote: the two that name DataFusion are one layer.
        "metrics" => &["lake"],
        // The cache knows which files of the former output are still what they were.
        "publish" => &["lake"],
        "pipeline" => {
            &["intake", "check", "facts", "lake", "metrics", "report", "site", "workbook", "returned", "publish"]
        }
        "cli" => &["intake", "metrics", "pipeline", "publish", "workbook", "demo"],
        _ => &[],
    }
}

/// Every source file by its path below `src/`, with its text.
fn sources() -> BTreeMap<String, String> {
    crate::foursight::tree(&root().join("src"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".rs"))
        .map(|(name, bytes)| (name, String::from_utf8(bytes).expect("UTF-8")))
        .collect()
}

/// The modules that a file names: after `crate::`, also inside `use crate::{a::…, b::…}`.
fn named(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
            Some(group) => {
                let mut depth = 0usize;
                let mut start = true;
                let mut word = String::new();
                for c in group.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && (c.is_alphanumeric() || c == '_') => word.push(c),
                        c if start && !c.is_whitespace() => start = false,
                        _ => {}
                    }
                    if (!start || c == ',') && !word.is_empty() {
                        found.push(std::mem::take(&mut word));
                    }
                }
                if !word.is_empty() {
                    found.push(word);
                }
            }
        }
    }
    found
}

#[test]
fn stages_use_the_core_and_never_each_other() {
    let mut broken = Vec::new();
    let sources = sources();
    assert!(sources.len() > 40, "the test reads the source");
    for (file, text) in &sources {
        let module = file.split(['/', '.']).next().unwrap_or_default();
        if ["main", "lib"].contains(&module) {
            continue;
        }
        // What a macro of the crate's root is called is no room.
        for used in named(text).into_iter().filter(|used| used != "arguments") {
            let fine = used == module || CORE.contains(&used.as_str()) || allowed(module).contains(&used.as_str());
            if !fine {
                broken.push(format!("src/{file} uses crate::{used}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// What each stage's cache keys cover, by `build.rs`: its own sources and those of the stages before it.
fn covered() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(root().join("build.rs")).expect("build.rs");
    let quoted = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<String>>();
    let list =
        |from: &str| text.split_once(from).and_then(|(_, rest)| rest.split_once("];")).expect("a list").0.to_owned();
    let mut rooms = quoted(&list("const GROUND"));
    let mut stages = Vec::new();
    for word in quoted(&list("const STAGES")) {
        match word.chars().all(|c| c.is_ascii_uppercase()) {
            true => stages.push((word, rooms.clone())),
            false => {
                rooms.push(word.clone());
                stages.last_mut().expect("a stage").1.push(word);
            }
        }
    }
    stages
}

#[test]
fn a_stage_uses_no_room_that_its_cache_keys_do_not_cover() {
    let stages = covered();
    let names: Vec<&str> = stages.iter().map(|(stage, _)| stage.as_str()).collect();
    assert_eq!(names, ["READ", "CHECK", "FACTS", "METRICS", "RENDER", "SOURCE"]);
    let sources = sources();
    let mut broken = Vec::new();
    for (stage, rooms) in &stages[..5] {
        let has = |room: &str| rooms.iter().any(|own| own == room || own.starts_with(&format!("{room}/")));
        for (file, text) in &sources {
            let module = file.split(['/', '.']).next().unwrap_or_default();
            let whole = rooms.iter().any(|own| *own == format!("src/{module}"));
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for used in named(code).iter().filter(|_| whole && !file.contains("test")) {
                // A group of items of the crate's root is no room.
                if !has(&format!("src/{used}")) && sources.keys().any(|f| f.starts_with(&format!("{used}/"))) {
                    broken.push(format!("{stage}: src/{file} uses crate::{used}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_reader_of_use_lines_reads_groups() {
    let text =
        "use crate::{\n    catalog::{A, B},\n    model::C, lake,\n};\nlet x = crate::facts::y();\n// crate::site";
    assert_eq!(named(text), ["catalog", "model", "lake", "facts"]);
}

#[test]
fn libraries_stay_in_their_stage() {
    let homes: [(&str, &[&str]); 4] = [
        ("calamine::", &["intake"]),
        ("datafusion::", &["lake", "metrics"]),
        ("tera::", &["site"]),
        ("rust_xlsxwriter::", &["workbook", "returned", "demo"]),
    ];
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let module = file.split(['/', '.']).next().unwrap_or_default().to_owned();
        let in_tests = file.contains("test");
        for (library, modules) in homes {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let names = code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(library));
            if names && !in_tests && !modules.contains(&module.as_str()) {
                broken.push(format!("src/{file} names {library}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn files_stay_readable() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(file, lines)| *lines > if *file == "main.rs" { 80 } else { 500 })
        .map(|(file, lines)| format!("src/{file}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_stage_reads_the_clock() {
    let clocks = ["Utc::now", "Local::now", "SystemTime::now", "Instant::now"];
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let module = file.split(['/', '.']).next().unwrap_or_default().to_owned();
        // What nobody used for a month is forgotten: that decides what is kept, never what is made.
        let timing =
            (module == "intake" && file.contains("pool")) || file == "lake/forget.rs" || file == "lake/memo.rs";
        for clock in clocks.iter().filter(|clock| text.contains(**clock)) {
            if !timing && module != "cli" {
                broken.push(format!("src/{file}: {clock}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_project_names_no_machine() {
    let text = |path: &str| fs::read_to_string(root().join(path)).unwrap_or_default();
    for file in ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CHANGELOG.md", "tests/README.md", ".ci/run"] {
        let text = text(file);
        assert!(!text.is_empty(), "{file} is missing");
        // A word that begins with a slash and has another is a path of somebody's machine; `../` leads out of the checkout.
        let paths = text.split([' ', '`', '"', '(', '\n']).filter(|word| {
            let absolute = word.strip_prefix('/').is_some_and(|rest| rest.contains('/') && !rest.starts_with('/'));
            absolute || word.starts_with("../")
        });
        let paths: Vec<&str> = paths.filter(|word| !word.contains('$')).collect();
        assert!(paths.is_empty(), "{file} names {paths:?}");
    }
}

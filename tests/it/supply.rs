//! What the program is made of: every dependency is used and has its reason in `ARCHITECTURE.md`, every licence is one that the
//! program may be handed out under, and nothing comes from anywhere but the registry.

use crate::foursight::root;
use std::{collections::BTreeSet, fs, process::Command};

/// Licences under which a part may stand in a program that is handed out as it is.
const ALLOWED: [&str; 15] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "Zlib",
    "CC0-1.0",
    "0BSD",
    "Unicode-3.0",
    "Unlicense",
    "bzip2-1.0.6",
    "CDLA-Permissive-2.0",
];

/// Whether a licence expression can be met by those that are allowed.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    // All that stand together, one of those to choose from; no expression nests deeper.
    plain.split(" AND ").all(|part| part.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

fn metadata() -> serde_json::Value {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked", "--features", "cloud"]).current_dir(root());
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn every_part_may_be_handed_out_and_comes_from_the_registry() {
    assert!(is_allowed("MIT/Apache-2.0") && is_allowed("(MIT OR GPL-3.0) AND Unicode-3.0"));
    assert!(!is_allowed("GPL-3.0") && !is_allowed("MIT AND GPL-3.0"));
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let mut refused = BTreeSet::new();
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let licence = package["license"].as_str().unwrap_or_default();
        let ours = package["source"].is_null();
        let registry = package["source"].as_str().is_some_and(|source| source.starts_with("registry+"));
        let well = ours || (registry && is_allowed(licence));
        if !well {
            refused.insert(format!("{name}: {licence} from {}", package["source"]));
        }
    }
    assert!(packages.len() > 300, "{}", packages.len());
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn every_dependency_is_used_and_has_its_reason() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let own = packages.iter().find(|package| package["name"] == "foursight").expect("ours");
    let reasons = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let named: BTreeSet<&str> = reasons
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" |"))
        .flat_map(|(names, _)| names.split([',', '(']))
        .map(|name| name.trim().trim_matches('`'))
        .collect();
    let text: String = ["src", "build.rs", "tests", "benches"]
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(root().join(folder)))
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "rs"))
        .map(|entry| fs::read_to_string(entry.path()).expect("readable"))
        .collect();
    for dependency in own["dependencies"].as_array().expect("dependencies") {
        let name = dependency["name"].as_str().expect("a name");
        assert!(named.contains(name), "{name} has no line in ARCHITECTURE.md");
        // It is there for its features alone.
        let used = name == "getrandom" || text.contains(&format!("{}::", name.replace('-', "_")));
        assert!(used, "nothing uses {name}");
    }
}

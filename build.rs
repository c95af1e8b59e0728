//! Gives the binary an identity for cache keys, one a stage: a hash over the sources that stage is made of. What a stage
//! made is not read by a binary in which the stage is another, and is read by one in which only later stages changed.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// What every stage is made of.
const GROUND: &[&str] = &[
    "Cargo.lock",
    "build.rs",
    "src/model",
    "src/diagnostic",
    "src/catalog",
    "src/project",
    "src/messages",
    "src/lake/cache.rs",
];

/// The stages in their order, and the sources each has beside those of the stages before it. `tests/it/layering.rs` holds
/// that no stage uses a room that is not named here or before.
const STAGES: &[(&str, &[&str])] = &[
    ("READ", &["src/intake"]),
    (
        "CHECK",
        &[
            "src/check",
            "src/facts/deliveries.rs",
            "src/facts/record.rs",
            "src/pipeline/checked.rs",
            "src/pipeline/cutoff.rs",
            "src/pipeline/headers.rs",
        ],
    ),
    ("FACTS", &["src/facts", "src/lake"]),
    ("METRICS", &["src/metrics"]),
    (
        "RENDER",
        &[
            "src/report",
            "src/site",
            "src/workbook",
            "src/returned",
            "src/publish",
            "src/pipeline",
            "templates",
            "messages",
        ],
    ),
    ("SOURCE", &["src", "definitions", "Cargo.toml"]),
];

fn main() {
    let mut rooms: Vec<&str> = GROUND.to_vec();
    for (stage, own) in STAGES {
        rooms.extend(*own);
        let mut files = Vec::new();
        rooms.iter().for_each(|room| gather(Path::new(room), &mut files));
        files.sort();
        files.dedup();
        let mut hasher = DefaultHasher::new();
        for path in files {
            path.hash(&mut hasher);
            fs::read(&path).unwrap_or_default().hash(&mut hasher);
        }
        println!("cargo::rustc-env=FOURSIGHT_{stage}={:016x}", hasher.finish());
    }
    for root in ["src", "templates", "definitions", "messages", "Cargo.lock", "Cargo.toml", "build.rs"] {
        println!("cargo::rerun-if-changed={root}");
    }
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| gather(&entry.path(), files)),
        Err(_) => files.push(path.to_owned()),
    }
}

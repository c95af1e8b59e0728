//! A build killed at any moment leaves the former output whole, and the next one succeeds.

use crate::foursight::{build_well, demo_group, foursight, tree};
use std::{
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

/// The cut-off of a whole output; fails when any file of the manifest is missing, changed or not listed.
fn whole(output: &Path) -> String {
    let files = tree(output);
    let manifest: serde_json::Value =
        serde_json::from_slice(files.get("data/manifest.json").expect("a manifest")).expect("JSON");
    let listed = manifest["outputs"].as_array().expect("outputs");
    assert_eq!(listed.len() + 1, files.len(), "as many files as the manifest lists");
    for file in listed {
        let path = file["path"].as_str().expect("a path");
        let hash = blake3::hash(files.get(path).unwrap_or_else(|| panic!("{path} is missing"))).to_hex().to_string();
        assert_eq!(file["blake3"].as_str(), Some(hash.as_str()), "{path}");
    }
    manifest["cutoff"].as_str().expect("a cut-off").to_owned()
}

#[test]
fn ten_kills_leave_a_whole_output_each_time() {
    let group = demo_group(2, 3);
    let dir = group.path();
    let began = Instant::now();
    build_well(dir, &["--as-of", "2026-11-15"]);
    let length = began.elapsed();
    assert_eq!(whole(&dir.join("output")), "2026-11-15");
    let mut cut_short = 0;
    for point in 1..=10u32 {
        // A build that was killed early enough made none.
        let gone = fs::remove_dir_all(dir.join(".foursight/cache"));
        assert!(gone.is_ok() || !dir.join(".foursight/cache").exists(), "the cache goes");
        let mut child = foursight()
            .args(["build", "--quiet", "--as-of", "2026-11-22", "--input"])
            .arg(dir.join("input"))
            .arg("--output")
            .arg(dir.join("output"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        std::thread::sleep(length * point / 11);
        // SIGKILL: the process gets no chance to tidy up.
        child.kill().expect("killed or already gone");
        let status = child.wait().expect("waited for");
        let cutoff = whole(&dir.join("output"));
        if !status.success() {
            cut_short += 1;
            assert!(["2026-11-15", "2026-11-22"].contains(&cutoff.as_str()), "{cutoff}");
        }
        if cutoff == "2026-11-22" {
            build_well(dir, &["--as-of", "2026-11-15"]);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(cut_short >= 5, "only {cut_short} of ten builds were cut short: the points do not cover the build");
    build_well(dir, &["--as-of", "2026-11-22"]);
    assert_eq!(whole(&dir.join("output")), "2026-11-22");
    let left: Vec<_> = fs::read_dir(dir.join(".foursight"))
        .expect("the work folder")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("staging")), "{left:?}");
}

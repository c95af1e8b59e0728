//! What is found below the input folder.

use super::*;
use crate::{
    intake::{discover, hash},
    project::Settings,
};
use std::fs;

#[test]
fn stores_files_and_what_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (input, outside) = (folder.path().join("input"), folder.path().join("outside"));
    for dir in ["S02/2026-W47", "S01", "S03", ".git", "S01/a.xlsx"] {
        fs::create_dir_all(input.join(dir)).expect("a folder");
    }
    fs::create_dir(&outside).expect("a folder");
    for (file, content) in [
        ("S02/2026-W47/潜客表.xlsx", "x"),
        ("S01/b.csv", "a,b"),
        ("S01/a.xlsx/c.XLSX", "x"),
        ("S01/~$b.xlsx", "lock"),
        ("S01/.DS_Store", "x"),
        ("S01/照片.jpg", "x"),
        ("S01/张三13800001234.csv", "a,b"),
        ("S01/大.xlsx", "larger than the limit"),
        ("README.md", "x"),
        ("放错了.xlsx", "x"),
        ("../outside/secret.csv", "x"),
    ] {
        fs::write(input.join(file), content).expect("a file");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(&outside, input.join("S02/out")).expect("a link");
        symlink(outside.join("secret.csv"), input.join("S02/secret.csv")).expect("a link");
        symlink(input.join("S02"), input.join("S02/loop")).expect("a link");
        symlink(input.join("S01/nowhere.csv"), input.join("S02/dead.csv")).expect("a link");
        symlink(&outside, input.join("S09")).expect("a link");
        // Another store's workbooks are none of this one's.
        symlink(input.join("S01"), input.join("S03/S01")).expect("a link");
        symlink(input.join("S01"), input.join("S08")).expect("a link");
    }
    fs::OpenOptions::new()
        .write(true)
        .open(input.join("S01/大.xlsx"))
        .and_then(|file| file.set_len((1 << 20) + 1))
        .expect("a large file");
    let catalog = catalog();
    let mut settings = Settings::defaults(catalog);
    settings.intake.file_mb = 1;
    let found = discover(&input, catalog, &settings).expect("listed");

    let stores: Vec<&str> = found.stores.iter().map(|store| &**store).collect();
    assert_eq!(stores, ["S01", "S02", "S03"]);
    let files: Vec<(&str, &str)> = found.files.iter().map(|file| (&*file.store, &*file.shown)).collect();
    assert_eq!(
        files,
        [
            ("S01", "S01/a.xlsx/c.XLSX"),
            ("S01", "S01/b.csv"),
            ("S01", "S01/张三138****1234~b702a073.csv"),
            ("S02", "S02/2026-W47/潜客表.xlsx")
        ]
    );
    let mut said: Vec<String> = found.findings.iter().map(|f| format!("{} {}", f.code, f.place.workbook)).collect();
    said.sort();
    let mut expected = vec!["W006 S01/大.xlsx", "W011 S01/.DS_Store", "W011 S01/~$b.xlsx", "W011 S01/照片.jpg"];
    if cfg!(unix) {
        expected.extend([
            "W012 S02/dead.csv",
            "W012 S02/loop",
            "W012 S02/out",
            "W012 S02/secret.csv",
            "W012 S03/S01",
            "W012 S08",
            "W012 S09",
        ]);
    }
    expected.push("W023 放错了.xlsx");
    assert_eq!(said, expected);

    let csv = &found.files[1];
    assert_eq!(hash(csv).expect("hashed"), blake3::hash(b"a,b").to_hex().to_string());
    fs::remove_file(&csv.path).expect("removed");
    assert!(hash(csv).is_err());
    assert!(discover(&folder.path().join("none"), catalog, &settings).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn folders_that_differ_in_case_are_told_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    for store in ["S01", "s01"] {
        fs::create_dir(folder.path().join(store)).expect("a folder");
    }
    let found = |config: &str| {
        let settings = Settings::parse("foursight.toml", config, catalog()).expect("a config");
        let found = discover(folder.path(), catalog(), &settings).expect("listed");
        let said: Vec<String> = found.findings.iter().map(|f| format!("{} {}", f.code, f.store)).collect();
        (found.stores.iter().map(|store| store.to_string()).collect::<Vec<_>>(), said)
    };
    let (stores, said) = found("");
    assert!(stores[0] == "S01" && stores[1].starts_with("s01~"), "{stores:?}");
    assert_eq!(said, [format!("S041 {}", stores[1])]);
    let (stores, said) = found("[[store]]\nid = \"s01\"\n");
    assert!(stores[0].starts_with("S01~") && stores[1] == "s01", "{stores:?}");
    assert_eq!(said, [format!("S041 {}", stores[0])]);
}

#[cfg(unix)]
#[test]
fn folders_named_in_another_encoding_are_stores_of_their_own() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("input");
    let bytes = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let folders: [&[u8]; 5] = [&bytes("店三"), &bytes("店四"), "店五".as_bytes(), &bytes("店五"), b"x\xff\xff"];
    for name in folders {
        let store = input.join(OsStr::from_bytes(name));
        fs::create_dir_all(&store).expect("a folder");
        fs::write(store.join("a.csv"), "a,b").expect("a file");
        fs::write(store.join(OsStr::from_bytes(&bytes("潜客.csv"))), "a,b").expect("a file");
    }
    fs::create_dir_all(input.join("店\u{202E}六\u{1B}[2J")).expect("a folder");
    let catalog = catalog();
    let found = discover(&input, catalog, &Settings::defaults(catalog)).expect("listed");
    let stores: Vec<&str> = found.stores.iter().map(|store| &**store).collect();
    let whole: Vec<&str> = stores.iter().copied().filter(|store| !store.contains('~')).collect();
    // Each folder is a store, decoded where that is possible and told apart where two read alike.
    assert_eq!(stores.len(), 6, "{stores:?}");
    assert_eq!(whole, ["店[U+202E]六[U+001B][2J", "店三", "店五", "店四"]);
    assert!(stores.iter().any(|store| store.starts_with("店五~")), "{stores:?}");
    assert_eq!(found.files.len(), 10);
    for file in &found.files {
        assert!(file.shown.starts_with(&*file.store), "{} {}", file.store, file.shown);
    }
    assert!(found.files.iter().any(|file| &*file.shown == "店三/潜客.csv"));
    let told: Vec<&str> =
        found.findings.iter().filter(|finding| &*finding.code == "S041").map(|finding| &*finding.store).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(!told.contains(&"店[U+202E]六[U+001B][2J"));
}

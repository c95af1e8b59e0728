//! One cache for several machines, each with a work folder of its own: parts of the stores are read apart, and the build
//! finds them done; whatever is wrong with the cache costs time and changes no byte.

use crate::foursight::{build, build_well, built_alone, demo_group, foursight, tree};
use std::{collections::BTreeMap, fs, path::Path, process::Output};

const STORES: usize = 4;

/// A small group, and what one machine alone makes of it.
fn group() -> (tempfile::TempDir, BTreeMap<String, Vec<u8>>) {
    let group = demo_group(STORES, 2);
    let alone = built_alone(group.path());
    (group, alone)
}

/// What a part of the job says, on a machine of its own.
fn ingest(group: &Path, machine: &str, more: &[&str]) -> Output {
    let mut command = foursight();
    command.args(["ingest", "--quiet", "--input"]).arg(group.join("input"));
    command.arg("--work").arg(group.join("machines").join(machine)).args(more);
    command.output().expect("the binary starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The numbers of the line that begins with a word.
fn numbers(text: &str, begins: &str) -> Vec<usize> {
    let line = text.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("no {begins} in {text}"));
    line.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
}

fn differing(alone: &BTreeMap<String, Vec<u8>>, output: &Path) -> Vec<String> {
    let shared = tree(output);
    let names = alone.keys().chain(shared.keys());
    let mut differ: Vec<String> = names.filter(|name| alone.get(*name) != shared.get(*name)).cloned().collect();
    differ.dedup();
    differ
}

#[test]
fn four_parts_into_one_cache_are_the_bytes_of_one_machine_and_the_build_opens_no_workbook() {
    let (group, alone) = group();
    let share = group.path().join("share").display().to_string();
    let mut read = 0;
    for part in 1..=4 {
        let done = ingest(group.path(), &format!("m{part}"), &["--shard", &format!("{part}/4"), "--cache", &share]);
        assert!(done.status.success(), "{}", said(&done));
        // `1 家门店 · 12 个工作簿：读取 12 个，检查 1 家，推导 1 家`.
        let text = said(&done);
        let of_part = numbers(&text, "1 家门店");
        assert_eq!((of_part[0], of_part[1] > 0), (1, true), "{text}");
        assert_eq!(of_part[1..], [of_part[1], of_part[1], 1, 1], "{text}");
        read += of_part[2];
    }
    let output = build_well(group.path(), &["--cache", &share]);
    let text = said(&output);
    let anew = numbers(&text, "读取 ");
    // Read of all, checked of all.
    assert_eq!(anew[..4], [0, read, 0, STORES], "{text}");
    assert_eq!(differing(&alone, &group.path().join("output")), Vec::<String>::new());

    // A machine that comes later, in any order and beside others, changes nothing.
    let before = tree(&group.path().join("share"));
    let late: Vec<_> = ["1/2", "2/2", "1/3"]
        .map(|shard| {
            let (group, share) = (group.path().to_owned(), share.clone());
            std::thread::spawn(move || ingest(&group, &shard.replace('/', "-"), &["--shard", shard, "--cache", &share]))
        })
        .into_iter()
        .map(|machine| machine.join().expect("it ran"))
        .collect();
    for done in &late {
        assert!(done.status.success(), "{}", said(done));
        assert!(said(done).contains("读取 0 个，检查 0 家，推导 0 家"), "{}", said(done));
    }
    assert_eq!(before, tree(&group.path().join("share")));
}

#[test]
fn damaged_missing_and_foreign_entries_cost_time_only() {
    let (group, alone) = group();
    let share = group.path().join("share");
    // The config names it, beside itself.
    let config = fs::read_to_string(group.path().join("foursight.toml")).expect("a config");
    fs::write(group.path().join("foursight.toml"), format!("cache = \"share\"\n{config}")).expect("written");
    assert!(ingest(group.path(), "one", &[]).status.success());
    let entries: Vec<String> = tree(&share).into_keys().filter(|name| name.contains('/')).collect();
    assert!(entries.len() > 60, "{}", entries.len());
    for kind in ["workbook/", "summary/", "rows/", "facts/", "sums/", "lists/", "forms/"] {
        assert!(entries.iter().any(|name| name.starts_with(kind)), "nothing of {kind}");
    }
    for (at, name) in entries.iter().enumerate() {
        let path = share.join(name);
        let bytes = fs::read(&path).expect("an entry");
        let kind = name.split('/').next().expect("a kind");
        match at % 5 {
            0 => fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut"),
            1 => fs::remove_file(&path).expect("removed"),
            // Another entry of the same kind, whole, under this name.
            2 => {
                let other = entries.iter().rfind(|other| other.starts_with(kind) && *other != name);
                if let Some(other) = other.filter(|other| share.join(other).exists()) {
                    fs::copy(share.join(other), &path).expect("copied");
                }
            }
            3 => {
                let mut bytes = bytes;
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(&path, bytes).expect("flipped");
            }
            _ => {}
        }
    }
    build_well(group.path(), &[]);
    assert_eq!(differing(&alone, &group.path().join("output")), Vec::<String>::new());
}

#[test]
fn a_cache_that_does_not_work_is_told_and_done_without_unless_it_is_required() {
    let (group, alone) = group();
    let output = build_well(group.path(), &["--cache", "/nowhere/at/all"]);
    let text = said(&output);
    assert!(text.contains("共享缓存 /nowhere/at/all 用不了"), "{text}");
    assert_eq!(differing(&alone, &group.path().join("output")), Vec::<String>::new());
    let inside = group.path().join("input/S01/share").display().to_string();
    for (arguments, words) in [
        (&["--cache", "/nowhere/at/all", "--require-cache"][..], "--require-cache"),
        (&["--require-cache"][..], "没有给出地址"),
        (&["--cache", "ftp://share/x"][..], "ftp://"),
        (&["--cache", &inside][..], "输入文件夹里"),
        (&["--cache", "s3://key:secret@bucket/x"][..], "环境变量"),
    ] {
        let output = build(group.path(), arguments);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(words) && !text.contains("secret"), "{text}");
        assert_eq!(differing(&alone, &group.path().join("output")), Vec::<String>::new(), "the output stays");
    }
    assert!(!Path::new(&inside).exists(), "what was refused leaves nothing in the input");
    for (arguments, words) in [
        (&["--shard", "5/4"][..], "1/4"),
        (&["--shard", "0/4"][..], "1/4"),
        (&["--shard", "one"][..], "1/4"),
        (&["--store", "S99"][..], "S99"),
    ] {
        let output = ingest(group.path(), "wrong", arguments);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

#[test]
fn without_a_cut_off_parts_read_until_all_are_read() {
    let group = demo_group(STORES, 2);
    let config = fs::read_to_string(group.path().join("foursight.toml")).expect("a config");
    let without: String =
        config.lines().filter(|line| !line.starts_with("as_of")).flat_map(|line| [line, "\n"]).collect();
    fs::write(group.path().join("foursight.toml"), without).expect("written");
    let alone = built_alone(group.path());
    let share = group.path().join("share").display().to_string();
    let part =
        |shard: &str| said(&ingest(group.path(), &shard.replace('/', "-"), &["--shard", shard, "--cache", &share]));
    let first = part("1/2");
    assert!(first.contains("检查 0 家") && first.contains("没有给出截止日期"), "{first}");
    let second = part("2/2");
    assert!(second.contains("检查 2 家") && !second.contains("没有给出截止日期"), "{second}");
    let text = said(&build_well(group.path(), &["--cache", &share]));
    assert_eq!(numbers(&text, "读取 ")[..3], [0, numbers(&text, "读取 ")[1], 2], "{text}");
    assert_eq!(differing(&alone, &group.path().join("output")), Vec::<String>::new());
}

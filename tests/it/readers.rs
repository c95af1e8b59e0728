//! Readers that the machine takes away: nothing is built upon what was not read, and the former output stays.

use crate::foursight::{build_well, csv, foursight, tree};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const COMPLAINTS: &str = "# 投诉清单\n\
    投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\n\
    T1 | 2026-10-05 10:00 | 13900000001 | 价格 | 销售\n";

/// A group of three stores.
fn group() -> tempfile::TempDir {
    let group = tempfile::tempdir().expect("a folder");
    for store in ["S01", "S02", "S03"] {
        let folder = group.path().join("input").join(store);
        fs::create_dir_all(&folder).expect("a folder");
        crate::table::write_xlsx(COMPLAINTS, &folder.join("2026-W41.xlsx"));
    }
    fs::write(group.path().join("foursight.toml"), "[intake]\nseconds = 3\n").expect("written");
    group
}

/// A program that stands for the reader.
fn script(group: &Path, text: &str) -> PathBuf {
    let path = group.join("reader");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("made executable");
    path
}

fn build_with(group: &Path, reader: &Path) -> Output {
    let mut command = foursight();
    command.args(["build", "--quiet", "--as-of", "2026-10-31", "--input"]).arg(group.join("input"));
    command.arg("--output").arg(group.join("output")).env("FOURSIGHT_READER", reader);
    command.output().expect("the binary starts")
}

#[test]
fn without_readers_the_former_output_stays_and_nothing_is_kept() {
    let group = group();
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let good = tree(&group.path().join("output"));
    let rows: u64 = csv(&group.path().join("output/data/submissions.csv"))
        .iter()
        .map(|row| row["accepted"].parse::<u64>().expect("a count"))
        .sum();
    assert_eq!(rows, 3);
    for text in ["exit 1", "kill -STOP $$", "echo something else", "kill -KILL $$"] {
        fs::remove_dir_all(group.path().join(".foursight")).expect("the work folder goes");
        let reader = script(group.path(), text);
        let output = build_with(group.path(), &reader);
        assert_eq!(output.status.code(), Some(2), "{text}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(tree(&group.path().join("output")), good, "{text}");
        build_well(group.path(), &["--as-of", "2026-10-31"]);
        assert_eq!(tree(&group.path().join("output")), good, "after {text}: the next build is whole");
    }
}

#[test]
fn readers_killed_once_change_nothing() {
    let group = group();
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let good = tree(&group.path().join("output"));
    fs::remove_dir_all(group.path().join(".foursight")).expect("the work folder goes");
    // The first two readers die before they have said a word, the third before it is asked.
    let real = env!("CARGO_BIN_EXE_foursight");
    let at = group.path().display();
    let reader = script(
        group.path(),
        &format!("mkdir '{at}/a' && exit 1\nmkdir '{at}/b' && kill -KILL $$\nexec '{real}' \"$@\""),
    );
    let output = build_with(group.path(), &reader);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(tree(&group.path().join("output")), good);
}

#[test]
fn a_workbook_that_is_replaced_while_the_build_runs_bears_no_marks() {
    let group = tempfile::tempdir().expect("a folder");
    let folder = group.path().join("input/S01");
    fs::create_dir_all(&folder).expect("a folder");
    let (own, other) = (folder.join("2026-W41.xlsx"), group.path().join("other.xlsx"));
    let wrong = "T2 | 2026-10-05 10:00 | 13900000002 | 天气 | 销售\n";
    crate::table::write_xlsx(&format!("{COMPLAINTS}{wrong}"), &own);
    let right = wrong.replace("天气", "服务态度").replace("T2", "T3");
    crate::table::write_xlsx(&format!("{COMPLAINTS}{right}{wrong}"), &other);
    // The first hundred bytes are what a reader says of itself and the beginning of its answer: by then it has read the file.
    let (real, from, to) = (env!("CARGO_BIN_EXE_foursight"), other.display(), own.display());
    let reader = script(
        group.path(),
        &format!("'{real}' \"$@\" | {{ dd bs=1 count=100 2>/dev/null; cp '{from}' '{to}'; cat; }}"),
    );
    let mut command = foursight();
    command.args(["build", "--as-of", "2026-10-31", "--input"]).arg(group.path().join("input"));
    command.arg("--output").arg(group.path().join("output")).env("FOURSIGHT_READER", reader);
    let output = command.output().expect("the binary starts");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}");
    let found = || -> Vec<String> {
        let rows = csv(&group.path().join("output/data/findings.csv"));
        rows.iter().map(|row| format!("{} {}", row["code"], row["cell"]).trim().to_owned()).collect()
    };
    let returned = group.path().join("output/returned/S01/2026-W41.xlsx");
    assert_eq!(found(), ["W024", "C006 D3"]);
    assert!(!returned.exists(), "no marks in rows of another content");
    assert!(said.contains("再生成一次"), "{said}");
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    assert_eq!(found(), ["C006 D4"]);
    assert!(returned.exists());
}

/// Runs the tool as somebody of whom there is no other process, and to whom so many are allowed.
fn with_processes(group: &Path, allowed: usize) -> Output {
    let script = format!(
        "ulimit -u {allowed}; exec ./foursight build --quiet --as-of 2026-10-31 --output output --work cache{allowed}"
    );
    // Nobody is kept from anything who runs the machine.
    let mut command = Command::new("setpriv");
    command.args(["--reuid=61234", "--regid=61234", "--clear-groups", "bash", "-c", &script]);
    command.current_dir(group).env("RUST_BACKTRACE", "0").output().expect("setpriv starts")
}

#[test]
fn where_few_processes_are_allowed_it_is_said_and_the_former_output_stays() {
    let group = group();
    fs::copy(env!("CARGO_BIN_EXE_foursight"), group.path().join("foursight")).expect("the program");
    let everybodys = Command::new("chmod").args(["-R", "a+rwX"]).arg(group.path()).status().expect("chmod starts");
    assert!(everybodys.success());
    let whole = with_processes(group.path(), 500);
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let before = tree(&group.path().join("output"));
    let (mut refused, mut built) = (0, 0);
    for allowed in [1, 2, 4, 6, 8, 12, 20, 40, 200] {
        let output = with_processes(group.path(), allowed);
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => built += 1,
            Some(2) => {
                refused += 1;
                assert_eq!(said.trim().lines().count(), 1, "{allowed}: {said}");
            }
            code => panic!("{allowed} processes: {code:?} {said}"),
        }
        assert!(!said.contains("panicked"), "{allowed}: {said}");
        assert!(tree(&group.path().join("output")) == before, "{allowed}: the output is whole");
    }
    assert!(refused > 1 && built > 0, "{refused} refused, {built} built");
}

//! `check` as a clerk's tool, and what becomes of whole submissions: misfiled, for another week, frozen.

use crate::foursight::{build_well, csv, foursight};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

const HEAD: &str = "潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问";

/// A sheet of open prospects with these numbers.
fn prospects(numbers: std::ops::Range<u32>) -> String {
    let row = |n: u32| {
        format!("QK{n} | 张三 | 1390000{n:04} | 2026-11-02 10:00 | B | 2026-11-03 09:00 | Q5 | 网络 | 李销售\n")
    };
    format!("# 潜客表\n{HEAD}\n{}", numbers.map(row).collect::<String>())
}

fn cover(lines: &str) -> String {
    format!("# 封面\n{lines}\n")
}

fn group(workbooks: &[(&str, String)]) -> tempfile::TempDir {
    let group = tempfile::tempdir().expect("a folder");
    for (path, text) in workbooks {
        let path = group.path().join("input").join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        crate::table::write_xlsx(text, &path);
    }
    group
}

fn check(group: &Path, more: &[&str]) -> Command {
    let mut command = foursight();
    command.current_dir(group).args(["check", "--quiet"]).args(more);
    command
}

fn said(group: &Path, more: &[&str]) -> (Output, String) {
    let output = check(group, more).output().expect("the binary starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, text)
}

/// `code cell` of a build's findings in a workbook.
fn found(group: &Path, workbook: &str) -> Vec<String> {
    let rows = csv(&group.join("output/data/findings.csv"));
    let own = rows.iter().filter(|row| row["workbook"] == workbook);
    own.map(|row| format!("{} {}", row["code"], row["cell"]).trim().to_owned()).collect()
}

fn accepted(group: &Path, store: &str) -> u64 {
    let rows = csv(&group.join("output/data/submissions.csv"));
    rows.iter().filter(|row| row["store"] == store).map(|row| row["accepted"].parse::<u64>().expect("a count")).sum()
}

#[test]
fn check_says_the_sum_first_and_the_worst_first() {
    let text = prospects(1..4)
        .replace("QK2 | 张三", "QK2 | ")
        .replace("QK3 | 张三 | 13900000003", "QK3 | 张三 | 021-12345678");
    let group = group(&[("S01/2026-W47.xlsx", text.replace("潜客编号 |", "潜客编好 |"))]);
    let (output, text) = said(group.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "共 3 条：错误 1，警告 2，提示 0。");
    let at = |what: &str| lines.iter().position(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(at("H023") < at("C007") && at("C007") < at("C014"), "a title first, then errors");
    assert_eq!(text.matches("S01/2026-W47.xlsx\n").count(), 1, "one heading a workbook: {text}");
    assert!(!text.contains('→'), "hints are asked for: {text}");
    assert!(said(group.path(), &["--fix-hints"]).1.contains("→"));
    crate::table::write_xlsx(
        &prospects(1..4).replace("QK3 | 张三", "QK3 | 张 三"),
        &group.path().join("input/S01/b.xlsx"),
    );
    assert!(!said(group.path(), &["input/S01/b.xlsx"]).1.contains("C001"));
    assert!(said(group.path(), &["input/S01/b.xlsx", "--level", "notice"]).1.contains("C001"));
    fs::remove_file(group.path().join("input/S01/b.xlsx")).expect("removed");
    let errors = said(group.path(), &["--level", "error"]).1;
    assert!(errors.contains("C007") && !errors.contains("C014"), "{errors}");
    let errors = said(group.path(), &["--level", "error", "--format", "csv"]).1;
    assert_eq!(errors.lines().count(), 2, "{errors}");
    let github = said(group.path(), &["--format", "github"]).1;
    let levels: Vec<&str> = github.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(levels, ["::error", "::warning", "::warning"]);
    // What is proposed can be pasted, and then the column is known.
    let (_, mapping) = text.split_once("foursight.toml：\n\n").expect("a mapping");
    assert!(mapping.contains("\"潜客编好\" = \"潜客编号\""), "{mapping}");
    fs::write(group.path().join("foursight.toml"), mapping).expect("written");
    let (_, text) = said(group.path(), &["--level", "notice"]);
    assert!(!text.contains("H023") && text.starts_with("共 2 条"), "{text}");
}

#[test]
fn check_takes_files_folders_and_a_list() {
    let wrong = prospects(1..3).replace("张三", "");
    let group = group(&[
        ("S01/2026-W46.xlsx", wrong.clone()),
        ("S01/2026-W47.xlsx", wrong.replace("QK", "KQ")),
        ("S02/2026-W47.xlsx", wrong.replace("1390000", "1380000")),
    ]);
    let workbooks = |more: &[&str], input: Option<&str>| -> Vec<String> {
        let mut command = check(group.path(), more);
        command.args(["--format", "csv"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.unwrap_or_default().as_bytes()).expect("written");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut all: Vec<String> = reader.records().map(|row| row.expect("a record")[3].to_owned()).collect();
        all.dedup();
        all
    };
    assert_eq!(workbooks(&["input/S02"], None), ["S02/2026-W47.xlsx"]);
    assert_eq!(workbooks(&["input/S01/2026-W47.xlsx"], None), ["S01/2026-W47.xlsx"]);
    let list = "input/S01/2026-W46.xlsx\n\n input/S02/2026-W47.xlsx \n";
    assert_eq!(workbooks(&["-"], Some(list)), ["S01/2026-W46.xlsx", "S02/2026-W47.xlsx"]);
    assert_eq!(workbooks(&["-"], Some("")), [""; 0], "an empty list asks for nothing");
    assert_eq!(said(group.path(), &["input/S09"]).0.status.code(), Some(2));
}

/// What cannot be written is a failure; that nobody reads on is none.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe() {
    let group = group(&[("S01/2026-W47.xlsx", prospects(1..4))]);
    for command in [&["check"][..], &["check", "--format", "json"], &["query", "SELECT 1 AS n"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
        let output =
            foursight().current_dir(group.path()).args(command).arg("--quiet").stdout(full).output().expect("starts");
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("没有写完") && !error.contains("panicked"), "{command:?} {error}");
    }
    let mut child = check(group.path(), &["--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
}

#[test]
fn check_watches_until_nobody_reads() {
    let group = group(&[("S01/2026-W47.xlsx", prospects(1..4).replace("QK2 | 张三", "QK2 | "))]);
    let mut child = check(group.path(), &["--watch"]).stdout(Stdio::piped()).spawn().expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut until = |what: &str| -> Vec<String> {
        let mut seen = Vec::new();
        for line in lines.by_ref() {
            let line = line.expect("UTF-8");
            seen.push(line.clone());
            if line.contains(what) {
                break;
            }
        }
        seen
    };
    let first = until("Ctrl-C");
    assert!(first[0].starts_with("共 1 条：错误 1"), "{first:?}");
    crate::table::write_xlsx(&prospects(1..4), &group.path().join("input/S01/2026-W47.xlsx"));
    // A file may be seen half written; what counts is what is said in the end.
    let mended = (0..5).any(|_| until("Ctrl-C").iter().any(|line| line.contains("没有发现问题")));
    assert!(mended, "the correction is seen");
    child.kill().expect("ended");
    child.wait().expect("it ends");
}

#[test]
fn a_workbook_of_another_store_is_not_read_and_said_in_one_sentence() {
    let own = |code: &str, numbers| {
        format!(
            "{}{}",
            cover(&format!("店代码 | {code}\n周止 | 2026-11-22\n提交时间 | 2026-11-23 09:00")),
            prospects(numbers)
        )
    };
    let group = group(&[
        ("S01/2026-W47/a.xlsx", own("S01", 1..13)),
        ("S02/2026-W47/a.xlsx", own("S02", 101..121)),
        ("S02/2026-W47/b.xlsx", own("S01", 1..13)),
    ]);
    build_well(group.path(), &[]);
    assert_eq!(found(group.path(), "S02/2026-W47/b.xlsx"), ["S006 B1"]);
    assert_eq!((accepted(group.path(), "S01"), accepted(group.path(), "S02")), (12, 20));
    // Without a cover its phones tell: one sentence instead of one for each row.
    crate::table::write_xlsx(&prospects(1..13), &group.path().join("input/S02/2026-W47/b.xlsx"));
    build_well(group.path(), &[]);
    assert_eq!(found(group.path(), "S02/2026-W47/b.xlsx"), ["S031"]);
    assert_eq!(found(group.path(), "S01/2026-W47/a.xlsx"), [""; 0]);
}

#[test]
fn one_cover_moves_nobody() {
    let week = |to: &str| format!("{}{}", cover(&format!("周止 | {to}\n提交时间 | {to} 09:00")), prospects(1..4));
    let group = group(&[
        ("S01/周报.xlsx", week("2026-11-22")),
        ("S02/周报.xlsx", week("2026-11-22").replace("1390000", "1380000")),
        ("S03/周报.xlsx", week("2027-11-22").replace("1390000", "1370000")),
    ]);
    let output = build_well(group.path(), &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with("截止 2026-11-22"), "{said}");
    assert_eq!(found(group.path(), "S03/周报.xlsx"), ["S034 B1"]);
    assert_eq!(accepted(group.path(), "S03"), 0);
}

#[test]
fn a_frozen_month_keeps_its_figures() {
    let order = |price: &str, to: &str| {
        let rows = format!(
            "订单号 | 车型 | 顾问 | 客户电话 | 下订日期 | 成交价\nDD1 | Q5 | 李销售 | 13900000001 | 2026-09-10 | {price}\n"
        );
        format!("{}# 订单交车\n{rows}", cover(&format!("周止 | {to}\n提交时间 | {to} 09:00")))
    };
    let group = group(&[
        ("S01/2026-W37.xlsx", order("n:300000", "2026-09-13")),
        ("S01/2026-W47.xlsx", order("n:310000", "2026-11-22")),
    ]);
    let price = |group: &Path| {
        let sql = "SELECT price FROM \"order\"";
        let output = foursight()
            .current_dir(group)
            .args(["query", sql, "--format", "csv", "--quiet", "--as-of", "2026-11-22"])
            .output()
            .expect("starts");
        String::from_utf8_lossy(&output.stdout).lines().nth(1).unwrap_or_default().to_owned()
    };
    assert!(price(group.path()).starts_with("310000"), "{}", price(group.path()));
    fs::write(group.path().join("foursight.toml"), "[submission]\nfrozen_until = \"2026-09\"\n").expect("written");
    assert!(price(group.path()).starts_with("300000"), "{}", price(group.path()));
    build_well(group.path(), &["--as-of", "2026-11-22"]);
    assert_eq!(found(group.path(), "S01/2026-W47.xlsx"), ["S040 F2"]);
    let findings = csv(&group.path().join("output/data/findings.csv"));
    let message = &findings.iter().find(|row| row["code"] == "S040").expect("told")["message"];
    assert!(message.contains("300000.00 → 310000.00"), "{message}");
}

#[test]
fn a_misspelt_title_stands_above_what_it_causes() {
    let text = prospects(1..3).replace("手机号", "手机浩").replace("客户姓名", "客户性名");
    let defeated = format!(
        "# 潜客表\n{HEAD} | 战败日期 | 战败原应\nQK1 | 张三 | 13900000001 | 2026-11-02 10:00 | B | 2026-11-03 09:00 | Q5 | \
         网络 | 李销售 | 2026-11-16 | 价格\n"
    );
    let group = group(&[("S01/2026-W47.xlsx", defeated), ("S02/2026-W47.xlsx", text)]);
    let (_, text) = said(group.path(), &[]);
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(at("战败原应") < at("R104"), "{text}");
    assert!(at("手机浩") < at("H003"), "{text}");
    assert_eq!(text.matches("H003").count(), 1, "one for all the columns that lack: {text}");
    assert!(text.contains("缺少必填列「客户姓名、手机号」"), "{text}");
    build_well(group.path(), &[]);
    // The same in the list of the returned workbook.
    let path = group.path().join("output/returned/S01/2026-W47.xlsx");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).expect("returned");
    let list = calamine::Reader::worksheet_range(&mut book, "检查结果").expect("the list");
    let codes: Vec<String> = list.rows().skip(3).filter_map(|row| row.get(2).map(ToString::to_string)).collect();
    assert_eq!(&codes[..2], ["H023", "R104"], "{codes:?}");
}

#[test]
fn a_copy_says_of_what() {
    let group = group(&[("S01/2026-W47/a.xlsx", prospects(1..4))]);
    fs::copy(group.path().join("input/S01/2026-W47/a.xlsx"), group.path().join("input/S01/2026-W47/b.xlsx"))
        .expect("copied");
    let (output, text) = said(group.path(), &["input/S01/2026-W47/b.xlsx"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("W019") && text.contains("与 S01/2026-W47/a.xlsx 完全相同"), "{text}");
    assert!(said(group.path(), &["input/S01/2026-W47/a.xlsx"]).1.contains("没有发现问题"));
}

#[test]
fn check_from_a_folder_of_the_project_and_of_a_file_from_elsewhere() {
    let group = group(&[
        ("S01/2026-W47.xlsx", prospects(1..4).replace("QK2 | 张三", "QK2 | ")),
        ("S02/2026-W47.xlsx", prospects(5..9)),
    ]);
    let store = group.path().join("input/S01");
    for (folder, path) in [(&store, "2026-W47.xlsx"), (&group.path().join("input"), "S01"), (&store, ".")] {
        let (output, text) = said(folder, &[path]);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("C007") && text.starts_with("共 1 条"), "{text}");
    }
    assert!(!store.join(".foursight").exists() && group.path().join(".foursight").is_dir());
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = elsewhere.path().join("S02 周报.xlsx");
    fs::copy(store.join("2026-W47.xlsx"), &file).expect("copied");
    let (output, _) = said(group.path(), &[file.to_str().expect("UTF-8")]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("foursight check input/S02/'S02 周报.xlsx'") && error.contains("S01、S02"), "{error}");
    // What it says can be done.
    fs::copy(&file, group.path().join("input/S02/S02 周报.xlsx")).expect("copied");
    assert!(said(group.path(), &["input/S02/S02 周报.xlsx"]).1.contains("C007"));
}

#[test]
fn a_folder_and_a_sheet_that_are_near_a_known_one() {
    let group = group(&[("S01/2026-W47.xlsx", prospects(1..4)), ("SO1/2026-W47.xlsx", prospects(5..9))]);
    fs::write(
        group.path().join("foursight.toml"),
        "[[store]]\nid = \"S01\"\nname = \"浦东店\"\n[[store]]\nid = \"S22\"\nname = \"徐汇店\"\n",
    )
    .expect("written");
    let meant = |group: &Path| said(group, &[]).1.lines().find(|line| line.contains("W013")).map(str::to_owned);
    assert!(meant(group.path()).is_some_and(|line| line.contains("是不是 S01（浦东店）")), "{:?}", meant(group.path()));
    fs::rename(group.path().join("input/SO1"), group.path().join("input/徐汇")).expect("renamed");
    assert!(meant(group.path()).is_some_and(|line| line.contains("是不是 S22（徐汇店）")));
    fs::rename(group.path().join("input/徐汇"), group.path().join("input/别处来的")).expect("renamed");
    assert!(meant(group.path()).is_some_and(|line| !line.contains("是不是")));
    // A workbook beside the store folders is a warning.
    crate::table::write_xlsx(&prospects(20..22), &group.path().join("input/S01潜客.xlsx"));
    assert!(said(group.path(), &[]).1.contains("警告 W023"));
    let template = |sheet: &str, more: &[&str]| {
        let mut command = foursight();
        command.current_dir(group.path()).args(["template", sheet, "--output", "x.xlsx"]).args(more);
        let output = command.output().expect("starts");
        let file = group.path().join("x.xlsx");
        let written = file.is_file();
        (String::from_utf8_lossy(&output.stderr).into_owned(), written, file)
    };
    let (error, written, _) = template("潜客表格", &[]);
    assert!(!written && error.contains("是不是 prospect 潜客表"), "{error}");
    let (error, written, _) = template("天气", &[]);
    assert!(!written && error.contains("已有"), "{error}");
    let (error, written, file) = template("潜客登记表", &[]);
    assert!(written, "a name that clerks use: {error}");
    drop(fs::remove_file(file));
    let (error, written, file) = template("Traffic", &["--for-group"]);
    assert!(written, "{error}");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(file).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range(&mut book, "来店来电").expect("the sheet");
    assert_eq!(sheet.get((0, 0)).map(ToString::to_string).as_deref(), Some("店代码*"));
}

#[test]
fn progress_is_told_in_one_language() {
    let group = group(&[("S01/2026-W47.xlsx", prospects(1..4))]);
    for (lang, own, other) in
        [("zh-CN", "读取与检查", "reading and checking"), ("en", "reading and checking", "读取与检查")]
    {
        let output = foursight().current_dir(group.path()).args(["--lang", lang, "check"]).output().expect("starts");
        let lines = String::from_utf8_lossy(&output.stderr);
        assert!(lines.contains(own) && !lines.contains(other), "{lines}");
    }
}

#[test]
fn a_returned_workbook_lies_where_every_system_can_write_it() {
    let wrong = |from: u32| prospects(from..from + 2).replace("张三", "");
    let group = group(&[
        ("S01/2026-W47/a*?.xlsx", wrong(1)),
        ("S01/2026-W47/周报<终>. .xlsx", wrong(11)),
        ("S01/2026-W47/B.xlsx", wrong(21)),
        ("S01/2026-W47/b.xlsx", wrong(31)),
    ]);
    build_well(group.path(), &[]);
    let returned = crate::foursight::tree(&group.path().join("output/returned"));
    let names: std::collections::BTreeSet<String> = returned.keys().map(|name| name.to_lowercase()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().all(|name| !name.contains(['*', '?', '<', '>'])), "{names:?}");
    assert!(returned.keys().any(|name| name == "S01/2026-W47/B.xlsx"), "a good name stays: {names:?}");
}

//! A bad workbook costs one finding, never the build: each kind of badness beside a good store.

use crate::foursight::{build, build_well, csv};
use std::{fs, io::Write, path::Path};

const GOOD: &str = "# 投诉清单\n\
    投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\n\
    T1 | 2026-10-05 10:00 | 13900000001 | 价格 | 销售\n";

fn zip(path: &Path, parts: &[(&str, Vec<u8>)]) {
    let mut package = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, text) in parts {
        package.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        package.write_all(text).expect("written");
    }
    package.finish().expect("finished");
}

/// A compound file whose directory names the streams of an encrypted workbook.
fn encrypted() -> Vec<u8> {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(512, 0);
    for name in ["EncryptionInfo", "EncryptedPackage"] {
        let start = bytes.len();
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(start + 128, 0);
    }
    bytes.resize(4096, 0);
    bytes
}

#[test]
fn each_bad_workbook_costs_one_finding_and_the_rest_is_built() {
    let group = tempfile::tempdir().expect("a folder");
    let bad = group.path().join("input/坏店");
    let good = group.path().join("input/好店");
    fs::create_dir_all(&bad).expect("a folder");
    fs::create_dir_all(&good).expect("a folder");
    crate::table::write_xlsx(GOOD, &good.join("2026-W41.xlsx"));
    let whole = fs::read(good.join("2026-W41.xlsx")).expect("read");
    fs::write(bad.join("noise.xlsx"), b"this is no workbook at all, whatever its name says \x00\x01\x02\xff")
        .expect("written");
    fs::write(bad.join("locked.xlsx"), encrypted()).expect("written");
    fs::write(bad.join("cut.xlsx"), &whole[..whole.len() * 2 / 3]).expect("written");
    fs::write(bad.join("nothing.xlsx"), b"").expect("written");
    fs::write(bad.join("page.xls"), "<html><body><table><tr><td>投诉编号</td></tr></table></body></html>")
        .expect("written");
    fs::write(bad.join("large.csv"), vec![b'a'; 3 << 20]).expect("written");
    fs::create_dir_all(bad.join("folder.xlsx")).expect("a folder");
    fs::write(bad.join("~$lock.xlsx"), b"x").expect("written");
    // A part that says it is small and inflates to two gigabytes.
    zip(
        &bad.join("bomb.xlsx"),
        &[("[Content_Types].xml", b"<Types/>".to_vec()), ("xl/workbook.xml", vec![b' '; 300 << 20])],
    );
    // Named csv, and a workbook: read by its bytes, with a warning.
    fs::write(bad.join("2026-W42.csv"), &whole).expect("written");
    fs::write(group.path().join("foursight.toml"), "[intake]\nfile_mb = 2\nmemory_mb = 512\nseconds = 20\n")
        .expect("written");
    let output = build_well(group.path(), &["--as-of", "2026-10-31"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    let findings = csv(&group.path().join("output/data/findings.csv"));
    let of = |name: &str| -> Vec<(String, String)> {
        let workbook = format!("坏店/{name}");
        let own = findings.iter().filter(|row| row["workbook"] == workbook && row["severity"] == "error");
        own.map(|row| (row["code"].clone(), row["hint"].clone())).collect()
    };
    let expected: [(&str, &[&str]); 6] = [
        ("noise.xlsx", &["W001", "W010"]),
        ("locked.xlsx", &["W002"]),
        ("cut.xlsx", &["W003"]),
        ("nothing.xlsx", &["W005"]),
        ("large.csv", &["W006"]),
        ("bomb.xlsx", &["W001", "W006", "W007"]),
    ];
    for (name, codes) in expected {
        let got = of(name);
        assert_eq!(got.len(), 1, "{name}: {got:?}");
        assert!(codes.contains(&got[0].0.as_str()), "{name}: {got:?}");
        assert!(got[0].1.chars().count() > 5, "{name} says how to fix it");
    }
    let said = |name: &str, code: &str| {
        let workbook = format!("坏店/{name}");
        findings.iter().any(|row| row["workbook"] == workbook && row["code"] == code)
    };
    assert!(said("2026-W42.csv", "W004"), "{findings:?}");
    assert!(said("page.xls", "W004") && said("page.xls", "W009"), "read, and nothing of ours in it");
    let rows = csv(&group.path().join("output/data/submissions.csv"));
    let accepted = |store: &str| {
        rows.iter()
            .filter(|row| row["store"] == store)
            .map(|row| row["accepted"].parse::<u64>().expect("a count"))
            .sum::<u64>()
    };
    assert_eq!((accepted("坏店"), accepted("好店")), (1, 1));
    assert_eq!(build(group.path(), &["--as-of", "2026-10-31", "--strict"]).status.code(), Some(1));
}

#[test]
fn cells_never_run() {
    let group = tempfile::tempdir().expect("a folder");
    let store = group.path().join("input/S01");
    fs::create_dir_all(&store).expect("a folder");
    let text = "# 投诉清单\n\
        投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门 | 责任人\n\
        =HYPERLINK(\"http://x\") | 2026-10-05 10:00 | K1 | 价格 | 销售 | <script>alert(1)</script>\n\
        @T2 | 2026-10-05 10:00 | K1 | 胡说<b> | 销售 | javascript:alert(1)\n";
    crate::table::write_xlsx(text, &store.join("2026-W41.xlsx"));
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    for (name, bytes) in crate::foursight::tree(&group.path().join("output")) {
        let text = String::from_utf8_lossy(&bytes);
        if name.ends_with(".html") {
            assert!(
                !text.contains("<script>alert") && !text.contains("胡说<b>") && !text.contains("href=\"javascript:"),
                "{name}"
            );
        } else if name.ends_with(".csv") {
            let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            for record in reader.records() {
                for cell in record.expect("a record").iter() {
                    assert!(!cell.starts_with(['=', '@']), "{name}: {cell}");
                }
            }
        }
    }
}

//! A build held against an earlier output.

use crate::{
    foursight::{build, build_well, copy, demo_group},
    table::write_xlsx,
};
use std::{fs, path::Path};

fn changes(group: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(group.join("output/data/changes.csv")).expect("changes.csv");
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn what_came_went_and_was_restated_since_an_earlier_output_is_told() {
    let group = demo_group(2, 2);
    let group = group.path();
    let path = |name: &str| group.join(name).display().to_string();
    let (last, same) = (path("last"), path("same"));

    // Nothing is there yet: the page says so, and the build goes on.
    build_well(group, &["--since", &last]);
    let page = || fs::read_to_string(group.join("output/site/changes.html")).expect("the page");
    assert!(page().contains("没有上一次输出可比"));
    assert!(!group.join("output/data/changes.csv").exists());
    copy(&group.join("output"), &group.join("last"));

    // A complaint of a month that was over comes in late, and a cell is wrong.
    let store = fs::read_dir(group.join("input")).expect("stores").flatten().map(|e| e.path()).min().expect("one");
    let table = "# 投诉清单\n投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\nTX1 | 2026-10-05 10:00 | 13900000001 | 价格 | 销售\n\
                 TX2 | 昨天 | 13900000002 | 价格 | 销售\n";
    write_xlsx(table, &store.join("2026-W41-more.xlsx"));
    build_well(group, &["--since", &last]);
    let lines = changes(group);
    let of = |what: &str| lines.iter().filter(|line| line[0] == what).collect::<Vec<_>>();
    let id = store.file_name().and_then(|name| name.to_str()).expect("a name");
    let restated = of("restated");
    assert!(
        restated.iter().any(|line| line[1].starts_with("cp_") && line[3] == id && line[4] == "2026-10"),
        "{restated:?}"
    );
    assert!(restated.iter().all(|line| line[4] == line[6] && *line[4] < *"2026-11"), "{restated:?}");
    // Of the other store nothing changed.
    let others = of("restated").into_iter().filter(|line| line[2] == "store" && line[3] != id).count();
    assert_eq!(others, 0);
    let new = of("finding").into_iter().filter(|line| line[8] != "0" && line[3] == id).count();
    assert!(new > 0, "the day that is none");
    assert!(page().contains("自 2026-"), "the sentence says since when");
    let first = fs::read_to_string(group.join("output/site/index.html")).expect("the first page");
    assert!(first.contains("href=\"changes.html\""));

    // Held against itself nothing changed; without --since there is no page.
    copy(&group.join("output"), &group.join("same"));
    build_well(group, &["--since", &same]);
    let lines = changes(group);
    assert!(
        lines[1..].iter().all(|line| ["list", "finding"].contains(&&*line[0]) && line[8] == "0" && line[10] == "0")
    );
    build_well(group, &[]);
    assert!(!group.join("output/site/changes.html").exists());

    // What is no output is said, and the former one stays.
    fs::write(group.join("last/data/kpi.csv"), "nothing").expect("written");
    let failed = build(group, &["--since", &last]);
    assert_eq!(failed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("--since"));
    assert!(group.join("output/site/index.html").exists());
}

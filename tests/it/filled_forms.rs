//! Forms that come back filled in: what is filled moves figures, lists and rows by exactly that; what was altered in shape is
//! read where it can be, and told where not.

use crate::{
    filled::{self, Filled, Row, Said, counts},
    foursight::{built_sample, copy, csv, root},
    office::convert,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The first store of the sample by itself, built; the forms that it got.
fn store() -> (tempfile::TempDir, PathBuf) {
    let group = tempfile::tempdir().expect("a folder");
    copy(&root().join("input/S01"), &group.path().join("input/S01"));
    fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the config");
    build(group.path());
    let forms = group.path().join("output/workbooks/forms/S01-2026-11.xlsx");
    assert!(forms.exists());
    let kept = group.path().join("forms.xlsx");
    fs::copy(forms, &kept).expect("kept");
    (group, kept)
}

fn build(group: &Path) -> Said {
    filled::build(group, &[])
}

const TARGETS: (&str, &str) = ("附件3 月度分解", "销售顾问");
const PROGRESS: (&str, &str) = ("附件7 周盘点", "问题");
const AUDIT: (&str, &str) = ("附件12 检核", "潜客编号");
const RECALL: (&str, &str) = ("流失召回", "VIN");
const ACTION: [(&str, &str); 4] =
    [("问题", "回访不及时"), ("整改措施", "调整排班"), ("责任人", "王客服"), ("完成日", "2026-11-30")];

#[test]
fn what_is_filled_into_forms_moves_figures_by_exactly_that() {
    let (group, forms) = store();
    let before = build(group.path());
    let mut filled = Filled::open(&forms);
    // Orders of 5 consultants: 4 + 6 + 5 + 3 + 2 = 20.
    for (nth, wanted) in (1..).zip(["4", "6", "5", "3", "2"]) {
        filled.fill(TARGETS, Row::Nth(nth), &[("订单", wanted)]);
    }
    filled.fill(AUDIT, Row::Nth(1), &[("联系结果", "接通"), ("检核项", "接待属实"), ("结论", "属实")]);
    filled.fill(AUDIT, Row::Nth(2), &[("联系结果", "未接"), ("检核项", "接待属实"), ("结论", "无法核实")]);
    filled.fill(PROGRESS, Row::Nth(1), &ACTION);
    let called =
        [("流失原因", "价格敏感"), ("责任人", "于永莉"), ("执行日", "2026-11-20"), ("接通", "是"), ("结果", "再约")];
    filled.fill(RECALL, Row::Nth(1), &called);
    filled.save(&group.path().join("input/S01/填好的表单.xlsx"));
    let after = build(group.path());
    assert_eq!(after.found_since(&before), Vec::<String>::new());
    let expected = counts(&[("action", 1, 0), ("audit", 2, 0), ("follow_up", 1, 0), ("target", 5, 0)]);
    assert_eq!(after.rows_since(&before), expected);
    let figure = |said: &Said, kpi: &str| said.figures[&(kpi.to_owned(), "2026-11".to_owned())].clone();
    // No target before; 6 orders so far.
    assert_eq!(figure(&before, "order_attain"), ["0", "0"]);
    assert_eq!(figure(&after, "order_attain"), ["6", "20"]);
    // The one call more was made in its time and connected.
    let more = |kpi: &str| {
        let number = |said: &Said, at: usize| figure(said, kpi)[at].parse::<i64>().expect("a number");
        [number(&after, 0) - number(&before, 0), number(&after, 1) - number(&before, 1)]
    };
    assert_eq!(more("connect_rate"), [1, 1]);
    assert_eq!(more("revisit_rate"), [1, 1]);
    // What else moved rests on these rows.
    let moved: BTreeSet<&str> = after
        .figures
        .iter()
        .filter(|(of, now)| before.figures.get(*of) != Some(*now))
        .map(|((kpi, _), _)| kpi.as_str())
        .collect();
    let rests = [
        "action_close_ontime",
        "connect_rate",
        "dq_score",
        "invalid_phone",
        "order_attain",
        "order_pace",
        "revisit_complete",
        "revisit_rate",
        "revisit_success",
        "submit_ontime",
    ];
    let others: Vec<&&str> = moved.iter().filter(|kpi| !rests.contains(*kpi)).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(after.lists, before.lists, "nobody has to be called more or less");
    // The form of the next build shows the cause and the targets: filled again the other way, they are what it says then.
    let next = Filled::open(&group.path().join("output/workbooks/forms/S01-2026-11.xlsx"));
    let at = next.below(TARGETS, "订单", Row::Nth(2));
    assert_eq!(next.cells[TARGETS.0].get(&at).map(String::as_str), Some("6"));
    let at = next.below((RECALL.0, "流失原因"), "近12个月", Row::With("价格敏感"));
    assert_eq!(next.cells[RECALL.0].get(&at).map(String::as_str), Some("1"));
}

#[test]
fn an_untouched_form_adds_nothing_and_says_nothing() {
    let (group, forms) = store();
    let before = build(group.path());
    fs::copy(&forms, group.path().join("input/S01/表单.xlsx")).expect("dropped");
    let after = build(group.path());
    assert_eq!((after.found_since(&before), after.rows_since(&before)), (Vec::new(), Vec::new()));
    assert_eq!((after.figures, after.lists), (before.figures, before.lists));
}

#[test]
fn a_form_that_was_altered_in_shape_is_read_where_it_can_be() {
    let (group, forms) = store();
    let before = build(group.path());
    let dropped = group.path().join("input/S01/表单.xlsx");
    let one = counts(&[("action", 1, 0)]);
    let none = Vec::<String>::new();
    let said = |change: &dyn Fn(&mut Filled)| {
        let mut filled = Filled::open(&forms);
        change(&mut filled);
        filled.save(&dropped);
        let after = build(group.path());
        (after.found_since(&before), after.rows_since(&before))
    };
    // Its worksheet has another name.
    let renamed = |filled: &mut Filled| {
        filled.fill(PROGRESS, Row::Nth(1), &ACTION);
        filled.edit("xl/workbook.xml", |xml| xml.replace(PROGRESS.0, "本周填好的"));
    };
    assert_eq!(said(&renamed), (none.clone(), one.clone()));
    // Two of its columns changed places.
    let moved = |filled: &mut Filled| {
        let (problem, who) =
            (filled.below(PROGRESS, "问题", Row::Nth(0)), filled.below(PROGRESS, "责任人", Row::Nth(0)));
        filled.put(PROGRESS.0, problem, "责任人");
        filled.put(PROGRESS.0, who, "问题");
        let row = problem.0 + 1;
        for (col, value) in [(who.1, ACTION[0].1), (problem.1, ACTION[2].1)] {
            filled.put(PROGRESS.0, (row, col), value);
        }
        filled.fill(PROGRESS, Row::Nth(1), &[ACTION[1], ACTION[3]]);
    };
    assert_eq!(said(&moved), (none.clone(), one.clone()));
    // A line more than it has; a consultant whom it does not list.
    let added = |filled: &mut Filled| {
        filled.fill(PROGRESS, Row::Nth(6), &ACTION);
        let (total, first) = filled.below(TARGETS, "销售顾问", Row::Nth(6));
        filled.put(TARGETS.0, (total + 1, first), "新顾问");
        filled.put(TARGETS.0, (total + 1, first + 1), "3");
    };
    assert_eq!(said(&added), (none, counts(&[("action", 1, 0), ("target", 1, 0)])));
    // A heading that is another: what stands below it is told, and what the row lacks then.
    let retitled = |filled: &mut Filled| {
        let at = filled.below(PROGRESS, "整改措施", Row::Nth(0));
        filled.fill(PROGRESS, Row::Nth(1), &ACTION);
        filled.put(PROGRESS.0, at, "办法");
    };
    let (found, rows) = said(&retitled);
    assert_eq!(found.iter().map(|line| &line[..4]).collect::<Vec<_>>(), ["C007", "H026"], "{found:?}");
    assert_eq!(rows, counts(&[("action", 0, 1)]));
    // What forms carry along is gone.
    let alone = |filled: &mut Filled| {
        filled.edit("xl/workbook.xml", |xml| {
            let from = xml.find("<sheet name=\"foursight\"").expect("it is there");
            let to = from + xml[from..].find("/>").expect("its end") + 2;
            format!("{}{}", &xml[..from], &xml[to..])
        });
    };
    let (found, rows) = said(&alone);
    assert_eq!(found.iter().filter(|line| line.starts_with("H029")).count(), 1, "{found:?}");
    assert!(rows.is_empty(), "{rows:?}");
}

#[test]
fn a_form_that_another_program_saved_is_read() {
    let (group, forms) = store();
    let before = build(group.path());
    let mut filled = Filled::open(&forms);
    filled.fill(PROGRESS, Row::Nth(1), &ACTION);
    filled.fill(TARGETS, Row::Nth(2), &[("订单", "6")]);
    let saved = group.path().join("saved.xlsx");
    filled.save(&saved);
    for ending in ["xlsx", "ods", "xls"] {
        let made = convert(std::slice::from_ref(&saved), ending, &group.path().join("again")).remove(0);
        let dropped = group.path().join("input/S01").join(format!("表单.{ending}"));
        fs::copy(made, &dropped).expect("dropped");
        let after = build(group.path());
        assert_eq!(after.found_since(&before), Vec::<String>::new(), "{ending}");
        assert_eq!(after.rows_since(&before), counts(&[("action", 1, 0), ("target", 1, 0)]), "{ending}");
        fs::remove_file(dropped).expect("removed");
    }
}

#[test]
fn the_groups_form_holds_no_customer_and_gives_each_store_its_rows() {
    let sample = built_sample();
    let named = |entry: fs::DirEntry| {
        entry.file_name().to_string_lossy().starts_with("group-forms-2026-11").then(|| entry.path())
    };
    let forms = fs::read_dir(sample.join("output/workbooks")).expect("the workbooks");
    let forms = forms.map(|entry| entry.expect("an entry")).find_map(named).expect("the group's forms");
    let mut filled = Filled::open(&forms);
    let carried: Vec<&String> = filled.cells["foursight"].values().collect();
    let staff: BTreeSet<String> = csv(&sample.join("output/data/kpi.csv"))
        .into_iter()
        .filter(|row| row["scope"] == "staff")
        .map(|row| row["scope_id"].clone())
        .collect();
    for person in &staff {
        let name = person.rsplit('/').next().unwrap_or_default();
        assert!(name.is_empty() || !carried.iter().any(|cell| cell.as_str() == name), "{name}");
    }
    let (group, _) = store();
    let before = build(group.path());
    filled.fill((TARGETS.0, "门店"), Row::Nth(1), &[("订单", "30")]);
    filled.save(&group.path().join("input/_group/表单.xlsx"));
    let after = build(group.path());
    assert_eq!(after.found_since(&before), Vec::<String>::new());
    assert_eq!(after.rows_since(&before), counts(&[("target", 1, 0)]));
}

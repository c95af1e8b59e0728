//! The smaller subcommands, as somebody types them.

use crate::foursight::{csv, foursight, root};
use std::process::Output;

fn run(arguments: &[&str]) -> (Output, String) {
    let output = foursight().current_dir(root()).args(arguments).output().expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, said)
}

fn on_sample(arguments: &[&str]) -> (Output, String) {
    // A cache of its own, so that no test writes into the checkout.
    let cache = crate::foursight::built_sample().join(".foursight");
    let mut all = arguments.to_vec();
    let cache = cache.to_string_lossy().into_owned();
    all.extend(["--quiet", "--work", &cache]);
    run(&all)
}

#[test]
fn explain_knows_codes_kpis_worklists_and_what_was_meant() {
    for (what, word) in [("R104", "战败"), ("r104", "战败"), ("cp_resp_10m", "10分钟"), ("contact_overdue", "下一步")]
    {
        let (output, said) = run(&["explain", what]);
        assert!(output.status.success() && said.contains(word), "{what}: {said}");
    }
    for (part, near) in [("resp_10m", "cp_resp_10m"), ("战败", "defeat_rate"), ("cp_rsp_10m", "cp_resp_10m")] {
        let (output, _) = run(&["explain", part]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(near), "{part}");
    }
    for (what, word) in [
        ("战败率", "defeat_rate"),
        ("投诉10分钟响应率", "cp_resp_10m"),
        ("来店来电", "traffic"),
        ("手机号", "prospect"),
        ("prospect.level", "潜客表"),
        ("duty", "verdict"),
    ] {
        let (output, said) = run(&["explain", what]);
        assert!(output.status.success() && said.contains(word), "{what}: {said}");
    }
    let (_, said) = on_sample(&["explain", "投诉10分钟响应率", "--period", "2026-10", "--store", "S01"]);
    assert!(said.contains("S01/"), "the rows of a KPI that was asked for by its name: {said}");
}

#[test]
fn explain_lists_the_rows_behind_a_value_and_they_add_up() {
    let values = csv(&crate::foursight::built_sample().join("output/data/kpi.csv"));
    for kpi in ["cp_resp_10m", "n_regrade_24h", "deliver_rate"] {
        let value = values
            .iter()
            .find(|row| row["kpi"] == kpi && row["scope_id"] == "S01" && row["period"] == "2026-10")
            .expect("a value");
        let (output, said) = on_sample(&["explain", kpi, "--period", "2026-10", "--store", "S01"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rows: Vec<Vec<&str>> = said.lines().map(|line| line.split_whitespace().collect()).collect();
        // Before its role a row names the KPI it stands behind.
        let role = |words: &[&str]| words.iter().position(|word| matches!(*word, "只计入分母" | "计入分子" | "不计入"));
        let behind = rows.iter().filter_map(|words| Some((role(words).filter(|at| *at > 0)?, words)));
        let mut sums = [0i64; 2];
        let mut excluded = 0;
        for (role, words) in behind {
            let day = words.iter().position(|word| word.starts_with("2026-10-")).expect("a day in the period");
            if words[role] == "不计入" {
                excluded += 1;
            } else {
                sums[0] += words[day + 1].parse::<i64>().expect("a numerator");
                sums[1] += words[day + 2].parse::<i64>().expect("a denominator");
            }
            assert!(words.iter().any(|word| word.starts_with("S01/")), "a place: {words:?}");
        }
        let expected =
            [&value["numerator"], &value["denominator"], &value["excluded"]].map(|n| n.parse::<i64>().expect("whole"));
        assert_eq!([sums[0], sums[1], excluded], expected, "{kpi}");
    }
}

#[test]
fn query_answers_over_the_facts_and_refuses_to_write() {
    let (output, said) = on_sample(&["query", "SELECT count(*) AS n FROM complaint", "--format", "csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let count: u64 = said.lines().nth(1).and_then(|line| line.trim().parse().ok()).expect("a number");
    assert!(count > 100, "{said}");
    let (output, _) = on_sample(&["query", "CREATE TABLE x AS SELECT 1"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn query_says_which_facts_and_columns_there_are_and_what_it_withholds() {
    let (output, said) = run(&["query", "SHOW TABLES"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for fact in ["prospect", "complaint", "duty", "target_cell"] {
        let line = said.lines().find(|line| line.split_whitespace().next() == Some(fact));
        assert!(line.is_some_and(|line| line.split_whitespace().count() > 1), "{fact} with what it is: {said}");
    }
    let (_, said) = run(&["query", "DESCRIBE prospect", "--format", "csv"]);
    let line = |column: &str| said.lines().find(|line| line.starts_with(column)).expect(column);
    assert!(line("phone,").contains("text,是") && line("phone,").contains("手机号"), "{said}");
    assert!(line("level,").contains("text,,级别"), "{said}");
    assert!(line("store,").contains("门店编号"), "{said}");
    let (_, of_title) = run(&["query", "describe 潜客表", "--format", "csv"]);
    assert_eq!(of_title, said);
    let (output, _) = run(&["query", "DESCRIBE prospct"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("prospect"));

    let (output, said) = on_sample(&["query", "SELECT name, level FROM prospect LIMIT 3"]);
    let warned = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.lines().count() == 5, "{said}");
    assert!(warned.contains("prospect.name") && !warned.contains("prospect.level"), "{warned}");
    let (output, _) = on_sample(&["query", "SELECT name FROM prospect LIMIT 3", "--audience", "store"]);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn targets_that_nobody_can_mean_are_refused_with_what_was_most_likely_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("input/S01")).expect("a folder");
    let said = |config: &str, lang: &str| {
        std::fs::write(folder.path().join("foursight.toml"), config).expect("written");
        let output = foursight().current_dir(folder.path()).args(["explain", "cp_resp_10m", "--lang", lang]).output();
        let output = output.expect("the binary starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, text) = said("[targets]\ncp_resp_10m = 95\n", "zh-CN");
    assert!(
        code == Some(2) && text.contains("第 2 行") && text.contains("9500%") && text.contains("\"95%\""),
        "{text}"
    );
    let (code, text) = said("[[target]]\nkpi = \"cp_resp_10m\"\nvalue = 95\n", "en");
    assert!(code == Some(2) && text.contains("line 3") && text.contains("95% is most likely meant"), "{text}");
    assert_eq!(said("[targets]\ncp_resp_10m = \"95%\"\norder_attain = \"110%\"\n", "en").0, Some(0));
    assert_eq!(said("[targets]\ncp_resp_10m = \"110%\"\n", "en").0, Some(2), "a part of rows is never more than all");
    let (_, text) = said("[group]\nnmae = \"甲\"\n", "zh-CN");
    assert!(text.contains("不认识的键 nmae") && !text.contains("unknown"), "{text}");
    let (_, text) = said("[group]\nnmae = \"甲\"\n", "en");
    assert!(text.contains("unknown key nmae") && !text.contains('键'), "{text}");
}

#[test]
fn check_speaks_five_formats_and_gates() {
    for (format, begins) in
        [("human", "S0"), ("json", "["), ("csv", "\u{feff}code,"), ("github", "::"), ("junit", "<?xml")]
    {
        let (output, said) = on_sample(&["check", "--format", format]);
        assert_eq!(output.status.code(), Some(1), "the sample has errors");
        assert!(said.contains(begins), "{format}: {}", said.chars().take(80).collect::<String>());
        assert!(said.contains("R104"), "{format}");
        // Errors alone, then nothing milder before them.
        let (_, errors) = on_sample(&["check", "--format", format, "--level", "error"]);
        let listed = |said: &str, words: [&str; 2]| {
            let milder = |line: &&str| words.iter().any(|word| line.contains(word));
            said.lines().filter(|line| !line.contains("warnings:")).filter(milder).count()
        };
        match format {
            "human" => assert!(listed(&errors, ["  警告 ", "  提示 "]) == 0 && listed(&said, ["  警告 ", "x"]) > 0),
            "json" => assert!(listed(&errors, ["\"warning\"", "\"notice\""]) == 0 && said.contains("\"notice\"")),
            "csv" => assert!(listed(&errors, [",warning,", ",notice,"]) == 0 && said.contains(",notice,")),
            "github" => assert!(listed(&errors, ["::warning", "::notice"]) == 0 && said.contains("::notice")),
            _ => assert!(!errors.contains("<system-out>") && said.contains("<system-out>")),
        }
    }
    let (_, said) = on_sample(&["check", "--format", "csv"]);
    let ranks: Vec<usize> = said
        .lines()
        .filter_map(|line| ["error", "warning", "notice"].iter().position(|word| line.split(',').nth(1) == Some(word)))
        .collect();
    assert!(ranks.len() > 10 && ranks.is_sorted(), "errors first");
    let (_, said) = on_sample(&["check", "input/S02", "--format", "csv"]);
    assert!(said.lines().count() > 1 && !said.contains(",S01,"), "only the folder asked for");
}

#[test]
fn init_makes_a_group_that_builds() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("my-group");
    let path = dir.to_string_lossy().into_owned();
    let (output, _) = run(&["init", &path, "--store", "S01", "虹口店"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for name in [
        "foursight.toml",
        "README.md",
        "填报模板.xlsx",
        "input/S01",
        "input/虹口店",
        ".github/workflows/foursight.yml",
        ".gitlab-ci.yml",
        "Jenkinsfile",
        "ci/publish.sh",
    ] {
        assert!(dir.join(name).exists(), "{name}");
    }
    std::fs::copy(dir.join("填报模板.xlsx"), dir.join("input/S01/2026-W47.xlsx")).expect("copied");
    crate::foursight::build_well(&dir, &[]);
    std::fs::write(dir.join("foursight.toml"), "[group]\nname = \"甲\"\n").expect("written");
    let (output, _) = run(&["init", &path]);
    assert!(output.status.success());
    assert_eq!(std::fs::read_to_string(dir.join("foursight.toml")).expect("kept"), "[group]\nname = \"甲\"\n");
}

#[test]
fn explain_says_of_every_form_what_it_shows_from_which_sheets_with_which_assumptions() {
    let folder = crate::foursight::root().join("definitions/forms");
    let mut count = 0;
    for file in std::fs::read_dir(folder).expect("the forms").map(|entry| entry.expect("an entry").path()) {
        let id = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let definition: toml::Table = std::fs::read_to_string(&file).expect("read").parse().expect("TOML");
        let (output, said) = run(&["explain", &id]);
        assert!(output.status.success(), "{id}: {said}");
        let title = definition["title"]["zh"].as_str().expect("a title");
        let assumed = definition.get("assumptions").and_then(|all| all[0]["zh"].as_str()).unwrap_or_default();
        let source = definition["source"].as_str().expect("a source");
        for part in [title, assumed, source] {
            assert!(said.contains(part), "{id}: {part} is not in {said}");
        }
        count += 1;
    }
    assert!(count >= 57, "{count}");
}

#[test]
fn a_plan_is_reckoned_with_other_numbers_and_written_nowhere() {
    let (output, said) = on_sample(&["plan", "--store", "S01", "--orders", "40", "--rate", "r_ha=0.35"]);
    assert!(output.status.success(), "{said}");
    // ⌈40 ÷ 0.35⌉ = ⌈114.3⌉ = 115 at H or A.
    let line = |title: &str| {
        let line = said.lines().find(|line| line.trim_start().trim_start_matches('│').trim_start().starts_with(title));
        line.unwrap_or_else(|| panic!("no {title} in {said}"))
    };
    assert!(line("需H/A总量").contains("115"), "{said}");
    assert!(line("订单目标").contains("40") && line("订单目标").contains("给定"), "{said}");
    assert!(line("历史H/A成交率").contains("35.0%"), "{said}");
    for wrong in [
        &["plan", "--orders", "40"][..],
        &["plan", "--store", "S01", "--rate", "r_xx=0.5"],
        &["plan", "--store", "S99"],
    ] {
        let (output, said) = on_sample(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {said}");
    }
}

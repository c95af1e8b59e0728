//! One file adds one thing, and a bad file costs one finding with its line.

use crate::foursight::{build, build_well, csv};
use std::{fs, path::Path};

const ORDERS: &str = "# 订单交车\n\
    订单号 | 车型 | 顾问 | 客户电话 | 下订日期 | 加装金额 | 成交价\n\
    D1 | Q5 | 李销售 | 13900000001 | 2026-10-05 | 1200 | 300000\n\
    D2 | Q5 | 李销售 | 13900000002 | 2026-10-06 | 800 | 90000\n";

pub fn group(definitions: &[(&str, &str)]) -> tempfile::TempDir {
    let group = tempfile::tempdir().expect("a folder");
    let store = group.path().join("input/S01");
    fs::create_dir_all(&store).expect("a folder");
    crate::table::write_xlsx(ORDERS, &store.join("2026-W41.xlsx"));
    for (name, text) in definitions {
        let path = group.path().join("definitions").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }
    group
}

pub fn data(group: &Path, name: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    csv(&group.join("output/data").join(name))
}

#[test]
fn a_kpi_a_rule_a_worklist_and_a_column_are_each_one_file() {
    let group = group(&[
        (
            "sheets/order_fitting.toml",
            "extends = \"order\"\n[[column]]\nfield = \"fitting\"\ntitle = { zh = \"加装金额\", en = \"Fitting\" }\ntype = \"money\"\n",
        ),
        (
            "kpis/fitting_sum.toml",
            "title = { zh = \"加装总额\", en = \"Fittings\" }\nfact = \"order\"\ntime = \"ordered_at\"\n\
             numerator = \"fitting\"\nunit = \"yuan\"\nsource = \"集团\"\n",
        ),
        (
            "rules/G001.toml",
            "severity = \"warning\"\ntitle = { zh = \"车价偏低\" }\nmessage = { zh = \"成交价低于 10 万\" }\ncause = { zh = \"漏写一位\" }\n\
             fix = { zh = \"核对成交价\" }\nsheet = \"order\"\nfield = \"price\"\nholds = \"price >= 100000\"\n",
        ),
        (
            "worklists/undelivered.toml",
            "number = 99\ntitle = { zh = \"未交车\", en = \"Undelivered\" }\nfact = \"order\"\nwhere = \"delivered_at is null\"\n\
             owner = \"consultant\"\ndue = \"ordered_at\"\nreason = \"'未交车'\"\ncustomer = \"order_no\"\nsource = \"集团\"\n",
        ),
    ]);
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let kpis = data(group.path(), "kpi.csv");
    let sum =
        kpis.iter().find(|row| row["kpi"] == "fitting_sum" && row["scope"] == "group" && row["period"] == "2026-10");
    // 1200 + 800
    assert_eq!(sum.expect("the KPI is there")["value"], "2000");
    let findings = data(group.path(), "findings.csv");
    let low: Vec<&str> = findings.iter().filter(|row| row["code"] == "G001").map(|row| row["cell"].as_str()).collect();
    assert_eq!(low, ["G3"]);
    assert!(!findings.iter().any(|row| row["code"] == "H002" || row["code"] == "D001"), "{findings:?}");
    let list: Vec<String> = data(group.path(), "worklist.csv")
        .iter()
        .filter(|row| row["list"] == "undelivered")
        .map(|row| format!("{} {} {}", row["owner"], row["customer_ref"], row["days_over"]))
        .collect();
    // 31 − 5 and 31 − 6 October
    assert_eq!(list, ["李销售 D1 26", "李销售 D2 25"]);
}

#[test]
fn a_bad_definition_costs_one_finding_with_file_and_line() {
    let bad = [
        (
            "kpis/unknown_key.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\ncolour = 3\n",
            "6",
        ),
        (
            "kpis/bad_sql.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nsource = \"x\"\nnumerator = \"price >\"\n",
            "5",
        ),
        (
            "kpis/no_fact.toml",
            "title = { zh = \"甲\" }\nfact = \"orders\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\n",
            "2",
        ),
        (
            "kpis/no_column.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"sold_at\"\nnumerator = \"1\"\nsource = \"x\"\n",
            "3",
        ),
        (
            "kpis/bad_target.toml",
            "title = { zh = \"甲\" }\ntarget = 95\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\n",
            "2",
        ),
        (
            "kpis/bad_type.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nsource = \"x\"\nnumerator = \"model\"\n",
            "5",
        ),
        (
            "kpis/bad_unit.toml",
            "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nsource = \"x\"\nunit = \"furlongs\"\n",
            "6",
        ),
        (
            "rules/G002.toml",
            "severity = \"warning\"\ntitle = { zh = \"甲\" }\nmessage = { zh = \"甲\" }\ncause = { zh = \"甲\" }\nfix = { zh = \"甲\" }\nsheet = \"order\"\nfield = \"price\"\nholds = \"cost > 1\"\n",
            "8",
        ),
    ];
    let files: Vec<(&str, &str)> = bad.iter().map(|(name, text, _)| (*name, *text)).collect();
    let group = group(&files);
    let output = build(group.path(), &["--as-of", "2026-10-31", "--strict=error"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let findings = data(group.path(), "findings.csv");
    let mut got: Vec<(String, String)> = findings
        .iter()
        .filter(|row| row["code"] == "D001")
        .map(|row| (row["workbook"].clone(), row["cell"].clone()))
        .collect();
    got.sort();
    let mut expected: Vec<(String, String)> =
        bad.iter().map(|(name, _, line)| (format!("definitions/{name}"), (*line).to_owned())).collect();
    expected.sort();
    assert_eq!(got, expected);
    let orders = data(group.path(), "submissions.csv");
    assert!(orders.iter().any(|row| row["sheet"] == "order" && row["accepted"] == "2"), "the rest is built");
}

#[test]
fn a_config_mistake_names_file_and_line_and_what_was_expected() {
    let group = group(&[]);
    for (text, line) in [
        ("[group]\nas_of = \"someday\"\n", "2"),
        ("[group]\ncolour = 1\n", "2"),
        ("[targets]\n\nno_such_kpi = 0.5\n", "3"),
        ("[[store]]\nid = \"S01\"\n[[store]]\nid = \"S01\"\n", "3"),
        ("[calendar]\nopens = \"25:00\"\n", "2"),
    ] {
        fs::write(group.path().join("foursight.toml"), text).expect("written");
        let output = build(group.path(), &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("foursight.toml") && said.contains(&format!("第 {line} 行")), "{text}: {said}");
    }
}

#[test]
fn a_missing_input_says_what_to_type() {
    let group = tempfile::tempdir().expect("a folder");
    let output = build(group.path(), &["--as-of", "2026-10-31"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("foursight init"), "{said}");
}

#[test]
fn what_stands_under_the_name_of_ours_and_does_not_replace_it_leaves_it_in_force() {
    let column =
        "extends = \"order\"\n[[column]]\nfield = \"fitting\"\ntitle = { zh = \"加装金额\" }\ntype = \"money\"\n";
    let endless = vec!["level = 'A'"; 1000].join(" or ");
    let endless = format!(
        "title = {{ zh = \"甲\" }}\nfact = \"prospect\"\ntime = \"level_at\"\nsource = \"x\"\nnumerator = \"{endless}\"\n"
    );
    let group = group(&[
        ("sheets/prospect.toml", "title = { zh = \"潜客表\" }\n"),
        ("sheets/order.toml", column),
        ("kpis/endless.toml", &endless),
        ("kpi/misspelt.toml", ""),
    ]);
    let (catalog, findings) = foursight::catalog::Catalog::load(Some(group.path())).expect("definitions");
    let mut places: Vec<String> = findings.iter().map(|finding| finding.place.to_string()).collect();
    places.sort();
    let expected = ["definitions/kpi · 1", "definitions/kpis/endless.toml · 5", "definitions/sheets/prospect.toml · 1"];
    assert_eq!(places, expected);
    assert!(catalog.sheet("prospect").is_some_and(|sheet| sheet.field("phone").is_some()), "ours");
    assert!(catalog.sheet("order").is_some_and(|sheet| sheet.field("fitting").is_some()), "ours, and one more column");
}

/// A file of ours under the group's own name, changed.
fn ours(name: &str, change: impl Fn(&str) -> String) -> (String, String) {
    let before = fs::read_to_string(crate::foursight::root().join("definitions").join(name)).expect("ours");
    let after = change(&before);
    assert_ne!(before, after, "{name}: nothing to change");
    (name.to_owned(), after)
}

/// Overrides of ours, each bad in its own way: what does not read, names what is not there, has the wrong type, or is
/// no condition that rows can be held to.
fn bad_overrides() -> Vec<(String, String)> {
    let swap = |from: &'static str, to: &'static str| move |text: &str| text.replacen(from, to, 1);
    let mut bad = vec![
        ours("sheets/complaint.toml", swap("title", "titel")),
        ours("sheets/prospect.toml", swap("open = \"level in", "open = \"random() > 0.5 and level in")),
        ours("kpis/lead_gather.toml", swap("numerator = \"1\"", "numerator = \"no_such\"")),
        ours("kpis/pool_convert.toml", swap("numerator = \"ordered\"", "numerator = \"customer_key\"")),
        ours("kpis/ha_close.toml", swap("where = \"", "where = \"1 + ")),
        ours("kpis/service_value.toml", swap("source = ", "colour = 1\nsource = ")),
        ours("worklists/contact_overdue.toml", swap("reason = \"", "reason = \"phone || ")),
        ours("worklists/churn_ladder.toml", swap("task = \"流失招揽\"", "task = \"拜年\"")),
        ours("worklists/complaint_sla.toml", swap("where = \"", "where = \"no_such and ")),
        ours("scorecards/sales.toml", swap("undefined = 55", "undefined = 56")),
        ours("story.toml", swap("standing = \"pool_convert\"", "standing = \"no_such\"")),
    ];
    // Every rule: those with a condition, and those whose findings Rust raises.
    let folder = crate::foursight::root().join("definitions/rules");
    let mut rules: Vec<String> = fs::read_dir(folder)
        .expect("rules")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    rules.sort();
    for (place, rule) in rules.iter().enumerate() {
        let holds = ["no_such > 1", "price >", "random() > 0.5", "phone"][place % 4];
        bad.push(ours(&format!("rules/{rule}"), |text| {
            let words: Vec<&str> = text
                .lines()
                .filter(|line| !["sheet = ", "field = ", "holds = "].iter().any(|key| line.starts_with(key)))
                .collect();
            format!("{}\nsheet = \"order\"\nfield = \"price\"\nholds = \"{holds}\"\n", words.join("\n"))
        }));
    }
    bad
}

#[test]
fn a_bad_override_of_any_kind_costs_one_finding_and_leaves_ours_in_force() {
    let mistakes = "# 订单交车\n\
        订单号 | 车型 | 顾问 | 客户电话 | 下订日期 | 成交价 | 来历\n\
        D1 | Q5 | 李销售 | 13900000001 | 2026-10-05 | 300000 | 甲\n\
        D2 |  | 李销售 | 139 | 2026-13-06 | 很多 | 乙\n\
        D2 | Q5 | 李销售 | 13900000002 | 2026-10-06 | 1 |\n";
    let build_with = |definitions: &[(String, String)]| {
        let named: Vec<(&str, &str)> = definitions.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let group = group(&named);
        crate::table::write_xlsx(mistakes, &group.path().join("input/S01/2026-W42.xlsx"));
        fs::write(group.path().join("input/S01/broken.xlsx"), "no workbook").expect("written");
        let output = build(group.path(), &["--as-of", "2026-10-31"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        group
    };
    let (well, bad) = (build_with(&[]), bad_overrides());
    let ill = build_with(&bad);
    let (mut about, found): (Vec<_>, Vec<_>) =
        data(ill.path(), "findings.csv").into_iter().partition(|row| row["code"] == "D001");
    about.sort_by(|a, b| a["workbook"].cmp(&b["workbook"]));
    let mut files: Vec<String> = bad.iter().map(|(name, _)| format!("definitions/{name}")).collect();
    files.sort();
    assert_eq!(about.iter().map(|row| row["workbook"].clone()).collect::<Vec<_>>(), files);
    assert!(found.len() > 5, "there is something to find: {found:?}");
    assert_eq!(found, data(well.path(), "findings.csv"));
    for name in ["kpi.csv", "worklist.csv", "submissions.csv"] {
        assert_eq!(data(ill.path(), name), data(well.path(), name), "{name}");
    }
    let (catalog, _) = foursight::catalog::Catalog::load(Some(ill.path())).expect("definitions");
    assert_eq!(catalog.standing().map(|kpi| &*kpi.id), Some("pool_convert"));
}

#[test]
fn a_group_tells_its_own_story_over_ours() {
    let story = "headlines = [\"dq_score\", \"lead_gather\"]\n\
        [[topic]]\nid = \"orders\"\ntitle = { zh = \"订单\" }\n[[topic]]\nid = \"parts\"\ntitle = { zh = \"精品\" }\n";
    let ids = |kpis: Vec<&foursight::catalog::Kpi>| kpis.iter().map(|kpi| kpi.id.to_string()).collect::<Vec<_>>();
    let load = |text: &str| {
        let group = group(&[("story.toml", text)]);
        foursight::catalog::Catalog::load(Some(group.path())).expect("definitions")
    };
    let (catalog, findings) = load(story);
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(ids(catalog.headlines()), ["dq_score", "lead_gather"]);
    assert_eq!((catalog.topic_title("orders").zh.as_str(), catalog.topic_title("parts").zh.as_str()), ("订单", "精品"));
    // What it does not give is ours.
    assert_eq!(catalog.topics().first().map(|(topic, _)| *topic), Some("prospects"));
    let steps: Vec<&str> = catalog.funnel().iter().map(|(_, kpi)| &*kpi.id).collect();
    assert_eq!(steps, ["pool_convert", "ha_close", "pool_convert", "deliver_rate"]);
    assert_eq!(catalog.ladder().map(|ladder| ladder.stages.len()), Some(4));
    for (text, line) in [
        ("headlines = [\n\"dq_score\",\n\"no_such\",\n]\n", 3),
        ("\n[[funnel]]\nkpi = \"no_such\"\nsum = \"numerator\"\ntitle = { zh = \"甲\" }\n", 3),
        ("[ladder]\nlist = \"churn_ladder\"\ncolumn = \"no_such\"\nstages = []\n", 3),
        ("[ladder]\nlist = \"no_such\"\ncolumn = \"churn_stage\"\nstages = []\n", 2),
    ] {
        let (catalog, findings) = load(text);
        let places: Vec<String> = findings.iter().map(|finding| finding.place.to_string()).collect();
        assert_eq!(places, [format!("definitions/story.toml · {line}")], "{text}");
        assert_eq!(catalog.headlines().len(), 9, "ours");
    }
}

const WORDS: &str = "severity = \"warning\"\ntitle = { zh = \"甲\" }\nmessage = { zh = \"{value}\" }\ncause = { zh = \"甲\" }\n\
    fix = { zh = \"甲\" }\n";

#[test]
fn a_rule_across_rows_and_sheets_is_one_file() {
    let rule = |test: &str| format!("{WORDS}{test}");
    let rules = [
        // A follow-up names a complaint that is on the list.
        (
            "rules/G101.toml",
            rule("sheet = \"follow_up\"\nfield = \"complaint_no\"\nrefers_to = \"complaint.complaint_no\"\n"),
        ),
        // The price of a model does not fall from order to order; one consultant may give it away.
        (
            "rules/G102.toml",
            rule("sheet = \"order\"\nfield = \"price\"\nnever_falls = \"model\"\nwhere = \"consultant <> '周销售'\"\n"),
        ),
        // Ordered before the prospect was known.
        (
            "rules/G103.toml",
            rule("sheet = \"order\"\nfield = \"ordered_at\"\nnot_before = \"prospect.first_contact_at\"\n"),
        ),
        // One open complaint a customer.
        ("rules/G104.toml", rule("sheet = \"complaint\"\nfield = \"customer_key\"\nonce_open = \"store\"\n")),
    ];
    let files: Vec<(&str, &str)> = rules.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let group = group(&files);
    let sheets = "# 订单交车\n\
        订单号 | 车型 | 顾问 | 客户电话 | 下订日期 | 成交价\n\
        E1 | A4 | 李销售 | 13900000011 | 2026-10-05 | 300000\n\
        E2 | A4 | 周销售 | 13900000012 | 2026-10-06 | 100\n\
        E3 | A4 | 李销售 | 13900000013 | 2026-10-07 | 299999\n\
        E4 | A6 | 李销售 | 13900000014 | 2026-10-01 | 1\n\
        # 潜客表\n\
        潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问\n\
        Q1 | 张三 | 13900000014 | 2026-10-02 09:00 | A | 2026-10-02 10:00 | A6 | 网络 | 李销售\n\
        # 投诉清单\n\
        投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门 | 责任人\n\
        TS1 | 2026-10-05 09:30 | 13900000021 | 价格 | 销售 | 王客服\n\
        TS2 | 2026-10-06 09:30 | 13900000021 | 价格 | 销售 | 王客服\n\
        # 回访记录\n\
        回访编号 | 对象 | 客户键 | 任务类型 | 应访日 | 转投诉号 | 执行人\n\
        H1 | 车主 | 13900000021 | 投诉回访 | 2026-10-30 | ts1 | 王客服\n\
        H2 | 车主 | 13900000022 | 投诉回访 | 2026-10-30 | TS9 | 王客服\n";
    crate::table::write_xlsx(sheets, &group.path().join("input/S01/2026-W42.xlsx"));
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let mut found: Vec<String> = data(group.path(), "findings.csv")
        .iter()
        .filter(|row| row["code"].starts_with('G') || row["code"] == "D001")
        .filter(|row| row["workbook"].contains("W42") || row["code"] == "D001")
        .map(|row| format!("{} {} {}", row["code"], row["sheet"], row["cell"]))
        .collect();
    found.sort();
    // E3 costs less than E1 (E2 is not asked); E4 was ordered a day before its prospect came.
    assert_eq!(found, ["G101 回访记录 F3", "G102 订单交车 F4", "G103 订单交车 E5", "G104 投诉清单 C3"]);
}

#[test]
fn a_rule_across_rows_that_does_not_fit_its_sheets_is_refused_with_its_line() {
    for (test, line) in [
        ("sheet = \"order\"\nfield = \"model\"\nnever_falls = \"vin\"\n", 7),
        ("sheet = \"order\"\nfield = \"price\"\nnever_falls = \"no_such\"\n", 8),
        ("sheet = \"order\"\nfield = \"ordered_at\"\nnot_before = \"prospect.level\"\n", 8),
        ("sheet = \"order\"\nfield = \"ordered_at\"\nnot_before = \"first_contact_at\"\n", 8),
        ("sheet = \"order\"\nfield = \"vin\"\nrefers_to = \"car.vin\"\n", 8),
        ("sheet = \"order\"\nfield = \"phone\"\nonce_open = \"store\"\n", 8),
        ("sheet = \"order\"\nfield = \"vin\"\nholds = \"vin is null\"\nwhere = \"price > 1\"\n", 9),
        ("sheet = \"order\"\nfield = \"vin\"\nholds = \"vin is null\"\nrefers_to = \"order.vin\"\n", 1),
        ("sheet = \"order\"\nfield = \"vin\"\n", 1),
    ] {
        let text = format!("{WORDS}{test}");
        let group = group(&[("rules/G110.toml", &text)]);
        let (catalog, findings) = foursight::catalog::Catalog::load(Some(group.path())).expect("definitions");
        let places: Vec<String> = findings.iter().map(|finding| finding.place.to_string()).collect();
        assert_eq!(places, [format!("definitions/rules/G110.toml · {line}")], "{test}");
        assert!(!catalog.rules.contains_key("G110"));
    }
}

#[test]
fn a_kpi_made_of_others_that_does_not_fit_them_is_refused_with_its_line() {
    let head = "title = { zh = \"甲\" }\nsource = \"x\"\n";
    let rows = |rest: &str| format!("{head}fact = \"order\"\ntime = \"ordered_at\"\n{rest}");
    let others = [
        ("kpis/x_orders.toml", rows("numerator = \"1\"\nunit = \"count\"\n")),
        ("kpis/x_weekly.toml", rows("numerator = \"1\"\ngrains = [\"week\"]\n")),
        ("kpis/x_ratio.toml", rows("numerator = \"1\"\ndenominator = \"1\"\n")),
        ("kpis/x_stock.toml", rows("numerator = \"1\"\naccumulate = \"closing\"\n")),
        ("kpis/x_calls.toml", format!("{head}fact = \"complaint\"\ntime = \"accepted_at\"\nnumerator = \"1\"\n")),
        ("kpis/x_growth.toml", format!("{head}growth_of = \"x_orders\"\nmonths_back = 12\n")),
        ("kpis/x_loop_a.toml", format!("{head}growth_of = \"x_loop_b\"\nmonths_back = 12\n")),
        ("kpis/x_loop_b.toml", format!("{head}to_date_of = \"x_loop_a\"\nto_date = \"year\"\n")),
    ];
    let bad = [
        (format!("{head}numerator_kpi = \"x_orders\"\ndenominator_kpi = \"no_such\"\n"), 4),
        (format!("{head}numerator_kpi = \"x_orders\"\n"), 3),
        (format!("{head}numerator_kpi = \"x_orders\"\ndenominator_kpi = \"x_ratio\"\n"), 4),
        (format!("{head}numerator_kpi = \"x_stock\"\ndenominator_kpi = \"x_orders\"\n"), 3),
        (format!("{head}numerator_kpi = \"x_orders\"\ndenominator_kpi = \"x_calls\"\nscale = 7\n"), 5),
        // Complaints have no model.
        (format!("{head}numerator_kpi = \"x_orders\"\ndenominator_kpi = \"x_calls\"\nscopes = [\"model\"]\n"), 5),
        (format!("{head}numerator_kpi = \"x_orders\"\ndenominator_kpi = \"x_weekly\"\ngrains = [\"month\"]\n"), 5),
        // An offset of three months says nothing of years, nor does any of weeks.
        (format!("{head}growth_of = \"x_orders\"\nmonths_back = 3\ngrains = [\"quarter\", \"year\"]\n"), 5),
        (format!("{head}growth_of = \"x_orders\"\nmonths_back = 12\ngrains = [\n\"month\",\n\"week\"]\n"), 7),
        (format!("{head}growth_of = \"x_orders\"\n"), 3),
        (format!("{head}growth_of = \"x_ratio\"\nmonths_back = 12\n"), 3),
        (format!("{head}growth_of = \"x_growth\"\nmonths_back = 12\n"), 3),
        (format!("{head}growth_of = \"x_orders\"\nmonths_back = 12\nscale = 10\n"), 5),
        (format!("{head}to_date_of = \"x_orders\"\nto_date = \"quarter\"\ngrains = [\"year\"]\n"), 5),
        (format!("{head}to_date_of = \"x_orders\"\nto_date = \"year\"\nfact = \"order\"\n"), 5),
        (format!("{head}to_date_of = \"x_orders\"\n"), 3),
        (rows("quantile = 0.5\nnumerator = \"price\"\n"), 5),
        (rows("quantile = 1.5\nadditive = false\nnumerator = \"price\"\n"), 5),
        (rows("distinct = \"phone\"\nadditive = true\n"), 6),
        (rows("distinct = \"phone\"\nadditive = false\ndenominator = \"1\"\n"), 7),
        (rows("numerator = \"1\"\nscale = 10\n"), 6),
        (rows(""), 1),
    ];
    let names: Vec<String> = (0..bad.len()).map(|n| format!("kpis/x_bad_{n:02}.toml")).collect();
    let mut files: Vec<(&str, &str)> = others.iter().map(|(name, text)| (*name, text.as_str())).collect();
    files.extend(names.iter().zip(&bad).map(|(name, (text, _))| (name.as_str(), text.as_str())));
    let group = group(&files);
    let (catalog, findings) = foursight::catalog::Catalog::load(Some(group.path())).expect("definitions");
    let mut found: Vec<String> = findings.iter().map(|finding| finding.place.to_string()).collect();
    found.sort();
    let mut expected: Vec<String> =
        names.iter().zip(&bad).map(|(name, (_, line))| format!("definitions/{name} · {line}")).collect();
    expected.extend(["a", "b"].map(|which| format!("definitions/kpis/x_loop_{which}.toml · 3")));
    expected.sort();
    assert_eq!(found, expected);
    assert!(catalog.kpi("x_growth").is_some_and(|kpi| kpi.needs.is_empty() && kpi.denominator.is_some()));
}

/// What only describes decides nothing: an unreadable cell of it is read as empty, so nothing may rest on it.
#[test]
fn nothing_rests_on_a_column_that_only_describes() {
    let (catalog, _) = foursight::catalog::Catalog::load(None).expect("definitions");
    let root = crate::foursight::root();
    let text = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
    let mentions = |text: &str, name: &str| {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == name)
    };
    for sheet in &catalog.sheets {
        for column in sheet.columns.iter().filter(|column| column.describes) {
            let of_kpis = catalog.kpis.iter().map(|kpi| format!("definitions/kpis/{}.toml", kpi.id));
            let of_lists = catalog.worklists.iter().map(|list| format!("definitions/worklists/{}.toml", list.id));
            let named = format!("fact = \"{}\"", sheet.id);
            // The list of what is missing says so of an unreadable cell rightly: it is to be written again. Nobody is
            // judged by a birthday or a paper that nobody can read: a reminder comes when it is mended.
            let reminders = ["/data_missing.toml", "/occasions.toml", "/papers_due.toml"];
            let of_lists = of_lists.filter(|path| !reminders.iter().any(|own| path.ends_with(own)));
            for path in of_kpis.chain(of_lists) {
                let definition = text(&path);
                let own: String = definition.lines().filter(|line| !line.contains("zh = ")).collect();
                assert!(!own.contains(&named) || !mentions(&own, &column.field), "{path} rests on {}", column.field);
            }
            for (code, rule) in &catalog.rules {
                let error = rule.severity == foursight::diagnostic::Severity::Error;
                let of_sheet =
                    rule.condition.as_ref().map(|own| &own.sheet).or(rule.across.as_ref().map(|own| &own.sheet));
                if error && of_sheet == Some(&sheet.id) {
                    let definition = text(&format!("definitions/rules/{code}.toml"));
                    let own: String = definition.lines().filter(|line| !line.contains("zh = ")).collect();
                    assert!(!mentions(&own, &column.field), "{code} rests on {}", column.field);
                }
            }
        }
    }
}

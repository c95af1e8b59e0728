//! The rules over one row of the sheets beyond the first five: for every code a row that raises exactly it, and a near miss.

use super::*;

/// Code, sheet, header, a row that is wrong, the cell that is marked, a row that is nearly wrong.
pub(super) const ROWS: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "R505",
        "service_visit",
        "work_order_no in_at promised_out_at",
        "1|2026-11-16 10:00|2026-11-16 09:00",
        "C2",
        "1|2026-11-16 10:00|2026-11-16",
    ),
    (
        "R208",
        "follow_up",
        "follow_up_no due_on executor rated",
        "1|2026-11-16|李销售|李销售",
        "C2",
        "1|2026-11-16|王客服|李销售",
    ),
    (
        "R601",
        "owner",
        "vin bought_on warranty_until",
        "LSVAB2188E2100001|2026-11-16|2026-11-15",
        "C2",
        "LSVAB2188E2100001|2026-11-16|2029-11-16",
    ),
    (
        "R602",
        "owner",
        "vin filed_at updated_at",
        "LSVAB2188E2100001|2026-11-16 10:00|2026-11-16 09:00",
        "C2",
        "LSVAB2188E2100001|2026-11-16 10:00|2026-11-16",
    ),
    (
        "R611",
        "traffic",
        "traffic_no at left_at",
        "1|2026-11-16 10:30|2026-11-16 10:29",
        "C2",
        "1|2026-11-16 10:30|2026-11-16 10:30",
    ),
    (
        "R612",
        "traffic",
        "traffic_no at responded_at",
        "1|2026-11-16 10:30|2026-11-15",
        "C2",
        "1|2026-11-16 10:30|2026-11-16",
    ),
    // What a level says of a prospect.
    (
        "R122",
        "prospect",
        "prospect_no level budget payment expected_purchase_on",
        "1|N|350000|分期|2026-12-01",
        "B2",
        "1|N|350000|分期|",
    ),
    (
        "R123",
        "prospect",
        "prospect_no level level_at expected_purchase_on",
        "1|C|2026-11-01 10:00|2026-12-01",
        "D2",
        "1|C|2026-11-01 10:00|2026-12-02",
    ),
    (
        "R124",
        "prospect",
        "prospect_no level level_at expected_purchase_on",
        "1|B|2026-11-01|2026-12-02",
        "D2",
        "1|B|2026-11-01|2026-12-01",
    ),
    (
        "R125",
        "prospect",
        "prospect_no level level_at expected_purchase_on",
        "1|A|2026-11-01|2026-11-08",
        "D2",
        "1|A|2026-11-01|2026-11-09",
    ),
    ("R131", "prospect", "prospect_no level rival_model", "1|A|X3、Q5", "C2", "1|A|X3"),
    ("R613", "traffic", "traffic_no filed phone", "1|是|", "C2", "1|否|"),
    ("R613", "traffic", "traffic_no filed phone prospect_no", "1|是||", "C2", "1|是||QK1"),
    (
        "R621",
        "booking",
        "booking_no submitted_at confirmed_at",
        "1|2026-11-16 09:10|2026-11-16 09:09",
        "C2",
        "1|2026-11-16 09:10|2026-11-16 09:10",
    ),
    (
        "R622",
        "booking",
        "booking_no submitted_at arrived_at",
        "1|2026-11-16 09:10|2026-11-15",
        "C2",
        "1|2026-11-16 09:10|2026-11-16",
    ),
    (
        "R623",
        "booking",
        "booking_no submitted_at cancelled_at",
        "1|2026-11-16 09:10|2026-11-15",
        "C2",
        "1|2026-11-16 09:10|2026-11-17",
    ),
    ("R624", "booking", "booking_no arrived_at cancelled_at", "1|2026-11-18|2026-11-17", "C2", "1|2026-11-18|"),
    ("R631", "survey", "survey_no rated executor", "1|赵服务|赵服务", "C2", "1|赵服务|王客服"),
    ("R632", "survey", "survey_no satisfaction complaint_no", "1|不满意|", "C2", "1|一般|"),
    ("R632", "survey", "survey_no satisfaction complaint_no", "1|非常不满意|", "C2", "1|非常不满意|TS1"),
    ("R633", "survey", "survey_no score full_score", "1|92|10", "B2", "1|100|100"),
    ("R641", "policy", "policy_no from_on until_on", "1|2026-11-16|2026-11-16", "C2", "1|2026-11-16|2026-11-17"),
    ("R661", "channel_cost", "month channel class", "2026-10-01|店头活动|公关", "C2", "2026-10-01|店头活动|交互活动"),
    ("R671", "event", "event_no from_on until_on", "1|2026-11-14|2026-11-13", "C2", "1|2026-11-14|2026-11-14"),
    ("R681", "action", "action_no raised_on done_on", "1|2026-11-16|2026-11-15", "C2", "1|2026-11-16|2026-11-16"),
    ("R682", "action", "action_no raised_on due_on", "1|2026-11-16|2026-11-15", "C2", "1|2026-11-16|2026-12-01"),
    ("R683", "action", "action_no done_on verification", "1||有效", "C2", "1|2026-11-16|有效"),
    ("R691", "training", "training_no expected attended", "1|11|12", "C2", "1|12|12"),
    ("R692", "training", "training_no attended passed", "1|10|11", "C2", "1|10|10"),
    (
        "R701",
        "meeting",
        "held_on kind due_on",
        "2026-11-16|维系例会|2026-11-15",
        "C2",
        "2026-11-16|维系例会|2026-11-16",
    ),
    ("R711", "staff", "staff_no hired_on left_on", "1|2024-03-01|2024-02-29", "C2", "1|2024-03-01|2027-01-01"),
    ("R721", "key_visit", "visit_no visited_on next_on", "1|2026-11-17|2026-11-16", "C2", "1|2026-11-17|2026-11-24"),
    ("R731", "benefit", "benefit_no given_on used_on", "1|2026-11-16|2026-11-15", "C2", "1|2026-11-16|2026-11-16"),
    ("R741", "phone_log", "logged_on calls answered", "2026-11-16|45|46", "C2", "2026-11-16|45|45"),
    ("R742", "phone_log", "logged_on answered within_three_rings", "2026-11-16|40|41", "C2", "2026-11-16|40|40"),
    ("R751", "parts_shipment", "month lines correct_lines", "2026-10-01|10|11", "C2", "2026-10-01|10|10"),
    (
        "R761",
        "maker_score",
        "month metric part score full_score",
        "2026-10-01|CSI||1001|1000",
        "D2",
        "2026-10-01|CSI||1000|1000",
    ),
    ("R771", "regulation", "name effective_on revise_on", "甲|2026-01-01|2025-12-31", "C2", "甲|2026-01-01|2027-01-01"),
    ("R781", "milestone", "name plan_from plan_until", "甲|2026-10-01|2026-09-30", "C2", "甲|2026-10-01|2026-12-31"),
    (
        "R791",
        "suggestion",
        "suggestion_no said_on replied_on",
        "1|2026-11-16|2026-11-15",
        "C2",
        "1|2026-11-16|2026-11-16",
    ),
    // A month that is still to come, in a column that records the past.
    ("C015", "channel_cost", "month channel", "2026-12-01|直邮", "A2", "2026-11-01|直邮"),
];

#[test]
fn what_a_level_asks_for_is_asked_of_those_who_keep_it() {
    let found = |header: &str, rows: &[&str]| {
        let header = format!("prospect_no level {header}");
        lines(&checked(vec![book("a", CUTOFF, vec![table("prospect", header.trim(), rows)])]).1)
    };
    for (code, column, filled, wrong, near) in [
        ("R126", "budget", "350000", "B", "C"),
        ("R126", "budget", "350000", "H", "N"),
        ("R127", "payment", "分期", "H", "B"),
        ("R128", "color", "白", "A", "H"),
        ("R129", "next_contact_on", "2026-12-01", "A", "H"),
        ("R130", "rival_model", "X3", "B", "A"),
    ] {
        let kept = format!("1|C|{filled}");
        assert_eq!(found(column, &[&kept, &format!("2|{wrong}|")]), [format!("{code} a C3")]);
        assert!(found(column, &[&kept, &format!("2|{near}|")]).is_empty(), "{code} {near}");
        assert!(found(column, &[&kept, &format!("2|{wrong}|"), &format!("3|{wrong}|")]).is_empty(), "one by chance");
        // Our template has every column; who fills in none of it does not keep it.
        assert!(found(column, &[&format!("2|{wrong}|")]).is_empty(), "{code}");
    }
    assert!(found("", &["1|A"]).is_empty());
    assert!(found("color status", &["1|C|白|", "2|A||休眠"]).is_empty(), "nobody follows a sleeper");
}

#[test]
fn a_row_rule_raises_exactly_its_code_and_not_on_a_near_miss() {
    for (code, sheet, header, wrong, cell, nearly) in ROWS {
        assert_eq!(found(sheet, header, &[wrong]), [format!("{code} a {cell}")], "{wrong}");
        assert_eq!(found(sheet, header, &[nearly]), [""; 0], "{code}: {nearly}");
    }
}

#[test]
fn blank_is_a_value_in_keys_that_say_so() {
    let header = "event_no name consultant planned_orders";
    // The whole and two shares of it are three rows; the same person twice is one too many.
    let rows = ["H1|试驾会||10", "H1|试驾会|李销售|4", "H1|试驾会|周销售|6", "H1|试驾会||11"];
    assert_eq!(found("event", header, &rows), ["S004 a D5"]);
    let header = "month tier object metric model version value";
    let rows = ["2026-12||S01|订单|||10", "2026-12||S01|订单|L5||4", "2026-12|店|S01|订单|||9"];
    assert_eq!(found("target", header, &rows), [""; 0]);
}

#[test]
fn r672_a_figure_is_on_the_list_or_a_kpi() {
    use crate::check::{named_figures, unknown_figures};
    let title = CATALOG.kpi("pool_convert").unwrap().title.zh.clone();
    let rows =
        ["2026-12|甲|吉祥物|1", "2026-12|乙|pool_convert|1", &format!("2026-12|丙|{title}|1"), "2026-12|丁|订单|1"];
    let table = table("target", "month object metric value", &rows);
    let (rows, findings) = checked(vec![book("a", CUTOFF, vec![table])]);
    assert_eq!(lines(&findings), [""; 0], "which KPIs there are is no part of checking");
    let found = unknown_figures(&named_figures(&rows, &CATALOG), &CATALOG, &Settings::defaults(&CATALOG));
    assert_eq!(lines(&found), ["R672 a 2"]);
    let written = ["2026-12|甲|pool_convert|12", "2026-12|乙|pool_convert|0.12", "2026-12|丙|订单|12"];
    let (percent, _) =
        checked(vec![book("a", CUTOFF, vec![self::table("target", "month object metric value", &written)])]);
    let found = unknown_figures(&named_figures(&percent, &CATALOG), &CATALOG, &Settings::defaults(&CATALOG));
    assert_eq!(lines(&found), ["R673 a 2"], "12 is 1200 %");
    let mut more = CATALOG.clone();
    more.kpis[0].title.zh = "吉祥物".to_owned();
    assert!(unknown_figures(&named_figures(&rows, &more), &more, &Settings::defaults(&more)).is_empty());
}

use super::{facts, lines};

fn cars(cutoff: &str, month_end: &str, orders: &str, visits: &str, columns: &[&str]) -> Vec<String> {
    let facts = facts(cutoff, &[("order", orders), ("service_visit", visits)]);
    lines(&facts["lifecycle"], Some(("month_end", month_end)), columns)
}

#[test]
fn retention_windows_are_open_at_the_left_and_closed_at_the_right() {
    // E = 31 October 2026: base (2024-10-31, 2025-10-31], retained (2025-10-31, 2026-10-31].
    let mut found = cars(
        "2026-11-22",
        "2026-10-31",
        "order_no | vin | phone | ordered_at | delivered_at | cancelled_at
         DD1 | LSVAB2183E2100001 | 13800000001 | 2025-01-01 | 2025-02-01 | -
         DD9 | LSVAB2183E2100009 | 13800000009 | 2025-01-01 | 2025-02-01 | 2025-02-20",
        "work_order_no | vin | in_at | kind | total
         W1 | LSVAB2183E2100001 | 2026-10-31 23:00 | 定保 | 500
         W2 | LSVAB2183E2100002 | 2025-10-31 | 定保 | 500
         W3 | LSVAB2183E2100003 | 2025-10-31 | 定保 | 500
         W4 | LSVAB2183E2100003 | 2025-11-01 | 定保 | 500
         W5 | LSVAB2183E2100004 | 2024-10-31 | 定保 | 500
         W6 | LSVAB2183E2100004 | 2026-01-01 | 定保 | 500
         W7 | LSVAB2183E2100005 | 2024-11-01 | 定保 | 500
         W8 | LSVAB2183E2100005 | 2026-03-01 | 返修 | 0
         W9 | LSVAB2183E2100006 | 2025-05-01 | PDI | 300
         WA | LSVAB2183E2100007 | 2025-05-01 | 索赔 | 300
         WB | LSVAB2183E2100007 | 2026-05-01 | 事故 | 9000",
        &["vin", "base", "retained"],
    );
    found.sort();
    assert_eq!(
        found,
        [
            "LSVAB2183E2100001 | yes | yes", // base by its delivery
            "LSVAB2183E2100002 | yes | no",
            "LSVAB2183E2100003 | yes | yes",
            "LSVAB2183E2100004 | no | no",   // 31 October 2024 is outside
            "LSVAB2183E2100005 | yes | no",  // a rework is no visit
            "LSVAB2183E2100007 | yes | yes", // ...6 had a PDI only: no customer's car
        ]
    );
    // 3 of 5 retained: 60 %. ...9 was reversed: no event.
}

#[test]
fn the_month_of_the_cutoff_ends_at_the_cutoff() {
    let orders = "order_no | vin | phone | ordered_at | delivered_at
         DD1 | LSVAB2183E2100001 | 13800000001 | 2026-08-01 | 2026-09-10";
    let facts = facts("2026-11-22", &[("order", orders)]);
    assert_eq!(
        lines(&facts["lifecycle"], None, &["month_end", "current", "last_visit_at", "churn_stage", "staff"]),
        [
            "2026-09-30 | no | 2026-09-10 | 活跃 | -",
            "2026-10-31 | no | 2026-09-10 | 活跃 | -",
            "2026-11-22 | yes | 2026-09-10 | 活跃 | -",
        ]
    );
}

#[test]
fn the_ladder_counts_from_the_last_visit_that_the_store_did_not_pay() {
    // Cut-off 22 November 2026.
    let mut found = cars(
        "2026-11-22",
        "2026-11-22",
        "order_no | vin | phone | ordered_at | delivered_at
         DD1 | LSVAB2183E210000A | 13800000001 | 2026-01-01 | 2026-02-22",
        "work_order_no | vin | in_at | kind | total | payer
         W1 | LSVAB2183E2100001 | 2026-08-22 | 定保 | 500 | 客户
         W2 | LSVAB2183E2100002 | 2026-08-21 | 定保 | 500 | 客户
         W3 | LSVAB2183E2100003 | 2026-05-22 | 索赔 | 500 | 厂家
         W4 | LSVAB2183E2100004 | 2026-05-21 | 事故 | 500 | 保险
         W5 | LSVAB2183E2100005 | 2026-02-21 | 定保 | 500 | -
         W6 | LSVAB2183E2100006 | 2025-11-22 | 定保 | 500 | 客户
         W7 | LSVAB2183E2100007 | 2025-11-21 | 定保 | 500 | 客户
         W8 | LSVAB2183E2100007 | 2026-11-01 | 一般维修 | 500 | 内部
         W9 | LSVAB2183E2100008 | 2026-11-01 | 一般维修 | 500 | 内部",
        &["vin", "churn_stage"],
    );
    found.sort();
    assert_eq!(
        found,
        [
            "LSVAB2183E2100001 | 活跃",   // exactly 3 months
            "LSVAB2183E2100002 | 拟流失", // a day more
            "LSVAB2183E2100003 | 拟流失", // exactly 6, warranty counts
            "LSVAB2183E2100004 | 准流失", // insurance counts
            "LSVAB2183E2100005 | 预警",   // no payer counts
            "LSVAB2183E2100006 | 预警",   // exactly 12
            "LSVAB2183E2100007 | 流失",   // what the store paid itself does not count
            "LSVAB2183E2100008 | -",
            "LSVAB2183E210000A | 准流失", // never came: from the delivery, exactly 9
        ]
    );
}

#[test]
fn tiers_from_the_top_down() {
    // Yuan without warranty in the 12 months: 3000, 1600, 1000, 400, 2100 = 8100 over 2 + 1 + 2 + 1 + 3 = 9 visits: 900 a
    // visit; × 1.5 = 1350.
    let mut found = cars(
        "2026-11-22",
        "2026-11-22",
        "order_no | vin | phone | ordered_at | delivered_at",
        "work_order_no | vin | in_at | kind | total | payer | advisor
         W1 | LSVAB2183E2100001 | 2026-03-01 | 定保 | 1000 | 客户 | 赵一
         W2 | LSVAB2183E2100001 | 2026-10-01 | 定保 | 2000 | 客户 | 赵二
         W3 | LSVAB2183E2100002 | 2026-06-01 | 定保 | 1600 | 客户 | 赵一
         W4 | LSVAB2183E2100003 | 2026-10-01 | 定保 | 1000 | 客户 | 赵一
         W5 | LSVAB2183E2100003 | 2026-10-02 | 索赔 | 8000 | 厂家 | 赵一
         W6 | LSVAB2183E2100004 | 2026-02-01 | 定保 | 400 | 客户 | 赵一
         W7 | LSVAB2183E2100005 | 2025-11-22 | 定保 | 9000 | 客户 | 赵一
         W8 | LSVAB2183E2100006 | 2026-11-01 | 返修 | 50 | 客户 | 赵一
         W9 | LSVAB2183E2100007 | 2026-09-01 | 定保 | 700 | 客户 | 赵一
         WA | LSVAB2183E2100007 | 2026-10-01 | 定保 | 700 | 客户 | 赵一
         WB | LSVAB2183E2100007 | 2026-11-01 | 定保 | 700 | 客户 | 赵一",
        &["vin", "visits_12m", "spend_12m", "tier", "staff"],
    );
    found.sort();
    assert_eq!(
        found,
        [
            "LSVAB2183E2100001 | 2 | 3000.00 | 高价值 | 赵二", // 1500 ≥ 1350
            "LSVAB2183E2100002 | 1 | 1600.00 | 潜力 | 赵一",   // within 6 months, 1600 ≥ 900
            "LSVAB2183E2100003 | 2 | 1000.00 | 普通 | 赵一",   // the warranty job is a visit, not its money: 500 < 900
            "LSVAB2183E2100004 | 1 | 400.00 | 普通 | 赵一",
            "LSVAB2183E2100005 | 0 | 0.00 | - | 赵一", // 22 November 2025 is outside (E−12 m, E]
            "LSVAB2183E2100007 | 3 | 2100.00 | 普通 | 赵一", // more in all than ...2, but 700 < 900 a visit
        ]
    );
}

#[test]
fn rows_end_two_years_after_the_last_event_but_for_the_cutoff() {
    let facts = facts(
        "2026-11-22",
        &[(
            "service_visit",
            "work_order_no | vin | in_at | kind | total\nW1 | LSVAB2183E2100001 | 2024-01-31 | 定保 | 500",
        )],
    );
    let ends = lines(&facts["lifecycle"], None, &["month_end"]);
    // January 2024 to December 2025 are 24 month ends; 31 January 2026 is exactly + 24 months: it is on no stage any more, but
    // was 流失 when the month began and might have been won back; and the cut-off.
    assert_eq!((ends.len(), ends[24].as_str(), ends[25].as_str()), (26, "2026-01-31", "2026-11-22"));
    let left = lines(
        &facts["lifecycle"],
        Some(("month_end", "2026-01-31")),
        &["churn_stage", "lost_before", "won_back", "paid_base"],
    );
    assert_eq!(left, ["- | yes | no | no"]);
    assert_eq!(lines(&facts["lifecycle"], Some(("month_end", "2026-11-22")), &["churn_stage", "base"]), ["- | no"]);
}

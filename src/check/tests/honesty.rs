//! Rules across sheets that the sheets beyond the first five brought, and those that hold a record to be honest.

use super::*;

const VIN: &str = "LSVAB2188E2100001";

/// The findings of one workbook with several sheets.
fn of(tables: Vec<Table>) -> Vec<String> {
    lines(&checked(vec![book("a", CUTOFF, tables)]).1)
}

#[test]
fn what_another_sheet_has_to_name() {
    for (code, kind, header, row, other, column, there, absent) in [
        (
            "R114",
            "prospect",
            "prospect_no channel",
            "1|店头",
            "channel_cost",
            "month channel",
            "2026-10-01|店头",
            "2026-10-01|直邮",
        ),
        ("R614", "traffic", "traffic_no prospect_no", "1|qk1", "prospect", "prospect_no", "QK1", "QK2"),
        ("R635", "survey", "survey_no complaint_no", "1|TS1", "complaint", "complaint_no", "TS1", "TS2"),
        ("R651", "accessory", "doc_no order_no", "1|DD1", "order", "order_no", "DD1", "DD2"),
        (
            "R405",
            "order",
            "order_no vin delivered_at",
            "1|LSVAB2188E2100001|2026-11-16",
            "owner",
            "vin",
            VIN,
            "LSVAB2187E2100037",
        ),
    ] {
        let own = || table(kind, header, &[row]);
        assert_eq!(of(vec![own(), table(other, column, &[absent])]), [format!("{code} a B2")], "{code}");
        assert_eq!(of(vec![own(), table(other, column, &[there])]), [""; 0], "{code}: it is there");
        assert_eq!(of(vec![own()]), [""; 0], "{code}: the store never sent the other sheet");
    }
    // Undelivered and taken back: no file is owed.
    let owners = || table("owner", "vin", &["LSVAB2187E2100037"]);
    for row in ["1|LSVAB2188E2100001||", "1|LSVAB2188E2100001|2026-11-10|2026-11-12"] {
        assert_eq!(of(vec![table("order", "order_no vin delivered_at cancelled_at", &[row]), owners()]), [""; 0]);
    }
}

#[test]
fn people_are_on_the_staff_at_the_time() {
    for (code, kind, header, row) in [
        ("R115", "prospect", "prospect_no consultant first_contact_at", "1|李销售|2026-11-10"),
        ("R209", "follow_up", "follow_up_no executor done_at connected result", "1|李销售|2026-11-10|是|成功"),
        ("R304", "complaint", "complaint_no handler accepted_at", "1|李销售|2026-11-10"),
        ("R407", "order", "order_no consultant ordered_at", "1|李销售|2026-11-10"),
        ("R506", "service_visit", "work_order_no advisor in_at", "1|李销售|2026-11-10"),
        ("R615", "traffic", "traffic_no consultant at", "1|李销售|2026-11-10"),
        ("R636", "survey", "survey_no executor asked_on", "1|李销售|2026-11-10"),
        ("R652", "accessory", "doc_no consultant sold_on", "1|李销售|2026-11-10"),
    ] {
        let with = |staff: &[&str]| {
            of(vec![table(kind, header, &[row]), table("staff", "staff_no name hired_on left_on", staff)])
        };
        assert_eq!(with(&["E1|李销售|2026-11-10|2026-11-10"]), [""; 0], "{code}: on both days");
        assert_eq!(with(&["E1|李 销售|2024-01-01|"]), [""; 0], "{code}: a space is no other name");
        for wrong in ["E1|周销售|2024-01-01|", "E1|李销售|2026-11-11|", "E1|李销售|2024-01-01|2026-11-09"] {
            assert_eq!(with(&[wrong]), [format!("{code} a B2")], "{wrong}");
        }
        assert_eq!(with(&["E1|李销售|2024-01-01|2024-12-31", "E2|李销售|2026-01-01|"]), [""; 0], "{code}: came back");
        assert_eq!(of(vec![table(kind, header, &[row])]), [""; 0], "{code}: no staff sheet");
    }
    // Who left since then is known by the newest staff sheet.
    let orders = || table("order", "order_no consultant ordered_at", &["1|李销售|2026-11-20"]);
    let staff =
        |left: &str| table("staff", "staff_no name hired_on left_on", &[&format!("E1|李销售|2024-01-01|{left}")]);
    let found = lines(
        &checked(vec![
            book("a", "2026-11-15", vec![staff("")]),
            book("b", CUTOFF, vec![orders(), staff("2026-11-18")]),
        ])
        .1,
    );
    assert_eq!(found, ["R407 b B2"]);
}

#[test]
fn r207_the_same_text_again_and_again() {
    let header = "follow_up_no executor done_at connected result content";
    let with = |same: usize, all: usize, day: &str| {
        let row = |i: usize| {
            let content = if i < same { "客户 考虑中".to_owned() } else { format!("说了第{i}件事") };
            format!("{i}|李销售|{day}|是|成功|{content}")
        };
        let rows: Vec<String> = (0..all).map(row).collect();
        found("follow_up", header, &rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(with(4, 10, "2026-11-10"), ["R207 a F1"]);
    assert_eq!(with(3, 10, "2026-11-10"), [""; 0], "30 % may just be");
    assert_eq!(with(9, 9, "2026-11-10"), [""; 0], "too few rows");
    assert_eq!(with(10, 10, "2026-10-10"), ["R207 a F1"], "the month before");
    assert_eq!(with(10, 10, "2026-09-30"), [""; 0], "nobody can put that right any more");
}

#[test]
fn r207_says_whose_texts_and_how_many_and_takes_the_group_s_own_limits() {
    let header = "follow_up_no executor done_at connected result content";
    let row = |i: usize| format!("{i}|{}|2026-11-10|是|成功|考虑中", ["李销售", "周销售"][i % 2]);
    let rows: Vec<String> = (0..30).map(row).collect();
    let reads = || {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        vec![book("a", CUTOFF, vec![table("follow_up", header, &rows)])]
    };
    let (rows_in, findings) = checked(reads());
    assert_eq!(lines(&findings), ["R207 a F1", "R207 a F1"]);
    assert_eq!(worded(&findings[0], Lang::ZhCn).split(' ').next(), Some("周销售"));
    assert!(worded(&findings[1], Lang::ZhCn).contains("15 条内容里有 15 条一模一样（100.0 %）"));
    // A finding of no single row makes no row unclean.
    assert_eq!(counts(&rows_in.tallies, "a"), [30, 30, 0, 30]);
    let config = |text: &str| Settings::parse("foursight.toml", text, &CATALOG);
    let lax = config("[limits.R207]\nat_least_rows = 16\n").unwrap();
    assert_eq!(lines(&checked_with(reads(), &lax).1), [""; 0]);
    let lax = config("[limits.R207]\nat_most = 1.0\n").unwrap();
    assert_eq!(lines(&checked_with(reads(), &lax).1), [""; 0]);
    for (text, line) in [
        ("[limits.R207]\nat_most = 1.5\n", 1),
        ("\n[limits.R204]\nat_most = 0.5\n", 2),
        ("[limits.R207]\nat_most = 0.5\nbelow = 0.6\n", 1),
    ] {
        assert_eq!(config(text).unwrap_err().line, line, "{text}");
    }
}

#[test]
fn everybody_satisfied_is_not_believed() {
    for (code, kind, header) in [
        ("R206", "follow_up", "follow_up_no executor done_at connected result satisfaction"),
        ("R634", "survey", "survey_no executor asked_on satisfaction"),
    ] {
        let with = |satisfied: usize, all: usize| {
            let row = |i: usize| {
                let answer = if i < satisfied { ["满意", "非常满意"][i % 2] } else { "一般" };
                let made = if kind == "survey" { "" } else { "是|成功|" };
                format!("{i}|王客服|2026-11-10|{made}{answer}")
            };
            let rows: Vec<String> = (0..all).map(row).collect();
            found(kind, header, &rows.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let column = if kind == "survey" { "D1" } else { "F1" };
        assert_eq!(with(20, 20), [format!("{code} a {column}")]);
        assert_eq!(with(19, 20), [""; 0], "{code}");
        assert_eq!(with(19, 19), [""; 0], "{code}: too few");
    }
}

/// A prospect in two weeks, and the contacts with it.
fn weeks(old: &str, new: &str, contacts: Option<&[&str]>) -> Vec<String> {
    let header = "prospect_no phone first_contact_at level level_at";
    let card = |row: &str| table("prospect", header, &[&format!("Q1|13800001234|2026-11-01 09:00|{row}")]);
    let mut last = vec![card(new)];
    let header = "follow_up_no party customer_key done_at connected result";
    last.extend(contacts.map(|rows| table("follow_up", header, rows)));
    let said = lines(&checked(vec![book("a", "2026-11-15", vec![card(old)]), book("b", CUTOFF, last)]).1);
    // Who the others are is another rule's matter.
    said.into_iter().filter(|line| !line.starts_with("S036")).collect()
}

#[test]
fn r116_a_level_that_changed_without_a_word() {
    let (old, new) = ("B|2026-11-10", "A|2026-11-17");
    assert_eq!(weeks(old, new, Some(&["1|潜客|Q2|2026-11-16|是|成功"])), ["R116 b D2"], "with somebody else");
    assert_eq!(weeks(old, new, Some(&["1|潜客|Q1|2026-11-16|否|未接"])), ["R116 b D2"], "an attempt is no contact");
    assert_eq!(weeks(old, new, Some(&["1|潜客|Q1|2026-11-18|是|成功"])), ["R116 b D2"], "afterwards");
    for day in ["2026-11-10", "2026-11-17 18:00"] {
        assert_eq!(weeks(old, new, Some(&[&format!("1|潜客|q1|{day}|是|成功")])), [""; 0], "{day}");
    }
    assert_eq!(weeks(old, new, Some(&["1|潜客|13800001234|2026-11-16|是|成功"])), [""; 0], "by phone");
    let found = weeks(old, new, Some(&["1|潜客|Q1|2026-10-16|是|成功"]));
    assert_eq!(found, ["R205 b D2"], "a contact that was kept out is one mistake, not two");
    assert_eq!(weeks(old, new, None), [""; 0], "no return visits were ever sent");
    assert_eq!(weeks("N|2026-11-10", new, Some(&["1|潜客|Q2|2026-11-16|是|成功"])), [""; 0], "the first level");
    assert_eq!(weeks(old, "B|2026-11-17", Some(&["1|潜客|Q2|2026-11-16|是|成功"])), [""; 0], "the same level");
}

#[test]
fn r117_a_level_that_changed_and_its_time_did_not() {
    assert_eq!(weeks("B|2026-11-10", "A|2026-11-10", None), ["R117 b E2"]);
    assert_eq!(weeks("B|2026-11-10", "A|2026-11-17", None), [""; 0]);
    assert_eq!(weeks("B|2026-11-10", "B|2026-11-10", None), [""; 0]);
}

#[test]
fn a_row_that_was_looked_at_has_notices_for_warnings_and_its_errors_stay() {
    let with = |verified: &str, rows: &[&str]| {
        let mut table = table("order", "order_no phone referrer_phone ordered_at delivered_at vin", rows);
        for row in &mut table.rows {
            let beside = [Value::Null, if verified.is_empty() { Value::Null } else { Value::Flag(verified == "是") }];
            row.values = row.values.iter().cloned().chain(beside).collect();
        }
        let (rows, findings) = checked(vec![book("a", CUTOFF, vec![table])]);
        let said: Vec<String> = findings.iter().map(|f| format!("{} {}", f.code, f.severity)).collect();
        (said, counts(&rows.tallies, "a"))
    };
    let warned = ["1|13800001234|13800001234|2026-11-16||"];
    assert_eq!(with("", &warned), (vec!["R403 warning".to_owned()], [1, 1, 0, 0]));
    assert_eq!(with("否", &warned).0, ["R403 warning"]);
    assert_eq!(with("是", &warned), (vec!["R403 notice".to_owned()], [1, 1, 0, 1]));
    let wrong = ["1|13800001234||2026-11-16|2026-11-15|LSVAB2188E2100001"];
    assert_eq!(with("是", &wrong), (vec!["R401 error".to_owned()], [1, 0, 1, 0]));
}

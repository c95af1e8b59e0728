//! For every code a case that raises exactly it, and a near miss that does not.

use super::*;

/// Code, sheet, header, a row that is wrong, the cell that is marked, a row that is nearly wrong.
const ROWS: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("C015", "order", "order_no delivered_at cancelled_at", "1||2026-11-23", "C2", "1||2026-11-22"),
    ("C015", "order", "order_no promised_on", "1|1999-12-31", "B2", "1|2099-01-01"),
    ("C015", "complaint", "accepted_at", "2026-11-23 00:00", "A2", "2026-11-22 23:59"),
    ("C016", "order", "order_no vin", "1|LSVAB2183E2100001", "B2", "1|LSVAB2188E2100001"),
    ("R101", "prospect", "prospect_no level delivered_at", "1|D|", "C2", "1|D|2026-11-16"),
    // Without the column the cell that contradicts it is marked.
    ("R101", "prospect", "prospect_no level", "1|D", "B2", "1|A"),
    ("R102", "prospect", "prospect_no level ordered_at", "1|O|", "C2", "1|O|2026-11-16"),
    ("R103", "prospect", "prospect_no level cancelled_at", "1|T|", "C2", "1|T|2026-11-16"),
    ("R104", "prospect", "prospect_no level defeated_at defeat_reason", "1|A|2026-11-16|", "D2", "1|A|2026-11-16|竞品"),
    ("R104", "prospect", "prospect_no status defeat_reason", "1|战败|", "C2", "1|休眠|"),
    (
        "R105",
        "prospect",
        "prospect_no level level_at expected_purchase_on",
        "1|H|2026-11-01 10:00|2026-11-09",
        "D2",
        "1|H|2026-11-01 10:00|2026-11-08",
    ),
    (
        "R106",
        "prospect",
        "prospect_no first_contact_at test_drive_at",
        "1|2026-11-05 10:00|2026-11-04",
        "C2",
        "1|2026-11-05 10:00|2026-11-05",
    ),
    (
        "R107",
        "prospect",
        "prospect_no ordered_at delivered_at",
        "1|2026-11-05|2026-11-04",
        "C2",
        "1|2026-11-05 18:00|2026-11-05",
    ),
    (
        "R109",
        "prospect",
        "prospect_no level ordered_at delivered_at",
        "1|O|2026-11-01|2026-11-04",
        "B2",
        "1|D|2026-11-01|2026-11-04",
    ),
    (
        "R118",
        "prospect",
        "prospect_no first_contact_at level_at",
        "1|2026-11-05|2026-11-04",
        "C2",
        "1|2026-11-05|2026-11-05",
    ),
    (
        "R119",
        "prospect",
        "prospect_no defeated_at defeat_reason status defeat_review",
        "1|2026-11-05|价格|跟进|",
        "D2",
        "1|2026-11-05|价格|跟进|待审",
    ),
    (
        "R121",
        "prospect",
        "prospect_no ordered_at cancelled_at",
        "1|2026-11-05|2026-11-04",
        "C2",
        "1|2026-11-05|2026-11-05",
    ),
    (
        "R408",
        "order",
        "order_no ordered_at cancelled_at",
        "1|2026-11-05|2026-11-04",
        "C2",
        "1|2026-11-05 10:00|2026-11-05",
    ),
    ("R409", "order", "order_no ordered_at promised_on", "1|2026-11-05|2026-11-04", "C2", "1|2026-11-05|2026-11-05"),
    ("C015", "owner", "vin birthday", "LSVAB2188E2100001|1916-11-21", "B2", "LSVAB2188E2100001|1916-11-22"),
    ("C015", "owner", "vin birthday", "LSVAB2188E2100001|2026-11-23", "B2", "LSVAB2188E2100001|2026-11-22"),
    (
        "R113",
        "prospect",
        "prospect_no phone referrer_phone",
        "1|13800001234|13800001234",
        "C2",
        "1|13800001234|13800001235",
    ),
    ("R201", "follow_up", "follow_up_no due_on done_at", "1||", "B2", "1|2026-11-16|"),
    ("R202", "follow_up", "follow_up_no done_at connected result", "1|2026-11-16||成功", "C2", "1|2026-11-16|否|未接"),
    ("R203", "follow_up", "follow_up_no done_at connected result", "1|2026-11-16|是|", "D2", "1|2026-11-16|是|再约"),
    (
        "R210",
        "follow_up",
        "follow_up_no due_on done_at connected result",
        "1|2026-11-16|||再约",
        "C2",
        "1|2026-11-16|||",
    ),
    ("R211", "follow_up", "follow_up_no due_on done_at content", "1|2026-11-16||再联系", "C2", "1|2026-11-16||"),
    // A message is neither answered nor does it have a result.
    (
        "R202",
        "follow_up",
        "follow_up_no done_at method connected result",
        "1|2026-11-16|电话||成功",
        "D2",
        "1|2026-11-16|微信||",
    ),
    (
        "R203",
        "follow_up",
        "follow_up_no done_at method connected result",
        "1|2026-11-16|上门|是|",
        "E2",
        "1|2026-11-16|短信||",
    ),
    (
        "R204",
        "follow_up",
        "follow_up_no due_on satisfaction complaint_no",
        "1|2026-11-16|不满意|",
        "D2",
        "1|2026-11-16|不满意|TS1",
    ),
    (
        "R204",
        "follow_up",
        "follow_up_no due_on satisfaction complaint_no",
        "1|2026-11-16|非常不满意|",
        "D2",
        "1|2026-11-16|一般|",
    ),
    (
        "R301",
        "complaint",
        "complaint_no accepted_at responded_at",
        "1|2026-11-16 10:00|2026-11-16 09:59",
        "C2",
        "1|2026-11-16 10:00|2026-11-16",
    ),
    (
        "R302",
        "complaint",
        "complaint_no accepted_at planned_at",
        "1|2026-11-16 10:00|2026-11-15",
        "C2",
        "1|2026-11-16|2026-11-16 08:00",
    ),
    (
        "R303",
        "complaint",
        "complaint_no responded_at closed_at",
        "1|2026-11-16 10:00|2026-11-16 09:00",
        "C2",
        "1|2026-11-16 10:00|2026-11-16 10:00",
    ),
    (
        "R401",
        "order",
        "order_no ordered_at delivered_at vin",
        "1|2026-11-16|2026-11-15|LSVAB2188E2100001",
        "C2",
        "1|2026-11-16|2026-11-16|LSVAB2188E2100001",
    ),
    ("R402", "order", "order_no delivered_at vin", "1|2026-11-16|", "C2", "1||"),
    ("R403", "order", "order_no phone referrer_phone", "1|13800001234|13800001234", "C2", "1|13800001234|"),
    (
        "R501",
        "service_visit",
        "work_order_no in_at out_at",
        "1|2026-11-16 10:00|2026-11-16 09:00",
        "C2",
        "1|2026-11-16 10:00|2026-11-16",
    ),
    ("R503", "service_visit", "work_order_no labour parts total", "1|-300|680|380", "B2", "1|-300|-680|-980"),
    ("R504", "service_visit", "work_order_no labour parts total", "1||-680|380", "C2", "1||680|680"),
];

#[test]
fn a_row_rule_raises_exactly_its_code_and_not_on_a_near_miss() {
    for (code, sheet, header, wrong, cell, nearly) in ROWS {
        assert_eq!(found(sheet, header, &[wrong]), [format!("{code} a {cell}")], "{wrong}");
        assert_eq!(found(sheet, header, &[nearly]), [""; 0], "{code}: {nearly}");
    }
}

#[test]
fn a_rule_is_added_by_one_file_and_a_bad_one_is_said_once() {
    let group = tempfile::tempdir().unwrap();
    let rules = group.path().join("definitions/rules");
    std::fs::create_dir_all(&rules).unwrap();
    let rule = |holds: &str| {
        let text = "{ zh = \"成交价 {price} 太低\", en = \"Price {price} too low\" }";
        let words: String =
            ["title", "message", "cause", "fix"].iter().map(|key| format!("{key} = {text}\n")).collect();
        format!("severity = \"error\"\nsheet = \"order\"\nfield = \"price\"\n{words}holds = \"{holds}\"\n")
    };
    std::fs::write(rules.join("G001.toml"), rule("price >= 50000")).unwrap();
    std::fs::write(rules.join("G002.toml"), rule("random() > 0.5")).unwrap();
    let (catalog, problems) = Catalog::load(Some(group.path())).unwrap();
    assert!(problems.is_empty());
    let settings = Settings::defaults(&catalog);
    let read = book("a", CUTOFF, vec![table("order", "order_no price", &["1|49999", "2|50000", "3|"])]);
    let (rows, findings) =
        check_store(&settings.store("S01"), vec![read], &catalog, &settings, parse_as_of(CUTOFF).unwrap());
    assert_eq!(lines(&findings), ["D001 definitions/rules/G002.toml 8", "G001 a B2"]);
    assert_eq!(FindingWords::new(&catalog, Lang::ZhCn).message(&findings[1]), "成交价 49999.00 太低");
    assert_eq!(current(&rows, "order", "order_no"), ["2", "3"]);
}

#[test]
fn every_rule_of_this_stage_has_its_case() {
    let elsewhere = [
        "R110", "R111", "R112", "R205", "R404", "R502", "R114", "R115", "R116", "R117", "R206", "R207", "R209", "R304",
        "R405", "R407", "R506", "R614", "R615", "R634", "R635", "R636", "R651", "R652", "R672", "R673", "S010", "S011",
        "S012", "S001", "S002", "S003", "S004", "S005", "S006", "S007", "S008", "S009", "S030", "S031", "S032", "S033",
        "S034", "S035", "S036", "S037", "S038", "S039", "S040", "S041", "S042", "R120", "R410", "R126", "R127", "R128",
        "R129", "R130", "R801", "R802", "R803", "R804",
    ];
    let here = |code: &str| code.starts_with(['R', 'S']) || ["C015", "C016"].contains(&code);
    for code in CATALOG.rules.keys().filter(|code| here(code)) {
        assert!(
            elsewhere.contains(&&**code) || ROWS.iter().chain(super::kinds::ROWS).any(|row| row.0 == &**code),
            "{code} has no case"
        );
    }
}

#[test]
fn every_rule_text_is_there_in_both_languages() {
    for rule in CATALOG.rules.values() {
        for text in [&rule.title, &rule.message, &rule.cause, &rule.fix] {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", rule.code);
        }
    }
}

#[test]
fn an_error_keeps_the_row_out_and_a_warning_does_not() {
    let header = "order_no ordered_at delivered_at vin";
    let rows = ["1|2026-11-16|2026-11-15|LSVAB2188E2100001", "2|2026-11-14|2026-11-15|", "3|2026-11-14||"];
    let (store, findings) = checked(vec![book("a", CUTOFF, vec![table("order", header, &rows)])]);
    assert_eq!(lines(&findings), ["R401 a C2", "R402 a D3"]);
    assert_eq!(current(&store, "order", "order_no"), ["2", "3"]);
    // 3 read: the first rejected, the second accepted with a warning, the third clean.
    assert_eq!(counts(&store.tallies, "a"), [3, 2, 1, 1]);
}

#[test]
fn r110_the_later_card_of_an_open_phone() {
    let header = "prospect_no phone first_contact_at level";
    let rows = ["1|13800001234|2026-11-02|A", "2|13800001234|2026-11-03|B", "3|13800001235|2026-11-03|B"];
    assert_eq!(found("prospect", header, &rows), ["R110 a B3"]);
    // The older card is defeated, merged or asleep: one open card.
    let header = "prospect_no phone first_contact_at level status defeat_reason";
    for closed in ["战败|竞品", "合并|", "休眠|"] {
        let older = format!("1|13800001234|2026-11-02|A|{closed}");
        assert_eq!(found("prospect", header, &[&older, "2|13800001234|2026-11-03|B||"]), [""; 0]);
    }
    // The older first contact keeps the card, wherever it stands.
    let header = "prospect_no phone first_contact_at level";
    assert_eq!(found("prospect", header, &["1|13800001234|2026-11-03|A", "2|13800001234|2026-11-02|B"]), ["R110 a B2"]);
}

#[test]
fn r110_leaves_an_earlier_version_in_force() {
    let header = "prospect_no phone first_contact_at level";
    let (store, findings) = checked(vec![
        book(
            "a",
            "2026-11-15",
            vec![table("prospect", header, &["1|13800001234|2026-11-02|A", "2|13800001235|2026-11-03|B"])],
        ),
        book(
            "b",
            "2026-11-22",
            vec![table("prospect", header, &["1|13800001234|2026-11-02|A", "2|13800001234|2026-11-03|B"])],
        ),
    ]);
    assert_eq!(lines(&findings), ["R110 b B3"]);
    assert_eq!(current(&store, "prospect", "phone"), ["13800001234", "13800001235"]);
    assert_eq!(counts(&store.tallies, "b"), [2, 1, 1, 1]);
}

#[test]
fn r111_one_phone_open_in_two_stores() {
    let header = "prospect_no phone level status";
    let settings = Settings::defaults(&CATALOG);
    let store = |id: &str, row: &str| {
        let read = book(id, CUTOFF, vec![table("prospect", header, &[row])]);
        check_store(&settings.store(id), vec![read], &CATALOG, &settings, parse_as_of(CUTOFF).unwrap()).0
    };
    let phones = |a: &str, b: &str| {
        let (a, b) = (store("S01", a), store("S02", b));
        let all: Vec<OpenValue> = [a, b].iter().flat_map(|rows| open_values(rows, &CATALOG)).collect();
        lines(&across_stores(&all, &CATALOG, &settings))
    };
    assert_eq!(phones("1|13800001234|A|", "9|13800001234|H|"), ["R111 S01 2", "R111 S02 2"]);
    assert_eq!(phones("1|13800001234|A|", "9|13800001234|H|合并"), [""; 0]);
    assert_eq!(phones("1|13800001234|A|", "9|13800001235|H|"), [""; 0]);
    assert!(across_stores(&[], &CATALOG, &settings).is_empty());
}

#[test]
fn r205_a_contact_before_the_first() {
    let prospects =
        || table("prospect", "prospect_no phone first_contact_at level", &["Q1|13800001234|2026-11-10 10:00|A"]);
    let found = |row: &str| {
        let follow_ups = table("follow_up", "follow_up_no party customer_key done_at connected result", &[row]);
        lines(&checked(vec![book("a", CUTOFF, vec![prospects(), follow_ups])]).1)
    };
    assert_eq!(found("1|潜客|q1|2026-11-10 09:59|是|成功"), ["R205 a D2"]);
    assert_eq!(found("1|潜客|13800001234|2026-11-09|是|成功"), ["R205 a D2"]);
    assert_eq!(found("1|潜客|Q1|2026-11-10|是|成功"), [""; 0], "the same day may be later");
    assert_eq!(found("1|潜客|Q2|2026-11-01|是|成功"), ["S036 a C2"], "another prospect, whom nobody knows");
    assert_eq!(found("1|车主|13800001234|2026-11-01|是|成功"), [""; 0], "an owner was a customer before");
}

#[test]
fn r404_the_order_sheet_closes_a_card() {
    let found = |level: &str, orders: &[&str]| {
        let card = format!("Q1|13800001234|2026-11-02 10:00|A|{level}");
        let prospects = table("prospect", "prospect_no phone first_contact_at level level_at", &[&card]);
        let orders = table("order", "order_no phone ordered_at delivered_at cancelled_at vin", orders);
        let (rows, findings) = checked(vec![book("a", CUTOFF, vec![prospects, orders])]);
        assert_eq!(current(&rows, "prospect", "prospect_no"), ["Q1"], "a notice keeps nothing out");
        lines(&findings)
    };
    let vin = "LSVAB2188E2100001";
    let since = "2026-11-03";
    assert_eq!(found(since, &[&format!("1|13800001234|2026-11-05|2026-11-10||{vin}")]), ["R404 a D2"], "delivered");
    assert_eq!(found(since, &["1|13800001234|2026-11-05||2026-11-10|"]), ["R404 a D2"], "cancelled");
    assert_eq!(found(since, &["1|13800001234|2026-11-05|||"]), [""; 0], "ordered only");
    let another = ["1|13800001234|2026-11-05||2026-11-10|", "2|13800001234|2026-11-06|||"];
    assert_eq!(found(since, &another), [""; 0], "the customer waits for another car");
    assert_eq!(found("2026-11-11", &[&format!("1|13800001234|2026-11-05|2026-11-10||{vin}")]), [""; 0], "open again");
    assert_eq!(found(since, &[&format!("1|13800001234|2026-10-05|2026-11-10||{vin}")]), [""; 0], "an earlier purchase");
    assert_eq!(found(since, &[&format!("1|13800001235|2026-11-05|2026-11-10||{vin}")]), [""; 0], "another's");
}

#[test]
fn r120_level_o_needs_an_order() {
    let found = |level: &str, orders: Option<&str>| {
        let card = format!("Q1|13800001234|2026-11-02|{level}|2026-11-05");
        let header = "prospect_no phone first_contact_at level ordered_at";
        let mut tables = vec![table("prospect", header, &[&card])];
        tables.extend(orders.map(|row| table("order", "order_no phone ordered_at", &[row])));
        lines(&checked(vec![book("a", CUTOFF, tables)]).1)
    };
    assert_eq!(found("O", Some("1|13900001234|2026-11-05")), ["R120 a B2"]);
    assert_eq!(found("O", Some("1|13800001234|2026-11-05")), [""; 0]);
    assert_eq!(found("A", Some("1|13900001234|2026-11-05")), [""; 0], "not ordered");
    assert_eq!(found("O", None), [""; 0], "a store that sends no orders");
}

#[test]
fn what_is_older_than_the_other_sheet_is_not_missed_there() {
    let (old, new, filed) = ("LSVAB2188E2100001", "LSVAB2187E2100037", "LSVAB2189E2100010");
    let header = "order_no vin ordered_at delivered_at";
    let orders = [format!("1|{old}|2026-01-02|2026-01-20"), format!("2|{new}|2026-11-02|2026-11-10")];
    let orders = table("order", header, &[&orders[0], &orders[1]]);
    let owners = |since: &str| table("owner", "vin bought_on", &[&format!("{filed}|{since}")]);
    let found = |since: &str| {
        let all = lines(&checked(vec![book("a", CUTOFF, vec![orders.clone(), owners(since)])]).1);
        all.into_iter().filter(|line| line.starts_with("R405")).collect::<Vec<_>>()
    };
    assert_eq!(found("2026-11-01"), ["R405 a B3"], "the first owner files begin in November");
    assert_eq!(found("2025-11-01"), ["R405 a B2", "R405 a B3"]);
    // A card at O whose order is older than all the orders that were sent.
    let card = table("prospect", "prospect_no phone level ordered_at", &["Q1|13800001234|O|2026-01-02"]);
    let order = |at: &str| table("order", "order_no phone ordered_at", &[&format!("9|13900001234|{at}")]);
    let found = |at: &str| lines(&checked(vec![book("a", CUTOFF, vec![card.clone(), order(at)])]).1);
    assert_eq!(found("2026-02-01"), [""; 0]);
    assert_eq!(found("2026-01-01"), ["R120 a B2"]);
}

#[test]
fn r410_one_car_in_two_orders() {
    let vin = "LSVAB2188E2100001";
    let found = |rows: [&str; 2]| {
        let rows = rows.map(|row| row.replace("VIN", vin));
        found("order", "order_no vin ordered_at cancelled_at", &[&rows[0], &rows[1]])
    };
    assert_eq!(found(["1|VIN|2026-11-02|", "2|VIN|2026-11-03|"]), ["R410 a B3"]);
    assert_eq!(found(["1|VIN|2026-11-02|2026-11-03", "2|VIN|2026-11-03|"]), [""; 0], "the first was cancelled");
    assert_eq!(found(["1|VIN|2026-11-02|", "2||2026-11-03|"]), [""; 0], "no car yet");
    let (rows, _) = checked(vec![book(
        "a",
        CUTOFF,
        vec![table("order", "order_no vin", &[&format!("1|{vin}"), &format!("2|{vin}")])],
    )]);
    assert_eq!(current(&rows, "order", "order_no"), ["1", "2"], "a warning keeps nothing out");
}

#[test]
fn a_cell_that_only_describes_keeps_no_row_out() {
    let mut read = book("a", CUTOFF, vec![table("prospect", "prospect_no budget level_at", &["1||2026-11-05"])]);
    let unread = |field: &str, col: u32| {
        let place = Place { workbook: "a".into(), sheet: "潜客表".into(), row: Some(2), col: Some(col) };
        CATALOG.finding("C004", "S01", place, field, arguments! { "shown" => "" })
    };
    read.findings.push(unread("预算", 1));
    let (rows, findings) = checked(vec![read.clone()]);
    assert_eq!(lines(&findings), ["C004 a B2"]);
    assert_eq!(findings[0].severity, Severity::Error);
    assert_eq!(counts(&rows.tallies, "a"), [1, 1, 0, 0], "accepted, and not clean");
    // The time of the level decides.
    read.findings.push(unread("级别更新时间", 2));
    assert_eq!(counts(&checked(vec![read]).0.tallies, "a"), [1, 0, 1, 0]);
    // A date that cannot be is empty there, and is no news for what was sent before.
    let owner = |path: &str, to: &str, birthday: &str| {
        let row = format!("LSVAB2188E2100001|{birthday}");
        book(path, to, vec![table("owner", "vin birthday", &[&row])])
    };
    let (rows, findings) = checked(vec![owner("a", "2026-11-15", "1985-05-01"), owner("b", CUTOFF, "1905-05-01")]);
    assert_eq!(lines(&findings), ["C015 b B2"]);
    assert_eq!(counts(&rows.tallies, "b"), [1, 1, 0, 0]);
    assert_eq!(current(&rows, "owner", "birthday"), [""]);
}

#[test]
fn r502_mileage_falls() {
    let header = "work_order_no vin in_at mileage";
    let (a, b) = ("LSVAB2188E2100001", "LSVAB2187E2100037");
    let found = |rows: &[String]| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        found("service_visit", header, &rows).into_iter().filter(|line| line.starts_with('R')).collect::<Vec<_>>()
    };
    let visit = |no: u32, vin: &str, at: &str, km: u32| format!("{no}|{vin}|{at}|{km}");
    assert_eq!(found(&[visit(1, a, "2026-05-01", 9000), visit(2, a, "2026-11-01", 8999)]), ["R502 a D3"]);
    assert_eq!(found(&[visit(1, a, "2026-05-01", 9000), visit(2, a, "2026-11-01", 9000)]), [""; 0]);
    assert_eq!(found(&[visit(1, a, "2026-05-01", 9000), visit(2, b, "2026-11-01", 10)]), [""; 0], "another car");
    assert_eq!(found(&[visit(1, a, "2026-05-01", 9000), visit(2, a, "2026-05-01 09:00", 10)]), [""; 0], "one day");
    // Time decides, not the order of rows; one high reading is one finding: 9000, 99000, 9500, 9800.
    let odd = [
        visit(1, a, "2026-04-01", 9800),
        visit(2, a, "2026-01-01", 9000),
        visit(3, a, "2026-02-01", 99000),
        visit(4, a, "2026-03-01", 9500),
    ];
    assert_eq!(found(&odd), ["R502 a D5"]);
}

#[test]
fn s001_only_when_an_order_is_needed() {
    let order = |no: &str| vec![table("order", "order_no", &[no])];
    let found = |reads: Vec<WorkbookRead>| lines(&checked(reads).1);
    assert_eq!(found(vec![book("b", "", order("1")), book("a", "", order("2"))]), ["S001 a ", "S001 b "]);
    assert_eq!(found(vec![book("b", "2026-11-22", order("1")), book("a", "", order("2"))]), ["S001 a "]);
    assert_eq!(found(vec![book("a", "", order("1"))]), [""; 0], "one workbook needs no order");
    let visits = vec![table("service_visit", "work_order_no", &["1"])];
    assert_eq!(found(vec![book("a", "", order("1")), book("b", "", visits)]), [""; 0], "different sheets");
    assert_eq!(found(vec![book("a", "2026-11-15", order("1")), book("b", "2026-11-22", order("2"))]), [""; 0]);
}

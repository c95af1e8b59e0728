//! Slips that only the store's other rows, other stores or the settings show: S006, S030, S034, S036 to S040.

use super::*;
use crate::model::{CoverCell, Grain, Period};

#[test]
fn s016_nobody_has_this_number() {
    let found = |key: &str, party: &str| {
        let prospects = table(
            "prospect",
            "prospect_no phone first_contact_at level",
            &["QK20261101001|13800001234|2026-11-02|A", "QK20261101002|13800001235|2026-11-02|A"],
        );
        let row = format!("1|{party}|{key}|2026-11-10|是|成功");
        let follow_ups = table("follow_up", "follow_up_no party customer_key done_at connected result", &[&row]);
        checked(vec![book("a", CUTOFF, vec![prospects, follow_ups])]).1
    };
    for known in ["QK20261101001", "qk20261101001", "13800001234"] {
        assert_eq!(lines(&found(known, "潜客")), [""; 0], "{known}");
    }
    assert_eq!(lines(&found("QK20261101O01", "潜客")), ["S036 a C2"]);
    assert_eq!(lines(&found("QK20261101O01", "车主")), [""; 0], "owners may be older than the sheets");
    // A card that was kept out is known all the same: one mistake, one finding.
    let cards = table("prospect", "prospect_no phone level delivered_at", &["Q1|13800001234|D|"]);
    let contact = table(
        "follow_up",
        "follow_up_no party customer_key done_at connected result",
        &["1|潜客|Q1|2026-11-10|是|成功"],
    );
    assert_eq!(lines(&checked(vec![book("a", CUTOFF, vec![cards, contact])]).1), ["R101 a D2"]);
    let said = worded(&found("QK20261101O01", "潜客")[0], Lang::ZhCn);
    assert!(said.contains("最接近的是 QK20261101001（a · 潜客表 · 2）"), "{said}");
    // A phone is masked; what is nowhere near is not suggested.
    let said = worded(&found("13900001234", "潜客")[0], Lang::ZhCn);
    assert!(said.contains("139****1234") && said.contains("138****1234"), "{said}");
    assert!(!worded(&found("QK999", "潜客")[0], Lang::ZhCn).contains("最接近"));
    // A store that never sent a sheet of customers cannot be held to it.
    let alone = table(
        "follow_up",
        "follow_up_no party customer_key done_at connected result",
        &["1|潜客|X|2026-11-10|是|成功"],
    );
    assert_eq!(lines(&checked(vec![book("a", CUTOFF, vec![alone])]).1), [""; 0]);
}

#[test]
fn s017_and_s018_far_from_the_stores_own() {
    let rows = |prices: &[(&str, u32)]| -> Vec<String> {
        let usual = (0..40).map(|i| format!("{i}|2026-10-{:02}|{}", 1 + i % 28, 100_000 + i * 1000));
        let more = prices.iter().zip(100..).map(|((day, price), no)| format!("{no}|{day}|{price}"));
        usual.chain(more).collect()
    };
    let of = |kind: &str, header: &str, prices: &[(&str, u32)]| {
        let rows = rows(prices);
        found(kind, header, &rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let order = |prices: &[(&str, u32)]| of("order", "order_no ordered_at price", prices);
    // 100 000 to 139 000 so far.
    assert_eq!(order(&[("2026-11-02", 1_390_001)]), ["S037 a C42"]);
    assert_eq!(order(&[("2026-11-02", 1_390_000)]), [""; 0]);
    assert_eq!(order(&[("2026-11-02", 9_999)]), ["S037 a C42"]);
    assert_eq!(order(&[("2026-11-02", 10_000)]), [""; 0]);
    // What was odd is no measure for the next; a year later nothing is left to compare with.
    assert_eq!(order(&[("2026-11-02", 2_000_000), ("2026-11-03", 2_000_000)]), ["S037 a C42", "S037 a C43"]);
    let old: Vec<String> = rows(&[])
        .iter()
        .map(|row| row.replace("2026-10", "2025-10"))
        .chain(["99|2026-11-02|9000000".to_owned()])
        .collect();
    assert_eq!(
        found("order", "order_no ordered_at price", &old.iter().map(String::as_str).collect::<Vec<_>>()),
        [""; 0]
    );
    assert_eq!(of("service_visit", "work_order_no in_at total", &[("2026-11-02", 2_000_000)]), ["S038 a C42"]);
    // Too few rows to know what is usual.
    assert_eq!(found("order", "order_no ordered_at price", &["1|2026-11-01|100000", "2|2026-11-02|9000000"]), [""; 0]);
}

#[test]
fn s019_a_name_one_character_off() {
    let named = |names: &[&str]| {
        let rows: Vec<String> = names.iter().enumerate().map(|(i, name)| format!("{i}|{name}")).collect();
        found("order", "order_no consultant", &rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let often = ["李宏伟"; 20];
    assert_eq!(named(&[&often[..], &["李宏玮"]].concat()), ["S039 a B22"]);
    assert_eq!(named(&[&often[..], &["李宏"]].concat()), ["S039 a B22"]);
    assert_eq!(named(&[&often[..], &["王大明"]].concat()), [""; 0], "another person");
    assert_eq!(named(&[&often[..], &["李宏玮"; 10]].concat()), [""; 0], "two persons");
    assert_eq!(named(&["李宏伟", "李宏伟", "李宏玮"]), [""; 0], "nobody is usual yet");
    // Of all sheets of the store; its newest row is told.
    let orders: Vec<String> = (0..20).map(|i| format!("{i}|李宏伟")).collect();
    let orders = table("order", "order_no consultant", &orders.iter().map(String::as_str).collect::<Vec<_>>());
    let visits = table("service_visit", "work_order_no advisor", &["1|李宏玮"]);
    assert_eq!(lines(&checked(vec![book("a", CUTOFF, vec![orders, visits])]).1), ["S039 a B2"]);
}

#[test]
fn s020_a_frozen_month_stands() {
    let frozen = Settings { frozen_until: Period::parse("2026-09"), ..Settings::defaults(&CATALOG) };
    let header = "order_no ordered_at delivered_at price phone vin";
    let vin = "LSVAB2188E2100001";
    let found = |weeks: &[(&str, &str)], settings: &Settings| {
        let reads = weeks.iter().zip(["a", "b", "c"]);
        let reads = reads.map(|((to, row), path)| book(path, to, vec![table("order", header, &[row])])).collect();
        let (rows, findings) = checked_with(reads, settings);
        (lines(&findings), current(&rows, "order", "price"), findings)
    };
    let first = ("2026-09-27", "1|2026-09-20||100000|13800001234|");
    let later = |row: &'static str| ("2026-11-15", row);
    let restated = later("1|2026-09-20||120000|13800001234|");
    let (codes, prices, findings) = found(&[first, restated], &frozen);
    assert_eq!((codes, prices), (vec!["S040 b D2".to_owned()], vec!["100000.00".to_owned()]));
    let said = worded(&findings[0], Lang::ZhCn);
    assert!(said.contains("2026-09") && said.contains("成交价 100000.00 → 120000.00"), "{said}");
    // Without the freeze it is a restatement and counts.
    assert_eq!(found(&[first, restated], &Settings::defaults(&CATALOG)).1, ["120000.00"]);
    // What happens later goes on; so does what the weeks of the month itself say.
    let delivered = format!("1|2026-09-20|2026-11-10|100000|13800001234|{vin}");
    let (codes, prices, _) = found(&[first, ("2026-11-15", &delivered)], &frozen);
    assert_eq!((codes, prices), (vec![], vec!["100000.00".to_owned()]));
    let in_time = ("2026-10-04", "1|2026-09-20||120000|13800001234|");
    assert_eq!(found(&[first, in_time], &frozen).1, ["120000.00"], "a week that began in September");
    // A date put into a frozen month later, and a row first sent later, change its figures too.
    let back = format!("1|2026-09-20|2026-09-28|100000|13800001234|{vin}");
    assert_eq!(found(&[first, ("2026-11-15", &back)], &frozen).0, ["S040 b C2"]);
    let new = found(&[first, later("2|2026-09-21||1|13800001235|")], &frozen);
    assert_eq!((new.0, new.1), (vec!["S040 b 2".to_owned()], vec!["100000.00".to_owned()]));
    assert_eq!(found(&[first, later("2|2026-10-01||1|13800001235|")], &frozen).0, [""; 0]);
    // A phone is not shown.
    let said = worded(&found(&[first, later("1|2026-09-20||100000|13800001299|")], &frozen).2[0], Lang::ZhCn);
    assert!(said.contains("客户电话 *** → ***"), "{said}");
}

#[test]
fn workbooks_that_are_set_aside() {
    let settings = Settings::defaults(&CATALOG);
    let ids: Vec<std::sync::Arc<str>> = vec!["S01".into(), "S02".into()];
    let aside = |read: WorkbookRead, settings: &Settings| {
        let mut reads = vec![read];
        let store = crate::project::Store { name: "浦东店".to_owned(), ..settings.store("S01") };
        set_aside(&store, &mut reads, &ids, &CATALOG, settings, parse_as_of(CUTOFF).unwrap());
        let kept = reads[0].tables.len();
        (lines(&reads[0].findings), kept)
    };
    let cover = |code: &str| {
        let mut read = book("a", CUTOFF, vec![table("order", "order_no", &["1"])]);
        let args = arguments! { "code" => code, "folder" => "S01" };
        let place = Place::row("a", "cover", 2, Some(1));
        read.findings = vec![
            CATALOG.finding("S006", "S01", place, "", args),
            CATALOG.finding("H004", "S01", Place::sheet("a", "x"), "", Vec::new()),
        ];
        read
    };
    assert_eq!(aside(cover("S02"), &settings), (vec!["S006 a B2".to_owned()], 0));
    assert_eq!(aside(cover("s02"), &settings).1, 0);
    // No store's code is told and read; the store's own name is no mistake.
    assert_eq!(aside(cover("HZ0571"), &settings), (vec!["H004 a ".to_owned(), "S030 a B2".to_owned()], 1));
    assert_eq!(aside(cover("浦东店"), &settings), (vec!["H004 a ".to_owned()], 1));
    // A group may want the rows all the same.
    let severities = [("S006".to_owned(), Severity::Warning)].into_iter().collect();
    assert_eq!(aside(cover("S02"), &Settings { severities, ..settings.clone() }).1, 1);
    let week = |to: &str| WorkbookRead {
        week_at: Some(CoverCell { place: Place::row("a", "cover", 4, Some(1)), label: "x".into() }),
        ..book("a", to, vec![table("order", "order_no", &["1"])])
    };
    assert_eq!(aside(week("2027-11-22"), &settings), (vec!["S034 a B4".to_owned()], 0));
    assert_eq!(aside(week("2026-12-24"), &settings).1, 0);
    assert_eq!(aside(week("2026-12-23"), &settings), (vec![], 1), "a month ahead is S009");
    assert_eq!(Period::of(Grain::Month, parse_as_of(CUTOFF).unwrap().date()).to_string(), "2026-11");
}

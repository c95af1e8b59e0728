//! Targets held to each other, and what forms leave open.

use super::*;

const TARGET: &str = "month tier object metric model value version locked";

#[test]
fn r801_r804_parts_of_the_newest_version_add_up_to_the_whole() {
    let store = "2026-11|店|S01|订单||24|2026-11-01|";
    let of = |name: &str, value: u32, version: &str| format!("2026-11|顾问|{name}|订单||{value}|{version}|");
    let (first, second) = (of("甲", 10, "2026-11-01"), of("乙", 13, "2026-11-01"));
    assert_eq!(found("target", TARGET, &[store, &first, &second]), ["R801 a F4"]);
    // A version before is none of the sum.
    let (old, new) = (of("乙", 20, "2026-10-01"), of("乙", 14, "2026-11-01"));
    assert_eq!(found("target", TARGET, &[store, &first, &old, &new]), [""; 0]);
    // Without a whole there is nothing to add up to.
    assert_eq!(found("target", TARGET, &[&first, &second]), [""; 0]);
    let model = |value: u32| format!("2026-11|店|S01|订单|X5|{value}|2026-11-01|");
    assert_eq!(found("target", TARGET, &[store, &model(10)]), ["R804 a F3"]);
    assert_eq!(found("target", TARGET, &[store, &model(24)]), [""; 0]);
}

#[test]
fn r802_a_locked_target_keeps_its_number() {
    let locked = "2026-11|顾问|甲|订单||12|2026-10-01|是";
    let later = |value: u32| format!("2026-11|顾问|甲|订单||{value}|2026-11-01|");
    assert_eq!(found("target", TARGET, &[locked, &later(10)]), ["R802 a F3"]);
    assert_eq!(found("target", TARGET, &[locked, &later(12)]), [""; 0]);
}

#[test]
fn r803_a_target_is_of_a_time_near_its_version() {
    assert_eq!(found("target", TARGET, &["2062-11|顾问|甲|订单||12|2026-10-01|"]), ["R803 a A2"]);
    assert_eq!(found("target", TARGET, &["2028|顾问|甲|订单||12|2026-10-01|"]), [""; 0]);
}

#[test]
fn what_a_form_has_no_place_for_stays_as_it_was() {
    let header = "action_no function problem measure owner raised_on due_on done_on";
    let sent = table("action", header, &["1|客户信息管理|回访不及时|调整排班|王客服|2026-11-09|2026-11-30|"]);
    let form = Table { of_form: true, ..table("action", "action_no done_on", &["1|2026-11-20", "2|2026-11-20"]) };
    let (rows, findings) = checked(vec![book("a", "2026-11-15", vec![sent]), book("b", "2026-11-22", vec![form])]);
    // Of the second nothing is known that its sheet needs; the form has no cell for it.
    assert_eq!(current(&rows, "action", "problem").first().map(String::as_str), Some("回访不及时"));
    assert_eq!(current(&rows, "action", "done_on").first().map(String::as_str), Some("2026-11-20"));
    assert!(lines(&findings).iter().all(|line| !line.starts_with("S002")), "{:?}", lines(&findings));
}

//! One table for each type: what is written, what is read, which notes.

mod texts;

use super::*;
use crate::{
    arguments,
    catalog::Catalog,
    model::{Instant, Message},
};

fn column(sheet: &str, field: &str) -> ColumnPlan {
    let (catalog, _) = Catalog::load(None).expect("embedded definitions load");
    let index = catalog.sheet(sheet).and_then(|sheet| sheet.field(field)).expect("a field");
    let plan = crate::intake::plan::Plan::of(&catalog);
    let sheet = plan.sheets.iter().find(|own| *own.id == *sheet).expect("a sheet");
    ColumnPlan { identifies: false, ..sheet.columns[index].clone() }
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

fn around() -> Surroundings {
    Surroundings { from_1904: false, week_end: day("2026-03-08"), scale: 1 }
}

fn text(text: &str) -> Raw {
    Raw::Text(text.into())
}

/// Full-width, as an input method types it.
fn wide(ascii: &str) -> Raw {
    let full = |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0).unwrap_or(c) } else { c };
    Raw::Text(ascii.chars().map(full).collect::<String>().into())
}

fn number(value: f64) -> Raw {
    Raw::Number { value, dated: false }
}

/// `value codes`, such as `2026-03-05 C001`.
fn said(raw: &Raw, column: &ColumnPlan, around: Surroundings) -> String {
    let coerced = coerce(raw, column, around);
    let codes: Vec<&str> = coerced.notes.iter().map(|note| note.code).collect();
    format!("{} {}", coerced.value.display(), codes.join(" ")).trim().to_owned()
}

#[track_caller]
fn table(column: &ColumnPlan, rows: &[(Raw, &str)]) {
    for (raw, expected) in rows {
        assert_eq!(said(raw, column, around()), *expected, "{raw:?}");
    }
}

#[test]
fn months() {
    let column = column("channel_cost", "month");
    table(
        &column,
        &[
            (text("2026-02"), "2026-02-01"),
            (text("2026/2"), "2026-02-01"),
            (text("2026.2"), "2026-02-01 C001"),
            (text("2026年2月"), "2026-02-01 C001"),
            (text("2026年02月份"), "2026-02-01 C001"),
            (text("202602"), "2026-02-01 C001"),
            (wide("2026-02"), "2026-02-01 C001"),
            (text("2026-02-11"), "2026-02-01 C001"),
            (text("2月"), "2026-02-01 C002"),
            (text("二月份"), "2026-02-01 C002"),
            // April lies behind 周止: it was last year's
            (text("4月"), "2025-04-01 C002"),
            (number(202_602.0), "2026-02-01 C001"),
            // 1 and 11 February 2026 as days
            (Raw::Number { value: 46_054.0, dated: true }, "2026-02-01"),
            (Raw::Number { value: 46_064.0, dated: true }, "2026-02-01 C001"),
            (number(2026.11), "2026-11-01 C001"),
            // October as often as January
            (number(2026.1), "C003"),
            (text("2026"), "C003"),
            (text("13月"), "C003"),
            (text("2026-13"), "C003"),
            (text("下个月"), "C003"),
            (text("1999-12"), "C003"),
            (text("-"), "C001"),
            (text("  "), ""),
        ],
    );
    let none = Surroundings { week_end: None, ..around() };
    assert_eq!(said(&text("2月"), &column, none), "C003");
}

#[test]
fn months_and_years() {
    table(
        &column("target", "month"),
        &[
            (text("2026-10"), "2026-10"),
            (text("2026年10月"), "2026-10 C001"),
            (text("2026"), "2026"),
            (number(2026.0), "2026"),
            (text("2026年"), "2026 C001"),
            (text("2026年度"), "2026 C001"),
            (text("全年"), "C003"),
            (number(26.0), "C003"),
        ],
    );
}

#[test]
fn a_category_that_takes_figures_keeps_other_texts_for_check() {
    let column = column("target", "metric");
    assert_eq!(said(&text("新增HA"), &column, around()), "新增H/A C001");
    assert_eq!(said(&text("pool_convert"), &column, around()), "pool_convert");
    let plain = self::column("target", "tier");
    assert_eq!(said(&text("pool_convert"), &plain, around()), "C006");
}

#[test]
fn instants() {
    let column = column("prospect", "first_contact_at");
    table(
        &column,
        &[
            (text("2026-03-05"), "2026-03-05"),
            (text("2026/3/5"), "2026-03-05"),
            (text(" 2026-3-5 9:05 "), "2026-03-05 09:05"),
            (text("2026-03-05T09:05:30.000"), "2026-03-05 09:05:30"),
            (text("2026.3.5"), "2026-03-05 C001"),
            (text("2026年3月5日"), "2026-03-05 C001"),
            (text("2026年3月5日 星期四 15时20分"), "2026-03-05 15:20 C001"),
            (text("2026年3月5号(周四)"), "2026-03-05 C001"),
            (text("2026 年 3 月 5 日"), "2026-03-05 C001"),
            (text("20260305"), "2026-03-05 C001"),
            (wide("2026-03-05"), "2026-03-05 C001"),
            (text("46086"), "2026-03-05 C001"),
            (text("46086.5"), "2026-03-05 12:00 C001"),
            (text("2026-3-5 上午9:05"), "2026-03-05 09:05 C001"),
            (text("2026-3-5 下午3点半"), "2026-03-05 15:30 C001"),
            (text("2026-3-5 3:05 PM"), "2026-03-05 15:05 C001"),
            (text("2026-3-5 中午12:10"), "2026-03-05 12:10 C001"),
            // Midnight is no time, however it is written.
            (text("2026-03-05 00:00"), "2026-03-05"),
            (text("2026-03-05 00:00:00"), "2026-03-05"),
            (text("2026-03-05T00:00:00.000"), "2026-03-05"),
            (text("2026/3/5 0:00"), "2026-03-05"),
            (text("2026年3月5日 0时0分"), "2026-03-05 C001"),
            (text("2026-3-5 凌晨12:00"), "2026-03-05 C001"),
            (text("2026/3/5 上午12:00:00"), "2026-03-05 C001"),
            (text("2026-3-5 12:00 AM"), "2026-03-05 C001"),
            (text("20260305 00:00"), "2026-03-05 C001"),
            (text("3月5日 0:00"), "2026-03-05 C002"),
            (text("46086.0"), "2026-03-05 C001"),
            // Hours with the part of the day that they belong to.
            (text("2026-3-5 晚上8:30"), "2026-03-05 20:30 C001"),
            (text("2026-3-5 晚8点半"), "2026-03-05 20:30 C001"),
            (text("2026-3-5 晚上20:30"), "2026-03-05 20:30 C001"),
            (text("2026-3-5 傍晚6:00"), "2026-03-05 18:00 C001"),
            (text("2026-3-5 凌晨1:00"), "2026-03-05 01:00 C001"),
            (text("2026-3-5 下午15:30"), "2026-03-05 15:30 C001"),
            (text("2026-3-5 中午1点"), "2026-03-05 13:00 C001"),
            (text("2026-3-5 中午11:30"), "2026-03-05 11:30 C001"),
            (text("2026-3-5 3:30 PM"), "2026-03-05 15:30 C001"),
            // Others can be read in two ways.
            (text("2026-3-5 晚上1:00"), "C003"),
            (text("2026-3-5 晚上12点"), "C003"),
            (text("2026-3-5 傍晚 2:00"), "C003"),
            (text("2026-3-5 上午15:30"), "C003"),
            (text("2026-3-5 上午12:05"), "C003"),
            (text("2026-3-5 早上1:00"), "C003"),
            (text("2026-3-5 凌晨9:00"), "C003"),
            (text("2026-3-5 AM 15:30"), "C003"),
            // Month and day.
            (text("3/5"), "2026-03-05 C002"),
            (text("3-5"), "2026-03-05 C002"),
            (text("11/17"), "2025-11-17 C002"),
            (text("３／５ 9:05"), "2026-03-05 09:05 C002"),
            (text("13/5"), "C003"),
            (text("3/5/26"), "C003"),
            (text("3.5"), "C003"),
            (text("3月5日"), "2026-03-05 C002"),
            (text("3月5日 9:05"), "2026-03-05 09:05 C002"),
            // 9 March lies behind 周止: it was last year's
            (text("3月9日"), "2025-03-09 C002"),
            (text("2月29日"), "2024-02-29 C002"),
            (number(20_260_305.0), "2026-03-05 C001"),
            (number(46_086.0), "2026-03-05 C001"),
            (Raw::Number { value: 46_086.0, dated: true }, "2026-03-05"),
            (Raw::Number { value: 46_086.378_472_222, dated: true }, "2026-03-05 09:05"),
            (text("-"), "C001"),
            (text("  "), ""),
            // not knowable
            (text("20260230"), "C003"),
            (text("2026-02-30"), "C003"),
            (text("26-3-5"), "C003"),
            (text("2026-3-5 25:00"), "C003"),
            (text("2026-3-5 明天"), "C003"),
            (text("2026-3"), "C003"),
            (text("0226-03-05"), "C003"),
            (number(12.0), "C003"),
            (Raw::Number { value: 0.5, dated: true }, "C003"),
            (Raw::Number { value: 60.0, dated: true }, "C003"),
            (Raw::Bool(true), "C003"),
            (Raw::Error("#N/A".into()), "C009"),
            (Raw::NoCache, "C010"),
        ],
    );
    let no_week = Surroundings { week_end: None, ..around() };
    assert_eq!(said(&text("3月5日"), &column, no_week), "C003");
}

#[test]
fn serials_count_from_1900_or_1904() {
    let of = |serial, from_1904| of_serial_day(serial, from_1904);
    assert_eq!(of(1.0, false), day("1900-01-01"));
    assert_eq!(of(59.0, false), day("1900-02-28"));
    assert_eq!(of(61.0, false), day("1900-03-01"));
    // 46086 − 1462 = 44624
    assert_eq!(of(46_086.0, false), day("2026-03-05"));
    assert_eq!(of(44_624.0, true), day("2026-03-05"));
}

fn of_serial_day(serial: f64, from_1904: bool) -> Option<NaiveDate> {
    date::of_serial(serial, from_1904).map(|at: Instant| at.date())
}

#[test]
fn a_date_column_drops_the_time() {
    let column = column("prospect", "next_contact_on");
    table(
        &column,
        &[
            (text("2026-03-05 09:30"), "2026-03-05 C017"),
            (text("2026年3月5日 9:30"), "2026-03-05 C017"),
            (Raw::Number { value: 46_086.5, dated: true }, "2026-03-05 C017"),
            (text("2026-03-05"), "2026-03-05"),
            // a plan may lie ahead: 2 January is nearer to 8 March than last year's, 20 December is behind
            (text("3月12日"), "2026-03-12 C002"),
            (text("12月20日"), "2025-12-20 C002"),
        ],
    );
}

#[test]
fn phones() {
    let column = column("prospect", "phone");
    table(
        &column,
        &[
            (text("13800001234"), "13800001234"),
            (number(13_800_001_234.0), "13800001234"),
            (text(" 13800001234\u{200B}"), "13800001234"),
            (text("13800001234.0"), "13800001234 C001"),
            (text("138 0000 1234"), "13800001234 C001"),
            (text("138\u{A0}0000\u{A0}1234"), "13800001234 C001"),
            (text("138-0000-1234"), "13800001234 C001"),
            (wide("13800001234"), "13800001234 C001"),
            (text("+8613800001234"), "13800001234 C001"),
            (text("+86 138-0000-1234"), "13800001234 C001"),
            (text("0086-13800001234"), "13800001234 C001"),
            (text("8613800001234"), "13800001234 C001"),
            (number(8_613_800_001_234.0), "13800001234 C001"),
            (text("013800001234"), "13800001234 C001"),
            (text("021-12345678"), "02112345678 C014"),
            (text("4008001234"), "4008001234 C014"),
            (text("+852 9123 4567"), "+85291234567 C014"),
            // A number abroad whose digits look like a mobile of ours.
            (text("+1 415 555 2671"), "+14155552671 C014"),
            (text("+886912345678"), "+886912345678 C014"),
            (text("91234567"), "91234567 C014"),
            // not knowable
            (text("1.38E+10"), "C005"),
            (text("1380000123"), "C005"),
            (text("138000012345"), "C005"),
            (text("12800001234"), "C005"),
            (text("13800001234/13900005678"), "C005"),
            (text("13800001234 13900005678"), "C005"),
            (text("1380000123413900005678"), "C005"),
            (text("13800001234、021-12345678"), "C005"),
            (text("张三13800001234"), "C005"),
            (number(13_800_001_234.5), "C005"),
            (number(1_380_000_123_413_900.0), "C005"),
            (text("#N/A"), "C009"),
            (number(1.38e20), "C005"),
            (text("无"), "C001"),
        ],
    );
    let repaired = coerce(&text("138-0000-1234"), &column, around());
    assert_eq!(
        repaired.notes[0].args,
        arguments! { "change" => Message::new("change.signs") },
        "no phone in a message"
    );
}

#[test]
fn numbers_and_money() {
    table(
        &column("service_visit", "mileage"),
        &[
            (number(10_230.0), "10230"),
            (text("10,230"), "10230"),
            (text("10230公里"), "10230 C001"),
            (text("1.2万公里"), "12000 C001"),
            (wide("10230"), "10230 C001"),
            (number(10_230.5), "C004"),
            (text("约1万"), "C004"),
            (text("#REF!"), "C009"),
            (number(-1.0), "C013"),
            (number(2_000_001.0), "C013"),
            (number(2_000_000.0), "2000000"),
        ],
    );
    table(
        &column("prospect", "budget"),
        &[
            (number(358_000.0), "358000.00"),
            (number(0.1 + 0.2), "0.30"),
            (text("35万"), "350000.00"),
            (text("35.8万元"), "358000.00"),
            (text("¥358,000.50"), "358000.50"),
            (text("358000元"), "358000.00"),
            (text("35w"), "350000.00 C001"),
            (wide("358000"), "358000.00 C001"),
            (text("30-35万"), "C004"),
            (text("35万左右"), "C004"),
            (text("1,23"), "C004"),
            (text("-1"), "C013"),
        ],
    );
    table(&column("service_visit", "total"), &[(text("(1,200.00)"), "-1200.00"), (text("-300元"), "-300.00")]);
    // No amount is a phone or a document number.
    let slipped = [number(13_800_001_234.0), text("138 0000 1234"), text("310101199001011234"), text("沪A12345")];
    table(&column("service_visit", "total"), &slipped.map(|raw| (raw, "C004")));
    table(&column("service_visit", "total"), &[(number(1_380_000.0), "1380000.00")]);
    let in_wan = Surroundings { scale: 10_000, ..around() };
    let budget = column("prospect", "budget");
    assert_eq!(said(&number(35.8), &budget, in_wan), "358000.00");
    assert_eq!(said(&text("35.8万"), &budget, in_wan), "358000.00");
    assert_eq!(said(&text("358000元"), &budget, in_wan), "358000.00");
    // Whole yuan under a title in 万元.
    for wrong in [number(350_000.0), text("350,000"), text("¥350000.00"), text("350000万"), number(98_000.0)] {
        assert_eq!(said(&wrong, &budget, in_wan), "C021", "{wrong:?}");
    }
    assert_eq!(said(&text("350000万元"), &budget, around()), "C021");
    assert_eq!(said(&number(199.0), &budget, in_wan), "1990000.00");
    assert_eq!(said(&number(3_500_000.0), &budget, around()), "3500000.00", "the title names no unit");
}

#[test]
fn flags_and_categories() {
    table(
        &column("follow_up", "connected"),
        &[
            (text("是"), "是"),
            (Raw::Bool(false), "否"),
            (text("√"), "是 C001"),
            (text("×"), "否 C001"),
            (text("Y"), "是 C001"),
            (number(0.0), "否 C001"),
            (text("有"), "是 C001"),
            (text("無"), "否 C001"),
            (text("已接通"), "是 C001"),
            (text("未接通"), "否 C001"),
            (text("也许"), "C008"),
            (number(2.0), "C008"),
        ],
    );
    table(
        &column("prospect", "level"),
        &[
            (text("H"), "H"),
            (text(" H "), "H"),
            (text("H\u{200B}"), "H"),
            (text("h"), "H C001"),
            (text("H级"), "H C001"),
            (wide("H"), "H C001"),
            (text("Z"), "C006"),
        ],
    );
    table(&column("prospect", "defeat_reason"), &[(text("價格"), "价格 C001"), (text("其它"), "其他 C001")]);
}

#[test]
fn vins_keys_and_text() {
    table(
        &column("order", "vin"),
        &[
            (text("LSVAB2183E2100001"), "LSVAB2183E2100001"),
            (text("lsvab2183e2100001"), "LSVAB2183E2100001 C001"),
            (text("LSVAB2183 E2100001"), "LSVAB2183E2100001 C001"),
            (text("LSVAB2183E210000"), "C011"),
            (number(12_345_678_901_234_567.0), "C011"),
            (text("LSVAB2183E21O0001"), "C011"),
            (text("LSVAB2183E21000中1"), "C011"),
        ],
    );
    table(
        &column("follow_up", "customer_key"),
        &[
            (text("QK20261101001"), "QK20261101001"),
            (number(13_800_001_234.0), "13800001234"),
            (text("138-0000-1234"), "13800001234 C001"),
            (text("lsvab2183e2100001"), "LSVAB2183E2100001 C001"),
            (text("qk 1"), "QK1 C001"),
            (wide("QK1"), "QK1 C001"),
            (text("021-12345678"), "02112345678 C001"),
            (text("+852 9123 4567"), "+85291234567 C001"),
            // Names nobody.
            (text("1.38E+10"), "C005"),
            (text("13800001234/13900005678"), "C005"),
        ],
    );
    table(
        &column("prospect", "consultant"),
        &[(text("张伟"), "张伟"), (text("张伟13800001234"), "张伟138****1234 C018"), (wide("张伟"), "张伟")],
    );
    let key = ColumnPlan { identifies: true, ..column("order", "order_no") };
    table(&key, &[(text("13800001234"), "13800001234 C018"), (text("DD20261116001"), "DD20261116001")]);
    table(
        &column("prospect", "model"),
        &[
            (text(" Q5L\u{3000}"), "Q5L"),
            (text("Q5\u{7}L"), "Q5L C001"),
            (number(5.0), "5"),
            (text(&"长".repeat(61)), &format!("{} C012", "长".repeat(61))),
            (text(&"长".repeat(60)), &"长".repeat(60)),
        ],
    );
}

#[test]
fn messages_hold_no_personal_data() {
    // A clerk slipped a column: a phone and a VIN stand where a level belongs.
    assert_eq!(excerpt("13800001234"), "138****1234");
    assert_eq!(excerpt("LSVAB2183E2100001"), "…0001");
    assert_eq!(excerpt("+86 138-0000-1234"), "138****1234");
    assert_eq!(excerpt("张三13800001234,LSVAB2183E2100001"), "张三138****1234,…0001");
    assert_eq!(excerpt("139_1234__5678"), "139****5678");
    assert_eq!(excerpt(&"长".repeat(25)).chars().count(), 24);
    assert_eq!(excerpt("20260305"), "20260305");
}

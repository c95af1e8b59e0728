//! What texts lose, and what they have lost already.

use super::*;

#[test]
fn names_lose_the_spaces_between_chinese_characters() {
    for (sheet, field) in [
        ("prospect", "consultant"),
        ("prospect", "name"),
        ("order", "consultant"),
        ("complaint", "handler"),
        ("follow_up", "executor"),
    ] {
        let column = column(sheet, field);
        let rows = [
            (text("刘洋"), "刘洋"),
            (text("刘 洋"), "刘洋 C001"),
            (text("刘\u{3000}洋"), "刘洋 C001"),
            (text("刘\u{A0}洋"), "刘洋 C001"),
            (text(" 刘\n洋 "), "刘洋 C001"),
            (text("刘\u{200B}洋\u{FEFF}"), "刘洋"),
            (text("John  Smith"), "John Smith C001"),
            (text("John Smith"), "John Smith"),
            (text("阿布都·热西提"), "阿布都·热西提"),
        ];
        table(&column, &rows);
    }
    table(&column("prospect", "model"), &[(text("云岭 X5"), "云岭X5 C001"), (text("Model 3"), "Model 3")]);
    table(&column("prospect", "channel"), &[(text("自然\r\n到店"), "自然到店 C001")]);
    // A sentence keeps its spaces.
    table(&column("prospect", "focus"), &[(text("安全 省油"), "安全 省油")]);
    let said_of = |sheet: &str, field: &str, written: &str| {
        let notes = coerce(&text(written), &column(sheet, field), around()).notes;
        notes.first().map(|note| note.args.clone())
    };
    // No customer's name or number in a message, but what became of it.
    let change = |key: &'static str| Some(arguments! { "change" => Message::new(key) });
    assert_eq!(said_of("prospect", "model", "云岭\0X5"), change("change.unseen"), "before and after look the same");
    assert_eq!(said_of("prospect", "name", "刘\u{7}洋"), change("change.unseen"));
    assert_eq!(said_of("prospect", "name", "刘 洋"), change("change.spaces"));
    assert_eq!(said_of("prospect", "phone", "１３８００００１２３４"), change("change.width"));
    assert_eq!(said_of("prospect", "phone", "138-0000-1234"), change("change.signs"));
    assert_eq!(said_of("order", "vin", "lsvab2188e2100001"), change("change.case"));
    assert_eq!(said_of("prospect", "phone", "+86 13800001234"), change("change.form"));
    assert_eq!(said_of("order", "vin", "-"), change("change.emptied"));
}

#[test]
fn placeholders_are_no_names() {
    for (sheet, field) in
        [("prospect", "name"), ("prospect", "consultant"), ("owner", "owner"), ("complaint", "handler")]
    {
        let column = column(sheet, field);
        for written in
            ["同上", "同 上", "无", "測試", "测试", "Test", "ＴＥＳＴ", "x", "XX", "-", "/", "???", "〃", "某某"]
        {
            assert_eq!(said(&text(written), &column, around()), "C022", "{sheet}.{field} {written}");
        }
        for written in ["无名氏", "同济", "张x", "Tess", "石磊"] {
            assert_eq!(said(&text(written), &column, around()), written, "{sheet}.{field}");
        }
    }
    // A stroke is nobody's text: neither a rival model nor two of them.
    table(&column("prospect", "rival_model"), &[(text("/"), "C001"), (text("X3/Q5"), "X3/Q5")]);
    // A model or a wish may be called so.
    table(&column("prospect", "focus"), &[(text("无"), "无")]);
    table(&column("prospect", "model"), &[(text("X"), "X")]);
}

#[test]
fn plates_have_seven_signs_or_eight() {
    table(
        &column("owner", "plate"),
        &[
            (text("浙A12345"), "浙A12345"),
            (text("浙A·12345"), "浙A12345"),
            (text("浙AD12345"), "浙AD12345"),
            (text("浙A1234"), "浙A1234 C023"),
            (text("A12345"), "A12345 C023"),
            (text("浙AD123456"), "浙AD123456 C023"),
            (text("暂无"), "C001"),
            (text(""), ""),
        ],
    );
}

#[test]
fn numbers_that_lost_digits_and_error_texts() {
    let key = ColumnPlan { identifies: true, ..column("order", "order_no") };
    table(
        &key,
        &[
            (number(20_261_010_001_000_100.0), "C020"),
            (number(2.026_101_000_100_01e16), "C020"),
            (number(1_000_000_000_000_000.0), "C020"),
            (text("2.0261E+16"), "C020"),
            (text("2E+15"), "C020"),
            // Fifteen digits are kept; as a text all are.
            (number(202_610_100_010_001.0), "202610100010001"),
            (text("20261010001000100"), "20261010001000100"),
            (text("E+16"), "E+16"),
            (text("1E5"), "1E5"),
        ],
    );
    table(&column("order", "vin"), &[(number(12_345_678_901_234_567.0), "C011"), (text("#VALUE!"), "C009")]);
    let errors =
        ["#REF!", "#N/A", " #value! ", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "Err:502", "########"];
    for error in errors {
        for (sheet, field) in [
            ("prospect", "consultant"),
            ("prospect", "level"),
            ("order", "price"),
            ("follow_up", "done_at"),
            ("follow_up", "customer_key"),
        ] {
            assert_eq!(said(&text(error), &column(sheet, field), around()), "C009", "{error}");
        }
    }
    table(&column("prospect", "focus"), &[(text("#1 车位"), "#1 车位"), (text("##"), "##"), (text("Err:"), "Err:")]);
}

#[test]
fn dates_and_times_in_a_text_column() {
    let column = column("prospect", "info_source");
    let dated = |value| Raw::Number { value, dated: true };
    table(&column, &[(dated(46_086.0), "2026-03-05"), (dated(0.395_833_333_333_333), "9:30"), (dated(0.0), "0:00")]);
    let from_1904 = Surroundings { from_1904: true, ..around() };
    assert_eq!(said(&dated(46_086.0), &column, from_1904), "2026-03-05", "dated numbers count from 1900 by now");
}

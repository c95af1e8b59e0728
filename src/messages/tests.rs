//! Words by key, filled in; findings in words.

use super::*;
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::{Finding, Severity},
    model::Place,
};

#[test]
fn taiwan_gets_its_characters_and_its_own_words_first() {
    let text = Text::new("级别更新时间里的头发", "x");
    assert_eq!(Messages::of(Lang::ZhTw).text(&text), "級別更新時間裡的頭髮");
    assert_eq!(Messages::of(Lang::ZhCn).text(&text), "级别更新时间里的头发");
    assert_eq!(Messages::of(Lang::En).text(&text), "x");
    let own = read(FILES[1].1).expect("zh-TW.toml reads");
    for (key, words) in read(FILES[0].1).expect("zh-CN.toml reads") {
        let expected = own.get(&key).cloned().unwrap_or_else(|| traditional::converted(&words));
        assert_eq!(Messages::of(Lang::ZhTw).find(&key), Some(expected.as_str()), "{key}");
    }
}

#[test]
fn arguments_are_filled_in_once_and_a_gap_is_seen() {
    let words = Messages::of(Lang::En);
    assert_eq!(words.fill("heat.hidden", &[("n", "{x}")]), "Stores with most misses only; {x} more in the list");
    assert_eq!(words.fill("heat.hidden", &[]), "Stores with most misses only; {n} more in the list");
    assert_eq!(words.word("no.such"), "no.such");
    assert_eq!(words.say(&Message::new("no.such").with("n", 2usize)), "no.such(n=2)");
    let list = Said::from(vec!["甲".into(), "乙".into()]);
    assert_eq!((words.said(&list), Messages::of(Lang::ZhCn).said(&list)), ("甲, 乙".to_owned(), "甲、乙".to_owned()));
    assert_eq!(placeholders("{a} und {b}, {a}"), ["a", "b", "a"]);
}

fn finding(code: &str, field: &str, args: Vec<Argument>) -> Finding {
    let (catalog, _) = Catalog::load(None).expect("ours");
    catalog.finding(code, "S01", Place::row("S01/a.xlsx", "潜客表", 3, Some(2)), field, args)
}

#[test]
fn a_finding_is_worded_where_it_is_shown() {
    let (catalog, _) = Catalog::load(None).expect("ours");
    let (zh, tw, en) = (
        FindingWords::new(&catalog, Lang::ZhCn),
        FindingWords::new(&catalog, Lang::ZhTw),
        FindingWords::new(&catalog, Lang::En),
    );
    let phone = finding("C005", "手机号", arguments! { "why" => Message::new("phone.two") });
    assert_eq!(zh.message(&phone), "「手机号」不是能确定的电话：一格里有两个号码");
    assert_eq!(tw.message(&phone), "「手機號」不是能確定的電話：一格裡有兩個號碼");
    assert_eq!(en.message(&phone), "手机号 is no phone that can be known: two numbers in one cell");
    // What a cell holds is nobody's to convert.
    let header = finding("H002", "", arguments! { "header" => "级别?", "nearest" => "" });
    assert!(tw.message(&header).contains("级别?"), "{}", tw.message(&header));
    let corrected = Finding { corrected: true, ..phone };
    assert_eq!(zh.message(&corrected), "「手机号」不是能确定的电话：一格里有两个号码（后来的提交已改正）");
    assert!(en.message(&corrected).ends_with(" (corrected by a later submission)"));
    assert_eq!(zh.hint(&corrected), catalog.rules["C005"].fix.zh);
}

#[test]
fn a_rule_that_is_not_there_says_its_code() {
    let (mut catalog, _) = Catalog::load(None).expect("ours");
    catalog.rules.remove("C005");
    let lost = catalog.finding("C005", "S01", Place::workbook("a"), "手机号", arguments! { "n" => 1usize });
    let words = FindingWords::new(&catalog, Lang::En);
    assert_eq!((words.message(&lost), words.hint(&lost)), ("C005(n=1)".to_owned(), String::new()));
    assert_eq!(lost.severity, Severity::Error);
}

use super::*;
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::Severity,
    model::{Lang, Place, Text},
};
use std::sync::Arc;

fn finding(code: &str, severity: Severity, workbook: &str, sheet: &str, row: Option<u32>, message: &str) -> Finding {
    let (workbook, sheet): (Arc<str>, Arc<str>) = (workbook.into(), sheet.into());
    Finding {
        code: code.into(),
        severity,
        store: "S01".into(),
        place: Place { workbook, sheet, row, col: row.map(|_| 2) },
        field: if row.is_some() { "手机号".into() } else { "".into() },
        args: arguments! { "message" => message },
        corrected: false,
    }
}

fn three() -> Vec<Finding> {
    vec![
        finding("C005", Severity::Error, "S01/a.xlsx", "潜客表", Some(17), "手机号无法识别"),
        finding("S005", Severity::Notice, "S01/a.xlsx", "潜客表", Some(18), "完全相同"),
        finding("W001", Severity::Warning, "S01/b,1.xlsx", "", None, "=HYPERLINK(\"x\")"),
    ]
}

/// Our rules, whose messages are what the findings above give, in English always the same.
fn catalog() -> Catalog {
    let (mut catalog, _) = Catalog::load(None).unwrap();
    for rule in catalog.rules.values_mut() {
        rule.message = Text::new("{message}", "English, \"quoted\"");
        rule.fix = Text::new("改正", "Fix it");
    }
    catalog
}

fn rendered(format: Format, lang: Lang) -> String {
    let mut out = Vec::new();
    let catalog = catalog();
    render(format, &three(), &FindingWords::new(&catalog, lang), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn human_groups_by_workbook_and_counts() {
    let expected = "\
共 3 条：错误 1，警告 1，提示 1。

S01/a.xlsx
  错误 C005  潜客表 C17 手机号  手机号无法识别
      → 改正
  提示 S005  潜客表 C18 手机号  完全相同
      → 改正

S01/b,1.xlsx
  警告 W001  =HYPERLINK(\"x\")
      → 改正
";
    assert_eq!(rendered(Format::Human, Lang::ZhCn), expected);
    assert!(rendered(Format::Human, Lang::ZhTw).contains("錯誤 C005  潜客表 C17 手機號  手机号无法识别"));
    assert!(rendered(Format::Human, Lang::En).starts_with("3 in all. Errors: 1, warnings: 1, notices: 1.\n"));
    let chosen = |findings: &[Finding], level, hints| {
        let mut out = Vec::new();
        let choice = human::Choice { level, hints };
        human::render(findings, &FindingWords::new(&catalog(), Lang::ZhCn), choice, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(chosen(&[], Severity::Notice, true), "没有发现问题。\n");
    let errors = "\
共 3 条：错误 1，警告 1，提示 1。
另有 2 条没有列出；加 --level notice 全部列出。

S01/a.xlsx
  错误 C005  潜客表 C17 手机号  手机号无法识别
";
    assert_eq!(chosen(&three(), Severity::Error, false), errors);
}

#[test]
fn human_and_github_stay_on_their_lines() {
    let hostile = [finding("H005", Severity::Notice, "S01/a.xlsx", "x\n::error::y\u{1b}[2J", None, "m\r\n::error::z")];
    for format in [Format::Human, Format::Github] {
        let mut out = Vec::new();
        render(format, &hostile, &FindingWords::new(&catalog(), Lang::ZhCn), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("::error")), "{text}");
        assert!(!text.contains('\u{1b}') && text.contains("[U+001B]"), "{text}");
    }
}

#[test]
fn csv_is_the_contract_to_the_byte() {
    let expected = "\u{feff}code,severity,store,workbook,sheet,cell,field,message,hint\r\n\
C005,error,S01,S01/a.xlsx,潜客表,C17,手机号,手机号无法识别,改正\r\n\
S005,notice,S01,S01/a.xlsx,潜客表,C18,手机号,完全相同,改正\r\n\
W001,warning,S01,\"S01/b,1.xlsx\",,,,\"'=HYPERLINK(\"\"x\"\")\",改正\r\n";
    assert_eq!(rendered(Format::Csv, Lang::ZhCn), expected);
    assert!(rendered(Format::Csv, Lang::En).contains("\"English, \"\"quoted\"\"\",Fix it\r\n"));
    for cell in [
        "+1 x",
        "-a",
        "@x",
        "\tx",
        "=1",
        "\n=1",
        " =1",
        "\u{3000}=1",
        "\u{A0}=1+1",
        "\r\n@x",
        "＝1+1",
        " ＝x",
        "＋1",
        "－a",
        "＠x",
        "\u{200B}=1",
        "\u{FEFF}-x",
    ] {
        assert_eq!(csv::inert(cell), format!("'{cell}"));
    }
    for cell in ["a=1", "-0.25", "+1", " -5", "a\n=1", "（＝）"] {
        assert_eq!(csv::inert(cell), cell);
    }
}

#[test]
fn json_reads_back() {
    let read: serde_json::Value = serde_json::from_str(&rendered(Format::Json, Lang::ZhCn)).unwrap();
    assert_eq!(read.as_array().unwrap().len(), 3);
    assert_eq!(read[0]["cell"], "C17");
    assert_eq!(read[2]["severity"], "warning");
    let mut out = Vec::new();
    json::render(&[], &FindingWords::new(&catalog(), Lang::ZhCn), &mut out).unwrap();
    assert_eq!(out, b"[]\n");
}

#[test]
fn github_escapes_its_separators() {
    let text = rendered(Format::Github, Lang::ZhCn);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "::error file=S01/a.xlsx,line=17,col=3,title=C005 潜客表 C17 手机号::手机号无法识别%0A改正");
    assert_eq!(lines[1], "::warning file=S01/b%2C1.xlsx,title=W001::=HYPERLINK(\"x\")%0A改正");
}

#[test]
fn github_shows_every_code_before_it_repeats_one() {
    let at = |code, severity, workbook, row| finding(code, severity, workbook, "潜客表", Some(row), "x");
    let mut findings: Vec<Finding> = (2..30).map(|row| at("C005", Severity::Error, "S01/a.xlsx", row)).collect();
    findings.push(at("C014", Severity::Warning, "S01/a.xlsx", 30));
    findings.extend([at("C005", Severity::Error, "S01/b.xlsx", 2), at("C007", Severity::Error, "S01/b.xlsx", 3)]);
    let mut out = Vec::new();
    github::render(&findings, &FindingWords::new(&catalog(), Lang::ZhCn), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let heads: Vec<&str> = text.lines().filter_map(|line| line.split("::").nth(1)).collect();
    let expected = [
        "error file=S01/a.xlsx,line=2,col=3,title=C005 潜客表 C2 手机号",
        "error file=S01/b.xlsx,line=3,col=3,title=C007 潜客表 C3 手机号",
        "error file=S01/b.xlsx,line=2,col=3,title=C005 潜客表 C2 手机号",
        "warning file=S01/a.xlsx,line=30,col=3,title=C014 潜客表 C30 手机号",
    ];
    assert_eq!(heads, expected);
    assert!(text.contains("%0A同样的问题还有 27 处：C3 C4 C5 C6 C7 C8 C9 C10 …\n"), "{text}");
}

#[test]
fn errors_stand_first_in_every_format() {
    let at = |code, severity, workbook, row| finding(code, severity, workbook, "潜客表", Some(row), "x");
    let given = [
        at("S005", Severity::Notice, "S01/a.xlsx", 2),
        at("C014", Severity::Warning, "S01/a.xlsx", 3),
        at("C014", Severity::Warning, "S01/b.xlsx", 4),
        at("C005", Severity::Error, "S01/b.xlsx", 5),
        at("S005", Severity::Notice, "S01/c.xlsx", 6),
        at("C007", Severity::Error, "S01/c.xlsx", 7),
    ];
    for format in [Format::Human, Format::Json, Format::Csv, Format::Github, Format::Junit] {
        let mut findings = given.to_vec();
        worst_first(format, &mut findings);
        let mut out = Vec::new();
        render(format, &findings, &FindingWords::new(&catalog(), Lang::ZhCn), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let place = |code: &str, cell: &str| {
            let of = |line: &str| line.contains(code) && line.contains(cell);
            text.lines().position(of).unwrap_or_else(|| panic!("{format:?}: no {code} at {cell}: {text}"))
        };
        // Where findings stand workbook by workbook, those with errors come first and errors first in each.
        let errors = [place("C005", "C5"), place("C007", "C7")];
        let milder = [place("S005", "C6"), place("C014", "C3"), place("S005", "C2")];
        match format {
            Format::Human | Format::Junit => {
                assert!(errors[0] < place("C014", "C4") && errors[1] < milder[0], "{format:?}: {text}");
                assert!(errors[0].max(milder[0]) < milder[1], "{format:?}: {text}");
            }
            _ => assert!(errors[0].max(errors[1]) < milder.into_iter().min().unwrap(), "{format:?}: {text}"),
        }
        assert!(milder[1] < milder[2], "{format:?}: warnings before notices: {text}");
    }
}

#[test]
fn junit_counts_failures_and_escapes() {
    let text = rendered(Format::Junit, Lang::En);
    assert!(text.contains("<testsuites name=\"foursight\" tests=\"3\" failures=\"1\">"), "{text}");
    assert!(text.contains("<testsuite name=\"S01/b,1.xlsx\" tests=\"1\" failures=\"0\">"), "{text}");
    assert!(text.contains("message=\"English, &quot;quoted&quot;\""), "{text}");
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut cases = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(start) if start.name().as_ref() == "testcase" => cases += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(cases, 3);
}

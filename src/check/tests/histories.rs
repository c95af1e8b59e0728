//! Upsert over submissions: versions, copies, restatements, what vanished, what is said once.

use super::*;

const W45: &str = "2026-11-08";
const W46: &str = "2026-11-15";
const W47: &str = "2026-11-22";

/// A submission a week from W45 on, one table each, in workbooks `a`, `b`, `c`.
fn weekly(kind: &str, header: &str, weeks: &[&[&str]]) -> Vec<WorkbookRead> {
    let dates = ["a", "b", "c"].into_iter().zip([W45, W46, W47]);
    dates.zip(weeks).map(|((path, to), rows)| book(path, to, vec![table(kind, header, rows)])).collect()
}

#[test]
fn s002_what_has_happened_is_restated() {
    let found = |header: &str, old: &str, new: &str| {
        let header = format!("prospect_no {header}");
        let (old, new) = (format!("1|{old}"), format!("1|{new}"));
        lines(&checked(weekly("prospect", &header, &[&[&old], &[&new]])).1)
    };
    assert_eq!(found("first_contact_at", "2026-11-02", "2026-11-03"), ["S002 b B2"]);
    assert_eq!(found("ordered_at", "2026-11-02", ""), ["S002 b B2"], "emptied");
    assert_eq!(found("name phone", "张三|13800001234", "李四|13800001235"), ["S035 b B2"], "one for the row");
    assert_eq!(found("name", "张三", "张山"), ["S002 b B2"], "a name put right");
    assert_eq!(found("phone", "13800001234", "13800001235"), ["S002 b B2"], "another phone");
    // By right: a blank filled, levels, plans and wishes moving, an hour added to the day.
    assert_eq!(found("ordered_at", "", "2026-11-02"), [""; 0]);
    assert_eq!(found("level level_at", "A|2026-11-02", "H|2026-11-12"), [""; 0]);
    assert_eq!(found("next_contact_on budget", "2026-11-12|300000", "2026-11-30|350000"), [""; 0]);
    assert_eq!(found("consultant status", "李|跟进", "王|休眠"), [""; 0]);
    assert_eq!(found("first_contact_at", "2026-11-02", "2026-11-02 10:00"), [""; 0]);
    assert_eq!(found("first_contact_at", "2026-11-02 10:00", "2026-11-02"), ["S002 b B2"], "an hour taken away");
}

#[test]
fn s015_names_the_columns_and_no_values() {
    let header = "prospect_no name phone";
    let (_, findings) = checked(weekly("prospect", header, &[&["1|张三|13800001234"], &["1|李四|13800001235"]]));
    assert_eq!(findings.len(), 1);
    assert_eq!(&*findings[0].field, "客户姓名");
    let (zh, en) = (worded(&findings[0], Lang::ZhCn), worded(&findings[0], Lang::En));
    assert!(zh.contains("客户姓名、手机号") && en.contains("客户姓名, 手机号"), "{zh} {en}");
    for text in [zh, en] {
        assert!(!text.contains("李四") && !text.contains("138"), "{text}");
    }
}

#[test]
fn versions_are_kept_and_copies_are_not_versions() {
    let weeks: [&[&str]; 3] = [&["1|A", "2|B"], &["2|B", "1|H"], &["1|H", "3|C"]];
    let (rows, findings) = checked(weekly("order", "order_no model", &weeks));
    assert_eq!(lines(&findings), [""; 0]);
    let orders = &rows.sheets["order"];
    let of =
        |row: &crate::model::CheckedRow| (row.values[2].display(), row.workbook.to_string(), row.row, row.submission);
    let current: Vec<_> = orders.current.iter().map(of).collect();
    // Each stands where it was sent last: 1 in c row 2, 2 in b row 2, 3 in c row 3.
    let here = |level: &str, book: &str, row, submission| (level.to_owned(), book.to_owned(), row, submission);
    assert_eq!(current, [here("H", "c", 2, 2), here("B", "b", 2, 1), here("C", "c", 3, 2)]);
    let earlier: Vec<Vec<_>> = orders.earlier.iter().map(|versions| versions.iter().map(of).collect()).collect();
    assert_eq!(earlier, [vec![here("A", "a", 2, 0)], vec![], vec![]]);
    assert_eq!(rows.tallies.iter().map(|tally| tally.accepted).collect::<Vec<_>>(), [2, 2, 2]);
}

#[test]
fn a_rejected_row_replaces_nothing() {
    let header = "order_no ordered_at delivered_at price vin";
    let weeks: [&[&str]; 2] = [&["1|2026-11-02||100|"], &["1|2026-11-02|2026-11-01|200|LSVAB2188E2100001"]];
    let (rows, findings) = checked(weekly("order", header, &weeks));
    assert_eq!(lines(&findings), ["R401 b C2"]);
    assert_eq!(current(&rows, "order", "price"), ["100.00"]);
    assert_eq!(counts(&rows.tallies, "b"), [1, 0, 1, 0]);
}

#[test]
fn s004_and_s005_inside_one_sheet() {
    let header = "order_no model price";
    let rows = ["1|Q5|100", "1|Q5|200", "1|Q5|100", "2|Q5|100", " 2 |Q5|100"];
    let (store, findings) = checked(vec![book("a", W47, vec![table("order", header, &rows)])]);
    // Row 6 writes the key with spaces, so that its content differs from row 5.
    assert_eq!(lines(&findings), ["S004 a C3", "S005 a 4", "S004 a A6"]);
    assert_eq!(current(&store, "order", "price"), ["100.00", "100.00"]);
    assert_eq!(counts(&store.tallies, "a"), [5, 3, 2, 3]);
    // Two keys, and rows of other sheets or workbooks, are no near miss away.
    assert_eq!(found("order", header, &["1|Q5|100", "2|Q5|100"]), [""; 0]);
    let two = vec![
        table("order", header, &["1|Q5|100"]),
        Table { sheet: "二".into(), ..table("order", header, &["1|Q5|100"]) },
    ];
    let (store, findings) = checked(vec![book("a", W47, two)]);
    assert_eq!(lines(&findings), ["S005 a 2"]);
    assert_eq!(&*findings[0].place.sheet, "二", "what is said of is what is not counted");
    assert_ne!(&*store.sheets["order"].current[0].sheet, "二");
    // Three copies in two sheets, and the next week's once more: a later workbook says it anew.
    let week = |path: &str, to: &str, rows: &[&str]| book(path, to, vec![table("order", header, rows)]);
    let (store, findings) =
        checked(vec![week("a", W46, &["1|Q5|100", "1|Q5|100"]), week("b", W47, &["2|Q5|100", "1|Q5|100", "1|Q5|100"])]);
    assert_eq!(lines(&findings), ["S005 b 4"], "of what was sent again it is said once");
    let of_first = store.sheets["order"].current.iter().find(|row| row.values[0].display() == "1").expect("kept");
    assert_eq!((&*of_first.workbook, of_first.row), ("b", 3));
    // The first is rejected, so that the second contradicts nothing.
    let header = "order_no ordered_at delivered_at vin";
    let vin = "LSVAB2188E2100001";
    let rows = [format!("1|2026-11-10|2026-11-01|{vin}"), format!("1|2026-11-10|2026-11-11|{vin}")];
    assert_eq!(found("order", header, &[&rows[0], &rows[1]]), ["R401 a C2"]);
}

#[test]
fn rows_without_a_key_are_known_by_their_content() {
    let header = "follow_up_no customer_key due_on";
    let weeks: [&[&str]; 2] = [&["|Q1|2026-11-02", "|Q2|2026-11-02"], &["|Q1|2026-11-02", "|Q1|2026-11-09"]];
    let (rows, findings) = checked(weekly("follow_up", header, &weeks));
    assert_eq!(lines(&findings), [""; 0]);
    assert_eq!(current(&rows, "follow_up", "customer_key"), ["Q1", "Q2", "Q1"]);
    assert_eq!(found("follow_up", header, &["|Q1|2026-11-02", "|Q1|2026-11-02"]), ["S005 a 3"]);
}

#[test]
fn a_row_without_a_key_goes_on_from_week_to_week() {
    let header = "complaint_no customer_key category accepted_at closed_at";
    let open = "|Q1|配件|2026-11-09 10:00|";
    let closed = "|Q1|配件|2026-11-09 10:00|2026-11-17 10:00";
    let (rows, findings) = checked(weekly("complaint", header, &[&[open], &[closed]]));
    assert_eq!(lines(&findings), [""; 0]);
    assert_eq!(current(&rows, "complaint", "customer_key"), ["Q1"], "one complaint, closed by now");
    // Another attempt on the same day's duty is another row, in one sheet or the next.
    let header = "follow_up_no customer_key task due_on done_at connected result";
    let tried = "|Q1|周期跟进|2026-11-09|2026-11-09 09:00|否|未接";
    let reached = "|Q1|周期跟进|2026-11-09|2026-11-10 10:00|是|成功";
    for weeks in [&[&[tried, reached][..]][..], &[&[tried][..], &[reached][..]][..]] {
        let (rows, findings) = checked(weekly("follow_up", header, weeks));
        assert_eq!(lines(&findings), [""; 0]);
        assert_eq!(current(&rows, "follow_up", "result"), ["未接", "成功"]);
    }
}

#[test]
fn s008_two_files_of_one_week_that_say_nothing_of_their_order() {
    let header = "order_no price";
    let part = |path: &str, rows: &[&str]| book(path, W47, vec![table("order", header, rows)]);
    let (_, findings) = checked(vec![part("a", &["1|100", "2|100"]), part("b", &["1|100", "2|200"])]);
    assert_eq!(lines(&findings), ["S008 b B3"]);
    // A time of submission, or another week, gives the order.
    let mut later = part("b", &["2|200"]);
    later.submission.submitted_at = parse_as_of("2026-11-23 09:00");
    assert_eq!(lines(&checked(vec![part("a", &["2|100"]), later]).1), ["S002 b B2"]);
}

#[test]
fn s042_two_customers_under_one_number_in_two_files_of_a_week() {
    let header = "prospect_no name phone level";
    let part = |path: &str, to: &str, rows: &[&str]| book(path, to, vec![table("prospect", header, rows)]);
    let (one, other) = ("1|张三|13800001234|A", "1|李四|13800001235|B");
    let (rows, findings) = checked(vec![part("a", W47, &[one]), part("b", W47, &[other])]);
    assert_eq!(lines(&findings), ["S042 a B2", "S042 b B2"], "at both places");
    assert_eq!(current(&rows, "prospect", "prospect_no"), [""; 0], "neither wins");
    assert!(worded(&findings[0], Lang::ZhCn).contains("b 的“潜客表”第 2 行"));
    assert!(worded(&findings[1], Lang::ZhCn).contains("a 的“潜客表”第 2 行"));
    // A third file does not settle it; what the week before had stands, whoever it was.
    let weeks = vec![part("0", W46, &[one]), part("a", W47, &[one]), part("b", W47, &[other]), part("c", W47, &[one])];
    let (rows, findings) = checked(weeks);
    assert_eq!(lines(&findings), ["S042 a B2", "S042 b B2", "S042 c B2"]);
    assert_eq!(current(&rows, "prospect", "phone"), ["13800001234"]);
    // The next week decides: what is past is a notice, and the newer row counts.
    let mended = vec![part("a", W46, &[one]), part("b", W46, &[other]), part("c", W47, &[other])];
    let (rows, findings) = checked(mended);
    assert_eq!(current(&rows, "prospect", "phone"), ["13800001235"]);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Notice && finding.corrected), "{findings:?}");
    // Of another kind of sheet, which knows its customers by a key alone.
    let of = |path: &str, row: &str| {
        book(path, W47, vec![table("complaint", "complaint_no customer_key accepted_at", &[row])])
    };
    let found = |a: &str, b: &str| lines(&checked(vec![of("a", a), of("b", b)]).1);
    let s042 = ["S042 a B2", "S042 b B2"];
    assert_eq!(found("1|13800001234|2026-11-16 10:00", "1|13800001235|2026-11-16 10:00"), s042);
    // The same customer perhaps, said in another way.
    assert_eq!(found("1|13800001234|2026-11-16 10:00", "1|QK001|2026-11-16 10:00"), ["S008 b B2"]);
    // One thing the same: a correction, of which only the order is not known.
    assert_eq!(found("1|13800001234|2026-11-16 10:00", "1|13800001234|2026-11-16 11:00"), ["S008 b C2"]);
    let (_, findings) = checked(vec![part("a", W47, &[one]), part("b", W47, &["1|李四|13800001234|B"])]);
    assert_eq!(lines(&findings), ["S008 b B2"]);
    // A time of submission tells which is newer.
    let mut later = part("b", W47, &[other]);
    later.submission.submitted_at = parse_as_of("2026-11-23 09:00");
    assert_eq!(lines(&checked(vec![part("a", W47, &[one]), later]).1), ["S035 b B2"]);
}

#[test]
fn s007_nothing_vanishes_between_workbooks_of_no_known_week() {
    let header = "prospect_no level";
    let part = |path: &str, to: &str, rows: &[&str]| book(path, to, vec![table("prospect", header, rows)]);
    let undated = vec![part("a", "", &["1|A", "2|B", "3|C"]), part("b", "", &["4|A"]), part("c", "", &["5|A"])];
    assert_eq!(lines(&checked(undated).1), ["S001 a ", "S001 b ", "S001 c "]);
    let mixed = vec![part("a", "", &["1|A", "2|B", "3|C"]), part("b", W47, &["4|A"])];
    assert_eq!(lines(&checked(mixed).1), ["S001 a "]);
}

#[test]
fn s009_a_week_that_is_still_to_come() {
    let part = |path: &str, to: &str| book(path, to, vec![table("order", "order_no", &[path])]);
    // The cut-off is in week 47: its Sunday is no mistake, the Monday after is.
    assert_eq!(lines(&checked(vec![part("a", W46), part("b", "2026-11-22")]).1), [""; 0]);
    assert_eq!(lines(&checked(vec![part("a", W46), part("b", "2026-11-23")]).1), ["S009 b "]);
    assert_eq!(lines(&checked(vec![part("a", W46), part("b", "2062-11-22")]).1), ["S009 b "]);
}

#[test]
fn a_number_given_later_does_not_make_a_second_prospect() {
    let header = "prospect_no phone level";
    let (rows, findings) = checked(weekly("prospect", header, &[&["|13800001234|A"], &["Q1|13800001234|A"]]));
    assert_eq!(lines(&findings), [""; 0]);
    assert_eq!(current(&rows, "prospect", "prospect_no"), ["Q1"]);
    // Two numbers claim the phone: the row without a number stays by itself.
    let closed = "prospect_no phone level status";
    let weeks: [&[&str]; 2] = [&["|13800001234|A|合并"], &["Q1|13800001234|A|合并", "Q2|13800001234|A|合并"]];
    assert_eq!(current(&checked(weekly("prospect", closed, &weeks)).0, "prospect", "prospect_no"), ["", "Q1", "Q2"]);
}

#[test]
fn s003_an_open_row_vanishes_from_a_cumulative_sheet() {
    let header = "prospect_no level";
    let found = |weeks: &[&[&str]]| lines(&checked(weekly("prospect", header, weeks)).1);
    assert_eq!(found(&[&["1|A", "2|B", "3|C"], &["1|A", "2|B"]]), ["S003 b "]);
    // One of two is half: still cumulative.
    assert_eq!(found(&[&["1|A", "2|B"], &["1|A"]]), ["S003 b "]);
    // One of three is less: filtered, or sent in parts, and said once for the sheet that lacks them.
    assert_eq!(found(&[&["1|A", "2|B", "3|C"], &["1|A"]]), ["S007 b "]);
    assert_eq!(found(&[&["1|A", "2|B", "3|C"], &["4|A"], &["1|A", "2|B", "3|C", "4|A"]]), [""; 0], "they came back");
    // The newest sheet is where it has to be put back; the row that was sent last is clean no more.
    let (rows, findings) =
        checked(weekly("prospect", header, &[&["1|A", "2|B", "3|C"], &["1|A", "2|B"], &["1|A", "2|B"]]));
    assert_eq!(lines(&findings), ["S003 c "]);
    assert_eq!(counts(&rows.tallies, "a"), [3, 3, 0, 2]);
    let said = worded(&findings[0], Lang::ZhCn);
    assert!(said.contains("潜客编号 3 ") && said.contains("a · 潜客表 · 4"), "{said}");
    let by_phone: [&[&str]; 2] = [&["13800001234|A", "13800001235|B"], &["13800001234|A"]];
    let (_, findings) = checked(weekly("prospect", "phone level", &by_phone));
    assert!(worded(&findings[0], Lang::ZhCn).contains("手机号 138****1235"), "masked");
    // It came back, or was rejected and not absent, or had ended.
    assert_eq!(found(&[&["1|A", "2|B", "3|C"], &["1|A", "2|B"], &["1|A", "2|B", "3|C"]]), [""; 0]);
    assert_eq!(found(&[&["1|A", "2|B", "3|C"], &["1|A", "2|B", "3|D"]]), ["R101 b B4"]);
    let header = "order_no";
    assert_eq!(lines(&checked(weekly("order", header, &[&["1", "2", "3"], &["1", "2"]])).1), [""; 0], "not cumulative");
    let closed = "prospect_no level cancelled_at";
    let weeks: [&[&str]; 2] = [&["1|A|", "2|B|", "3|T|2026-11-02"], &["1|A|", "2|B|"]];
    assert_eq!(lines(&checked(weekly("prospect", closed, &weeks)).1), [""; 0]);
}

#[test]
fn workbooks_of_one_week_are_one_submission_for_s003() {
    let header = "prospect_no level";
    let part = |path: &str, to: &str, rows: &[&str]| book(path, to, vec![table("prospect", header, rows)]);
    let (_, findings) = checked(vec![
        part("a", W46, &["1|A", "2|B", "3|C", "4|C"]),
        part("b", W47, &["1|A", "2|B", "3|C"]),
        part("c", W47, &["4|C"]),
    ]);
    assert_eq!(lines(&findings), [""; 0]);
}

#[test]
fn r112_back_from_delivered() {
    let header = "prospect_no level delivered_at purchase_kind";
    let found = |old: &str, new: &str| lines(&checked(weekly("prospect", header, &[&[old], &[new]])).1);
    assert_eq!(found("1|D|2026-11-02|首购", "1|H|2026-11-02|首购"), ["R112 b B2"]);
    assert_eq!(found("1|D|2026-11-02|", "1|N|2026-11-02|"), ["R112 b B2"]);
    assert_eq!(found("1|D|2026-11-02|首购", "1|H|2026-11-02|增购"), [""; 0], "another purchase");
    assert_eq!(found("1|H||首购", "1|A||首购"), [""; 0]);
}

#[test]
fn r112_is_measured_against_what_is_in_force() {
    let header = "prospect_no level delivered_at";
    let weeks: [&[&str]; 3] = [&["1|D|2026-11-02"], &["1|H|2026-11-02"], &["1|H|2026-11-02"]];
    let (rows, findings) = checked(weekly("prospect", header, &weeks));
    assert_eq!(lines(&findings), ["R112 c B2"], "said once, where it was sent last");
    assert_eq!(current(&rows, "prospect", "level"), ["D"]);
}

#[test]
fn a_repeated_mistake_is_said_once_in_the_newest_submission() {
    let header = "order_no delivered_at vin";
    let wrong = "1|2026-11-02|";
    let (rows, findings) = checked(weekly("order", header, &[&[wrong, "2||"], &[wrong], &["2||"]]));
    // Week c does not hold the row, so the finding stays in b, and a is silent.
    assert_eq!(lines(&findings), ["R402 b C2"]);
    // Counted in both all the same.
    assert_eq!(counts(&rows.tallies, "a"), [2, 2, 0, 1]);
    assert_eq!(counts(&rows.tallies, "b"), [1, 1, 0, 0]);
}

#[test]
fn findings_of_intake_are_taken_over() {
    let header = "order_no ordered_at delivered_at vin";
    let rows = ["1|2026-11-02||", "2|2026-11-02||"];
    let with_finding = |path: &str, to: &str| {
        let mut read = book(path, to, vec![table("order", header, &rows)]);
        // What stood in C2 was not a date: unread, the row rejected; B3 was repaired; the file had a hidden sheet.
        read.tables[0].rows[0].rejected = true;
        read.tables[0].rows[1].repaired = true;
        let finding = |code: &str, severity, place| Finding {
            code: code.into(),
            severity,
            store: "S01".into(),
            place,
            field: "交车日期".into(),
            args: arguments! { "shown" => "", "change" => "" },
            corrected: false,
        };
        let at = |row, col| Place::row(path, "订单交车", row, Some(col));
        read.findings = vec![
            finding("C003", Severity::Error, at(2, 2)),
            finding("C001", Severity::Notice, at(3, 1)),
            finding("H004", Severity::Notice, Place::sheet(path, "旧")),
        ];
        read
    };
    let (store, findings) = checked(vec![with_finding("a", W46), with_finding("b", W47)]);
    assert_eq!(lines(&findings), ["H004 a ", "H004 b ", "C003 b C2", "C001 b B3"]);
    assert_eq!(counts(&store.tallies, "b"), [2, 1, 1, 1]);
    assert_eq!(store.tallies[1].repaired, 1);
    // Made milder, the cell stays unread and the row out; made worse, a notice rejects.
    let mut settings = Settings::defaults(&CATALOG);
    settings.severities.insert("C003".into(), Severity::Notice);
    settings.severities.insert("C001".into(), Severity::Error);
    let (store, findings) = checked_with(vec![with_finding("a", W47)], &settings);
    assert_eq!(
        findings.iter().map(|f| f.severity).collect::<Vec<_>>(),
        [Severity::Notice, Severity::Notice, Severity::Error]
    );
    assert_eq!(counts(&store.tallies, "a"), [2, 0, 2, 0]);
}

#[test]
fn one_mistake_one_finding() {
    // The date is impossible; that it is also before the order is not said on top.
    let header = "order_no ordered_at delivered_at vin";
    assert_eq!(found("order", header, &["1|2026-11-02|1926-11-05|LSVAB2188E2100001"]), ["C015 a C2"]);
}

#[test]
fn the_config_decides_what_rejects() {
    let header = "order_no delivered_at vin";
    let mut settings = Settings::defaults(&CATALOG);
    settings.severities.insert("R402".into(), Severity::Error);
    settings.severities.insert("S002".into(), Severity::Error);
    settings.severities.insert("C015".into(), Severity::Warning);
    let (rows, findings) = checked_with(
        weekly("order", header, &[&["1|2026-11-02|", "2||"], &["2|2027-01-01|LSVAB2188E2100001"]]),
        &settings,
    );
    assert_eq!(lines(&findings), ["R402 a C2", "C015 b B2"]);
    assert_eq!(current(&rows, "order", "delivered_at"), ["2027-01-01"]);
}

#[test]
fn nothing_sent_is_nothing_found() {
    let (rows, findings) = checked(vec![]);
    assert!(findings.is_empty() && rows.sheets.is_empty() && rows.tallies.is_empty());
    let (rows, findings) = checked(vec![book("a", W47, vec![table("order", "order_no", &[])])]);
    assert!(findings.is_empty() && rows.sheets["order"].current.is_empty());
    assert_eq!(counts(&rows.tallies, "a"), [0, 0, 0, 0]);
}

//! Rows of several stores in one sheet.

use super::*;
use crate::{
    catalog::beside,
    check::{of_no_store, share_of},
    model::submission::GROUP,
};

/// A table whose last column says whose the rows are; it stands right of the others.
fn parted(kind: &str, header: &str, rows: &[(&str, &str)]) -> Table {
    let sheet = CATALOG.sheet(kind).unwrap();
    let own: Vec<&str> = rows.iter().map(|(row, _)| *row).collect();
    let mut table = table(kind, header, &own);
    table.columns.extend([Some(header.split(' ').count() as u32), None]);
    for (row, (_, code)) in table.rows.iter_mut().zip(rows) {
        let beside = [if code.is_empty() { Value::Null } else { Value::from(*code) }, Value::Null];
        row.values = row.values.iter().cloned().chain(beside).collect();
    }
    assert_eq!(table.columns.len(), sheet.columns.len() + beside::VERIFIED + 1);
    table
}

fn of_group(path: &str, tables: Vec<Table>) -> WorkbookRead {
    let mut read = book(path, "", tables);
    read.submission.store = GROUP.into();
    read
}

const HEADER: &str = "month object metric value";

#[test]
fn a_row_of_another_store_in_a_store_s_own_sheet_is_an_error_at_its_code() {
    let rows = [("2026-12|李销售|订单|5", "s01"), ("2026-12|周销售|订单|5", "S02"), ("2026-12|孙销售|订单|5", "")];
    let (store, findings) = checked(vec![book("a", CUTOFF, vec![parted("target", HEADER, &rows)])]);
    assert_eq!(lines(&findings), ["S010 a E3"]);
    assert_eq!(findings[0].field.as_ref(), "店代码");
    assert_eq!(current(&store, "target", "object"), ["李销售", "孙销售"]);
    assert_eq!(counts(&store.tallies, "a"), [3, 2, 1, 2]);
}

#[test]
fn rows_of_the_group_go_to_their_stores_and_what_is_nobody_s_is_an_error() {
    let rows = [
        ("2026-12|甲|订单|5", "S01"),
        ("2026-12|乙|订单|6", "S02"),
        ("2026-12|丙|订单|7", "S09"),
        ("2026-12|丁|订单|8", ""),
    ];
    let reads = [of_group("_group/a.xlsx", vec![parted("target", HEADER, &rows)])];
    let settings = Settings::defaults(&CATALOG);
    let stores = ["S01", "S02"].map(|id| settings.store(id));
    let cutoff = parse_as_of(CUTOFF).unwrap();
    for (store, object) in stores.iter().zip(["甲", "乙"]) {
        let share = share_of(&reads[0], store, &CATALOG).unwrap();
        let (rows, findings) = check_store(store, vec![share], &CATALOG, &settings, cutoff);
        assert_eq!(lines(&findings), [""; 0], "{}", store.id);
        assert_eq!(current(&rows, "target", "object"), [object]);
        assert_eq!(counts(&rows.tallies, "_group/a.xlsx"), [1, 1, 0, 1]);
    }
    assert!(share_of(&reads[0], &settings.store("S03"), &CATALOG).is_none());
    let (findings, tallies) = of_no_store(&reads, &stores, &CATALOG, &settings, cutoff);
    assert_eq!(lines(&findings), ["S011 _group/a.xlsx E4", "S011 _group/a.xlsx E5"]);
    assert!(findings.iter().all(|finding| finding.store.is_empty()));
    assert_eq!(counts(&tallies, "_group/a.xlsx"), [2, 0, 2, 0]);
}

#[test]
fn a_sheet_of_the_group_that_does_not_say_whose_its_rows_are_is_one_error() {
    let reads = [of_group("_group/a.xlsx", vec![table("target", HEADER, &["2026-12|甲|订单|5", "2026-12|乙|订单|6"])])];
    let settings = Settings::defaults(&CATALOG);
    let (findings, tallies) =
        of_no_store(&reads, &[settings.store("S01")], &CATALOG, &settings, parse_as_of(CUTOFF).unwrap());
    assert_eq!(lines(&findings), ["S012 _group/a.xlsx "]);
    assert_eq!(counts(&tallies, "_group/a.xlsx"), [2, 0, 2, 0]);
}

#[test]
fn what_a_store_sent_itself_stands_over_what_came_for_it() {
    let settings = Settings::defaults(&CATALOG);
    let store = settings.store("S01");
    let rows = [("2026-12|甲|订单|5", "S01"), ("2026-12|乙|订单|6", "S01")];
    let group = of_group("_group/a.xlsx", vec![parted("target", HEADER, &rows)]);
    let share = share_of(&group, &store, &CATALOG).unwrap();
    // The group's file says a later week than the store's.
    let mut share_later = share.clone();
    share_later.submission.to = parse_as_of(CUTOFF).map(|at| at.date());
    for share in [share, share_later] {
        let own = book("S01/a.xlsx", "2026-11-15", vec![table("target", HEADER, &["2026-12|甲|订单|9"])]);
        let (rows, findings) = check_store(&store, vec![own, share], &CATALOG, &settings, parse_as_of(CUTOFF).unwrap());
        assert_eq!(lines(&findings), [""; 0], "another value is no restatement");
        assert_eq!(current(&rows, "target", "value"), ["9", "6"]);
    }
}

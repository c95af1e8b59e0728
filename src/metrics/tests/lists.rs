//! Worklists and ad-hoc queries.

use super::*;
use crate::{metrics::Answer, model::WorklistRow};

const OVERDUE: &str = r#"
number = 2
title = { zh = "联系逾期" }
fact = "duty"
where = "open and due_by <= cutoff"
owner = "staff"
due = "due_by"
reason = "'级别 ' || level || ' 逾期'"
order_by = ["level = 'C'", "due_by"]
customer = "customer_key"
name = "customer_name"
phone = "phone"
extra = [
    { column = "last_contact_at", title = { zh = "上次联系" } },
    { column = "phone", title = { zh = "电话" } },
]
source = "test"
"#;

fn duty(staff: Option<&'static str>, level: &'static str, due: &str, key: &'static str) -> Row<'static> {
    let mut row = vec![
        ("open", Value::Flag(true)),
        ("level", level.into()),
        ("due_by", when(due)),
        ("customer_key", key.into()),
        ("customer_name", "王小明".into()),
        ("phone", "13800001234".into()),
        ("last_contact_at", when("2026-10-01 09:05")),
    ];
    row.extend(staff.map(|staff| ("staff", staff.into())));
    row
}

fn shown(row: &WorklistRow) -> String {
    let days = row.days_over.map_or(String::new(), |days| days.to_string());
    let place = row.place.row.unwrap_or_default();
    format!("{} {} {} {days} {place}", row.store, row.owner.as_deref().unwrap_or("-"), row.reason.zh)
}

#[test]
fn what_is_due_stands_under_its_owner_in_the_lists_own_order() {
    let catalog = catalog(&[("worklists", "overdue", OVERDUE)]);
    let mut closed = duty(Some("甲"), "A", "2026-10-01", "Q1");
    closed[0] = ("open", Value::Flag(false));
    let rows = [
        duty(Some("甲"), "C", "2026-10-01", "Q1"),
        duty(Some("甲"), "A", "2026-10-20 18:00", "13800001234"),
        duty(Some("甲"), "A", "2026-10-10", "LSVAB2183E2100001"),
        duty(Some("甲"), "A", "2026-10-23", "Q4"), // after the cut-off
        duty(None, "B", "2026-10-22 23:00", "Q5"), // the cut-off's day: due, and no day over
        closed,
    ];
    let pond = Pond::of(&[
        vec![fact(&catalog, "duty", "S02", &[duty(Some("乙"), "H", "2026-10-21", "Q9")])],
        vec![fact(&catalog, "duty", "S01", &rows)],
    ]);
    let found = pond.metrics(&catalog, "2026-10-22").worklists().unwrap();
    assert_eq!(
        found.iter().map(shown).collect::<Vec<_>>(),
        [
            "S01 甲 级别 A 逾期 12 4",
            "S01 甲 级别 A 逾期 2 3",
            "S01 甲 级别 C 逾期 21 2",
            "S01 - 级别 B 逾期 0 6",
            "S02 乙 级别 H 逾期 1 2",
        ]
    );
    let references: Vec<&str> = found.iter().map(|row| row.customer_ref.as_str()).collect();
    assert_eq!(references, ["…0001", "138****1234", "Q1", "Q5", "Q9"]);
    // In full for the store's own workbook; masked among the extras.
    assert_eq!((found[0].customer_name.as_deref(), found[0].phone.as_deref()), (Some("王小明"), Some("13800001234")));
    assert_eq!(found[0].extra, ["2026-10-01 09:05", "138****1234"]);
    assert_eq!((&*found[0].list, found[0].due), ("overdue", Some("2026-10-10".parse().unwrap())));
}

#[test]
fn a_list_that_would_show_personal_data_or_has_the_wrong_types_is_left_out() {
    let changed = |from: &str, to: &str| {
        assert!(OVERDUE.contains(from));
        OVERDUE.replace(from, to)
    };
    let cases = [
        (changed("'级别 ' || level", "'电话 ' || phone"), "phone", 8),
        (changed("owner = \"staff\"", "owner = \"customer_name\""), "customer_name", 6),
        (changed("owner = \"staff\"", "owner = \"done_row\""), "wanted.text", 6),
        (changed("due = \"due_by\"", "due = \"level\""), "wanted.day", 7),
        (changed("open and due_by <= cutoff", "level"), "wanted.condition", 5),
    ];
    for (text, word, line) in cases {
        let catalog = catalog(&[("worklists", "bad", &text), ("worklists", "good", OVERDUE)]);
        let pond = Pond::of(&[vec![fact(&catalog, "duty", "S01", &[duty(None, "A", "2026-10-01", "Q1")])]]);
        let metrics = pond.metrics(&catalog, "2026-10-22");
        let problems = metrics.problems();
        assert_eq!(problems.iter().map(|p| p.place.row).collect::<Vec<_>>(), [Some(line)]);
        assert!(problems[0].said().to_string().contains(word), "{problems:?}");
        assert_eq!(metrics.worklists().unwrap().iter().map(|row| &*row.list).collect::<Vec<_>>(), ["good"]);
    }
}

#[test]
fn a_list_that_fails_on_the_rows_is_reported() {
    let text = OVERDUE.replace("open and", "cast(level as bigint) > 0 and");
    let catalog = catalog(&[("worklists", "bad", &text)]);
    let pond = Pond::of(&[vec![fact(&catalog, "duty", "S01", &[duty(None, "A", "2026-10-01", "Q1")])]]);
    let metrics = pond.metrics(&catalog, "2026-10-22");
    assert_eq!(metrics.worklists().unwrap(), Vec::new());
    assert_eq!(metrics.problems().len(), 1);
}

#[test]
fn a_query_sees_the_facts_and_the_cut_off() {
    let catalog = catalog(&[]);
    let rows = [duty(Some("甲"), "C", "2026-10-01", "Q1"), duty(None, "A", "2026-10-23 09:30", "Q2")];
    let pond = Pond::of(&[vec![fact(&catalog, "duty", "S01", &rows)]]);
    let metrics = pond.metrics(&catalog, "2026-10-22");
    let Answer { columns: names, rows: found, .. } = metrics
        .query("select d.level, due_by, staff, due_by <= cutoff as late from duty d order by due_by", true)
        .unwrap();
    assert_eq!(names, ["level", "due_by", "staff", "late"]);
    assert_eq!(found, [["C", "2026-10-01 00:00:00", "甲", "true"], ["A", "2026-10-23 09:30:00", "", "false"]]);
    // Facts without rows are there too, and may be joined.
    let sql = "select count(*) from duty left join complaint on complaint.customer_key = duty.customer_key \
               where duty.store not in (select store from \"order\")";
    assert_eq!(metrics.query(sql, true).unwrap().rows, [["2"]]);
}

#[test]
fn a_query_for_headquarters_sees_nobody() {
    let catalog = catalog(&[]);
    let row: Row<'_> = vec![
        ("prospect_no", "Q1".into()),
        ("name", "王小明".into()),
        ("phone", "13800001234".into()),
        ("level", "A".into()),
    ];
    let call: Row<'_> = vec![("customer_key", "13800001234".into())];
    let pond =
        Pond::of(&[vec![fact(&catalog, "prospect", "S01", &[row]), fact(&catalog, "follow_up", "S01", &[call])]]);
    let metrics = pond.metrics(&catalog, "2026-10-22");
    let sql = "select p.name, p.phone, f.customer_key, p.level from prospect p join follow_up f on f.store = p.store";
    assert_eq!(metrics.query(sql, true).unwrap().rows, [["王小明", "13800001234", "13800001234", "A"]]);
    assert_eq!(metrics.query(sql, false).unwrap().rows, [["", "", "138****1234", "A"]]);
    assert!(metrics.query(sql, true).unwrap().withheld.is_empty());
    let hidden = metrics.query("select count(*) from prospect where phone like '138%'", false).unwrap();
    assert_eq!(hidden.withheld, ["prospect.phone".into()], "a condition rests on it too");
    let none = metrics.query("select count(*), max(level) from prospect", false).unwrap();
    assert!(none.withheld.is_empty(), "{:?}", none.withheld);
    let hidden = hidden.rows;
    assert_eq!(hidden, [["0"]], "nor can it be guessed");
}

#[test]
fn what_rests_on_a_sheet_that_a_store_never_sent_is_not_there() {
    let text = "title = { zh = \"指标\" }\nfact = \"duty\"\ntime = \"due_by\"\nnumerator = \"1\"\nsource = \"t\"\nneeds = [\"follow_up\"]\n";
    let catalog = catalog(&[("kpis", "k", text), ("worklists", "overdue", OVERDUE)]);
    let mut lists = catalog.clone();
    lists.worklists[0].needs = vec!["follow_up".into()];
    let of = |store: &str| vec![fact(&catalog, "duty", store, &[duty(Some("甲"), "A", "2026-10-01", "Q1")])];
    let pond = Pond::of(&[of("S01"), of("S02")]);
    let mut metrics = pond.metrics(&lists, "2026-10-22");
    metrics.absent.insert("S02".to_owned(), BTreeSet::from(["follow_up".into()]));
    let stores = |rows: Vec<Arc<str>>| rows.iter().map(|store| store.to_string()).collect::<Vec<_>>();
    let counted =
        |(store, sums): (String, StoreSums)| sums.kpis.iter().any(|own| !own.atoms.is_empty()).then_some(store);
    assert_eq!(metrics.sums().into_iter().filter_map(counted).collect::<Vec<_>>(), ["S01"]);
    let behind = metrics.lineage(&LineageFilter::default()).unwrap();
    assert_eq!(stores(behind.iter().map(|row| row.store.clone()).collect()), ["S01"]);
    assert_eq!(stores(metrics.worklists().unwrap().iter().map(|row| row.store.clone()).collect()), ["S01"]);
}

#[test]
fn a_query_only_reads() {
    let catalog = catalog(&[]);
    let pond = Pond::of(&[]);
    let metrics = pond.metrics(&catalog, "2026-10-22");
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("x.parquet");
    let refused = [
        "drop table duty".to_owned(),
        "create table x as select 1".to_owned(),
        "insert into duty (store) values ('S01')".to_owned(),
        "delete from duty".to_owned(),
        format!("copy (select 1) to '{}'", target.display()),
        format!("create external table x stored as csv location '{}'", target.display()),
        "set datafusion.execution.batch_size = 1".to_owned(),
        "explain select 1".to_owned(),
        "select 1; select 2".to_owned(),
        "selec 1".to_owned(),
        "select no_such_column from duty".to_owned(),
        String::new(),
    ];
    for sql in &refused {
        assert!(matches!(metrics.query(sql, true), Err(MetricsError::Query(_))), "{sql}");
    }
    assert!(!target.exists());
    let one = metrics.query("select 1 as one", true).unwrap();
    assert_eq!((one.columns, one.rows), (vec!["one".to_owned()], vec![vec!["1".to_owned()]]));
}

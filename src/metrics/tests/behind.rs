//! The rows behind the figures.

use super::*;
use crate::model::{Fen, LineageRow};

/// `day role numerator/denominator row evidence…`
fn shown(rows: &[LineageRow]) -> Vec<String> {
    let line = |row: &LineageRow| {
        let evidence: Vec<&str> = row.evidence.iter().map(|(_, value)| &**value).collect();
        let (role, place) = (row.role.word(), row.place.row.unwrap());
        format!("{} {role} {}/{} {place} {}", row.day, row.numerator, row.denominator, evidence.join(","))
            .trim_end()
            .to_owned()
    };
    rows.iter().map(line).collect()
}

#[test]
fn each_row_has_its_part_and_its_evidence_masked() {
    let text = kpi(
        "duty",
        "due_by",
        "where = \"kind = 'thanks' and verdict in ('met', 'missed', 'unmeasurable')\"\n\
         excluded = \"verdict = 'unmeasurable'\"\nnumerator = \"verdict = 'met'\"\ndenominator = \"1\"\n\
         evidence = [\"customer_key\", \"customer_name\", \"phone\", \"opened_at\", \"done_at\", \"open\", \"done_row\"]",
    );
    let catalog = catalog(&[("kpis", "thanks", &text)]);
    let duty = |due: &str, verdict: &'static str, opened: &str| {
        vec![
            ("kind", "thanks".into()),
            ("due_by", when(due)),
            ("verdict", verdict.into()),
            ("opened_at", when(opened)),
            ("customer_key", "LSVAB2183E2100001".into()),
            ("customer_name", "王小明".into()),
            ("phone", "13800001234".into()),
            ("staff", "甲".into()),
            ("open", Value::Flag(false)),
            ("done_row", Value::Int(9)),
        ]
    };
    let rows = [
        duty("2026-10-05", "met", "2026-10-04"),
        duty("2026-10-06 10:00", "unmeasurable", "2026-10-05 10:00"),
        duty("2026-10-06", "missed", "2026-10-05 10:30"),
        duty("2026-10-06", "pending", "2026-10-05"),
        duty("2026-11-01", "missed", "2026-10-31"),
    ];
    let pond = Pond::of(&[vec![fact(&catalog, "duty", "S01", &rows)]]);
    let metrics = pond.metrics(&catalog, "2026-10-31");
    let found = metrics.lineage(&LineageFilter::default()).unwrap();
    assert_eq!(
        shown(&found),
        [
            "2026-10-06 failed 0/1 4 …0001,王**,138****1234,2026-10-05 10:30,,否,9",
            "2026-10-06 excluded 0/0 3 …0001,王**,138****1234,2026-10-05 10:00,,否,9",
            "2026-10-05 passed 1/1 2 …0001,王**,138****1234,2026-10-04,,否,9",
        ]
    );
    let first = &found[0];
    assert_eq!((&*first.kpi, &*first.store, first.staff.as_deref()), ("thanks", "S01", Some("甲")));
    assert_eq!((&*first.place.workbook, &*first.place.sheet), ("S01/a.xlsx", "表"));
    assert_eq!(&*first.evidence[3].0, "opened_at");
    assert_eq!((first.model.as_deref(), first.channel.as_deref()), (None, None));
}

#[test]
fn the_rows_add_up_to_the_figures() {
    let value_of = kpi("service_visit", "in_at", "numerator = \"total\"\nunit = \"yuan\"\nevidence = [\"total\"]");
    let deliver =
        kpi("order_pool", "month", "numerator = \"delivered\"\ndenominator = \"base\"\nevidence = [\"delivered\"]");
    let catalog = catalog(&[("kpis", "a", &value_of), ("kpis", "b", &deliver)]);
    let visit = |fen: Option<i64>| {
        let total = fen.map(|fen| ("total", Value::Amount(Fen(fen))));
        [("in_at", when("2026-10-05"))].into_iter().chain(total).collect::<Row<'_>>()
    };
    let order = |base: bool, delivered: i64| {
        vec![("month", when("2026-10-01")), ("base", Value::Flag(base)), ("delivered", Value::Int(delivered))]
    };
    let visits = fact(&catalog, "service_visit", "S01", &[visit(Some(12_345)), visit(None), visit(Some(-45))]);
    let orders = [order(true, 1), order(true, 0), order(false, -1), order(false, 0)];
    let pond = Pond::of(&[vec![visits, fact(&catalog, "order_pool", "S01", &orders)]]);
    let metrics = pond.metrics(&catalog, "2026-10-31");
    let found = metrics.lineage(&LineageFilter::default()).unwrap();
    assert_eq!(
        shown(&found),
        [
            // A row of a sum that adds nothing; the order in neither numerator nor denominator stands behind nothing.
            "2026-10-05 failed 0/0 3",
            "2026-10-05 passed 123.45/0 2 123.45",
            "2026-10-05 passed -0.45/0 4 -0.45",
            // What lowers a share does not speak for it, and is among the rows all the same.
            "2026-10-01 failed 0/1 3 0",
            "2026-10-01 failed -1/0 4 -1",
            "2026-10-01 passed 1/1 2 1",
        ]
    );
    let values = metrics.values(&Settings::default(), &[]);
    assert_eq!(figures(value(&values, "a", Scope::Store, "S01", "2026-10")), "123/- x0");
    assert_eq!(figures(value(&values, "b", Scope::Store, "S01", "2026-10")), "0/2 x0");
}

fn contact(day: &str, staff: &'static str, row: i64, connected: bool) -> Row<'static> {
    vec![
        ("done_at", when(day)),
        ("executor", staff.into()),
        ("row", Value::Int(row)),
        ("connected", Value::Flag(connected)),
        ("method", if connected { "电话".into() } else { "短信".into() }),
    ]
}

#[test]
fn a_filter_takes_days_people_and_kpis() {
    let text = kpi("follow_up", "done_at", "numerator = \"connected\"\ndenominator = \"1\"");
    let no_staff = kpi("submission", "week", "numerator = \"1\"");
    let catalog = catalog(&[("kpis", "connect", &text), ("kpis", "weeks", &no_staff)]);
    let rows = [
        contact("2026-09-30", "甲", 2, true),
        contact("2026-10-01 08:00", "甲", 3, true),
        contact("2026-10-02", "乙", 4, false),
        contact("2026-10-03", "甲", 5, true),
    ];
    let week = [vec![("week", when("2026-10-01"))]];
    let of = |store: &str| vec![fact(&catalog, "follow_up", store, &rows), fact(&catalog, "submission", store, &week)];
    let pond = Pond::of(&[of("S01"), of("S02")]);
    let metrics = pond.metrics(&catalog, "2026-10-31");
    let found = |filter: LineageFilter| {
        let rows = metrics.lineage(&filter).unwrap();
        rows.iter().map(|row| format!("{} {} {}", row.kpi, row.store, row.place.row.unwrap())).collect::<Vec<_>>()
    };
    let every = LineageFilter::default;
    assert_eq!(found(every()).len(), 10);
    let day = |text: &str| Some(text.parse().unwrap());
    let within = LineageFilter { since: day("2026-10-01"), until: day("2026-10-02"), ..every() };
    let connect = LineageFilter { kpis: vec!["connect".into()], ..within };
    assert_eq!(found(connect), ["connect S01 4", "connect S01 3", "connect S02 4", "connect S02 3"]);
    let own = LineageFilter { staff: Some("乙".into()), ..every() };
    assert_eq!(found(own), ["connect S01 4", "connect S02 4"], "a KPI without people has no rows of a person");
    assert_eq!(found(LineageFilter { kpis: vec!["none".into()], ..every() }), Vec::<String>::new());
}

#[test]
fn a_limit_keeps_the_latest_days_of_each_month_and_role() {
    let text = kpi(
        "follow_up",
        "done_at",
        "numerator = \"connected\"\ndenominator = \"1\"\nevidence = [\"method\", \"result\"]",
    );
    let catalog = catalog(&[("kpis", "connect", &text)]);
    let mut alike = contact("2026-10-01", "甲", 9, true);
    alike.push(("result", "成功".into()));
    let rows = [
        contact("2026-09-30", "甲", 2, true),
        contact("2026-10-01", "甲", 9, true),
        alike,
        contact("2026-10-01", "甲", 7, true),
        contact("2026-10-02", "乙", 8, true),
        contact("2026-10-01", "乙", 5, false),
    ];
    let catalog_ref = &catalog;
    let kept = |rows: &[Row<'_>], limit: usize| {
        let pond = Pond::of(&[vec![fact(catalog_ref, "follow_up", "S01", rows)]]);
        let filter = LineageFilter { limit: Some(limit), ..LineageFilter::default() };
        shown(&pond.metrics(catalog_ref, "2026-10-31").lineage(&filter).unwrap())
    };
    let mut reversed = rows.to_vec();
    reversed.reverse();
    let expected = [
        "2026-10-02 passed 1/1 8 电话,",
        "2026-10-01 failed 0/1 5 短信,",
        "2026-10-01 passed 1/1 7 电话,",
        // The two of row 9 share place and day: what is kept rests on their content, not on who came first.
        "2026-10-01 passed 1/1 9 电话,",
        "2026-09-30 passed 1/1 2 电话,",
    ];
    assert_eq!(kept(&rows, 3), expected);
    assert_eq!(kept(&reversed, 3), expected);
    assert_eq!(kept(&rows, 1), [expected[0], expected[1], expected[4]]);
    assert_eq!(kept(&rows, 0), Vec::<String>::new());
}

//! What one KPI counts: hand-worked figures of the finest grain, over the whole time up to the cut-off.

use super::*;
use crate::model::Fen;

/// The group's as-of figures of each KPI over one store's fact.
fn totals(kpis: &[(&str, String)], name: &str, rows: &[Row<'_>], cutoff: &str) -> Vec<String> {
    let definitions: Vec<(&str, &str, &str)> = kpis.iter().map(|(id, text)| ("kpis", *id, text.as_str())).collect();
    let catalog = catalog(&definitions);
    let pond = Pond::of(&[vec![fact(&catalog, name, "S01", rows)]]);
    let metrics = pond.metrics(&catalog, cutoff);
    let values = metrics.values(&Settings::default(), &[]);
    assert_eq!(metrics.problems(), Vec::new());
    let day = at(cutoff).date().to_string();
    kpis.iter().map(|(id, _)| figures(value(&values, id, Scope::Group, "group", &day))).collect()
}

#[test]
fn a_row_counts_when_where_is_true_and_its_time_is_known_and_not_after_the_cut_off() {
    let rows = [
        vec![("accepted_at", when("2026-10-05 09:30")), ("category", "销售".into())], // counts
        vec![("accepted_at", when("2026-10-05")), ("category", "销售".into())],       // counts: any hour of the day
        vec![("accepted_at", when("2026-10-06")), ("category", "价格".into())],       // where is FALSE
        vec![("accepted_at", when("2026-10-06"))],                                    // where is NULL
        vec![("category", "销售".into())],                                            // time is NULL
        vec![("accepted_at", when("2026-10-07 23:59")), ("category", "销售".into())], // counts: the cut-off's day
        vec![("accepted_at", when("2026-10-08")), ("category", "销售".into())],       // after the cut-off
    ];
    let sum = kpi("complaint", "accepted_at", "where = \"category = '销售'\"\nnumerator = \"1\"");
    assert_eq!(totals(&[("sum", sum)], "complaint", &rows, "2026-10-07"), ["3/- x0"]);
}

#[test]
fn null_is_zero_in_sums_and_means_judged_in_excluded() {
    let verdict = |word: Option<&'static str>, closed: Option<&str>| {
        let mut row = vec![("accepted_at", when("2026-10-05"))];
        row.extend(word.map(|word| ("resp_verdict", word.into())));
        row.extend(closed.map(|closed| ("closed_at", when(closed))));
        row
    };
    let rows = [
        verdict(Some("met"), Some("2026-10-06 10:00")),
        verdict(Some("missed"), None),
        verdict(Some("unmeasurable"), Some("2026-10-06")),
        verdict(None, None),
    ];
    let kpis = [
        // unmeasurable is excluded; NULL is judged and adds nothing to the numerator: 1 of 3
        (
            "ratio",
            kpi(
                "complaint",
                "accepted_at",
                "excluded = \"resp_verdict = 'unmeasurable'\"\nnumerator = \"resp_verdict = 'met'\"\ndenominator = \"1\"",
            ),
        ),
        // closed by the cut-off: two of four; open ones are NULL <= cutoff, thus nothing
        ("closed", kpi("complaint", "accepted_at", "numerator = \"closed_at <= cutoff\"\ndenominator = \"1\"")),
        // the cut-off's day lasts until its end, one minute before ten o'clock does not
        (
            "ten",
            kpi(
                "complaint",
                "accepted_at",
                "numerator = \"closed_at <= cutoff - interval '1 day'\"\ndenominator = \"closed_at is not null\"",
            ),
        ),
    ];
    assert_eq!(totals(&kpis, "complaint", &rows, "2026-10-07"), ["1/3 x1", "2/4 x0", "2/2 x0"]);
    assert_eq!(totals(&kpis, "complaint", &rows, "2026-10-06 09:59"), ["1/3 x1", "1/4 x0", "0/2 x0"]);
}

#[test]
fn conditions_numbers_and_amounts_add_up_exactly() {
    let visit = |total: Option<i64>, mileage: i64| {
        let mut row = vec![("in_at", when("2026-10-05")), ("mileage", Value::Int(mileage))];
        row.extend(total.map(|fen| ("total", Value::Amount(Fen(fen)))));
        row
    };
    let rows = [visit(Some(10_001), 3), visit(Some(-2), -1), visit(None, 1), visit(Some(33_333), 0)];
    let kpis = [
        // 100.01 - 0.02 + 333.33 = 433.32
        ("amount", kpi("service_visit", "in_at", "numerator = \"total\"\nunit = \"yuan\"")),
        // 3 - 1 + 1 + 0 = 3, over four rows counted twice each
        ("whole", kpi("service_visit", "in_at", "numerator = \"mileage\"\ndenominator = \"2\"")),
        // positive amounts: two
        ("flag", kpi("service_visit", "in_at", "numerator = \"total > 0\"\ndenominator = \"total\"\nunit = \"yuan\"")),
        // A third of a kilometre, rounded row by row: 1.0000 - 0.3333 + 0.3333 + 0 = 1
        ("third", kpi("service_visit", "in_at", "numerator = \"cast(mileage as double) / 3\"\ndenominator = \"1\"")),
        // 0.00005 is rounded away from zero: 3 × 0.00005 = 0.00015 → 0.0002; -0.0001; 0.0001; 0: 0.0002
        ("half", kpi("service_visit", "in_at", "numerator = \"mileage * 0.00005\"\ndenominator = \"1\"")),
        // A float divided by zero is no number and adds nothing: 1/3 - 1 + 1 + nothing = 0.3333
        ("inverse", kpi("service_visit", "in_at", "numerator = \"1 / cast(mileage as double)\"\ndenominator = \"1\"")),
        // 13 % of an amount stays exact until the fourth place: 13.0013 - 0.0026 + 43.3329 = 56.3316
        ("share", kpi("service_visit", "in_at", "numerator = \"total * 0.13\"\nunit = \"yuan\"")),
    ];
    assert_eq!(
        totals(&kpis, "service_visit", &rows, "2026-10-07"),
        ["433.32/- x0", "3/8 x0", "2/433.32 x0", "1/4 x0", "0.0002/4 x0", "0.3333/4 x0", "56.3316/- x0"]
    );
}

#[test]
fn a_reversed_delivery_takes_one_away() {
    let row = |month: &str, base: bool, delivered: i64| {
        vec![("month", when(month)), ("base", Value::Flag(base)), ("delivered", Value::Int(delivered))]
    };
    // Delivered twice in September; one is reversed in October, where nothing else counts.
    let rows = [row("2026-09-01", true, 1), row("2026-09-01", true, 1), row("2026-10-01", false, -1)];
    let deliver = kpi("order_pool", "month", "numerator = \"delivered\"\ndenominator = \"base\"");
    let catalog = catalog(&[("kpis", "deliver", &deliver)]);
    let pond = Pond::of(&[vec![fact(&catalog, "order_pool", "S01", &rows)]]);
    let values = pond.metrics(&catalog, "2026-10-31").values(&Settings::default(), &[]);
    let of = |period| {
        let value = value(&values, "deliver", Scope::Store, "S01", period);
        format!("{} {}", figures(value), value.status.word())
    };
    assert_eq!(of("2026-09"), "2/2 x0 no_target");
    assert_eq!(of("2026-10"), "-1/0 x0 no_data");
    assert_eq!(of("2026-10-31"), "1/2 x0 no_target");
}

#[test]
fn kpis_of_one_fact_may_have_periods_and_people_of_their_own() {
    let rows = [
        vec![
            ("ordered_at", when("2026-09-30")),
            ("delivered_at", when("2026-10-02")),
            ("consultant", "甲".into()),
            ("reported_on", when("2026-10-03")),
        ],
        vec![("ordered_at", when("2026-10-01")), ("consultant", "乙".into()), ("customer_kind", "新购".into())],
    ];
    let definitions = [
        ("ordered", kpi("order", "ordered_at", "numerator = \"1\"")),
        ("delivered", kpi("order", "delivered_at", "numerator = \"1\"\ndenominator = \"1\"")),
        ("kinds", kpi("order", "ordered_at", "numerator = \"1\"\nchannel = \"customer_kind\"")),
    ];
    let definitions: Vec<_> = definitions.iter().map(|(id, text)| ("kpis", *id, text.as_str())).collect();
    let catalog = catalog(&definitions);
    let pond = Pond::of(&[vec![fact(&catalog, "order", "S01", &rows)]]);
    let values = pond.metrics(&catalog, "2026-10-31").values(&Settings::default(), &[]);
    let scopes = |kpi: &str| {
        lines(&values, |v| {
            &*v.kpi == kpi
                && v.period.grain == crate::model::Grain::Month
                && matches!(v.scope, Scope::Staff | Scope::Channel)
        })
    };
    assert_eq!(scopes("ordered"), ["staff S01/乙 2026-10 1/- x0 no_target", "staff S01/甲 2026-09 1/- x0 no_target"]);
    assert_eq!(scopes("delivered"), ["staff S01/甲 2026-10 1/1 x0 no_target"]);
    assert_eq!(
        scopes("kinds"),
        [
            "staff S01/乙 2026-10 1/- x0 no_target",
            "staff S01/甲 2026-09 1/- x0 no_target",
            "channel 新购 2026-10 1/- x0 no_target"
        ]
    );
}

#[test]
fn a_bad_definition_costs_one_finding_and_nothing_else() {
    let good = kpi("complaint", "accepted_at", "numerator = \"1\"");
    let cases = [
        ("no_condition", "numerator = \"1\"\nwhere = \"category\"", 6),
        ("no_number", "numerator = \"category\"", 5),
        ("no_function", "numerator = \"1\"\ndenominator = \"no_such_function(row)\"", 6),
        ("no_types", "numerator = \"accepted_at + category > cutoff\"", 5),
        ("aggregate", "numerator = \"sum(row)\"", 5),
        ("clock", "numerator = \"accepted_at < now()\"", 5),
        ("null", "numerator = \"null\"", 5),
    ];
    let texts: Vec<(&str, String, u32)> =
        cases.iter().map(|(id, rest, line)| (*id, kpi("complaint", "accepted_at", rest), *line)).collect();
    for (id, text, line) in &texts {
        let catalog = catalog(&[("kpis", "good", &good), ("kpis", id, text)]);
        let pond = Pond::of(&[vec![fact(&catalog, "complaint", "S01", &[vec![("accepted_at", when("2026-10-05"))]])]]);
        let metrics = pond.metrics(&catalog, "2026-10-07");
        let found: Vec<_> = metrics
            .problems()
            .iter()
            .map(|f| (f.code.to_string(), f.place.workbook.to_string(), f.place.row))
            .collect();
        assert_eq!(found, [("D001".to_owned(), format!("definitions/kpis/{id}.toml"), Some(*line))]);
        let values = metrics.values(&Settings::default(), &[]);
        assert_eq!(figures(value(&values, "good", Scope::Group, "group", "2026-10-07")), "1/- x0", "{id}");
        assert!(values.iter().all(|v| &*v.kpi == "good"), "{id} has no lines");
    }
}

#[test]
fn a_period_column_that_is_no_day_is_a_bad_definition() {
    let catalog = catalog(&[("kpis", "x", &kpi("complaint", "category", "numerator = \"1\""))]);
    let problems = Pond::of(&[]).metrics(&catalog, "2026-10-07").problems();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place.row, Some(1));
}

#[test]
fn a_definition_that_fails_on_the_rows_is_left_out_without_quoting_them() {
    let good = kpi("complaint", "accepted_at", "numerator = \"1\"");
    let cast = kpi("complaint", "accepted_at", "numerator = \"cast(customer_key as bigint)\"");
    let zero = kpi("complaint", "accepted_at", "numerator = \"1\"\ndenominator = \"row / (row - 2)\"");
    let catalog = catalog(&[("kpis", "good", &good), ("kpis", "cast", &cast), ("kpis", "zero", &zero)]);
    let row = vec![("accepted_at", when("2026-10-05")), ("customer_key", "王小明13800001234".into())];
    let pond = Pond::of(&[vec![fact(&catalog, "complaint", "S01", &[row])]]);
    let metrics = pond.metrics(&catalog, "2026-10-07");
    assert_eq!(metrics.problems(), Vec::new(), "they do plan");
    let values = metrics.values(&Settings::default(), &[]);
    assert_eq!(values.iter().map(|value| &*value.kpi).collect::<BTreeSet<_>>(), BTreeSet::from(["good"]));
    assert_eq!(metrics.lineage(&LineageFilter::default()).unwrap().len(), 1);
    let problems = metrics.problems();
    assert_eq!(problems.len(), 2);
    for problem in &problems {
        let said = problem.said().to_string();
        assert!(!said.contains("13800001234") && !said.contains("王"), "{said}");
    }
    let said: Vec<String> = problems.iter().map(|problem| problem.said().to_string()).collect();
    assert!(said[0].contains("rows.conversion") && said[1].contains("rows.division"), "{said:?}");
}

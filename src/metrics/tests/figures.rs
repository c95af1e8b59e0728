//! From the finest figures to scopes and periods.

use super::*;
use crate::{catalog::Accumulate, model::Grain as Length, model::Quantity, project::settings::Target};
use proptest::prelude::*;

const CONVERT: &str =
    "excluded = \"level is null\"\nnumerator = \"level = 'O'\"\ndenominator = \"1\"\ntarget = 0.6667\n";

fn lead(day: &str, staff: &'static str, level: Option<&'static str>) -> Row<'static> {
    let mut row = vec![("first_contact_at", when(day)), ("consultant", staff.into())];
    row.extend(level.map(|level| ("level", level.into())));
    row
}

/// Two stores with leads, in September and November; a third without.
fn two_stores(catalog: &Catalog) -> Pond {
    let first = [
        lead("2026-09-01", "甲", Some("O")),
        lead("2026-09-15", "甲", Some("O")),
        lead("2026-09-30", "", Some("N")),
        lead("2026-11-02", "乙", None),
    ];
    let second = [lead("2026-11-03", "甲", Some("O"))];
    Pond::of(&[vec![fact(catalog, "prospect", "S01", &first)], vec![fact(catalog, "prospect", "S02", &second)]])
}

fn rolled(pond: &Pond, catalog: &Catalog, settings: &Settings, cutoff: &str) -> Vec<KpiValue> {
    let list = stores(settings, &[("S01", "南区", "甲牌"), ("S02", "北区", "甲牌"), ("S03", "北区", "")]);
    pond.metrics(catalog, cutoff).values(settings, &list)
}

#[test]
fn every_store_has_every_month_and_people_only_theirs() {
    let text = kpi("prospect", "first_contact_at", &format!("{CONVERT}grains = [\"month\", \"asof\"]"));
    let catalog = catalog(&[("kpis", "x", &text)]);
    let values = rolled(&two_stores(&catalog), &catalog, &Settings::default(), "2026-11-22");
    // 2/3 = 0.666666… is less than 0.6667, exactly; the row without a level is excluded.
    let expected = [
        "group group 2026-09 2/3 x0 missed",
        "group group 2026-10 0/0 x0 no_data",
        "group group 2026-11 1/1 x1 met",
        "group group 2026-11-22 3/4 x1 met",
        "region 北区 2026-09 0/0 x0 no_data",
        "region 北区 2026-10 0/0 x0 no_data",
        "region 北区 2026-11 1/1 x0 met",
        "region 北区 2026-11-22 1/1 x0 met",
        "region 南区 2026-09 2/3 x0 missed",
        "region 南区 2026-10 0/0 x0 no_data",
        "region 南区 2026-11 0/0 x1 not_measurable",
        "region 南区 2026-11-22 2/3 x1 missed",
        "brand 甲牌 2026-09 2/3 x0 missed",
        "brand 甲牌 2026-10 0/0 x0 no_data",
        "brand 甲牌 2026-11 1/1 x1 met",
        "brand 甲牌 2026-11-22 3/4 x1 met",
        "store S01 2026-09 2/3 x0 missed",
        "store S01 2026-10 0/0 x0 no_data",
        "store S01 2026-11 0/0 x1 not_measurable",
        "store S01 2026-11-22 2/3 x1 missed",
        "store S02 2026-09 0/0 x0 no_data",
        "store S02 2026-10 0/0 x0 no_data",
        "store S02 2026-11 1/1 x0 met",
        "store S02 2026-11-22 1/1 x0 met",
        "store S03 2026-09 0/0 x0 no_data",
        "store S03 2026-10 0/0 x0 no_data",
        "store S03 2026-11 0/0 x0 no_data",
        "store S03 2026-11-22 0/0 x0 no_data",
        "staff S01/乙 2026-11 0/0 x1 not_measurable",
        "staff S01/乙 2026-11-22 0/0 x1 not_measurable",
        "staff S01/甲 2026-09 2/2 x0 met",
        "staff S01/甲 2026-11-22 2/2 x0 met",
        "staff S02/甲 2026-11 1/1 x0 met",
        "staff S02/甲 2026-11-22 1/1 x0 met",
    ];
    assert_eq!(lines(&values, |_| true), expected);
}

#[test]
fn weeks_quarters_and_years_hold_the_same_rows() {
    let catalog = catalog(&[("kpis", "x", &kpi("prospect", "first_contact_at", CONVERT))]);
    let values = rolled(&two_stores(&catalog), &catalog, &Settings::default(), "2026-11-22");
    let group = |period: &str| figures(value(&values, "x", Scope::Group, "group", period));
    // 2 and 3 November 2026 are Monday and Tuesday of week 45; September is in the third quarter.
    assert_eq!(
        [group("2026-W45"), group("2026-W46"), group("2026-Q3"), group("2026-Q4"), group("2026")],
        ["1/1 x1", "0/0 x0", "2/3 x0", "1/1 x1", "3/4 x1"]
    );
    // Weeks 36 (1 September is a Tuesday) to 47 without a gap.
    let weeks = lines(&values, |v| v.scope == Scope::Group && v.period.grain == Length::Week);
    assert_eq!(weeks.len(), 12);
}

#[test]
fn a_target_is_that_of_the_store_else_the_brand_else_the_group() {
    let text = kpi("prospect", "first_contact_at", &format!("{CONVERT}grains = [\"month\"]"));
    let catalog = catalog(&[("kpis", "x", &text)]);
    let target = |value, store: Option<&str>, brand: Option<&str>| Target {
        kpi: "x".to_owned(),
        value: Quantity(value),
        store: store.map(str::to_owned),
        brand: brand.map(str::to_owned),
        from: None,
        to: Some("2026-10-31".parse().unwrap()),
    };
    let targets = vec![target(5000, None, Some("甲牌")), target(10_000, Some("S01"), None)];
    let settings = Settings { targets, ..Settings::default() };
    let values = rolled(&two_stores(&catalog), &catalog, &settings, "2026-11-22");
    let of = |scope, id, period| value(&values, "x", scope, id, period).target.map(|t| t.to_string()).unwrap();
    assert_eq!(of(Scope::Group, "group", "2026-09"), "0.6667");
    assert_eq!(of(Scope::Region, "南区", "2026-09"), "0.6667");
    assert_eq!(of(Scope::Brand, "甲牌", "2026-09"), "0.5");
    assert_eq!(of(Scope::Store, "S02", "2026-09"), "0.5");
    assert_eq!(of(Scope::Store, "S01", "2026-09"), "1");
    assert_eq!(of(Scope::Staff, "S01/甲", "2026-09"), "1");
    assert_eq!(of(Scope::Store, "S01", "2026-11"), "0.6667", "past its last day a target is no longer in force");
    let status = |id| value(&values, "x", Scope::Store, id, "2026-09").status.word();
    assert_eq!([status("S01"), status("S02")], ["missed", "no_data"]);
}

#[test]
fn less_is_better_where_the_definition_says_so() {
    let up = kpi("prospect", "first_contact_at", "numerator = \"level = 'O'\"\ndenominator = \"1\"\ntarget = 0.5");
    let down = format!("{up}direction = \"down\"\n");
    let sum = kpi("prospect", "first_contact_at", "unit = \"count\"\nnumerator = \"1\"\ntarget = 3");
    let catalog = catalog(&[("kpis", "up", &up), ("kpis", "down", &down), ("kpis", "sum", &sum)]);
    let values = rolled(&two_stores(&catalog), &catalog, &Settings::default(), "2026-11-22");
    let status = |kpi, period| value(&values, kpi, Scope::Store, "S01", period).status.word();
    // S01: 2 of 3 in September, 0 of 1 in November, none in October, 2 of 4 in all: exactly the target.
    assert_eq!([status("up", "2026-09"), status("up", "2026-11"), status("up", "2026")], ["met", "missed", "met"]);
    assert_eq!(
        [status("down", "2026-09"), status("down", "2026-11"), status("down", "2026")],
        ["missed", "met", "met"]
    );
    assert_eq!(
        [status("sum", "2026-09"), status("sum", "2026-11"), status("sum", "2026-10")],
        ["met", "missed", "no_data"]
    );
}

#[test]
fn a_sum_of_zero_is_a_value_where_rows_count() {
    let text = kpi("service_visit", "in_at", "where = \"kind <> 'PDI'\"\nnumerator = \"total\"\nunit = \"yuan\"");
    let catalog = catalog(&[("kpis", "x", &text)]);
    let visit = |day: &str, kind: &'static str| {
        vec![("in_at", when(day)), ("kind", kind.into()), ("total", Value::Amount(crate::model::Fen(0)))]
    };
    let rows = [visit("2026-09-01", "定保"), visit("2026-10-01", "PDI")];
    let pond = Pond::of(&[vec![fact(&catalog, "service_visit", "S01", &rows)]]);
    let values = rolled(&pond, &catalog, &Settings::default(), "2026-10-31");
    let of = |period| value(&values, "x", Scope::Store, "S01", period).status.word();
    assert_eq!([of("2026-09"), of("2026-10")], ["no_target", "no_data"]);
}

#[test]
fn a_stock_has_the_figure_of_the_last_day_a_period_holds() {
    let text = kpi(
        "lifecycle",
        "month_end",
        "where = \"base\"\nnumerator = \"retained\"\ndenominator = \"1\"\naccumulate = \"closing\"\n\
         grains = [\"month\", \"quarter\", \"year\", \"asof\"]",
    );
    let catalog = catalog(&[("kpis", "x", &text)]);
    assert_eq!(catalog.kpis[0].accumulate, Accumulate::Closing);
    let car = |month_end: &str, base: bool, retained: bool| {
        vec![("month_end", when(month_end)), ("base", Value::Flag(base)), ("retained", Value::Flag(retained))]
    };
    let first = [
        car("2026-09-30", true, true),
        car("2026-09-30", true, false),
        car("2026-10-31", true, true),
        car("2026-11-22", true, true),
        car("2026-11-22", true, false),
        car("2026-11-22", true, false),
    ];
    // S02's only car leaves the base in October: from then on it is nothing, not September's figure again.
    let second = [car("2026-09-30", true, true), car("2026-10-31", false, false), car("2026-11-22", false, false)];
    let pond = Pond::of(&[
        vec![fact(&catalog, "lifecycle", "S01", &first)],
        vec![fact(&catalog, "lifecycle", "S02", &second)],
    ]);
    let values = rolled(&pond, &catalog, &Settings::default(), "2026-11-22");
    let of = |scope, id, period| figures(value(&values, "x", scope, id, period));
    assert_eq!(of(Scope::Group, "group", "2026-Q3"), "2/3 x0");
    assert_eq!(of(Scope::Group, "group", "2026-10"), "1/1 x0");
    for period in ["2026-11", "2026-Q4", "2026", "2026-11-22"] {
        assert_eq!(of(Scope::Group, "group", period), "1/3 x0", "{period}");
        assert_eq!(of(Scope::Store, "S01", period), "1/3 x0", "{period}");
        assert_eq!(of(Scope::Store, "S02", period), "0/0 x0", "{period}");
    }
}

#[test]
fn an_empty_base_closes_a_period_too() {
    let text = kpi(
        "lifecycle",
        "month_end",
        "where = \"base\"\nnumerator = \"1\"\ndenominator = \"1\"\naccumulate = \"closing\"",
    );
    let catalog = catalog(&[("kpis", "x", &text)]);
    let car = |month_end: &str, base: bool| vec![("month_end", when(month_end)), ("base", Value::Flag(base))];
    let rows = [car("2026-10-31", true), car("2026-11-22", false)];
    let pond = Pond::of(&[vec![fact(&catalog, "lifecycle", "S01", &rows)]]);
    let values = rolled(&pond, &catalog, &Settings::default(), "2026-11-22");
    // October's car is not the fourth quarter's: its last day has none.
    assert_eq!(figures(value(&values, "x", Scope::Group, "group", "2026-10")), "1/1 x0");
    assert_eq!(figures(value(&values, "x", Scope::Group, "group", "2026-Q4")), "0/0 x0");
}

#[test]
fn a_quarter_closes_with_its_last_month_even_where_that_has_no_rows() {
    let text = kpi(
        "lifecycle",
        "month_end",
        "where = \"base\"\nnumerator = \"1\"\ndenominator = \"1\"\naccumulate = \"closing\"\n\
         grains = [\"month\", \"quarter\", \"year\", \"asof\"]",
    );
    let catalog = catalog(&[("kpis", "x", &text)]);
    // The only car is in the base in November and forgotten by December: it is not the year's.
    let rows = [vec![("month_end", when("2025-11-30")), ("base", Value::Flag(true))]];
    let pond = Pond::of(&[vec![fact(&catalog, "lifecycle", "S01", &rows)]]);
    let values = rolled(&pond, &catalog, &Settings::default(), "2026-03-01");
    let of = |period| figures(value(&values, "x", Scope::Group, "group", period));
    assert_eq!(of("2025-11"), "1/1 x0");
    for period in ["2025-12", "2025-Q4", "2025", "2026-Q1", "2026-03-01"] {
        assert_eq!(of(period), "0/0 x0", "{period}");
    }
}

#[test]
fn without_rows_there_is_one_line_of_no_data_for_each_grain() {
    let ratio = kpi("prospect", "first_contact_at", CONVERT);
    let sum = kpi("submission", "week", "numerator = \"rows_read\"");
    let catalog = catalog(&[("kpis", "ratio", &ratio), ("kpis", "sum", &sum)]);
    // No partition at all; a partition without a file of the fact; an empty file.
    let empty = fact(&catalog, "prospect", "S01", &[]);
    for pond in [Pond::of(&[]), Pond::of(&[vec![]]), Pond::of(&[vec![empty]])] {
        let metrics = pond.metrics(&catalog, "2026-11-22");
        assert_eq!(metrics.problems(), Vec::new());
        assert_eq!(metrics.lineage(&LineageFilter::default()).unwrap(), Vec::new());
        let values = metrics.values(&Settings::default(), &[]);
        let periods = ["2026-W47", "2026-11", "2026-Q4", "2026", "2026-11-22"];
        let line = |figures: &str| periods.map(|p| format!("group group {p} {figures} x0 no_data"));
        assert_eq!(lines(&values, |v| &*v.kpi == "ratio"), line("0/0"));
        assert_eq!(lines(&values, |v| &*v.kpi == "sum"), line("0/-"));
    }
}

#[test]
fn a_store_that_the_list_does_not_name_still_counts_and_has_its_lines() {
    let catalog = catalog(&[("kpis", "x", &kpi("prospect", "first_contact_at", CONVERT))]);
    let pond = two_stores(&catalog);
    let settings = Settings::default();
    let values = pond.metrics(&catalog, "2026-11-22").values(&settings, &stores(&settings, &[("S01", "", "")]));
    assert_eq!(figures(value(&values, "x", Scope::Group, "group", "2026")), "3/4 x1");
    assert_eq!(figures(value(&values, "x", Scope::Store, "S02", "2026")), "1/1 x0");
}

fn leads() -> impl Strategy<Value = Vec<(usize, u32, usize, usize)>> {
    prop::collection::vec((0..3_usize, 0..120_u32, 0..4_usize, 0..4_usize), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// The group is the sum of its stores, a store that of its people where everybody has a name, a year that of its
    /// months; and the plain count of the rows says the same.
    #[test]
    fn wholes_are_sums_of_their_parts(leads in leads()) {
        let text = kpi("prospect", "first_contact_at", "excluded = \"level is null\"\nnumerator = \"level = 'O'\"\ndenominator = \"1\"\nevidence = [\"level\"]");
        let catalog = catalog(&[("kpis", "x", &text)]);
        let first: chrono::NaiveDate = "2026-01-01".parse().unwrap();
        let rows = |store: usize| -> Vec<Row<'static>> {
            leads.iter().filter(|lead| lead.0 == store).map(|(_, day, staff, level)| {
                let day = (first + chrono::Days::new(u64::from(*day))).to_string();
                lead(&day, ["甲", "乙", "丙", "丁"][*staff], [Some("O"), Some("N"), Some("A"), None][*level])
            }).collect()
        };
        let tables = |store: usize| vec![fact(&catalog, "prospect", &format!("S{store}"), &rows(store))];
        let pond = Pond::of(&[tables(0), tables(1), tables(2)]);
        let metrics = pond.metrics(&catalog, "2026-04-30");
        let lineage = metrics.lineage(&LineageFilter::default()).unwrap();

        let settings = Settings::default();
        let list = stores(&settings, &[("S0", "", ""), ("S1", "", ""), ("S2", "", "")]);
        let values = metrics.values(&settings, &list);
        let total = |keep: &dyn Fn(&KpiValue) -> bool| {
            values.iter().filter(|v| keep(v)).fold((Quantity::default(), Quantity::default(), 0), |sum, v| {
                (sum.0 + v.numerator, sum.1 + v.denominator.unwrap(), sum.2 + v.excluded)
            })
        };
        for period in values.iter().map(|v| v.period).collect::<std::collections::BTreeSet<_>>() {
            let of = |scope: Scope| total(&|v| v.scope == scope && v.period == period);
            prop_assert_eq!(of(Scope::Group), of(Scope::Store));
            prop_assert_eq!(of(Scope::Store), of(Scope::Staff));
        }
        let of = |grain| total(&|v| v.scope == Scope::Group && v.period.grain == grain);
        prop_assert_eq!(of(Length::Year), of(Length::Asof));
        prop_assert_eq!(of(Length::Year), of(Length::Month));
        prop_assert_eq!(of(Length::Year), of(Length::Week));
        let count = |keep: &dyn Fn(usize) -> bool| leads.iter().filter(|lead| keep(lead.3)).count();
        let judged = Quantity::whole(count(&|level| level < 3) as i64);
        prop_assert_eq!(of(Length::Year), (Quantity::whole(count(&|level| level == 0) as i64), judged, count(&|level| level == 3) as u64));
        prop_assert_eq!(lineage.len(), leads.len());
    }
}

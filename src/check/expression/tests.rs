use super::*;
use crate::{
    catalog::Catalog,
    model::{Fen, Value},
    project::settings::parse_as_of,
};
use std::sync::Arc;

const CUTOFF: &str = "2026-11-22";

/// The truth of `sql` for a row of `sheet` with these fields; instants are written as in SQL.
fn truth(sheet: &str, sql: &str, fields: &[(&str, Value)]) -> Option<bool> {
    let (catalog, _) = Catalog::load(None).unwrap();
    let sheet = catalog.sheet(sheet).unwrap();
    let mut row = vec![Value::Null; sheet.columns.len()];
    for (field, value) in fields {
        row[sheet.field(field).unwrap()] = value.clone();
    }
    let file: Arc<str> = "t.toml".into();
    let expression = Expression::parse(sql, &file, 1).unwrap();
    Condition::compile(&expression, sheet, parse_as_of(CUTOFF).unwrap()).unwrap().truth(&row.into())
}

fn refused(sql: &str) -> String {
    let (catalog, _) = Catalog::load(None).unwrap();
    let file: Arc<str> = "t.toml".into();
    let expression = Expression::parse(sql, &file, 1).unwrap();
    let sheet = catalog.sheet("order").unwrap();
    Condition::compile(&expression, sheet, parse_as_of(CUTOFF).unwrap()).expect_err(sql).to_string()
}

fn at(text: &str) -> Value {
    Value::Instant(parse_as_of(text).unwrap())
}

#[test]
fn null_is_neither_true_nor_false() {
    let t = |sql| truth("order", sql, &[]);
    assert_eq!(t("model = 'Q5'"), None);
    assert_eq!(t("model = 'Q5' and 1 = 2"), Some(false));
    assert_eq!(t("1 = 2 and model = 'Q5'"), Some(false));
    assert_eq!(t("model = 'Q5' or 1 = 1"), Some(true));
    assert_eq!(t("model = 'Q5' or 1 = 2"), None);
    assert_eq!(t("not model = 'Q5'"), None);
    assert_eq!(t("model is null and vin is null"), Some(true));
    assert_eq!(t("model in ('a', 'b')"), None);
    assert_eq!(t("'a' in ('b', null)"), None);
    assert_eq!(t("'a' not in ('b', null)"), None);
    assert_eq!(t("'a' in ('a', null)"), Some(true));
    assert_eq!(t("price + 1 > 0"), None);
    assert_eq!(t("(model = 'Q5') is true"), Some(false));
    assert_eq!(t("(model = 'Q5') is unknown"), Some(true));
    assert_eq!(t("model like 'Q%'"), None);
}

#[test]
fn numbers_compare_exactly_across_their_types() {
    let row = [("price", Value::Amount(Fen(35_800_050)))];
    // 358000.50 yuan
    assert_eq!(truth("order", "price > 358000", &row), Some(true));
    assert_eq!(truth("order", "price = 358000.5", &row), Some(true));
    assert_eq!(truth("order", "price - 358000 < 1", &row), Some(true));
    assert_eq!(truth("order", "price between 358000 and 358001", &row), Some(true));
    assert_eq!(truth("order", "-price = abs(price)", &row), Some(false));
    assert_eq!(truth("order", "price * 2 = 716001", &row), Some(true));
    assert_eq!(truth("order", "coalesce(gross_profit, price, 0) = price", &row), Some(true));
    assert_eq!(truth("order", "9223372036854775807 + 1 > 0", &row), None);
}

#[test]
fn texts_like_length_case() {
    let row = [("model", Value::from("Q5L 尊享"))];
    assert_eq!(truth("order", "model like 'Q5%'", &row), Some(true));
    assert_eq!(truth("order", "model like '%尊_'", &row), Some(true));
    assert_eq!(truth("order", "model like 'Q5L'", &row), Some(false));
    assert_eq!(truth("order", "model not like '%X%'", &row), Some(true));
    assert_eq!(truth("order", "length(model) = 6", &row), Some(true));
    assert_eq!(truth("order", "lower(model) = 'q5l 尊享' and upper('a') = 'A'", &row), Some(true));
    assert_eq!(
        truth("order", "case when model = 'x' then 1 when length(model) > 3 then 2 else 3 end = 2", &row),
        Some(true)
    );
    assert_eq!(truth("order", "case model when 'x' then true end", &row), None);
}

#[test]
fn instants_compare_by_every_reading() {
    let t = |sql, a, b| truth("complaint", sql, &[("accepted_at", at(a)), ("responded_at", at(b))]);
    let later = "responded_at >= accepted_at";
    assert_eq!(t(later, "2026-03-05 10:00", "2026-03-05 10:00"), Some(true));
    assert_eq!(t(later, "2026-03-05 10:00", "2026-03-05 09:59"), Some(false));
    assert_eq!(t(later, "2026-03-05 10:00", "2026-03-05"), None);
    assert_eq!(t(later, "2026-03-05", "2026-03-05 00:00"), None);
    assert_eq!(t(later, "2026-03-05", "2026-03-05"), None);
    assert_eq!(t(later, "2026-03-05 00:00", "2026-03-05"), Some(true), "no reading is before midnight");
    assert_eq!(t(later, "2026-03-05", "2026-03-04"), Some(false));
    let quick = "responded_at - accepted_at <= interval '10 minutes'";
    assert_eq!(t(quick, "2026-03-05 10:00", "2026-03-05 10:10"), Some(true));
    assert_eq!(t(quick, "2026-03-05 10:00", "2026-03-05 10:11"), Some(false));
    assert_eq!(t(quick, "2026-03-05 10:00", "2026-03-05"), None);
    assert_eq!(t(quick, "2026-03-05", "2026-03-06 10:00"), Some(false), "at least ten hours");
    assert_eq!(t("accepted_at_date_only", "2026-03-05", "2026-03-05"), Some(true));
    assert_eq!(t("responded_at <= cutoff", "2026-03-05", "2026-11-22"), Some(true), "the whole cut-off day");
    assert_eq!(t("responded_at <= cutoff", "2026-03-05", "2026-11-23"), Some(false));
    assert_eq!(
        t("accepted_at + interval '1 month' = timestamp '2026-02-28 08:00'", "2026-01-31 08:00", "2026-03-01"),
        Some(true)
    );
    assert_eq!(t("accepted_at > '2026-03-04'", "2026-03-05", "2026-03-05"), Some(true));
    assert_eq!(t("accepted_at >= date '2026-03-05'", "2026-03-05", "2026-03-05"), Some(true), "midnight, as in SQL");
    assert_eq!(
        t("cast(accepted_at as date) = cast(responded_at as date)", "2026-03-05 10:00", "2026-03-05"),
        Some(true)
    );
}

#[test]
fn days_have_no_missing_hour() {
    let t = |sql, a, b| truth("follow_up", sql, &[("due_on", at(a)), ("next_on", at(b))]);
    assert_eq!(t("next_on > due_on", "2026-03-05", "2026-03-05"), Some(false));
    assert_eq!(t("next_on = due_on", "2026-03-05", "2026-03-05"), Some(true));
    assert_eq!(t("next_on <= due_on + interval '7 days'", "2026-03-05", "2026-03-12"), Some(true));
    assert_eq!(t("next_on - due_on = interval '7' day", "2026-03-05", "2026-03-12"), Some(true));
    assert_eq!(
        t("due_on + interval '1 hour' > timestamp '2026-03-05 00:30:00'", "2026-03-05", "2026-03-05"),
        Some(true)
    );
}

#[test]
fn what_does_not_fit_is_refused_before_the_first_row() {
    for sql in [
        "price > 'dear'",
        "price",
        "model + 1 = 2",
        "ordered_at > 5",
        "ordered_at + delivered_at > cutoff",
        "delivered_at - ordered_at < interval '1 month'",
        "exists (select 1)",
        "model ilike 'q%'",
        "model like vin",
        "sum(price) > 1",
        "random() > 0.5",
        "now() > cutoff",
        "price / 2 > 1",
        "promised_on_date_only",
        "ordered_at > 'yesterday'",
        "ordered_at < cutoff + interval '3 moons'",
    ] {
        assert!(!refused(sql).is_empty());
    }
}

#[test]
fn a_condition_knows_its_columns() {
    let (catalog, _) = Catalog::load(None).unwrap();
    let sheet = catalog.sheet("order").unwrap();
    let file: Arc<str> = "t.toml".into();
    let expression = Expression::parse("delivered_at is null or vin in (model, 'x')", &file, 1).unwrap();
    let condition = Condition::compile(&expression, sheet, parse_as_of(CUTOFF).unwrap()).unwrap();
    let names: Vec<&str> = condition.columns().iter().map(|i| &*sheet.columns[*i].field).collect();
    assert_eq!(names, ["vin", "model", "delivered_at"]);
}

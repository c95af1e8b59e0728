//! A form of the group's own, and what is wrong with one.

use crate::{
    definitions::{data, group},
    foursight::build_well,
};
use std::fs;

const FORM: &str = "order = 900\ntitle = { zh = \"自有表\" }\nscope = [\"store\", \"group\"]\nperiod = \"month\"\nneeds = [\"order\"]\nsource = \"集团\"\n\
    [[block]]\nkind = \"sums\"\nrow_title = { zh = \"顾问\" }\n\
    column = [ { id = \"n\", title = { zh = \"订单\" }, formula = \"orders\", mark = \"A\" }, { title = { zh = \"单价\" }, formula = \"yuan / n\", unit = \"yuan\", mark = \"A\" } ]\n\
    [[block.from]]\nfact = \"order\"\ntime = \"ordered_at\"\nrows = \"consultant\"\nsums = { orders = \"1\", yuan = \"price\" }\n";

#[test]
fn a_form_of_the_groups_own_is_one_file() {
    let group = group(&[("forms/own.toml", FORM)]);
    build_well(group.path(), &["--as-of", "2026-10-31"]);
    let mut wrong = Vec::new();
    // (300,000 + 90,000) ÷ 2, of the store and of the group
    let expected = "own,S01,#1,李销售,订单,2\nown,S01,#1,李销售,单价,195,000\nown,,#1,S01,单价,195,000\n";
    crate::forms::differences(expected, &group.path().join("output/site"), &mut wrong);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(group.path().join("output/workbooks/forms/S01-2026-10.xlsx").exists());
    let index = fs::read_to_string(group.path().join("output/site/forms.html")).expect("the index");
    assert!(index.contains("forms/own.html"));
}

#[test]
fn a_form_that_does_not_check_costs_one_finding_with_file_and_line() {
    for (what, from, to, line) in [
        ("an unknown name", "yuan / n", "yuan / m", "10"),
        ("a formula that is none", "yuan / n", "case when n then 1 end", "10"),
        ("an unknown fact", "fact = \"order\"", "fact = \"orders\"", "12"),
        ("an unknown column", "yuan = \"price\"", "yuan = \"cost\"", "15"),
        ("personal data", "rows = \"consultant\"", "rows = \"phone\"", "14"),
        ("a text that is summed", "yuan = \"price\"", "yuan = \"model\"", "15"),
        ("an unknown sheet", "needs = [\"order\"]", "needs = [\"orders\"]", "5"),
        ("an unknown field", "[[block.from]]", "[block.back.target]\nmonths = \"2026\"\n[[block.from]]", "12"),
        (
            "an unknown sheet to come back in",
            "[[block.from]]",
            "[block.back.aim]\nmonth = \"2026\"\n[[block.from]]",
            "11",
        ),
        ("a column that is none", "[[block.from]]", "[block.back.target]\nmonth = \"{when}\"\n[[block.from]]", "12"),
        ("an unknown key", "order = 900", "order = 900\ncolour = 1", "2"),
    ] {
        assert!(FORM.contains(from), "{what}");
        let group = group(&[("forms/own.toml", &FORM.replace(from, to))]);
        build_well(group.path(), &["--as-of", "2026-10-31"]);
        let found: Vec<_> =
            data(group.path(), "findings.csv").into_iter().filter(|row| row["code"] == "D001").collect();
        assert_eq!(found.len(), 1, "{what}: {found:?}");
        assert_eq!((&*found[0]["workbook"], &*found[0]["cell"]), ("definitions/forms/own.toml", line), "{what}");
        assert!(group.path().join("output/site/forms/base_count.html").exists(), "{what}: the rest is built");
    }
}

//! Figures in words, months, masks.

use super::{
    figure::{self, decimals, exact, percent, thousands},
    privacy,
    trend::{self, Months},
    words::Words,
};
use crate::{
    catalog::Catalog,
    model::{Grain, Instant, KpiValue, Lang, Period, PersonalClass, Quantity, Scope, Status},
    project::Audience,
};
use chrono::NaiveDate;

fn cutoff(day: &str) -> Instant {
    Instant::day(day.parse::<NaiveDate>().expect("a day"))
}

#[test]
fn shares_read_as_percent() {
    assert_eq!(percent(0.9641), "96.4%");
    assert_eq!(percent(1.0), "100%");
    assert_eq!(percent(0.0), "0%");
    // Almost everything is not everything: 9999 of 10000.
    assert_eq!(percent(0.9999), "99.99%");
    assert_eq!(percent(-0.05), "−5.0%");
}

#[test]
fn numbers_are_grouped() {
    assert_eq!(thousands("1234567"), "1,234,567");
    assert_eq!(thousands("123"), "123");
    assert_eq!(decimals(-1234.56, 1), "−1,234.6");
    assert_eq!(exact(Quantity::whole(12_345)), "12,345");
    // 1234.5 yuan is 12345000 ten-thousandths.
    assert_eq!(exact(Quantity(12_345_000)), "1,234.50");
    assert_eq!(exact(Quantity::whole(-3)), "−3");
}

#[test]
fn the_focus_is_the_current_month_after_its_first_week() {
    let key = |day: &str| {
        let months = Months::new(cutoff(day));
        (
            months.current.to_string(),
            months.is_partial(months.current),
            months.focus.to_string(),
            months.before.to_string(),
        )
    };
    let own = |a: &str, partial: bool, b: &str, c: &str| (a.to_owned(), partial, b.to_owned(), c.to_owned());
    assert_eq!(key("2026-11-22"), own("2026-11", true, "2026-11", "2026-10"));
    assert_eq!(key("2026-11-07"), own("2026-11", true, "2026-10", "2026-09"));
    assert_eq!(key("2026-11-08"), own("2026-11", true, "2026-11", "2026-10"));
    assert_eq!(key("2026-10-31"), own("2026-10", false, "2026-10", "2026-09"));
}

/// A KPI of the wanted unit, made by loading a definition as a group would write it.
fn kpi(rest: &str) -> crate::catalog::Kpi {
    let folder = tempfile::tempdir().expect("a folder");
    let kpis = folder.path().join("definitions/kpis");
    std::fs::create_dir_all(&kpis).expect("a folder");
    let text = format!(
        "title = {{ zh = \"试\" }}\nfact = \"complaint\"\ntime = \"accepted_at\"\nsource = \"test\"\nnumerator = \"1\"\n{rest}\n"
    );
    std::fs::write(kpis.join("own.toml"), text).expect("a file");
    let (catalog, problems) = Catalog::load(Some(folder.path())).expect("definitions read");
    assert!(problems.is_empty(), "{problems:?}");
    catalog.kpi("own").cloned().expect("the KPI")
}

fn value(numerator: i64, denominator: i64, target: Option<f64>, status: Status) -> KpiValue {
    KpiValue {
        kpi: "own".into(),
        scope: Scope::Store,
        scope_id: "S01".into(),
        period: Period::parse("2026-10").expect("a month"),
        numerator: Quantity::whole(numerator),
        denominator: Some(Quantity::whole(denominator)),
        excluded: 0,
        target: target.map(|target| Quantity((target * 10_000.0) as i128)),
        status,
        same_days: None,
    }
}

#[test]
fn a_figure_says_value_target_and_gap() {
    let words = Words::of(Lang::ZhCn);
    let kpi = kpi("denominator = \"1\"");
    let month = Period::parse("2026-10").expect("a month");
    let figure = |value: &KpiValue| figure::Figure::new(&kpi, Some(value), month, false, words);
    // 82 of 100 against 90 %: eight points short, within 15 % of the target.
    let missed = figure(&value(82, 100, Some(0.9), Status::Missed));
    assert_eq!((missed.text.as_str(), missed.word.as_str(), missed.mark), ("82.0%", "未达标", "✗"));
    assert_eq!(missed.gap.as_deref(), Some("−8.0 个百分点"));
    assert_eq!(missed.depth, 1);
    // 60 of 100 against 90 % is a third short.
    assert_eq!(figure(&value(60, 100, Some(0.9), Status::Missed)).depth, 2);
    // 89.96 % rounds to the target it misses, so it shows another decimal.
    assert_eq!(figure(&value(8_996, 10_000, Some(0.9), Status::Missed)).text, "89.96%");
    // A zero denominator has no value, and is not 0 %.
    let none = figure(&value(0, 0, Some(0.9), Status::NotMeasurable));
    assert_eq!((none.text.as_str(), none.word.as_str(), none.gap), ("–", "不可算", None));
    let nothing = figure::Figure::new(&kpi, None, month, false, words);
    assert_eq!((nothing.text.as_str(), nothing.word.as_str()), ("–", "无数据"));
}

#[test]
fn money_reads_in_wan() {
    let zh = Words::of(Lang::ZhCn);
    let en = Words::of(Lang::En);
    let kpi = kpi("unit = \"yuan\"");
    assert_eq!(figure::shown(1_234.0, &kpi, zh), "1,234 元");
    assert_eq!(figure::shown(123_456.0, &kpi, zh), "12.3 万元");
    assert_eq!(figure::shown(123_456_789.0, &kpi, zh), "1.23 亿元");
    assert_eq!(figure::shown(123_456.0, &kpi, en), "123,456 CNY");
}

#[test]
fn what_is_unmasked_is_masked_and_what_hq_must_not_see_is_dropped() {
    use PersonalClass::{Key, Name, Phone, Text, Vin};
    assert_eq!(privacy::masked(Some(Phone), "13800001234"), "138****1234");
    assert_eq!(privacy::masked(Some(Key), "138****1234"), "138****1234");
    assert_eq!(privacy::masked(Some(Vin), "LSVAB2183E2100001"), "…0001");
    assert_eq!(privacy::masked(Some(Key), "Q2026-0012"), "Q2026-0012");
    assert_eq!(privacy::masked(None, "张伟13800001234"), "张伟138****1234");
    assert_eq!(privacy::masked(None, "DD20261116001"), "DD20261116001");
    // A star or an ellipsis somewhere in a value is no mask.
    assert_eq!(privacy::masked(None, "张伟*13800001234"), "张伟*138****1234");
    assert_eq!(privacy::masked(Some(Phone), "13800001234*"), "138****234*");
    assert_eq!(privacy::masked(Some(Key), "13800001234…"), "138****1234");
    assert_eq!(privacy::masked(Some(Vin), "…LSVAB2183E2100001"), "…0001");
    assert_eq!(privacy::masked(Some(Name), "王小明*"), "王**");
    assert!(!privacy::shown(Some(Name), Audience::Hq) && !privacy::shown(Some(Text), Audience::Hq));
    assert!(privacy::shown(Some(Name), Audience::Store) && privacy::shown(Some(Key), Audience::Hq));
}

/// Every word that a template or a view model asks for by a literal key is in the dictionary, and in English too.
#[test]
fn every_word_asked_for_is_in_the_dictionary() {
    let words = Words::of(Lang::ZhCn);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut asked = 0;
    for folder in ["templates", "src/report", "src/site"] {
        for entry in walkdir::WalkDir::new(root.join(folder)) {
            let entry = entry.expect("an entry");
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            for (start, _) in text.match_indices("t(k=\"").chain(text.match_indices("words.word(\"")) {
                let rest = &text[start..];
                let Some(key) = rest.split('"').nth(1).filter(|key| key.contains('.') && !key.ends_with('.')) else {
                    continue;
                };
                assert!(words.find(key).is_some(), "{}: no word {key:?}", entry.path().display());
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "only {asked} words found");
}

#[test]
fn an_axis_names_periods_of_every_grain() {
    let words = Words::of(Lang::ZhCn);
    let ticks = |grain: Grain, days: [&str; 3]| {
        let periods = days.map(|day| Period::of(grain, day.parse().expect("a day")));
        [0, 1, 2].map(|at| trend::tick(periods[at], at == 0, words))
    };
    assert_eq!(ticks(Grain::Month, ["2025-11-01", "2025-12-01", "2026-01-01"]), ["2025-11", "12月", "2026-01"]);
    assert_eq!(ticks(Grain::Week, ["2025-12-22", "2025-12-29", "2026-01-05"]), ["2025-W52", "2026-W01", "W02"]);
    assert_eq!(ticks(Grain::Quarter, ["2025-10-01", "2026-01-01", "2026-04-01"]), ["2025-Q4", "2026-Q1", "Q2"]);
    assert_eq!(ticks(Grain::Year, ["2024-01-01", "2025-01-01", "2026-01-01"]), ["2024", "2025", "2026"]);
}

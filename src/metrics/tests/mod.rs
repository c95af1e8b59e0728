//! Definitions and facts for the tests of this stage: each test writes its own small tables.

mod behind;
mod figures;
mod lists;
mod sums;

use super::*;
use crate::{
    model::{FactTable, KpiValue, Period, Scope, Value},
    project::{Settings, Store},
};
use chrono::NaiveDateTime;

/// A catalogue with these definitions only (kind, id, TOML), beside the embedded sheets and rules.
fn catalog(definitions: &[(&str, &str, &str)]) -> Catalog {
    let group = tempfile::tempdir().unwrap();
    for (kind, id, text) in definitions {
        let folder = group.path().join("definitions").join(kind);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{id}.toml")), text).unwrap();
    }
    let (mut catalog, findings) = Catalog::load(Some(group.path())).unwrap();
    assert_eq!(findings.iter().map(|finding| &finding.message.zh).collect::<Vec<_>>(), Vec::<&String>::new());
    let ours = |kind: &str, id: &str| definitions.iter().any(|own| (own.0, own.1) == (kind, id));
    catalog.kpis.retain(|kpi| ours("kpis", &kpi.id));
    catalog.worklists.retain(|list| ours("worklists", &list.id));
    catalog
}

/// A KPI file: fact, period column, then its own keys.
fn kpi(fact: &str, time: &str, rest: &str) -> String {
    format!("title = {{ zh = \"指标\" }}\nfact = \"{fact}\"\ntime = \"{time}\"\nsource = \"test\"\n{rest}\n")
}

/// `2026-10-05` is the whole day, `2026-10-05 09:30` an exact instant.
fn at(text: &str) -> Instant {
    match NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M") {
        Ok(at) => Instant::exact(at),
        Err(_) => Instant::day(text.parse().unwrap()),
    }
}

fn when(text: &str) -> Value {
    Value::Instant(at(text))
}

/// One row: the columns that are not NULL.
type Row<'a> = Vec<(&'a str, Value)>;

/// A fact of one store; the n-th row stands in row n + 1 of its sheet unless it says otherwise.
fn fact(catalog: &Catalog, name: &str, store: &str, rows: &[Row<'_>]) -> FactTable {
    let mut table = FactTable::new(name, catalog.fact_columns(name).unwrap());
    for (index, row) in rows.iter().enumerate() {
        for (column, _) in row {
            assert!(table.index(column).is_some(), "{name} has no column {column}");
        }
        let origin: Row<'_> = vec![
            ("store", store.into()),
            ("workbook", format!("{store}/a.xlsx").as_str().into()),
            ("sheet", "表".into()),
            ("row", Value::Int(index as i64 + 2)),
        ];
        let values: Vec<Value> = table
            .columns
            .iter()
            .map(|column| {
                let cell = row.iter().chain(&origin).find(|(name, _)| *name == &*column.name);
                cell.map_or(Value::Null, |(_, value)| value.clone())
            })
            .collect();
        table.push(&values);
    }
    table
}

/// A lake in a folder whose name is hostile to anything that takes paths for patterns or URLs.
struct Pond {
    lake: Lake,
    keys: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Pond {
    /// One partition for each store.
    fn of(stores: &[Vec<FactTable>]) -> Pond {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(&folder.path().join("[库] 100% ?*#")).unwrap();
        let keys: Vec<String> = (0..stores.len()).map(|index| format!("k{index}")).collect();
        for (key, tables) in keys.iter().zip(stores) {
            lake.put(key, tables).unwrap();
        }
        Pond { lake, keys, _folder: folder }
    }

    fn metrics(&self, catalog: &Catalog, cutoff: &str, threads: usize) -> Metrics {
        Metrics::open(&self.lake, &self.keys, catalog, &Default::default(), at(cutoff), threads).unwrap()
    }
}

fn stores(settings: &Settings, ids: &[(&str, &str, &str)]) -> Vec<Store> {
    let store = |(id, region, brand): &(&str, &str, &str)| Store {
        region: (*region).to_owned(),
        brand: (*brand).to_owned(),
        ..settings.store(id)
    };
    ids.iter().map(store).collect()
}

/// The values of a KPI as `scope id period numerator/denominator excluded status`.
fn lines(values: &[KpiValue], keep: impl Fn(&KpiValue) -> bool) -> Vec<String> {
    let line = |v: &KpiValue| {
        let denominator = v.denominator.map_or("-".to_owned(), |d| d.to_string());
        let (scope, status) = (v.scope.word(), v.status.word());
        format!("{scope} {} {} {}/{denominator} x{} {status}", v.scope_id, v.period, v.numerator, v.excluded)
    };
    values.iter().filter(|v| keep(v)).map(line).collect()
}

/// The one value of a KPI, scope and period.
fn value<'a>(values: &'a [KpiValue], kpi: &str, scope: Scope, id: &str, period: &str) -> &'a KpiValue {
    let period = Period::parse(period).unwrap();
    let mut found = values.iter().filter(|v| (&*v.kpi, v.scope, &*v.scope_id, v.period) == (kpi, scope, id, period));
    let value = found.next().unwrap();
    assert!(found.next().is_none(), "one line for each value");
    value
}

/// `numerator/denominator xexcluded` of a value.
fn figures(value: &KpiValue) -> String {
    let denominator = value.denominator.map_or("-".to_owned(), |d| d.to_string());
    format!("{}/{denominator} x{}", value.numerator, value.excluded)
}

//! Definitions and facts for the tests of this stage: each test writes its own small tables.

mod behind;
mod figures;
mod lists;
mod sums;

use super::*;
use crate::{
    lake::{Lake, StoreFacts},
    model::{FactTable, KpiValue, Period, Scope, Value},
    project::{Settings, Store},
};
use chrono::NaiveDateTime;
use std::{collections::BTreeMap, sync::Arc};

/// A catalogue with these definitions only (kind, id, TOML), beside the embedded sheets and rules.
fn catalog(definitions: &[(&str, &str, &str)]) -> Catalog {
    let group = tempfile::tempdir().unwrap();
    for (kind, id, text) in definitions {
        let folder = group.path().join("definitions").join(kind);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{id}.toml")), text).unwrap();
    }
    let (mut catalog, findings) = Catalog::load(Some(group.path())).unwrap();
    assert_eq!(findings, Vec::new());
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

/// The facts of some stores.
struct Pond {
    stores: Vec<StoreFacts>,
}

impl Pond {
    fn of(stores: &[Vec<FactTable>]) -> Pond {
        Pond { stores: stores.iter().map(|tables| StoreFacts::of(tables.iter().cloned()).unwrap()).collect() }
    }

    fn metrics(&self, catalog: &Catalog, cutoff: &str) -> Planned<'_> {
        Planned { metrics: Metrics::plan(catalog, at(cutoff)).unwrap(), stores: &self.stores, absent: BTreeMap::new() }
    }
}

/// Definitions over the facts of some stores.
struct Planned<'a> {
    metrics: Metrics,
    stores: &'a [StoreFacts],
    /// For each store, the sheets it never sent.
    absent: BTreeMap<String, BTreeSet<Arc<str>>>,
}

/// A store's id is that of its first row.
fn id(facts: &StoreFacts) -> Option<String> {
    let mut batches = facts.all().map(|(_, batch)| batch).filter(|batch| batch.num_rows() > 0);
    batches.next().and_then(|batch| cells::text(batch.column_by_name("store")?, 0)).map(str::to_owned)
}

impl Planned<'_> {
    fn absent(&self, store: &str) -> BTreeSet<Arc<str>> {
        self.absent.get(store).cloned().unwrap_or_default()
    }

    /// The sums of each store, by id.
    fn sums(&self) -> Vec<(String, StoreSums)> {
        let of_store = |facts: &StoreFacts| {
            let store = id(facts)?;
            let mut sums = StoreSums::default();
            for fact in self.metrics.kpis_by_fact().keys() {
                sums.extend(self.metrics.sums(fact, facts, &self.absent(&store)).unwrap());
            }
            Some((store, sums))
        };
        self.stores.iter().filter_map(of_store).collect()
    }

    fn values(&self, settings: &Settings, stores: &[Store]) -> Vec<KpiValue> {
        let sums = self.sums();
        let named = |id: &str| stores.iter().any(|store| *store.id == *id);
        let strange = sums.iter().filter(|(id, _)| !named(id)).map(|(id, _)| settings.store(id));
        let stores: Vec<Store> = stores.iter().cloned().chain(strange).collect();
        let of = |store: &Store| sums.iter().find(|(id, _)| **id == *store.id).map(|(_, sums)| sums);
        let mut totals = Totals::default();
        for store in &stores {
            // Gathered apart and merged, as on several threads.
            let mut own = Totals::default();
            of(store).into_iter().for_each(|sums| own.add(store, sums));
            totals.merge(own);
        }
        totals.failed().for_each(|(kpi, what)| self.metrics.report_failed(kpi, what));
        let catalog = &self.metrics.catalog;
        let calendars = totals.calendars(catalog, &self.metrics.planned(), self.metrics.cutoff);
        let mut values = totals.values(&calendars, catalog, settings, &stores);
        let none = StoreSums::default();
        for store in &stores {
            let sums = of(store).unwrap_or(&none);
            values.extend(store_values(sums, store, &calendars, catalog, settings, chrono::NaiveDate::MAX));
        }
        let order = |id: &str| catalog.kpis.iter().position(|kpi| &*kpi.id == id);
        values.sort_by(|a, b| {
            let key = |v: &KpiValue| (order(&v.kpi), v.scope, v.scope_id.clone(), v.period);
            key(a).cmp(&key(b))
        });
        values
    }

    fn lineage(&self, filter: &LineageFilter) -> Result<Vec<crate::model::LineageRow>, MetricsError> {
        let mut rows = Vec::new();
        for facts in self.stores {
            rows.extend(self.metrics.lineage(facts, &self.absent(&id(facts).unwrap_or_default()), filter)?);
        }
        let order = |id: &str| self.metrics.catalog.kpis.iter().position(|kpi| &*kpi.id == id);
        rows.sort_by_key(|row| (order(&row.kpi), row.store.clone()));
        Ok(rows)
    }

    fn worklists(&self) -> Result<Vec<crate::model::WorklistRow>, MetricsError> {
        let mut rows = Vec::new();
        for facts in self.stores {
            let lists = self.metrics.worklists(facts, &self.absent(&id(facts).unwrap_or_default()))?;
            lists.failed.iter().for_each(|(list, what)| self.metrics.report_failed_list(list, what));
            rows.extend(lists.rows);
        }
        let order = |id: &str| self.metrics.catalog.worklists.iter().position(|list| &*list.id == id);
        rows.sort_by_key(|row| (order(&row.list), row.store.clone()));
        Ok(rows)
    }

    fn query(&self, sql: &str, in_full: bool) -> Result<Answer, MetricsError> {
        let folder = tempfile::tempdir().unwrap();
        // A folder whose name is hostile to anything that takes paths for patterns or URLs.
        let lake = Lake::open(&folder.path().join("[库] 100% ?*#")).unwrap();
        let keys: Vec<String> = (0..self.stores.len()).map(|index| format!("k{index}")).collect();
        for (key, facts) in keys.iter().zip(self.stores) {
            lake.put(key, facts).unwrap();
        }
        self.metrics.query(&lake, &keys, sql, in_full, 2)
    }

    fn problems(&self) -> Vec<Finding> {
        self.metrics.problems()
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

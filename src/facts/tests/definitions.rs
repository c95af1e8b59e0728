use super::{catalog, facts};
use crate::catalog::Catalog;

#[test]
fn every_definition_loads_without_a_finding() {
    let (catalog, findings) = Catalog::load(None).unwrap();
    let said: Vec<_> = findings.iter().map(|f| format!("{}: {}", f.place, f.said())).collect();
    assert!(said.is_empty(), "{said:#?}");
    let weights = |id: &str| {
        let card = catalog.scorecards.iter().find(|card| &*card.id == id).expect("a scorecard");
        (card.items.iter().map(|item| item.weight).collect::<Vec<_>>(), card.undefined)
    };
    assert_eq!(weights("sales"), (vec![20, 15, 10], 55));
    assert_eq!(weights("service"), (vec![25, 20, 15], 40));
    assert_eq!(weights("cs"), (vec![30, 25, 20], 25));
}

#[test]
fn every_text_of_a_definition_is_filled_and_names_documents_by_title() {
    let catalog = catalog();
    for kpi in &catalog.kpis {
        for text in [&kpi.title, &kpi.meaning, &kpi.advice] {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", kpi.id);
        }
        let titled = kpi.source.contains('《') || kpi.source.starts_with("本工具的约定");
        assert!(titled && !kpi.evidence.is_empty(), "{}", kpi.id);
        let topics = ["prospects", "timeliness", "orders", "complaints", "after_sales", "value", "department"];
        assert!(topics.contains(&&*kpi.topic), "{}", kpi.id);
    }
    for list in &catalog.worklists {
        for text in [&list.title, &list.meaning, &list.next_step] {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", list.id);
        }
    }
}

#[test]
fn a_store_without_sheets_has_every_fact_empty_and_of_its_declared_shape() {
    let catalog = catalog();
    let facts = facts("2026-11-22", &[]);
    for name in catalog.facts().iter().filter(|name| &***name != "submission") {
        let table = &facts[&**name];
        assert!(table.is_empty(), "{name}");
        assert_eq!(table.columns, catalog.fact_columns(name).expect("a fact"), "{name}");
    }
    assert_eq!(facts.len() + 1, catalog.facts().len());
}

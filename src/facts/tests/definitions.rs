use super::{
    super::{BESIDE, DERIVED},
    catalog, facts,
};
use crate::catalog::{Catalog, derived};

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
        // A topic that the story does not name is called by its id.
        assert_ne!(catalog.topic_title(&kpi.topic).zh, *kpi.topic, "{}", kpi.id);
        assert!(!catalog.function_title(kpi).zh.is_empty(), "{}", kpi.id);
    }
    for list in &catalog.worklists {
        for text in [&list.title, &list.meaning, &list.next_step] {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", list.id);
        }
    }
}

#[test]
fn what_definitions_declare_is_what_is_filled() {
    let derived: Vec<&str> = derived::facts().map(|own| &*own.name).filter(|name| *name != "submission").collect();
    assert_eq!(derived, DERIVED.map(|(name, _)| name));
    let sheets = catalog().sheets;
    let mut beside: Vec<&str> = Vec::new();
    for declared in derived::declared() {
        if let Some(sheet) = &declared.sheet {
            assert!(sheets.iter().any(|own| own.id == *sheet), "{}: no sheet {sheet}", declared.name);
            beside.push(&declared.name);
        }
    }
    assert_eq!(beside, BESIDE.map(|(name, _)| name));
}

#[test]
fn every_role_that_facts_ask_for_has_values() {
    let catalog = catalog();
    for (sheet, column, roles) in [
        ("prospect", "status", &["asleep", "awake", "defeated", "merged"][..]),
        ("prospect", "defeat_review", &["not_passed"]),
        ("follow_up", "task", &["thanks", "call_3d", "call_7d", "maintenance", "after_service", "of_complaint"]),
        ("follow_up", "result", &["again"]),
        ("follow_up", "party", &["prospect"]),
        ("service_visit", "kind", &["first_service", "maintenance", "repair", "rework", "pdi", "warranty"]),
        ("service_visit", "payer", &["customer", "maker", "house"]),
        ("traffic", "kind", &["first", "again"]),
        ("order", "customer_kind", &["repeat"]),
        ("policy", "kind", &["commercial"]),
        ("meeting", "kind", &["keeping"]),
        ("stock", "status", &["held"]),
        ("target", "tier", &["store", "staff"]),
        ("target", "metric", &["orders", "deliveries", "reports", "leads", "accessories"]),
        ("accessory", "scene", &["new_car"]),
    ] {
        for role in roles {
            assert!(!catalog.role(sheet, column, role).is_empty(), "{sheet}.{column} {role}");
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

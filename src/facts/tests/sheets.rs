use super::{catalog, facts, lines};
use crate::{
    catalog::derived,
    model::{Column, FactTable},
};

#[test]
fn rows_stand_in_the_order_of_their_time_with_their_place() {
    let facts = facts(
        "2026-11-22",
        &[(
            "service_visit",
            "@ | work_order_no | vin | in_at | kind | total
             2026-11-15 | W1 | LSVAB2183E2100001 | 2026-11-12 09:00 | 返修 | -
             2026-11-15 | W2 | LSVAB2183E2100001 | 2026-11-10 | PDI | 300
             2026-11-22 | W3 | LSVAB2183E2100001 | 2026-11-11 | 定保 | -200.50",
        )],
    );
    let shown = ["store", "workbook", "sheet", "row", "submission", "work_order_no", "total", "countable"];
    assert_eq!(
        lines(&facts["service_visit"], None, &shown),
        [
            "S01 | S01/2026-11-15.xlsx | 进厂记录 | 3 | 0 | W2 | 300.00 | no",
            "S01 | S01/2026-11-22.xlsx | 进厂记录 | 4 | 1 | W3 | -200.50 | yes",
            "S01 | S01/2026-11-15.xlsx | 进厂记录 | 2 | 0 | W1 | - | no",
        ]
    );
}

#[test]
fn a_visit_is_attempted_when_it_was_made_by_the_cutoff() {
    let facts = facts(
        "2026-11-22 12:00",
        &[(
            "follow_up",
            "follow_up_no | customer_key | task | due_on | done_at | connected
             F1 | Q1 | 周期跟进 | 2026-11-20 | 2026-11-22 12:00 | 否
             F2 | Q1 | 周期跟进 | 2026-11-20 | 2026-11-22 12:01 | 是
             F3 | Q1 | 周期跟进 | 2026-11-20 | - | -
             F4 | - | 周期跟进 | 2026-11-20 | 2026-11-21 | -",
        )],
    );
    let mut found = lines(&facts["follow_up"], None, &["follow_up_no", "attempted", "connected"]);
    found.sort();
    assert_eq!(found, ["F1 | yes | no", "F2 | no | yes", "F3 | no | -", "F4 | yes | -"]);
}

#[test]
fn a_row_that_says_almost_nothing_breaks_nothing() {
    let nothing = |key: &str| format!("{key}\n-\n-");
    let sheets = [
        ("prospect", nothing("phone")),
        ("follow_up", nothing("customer_key")),
        ("complaint", nothing("customer_key")),
        ("order", nothing("phone")),
        ("service_visit", nothing("vin")),
    ];
    let sheets: Vec<(&str, &str)> = sheets.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
    let facts = facts("2026-11-22", &sheets);
    for (sheet, _) in &sheets {
        let table = &facts[*sheet];
        assert_eq!(table.len(), 2, "{sheet}"); // every accepted row is in its sheet's fact
        assert!(table.cells.iter().all(|column| column.len() == 2));
    }
    for derived in ["duty", "level_change", "episode", "pool", "order_pool", "lifecycle"] {
        assert!(facts[derived].is_empty(), "{derived}");
    }
    assert!(matches!(facts["prospect"].column("open"), Some(Column::Flag(cells)) if cells == &[Some(false); 2]));
}

#[test]
fn a_brand_has_its_own_cadence() {
    use crate::facts::{Facts, GroupDeliveries};
    use crate::project::Cadence;
    let catalog = catalog();
    let rows = super::rows(
        &catalog,
        &[(
            "prospect",
            "prospect_no | phone | first_contact_at | level | level_at\nQ1 | 13800000001 | 2026-11-01 | B | 2026-11-01",
        )],
    );
    let (mut store, mut settings) = super::store(&catalog);
    store.brand = "奥迪".to_owned();
    let own = [("B".to_owned(), Cadence { remind: 1, overdue: 2 })].into();
    settings.brand_cadence.insert("奥迪".to_owned(), own);
    let cutoff = super::at("2026-11-22");
    let board = FactTable::new("submission", derived::columns("submission").unwrap());
    let group = GroupDeliveries::default();
    let facts = Facts::new(&store, &rows, &group, &board, &catalog, &settings, cutoff);
    let duty = &facts.tables().find(|table| &*table.name == "duty").expect("the fact");
    assert_eq!(
        lines(duty, Some(("kind", "contact")), &["due_from", "due_by"]),
        ["2026-11-02 00:00 | 2026-11-03 23:59:59"]
    );
}

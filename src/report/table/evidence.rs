//! The rows behind a store's figures, what failed first, each with its workbook, sheet and cell.

use super::{Cell, Column, Kind, Mark, Row, Table, Tone};
use crate::{
    catalog::Kpi,
    model::{LineageRow, Period, Role},
    report::{
        behind,
        lookup::{Lookup, StoreLookup},
    },
};

/// The part a row plays, in words and with a mark, which depend on what the KPI counts.
fn role<'a>(lookup: &Lookup<'_>, kpi: &Kpi, role: Role) -> Mark<'a> {
    let own = behind::roles(kpi).into_iter().find(|(known, _, _)| *known == role);
    let (tone, key) = own.map_or(("", ""), |(_, tone, key)| (tone, key));
    let (mark, tone) = match tone {
        "bad" => ("✗", Tone::Bad),
        "good" => ("✓", Tone::Good),
        "open" => ("?", Tone::Quiet),
        _ => ("", Tone::Plain),
    };
    Mark { state: role.word(), mark, word: lookup.words.word(key).into(), text: "".into(), tone }
}

/// The table of some months, and how many rows it leaves out: of each KPI and month the first `most` in reading order.
pub(crate) fn table<'a>(store: &StoreLookup<'a>, months: &[Period], most: usize) -> (Table<'a>, usize) {
    let words = store.words;
    let word = |key: &str| words.word(key);
    let columns = vec![
        Column::new(word("nav.kpi"), Kind::Text, 24.0),
        Column::new(word("figure.month"), Kind::Word, 10.0),
        Column::new(word("table.role"), Kind::Word, 15.0),
        Column::new(word("behind.staff"), Kind::Text, 12.0),
        Column::new(word("behind.day"), Kind::Date, 12.0),
        Column::new(word("figure.numerator"), Kind::Value, 11.0),
        Column::new(word("figure.denominator"), Kind::Value, 11.0),
        Column::new(word("place.workbook"), Kind::Code, 34.0),
        Column::new(word("place.sheet"), Kind::Code, 14.0),
        Column::new(word("table.cell"), Kind::Word, 9.0),
        Column::new(word("table.evidence"), Kind::Text, 60.0),
    ];
    let (mut rows, mut left) = (Vec::new(), 0);
    for kpi in store.monthly() {
        let named = Named {
            title: super::scores::title(store, kpi),
            roles: [Role::Failed, Role::Excluded, Role::Passed].map(|part| role(store, kpi, part)),
            evidence: kpi
                .evidence
                .iter()
                .map(|column| (&**column, behind::column_title(store, &kpi.fact, column)))
                .collect(),
            apart: [words.word("table.semicolon"), words.word("table.colon")],
        };
        for month in months {
            let of_month = store.rows_of_month(kpi, *month);
            left += of_month.len().saturating_sub(most);
            let roles = behind::roles(kpi).into_iter();
            let ordered = roles.flat_map(|(role, _, _)| of_month.iter().filter(move |row| row.role == role));
            rows.extend(ordered.take(most).map(|row| line(store, &named, *month, row)));
        }
    }
    let table = Table { columns, rows, lead: 1, empty: word("behind.none").into(), by: Some(0), ..Table::default() };
    (table, left)
}

/// The words that all rows of a KPI share.
struct Named<'a, 'k> {
    title: String,
    /// By role.
    roles: [Mark<'a>; 3],
    /// The columns that show a row, each with its title.
    evidence: Vec<(&'k str, String)>,
    /// What stands between two of them, and between a title and its value.
    apart: [String; 2],
}

fn line<'a>(store: &StoreLookup<'a>, named: &Named<'a, '_>, month: Period, row: &'a LineageRow) -> Row<'a> {
    let [semicolon, colon] = &named.apart;
    let mut evidence = String::new();
    for (column, value) in row.evidence.iter().filter(|(_, value)| !value.is_empty()) {
        if !evidence.is_empty() {
            evidence.push_str(semicolon);
        }
        let title = named.evidence.iter().find(|(own, _)| **own == **column);
        evidence.push_str(title.map_or(column, |(_, title)| title));
        evidence.push_str(colon);
        evidence.push_str(&behind::cell_word(store, column, (&**value).into()));
    }
    Row::from(vec![
        Cell::text(named.title.clone()),
        Cell::text(month.to_string()),
        Cell::Mark(named.roles[row.role as usize].clone()),
        Cell::text(row.staff.as_deref().unwrap_or_default()),
        Cell::Date(row.day),
        Cell::sum(Some(row.numerator)),
        Cell::sum(Some(row.denominator)),
        Cell::text(&*row.place.workbook),
        Cell::text(row.place.sheet_shown()),
        Cell::text(row.place.cell()),
        Cell::text(evidence),
    ])
}

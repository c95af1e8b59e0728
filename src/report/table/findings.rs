//! Findings: what is wrong, where, and how to fix it. Messages hold no personal data; names of sheets are masked.

use super::{Cell, Column, Kind, Mark, Measure, Row, Table, Tone};
use crate::{
    diagnostic::{Finding, Severity},
    model::sheet_shown,
    project::Store,
    report::{dictionary, digest::RuleDigest, lookup::Lookup, quality, store_quality},
};

/// A severity in words.
pub(crate) fn severity(lookup: &Lookup<'_>, severity: Severity) -> Mark<'static> {
    let (mark, tone) = match severity {
        Severity::Error => ("✗", Tone::Bad),
        Severity::Warning => ("!", Tone::Warn),
        Severity::Notice => ("i", Tone::Plain),
    };
    let word = lookup.words.word(&format!("severity.{}", severity.word())).into();
    Mark { state: severity.word(), mark, word, text: "".into(), tone }
}

/// The table, in the order given; with `stores`, the store of each is named.
pub(crate) fn table<'a>(
    lookup: &Lookup<'a>,
    findings: impl IntoIterator<Item = &'a Finding>,
    stores: Option<&'a [Store]>,
) -> Table<'a> {
    let word = |key: &str| lookup.words.word(key);
    let mut columns = vec![
        Column::new(word("quality.severity"), Kind::Word, 9.0),
        Column::new(word("quality.code"), Kind::Word, 9.0),
    ];
    if stores.is_some() {
        columns.push(Column::new(word("nav.store"), Kind::Text, 20.0));
    }
    columns.extend([
        Column::new(word("place.workbook"), Kind::Text, 34.0),
        Column::new(word("place.sheet"), Kind::Text, 14.0),
        Column::new(word("table.cell"), Kind::Word, 9.0),
        Column::new(word("quality.field"), Kind::Text, 14.0),
        Column::new(word("table.problem"), Kind::Prose, 48.0),
        Column::new(word("table.remedy"), Kind::Prose, 48.0),
    ]);
    let rules = &lookup.edition.catalog.rules;
    let said = lookup.finding_words();
    let rows = findings.into_iter().map(|finding| {
        let known = rules.contains_key(&*finding.code);
        let mut cells = vec![
            Cell::Mark(severity(lookup, finding.severity)),
            Cell::linked(&*finding.code, known.then(|| dictionary::rule(&finding.code))),
        ];
        if let Some(stores) = stores {
            let known = stores.iter().find(|store| store.id == finding.store);
            let name = known.map_or(&*finding.store, |store| &store.name);
            let link = (!finding.store.is_empty()).then(|| store_quality::link(&finding.store, 1));
            cells.push(Cell::linked(name, link));
        }
        cells.extend([
            Cell::text(&*finding.place.workbook),
            Cell::text(sheet_shown(&finding.place.sheet)),
            Cell::text(cell(lookup, finding)),
            Cell::text(&*finding.field),
            Cell::text(said.message(finding)),
            Cell::text(said.hint(finding)),
        ]);
        Row::from(cells)
    });
    let rows = rows.collect();
    let by = Some(if stores.is_some() { 3 } else { 2 });
    Table { columns, rows, empty: word("quality.no_findings").into(), lead: 2, by, ..Table::default() }
}

/// The cell, or for a whole row its number in words.
fn cell(lookup: &Lookup<'_>, finding: &Finding) -> String {
    match (finding.place.row, finding.place.col) {
        (Some(row), None) => lookup.words.fill("place.row", &[("n", &row.to_string())]),
        _ => finding.place.cell(),
    }
}

/// `3 errors, 5 warnings, 10 notices`.
pub(crate) fn sentence(lookup: &Lookup<'_>, counts: [u64; 3]) -> String {
    let [errors, warnings, notices] = counts.map(crate::report::figure::tally);
    lookup.words.fill("table.finding_counts", &[("errors", &errors), ("warnings", &warnings), ("notices", &notices)])
}

/// Errors, warnings, notices.
pub(crate) fn counts<'d>(rules: impl IntoIterator<Item = &'d RuleDigest>) -> [u64; 3] {
    rules.into_iter().fold([0; 3], |mut counts, rule| {
        counts[match rule.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Notice => 2,
        }] += rule.count;
        counts
    })
}

/// How often each rule was broken, the gravest first: by the stores with their counts; no store stands for the group.
pub(crate) fn rules<'a, 'd>(
    lookup: &Lookup<'a>,
    found: impl Iterator<Item = (Option<&'d Store>, &'d [RuleDigest])>,
) -> Table<'a> {
    let word = |key: &str| lookup.words.word(key);
    let whole = Kind::Number(Measure::WHOLE);
    let columns = vec![
        Column::new(word("quality.severity"), Kind::Word, 9.0),
        Column::new(word("quality.code"), Kind::Word, 9.0),
        Column::new(word("quality.rule"), Kind::Text, 34.0),
        Column::new(word("quality.count"), whole, 10.0),
        Column::new(word("quality.stores"), whole, 10.0),
        Column::new(word("quality.most"), Kind::Text, 22.0),
    ];
    let rows = quality::rules(lookup, found).into_iter().map(|line| {
        Row::from(vec![
            Cell::Mark(severity(lookup, line.level)),
            Cell::linked(line.code.text, line.code.link),
            Cell::text(line.title),
            Cell::Number(line.count as f64),
            Cell::Number(line.stores as f64),
            line.most.map_or(Cell::Blank, |most| Cell::linked(most.text, most.link)),
        ])
    });
    let rows = rows.collect();
    Table { columns, rows, empty: word("quality.no_findings").into(), lead: 2, ..Table::default() }
}

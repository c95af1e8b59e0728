//! What is said of a definition.

use crate::{
    catalog::{
        Catalog, Direction, Form, Kpi, Rule, Scorecard, SheetDef, Worklist,
        form::{Body, CubeOf},
    },
    cli::{facts, terminal},
    messages::Messages,
    model::Message,
};
use std::sync::Arc;

/// Parts with their names, without those that say nothing.
struct Parts(Vec<String>);

impl Parts {
    fn titled(id: &str, title: String, remark: &str) -> Parts {
        let args = [("id", id), ("title", title.as_str()), ("remark", remark)];
        let key = if remark.is_empty() { "explain.title" } else { "explain.title_remark" };
        Parts(vec![terminal::words().fill(key, &args), String::new()])
    }

    fn part(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            let words = terminal::words();
            self.0.push(words.fill("explain.part", &[("name", &words.word(key)), ("text", text)]));
        }
    }

    fn joined(self) -> String {
        self.0.join("\n")
    }
}

pub(super) fn rule_text(rule: &Rule, words: &Messages) -> String {
    let mut parts = Parts::titled(&rule.code, words.text(&rule.title), &words.word(rule.severity.key()));
    parts.part("explain.message", &words.text(&rule.message));
    parts.part("explain.cause", &words.text(&rule.cause));
    parts.part("explain.fix", &words.text(&rule.fix));
    parts.part("explain.example", &words.text(&rule.example));
    if let Some(condition) = &rule.condition {
        parts.part("explain.condition", &format!("{}: {}", condition.sheet, condition.holds.sql));
    }
    parts.part("explain.source", &rule.source);
    parts.joined()
}

pub(super) fn kpi_text(kpi: &Kpi, words: &Messages) -> String {
    let better = match kpi.direction {
        Direction::Up => "kpi.up",
        Direction::Down => "kpi.down",
    };
    let mut parts = Parts::titled(&kpi.id, words.text(&kpi.title), &words.word(better));
    let sum = words.word("explain.sum");
    parts.part("explain.meaning", &words.text(&kpi.meaning));
    parts.part("explain.fact", &kpi.made_of());
    if kpi.kind.of_others().is_empty() {
        parts.part("explain.time", &kpi.time);
        parts.part("explain.rows", &kpi.rows.sql);
        parts.part("explain.excluded", &kpi.excluded.sql);
    }
    let (numerator, denominator) = kpi.formula();
    parts.part("explain.numerator", &numerator);
    parts.part("explain.denominator", denominator.as_deref().unwrap_or(&sum));
    parts.part("explain.target", &kpi.target.map(|target| target.to_string()).unwrap_or_default());
    parts.part("kpi.benchmark", &words.text(&kpi.benchmark));
    parts.part("explain.advice", &words.text(&kpi.advice));
    parts.part("explain.source", &kpi.source);
    if kpi.assumption {
        parts.part("explain.assumption", &words.word("explain.assumed"));
    }
    parts.joined()
}

/// What a form shows, from which sheets and KPIs, with which assumptions.
pub(super) fn form_text(form: &Form, catalog: &Catalog, words: &Messages) -> String {
    let mut lines =
        vec![format!("{}  {}", form.id, form.numbered(&words.text(&form.title))), words.text(&form.meaning)];
    let sheet = |id: &Arc<str>| catalog.sheet(id).map_or_else(|| id.to_string(), |sheet| words.text(&sheet.title));
    let mut rests: Vec<String> = form.needs.iter().map(sheet).collect();
    for block in &form.blocks {
        let own: Vec<String> = match &block.body {
            Body::Sums(sums) => sums.cubes.iter().map(|cube| match &cube.of {
                CubeOf::Fact { fact, .. } => sheet(fact),
                CubeOf::Kpi { kpi, .. } => kpi.to_string(),
            }),
            Body::Rows(listing) => {
                let own = sheet(&listing.fact);
                rests.extend((!rests.contains(&own)).then_some(own));
                continue;
            }
            Body::Lines(all) => {
                rests.extend(all.lines.iter().filter_map(|line| line.kpi.as_ref()).map(ToString::to_string));
                rests.extend(all.lines.iter().filter_map(|line| line.sheet.as_ref()).map(sheet));
                continue;
            }
            Body::Checks(sheets) => {
                rests.extend(sheets.iter().map(sheet));
                continue;
            }
            Body::Scores | Body::Hand(_) => continue,
        }
        .collect();
        rests.extend(own);
    }
    let mut seen = std::collections::BTreeSet::new();
    rests.retain(|one| seen.insert(one.clone()));
    lines.push(words.say(&Message::new("explain.rests_on").with("what", rests.join(", "))));
    lines.push(words.fill("form.source", &[("source", &words.zh(&form.source))]));
    let assumed: Vec<String> = form.assumptions.iter().map(|text| words.text(text)).collect();
    if !assumed.is_empty() {
        lines.push(words.fill("form.assumptions", &[("texts", &assumed.join(" "))]));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

pub(super) fn worklist_text(list: &Worklist, words: &Messages) -> String {
    let mut parts = Parts::titled(&list.id, words.text(&list.title), "");
    parts.part("explain.meaning", &words.text(&list.meaning));
    parts.part("explain.condition", &format!("{}: {}", list.fact, list.rows.sql));
    parts.part("explain.next_step", &words.text(&list.next_step));
    parts.part("explain.source", &list.source);
    parts.joined()
}

/// What a sheet is, and its columns.
pub(super) fn sheet_text(sheet: &SheetDef, words: &Messages) -> String {
    let mut parts = Parts::titled(&sheet.id, words.text(&sheet.title), "");
    let comma = words.word("table.comma");
    parts.part("explain.meaning", &words.text(&sheet.note));
    parts.part("dictionary.also_titles", &sheet.synonyms.join(&comma));
    let header = [
        "dictionary.column",
        "quality.code",
        "dictionary.type",
        "dictionary.required",
        "dictionary.values",
        "dictionary.example",
        "dictionary.also_titles",
    ];
    let rows: Vec<Vec<String>> = sheet
        .columns
        .iter()
        .map(|column| {
            let values: Vec<&str> = column.values.iter().map(|value| &*value.value).collect();
            vec![
                words.text(&column.title),
                column.field.to_string(),
                words.word(column.cell.key()),
                if column.required { words.word("dictionary.yes") } else { String::new() },
                values.join(&comma),
                column.example.clone(),
                column.synonyms.join(&comma),
            ]
        })
        .collect();
    format!("{}\n\n{}", parts.joined(), terminal::table(&header.map(|key| words.word(key)), &rows))
}

/// What a role is measured by, with the points of each item.
pub(super) fn scorecard_text(card: &Scorecard, catalog: &Catalog, words: &Messages) -> String {
    let mut parts = Parts::titled(&card.id, words.text(&card.title), "");
    parts.part("explain.source", &card.source);
    let header = ["scorecard.item", "scorecard.points", "explain.kpi", "explain.target"].map(|key| words.word(key));
    let item = |item: &crate::catalog::scorecard::ScorecardItem| {
        let kpi = item.kpi.as_deref().and_then(|id| catalog.kpi(id));
        let own = item.target.map(|target| target.to_string());
        let target = own.or_else(|| kpi.and_then(|kpi| kpi.target).map(|target| target.to_string()));
        let measured = kpi.map_or_else(|| words.word("scorecard.no_sheet"), |kpi| kpi.id.to_string());
        vec![words.text(&item.title), item.weight.to_string(), measured, target.unwrap_or_default()]
    };
    let mut rows: Vec<Vec<String>> = card.items.iter().map(item).collect();
    if card.undefined > 0 {
        let own = [words.word("scorecard.undefined"), card.undefined.to_string(), words.word("scorecard.by_group")];
        rows.push(own.into_iter().chain([String::new()]).collect());
    }
    format!("{}\n\n{}", parts.joined(), terminal::table(&header, &rows))
}

/// What a row of a fact is, and its columns.
pub(super) fn fact_text(fact: &str, catalog: &Catalog) -> String {
    let parts = Parts::titled(fact, facts::meaning(catalog, fact), "");
    let (header, rows) = facts::columns(catalog, fact).unwrap_or_default();
    format!("{}\n{}", parts.joined(), terminal::table(&header, &rows))
}

/// Columns of sheets and facts that are called the same.
pub(super) fn columns_text(columns: &[(Arc<str>, Arc<str>)], catalog: &Catalog, words: &Messages) -> String {
    let mut header = vec![words.word("facts.fact")];
    header.extend(["facts.column", "facts.type", "facts.personal", "facts.meaning"].map(|key| words.word(key)));
    let row = |(fact, column): &(Arc<str>, Arc<str>)| {
        let own = catalog.fact_columns(fact)?.into_iter().find(|own| own.name == *column)?;
        let sheet = catalog.sheet(fact).map(|sheet| words.text(&sheet.title));
        let named = sheet.map_or_else(|| fact.to_string(), |title| format!("{fact} {title}"));
        Some(std::iter::once(named).chain(facts::row(catalog, fact, &own)).collect())
    };
    let rows: Vec<Vec<String>> = columns.iter().filter_map(row).collect();
    terminal::table(&header, &rows)
}

//! `foursight explain`: what a finding, a KPI or a sheet means; with a store or a period, the rows behind the value.

use super::{CLEAN, FAILED, Failure, project::ProjectArguments, terminal};
use crate::{
    catalog::{
        Catalog, Direction, Form, Kpi, Rule, SheetDef, Worklist,
        form::{Body, CubeOf},
    },
    messages::Messages,
    metrics::LineageFilter,
    model::{Lang, Message, Period, Role, Scope},
    pipeline::Progress,
};
use clap::Args;
use std::{path::PathBuf, sync::Arc};

#[derive(Args)]
pub(super) struct ExplainArguments {
    /// A code, KPI, worklist, form or sheet, such as R104, cp_resp_10m, leads_plan or traffic.
    what: String,
    /// A period such as 2026-10 or 2026-W47: lists the rows behind the value.
    #[arg(long)]
    period: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
}

pub(super) fn run(arguments: &ExplainArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let group = arguments.project.group(PathBuf::from(".foursight"), lang)?;
    let (catalog, words) = (&group.catalog, terminal::words());
    let what = arguments.what.as_str();
    if let Some(rule) = catalog.rules.get(what).or_else(|| catalog.rules.get(what.to_uppercase().as_str())) {
        terminal::say(&rule_text(rule, words));
    } else if let Some(kpi) = catalog.kpi(what) {
        terminal::say(&kpi_text(kpi, words));
        if let Some(period) = &arguments.period {
            let period = Period::parse(period).ok_or_else(|| Message::new("explain.no_period").with("text", period))?;
            if !kpi.grains.contains(&period.grain) {
                let known: Vec<Arc<str>> = kpi.grains.iter().map(|grain| grain.word().into()).collect();
                return Err(Message::new("explain.only_by").with("kpi", &kpi.id).with("grains", known).into());
            }
            behind(arguments, &group, kpi, period)?;
        }
    } else if let Some(list) = catalog.worklist(what) {
        terminal::say(&worklist_text(list, words));
    } else if let Some(form) = catalog.form(what) {
        terminal::say(&form_text(form, catalog, words));
    } else if let Some(sheet) = catalog.sheets.iter().find(|sheet| *sheet.id == *what || sheet.title.zh == what) {
        terminal::say(&sheet_text(sheet, words));
    } else {
        terminal::complain(&unknown(catalog, what));
        return Ok(FAILED);
    }
    Ok(CLEAN)
}

/// The value of each chosen store, and its rows: what failed first.
fn behind(
    arguments: &ExplainArguments,
    group: &crate::pipeline::Group,
    kpi: &Kpi,
    period: Period,
) -> Result<(), Failure> {
    let words = terminal::words();
    let display = arguments.project.display();
    let checked = group.check(&display)?;
    let engine = group.engine(&checked)?;
    let values = group.figures(&checked, &engine)?.kpis;
    display.done();
    for value in
        values.iter().filter(|value| value.kpi == kpi.id && value.scope == Scope::Store && value.period == period)
    {
        let denominator = value.denominator.map(|d| format!(" ÷ {d}")).unwrap_or_default();
        let shown = value.value().map(|v| format!(" = {v}")).unwrap_or_default();
        let sum = format!("{}{denominator}{shown}", value.numerator);
        let line = Message::new("explain.value").with("store", &value.scope_id).with("period", period.to_string());
        let line = line.with("sum", sum).with("excluded", value.excluded.to_string());
        terminal::say(&format!("\n{}", words.say(&line.with("status", Message::new(value.status.key())))));
    }
    let mut rows = Vec::new();
    for (part, start, end) in kpi.rows_behind(period, checked.cutoff.date()) {
        let filter =
            LineageFilter { kpis: vec![part.clone()], since: Some(start), until: end.pred_opt(), ..Default::default() };
        let mut of_part = group.rows_behind(&checked, &engine, &filter)?;
        if kpi.direction == Direction::Down && kpi.kind.of_others().is_empty() {
            // What is wrong comes first.
            of_part.sort_by_key(|row| row.role != Role::Passed);
        }
        rows.extend(of_part);
    }
    let header = [
        "explain.kpi",
        "explain.role",
        "explain.store",
        "explain.staff",
        "explain.day",
        "explain.numerator",
        "explain.denominator",
        "explain.place",
        "explain.evidence",
    ]
    .map(|key| words.word(key));
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let evidence: Vec<String> =
                row.evidence.iter().map(|(column, value)| format!("{column}={value}")).collect();
            let of = group.catalog.kpi(&row.kpi).unwrap_or(kpi);
            vec![
                words.text(&of.title),
                words.word(role_key(row.role, of)),
                row.store.to_string(),
                row.staff.as_deref().unwrap_or_default().to_owned(),
                row.day.to_string(),
                row.numerator.to_string(),
                row.denominator.to_string(),
                row.place.to_string(),
                evidence.join(" "),
            ]
        })
        .collect();
    terminal::say(&format!("\n{}", terminal::table(&header, &cells)));
    Ok(())
}

/// What a row is in the figure. Where less is better, what counts is what is wrong.
fn role_key(role: Role, kpi: &Kpi) -> &'static str {
    match (role, kpi.direction) {
        (Role::Excluded, _) => "explain.excluded",
        (Role::Passed, Direction::Up) => "explain.counted",
        (Role::Passed, Direction::Down) => "explain.counted_against",
        (Role::Failed, _) if kpi.denominator.is_none() => "explain.zero",
        (Role::Failed, _) => "explain.base_only",
    }
}

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

fn rule_text(rule: &Rule, words: &Messages) -> String {
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

fn kpi_text(kpi: &Kpi, words: &Messages) -> String {
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
fn form_text(form: &Form, catalog: &Catalog, words: &Messages) -> String {
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

fn worklist_text(list: &Worklist, words: &Messages) -> String {
    let mut parts = Parts::titled(&list.id, words.text(&list.title), "");
    parts.part("explain.meaning", &words.text(&list.meaning));
    parts.part("explain.condition", &format!("{}: {}", list.fact, list.rows.sql));
    parts.part("explain.next_step", &words.text(&list.next_step));
    parts.part("explain.source", &list.source);
    parts.joined()
}

/// What a sheet is, and its columns.
fn sheet_text(sheet: &SheetDef, words: &Messages) -> String {
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

fn unknown(catalog: &Catalog, what: &str) -> Message {
    let near =
        |id: &str| id.to_lowercase().contains(&what.to_lowercase()) || what.to_lowercase().contains(&id.to_lowercase());
    let ids = catalog
        .rules
        .keys()
        .chain(catalog.kpis.iter().map(|kpi| &kpi.id))
        .chain(catalog.worklists.iter().map(|l| &l.id))
        .chain(catalog.forms.iter().map(|form| &form.id))
        .chain(catalog.sheets.iter().map(|sheet| &sheet.id));
    let close: Vec<Arc<str>> = ids.filter(|id| near(id)).cloned().collect();
    match close.is_empty() {
        true => Message::new("explain.unknown").with("what", what),
        false => Message::new("explain.did_you_mean").with("what", what).with("ids", close),
    }
}

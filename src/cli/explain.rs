//! `foursight explain`: what a finding, a KPI, a list, a form, a scorecard, a sheet, a fact or a column means, by its id or by
//! what it is called; of a KPI with a store or a period the rows behind the value.

mod names;
mod texts;

use super::{CLEAN, FAILED, Failure, project::ProjectArguments, terminal};
use crate::{
    catalog::{Direction, Kpi},
    metrics::LineageFilter,
    model::{Lang, Message, Period, Role, Scope},
    pipeline::Progress,
};
use clap::Args;
use names::{Found, Named, Thing};
use std::{path::PathBuf, sync::Arc};

#[derive(Args)]
pub(super) struct ExplainArguments {
    /// A code, KPI, worklist, form, scorecard, sheet, fact or column by its id or name, such as R104, cp_resp_10m or traffic.
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
    let named = Named::of(catalog);
    let found = match named.find(&arguments.what) {
        Found::Some(things) => things,
        Found::Near(near) => {
            terminal::complain(&Message::new("explain.near").with("what", &arguments.what));
            terminal::list(&near);
            return Ok(FAILED);
        }
        Found::None => {
            terminal::complain(&Message::new("explain.unknown").with("what", &arguments.what));
            return Ok(FAILED);
        }
    };
    let (columns, things): (Vec<&Thing<'_>>, Vec<&Thing<'_>>) =
        found.into_iter().partition(|thing| matches!(thing, Thing::Column(..)));
    let mut texts: Vec<String> = things.iter().map(|thing| thing.text(catalog, words)).collect();
    let places: Vec<_> = columns.iter().filter_map(|thing| thing.column()).collect();
    if !places.is_empty() {
        texts.push(texts::columns_text(&places, catalog, words));
    }
    terminal::say(&texts.join("\n\n"));
    if let Some(period) = &arguments.period {
        let kpi = things.iter().find_map(|thing| thing.kpi());
        let kpi = kpi.ok_or_else(|| Message::new("explain.no_value").with("what", &arguments.what))?;
        let period = Period::parse(period).ok_or_else(|| Message::new("explain.no_period").with("text", period))?;
        if !kpi.grains.contains(&period.grain) {
            let known: Vec<Arc<str>> = kpi.grains.iter().map(|grain| grain.word().into()).collect();
            return Err(Message::new("explain.only_by").with("kpi", &kpi.id).with("grains", known).into());
        }
        behind(arguments, &group, kpi, period)?;
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

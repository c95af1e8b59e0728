//! `foursight explain`: what a finding or a KPI means; with a store or a period, the rows behind the value.

use super::{CLEAN, FAILED, Failure, project::ProjectArguments, terminal};
use crate::{
    catalog::{Catalog, Direction, Kpi, Rule, Worklist},
    metrics::LineageFilter,
    model::{Grain, Lang, Period, Role, Scope},
    pipeline::Progress,
};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct ExplainArguments {
    /// 规则编号、指标或清单，如 R104、cp_resp_10m (a code, KPI or worklist)
    what: String,
    /// 周期，如 2026-10、2026-W47；给出则列出数字背后的行 (a period: lists the rows behind the value)
    #[arg(long)]
    period: Option<String>,
    #[command(flatten)]
    project: ProjectArguments,
}

pub(super) fn run(arguments: &ExplainArguments) -> Result<u8, Failure> {
    let group = arguments.project.group(PathBuf::from(".foursight"))?;
    let (catalog, lang) = (&group.catalog, group.settings.lang);
    let what = arguments.what.as_str();
    if let Some(rule) = catalog.rules.get(what).or_else(|| catalog.rules.get(what.to_uppercase().as_str())) {
        terminal::say(&rule_text(rule, lang));
    } else if let Some(kpi) = catalog.kpi(what) {
        terminal::say(&kpi_text(kpi, lang));
        if let Some(period) = &arguments.period {
            let period =
                Period::parse(period).ok_or_else(|| format!("周期 {period:?} 不认识，如 2026-10 (not a period)"))?;
            if !kpi.grains.contains(&period.grain) {
                let known: Vec<&str> = kpi.grains.iter().map(|grain| grain.word()).collect();
                return Err(format!("{} 没有这种周期的数值，只有 (only by): {}", kpi.id, known.join("、")).into());
            }
            behind(arguments, &group, kpi, period)?;
        }
    } else if let Some(list) = catalog.worklist(what) {
        terminal::say(&worklist_text(list, lang));
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
    let display = arguments.project.display();
    let checked = group.check(&display)?;
    let engine = group.engine(&checked)?;
    let values = group.values(&checked, &engine)?;
    display.done();
    for value in
        values.iter().filter(|value| value.kpi == kpi.id && value.scope == Scope::Store && value.period == period)
    {
        let denominator = value.denominator.map(|d| format!(" ÷ {d}")).unwrap_or_default();
        let shown = value.value().map(|v| format!(" = {v}")).unwrap_or_default();
        terminal::say(&format!(
            "\n{} {} : {}{denominator}{shown}（不计入 {} 行）{}",
            value.scope_id,
            period,
            value.numerator,
            value.excluded,
            value.status.zh()
        ));
    }
    let filter = LineageFilter {
        kpis: vec![kpi.id.clone()],
        since: (period.grain != Grain::Asof).then_some(period.start),
        until: Some(period.end() - chrono::Days::new(1)),
        ..Default::default()
    };
    let mut rows = group.rows_behind(&checked, &engine, &filter)?;
    if kpi.direction == Direction::Down {
        // What is wrong comes first.
        rows.sort_by_key(|row| row.role != Role::Passed);
    }
    let header = ["结果", "门店", "人员", "日期", "分子", "分母", "出处", "依据"].map(str::to_owned);
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let evidence: Vec<String> =
                row.evidence.iter().map(|(column, value)| format!("{column}={value}")).collect();
            vec![
                role_word(row.role, kpi).to_owned(),
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
fn role_word(role: Role, kpi: &Kpi) -> &'static str {
    match (role, kpi.direction) {
        (Role::Excluded, _) => "不计入",
        (Role::Passed, Direction::Up) => "计入分子",
        (Role::Passed, Direction::Down) => "计入分子（应减少）",
        (Role::Failed, _) if kpi.denominator.is_none() => "计入（为 0）",
        (Role::Failed, _) => "只计入分母",
    }
}

fn rule_text(rule: &Rule, lang: Lang) -> String {
    let mut lines = vec![format!("{} {}({})", rule.code, rule.title.get(lang), rule.severity.zh()), String::new()];
    let mut part = |name: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{name}:{text}"));
        }
    };
    part("说明", rule.message.get(lang));
    part("原因", rule.cause.get(lang));
    part("怎样改", rule.fix.get(lang));
    part("例子", rule.example.get(lang));
    if let Some(condition) = &rule.condition {
        part("条件", &format!("{}: {}", condition.sheet, condition.holds.sql));
    }
    part("出处", &rule.source);
    lines.join("\n")
}

fn kpi_text(kpi: &Kpi, lang: Lang) -> String {
    let better = match kpi.direction {
        Direction::Up => "越高越好",
        Direction::Down => "越低越好",
    };
    let mut lines = vec![format!("{} {}({better})", kpi.id, kpi.title.get(lang)), String::new()];
    let mut part = |name: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{name}:{text}"));
        }
    };
    part("含义", kpi.meaning.get(lang));
    part("事实", &kpi.fact);
    part("归期", &kpi.time);
    part("计入", &kpi.rows.sql);
    part("不计入", &kpi.excluded.sql);
    part("分子", &kpi.numerator.sql);
    part("分母", kpi.denominator.as_ref().map_or("（合计）", |denominator| &denominator.sql));
    part("目标", &kpi.target.map(|target| target.to_string()).unwrap_or_default());
    part("改进", kpi.advice.get(lang));
    part("出处", &kpi.source);
    if kpi.assumption {
        part("假设", "目标或口径是我们的假设，可在 foursight.toml 或 definitions/kpis 中改");
    }
    lines.join("\n")
}

fn worklist_text(list: &Worklist, lang: Lang) -> String {
    [
        format!("{} {}", list.id, list.title.get(lang)),
        String::new(),
        format!("含义：{}", list.meaning.get(lang)),
        format!("条件：{}: {}", list.fact, list.rows.sql),
        format!("下一步：{}", list.next_step.get(lang)),
        format!("出处：{}", list.source),
    ]
    .join("\n")
}

fn unknown(catalog: &Catalog, what: &str) -> String {
    let near =
        |id: &str| id.to_lowercase().contains(&what.to_lowercase()) || what.to_lowercase().contains(&id.to_lowercase());
    let ids = catalog
        .rules
        .keys()
        .chain(catalog.kpis.iter().map(|kpi| &kpi.id))
        .chain(catalog.worklists.iter().map(|l| &l.id));
    let close: Vec<&str> = ids.filter(|id| near(id)).map(|id| &**id).collect();
    if close.is_empty() {
        format!("没有 {what:?} 这个规则、指标或清单；站点的“字典”页列出全部 (unknown code, KPI or worklist)")
    } else {
        format!("没有 {what:?}；是不是 (did you mean): {}", close.join("、"))
    }
}

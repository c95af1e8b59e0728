//! KPIs that are made of others: ratios of two sums, growth, values to date.

use super::{Accumulate, Base, Kind, Kpi, KpiWritten, Span, ToDateWritten};
use crate::{
    catalog::{
        Catalog,
        source::{Problem, Source},
    },
    model::{Grain, Message, Scope},
};
use std::sync::Arc;
use toml::Spanned;

/// The other KPIs that a file names, as far as it reads.
pub(in crate::catalog) fn named_kpis(source: &Source) -> Vec<String> {
    let Ok(table) = source.text.parse::<toml::Table>() else { return Vec::new() };
    let keys = ["numerator_kpi", "denominator_kpi", "growth_of", "to_date_of"];
    keys.iter().filter_map(|key| Some(table.get(*key)?.as_str()?.to_owned())).collect()
}

/// What refuses a file that names a KPI which, directly or through others, names it.
pub(in crate::catalog) fn circular(source: &Source) -> Problem {
    let line = source.read::<KpiWritten>().ok().and_then(|written| {
        let first = written.numerator_kpi.or(written.growth_of).or(written.to_date_of)?;
        Some(source.line(&first.span()))
    });
    Problem { line: line.unwrap_or(1), what: Message::new("definition.circular").into() }
}

/// How many months a period has; a week and the cut-off none.
fn months(grain: Grain) -> Option<u32> {
    match grain {
        Grain::Month => Some(1),
        Grain::Quarter => Some(3),
        Grain::Year => Some(12),
        Grain::Week | Grain::Asof => None,
    }
}

/// What a KPI is made of and how.
struct Made<'c> {
    kind: Kind,
    first: &'c Kpi,
    second: Option<&'c Kpi>,
    /// The grains that it can have, of those of its parts.
    grains: Vec<Grain>,
    /// Those it has when its file names none.
    usual: Vec<Grain>,
}

pub(super) fn over_others(source: &Source, catalog: &Catalog, written: &KpiWritten) -> Result<Base, Problem> {
    nothing_of_rows(source, written)?;
    let made = match (&written.numerator_kpi, &written.growth_of, &written.to_date_of) {
        (Some(numerator), None, None) => ratio(source, catalog, written, numerator)?,
        (None, Some(of), None) => growth(source, catalog, written, of)?,
        (None, None, Some(of)) => to_date(source, catalog, written, of)?,
        (_, Some(other), _) | (_, _, Some(other)) => {
            return Err(source.problem(&other.span(), Message::new("definition.one_kind")));
        }
        (None, None, None) => {
            return Err(Problem { line: 1, what: Message::new("definition.missing").with("name", "fact").into() });
        }
    };
    let Made { kind, first, second, .. } = &made;
    let denominator = match (kind, second) {
        (_, Some(second)) => Some(second.numerator.clone()),
        (Kind::Growth { .. }, None) => Some(first.numerator.clone()),
        _ => first.denominator.clone(),
    };
    let scope = |scope: Scope, column: fn(&Kpi) -> &Option<Arc<str>>| own_scope(source, written, &made, scope, column);
    named_scopes(source, written)?;
    Ok(Base {
        fact: first.fact.clone(),
        time: first.time.clone(),
        rows: first.rows.clone(),
        excluded: first.excluded.clone(),
        numerator: first.numerator.clone(),
        denominator,
        accumulate: Accumulate::Sum,
        grains: own_grains(source, written, &made)?,
        staff: scope(Scope::Staff, |kpi| &kpi.staff)?,
        model: scope(Scope::Model, |kpi| &kpi.model)?,
        channel: scope(Scope::Channel, |kpi| &kpi.channel)?,
        level: scope(Scope::Level, |kpi| &kpi.level)?,
        evidence: first.evidence.clone(),
        needs: [Some(*first), *second].into_iter().flatten().flat_map(|part| part.needs.clone()).collect(),
        kind: made.kind,
    })
}

/// The scopes that rows name by a column.
const NAMED: [Scope; 4] = [Scope::Staff, Scope::Model, Scope::Channel, Scope::Level];

/// The scopes that a file names, each of which rows can name by a column.
pub(super) fn named_scopes(source: &Source, written: &KpiWritten) -> Result<Option<Vec<Scope>>, Problem> {
    if let Some(other) = written.scopes.iter().flatten().find(|own| !NAMED.contains(own.get_ref())) {
        let known: Vec<Arc<str>> = NAMED.iter().map(|scope| scope.word().into()).collect();
        return Err(source.problem(&other.span(), Message::new("definition.scopes").with("known", known)));
    }
    Ok(written.scopes.as_ref().map(|scopes| scopes.iter().map(|scope| *scope.get_ref()).collect()))
}

/// Nothing of what KPIs over rows have, and no part of another kind than the file's own.
fn nothing_of_rows(source: &Source, written: &KpiWritten) -> Result<(), Problem> {
    let rows = [&written.fact, &written.time, &written.rows, &written.excluded, &written.numerator];
    let more =
        [&written.denominator, &written.distinct, &written.staff, &written.model, &written.channel, &written.level];
    let of_rows = rows.into_iter().chain(more).flatten().map(Spanned::span).chain(
        [
            written.quantile.as_ref().map(Spanned::span),
            written.additive.as_ref().map(Spanned::span),
            written.accumulate.as_ref().map(Spanned::span),
            written.evidence.first().map(Spanned::span),
        ]
        .into_iter()
        .flatten(),
    );
    let of_others = [
        written.denominator_kpi.as_ref().map(Spanned::span).filter(|_| written.numerator_kpi.is_none()),
        written.scale.as_ref().map(Spanned::span).filter(|_| written.numerator_kpi.is_none()),
        written.months_back.as_ref().map(Spanned::span).filter(|_| written.growth_of.is_none()),
        written.to_date.as_ref().map(Spanned::span).filter(|_| written.to_date_of.is_none()),
        written.rolling_months.as_ref().map(Spanned::span).filter(|_| written.to_date_of.is_none()),
    ];
    match of_rows.chain(of_others.into_iter().flatten()).next() {
        Some(span) => Err(source.problem(&span, Message::new("definition.not_of_kind"))),
        None => Ok(()),
    }
}

/// A KPI that another can be made of: figures of rows that add up from day to day; a sum where one is needed.
fn part<'c>(source: &Source, catalog: &'c Catalog, id: &Spanned<String>, needs_sum: bool) -> Result<&'c Kpi, Problem> {
    let problem = |key: &'static str, name: &str| Err(source.problem(&id.span(), Message::new(key).with("name", name)));
    match catalog.kpi(id.get_ref()) {
        None => problem("definition.no_kpi", id.get_ref()),
        Some(kpi) if !kpi.kind.of_others().is_empty() => problem("definition.of_made", &kpi.id),
        Some(kpi) if !kpi.kind.is_additive() || kpi.accumulate == Accumulate::Closing => {
            problem("definition.no_sum_of_days", &kpi.id)
        }
        Some(kpi) if needs_sum && kpi.denominator.is_some() => problem("definition.needs_sum", &kpi.id),
        Some(kpi) => Ok(kpi),
    }
}

fn ratio<'c>(
    source: &Source,
    catalog: &'c Catalog,
    written: &KpiWritten,
    numerator: &Spanned<String>,
) -> Result<Made<'c>, Problem> {
    let Some(denominator) = &written.denominator_kpi else {
        return Err(
            source.problem(&numerator.span(), Message::new("definition.missing").with("name", "denominator_kpi"))
        );
    };
    let scale = written.scale.as_ref().map_or(1, |scale| *scale.get_ref());
    if let Some(own) = &written.scale
        && ![1, 10, 100, 1000, 10_000].contains(&scale)
    {
        return Err(source.problem(&own.span(), Message::new("definition.scale")));
    }
    let (a, b) = (part(source, catalog, numerator, true)?, part(source, catalog, denominator, true)?);
    let grains: Vec<Grain> = a.grains.iter().filter(|grain| b.grains.contains(grain)).copied().collect();
    let kind = Kind::Ratio { numerator: a.id.clone(), denominator: b.id.clone(), scale };
    Ok(Made { kind, first: a, second: Some(b), usual: grains.clone(), grains })
}

fn growth<'c>(
    source: &Source,
    catalog: &'c Catalog,
    written: &KpiWritten,
    of: &Spanned<String>,
) -> Result<Made<'c>, Problem> {
    let Some(back) = written.months_back.as_ref().map(|months| *months.get_ref()).filter(|months| *months > 0) else {
        return Err(source.problem(&of.span(), Message::new("definition.missing").with("name", "months_back")));
    };
    let of = part(source, catalog, of, true)?;
    let fits = |grain: &Grain| months(*grain).is_some_and(|months| back.is_multiple_of(months));
    let grains: Vec<Grain> = of.grains.iter().copied().filter(fits).collect();
    let kind = Kind::Growth { of: of.id.clone(), months: back };
    Ok(Made { kind, first: of, second: None, usual: grains.clone(), grains })
}

fn to_date<'c>(
    source: &Source,
    catalog: &'c Catalog,
    written: &KpiWritten,
    of: &Spanned<String>,
) -> Result<Made<'c>, Problem> {
    let span = match (&written.to_date, &written.rolling_months) {
        (Some(span), None) => match span.get_ref() {
            ToDateWritten::Quarter => Span::Quarter,
            ToDateWritten::Year => Span::Year,
        },
        (None, Some(months)) if *months.get_ref() > 0 => Span::Rolling(*months.get_ref()),
        _ => {
            let what = Message::new("definition.one_of").with("a", "to_date").with("b", "rolling_months");
            return Err(source.problem(&of.span(), what));
        }
    };
    let of = part(source, catalog, of, false)?;
    let most = match span {
        Span::Quarter => 3,
        Span::Year => 12,
        Span::Rolling(months) => months,
    };
    let grains = [Grain::Month, Grain::Quarter, Grain::Year];
    let grains = grains.into_iter().filter(|grain| months(*grain).is_some_and(|months| months <= most)).collect();
    let kind = Kind::ToDate { of: of.id.clone(), span };
    Ok(Made { kind, first: of, second: None, grains, usual: vec![Grain::Month] })
}

/// The grains that the file names, each of which the KPI can have; else the usual ones.
fn own_grains(source: &Source, written: &KpiWritten, made: &Made<'_>) -> Result<Vec<Grain>, Problem> {
    let Some(grains) = &written.grains else { return Ok(made.usual.clone()) };
    let known = |grain: &Spanned<Grain>| match made.grains.contains(grain.get_ref()) {
        true => Ok(*grain.get_ref()),
        false => {
            let known: Vec<Arc<str>> = made.grains.iter().map(|grain| grain.word().into()).collect();
            let what = Message::new("definition.no_grain").with("known", known);
            Err(source.problem(&grain.span(), what))
        }
    };
    grains.iter().map(known).collect()
}

/// A scope's column, where all parts have the scope and the file wants it: it wants all when it names none.
fn own_scope(
    source: &Source,
    written: &KpiWritten,
    made: &Made<'_>,
    scope: Scope,
    column: fn(&Kpi) -> &Option<Arc<str>>,
) -> Result<Option<Arc<str>>, Problem> {
    let has = column(made.first).clone().filter(|_| made.second.is_none_or(|second| column(second).is_some()));
    let Some(wanted) = &written.scopes else { return Ok(has) };
    match wanted.iter().find(|own| *own.get_ref() == scope) {
        Some(own) if has.is_none() => {
            let what = Message::new("definition.scope_lacking").with("scope", scope.word());
            Err(source.problem(&own.span(), what))
        }
        Some(_) => Ok(has),
        None => Ok(None),
    }
}

//! Reads definition files and turns what is written into what is checked.

use super::{
    Accumulate, Catalog, CellType, ColumnDef, Direction, Expression, Kpi, Rule, Scorecard, SheetDef, Unit, Worklist,
    kpi, rule::Condition, scorecard::ScorecardItem, sheet::CategoryValue,
};
use crate::{
    diagnostic::{Finding, Severity},
    model::{Grain, PersonalClass, Place, Quantity, Text},
};
use include_dir::{Dir, include_dir};
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeMap, ops::Range, path::Path, sync::Arc};
use toml::Spanned;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/definitions");

/// The five kinds, in the order in which they are loaded: later ones name earlier ones.
const KINDS: [&str; 5] = ["rules", "sheets", "kpis", "worklists", "scorecards"];

/// A definition file: its shown path (`definitions/kpis/x.toml`) and text.
struct Source {
    shown: Arc<str>,
    id: Arc<str>,
    text: String,
}

/// What is wrong with a definition: the line and what was expected.
struct Problem {
    line: u32,
    what: String,
}

pub(super) fn load(group_folder: Option<&Path>) -> std::io::Result<(Catalog, Vec<Finding>)> {
    let mut catalog = Catalog::default();
    let mut problems: Vec<(Arc<str>, Problem)> = Vec::new();
    let mut hasher = blake3::Hasher::new();
    for kind in KINDS {
        let sources = sources(kind, group_folder, &mut problems)?;
        for source in sources.values() {
            hasher.update(&(source.shown.len() as u64).to_le_bytes()).update(source.shown.as_bytes());
            hasher.update(&(source.text.len() as u64).to_le_bytes()).update(source.text.as_bytes());
            let added = match kind {
                "rules" => read_rule(source).map(|rule| {
                    catalog.rules.insert(rule.code.clone(), rule);
                }),
                "sheets" => read_sheet(source).map(|sheet| catalog.sheets.push(sheet)),
                "kpis" => read_kpi(source, &catalog).map(|kpi| catalog.kpis.push(kpi)),
                "worklists" => read_worklist(source, &catalog).map(|list| catalog.worklists.push(list)),
                _ => read_scorecard(source, &catalog).map(|card| catalog.scorecards.push(card)),
            };
            if let Err(problem) = added {
                problems.push((source.shown.clone(), problem));
            }
        }
    }
    catalog.sheets.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    catalog.kpis.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    catalog.worklists.sort_by(|a, b| (a.number, &a.id).cmp(&(b.number, &b.id)));
    let known = |id: &str| catalog.sheet(id).cloned();
    let mut unusable = Vec::new();
    for rule in catalog.rules.values() {
        if let Some(condition) = &rule.condition
            && let Err(problem) = check_condition(condition, known(&condition.sheet).as_ref())
        {
            problems.push((condition.holds.file.clone(), problem));
            unusable.push(rule.code.clone());
        }
    }
    for code in unusable {
        catalog.rules.remove(&code);
    }
    catalog.hash = hasher.finalize().to_hex().to_string();
    let findings = problems
        .into_iter()
        .map(|(file, problem)| {
            let place = Place::row(file, "", problem.line, None);
            catalog.finding("D001", "", place, "", &[("what", &problem.what)])
        })
        .collect();
    Ok((catalog, findings))
}

/// The files of one kind by id: the embedded ones, with the group's own over them.
fn sources(
    kind: &str,
    group_folder: Option<&Path>,
    problems: &mut Vec<(Arc<str>, Problem)>,
) -> std::io::Result<BTreeMap<Arc<str>, Source>> {
    let mut found = BTreeMap::new();
    let embedded = EMBEDDED.get_dir(kind).into_iter().flat_map(|dir| dir.files());
    for file in embedded.filter(|file| file.path().extension().is_some_and(|ending| ending == "toml")) {
        let id: Arc<str> = stem(file.path()).into();
        let text = file.contents_utf8().unwrap_or_default().to_owned();
        found.insert(id.clone(), Source { shown: format!("definitions/{kind}/{id}.toml").into(), id, text });
    }
    let Some(own) = group_folder.map(|folder| folder.join("definitions").join(kind)).filter(|dir| dir.is_dir()) else {
        return Ok(found);
    };
    let mut paths: Vec<_> = std::fs::read_dir(own)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        let id: Arc<str> = stem(&path).into();
        let shown: Arc<str> = format!("definitions/{kind}/{id}.toml").into();
        match String::from_utf8(std::fs::read(&path)?) {
            Ok(text) => {
                found.insert(id.clone(), Source { shown, id, text });
            }
            Err(_) => problems.push((shown, Problem { line: 1, what: "文件不是 UTF-8 编码 (not UTF-8)".to_owned() })),
        }
    }
    Ok(found)
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

impl Source {
    fn line(&self, span: &Range<usize>) -> u32 {
        let before = self.text.get(..span.start).unwrap_or_default();
        before.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        toml::from_str(&self.text).map_err(|error| Problem {
            line: error.span().map_or(1, |span| self.line(&span)),
            what: error.message().to_owned(),
        })
    }

    fn problem(&self, span: &Range<usize>, what: impl Into<String>) -> Problem {
        Problem { line: self.line(span), what: what.into() }
    }

    /// An expression whose names are all columns of `fact`.
    fn expression(&self, sql: &Spanned<String>, fact: &Fact<'_>) -> Result<Expression, Problem> {
        let line = self.line(&sql.span());
        let expression = Expression::parse(sql.get_ref(), &self.shown, line)
            .map_err(|what| Problem { line, what: format!("SQL 表达式有误 (bad SQL): {what}") })?;
        for name in expression.names() {
            fact.has(&name).map_err(|what| Problem { line, what })?;
        }
        Ok(expression)
    }

    fn expression_or(
        &self,
        sql: &Option<Spanned<String>>,
        otherwise: &str,
        fact: &Fact<'_>,
    ) -> Result<Expression, Problem> {
        match sql {
            Some(sql) => self.expression(sql, fact),
            None => Expression::parse(otherwise, &self.shown, 1).map_err(|what| Problem { line: 1, what }),
        }
    }

    fn column(&self, name: &Spanned<String>, fact: &Fact<'_>) -> Result<Arc<str>, Problem> {
        fact.has(name.get_ref()).map_err(|what| self.problem(&name.span(), what))?;
        Ok(name.get_ref().as_str().into())
    }

    fn columns(&self, names: &[Spanned<String>], fact: &Fact<'_>) -> Result<Vec<Arc<str>>, Problem> {
        names.iter().map(|name| self.column(name, fact)).collect()
    }
}

/// A fact's name and the column names its SQL may use.
struct Fact<'a> {
    name: &'a str,
    columns: Vec<Arc<str>>,
}

impl<'a> Fact<'a> {
    fn find(source: &Source, name: &'a Spanned<String>, catalog: &Catalog) -> Result<Fact<'a>, Problem> {
        let columns = catalog.fact_columns(name.get_ref()).ok_or_else(|| {
            let known: Vec<_> = catalog.facts();
            source.problem(
                &name.span(),
                format!("没有事实表 {:?} (no such fact); 已有: {}", name.get_ref(), known.join(", ")),
            )
        })?;
        let mut names: Vec<Arc<str>> = Vec::new();
        for column in columns {
            if column.kind == crate::model::ColumnKind::Instant {
                names.push(format!("{}_date_only", column.name).into());
            }
            names.push(column.name);
        }
        Ok(Fact { name: name.get_ref(), columns: names })
    }

    fn has(&self, name: &str) -> Result<(), String> {
        if self.columns.iter().any(|column| &**column == name) {
            return Ok(());
        }
        Err(format!("事实表 {} 没有列 {name:?} (no such column); 已有: {}", self.name, self.columns.join(", ")))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleWritten {
    severity: Severity,
    title: Text,
    message: Text,
    cause: Text,
    fix: Text,
    #[serde(default)]
    example: Text,
    #[serde(default)]
    source: String,
    sheet: Option<Spanned<String>>,
    field: Option<Spanned<String>>,
    holds: Option<Spanned<String>>,
}

fn read_rule(source: &Source) -> Result<Rule, Problem> {
    let written: RuleWritten = source.read()?;
    let condition = match (&written.sheet, &written.field, &written.holds) {
        (None, None, None) => None,
        (Some(sheet), Some(field), Some(holds)) => {
            let line = source.line(&holds.span());
            let holds = Expression::parse(holds.get_ref(), &source.shown, line)
                .map_err(|what| Problem { line, what: format!("SQL 表达式有误 (bad SQL): {what}") })?;
            Some(Condition { sheet: sheet.get_ref().as_str().into(), field: field.get_ref().as_str().into(), holds })
        }
        _ => {
            return Err(Problem {
                line: 1,
                what: "sheet、field、holds 三项须同时给出 (give all three or none)".to_owned(),
            });
        }
    };
    Ok(Rule {
        code: source.id.clone(),
        severity: written.severity,
        title: written.title,
        message: written.message,
        cause: written.cause,
        fix: written.fix,
        example: written.example,
        condition,
        source: written.source,
    })
}

/// Sheets are loaded after rules, so that a definition problem finds its words; conditions are checked at the end.
fn check_condition(condition: &Condition, sheet: Option<&SheetDef>) -> Result<(), Problem> {
    let line = condition.holds.line;
    let Some(sheet) = sheet else {
        return Err(Problem { line, what: format!("没有表 {:?} (no such sheet)", condition.sheet) });
    };
    let names = condition.holds.names();
    for name in names.iter().map(String::as_str).chain([&*condition.field]) {
        let base = name.strip_suffix("_date_only").unwrap_or(name);
        if sheet.field(base).is_none() {
            return Err(Problem { line, what: format!("表 {} 没有列 {name:?} (no such column)", sheet.id) });
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetWritten {
    title: Text,
    #[serde(default)]
    synonyms: Vec<String>,
    #[serde(default)]
    keys: Vec<Vec<Spanned<String>>>,
    #[serde(default)]
    cumulative: bool,
    open: Option<Spanned<String>>,
    #[serde(default)]
    expected: bool,
    staff: Option<Spanned<String>>,
    model: Option<Spanned<String>>,
    channel: Option<Spanned<String>>,
    time: Option<Spanned<String>>,
    #[serde(default)]
    note: Text,
    #[serde(default)]
    order: u32,
    column: Vec<Spanned<ColumnWritten>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnWritten {
    field: String,
    title: Text,
    #[serde(default)]
    synonyms: Vec<String>,
    #[serde(rename = "type")]
    cell: CellType,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    optional_column: bool,
    #[serde(default)]
    values: Vec<CategoryValue>,
    #[serde(default)]
    may_be_future: bool,
    #[serde(default)]
    moves: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
    max_length: Option<u32>,
    personal: Option<PersonalClass>,
    #[serde(default)]
    example: String,
    #[serde(default)]
    note: Text,
}

fn read_sheet(source: &Source) -> Result<SheetDef, Problem> {
    let written: SheetWritten = source.read()?;
    let mut columns: Vec<ColumnDef> = Vec::new();
    for column in &written.column {
        let span = column.span();
        let column = column.get_ref();
        if columns.iter().any(|earlier| *earlier.field == *column.field) {
            return Err(source.problem(&span, format!("列 {:?} 定义了两次 (column defined twice)", column.field)));
        }
        let well_named = column.field.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if column.field.is_empty() || !well_named {
            return Err(source
                .problem(&span, format!("field {:?} 只能用小写字母、数字、下划线 (snake case only)", column.field)));
        }
        if (column.cell == CellType::Category) == column.values.is_empty() {
            return Err(source.problem(
                &span,
                "type = \"category\" 与 values 须同时给出 (a category needs values, nothing else has them)",
            ));
        }
        columns.push(ColumnDef {
            field: column.field.as_str().into(),
            title: column.title.clone(),
            synonyms: column.synonyms.clone(),
            cell: column.cell,
            required: column.required,
            optional_column: column.optional_column,
            values: column.values.clone(),
            may_be_future: column.may_be_future,
            moves: column.moves,
            minimum: column.minimum,
            maximum: column.maximum,
            max_length: column.max_length,
            personal: column.personal,
            example: column.example.clone(),
            note: column.note.clone(),
        });
    }
    let mut sheet = SheetDef {
        id: source.id.clone(),
        title: written.title,
        synonyms: written.synonyms,
        keys: Vec::new(),
        cumulative: written.cumulative,
        open: None,
        expected: written.expected,
        staff: None,
        model: None,
        channel: None,
        time: None,
        columns,
        note: written.note,
        order: written.order,
    };
    let fact = Fact { name: &source.id, columns: sheet.columns.iter().map(|c| c.field.clone()).collect() };
    let one = |name: &Option<Spanned<String>>| name.as_ref().map(|name| source.column(name, &fact)).transpose();
    let (staff, model, channel, time) =
        (one(&written.staff)?, one(&written.model)?, one(&written.channel)?, one(&written.time)?);
    let mut keys = Vec::new();
    for key in &written.keys {
        let fields = source.columns(key, &fact)?;
        keys.push(fields.iter().filter_map(|field| sheet.field(field)).collect());
    }
    let open = written.open.as_ref().map(|sql| source.expression(sql, &fact)).transpose()?;
    (sheet.staff, sheet.model, sheet.channel, sheet.time, sheet.keys, sheet.open) =
        (staff, model, channel, time, keys, open);
    Ok(sheet)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KpiWritten {
    title: Text,
    fact: Spanned<String>,
    time: Spanned<String>,
    #[serde(rename = "where")]
    rows: Option<Spanned<String>>,
    excluded: Option<Spanned<String>>,
    numerator: Spanned<String>,
    denominator: Option<Spanned<String>>,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    direction: Direction,
    target: Option<Spanned<f64>>,
    #[serde(default)]
    accumulate: Accumulate,
    grains: Option<Vec<Grain>>,
    staff: Option<Spanned<String>>,
    model: Option<Spanned<String>>,
    channel: Option<Spanned<String>>,
    #[serde(default)]
    evidence: Vec<Spanned<String>>,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
    #[serde(default)]
    topic: String,
    #[serde(default)]
    meaning: Text,
    #[serde(default)]
    advice: Text,
    source: String,
    #[serde(default)]
    assumption: bool,
    #[serde(default = "last")]
    order: u32,
}

fn last() -> u32 {
    1000
}

fn read_kpi(source: &Source, catalog: &Catalog) -> Result<Kpi, Problem> {
    let written: KpiWritten = source.read()?;
    let fact = Fact::find(source, &written.fact, catalog)?;
    let sheet = catalog.sheet(written.fact.get_ref());
    let derived_has = |name: &str| fact.columns.iter().any(|column| &**column == name).then(|| Arc::from(name));
    // A derived fact names its scope columns as the scopes are named; a sheet's definition says which they are.
    let scope = |own: &Option<Spanned<String>>, name: &str, of_sheet: Option<Arc<str>>| match own {
        Some(own) => source.column(own, &fact).map(Some),
        None => Ok(if sheet.is_some() { of_sheet } else { derived_has(name) }),
    };
    let staff = scope(&written.staff, "staff", sheet.and_then(|s| s.staff.clone()))?;
    let model = scope(&written.model, "model", sheet.and_then(|s| s.model.clone()))?;
    let channel = scope(&written.channel, "channel", sheet.and_then(|s| s.channel.clone()))?;
    let target = match &written.target {
        None => None,
        Some(target) if !target.get_ref().is_finite() || *target.get_ref() < 0.0 => {
            return Err(source.problem(&target.span(), "target 须是不小于 0 的数 (a number of at least 0)"));
        }
        Some(target) if written.unit == Unit::Percent && *target.get_ref() > 1.0 => {
            return Err(
                source.problem(&target.span(), "百分比指标的 target 用小数,如 95% 写 0.95 (a fraction, 0.95 for 95 %)")
            );
        }
        Some(target) => Some(kpi_target(*target.get_ref())),
    };
    let denominator = match &written.denominator {
        Some(sql) if !sql.get_ref().trim().is_empty() => Some(source.expression(sql, &fact)?),
        _ => None,
    };
    let needs = written
        .needs
        .iter()
        .map(|sheet| match catalog.sheet(sheet.get_ref()) {
            Some(sheet) => Ok(sheet.id.clone()),
            None => Err(source.problem(&sheet.span(), format!("没有表 {:?} (no such sheet)", sheet.get_ref()))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(kpi::Kpi {
        id: source.id.clone(),
        time: source.column(&written.time, &fact)?,
        rows: source.expression_or(&written.rows, "true", &fact)?,
        excluded: source.expression_or(&written.excluded, "false", &fact)?,
        numerator: source.expression(&written.numerator, &fact)?,
        denominator,
        fact: fact.name.into(),
        title: written.title.clone(),
        unit: written.unit,
        direction: written.direction,
        target,
        accumulate: written.accumulate,
        grains: written.grains.clone().unwrap_or_else(|| Grain::ALL.to_vec()),
        staff,
        model,
        channel,
        evidence: source.columns(&written.evidence, &fact)?,
        needs,
        topic: written.topic.as_str().into(),
        meaning: written.meaning.clone(),
        advice: written.advice.clone(),
        source: written.source.clone(),
        assumption: written.assumption,
        order: written.order,
    })
}

/// A target as an exact quantity, to four places.
pub(crate) fn kpi_target(target: f64) -> Quantity {
    Quantity((target * Quantity::SCALE as f64).round() as i128)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorklistWritten {
    number: u32,
    title: Text,
    fact: Spanned<String>,
    #[serde(rename = "where")]
    rows: Spanned<String>,
    owner: Spanned<String>,
    due: Option<Spanned<String>>,
    reason: Spanned<String>,
    #[serde(default)]
    order_by: Vec<Spanned<String>>,
    customer: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    phone: Option<Spanned<String>>,
    #[serde(default)]
    extra: Vec<ExtraWritten>,
    #[serde(default)]
    next_step: Text,
    #[serde(default)]
    meaning: Text,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtraWritten {
    column: Spanned<String>,
    title: Text,
}

fn read_worklist(source: &Source, catalog: &Catalog) -> Result<Worklist, Problem> {
    let written: WorklistWritten = source.read()?;
    let fact = Fact::find(source, &written.fact, catalog)?;
    let one = |name: &Option<Spanned<String>>| name.as_ref().map(|name| source.column(name, &fact)).transpose();
    let order_by = written.order_by.iter().map(|sql| source.expression(sql, &fact)).collect::<Result<_, _>>()?;
    let extra = written
        .extra
        .iter()
        .map(|extra| Ok((source.column(&extra.column, &fact)?, extra.title.clone())))
        .collect::<Result<_, Problem>>()?;
    Ok(Worklist {
        id: source.id.clone(),
        number: written.number,
        title: written.title.clone(),
        rows: source.expression(&written.rows, &fact)?,
        owner: source.expression(&written.owner, &fact)?,
        due: written.due.as_ref().map(|sql| source.expression(sql, &fact)).transpose()?,
        reason: source.expression(&written.reason, &fact)?,
        order_by,
        customer: one(&written.customer)?,
        name: one(&written.name)?,
        phone: one(&written.phone)?,
        extra,
        fact: fact.name.into(),
        next_step: written.next_step.clone(),
        meaning: written.meaning.clone(),
        source: written.source.clone(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScorecardWritten {
    title: Text,
    undefined: u32,
    source: String,
    item: Vec<ItemWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemWritten {
    title: Text,
    kpi: Option<Spanned<String>>,
    weight: u32,
}

fn read_scorecard(source: &Source, catalog: &Catalog) -> Result<Scorecard, Problem> {
    let written: ScorecardWritten = source.read()?;
    let mut items = Vec::new();
    for item in &written.item {
        let kpi = match &item.kpi {
            None => None,
            Some(id) => match catalog.kpi(id.get_ref()) {
                Some(kpi) => Some(kpi.id.clone()),
                None => {
                    return Err(source.problem(&id.span(), format!("没有指标 {:?} (no such KPI)", id.get_ref())));
                }
            },
        };
        items.push(ScorecardItem { title: item.title.clone(), kpi, weight: item.weight });
    }
    let total: u32 = items.iter().map(|item| item.weight).sum::<u32>() + written.undefined;
    if total != 100 {
        return Err(Problem {
            line: 1,
            what: format!("权重与 undefined 之和是 {total},应为 100 (weights must add up to 100)"),
        });
    }
    Ok(Scorecard {
        id: source.id.clone(),
        title: written.title,
        items,
        undefined: written.undefined,
        source: written.source,
    })
}

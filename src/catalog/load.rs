//! Reads definition files and turns what is written into what is checked.

use super::{
    Catalog,
    kpi::read_kpi,
    rule::{check_condition, read_rule},
    scorecard::read_scorecard,
    sheet::{extend_sheet, read_sheet},
    source::{Problem, Source},
    worklist::read_worklist,
};
use crate::{diagnostic::Finding, model::Place};
use include_dir::{Dir, include_dir};
use std::{collections::BTreeMap, path::Path, sync::Arc};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/definitions");

/// The five kinds, in the order in which they are loaded: later ones name earlier ones.
const KINDS: [&str; 5] = ["rules", "sheets", "kpis", "worklists", "scorecards"];

pub(super) fn load(group_folder: Option<&Path>) -> std::io::Result<(Catalog, Vec<Finding>)> {
    let mut catalog = Catalog::default();
    let mut problems: Vec<(Arc<str>, Problem)> = Vec::new();
    let mut hasher = blake3::Hasher::new();
    for kind in KINDS {
        let sources = sources(kind, group_folder, &mut problems)?;
        for source in sources.values() {
            hasher.update(&(source.shown.len() as u64).to_le_bytes()).update(source.shown.as_bytes());
            hasher.update(&(source.text.len() as u64).to_le_bytes()).update(source.text.as_bytes());
            let extends = kind == "sheets" && source.extends();
            let problem = if extends { None } else { add(kind, source, &mut catalog).err() };
            let broken = problem.is_some();
            problems.extend(problem.map(|problem| (source.shown.clone(), problem)));
            if extends || broken {
                // A file of the same name that extends ours, or does not check, leaves ours in force.
                if let Some(ours) = embedded(kind, &source.id) {
                    add(kind, &ours, &mut catalog).unwrap_or_else(|problem| problems.push((ours.shown, problem)));
                }
            }
        }
        // Extensions come after every whole sheet, whatever their names.
        for source in sources.values().filter(|source| kind == "sheets" && source.extends()) {
            if let Err(problem) = extend_sheet(source, &mut catalog) {
                problems.push((source.shown.clone(), problem));
            }
        }
    }
    problems.extend(strangers(group_folder)?);
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

/// Reads one definition into the catalogue.
fn add(kind: &str, source: &Source, catalog: &mut Catalog) -> Result<(), Problem> {
    match kind {
        "rules" => {
            let rule = read_rule(source)?;
            catalog.rules.insert(rule.code.clone(), rule);
        }
        "sheets" => catalog.sheets.push(read_sheet(source)?),
        "kpis" => catalog.kpis.push(read_kpi(source, catalog)?),
        "worklists" => catalog.worklists.push(read_worklist(source, catalog)?),
        _ => catalog.scorecards.push(read_scorecard(source, catalog)?),
    }
    Ok(())
}

/// Our own definition of an id.
fn embedded(kind: &str, id: &str) -> Option<Source> {
    let text = EMBEDDED.get_file(format!("{kind}/{id}.toml"))?.contents_utf8()?.to_owned();
    Some(Source { shown: format!("definitions/{kind}/{id}.toml").into(), id: id.into(), text })
}

/// The files of one kind by id: the embedded ones, with the group's own over them.
fn sources(
    kind: &str,
    group_folder: Option<&Path>,
    problems: &mut Vec<(Arc<str>, Problem)>,
) -> std::io::Result<BTreeMap<Arc<str>, Source>> {
    let mut found = BTreeMap::new();
    let files = EMBEDDED.get_dir(kind).into_iter().flat_map(|dir| dir.files());
    for file in files.filter(|file| file.path().extension().is_some_and(|ending| ending == "toml")) {
        if let Some(ours) = embedded(kind, stem(file.path())) {
            found.insert(ours.id.clone(), ours);
        }
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

/// What stands in the group's own folder and is none of the kinds: most often a misspelt one.
fn strangers(group_folder: Option<&Path>) -> std::io::Result<Vec<(Arc<str>, Problem)>> {
    let Some(own) = group_folder.map(|folder| folder.join("definitions")).filter(|dir| dir.is_dir()) else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(own)? {
        let entry = entry?;
        names.push((entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir()));
    }
    names.sort();
    let strange = |(name, folder): &(String, bool)| {
        let known = *folder && KINDS.contains(&name.as_str());
        !known && !name.starts_with('.') && (*folder || name.ends_with(".toml"))
    };
    let problem = |(name, _): (String, bool)| {
        let what = format!("没有读取：应放在 {} 之一里 (not read; these are the folders)", KINDS.join("、"));
        (Arc::from(format!("definitions/{name}")), Problem { line: 1, what })
    };
    Ok(names.into_iter().filter(strange).map(problem).collect())
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

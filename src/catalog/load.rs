//! Reads definition files and turns what is written into what is checked.

use super::{
    Catalog, Refusal,
    beside::read_beside,
    form::read_form,
    kpi::{circular, named_kpis, read_kpi},
    roles::read_roles,
    rule::read_rule,
    scorecard::read_scorecard,
    sheet::{extend_sheet, read_sheet},
    source::{Problem, Source},
    story::read_story,
    systems::read_systems,
    unit::read_units,
    working_days::read_working_days,
    worklist::read_worklist,
};
use crate::{diagnostic::Finding, model::Message};
use include_dir::{Dir, include_dir};
use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::Arc,
};

pub(super) static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/definitions");

/// The kinds, in the order in which they are loaded: later ones name earlier ones.
const KINDS: [&str; 7] = ["sheets", "rules", "kpis", "worklists", "pools", "scorecards", "forms"];

/// The files that stand for themselves.
const STORY: &str = "story.toml";
const BESIDE: &str = "beside.toml";
const ROLES: &str = "roles.toml";
const UNITS: &str = "units.toml";
const WORKING_DAYS: &str = "working_days.toml";
const SYSTEMS: &str = "systems.toml";
const ALONE: [&str; 6] = [STORY, BESIDE, ROLES, UNITS, WORKING_DAYS, SYSTEMS];

/// The files that may define one id, best first: the group's own, then ours.
type Candidates = BTreeMap<Arc<str>, Vec<Source>>;

pub(super) fn load(group_folder: Option<&Path>, refused: &[Refusal]) -> std::io::Result<(Catalog, Vec<Finding>)> {
    let mut catalog = Catalog::default();
    let mut problems: Vec<Refusal> = refused.to_vec();
    let mut hasher = blake3::Hasher::new();
    for source in &over_ours(UNITS, group_folder, &mut problems)? {
        hash(&mut hasher, source);
        match read_units(source, &catalog.units) {
            Ok(units) => catalog.units = units,
            Err(problem) => problems.push(problem.in_file(source)),
        }
    }
    for kind in KINDS {
        let mut candidates = candidates(kind, group_folder, &mut problems)?;
        for source in candidates.values().flatten() {
            hash(&mut hasher, source);
            if !source.ours {
                catalog.own_files.insert(source.shown.clone());
            }
        }
        for sources in candidates.values_mut() {
            // What was refused was the best of these files at the time, once for each time.
            let times = refused.iter().filter(|refusal| sources.iter().any(|s| s.shown == refusal.file)).count();
            sources.drain(..times.min(sources.len()));
        }
        if kind == "kpis" {
            add_kpis(&candidates, &mut catalog, &mut problems);
            continue;
        }
        for sources in candidates.values() {
            // An override that does not check, or only extends, leaves ours in force.
            for source in sources.iter().filter(|source| kind != "sheets" || !source.extends()) {
                match add(kind, source, &mut catalog) {
                    Ok(()) => break,
                    Err(problem) => problems.push(problem.in_file(source)),
                }
            }
        }
        // Extensions come after every whole sheet, whatever their names.
        for source in candidates.values().flatten().filter(|source| kind == "sheets" && source.extends()) {
            if let Err(problem) = extend_sheet(source, &mut catalog) {
                problems.push(problem.in_file(source));
            }
        }
    }
    // The group's, else ours; one that does not check leaves ours in force.
    for source in &alone(BESIDE, group_folder, &mut problems)? {
        hash(&mut hasher, source);
        match read_beside(source).map_err(|problem| problem.in_file(source)) {
            Ok(columns) if catalog.beside.is_empty() => catalog.beside = columns,
            Ok(_) => {}
            Err(problem) => problems.push(problem),
        }
    }
    for source in &over_ours(WORKING_DAYS, group_folder, &mut problems)? {
        hash(&mut hasher, source);
        match read_working_days(source) {
            Ok(days) => catalog.working_days = days,
            Err(problem) => problems.push(problem.in_file(source)),
        }
    }
    for source in &over_ours(ROLES, group_folder, &mut problems)? {
        hash(&mut hasher, source);
        match read_roles(source, &catalog, &catalog.roles) {
            Ok(roles) => catalog.roles = roles,
            Err(problem) => problems.push(problem.in_file(source)),
        }
    }
    for source in &over_ours(STORY, group_folder, &mut problems)? {
        hash(&mut hasher, source);
        match read_story(source, &catalog, &catalog.story) {
            Ok(story) => catalog.story = story,
            Err(problem) => problems.push(problem.in_file(source)),
        }
    }
    for source in &alone(SYSTEMS, group_folder, &mut problems)? {
        hash(&mut hasher, source);
        match read_systems(source, &catalog).map_err(|problem| problem.in_file(source)) {
            Ok(documents) if catalog.systems.is_empty() => catalog.systems = documents,
            Ok(_) => {}
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(strangers(group_folder)?);
    catalog.sheets.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    catalog.kpis.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    catalog.worklists.sort_by(|a, b| (a.number, &a.id).cmp(&(b.number, &b.id)));
    catalog.pools.sort_by(|a, b| (a.number, &a.id).cmp(&(b.number, &b.id)));
    catalog.forms.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
    catalog.hash = hasher.finalize().to_hex().to_string();
    let findings = problems.iter().map(|problem| problem.finding(&catalog)).collect();
    Ok((catalog, findings))
}

fn hash(hasher: &mut blake3::Hasher, source: &Source) {
    for part in [source.shown.as_bytes(), source.text.as_bytes()] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
}

/// What is left to try of each KPI, best first, with the KPIs that each file names.
type Waiting<'s> = BTreeMap<&'s str, VecDeque<(&'s Source, Vec<String>)>>;

/// Reads the KPIs: those that are made of others after these.
fn add_kpis(candidates: &Candidates, catalog: &mut Catalog, problems: &mut Vec<Refusal>) {
    let of = |source| (source, named_kpis(source));
    let mut waiting: Waiting<'_> = candidates.iter().map(|(id, all)| (&**id, all.iter().map(of).collect())).collect();
    while !waiting.is_empty() {
        let ready = waiting.keys().copied().find(|id| waits_for(&waiting, id).next().is_none());
        // Where every one waits for another, some wait for themselves.
        let in_circle = || waiting.keys().copied().find(|id| waits_for_itself(&waiting, id));
        let Some(id) = ready.or_else(in_circle) else { return };
        let Some((source, _)) = waiting.get_mut(id).and_then(VecDeque::pop_front) else {
            waiting.remove(id);
            continue;
        };
        let read = if ready.is_some() { add("kpis", source, catalog) } else { Err(circular(source)) };
        match read {
            Ok(()) => {
                waiting.remove(id);
            }
            Err(problem) => problems.push(problem.in_file(source)),
        }
    }
}

/// The KPIs that the best file of one names and that are not read yet.
fn waits_for<'w>(waiting: &'w Waiting<'_>, id: &str) -> impl Iterator<Item = &'w str> {
    let names = waiting.get(id).and_then(|sources| sources.front()).map_or(&[][..], |(_, names)| names);
    names.iter().map(String::as_str).filter(|name| waiting.contains_key(name))
}

fn waits_for_itself(waiting: &Waiting<'_>, id: &str) -> bool {
    let mut reached: Vec<&str> = waits_for(waiting, id).collect();
    let mut at = 0;
    while let Some(next) = reached.get(at).copied() {
        if next == id {
            return true;
        }
        let more: Vec<&str> = waits_for(waiting, next).filter(|name| !reached.contains(name)).collect();
        reached.extend(more);
        at += 1;
    }
    false
}

/// Reads one definition into the catalogue.
fn add(kind: &str, source: &Source, catalog: &mut Catalog) -> Result<(), Problem> {
    match kind {
        "sheets" => catalog.sheets.push(read_sheet(source)?),
        "rules" => {
            let rule = read_rule(source, catalog)?;
            catalog.rules.insert(rule.code.clone(), rule);
        }
        "kpis" => catalog.kpis.push(read_kpi(source, catalog)?),
        "worklists" => catalog.worklists.push(read_worklist(source, catalog)?),
        "pools" => catalog.pools.push(read_worklist(source, catalog)?),
        "scorecards" => catalog.scorecards.push(read_scorecard(source, catalog)?),
        _ => catalog.forms.push(read_form(source, catalog)?),
    }
    Ok(())
}

/// The files of one kind by id.
fn candidates(kind: &str, group_folder: Option<&Path>, problems: &mut Vec<Refusal>) -> std::io::Result<Candidates> {
    let mut found = Candidates::new();
    if let Some(own) = group_folder.map(|folder| folder.join("definitions").join(kind)).filter(|dir| dir.is_dir()) {
        let mut paths: Vec<_> =
            std::fs::read_dir(own)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths.iter().filter(|path| is_definition(path)) {
            let id = stem(path);
            match own_source(path, id, format!("definitions/{kind}/{id}.toml"))? {
                Ok(source) => found.entry(id.into()).or_default().push(source),
                Err(problem) => problems.push(problem),
            }
        }
    }
    for file in EMBEDDED.get_dir(kind).into_iter().flat_map(|dir| dir.files()).filter(|file| is_definition(file.path()))
    {
        found.entry(stem(file.path()).into()).or_default().extend(our_source(file));
    }
    Ok(found)
}

/// A file that stands for itself: the group's, if it has one of its own, and ours.
fn alone(name: &str, group_folder: Option<&Path>, problems: &mut Vec<Refusal>) -> std::io::Result<Vec<Source>> {
    let mut found = Vec::new();
    let own = group_folder.map(|folder| folder.join("definitions").join(name));
    if let Some(own) = own.filter(|path| path.is_file()) {
        match own_source(&own, stem(Path::new(name)), format!("definitions/{name}"))? {
            Ok(source) => found.push(source),
            Err(problem) => problems.push(problem),
        }
    }
    found.extend(EMBEDDED.get_file(name).and_then(our_source));
    Ok(found)
}

/// The same, ours first: what the group's file gives stands over ours.
fn over_ours(name: &str, group_folder: Option<&Path>, problems: &mut Vec<Refusal>) -> std::io::Result<Vec<Source>> {
    let mut sources = alone(name, group_folder, problems)?;
    sources.reverse();
    Ok(sources)
}

fn is_definition(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml")
}

/// A file of the group's own.
fn own_source(path: &Path, id: &str, shown: String) -> std::io::Result<Result<Source, Refusal>> {
    Ok(match String::from_utf8(std::fs::read(path)?) {
        Ok(text) => Ok(Source { shown: shown.into(), id: id.into(), text, ours: false }),
        Err(_) => Err(Refusal { file: shown.into(), line: 1, what: Message::new("definition.not_utf8").into() }),
    })
}

/// A file of ours.
fn our_source(file: &include_dir::File<'_>) -> Option<Source> {
    let path = file.path();
    let shown = format!("definitions/{}", path.display()).into();
    Some(Source { shown, id: stem(path).into(), text: file.contents_utf8()?.to_owned(), ours: true })
}

/// What stands in the group's own folder and is none of the kinds: most often a misspelt one. A copy of what is built in, such
/// as a checkout of the tool has beside its sample, is nothing strange.
fn strangers(group_folder: Option<&Path>) -> std::io::Result<Vec<Refusal>> {
    let Some(own) = group_folder.map(|folder| folder.join("definitions")).filter(|dir| dir.is_dir()) else {
        return Ok(Vec::new());
    };
    let mut strange = Vec::new();
    for entry in std::fs::read_dir(own)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let known = if path.is_dir() { KINDS.contains(&name.as_str()) } else { ALONE.contains(&name.as_str()) };
        if known || name.starts_with('.') || !(path.is_dir() || is_definition(&path)) {
            continue;
        }
        match EMBEDDED.get_dir(&name).filter(|_| path.is_dir()) {
            Some(ours) => strange.extend(other_than(ours, &path)?),
            None => strange.push(name),
        }
    }
    strange.sort();
    let problem = |name: String| {
        let kinds: Vec<Arc<str>> = KINDS.map(Arc::from).to_vec();
        let what = Message::new("definition.folder").with("story", ALONE.join(", ")).with("folders", kinds).into();
        Refusal { file: format!("definitions/{name}").into(), line: 1, what }
    };
    Ok(strange.into_iter().map(problem).collect())
}

/// The definitions of a folder that are not as they are in ours, whose kind a group cannot define.
fn other_than(ours: &Dir<'_>, own: &Path) -> std::io::Result<Vec<String>> {
    let mut other = Vec::new();
    for entry in std::fs::read_dir(own)? {
        let path = entry?.path();
        let name = ours.path().join(path.file_name().unwrap_or_default());
        let same = |file: &include_dir::File<'_>| std::fs::read(&path).map(|bytes| bytes == file.contents());
        if is_definition(&path) && !EMBEDDED.get_file(&name).map_or(Ok(false), same)? {
            other.push(name.display().to_string());
        }
    }
    Ok(other)
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_of_the_tool_is_a_group_without_mistakes() {
        let (own, findings) = Catalog::load(Some(Path::new(env!("CARGO_MANIFEST_DIR")))).expect("readable");
        assert_eq!(findings.iter().map(|finding| finding.place.workbook.to_string()).collect::<Vec<_>>(), [""; 0]);
        let (ours, _) = Catalog::load(None).expect("readable");
        assert_eq!(own.kpis.len(), ours.kpis.len());
    }

    #[test]
    fn what_no_group_can_define_is_told_file_by_file() {
        let group = tempfile::tempdir().expect("a folder");
        let facts = group.path().join("definitions/facts");
        std::fs::create_dir_all(&facts).expect("a folder");
        let ours = EMBEDDED.get_dir("facts").into_iter().flat_map(|facts| facts.files()).next().expect("a fact");
        let same = ours.path().file_name().expect("a name");
        std::fs::write(facts.join(same), ours.contents()).expect("written");
        std::fs::write(facts.join("own.toml"), "columns = []\n").expect("written");
        std::fs::create_dir_all(group.path().join("definitions/kpi")).expect("a folder");
        let named = |problems: Vec<Refusal>| problems.iter().map(|one| one.file.to_string()).collect::<Vec<_>>();
        let strange = strangers(Some(group.path())).expect("readable");
        assert_eq!(named(strange), ["definitions/facts/own.toml", "definitions/kpi"]);
    }
}

//! `foursight check`: validation only, for a clerk or a gate before publishing.

use super::{CLEAN, FINDINGS, Failure, build::Level, project::ProjectArguments, terminal, watch};
use crate::{
    diagnostic::{
        Finding, Severity,
        render::{self, human::Choice},
    },
    messages::FindingWords,
    model::{Lang, Message},
    pipeline::{Checked, Group},
};
use clap::{Args, ValueEnum};
use std::{
    collections::BTreeSet,
    io::BufRead,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The folder for what need not be done again.
const WORK: &str = ".foursight";

#[derive(Args)]
pub(super) struct CheckArguments {
    /// Only the findings of these workbooks or folders; `-`: those that standard input lists, one a line.
    paths: Vec<PathBuf>,
    #[command(flatten)]
    project: ProjectArguments,
    /// How findings are written.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Lists findings of this level or worse; else warnings and errors for reading, all in other formats.
    #[arg(long, value_enum, value_name = "LEVEL")]
    level: Option<Level>,
    /// Says below each finding how to fix it.
    #[arg(long)]
    fix_hints: bool,
    /// Checks again whenever a file changes, until it is interrupted.
    #[arg(long)]
    watch: bool,
    /// Exit with 1 at findings of this level or worse.
    #[arg(long, value_enum, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "warning")]
    strict: Option<Level>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    // For reading.
    Human,
    // One JSON array.
    Json,
    // The columns of findings.csv.
    Csv,
    // GitHub workflow commands.
    Github,
    // JUnit XML.
    Junit,
}

impl From<Format> for render::Format {
    fn from(format: Format) -> render::Format {
        match format {
            Format::Human => render::Format::Human,
            Format::Json => render::Format::Json,
            Format::Csv => render::Format::Csv,
            Format::Github => render::Format::Github,
            Format::Junit => render::Format::Junit,
        }
    }
}

pub(super) fn run(arguments: &CheckArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let paths = listed(&arguments.paths)?;
    let project = arguments.project.moved_up();
    if arguments.watch {
        return watch::run(&project.input, || once(arguments, &project, paths.as_deref(), lang));
    }
    once(arguments, &project, paths.as_deref(), lang)
}

/// Checks and writes what was found in `paths`, or everywhere.
fn once(
    arguments: &CheckArguments,
    project: &ProjectArguments,
    paths: Option<&[PathBuf]>,
    lang: Option<Lang>,
) -> Result<u8, Failure> {
    let moved = project.input != arguments.project.input;
    let work = if moved { project.beside_input(WORK) } else { PathBuf::from(WORK) };
    let group = project.group(work, lang)?;
    let display = project.display();
    let checked = group.check(&display)?;
    crate::pipeline::Progress::done(&display);
    let wanted = paths.map(|paths| Wanted::of(paths, &group, &checked)).transpose()?;
    let here = |finding: &&Finding| wanted.as_ref().is_none_or(|wanted| wanted.holds(&finding.place.workbook));
    let findings: Vec<Finding> = checked.findings.iter().filter(here).cloned().collect();
    terminal::pour(&written(arguments, &group, &findings)?);
    let level = arguments.strict.map(Severity::from).or(group.settings.fail_at).unwrap_or(Severity::Error);
    Ok(if findings.iter().any(|finding| finding.severity >= level) { FINDINGS } else { CLEAN })
}

fn written(arguments: &CheckArguments, group: &Group, findings: &[Finding]) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let words = FindingWords::new(&group.catalog, group.settings.lang);
    let level = arguments.level.map(Severity::from);
    if let Format::Human = arguments.format {
        let choice = Choice { level: level.unwrap_or(Severity::Warning), hints: arguments.fix_hints };
        render::human::render(findings, &words, choice, &mut text)?;
        let mapping = render::mapping::proposed(findings, &group.catalog);
        if !mapping.is_empty() {
            text.extend(format!("\n{}\n\n{mapping}", words.messages().word("check.mapping")).into_bytes());
        }
        return Ok(text);
    }
    let asked = |finding: &&Finding| level.is_none_or(|level| finding.severity >= level);
    let mut findings: Vec<Finding> = findings.iter().filter(asked).cloned().collect();
    render::worst_first(arguments.format.into(), &mut findings);
    match arguments.format {
        Format::Human => {}
        Format::Json => render::json::render(&findings, &words, &mut text)?,
        Format::Csv => render::csv::render(&findings, &words, &mut text)?,
        Format::Github => {
            // Annotations attach to paths of the repository.
            let below = |mut finding: Finding| {
                let full = group.input().join(&*finding.place.workbook);
                finding.place.workbook = full.to_string_lossy().replace('\\', "/").into();
                finding
            };
            let findings: Vec<Finding> = findings.into_iter().map(below).collect();
            render::github::render(&findings, &words, &mut text)?;
        }
        Format::Junit => render::junit::render(&findings, &words, &mut text)?,
    }
    Ok(text)
}

/// The paths of the command line, with those of standard input in place of `-`; `None` when there are none at all. A list
/// that turns out empty asks for nothing.
fn listed(paths: &[PathBuf]) -> Result<Option<Vec<PathBuf>>, Failure> {
    if paths.is_empty() {
        return Ok(None);
    }
    let mut all = Vec::new();
    for path in paths {
        if path.as_os_str() != "-" {
            all.push(path.clone());
            continue;
        }
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            let line = line.trim();
            if !line.is_empty() {
                all.push(PathBuf::from(line));
            }
        }
    }
    Ok(Some(all))
}

/// What to do with a workbook that lies in no store's folder: whose it is decides what it is held against.
fn nobodys(path: &Path, full: &Path, group: &Group, checked: &Checked) -> Message {
    let input = group.input();
    let stores: Vec<Arc<str>> = checked.stores.iter().map(|store| store.id.clone()).collect();
    // Its path may say whose it is.
    let named = |store: &&Arc<str>| full.iter().any(|part| part.to_string_lossy().contains(&***store));
    let store = stores.iter().find(named).or(stores.first()).map_or("S01", |store| &**store);
    let name = full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let said = Message::new("command.nobodys").with("path", path).with("input", input).with("name", quoted(&name));
    let folder = quoted(&input.join(store).to_string_lossy());
    said.with("quoted", quoted(&path.to_string_lossy())).with("folder", folder).with("stores", stores)
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// What was asked for, as findings name it.
struct Wanted {
    /// Paths below the input folder; empty for the folder itself.
    below: Vec<String>,
    /// Workbooks whose names are shown otherwise than they are.
    shown: BTreeSet<String>,
}

impl Wanted {
    fn of(paths: &[PathBuf], group: &Group, checked: &Checked) -> Result<Wanted, Failure> {
        let input = group.input();
        let root = input.canonicalize().unwrap_or_else(|_| input.to_owned());
        let mut wanted = Wanted { below: Vec::new(), shown: BTreeSet::new() };
        for path in paths {
            let full = path
                .canonicalize()
                .or_else(|_| root.join(path).canonicalize())
                .map_err(|_| Message::new("command.no_path").with("path", path))?;
            let below = full.strip_prefix(&root).map_err(|_| nobodys(path, &full, group, checked))?;
            let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
            wanted.below.push(parts.collect::<Vec<_>>().join("/"));
            let own = |file: &Path| file.canonicalize().is_ok_and(|file| file.starts_with(&full));
            wanted.shown.extend(checked.workbooks(own).map(|shown| shown.to_string()));
        }
        Ok(wanted)
    }

    fn holds(&self, workbook: &str) -> bool {
        let below = |path: &String| {
            path.is_empty()
                || workbook == path
                || workbook.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.shown.contains(workbook) || self.below.iter().any(below)
    }
}

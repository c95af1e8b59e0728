//! `foursight check`: validation only, for a clerk or a gate before publishing.

use super::{CLEAN, FINDINGS, Failure, build::Level, project::ProjectArguments, terminal};
use crate::{
    diagnostic::{Finding, Severity, render},
    messages::FindingWords,
    model::{Lang, Message},
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct CheckArguments {
    /// Only the findings of these workbooks or folders.
    paths: Vec<PathBuf>,
    #[command(flatten)]
    project: ProjectArguments,
    /// How findings are written.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Exit with 1 at findings of this level or worse.
    #[arg(long, value_enum, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "warning")]
    strict: Option<Level>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For reading.
    Human,
    /// One JSON array.
    Json,
    /// The columns of findings.csv.
    Csv,
    /// GitHub workflow commands.
    Github,
    /// JUnit XML.
    Junit,
}

pub(super) fn run(arguments: &CheckArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let group = arguments.project.group(PathBuf::from(".foursight"), lang)?;
    let wanted = wanted(&arguments.paths, group.input())?;
    let display = arguments.project.display();
    let checked = group.check(&display)?;
    crate::pipeline::Progress::done(&display);
    let here = |finding: &&Finding| {
        let workbook = &*finding.place.workbook;
        wanted.is_empty()
            || wanted.iter().any(|path| {
                workbook == path || workbook.strip_prefix(path.as_str()).is_some_and(|below| below.starts_with('/'))
            })
    };
    let findings: Vec<Finding> = checked.findings.iter().filter(here).cloned().collect();
    let mut text = Vec::new();
    let words = FindingWords::new(&group.catalog, group.settings.lang);
    match arguments.format {
        Format::Human => render::human::render(&findings, &words, &mut text)?,
        Format::Json => render::json::render(&findings, &words, &mut text)?,
        Format::Csv => render::csv::render(&findings, &words, &mut text)?,
        Format::Github => {
            // Annotations attach to paths of the repository.
            let below = |mut finding: Finding| {
                let full = group.input().join(&*finding.place.workbook);
                finding.place.workbook = full.to_string_lossy().replace('\\', "/").into();
                finding
            };
            let findings: Vec<Finding> = findings.iter().cloned().map(below).collect();
            render::github::render(&findings, &words, &mut text)?;
        }
        Format::Junit => render::junit::render(&findings, &words, &mut text)?,
    }
    terminal::pour(&text);
    let level = arguments.strict.map(Severity::from).or(group.settings.fail_at).unwrap_or(Severity::Error);
    Ok(if findings.iter().any(|finding| finding.severity >= level) { FINDINGS } else { CLEAN })
}

/// The paths asked for, as findings name them: below the input folder.
fn wanted(paths: &[PathBuf], input: &std::path::Path) -> Result<Vec<String>, Failure> {
    let root = input.canonicalize().unwrap_or_else(|_| input.to_owned());
    let below = |path: &PathBuf| -> Result<String, Failure> {
        let full = path
            .canonicalize()
            .or_else(|_| root.join(path).canonicalize())
            .map_err(|_| Message::new("command.no_path").with("path", path))?;
        let below = full
            .strip_prefix(&root)
            .map_err(|_| Message::new("command.not_below").with("path", path).with("input", input))?;
        Ok(below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    };
    let all = paths.iter().map(below).collect::<Result<Vec<String>, Failure>>()?;
    Ok(if all.iter().any(String::is_empty) { Vec::new() } else { all })
}

//! `foursight build`: the whole job.

use super::{CLEAN, FINDINGS, Failure, project::ProjectArguments, terminal};
use crate::{
    diagnostic::Severity,
    model::{Lang, Message},
    pipeline::Built,
    publish::{left_over, work_beside},
};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct BuildArguments {
    #[command(flatten)]
    project: ProjectArguments,
    /// The output folder, replaced as a whole.
    #[arg(long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
    /// Exit with 1 at findings of this level or worse; `--strict` alone means warning.
    #[arg(long, value_enum, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "warning")]
    strict: Option<Level>,
    /// An earlier output to hold this one against, such as last week's: what is missed, mended, restated, new and gone
    /// since stands on its own page and in `changes.csv`.
    #[arg(long, value_name = "DIR")]
    since: Option<PathBuf>,
    /// Lists how long each stage took.
    #[arg(long)]
    timings: bool,
}

/// A severity, as an argument.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Level {
    // Anything at all.
    Notice,
    // Warnings and errors.
    Warning,
    // Errors.
    Error,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Severity {
        match level {
            Level::Notice => Severity::Notice,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        }
    }
}

pub(super) fn run(arguments: &BuildArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let mut group = arguments.project.group(work_beside(&arguments.output), lang)?;
    group.hold_against(arguments.since.clone());
    ProjectArguments::tell_of_former(&group);
    let display = arguments.project.display();
    let built = group.build(&arguments.output, &display)?;
    report(&built, &arguments.output);
    for (stage, time) in display.timings().iter().filter(|_| arguments.timings) {
        let seconds = format!("{:7.2}", time.as_secs_f64());
        terminal::tell(&Message::new("build.timing").with("seconds", seconds).with("stage", stage));
    }
    ProjectArguments::tell_of_cache(&group);
    let counts = group.counts();
    let anew = Message::new("build.anew").with("read", counts.workbooks_read).with("workbooks", built.workbooks);
    let anew = anew.with("checked", counts.stores_checked).with("stores", built.stores);
    let anew = anew.with("derived", counts.stores_derived).with("rendered", counts.pages_rendered);
    terminal::tell(&anew.with("pages", built.pages).with("packs", counts.packs_written));
    if counts.passing > 0 {
        terminal::tell(&Message::new("build.passing").with("count", counts.passing));
    }
    for path in left_over(&arguments.output) {
        terminal::tell(&Message::new("build.left_over").with("path", &path));
    }
    let fail_at = arguments.strict.map(Severity::from).or(group.settings.fail_at);
    let failed = fail_at.is_some_and(|level| built.findings[level as usize..].iter().any(|count| *count > 0));
    Ok(if failed { FINDINGS } else { CLEAN })
}

fn report(built: &Built, output: &Path) {
    let [notices, warnings, errors] = built.findings;
    let totals = built.totals;
    let rows = Message::new("build.rows").with("cutoff", &built.cutoff).with("stores", built.stores);
    let rows = rows.with("workbooks", built.workbooks).with("read", totals.rows_read).with("accepted", totals.accepted);
    terminal::tell(&rows.with("repaired", totals.repaired).with("rejected", totals.rejected));
    let found = Message::new("build.findings").with("errors", errors).with("warnings", warnings);
    let found = found.with("notices", notices).with("pages", built.pages);
    terminal::tell(&found.with("returned", built.returned));
    for (key, path) in [
        ("build.site", "site/index.html"),
        ("build.workbooks", "workbooks"),
        ("build.returned", "returned"),
        ("build.data", "data"),
    ] {
        terminal::tell(&Message::new(key).with("path", &output.join(path)));
    }
}

//! `foursight build`: the whole job.

use super::{CLEAN, FINDINGS, Failure, project::ProjectArguments, terminal};
use crate::publish::work_beside;
use crate::{diagnostic::Severity, pipeline::Built};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct BuildArguments {
    #[command(flatten)]
    project: ProjectArguments,
    /// 输出目录，整体替换 (output folder, replaced as a whole)
    #[arg(long, value_name = "DIR", default_value = "output")]
    output: PathBuf,
    /// 有这一级及以上的问题时退出码为 1；只写 --strict 为 warning (exit 1 at this level)
    #[arg(long, value_enum, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "warning")]
    strict: Option<Level>,
}

/// A severity, as an argument.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Level {
    /// Anything at all.
    Notice,
    /// Warnings and errors.
    Warning,
    /// Errors.
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

pub(super) fn run(arguments: &BuildArguments) -> Result<u8, Failure> {
    let group = arguments.project.group(work_beside(&arguments.output))?;
    let built = group.build(&arguments.output, &arguments.project.display())?;
    report(&built, &arguments.output);
    let counts = group.counts();
    terminal::say(&format!(
        "读取 {}/{} 个工作簿 · 检查 {}/{} 家门店 · 推导 {} 家 · 生成 {}/{} 页、{} 个工作簿 (done anew)",
        counts.workbooks_read,
        built.workbooks,
        counts.stores_checked,
        built.stores,
        counts.stores_derived,
        counts.pages_rendered,
        built.pages,
        counts.packs_written,
    ));
    let fail_at = arguments.strict.map(Severity::from).or(group.settings.fail_at);
    let failed = fail_at.is_some_and(|level| built.findings[level as usize..].iter().any(|count| *count > 0));
    Ok(if failed { FINDINGS } else { CLEAN })
}

fn report(built: &Built, output: &Path) {
    let [notices, warnings, errors] = built.findings;
    let totals = built.totals;
    terminal::say(&format!(
        "截止 {} · {} 家门店 · {} 个工作簿 · 读到 {} 行 = 采用 {}（其中修正 {}）+ 未采用 {}",
        built.cutoff,
        built.stores,
        built.workbooks,
        totals.rows_read,
        totals.accepted,
        totals.repaired,
        totals.rejected
    ));
    terminal::say(&format!(
        "错误 {} · 警告 {} · 提示 {} · 页面 {} · 退回 {} 个工作簿",
        errors, warnings, notices, built.pages, built.returned
    ));
    for (what, path) in [
        ("站点 site     ", "site/index.html"),
        ("工作簿 packs  ", "workbooks"),
        ("退回 returned ", "returned"),
        ("数据 data     ", "data"),
    ] {
        terminal::say(&format!("{what} {}", output.join(path).display()));
    }
}

//! The command line: one file a subcommand, raw arguments in, exit code out.

mod build;
mod check;
mod demo;
mod explain;
mod init;
mod progress;
mod project;
mod query;
mod template;
mod terminal;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// 把汽车 4S 店每周的 Excel 变成可追溯的客户关系指标站点和工作簿。
/// Turns the weekly spreadsheets of a car-dealer group into a traceable site and workbooks.
#[derive(Parser)]
#[command(name = "foursight", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 读入 input/，写出 output/ (the whole job)
    Build(build::BuildArguments),
    /// 只检查，不写输出 (validation only)
    Check(check::CheckArguments),
    /// 写出空白填报模板 (the blank workbook clerks fill)
    Template(template::TemplateArguments),
    /// 新建一个集团文件夹 (a new group's folder)
    Init(init::InitArguments),
    /// 生成一个带已知错误的演示集团 (a synthetic group with planted mistakes)
    Demo(demo::DemoArguments),
    /// 解释规则编号或指标；给出门店和周期时列出数字背后的行 (what a code or KPI means, and the rows behind a value)
    Explain(explain::ExplainArguments),
    /// 用 SQL 查询检查过的事实表 (ad-hoc SQL over the checked facts)
    Query(query::QueryArguments),
    /// The reader process; started by the tool itself.
    #[command(name = "__read", hide = true)]
    Read,
}

/// Exit code 0: clean.
const CLEAN: u8 = 0;
/// Exit code 1: findings at or above the level asked for.
const FINDINGS: u8 = 1;
/// Exit code 2: the tool could not do its job.
const FAILED: u8 = 2;

/// Parses the command line, runs it and gives the exit code.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { FAILED } else { CLEAN };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let outcome = match arguments.command {
        Command::Read => return crate::intake::serve_reader(),
        Command::Build(arguments) => build::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Template(arguments) => template::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            terminal::complain(&failure.to_string());
            ExitCode::from(FAILED)
        }
    }
}

/// Why a command could not do its job, in words for whoever typed it.
type Failure = Box<dyn std::error::Error>;

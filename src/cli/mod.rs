//! The command line: one file a subcommand, raw arguments in, exit code out.

mod build;
mod check;
mod completions;
mod demo;
mod explain;
mod facts;
mod help;
mod ingest;
mod init;
mod locale;
mod man;
mod misused;
mod plan;
mod progress;
mod project;
mod query;
mod refused;
mod serve;
mod summary;
mod template;
mod terminal;
mod watch;

use crate::{
    intake::READER,
    model::{Lang, Message, Told},
};
use clap::{FromArgMatches, Parser, Subcommand};
use std::process::ExitCode;

/// The command line. What `--help` says of it is in `messages/`, see [`help`].
#[derive(Parser)]
#[command(name = "foursight", version, about)]
#[command(disable_help_subcommand = true, disable_help_flag = true, disable_version_flag = true)]
struct Arguments {
    /// The language of what is written and said; else the config's, else Simplified Chinese.
    #[arg(long, value_name = "LANG", global = true, value_parser = language)]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

/// A language by its tag.
fn language(tag: &str) -> Result<Lang, String> {
    tag.parse().map_err(|message: Message| terminal::words().say(&message))
}

/// A whole number within bounds; else what was expected, in the language that is spoken: clap says it in English only.
fn whole(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let expected = || match most {
        u64::MAX => Message::new("argument.whole").with("least", least),
        most => Message::new("argument.between").with("least", least).with("most", most),
    };
    let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| terminal::words().say(&expected()))
}

#[derive(Subcommand)]
enum Command {
    /// The whole job.
    Build(build::BuildArguments),
    /// A part of the job, for other machines to find done.
    Ingest(ingest::IngestArguments),
    /// Validation only.
    Check(check::CheckArguments),
    /// The blank workbook clerks fill.
    Template(template::TemplateArguments),
    /// A new group's folder.
    Init(init::InitArguments),
    /// A synthetic group with planted mistakes.
    Demo(demo::DemoArguments),
    /// What a code or KPI means, and the rows behind a value.
    Explain(explain::ExplainArguments),
    /// A store's plan with other orders or rates.
    Plan(plan::PlanArguments),
    /// Ad-hoc SQL over the checked facts.
    Query(query::QueryArguments),
    /// The site on this machine, built anew when something changes.
    Serve(serve::ServeArguments),
    /// The week's message, to be sent on.
    Summary(summary::SummaryArguments),
    /// What a shell completes.
    Completions(completions::CompletionsArguments),
    /// The manual's pages.
    Man(man::ManArguments),
    /// What a command does.
    Help(help::HelpArguments),
}

/// Exit code 0: clean.
const CLEAN: u8 = 0;
/// Exit code 1: findings at or above the level asked for.
const FINDINGS: u8 = 1;
/// Exit code 2: the tool could not do its job.
const FAILED: u8 = 2;

/// `0.1.0`, and of what it is made: the commit, where whoever built it named one, and the definitions inside.
fn version() -> String {
    let definitions = crate::catalog::Catalog::load(None).map(|(catalog, _)| catalog.hash).unwrap_or_default();
    let definitions = Message::new("version.definitions").with("hash", definitions.get(..16).unwrap_or_default());
    let commit = option_env!("FOURSIGHT_COMMIT").map(|commit| Message::new("version.commit").with("commit", commit));
    let commit = commit.unwrap_or_else(|| Message::new("version.no_commit"));
    let words = terminal::words();
    format!("{}\n{}\n{}", env!("CARGO_PKG_VERSION"), words.say(&commit), words.say(&definitions))
}

/// Parses the command line, runs it and gives the exit code.
pub fn run() -> ExitCode {
    // What the tool calls itself with is no command of anybody's.
    if std::env::args_os().nth(1).is_some_and(|word| word == READER) {
        return crate::intake::serve_reader();
    }
    // Help and complaints about the arguments are said before they are parsed.
    let asked = help::asked_for(std::env::args());
    terminal::speak(asked.or_else(|| locale::lang(|name| std::env::var(name).ok())).unwrap_or_default());
    let mut command = help::command();
    if std::env::args().any(|argument| argument == "--version") {
        command = command.long_version(&*version().leak());
    }
    let parsed = command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    let Arguments { lang, command } = match parsed {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            match misused::told(&error) {
                Some(text) => terminal::warn(&text),
                None => drop(error.print()),
            }
            return ExitCode::from(FAILED);
        }
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(CLEAN);
        }
    };
    let run = || {
        let code: Result<u8, Failure> = match command {
            Command::Build(arguments) => build::run(&arguments, lang),
            Command::Ingest(arguments) => ingest::run(&arguments, lang),
            Command::Check(arguments) => check::run(&arguments, lang),
            Command::Template(arguments) => template::run(&arguments, lang),
            Command::Init(arguments) => init::run(&arguments, lang),
            Command::Demo(arguments) => demo::run(&arguments),
            Command::Explain(arguments) => explain::run(&arguments, lang),
            Command::Plan(arguments) => plan::run(&arguments, lang),
            Command::Query(arguments) => query::run(&arguments, lang),
            Command::Serve(arguments) => serve::run(&arguments, lang),
            Command::Summary(arguments) => summary::run(&arguments, lang),
            Command::Completions(arguments) => completions::run(&arguments),
            Command::Man(arguments) => man::run(&arguments),
            Command::Help(arguments) => help::run(&arguments),
        };
        code.map(ExitCode::from)
    };
    let outcome = refused::told(run);
    match outcome {
        Ok(code) => match terminal::failure() {
            None => code,
            Some(message) => {
                terminal::complain(&message);
                ExitCode::from(FAILED)
            }
        },
        Err(Failure(message)) => {
            terminal::complain(&message);
            ExitCode::from(FAILED)
        }
    }
}

/// Why a command could not do its job, for whoever typed it.
#[derive(Debug)]
struct Failure(Message);

impl<E: Told> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.told())
    }
}

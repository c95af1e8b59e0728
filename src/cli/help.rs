//! What `--help` says, in one language: the words of every command and argument, by key (`help.build` for a command,
//! `help.build_output` for an argument of one command, `help.input` for an argument that several have), and in place of
//! clap's own, which are English only, headings, usage, names of values and what stands behind a text.

use super::{Arguments, CLEAN, FAILED, Failure, terminal};
use crate::{
    messages::Messages,
    model::{Lang, Message, nearest::nearest},
};
use clap::{Arg, ArgAction, Args, Command, CommandFactory};
use std::sync::Arc;

#[derive(Args)]
pub(super) struct HelpArguments {
    /// The command; else all of them.
    command: Option<String>,
}

/// `foursight help [COMMAND]`: the same as `foursight COMMAND --help`.
pub(super) fn run(arguments: &HelpArguments) -> Result<u8, Failure> {
    let mut all = command();
    let Some(wanted) = &arguments.command else {
        terminal::pour(all.render_help().to_string().as_bytes());
        return Ok(CLEAN);
    };
    if let Some(command) = all.find_subcommand_mut(wanted) {
        terminal::pour(command.render_help().to_string().as_bytes());
        return Ok(CLEAN);
    }
    let names = all.get_subcommands().map(Command::get_name);
    let names: Vec<Arc<str>> = names.map(Arc::from).collect();
    let near = nearest(wanted, names.iter().map(|name| &**name)).map(|at| vec![names[at].clone()]);
    let meant = Message::new("argument.near").with("meant", near.unwrap_or(names));
    terminal::complain(&Message::new("argument.command").with("command", wanted).with("near", meant));
    Ok(FAILED)
}

/// The language that a command line asks for, read before it is parsed.
pub(super) fn asked_for(arguments: impl Iterator<Item = String>) -> Option<Lang> {
    let arguments: Vec<String> = arguments.collect();
    let after = arguments.iter().zip(arguments.iter().skip(1)).filter(|(name, _)| *name == "--lang");
    let given = after.map(|(_, tag)| tag.as_str());
    let joined = arguments.iter().filter_map(|argument| argument.strip_prefix("--lang="));
    given.chain(joined).find_map(|tag| tag.parse().ok())
}

/// The command line with its help in the language that is spoken.
pub(super) fn command() -> Command {
    let root = Arguments::command();
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let mut root = worded(root.arg(version), None).subcommand_value_name(term("help.value_command"));
    root = root.subcommand_help_heading(term("help.commands"));
    root = root.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        worded(command, Some(&name))
    });
    // Usages are known when everything else is.
    root.build();
    with_usage(root).mut_subcommands(with_usage)
}

fn worded(command: Command, of: Option<&str>) -> Command {
    let about = said(&format!("help.{}", of.unwrap_or("foursight")));
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let owner = of.map(str::to_owned);
    let command = command.about(about).arg(help).mut_args(move |argument| {
        let key = key(argument.get_id().as_str(), owner.as_deref());
        let heading = if argument.is_positional() { "help.arguments" } else { "help.options" };
        let text = with_values(&argument, said(&key));
        let named = match argument.get_action().takes_values() {
            true => value_name(argument).hide_default_value(true).hide_possible_values(true),
            false => argument,
        };
        named.help(text).help_heading(term(heading))
    });
    command.help_template(format!("{{about-with-newline}}\n{}\n\n{{all-args}}", said("help.usage")))
}

/// Its usage with our words in place of clap's.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage =
        usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", &format!("[{}]", term("help.value_options")));
    command.override_usage(usage)
}

/// The name that stands for an argument's value.
fn value_name(argument: Arg) -> Arg {
    let names: Vec<String> = argument.get_value_names().into_iter().flatten().map(|own| own.to_string()).collect();
    let own = names.first().cloned().unwrap_or_else(|| argument.get_id().to_string());
    argument.value_name(term(&format!("help.value_{}", own.to_lowercase().replace('=', "_"))))
}

/// A text with the values that an argument may have and its default, where it does not name them itself.
fn with_values(argument: &Arg, mut text: String) -> String {
    if !argument.get_action().takes_values() {
        return text;
    }
    let names = |values: &[String]| values.iter().all(|value| text.contains(value.as_str()));
    let values: Vec<String> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let (known, default) = (names(&values), names(&defaults));
    let words = terminal::words();
    if !known {
        text = words.fill("help.with_values", &[("text", &text), ("values", &values.join("|"))]);
    }
    if !default {
        text = words.fill("help.with_default", &[("text", &text), ("value", &defaults.join(" "))]);
    }
    text
}

/// The key of an argument: that of the command alone, if there is one.
fn key(argument: &str, of: Option<&str>) -> String {
    let own = of.map(|command| format!("help.{command}_{argument}"));
    let known = own.filter(|key| Messages::of(Lang::default()).find(key).is_some());
    known.unwrap_or_else(|| format!("help.{argument}"))
}

fn said(key: &str) -> String {
    terminal::words().word(key)
}

/// A word that clap keeps by reference.
fn term(key: &str) -> &'static str {
    terminal::words().find(key).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_has_its_help() {
        let command = command();
        let mut keys = vec!["help.foursight".to_owned()];
        for command in command.get_subcommands() {
            let name = command.get_name();
            keys.push(format!("help.{name}"));
            keys.extend(command.get_arguments().map(|argument| key(argument.get_id().as_str(), Some(name))));
        }
        keys.extend(command.get_arguments().map(|argument| key(argument.get_id().as_str(), None)));
        for key in keys {
            assert!(Messages::of(Lang::En).find(&key).is_some(), "{key}");
        }
        for argument in command.get_subcommands().flat_map(Command::get_arguments) {
            let names: Vec<_> = argument.get_value_names().into_iter().flatten().collect();
            assert!(names.iter().all(|name| !name.is_empty()), "{}", argument.get_id());
        }
    }

    #[test]
    fn the_language_is_known_before_anything_is_parsed() {
        let asked = |line: &str| asked_for(line.split(' ').map(str::to_owned));
        assert_eq!(asked("foursight build --lang en --help"), Some(Lang::En));
        assert_eq!(asked("foursight --lang=zh-TW build"), Some(Lang::ZhTw));
        assert_eq!(asked("foursight build --lang xx"), None);
        assert_eq!(asked("foursight build --lang"), None);
    }
}

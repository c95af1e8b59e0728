//! What `--help` says: the words of every command and argument, by key: `help.build` for a command, `help.build_output`
//! for an argument of one command, `help.input` for an argument that several have.

use super::terminal;
use crate::{
    messages::Messages,
    model::{Lang, Message},
};
use clap::Command;

/// The language that a command line asks for, read before it is parsed.
pub(super) fn asked_for(arguments: impl Iterator<Item = String>) -> Option<Lang> {
    let arguments: Vec<String> = arguments.collect();
    let after = arguments.iter().zip(arguments.iter().skip(1)).filter(|(name, _)| *name == "--lang");
    let given = after.map(|(_, tag)| tag.as_str());
    let joined = arguments.iter().filter_map(|argument| argument.strip_prefix("--lang="));
    given.chain(joined).find_map(|tag| tag.parse().ok())
}

/// The command line with its help in the language that is spoken.
pub(super) fn worded(command: Command) -> Command {
    let arguments = of_arguments(command, None).about(said("help.foursight"));
    let own = |command: Command| {
        let name = command.get_name().to_owned();
        of_arguments(command, Some(&name)).about(said(&format!("help.{name}")))
    };
    arguments.mut_subcommands(move |command| if command.is_hide_set() { command } else { own(command) })
}

fn of_arguments(command: Command, of: Option<&str>) -> Command {
    let of = of.map(str::to_owned);
    command.mut_args(move |argument| {
        let key = key(argument.get_id().as_str(), of.as_deref());
        argument.help(said(&key))
    })
}

/// The key of an argument: that of the command alone, if there is one.
fn key(argument: &str, of: Option<&str>) -> String {
    let own = of.map(|command| format!("help.{command}_{argument}"));
    let known = own.filter(|key| Messages::of(Lang::default()).find(key).is_some());
    known.unwrap_or_else(|| format!("help.{argument}"))
}

fn said(key: &str) -> String {
    terminal::in_both(&Message::new(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_and_argument_has_its_help() {
        let command = super::super::Arguments::command();
        let mut keys = vec!["help.foursight".to_owned()];
        for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = command.get_name();
            keys.push(format!("help.{name}"));
            keys.extend(command.get_arguments().map(|argument| key(argument.get_id().as_str(), Some(name))));
        }
        keys.extend(command.get_arguments().map(|argument| key(argument.get_id().as_str(), None)));
        for key in keys {
            assert!(Messages::of(Lang::En).find(&key).is_some(), "{key}");
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

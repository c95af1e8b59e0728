//! What is wrong with the arguments, in the language that is spoken: clap words its own in English only.

use super::terminal;
use crate::model::{Message, Said};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::{error::Error as _, sync::Arc};

/// The mistake, how the command is written, and where more stands. `None` where clap shows the help instead.
pub(super) fn told(error: &Error) -> Option<String> {
    let words = terminal::words();
    let mut lines = vec![words.say(&mistake(error)?)];
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let named = usage.split_whitespace().nth(1).filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()));
    let help = named.map_or_else(|| "foursight help".to_owned(), |command| format!("foursight help {command}"));
    if !usage.is_empty() {
        lines.push(words.say(&Message::new("argument.usage").with("usage", usage)));
    }
    lines.push(words.say(&Message::new("argument.more").with("help", help)));
    Some(lines.join("\n"))
}

fn mistake(error: &Error) -> Option<Message> {
    let list = |kind| -> Vec<Arc<str>> {
        match error.get(kind) {
            Some(ContextValue::String(text)) => vec![text.as_str().into()],
            Some(ContextValue::Strings(all)) => all.iter().map(|text| text.as_str().into()).collect(),
            Some(ContextValue::Number(number)) => vec![number.to_string().into()],
            _ => Vec::new(),
        }
    };
    let first = |kind| list(kind).into_iter().next().unwrap_or_default();
    let argument = || first(ContextKind::InvalidArg);
    let value = first(ContextKind::InvalidValue);
    let of = |key: &'static str| Message::new(key).with("argument", argument());
    // The command or argument that was most likely meant stands behind.
    let near = |message: Message, kind| {
        let meant = list(kind);
        let said: Said = match meant.is_empty() {
            true => "".into(),
            false => Message::new("argument.near").with("meant", meant).into(),
        };
        message.with("near", said)
    };
    Some(match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => of("argument.needs_value"),
        ErrorKind::InvalidValue => {
            let said = of("argument.value").with("value", value).with("known", list(ContextKind::ValidValue));
            near(said, ContextKind::SuggestedValue)
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            of("argument.refused").with("value", value).with("why", why)
        }
        ErrorKind::UnknownArgument => near(of("argument.unknown"), ContextKind::SuggestedArg),
        ErrorKind::InvalidSubcommand => {
            let said = Message::new("argument.command").with("command", first(ContextKind::InvalidSubcommand));
            near(said, ContextKind::SuggestedSubcommand)
        }
        ErrorKind::NoEquals => of("argument.equals"),
        ErrorKind::TooManyValues => of("argument.too_many").with("value", value),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => of("argument.needs_value"),
        ErrorKind::ArgumentConflict => of("argument.conflict").with("others", list(ContextKind::PriorArg)),
        ErrorKind::MissingRequiredArgument => {
            Message::new("argument.missing").with("arguments", list(ContextKind::InvalidArg))
        }
        ErrorKind::MissingSubcommand => Message::new("argument.no_command"),
        ErrorKind::InvalidUtf8 => Message::new("argument.not_utf8"),
        _ => return None,
    })
}

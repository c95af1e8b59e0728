//! What is said before it is worded: a key and named arguments. `messages` has the words, in each language.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, sync::Arc};

/// Something a user is told: the key of its words, and what they are filled in with. Neither ever holds personal data:
/// whoever makes an argument of a cell masks it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Message {
    /// The key, such as `fault.changed`.
    pub key: Cow<'static, str>,
    /// The arguments, in the order in which they were given.
    pub args: Vec<Argument>,
}

/// A named argument, for `{name}` in the words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Argument {
    /// The name.
    pub name: Cow<'static, str>,
    /// What stands in its place.
    pub value: Said,
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Said {
    /// The same in every language: a number, a path, what a cell holds.
    Text(Arc<str>),
    /// Texts, parted as the language parts a list.
    List(Vec<Arc<str>>),
    /// Words of their own.
    Message(Message),
}

impl Message {
    /// Without arguments so far.
    pub fn new(key: impl Into<Cow<'static, str>>) -> Message {
        Message { key: key.into(), args: Vec::new() }
    }

    /// With one more argument.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Said>) -> Message {
        self.args.push(Argument::new(name, value));
        self
    }
}

/// An error that a user is told: what is said of it, by key. Whoever shows it words it in the language asked for.
pub trait Told {
    /// What is said.
    fn told(&self) -> Message;
}

impl Told for Message {
    fn told(&self) -> Message {
        self.clone()
    }
}

impl Told for std::io::Error {
    fn told(&self) -> Message {
        use std::io::ErrorKind;
        match self.kind() {
            ErrorKind::NotFound => Message::new("system.not_found"),
            ErrorKind::PermissionDenied => Message::new("system.not_allowed"),
            ErrorKind::StorageFull => Message::new("system.full"),
            ErrorKind::AlreadyExists => Message::new("system.exists"),
            ErrorKind::TimedOut => Message::new("system.timed_out"),
            ErrorKind::NotConnected => Message::new("system.unreachable"),
            ErrorKind::NotADirectory => Message::new("system.no_folder"),
            ErrorKind::IsADirectory => Message::new("system.is_folder"),
            ErrorKind::ReadOnlyFilesystem => Message::new("system.read_only"),
            _ => Message::new("system.other").with("what", self.to_string()),
        }
    }
}

impl fmt::Display for Message {
    /// For a log or a failed test, not for a user: `fault.changed(path=a.xlsx)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        shown(&self.args, f)
    }
}

impl Argument {
    /// An argument.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Said>) -> Argument {
        Argument { name: name.into(), value: value.into() }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Said::Text(text) => f.write_str(text),
            Said::List(texts) => f.write_str(&texts.join(", ")),
            Said::Message(message) => message.fmt(f),
        }
    }
}

fn shown(args: &[Argument], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, Argument { name, value }) in args.iter().enumerate() {
        write!(f, "{}{name}={value}", if at == 0 { "(" } else { ", " })?;
    }
    f.write_str(if args.is_empty() { "" } else { ")" })
}

impl From<&str> for Said {
    fn from(text: &str) -> Said {
        Said::Text(text.into())
    }
}

impl From<String> for Said {
    fn from(text: String) -> Said {
        Said::Text(text.into())
    }
}

impl From<std::io::Error> for Said {
    fn from(error: std::io::Error) -> Said {
        Said::Message(error.told())
    }
}

impl From<&String> for Said {
    fn from(text: &String) -> Said {
        Said::Text(text.as_str().into())
    }
}

impl From<Arc<str>> for Said {
    fn from(text: Arc<str>) -> Said {
        Said::Text(text)
    }
}

impl From<&Arc<str>> for Said {
    fn from(text: &Arc<str>) -> Said {
        Said::Text(text.clone())
    }
}

impl From<usize> for Said {
    fn from(number: usize) -> Said {
        Said::Text(number.to_string().into())
    }
}

impl From<u64> for Said {
    fn from(number: u64) -> Said {
        Said::Text(number.to_string().into())
    }
}

impl From<i64> for Said {
    fn from(number: i64) -> Said {
        Said::Text(number.to_string().into())
    }
}

impl From<&std::path::Path> for Said {
    fn from(path: &std::path::Path) -> Said {
        Said::Text(path.to_string_lossy().into())
    }
}

impl From<&std::path::PathBuf> for Said {
    fn from(path: &std::path::PathBuf) -> Said {
        Said::from(path.as_path())
    }
}

impl From<Vec<Arc<str>>> for Said {
    fn from(texts: Vec<Arc<str>>) -> Said {
        Said::List(texts)
    }
}

impl From<Message> for Said {
    fn from(message: Message) -> Said {
        Said::Message(message)
    }
}

/// Named arguments: `arguments! { "open" => 3usize, "other" => path }`.
#[macro_export]
macro_rules! arguments {
    ($($name:expr => $value:expr),* $(,)?) => {
        vec![$($crate::model::Argument::new($name, $value)),*]
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_for_a_log() {
        let inner = Message::new("phone.lost");
        let message = Message::new("a.b").with("n", 3usize).with("why", inner).with("of", vec!["x".into(), "y".into()]);
        assert_eq!(message.to_string(), "a.b(n=3, why=phone.lost, of=x, y)");
        assert_eq!(Message::new("a.b").to_string(), "a.b");
    }
}

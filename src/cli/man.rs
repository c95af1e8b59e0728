//! `foursight man`: the pages of the manual, one a command.

use super::{CLEAN, Failure, help, terminal};
use crate::model::Message;
use clap::{Args, Command};
use clap_mangen::Man;
use std::{fs, path::PathBuf};

#[derive(Args)]
pub(super) struct ManArguments {
    /// The folder that a page of each command is written into; without it the first page goes to standard output.
    dir: Option<PathBuf>,
}

/// The sections that clap_mangen heads in English, and what we head them with.
const HEADS: [(&str, &str); 4] = [
    ("NAME", "man.name"),
    ("SYNOPSIS", "man.synopsis"),
    ("DESCRIPTION", "man.description"),
    ("VERSION", "man.version"),
];

pub(super) fn run(arguments: &ManArguments) -> Result<u8, Failure> {
    let mut command = help::command();
    command.build();
    let Some(dir) = &arguments.dir else {
        terminal::pour(page(&command)?.as_bytes());
        return Ok(CLEAN);
    };
    fs::create_dir_all(dir)?;
    let shown = command.get_subcommands();
    let all: Vec<&Command> = std::iter::once(&command).chain(shown).collect();
    for command in &all {
        fs::write(dir.join(format!("{}.1", name(command))), page(command)?)?;
    }
    terminal::tell(&Message::new("man.written").with("count", all.len()).with("path", dir));
    Ok(CLEAN)
}

/// `foursight` or `foursight-build`.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    Man::new(command.clone()).title(name(command)).render(&mut bytes)?;
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    for (head, key) in HEADS {
        text = text.replace(&format!(".SH {head}\n"), &format!(".SH {}\n", terminal::words().word(key)));
    }
    Ok(text)
}

//! `foursight completions`: what a shell completes, as a script that it reads.

use super::{CLEAN, Failure, help, terminal};
use clap::Args;
use clap_complete::{Shell, generate};

#[derive(Args)]
pub(super) struct CompletionsArguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(arguments: &CompletionsArguments) -> Result<u8, Failure> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut help::command(), "foursight", &mut script);
    terminal::pour(&script);
    Ok(CLEAN)
}

//! Makes the committed sample anew: the output of `foursight demo` at a small size.

use super::{Failure, remove, root};
use std::{fs, process::Command};

/// Replaces `input/`, `foursight.toml` and `tests/planted.json`.
pub fn run() -> Result<(), Failure> {
    let binary = super::built(false)?;
    let fresh = root().join("tests/.sample");
    remove(&fresh)?;
    super::run(Command::new(binary).arg("demo").arg(&fresh))?;
    remove(&root().join("input"))?;
    fs::rename(fresh.join("input"), root().join("input"))?;
    fs::rename(fresh.join("foursight.toml"), root().join("foursight.toml"))?;
    fs::rename(fresh.join("planted.json"), root().join("tests/planted.json"))?;
    remove(&fresh)
}

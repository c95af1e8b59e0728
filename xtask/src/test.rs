//! Every test there is, with what it needs installed first.

use super::{Failure, cargo};
use std::process::Command;

/// Programs the tests use, and the Debian packages that bring them.
const NEEDED: [(&str, &str); 2] = [("chromium", "chromium"), ("soffice", "libreoffice-calc")];

/// Installs what is missing, then checks the format and the lints and runs the tests.
pub fn run() -> Result<(), Failure> {
    install()?;
    super::run(cargo().args(["fmt", "--all", "--check"]))?;
    super::run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    super::run(cargo().args(["test", "--workspace"]))
}

fn install() -> Result<(), Failure> {
    let missing = |program: &str| Command::new(program).arg("--version").output().is_err();
    let mut packages: Vec<&str> =
        NEEDED.iter().filter(|(program, _)| missing(program)).map(|(_, package)| *package).collect();
    let fonts = Command::new("fc-list").arg(":lang=zh-cn").output();
    if !fonts.is_ok_and(|listed| !listed.stdout.is_empty()) {
        packages.extend(["fontconfig", "fonts-noto-cjk"]);
    }
    // Other programs' writers of workbooks, by Debian's own Python.
    let python = Command::new("/usr/bin/python3").args(["-c", "import openpyxl, xlsxwriter"]).output();
    if !python.is_ok_and(|output| output.status.success()) {
        packages.extend(["python3-openpyxl", "python3-xlsxwriter"]);
    }
    if packages.is_empty() {
        return Ok(());
    }
    let needed = |error: Failure| format!("the tests need {}: {error}", packages.join(", "));
    super::run(Command::new("apt-get").args(["update", "--quiet"])).map_err(needed)?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["install", "--yes", "--no-install-recommends", "--quiet"]).args(&packages);
    super::run(&mut install).map_err(|error| needed(error).into())
}

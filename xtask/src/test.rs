//! Every test there is, with what it needs installed first.

use super::{Failure, cargo, root};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Programs the tests use, and the Debian packages that bring them.
const NEEDED: [(&str, &str); 5] = [
    ("chromium", "chromium"),
    ("soffice", "libreoffice-calc"),
    ("pdftotext", "poppler-utils"),
    ("java", "default-jre-headless"),
    ("npm", "npm"),
];

/// The server that stands for an object store in the tests, as pip names it.
const OBJECT_STORE: &str = "moto[s3,server]==5.1.*";

/// Installs what is missing, then checks the format and the lints and runs the tests, with all that releases have.
pub fn run() -> Result<(), Failure> {
    install()?;
    fetch()?;
    object_store()?;
    super::run(cargo().args(["fmt", "--all", "--check"]))?;
    super::run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "cloud",
        "--",
        "-D",
        "warnings",
    ]))?;
    super::run(cargo().args(["test", "--workspace", "--features", "cloud"]))
}

/// Installs [`OBJECT_STORE`] into the target folder, where the tests look for it; once.
fn object_store() -> Result<(), Failure> {
    let into = target()?.join("tmp/moto");
    if fs::read_to_string(into.join("installed")).is_ok_and(|known| known == OBJECT_STORE) {
        return Ok(());
    }
    super::remove(&into)?;
    fs::create_dir_all(into.parent().unwrap_or(Path::new(".")))?;
    super::run(Command::new("/usr/bin/python3").args(["-m", "venv"]).arg(&into))?;
    let mut pip = Command::new(into.join("bin/pip"));
    super::run(pip.args(["install", "--quiet", "--disable-pip-version-check", OBJECT_STORE, "boto3"]))
        .map_err(|error| format!("the tests need {OBJECT_STORE}: {error}"))?;
    Ok(fs::write(into.join("installed"), OBJECT_STORE)?)
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
    let venv = Command::new("/usr/bin/python3").args(["-c", "import ensurepip"]).output();
    if !venv.is_ok_and(|output| output.status.success()) {
        packages.push("python3-venv");
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

/// Fetches what pages are held to (`tests/web/package.json`: an auditor of accessibility, a validator of HTML) into the
/// target folder, where the tests look for it; each by the hash that stands in the lock file. Done once for each lock file.
fn fetch() -> Result<(), Failure> {
    let from = root().join("tests/web");
    let into = target()?.join("tmp/web");
    let lock = fs::read(from.join("package-lock.json"))?;
    let done = into.join("fetched");
    if fs::read(&done).is_ok_and(|fetched| fetched == lock) {
        return Ok(());
    }
    super::remove(&into)?;
    fs::create_dir_all(&into)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(from.join(file), into.join(file))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&into);
    super::run(&mut npm).map_err(|error| format!("the tests need what tests/web/package.json names: {error}"))?;
    Ok(fs::write(done, lock)?)
}

/// The target folder, in which this program was built.
fn target() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()?;
    let target = own.parent().and_then(Path::parent);
    target.map(Path::to_owned).ok_or_else(|| "this program stands in no target folder".into())
}

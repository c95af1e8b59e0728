//! What people install: the program, stripped, with completions, the manual, the licences and a list of what it is made of.

use super::{Failure, cargo, root};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// The shells that completions are written for.
const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

/// `dist [--dev]`: into `<target>/dist/foursight-<version>-<host>/` and a `.tar.gz` beside it; `--dev` packs a dev build, which
/// shows what is packed without the hour that the real one takes.
pub fn run(arguments: &[&str]) -> Result<(), Failure> {
    let dev = match arguments {
        [] => false,
        ["--dev"] => true,
        other => return Err(format!("unknown argument {}", other.join(" ")).into()),
    };
    let begun = Instant::now();
    let metadata = metadata()?;
    let target = PathBuf::from(metadata["target_directory"].as_str().ok_or("no target folder")?);
    let commit =
        said(Command::new("git").args(["describe", "--always", "--dirty", "--abbrev=12"]).current_dir(root()))?;
    let mut build = cargo();
    build.args(["build", "--package", "foursight", "--features", "cloud"]).env("FOURSIGHT_COMMIT", commit.trim());
    if !dev {
        build.args(["--profile", "dist"]);
    }
    super::run(&mut build)?;
    let binary = target.join(if dev { "debug" } else { "dist" }).join("foursight");
    let version = of_root(&metadata)?["version"].as_str().unwrap_or_default().to_owned();
    let host = host()?;
    let name = format!("foursight-{version}-{host}");
    let dist = target.join("dist-packages");
    let folder = dist.join(&name);
    super::remove(&folder)?;
    fs::create_dir_all(folder.join("completions"))?;
    fs::copy(&binary, folder.join("foursight"))?;
    for shell in SHELLS {
        let script = said(Command::new(&binary).args(["completions", shell]))?;
        fs::write(folder.join("completions").join(format!("foursight.{shell}")), script)?;
    }
    super::run(Command::new(&binary).arg("man").arg(folder.join("man")))?;
    for file in ["README.md", "README.zh-CN.md", "CHANGELOG.md"] {
        fs::copy(root().join(file), folder.join(file))?;
    }
    let parts = parts(&metadata)?;
    fs::write(folder.join("LICENCES.md"), licences(&parts)?)?;
    let bill = bill(&version, &parts);
    fs::write(folder.join("sbom.cdx.json"), serde_json::to_vec_pretty(&bill)?)?;
    let archive = dist.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-czf"]).arg(&archive);
    super::run(tar.arg("-C").arg(&dist).arg(&name))?;
    let megabytes = |path: &Path| fs::metadata(path).map(|data| data.len() as f64 / 1e6);
    println!("{}", said(Command::new(&binary).arg("--version"))?.trim());
    println!("program {:.1} MB, archive {:.1} MB: {}", megabytes(&binary)?, megabytes(&archive)?, archive.display());
    println!("{} packages, {:.0} s", parts.len(), begun.elapsed().as_secs_f64());
    Ok(())
}

fn said(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The platform that is built for, as cargo names it.
fn host() -> Result<String, Failure> {
    let version = said(cargo().args(["-vV"]))?;
    Ok(version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("no host")?.to_owned())
}

/// The packages as cargo resolves them for this host, with what releases bring.
fn metadata() -> Result<Value, Failure> {
    let host = host()?;
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--features", "cloud", "--filter-platform", &host]);
    Ok(serde_json::from_str(&said(&mut command)?)?)
}

fn of_root(metadata: &Value) -> Result<&Value, Failure> {
    let packages = metadata["packages"].as_array().ok_or("no packages")?;
    Ok(packages.iter().find(|package| package["name"] == "foursight").ok_or("no package foursight")?)
}

/// The packages that the program is made of, sorted by name and version: neither what only tests use nor what only builds.
fn parts(metadata: &Value) -> Result<Vec<&Value>, Failure> {
    let nodes = metadata["resolve"]["nodes"].as_array().ok_or("nothing resolved")?;
    let own = of_root(metadata)?["id"].clone();
    let (mut wanted, mut known) = (vec![own.clone()], BTreeSet::new());
    while let Some(id) = wanted.pop() {
        if !known.insert(id.to_string()) {
            continue;
        }
        let node = nodes.iter().find(|node| node["id"] == id).ok_or("a package that is not resolved")?;
        let normal = |dependency: &&Value| {
            dependency["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        };
        wanted.extend(node["deps"].as_array().into_iter().flatten().filter(normal).map(|one| one["pkg"].clone()));
    }
    let packages = metadata["packages"].as_array().ok_or("no packages")?.iter();
    let mut parts: Vec<&Value> =
        packages.filter(|package| package["id"] != own && known.contains(&package["id"].to_string())).collect();
    parts.sort_by_key(|package| (package["name"].to_string(), package["version"].to_string()));
    Ok(parts)
}

/// Every package with its licence and the texts that stand in it, each text once.
fn licences(parts: &[&Value]) -> Result<String, Failure> {
    let mut text = "# Licences\n\nfoursight itself: Apache-2.0 OR MIT. It is made of these packages.\n\n".to_owned();
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    for package in parts {
        let of = |field: &str| package[field].as_str().unwrap_or_default().to_owned();
        let name = format!("{} {}", of("name"), of("version"));
        writeln!(text, "- {name}: {}", package["license"].as_str().unwrap_or("see its text"))?;
        let folder = PathBuf::from(of("manifest_path"));
        for entry in fs::read_dir(folder.parent().unwrap_or(Path::new(".")))?.flatten() {
            let file = entry.file_name().to_string_lossy().to_uppercase();
            let is_licence =
                ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"].iter().any(|word| file.starts_with(word));
            if !is_licence || !entry.path().is_file() {
                continue;
            }
            let own = String::from_utf8_lossy(&fs::read(entry.path())?).trim().to_owned();
            match texts.iter_mut().find(|(known, _)| *known == own) {
                Some((_, names)) => names.push(name.clone()),
                None => texts.push((own, vec![name.clone()])),
            }
        }
    }
    for (own, names) in texts {
        write!(text, "\n---\n\n{}\n\n```text\n{own}\n```\n", names.join(", "))?;
    }
    Ok(text)
}

/// A bill of materials in CycloneDX.
fn bill(version: &str, parts: &[&Value]) -> Value {
    let component = |package: &&Value| {
        let (name, version) =
            (package["name"].as_str().unwrap_or_default(), package["version"].as_str().unwrap_or_default());
        let mut component = json!({
            "type": "library",
            "name": name,
            "version": version,
            "purl": format!("pkg:cargo/{name}@{version}"),
        });
        if let Some(licence) = package["license"].as_str() {
            component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
        }
        component
    };
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "foursight", "version": version } },
        "components": parts.iter().map(component).collect::<Vec<Value>>(),
    })
}

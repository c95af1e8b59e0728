//! The recipes for CI that `init` writes: they read as what they are, and their commands do what they say.

use crate::foursight::{foursight, tree};
use std::{fs, path::Path, process::Command};
use yaml_rust2::{Yaml, YamlLoader};

fn run(arguments: &[&str]) {
    let output = foursight().args(arguments).output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A group of one store with a mistake in its workbook, with the recipes of `init`.
fn group(folder: &Path) {
    let path = folder.display().to_string();
    run(&["demo", &path, "--stores", "1", "--months", "1"]);
    run(&["init", &path, "--store", "S01"]);
}

/// Runs a script as a runner does, with the binary under test on its path.
fn shell(folder: &Path, script: &str, more: &[(&str, &Path)]) -> std::process::Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_foursight")).parent().expect("its folder").to_owned();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.args(["-e", "-o", "pipefail", "-c", script]).current_dir(folder).env("PATH", path);
    command.envs(more.iter().map(|(name, value)| (name, value)));
    command.output().expect("bash starts")
}

fn well(folder: &Path, script: &str, more: &[(&str, &Path)]) -> String {
    let output = shell(folder, script, more);
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn yaml(path: &Path) -> Yaml {
    let text = fs::read_to_string(path).expect("the recipe");
    assert!(!text.contains("{ci."), "a comment without its words: {text}");
    YamlLoader::load_from_str(&text).expect("YAML").remove(0)
}

#[test]
fn github_checks_builds_and_hands_back_by_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let group_folder = folder.path().join("g");
    group(&group_folder);
    let recipe = yaml(&group_folder.join(".github/workflows/foursight.yml"));
    let steps = recipe["jobs"]["build"]["steps"].as_vec().expect("steps");
    let step = |key: &str, value: &str| {
        let found = steps.iter().find(|step| step[key].as_str().is_some_and(|own| own.starts_with(value)));
        found.unwrap_or_else(|| panic!("no step with {key} {value}"))
    };
    assert!(step("uses", "actions/cache")["with"]["path"].as_str().is_some_and(|path| path.contains(".foursight")));
    let check = step("name", "check");
    assert_eq!(check["continue-on-error"].as_bool(), Some(true));
    let said = shell(&group_folder, check["run"].as_str().expect("a command"), &[]);
    assert!(
        String::from_utf8_lossy(&said.stdout).contains("::error file=input/S01/"),
        "annotations of the repository's paths"
    );
    well(&group_folder, step("name", "build")["run"].as_str().expect("a command"), &[]);
    let answers = folder.path().join("answers");
    well(&group_folder, step("name", "stores")["run"].as_str().expect("a command"), &[("GITHUB_OUTPUT", &answers)]);
    let answers = fs::read_to_string(&answers).expect("its answer");
    let list = answers.trim().strip_prefix("stores=").expect("the stores");
    let stores: Vec<String> = serde_json::from_str(list).expect("a JSON list for the matrix");
    assert_eq!(stores, ["S01"]);
    let share = folder.path().join("share");
    well(&group_folder, step("name", "share")["run"].as_str().expect("a command"), &[("FOURSIGHT_SHARE", &share)]);
    assert_eq!(tree(&share.join("site")), tree(&group_folder.join("output/site")));
    assert_eq!(tree(&share.join("returned/S01")), tree(&group_folder.join("output/returned/S01")));
    // Each store's workbooks under a name of their own; pages only where the group says so.
    let returned = &recipe["jobs"]["returned"];
    let uploaded = returned["steps"].as_vec().expect("steps").iter().filter_map(|step| step["with"]["name"].as_str());
    assert!(uploaded.clone().any(|name| name == "returned-${{ matrix.store }}"), "{:?}", uploaded.collect::<Vec<_>>());
    assert_eq!(recipe["jobs"]["pages"]["if"].as_str(), Some("vars.FOURSIGHT_PAGES == 'true'"));

    // A store that gets nothing back any more keeps nothing of last time.
    fs::rename(group_folder.join("output/returned/S01"), group_folder.join("output/returned/S02")).expect("moved");
    well(&group_folder, "sh ci/publish.sh \"$SHARE\"", &[("SHARE", &share)]);
    assert!(!share.join("returned/S01").exists() && share.join("returned/S02").is_dir());
}

#[test]
fn gitlab_and_jenkins_run_the_same_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let group_folder = folder.path().join("g");
    group(&group_folder);
    let recipe = yaml(&group_folder.join(".gitlab-ci.yml"));
    let build = &recipe["build"];
    let cached: Vec<&str> = build["cache"]["paths"].as_vec().expect("paths").iter().filter_map(Yaml::as_str).collect();
    assert!(cached.contains(&".foursight"), "{cached:?}");
    let share = folder.path().join("share");
    let lines: Vec<&str> = build["script"].as_vec().expect("a script").iter().filter_map(Yaml::as_str).collect();
    well(&group_folder, &lines.join("\n"), &[("FOURSIGHT_SHARE", &share)]);
    let findings = fs::read_to_string(group_folder.join("findings.xml")).expect("the report of tests");
    assert!(findings.contains("<testsuites") && findings.contains("<failure"), "{findings}");
    assert!(share.join("site/index.html").is_file() && share.join("returned/S01").is_dir());
    let kept: Vec<&str> =
        build["artifacts"]["paths"].as_vec().expect("paths").iter().filter_map(Yaml::as_str).collect();
    assert_eq!(kept, ["output/site", "output/returned"]);
    let pages: Vec<&str> =
        recipe["pages"]["script"].as_vec().expect("a script").iter().filter_map(Yaml::as_str).collect();
    well(&group_folder, &pages.join("\n"), &[]);
    assert!(group_folder.join("public/index.html").is_file());

    let text = fs::read_to_string(group_folder.join("Jenkinsfile")).expect("the recipe");
    assert!(!text.contains("{ci."), "{text}");
    let depth = text.chars().fold(0i32, |depth, c| depth + i32::from(c == '{') - i32::from(c == '}'));
    assert_eq!(depth, 0, "its braces close");
    let commands: Vec<&str> =
        text.lines().filter_map(|line| line.trim().strip_prefix("sh '")?.strip_suffix('\'')).collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    let other = folder.path().join("other");
    well(&group_folder, &commands.join("\n"), &[("FOURSIGHT_SHARE", &other)]);
    // The second build is held against the first, which the group's page and workbook tell; all else is the same to the byte.
    let pages = |site: &Path| {
        let mut files = tree(site);
        files.remove("files/changes.csv");
        files
    };
    let (first, second) = (pages(&share.join("site")), pages(&other.join("site")));
    assert_eq!(second.keys().collect::<Vec<_>>(), first.keys().collect::<Vec<_>>());
    let differ = first.iter().filter(|(name, bytes)| second[*name] != **bytes).map(|(name, _)| name.as_str());
    let differ: Vec<&str> = differ.collect();
    let told = |name: &&str| ["index.html", "changes.html"].contains(name) || name.starts_with("files/group-");
    assert!(differ.iter().all(told), "{differ:?}");
    // What only some may see goes to a folder of its own.
    assert!(other.join("workbooks/stores/S01.xlsx").is_file());
}

#[test]
fn init_writes_the_recipes_that_are_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("g").display().to_string();
    run(&["init", &path, "--ci", "gitlab"]);
    let there = |name: &str| folder.path().join("g").join(name).exists();
    assert!(there(".gitlab-ci.yml") && there("ci/publish.sh") && !there("Jenkinsfile") && !there(".github"));
}

//! `foursight init`: a new group's folder.

use super::{CLEAN, Failure, terminal};
use crate::{
    catalog::{Catalog, SheetDef},
    messages::Messages,
    model::{Lang, Message},
    workbook,
};
use clap::{Args, ValueEnum};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

#[derive(Args)]
pub(super) struct InitArguments {
    /// The new folder; nothing is overwritten.
    dir: PathBuf,
    /// Store ids, a folder each.
    #[arg(long = "store", value_name = "ID", num_args = 1.., default_values_t = ["S01".to_owned(), "S02".to_owned()])]
    stores: Vec<String>,
    /// The services that a recipe is written for; all of them where none is named.
    #[arg(long, value_enum, value_name = "NAME", num_args = 1..)]
    ci: Vec<Ci>,
}

/// A service that checks, builds and publishes on a schedule.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ci {
    Github,
    Gitlab,
    Jenkins,
}

impl Ci {
    /// Where its recipe lies, and what it says.
    fn recipe(self) -> (&'static str, &'static str) {
        match self {
            Ci::Github => (".github/workflows/foursight.yml", include_str!("../../messages/init/ci/github.yml")),
            Ci::Gitlab => (".gitlab-ci.yml", include_str!("../../messages/init/ci/gitlab.yml")),
            Ci::Jenkins => ("Jenkinsfile", include_str!("../../messages/init/ci/Jenkinsfile")),
        }
    }
}

/// What every recipe calls to put site and returned workbooks into a shared folder.
const PUBLISH: &str = include_str!("../../messages/init/ci/publish.sh");

/// What the comments of recipes say: a key stands for the comment.
const COMMENTS: [&str; 11] = [
    "ci.others",
    "ci.monday",
    "ci.schedule",
    "ci.installed",
    "ci.cache",
    "ci.workspace",
    "ci.share",
    "ci.returned",
    "ci.pages",
    "ci.publish",
    "ci.nothing_left",
];

/// A recipe with its comments in a language.
fn commented(recipe: &str, words: &Messages) -> String {
    COMMENTS.iter().fold(recipe.to_owned(), |text, key| text.replace(&format!("{{{key}}}"), &words.word(key)))
}

/// What is written is the group's: it is in the language asked for, else in Chinese, whatever whoever types reads.
pub(super) fn run(arguments: &InitArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let words = Messages::of(lang.unwrap_or_default());
    let dir = &arguments.dir;
    let (catalog, _) = Catalog::load(None)?;
    for store in &arguments.stores {
        if !crate::project::settings::is_store_id(store) {
            return Err(Message::new("init.store").with("store", store).into());
        }
    }
    let twice = arguments.stores.iter().enumerate().find(|(at, store)| arguments.stores[..*at].contains(store));
    if let Some((_, store)) = twice {
        return Err(Message::new("init.twice").with("store", store).into());
    }
    for store in &arguments.stores {
        fs::create_dir_all(dir.join("input").join(store))?;
    }
    let mut written = Vec::new();
    let mut keep = |name: &str, text: &str| -> Result<(), Failure> {
        if write_new(&dir.join(name), text)? {
            written.push(name.to_owned());
        }
        Ok(())
    };
    keep("foursight.toml", &config(&arguments.stores, words))?;
    keep("README.md", &worded(GUIDE, words))?;
    keep(".gitignore", "/output\n/.foursight\n")?;
    let chosen = |ci: &Ci| arguments.ci.is_empty() || arguments.ci.contains(ci);
    for ci in Ci::value_variants().iter().filter(|ci| chosen(ci)) {
        let (name, recipe) = ci.recipe();
        keep(name, &commented(recipe, words))?;
    }
    keep("ci/publish.sh", &commented(PUBLISH, words))?;
    let name = words.word("template.file");
    let template = dir.join(&name);
    if !template.exists() {
        let sheets: Vec<&SheetDef> = catalog.sheets.iter().collect();
        workbook::template(&catalog, &sheets, words.lang(), &template)?;
        written.push(name);
    }
    let written: Vec<Arc<str>> = written.into_iter().map(Arc::from).collect();
    terminal::tell(&Message::new("init.written").with("path", dir).with("files", written));
    terminal::tell(&Message::new("init.next"));
    Ok(CLEAN)
}

/// Writes a file that is not there yet; `false` when it is.
fn write_new(path: &Path, text: &str) -> Result<bool, Failure> {
    if path.exists() {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text)?;
    Ok(true)
}

fn config(stores: &[String], words: &Messages) -> String {
    let mut text = worded(CONFIG, words);
    for store in stores {
        // A TOML basic string takes what Rust's debug form of a folder name writes.
        text.push_str(&format!("\n[[store]]\nid = {store:?}\nname = {store:?}\nregion = \"\"\nbrand = \"\"\n"));
    }
    text
}

/// The config and the guide of a new group, by language.
const CONFIG: [&str; 2] =
    [include_str!("../../messages/init/foursight.zh-CN.toml"), include_str!("../../messages/init/foursight.en.toml")];
const GUIDE: [&str; 2] =
    [include_str!("../../messages/init/README.zh-CN.md"), include_str!("../../messages/init/README.en.md")];

fn worded([zh, en]: [&str; 2], words: &Messages) -> String {
    match words.lang() {
        Lang::En => en.to_owned(),
        lang => words.zh(zh).replace("lang = \"zh-CN\"", &format!("lang = \"{}\"", lang.tag())),
    }
}

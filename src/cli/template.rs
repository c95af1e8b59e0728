//! `foursight template`: the blank workbook clerks fill, made from the sheet definitions.

use super::{CLEAN, Failure, terminal};
use crate::{
    catalog::{Catalog, SheetDef},
    messages::{FindingWords, Messages},
    model::{Lang, Message, nearest::nearest},
    workbook,
};
use clap::Args;
use std::{path::PathBuf, sync::Arc};

#[derive(Args)]
pub(super) struct TemplateArguments {
    /// Sheets, by id or Chinese name; else all.
    sheets: Vec<String>,
    /// The file to write.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The group's folder, whose definitions/ are taken.
    #[arg(long, value_name = "DIR", default_value = ".")]
    group: PathBuf,
    /// For headquarters: one workbook for several stores, each row with its store's code.
    #[arg(long)]
    for_group: bool,
}

/// The workbook is the clerks': it is in the language asked for, else in Chinese, whatever whoever types reads.
pub(super) fn run(arguments: &TemplateArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let written = Messages::of(lang.unwrap_or_default());
    let (catalog, problems) = Catalog::load(Some(&arguments.group))?;
    let words = FindingWords::new(&catalog, terminal::lang());
    for problem in &problems {
        terminal::warn(&format!("{}: {}", problem.place, words.message(problem)));
    }
    let mut chosen: Vec<SheetDef> = Vec::new();
    for wanted in &arguments.sheets {
        chosen.push(find(&catalog, wanted)?.clone());
    }
    if chosen.is_empty() {
        chosen.extend(catalog.sheets.iter().cloned());
    }
    if arguments.for_group {
        chosen = chosen.into_iter().map(|sheet| sheet.of_several_stores(&catalog.beside)).collect();
    }
    let chosen: Vec<&SheetDef> = chosen.iter().collect();
    let file = if arguments.for_group { "template.group_file" } else { "template.file" };
    let output = arguments.output.clone().unwrap_or_else(|| written.word(file).into());
    if output.exists() {
        // It may be one that a clerk has filled in.
        return Err(Message::new("template.exists").with("path", &output).into());
    }
    workbook::template(&catalog, &chosen, written.lang(), &output)?;
    terminal::tell(&Message::new("template.written").with("path", &output));
    if arguments.for_group {
        terminal::tell(&Message::new("template.group_next"));
    }
    Ok(CLEAN)
}

/// The sheet that a word names: its id, its title in either language, or a name that clerks give it. One that names none is a
/// failure, with the sheet that is near.
fn find<'c>(catalog: &'c Catalog, wanted: &str) -> Result<&'c SheetDef, Failure> {
    let names = |sheet: &'c SheetDef| {
        let own = [&*sheet.id, &sheet.title.zh, &sheet.title.en];
        own.into_iter().chain(sheet.synonyms.iter().map(String::as_str)).map(move |name| (name, sheet))
    };
    let all: Vec<(&str, &SheetDef)> = catalog.sheets.iter().flat_map(names).collect();
    let same = |name: &str| name.to_lowercase() == wanted.trim().to_lowercase();
    if let Some((_, sheet)) = all.iter().find(|(name, _)| same(name)) {
        return Ok(sheet);
    }
    let called = |sheet: &SheetDef| format!("{} {}", sheet.id, terminal::words().text(&sheet.title));
    if let Some(at) = nearest(wanted, all.iter().map(|(name, _)| *name)) {
        let meant = Message::new("command.near_sheet").with("wanted", wanted).with("meant", called(all[at].1));
        return Err(meant.into());
    }
    let known: Vec<Arc<str>> = catalog.sheets.iter().map(|sheet| called(sheet).into()).collect();
    Err(Message::new("command.no_sheet").with("wanted", wanted).with("known", known).into())
}

//! `foursight template`: the blank workbook clerks fill, made from the sheet definitions.

use super::{CLEAN, Failure, terminal};
use crate::{
    catalog::{Catalog, SheetDef},
    messages::FindingWords,
    model::Message,
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
}

pub(super) fn run(arguments: &TemplateArguments) -> Result<u8, Failure> {
    let (catalog, problems) = Catalog::load(Some(&arguments.group))?;
    let words = FindingWords::new(&catalog, terminal::lang());
    for problem in &problems {
        terminal::warn(&format!("{}: {}", problem.place, words.message(problem)));
    }
    let mut chosen: Vec<&SheetDef> = Vec::new();
    for wanted in &arguments.sheets {
        let found = catalog.sheets.iter().find(|sheet| *sheet.id == **wanted || sheet.title.zh == *wanted);
        let known = || {
            catalog.sheets.iter().map(|sheet| format!("{} {}", sheet.id, terminal::words().text(&sheet.title)).into())
        };
        chosen.push(found.ok_or_else(|| {
            let known: Vec<Arc<str>> = known().collect();
            Message::new("command.no_sheet").with("wanted", wanted).with("known", known)
        })?);
    }
    if chosen.is_empty() {
        chosen.extend(&catalog.sheets);
    }
    let output = arguments.output.clone().unwrap_or_else(|| terminal::words().word("template.file").into());
    if output.exists() {
        // It may be one that a clerk has filled in.
        return Err(Message::new("template.exists").with("path", &output).into());
    }
    workbook::template(&catalog, &chosen, terminal::words().lang(), &output)?;
    terminal::tell(&Message::new("template.written").with("path", &output));
    Ok(CLEAN)
}

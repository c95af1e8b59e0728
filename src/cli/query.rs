//! `foursight query`: ad-hoc SQL over the checked facts.

use super::{CLEAN, Failure, project::ProjectArguments, terminal};
use crate::{model::Lang, pipeline::Progress, project::Audience, publish::csv_text::CsvText};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct QueryArguments {
    /// One `SELECT` over the facts by name.
    sql: String,
    #[command(flatten)]
    project: ProjectArguments,
    /// How rows are written.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Columns in line.
    Table,
    /// CSV.
    Csv,
}

pub(super) fn run(arguments: &QueryArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let group = arguments.project.group(PathBuf::from(".foursight"), lang)?;
    let display = arguments.project.display();
    let checked = group.check(&display)?;
    let (header, rows) = group.query(&checked, &arguments.sql, group.settings.audience == Audience::Store)?;
    display.done();
    match arguments.format {
        Format::Csv => {
            let header: Vec<&str> = header.iter().map(String::as_str).collect();
            let mut text = CsvText::new(&header);
            rows.iter().for_each(|row| text.row(row));
            terminal::pour(&text.finish());
        }
        Format::Table => terminal::say(&terminal::table(&header, &rows)),
    }
    Ok(CLEAN)
}

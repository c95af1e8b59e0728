//! `foursight query`: ad-hoc SQL over the checked facts.

use super::{CLEAN, Failure, project::ProjectArguments, terminal};
use crate::{pipeline::Progress, project::Audience, publish::csv_text::CsvText};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct QueryArguments {
    /// 一条 SELECT；表名即事实名，如 complaint、duty (one SELECT over facts)
    sql: String,
    #[command(flatten)]
    project: ProjectArguments,
    /// 输出格式 (format)
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

pub(super) fn run(arguments: &QueryArguments) -> Result<u8, Failure> {
    let group = arguments.project.group(PathBuf::from(".foursight"))?;
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

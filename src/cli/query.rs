//! `foursight query`: ad-hoc SQL over the checked facts, and which facts and columns there are.

use super::{CLEAN, Failure, facts, project::ProjectArguments, terminal};
use crate::{
    model::{Lang, Message, nearest::nearest},
    pipeline::{Group, Progress},
    project::Audience,
    publish::csv_text::CsvText,
};
use clap::{Args, ValueEnum};
use sqlparser::{ast::Statement, dialect::GenericDialect, parser::Parser};
use std::{path::PathBuf, sync::Arc};

#[derive(Args)]
pub(super) struct QueryArguments {
    /// One `SELECT` over the facts by name; `SHOW TABLES`; `DESCRIBE` and a fact's name.
    sql: String,
    #[command(flatten)]
    project: ProjectArguments,
    /// How rows are written.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    // Columns in line.
    Table,
    // CSV.
    Csv,
}

/// What is asked for.
enum Asked {
    /// The names of all facts.
    Tables,
    /// The columns of one.
    Columns(String),
    /// Rows.
    Rows,
}

pub(super) fn run(arguments: &QueryArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let group = arguments.project.group(PathBuf::from(".foursight"), lang)?;
    let (header, rows) = match asked(&arguments.sql) {
        Asked::Tables => facts::tables(&group.catalog),
        Asked::Columns(fact) => described(&group, &fact)?,
        Asked::Rows => {
            let display = arguments.project.display();
            let checked = group.check(&display)?;
            let in_full = group.settings.audience == Audience::Store;
            let answer = group.query(&checked, &arguments.sql, in_full)?;
            display.done();
            if !answer.withheld.is_empty() {
                terminal::complain(&Message::new("query.withheld").with("columns", answer.withheld));
            }
            (answer.columns, answer.rows)
        }
    };
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

/// What does not parse is asked of the engine, which says why.
fn asked(sql: &str) -> Asked {
    match Parser::parse_sql(&GenericDialect {}, sql).unwrap_or_default().as_slice() {
        [Statement::ShowTables { .. }] => Asked::Tables,
        [Statement::ExplainTable { table_name, .. }] => {
            let last = table_name.0.last().and_then(|part| part.as_ident());
            Asked::Columns(last.map_or_else(|| table_name.to_string(), |name| name.value.clone()))
        }
        _ => Asked::Rows,
    }
}

fn described(group: &Group, wanted: &str) -> Result<(Vec<String>, Vec<Vec<String>>), Failure> {
    let catalog = &group.catalog;
    let found = facts::find(catalog, wanted).and_then(|fact| facts::columns(catalog, &fact));
    found.ok_or_else(|| {
        let all = catalog.facts();
        let near = nearest(wanted, all.iter().map(|fact| &**fact)).map(|at| vec![all[at].clone()]);
        let known: Vec<Arc<str>> = near.unwrap_or(all);
        Message::new("query.no_fact").with("fact", wanted).with("known", known).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_told_by_the_statement() {
        let columns = |sql| match asked(sql) {
            Asked::Columns(fact) => fact,
            _ => panic!("{sql}"),
        };
        assert!(matches!(asked("show tables;"), Asked::Tables));
        assert_eq!(columns("DESCRIBE duty"), "duty");
        assert_eq!(columns("desc \"潜客表\""), "潜客表");
        assert!(matches!(asked("SELECT 1"), Asked::Rows));
        assert!(matches!(asked("DROP TABLE duty"), Asked::Rows));
        assert!(matches!(asked("SELEC"), Asked::Rows));
    }
}

//! A definition file as text, and how problems find their line in it.

use super::{Catalog, Expression, SheetDef};
use crate::{
    arguments,
    diagnostic::{Finding, toml_mistake},
    model::{ColumnKind, Message, Place, Said},
};
use serde::de::DeserializeOwned;
use std::{ops::Range, sync::Arc};
use toml::Spanned;

/// A definition file: its shown path (`definitions/kpis/x.toml`) and text.
pub(super) struct Source {
    pub shown: Arc<str>,
    pub id: Arc<str>,
    pub text: String,
    /// Embedded in the binary, not the group's.
    pub ours: bool,
}

/// What is wrong with a definition: the line and what was expected.
pub(super) struct Problem {
    pub line: u32,
    pub what: Said,
}

impl Problem {
    pub(super) fn in_file(self, source: &Source) -> Refusal {
        Refusal { file: source.shown.clone(), line: self.line, what: self.what }
    }
}

/// Why a definition is not in force.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The file, as shown.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong and what was expected; no cell's content.
    pub what: Said,
}

impl Refusal {
    /// The finding about it (D001), of no store.
    pub fn finding(&self, catalog: &Catalog) -> Finding {
        let place = Place::row(self.file.clone(), "", self.line, None);
        catalog.finding("D001", "", place, "", arguments! { "what" => self.what.clone() })
    }
}

impl Source {
    pub(super) fn line(&self, span: &Range<usize>) -> u32 {
        let before = self.text.get(..span.start).unwrap_or_default();
        before.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1
    }

    /// Whether a sheet file only adds columns to another one.
    pub(super) fn extends(&self) -> bool {
        self.text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("extends"))
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        toml::from_str(&self.text).map_err(|error| Problem {
            line: error.span().map_or(1, |span| self.line(&span)),
            what: toml_mistake(&error),
        })
    }

    pub(super) fn problem(&self, span: &Range<usize>, what: impl Into<Said>) -> Problem {
        Problem { line: self.line(span), what: what.into() }
    }

    /// An expression whose names are all columns of `fact`.
    pub(super) fn expression(&self, sql: &Spanned<String>, fact: &Fact<'_>) -> Result<Expression, Problem> {
        let line = self.line(&sql.span());
        let expression = Expression::parse(sql.get_ref(), &self.shown, line)
            .map_err(|what| Problem { line, what: Message::new("definition.bad_sql").with("what", what).into() })?;
        for name in expression.names() {
            fact.has(&name).map_err(|what| Problem { line, what })?;
        }
        Ok(expression)
    }

    pub(super) fn expression_or(
        &self,
        sql: &Option<Spanned<String>>,
        otherwise: &str,
        fact: &Fact<'_>,
    ) -> Result<Expression, Problem> {
        match sql {
            Some(sql) => self.expression(sql, fact),
            None => Expression::parse(otherwise, &self.shown, 1).map_err(|what| Problem { line: 1, what }),
        }
    }

    pub(super) fn column(&self, name: &Spanned<String>, fact: &Fact<'_>) -> Result<Arc<str>, Problem> {
        fact.has(name.get_ref()).map_err(|what| self.problem(&name.span(), what))?;
        Ok(name.get_ref().as_str().into())
    }

    /// The ids of sheets that must exist.
    pub(super) fn sheets(&self, names: &[Spanned<String>], catalog: &Catalog) -> Result<Vec<Arc<str>>, Problem> {
        let sheet = |name: &Spanned<String>| match catalog.sheet(name.get_ref()) {
            Some(sheet) => Ok(sheet.id.clone()),
            None => Err(self.problem(&name.span(), Message::new("definition.no_sheet").with("name", name.get_ref()))),
        };
        names.iter().map(sheet).collect()
    }

    /// A field of some sheet.
    pub(super) fn field(&self, name: &Spanned<String>, catalog: &Catalog) -> Result<Arc<str>, Problem> {
        let known = |sheet: &super::SheetDef| sheet.field(name.get_ref()).is_some();
        if catalog.sheets.iter().any(known) {
            return Ok(name.get_ref().as_str().into());
        }
        let what = Message::new("definition.no_such_field").with("name", name.get_ref());
        Err(self.problem(&name.span(), what))
    }

    pub(super) fn columns(&self, names: &[Spanned<String>], fact: &Fact<'_>) -> Result<Vec<Arc<str>>, Problem> {
        names.iter().map(|name| self.column(name, fact)).collect()
    }
}

/// A fact's name and the column names its SQL may use.
pub(super) struct Fact<'a> {
    pub name: &'a str,
    pub columns: Vec<Arc<str>>,
}

impl<'a> Fact<'a> {
    pub(super) fn find(source: &Source, name: &'a Spanned<String>, catalog: &Catalog) -> Result<Fact<'a>, Problem> {
        let columns = catalog.fact_columns(name.get_ref()).ok_or_else(|| {
            let known: Vec<_> = catalog.facts();
            source.problem(
                &name.span(),
                Message::new("definition.no_fact").with("name", name.get_ref()).with("known", known),
            )
        })?;
        Ok(Fact::named(name.get_ref(), columns.into_iter().map(|column| (column.name, column.kind))))
    }

    /// What a condition over one row of a sheet may name: the sheet's own columns.
    pub(super) fn of_sheet(sheet: &'a SheetDef) -> Fact<'a> {
        Fact::named(&sheet.id, sheet.columns.iter().map(|column| (column.field.clone(), column.cell.kind())))
    }

    fn named(name: &'a str, columns: impl Iterator<Item = (Arc<str>, ColumnKind)>) -> Fact<'a> {
        let mut names: Vec<Arc<str>> = Vec::new();
        for (column, kind) in columns {
            if kind == ColumnKind::Instant {
                names.push(format!("{column}_date_only").into());
            }
            names.push(column);
        }
        Fact { name, columns: names }
    }

    pub(super) fn has(&self, name: &str) -> Result<(), Said> {
        if self.columns.iter().any(|column| &**column == name) {
            return Ok(());
        }
        let message = Message::new("definition.no_column").with("fact", self.name).with("name", name);
        Err(message.with("known", self.columns.clone()).into())
    }
}

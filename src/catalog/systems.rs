//! `definitions/systems.toml`: every system that the documents name (policies, tables, figures, lists, meetings, limits), and
//! what of the definitions carries it.

use super::{
    Catalog,
    source::{Problem, Source},
};
use crate::model::{Message, Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

/// A document with the systems that it names, in its order.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its short name.
    pub id: Arc<str>,
    /// Its title.
    pub title: Text,
    /// What it names.
    pub systems: Vec<System>,
}

/// Something that a document asks a store or headquarters to have or to do.
#[derive(Clone, Debug)]
pub struct System {
    /// Where it stands.
    pub clause: Text,
    /// What it is called.
    pub title: Text,
    /// What carries it; empty for what lies outside.
    pub carriers: Vec<Carrier>,
    /// Why nothing carries it, in words; empty where something does.
    pub outside: Text,
}

/// A definition that carries a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A KPI.
    Kpi(Arc<str>),
    /// A worklist.
    Worklist(Arc<str>),
    /// A form.
    Form(Arc<str>),
    /// A scorecard.
    Scorecard(Arc<str>),
    /// A sheet.
    Sheet(Arc<str>),
    /// A rule.
    Rule(Arc<str>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    document: Vec<DocumentWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentWritten {
    id: Arc<str>,
    title: Text,
    #[serde(default)]
    system: Vec<Spanned<SystemWritten>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemWritten {
    clause: Text,
    title: Text,
    #[serde(default)]
    kpis: Vec<Spanned<String>>,
    #[serde(default)]
    worklists: Vec<Spanned<String>>,
    #[serde(default)]
    forms: Vec<Spanned<String>>,
    #[serde(default)]
    scorecards: Vec<Spanned<String>>,
    #[serde(default)]
    sheets: Vec<Spanned<String>>,
    #[serde(default)]
    rules: Vec<Spanned<String>>,
    #[serde(default)]
    outside: Text,
}

/// Reads the list. A row that points nowhere is a mistake of the file.
pub(super) fn read_systems(source: &Source, catalog: &Catalog) -> Result<Vec<Document>, Problem> {
    let written: Written = source.read()?;
    let document = |document: &DocumentWritten| {
        let systems = document.system.iter().map(|system| read(source, system, catalog)).collect::<Result<_, _>>()?;
        Ok(Document { id: document.id.clone(), title: document.title.clone(), systems })
    };
    written.document.iter().map(document).collect()
}

/// Turns an id into a carrier.
type Carry = fn(&str, &Catalog) -> Option<Carrier>;

fn read(source: &Source, written: &Spanned<SystemWritten>, catalog: &Catalog) -> Result<System, Problem> {
    let system = written.get_ref();
    let named: [(&[Spanned<String>], Carry); 6] = [
        (&system.kpis, |id, catalog| Some(Carrier::Kpi(catalog.kpi(id)?.id.clone()))),
        (&system.worklists, |id, catalog| Some(Carrier::Worklist(catalog.worklist(id)?.id.clone()))),
        (&system.forms, |id, catalog| Some(Carrier::Form(catalog.form(id)?.id.clone()))),
        (&system.scorecards, |id, catalog| {
            Some(Carrier::Scorecard(catalog.scorecards.iter().find(|card| *card.id == *id)?.id.clone()))
        }),
        (&system.sheets, |id, catalog| Some(Carrier::Sheet(catalog.sheet(id)?.id.clone()))),
        (&system.rules, |id, catalog| Some(Carrier::Rule(catalog.rules.get(id)?.code.clone()))),
    ];
    let mut carriers = Vec::new();
    for (ids, carry) in named {
        for id in ids {
            let found = carry(id.get_ref(), catalog);
            let what = || Message::new("definition.no_carrier").with("name", id.get_ref());
            carriers.push(found.ok_or_else(|| source.problem(&id.span(), what()))?);
        }
    }
    if carriers.is_empty() == system.outside.zh.is_empty() {
        let what = Message::new("definition.not_both").with("a", "outside").with("b", "kpis, forms, …");
        return Err(source.problem(&written.span(), what));
    }
    let (clause, title, outside) = (system.clause.clone(), system.title.clone(), system.outside.clone());
    Ok(System { clause, title, carriers, outside })
}

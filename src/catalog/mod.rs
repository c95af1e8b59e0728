//! The catalogue: the kinds of definition file, embedded in the binary, overridden (same name) or extended
//! (new name) by the group's own `definitions/` folder, and checked before anything uses them.
//!
//! A definition that does not check is left out and costs one finding with its file and line; the rest is built. An
//! override that does not check leaves ours in force. Whether an expression has the right type is known only to the
//! stage that evaluates it; what that stage refuses is left out likewise ([`Catalog::load_without`]).

pub mod beside;
pub mod derived;
pub mod form;
mod hash;
pub mod kpi;
mod load;
mod roles;
pub mod rule;
pub mod scorecard;
pub mod sheet;
mod source;
mod sql;
pub mod story;
pub mod systems;
pub mod target;
pub mod unit;
pub mod working_days;
pub mod worklist;

pub use form::Form;
pub use kpi::{Accumulate, Direction, Kind, Kpi, Span};
pub use rule::{Across, AcrossTest, Rule};
pub use scorecard::Scorecard;
pub use sheet::{CellType, ColumnDef, SheetDef};
pub use source::Refusal;
pub use sql::Expression;
pub use story::Story;
pub use unit::{Unit, UnitKind};
pub use worklist::Worklist;

use crate::{
    diagnostic::{Finding, Severity},
    model::{Argument, FactColumn, PersonalClass, Place, Said, personal::mask_inside},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

/// All checked definitions.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// By sheet id, in the order of recognition (`order` of the definition, then id).
    pub sheets: Vec<SheetDef>,
    /// The columns that any sheet may bear beside its own, see [`beside`].
    pub beside: Vec<ColumnDef>,
    /// What the values of categories mean, see [`Catalog::role`].
    roles: roles::Roles,
    /// What values are measured in, by id.
    pub units: BTreeMap<Arc<str>, Arc<Unit>>,
    /// Which days are worked.
    pub working_days: working_days::WorkingDays,
    /// What the documents name, and what carries it.
    pub systems: Vec<systems::Document>,
    /// By code.
    pub rules: BTreeMap<Arc<str>, Rule>,
    /// In display order (`order` of the definition, then id).
    pub kpis: Vec<Kpi>,
    /// In display order.
    pub worklists: Vec<Worklist>,
    /// What a person has in hand, by the grammar of worklists: for the person's own workbook. In display order.
    pub pools: Vec<Worklist>,
    /// In display order.
    pub scorecards: Vec<Scorecard>,
    /// In display order.
    pub forms: Vec<Form>,
    /// What is told first.
    pub story: Story,
    /// BLAKE3 over the names and texts of all definition files in force, in hex: part of every cache key.
    pub hash: String,
    /// The group's own definition files, as shown.
    pub own_files: BTreeSet<Arc<str>>,
}

impl Catalog {
    /// Loads the embedded definitions and those of `group_folder/definitions`, if there is one.
    /// Returns the definitions that check and a finding for each one that does not.
    ///
    /// # Errors
    /// When the group's folder exists but cannot be listed or read.
    pub fn load(group_folder: Option<&Path>) -> std::io::Result<(Catalog, Vec<Finding>)> {
        load::load(group_folder, &[])
    }

    /// The same without what later stages refused, in the order in which they did: where a refused file of the group
    /// stands over one of ours, ours is in force again. Each refusal is among the findings.
    ///
    /// # Errors
    /// As [`Catalog::load`].
    pub fn load_without(group_folder: Option<&Path>, refused: &[Refusal]) -> std::io::Result<(Catalog, Vec<Finding>)> {
        load::load(group_folder, refused)
    }

    /// The sheet definition of an id.
    pub fn sheet(&self, id: &str) -> Option<&SheetDef> {
        self.sheets.iter().find(|sheet| &*sheet.id == id)
    }

    /// The KPI of an id.
    pub fn kpi(&self, id: &str) -> Option<&Kpi> {
        self.kpis.iter().find(|kpi| &*kpi.id == id)
    }

    /// The worklist of an id.
    pub fn worklist(&self, id: &str) -> Option<&Worklist> {
        self.worklists.iter().find(|list| &*list.id == id)
    }

    /// The form of an id.
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| &*form.id == id)
    }

    /// The columns of a fact, origin columns first: a sheet's id or one of [`derived::facts`]. `None` when there is no
    /// such fact.
    pub fn fact_columns(&self, fact: &str) -> Option<Vec<FactColumn>> {
        match self.sheet(fact) {
            Some(sheet) => Some(sheet.fact_columns()),
            None => derived::columns(fact),
        }
    }

    /// The personal class of a fact's column; `None` also where there is no such column.
    pub fn personal_class(&self, fact: &str, column: &str) -> Option<PersonalClass> {
        let of_sheet = self.sheet(fact).into_iter().flat_map(|sheet| &sheet.columns);
        let own = of_sheet.filter(|own| &*own.field == column).map(|own| own.personal);
        let of_fact = |declared: &&derived::Declared| **declared.sheet.as_ref().unwrap_or(&declared.name) == *fact;
        let declared = derived::declared().iter().filter(of_fact);
        let declared = declared.flat_map(|declared| &declared.columns).filter(|own| &*own.name == column);
        own.chain(declared.map(|own| own.personal)).next().flatten()
    }

    /// The names of all facts: sheets, then derived ones.
    pub fn facts(&self) -> Vec<Arc<str>> {
        let sheets = self.sheets.iter().map(|sheet| sheet.id.clone());
        sheets.chain(derived::facts().map(|fact| fact.name.clone())).collect()
    }

    /// A finding of rule `code`; `args` are what its message and hint are filled in with (`{name}` in the rule's text).
    /// Arguments never hold personal data: leave out the value of a column with a personal class. A code without a rule
    /// is an error that says its code; a test holds that every code named in the source has its file.
    pub fn finding(&self, code: &str, store: &str, place: Place, field: &str, args: Vec<Argument>) -> Finding {
        let rule = self.rules.get(code);
        // A message quotes cells, names of sheets and places: none of them may carry somebody's number along.
        let args = args.into_iter().map(|own| Argument { value: leaving(own.value), ..own }).collect();
        Finding {
            code: rule.map_or_else(|| code.into(), |rule| rule.code.clone()),
            severity: rule.map_or(Severity::Error, |rule| rule.severity),
            store: store.into(),
            place,
            field: field.into(),
            args,
            corrected: false,
        }
    }
}

/// What stands in a message without somebody's number in it.
fn leaving(said: Said) -> Said {
    match said {
        Said::Text(text) => Said::Text(mask_inside(&text).into()),
        Said::List(texts) => Said::List(texts.iter().map(|text| mask_inside(text).into()).collect()),
        words => words,
    }
}

//! `definitions/roles.toml`: what the values of categories mean to what is derived in Rust, so that their words stand in
//! definitions alone.

use super::{
    Catalog,
    source::{Problem, Source},
};
use crate::model::Message;
use std::{collections::BTreeMap, sync::Arc};
use toml::Spanned;

/// Values by sheet, column and role.
pub(super) type Roles = BTreeMap<[Arc<str>; 3], Vec<Arc<str>>>;

type Written = BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<Spanned<String>>>>>;

/// Reads roles over those before them.
pub(super) fn read_roles(source: &Source, catalog: &Catalog, before: &Roles) -> Result<Roles, Problem> {
    let written: Written = source.read()?;
    let mut roles = before.clone();
    for (sheet, columns) in &written {
        let def = catalog.sheet(sheet);
        for (column, own) in columns {
            let known =
                def.and_then(|def| def.columns.get(def.field(column)?)).map_or(&[][..], |column| &column.values);
            for (role, values) in own {
                let value = |own: &Spanned<String>| {
                    let value = own.get_ref().as_str();
                    match known.iter().find(|known| &*known.value == value) {
                        Some(known) => Ok(known.value.clone()),
                        None => {
                            let known: Vec<Arc<str>> = known.iter().map(|known| known.value.clone()).collect();
                            let field = format!("{sheet}.{column}");
                            let what = Message::new("definition.no_value").with("field", field).with("value", value);
                            Err(source.problem(&own.span(), what.with("known", known)))
                        }
                    }
                };
                let values = values.iter().map(value).collect::<Result<_, _>>()?;
                roles.insert([sheet.as_str().into(), column.as_str().into(), role.as_str().into()], values);
            }
        }
    }
    Ok(roles)
}

impl Catalog {
    /// The values of a sheet's column that have a role; none where no definition says so.
    pub fn role(&self, sheet: &str, column: &str, role: &str) -> &[Arc<str>] {
        self.roles.get(&[sheet.into(), column.into(), role.into()]).map_or(&[], Vec::as_slice)
    }
}

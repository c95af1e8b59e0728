//! `[stores.<id>.columns.<sheet>]`: how a store heads columns that neither titles nor synonyms know.

use super::{
    options::{ConfigMistake, OwnOptions, Written},
    settings::Settings,
};
use crate::{catalog::Catalog, model::Message};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use toml::Spanned;

/// A column of a store under a title of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// The sheet's id.
    pub sheet: Arc<str>,
    /// How the store heads the column; of a two-level header `group·title`.
    pub title: Arc<str>,
    /// Our Chinese title of the column it is; empty: the column is the store's own and not read.
    pub column: Arc<str>,
}

/// Checks what the config says of stores' columns.
///
/// # Errors
/// The first store, sheet or column that is none.
pub(super) fn read(
    written: &Written<'_>,
    stores: &BTreeMap<String, Spanned<OwnOptions>>,
    settings: &mut Settings,
    catalog: &Catalog,
) -> Result<(), ConfigMistake> {
    for (id, own) in stores {
        let wrong =
            |span, what: Message| Err(written.mistake(span, Message::new("config.expected").with("what", what)));
        if !settings.stores.is_empty() && !settings.stores.iter().any(|store| *store.id == **id) {
            return wrong(own.span(), Message::new("config.store"));
        }
        let mut columns = Vec::new();
        for (name, titles) in &own.get_ref().columns {
            let named = |text: &str| text == name.get_ref();
            let Some(sheet) = catalog.sheets.iter().find(|sheet| named(&sheet.id) || named(&sheet.title.zh)) else {
                let known: Vec<Arc<str>> = catalog.sheets.iter().map(|sheet| sheet.title.zh.as_str().into()).collect();
                return wrong(name.span(), Message::new("config.sheet").with("known", known));
            };
            for (title, column) in titles {
                let meant = column.get_ref();
                let known = |own: &&crate::catalog::ColumnDef| *own.field == **meant || own.title.zh == *meant;
                let our_title = match sheet.columns.iter().find(known) {
                    Some(own) => own.title.zh.as_str(),
                    None if meant.is_empty() => "",
                    None => {
                        let known = sheet.columns.iter().map(|own| own.title.zh.as_str().into());
                        let known: Vec<Arc<str>> = known.collect();
                        let what = Message::new("config.column").with("sheet", &sheet.title.zh).with("known", known);
                        return wrong(column.span(), what);
                    }
                };
                if title.trim().is_empty() {
                    return wrong(column.span(), Message::new("config.title"));
                }
                let (sheet, title) = (sheet.id.clone(), title.as_str().into());
                columns.push(MappedColumn { sheet, title, column: our_title.into() });
            }
        }
        settings.columns.insert(id.as_str().into(), columns);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Settings, String> {
        let (catalog, _) = Catalog::load(None).unwrap();
        Settings::parse("foursight.toml", text, &catalog).map_err(|mistake| mistake.to_string())
    }

    #[test]
    fn titles_of_a_store_are_columns_of_ours() {
        let text = "[stores.S01.columns.\"潜客表\"]\n\"称呼\" = \"客户姓名\"\n\"尾号\" = \"\"\n[stores.S01.columns.order]\n\"价\" = \"price\"\n";
        let settings = parsed(text).unwrap();
        let shown: Vec<String> = settings
            .columns_of("S01")
            .iter()
            .map(|own| format!("{} {}={}", own.sheet, own.title, own.column))
            .collect();
        assert_eq!(shown, ["order 价=成交价", "prospect 尾号=", "prospect 称呼=客户姓名"]);
        assert!(settings.columns_of("S02").is_empty());
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, line, what) in [
            ("[[store]]\nid = \"S01\"\n[stores.S02]\n", 3, "config.store"),
            ("[stores.S01.columns.\"潜客\"]\n\"称呼\" = \"客户姓名\"\n", 1, "config.sheet"),
            ("[stores.S01.columns.prospect]\n\"x\" = \"phone\"\n\"称呼\" = \"客户性名\"\n", 3, "config.column"),
            ("[stores.S01.columns.prospect]\n\" \" = \"phone\"\n", 2, "config.title"),
            ("[stores.S01]\ncolums = {}\n", 2, "toml.unknown_field"),
        ] {
            let mistake = parsed(text).unwrap_err();
            assert!(mistake.contains(&format!("line={line}")) && mistake.contains(what), "{text}: {mistake}");
        }
    }
}

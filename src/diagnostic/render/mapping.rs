//! What could be put into `foursight.toml` for titles that are near a known column (H002, H023), ready to paste.

use crate::{
    catalog::Catalog,
    diagnostic::Finding,
    model::{Message, Said},
};
use std::collections::BTreeMap;

/// Tables `[stores.<id>.columns.<sheet>]` with each unknown title and the column it is nearest to; empty when there is none.
/// Titles that are cut or masked in their findings are left out.
pub fn proposed(findings: &[Finding], catalog: &Catalog) -> String {
    let mut tables: BTreeMap<(String, String), BTreeMap<String, String>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| ["H002", "H023"].contains(&&*finding.code)) {
        let of = |name: &str| finding.args.iter().find(|arg| arg.name == name).map(|arg| &arg.value);
        let (Some(Said::Text(title)), Some(Said::Text(kind))) = (of("header"), of("kind")) else { continue };
        let (Some(Said::Message(near)), Some(sheet)) = (of("nearest"), catalog.sheet(kind)) else { continue };
        let Some(column) = nearest(near).filter(|_| !title.contains(['…', '*'])) else { continue };
        let table = tables.entry((quoted(&finding.store), quoted(&sheet.title.zh))).or_default();
        table.insert(quoted(title), quoted(column));
    }
    let lines = |table: BTreeMap<String, String>| {
        table.into_iter().map(|(title, column)| format!("{title} = {column}\n")).collect::<String>()
    };
    let table = |((store, sheet), table)| format!("[stores.{store}.columns.{sheet}]\n{}", lines(table));
    tables.into_iter().map(table).collect::<Vec<_>>().join("\n")
}

fn nearest(message: &Message) -> Option<&str> {
    let title = message.args.iter().find(|arg| arg.name == "title").filter(|_| message.key == "header.nearest")?;
    match &title.value {
        Said::Text(title) => Some(title),
        _ => None,
    }
}

/// A key or value of TOML.
fn quoted(text: &str) -> String {
    let bare = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare { text.to_owned() } else { toml::Value::String(text.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arguments, model::Place, project::Settings};

    #[test]
    fn ready_to_paste() {
        let (catalog, _) = Catalog::load(None).unwrap();
        let finding = |store: &str, header: &str, near: Option<(&'static str, &str)>| {
            let nearest: Said =
                near.map_or_else(|| "".into(), |(key, title)| Message::new(key).with("title", title).into());
            let args = arguments! { "header" => header, "nearest" => nearest, "kind" => "prospect" };
            catalog.finding("H002", store, Place::sheet("a.xlsx", "x"), "", args)
        };
        let near = |title| Some(("header.nearest", title));
        let findings = [
            finding("S01", "手几号", near("手机号")),
            finding("S01", "手几号", near("手机号")),
            finding("S01", "客户性名\"", near("客户姓名")),
            finding("虹口店", "级 别x", near("级别")),
            finding("S01", "天气", None),
            finding("S01", "联系电话", Some(("header.taken", "手机号"))),
            finding("S01", "号码138****1234", near("手机号")),
        ];
        let text = proposed(&findings, &catalog);
        let settings =
            Settings::parse("foursight.toml", &text, &catalog).unwrap_or_else(|what| panic!("{what}: {text}"));
        let shown = |store: &str| -> Vec<String> {
            settings.columns_of(store).iter().map(|own| format!("{}={}", own.title, own.column)).collect()
        };
        assert_eq!(shown("S01"), ["客户性名\"=客户姓名", "手几号=手机号"]);
        assert_eq!(shown("虹口店"), ["级 别x=级别"]);
        assert_eq!(proposed(&findings[4..], &catalog), "");
    }
}

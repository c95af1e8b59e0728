//! `data/datapackage.json`: the data files as a Frictionless Data Package.

use crate::messages::Messages;
use serde_json::{Value, json};
use std::sync::Arc;

/// A field: name, Frictionless type. Its meaning is the message `data.<table>_<field>`.
type Field = (&'static str, &'static str);

const KPI: &[Field] = &[
    ("kpi", "string"),
    ("scope", "string"),
    ("scope_id", "string"),
    ("grain", "string"),
    ("period", "string"),
    ("numerator", "number"),
    ("denominator", "number"),
    ("value", "number"),
    ("excluded", "integer"),
    ("target", "number"),
    ("status", "string"),
];

const FINDINGS: &[Field] = &[
    ("code", "string"),
    ("severity", "string"),
    ("store", "string"),
    ("workbook", "string"),
    ("sheet", "string"),
    ("cell", "string"),
    ("field", "string"),
    ("message", "string"),
    ("hint", "string"),
];

const WORKLIST: &[Field] = &[
    ("list", "string"),
    ("store", "string"),
    ("owner", "string"),
    ("customer_ref", "string"),
    ("due", "date"),
    ("days_over", "integer"),
    ("reason", "string"),
    ("place", "string"),
];

const SUBMISSIONS: &[Field] = &[
    ("store", "string"),
    ("sheet", "string"),
    ("week", "string"),
    ("expected", "integer"),
    ("received", "integer"),
    ("on_time", "integer"),
    ("rows_read", "integer"),
    ("accepted", "integer"),
    ("repaired", "integer"),
    ("rejected", "integer"),
];

/// The package's description. Each fact is a file a store: beside its name the stores that have one, as in file names. A
/// fact that no store has is not in it.
pub fn datapackage(group: &str, cutoff: &str, facts: &[(Arc<str>, Vec<String>)], words: &Messages) -> Vec<u8> {
    let table = |name: &str, fields: &[Field]| -> Value {
        let meaning = |field: &str| words.word(&format!("data.{name}_{field}"));
        let fields: Vec<Value> = fields
            .iter()
            .map(|(name, kind)| json!({ "name": name, "type": kind, "description": meaning(name) }))
            .collect();
        json!({
            "name": name,
            "profile": "tabular-data-resource",
            "path": format!("{name}.csv"),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": { "fields": fields, "missingValues": [""] },
        })
    };
    let tables = [
        table("kpi", KPI),
        table("findings", FINDINGS),
        table("worklist", WORKLIST),
        table("submissions", SUBMISSIONS),
    ];
    let fact = |(name, stores): &(Arc<str>, Vec<String>)| {
        json!({
            "name": format!("fact_{name}"),
            "path": stores.iter().map(|store| format!("facts/{name}/{store}.parquet")).collect::<Vec<_>>(),
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
        })
    };
    let resources: Vec<Value> =
        tables.into_iter().chain(facts.iter().filter(|(_, stores)| !stores.is_empty()).map(fact)).collect();
    let package = json!({
        "profile": "data-package",
        "name": "foursight",
        "title": group,
        "description": words.fill("data.about", &[("cutoff", cutoff)]),
        "resources": resources,
    });
    let mut text = serde_json::to_vec_pretty(&package).expect("plain JSON values");
    text.push(b'\n');
    text
}

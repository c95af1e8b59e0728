//! `data/datapackage.json`: the data files as a Frictionless Data Package.

use serde_json::{Value, json};
use std::sync::Arc;

/// A field: name, Frictionless type, meaning.
type Field = (&'static str, &'static str, &'static str);

const KPI: &[Field] = &[
    ("kpi", "string", "指标编号"),
    ("scope", "string", "范围：group region brand store staff channel model"),
    ("scope_id", "string", "范围内的对象"),
    ("grain", "string", "周期粒度：week month quarter year asof"),
    ("period", "string", "周期：2026-W47、2026-10、2026-Q4、2026，或截止日"),
    ("numerator", "number", "分子之和"),
    ("denominator", "number", "分母之和；合计类指标为空"),
    ("value", "number", "分子/分母；分母为 0 时为空"),
    ("excluded", "integer", "在范围内而不计入的行数"),
    ("target", "number", "目标"),
    ("status", "string", "met missed no_target no_data not_measurable"),
];

const FINDINGS: &[Field] = &[
    ("code", "string", "规则编号"),
    ("severity", "string", "error warning notice"),
    ("store", "string", "门店"),
    ("workbook", "string", "工作簿"),
    ("sheet", "string", "工作表"),
    ("cell", "string", "单元格或行号"),
    ("field", "string", "列"),
    ("message", "string", "问题"),
    ("hint", "string", "怎样改"),
];

const WORKLIST: &[Field] = &[
    ("list", "string", "清单编号"),
    ("store", "string", "门店"),
    ("owner", "string", "负责人"),
    ("customer_ref", "string", "客户（遮盖）"),
    ("due", "date", "应做日"),
    ("days_over", "integer", "逾期天数"),
    ("reason", "string", "原因"),
    ("place", "string", "出处"),
];

const SUBMISSIONS: &[Field] = &[
    ("store", "string", "门店"),
    ("sheet", "string", "表"),
    ("week", "string", "ISO 周"),
    ("expected", "integer", "应交 1/0"),
    ("received", "integer", "已交 1/0"),
    ("on_time", "integer", "按时 1/0，未知为空"),
    ("rows_read", "integer", "读到的行"),
    ("accepted", "integer", "采用的行"),
    ("repaired", "integer", "修正后采用的行"),
    ("rejected", "integer", "未采用的行"),
];

/// The package's description. Each fact is a file a store; `stores` are their names in file names.
pub fn datapackage(group: &str, cutoff: &str, facts: &[Arc<str>], stores: &[String]) -> Vec<u8> {
    let table = |name: &str, fields: &[Field]| -> Value {
        let fields: Vec<Value> =
            fields.iter().map(|(name, kind, zh)| json!({ "name": name, "type": kind, "description": zh })).collect();
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
    let fact = |name: &Arc<str>| {
        json!({
            "name": format!("fact_{name}"),
            "path": stores.iter().map(|store| format!("facts/{name}/{store}.parquet")).collect::<Vec<_>>(),
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
        })
    };
    let resources: Vec<Value> = tables.into_iter().chain(facts.iter().map(fact)).collect();
    let package = json!({
        "profile": "data-package",
        "name": "foursight",
        "title": group,
        "description": format!("截至 {cutoff} 的客户关系指标 / customer-relationship KPIs as of {cutoff}"),
        "resources": resources,
    });
    let mut text = serde_json::to_vec_pretty(&package).expect("plain JSON values");
    text.push(b'\n');
    text
}

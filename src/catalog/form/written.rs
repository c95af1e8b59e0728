//! A form's definition as it is written.

use super::{
    Across, FormPeriod, FormScope, Mark, OfCheck, OfGroup, OfKpi, OfScore, OfSheet, Over, PictureKind, RowKind,
    back::BackWritten,
};
use crate::model::Text;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormWritten {
    pub number: Option<u32>,
    pub order: u32,
    pub title: Text,
    #[serde(default)]
    pub sheet: Text,
    pub scope: Vec<FormScope>,
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub blank: bool,
    pub period: FormPeriod,
    #[serde(default)]
    pub unit: Text,
    #[serde(default)]
    pub meaning: Text,
    #[serde(default)]
    pub needs: Vec<Spanned<String>>,
    pub source: String,
    #[serde(default)]
    pub assumptions: Vec<Text>,
    pub plan: Option<Spanned<PlanWritten>>,
    pub block: Vec<Spanned<BlockWritten>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanWritten {
    /// From 1.
    pub block: usize,
    pub orders: Arc<str>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BodyWritten {
    Sums,
    Rows,
    Lines,
    Scores,
    Checks,
    Hand,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PictureWritten {
    pub kind: PictureKind,
    #[serde(default)]
    pub columns: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockWritten {
    pub kind: BodyWritten,
    #[serde(default)]
    pub title: Text,
    #[serde(default)]
    pub group: OfGroup,
    #[serde(default)]
    pub after: Vec<Text>,
    #[serde(default)]
    pub new_page: bool,
    pub picture: Option<PictureWritten>,
    // Sums.
    #[serde(default)]
    pub from: Vec<Spanned<CubeWritten>>,
    #[serde(default)]
    pub row_title: Text,
    pub row_mark: Option<Mark>,
    #[serde(default)]
    pub rows: RowKind,
    pub row_values: Option<Spanned<ValuesWritten>>,
    pub column_values: Option<Spanned<ValuesWritten>>,
    #[serde(default)]
    pub labels: BTreeMap<Arc<str>, Text>,
    #[serde(default)]
    pub row_kpis: BTreeMap<Arc<str>, Spanned<String>>,
    pub sort: Option<Spanned<String>>,
    pub only: Option<Spanned<String>>,
    pub top: Option<usize>,
    #[serde(default)]
    pub no_total: bool,
    #[serde(default)]
    pub heat: bool,
    #[serde(default)]
    pub apart: bool,
    // Rows.
    pub fact: Option<Spanned<String>>,
    #[serde(rename = "where")]
    pub condition: Option<Spanned<String>>,
    pub time: Option<Spanned<String>>,
    #[serde(default)]
    pub order_by: Vec<Spanned<String>>,
    pub most: Option<usize>,
    pub needs: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub card: bool,
    pub key: Option<Spanned<String>>,
    // Lines.
    #[serde(default)]
    pub line: Vec<LineWritten>,
    pub worst: Option<usize>,
    // Checks.
    #[serde(default)]
    pub sheets: Vec<Spanned<String>>,
    // Lines to fill.
    pub lines: Option<usize>,
    // What is filled in.
    #[serde(default)]
    pub back: BackWritten,
    #[serde(default)]
    pub back_by_store: BackWritten,
    pub column: Vec<Spanned<ColumnWritten>>,
}

/// The values of a category, `sheet.field`, or these.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum ValuesWritten {
    Of(String),
    These(Vec<Arc<str>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CubeWritten {
    pub fact: Option<Spanned<String>>,
    pub kpi: Option<Spanned<String>>,
    #[serde(rename = "where")]
    pub condition: Option<Spanned<String>>,
    pub time: Option<Spanned<String>>,
    #[serde(default)]
    pub ahead: bool,
    pub rows: Option<Spanned<String>>,
    pub columns: Option<Spanned<String>>,
    pub sums: BTreeMap<String, Spanned<String>>,
    pub needs: Option<Vec<Spanned<String>>>,
}

/// A KPI or a sheet, and texts under names of their own.
#[derive(Deserialize)]
pub(super) struct LineWritten {
    pub kpi: Option<Spanned<String>>,
    pub sheet: Option<Spanned<String>>,
    #[serde(flatten)]
    pub texts: BTreeMap<Arc<str>, Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnWritten {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub title: Text,
    #[serde(default)]
    pub over_title: Text,
    pub mark: Mark,
    pub formula: Option<Spanned<String>>,
    #[serde(default)]
    pub over: Over,
    #[serde(default)]
    pub each: bool,
    pub least: Option<u32>,
    #[serde(default)]
    pub basis: bool,
    pub value: Option<Spanned<String>>,
    pub text: Option<Arc<str>>,
    pub of: Option<OfKpi>,
    pub received: Option<OfSheet>,
    pub check: Option<OfCheck>,
    pub score: Option<OfScore>,
    pub across: Option<Across>,
    pub hand: Option<Spanned<String>>,
    pub fill: Option<Spanned<String>>,
    #[serde(default)]
    pub with: BTreeMap<String, Spanned<String>>,
    pub unit: Option<Spanned<String>>,
    #[serde(default)]
    pub signed: bool,
    #[serde(default)]
    pub no_zero: bool,
    pub bad_above: Option<f64>,
    pub bad_below: Option<f64>,
    pub width: Option<f64>,
}

//! The contract files of `output/data/`, column by column.

use super::csv_text::CsvText;
use crate::{
    diagnostic::{Finding, render::csv},
    messages::{FindingWords, Messages},
    model::{KpiValue, Period, Status, WorklistRow, personal::mask_inside},
};
use std::sync::Arc;

/// `kpi.csv`: one line for each KPI, scope and period, sorted by the text of its first five columns.
pub fn kpi_csv(values: &[KpiValue]) -> Vec<u8> {
    let header = [
        "kpi",
        "scope",
        "scope_id",
        "grain",
        "period",
        "numerator",
        "denominator",
        "value",
        "excluded",
        "target",
        "status",
    ];
    let mut lines: Vec<[String; 11]> = values
        .iter()
        .map(|value| {
            // Where nothing could be counted a sum has no value either: an absent store is never zero.
            let counted = !matches!(value.status, Status::NoData | Status::NotMeasurable);
            [
                value.kpi.to_string(),
                value.scope.word().to_owned(),
                value.scope_id.to_string(),
                value.period.grain.word().to_owned(),
                value.period.to_string(),
                value.numerator.to_string(),
                value.denominator.map(|denominator| denominator.to_string()).unwrap_or_default(),
                value.value().filter(|_| counted).unwrap_or_default(),
                value.excluded.to_string(),
                value.target.map(|target| target.to_string()).unwrap_or_default(),
                value.status.word().to_owned(),
            ]
        })
        .collect();
    lines.sort();
    let mut text = CsvText::new(&header);
    lines.iter().for_each(|line| text.row(line));
    text.finish()
}

/// `findings.csv`, in the order given.
pub fn findings_csv(findings: &[Finding], words: &FindingWords<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    csv::render(findings, words, &mut text).expect("a Vec takes every write");
    text
}

/// `worklist.csv`, sorted by list, store and owner, then in the list's own order; reasons in the language of `words`.
pub fn worklist_csv(rows: &[WorklistRow], words: &Messages) -> Vec<u8> {
    let mut lines: Vec<[String; 8]> = rows
        .iter()
        .map(|row| {
            [
                row.list.to_string(),
                row.store.to_string(),
                row.owner.as_deref().unwrap_or_default().to_owned(),
                row.customer_ref.clone(),
                row.due.map(|due| due.to_string()).unwrap_or_default(),
                row.days_over.map(|days| days.to_string()).unwrap_or_default(),
                words.text(&row.reason),
                mask_inside(&row.place.to_string()).into_owned(),
            ]
        })
        .collect();
    lines.sort_by(|a, b| a[..3].cmp(&b[..3]));
    let mut text = CsvText::new(&["list", "store", "owner", "customer_ref", "due", "days_over", "reason", "place"]);
    lines.iter().for_each(|line| text.row(line));
    text.finish()
}

/// One line of `submissions.csv`.
pub struct SubmissionLine {
    /// The store's id.
    pub store: Arc<str>,
    /// The sheet's id.
    pub sheet: Arc<str>,
    /// The ISO week.
    pub week: Period,
    /// The store had to send it.
    pub expected: bool,
    /// It did.
    pub received: bool,
    /// In time; `None` when not known.
    pub on_time: Option<bool>,
    /// Data rows found, accepted, repaired (of the accepted), rejected.
    pub rows: [u64; 4],
}

/// `submissions.csv`, in the order given; yes and no as 1 and 0, unknown empty.
pub fn submissions_csv(lines: impl IntoIterator<Item = SubmissionLine>) -> Vec<u8> {
    let bit = |flag: bool| if flag { "1" } else { "0" }.to_owned();
    let header =
        ["store", "sheet", "week", "expected", "received", "on_time", "rows_read", "accepted", "repaired", "rejected"];
    let mut text = CsvText::new(&header);
    for line in lines {
        let mut cells = vec![
            line.store.to_string(),
            line.sheet.to_string(),
            line.week.to_string(),
            bit(line.expected),
            bit(line.received),
            line.on_time.map(bit).unwrap_or_default(),
        ];
        cells.extend(line.rows.iter().map(u64::to_string));
        text.row(&cells);
    }
    text.finish()
}

//! The contract files of `output/data/`, column by column.

use super::{csv_text::CsvText, spool::PartKey};
use crate::{
    diagnostic::{Finding, render::csv},
    messages::{FindingWords, Messages},
    model::{
        KpiValue, Period, Scope, Status, WorklistRow,
        changes::{Changes, PublishedFigure},
        personal::mask_inside,
    },
};
use std::{
    fmt::{Display, Write as _},
    io::{self, Write},
    sync::Arc,
};

/// The columns of `kpi.csv`.
pub const KPI_HEADER: [&str; 11] = [
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

/// The columns of `findings.csv` that tell a finding from others.
pub const FINDING_KEY: [&str; 5] = ["code", "store", "workbook", "sheet", "cell"];

/// The lines of `kpi.csv` of scopes that stand above stores, as parts of the file.
pub fn kpi_lines_of_group<'v>(values: impl Iterator<Item = &'v KpiValue>) -> Vec<(PartKey, String)> {
    kpi_lines(values, |_| String::new())
}

/// The lines of `kpi.csv` of a store and its people, as parts of the file. Channels, models and levels stand there over all
/// stores.
pub fn kpi_lines_of_store(store: &str, values: &[KpiValue]) -> Vec<(PartKey, String)> {
    let values = values.iter().filter(|value| !Scope::SLICES.contains(&value.scope));
    // People are called `<store>/<name>`.
    kpi_lines(values, |scope| if scope == Scope::Staff { format!("{store}/") } else { store.to_owned() })
}

/// By KPI, scope's word, and the text that the ids of the part begin with: so the file is sorted by the text of its
/// first five columns.
fn kpi_lines<'v>(
    values: impl Iterator<Item = &'v KpiValue>,
    prefix: impl Fn(Scope) -> String,
) -> Vec<(PartKey, String)> {
    // Periods of one length are sorted by their text as they are by their days.
    let order = |value: &&'v KpiValue| {
        (&*value.kpi, value.scope.word(), &*value.scope_id, value.period.grain.word(), value.period.start)
    };
    let mut values: Vec<&KpiValue> = values.collect();
    values.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut parts = Vec::new();
    let mut number = String::new();
    for alike in values.chunk_by(|a, b| a.kpi == b.kpi && a.scope == b.scope) {
        let Some(first) = alike.first() else { continue };
        let mut text = CsvText::bare();
        alike.iter().for_each(|value| write_line(value, &mut text, &mut number));
        parts.push(([first.kpi.to_string(), first.scope.word().to_owned(), prefix(first.scope)], text.text()));
    }
    parts
}

fn write_line(value: &KpiValue, text: &mut CsvText, number: &mut String) {
    // Where nothing could be counted a sum has no value either: an absent store is never zero.
    let counted = !matches!(value.status, Status::NoData | Status::NotMeasurable);
    text.plain(&value.kpi);
    text.plain(value.scope.word());
    text.cell(&value.scope_id);
    text.plain(value.period.grain.word());
    let mut shown = |what: Option<&dyn Display>| {
        number.clear();
        if let Some(what) = what {
            let _ = write!(number, "{what}");
        }
        text.plain(number);
    };
    shown(Some(&value.period));
    shown(Some(&value.numerator));
    shown(value.denominator.as_ref().map(|own| own as &dyn Display));
    match value.denominator {
        None => shown(counted.then_some(&value.numerator as &dyn Display)),
        Some(_) => shown(value.value().filter(|_| counted).as_ref().map(|own| own as &dyn Display)),
    }
    shown(Some(&value.excluded));
    shown(value.target.as_ref().map(|own| own as &dyn Display));
    text.plain(value.status.word());
    text.end();
}

/// `findings.csv`, in the order given.
///
/// # Errors
/// When `out` takes no more.
pub fn findings_csv<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    words: &FindingWords<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    csv::render(findings, words, out)
}

/// The columns of `worklist.csv`.
pub const WORKLIST_HEADER: [&str; 8] =
    ["list", "store", "owner", "customer_ref", "due", "days_over", "reason", "place"];

/// The lines of `worklist.csv` of one store, as parts of the file by list and store: by owner, then in the list's own
/// order; reasons in the language of `words`.
pub fn worklist_lines(rows: &[WorklistRow], words: &Messages) -> Vec<(PartKey, String)> {
    let mut lines: Vec<[String; 8]> = rows.iter().map(|row| worklist_line(row, words)).collect();
    lines.sort_by(|a, b| a[..3].cmp(&b[..3]));
    let mut parts = Vec::new();
    for alike in lines.chunk_by(|a, b| a[..2] == b[..2]) {
        let Some([list, store, ..]) = alike.first() else { continue };
        let mut text = CsvText::bare();
        alike.iter().for_each(|line| text.row(line));
        parts.push(([list.clone(), store.clone(), String::new()], text.text()));
    }
    parts
}

fn worklist_line(row: &WorklistRow, words: &Messages) -> [String; 8] {
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
}

/// The columns of `changes.csv`.
pub const CHANGES_HEADER: [&str; 11] =
    ["what", "id", "scope", "scope_id", "period_before", "before", "period", "now", "new", "still", "gone"];

/// `changes.csv`: what became of an earlier output. Figures are `missed`, `mended` or `restated`, with their values then
/// and now; a `list` or a code of a `finding` says of each store how many rows came, stayed and went.
pub fn changes_csv(changes: &Changes) -> Vec<u8> {
    let mut text = CsvText::new(&CHANGES_HEADER);
    let value = |figure: &Option<PublishedFigure>| match figure {
        None => String::new(),
        Some(figure) => match figure.denominator {
            None => figure.numerator.to_string(),
            Some(by) => figure.numerator.ratio(by).unwrap_or_default(),
        },
    };
    for (what, moved) in [("missed", &changes.missed), ("mended", &changes.mended), ("restated", &changes.restated)] {
        for moved in moved {
            let key = &moved.key;
            let (then, month) = (moved.before_month.to_string(), key.month.to_string());
            let (before, now) = (value(&moved.before), value(&moved.now));
            text.row(&[what, &key.kpi, key.scope.word(), &key.id, &then, &before, &month, &now, "", "", ""]);
        }
    }
    for (what, rows) in [("list", &changes.lists), ("finding", &changes.findings)] {
        for ((id, store), of) in rows {
            let [new, still, gone] = [of.new, of.still, of.gone].map(|count| count.to_string());
            text.row(&[what, id, "store", store, "", "", "", "", &new, &still, &gone]);
        }
    }
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

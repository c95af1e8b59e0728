//! 封面: who sends what for which week, as pairs of a label and a value, side by side or one above the other.

use super::{
    cell::{read_day, tidy},
    raw::{Fault, Raw, RowBuf, RowSource},
    rows::Remark,
    title::{Title, normal},
};
use crate::{
    arguments,
    model::{Instant, personal},
};
use chrono::{Datelike, NaiveDate};
use std::{collections::BTreeMap, sync::Arc};

/// What the cover says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cover {
    /// 店代码, with its cell.
    pub store: Option<(String, u32, u32)>,
    /// 周起.
    pub from: Option<NaiveDate>,
    /// 周止.
    pub to: Option<NaiveDate>,
    /// Where 周止 stands: row from 1, column from 0.
    pub to_at: Option<(u32, u32)>,
    /// 提交人.
    pub submitted_by: Option<String>,
    /// 提交时间.
    pub submitted_at: Option<Instant>,
    /// 模板版本.
    pub template_version: Option<String>,
    /// Dates that cannot be read.
    pub remarks: Vec<Remark>,
}

/// The label of the last day of the week.
pub(crate) const WEEK_END: &str = "周止";

/// The label of the time at which the workbook was sent.
pub(crate) const SUBMITTED_AT: &str = "提交时间";

/// The labels, each with what else clerks write.
const LABELS: [(&str, &[&str]); 6] = [
    ("店代码", &["店代码", "店号", "店编码", "门店代码", "门店编码", "经销商代码", "店代号"]),
    ("周起", &["周起", "起始日期", "开始日期", "周开始", "周起日", "周起始日", "周起日期"]),
    (WEEK_END, &["周止", "截止日期", "结束日期", "周结束", "周止日", "周截止日", "周止日期"]),
    ("提交人", &["提交人", "填报人", "填表人", "报送人"]),
    (SUBMITTED_AT, &["提交时间", "提交日期", "填报时间", "填报日期", "报送时间"]),
    ("模板版本", &["模板版本", "版本", "模板版本号"]),
];

/// Whether a sheet of this name is a cover.
pub(crate) fn is_cover(name: &str) -> bool {
    let name = normal(name);
    name.contains("封面") || matches!(name.as_str(), "提交单" | "报送单" | "cover" | "submission")
}

/// The label that a text is, and a value written behind a colon in the same cell.
fn label(text: &str) -> Option<(usize, Option<String>)> {
    let (head, tail) = match text.split_once([':', '\u{FF1A}']) {
        Some((head, tail)) => (head, Some(tail.trim().to_owned()).filter(|tail| !tail.is_empty())),
        None => (text, None),
    };
    let forms = Title::of(head).forms;
    let known = LABELS.iter().position(|(_, words)| forms.iter().any(|form| words.contains(&form.as_str())))?;
    Some((known, tail))
}

/// Reads a cover sheet.
///
/// # Errors
/// When the sheet's data are damaged.
pub(crate) fn read(source: &mut dyn RowSource, sheet: &Arc<str>, from_1904: bool) -> Result<Cover, Fault> {
    let mut cells: BTreeMap<(u32, u32), Raw> = BTreeMap::new();
    let mut row = RowBuf::default();
    while source.next_row(&mut row)? {
        if row.row <= 100 {
            cells.extend(row.cells.drain(..).filter(|(col, _)| *col < 50).map(|(col, raw)| ((row.row, col), raw)));
        }
    }
    let is_label = |raw: &Raw| matches!(raw, Raw::Text(text) if label(text).is_some());
    let mut cover = Cover::default();
    for ((row, col), raw) in &cells {
        let Raw::Text(text) = raw else { continue };
        let Some((which, inline)) = label(text) else { continue };
        let right = cells.range((*row, col + 1)..(*row + 1, 0)).next().filter(|(_, raw)| !is_label(raw));
        let below = cells.get_key_value(&(row + 1, *col)).filter(|(_, raw)| !is_label(raw));
        let found = match inline {
            Some(value) => Some(((*row, *col), Raw::Text(value.into()))),
            None => right.or(below).map(|(at, raw)| (*at, raw.clone())),
        };
        if let Some((at, value)) = found {
            cover.take(which, &value, at, sheet, from_1904);
        }
    }
    Ok(cover)
}

impl Cover {
    /// Keeps the first value of each label.
    fn take(&mut self, which: usize, value: &Raw, at: (u32, u32), sheet: &Arc<str>, from_1904: bool) {
        let text = match value {
            Raw::Text(text) => tidy(text).into_owned(),
            Raw::Number { value, .. } => value.to_string(),
            _ => String::new(),
        };
        if text.is_empty() {
            return;
        }
        match which {
            0 if self.store.is_none() => self.store = Some((text, at.0, at.1)),
            3 if self.submitted_by.is_none() => self.submitted_by = Some(personal::mask_inside(&text).into_owned()),
            5 if self.template_version.is_none() => {
                self.template_version = Some(personal::mask_inside(&text).into_owned());
            }
            1 | 2 | 4 => match (read_day(value, from_1904), which) {
                (Some(day), 1 | 2) if !(2000..=2100).contains(&day.date().year()) => {
                    self.unreadable(which, &text, at, sheet);
                }
                (Some(day), 1) => self.from = self.from.or(Some(day.date())),
                (Some(day), 2) if self.to.is_none() => (self.to, self.to_at) = (Some(day.date()), Some(at)),
                (Some(_), 2) => {}
                (Some(at), _) => self.submitted_at = self.submitted_at.or(Some(at)),
                (None, _) => self.unreadable(which, &text, at, sheet),
            },
            _ => {}
        }
    }

    fn unreadable(&mut self, which: usize, text: &str, at: (u32, u32), sheet: &Arc<str>) {
        let shown = format!(" “{}”", super::cell::excerpt(text));
        let remark = Remark::new("C003", sheet, arguments! { "shown" => shown });
        self.remarks.push(remark.at(at.0, Some(at.1), &LABELS[which].0.into()));
    }
}

//! Finds the header of a sheet and says which column holds which field.
//!
//! **Recognition.** Every row of the first 30, and every such row joined with the one above it (a two-level header:
//! group title above, field below), is tried against every sheet definition. A row is a definition's header when at
//! least three of its fields (or all, when it has fewer) and more than half of its required columns are there. Of
//! several the one wins that explains most cells, then most by exact title, then the definition that the sheet's
//! name names, then the plain row before the joined one, the upper before the lower; the search ends one row below
//! the first that is a header. A sheet whose name is a definition's name without such a row is that definition with
//! columns missing, or, when no row looks like one, without a header.
//!
//! A text that is one column's title means that column; a synonym means the first of its columns that no title took. A
//! synonym whose columns all have their very titles is no column.

mod candidate;

use super::{
    cell::Named,
    crosstab,
    plan::{Plan, SheetPlan},
    raw::{Raw, RowBuf},
    title::{Title, normal, other_column},
};
use crate::model::nearest::distance;
use candidate::{Candidate, HeaderCell, candidates};
use std::{collections::BTreeMap, sync::Arc};

/// Rows in which a header may stand.
pub(crate) const HEADER_ROWS: u32 = 30;

/// A header that was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    /// Index of the sheet definition.
    pub sheet: usize,
    /// The header's row (the lower one of two); of an absent one the row in which it was looked for.
    pub row: u32,
    /// Its first row.
    pub first_row: u32,
    /// For each column of the definition, the sheet column that holds it and what one unit of it stands for.
    pub columns: Vec<Option<(u32, i64)>>,
    /// Texts of the header by column as written: the lower row, and for a joined header the upper row.
    pub texts: Vec<BTreeMap<u32, String>>,
    /// Columns whose titles are months or years, of a sheet that stands with these across.
    pub across: Vec<(u32, Named)>,
    /// Header cells that are no known column.
    pub unknown: Vec<Unknown>,
    /// Header cells for a field that an earlier cell already heads.
    pub twice: Vec<(u32, usize)>,
    /// Header cells that are error values.
    pub errors: Vec<(u32, Arc<str>)>,
    /// Indices of needed columns that are absent.
    pub missing: Vec<usize>,
    /// The sheet is known by its name alone: none of its rows is a header.
    pub absent: bool,
}

/// A header cell that is no known column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unknown {
    pub col: u32,
    /// What is written.
    pub text: String,
    /// The field that it would mean, had that not a column with its very title.
    pub taken: Option<usize>,
}

/// Columns that many sheets have and nobody misses.
const HARMLESS: [&str; 12] =
    ["序号", "备注", "说明", "行号", "no", "no.", "项次", "备注说明", "补充说明", "其他备注", "门店备注", "检查"];

struct Match {
    across: Vec<(u32, Named)>,
    columns: Vec<Option<(u32, i64)>>,
    unknown: Vec<Unknown>,
    twice: Vec<(u32, usize)>,
    matched: usize,
    exact: usize,
}

/// Finds the header among a sheet's first rows; `None` when the sheet is none of ours.
pub(crate) fn find(rows: &[RowBuf], sheet_name: &str, plan: &Plan) -> Option<Header> {
    let named = named_sheet(sheet_name, plan);
    let (plain, accepted) = search(rows, named, plan, false);
    match plain {
        Some(header) if accepted && header.unknown.is_empty() && header.missing.is_empty() => Some(header),
        // The dictionaries are asked only about texts that mean nothing as they are written.
        Some(header) if accepted => {
            let near = |row: &&RowBuf| (header.row.saturating_sub(2)..=header.row + 1).contains(&row.row);
            let near: Vec<RowBuf> = rows.iter().filter(near).cloned().collect();
            search(&near, named, plan, true).0.or(Some(header))
        }
        called => search(rows, named, plan, true).0.or(called),
    }
}

/// The best header and whether it was accepted as one; if none was, the best row of the sheet that the name names.
/// The search ends one row below the first that is accepted: a data row or a repeated header is no better. Where that one
/// says all that a header can say, the row below it is looked at only if it reads like titles itself.
fn search(rows: &[RowBuf], named: Option<usize>, plan: &Plan, simplify: bool) -> (Option<Header>, bool) {
    let mut best: Option<((usize, usize, bool), Header)> = None;
    let mut called: Option<(usize, Header)> = None;
    for (i, row) in rows.iter().enumerate() {
        let ends = |held: &Header| row.row > held.row + 1 || (held.is_whole() && !candidate::may_be_titles(row));
        if row.row > HEADER_ROWS || best.as_ref().is_some_and(|(_, held)| ends(held)) {
            break;
        }
        for candidate in candidates(rows, i) {
            let known = known_cells(&candidate, plan, simplify);
            for (index, sheet) in plan.sheets.iter().enumerate() {
                // Most rows are nobody's header, and most headers one sheet's: that is told without a closer look.
                let across = crosstab::titles(&rows[i], sheet, known[index]);
                let enough = sheet.columns.len().min(3);
                if known[index] + across.len().min(2) < enough && named != Some(index) {
                    continue;
                }
                let found = assign(&candidate, sheet, simplify, across);
                let (matched, score) = (found.matched, (found.matched, found.exact, named == Some(index)));
                if is_header(&found, sheet) {
                    if best.as_ref().is_none_or(|(held, _)| score > *held) {
                        best = Some((score, header(&candidate, index, sheet, found)));
                    }
                } else if named == Some(index) && called.as_ref().is_none_or(|(held, _)| matched > *held) {
                    let absent = matched == 0 || !candidate.reads_like_titles();
                    called = Some((matched, Header { absent, ..header(&candidate, index, sheet, found) }));
                }
            }
        }
    }
    match best {
        Some((_, header)) => (Some(header), true),
        None => (called.map(|(_, header)| header), false),
    }
}

/// For each sheet, how many cells of a candidate it may have a column for.
fn known_cells(candidate: &Candidate, plan: &Plan, simplify: bool) -> Vec<usize> {
    let mut known = vec![0; plan.sheets.len()];
    let mut own = Vec::new();
    for cell in &candidate.cells {
        own.clear();
        let forms = cell.titles.iter().flat_map(|title| &title.forms);
        forms.for_each(|form| own.extend_from_slice(plan.headed(form)));
        if simplify {
            let forms = cell.simplified().iter().flat_map(|title| &title.forms);
            forms.for_each(|form| own.extend_from_slice(plan.headed(form)));
        }
        own.sort_unstable();
        own.dedup();
        own.iter().for_each(|sheet| known[*sheet] += 1);
    }
    known
}

impl Match {
    /// Whether a column is there, by its title or across.
    fn has(&self, sheet: &SheetPlan, field: usize) -> bool {
        let across = sheet.across.is_some_and(|(by, value)| [by, value].contains(&field));
        self.columns[field].is_some() || (across && !self.across.is_empty())
    }
}

/// Whether enough of a sheet's needed columns are there. Months across are found in many a report: what makes one of ours
/// is the columns beside them.
fn is_header(found: &Match, sheet: &SheetPlan) -> bool {
    let across = sheet.across.filter(|_| !found.across.is_empty());
    let stands_across = |field: usize| across.is_some_and(|(by, value)| [by, value].contains(&field));
    let needed = (0..sheet.columns.len()).filter(|i| sheet.columns[*i].needed && !stands_across(*i));
    let (total, there) = needed.fold((0, 0), |(total, there), i| (total + 1, there + usize::from(found.has(sheet, i))));
    found.matched >= sheet.columns.len().min(3) && (total == 0 || there * 2 > total)
}

fn header(candidate: &Candidate, index: usize, sheet: &SheetPlan, found: Match) -> Header {
    let missing = (0..sheet.columns.len()).filter(|i| sheet.columns[*i].needed && !found.has(sheet, *i));
    Header {
        sheet: index,
        row: candidate.row,
        first_row: candidate.first_row,
        missing: missing.collect(),
        columns: found.columns,
        texts: candidate.texts.clone(),
        across: found.across,
        unknown: found.unknown,
        twice: found.twice,
        errors: candidate.errors.clone(),
        absent: false,
    }
}

/// The definition that a sheet's name names, dates, numbers and brackets aside.
fn named_sheet(name: &str, plan: &Plan) -> Option<usize> {
    let title = Title::of(name);
    let bare = |form: &String| -> String {
        let letters = form.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '-' | '_' | '.' | '~' | '、'));
        let bare: String = letters.collect();
        let start = bare.trim_start_matches(['年', '月', '日', '第', 'w']);
        start.trim_start_matches("周").trim_end_matches(['年', '月', '日', '周', '第', 'w']).to_owned()
    };
    let forms: Vec<String> = title.forms.iter().cloned().chain(title.forms.iter().map(bare)).collect();
    let named = |sheet: &SheetPlan| sheet.names.iter().any(|known| forms.contains(known));
    plan.sheets.iter().position(named)
}

fn assign(candidate: &Candidate, sheet: &SheetPlan, simplify: bool, across: Vec<(u32, Named)>) -> Match {
    let mut found = Match {
        across: Vec::new(),
        columns: vec![None; sheet.columns.len()],
        unknown: Vec::new(),
        twice: Vec::new(),
        matched: 0,
        exact: 0,
    };
    let mut left = Vec::new();
    for cell in &candidate.cells {
        match look_up(cell, simplify, |form| sheet.titles.get(form).copied()) {
            Some((field, scale)) => {
                found.exact += 1;
                place(&mut found, cell, field, scale);
            }
            None => left.push(cell),
        }
    }
    let titled: Vec<bool> = found.columns.iter().map(Option::is_some).collect();
    for cell in left {
        let free = |fields: &Vec<usize>| {
            let first = || fields.iter().copied().find(|field| !titled[*field]).or(fields.first().copied());
            fields.iter().copied().find(|field| found.columns[*field].is_none()).or_else(first)
        };
        let unknown = |taken| Unknown { col: cell.col, text: cell.text.clone(), taken };
        match look_up(cell, simplify, |form| sheet.synonyms.get(form).and_then(free)) {
            Some((field, _)) if titled[field] => found.unknown.push(unknown(Some(field))),
            Some((field, scale)) => place(&mut found, cell, field, scale),
            None if cell.titles.is_empty() || is_harmless(cell, sheet) => {}
            None => found.unknown.push(unknown(None)),
        }
    }
    found.twice.sort_unstable();
    if let Some((by, value)) = sheet.across
        && across.len() >= 2
        && found.columns[by].is_none()
        && found.columns[value].is_none()
    {
        found.unknown.retain(|unknown| !across.iter().any(|(known, _)| *known == unknown.col));
        found.matched += 2;
        found.across = across;
    }
    found
}

fn is_harmless(cell: &HeaderCell, sheet: &SheetPlan) -> bool {
    let mut forms = cell.titles.iter().flat_map(|title| &title.forms);
    forms.any(|form| HARMLESS.contains(&form.as_str()) || sheet.unread.contains(form))
}

fn look_up(cell: &HeaderCell, simplify: bool, known: impl Fn(&str) -> Option<usize>) -> Option<(usize, i64)> {
    let as_written = |title: &Title| title.forms.iter().find_map(|form| known(form)).map(|field| (field, title.scale));
    cell.titles.iter().map(|title| &**title).find_map(as_written).or_else(|| {
        if !simplify {
            return None;
        }
        cell.simplified().iter().find_map(as_written)
    })
}

fn place(found: &mut Match, cell: &HeaderCell, field: usize, scale: i64) {
    if found.columns[field].is_some() {
        found.twice.push((cell.col, field));
    } else {
        found.columns[field] = Some((cell.col, scale));
        found.matched += 1;
    }
}

impl Header {
    /// Whether each of its cells is a column, once, and no needed column is absent.
    fn is_whole(&self) -> bool {
        self.unknown.is_empty() && self.twice.is_empty() && self.errors.is_empty() && self.missing.is_empty()
    }

    /// Whether a row says this header again, perhaps in other words: each of its texts heads the column it stands in, in
    /// the same unit.
    pub fn is_said_again(&self, row: &RowBuf, sheet: &SheetPlan) -> bool {
        let candidate = Candidate::plain(row);
        let again = assign(&candidate, sheet, true, Vec::new());
        let mut pairs = again.columns.iter().zip(&self.columns);
        again.matched >= 3 && again.twice.is_empty() && pairs.all(|(again, own)| again.is_none() || again == own)
    }

    /// The columns that have a title, known or not.
    pub fn titled(&self, above: Option<&RowBuf>) -> Vec<bool> {
        let written = self.texts.iter().flat_map(BTreeMap::keys).copied();
        let errors = self.errors.iter().map(|(col, _)| *col);
        let filled = |(_, raw): &&(u32, Raw)| !matches!(raw, Raw::Text(text) if text.trim().is_empty());
        let above = above.filter(|row| row.row + 1 == self.row).into_iter().flat_map(|row| row.cells.iter());
        let all: Vec<u32> = written.chain(errors).chain(above.filter(filled).map(|(col, _)| *col)).collect();
        let mut titled = vec![false; all.iter().max().map_or(0, |last| *last as usize + 1)];
        all.iter().for_each(|col| titled[*col as usize] = true);
        titled
    }
}

/// The column nearest to an unknown header; `None` when none is near, or when a word of it makes it another column.
pub(crate) fn nearest(text: &str, sheet: &SheetPlan) -> Option<usize> {
    let written = normal(text);
    let length = written.chars().count();
    let word = other_column(&written);
    let synonyms = sheet.synonyms.iter().filter_map(|(text, fields)| Some((text, *fields.first()?)));
    let known = sheet.titles.iter().map(|(text, field)| (text, *field)).chain(synonyms);
    let meant = known.filter(|(text, _)| other_column(text) == word);
    let near = meant.map(|(text, field)| (distance(&written, text), field)).min()?;
    (near.0 * 2 < length.max(2)).then_some(near.1)
}

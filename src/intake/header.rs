//! Finds the header of a sheet and says which column holds which field.
//!
//! **Recognition.** Every row of the first 30, and every such row joined with the one above it (a two-level header:
//! group title above, field below), is tried against every sheet definition. A row is a definition's header when at
//! least three of its fields (or all, when it has fewer) and more than half of its required columns are there. Of
//! several the one wins that explains most cells, then most by exact title, then the definition that the sheet's
//! name names, then the plain row before the joined one, the upper before the lower; the search ends one row below
//! the first that is a header. A sheet whose name is a definition's name without such a row is that definition with
//! columns missing.
//!
//! A text that is one column's title means that column; a synonym means the first of its columns that no title took.

use super::{
    cell::Named,
    crosstab,
    plan::{Plan, SheetPlan},
    raw::{Raw, RowBuf},
    title::{Title, distance, normal},
};
use std::{cell::OnceCell, collections::BTreeMap, rc::Rc};

/// Rows in which a header may stand.
pub(crate) const HEADER_ROWS: u32 = 30;

/// A header that was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    /// Index of the sheet definition.
    pub sheet: usize,
    /// The header's row (the lower one of two).
    pub row: u32,
    /// For each column of the definition, the sheet column that holds it and what one unit of it stands for.
    pub columns: Vec<Option<(u32, i64)>>,
    /// Texts of the header by column as written: the lower row, and for a joined header the upper row.
    pub texts: Vec<BTreeMap<u32, String>>,
    /// Columns whose titles are months or years, of a sheet that stands with these across.
    pub across: Vec<(u32, Named)>,
    /// Header cells that are no known column.
    pub unknown: Vec<(u32, String)>,
    /// Header cells for a field that an earlier cell already heads.
    pub twice: Vec<(u32, usize)>,
    /// Indices of needed columns that are absent.
    pub missing: Vec<usize>,
}

/// A header cell: where, what is written, what it may mean.
struct HeaderCell {
    col: u32,
    text: String,
    titles: Vec<Rc<Title>>,
    /// The titles in Simplified Chinese, where that differs; filled when first asked for.
    simplified: OnceCell<Vec<Title>>,
}

impl HeaderCell {
    /// Its titles in Simplified Chinese, where that differs.
    fn simplified(&self) -> &[Title] {
        self.simplified.get_or_init(|| self.titles.iter().filter_map(|title| title.simplified()).collect())
    }
}

struct Candidate {
    row: u32,
    cells: Vec<HeaderCell>,
    texts: Vec<BTreeMap<u32, String>>,
}

struct Match {
    across: Vec<(u32, Named)>,
    columns: Vec<Option<(u32, i64)>>,
    unknown: Vec<(u32, String)>,
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
/// The search ends one row below the first that is accepted: a data row or a repeated header is no better.
fn search(rows: &[RowBuf], named: Option<usize>, plan: &Plan, simplify: bool) -> (Option<Header>, bool) {
    let mut best: Option<((usize, usize, bool), Header)> = None;
    let mut called: Option<(usize, Header)> = None;
    for (i, row) in rows.iter().enumerate() {
        if row.row > HEADER_ROWS || best.as_ref().is_some_and(|(_, header)| row.row > header.row + 1) {
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
                    called = Some((matched, header(&candidate, index, sheet, found)));
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

fn is_header(found: &Match, sheet: &SheetPlan) -> bool {
    let needed = (0..sheet.columns.len()).filter(|i| sheet.columns[*i].needed);
    let (total, there) = needed.fold((0, 0), |(total, there), i| (total + 1, there + usize::from(found.has(sheet, i))));
    found.matched >= sheet.columns.len().min(3) && (total == 0 || there * 2 > total)
}

fn header(candidate: &Candidate, index: usize, sheet: &SheetPlan, found: Match) -> Header {
    let missing = (0..sheet.columns.len()).filter(|i| sheet.columns[*i].needed && !found.has(sheet, *i));
    Header {
        sheet: index,
        row: candidate.row,
        missing: missing.collect(),
        columns: found.columns,
        texts: candidate.texts.clone(),
        across: found.across,
        unknown: found.unknown,
        twice: found.twice,
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

/// A row as a header, and joined with the row right above it.
fn candidates(rows: &[RowBuf], i: usize) -> Vec<Candidate> {
    let row = &rows[i];
    let lower = texts(row);
    let cells = lower.iter().map(|(col, text)| cell(*col, text.clone(), vec![Title::known(text)])).collect();
    let mut candidates = vec![Candidate { row: row.row, cells, texts: vec![lower.clone()] }];
    let above = i.checked_sub(1).and_then(|above| rows.get(above)).filter(|above| above.row + 1 == row.row);
    if let Some(above) = above {
        let upper = texts(above);
        candidates.push(Candidate { row: row.row, cells: joined(&upper, &lower), texts: vec![lower, upper] });
    }
    candidates
}

fn cell(col: u32, text: String, titles: Vec<Rc<Title>>) -> HeaderCell {
    let titles = titles.into_iter().filter(|title| !title.forms.is_empty()).collect();
    HeaderCell { col, text, titles, simplified: OnceCell::new() }
}

/// A two-level header: a field under its group, a field alone, or a cell merged over both rows.
fn joined(upper: &BTreeMap<u32, String>, lower: &BTreeMap<u32, String>) -> Vec<HeaderCell> {
    let mut columns: Vec<u32> = upper.keys().chain(lower.keys()).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    let group_of = |col: u32| upper.range(..=col).next_back().map(|(_, text)| text.as_str());
    let one = |col: u32| match (lower.get(&col), group_of(col)) {
        (Some(text), Some(group)) => {
            cell(col, text.clone(), vec![Title::known(&format!("{group}{text}")), Title::known(text)])
        }
        (Some(text), None) => cell(col, text.clone(), vec![Title::known(text)]),
        (None, _) => {
            let text = upper.get(&col).cloned().unwrap_or_default();
            let titles = vec![Title::known(&text)];
            cell(col, text, titles)
        }
    };
    columns.into_iter().map(one).collect()
}

fn texts(row: &RowBuf) -> BTreeMap<u32, String> {
    let text = |(col, raw): &(u32, Raw)| match raw {
        Raw::Text(text) if !text.trim().is_empty() => Some((*col, text.trim().to_owned())),
        _ => None,
    };
    row.cells.iter().filter_map(text).collect()
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
    for cell in left {
        let free = |fields: &Vec<usize>| {
            fields.iter().copied().find(|field| found.columns[*field].is_none()).or(fields.first().copied())
        };
        match look_up(cell, simplify, |form| sheet.synonyms.get(form).and_then(free)) {
            Some((field, scale)) => place(&mut found, cell, field, scale),
            None if cell.titles.is_empty() => {}
            None => found.unknown.push((cell.col, cell.text.clone())),
        }
    }
    found.twice.sort_unstable();
    if let Some((by, value)) = sheet.across
        && across.len() >= 2
        && found.columns[by].is_none()
        && found.columns[value].is_none()
    {
        found.unknown.retain(|(col, _)| !across.iter().any(|(known, _)| known == col));
        found.matched += 2;
        found.across = across;
    }
    found
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

/// The known title nearest to an unknown header; `None` when none is near.
pub(crate) fn nearest<'p>(text: &str, sheet: &'p SheetPlan) -> Option<&'p str> {
    let written = normal(text);
    let length = written.chars().count();
    let synonyms = sheet.synonyms.iter().filter_map(|(text, fields)| Some((text, *fields.first()?)));
    let known = sheet.titles.iter().map(|(text, field)| (text, *field)).chain(synonyms);
    let near = known.map(|(text, field)| (distance(&written, text), field)).min()?;
    (near.0 * 2 < length.max(2)).then(|| &*sheet.columns[near.1].title)
}

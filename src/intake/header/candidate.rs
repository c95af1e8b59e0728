//! Rows that may be a header: one alone, or joined with the one above it.

use crate::intake::{
    cell::typed,
    raw::{Raw, RowBuf, is_error},
    title::{Title, normal, other_column},
};
use std::{cell::OnceCell, collections::BTreeMap, rc::Rc, sync::Arc};

/// A header cell: where, what is written, what it may mean.
pub(super) struct HeaderCell {
    pub col: u32,
    pub text: String,
    pub titles: Vec<Rc<Title>>,
    /// The titles in Simplified Chinese, where that differs; filled when first asked for.
    simplified: OnceCell<Vec<Title>>,
}

impl HeaderCell {
    fn new(col: u32, text: String, titles: Vec<Rc<Title>>) -> HeaderCell {
        let titles = titles.into_iter().filter(|title| !title.forms.is_empty()).collect();
        HeaderCell { col, text, titles, simplified: OnceCell::new() }
    }

    /// Its titles in Simplified Chinese, where that differs.
    pub fn simplified(&self) -> &[Title] {
        self.simplified.get_or_init(|| self.titles.iter().filter_map(|title| title.simplified()).collect())
    }
}

/// A row that may be a header.
pub(super) struct Candidate {
    pub row: u32,
    pub first_row: u32,
    pub cells: Vec<HeaderCell>,
    pub texts: Vec<BTreeMap<u32, String>>,
    pub errors: Vec<(u32, Arc<str>)>,
}

/// Longest title that is taken for one, in characters, when a sheet's kind is known by its name alone.
const TITLE: usize = 16;

impl Candidate {
    /// A row by itself.
    pub fn plain(row: &RowBuf) -> Candidate {
        let lower = texts(row);
        let cells = lower.iter().map(|(col, text)| HeaderCell::new(*col, text.clone(), vec![Title::known(text)]));
        Candidate { row: row.row, first_row: row.row, cells: cells.collect(), errors: errors(row), texts: vec![lower] }
    }

    /// A row under another.
    fn joined(above: &RowBuf, row: &RowBuf) -> Candidate {
        let (upper, lower) = (texts(above), texts(row));
        let mut errors = errors(row);
        errors.extend(self::errors(above).into_iter().filter(|(col, _)| !lower.contains_key(col)));
        Candidate {
            row: row.row,
            first_row: above.row,
            cells: joined(&upper, &lower),
            texts: vec![lower, upper],
            errors,
        }
    }

    /// Whether nearly all of its cells read like titles rather than like what stands below them: short words without digits.
    pub fn reads_like_titles(&self) -> bool {
        let titles = self.cells.iter().filter(|cell| reads_like_a_title(&cell.text)).count();
        titles * 5 >= self.cells.len() * 4
    }
}

fn reads_like_a_title(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() <= 1 && text.chars().count() <= TITLE
}

/// The same of a row as it stands, before its cells are looked up anywhere.
pub(super) fn may_be_titles(row: &RowBuf) -> bool {
    let title = |(_, raw): &&(u32, Raw)| matches!(raw, Raw::Text(text) if reads_like_a_title(text.trim()));
    row.cells.iter().filter(title).count() * 5 >= row.cells.len() * 4
}

/// A row as a header, and joined with the row right above it.
pub(super) fn candidates(rows: &[RowBuf], i: usize) -> Vec<Candidate> {
    let row = &rows[i];
    let above = i.checked_sub(1).and_then(|above| rows.get(above)).filter(|above| above.row + 1 == row.row);
    let joined = above.map(|above| Candidate::joined(above, row));
    [Candidate::plain(row)].into_iter().chain(joined).collect()
}

/// A two-level header: a field under its group, a field alone, or a cell merged over both rows. Under a group that makes
/// another column of a title (推荐人 above 姓名) a title alone means nothing.
fn joined(upper: &BTreeMap<u32, String>, lower: &BTreeMap<u32, String>) -> Vec<HeaderCell> {
    let mut columns: Vec<u32> = upper.keys().chain(lower.keys()).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    let group_of = |col: u32| upper.range(..=col).next_back().map(|(_, text)| text.as_str());
    let one = |col: u32| match (lower.get(&col), group_of(col)) {
        (Some(text), Some(group)) => {
            let group = normal(group);
            let bare = ["信息", "资料", "情况", "内容"].iter().find_map(|end| group.strip_suffix(end));
            let mut titles = vec![Title::known(&format!("{group}{text}"))];
            titles.extend(bare.map(|bare| Title::known(&format!("{bare}{text}"))));
            let written = match other_column(&group) {
                None => {
                    titles.push(Title::known(text));
                    text.clone()
                }
                Some(_) => format!("{group}·{text}"),
            };
            HeaderCell::new(col, written, titles)
        }
        (Some(text), None) => HeaderCell::new(col, text.clone(), vec![Title::known(text)]),
        (None, _) => {
            let text = upper.get(&col).cloned().unwrap_or_default();
            let titles = vec![Title::known(&text)];
            HeaderCell::new(col, text, titles)
        }
    };
    columns.into_iter().map(one).collect()
}

fn texts(row: &RowBuf) -> BTreeMap<u32, String> {
    let text = |(col, raw): &(u32, Raw)| match raw {
        Raw::Text(text) if !text.trim().is_empty() => Some((*col, text.trim().to_owned())),
        Raw::Number { value, .. } => Some((*col, typed(*value))),
        _ => None,
    };
    row.cells.iter().filter_map(text).filter(|(_, text)| !is_error(text)).collect()
}

/// The cells of a row that are error values, or texts that a csv has in their place.
fn errors(row: &RowBuf) -> Vec<(u32, Arc<str>)> {
    let error = |(col, raw): &(u32, Raw)| match raw {
        Raw::Error(error) => Some((*col, error.clone())),
        Raw::NoCache => Some((*col, "=".into())),
        Raw::Text(text) if is_error(text) => Some((*col, text.trim().into())),
        _ => None,
    };
    row.cells.iter().filter_map(error).collect()
}

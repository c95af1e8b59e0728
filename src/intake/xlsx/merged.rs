//! The merged cells of a worksheet. They stand behind its rows and are needed before them, so they are looked for in the
//! part's bytes.

use crate::{intake::raw::Merge, model::CellRef};
use memchr::memmem;

/// Merged cells of one sheet that are looked at.
const MOST: usize = 100_000;

/// The merged cells that a worksheet's part lists.
pub(super) fn merged(bytes: &[u8]) -> Vec<Merge> {
    let begins = |at: &usize| matches!(at.checked_sub(1).and_then(|before| bytes.get(before)), Some(b'<' | b':'));
    let Some(from) = memmem::find_iter(bytes, b"mergeCells").find(begins) else { return Vec::new() };
    let list = &bytes[from + b"mergeCells".len()..];
    let list = &list[..memmem::find(list, b"mergeCells").unwrap_or(list.len())];
    memmem::find_iter(list, b"ref=").take(MOST).filter_map(|at| range(&list[at + 4..])).collect()
}

/// `"A2:A4"…`
fn range(text: &[u8]) -> Option<Merge> {
    let (quote, rest) = text.split_first()?;
    let end = memchr::memchr(*quote, rest)?;
    let (first, last) = std::str::from_utf8(&rest[..end]).ok()?.split_once(':')?;
    let cell = |text: &str| text.replace('$', "").parse::<CellRef>().ok();
    let (first, last) = (cell(first)?, cell(last)?);
    let merge = Merge { first_row: first.row, last_row: last.row, first_col: first.col, last_col: last.col };
    (first.row <= last.row && first.col <= last.col).then_some(merge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_behind_the_rows() {
        let xml = br#"<x:worksheet><x:sheetData><x:row><c t="inlineStr"><is><t>mergeCells ref="A1:A9"</t></is></c></x:row>
            </x:sheetData><x:mergeCells count="3"><x:mergeCell ref="J2:J4"/><x:mergeCell ref='$K$2:L2' /><x:mergeCell ref="?"/>
            </x:mergeCells><hyperlinks><hyperlink ref="A1:A3"/></hyperlinks></x:worksheet>"#;
        let of = |first_row, last_row, first_col, last_col| Merge { first_row, last_row, first_col, last_col };
        assert_eq!(merged(xml), [of(2, 4, 9, 9), of(2, 2, 10, 11)]);
        assert_eq!(merged(b"<worksheet><sheetData/></worksheet>"), []);
    }
}

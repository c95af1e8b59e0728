//! No row is lost: over random sheets of every kind, in xlsx and xlsb, the rows that are read are those that a bare loop of
//! calamine sees below the header with two cells or more under known titles.

use super::*;
use crate::catalog::SheetDef;
use calamine::{Data, Reader};
use proptest::{collection::vec, prelude::*};

/// What may stand in a cell, whatever its column wants.
#[derive(Clone, Debug)]
enum Cell {
    Text(String),
    Number(f64),
    Day(f64),
    Flag(bool),
}

fn cell() -> impl Strategy<Value = Option<Cell>> {
    prop_oneof![
        3 => Just(None),
        3 => "[A-Z]{1,3}[0-9]{1,3}".prop_map(|text| Some(Cell::Text(text))),
        1 => "[天地玄黄]{1,4}".prop_map(|text| Some(Cell::Text(text))),
        1 => (1..90_000_u32).prop_map(|number| Some(Cell::Number(f64::from(number) / 4.0))),
        1 => (46_000..46_300_u32).prop_map(|day| Some(Cell::Day(f64::from(day)))),
        1 => any::<bool>().prop_map(|flag| Some(Cell::Flag(flag))),
    ]
}

/// A sheet: its kind, lines above the header, columns before the first, where optional columns stand, and rows.
type Drawn = (usize, u32, u16, Vec<bool>, Vec<(u8, Vec<Option<Cell>>)>);

fn drawn() -> impl Strategy<Value = Drawn> {
    let rows = vec((0..3_u8, vec(cell(), 12)), 0..40);
    (0..catalog().sheets.len(), 0..6_u32, 0..4_u16, vec(any::<bool>(), 40), rows)
}

/// A row's number from 0 and its cells.
type Row<'d> = (u32, &'d Vec<Option<Cell>>);

/// Titles, and the rows, some blank ones between them.
fn laid((kind, above, _, wanted, rows): &Drawn) -> (&'static SheetDef, Vec<&'static str>, Vec<Row<'_>>) {
    let sheet = &catalog().sheets[*kind];
    let few = sheet.columns.iter().filter(|column| column.required).count() < 3;
    let columns = sheet.columns.iter().zip(wanted.iter().chain(std::iter::repeat(&false)));
    let titles: Vec<&str> = columns
        .filter(|(column, wanted)| column.required || few || **wanted)
        .map(|(column, _)| column.title.zh.as_str())
        .take(12)
        .collect();
    let mut at = above + 1;
    let rows = rows.iter().map(|(blank, cells)| {
        let row = at + u32::from(*blank);
        at = row + 1;
        (row, cells)
    });
    (sheet, titles, rows.collect())
}

fn as_xlsx(drawn: &Drawn) -> Vec<u8> {
    let (sheet, titles, rows) = laid(drawn);
    let (above, left) = (drawn.1, drawn.2);
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    let page = book.add_worksheet().set_name(&sheet.title.zh).expect("a name");
    for (col, title) in titles.iter().enumerate() {
        page.write_string(above, left + col as u16, *title).expect("a title");
    }
    for (row, cells) in rows {
        for (col, cell) in cells.iter().take(titles.len()).enumerate() {
            let col = left + col as u16;
            match cell {
                None => continue,
                Some(Cell::Text(text)) => page.write_string(row, col, text),
                Some(Cell::Number(number)) => page.write_number(row, col, *number),
                Some(Cell::Day(number)) => page.write_number_with_format(row, col, *number, &day),
                Some(Cell::Flag(flag)) => page.write_boolean(row, col, *flag),
            }
            .expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

fn as_xlsb(drawn: &Drawn) -> Vec<u8> {
    let (sheet, titles, rows) = laid(drawn);
    let (above, left) = (drawn.1 as usize, usize::from(drawn.2));
    let line = |cells: Vec<Option<xlsb::Cell>>| (0..left).map(|_| None).chain(cells).collect::<Vec<_>>();
    let mut lines: xlsb::Rows = (0..above).map(|_| Vec::new()).collect();
    lines.push(line(titles.iter().map(|title| Some(xlsb::Cell::Text((*title).to_owned()))).collect()));
    for (row, cells) in rows {
        lines.resize_with(row as usize, Vec::new);
        let cells = cells.iter().take(titles.len()).map(|cell| {
            cell.clone().map(|cell| match cell {
                Cell::Text(text) => xlsb::Cell::Text(text),
                Cell::Number(number) => xlsb::Cell::Number(number),
                Cell::Day(day) => xlsb::Cell::Day(day),
                Cell::Flag(flag) => xlsb::Cell::Flag(flag),
            })
        });
        lines.push(line(cells.collect()));
    }
    xlsb::of_sheets(&[(&sheet.title.zh, lines)])
}

/// The numbers from 1 of the rows below the header with two cells or more.
fn seen<'b, R: Reader<Cursor<&'b [u8]>>>(bytes: &'b [u8], above: u32) -> Vec<u32> {
    let Ok(mut book) = R::new(Cursor::new(bytes)) else { panic!("calamine opens it") };
    let name = book.sheet_names()[0].clone();
    let Ok(range) = book.worksheet_range(&name) else { panic!("calamine reads it") };
    let first = range.start().map_or(0, |(row, _)| row);
    let full = |row: &[Data]| row.iter().filter(|cell| **cell != Data::Empty).count() >= 2;
    let rows = range.rows().zip(first..).filter(|(row, at)| *at > above && full(row));
    rows.map(|(_, at)| at + 1).collect()
}

fn read_rows(bytes: &[u8], ending: &str) -> Vec<u32> {
    let reading = read_at(bytes, &format!("S01/2026-W47/a.{ending}"));
    assert_eq!(reading.tables.len(), 1, "{ending}: {:?}", remarks(&reading));
    reading.tables[0].rows.iter().map(|row| row.row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_rows_that_are_read_are_those_that_calamine_sees(drawn in drawn()) {
        let (xlsx, xlsb) = (as_xlsx(&drawn), as_xlsb(&drawn));
        let expected = seen::<calamine::Xlsx<_>>(&xlsx, drawn.1);
        prop_assert_eq!(&read_rows(&xlsx, "xlsx"), &expected);
        prop_assert_eq!(&seen::<calamine::Xlsb<_>>(&xlsb, drawn.1), &expected);
        prop_assert_eq!(&read_rows(&xlsb, "xlsb"), &expected);
    }
}

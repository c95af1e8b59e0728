//! The written files, opened again.

mod material;
mod packs;
mod paper;
mod templates;

use calamine::{Data, Reader, Xlsx, open_workbook};
use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

type Opened = Xlsx<BufReader<File>>;

fn open(path: &Path) -> Opened {
    open_workbook(path).unwrap()
}

/// The cells of a sheet from A1 on, as text.
fn cells(book: &mut Opened, sheet: &str) -> Vec<Vec<Data>> {
    let range = book.worksheet_range(sheet).unwrap();
    let (rows, cols) = range.end().unwrap();
    let cell = |row, col| range.get_value((row, col)).cloned().unwrap_or(Data::Empty);
    (0..=rows).map(|row| (0..=cols).map(|col| cell(row, col)).collect()).collect()
}

/// The first row that has `title` in it, from 0, and the titles of its cells.
fn header(rows: &[Vec<Data>], title: &str) -> (usize, Vec<String>) {
    let texts = |row: &Vec<Data>| row.iter().map(ToString::to_string).collect::<Vec<_>>();
    let at = rows.iter().position(|row| texts(row).iter().any(|text| text == title)).unwrap();
    (at, texts(&rows[at]))
}

/// All parts of a package, concatenated with their names.
fn parts(path: &Path) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|i| {
            let mut part = archive.by_index(i).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().to_string(), String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

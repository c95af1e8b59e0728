//! One store, from its plan to the bytes of its files.

use super::{
    DemoError, DemoOptions, PlantedMistake,
    broken::{self, Broken},
    calendar::Span,
    clerks::{Form, Habits, Heading, headings},
    dice::Dice,
    grid::{Grid, lay_out},
    group::StorePlan,
    mistakes::{Planting, severity},
    sheets::{Kind, Row},
    submissions::{Book, books},
    world::World,
    write_csv, write_markup, write_xlsx,
};
use crate::{catalog::SheetDef, model::CellRef};
use chrono::Days;
use std::io::Write;

/// Files by their paths below the input folder.
pub type Files = Vec<(String, Vec<u8>)>;

/// A store's books with the mistakes in them, before they are written.
pub struct Prepared {
    pub habits: Habits,
    pub world: World,
    pub books: Vec<Book>,
    /// The headings of each form and kind.
    pub headings: [[Vec<Heading>; 5]; 3],
}

/// What happened in a store and what it sends.
pub fn prepare(plan: &StorePlan, options: &DemoOptions, span: &Span, defs: &[&SheetDef; 5]) -> Prepared {
    let dice = |purpose: u64| Dice::of(options.seed, u64::from(plan.index) * 8 + purpose);
    let habits = Habits::of(plan.index);
    let world = World::of(plan, options.stores, *span, dice(0));
    let mut books = books(plan, &world, &habits, span, defs, &mut dice(1));
    let headings = Form::ALL
        .map(|form| Kind::ALL.map(|kind| headings(kind, defs[kind as usize], &habits, options.seed, plan.index, form)));
    let (stores, as_of, dice_2) = (options.stores, span.as_of, dice(2));
    Planting { plan, stores, defs, headings: &headings, books: &mut books, as_of, dice: dice_2 }.run();
    if habits.repeats_rows {
        repeat_rows(&mut books, &mut dice(3));
    }
    Prepared { habits, world, books, headings }
}

/// All files of a store, and the mistakes in them.
pub fn files(
    plan: &StorePlan,
    options: &DemoOptions,
    span: &Span,
    defs: &[&SheetDef; 5],
) -> Result<(Files, Vec<PlantedMistake>), DemoError> {
    let Prepared { habits, world, books, headings } = prepare(plan, options, span, defs);
    let (mut files, mut mistakes, mut whole) = (Files::new(), Vec::new(), Vec::new());
    for (number, book) in books.iter().enumerate() {
        let headings = &headings[book.form as usize];
        let grids = lay_out_all(book, headings, &habits, defs);
        let dress = if options.formats && plan.index == 0 && book.weekly && !book.csv {
            Dress::ALL[number % Dress::ALL.len()]
        } else {
            Dress::Plain
        };
        for ((kind, rows), grid) in book.sheets.iter().zip(&grids) {
            note(plan, &dress.place(&book.path), defs[*kind as usize], rows, grid, &mut mistakes);
        }
        let bytes = match (book.csv, habits.csv) {
            (true, Some((_, encoding))) => {
                grids.first().map(|grid| write_csv::bytes(grid, encoding)).unwrap_or_default()
            }
            _ => write_xlsx::bytes(book, &grids, &habits, (&plan.id, &plan.name), &world.staff.clerk)?,
        };
        if !book.csv {
            whole.clone_from(&bytes);
        }
        let sender = (&*plan.id, &*plan.name, &*world.staff.clerk);
        let cover = book.cover.as_ref();
        let bytes = match dress {
            Dress::Plain => bytes,
            Dress::Page => write_markup::page(cover, sender, &grids),
            Dress::Archive => write_markup::archive(cover, sender, &grids),
            Dress::Document => write_markup::document(cover, sender, &grids),
            Dress::Packed => packed(&bytes)?,
        };
        files.push((dress.path(&book.path), bytes));
    }
    let day = span.as_of - Days::new(4);
    let sample = |kind: Kind| sample(&books, kind);
    let mine = (0..8).filter(|slot| if options.stores < 8 { slot % options.stores } else { *slot } == plan.index % 8);
    for slot in mine {
        for Broken { path, bytes, mistake } in broken::files(slot, &plan.id, day, &whole, defs, sample)? {
            files.push((format!("{}/{path}", plan.id), bytes));
            mistakes.push(mistake);
        }
    }
    Ok((files, mistakes))
}

/// The format in which a workbook is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dress {
    /// As the clerk writes it: xlsx or csv.
    Plain,
    /// A web page called .xls.
    Page,
    /// A web archive called .xls.
    Archive,
    /// SpreadsheetML 2003 called .xls.
    Document,
    /// The xlsx in a zip.
    Packed,
}

impl Dress {
    /// Those that a store goes through, week after week.
    const ALL: [Dress; 4] = [Dress::Page, Dress::Document, Dress::Packed, Dress::Archive];

    fn path(self, path: &str) -> String {
        let stem = path.strip_suffix(".xlsx").unwrap_or(path);
        match self {
            Dress::Plain => path.to_owned(),
            Dress::Packed => format!("{stem}.zip"),
            _ => format!("{stem}.xls"),
        }
    }

    /// The path under which findings know the workbook.
    fn place(self, path: &str) -> String {
        match self {
            Dress::Packed => format!("{}/{MEMBER}", self.path(path)),
            _ => self.path(path),
        }
    }
}

/// What a workbook is called inside its archive.
const MEMBER: &str = "客户关系管理表.xlsx";

fn packed(workbook: &[u8]) -> Result<Vec<u8>, DemoError> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(MEMBER, zip::write::SimpleFileOptions::default())?;
    zip.write_all(workbook).map_err(zip::result::ZipError::from)?;
    Ok(zip.finish()?.into_inner())
}

fn lay_out_all(book: &Book, headings: &[Vec<Heading>; 5], habits: &Habits, defs: &[&SheetDef; 5]) -> Vec<Grid> {
    // A csv is a bare table, as a system exports it.
    let plain = Habits { skip: 0, indent: 0, two_level: false, title_row: false, ..habits.clone() };
    let exported = habits.archived();
    let newest_only = Habits { short_due: habits.short_due && book.newest, ..habits.clone() };
    let habits = match (book.csv, book.weekly) {
        (true, _) => &plain,
        (_, false) => &exported,
        _ => &newest_only,
    };
    let one = |(kind, rows): &(Kind, Vec<Row>)| {
        let at = *kind as usize;
        lay_out(*kind, defs[at], habits, &headings[at], rows, book.to, &book.title)
    };
    book.sheets.iter().map(one).collect()
}

/// Writes down where the mistakes of a sheet stand.
fn note(plan: &StorePlan, workbook: &str, def: &SheetDef, rows: &[Row], grid: &Grid, into: &mut Vec<PlantedMistake>) {
    for (row, line) in rows.iter().zip(&grid.rows) {
        let Some(mark) = row.mistake else { continue };
        let col = mark.field.and_then(|field| grid.columns[field]).filter(|_| !mark.whole_row);
        into.push(PlantedMistake {
            code: mark.code.to_owned(),
            severity: severity(mark.code),
            store: plan.id.clone(),
            workbook: workbook.to_owned(),
            sheet: grid.name.clone(),
            cell: col.map_or_else(|| line.to_string(), |col| CellRef { row: *line, col: u32::from(col) }.to_string()),
            field: mark.field.map_or_else(String::new, |field| def.columns[field].title.zh.clone()),
            note: mark.note.to_owned(),
        });
    }
}

/// Some rows of the newest workbook twice, as copy and paste does it.
fn repeat_rows(books: &mut [Book], dice: &mut Dice) {
    let Some(book) = books.iter_mut().rev().find(|book| book.newest && !book.csv) else { return };
    for (kind, rows) in &mut book.sheets {
        let whole: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].mistake.is_none()).collect();
        if matches!(kind, Kind::FollowUp | Kind::Visit) && !whole.is_empty() {
            let at = *dice.pick(&whole);
            let again = rows[at].clone();
            // S004 copies stand at the end under the same number; a repeat goes right below its original.
            rows.insert(at + 1, again);
        }
    }
}

/// Two rows of a kind that stand in the workbooks already.
fn sample(books: &[Book], kind: Kind) -> Vec<Row> {
    let all = books.iter().rev().filter(|book| !book.csv && book.form == Form::Weekly).flat_map(|book| &book.sheets);
    let rows = all.filter(|(own, _)| *own == kind).flat_map(|(_, rows)| rows);
    rows.filter(|row| row.mistake.is_none()).take(2).cloned().collect()
}

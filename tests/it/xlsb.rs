//! Workbooks in the binary twin of xlsx, which no program here writes: the records of [MS-XLSB] that hold cells, written from
//! the same text tables as `table` reads.

use std::{collections::BTreeMap, io::Write};

/// A record: kind and length in groups of seven bits, then its data.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut out = vec![(kind & 0x7F) as u8];
    if kind >= 128 {
        out[0] |= 0x80;
        out.push((kind >> 7) as u8);
    }
    let mut length = data.len();
    loop {
        let byte = (length & 0x7F) as u8;
        length >>= 7;
        out.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    out.extend(data);
    out
}

/// A text of UTF-16 behind its length.
fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let bytes = units.iter().flat_map(|unit| unit.to_le_bytes());
    (units.len() as u32).to_le_bytes().into_iter().chain(bytes).collect()
}

/// The styles: general, a day with its time, `0000`, `h:mm`, `"QK"0000`, `[h]:mm`.
const FORMATS: [u16; 6] = [0, 164, 165, 20, 166, 167];

/// What stands in a cell.
pub enum Cell {
    Text(String),
    Number(f64),
    /// A number under `0000`.
    Id(f64),
    /// A number under `"QK"0000`.
    Named(f64),
    /// A day with its time, as a workbook counts it.
    Day(f64),
    /// A time of day.
    Time(f64),
    /// Hours that may be more than a day's.
    Elapsed(f64),
    Flag(bool),
    /// One with the cell above.
    Merged,
}

/// The cells of each row.
pub type Rows = Vec<Vec<Option<Cell>>>;

/// The bytes of an xlsb of a text that `table` reads; `z:` is a number under `0000`, `q:` one under
/// `"QK"0000`, `t:` a time of day, `e:` an elapsed one; `^` is one with the cell above.
pub fn bytes(text: &str) -> Vec<u8> {
    let mut sheets: Vec<(&str, Rows)> = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        match line.strip_prefix("# ") {
            Some(name) => sheets.push((name.trim(), Vec::new())),
            None => {
                let cells = line.split('|').map(str::trim).map(|text| (!text.is_empty()).then(|| of_text(text)));
                sheets.last_mut().expect("a sheet before its rows").1.push(cells.collect());
            }
        }
    }
    of_sheets(&sheets)
}

/// The same with one shared text fewer than its cells speak of.
pub fn with_a_string_too_many(text: &str) -> Vec<u8> {
    let whole = bytes(text);
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(whole)).expect("a package");
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for i in 0..package.len() {
        let mut part = package.by_index(i).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).expect("it inflates");
        if name == "xl/sharedStrings.bin" {
            content = [record(159, &[1, 0, 0, 0, 1, 0, 0, 0]), record(19, &[&[0][..], &wide("x")].concat())].concat();
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(&content).expect("written");
    }
    out.finish().expect("finished").into_inner()
}

/// The bytes of an xlsb with these sheets.
pub fn of_sheets(sheets: &[(&str, Rows)]) -> Vec<u8> {
    let mut strings = Strings::default();
    let parts: Vec<Vec<u8>> = sheets.iter().map(|(_, rows)| sheet(rows, &mut strings)).collect();
    package(&sheets.iter().map(|(name, _)| *name).collect::<Vec<_>>(), &parts, &strings.texts)
}

fn of_text(text: &str) -> Cell {
    let number = |text: &str| text.parse().expect("a number");
    match text.split_once(':') {
        Some(("n", value)) => Cell::Number(number(value)),
        Some(("z", value)) => Cell::Id(number(value)),
        Some(("q", value)) => Cell::Named(number(value)),
        Some(("b", flag)) => Cell::Flag(flag == "true"),
        Some(("d", day)) => Cell::Day(serial(day)),
        Some(("t", time)) => Cell::Time(serial(&format!("1899-12-30 {time}"))),
        Some(("e", time)) => {
            let (hours, minutes) = time.split_once(':').expect("a time");
            Cell::Elapsed((number(hours) + number(minutes) / 60.0) / 24.0)
        }
        _ if text == "^" => Cell::Merged,
        _ => Cell::Text(text.to_owned()),
    }
}

/// The texts that cells share.
#[derive(Default)]
struct Strings {
    texts: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl Strings {
    fn place(&mut self, text: &str) -> u32 {
        if let Some(at) = self.places.get(text) {
            return *at;
        }
        let at = self.texts.len() as u32;
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), at);
        at
    }
}

/// The parts of a workbook in their package.
fn package(names: &[&str], sheets: &[Vec<u8>], strings: &[String]) -> Vec<u8> {
    let listed = |(at, name): (usize, &&str)| {
        let data = [&0_u32.to_le_bytes()[..], &(at as u32 + 1).to_le_bytes(), &wide(&format!("r{at}")), &wide(name)];
        record(156, &data.concat())
    };
    let workbook = [
        record(131, &[]),
        record(153, &[0; 8]),
        record(143, &[]),
        names.iter().enumerate().flat_map(listed).collect(),
        record(144, &[]),
        record(132, &[]),
    ];
    let count = (strings.len() as u32).to_le_bytes();
    let shared = strings.iter().flat_map(|text| record(19, &[&[0][..], &wide(text)].concat()));
    let shared = [record(159, &[count, count].concat()), shared.collect(), record(160, &[])];
    let format = |id: u16, code: &str| record(44, &[&id.to_le_bytes()[..], &wide(code)].concat());
    let style = |format: &u16| record(47, &[&[0xFF, 0xFF][..], &format.to_le_bytes(), &[0; 12]].concat());
    let styles = [
        record(278, &[]),
        record(615, &4_u32.to_le_bytes()),
        format(164, "yyyy\\-mm\\-dd hh:mm"),
        format(165, "0000"),
        format(166, "\"QK\"0000"),
        format(167, "[h]:mm"),
        record(616, &[]),
        record(626, &1_u32.to_le_bytes()),
        style(&0),
        record(627, &[]),
        record(617, &(FORMATS.len() as u32).to_le_bytes()),
        FORMATS.iter().flat_map(style).collect(),
        record(618, &[]),
        record(279, &[]),
    ];
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let of_sheets: String = (0..sheets.len())
        .map(|at| {
            format!("<Relationship Id=\"r{at}\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{at}.bin\"/>")
        })
        .collect();
    let types = "application/vnd.ms-excel";
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        (
            "[Content_Types].xml".to_owned(),
            format!(
                "<?xml version=\"1.0\"?><Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"bin\" \
                 ContentType=\"{types}.sheet.binary.macroEnabled.main\"/></Types>"
            )
            .into_bytes(),
        ),
        (
            "_rels/.rels".to_owned(),
            format!(
                "<?xml version=\"1.0\"?><Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"a\" \
                 Type=\"{relations}/officeDocument\" Target=\"xl/workbook.bin\"/></Relationships>"
            )
            .into_bytes(),
        ),
        (
            "xl/_rels/workbook.bin.rels".to_owned(),
            format!(
                "<?xml version=\"1.0\"?><Relationships xmlns=\"{package}/relationships\">{of_sheets}</Relationships>"
            )
            .into_bytes(),
        ),
        ("xl/workbook.bin".to_owned(), workbook.concat()),
        ("xl/sharedStrings.bin".to_owned(), shared.concat()),
        ("xl/styles.bin".to_owned(), styles.concat()),
    ];
    parts.extend(sheets.iter().enumerate().map(|(at, part)| (format!("xl/worksheets/sheet{at}.bin"), part.clone())));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.write_all(&part).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

/// A sheet: texts shared and their own in turn, whole numbers in four bytes, others in eight.
fn sheet(rows: &Rows, strings: &mut Strings) -> Vec<u8> {
    let mut cells: Vec<u8> = Vec::new();
    for (row, line) in rows.iter().enumerate() {
        let head = [&(row as u32).to_le_bytes()[..], &[0; 4], &300_u16.to_le_bytes(), &[0; 7]].concat();
        cells.extend(record(0, &head));
        for (col, content) in line.iter().enumerate().filter_map(|(col, content)| Some((col, content.as_ref()?))) {
            cells.extend(cell(col as u32, content, (row + col) % 2 == 0, strings));
        }
    }
    let held = |row: usize, col: usize| rows.get(row).and_then(|line| line.get(col)).and_then(Option::as_ref);
    let mut merged: Vec<u8> = Vec::new();
    for (row, line) in rows.iter().enumerate() {
        for col in 0..line.len() {
            let below = (row + 1..).take_while(|at| matches!(held(*at, col), Some(Cell::Merged))).count();
            if below > 0 && !matches!(held(row, col), Some(Cell::Merged)) {
                merged.extend(record(176, &[row, row + below, col, col].map(|n| (n as u32).to_le_bytes()).concat()));
            }
        }
    }
    let count = u32::from(!merged.is_empty()).to_le_bytes();
    let merged = if merged.is_empty() { merged } else { [record(177, &count), merged, record(178, &[])].concat() };
    let last = [0, rows.len().saturating_sub(1) as u32, 0, 63].map(u32::to_le_bytes).concat();
    [record(129, &[]), record(148, &last), record(145, &[]), cells, record(146, &[]), merged, record(130, &[])].concat()
}

fn cell(col: u32, content: &Cell, shared: bool, strings: &mut Strings) -> Vec<u8> {
    let of = |kind: u16, style: u32, data: &[u8]| {
        record(kind, &[&col.to_le_bytes()[..], &style.to_le_bytes(), data].concat())
    };
    let number = |number: f64, style: u32| {
        // What is whole and small stands in thirty bits.
        let whole = number as i32;
        if f64::from(whole) == number && whole.unsigned_abs() < 1 << 28 {
            return of(2, style, &((whole << 2) | 2).to_le_bytes());
        }
        of(5, style, &number.to_le_bytes())
    };
    match content {
        Cell::Merged => Vec::new(),
        Cell::Named(value) => number(*value, 4),
        Cell::Elapsed(value) => number(*value, 5),
        Cell::Number(value) => number(*value, 0),
        Cell::Day(value) => number(*value, 1),
        Cell::Id(value) => number(*value, 2),
        Cell::Time(value) => number(*value, 3),
        Cell::Flag(flag) => of(4, 0, &[u8::from(*flag)]),
        Cell::Text(text) if shared => of(7, 0, &strings.place(text).to_le_bytes()),
        Cell::Text(text) => of(6, 0, &wide(text)),
    }
}

/// A day and its time as a workbook counts them.
fn serial(text: &str) -> f64 {
    let at = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .or_else(|_| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(Default::default())))
        .expect("a day");
    let first = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).expect("a day").and_time(Default::default());
    (at - first).num_minutes() as f64 / 1440.0
}

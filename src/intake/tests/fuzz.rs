//! Bytes that nobody wrote on purpose: whole workbooks of every format with bits turned, pieces cut out, doubled or taken from
//! elsewhere, read as a worker reads them. Whatever comes of it is a reading; nothing is a panic.
//!
//! A package is also broken inside: one of its parts is changed and packed again, since a turned bit in what is deflated
//! mostly says no more than that the part is damaged.

use super::*;
use crate::intake::{archive, mht, plain::seen_sheets, sniff::sniff};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{RngSeed, TestRunner},
};

/// Prospects: titles, two rows, a day and a number among them.
const ROWS: &str = "# 潜客表\n\
    潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问 | 预算\n\
    QK1 | 张一 | 13800000001 | d:2026-11-16 10:30 | B | d:2026-11-17 09:10 | 云岭X5 | 自然到店 | 李销售 | n:358000.5\n\
    QK2 | 王二 | 13800000002 | d:2026-11-16 11:30 | A | d:2026-11-17 | 云岭X5 | 自然到店 | 李销售 | n:12\n";

/// The texts of the rows.
fn texts() -> Vec<Vec<String>> {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().replace("d:", "").replace("n:", "")).collect();
    ROWS.lines().skip(1).map(cells).collect()
}

fn lines(separator: &str) -> String {
    texts().iter().map(|cells| cells.join(separator) + "\r\n").collect()
}

fn xlsx() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("潜客表").expect("a name");
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
    for (row, cells) in texts().iter().enumerate() {
        for (col, cell) in cells.iter().enumerate() {
            let (row, col) = (row as u32, col as u16);
            match (row, col) {
                (1.., 3 | 5) => sheet.write_number_with_format(row, col, 46342.4375, &day),
                (1.., 9) => sheet.write_number(row, col, 12.5),
                _ => sheet.write_string(row, col, cell),
            }
            .expect("a cell");
        }
    }
    sheet.merge_range(4, 0, 6, 0, "QK9", &day).expect("merged");
    book.save_to_buffer().expect("a workbook")
}

fn xls() -> Vec<u8> {
    in_container(&xls_stream())
}

fn in_container(stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a compound file");
    file.create_stream("/Workbook").expect("a stream").write_all(stream).expect("written");
    file.into_inner().into_inner()
}

/// BIFF8 with its texts as labels.
fn xls_stream() -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let label = |row: usize, col: usize, text: &str| {
        let head = [row as u16, col as u16, 0, text.encode_utf16().count() as u16].map(u16::to_le_bytes).concat();
        record(0x0204, &[&head[..], &[1], &wide(text, true)].concat())
    };
    let bof = |kind: u16| record(0x0809, &[&[0, 6][..], &kind.to_le_bytes(), &[0; 12]].concat());
    let style = |format: u16| record(0x00E0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat());
    let name = wide("潜客表", true);
    let head = [bof(5), style(0), style(22)].concat();
    let at = (head.len() + 4 + 8 + name.len() + 4) as u32;
    let listed = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 3, 1], &name].concat());
    let mut sheet = bof(16);
    for (row, cells) in texts().iter().enumerate() {
        for (col, cell) in cells.iter().enumerate() {
            sheet.extend(match (row, col) {
                (1.., 3 | 5) => {
                    let head = [row as u16, col as u16, 1].map(u16::to_le_bytes).concat();
                    record(0x0203, &[&head[..], &46342.4375_f64.to_le_bytes()].concat())
                }
                _ => label(row, col, cell),
            });
        }
    }
    sheet.extend(record(0x00E5, &[1, 0, 1, 0, 3, 0, 0, 0, 0, 0]));
    let end = record(0x000A, &[]);
    [head, listed, end.clone(), sheet, end].concat()
}

fn ods() -> Vec<u8> {
    let cell = |text: &String| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &Vec<String>| {
        format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
    };
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"潜客表\">{}<table:table-row \
         table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"5\" office:value-type=\"float\" \
         office:value=\"12\"><text:p>0012</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>\
         </office:body></office:document-content>",
        texts().iter().map(row).collect::<String>()
    );
    zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
        ("content.xml", &content),
    ])
}

fn page() -> String {
    let row = |cells: &Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("<td rowspan=1 colspan=\"1\">{cell}</td>")).collect();
        format!("<tr>{cells}</tr>")
    };
    let rows: String = texts().iter().map(row).collect();
    format!("<html><head><meta charset=\"utf-8\"></head><body><table>{rows}</table></body></html>")
}

fn document() -> String {
    let cell = |text: &String| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>");
    let row = |cells: &Vec<String>| format!("<Row>{}</Row>", cells.iter().map(cell).collect::<String>());
    format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"潜客表\"><Table>{}</Table></Worksheet>\
         </Workbook>",
        texts().iter().map(row).collect::<String>()
    )
}

/// A whole workbook of each format, by the ending it has.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let page = page();
    let archive = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; \
         charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b--\r\n",
        page.replace('=', "=3D")
    );
    vec![
        ("xlsx", xlsx()),
        ("xlsb", xlsb::bytes(ROWS)),
        ("ods", ods()),
        ("xls", xls()),
        ("csv", lines(",").into_bytes()),
        ("txt", encoding_rs::GB18030.encode(&lines("\t")).0.into_owned()),
        ("csv", [&[0xFF, 0xFE][..], &wide(&lines(","), true)].concat()),
        ("html", page.into_bytes()),
        ("mht", archive.into_bytes()),
        ("xml", document().into_bytes()),
        ("zip", zip(&[("潜客表.csv", &lines(",")), ("目录/说明.txt", "x")])),
    ]
}

/// One change of bytes; places and lengths are shares of what is there.
#[derive(Clone, Debug)]
enum Change {
    Turn(f64, u8),
    Cut(f64),
    Drop(f64, f64),
    Double(f64, f64),
    Move(f64, f64, f64),
    Put(f64, Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    const TELLING: [&[u8]; 14] = [
        b"\xFF\xFF\xFF\xFF",
        b"\0\0\0\0",
        b"\x80\x80\x80\x80\x80\x80",
        b"99999999999999999999",
        b"-1",
        b"\"",
        b"<",
        b"</",
        b"&#x110000;",
        b"]]>",
        b"1e999",
        b"NaN",
        b"\r",
        b"\xE6",
    ];
    let place = || 0.0..1.0_f64;
    prop_oneof![
        6 => (place(), 0..8_u8).prop_map(|(at, bit)| Change::Turn(at, 1 << bit)),
        1 => place().prop_map(Change::Cut),
        2 => (place(), 0.0..0.2).prop_map(|(at, length)| Change::Drop(at, length)),
        2 => (place(), 0.0..0.2).prop_map(|(at, length)| Change::Double(at, length)),
        2 => (place(), place(), 0.0..0.1).prop_map(|(from, to, length)| Change::Move(from, to, length)),
        4 => (place(), proptest::sample::select(&TELLING[..]).prop_map(<[u8]>::to_vec)).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        1 => (place(), vec(any::<u8>(), 1..16)).prop_map(|(at, bytes)| Change::Put(at, bytes)),
    ]
}

fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let whole = bytes.len();
        let at = |share: f64| ((share * whole as f64) as usize).min(whole - 1);
        let end = |from: usize, share: f64| (from + (share * whole as f64) as usize).min(whole);
        match change {
            Change::Turn(place, bit) => bytes[at(*place)] ^= bit,
            Change::Cut(place) => bytes.truncate(at(*place)),
            Change::Drop(place, length) => drop(bytes.drain(at(*place)..end(at(*place), *length))),
            Change::Double(place, length) => {
                let piece = bytes[at(*place)..end(at(*place), *length)].to_vec();
                bytes.splice(at(*place)..at(*place), piece);
            }
            Change::Move(from, to, length) => {
                let piece = bytes[at(*from)..end(at(*from), *length)].to_vec();
                let until = (at(*to) + piece.len()).min(whole);
                bytes.splice(at(*to)..until, piece);
            }
            Change::Put(place, put) => {
                let until = (at(*place) + put.len()).min(whole);
                bytes.splice(at(*place)..until, put.iter().copied());
            }
        }
    }
    bytes
}

/// The package with one of its parts changed, its place among them a share; a file that is none is changed as it stands.
fn inside(bytes: &[u8], which: f64, changes: &[Change]) -> Vec<u8> {
    let Ok(mut package) = zip::ZipArchive::new(Cursor::new(bytes)) else { return changed(bytes, changes) };
    let chosen = (which * package.len() as f64) as usize;
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..package.len() {
        let mut part = package.by_index(i).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("it inflates");
        let content = if i == chosen { changed(&content, changes) } else { content };
        out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(&content).expect("its content");
    }
    out.finish().expect("a package").into_inner()
}

/// Everything a worker is asked about a file.
fn ask(bytes: &[u8], ending: &str) {
    let reading = read_at(bytes, &format!("S01/2026-W47/a.{ending}"));
    for table in &reading.tables {
        for row in &table.rows {
            assert!(row.row > 0 && row.values.len() >= table.columns.len(), "{ending}: {row:?}");
        }
        let numbers: Vec<u32> = table.rows.iter().map(|row| row.row).collect();
        assert!(numbers.is_sorted(), "{ending}: {numbers:?}");
    }
    for remark in &reading.remarks {
        assert!(catalog().rules.contains_key(&*remark.code), "{ending}: {}", remark.code);
    }
    let _ = seen_sheets(bytes, "a", 64);
    if sniff(bytes).is_err() {
        let _ = archive::members(bytes).map(|members| {
            for member in members.iter().take(4) {
                let _ = archive::member(bytes, member.index, 4);
            }
        });
    }
    let _ = mht::is_archive(&String::from_utf8_lossy(&bytes[..bytes.len().min(300)]));
}

/// The same changes on every machine and in every run.
fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        max_shrink_iters: 64,
        ..ProptestConfig::default()
    })
}

#[test]
fn every_seed_is_a_workbook_that_reads_well() {
    for (ending, bytes) in seeds().iter().filter(|(ending, _)| *ending != "zip") {
        let reading = read_at(bytes, &format!("S01/2026-W47/a.{ending}"));
        assert_eq!(reading.tables.len(), 1, "{ending}: {:?}", remarks(&reading));
        assert!(reading.tables[0].rows.len() >= 2, "{ending}: {:?}", remarks(&reading));
        assert_eq!(*reading.tables[0].kind, *"prospect", "{ending}");
    }
}

#[test]
fn changed_bytes_of_any_format_are_read_or_refused() {
    for (ending, bytes) in seeds() {
        let cases = if ending == "xls" { 150 } else { 200 };
        let changes = (any::<bool>(), 0.0..1.0_f64, vec(change(), 1..5));
        runner(cases)
            .run(&changes, |(in_parts, which, changes)| {
                let broken = match (ending, in_parts) {
                    // A container whose sectors lead back to themselves takes what memory there is: that is for a reader
                    // process to bear (`tests/it/nasty.rs`).
                    ("xls", _) => in_container(&changed(&xls_stream(), &changes)),
                    (_, true) => inside(&bytes, which, &changes),
                    (_, false) => changed(&bytes, &changes),
                };
                ask(&broken, ending);
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{ending}: {error}"));
    }
}

#[test]
fn pieces_of_two_workbooks_are_read_or_refused() {
    let mut seeds = seeds();
    seeds.retain(|(ending, _)| *ending != "xls");
    let pairs = (0..seeds.len(), 0..seeds.len(), 0.0..1.0_f64, 0.0..1.0_f64);
    runner(300)
        .run(&pairs, |(one, other, until, from)| {
            let ((ending, one), (_, other)) = (&seeds[one], &seeds[other]);
            let cut = |bytes: &[u8], share: f64| (share * bytes.len() as f64) as usize;
            let spliced = [&one[..cut(one, until)], &other[cut(other, from)..]].concat();
            ask(&spliced, ending);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

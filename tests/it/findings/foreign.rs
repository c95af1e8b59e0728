//! Files of cases that are no text: what a clerk's machine, another program or a broken transfer makes of a workbook.

use super::text::{File, made};
use crate::table::write_xlsx;
use foursight::catalog::Catalog;
use std::{
    ffi::OsString,
    fs,
    io::{Cursor, Write},
    path::Path,
};

/// Writes a file of a case.
pub fn write(file: &File, path: &Path, n: usize, catalog: &Catalog) {
    let text = made(&file.text, n, catalog);
    let parent = path.parent().expect("a folder");
    fs::create_dir_all(parent).expect("made");
    let (how, argument) = match &file.made {
        Some(made) => {
            let made = made.trim_start_matches("group ");
            made.split_once(' ').unwrap_or((made, ""))
        }
        None if path.extension().is_some_and(|ending| ending == "xlsx") => ("xlsx", ""),
        None if text.starts_with("# ") => ("commas", ""),
        None => ("text", ""),
    };
    let number = || argument.parse::<usize>().expect("a number");
    match how {
        "xlsx" => write_xlsx(&text, path),
        "commas" => {
            let rows = text.lines().skip(1).map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().join(","));
            fs::write(path, rows.collect::<Vec<_>>().join("\r\n")).expect("written");
        }
        "text" => fs::write(path, text).expect("written"),
        // A file of the length that is asked for: what is there and line ends.
        "padded" => {
            let mut bytes = text.replace(" | ", ",").lines().skip(1).collect::<Vec<_>>().join("\n").into_bytes();
            bytes.resize(number(), b'\n');
            fs::write(path, bytes).expect("written");
        }
        "cut" => {
            write_xlsx(&text, path);
            let bytes = fs::read(path).expect("written");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }
        "spoilt" => fs::write(path, spoilt(&text, path)).expect("written"),
        "encrypted" => {
            let mut container = cfb::create(path).expect("a container");
            for stream in ["/EncryptionInfo", "/EncryptedPackage"] {
                container.create_stream(stream).expect("a stream").write_all(&[7; 6000]).expect("written");
            }
        }
        "hidden" => hidden(&text, path),
        "uncached" => parts(path, &text, |name, part| {
            let sheet = name.starts_with("xl/worksheets/");
            Some(if sheet { part.replace("</f><v>0</v>", "</f>") } else { part })
        }),
        "error" => parts(path, &text, |name, part| {
            let sheet = name.starts_with("xl/worksheets/");
            Some(if sheet { part.replace("><f>NA()</f><v>0</v>", " t=\"e\"><f>NA()</f><v>#N/A</v>") } else { part })
        }),
        "lacking" => parts(path, &text, |name, part| (name != "xl/worksheets/sheet2.xml").then_some(part)),
        "merged" => parts(path, &text, |name, part| {
            let sheet = name.starts_with("xl/worksheets/");
            let merged = format!("</sheetData><mergeCells count=\"1\"><mergeCell ref=\"{argument}\"/></mergeCells>");
            Some(if sheet { part.replace("</sheetData>", &merged) } else { part })
        }),
        // The example of the guide, and one that differs from it in a text.
        "example" => {
            let title = file.text.trim_start_matches('@').lines().next().unwrap_or_default();
            let sheet = catalog.sheets.iter().find(|sheet| sheet.title.zh == title).expect("a sheet");
            let given: Vec<_> = sheet.columns.iter().filter(|column| !column.example.is_empty()).collect();
            let titles: Vec<&str> = given.iter().map(|column| column.title.zh.as_str()).collect();
            let mut cells: Vec<String> = given.iter().map(|column| column.example.clone()).collect();
            if number() > 0 {
                cells[0].push('9');
            }
            write_xlsx(&format!("# {title}\n{}\n{}\n", titles.join(" | "), cells.join(" | ")), path);
        }
        "members" => {
            let members = (0..number()).map(|i| (format!("{i}.txt"), Vec::new())).collect::<Vec<_>>();
            archive(path, &members);
        }
        "zip" => {
            write_xlsx(&text, path);
            let inner = fs::read(path).expect("written");
            archive(path, &[(argument.to_owned(), inner)]);
        }
        "sheets" => {
            let more: String = (0..number()).map(|i| format!("# 自用{i}\n")).collect();
            write_xlsx(&format!("{text}{more}"), path);
        }
        #[cfg(unix)]
        "link" => std::os::unix::fs::symlink(argument, path).expect("a link"),
        // A folder of the group whose name is in the encoding of an older system.
        #[cfg(unix)]
        "gbk" => {
            use std::os::unix::ffi::OsStringExt;
            let name = encoding_rs::GB18030.encode(argument).0.into_owned();
            let folder = parent.join(OsString::from_vec(name));
            fs::create_dir_all(&folder).expect("made");
            write_xlsx(&text, &folder.join("2026-W47.xlsx"));
        }
        other => panic!("nobody makes {other}"),
    }
}

/// A workbook with one byte of its sheet's data turned.
fn spoilt(text: &str, path: &Path) -> Vec<u8> {
    write_xlsx(text, path);
    let mut bytes = fs::read(path).expect("written");
    let name = b"xl/worksheets/sheet1.xml";
    let at = bytes.windows(name.len()).position(|own| own == name).expect("the part");
    for byte in &mut bytes[at + name.len() + 4..at + name.len() + 60] {
        *byte = 0xFF;
    }
    bytes
}

/// The same package with its parts changed or left out.
fn parts(path: &Path, text: &str, change: impl Fn(&str, String) -> Option<String>) {
    write_xlsx(text, path);
    let mut package = zip::ZipArchive::new(Cursor::new(fs::read(path).expect("written"))).expect("a package");
    let mut changed = Vec::new();
    for i in 0..package.len() {
        let mut part = package.by_index(i).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = String::new();
        std::io::Read::read_to_string(&mut part, &mut content).expect("a text");
        changed.extend(change(&name, content).map(|content| (name, content.into_bytes())));
    }
    archive(path, &changed);
}

fn archive(path: &Path, members: &[(String, Vec<u8>)]) {
    let mut archive = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, bytes) in members {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("a member");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("finished");
}

/// A workbook whose second sheet is hidden.
fn hidden(text: &str, path: &Path) {
    parts(path, text, |name, part| {
        let list = name == "xl/workbook.xml";
        Some(if list { part.replace("sheetId=\"2\"", "sheetId=\"2\" state=\"hidden\"") } else { part })
    });
}

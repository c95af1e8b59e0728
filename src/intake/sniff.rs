//! What a file is, by its bytes.

use super::{
    encoding::{beginning, wide_without_mark},
    mht,
    raw::Fault,
};
use crate::model::Message;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// xlsx, xlsm, and the templates of both; WPS calls it et.
    Xlsx,
    /// BIFF5 and BIFF8 in a compound file; WPS calls it et.
    Xls,
    /// The binary twin of xlsx.
    Xlsb,
    /// OpenDocument.
    Ods,
    /// Text with separators.
    Csv,
    /// A page with tables.
    Html,
    /// Pages in a web archive.
    Mht,
    /// SpreadsheetML 2003.
    Xml,
}

impl Format {
    /// Its name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Xlsb => "xlsb",
            Format::Ods => "ods",
            Format::Csv => "csv",
            Format::Html => "html",
            Format::Mht => "mht",
            Format::Xml => "xml",
        }
    }

    /// Whether files of this format have this ending (lower case).
    pub fn has_ending(self, ending: &str) -> bool {
        let endings: &[&str] = match self {
            Format::Xlsx => &["xlsx", "xlsm", "xltx", "xltm", "et", "ett"],
            Format::Xls => &["xls", "xlt", "et", "ett"],
            Format::Xlsb => &["xlsb"],
            Format::Ods => &["ods", "ots"],
            Format::Csv => &["csv", "tsv", "txt"],
            Format::Html => &["htm", "html"],
            Format::Mht => &["mht", "mhtml"],
            Format::Xml => &["xml"],
        };
        endings.contains(&ending)
    }
}

const CFB: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Whether a file begins as containers of workbooks and of other things do, whatever it is called.
pub(crate) fn may_hold_a_table(beginning: &[u8]) -> bool {
    beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(CFB)
}

/// Tells the format.
///
/// # Errors
/// The fault of a file that is empty, encrypted, cut off, damaged or of a format that is not read.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Format, Fault> {
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    if bytes.starts_with(b"PK") {
        return zipped(bytes);
    }
    if bytes.starts_with(CFB) {
        return compound(bytes);
    }
    // BIFF 2 to 5 without a container.
    if bytes.len() > 4 && bytes[0] == 0x09 && matches!(bytes[1], 0x00 | 0x02 | 0x04 | 0x08) && bytes[3] == 0 {
        return Err(Fault::Foreign("xls (BIFF2–4)"));
    }
    let known = [
        (&b"%PDF"[..], "pdf"),
        (b"Rar!", "rar"),
        (b"7z\xBC\xAF", "7z"),
        (b"{\\rtf", "rtf"),
        (b"\x1F\x8B", "gz"),
        (b"\x89PNG", "png"),
        (b"\xFF\xD8\xFF", "jpg"),
        (b"GIF8", "gif"),
    ];
    if let Some((_, format)) = known.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(Fault::Foreign(format));
    }
    let start = beginning(bytes);
    let start = start.trim_start_matches('\u{FEFF}').trim_start();
    if start.starts_with('<') {
        return marked_up(&start.to_lowercase());
    }
    if mht::is_archive(start) {
        return Ok(Format::Mht);
    }
    if wide_without_mark(bytes).is_none() && encoding_rs::Encoding::for_bom(bytes).is_none() && is_binary(bytes) {
        return Err(Fault::Told("W001", Message::new("fault.no_table")));
    }
    Ok(Format::Csv)
}

fn marked_up(start: &str) -> Result<Format, Fault> {
    let xml = start.starts_with("<?xml");
    if start.contains("urn:schemas-microsoft-com:office:spreadsheet") && !start.contains("<html") {
        return Ok(Format::Xml);
    }
    let page = ["<html", "<table", "<!doctype html", "<body", "<meta", "<head", "<tr", "<td", "<div"];
    if page.iter().any(|tag| start.contains(tag)) {
        return Ok(Format::Html);
    }
    Err(Fault::Foreign(if xml { "xml" } else { "html" }))
}

/// Whether bytes are no text: texts hold hardly any control characters but line ends and tabs. A single zero makes none.
fn is_binary(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(1 << 16)];
    let controls = bytes.iter().filter(|byte| **byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C)).count();
    controls * 20 > bytes.len()
}

/// The names of its streams tell what a compound file is.
fn compound(bytes: &[u8]) -> Result<Format, Fault> {
    let has = |stream: &str| holds(bytes, &wide(stream));
    if has("EncryptedPackage") || has("DataSpaces") {
        return Err(Fault::Encrypted);
    }
    // Every stream's name ends in a zero.
    if has("Workbook\0") || has("Book\0") {
        return Ok(Format::Xls);
    }
    let other = [("WordDocument", "doc"), ("PowerPoint Document", "ppt"), ("__properties_version1.0", "msg")];
    Err(Fault::Foreign(other.iter().find(|(stream, _)| has(stream)).map_or("cfb", |(_, format)| *format)))
}

/// The names of the parts tell what an archive is. One without its directory, which stands at the end, was cut off.
fn zipped(bytes: &[u8]) -> Result<Format, Fault> {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    if !holds(tail, b"PK\x05\x06") {
        return Err(Fault::Told("W003", Message::new("fault.no_end")));
    }
    let archive = zip::ZipArchive::new(std::io::Cursor::new(bytes))
        .map_err(|error| Fault::Told("W001", Message::new("fault.archive").with("what", error.to_string())))?;
    let has = |wanted: &str| {
        let ends = |name: &[u8]| String::from_utf8_lossy(name).replace('\\', "/").to_lowercase().ends_with(wanted);
        archive.file_names_raw().any(ends)
    };
    // A package may call its workbook otherwise; its list of content types it must have.
    if has("xl/workbook.xml") || (has("workbook.xml") && has("[content_types].xml")) {
        return Ok(Format::Xlsx);
    }
    if has("workbook.bin") {
        return Ok(Format::Xlsb);
    }
    let named = |wanted: &[u8]| archive.file_names_raw().any(|name| name == wanted);
    if named(b"content.xml") {
        return opendocument(bytes);
    }
    let known = [
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
        ("index/document.iwa", "numbers"),
        ("index.zip", "numbers"),
    ];
    match known.iter().find(|(name, _)| has(name)) {
        Some((_, format)) => Err(Fault::Foreign(format)),
        None if has("[content_types].xml") => Ok(Format::Xlsx),
        None => Err(Fault::Foreign("zip")),
    }
}

/// The first part of an OpenDocument says what it is, stored as it stands.
fn opendocument(bytes: &[u8]) -> Result<Format, Fault> {
    let head = &bytes[..bytes.len().min(256)];
    let other =
        [(&b"opendocument.text"[..], "odt"), (b"opendocument.presentation", "odp"), (b"opendocument.graphics", "odg")];
    match other.iter().find(|(kind, _)| holds(head, kind)) {
        Some((_, format)) => Err(Fault::Foreign(format)),
        None => Ok(Format::Ods),
    }
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(bytes, wanted).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> &'static str {
        sniff(bytes).map_or_else(|fault| fault.remark().0, Format::name)
    }

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a part");
        }
        zip.finish().expect("an archive").into_inner()
    }

    #[test]
    fn bytes_tell_the_format() {
        let compound = |stream: &str| [CFB, &wide(stream), &[0, 0]].concat();
        let unmarked: Vec<u8> = "编号\t姓名\r\n1\t张三\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, expected) in [
            (&b""[..], "W005"),
            (&b"PK\x03\x04....[Content_Types].xml"[..], "W003"),
            (&archive(&["xl/workbook.xml"])[..], "xlsx"),
            (&archive(&["[Content_Types].xml"])[..], "xlsx"),
            (&archive(&["xl/workbook.bin"])[..], "xlsb"),
            (&archive(&["mimetype", "content.xml"])[..], "ods"),
            (&archive(&["readme.md"])[..], "W010"),
            (&archive(&["word/document.xml", "[Content_Types].xml"])[..], "W010"),
            (&archive(&["Index/Document.iwa"])[..], "W010"),
            (&archive(&["xl/workbook.xml"])[..60], "W003"),
            (&compound("EncryptedPackage")[..], "W002"),
            (&compound("Workbook")[..], "xls"),
            (&compound("Book")[..], "xls"),
            (&compound("WordDocument")[..], "W010"),
            (CFB, "W010"),
            (&b"\x09\x08\x10\x00\x00"[..], "W010"),
            (&b" <html><table>"[..], "html"),
            (&b"<table border=1><tr>"[..], "html"),
            (&b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>"[..], "xml"),
            (&b"<html xmlns:x='urn:schemas-microsoft-com:office:excel' xmlns:s='urn:schemas-microsoft-com:office:spreadsheet'>"[..], "html"),
            (&b"<?xml version='1.0'?><other/>"[..], "W010"),
            (&b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x"[..], "mht"),
            (&b"%PDF-1.7"[..], "W010"),
            (&b"\x00\x01\x02"[..], "W001"),
            (&b"a,b\n1,2"[..], "csv"),
            (&b"a,b\n1,2\n3,4\n5,\x006\n7,8\n9,10\n"[..], "csv"),
            (&b"\xFF\xFEa\x00"[..], "csv"),
            (&unmarked[..], "csv"),
        ] {
            assert_eq!(code(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}

//! What a file is, by its bytes.

use super::raw::Fault;
use crate::model::Message;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// xlsx, xlsm, and the templates of both.
    Xlsx,
    /// Text with separators.
    Csv,
}

impl Format {
    /// Its name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
        }
    }

    /// Whether files of this format have this ending (lower case).
    pub fn has_ending(self, ending: &str) -> bool {
        match self {
            Format::Xlsx => matches!(ending, "xlsx" | "xlsm" | "xltx" | "xltm"),
            Format::Csv => matches!(ending, "csv" | "tsv" | "txt"),
        }
    }
}

const CFB: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Tells the format.
///
/// # Errors
/// The fault of a file that is empty, encrypted, cut off, damaged or of a format not read yet.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Format, Fault> {
    if bytes.is_empty() {
        return Err(Fault::Empty);
    }
    if bytes.starts_with(b"PK") {
        return zipped(bytes);
    }
    if bytes.starts_with(CFB) {
        let encrypted = holds(bytes, &wide("EncryptedPackage")) || holds(bytes, &wide("DataSpaces"));
        return Err(if encrypted { Fault::Encrypted } else { Fault::Foreign("xls") });
    }
    // BIFF 2 to 5 without a container.
    if bytes.len() > 4 && bytes[0] == 0x09 && matches!(bytes[1], 0x00 | 0x02 | 0x04 | 0x08) && bytes[3] == 0 {
        return Err(Fault::Foreign("xls"));
    }
    let known = [(&b"%PDF"[..], "pdf"), (&b"Rar!"[..], "rar"), (&b"7z\xBC\xAF"[..], "7z"), (&b"{\\rtf"[..], "rtf")];
    if let Some((_, format)) = known.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(Fault::Foreign(format));
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_lowercase();
    let start = start.trim_start_matches('\u{FEFF}').trim_start();
    if start.starts_with('<') {
        let xml = start.starts_with("<?xml");
        if xml && start.contains("urn:schemas-microsoft-com:office:spreadsheet") {
            return Err(Fault::Foreign("xml (SpreadsheetML 2003)"));
        }
        return Err(Fault::Foreign(if xml && !start.contains("<html") { "xml" } else { "html" }));
    }
    let wide_text = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if !wide_text && bytes.contains(&0) {
        return Err(Fault::Told("W001", Message::new("fault.no_table")));
    }
    Ok(Format::Csv)
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
    let known = [
        ("workbook.bin", "xlsb"),
        ("content.xml", "ods"),
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
    ];
    if has("workbook.xml") {
        return Ok(Format::Xlsx);
    }
    let other = known.iter().find(|(name, _)| has(name)).map(|(_, format)| *format);
    // A package may call its workbook otherwise; its list of content types it must have.
    match other {
        Some(format) => Err(Fault::Foreign(format)),
        None if has("[content_types].xml") => Ok(Format::Xlsx),
        None => Err(Fault::Foreign("zip")),
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

    fn archive(name: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        zip.finish().expect("an archive").into_inner()
    }

    #[test]
    fn bytes_tell_the_format() {
        let mut encrypted = CFB.to_vec();
        encrypted.extend(wide("EncryptedPackage"));
        for (bytes, expected) in [
            (&b""[..], "W005"),
            (&b"PK\x03\x04....[Content_Types].xml"[..], "W003"),
            (&archive("xl/workbook.xml")[..], "xlsx"),
            (&archive("[Content_Types].xml")[..], "xlsx"),
            (&archive("xl/workbook.bin")[..], "W010"),
            (&archive("content.xml")[..], "W010"),
            (&archive("readme.md")[..], "W010"),
            (&archive("xl/workbook.xml")[..60], "W003"),
            (&encrypted[..], "W002"),
            (CFB, "W010"),
            (&b"\x09\x08\x10\x00\x00"[..], "W010"),
            (&b" <html><table>"[..], "W010"),
            (&b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>"[..], "W010"),
            (&b"%PDF-1.7"[..], "W010"),
            (&b"\x00\x01\x02"[..], "W001"),
            (&b"a,b\n1,2"[..], "csv"),
            (&b"\xFF\xFEa\x00"[..], "csv"),
        ] {
            assert_eq!(code(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}

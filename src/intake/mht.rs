//! Web archives (MIME HTML), as Excel and WPS save a workbook as one page under the ending .xls: the pages inside are read.

use super::{
    book::ListedBook,
    encoding::{beginning, decode_as},
    html,
    raw::Fault,
};
use crate::model::Message;
use std::borrow::Cow;

/// Archives inside archives that are followed, and parts that are looked at.
const DEPTH: usize = 4;
const PARTS: usize = 1024;

/// Whether a file begins as such an archive does.
pub(crate) fn is_archive(beginning: &str) -> bool {
    let head = beginning.split("\n\n").next().unwrap_or(beginning);
    let head = head.split("\r\n\r\n").next().unwrap_or(head).to_ascii_lowercase();
    let has = |name: &str| head.lines().any(|line| line.starts_with(name));
    has("mime-version:") && has("content-type:")
}

/// The tables of the pages inside, as the sheets of one workbook.
///
/// # Errors
/// When a page cannot be decoded, or there is too much in it.
pub(crate) fn open(bytes: &[u8], name: &str) -> Result<ListedBook, Fault> {
    let mut book = ListedBook::default();
    let mut left = PARTS;
    part(bytes, name, DEPTH, &mut left, &mut book)?;
    Ok(book)
}

/// Reads a part: its pages if it is made of parts, itself if it is a page.
fn part(bytes: &[u8], name: &str, depth: usize, left: &mut usize, book: &mut ListedBook) -> Result<(), Fault> {
    let (head, body) = split_head(bytes);
    let head = String::from_utf8_lossy(head);
    let header = |wanted: &str| header(&head, wanted);
    let kind = header("content-type").unwrap_or_default();
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") {
        let Some(boundary) = parameter(&kind, "boundary").filter(|_| depth > 0) else { return Ok(()) };
        for inner in parts(body, boundary.as_bytes()) {
            *left = left
                .checked_sub(1)
                .ok_or_else(|| Fault::TooMuch { what: Message::new("fault.parts"), limit: PARTS as u64 })?;
            part(inner, name, depth - 1, left, book)?;
        }
        return Ok(());
    }
    if !lower.starts_with("text/html") {
        return Ok(());
    }
    let body = match header("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
        "quoted-printable" => Cow::Owned(quoted_printable(body)),
        "base64" => Cow::Owned(base64(body)),
        _ => Cow::Borrowed(body),
    };
    let begin = beginning(&body);
    let label = parameter(&kind, "charset").or_else(|| html::named_encoding(&begin).map(str::to_owned));
    html::read(&decode_as(label.as_deref(), &body)?, name, book)
}

/// The header lines and what stands behind the blank line.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    // A part may begin with its body at once.
    if let Some(body) = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n")) {
        return (&[], body);
    }
    let ends = [&b"\r\n\r\n"[..], b"\n\n"];
    let end = ends.iter().filter_map(|end| Some((memchr::memmem::find(bytes, end)?, end.len()))).min();
    end.map_or((bytes, &[]), |(at, length)| (&bytes[..at], &bytes[at + length..]))
}

/// A header's value, its continued lines joined.
fn header(head: &str, wanted: &str) -> Option<String> {
    let mut lines = head.lines();
    let mut value = loop {
        let (name, value) = lines.next()?.split_once(':').unwrap_or_default();
        if name.trim().eq_ignore_ascii_case(wanted) {
            break value.trim().to_owned();
        }
    };
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push(' ');
        value.push_str(line.trim());
    }
    Some(value)
}

/// A parameter of a header's value, without its quotes.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// What stands between the lines that begin with a boundary.
fn parts<'b>(body: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
    let mark = [b"--", boundary].concat();
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for at in memchr::memmem::find_iter(body, &mark) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let end = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |n| at + n + 1);
        cuts.push((at, end));
        if body[at + mark.len()..].starts_with(b"--") {
            break;
        }
    }
    // An archive that was cut off has no last boundary.
    let ends = cuts.iter().skip(1).map(|(at, _)| *at).chain([body.len()]);
    let inner = cuts.iter().zip(ends).map(|((_, start), end)| &body[(*start).min(end)..end]);
    let closed = cuts.last().is_some_and(|(at, _)| body[at + mark.len()..].starts_with(b"--"));
    let count = if closed { cuts.len() - 1 } else { cuts.len() };
    inner.take(count).collect()
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        if body[at] != b'=' {
            out.push(body[at]);
            at += 1;
            continue;
        }
        let rest = &body[at + 1..];
        // A line that goes on in the next.
        if rest.starts_with(b"\r\n") {
            at += 3;
        } else if rest.starts_with(b"\n") {
            at += 2;
        } else if let [high, low, ..] = rest
            && let Some((high, low)) = digit(*high).zip(digit(*low))
        {
            out.push(high * 16 + low);
            at += 3;
        } else {
            out.push(b'=');
            at += 1;
        }
    }
    out
}

fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::book::Book;

    fn names(archive: &str) -> Vec<String> {
        let book = open(archive.as_bytes(), "周报").expect("read");
        let sheets = book.sheets().into_iter().zip(&book.sheets);
        sheets.map(|(head, (_, rows))| format!("{} {:?}", head.name, rows[0].cells)).collect()
    }

    #[test]
    fn the_pages_of_an_archive_are_its_sheets() {
        let archive = "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"x=1\"\r\n\r\nnothing\r\n--x=1\r\n\
            Content-Type: text/css\r\n\r\n<table><td>no</table>\r\n--x=1\r\nContent-Location: file:///a.htm\r\n\
            Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"gb2312\"\r\n\r\n\
            <table><td>=B1=E0=\r\n=BA=C5</table>=3Dx\r\n--x=1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\
            \r\nPHRhYmxlPjx0ZD7nvJbl\r\nj7c8L3RhYmxlPg==\r\n--x=1--\r\n<table><td>behind</table>";
        assert_eq!(names(archive), ["周报 [(0, Text(\"编号\"))]", "周报 (2) [(0, Text(\"编号\"))]"]);
        assert_eq!(
            names("MIME-Version: 1.0\nContent-Type: text/html\n\n<table><td>a</table>"),
            ["周报 [(0, Text(\"a\"))]"]
        );
        assert!(is_archive(archive) && !is_archive("编号,姓名\r\n") && !is_archive("MIME-Version: 1.0"));
    }

    #[test]
    fn an_archive_cut_off_or_turned_in_itself_ends() {
        assert_eq!(
            names("Content-Type: multipart/mixed; boundary=x\n\n--x\n\n--x\nContent-Type: text/html\n\n<table><td>a"),
            ["周报 [(0, Text(\"a\"))]"]
        );
        let inner = "Content-Type: multipart/mixed; boundary=x\n\n--x\n".repeat(50);
        assert!(names(&inner).is_empty());
    }
}

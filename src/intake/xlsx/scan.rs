//! A quick look at XML in the shape that programs write it in. It knows less than XML has, and says so: whoever meets
//! [`Irregular`] begins again with a real parser.

use super::strings::decoded;
use std::borrow::Cow;

/// Something that is XML perhaps, but not in the plain shape.
#[derive(Debug, PartialEq)]
pub(super) struct Irregular;

/// A place in the bytes of a part.
#[derive(Clone, Copy)]
pub(super) struct Scan<'b> {
    bytes: &'b [u8],
    /// The next byte.
    pub at: usize,
}

impl<'b> Scan<'b> {
    /// Goes on in `bytes` at a place.
    pub fn at(bytes: &'b [u8], at: usize) -> Scan<'b> {
        Scan { bytes, at }
    }

    /// The part right behind the name of its first element called `name`, such as `<sheetData`; only for UTF-8 without
    /// comments, document types and processing instructions before it, and without `forbidden`.
    pub fn open(bytes: &'b [u8], name: &str, forbidden: &str) -> Result<Scan<'b>, Irregular> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let start = memchr::memmem::find(bytes, name.as_bytes()).ok_or(Irregular)?;
        let head = std::str::from_utf8(&bytes[..start]).map_err(|_| Irregular)?;
        let rest = match head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
            Some((declaration, rest)) => {
                let declaration = declaration.to_ascii_lowercase();
                if declaration.contains("encoding") && !declaration.contains("utf-8") {
                    return Err(Irregular);
                }
                rest
            }
            None => head,
        };
        let plain = !rest.contains("<!") && !rest.contains("<?") && (forbidden.is_empty() || !rest.contains(forbidden));
        if plain { Ok(Scan { bytes, at: start + name.len() }) } else { Err(Irregular) }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Passes over blanks between elements.
    pub fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Takes these bytes when they come next.
    pub fn take(&mut self, wanted: &str) -> bool {
        let comes = self.bytes[self.at..].starts_with(wanted.as_bytes());
        self.at += if comes { wanted.len() } else { 0 };
        comes
    }

    /// Takes `<name` when an element of this very name comes next.
    pub fn element(&mut self, start: &str) -> bool {
        let ends = matches!(self.bytes.get(self.at + start.len()), Some(b'>' | b'/' | b' ' | b'\n' | b'\r' | b'\t'));
        ends && self.take(start)
    }

    /// Reads the rest of a start tag, each attribute by name and value; whether the element is empty.
    pub fn attributes(
        &mut self,
        mut each: impl FnMut(&'b [u8], &'b [u8]) -> Result<(), Irregular>,
    ) -> Result<bool, Irregular> {
        loop {
            self.blanks();
            match self.peek() {
                Some(b'>') => {
                    self.at += 1;
                    return Ok(false);
                }
                Some(b'/') => return if self.take("/>") { Ok(true) } else { Err(Irregular) },
                _ => {}
            }
            let name = self.at;
            while self
                .peek()
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.'))
            {
                self.at += 1;
            }
            let name = &self.bytes[name..self.at];
            let quote = match self.bytes.get(self.at..self.at + 2) {
                Some(b"=\"") => b'"',
                Some(b"='") => b'\'',
                _ => return Err(Irregular),
            };
            self.at += 2;
            let value = self.at;
            while self.peek().is_some_and(|byte| byte != quote && byte != b'&' && byte != b'<') {
                self.at += 1;
            }
            if self.peek() != Some(quote) || name.is_empty() {
                return Err(Irregular);
            }
            each(name, &self.bytes[value..self.at])?;
            self.at += 1;
        }
    }

    /// The text up to the end tag given, which has to come right behind it. References are resolved.
    pub fn text(&mut self, end: &str) -> Result<Cow<'b, str>, Irregular> {
        let length = memchr::memchr(b'<', &self.bytes[self.at..]).ok_or(Irregular)?;
        let bytes = &self.bytes[self.at..self.at + length];
        self.at += length;
        let text = std::str::from_utf8(bytes).map_err(|_| Irregular)?;
        if !self.take(end) || bytes.contains(&b'\r') {
            return Err(Irregular);
        }
        if bytes.contains(&b'&') {
            quick_xml::escape::unescape(text).map_err(|_| Irregular)
        } else {
            Ok(Cow::Borrowed(text))
        }
    }
}

/// The texts of a table of shared strings that holds nothing but plain ones.
pub(super) fn plain_strings(bytes: &[u8]) -> Result<Vec<std::sync::Arc<str>>, Irregular> {
    let mut scan = Scan::open(bytes, "<sst", "<si")?;
    let mut strings = Vec::new();
    if scan.attributes(|_, _| Ok(()))? {
        return Err(Irregular);
    }
    loop {
        scan.blanks();
        if scan.take("</sst>") {
            return Ok(strings);
        }
        if !scan.take("<si>") || !scan.element("<t") {
            return Err(Irregular);
        }
        let text = if scan.attributes(|_, _| Ok(()))? { Cow::Borrowed("") } else { scan.text("</t>")? };
        if !scan.take("</si>") {
            return Err(Irregular);
        }
        strings.push(if text.contains("_x") { decoded(&text).into() } else { (&*text).into() });
    }
}

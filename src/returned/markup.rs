//! The tags of an XML part with their byte positions, for splicing.

use super::{ReturnedError, splice::Splices};
use quick_xml::{Reader, escape, events::Event};
use std::{borrow::Cow, ops::Range};

/// The kind of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Empty,
    Close,
}

/// One tag of a part.
#[derive(Clone, Debug)]
pub(super) struct Tag<'a> {
    pub kind: Kind,
    /// The name as written, with its prefix.
    pub name: &'a str,
    /// Where it stands, from `<` to behind `>`.
    pub span: Range<usize>,
    /// Number of elements around this one: 0 for the root.
    pub depth: usize,
    text: &'a str,
}

/// One attribute of a tag.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub name: &'a str,
    /// The value between its quotes, as written.
    pub raw: &'a str,
    /// Where the value stands.
    pub value: Range<usize>,
}

impl Attribute<'_> {
    /// The value with its entities resolved; as written where they cannot be.
    pub fn value(&self) -> Cow<'_, str> {
        escape::unescape(self.raw).unwrap_or(Cow::Borrowed(self.raw))
    }
}

impl<'a> Tag<'a> {
    /// The name without its prefix.
    pub fn local(&self) -> &'a str {
        local(self.name)
    }

    /// Whether this starts an element.
    pub fn opens(&self) -> bool {
        self.kind != Kind::Close
    }

    /// Its attributes, as far as they can be read.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> {
        let text = self.text;
        let mut at = self.span.start + 1 + self.name.len();
        let end = self.span.end;
        std::iter::from_fn(move || {
            let bytes = text.as_bytes();
            let skip = |mut i: usize| {
                while i < end && bytes[i].is_ascii_whitespace() {
                    i += 1;
                }
                i
            };
            let name_start = skip(at);
            let mut i = name_start;
            while i < end && !matches!(bytes[i], b'=' | b'>' | b'/') && !bytes[i].is_ascii_whitespace() {
                i += 1;
            }
            let name_end = i;
            i = skip(i);
            if name_end == name_start || i >= end || bytes[i] != b'=' {
                return None;
            }
            i = skip(i + 1);
            let quote = *bytes[..end].get(i)?;
            if quote != b'"' && quote != b'\'' {
                return None;
            }
            let value_start = i + 1;
            let len = bytes[value_start..end].iter().position(|b| *b == quote)?;
            let value = value_start..value_start + len;
            at = value.end + 1;
            Some(Attribute { name: text.get(name_start..name_end)?, raw: text.get(value.clone())?, value })
        })
    }

    /// The attribute of that name, prefix included.
    pub fn attribute(&self, name: &str) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// An attribute's value with its entities resolved.
    pub fn value(&self, name: &str) -> Option<String> {
        self.attribute(name).map(|attribute| attribute.value().into_owned())
    }

    /// An attribute's value as a number.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.attribute(name).and_then(|attribute| attribute.raw.trim().parse().ok())
    }

    /// The value of `r:id`, whatever the prefix.
    pub fn relation_id(&self) -> Option<String> {
        let found = self.attributes().find(|attribute| attribute.name.contains(':') && local(attribute.name) == "id");
        found.map(|attribute| attribute.value().into_owned())
    }

    /// Sets an attribute: its value when it is there, else as the first attribute. `value` needs no escaping.
    pub fn set(&self, name: &str, value: &str, splices: &mut Splices) {
        match self.attribute(name) {
            Some(attribute) => splices.replace(attribute.value, value),
            None => splices.insert(self.span.start + 1 + self.name.len(), format!(" {name}=\"{value}\"")),
        }
    }
}

/// The tags of a part, one after the other. Checks that they nest.
pub(super) struct Tags<'a> {
    part: &'a str,
    text: &'a str,
    reader: Reader<&'a [u8]>,
    base: usize,
    depth: usize,
}

impl<'a> Tags<'a> {
    pub fn new(part: &'a str, text: &'a str) -> Self {
        let base = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Tags { part, text, reader: Reader::from_str(&text[base..]), base, depth: 0 }
    }

    /// The next tag; `None` at the end of a well-formed part.
    pub fn next(&mut self) -> Result<Option<Tag<'a>>, ReturnedError> {
        let bad = |why: String| ReturnedError::malformed(self.part, why);
        loop {
            let start = self.base + usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            let event = self.reader.read_event().map_err(|error| bad(error.to_string()))?;
            let end = self.base + usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            let kind = match event {
                Event::Start(_) => Kind::Open,
                Event::Empty(_) => Kind::Empty,
                Event::End(_) => Kind::Close,
                Event::DocType(_) => return Err(bad("DOCTYPE".to_owned())),
                Event::Eof if self.depth > 0 => return Err(bad("unexpected end".to_owned())),
                Event::Eof => return Ok(None),
                _ => continue,
            };
            let whole = self.text.get(start..end).unwrap_or_default();
            let Some(inner) = whole.strip_prefix(if kind == Kind::Close { "</" } else { "<" }) else {
                return Err(bad("tag out of place".to_owned()));
            };
            let name_len = inner.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(inner.len());
            if kind == Kind::Close {
                self.depth = self.depth.saturating_sub(1);
            }
            let tag = Tag { kind, name: &inner[..name_len], span: start..end, depth: self.depth, text: self.text };
            if kind == Kind::Open {
                self.depth += 1;
            }
            return Ok(Some(tag));
        }
    }

    /// Reads on behind the end of `open` and returns its closing tag; `open` itself when it is empty.
    pub fn close_of(&mut self, open: &Tag<'a>) -> Result<Tag<'a>, ReturnedError> {
        if open.kind == Kind::Empty {
            return Ok(open.clone());
        }
        while let Some(tag) = self.next()? {
            if tag.kind == Kind::Close && tag.depth == open.depth {
                return Ok(tag);
            }
        }
        Err(ReturnedError::malformed(self.part, "unexpected end"))
    }
}

/// What the root element of a part says about names.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// Local name of the root element.
    pub name: String,
    /// The prefix of the part's main namespace, with its colon; empty for the default namespace.
    pub prefix: String,
    /// The main namespace.
    pub namespace: String,
    /// The prefix bound to the relationships namespace, without colon.
    pub relations: Option<String>,
    /// Where its tag ends.
    pub end: usize,
    /// The root has no content at all.
    pub empty: bool,
}

impl Root {
    pub fn read(part: &str, text: &str) -> Result<Root, ReturnedError> {
        let Some(tag) = Tags::new(part, text).next()? else { return Err(ReturnedError::malformed(part, "no root")) };
        let prefix = match tag.name.rsplit_once(':') {
            Some((prefix, _)) => format!("{prefix}:"),
            None => String::new(),
        };
        let declared =
            if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{}", prefix.trim_end_matches(':')) };
        let relations = tag.attributes().find_map(|attribute| {
            let bound = attribute.name.strip_prefix("xmlns:")?;
            [true, false].iter().any(|strict| attribute.raw == relations_namespace(*strict)).then(|| bound.to_owned())
        });
        Ok(Root {
            name: tag.local().to_owned(),
            namespace: tag.value(&declared).unwrap_or_default(),
            prefix,
            relations,
            end: tag.span.end,
            empty: tag.kind == Kind::Empty,
        })
    }

    /// The part follows ISO 29500 strict.
    pub fn strict(&self) -> bool {
        self.namespace.starts_with("http://purl.oclc.org/")
    }

    /// Whether a tag is that element of the main namespace.
    pub fn is(&self, tag: &Tag<'_>, local: &str) -> bool {
        tag.name.strip_prefix(self.prefix.as_str()) == Some(local)
    }

    /// `r:id="…"` as this part may write it, with the declaration where the root has none.
    pub fn relation_attribute(&self, id: &str) -> String {
        match &self.relations {
            Some(prefix) => format!("{prefix}:id=\"{id}\""),
            None => format!("xmlns:r=\"{}\" r:id=\"{id}\"", relations_namespace(self.strict())),
        }
    }
}

/// The namespace of `r:id`, and the base of relationship types.
pub(super) fn relations_namespace(strict: bool) -> &'static str {
    if strict {
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    } else {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// `text` for an attribute or an element: markup escaped, characters that XML cannot hold as spaces.
pub(super) fn escaped(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| match c {
            '\t' | '\n' => c,
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => ' ',
            c => c,
        })
        .collect();
    escape::partial_escape(clean.as_str()).replace('"', "&quot;")
}

/// `text` for the content of `<t>`: as [`escaped`], and what Excel would take for its own `_xHHHH_` escape kept literal.
pub(super) fn escaped_text(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let code = text.as_bytes().get(at..at + 7).unwrap_or_default();
        let is_escape =
            code.len() == 7 && code[..2] == *b"_x" && code[6] == b'_' && code[2..6].iter().all(u8::is_ascii_hexdigit);
        kept.push_str(if is_escape { "_x005F" } else { "" });
        kept.push(c);
    }
    escaped(&kept)
}

/// The text of an element's content: tags dropped, entities resolved.
pub(super) fn unescaped(content: &str) -> String {
    escape::unescape(content).map(Cow::into_owned).unwrap_or_else(|_| content.to_owned())
}

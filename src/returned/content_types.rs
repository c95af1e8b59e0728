//! `[Content_Types].xml`: what each part is.

use super::{
    ReturnedError,
    markup::{Kind, Root, Tags, escaped},
    package::Package,
    splice::Splices,
};
use std::ops::Range;

const PART: &str = "[Content_Types].xml";

/// The content types of a package, and the edits to them.
pub(super) struct ContentTypes {
    text: String,
    prefix: String,
    end: usize,
    defaults: Vec<String>,
    overrides: Vec<(String, Range<usize>)>,
    added: String,
    splices: Splices,
}

impl ContentTypes {
    pub fn read(package: &mut Package<'_>) -> Result<Self, ReturnedError> {
        let Some(text) = package.text(PART)? else {
            return Err(ReturnedError::unpatchable("not an xlsx package"));
        };
        let root = Root::read(PART, &text)?;
        let (mut defaults, mut overrides, mut end) = (Vec::new(), Vec::new(), None);
        let mut tags = Tags::new(PART, &text);
        while let Some(tag) = tags.next()? {
            if tag.depth == 0 && tag.kind == Kind::Close {
                end = Some(tag.span.start);
            }
            if !tag.opens() || tag.depth != 1 {
                continue;
            }
            match tag.local() {
                "Default" => defaults.push(tag.value("Extension").unwrap_or_default().to_lowercase()),
                "Override" => {
                    let name = tag.value("PartName").unwrap_or_default().trim_start_matches('/').to_lowercase();
                    let close = tags.close_of(&tag)?;
                    overrides.push((name, tag.span.start..close.span.end));
                }
                _ => {}
            }
        }
        let Some(end) = end else { return Err(ReturnedError::malformed(PART, "empty")) };
        Ok(ContentTypes {
            prefix: root.prefix,
            end,
            defaults,
            overrides,
            added: String::new(),
            splices: Splices::default(),
            text,
        })
    }

    /// Says what a new part is.
    pub fn add(&mut self, part: &str, content_type: &str) {
        let (prefix, part) = (&self.prefix, escaped(part));
        self.added += &format!("<{prefix}Override PartName=\"/{part}\" ContentType=\"{content_type}\"/>");
    }

    /// Says what parts with a file ending are, unless that is said already.
    pub fn add_default(&mut self, ending: &str, content_type: &str) {
        if !self.defaults.iter().any(|known| known == ending) {
            self.defaults.push(ending.to_owned());
            let prefix = &self.prefix;
            self.added += &format!("<{prefix}Default Extension=\"{ending}\" ContentType=\"{content_type}\"/>");
        }
    }

    /// Writes the edits into the package; entries of parts that were removed go.
    pub fn save(mut self, package: &mut Package<'_>) -> Result<(), ReturnedError> {
        for (_, span) in self.overrides.iter().filter(|(part, _)| package.is_removed(part)) {
            self.splices.remove(span.clone());
        }
        if !self.added.is_empty() {
            self.splices.insert(self.end, self.added);
        }
        package.patch(PART, &self.text, self.splices)
    }
}

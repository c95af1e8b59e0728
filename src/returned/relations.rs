//! Relationships: which part points to which.

use super::{
    ReturnedError,
    markup::{Kind, Root, Tags, escaped, relations_namespace},
    package::Package,
    splice::Splices,
};
use std::ops::Range;

const PACKAGE_NAMESPACE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// One relationship to a part inside the package.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub id: String,
    /// Its type, a URI.
    pub kind: String,
    /// The part it points to, without leading slash.
    pub target: String,
    span: Range<usize>,
}

/// The relationships of one part, and the edits to them.
pub(super) struct Relations {
    part: String,
    source: String,
    text: Option<String>,
    /// Those to parts inside the package, in file order.
    pub list: Vec<Relation>,
    ids: Vec<String>,
    added: String,
    splices: Splices,
    prefix: String,
    /// Where new ones go: the end of the list, or the empty root.
    end: Range<usize>,
    empty_root: bool,
}

/// The part that holds the relationships of `source`; of the package for the empty name.
pub(super) fn relations_part(source: &str) -> String {
    let (folder, file) = source.rsplit_once('/').map_or(("", source), |(folder, file)| (folder, file));
    if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") }
}

/// The part a target names, seen from `source`.
pub(super) fn resolve(source: &str, target: &str) -> String {
    let target = target.split(['#', '?']).next().unwrap_or_default().replace('\\', "/");
    let mut path: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => source.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

impl Relations {
    /// Reads the relationships of a part; none when it has no relationships part.
    pub fn read(package: &mut Package<'_>, source: &str) -> Result<Self, ReturnedError> {
        let part = relations_part(source);
        let text = package.text(&part)?;
        let mut relations = Relations {
            source: source.to_owned(),
            list: Vec::new(),
            ids: Vec::new(),
            added: String::new(),
            splices: Splices::default(),
            prefix: String::new(),
            end: 0..0,
            empty_root: false,
            part,
            text: None,
        };
        if let Some(text) = text {
            relations.scan(package, &text)?;
            relations.text = Some(text);
        }
        Ok(relations)
    }

    fn scan(&mut self, package: &Package<'_>, text: &str) -> Result<(), ReturnedError> {
        let root = Root::read(&self.part, text)?;
        self.prefix = root.prefix.clone();
        self.empty_root = root.empty;
        let mut tags = Tags::new(&self.part, text);
        while let Some(tag) = tags.next()? {
            if tag.depth == 0 && (tag.kind == Kind::Close || root.empty) {
                self.end = tag.span.clone();
            }
            if !tag.opens() || tag.depth != 1 || tag.local() != "Relationship" {
                continue;
            }
            let span = tag.span.start..tags.close_of(&tag)?.span.end;
            let id = tag.value("Id").unwrap_or_default();
            self.ids.push(id.clone());
            if tag.value("TargetMode").is_some_and(|mode| mode == "External") {
                continue;
            }
            let named = resolve(&self.source, &tag.value("Target").unwrap_or_default());
            let target = if package.has(&named) { named } else { decoded(&named) };
            let kind = tag.value("Type").unwrap_or_default();
            self.list.push(Relation { id, kind, target, span });
        }
        Ok(())
    }

    /// The first relationship whose type ends with `/kind`: the same word in strict and transitional packages.
    pub fn find(&self, kind: &str) -> Option<&Relation> {
        self.list.iter().find(|one| one.kind.rsplit('/').next() == Some(kind))
    }

    /// The relationship of that id.
    pub fn by_id(&self, id: &str) -> Option<&Relation> {
        self.list.iter().find(|one| one.id == id)
    }

    /// Adds a relationship of an Office type (`worksheet`, `comments`, …) and returns its id.
    pub fn add(&mut self, kind: &str, target: &str, strict: bool) -> String {
        self.add_typed(&format!("{}/{kind}", relations_namespace(strict)), target)
    }

    /// Adds a relationship of any type and returns its id.
    pub fn add_typed(&mut self, kind: &str, target: &str) -> String {
        let highest = self.ids.iter().filter_map(|id| id.strip_prefix("rId")?.parse::<u32>().ok()).max().unwrap_or(0);
        let mut number = highest.saturating_add(1);
        while self.ids.iter().any(|id| *id == format!("rId{number}")) {
            number = number.wrapping_add(1);
        }
        let id = format!("rId{number}");
        self.ids.push(id.clone());
        let (prefix, target) = (&self.prefix, escaped(&relative(&self.source, target)));
        self.added += &format!("<{prefix}Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>");
        id
    }

    /// Takes a relationship out.
    pub fn remove(&mut self, id: &str) {
        if let Some(at) = self.list.iter().position(|one| one.id == id) {
            let one = self.list.remove(at);
            self.splices.remove(one.span);
        }
    }

    /// Writes the edits into the package. Returns whether the part is new.
    pub fn save(mut self, package: &mut Package<'_>) -> Result<(), ReturnedError> {
        let Some(text) = self.text else {
            if !self.added.is_empty() {
                let list = &self.added;
                let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
                let text = format!("{xml}<Relationships xmlns=\"{PACKAGE_NAMESPACE}\">{list}</Relationships>");
                package.add(&self.part, text);
            }
            return Ok(());
        };
        if !self.added.is_empty() && self.empty_root {
            let open = text[self.end.clone()].trim_end_matches('>').trim_end_matches('/').trim_end();
            let text = format!("{open}>{}</{}Relationships>", self.added, self.prefix);
            self.splices.replace(self.end.clone(), text);
        } else if !self.added.is_empty() {
            self.splices.insert(self.end.start, self.added);
        }
        package.patch(&self.part, &text, self.splices)
    }
}

/// `target` relative to the folder of `source` when it lies below it, else from the package's root.
fn relative(source: &str, target: &str) -> String {
    let folder = source.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    match target.strip_prefix(folder.as_str()) {
        Some(below) => below.to_owned(),
        None => format!("/{target}"),
    }
}

/// Percent escapes of a part name resolved.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_resolve_absolute_relative_and_upwards() {
        assert_eq!(resolve("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl/workbook.xml", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("xl/worksheets/sheet1.xml", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolve("", "xl/workbook.xml"), "xl/workbook.xml");
        assert_eq!(resolve("", "../../etc/passwd"), "etc/passwd");
        assert_eq!(relations_part("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(relations_part(""), "_rels/.rels");
        assert_eq!(decoded("xl/a%20b%2.xml"), "xl/a b%2.xml");
    }
}

//! The workbook part: its sheets, names and views; our sheet put in front and taken out.

use super::{
    RESULT_SHEET, ReturnedError,
    markup::{Kind, Root, Tags, escaped, unescaped},
    package::Package,
    relations::Relations,
    splice::Splices,
};
use std::ops::Range;

/// One sheet of the workbook.
#[derive(Clone, Debug)]
pub(super) struct BookSheet {
    pub name: String,
    /// Its part; `None` when its relationship is broken.
    pub part: Option<String>,
    /// Id of its relationship.
    pub relation: String,
    span: Range<usize>,
}

/// One defined name.
#[derive(Clone, Debug)]
pub(super) struct DefinedName {
    pub name: String,
    pub value: String,
    /// The index of the sheet it is local to, and where that stands.
    scope: Option<(usize, Range<usize>)>,
    span: Range<usize>,
}

/// A name that our sheet brings along: name, value, whether it is local to our sheet.
pub(super) struct NewName {
    pub name: String,
    pub value: String,
    pub local: bool,
}

/// The workbook part.
pub(super) struct Book {
    pub part: String,
    pub root: Root,
    pub sheets: Vec<BookSheet>,
    pub names: Vec<DefinedName>,
    pub relations: Relations,
    text: String,
    /// `activeTab` and `firstSheet` of every view.
    active: Vec<(usize, Range<usize>)>,
    first: Vec<(usize, Range<usize>)>,
    highest_id: u32,
    names_span: Option<Range<usize>>,
    names_end: Option<usize>,
    /// Where `definedNames` goes when there is none, and where the first sheet goes.
    names_at: usize,
    sheets_open: usize,
}

impl Book {
    /// Finds the workbook part and reads it.
    ///
    /// # Errors
    /// Unpatchable when the package is signed or no spreadsheet in XML.
    pub fn read(package: &mut Package<'_>) -> Result<Book, ReturnedError> {
        let origin = Relations::read(package, "")?;
        if origin.list.iter().any(|one| one.kind.ends_with("/digital-signature/origin")) {
            return Err(ReturnedError::unpatchable("digitally signed"));
        }
        let none = || ReturnedError::unpatchable("not an xlsx workbook");
        let part = origin.find("officeDocument").ok_or_else(none)?.target.clone();
        if part.to_lowercase().ends_with(".bin") {
            return Err(ReturnedError::unpatchable("an xlsb workbook; save it as xlsx"));
        }
        let text = package.text(&part)?.ok_or_else(none)?;
        let root = Root::read(&part, &text)?;
        if root.name != "workbook" {
            return Err(none());
        }
        let relations = Relations::read(package, &part)?;
        let mut book = Book {
            sheets: Vec::new(),
            names: Vec::new(),
            relations,
            active: Vec::new(),
            first: Vec::new(),
            highest_id: 0,
            names_span: None,
            names_end: None,
            names_at: 0,
            sheets_open: 0,
            part,
            root,
            text: String::new(),
        };
        book.scan(&text)?;
        book.text = text;
        if book.sheets.is_empty() {
            return Err(none());
        }
        Ok(book)
    }

    fn scan(&mut self, text: &str) -> Result<(), ReturnedError> {
        let (part, root) = (self.part.clone(), self.root.clone());
        let mut tags = Tags::new(&part, text);
        while let Some(tag) = tags.next()? {
            if tag.depth == 1 {
                let ends = tag.kind != Kind::Open;
                if root.is(&tag, "sheets") && tag.opens() {
                    self.sheets_open = tag.span.end;
                }
                let before_names =
                    ["sheets", "functionGroups", "externalReferences"].iter().any(|name| root.is(&tag, name));
                if before_names && ends {
                    self.names_at = tag.span.end;
                }
                if root.is(&tag, "definedNames") {
                    if tag.opens() {
                        self.names_span = Some(tag.span.clone());
                    }
                    if let Some(span) = self.names_span.as_mut().filter(|_| tag.kind == Kind::Close) {
                        span.end = tag.span.end;
                        self.names_end = Some(tag.span.start);
                    }
                }
                continue;
            }
            if tag.depth != 2 || !tag.opens() {
                continue;
            }
            if root.is(&tag, "sheet") {
                let close = tags.close_of(&tag)?;
                let relation = tag.relation_id().unwrap_or_default();
                self.highest_id = self.highest_id.max(tag.number("sheetId").unwrap_or(0));
                self.sheets.push(BookSheet {
                    name: tag.value("name").unwrap_or_default(),
                    part: self.relations.by_id(&relation).map(|one| one.target.clone()),
                    relation,
                    span: tag.span.start..close.span.end,
                });
            } else if root.is(&tag, "workbookView") {
                let number =
                    |name: &str| tag.attribute(name).map(|found| (found.raw.trim().parse().unwrap_or(0), found.value));
                self.active.extend(number("activeTab"));
                self.first.extend(number("firstSheet"));
            } else if root.is(&tag, "definedName") {
                let close = tags.close_of(&tag)?;
                let scope = tag.attribute("localSheetId");
                self.names.push(DefinedName {
                    name: tag.value("name").unwrap_or_default(),
                    value: unescaped(text.get(tag.span.end..close.span.start).unwrap_or_default()),
                    scope: scope.and_then(|scope| Some((scope.raw.trim().parse().ok()?, scope.value))),
                    span: tag.span.start..close.span.end,
                });
            }
        }
        Ok(())
    }

    /// The folder of the workbook part, with a slash behind it; empty at the root.
    pub fn folder(&self) -> String {
        self.part.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"))
    }

    /// A name for our sheet that no sheet has; Excel compares them without case.
    pub fn free_sheet_name(&self) -> String {
        let taken = |name: &str| self.sheets.iter().any(|sheet| sheet.name.to_lowercase() == name.to_lowercase());
        let mut name = RESULT_SHEET.to_owned();
        let mut number = 2u32;
        while taken(&name) {
            name = format!("{RESULT_SHEET} ({number})");
            number += 1;
        }
        name
    }

    /// Puts our sheet in front and opens the workbook there. Whatever counts sheets by position moves by one.
    pub fn put_first(
        self,
        sheet_name: &str,
        relation: &str,
        names: &[NewName],
        package: &mut Package<'_>,
    ) -> Result<(), ReturnedError> {
        let prefix = &self.root.prefix;
        let mut splices = Splices::default();
        let (id, name) = (self.highest_id.saturating_add(1), escaped(sheet_name));
        let attribute = self.root.relation_attribute(relation);
        let sheet = format!("<{prefix}sheet name=\"{name}\" sheetId=\"{id}\" {attribute}/>");
        splices.insert(self.sheets_open, sheet);
        for (value, range) in self.active.iter().chain(&self.first) {
            if *value != 0 {
                splices.replace(range.clone(), "0");
            }
        }
        for (index, range) in self.names.iter().filter_map(|name| name.scope.as_ref()) {
            splices.replace(range.clone(), (index + 1).to_string());
        }
        let list: String = names
            .iter()
            .map(|one| {
                let scope = if one.local { " localSheetId=\"0\"" } else { "" };
                let hidden = if one.name == "_xlnm.Print_Titles" { "" } else { " hidden=\"1\"" };
                let (name, value) = (&one.name, escaped(&one.value));
                format!("<{prefix}definedName name=\"{name}\"{scope}{hidden}>{value}</{prefix}definedName>")
            })
            .collect();
        match (self.names_end, &self.names_span) {
            (Some(end), _) => splices.insert(end, list),
            (None, Some(empty)) => {
                splices.replace(empty.clone(), format!("<{prefix}definedNames>{list}</{prefix}definedNames>"));
            }
            (None, None) => {
                splices.insert(self.names_at, format!("<{prefix}definedNames>{list}</{prefix}definedNames>"));
            }
        }
        package.patch(&self.part, &self.text, splices)?;
        self.relations.save(package)
    }

    /// Takes the sheet at `ours` out, and the names for which `drop` holds and those local to it.
    pub fn take_out(
        mut self,
        ours: Option<usize>,
        drop: impl Fn(&DefinedName) -> bool,
        package: &mut Package<'_>,
    ) -> Result<(), ReturnedError> {
        let mut splices = Splices::default();
        let gone =
            |name: &DefinedName| drop(name) || name.scope.as_ref().is_some_and(|(index, _)| Some(*index) == ours);
        if !self.names.is_empty() && self.names.iter().all(gone) {
            splices.remove(self.names_span.clone().unwrap_or_default());
        } else {
            for name in &self.names {
                match &name.scope {
                    _ if gone(name) => splices.remove(name.span.clone()),
                    Some((index, range)) if ours.is_some_and(|ours| *index > ours) => {
                        splices.replace(range.clone(), (index - 1).to_string());
                    }
                    _ => {}
                }
            }
        }
        if let Some(ours) = ours {
            let last = self.sheets.len().saturating_sub(2);
            for (value, range) in self.active.iter().chain(&self.first) {
                let moved = if *value > ours { value - 1 } else { *value }.min(last);
                if moved != *value {
                    splices.replace(range.clone(), moved.to_string());
                }
            }
            let sheet = self.sheets.remove(ours);
            splices.remove(sheet.span);
            self.relations.remove(&sheet.relation);
        }
        package.patch(&self.part, &self.text, splices)?;
        self.relations.save(package)
    }
}

/// The sheet that a reference such as `'检查结果'!$A$1` names.
pub(super) fn sheet_of(reference: &str) -> Option<String> {
    let (sheet, _) = reference.rsplit_once('!')?;
    let bare = sheet.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    Some(bare.map_or_else(|| sheet.to_owned(), |quoted| quoted.replace("''", "'")))
}

/// A sheet's name as a reference writes it.
pub(super) fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

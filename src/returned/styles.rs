//! The styles part: fills for marks, formats that differ from hers in the fill alone, formats of the listing.

use super::{
    ReturnedError,
    markup::{Kind, Root, Tag, Tags, escaped},
    splice::Splices,
};
use crate::diagnostic::Severity;
use std::{collections::BTreeMap, ops::Range};

/// A styles part for packages that have none.
pub(super) const PLAIN: &str = "<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>\
<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/></cellXfs>\
<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>";

/// Excel opens no workbook with more formats.
const MAX_FORMATS: usize = 65_000;
/// Shades of one tint: the last three bits of each channel.
const SHADES: u32 = 512;
/// The fill of a cell without one.
pub(super) const NO_FILL: &str = "<fill><patternFill patternType=\"none\"/></fill>";
const GRAY_FILL: &str = "<fill><patternFill patternType=\"gray125\"/></fill>";

/// The tints, told apart by hue and by lightness, also by colour-blind readers: vermilion, yellow, blue. The last
/// three bits of each channel are free: they say which former fill a shade stands for.
fn tint(severity: Severity) -> u32 {
    match severity {
        Severity::Error => 0xf8c8b8,
        Severity::Warning => 0xf8f0a8,
        Severity::Notice => 0xc8e0f8,
    }
}

fn shade(severity: Severity, number: u32) -> u32 {
    tint(severity) + ((number & 7) << 16) + ((number >> 3 & 7) << 8) + (number >> 6 & 7)
}

/// Whether a colour, as `RRGGBB`, is a shade of one of our tints.
pub(super) fn is_shade(rgb: &str) -> bool {
    let Ok(colour) = u32::from_str_radix(rgb, 16) else { return false };
    [Severity::Error, Severity::Warning, Severity::Notice].iter().any(|severity| colour & 0xf8f8f8 == tint(*severity))
}

/// One list of the part: `fonts`, `fills`, `borders` or `cellXfs`.
#[derive(Default)]
struct Section {
    /// The whole element, its start tag, and its items.
    span: Range<usize>,
    open: Range<usize>,
    count: Option<Range<usize>>,
    items: Vec<Range<usize>>,
    empty: bool,
    found: bool,
    /// What is appended, and what goes before it when the list was empty or absent.
    added: Vec<String>,
    seed: Vec<&'static str>,
}

impl Section {
    fn next_index(&self) -> usize {
        let before = if self.items.is_empty() { self.seed.len() } else { self.items.len() };
        before + self.added.len()
    }

    fn push(&mut self, item: String) -> usize {
        let at = self.next_index();
        self.added.push(item);
        at
    }
}

/// The order of the lists in the part; a new list goes behind those before it.
const ORDER: [&str; 6] = ["numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs"];

/// The formats of the listing's cells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Looks {
    pub title: usize,
    pub note: usize,
    pub header: usize,
    pub text: usize,
    pub centred: usize,
    pub link: usize,
    pub error: usize,
    pub warning: usize,
    pub notice: usize,
}

/// The styles part, and what is appended to it.
pub(super) struct Styles {
    text: String,
    root: Root,
    sections: BTreeMap<&'static str, Section>,
    /// Fill index in the new list, and shade, by severity and former fill index.
    shades: BTreeMap<(Severity, usize), (usize, u32)>,
    next_shade: BTreeMap<Severity, u32>,
    /// Format index by former format index and severity.
    formats: BTreeMap<(u32, Severity), usize>,
}

impl Styles {
    /// Reads a styles part.
    pub fn read(part: &str, text: String) -> Result<Self, ReturnedError> {
        let root = Root::read(part, &text)?;
        if root.empty {
            return Err(ReturnedError::malformed(part, "empty"));
        }
        let sections = scan(part, &text, &root)?;
        let (shades, next_shade, formats) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Ok(Styles { text, root, sections, shades, next_shade, formats })
    }

    /// The format of a marked cell whose format was `former`: the same but for the fill. `None` when the workbook has
    /// no room for another format.
    pub fn marked(&mut self, former: u32, severity: Severity) -> Result<Option<usize>, ReturnedError> {
        if let Some(known) = self.formats.get(&(former, severity)) {
            return Ok(Some(*known));
        }
        if self.section("cellXfs").next_index() >= MAX_FORMATS {
            return Ok(None);
        }
        let items = &self.section("cellXfs").items;
        let xf = match items.get(former as usize).or(items.first()).cloned() {
            Some(span) => self.text[span].to_owned(),
            None => self.own(SEED_XF),
        };
        let Some(tag) = Tags::new("xf", &xf).next()? else { return Ok(None) };
        let Some(fill) = self.shaded(severity, tag.number("fillId").unwrap_or(0)) else { return Ok(None) };
        let mut splices = Splices::default();
        tag.set("fillId", &fill.to_string(), &mut splices);
        tag.set("applyFill", "1", &mut splices);
        let Some((xf, _)) = splices.apply(&xf) else { return Ok(None) };
        let index = self.section("cellXfs").push(xf);
        self.formats.insert((former, severity), index);
        Ok(Some(index))
    }

    /// The fill that marks cells whose fill was `former`: a shade that occurs nowhere in her styles.
    fn shaded(&mut self, severity: Severity, former: usize) -> Option<usize> {
        if let Some((index, _)) = self.shades.get(&(severity, former)) {
            return Some(*index);
        }
        let mut number = self.next_shade.get(&severity).copied().unwrap_or(0);
        while number < SHADES && self.occurs(shade(severity, number)) {
            number += 1;
        }
        if number >= SHADES {
            return None;
        }
        self.next_shade.insert(severity, number + 1);
        let colour = shade(severity, number);
        let fill = self.own(&solid(colour));
        let index = self.section("fills").push(fill);
        self.shades.insert((severity, former), (index, colour));
        Some(index)
    }

    fn occurs(&self, colour: u32) -> bool {
        self.text.contains(&format!("{colour:06X}")) || self.text.contains(&format!("{colour:06x}"))
    }

    /// Every shade in use as `RRGGBB`, with the fill it stands for, written without prefix.
    pub fn former_fills(&self) -> Vec<(String, String)> {
        let fills = &self.sections["fills"].items;
        let former = |index: usize| match fills.get(index) {
            Some(span) => without_prefix(&self.text[span.clone()], &self.root.prefix),
            None => NO_FILL.to_owned(),
        };
        self.shades.iter().map(|((_, index), (_, colour))| (format!("{colour:06X}"), former(*index))).collect()
    }

    /// Appends the formats of the listing. `None` when the workbook has no room for them.
    pub fn looks(&mut self) -> Option<Looks> {
        if self.section("cellXfs").next_index() + 9 >= MAX_FORMATS {
            return None;
        }
        let mut font = |rest: &str| {
            let name = "<name val=\"微软雅黑\"/><family val=\"2\"/><charset val=\"134\"/>";
            let xml = self.own(&format!("<font>{rest}{name}</font>"));
            self.section("fonts").push(xml)
        };
        let plain = font("<sz val=\"10\"/><color rgb=\"FF1F2933\"/>");
        let title = font("<b/><sz val=\"16\"/><color rgb=\"FF1F3A5F\"/>");
        let note = font("<sz val=\"10\"/><color rgb=\"FF52606D\"/>");
        let header = font("<b/><sz val=\"10\"/><color rgb=\"FFFFFFFF\"/>");
        let link = font("<u/><sz val=\"10\"/><color rgb=\"FF0B5CAD\"/>");
        let side = |name: &str| format!("<{name} style=\"thin\"><color rgb=\"FFD5DBE3\"/></{name}>");
        let sides: String = ["left", "right", "top", "bottom"].map(side).concat();
        let boxed = self.own(&format!("<border>{sides}<diagonal/></border>"));
        let boxed = self.section("borders").push(boxed);
        let dark = self.own(&solid(0x1f3a5f));
        let dark = self.section("fills").push(dark);
        let severity = [Severity::Error, Severity::Warning, Severity::Notice].map(|one| self.shaded(one, 0));
        let mut xf = |font: usize, fill: Option<usize>, border: usize, align: &str| {
            let fill = fill.unwrap_or(0);
            let xml = self.own(&format!(
                "<xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"{border}\" xfId=\"0\" applyFont=\"1\" \
                 applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\"><alignment {align}/></xf>"
            ));
            self.section("cellXfs").push(xml)
        };
        let (left, middle) =
            ("vertical=\"top\" wrapText=\"1\"", "horizontal=\"center\" vertical=\"top\" wrapText=\"1\"");
        Some(Looks {
            title: xf(title, None, 0, "vertical=\"center\""),
            note: xf(note, None, 0, "vertical=\"center\" wrapText=\"1\""),
            header: xf(header, Some(dark), boxed, "horizontal=\"center\" vertical=\"center\" wrapText=\"1\""),
            text: xf(plain, None, boxed, left),
            centred: xf(plain, None, boxed, middle),
            link: xf(link, None, boxed, middle),
            error: xf(plain, severity[0], boxed, middle),
            warning: xf(plain, severity[1], boxed, middle),
            notice: xf(plain, severity[2], boxed, middle),
        })
    }

    /// `xml` with this part's prefix.
    fn own(&self, xml: &str) -> String {
        with_prefix(xml, &self.root.prefix)
    }

    fn section(&mut self, name: &'static str) -> &mut Section {
        self.sections.entry(name).or_default()
    }

    /// The part's text as read, and the edits to it.
    pub fn finish(self) -> (String, Splices) {
        let mut splices = Splices::default();
        let prefix = &self.root.prefix;
        for (name, section) in &self.sections {
            if section.added.is_empty() {
                continue;
            }
            let total = section.next_index();
            let added = section.added.concat();
            let seed: String = match section.items.is_empty() {
                true => section.seed.iter().map(|xml| with_prefix(xml, prefix)).collect(),
                false => String::new(),
            };
            let whole = format!("<{prefix}{name} count=\"{total}\">{seed}{added}</{prefix}{name}>");
            if !section.found {
                let before = ORDER.iter().take_while(|other| *other != name);
                let at = before.filter_map(|other| self.sections.get(other)).filter(|other| other.found);
                splices.insert(at.map(|other| other.span.end).max().unwrap_or(self.root.end), whole);
            } else if section.empty {
                splices.replace(section.span.clone(), whole);
            } else {
                if let Some(count) = &section.count {
                    splices.replace(count.clone(), total.to_string());
                }
                let close = section.items.last().map_or(section.open.end, |item| item.end);
                splices.insert(close, format!("{seed}{added}"));
            }
        }
        (self.text, splices)
    }
}

const SEED_XF: &str = "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>";

fn scan(part: &str, text: &str, root: &Root) -> Result<BTreeMap<&'static str, Section>, ReturnedError> {
    let mut sections: BTreeMap<&'static str, Section> = ORDER.iter().map(|name| (*name, Section::default())).collect();
    for (name, seed) in [
        ("fonts", vec!["<font><sz val=\"11\"/><name val=\"Calibri\"/></font>"]),
        ("fills", vec![NO_FILL, GRAY_FILL]),
        ("borders", vec!["<border><left/><right/><top/><bottom/><diagonal/></border>"]),
        ("cellXfs", vec![SEED_XF]),
    ] {
        sections.entry(name).or_default().seed = seed;
    }
    let mut tags = Tags::new(part, text);
    let mut current: Option<&'static str> = None;
    while let Some(tag) = tags.next()? {
        match (tag.depth, tag.opens()) {
            (1, true) => {
                current = ORDER.into_iter().find(|name| root.is(&tag, name));
                let Some(section) = current.and_then(|name| sections.get_mut(name)) else { continue };
                section.found = true;
                section.empty = tag.kind == Kind::Empty;
                section.count = tag.attribute("count").map(|count| count.value);
                section.open = tag.span.clone();
                section.span = tag.span.clone();
            }
            (1, false) => {
                if let Some(section) = current.and_then(|name| sections.get_mut(name)) {
                    section.span.end = tag.span.end;
                }
            }
            (2, true) => {
                let close = tags.close_of(&tag)?;
                if let Some(section) = current.and_then(|name| sections.get_mut(name)) {
                    section.items.push(tag.span.start..close.span.end);
                }
            }
            _ => {}
        }
    }
    // Excel takes fill 1 for gray125, whatever it says; a list of one fill must not get ours in its place.
    if let Some(fills) = sections.get_mut("fills").filter(|fills| fills.items.len() == 1) {
        fills.added.push(with_prefix(GRAY_FILL, &root.prefix));
    }
    Ok(sections)
}

fn solid(colour: u32) -> String {
    let fill = format!("<fgColor rgb=\"FF{colour:06X}\"/><bgColor indexed=\"64\"/>");
    format!("<fill><patternFill patternType=\"solid\">{fill}</patternFill></fill>")
}

/// Names of elements in `xml`, which has no prefixes, with `prefix`.
pub(super) fn with_prefix(xml: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        return xml.to_owned();
    }
    xml.replace("</", "\u{0}").replace('<', &format!("<{prefix}")).replace('\u{0}', &format!("</{prefix}"))
}

fn without_prefix(xml: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        return xml.to_owned();
    }
    xml.replace(&format!("<{prefix}"), "<").replace(&format!("</{prefix}"), "</")
}

/// Edits that give every fill in one of our shades back what it stands for. `former` gives the fill of a shade
/// (`RRGGBB`), or `None` when the shade is not ours.
pub(super) fn restore_fills(
    part: &str,
    text: &str,
    former: impl Fn(&str) -> Option<String>,
) -> Result<Splices, ReturnedError> {
    let root = Root::read(part, text)?;
    let mut splices = Splices::default();
    let mut tags = Tags::new(part, text);
    let (mut in_fills, mut fill, mut colour): (bool, Option<Tag<'_>>, Option<String>) = (false, None, None);
    while let Some(tag) = tags.next()? {
        if tag.depth == 1 {
            in_fills = tag.opens() && root.is(&tag, "fills");
        } else if in_fills && tag.depth == 2 && tag.kind == Kind::Open {
            (fill, colour) = (Some(tag), None);
        } else if in_fills && tag.depth == 2 && tag.kind == Kind::Close {
            let former = colour.take().and_then(|rgb| former(&rgb));
            if let (Some(fill), Some(former)) = (fill.take(), former) {
                splices.replace(fill.span.start..tag.span.end, with_prefix(&former, &root.prefix));
            }
        } else if in_fills && tag.opens() && root.is(&tag, "patternFill") {
            if tag.attribute("patternType").is_none_or(|kind| kind.raw != "solid") {
                fill = None;
            }
        } else if in_fills && tag.opens() && root.is(&tag, "fgColor") {
            let rgb = tag.value("rgb").unwrap_or_default().to_uppercase();
            colour = rgb.get(rgb.len().saturating_sub(6)..).map(str::to_owned);
        }
    }
    Ok(splices)
}

/// A whole styles part with nothing in it but the defaults.
pub(super) fn plain_part(namespace: &str) -> String {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    format!("{xml}<styleSheet xmlns=\"{}\">{PLAIN}</styleSheet>", escaped(namespace))
}

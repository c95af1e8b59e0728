//! Which cell styles show a number as a date or a time.

use super::{attribute, damaged};
use crate::intake::raw::Fault;
use quick_xml::{Reader, events::Event};
use std::{collections::BTreeMap, io::BufRead};

/// For each cell style (`s` of a cell), whether it shows a date or a time.
pub(super) fn read(part: impl BufRead) -> Result<Vec<bool>, Fault> {
    let mut xml = Reader::from_reader(part);
    let (mut buf, mut dated) = (Vec::new(), Vec::new());
    let mut formats: BTreeMap<u32, bool> = BTreeMap::new();
    let mut in_cell_formats = false;
    loop {
        buf.clear();
        match xml.read_event_into(&mut buf).map_err(damaged)? {
            Event::Start(e) if e.local_name().as_ref() == "cellXfs" => in_cell_formats = true,
            // Formats of numbers stand before those of cells; what follows is colours and names.
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => {
                super::drain(&mut xml)?;
                return Ok(dated);
            }
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&e, "numFmtId")?.and_then(|id| id.parse().ok());
                    let code = attribute(&e, "formatCode")?;
                    if let (Some(id), Some(code)) = (id, code) {
                        formats.insert(id, shows_date(&code));
                    }
                }
                "xf" if in_cell_formats => {
                    let id: u32 = attribute(&e, "numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or(0);
                    dated.push(formats.get(&id).copied().unwrap_or_else(|| is_built_in_date(id)));
                }
                _ => {}
            },
            Event::Eof => return Ok(dated),
            _ => {}
        }
    }
}

/// The built-in formats of ECMA-376 18.8.30, with the East Asian ones.
fn is_built_in_date(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a format code shows years, months, days, hours, minutes or seconds in its first section.
fn shows_date(code: &str) -> bool {
    let mut chars = code.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => {
                chars.next();
            }
            ';' => return false,
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let elapsed = inside.to_lowercase();
                if !elapsed.is_empty() && elapsed.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    return true;
                }
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_formats() {
        for code in
            ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\";@", "[$-804]h:mm", "[h]:mm:ss", "[Red]m/d/yy", "h:mm AM/PM"]
        {
            assert!(shows_date(code), "{code}");
        }
        for code in ["General", "0.00", "#,##0", "[Red]0", "0\"d\"", "\\d0", "0_d", "@", "0.00E+00", "[$¥-804]0"] {
            assert!(!shows_date(code), "{code}");
        }
        assert!(is_built_in_date(14) && is_built_in_date(31) && !is_built_in_date(9));
    }
}

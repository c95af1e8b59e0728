//! A format code in its sections and pieces, ECMA-376 18.8.31.

use super::Piece;

/// A section of a format code.
#[derive(Default)]
pub(super) struct Parsed {
    pub pieces: Vec<Piece>,
    /// Years, months or days are shown.
    pub date: bool,
    /// Nothing but texts and places of whole numbers.
    pub plain: bool,
}

/// The sections of a code; `None` when a condition or a notation decides how numbers are shown that is not followed here.
pub(super) fn sections(code: &str) -> Option<Vec<Parsed>> {
    let mut sections = vec![Parsed { plain: true, ..Parsed::default() }];
    let chars: Vec<char> = code.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let section = sections.last_mut()?;
        let c = chars[at];
        let run = chars[at..].iter().take_while(|other| other.eq_ignore_ascii_case(&c)).count();
        let rest = |words: &[&'static str]| {
            words
                .iter()
                .find(|word| {
                    word.chars().zip(chars[at..].iter()).filter(|(a, b)| a.eq_ignore_ascii_case(b)).count()
                        == word.chars().count()
                })
                .copied()
        };
        if let Some(word) = rest(&["General", "G/通用格式"]) {
            section.plain = false;
            at += word.chars().count();
            continue;
        }
        if let Some(word) = rest(&["AM/PM", "上午/下午", "A/P"]) {
            let (early, late) = word.split_once('/')?;
            section.pieces.push(Piece::Half(early, late));
            at += word.chars().count();
            continue;
        }
        match c {
            ';' => {
                sections.push(Parsed { plain: true, ..Parsed::default() });
                at += 1;
            }
            '"' => {
                let end = chars[at + 1..].iter().position(|c| *c == '"').map_or(chars.len(), |n| at + 1 + n);
                section.text(chars[at + 1..end].iter());
                at = end + 1;
            }
            '\\' => {
                section.text(chars.get(at + 1).into_iter());
                at += 2;
            }
            // The width of a character, and one that fills the cell.
            '_' => {
                section.text([' '].iter());
                at += 2;
            }
            '*' => at += 2,
            '[' => {
                let end = chars[at..].iter().position(|c| *c == ']').map_or(chars.len(), |n| at + n);
                let inside: String = chars[at + 1..end].iter().collect();
                section.bracket(&inside)?;
                at = end + 1;
            }
            '0' | '#' | '?' => {
                let places = chars[at..].iter().take_while(|c| matches!(c, '0' | '#' | '?')).count();
                let zeros = chars[at..at + places].iter().filter(|c| **c == '0').count();
                section.pieces.push(Piece::Places { places, zeros });
                at += places;
            }
            'y' | 'Y' | 'd' | 'D' | 'e' if section.shows_no_number(c) => {
                section.date = true;
                at += run;
            }
            'h' | 'H' => {
                section.pieces.push(Piece::Hour(run.min(2)));
                at += run;
            }
            's' | 'S' => {
                section.pieces.push(Piece::Second(run.min(2)));
                at += run;
            }
            'm' | 'M' => {
                // Minutes behind hours or before seconds, else months.
                let after =
                    section.pieces.iter().rev().find(|piece| !matches!(piece, Piece::Text(_) | Piece::Half(..)));
                let behind = matches!(after, Some(Piece::Hour(_) | Piece::Hours(_)));
                let before = matches!(next_letter(&chars[at + run..]), Some('s' | 'S'));
                if behind || before {
                    section.pieces.push(Piece::Minute(run.min(2)));
                } else {
                    section.date = true;
                }
                at += run;
            }
            '.' | ',' | '%' | 'E' | 'e' | '@' => {
                section.plain = false;
                at += 1;
                // Fractions of a second are not shown; a text column has no use for them.
                if c == '.' && section.pieces.iter().any(Piece::is_time) {
                    at += chars[at..].iter().take_while(|c| **c == '0').count();
                }
            }
            // A fraction between places, a sign between times.
            '/' if section.pieces.last().is_some_and(Piece::is_place) => {
                section.plain = false;
                at += 1;
            }
            _ => {
                section.text([c].iter());
                at += 1;
            }
        }
    }
    Some(sections)
}

/// The next letter that is no text of its own.
fn next_letter(chars: &[char]) -> Option<char> {
    let mut quoted = false;
    let mut chars = chars.iter();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' => {
                chars.next();
            }
            '[' | ';' => return None,
            c if c.is_ascii_alphabetic() => return Some(*c),
            _ => {}
        }
    }
    None
}

impl Parsed {
    fn text<'c>(&mut self, chars: impl Iterator<Item = &'c char>) {
        let text: String = chars.collect();
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(&text),
            _ => self.pieces.push(Piece::Text(text)),
        }
    }

    /// `e` is a year of an era where no number stands before it, else the power of ten.
    fn shows_no_number(&self, c: char) -> bool {
        c != 'e' || !self.pieces.iter().any(Piece::is_place)
    }

    /// What stands in brackets: a currency, a time elapsed, a colour; a condition or foreign digits are not followed.
    fn bracket(&mut self, inside: &str) -> Option<()> {
        let lower = inside.to_ascii_lowercase();
        if let Some(currency) = inside.strip_prefix('$') {
            let sign = currency.split('-').next().unwrap_or_default();
            if !sign.is_empty() {
                self.text(sign.chars().collect::<Vec<_>>().iter());
            }
            return Some(());
        }
        let width = lower.len().min(2);
        let elapsed = |letter: char| !lower.is_empty() && lower.chars().all(|c| c == letter);
        if elapsed('h') {
            self.pieces.push(Piece::Hours(width));
        } else if elapsed('m') {
            self.pieces.push(Piece::Minutes(width));
        } else if elapsed('s') {
            self.pieces.push(Piece::Seconds(width));
        } else if lower.starts_with(['<', '>', '=']) || lower.starts_with("dbnum") {
            // Dates stay dates under them.
            self.plain = false;
        }
        Some(())
    }
}

//! What slipped into a text that is no column for it: phones, VINs, number plates, numbers of identity cards.
//!
//! A text is read as NFKC without what takes no room (zero-width characters, direction marks), and the parts of a number may
//! stand apart by spaces, dashes, dots, underscores or brackets, up to a few in a row: how somebody sets off its parts is no
//! way around the mask. What stands apart by anything else, such as a colon, is another number.
//!
//! - A mobile number is `1[3-9]` and nine digits, with 0086, 86 or 0 before it, whatever letters stand around it; a
//!   landline an area code set off from seven or eight digits.
//! - A VIN is 17 letters and digits; one in parts must begin as a Chinese one does or have the right check digit, since two
//!   numbers of the store's own may make up 17.
//! - A plate is a province, a letter, and four to six more.
//! - An identity card has 18 (formerly 15) places that hold a date of birth.

use super::{
    personal::{mask_phone, mask_vin},
    text::is_invisible,
};
use std::{borrow::Cow, cell::RefCell};
use unicode_normalization::UnicodeNormalization;

/// A text of no personal class with what slipped into it masked all the same. Numbers of a store's own stay.
pub fn mask_inside(text: &str) -> Cow<'_, str> {
    if is_instant(text.as_bytes()) || cannot_hold_any(text) {
        return Cow::Borrowed(text);
    }
    SEEN.with_borrow_mut(|seen| {
        let slot = &mut seen[slot_of(text)];
        if slot.0 != text {
            *slot = (text.to_owned(), masked(text));
        }
        slot.1.clone()
    })
    .map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Texts that were looked at before on this thread, with what is shown instead: names of workbooks and other long texts
/// come again and again.
type Seen = Vec<(String, Option<String>)>;

thread_local! {
    static SEEN: RefCell<Seen> = RefCell::new(vec![Default::default(); SLOTS]);
}

const SLOTS: usize = 1 << 9;

/// Where a text stands among those seen: another one there gives way to it.
fn slot_of(text: &str) -> usize {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) as usize % SLOTS
}

/// The text as it is shown, if it holds anything that is not.
fn masked(text: &str) -> Option<String> {
    let plain: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).nfkc().collect();
    let mut out = String::new();
    let mut masked = false;
    let mut at = 0;
    while at < plain.len() {
        match found_at(&plain, at) {
            Some((end, mask)) => {
                out.push_str(&mask);
                masked = true;
                at = end;
            }
            None => {
                out.push(plain[at]);
                at += 1;
            }
        }
    }
    masked.then_some(out)
}

/// Whether a text holds a number that may be somebody's.
pub fn looks_personal(text: &str) -> bool {
    matches!(mask_inside(text), Cow::Owned(_))
}

/// Whether a text is a day or an instant as the tool writes it (`2026-03-05`, `2026-03-05 14:30:10`): nobody's number has
/// just its digits, and there are too many of them to look at each.
fn is_instant(text: &[u8]) -> bool {
    const SHAPE: &[u8] = b"2000-00-00 00:00:00";
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    matches!(text.len(), 10 | 16 | 19) && text.iter().zip(SHAPE).all(fits)
}

/// Tells most texts at a glance: all of these numbers have digits, all but plates ten of them or 17 places, and plates begin
/// with a province.
fn cannot_hold_any(text: &str) -> bool {
    if text.is_ascii() {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let places = || text.bytes().filter(u8::is_ascii_alphanumeric).count();
        return digits < 4 || (digits < 10 && places() < 17);
    }
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let places = || text.chars().filter(|c| c.is_alphanumeric()).count();
    let too_few = || digits < 4 || (digits < 10 && places() < 17);
    digits == 0 || (too_few() && !text.contains(|c: char| PROVINCES.contains(c)))
}

/// The one-character names of provinces with which number plates begin.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// What a plate may end with after four places.
const PLATE_ENDS: &str = "学警挂港澳试超使领";

/// Signs between two parts of a number: no more than these many in a row.
const APART: usize = 4;

fn parts_numbers(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | '·' | '•' | '(' | ')' | '+' | '~') || is_dash(c)
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}')
}

/// A personal number that begins at a place: where it ends, and what is shown instead.
fn found_at(text: &[char], at: usize) -> Option<(usize, String)> {
    let before = at.checked_sub(1).map(|before| text[before]);
    match text[at] {
        '+' if text.get(at + 1).is_some_and(char::is_ascii_digit) => mobile(text, at + 1),
        c if PROVINCES.contains(c) => plate(text, at),
        c if c.is_ascii_alphanumeric() => {
            let begins_word = !before.is_some_and(|before| before.is_ascii_alphanumeric());
            let begins_number = c.is_ascii_digit() && !before.is_some_and(|before| before.is_ascii_digit());
            let in_word = || begins_word.then(|| vin(text, at).or_else(|| labelled_vin(text, at))).flatten();
            let in_number = || identity_card(text, at).or_else(|| mobile(text, at)).or_else(|| landline(text, at));
            in_word().or_else(|| begins_number.then(in_number).flatten())
        }
        _ => None,
    }
}

/// Where the run of characters of a kind that begins at a place ends.
fn run(text: &[char], at: usize, of: impl Fn(char) -> bool) -> usize {
    at + text[at..].iter().take_while(|c| of(**c)).count()
}

/// The beginnings of what a text may hold from a place on: each with the characters so far and its end, one part longer
/// than the one before, up to `most` characters.
fn prefixes(
    text: &[char],
    mut at: usize,
    most: usize,
    of: impl Fn(char) -> bool + Copy,
) -> impl Iterator<Item = (String, usize, usize)> {
    let mut number = String::new();
    let mut parts = 0;
    std::iter::from_fn(move || {
        if parts > 0 {
            let next = run(text, at, parts_numbers);
            let another = next > at && next - at <= APART && text.get(next).copied().is_some_and(of);
            if !another {
                return None;
            }
            at = next;
        }
        let end = run(text, at, of);
        number.extend(&text[at..end]);
        (at, parts) = (end, parts + 1);
        (end > 0 && !number.is_empty() && number.len() <= most).then(|| (number.clone(), end, parts))
    })
}

/// `1[3-9]` and nine more digits.
fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

fn mobile(text: &[char], at: usize) -> Option<(usize, String)> {
    let found = prefixes(text, at, 16, |c| c.is_ascii_digit()).find_map(|(digits, end, _)| {
        let bare =
            ["0086", "086", "86", "0", ""].iter().find_map(|code| digits.strip_prefix(code).filter(|d| is_mobile(d)));
        bare.map(|bare| (end, mask_phone(bare)))
    });
    found.filter(|(end, _)| !in_long_word(text, at, *end))
}

/// Whether a number is but a piece of a long word of letters and digits, such as a hash.
fn in_long_word(text: &[char], at: usize, end: usize) -> bool {
    let alike = |c: &&char| c.is_ascii_alphanumeric();
    let before = text[..at].iter().rev().take_while(alike).count();
    let after = text[end..].iter().take_while(alike).count();
    before + after > 8
}

fn landline(text: &[char], at: usize) -> Option<(usize, String)> {
    let area = run(text, at, |c| c.is_ascii_digit());
    let number = run(text, area, parts_numbers);
    let end = run(text, number, |c| c.is_ascii_digit());
    let fits = text[at] == '0' && matches!(area - at, 3 | 4) && (1..=APART).contains(&(number - area));
    let ends = !text.get(end).is_some_and(char::is_ascii_alphabetic);
    (fits && ends && matches!(end - number, 7 | 8))
        .then(|| (end, mask_phone(&text[number..end].iter().collect::<String>())))
}

fn identity_card(text: &[char], at: usize) -> Option<(usize, String)> {
    let place = |c: char| c.is_ascii_digit() || matches!(c, 'X' | 'x');
    prefixes(text, at, 18, place).find_map(|(number, end, parts)| {
        let range = |from: usize, to: usize, values: std::ops::RangeInclusive<u32>| {
            number.get(from..to).and_then(|part| part.parse().ok()).is_some_and(|n| values.contains(&n))
        };
        let ends = !text.get(end).is_some_and(char::is_ascii_alphanumeric);
        let now = number.len() == 18
            && number[..17].bytes().all(|byte| byte.is_ascii_digit())
            && range(6, 10, 1900..=2100)
            && range(10, 12, 1..=12)
            && range(12, 14, 1..=31);
        let formerly =
            number.len() == 15 && parts == 1 && range(0, 2, 11..=65) && range(8, 10, 1..=12) && range(10, 12, 1..=31);
        (ends && (now || formerly)).then(|| (end, mask_phone(&number)))
    })
}

fn vin(text: &[char], at: usize) -> Option<(usize, String)> {
    prefixes(text, at, 17, |c| c.is_ascii_alphanumeric()).find_map(|(number, end, parts)| {
        let number = number.to_ascii_uppercase();
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let holds = number.len() == 17 && (4..17).contains(&digits);
        let written_well = !number.contains(['I', 'O', 'Q']);
        let one = parts == 1 && (written_well || digits > 7);
        let chinese = number.starts_with('L') && digits < 14;
        let several = parts > 1 && written_well && (chinese || has_check_digit(&number));
        (holds && (one || several)).then(|| (end, mask_vin(&number)))
    })
}

/// A VIN behind its label, as names of sheets and files have it, which take no colon between the two.
fn labelled_vin(text: &[char], at: usize) -> Option<(usize, String)> {
    const LABEL: &str = "VIN";
    let labelled = LABEL.chars().zip(text.get(at..)?).filter(|(label, c)| label.eq_ignore_ascii_case(c)).count();
    let number = at + LABEL.len();
    let follows = text.get(number).is_some_and(char::is_ascii_alphanumeric);
    let found = (labelled == LABEL.len() && follows).then(|| vin(text, number)).flatten();
    found.map(|(end, mask)| (end, format!("{LABEL}{mask}")))
}

/// Whether the ninth place of a VIN is the check digit of the others (GB 16735).
fn has_check_digit(vin: &str) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |c: char| match c {
        '0'..='9' => c as u32 - '0' as u32,
        'A'..='H' => c as u32 - 'A' as u32 + 1,
        'J'..='N' => c as u32 - 'J' as u32 + 1,
        'P' => 7,
        'R' => 9,
        _ => c as u32 - 'S' as u32 + 2,
    };
    let sum: u32 = vin.chars().zip(WEIGHTS).map(|(c, weight)| value(c) * weight).sum();
    let check = char::from_digit(sum % 11, 11).map_or('X', |digit| if digit == 'a' { 'X' } else { digit });
    vin.chars().nth(8) == Some(check)
}

fn plate(text: &[char], at: usize) -> Option<(usize, String)> {
    let first = run(text, at + 1, parts_numbers);
    let letter = text.get(first).filter(|c| c.is_ascii_alphabetic())?;
    let from = run(text, first + 1, parts_numbers);
    if first - at > 1 + APART || from - first > 1 + APART {
        return None;
    }
    let mut end = run(text, from, |c| c.is_ascii_alphanumeric());
    let places = end - from;
    let tail = text.get(end).is_some_and(|c| PLATE_ENDS.contains(*c));
    let digits = text[from..end].iter().any(char::is_ascii_digit);
    end += usize::from(tail);
    let whole = matches!(places, 5 | 6) || (places == 4 && tail);
    (whole && digits).then(|| (end, format!("{}{}****", text[at], letter.to_ascii_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_slipped_into_a_text_is_masked() {
        for (written, shown) in [
            ("张伟13800001234", "张伟138****1234"),
            ("张伟 138 0000-1234", "张伟 138****1234"),
            ("+86 13800001234(微信)", "138****1234(微信)"),
            ("１３８０００01234", "138****1234"),
            ("车 LSVAB2183E2100001", "车 …0001"),
            ("沪A12345 的车主", "沪A**** 的车主"),
            ("粤B·D12345", "粤B****"),
            ("310101199001011234", "310****1234"),
        ] {
            assert_eq!(mask_inside(written), shown);
        }
    }

    #[test]
    fn a_number_is_known_however_its_parts_are_set_off() {
        let phones = [
            "13800001234",
            "138  0000  1234",
            "138 0000 1234",
            "138-0000-1234",
            "138.0000.1234",
            "138_0000_1234",
            "(138)00001234",
            "tel:13800001234",
            "tel13800001234",
            "008613800001234",
            "0086 138 0000 1234",
            "+86-138-0000-1234",
            "013800001234",
            "138\u{200B}0000\u{200B}1234",
            "1\u{FEFF}3\u{FEFF}8\u{2060}00001234",
            "138\u{A0}0000\u{3000}1234",
            "138—0000—1234",
            "１３８　００００　１２３４",
            "1 3 8 0 0 0 0 1 2 3 4",
            "W47 13800001234 2026-11-16",
            "2026-11-16 13800001234",
            "13800001234.00",
            "微信13800001234x",
            "0571-88881234",
            "(0571) 8888 1234 138 0000 1234",
        ];
        let vins = [
            "LSVAB2183E2100001",
            "lsvab2183e2100001",
            "LSVAB2183 E2100001",
            "LSV-AB2183-E2100001",
            "VINLSVAB2183E2100001",
            "vinlsvab2183e2100001的车",
            "ＬＳＶＡＢ2183Ｅ2100001",
        ];
        let plates = [
            "沪A12345",
            "沪 A12345",
            "沪a12345",
            "沪A 12345",
            "沪A·12345",
            "沪Ａ１２３４５",
            "沪AD12345",
            "沪A1234学",
            "沪\u{200B}A12345",
        ];
        let cards = ["310101199001011234", "31010119900101123X", "310101 19900101 1234", "310101900101123"];
        for written in phones.iter().chain(&vins).chain(&plates).chain(&cards) {
            assert!(looks_personal(written), "{written}");
            assert!(looks_personal(&format!("店三/{written} 的表.xlsx")), "in a path: {written}");
            assert!(!looks_personal(&mask_inside(written)), "twice: {written}");
        }
    }

    #[test]
    fn numbers_of_the_store_stay() {
        for kept in [
            "张伟",
            "DD20261116001",
            "20261116001",
            "202611161234",
            "云岭 X5 2026款",
            "QK2026-1300",
            "WO138000012345",
            "2026-11-16 10:30:00",
            "S01/2026-W44.xlsx · 潜客表 · 17",
            "新A级 2026",
            "¥ 1,380,000.00",
            "a13800001234567890abcdef0123456789",
            "138****1234",
            "…0001",
        ] {
            assert!(matches!(mask_inside(kept), Cow::Borrowed(same) if same == kept), "{kept}");
        }
    }
}

//! Personal data: what a column holds, and how it is masked outside its store.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// What kind of personal data a column holds. A column with a class never reaches HQ output unmasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalClass {
    /// A customer's name.
    Name,
    /// A telephone number.
    Phone,
    /// A vehicle identification number.
    Vin,
    /// A number plate.
    Plate,
    /// A date of birth or of a document.
    Birthday,
    /// A customer key: a prospect number (not personal), a phone or a VIN (personal).
    Key,
    /// Free text in which a clerk may have written any of these.
    Text,
}

/// A phone with its middle masked: `138****1234`. Shorter numbers keep their last two digits.
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    if digits.len() >= 11 {
        let (head, tail): (String, String) =
            (digits[..3].iter().collect(), digits[digits.len() - 4..].iter().collect());
        format!("{head}****{tail}")
    } else if digits.len() > 4 {
        format!("****{}", digits[digits.len() - 2..].iter().collect::<String>())
    } else {
        "****".to_owned()
    }
}

/// A VIN with only its last four places: `…1234`.
pub fn mask_vin(vin: &str) -> String {
    let places: Vec<char> = vin.chars().collect();
    if places.len() > 8 {
        format!("…{}", places[places.len() - 4..].iter().collect::<String>())
    } else {
        "…".to_owned()
    }
}

/// A name with only its first character: `王**`.
pub fn mask_name(name: &str) -> String {
    match name.chars().next() {
        Some(first) => format!("{first}**"),
        None => String::new(),
    }
}

/// Whether a run of digits holds a mainland mobile number: `1[3-9]` and nine more.
pub fn holds_mobile(digits: &str) -> bool {
    let digits = digits.as_bytes();
    digits
        .windows(11)
        .any(|run| run[0] == b'1' && (b'3'..=b'9').contains(&run[1]) && run.iter().all(u8::is_ascii_digit))
}

/// A customer key masked by what it looks like: a phone, a VIN, or a number of the store's own, which stays when it is
/// made of letters, digits, `-` and `_` only. Whatever else a clerk wrote there may name somebody and becomes `…`.
pub fn mask_key(key: &str) -> String {
    let plain: String = key.nfkc().filter(|c| c.is_ascii_alphanumeric()).collect();
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == plain.len() && plain.len() >= 7 {
        mask_phone(&plain)
    } else if plain.len() == 17 && digits.len() < 17 && digits.len() > 3 {
        mask_vin(&plain)
    } else if holds_mobile(&digits) || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        "…".to_owned()
    } else {
        key.to_owned()
    }
}

/// A text of no personal class with what slipped into it masked all the same: a mobile number (also with spaces or dashes,
/// or +86 before it), a VIN, a number plate, a number of an identity card. Numbers of a store's own stay.
pub fn mask_inside(text: &str) -> Cow<'_, str> {
    // All of these have digits, all but plates more than three; most texts are told by that alone.
    let digits = text.chars().filter(|c| matches!(c, '0'..='9' | '０'..='９')).count();
    if digits == 0 || (digits < 4 && !text.contains(|c: char| !c.is_ascii() && PROVINCES.contains(c))) {
        return Cow::Borrowed(text);
    }
    // A date, a time, a short number of the store's own: runs too short to be anything else.
    if text.is_ascii() && longest_run(text) < 11 {
        return Cow::Borrowed(text);
    }
    let plain: Vec<char> = text.nfkc().collect();
    let mut out = String::new();
    let mut masked = false;
    let mut at = 0;
    while at < plain.len() {
        let found = if at > 0 && plain[at - 1].is_ascii_alphanumeric() { None } else { personal_at(&plain[at..]) };
        match found {
            Some((length, mask)) => {
                out.push_str(&mask);
                masked = true;
                at += length;
            }
            None => {
                out.push(plain[at]);
                at += 1;
            }
        }
    }
    if masked { Cow::Owned(out) } else { Cow::Borrowed(text) }
}

/// The longest run of letters and digits in a text; spaces and dashes do not end it.
fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        match byte {
            b' ' | b'-' | b'+' => {}
            _ if byte.is_ascii_alphanumeric() => run += 1,
            _ => run = 0,
        }
        longest = longest.max(run);
    }
    longest
}

/// The one-character names of provinces with which number plates begin.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// A personal number that a text begins with: its length, and what is shown instead.
fn personal_at(text: &[char]) -> Option<(usize, String)> {
    let word: String = text.iter().take_while(|c| c.is_ascii_alphanumeric()).collect();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if word.len() == 17 && digits > 3 && digits < 17 && !word.contains(['I', 'O', 'Q', 'i', 'o', 'q']) {
        return Some((17, mask_vin(&word)));
    }
    let born = |part: Option<&str>, range: std::ops::RangeInclusive<u32>| {
        part.and_then(|part| part.parse().ok()).is_some_and(|number| range.contains(&number))
    };
    let is_card = word.len() == 18
        && digits >= 17
        && born(word.get(6..10), 1900..=2100)
        && born(word.get(10..12), 1..=12)
        && born(word.get(12..14), 1..=31);
    if is_card {
        return Some((18, mask_phone(&word)));
    }
    // A mobile number: eleven digits, with single spaces or dashes between them, and nothing of a longer number around.
    let mut number = String::new();
    let mut length = usize::from(text.first() == Some(&'+'));
    while let Some(c) = text.get(length) {
        let joined =
            matches!(c, ' ' | '-') && !number.is_empty() && text.get(length + 1).is_some_and(char::is_ascii_digit);
        match c {
            '0'..='9' => number.push(*c),
            _ if joined => {}
            _ => break,
        }
        length += 1;
    }
    let bare = number.strip_prefix("86").filter(|bare| bare.len() == 11).unwrap_or(&number);
    let ends = !text.get(length).is_some_and(char::is_ascii_alphanumeric);
    if bare.len() == 11 && ends && holds_mobile(bare) {
        return Some((length, mask_phone(bare)));
    }
    let plate: usize = text.iter().skip(2).take_while(|c| c.is_ascii_alphanumeric() || **c == '·').count();
    let begins = text.len() > 1 && PROVINCES.contains(text[0]) && text[1].is_ascii_uppercase();
    if begins && (5..=7).contains(&plate) && text[2..2 + plate].iter().any(char::is_ascii_digit) {
        return Some((2 + plate, format!("{}{}****", text[0], text[1])));
    }
    None
}

/// `text` as it may be shown at HQ for a column of this class; free text and birthdays are not shown at all.
pub fn mask(class: PersonalClass, text: &str) -> String {
    match class {
        PersonalClass::Name => mask_name(text),
        PersonalClass::Phone => mask_phone(text),
        PersonalClass::Vin => mask_vin(text),
        PersonalClass::Key => mask_key(text),
        PersonalClass::Plate | PersonalClass::Birthday | PersonalClass::Text => String::new(),
    }
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
        for kept in
            ["张伟", "DD20261116001", "20261116001", "202611161234", "云岭 X5 2026款", "QK2026-1300", "WO138000012345"]
        {
            assert!(matches!(mask_inside(kept), Cow::Borrowed(same) if same == kept), "{kept}");
        }
    }

    #[test]
    fn masks_keep_no_whole_number() {
        assert_eq!(mask_phone("13800001234"), "138****1234");
        assert_eq!(mask_vin("LSVAB2183E2100001"), "…0001");
        assert_eq!(mask_name("欧阳娜娜"), "欧**");
        assert_eq!(mask_key("Q2026-0012"), "Q2026-0012");
        assert_eq!(mask_key("13800001234"), "138****1234");
        assert_eq!(mask_key("１３８ 0000.1234"), "138****1234");
        assert_eq!(mask_key("LSVAB2183E2100001"), "…0001");
        assert_eq!(mask_key("找王小明"), "…");
        assert_eq!(mask_key("电13800001234"), "138****1234");
    }
}

//! Personal data: what a column holds, and how it is masked outside its store. What slipped into other texts is found by
//! [`mask_inside`].

pub use super::slipped::{looks_personal, mask_inside};

use serde::{Deserialize, Serialize};
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

/// Whether a value of a column of this class is what its mask leaves, so that nothing is left to be masked. A star or a dot
/// somewhere inside makes no mask.
pub fn is_masked(class: PersonalClass, value: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let phone = || {
        let (head, tail) = value.split_once("****").unwrap_or(("-", ""));
        digits(head) && digits(tail) && matches!((head.len(), tail.len()), (3, 4) | (0, 0 | 2))
    };
    let vin = || {
        let tail = value.strip_prefix('…').unwrap_or("-");
        tail.chars().all(char::is_alphanumeric) && matches!(tail.chars().count(), 0 | 4)
    };
    match class {
        PersonalClass::Phone => phone(),
        PersonalClass::Vin => vin(),
        PersonalClass::Key => phone() || vin(),
        PersonalClass::Name => value.strip_suffix("**").is_some_and(|first| first.chars().count() == 1),
        PersonalClass::Plate | PersonalClass::Birthday | PersonalClass::Text => value.is_empty(),
    }
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

    #[test]
    fn only_what_a_mask_leaves_is_masked() {
        use PersonalClass::{Key, Name, Phone, Vin};
        for (class, whole) in
            [(Phone, "13800001234"), (Phone, "88881234"), (Vin, "LSVAB2183E2100001"), (Name, "王小明")]
        {
            assert!(is_masked(class, &mask(class, whole)) && !is_masked(class, whole), "{whole}");
        }
        for (class, value) in [
            (Phone, "13800001234*"),
            (Phone, "138****00001234"),
            (Vin, "LSVAB2183E2100001…"),
            (Key, "13800001234…"),
            (Key, "王小明**"),
            (Name, "王小明*"),
        ] {
            assert!(!is_masked(class, value), "{value}");
        }
    }
}

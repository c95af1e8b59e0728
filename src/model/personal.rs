//! Personal data: what a column holds, and how it is masked outside its store.

use serde::{Deserialize, Serialize};

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

/// A customer key masked by what it looks like: a phone, a VIN, or a number of the store's own, which stays.
pub fn mask_key(key: &str) -> String {
    let all_digits = key.chars().all(|c| c.is_ascii_digit() || c == '+' || c == '-');
    if all_digits && key.len() >= 7 {
        mask_phone(key)
    } else if key.len() == 17 && key.chars().all(|c| c.is_ascii_alphanumeric()) {
        mask_vin(key)
    } else {
        key.to_owned()
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
    }
}

//! Chinese by its sound: the order in which a reader looks names up, and what is typed to find them.

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::locale;
use pinyin::ToPinyinMulti;
use std::collections::BTreeSet;

/// Compares names by pinyin. The order is compiled in: the same on every machine, whatever its locale.
pub(crate) fn order() -> CollatorBorrowed<'static> {
    Collator::try_new(locale!("zh").into(), CollatorOptions::default()).expect("the Chinese order is compiled in")
}

/// How a text is typed in letters: for each Chinese character its syllable without tones, `v` for ü; for each Latin
/// letter and digit itself; a blank between them. A character of several sounds has all of them, between `|`, since which
/// one a name bears only its bearer knows. Empty where nothing is Chinese.
pub(crate) fn typed(text: &str) -> String {
    let mut typed: Vec<String> = Vec::new();
    let mut chinese = false;
    for c in text.chars() {
        if let Some(sounds) = c.to_pinyin_multi() {
            chinese = true;
            let mut sounds: Vec<String> = sounds.into_iter().map(|sound| sound.plain().replace('ü', "v")).collect();
            let mut met = BTreeSet::new();
            sounds.retain(|sound| sound.is_ascii() && met.insert(sound.clone()));
            typed.push(sounds.join("|"));
        } else if c.is_ascii_alphanumeric() {
            typed.push(c.to_ascii_lowercase().to_string());
        }
    }
    if chinese { typed.join(" ") } else { String::new() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_stand_by_their_sound() {
        let mut names = ["张三", "李四", "白五", "王六"];
        names.sort_by(|a, b| super::order().compare(a, b));
        // bái, lǐ, wáng, zhāng
        assert_eq!(names, ["白五", "李四", "王六", "张三"]);
    }

    #[test]
    fn what_is_typed_has_every_sound_of_a_character() {
        assert_eq!(super::typed("DCC邀约率"), "d c c yao yue|yao lv|shuai|lve");
        assert_eq!(super::typed("重庆 3 店"), "zhong|chong|tong qing 3 dian");
        // Traditional Chinese sounds the same.
        assert!(super::typed("門店").starts_with("men dian"));
        assert_eq!(super::typed("Return visits 2026"), "");
    }
}

//! Names in the order in which a Chinese reader looks them up.

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::locale;

/// Compares names by pinyin. The order is compiled in: the same on every machine, whatever its locale.
pub(crate) fn order() -> CollatorBorrowed<'static> {
    Collator::try_new(locale!("zh").into(), CollatorOptions::default()).expect("the Chinese order is compiled in")
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
}

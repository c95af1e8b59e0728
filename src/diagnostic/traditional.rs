//! Text in the reader's language. Traditional Chinese is converted from simplified, here and nowhere else.

use crate::model::{Lang, Text};
use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use std::{borrow::Cow, sync::OnceLock};

static TAIWAN: OnceLock<Option<OpenCC>> = OnceLock::new();

/// Simplified Chinese as Taiwan writes it. The dictionary is built at the first call; should it not load, the text
/// stays as it is.
pub fn traditional(simplified: &str) -> String {
    let dictionary = TAIWAN.get_or_init(|| OpenCC::from_config(BuiltinConfig::S2tw).ok());
    dictionary.as_ref().map_or_else(|| simplified.to_owned(), |dictionary| dictionary.convert(simplified))
}

/// A text in `lang`.
pub fn worded(text: &Text, lang: Lang) -> Cow<'_, str> {
    in_lang(text.get(lang), lang)
}

/// A text that exists in Chinese only, such as a column's title: converted for [`Lang::ZhTw`], else as it is.
pub fn in_lang(simplified: &str, lang: Lang) -> Cow<'_, str> {
    match lang {
        Lang::ZhTw => Cow::Owned(traditional(simplified)),
        Lang::ZhCn | Lang::En => Cow::Borrowed(simplified),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taiwan_gets_its_characters() {
        let text = Text::new("级别更新时间里的头发", "x");
        assert_eq!(worded(&text, Lang::ZhTw), "級別更新時間裡的頭髮");
        assert_eq!(worded(&text, Lang::ZhCn), "级别更新时间里的头发");
        assert_eq!(worded(&text, Lang::En), "x");
    }
}

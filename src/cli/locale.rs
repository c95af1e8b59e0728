//! The language of whoever types, by the locale. It decides what help and complaints are said in until the group's own
//! language is known; nothing that is written rests on it.

use crate::model::Lang;

/// The language of the first of these that is set: `LC_ALL`, `LC_MESSAGES`, `LANG`. `None` where none is, or where it names
/// no language (`C`, `POSIX`). Whoever speaks a language that we do not have reads English.
pub(super) fn lang(variable: impl Fn(&str) -> Option<String>) -> Option<Lang> {
    let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
    let value = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set)?;
    let tag = value.split(['.', '@']).next().unwrap_or_default().replace('_', "-").to_lowercase();
    let traditional = ["zh-tw", "zh-hk", "zh-mo", "zh-hant"];
    Some(match tag.as_str() {
        "" | "c" | "posix" => return None,
        tag if traditional.iter().any(|own| tag.starts_with(own)) => Lang::ZhTw,
        tag if tag == "zh" || tag.starts_with("zh-") => Lang::ZhCn,
        _ => Lang::En,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let of = |set: &[(&str, &str)]| {
            let set: Vec<(String, String)> = set.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            lang(|name| set.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()))
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("LANG", "en_US.UTF-8")]), Some(Lang::En));
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "zh_CN.GB18030")]), Some(Lang::ZhCn));
        assert_eq!(of(&[("LANG", "zh_HK.UTF-8"), ("LC_ALL", "")]), Some(Lang::ZhTw));
        assert_eq!(of(&[("LANG", "zh-Hant-TW")]), Some(Lang::ZhTw));
        assert_eq!(of(&[("LC_MESSAGES", "de_DE@euro"), ("LANG", "zh_CN")]), Some(Lang::En));
        assert_eq!(of(&[("LANG", "C.UTF-8")]), None);
    }
}

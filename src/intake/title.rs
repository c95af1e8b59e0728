//! Titles and names as they are compared: width, spaces, marks, units and script of Chinese taken away.

use crate::model::text::is_invisible;
use foldhash::fast::FixedState;
use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::OnceLock};
use unicode_normalization::UnicodeNormalization;

/// A header text ready to be looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Title {
    /// The forms to look up, the fullest first: with what stands in brackets, without it, without a unit at its end.
    /// Brackets that make another column of it are never left out.
    pub forms: Vec<String>,
    /// What one unit of the column stands for: 10 000 under `预算(万元)`, else 1.
    pub scale: i64,
}

/// Words that make another column of a title they stand before, behind or in brackets: a planned delivery is none, and the
/// name of who recommended a customer is not the customer's.
const OTHER_COLUMN: [&str; 27] = [
    "预计",
    "预估",
    "预期",
    "预测",
    "计划",
    "拟定",
    "指导",
    "推荐人",
    "介绍人",
    "上次",
    "上一次",
    "前次",
    "下次",
    "上月",
    "去年",
    "参考",
    "标准",
    "备用",
    "第二",
    "其他",
    "目标",
    "承诺",
    "约定",
    "同行人",
    "家属",
    "配偶",
    "紧急联系人",
];

/// The word by which a text beside a title makes another column of it.
pub(crate) fn other_column(hint: &str) -> Option<&'static str> {
    // Longer ones are notes, such as `按计划填写，没有则留空`: only what they begin with may be meant.
    let short = hint.chars().count() <= 6;
    let said = OTHER_COLUMN.into_iter().find(|word| if short { hint.contains(word) } else { hint.starts_with(word) });
    said.or_else(|| (hint.starts_with('原') && !hint.starts_with("原则")).then_some("原"))
}

/// Units that a header names, and what one of them is.
const UNITS: &[(&str, i64)] = &[
    ("万元", 10_000),
    ("万公里", 10_000),
    ("万", 10_000),
    ("千元", 1_000),
    ("元", 1),
    ("公里", 1),
    ("km", 1),
    ("人民币", 1),
];

/// Compares as equal: NFKC, lower case, no spaces, no invisible characters, no `*`, colons or quotation marks.
pub(crate) fn normal(text: &str) -> String {
    let keep = |c: &char| {
        !(c.is_whitespace()
            || c.is_control()
            || is_invisible(*c)
            || matches!(c, '*' | ':' | '"' | '\'' | '“' | '”' | '※' | '★' | '☆' | '#'))
    };
    text.nfkc().flat_map(char::to_lowercase).filter(keep).collect()
}

/// Titles that are remembered of one process.
const REMEMBERED: usize = 4096;

impl Title {
    /// The same as [`Title::of`]. Headers come again with every workbook and are worked out once.
    pub fn known(text: &str) -> Rc<Title> {
        thread_local! {
            static KNOWN: RefCell<HashMap<String, Rc<Title>, FixedState>> = RefCell::default();
        }
        KNOWN.with_borrow_mut(|known| {
            if let Some(title) = known.get(text) {
                return title.clone();
            }
            let title = Rc::new(Title::of(text));
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(text.to_owned(), title.clone());
            title
        })
    }

    /// Reads a header text.
    pub fn of(text: &str) -> Title {
        let whole = normal(text);
        let (outside, inside) = split_brackets(&whole);
        let mut scale = inside.iter().find_map(|hint| unit(hint)).unwrap_or(1);
        let mut forms = Vec::new();
        if !inside.is_empty() {
            let hints = inside.concat();
            forms.extend([format!("{outside}{hints}"), format!("{hints}{outside}")]);
        }
        if inside.iter().any(|hint| other_column(hint).is_some()) {
            return Title { forms, scale };
        }
        forms.push(outside.clone());
        let ends = |(word, _): &&(&str, i64)| outside.len() > word.len() && outside.ends_with(word);
        if unit(&outside).is_none()
            && let Some((word, size)) = UNITS.iter().find(ends)
        {
            forms.push(outside[..outside.len() - word.len()].to_owned());
            if inside.is_empty() {
                scale = *size;
            }
        }
        forms.retain(|form| !form.is_empty());
        Title { forms, scale }
    }

    /// The same with Traditional Chinese turned into Simplified; `None` when that changes nothing.
    pub fn simplified(&self) -> Option<Title> {
        let forms: Vec<String> = self.forms.iter().map(|form| simplified(form)).collect();
        (forms != self.forms).then_some(Title { forms, scale: self.scale })
    }
}

fn unit(hint: &str) -> Option<i64> {
    let hint = hint.strip_prefix("单位").unwrap_or(hint);
    UNITS.iter().find(|(word, _)| hint == *word).map(|(_, size)| *size)
}

/// The text outside brackets, and what each pair of brackets holds. An unclosed bracket holds the rest.
fn split_brackets(text: &str) -> (String, Vec<String>) {
    let mut outside = String::with_capacity(text.len());
    let mut inside: Vec<String> = Vec::new();
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '【' | '〔' | '<' | '《' => {
                if depth == 0 {
                    inside.push(String::new());
                }
                depth += 1;
            }
            ')' | ']' | '}' | '】' | '〕' | '>' | '》' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inside.last_mut().into_iter().for_each(|hint| hint.push(c)),
            _ => outside.push(c),
        }
    }
    (outside, inside)
}

/// Traditional Chinese turned into Simplified. The dictionaries are loaded when first needed.
pub(crate) fn simplified(text: &str) -> String {
    use ferrous_opencc::{OpenCC, config::BuiltinConfig};
    static DICTIONARY: OnceLock<Option<OpenCC>> = OnceLock::new();
    if text.is_ascii() {
        return text.to_owned();
    }
    match DICTIONARY.get_or_init(|| OpenCC::from_config(BuiltinConfig::T2s).ok()) {
        Some(dictionary) => dictionary.convert(text),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_units() {
        for (text, last, scale) in [
            ("手机号(必填)*", "手机号", 1),
            (" 客 户\n姓名:", "客户姓名", 1),
            ("预算(万元)", "预算", 10_000),
            ("成交价万元", "成交价", 10_000),
            ("里程[公里]", "里程", 1),
            ("【必填】VIN", "vin", 1),
            ("总额(单位:元)", "总额", 1),
            ("万元", "万元", 1),
        ] {
            let title = Title::of(text);
            assert_eq!((title.forms.last().map(String::as_str), title.scale), (Some(last), scale), "{text}");
        }
        assert_eq!(Title::of("VIN(车架号)").forms, ["vin车架号", "车架号vin", "vin"]);
        assert_eq!(Title::of("***").forms, Vec::<String>::new());
    }

    #[test]
    fn words_in_brackets_that_make_another_column_stay() {
        for text in
            ["交车日期(预计)", "(预计)交车日期", "交车日期【计划】", "成交价（指导价）", "姓名(推荐人)", "级别[上次]"]
        {
            let title = Title::of(text);
            let bare = ["交车日期", "成交价", "姓名", "级别"];
            assert!(!title.forms.iter().any(|form| bare.contains(&form.as_str())), "{text}: {title:?}");
        }
        assert!(Title::of("成交价(原价)").forms.iter().all(|form| form != "成交价"));
        // A note says how to fill it.
        for text in
            ["交车日期(必填)", "交车日期(原则上必填)", "交车日期(没有的按计划写在备注里)", "交车日期(yyyy-mm-dd)"]
        {
            assert_eq!(Title::of(text).forms.last().map(String::as_str), Some("交车日期"), "{text}");
        }
        // 预计交车日期 is a column of its own, however it is written.
        assert!(Title::of("交车日期(预计)").forms.contains(&"预计交车日期".to_owned()));
    }

    #[test]
    fn traditional_becomes_simplified() {
        let title = Title::of("聯繫電話").simplified().map(|title| title.forms);
        assert_eq!(title, Some(vec!["联系电话".to_owned()]));
        assert_eq!(Title::of("联系电话").simplified(), None);
    }
}

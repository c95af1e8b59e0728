//! What the returned workbook says, in the reader's language.

use crate::{
    diagnostic::{Finding, Severity},
    model::{Lang, Text},
};
use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use std::sync::OnceLock;

/// The first and last line of what we write into a comment; everything between them is ours. The same in every
/// language, so that a later pass finds it.
pub(super) const FRAME_TOP: &str = "──── foursight ────";
/// See [`FRAME_TOP`].
pub(super) const FRAME_END: &str = "────────────────";

/// The author of our comments.
pub(super) const AUTHOR: &str = "foursight";

/// Findings that one comment spells out; more are in the listing.
const COMMENT_FINDINGS: usize = 6;

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    lang: Lang,
}

impl Words {
    pub fn new(lang: Lang) -> Self {
        Words { lang }
    }

    /// One of two texts; Traditional Chinese is converted from the first.
    pub fn say(&self, zh: &str, en: &str) -> String {
        match self.lang {
            Lang::ZhCn => zh.to_owned(),
            Lang::ZhTw => traditional(zh),
            Lang::En => if en.is_empty() { zh } else { en }.to_owned(),
        }
    }

    pub fn text(&self, text: &Text) -> String {
        self.say(&text.zh, &text.en)
    }

    pub fn severity(&self, severity: Severity) -> String {
        self.say(severity.zh(), severity.word())
    }

    /// The text of a cell's comment, frame included.
    pub fn comment(&self, findings: &[(usize, &Finding)]) -> String {
        let mut lines = vec![FRAME_TOP.to_owned()];
        for (_, finding) in findings.iter().take(COMMENT_FINDINGS) {
            let (severity, code) = (self.severity(finding.severity), &finding.code);
            lines.push(format!("【{severity} {code}】{}", self.text(&finding.message)));
            let hint = self.text(&finding.hint);
            if !hint.is_empty() {
                lines.push(format!("{}{hint}", self.say("怎样改：", "How to fix: ")));
            }
        }
        if let Some(more) = findings.len().checked_sub(COMMENT_FINDINGS).filter(|more| *more > 0) {
            let (zh, en) = (format!("另有 {more} 条，见“检查结果”"), format!("{more} more on the sheet 检查结果"));
            lines.push(self.say(&zh, &en));
        }
        lines.push(FRAME_END.to_owned());
        lines.join("\n")
    }
}

fn traditional(zh: &str) -> String {
    static DICTIONARY: OnceLock<Option<OpenCC>> = OnceLock::new();
    match DICTIONARY.get_or_init(|| OpenCC::from_config(BuiltinConfig::S2twp).ok()) {
        Some(dictionary) => dictionary.convert(zh),
        None => zh.to_owned(),
    }
}

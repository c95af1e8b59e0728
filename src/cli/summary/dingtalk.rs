//! The markdown of a DingTalk robot: headings, bold, lists, no colours; 20 000 bytes at most.

use super::{wecom::plain, within};
use crate::{
    messages::Messages,
    pipeline::{Line, Tone, WeekMessage},
};

/// More than this a robot does not take; what is around the text needs some of it.
const MOST: usize = 18_000;

pub(super) fn written(message: &WeekMessage, words: &Messages) -> String {
    within(message, MOST, words, whole)
}

/// Lines of their own are paragraphs.
fn whole(message: &WeekMessage) -> String {
    let mut parts = vec![format!("### {}", plain(&message.title))];
    parts.extend(message.lead.iter().map(|text| plain(text)));
    for section in &message.sections {
        parts.push(format!("#### {}", plain(&section.title)));
        parts.push(section.lines.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    parts.join("\n\n") + "\n"
}

fn line(line: &Line) -> String {
    let number = [plain(&line.mark), plain(&line.number)].join(" ");
    let number = match line.tone {
        Tone::Bad => format!("**{}**", number.trim()),
        Tone::Good | Tone::Plain => number.trim().to_owned(),
    };
    format!("- {} {number} {}", plain(&line.title), plain(&line.detail)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::summary::tests::message, model::Lang};

    #[test]
    fn lines_are_a_list_and_what_is_missed_is_bold() {
        let text = written(&message(2), Messages::of(Lang::ZhCn));
        let expected =
            "### 甲＜集团＞\n\n截至 2026-11-22\n\n#### 本月\n\n- 指标1 ✓ 91% 目标 95%\n- 指标2 **✗ 92%** 目标 95%\n";
        assert_eq!(text, expected);
        assert!(written(&message(2000), Messages::of(Lang::ZhCn)).len() <= MOST);
    }
}

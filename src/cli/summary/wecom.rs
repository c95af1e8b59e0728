//! The markdown of a WeCom robot: headings, bold, quotes, three colours of `font`, no lists; 4 096 bytes at most.

use super::within;
use crate::{
    messages::Messages,
    model::text::visible,
    pipeline::{Line, Tone, WeekMessage},
};

/// More than this a robot does not take.
const MOST: usize = 4096;

pub(super) fn written(message: &WeekMessage, words: &Messages) -> String {
    within(message, MOST, words, whole)
}

fn whole(message: &WeekMessage) -> String {
    let mut lines = vec![format!("# {}", plain(&message.title))];
    lines.extend(message.lead.iter().map(|text| format!("<font color=\"comment\">{}</font>", plain(text))));
    for section in &message.sections {
        lines.push(format!("**{}**", plain(&section.title)));
        lines.extend(section.lines.iter().map(line));
    }
    lines.join("\n") + "\n"
}

fn line(line: &Line) -> String {
    let number = plain(&line.number);
    let number = match line.tone {
        Tone::Good => format!("<font color=\"info\">{} {number}</font>", plain(&line.mark)),
        Tone::Bad => format!("<font color=\"warning\">{} {number}</font>", plain(&line.mark)),
        Tone::Plain => format!("{} {number}", plain(&line.mark)),
    };
    let detail = match line.detail.is_empty() {
        true => String::new(),
        false => format!(" <font color=\"comment\">{}</font>", plain(&line.detail)),
    };
    format!(">{} {}{detail}", plain(&line.title), number.trim_start())
}

/// A text that no robot takes for markdown: there is no way to escape, so that the signs are written full width.
pub(super) fn plain(text: &str) -> String {
    let wide = |c: char| match c {
        '<' => '＜',
        '>' => '＞',
        '*' => '＊',
        '`' => '｀',
        '[' => '［',
        ']' => '］',
        '#' => '＃',
        '_' => '＿',
        '\n' | '\r' => ' ',
        c => c,
    };
    visible(&text.chars().map(wide).collect::<String>()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::summary::tests::message, model::Lang};

    #[test]
    fn figures_are_coloured_and_names_are_no_markup() {
        let text = written(&message(2), Messages::of(Lang::ZhCn));
        assert!(text.starts_with("# 甲＜集团＞\n<font color=\"comment\">截至 2026-11-22</font>\n**本月**\n"), "{text}");
        let bad = ">指标2 <font color=\"warning\">✗ 92%</font> <font color=\"comment\">目标 95%</font>\n";
        assert!(text.contains(bad) && text.contains("<font color=\"info\">✓ 91%</font>"), "{text}");
        for (sign, count) in [('<', "<font"), ('>', "</font>")] {
            assert!(text.matches(sign).count() >= text.matches(count).count());
        }
    }

    #[test]
    fn what_a_robot_does_not_take_is_said_to_be_missing() {
        let words = Messages::of(Lang::ZhCn);
        let (long, short) = (written(&message(100), words), written(&message(3), words));
        assert!(long.len() <= MOST && long.len() > MOST / 2, "{}", long.len());
        let shown = long.lines().filter(|line| line.starts_with('>')).count();
        assert!(long.contains(&words.fill("summary.more", &[("n", &(100 - shown).to_string())])), "{long}");
        assert_eq!(long.matches("另有").count(), 1, "{long}");
        assert!(!short.contains("另有"));
    }
}

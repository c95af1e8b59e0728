//! A message of so many lines.

use crate::pipeline::{Line, Section, Tone, WeekMessage};

pub(super) fn message(lines: usize) -> WeekMessage {
    let line = |n: usize| Line {
        tone: if n.is_multiple_of(2) { Tone::Bad } else { Tone::Good },
        mark: if n.is_multiple_of(2) { "✗" } else { "✓" }.to_owned(),
        title: format!("指标{n}"),
        number: format!("9{n}%"),
        detail: "目标 95%".to_owned(),
    };
    WeekMessage {
        title: "甲<集团>".to_owned(),
        lead: vec!["截至 2026-11-22".to_owned()],
        sections: vec![Section { title: "本月".to_owned(), lines: (1..=lines).map(line).collect() }],
    }
}

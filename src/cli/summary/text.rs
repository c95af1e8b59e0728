//! Plain text: a title, sentences, lines under headings.

use crate::{model::text::visible, pipeline::WeekMessage};

pub(super) fn written(message: &WeekMessage) -> String {
    let mut lines = vec![message.title.clone()];
    lines.extend(message.lead.iter().cloned());
    for section in &message.sections {
        lines.push(String::new());
        lines.push(section.title.clone());
        for line in &section.lines {
            let parts = [&line.mark, &line.title, &line.number, &line.detail];
            let parts: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            lines.push(parts.join("  "));
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| visible(line).into_owned()).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_under_headings() {
        let text = super::written(&super::super::tests::message(2));
        assert_eq!(text, "甲<集团>\n截至 2026-11-22\n\n本月\n✓  指标1  91%  目标 95%\n✗  指标2  92%  目标 95%\n");
    }
}

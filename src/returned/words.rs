//! What the returned workbook says in a cell's comment.

use crate::{diagnostic::Finding, messages::FindingWords};

/// The first and last line of what we write into a comment; everything between them is ours. The same in every
/// language, so that a later pass finds it.
pub(super) const FRAME_TOP: &str = "──── foursight ────";
/// See [`FRAME_TOP`].
pub(super) const FRAME_END: &str = "────────────────";

/// The author of our comments.
pub(super) const AUTHOR: &str = "foursight";

/// Findings that one comment spells out; more are in the listing.
const COMMENT_FINDINGS: usize = 6;

/// The text of a cell's comment, frame included.
pub(super) fn comment(findings: &[(usize, &Finding)], words: &FindingWords<'_>) -> String {
    let messages = words.messages();
    let mut lines = vec![FRAME_TOP.to_owned()];
    for (_, finding) in findings.iter().take(COMMENT_FINDINGS) {
        let severity = words.severity(finding.severity);
        let args = [("severity", severity.as_str()), ("code", &finding.code), ("message", &words.message(finding))];
        lines.push(messages.fill("returned.line", &args));
        let hint = words.hint(finding);
        if !hint.is_empty() {
            lines.push(messages.fill("returned.fix", &[("hint", &hint)]));
        }
    }
    if let Some(more) = findings.len().checked_sub(COMMENT_FINDINGS).filter(|more| *more > 0) {
        lines.push(messages.fill("returned.more", &[("n", &more.to_string())]));
    }
    lines.push(FRAME_END.to_owned());
    lines.join("\n")
}

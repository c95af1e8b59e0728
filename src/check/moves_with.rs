//! Two columns of a row that change together (R117: a level that changed, and not the time since when it stands).

use super::{across::AcrossRule, history, judge::Judge, ledger::Ledger};
use crate::{arguments, model::Value};

/// Raises the newest version of a row in which `with` has another value than in the version before, and the rule's own
/// field the same.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, with: &str, judge: &Judge<'_>) {
    let Some(with) = rows.sheet.field(with) else { return };
    for subject in 0..rows.subjects.len() {
        let [.., before, version] = rows.subjects[subject].history.versions.as_slice() else { continue };
        let (Some(&before), version) = (before.last(), version.clone()) else { continue };
        let Some(&newest) = version.last() else { continue };
        let (old, new) = (rows.values(before), rows.values(newest));
        let filled = |index: usize| !old[index].is_null() && !new[index].is_null();
        let stays = filled(rule.field) && old[rule.field] == new[rule.field];
        if !(stays && filled(with) && old[with] != new[with]) {
            continue;
        }
        let shown = |value: &Value| value.display();
        let (from, to, value) = (shown(&old[with]), shown(&new[with]), shown(&new[rule.field]));
        let mut rejects = false;
        for line in version {
            let other = rows.seen_from(line, before);
            let args = arguments! { "from" => &from, "to" => &to, "value" => &value, "other" => other };
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), args);
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}

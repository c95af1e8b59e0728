//! S039: names of staff that are nearly the same: one of them, which hardly ever occurs, is mistyped.

use super::{judge::Judge, ledger::Ledger};
use crate::arguments;
use std::collections::BTreeMap;

/// Rows up to which a name is rare, and how many times as often the other one has to occur.
const RARE: usize = 3;
const TIMES: usize = 5;

/// A name: how often it occurs, and the newest row with it.
#[derive(Default)]
struct Named {
    rows: usize,
    last: Option<(usize, usize)>,
}

/// Raises S039 at the newest row of each rare name that is one character away from a frequent one of the store.
pub(super) fn near(ledgers: &mut [Ledger<'_>], judge: &Judge<'_>) {
    let mut names: BTreeMap<String, Named> = BTreeMap::new();
    for (index, ledger) in ledgers.iter().enumerate() {
        let Some(staff) = ledger.sheet.staff.as_deref().and_then(|staff| ledger.sheet.field(staff)) else { continue };
        for subject in &ledger.subjects {
            let Some(&line) = subject.history.versions.last().and_then(|version| version.last()) else { continue };
            let Some(name) = ledger.values(line)[staff].text() else { continue };
            let named = names.entry(name.to_owned()).or_default();
            named.rows += 1;
            named.last = Some((index, line));
        }
    }
    let letters: Vec<(Vec<char>, &String, usize)> =
        names.iter().map(|(name, named)| (name.chars().collect(), name, named.rows)).collect();
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    for (own, name, rows) in letters.iter().filter(|(own, _, rows)| *rows <= RARE && own.len() > 1) {
        let frequent = letters.iter().filter(|(_, other, count)| other != name && *count >= rows * TIMES.max(RARE + 1));
        let likely = frequent.filter(|(other, ..)| one_apart(own, other)).max_by_key(|(.., count)| *count);
        if let Some((_, other, _)) = likely
            && let Some((ledger, line)) = names.get(*name).and_then(|named| named.last)
        {
            found.push((ledger, line, (*other).clone()));
        }
    }
    for (index, line, likely) in found {
        let ledger = &mut ledgers[index];
        let staff = ledger.sheet.staff.as_deref().and_then(|staff| ledger.sheet.field(staff));
        let name = staff.and_then(|staff| ledger.values(line)[staff].text()).unwrap_or_default().to_owned();
        ledger.raise(judge, "S039", line, staff, arguments! { "name" => name, "likely" => likely });
    }
}

/// Whether one character replaced, put in or taken out makes the other text of one, and at least one character stays.
fn one_apart(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest = short.len() - head;
    match long.len() - short.len() {
        0 => rest > 0 && short[head + 1..] == long[head + 1..],
        1 => short[head..] == long[head + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_apart() {
        let apart = |a: &str, b: &str| one_apart(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        for (a, b) in [("李宏", "李红"), ("李宏", "李宏伟"), ("王小明", "王明"), ("王小明", "张小明")]
        {
            assert!(apart(a, b) && apart(b, a), "{a} {b}");
        }
        for (a, b) in [("李宏", "李宏"), ("李宏", "王红"), ("王小明", "李小红"), ("王明", "王小大明")]
        {
            assert!(!apart(a, b) && !apart(b, a), "{a} {b}");
        }
    }
}

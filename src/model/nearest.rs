//! The name that a mistyped one most likely means.

use unicode_normalization::UnicodeNormalization;

/// The place of the name among `known` that `written` most likely means, if one is near: the same but for width, case,
/// spaces, dashes and letters that look like digits, one that holds the other, or else one a character or two away.
pub fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<usize> {
    let own = folded(written);
    if own.is_empty() {
        return None;
    }
    let length = own.chars().count();
    let far = |name: &str| -> Option<usize> {
        let name = folded(name);
        if name.is_empty() {
            return None;
        }
        let shorter = length.min(name.chars().count());
        if name == own {
            return Some(0);
        }
        if shorter >= 2 && (name.contains(&own) || own.contains(&name)) {
            return Some(1);
        }
        let most = (length.max(name.chars().count()) / 3).max(1);
        let apart = distance(&own, &name);
        (apart <= most && apart < shorter).then_some(apart + 1)
    };
    known.enumerate().filter_map(|(at, name)| Some((far(name)?, at))).min().map(|(_, at)| at)
}

/// NFKC, lower case, no spaces and dashes, letters that look like digits as these.
fn folded(name: &str) -> String {
    let plain = |c: char| match c {
        'o' => '0',
        'l' | 'i' => '1',
        c => c,
    };
    let kept = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '_' | '.' | '·');
    name.nfkc().flat_map(char::to_lowercase).filter(kept).map(plain).collect()
}

/// How many characters must be put in, taken out or replaced to make `b` of `a`.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("手机号", "手机号码"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("电话", "手机"), 2);
    }

    #[test]
    fn the_name_that_is_meant() {
        let known = ["S01", "S02", "S11", "浦东店", "North"];
        let meant = |written: &str| nearest(written, known.into_iter()).map(|at| known[at]);
        for (written, name) in [
            ("SO1", Some("S01")),
            ("s01", Some("S01")),
            ("Ｓ０１", Some("S01")),
            ("S-02", Some("S02")),
            ("S 02", Some("S02")),
            ("S01店", Some("S01")),
            ("浦东", Some("浦东店")),
            ("浦冬店", Some("浦东店")),
            ("nroth", None),
            ("noth", Some("North")),
            ("王府井", None),
            ("", None),
        ] {
            assert_eq!(meant(written), name, "{written}");
        }
    }
}

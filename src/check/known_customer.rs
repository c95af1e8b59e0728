//! Whom a row names is a customer of the store (S036, R120): some sheet has the number.

use super::{
    across::{AcrossRule, first_day},
    history,
    judge::Judge,
    ledger::Ledger,
};
use crate::{
    arguments,
    model::{Message, Place, Said, personal, text::normalized_key},
};
use chrono::NaiveDate;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The customers that some sheets of a store know, by every value that says who they are, each with a row that has it.
/// `None` where the store never sent a row of those sheets: what is not there to be looked up is no mistake.
pub(super) struct Customers {
    known: Option<BTreeMap<String, Place>>,
    /// The first day that the sheets tell of.
    first: Option<NaiveDate>,
}

impl Customers {
    /// Those of the rows of sheets, also of rows that were kept out: what is wrong with them has been said there.
    pub fn of(ledgers: &[Ledger<'_>], sheets: &[Arc<str>]) -> Customers {
        let own: Vec<&Ledger<'_>> = ledgers.iter().filter(|ledger| sheets.contains(&ledger.sheet.id)).collect();
        if own.is_empty() || own.iter().all(|ledger| ledger.lines.is_empty()) {
            return Customers { known: None, first: None };
        }
        let first = own.iter().filter_map(|ledger| first_day(ledger)).min();
        let mut known = BTreeMap::new();
        for ledger in own {
            let fields: Vec<usize> =
                ledger.sheet.customer.iter().filter_map(|field| ledger.sheet.field(field)).collect();
            for line in 0..ledger.lines.len() {
                for field in &fields {
                    let Some(key) = ledger.values(line)[*field].text() else { continue };
                    let held = ledger.sheet_of(line);
                    let place = || held.table.place(&held.read.path, ledger.lines[line].row.row, None);
                    known.entry(normalized_key(key).into_owned()).or_insert_with(place);
                }
            }
        }
        Customers { known: Some(known), first }
    }
}

/// Numbers by what is left of them when one character is taken out: two that share such a piece are one character apart.
struct Pieces<'k>(HashMap<String, &'k str>);

impl<'k> Pieces<'k> {
    fn of(known: &'k BTreeMap<String, Place>) -> Pieces<'k> {
        let mut pieces = HashMap::new();
        for key in known.keys() {
            shortened(key).for_each(|piece| {
                pieces.entry(piece).or_insert(key.as_str());
            });
        }
        Pieces(pieces)
    }

    fn nearest(&self, key: &str) -> Option<&'k str> {
        shortened(key).find_map(|piece| self.0.get(&piece).copied())
    }
}

/// A text with each of its characters replaced by a mark, and without it at its end.
fn shortened(key: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = key.chars().collect();
    (0..letters.len())
        .map(move |at| letters.iter().enumerate().map(|(i, c)| if i == at { '\u{0}' } else { *c }).collect())
}

/// Raises the newest row of each subject that names nobody known, with the nearest number and where it stands.
pub(super) fn hold(rows: &mut Ledger<'_>, rule: &AcrossRule<'_>, customers: &Customers, judge: &Judge<'_>) {
    let Customers { known: Some(known), first } = customers else { return };
    let mut pieces = None;
    for subject in 0..rows.subjects.len() {
        let Some(version) = rows.subjects[subject].history.versions.last().cloned() else { continue };
        let mut rejects = false;
        for line in version {
            let values = rows.values(line);
            let Some(own) = values[rule.field].text().map(|key| normalized_key(key).into_owned()) else { continue };
            if known.contains_key(&own) || !rule.asks(values) || !rule.is_kept(values, *first) {
                continue;
            }
            let near: Said = match pieces
                .get_or_insert_with(|| Pieces::of(known))
                .nearest(&own)
                .and_then(|key| Some((key, known.get(key)?)))
            {
                Some((key, place)) => Message::new("finding.nearest_customer")
                    .with("key", personal::mask_key(key))
                    .with("place", place.to_string())
                    .into(),
                None => "".into(),
            };
            let args = arguments! { "value" => personal::mask_key(&own), "nearest" => near };
            rejects |= rows.raise(judge, rule.code, line, Some(rule.field), args);
        }
        if rejects {
            history::fold(rows, judge, subject);
        }
    }
}

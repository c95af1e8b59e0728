//! What a form says of how sheets were received and of what the checking found in them.

use super::{Filler, Whose};
use crate::{
    catalog::{
        Catalog, Form,
        form::{Body, Line, OfSheet},
    },
    diagnostic::Finding,
    model::{Instant, Period, Submission},
    report::{
        digest::StoreDigest,
        figure,
        material::StoreMaterial,
        table::{Cell, Measure, Scale, Value},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How often each code was found in workbooks of one period.
type Found = BTreeMap<Arc<str>, u64>;

/// Counts the findings of workbooks of `period` by code.
fn found(findings: &[Finding], submissions: &[Submission], period: Period) -> Found {
    let is_here = |own: &&Submission| own.week().is_some_and(|week| period.holds(week.thursday()));
    let here: BTreeSet<&str> = submissions.iter().filter(is_here).map(|own| &*own.workbook).collect();
    let mut counts = Found::new();
    for finding in findings.iter().filter(|finding| here.contains(&*finding.place.workbook)) {
        *counts.entry(finding.code.clone()).or_default() += 1;
    }
    counts
}

/// What the forms of a store say of its findings: of each form that does, the counts of its period.
pub fn of_forms(catalog: &Catalog, cutoff: Instant, material: &StoreMaterial<'_>) -> Vec<Found> {
    let checks = |form: &&Form| form.blocks.iter().any(|block| matches!(block.body, Body::Checks(_)));
    let of = |form: &Form| found(material.findings, material.submissions, form.period.at(cutoff));
    catalog.forms.iter().filter(checks).map(of).collect()
}

impl<'a> Filler<'_, 'a> {
    /// Something of how a line's sheet was received.
    pub(crate) fn received(&self, line: &Line, of: OfSheet) -> Cell<'a> {
        let Some(sheet) = line.sheet.as_deref() else { return Cell::Blank };
        let digests: Vec<&StoreDigest> = match self.whose {
            Whose::Store(store) => vec![&store.store.digest],
            Whose::Group(group, _) => group.group.material.digests.iter().collect(),
        };
        let rows = digests.iter().flat_map(|digest| digest.sheets.iter().filter(|own| *own.kind == *sheet));
        let (mut read, mut accepted, mut stores) = (0, 0, 0_u64);
        for own in rows {
            read += own.rows_read;
            accepted += own.accepted;
            stores += 1;
        }
        let whole = |n: u64| Value::number(n as f64, Measure::WHOLE, figure::tally(n)).cell();
        match of {
            OfSheet::Title => {
                let found = self.lookup().edition.catalog.sheet(sheet);
                found.map_or(Cell::Blank, |found| Cell::text(self.words().text(&found.title)))
            }
            OfSheet::Rows => whole(accepted),
            OfSheet::Stores => whole(stores),
            OfSheet::Newest => {
                let board = digests.iter().flat_map(|digest| &digest.board);
                let newest = board.filter(|line| line.received && *line.kind == *sheet).map(|line| line.week).max();
                newest.map_or(Cell::Blank, |week| Cell::text(self.words().period(week)))
            }
            OfSheet::Complete if read == 0 => Cell::Blank,
            OfSheet::Complete => {
                let share = accepted as f64 / read as f64;
                let measure = Measure { scale: Scale::Percent, decimals: 1, signed: false };
                Value::number(share, measure, figure::percent(share)).cell()
            }
        }
    }

    /// How often each code was found in workbooks of the form's period.
    pub(crate) fn found(&self) -> Found {
        match self.whose {
            Whose::Store(store) => found(store.store.material.findings, store.store.material.submissions, self.base()),
            Whose::Group(..) => Found::new(),
        }
    }
}

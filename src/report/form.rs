//! Forms: what stores and headquarters print, sign and talk about. A definition lays a form out; here it is filled, for a
//! store or for the group, and stands as a page. [`Filler`] gives its tables, which a workbook writes too.

pub(crate) mod back;
pub(crate) mod deal;
pub(crate) mod fraction;
pub(crate) mod grid;
pub(crate) mod group;
pub(crate) mod index;
pub(crate) mod layout;
pub(crate) mod picture;
pub mod plan;
pub mod received;
pub(crate) mod reckon;
pub(crate) mod scores;
pub mod share;
pub(crate) mod store;
pub(crate) mod to_date;
mod view;

use super::{
    lookup::{GroupLookup, Lookup, StoreLookup},
    page::Link,
    store as store_page,
    table::Cell,
    words::Words,
};
use crate::{
    catalog::{
        Form, Kpi,
        form::{Block, Body, FormPeriod, FormScope, Mark, OfGroup, RowKind, Shows, Sums},
    },
    model::{FilledBlock, FormValues, Grain, KpiValue, Period, Quantity, Scope, Status},
    project::{Audience, settings::slug},
};
use grid::Grid;
use std::{collections::BTreeSet, ops::Deref, sync::Arc};

/// A store with what its forms are filled with.
pub(crate) struct StoreForms<'a> {
    pub store: StoreLookup<'a>,
    pub values: &'a FormValues,
    /// The group's sums that a store's rates fall back on.
    pub totals: &'a FormValues,
}

impl<'a> Deref for StoreForms<'a> {
    type Target = Lookup<'a>;

    fn deref(&self) -> &Lookup<'a> {
        &self.store
    }
}

/// The group with what each store adds to its forms, in the stores' order.
pub(crate) struct GroupForms<'a> {
    pub group: GroupLookup<'a>,
    pub stores: &'a [FormValues],
}

impl<'a> Deref for GroupForms<'a> {
    type Target = Lookup<'a>;

    fn deref(&self) -> &Lookup<'a> {
        &self.group
    }
}

/// Who reads a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The store itself, in its own workbook: customers in full.
    Store,
    /// Whoever opens the site: masked.
    Site,
}

/// Whose form it is.
#[derive(Clone, Copy)]
enum Whose<'l, 'a> {
    Store(&'l StoreForms<'a>),
    /// The group's, of which a page shows this part of the stores; `None`: all of them.
    Group(&'l GroupForms<'a>, Option<usize>),
}

/// Fills one form.
#[derive(Clone, Copy)]
pub(crate) struct Filler<'l, 'a> {
    form: &'a Form,
    whose: Whose<'l, 'a>,
    reader: Reader,
}

/// Whether a store has a form: it sent what the form needs.
pub(crate) fn is_of_store(form: &Form, sent: impl Fn(&str) -> bool) -> bool {
    form.is_of(FormScope::Store) && form.needs.iter().all(|sheet| sent(sheet))
}

impl StoreLookup<'_> {
    /// Whether it ever sent a sheet.
    pub(crate) fn sent(&self, sheet: &str) -> bool {
        self.material.tallies.iter().any(|tally| *tally.kind == *sheet)
    }
}

impl<'l, 'a> Filler<'l, 'a> {
    /// Of a store.
    pub(crate) fn of_store(store: &'l StoreForms<'a>, form: &'a Form, reader: Reader) -> Filler<'l, 'a> {
        Filler { form, whose: Whose::Store(store), reader }
    }

    /// Of the group; with a part of the stores, or all of them.
    pub(crate) fn of_group(group: &'l GroupForms<'a>, form: &'a Form, part: Option<usize>) -> Filler<'l, 'a> {
        Filler { form, whose: Whose::Group(group, part), reader: Reader::Site }
    }

    /// Whether the form of this scope has a block.
    fn has(&self, block: &Block) -> bool {
        // What is filled in by hand is filled in on paper or in the workbook.
        if is_by_hand(block) && !self.on_sheet() {
            return false;
        }
        let Whose::Group(_, part) = self.whose else { return true };
        match block.group {
            OfGroup::None => false,
            _ if matches!(block.body, Body::Rows(_) | Body::Scores) => false,
            OfGroup::Stores if matches!(block.body, Body::Sums(_)) => true,
            // What is not said store by store is said once.
            _ => part.is_none_or(|part| part == 1),
        }
    }

    /// Whether it is written into a workbook.
    pub(crate) fn on_sheet(&self) -> bool {
        match self.whose {
            Whose::Store(_) => self.reader == Reader::Store,
            Whose::Group(_, part) => part.is_none(),
        }
    }

    /// Finds values, and words them.
    pub(crate) fn lookup(&self) -> &'l Lookup<'a> {
        match self.whose {
            Whose::Store(store) => store,
            Whose::Group(group, _) => group,
        }
    }

    /// The words in use.
    pub(crate) fn words(&self) -> &'a Words {
        self.lookup().words
    }

    /// Who reads it.
    pub(crate) fn reader(&self) -> Reader {
        self.reader
    }

    /// Whose eyes it must suit.
    pub(crate) fn audience(&self) -> Audience {
        match self.reader {
            Reader::Store => Audience::Store,
            Reader::Site => self.lookup().edition.settings.audience,
        }
    }

    /// The period that it is of.
    pub(crate) fn base(&self) -> Period {
        self.form.period.at(self.lookup().edition.cutoff)
    }

    /// The form.
    pub(crate) fn form(&self) -> &'a Form {
        self.form
    }

    /// Of whom figures are.
    pub(crate) fn scope(&self) -> (Scope, &'l str) {
        match self.whose {
            Whose::Store(store) => (Scope::Store, &**store.store.id()),
            Whose::Group(..) => (Scope::Group, "group"),
        }
    }

    /// The target that settings and definition give, whether or not anything was counted.
    pub(crate) fn target(&self, kpi: &Kpi, period: Period) -> Option<Quantity> {
        let settings = self.lookup().edition.settings;
        match self.whose {
            Whose::Store(store) => {
                let own = store.store.material.store;
                settings.target(kpi, &own.id, &own.brand, period)
            }
            Whose::Group(..) => settings.target(kpi, "", "", period),
        }
    }

    /// To the rows behind a KPI, where there are any.
    pub(crate) fn behind(&self, kpi: &Kpi) -> Option<Link> {
        match self.whose {
            Whose::Store(store) => store.store.behind(kpi),
            Whose::Group(..) => None,
        }
    }

    /// The people of the store by their scorecards, the best first.
    pub(crate) fn scores(&self) -> Vec<scores::Score<'a>> {
        match self.whose {
            Whose::Store(store) => {
                scores::scores(&store.store, Period::of(Grain::Quarter, self.base().start), self.base())
            }
            Whose::Group(..) => Vec::new(),
        }
    }

    /// A person's page.
    pub(crate) fn person(&self, name: &str) -> Option<Link> {
        match self.whose {
            Whose::Store(store) => store.store.person_link(name),
            Whose::Group(..) => None,
        }
    }

    /// Full months in a row, up to the newest, in which a KPI met its target; `None` without a target.
    pub(crate) fn met_in_a_row(&self, kpi: &Kpi) -> Option<usize> {
        let (scope, id) = self.scope();
        let months = std::iter::successors(Some(self.base()), |month| Some(month.previous())).take(24);
        let values = months.map(|month| self.lookup().value(kpi, scope, id, month));
        let judged: Vec<Option<&KpiValue>> = values.collect();
        judged.iter().flatten().find(|value| value.target.is_some())?;
        Some(judged.iter().take_while(|value| value.is_some_and(|value| value.status == Status::Met)).count())
    }

    /// Whether the block is one line a store.
    pub(crate) fn is_by_store(&self, block: &Block) -> bool {
        matches!(self.whose, Whose::Group(..)) && block.group == OfGroup::Stores && matches!(block.body, Body::Sums(_))
    }

    /// What fills a block of a store's form.
    pub(crate) fn filled(&self, at: usize) -> Option<&'l FilledBlock> {
        match self.whose {
            Whose::Store(store) => store.values.of(&self.form.id)?.blocks.get(at),
            Whose::Group(..) => None,
        }
    }

    /// The sums of a block, and the group's where a store's rates may fall back on them.
    pub(crate) fn grids(&self, block: &Block, sums: &Sums, at: usize) -> (Grid, Option<Grid>) {
        let cutoff = self.lookup().edition.cutoff;
        let mut grid = Grid::new(cutoff);
        let cubes = |values: &'l FormValues| values.of(&self.form.id).and_then(|form| form.blocks.get(at));
        match self.whose {
            Whose::Store(store) => {
                if let Some(filled) = self.filled(at) {
                    grid.add(sums, &filled.cubes, None);
                }
                let totals = cubes(store.totals).filter(|block| !block.cubes.is_empty()).map(|block| {
                    let mut grid = Grid::new(cutoff);
                    grid.add(sums, &block.cubes, None);
                    grid
                });
                (grid, totals)
            }
            Whose::Group(group, _) => {
                let by_store = self.is_by_store(block);
                for (store, values) in group.group.material.stores.iter().zip(group.stores) {
                    if let Some(filled) = cubes(values) {
                        grid.add(sums, &filled.cubes, by_store.then_some(&store.id));
                    }
                }
                (grid, None)
            }
        }
    }

    /// The ids of the stores in the order in which they stand; `None` where the block is not by store.
    pub(crate) fn store_ids(&self, block: &Block) -> Option<Vec<Arc<str>>> {
        let Whose::Group(group, _) = self.whose else { return None };
        let parts = group.group.parts().into_iter().flatten();
        self.is_by_store(block).then(|| parts.map(|(store, _)| store.id.clone()).collect())
    }

    /// The names of the rows that this page shows.
    pub(crate) fn part_of(&self, block: &Block, names: &[Arc<str>]) -> BTreeSet<Arc<str>> {
        match self.whose {
            Whose::Group(group, Some(part)) if self.is_by_store(block) => {
                let parts = group.group.parts();
                let here = parts.get(part.max(1) - 1).map_or(&[][..], Vec::as_slice);
                here.iter().map(|(store, _)| store.id.clone()).collect()
            }
            _ => names.iter().cloned().collect(),
        }
    }

    /// What names a row.
    pub(crate) fn row_cell(&self, block: &Block, sums: &Sums, name: &Arc<str>, label: String) -> Cell<'a> {
        match self.whose {
            Whose::Group(group, _) if self.is_by_store(block) => {
                let found = group.group.stores().find(|(store, _)| store.id == *name);
                found.map_or(Cell::Blank, |(store, digest)| {
                    let sent = |sheet: &str| digest.sheets.iter().any(|own| *own.kind == *sheet);
                    let link = match is_of_store(self.form, sent) {
                        true => store::link(&store.id, self.form),
                        false => store_page::link(&store.id),
                    };
                    Cell::Link(store.name.clone().into(), link)
                })
            }
            Whose::Store(store) if sums.rows == RowKind::Staff => match name.is_empty() {
                true => Cell::text(self.words().word("work.nobody")),
                false => Cell::linked(label, store.store.person_link(name)),
            },
            Whose::Store(store) if sums.rows == RowKind::One => Cell::text(store.store.material.store.name.clone()),
            Whose::Group(..) if sums.rows == RowKind::One => Cell::text(self.words().word("heat.all")),
            _ => Cell::linked(label, self.row_link(sums, name)),
        }
    }

    /// To the rows behind the KPI that stands behind a row: the group's to the KPI itself.
    fn row_link(&self, sums: &Sums, name: &str) -> Option<Link> {
        let id = sums.row_kpis.get(name).or_else(|| sums.row_kpis.get("*"))?;
        let kpi = self.lookup().edition.catalog.kpi(id)?;
        match self.whose {
            Whose::Store(_) => self.behind(kpi),
            Whose::Group(..) => Some(super::kpi::link(id)),
        }
    }

    /// That nothing was received of what a block rests on.
    pub(crate) fn not_received(&self, block: &Block) -> String {
        let Body::Sums(sums) = &block.body else { return String::new() };
        let mut sheets: Vec<Arc<str>> = self.absent();
        for sheet in sums.cubes.iter().flat_map(|cube| &cube.needs) {
            if !sheets.contains(sheet) && !self.sent(sheet) {
                sheets.push(sheet.clone());
            }
        }
        self.not_received_of(&sheets)
    }

    /// Likewise of these sheets.
    pub(crate) fn not_received_of(&self, sheets: &[Arc<str>]) -> String {
        not_received(self.lookup(), sheets)
    }

    /// The sheets that the form needs and that never came.
    fn absent(&self) -> Vec<Arc<str>> {
        self.form.needs.iter().filter(|sheet| !self.sent(sheet)).cloned().collect()
    }

    fn sent(&self, sheet: &str) -> bool {
        match self.whose {
            Whose::Store(store) => store.store.sent(sheet),
            Whose::Group(group, _) => {
                group.group.stores().any(|(_, digest)| digest.sheets.iter().any(|own| *own.kind == *sheet))
            }
        }
    }

    /// Store, period, cut-off, unit: the line under the title.
    pub(crate) fn head(&self) -> String {
        let (lookup, words) = (self.lookup(), self.words());
        let base = self.base();
        let name = match self.whose {
            Whose::Store(store) => store.store.material.store.name.clone(),
            Whose::Group(..) => lookup.edition.settings.group.clone(),
        };
        let period = words.period(base);
        let begins =
            self.form.period == FormPeriod::Month && base.grain == Grain::Month && lookup.months.is_partial(base);
        let period = if begins { words.fill("pack.to_date", &[("month", &period)]) } else { period };
        let mut parts = vec![name, period];
        parts.push(format!("{} {}", words.word("banner.cutoff"), lookup.edition.cutoff.display()));
        let unit = words.text(&self.form.unit);
        if !unit.is_empty() {
            parts.push(words.fill("form.unit", &[("unit", &unit)]));
        }
        parts.join(" · ")
    }

    /// Source, marks of the columns, assumptions: the last lines.
    pub(crate) fn foot(&self) -> Vec<String> {
        let words = self.words();
        let mut lines = vec![words.fill("form.source", &[("source", &words.zh(&self.form.source))])];
        let marks = [(Mark::S, "form.mark_s"), (Mark::D, "form.mark_d"), (Mark::A, "form.mark_a")];
        for (mark, key) in marks {
            let titles = self.marked(mark);
            if !titles.is_empty() {
                lines.push(words.fill(key, &[("columns", &titles.join(&words.word("table.comma")))]));
            }
        }
        let assumed: Vec<String> = self.form.assumptions.iter().map(|text| words.text(text)).collect();
        lines.extend((!assumed.is_empty()).then(|| words.fill("form.assumptions", &[("texts", &assumed.join(" "))])));
        lines
    }

    /// The headings that bear a mark.
    fn marked(&self, mark: Mark) -> Vec<String> {
        let words = self.words();
        let mut titles = Vec::new();
        for block in self.form.blocks.iter().filter(|block| self.has(block)) {
            let rows = match &block.body {
                Body::Sums(sums) if sums.row_mark == mark && !self.is_by_store(block) => words.text(&sums.row_title),
                _ => String::new(),
            };
            let own = block.columns.iter().filter(|column| column.mark == mark).map(|column| {
                match &column.shows {
                    // An `each` is called by its values: its block says what they are.
                    Shows::Number(number) if number.each => words.text(&block.title),
                    _ => words.text(&column.title),
                }
            });
            for title in std::iter::once(rows).chain(own) {
                if !title.is_empty() && !titles.contains(&title) {
                    titles.push(title);
                }
            }
        }
        titles
    }

    /// Its title.
    pub(crate) fn title(&self) -> String {
        self.form.numbered(&self.words().text(&self.form.title))
    }

    /// What its worksheet is called.
    pub(crate) fn sheet_name(&self) -> String {
        let own = self.words().text(&self.form.sheet);
        if own.is_empty() { self.title() } else { own }
    }
}

/// Whether nothing stands in a block but texts and what is filled in.
fn is_by_hand(block: &Block) -> bool {
    let by_hand = |shows: &Shows| matches!(shows, Shows::Hand(_));
    let only = || block.columns.iter().all(|own| by_hand(&own.shows) || matches!(own.shows, Shows::Text(_)));
    match block.body {
        Body::Hand(_) => true,
        Body::Lines(_) => only() && block.columns.iter().any(|own| by_hand(&own.shows)),
        _ => false,
    }
}

/// That nothing was received of some sheets.
pub(crate) fn not_received(lookup: &Lookup<'_>, sheets: &[Arc<str>]) -> String {
    let words = lookup.words;
    let title = |id: &Arc<str>| {
        let sheet = lookup.edition.catalog.sheet(id);
        sheet.map_or_else(|| id.to_string(), |sheet| words.text(&sheet.title))
    };
    let titles: Vec<String> = sheets.iter().map(|id| words.fill("form.sheet", &[("title", &title(id))])).collect();
    words.fill("form.not_received", &[("sheets", &titles.concat())])
}

/// The path of a form's page of the group.
fn group_path(form: &Form) -> String {
    format!("forms/{}", slug(&form.id))
}

//! The sums of a block as its formulas ask for them: of some rows, some columns, a stretch of time.

use super::fraction::Fraction;
use crate::{
    catalog::{
        Expression,
        form::{CubeOf, Over, Sums},
    },
    model::{CubeSums, Instant, Period, Quantity},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
};

/// One number of a cube.
struct One {
    period: Option<chrono::NaiveDate>,
    row: Arc<str>,
    column: Arc<str>,
    sum: Quantity,
}

/// One sum of a block.
#[derive(Default)]
struct Summed {
    cells: Vec<One>,
    /// Rows of which it is known, or `None`: known of all.
    of: Option<BTreeSet<Arc<str>>>,
    /// It is known of something.
    known: bool,
    /// The rows that its cubes speak of, and their columns.
    spoken: [Spoken; 2],
}

/// The rows, or the columns, that the cubes of a sum speak of.
#[derive(Default)]
struct Spoken {
    /// Those that a cube speaks of alone, and whose sheets came.
    named: BTreeSet<Arc<str>>,
    /// Some cube may speak of any.
    any: bool,
}

impl Spoken {
    fn add(&mut self, side: Option<&Expression>, known: bool) {
        match side.and_then(Expression::literal) {
            Some(name) => self.named.extend(known.then_some(name)),
            None => self.any = true,
        }
    }

    /// Whether something is said of one.
    fn of(&self, name: &Arc<str>) -> bool {
        self.any || self.named.contains(name)
    }
}

/// The sums of one block by name.
pub(crate) struct Grid {
    sums: BTreeMap<Arc<str>, Summed>,
    cutoff: Instant,
    slices: RefCell<Slices>,
}

/// One sum over a stretch of time.
#[derive(Default)]
struct Slice {
    cells: BTreeMap<(Arc<str>, Arc<str>), Quantity>,
    by_row: BTreeMap<Arc<str>, Quantity>,
}

/// What was asked for already.
type Slices = BTreeMap<(Arc<str>, Over, Period), Rc<Slice>>;

/// Which rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'r> {
    /// All.
    All,
    /// One.
    One(&'r Arc<str>),
    /// Some.
    Some(&'r [Arc<str>]),
}

impl Grid {
    /// Nothing yet.
    pub(crate) fn new(cutoff: Instant) -> Grid {
        Grid { sums: BTreeMap::new(), cutoff, slices: RefCell::default() }
    }

    /// Adds what a store knows, under its rows, or as one row.
    pub(crate) fn add(&mut self, block: &Sums, filled: &[CubeSums], row: Option<&Arc<str>>) {
        for (cube, own) in block.cubes.iter().zip(filled) {
            let known = own.absent.is_empty();
            for (at, name) in cube.names.iter().enumerate() {
                let summed = self.sums.entry(name.clone()).or_default();
                summed.known |= known;
                let (rows, columns) = match &cube.of {
                    CubeOf::Fact { row: rows, column, .. } => (rows.as_deref(), column.as_deref()),
                    CubeOf::Kpi { .. } => (None, None),
                };
                // One row a store speaks of stores.
                summed.spoken[0].add(rows.filter(|_| row.is_none()), known);
                summed.spoken[1].add(columns, known);
                if let Some(row) = row {
                    let of = summed.of.get_or_insert_default();
                    if known {
                        of.insert(row.clone());
                    }
                }
                let named = |index: u32| own.names.get(index as usize).cloned().unwrap_or_default();
                summed.cells.extend(own.cells.iter().filter_map(|cell| {
                    let sum = cell.sums.get(at).copied().filter(|sum| !sum.is_zero())?;
                    let row = row.cloned().unwrap_or_else(|| named(cell.row));
                    Some(One { period: cell.period, row, column: named(cell.column), sum })
                }));
            }
        }
    }

    /// Whether anything is known of any sum.
    pub(crate) fn is_known(&self) -> bool {
        self.sums.values().any(|summed| summed.known)
    }

    /// The cut-off.
    pub(crate) fn cutoff(&self) -> Instant {
        self.cutoff
    }

    /// Whether a name is that of a sum.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.sums.contains_key(name)
    }

    fn slice(&self, name: &Arc<str>, over: Over, base: Period) -> Rc<Slice> {
        let key = (name.clone(), over, base);
        if let Some(slice) = self.slices.borrow().get(&key) {
            return slice.clone();
        }
        let periods = over.periods(base, self.cutoff);
        let holds = |one: &&One| match (&periods, one.period) {
            (None, _) | (_, None) => true,
            (Some(periods), Some(start)) => periods.iter().any(|period| period.start == start),
        };
        let mut slice = Slice::default();
        for one in self.sums.get(name).into_iter().flat_map(|summed| &summed.cells).filter(holds) {
            *slice.cells.entry((one.row.clone(), one.column.clone())).or_default() += one.sum;
            *slice.by_row.entry(one.row.clone()).or_default() += one.sum;
        }
        let slice = Rc::new(slice);
        self.slices.borrow_mut().insert(key, slice.clone());
        slice
    }

    /// A sum; `None` where it is not known.
    pub(crate) fn sum(
        &self,
        name: &Arc<str>,
        over: Over,
        base: Period,
        rows: Rows<'_>,
        column: Option<&Arc<str>>,
    ) -> Option<Fraction> {
        let summed = self.sums.get(name).filter(|summed| summed.known)?;
        if let Rows::One(row) = rows
            && (summed.of.as_ref().is_some_and(|of| !of.contains(row)) || !summed.spoken[0].of(row))
        {
            return None;
        }
        if column.is_some_and(|column| !summed.spoken[1].of(column)) {
            return None;
        }
        let slice = self.slice(name, over, base);
        let of_row = |row: &Arc<str>| match column {
            None => slice.by_row.get(row).copied().unwrap_or_default(),
            Some(column) => slice.cells.get(&(row.clone(), column.clone())).copied().unwrap_or_default(),
        };
        Some(Fraction::of(match rows {
            Rows::One(row) => of_row(row),
            Rows::Some(rows) => rows.iter().map(of_row).sum(),
            Rows::All => slice.by_row.keys().map(of_row).sum(),
        }))
    }

    /// The rows in which something counts of these stretches of time.
    pub(crate) fn rows(&self, overs: &BTreeSet<Over>, bases: &[Period]) -> BTreeSet<Arc<str>> {
        let mut rows = BTreeSet::new();
        for name in self.sums.keys() {
            for (over, base) in overs.iter().flat_map(|over| bases.iter().map(move |base| (*over, *base))) {
                rows.extend(self.slice(name, over, base).by_row.keys().cloned());
            }
        }
        rows
    }

    /// The columns in which something counts of some sums.
    pub(crate) fn columns(&self, names: &[&Arc<str>], over: Over, bases: &[Period]) -> BTreeSet<Arc<str>> {
        let mut columns = BTreeSet::new();
        for name in names.iter().filter(|name| self.has(name)) {
            for base in bases {
                columns.extend(self.slice(name, over, *base).cells.keys().map(|(_, column)| column.clone()));
            }
        }
        columns
    }
}

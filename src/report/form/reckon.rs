//! What the numeric columns of a block come to: its formulas over its sums, row by row and in the line of totals.

use super::{
    deal::deal,
    fraction::Fraction,
    grid::{Grid, Rows},
};
use crate::{
    catalog::{
        form::{FormColumn, Formula, Function, Number, Over, Shows},
        working_days::WorkingDays,
    },
    model::{Grain, Period, Quantity},
};
use std::{collections::BTreeMap, sync::Arc};

/// Where a number stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'r> {
    /// The period of the form, or of the row.
    pub base: Period,
    /// The row, several, or all.
    pub rows: Rows<'r>,
    /// The column of an `each`; `None`: all of them.
    pub column: Option<&'r Arc<str>>,
    /// The rows above this one and itself, in the order in which they stand; of no meaning in the line of totals.
    pub upto: &'r [Arc<str>],
    /// All rows.
    pub all: &'r [Arc<str>],
}

/// What a number rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Basis {
    /// Its own row.
    Own,
    /// All rows of the store.
    Store,
    /// The group.
    Group,
}

/// The columns of a block over its sums.
pub(crate) struct Reckoner<'g> {
    pub grid: &'g Grid,
    /// The group's sums of the same block, where a store's are too small.
    pub group: Option<&'g Grid>,
    pub columns: &'g [FormColumn],
    /// The days that are worked.
    pub days: &'g WorkingDays,
    /// Numbers in place of those that the sums give.
    pub given: &'g Given,
    /// The one value of the cubes' columns that the whole table is of.
    pub apart: Option<&'g Arc<str>>,
}

/// Numbers by the name of a sum or a column.
pub(crate) type Given = BTreeMap<Arc<str>, Fraction>;

impl Reckoner<'_> {
    /// The value of a column.
    pub(crate) fn value(&self, number: &Number, at: At<'_>) -> (Option<Fraction>, Basis) {
        if let (Some(least), Formula::By(a, b)) = (number.least.map(Fraction::of), &number.formula) {
            let ratio = |of: &Reckoner<'_>, at: At<'_>| {
                let by = of.formula(b, number.over, at)?;
                (by >= least).then(|| of.formula(a, number.over, at)?.by(by))
            };
            let all = At { rows: Rows::All, ..at };
            if let Some(own) = ratio(self, at) {
                return (own, Basis::Own);
            }
            if let Some(own) = ratio(self, all) {
                return (own, Basis::Store);
            }
            let group = self.group.map(|grid| Reckoner { grid, group: None, ..*self });
            let of_group = group.and_then(|group| ratio(&group, all)).flatten();
            return (of_group, Basis::Group);
        }
        (self.formula(&number.formula, number.over, at), Basis::Own)
    }

    fn formula(&self, formula: &Formula, over: Over, at: At<'_>) -> Option<Fraction> {
        let of = |formula: &Formula| self.formula(formula, over, at);
        match formula {
            Formula::Number(number) => Some(Fraction::of(*number)),
            Formula::Name(name) if self.given.contains_key(name) => self.given.get(name).copied(),
            Formula::Name(name) => match self.column(name) {
                Some(number) if number.each => self.value(number, at).0,
                Some(number) => self.value(number, At { column: self.apart, ..at }).0,
                None => self.grid.sum(name, over, at.base, at.rows, at.column),
            },
            Formula::Add(a, b) => of(a)?.add(of(b)?),
            Formula::Less(a, b) => of(a)?.less(of(b)?),
            Formula::Times(a, b) => of(a)?.times(of(b)?),
            Formula::By(a, b) => of(a)?.by(of(b)?),
            Formula::Call(function, all) => self.call(*function, all, over, at),
        }
    }

    fn call(&self, function: Function, all: &[Formula], over: Over, at: At<'_>) -> Option<Fraction> {
        let none = Formula::Number(Quantity::default());
        let first = all.first().unwrap_or(&none);
        let each = || all.iter().map(|own| self.formula(own, over, at));
        match function {
            Function::Ceil => self.formula(first, over, at).map(Fraction::ceil),
            Function::Floor => self.formula(first, over, at).map(Fraction::floor),
            Function::Greatest => each().collect::<Option<Vec<_>>>()?.into_iter().max(),
            Function::Least => each().collect::<Option<Vec<_>>>()?.into_iter().min(),
            Function::Coalesce => each().flatten().next(),
            Function::Total => self.formula(first, over, At { rows: Rows::All, ..at }),
            Function::Running => match at.rows {
                Rows::One(_) => self.formula(first, over, At { rows: Rows::Some(at.upto), ..at }),
                Rows::All | Rows::Some(_) => self.formula(first, over, At { rows: Rows::All, ..at }),
            },
            Function::Closed => self.formula(first, Over::Closed, at),
            Function::Ahead => self.formula(first, Over::Ahead, at),
            Function::Lowest => self.singly(first, over, at).min(),
            Function::Highest => self.singly(first, over, at).max(),
            Function::Dealt => self.dealt(all, over, at),
            Function::Where => {
                let held = all.get(1).and_then(|own| self.formula(own, over, at))?;
                (held != Fraction::whole(0)).then(|| self.formula(first, over, at))?
            }
            Function::Periods => whole(over.periods(at.base, self.grid.cutoff())?.len()),
            Function::WorkingDays => whole(self.days.between(at.base.start, at.base.end())),
            Function::WorkingDaysGone => {
                let tomorrow = self.grid.cutoff().date().succ_opt()?;
                whole(self.days.between(at.base.start, tomorrow.min(at.base.end())))
            }
            Function::Rank => {
                let Rows::One(_) = at.rows else { return None };
                // Nobody is first among one.
                (at.all.len() > 1).then_some(())?;
                let own = self.formula(first, over, at)?;
                let other = |row| self.formula(first, over, At { rows: Rows::One(row), ..at });
                let above = at.all.iter().filter_map(other).filter(|other| *other > own).count();
                Some(Fraction::whole(i128::try_from(above).ok()? + 1))
            }
        }
    }

    /// The values of each period of a stretch of time by itself, as far as there are any.
    fn singly(&self, formula: &Formula, over: Over, at: At<'_>) -> impl Iterator<Item = Fraction> {
        let periods = over.periods(at.base, self.grid.cutoff()).unwrap_or_default();
        let of = |base: Period| self.formula(formula, Over::This, At { base, ..at });
        periods.into_iter().filter_map(of).collect::<Vec<_>>().into_iter()
    }

    fn dealt(&self, all: &[Formula], over: Over, at: At<'_>) -> Option<Fraction> {
        let [total, weight, otherwise @ ..] = all else { return None };
        // What is dealt out row by row adds up row by row.
        if let (Rows::All, [_, ..]) = (at.rows, at.all) {
            let of = |row| self.dealt(all, over, At { rows: Rows::One(row), ..at });
            return at.all.iter().filter_map(of).try_fold(Fraction::whole(0), Fraction::add);
        }
        let year = Period::of(Grain::Year, at.base.start);
        let total = self.formula(total, Over::This, At { base: year, ..at })?;
        if at.base.grain == Grain::Year {
            return Some(total.floor());
        }
        let months: Vec<Period> = crate::catalog::form::Across::Months.periods(year);
        let nth = months.iter().position(|month| month.start == at.base.start)?;
        let zero = Fraction::whole(0);
        let of = |base: &Period| self.formula(weight, over, At { base: *base, ..at }).unwrap_or(zero);
        let mut weights: Vec<Fraction> = months.iter().map(of).collect();
        if weights.iter().all(|weight| *weight <= zero) {
            weights = otherwise.iter().map(|own| self.formula(own, over, at)).collect::<Option<_>>()?;
        }
        deal(total, &weights)?.get(nth).copied()
    }

    fn column(&self, name: &str) -> Option<&Number> {
        let column = self.columns.iter().find(|column| !column.id.is_empty() && *column.id == *name)?;
        match &column.shows {
            Shows::Number(number) => Some(number),
            _ => None,
        }
    }
}

fn whole(days: usize) -> Option<Fraction> {
    Some(Fraction::whole(i128::try_from(days).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{
            Catalog,
            form::{Block, Body, Sums},
        },
        model::{CubeCell, CubeSums, Instant, Quantity},
    };
    use chrono::NaiveDate;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sums(block: &Block) -> &Sums {
        match &block.body {
            Body::Sums(sums) => sums,
            _ => panic!("a table of sums"),
        }
    }

    /// The grid of a block in which the row `Q5` has these sums, in these months.
    fn grid(block: &Block, given: &[(&str, &str, i64)]) -> Grid {
        let of = |name: &str| given.iter().find(|(own, ..)| *own == name);
        let cube = |cube: &crate::catalog::form::Cube| CubeSums {
            absent: Vec::new(),
            names: vec!["".into(), "Q5".into()],
            cells: vec![CubeCell {
                period: cube.names.iter().find_map(|name| of(name)).map(|(_, month, _)| day(month)),
                row: 1,
                column: 0,
                sums: cube.names.iter().map(|name| Quantity::whole(of(name).map_or(0, |(.., n)| *n))).collect(),
            }],
        };
        let filled: Vec<CubeSums> = sums(block).cubes.iter().map(cube).collect();
        let mut grid = Grid::new(Instant::day(day("2026-10-31")));
        grid.add(sums(block), &filled, None);
        grid
    }

    /// What a column comes to in the row.
    fn of(block: &Block, grid: &Grid, group: Option<&Grid>, title: &str) -> (Option<f64>, Basis) {
        let column = block.columns.iter().find(|column| *column.id == *title || column.title.zh == title).unwrap();
        let Shows::Number(number) = &column.shows else { panic!("a number") };
        let (row, base) = ("Q5".into(), Period::of(crate::model::Grain::Month, day("2026-10-01")));
        let at = At { base, rows: Rows::One(&row), column: None, upto: &[], all: &[] };
        let (value, basis) = Reckoner {
            grid,
            group,
            columns: &block.columns,
            days: &WorkingDays::default(),
            given: &Given::new(),
            apart: None,
        }
        .value(number, at);
        (value.map(Fraction::to_f64), basis)
    }

    const GIVEN: [(&str, &str, i64); 9] = [
        ("target", "2026-10-01", 12),
        ("orders", "2026-09-01", 8),
        ("leads", "2026-09-01", 100),
        ("ha_base", "2026-08-01", 100),
        ("ha_ordered", "2026-08-01", 40),
        ("bc_base", "2026-07-01", 100),
        ("bc_risen", "2026-07-01", 20),
        ("ha_open", "2026-10-01", 14),
        ("bc_open", "2026-10-01", 60),
    ];

    /// 12 orders at 8 % of leads, 40 % of H and A, 14 of these there, 20 % of 60 B and C rising.
    #[test]
    fn the_worked_example_of_the_leads_plan_holds() {
        let (catalog, _) = Catalog::load(None).unwrap();
        let block = &catalog.form("leads_plan").unwrap().blocks[1];
        let own = grid(block, &GIVEN);
        let value = |title: &str| of(block, &own, None, title).0;
        assert_eq!(value("need"), Some(150.0));
        assert_eq!(value("ha_need"), Some(30.0));
        assert_eq!(value("ha_new"), Some(16.0));
        assert_eq!(value("bc_need"), Some(12.0));
        assert_eq!(value("新客直升H/A"), Some(4.0));
        assert_eq!(value("盘活B/C缺口"), Some(20.0));
        // No orders wanted: all zero.
        let mut none = GIVEN;
        none[0].2 = 0;
        let none = grid(block, &none);
        for title in ["need", "ha_need", "ha_new", "bc_need", "新客直升H/A", "盘活B/C缺口"] {
            assert_eq!(of(block, &none, None, title).0, Some(0.0), "{title}");
        }
    }

    #[test]
    fn a_rate_of_too_few_rests_on_the_store_then_on_the_group_and_says_so() {
        let (catalog, _) = Catalog::load(None).unwrap();
        let block = &catalog.form("leads_plan").unwrap().blocks[1];
        let mut few = GIVEN;
        few[2].2 = 9;
        let few = grid(block, &few);
        let group = grid(block, &GIVEN);
        assert_eq!(of(block, &few, None, "r_new"), (None, Basis::Group));
        assert_eq!(of(block, &few, Some(&group), "r_new"), (Some(0.08), Basis::Group));
        assert_eq!(of(block, &few, Some(&group), "r_ha"), (Some(0.4), Basis::Own));
        // Without history a need is empty, not zero.
        assert_eq!(of(block, &few, None, "need").0, None);
    }
}

//! The finest figures: every KPI of one store at staff × model × channel × level × day.

use super::{
    Metrics, MetricsError,
    measure::Measure,
    session::{fails_on_rows, is_about_rows},
    texts::Texts,
};
use crate::{
    catalog::{Accumulate, Kpi},
    lake::StoreFacts,
    model::{Message, Quantity, personal::mask_inside},
};
use chrono::NaiveDate;
use datafusion::{
    arrow::{array::RecordBatch, datatypes::Date32Type},
    error::DataFusionError,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// One figure at the finest grain. Names are indices into [`StoreSums::names`]; 0 stands for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Atom {
    /// The person.
    pub staff: u32,
    /// The model.
    pub model: u32,
    /// The channel.
    pub channel: u32,
    /// The level.
    pub level: u32,
    /// The day that puts it into its periods, since 1970-01-01.
    pub(super) day: i32,
    /// Summed over the rows that count and can be judged; of a KPI that is not additive, what each of these rows has.
    pub numerator: Quantity,
    /// Likewise; for a sum, the number of these rows.
    pub denominator: Quantity,
    /// Rows that count and cannot be judged.
    pub excluded: u64,
}

impl Atom {
    /// Nothing yet, of staff, model, channel and level.
    pub(super) fn empty([staff, model, channel, level]: [u32; 4], day: NaiveDate) -> Atom {
        let day = Date32Type::from_naive_date(day);
        let (numerator, denominator) = Default::default();
        Atom { staff, model, channel, level, day, numerator, denominator, excluded: 0 }
    }

    /// Whether any row counts.
    pub fn counts(&self) -> bool {
        !self.numerator.is_zero() || !self.denominator.is_zero() || self.excluded != 0
    }

    /// The day that puts it into its periods.
    pub fn day(&self) -> NaiveDate {
        Date32Type::to_naive_date_opt(self.day).unwrap_or_default()
    }
}

/// One KPI's figures in one store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KpiSums {
    /// The KPI's id.
    pub kpi: Arc<str>,
    /// Sorted by staff, model, channel, level, day. Those in which nothing counts are left out, except of a KPI that
    /// accumulates by closing: the days on which its fact has rows decide which day a period closes with.
    pub atoms: Vec<Atom>,
    /// Whether its figures add up. Else each atom is of rows that have the same ([`Atom::numerator`]), so many
    /// (`denominator`).
    pub additive: bool,
    /// Why its expressions fail on the store's rows; then it has no figures anywhere.
    pub failed: Option<Message>,
}

/// The figures of one store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSums {
    /// Every name in use, the empty one first.
    pub names: Vec<Arc<str>>,
    /// In the catalogue's order.
    pub kpis: Vec<KpiSums>,
}

impl StoreSums {
    /// Appends the figures of other KPIs of the same store.
    pub fn extend(&mut self, more: StoreSums) {
        let mut numbers = Numbers::of(std::mem::take(&mut self.names));
        let own: Vec<u32> = more.names.iter().map(|name| numbers.number(name)).collect();
        self.kpis.extend(more.kpis.into_iter().map(|mut sums| {
            for atom in &mut sums.atoms {
                for name in [&mut atom.staff, &mut atom.model, &mut atom.channel, &mut atom.level] {
                    *name = own.get(*name as usize).copied().unwrap_or_default();
                }
            }
            sums
        }));
        self.names = numbers.names;
    }

    /// The figures of a KPI.
    pub fn of(&self, kpi: &str) -> Option<&KpiSums> {
        self.kpis.iter().find(|sums| &*sums.kpi == kpi)
    }
}

impl Metrics {
    /// The figures of one store for the KPIs over one fact. `absent` names the sheets that the store never sent: KPIs that
    /// need one of them find no rows there.
    ///
    /// # Errors
    /// When the facts cannot be read. A KPI whose expressions fail on the rows says so in its sums.
    pub fn sums(&self, fact: &str, facts: &StoreFacts, absent: &BTreeSet<Arc<str>>) -> Result<StoreSums, MetricsError> {
        let batch = facts.get(fact);
        let mut names = Names { numbers: Numbers::of(Vec::new()), columns: Vec::new() };
        let mut kpis = Vec::new();
        for measure in self.measures.iter().filter(|measure| &*measure.fact == fact) {
            let kpi = &self.catalog.kpis[measure.kpi];
            let mut sums =
                KpiSums { kpi: kpi.id.clone(), atoms: Vec::new(), additive: kpi.kind.is_additive(), failed: None };
            if let Some(batch) = batch.filter(|_| answerable(kpi, absent)) {
                match measure.atoms(kpi, batch, self.cutoff.date(), &mut names) {
                    Ok(atoms) => sums.atoms = atoms,
                    Err(error) if is_about_rows(&error) => sums.failed = Some(fails_on_rows(&error)),
                    Err(error) => return Err(error.into()),
                }
            }
            kpis.push(sums);
        }
        Ok(StoreSums { names: names.numbers.names, kpis })
    }

    /// The facts that KPIs are computed over, with what decides the figures over each: a hash over the evaluated parts of
    /// the KPIs.
    pub fn kpis_by_fact(&self) -> BTreeMap<Arc<str>, Vec<&Kpi>> {
        let mut by_fact: BTreeMap<Arc<str>, Vec<&Kpi>> = BTreeMap::new();
        for measure in &self.measures {
            by_fact.entry(measure.fact.clone()).or_default().push(&self.catalog.kpis[measure.kpi]);
        }
        by_fact
    }
}

/// Whether a store sent every sheet that a KPI needs.
pub(super) fn answerable(kpi: &Kpi, absent: &BTreeSet<Arc<str>>) -> bool {
    !kpi.needs.iter().any(|sheet| absent.contains(sheet))
}

impl Measure {
    fn atoms<'b>(
        &self,
        kpi: &Kpi,
        batch: &'b RecordBatch,
        last: NaiveDate,
        names: &mut Names<'b>,
    ) -> Result<Vec<Atom>, DataFusionError> {
        let counted = self.counted(batch, last)?;
        let named = self.keys.each_ref().map(|name| name.as_ref().and_then(|name| names.column(batch, name)));
        let number =
            |at: Option<usize>, row: u32, names: &mut Names<'_>| at.map_or(0, |at| names.number(at, row as usize));
        // Rows of one figure stand together once they are sorted by its names and day.
        let mut rows = Vec::with_capacity(counted.rows.len());
        for (i, row) in counted.rows.iter().enumerate() {
            let own = named.map(|at| number(at, *row, names));
            rows.push((own, counted.days[i], counted.samples.get(i).copied(), i));
        }
        rows.sort_unstable();
        let mut atoms: Vec<Atom> = Vec::new();
        for alike in rows.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
            let Some((own, day, sample, _)) = alike.first() else { continue };
            let mut atom = Atom { day: *day, ..Atom::empty(*own, NaiveDate::default()) };
            for (.., i) in alike {
                match sample {
                    Some(sample) => atom.numerator = Quantity(*sample),
                    None => atom.numerator += counted.numerators[*i],
                }
                atom.denominator += counted.denominators[*i];
                atom.excluded += u64::from(counted.is_excluded(*i));
            }
            atoms.push(atom);
        }
        if kpi.accumulate != Accumulate::Closing {
            atoms.retain(Atom::counts);
        }
        atoms.sort_unstable();
        Ok(atoms)
    }
}

/// The names that the rows of a fact bear, column by column, each read once for all KPIs over the fact.
struct Names<'b> {
    numbers: Numbers,
    columns: Vec<NameColumn<'b>>,
}

/// A column of names.
struct NameColumn<'b> {
    title: Arc<str>,
    cells: Texts<'b>,
    /// The numbers of its texts, as far as some figure bears them.
    numbers: Vec<Option<u32>>,
}

impl<'b> Names<'b> {
    /// The place of a column among those read; `None` where the fact has no such column.
    fn column(&mut self, batch: &'b RecordBatch, title: &Arc<str>) -> Option<usize> {
        if let Some(at) = self.columns.iter().position(|column| column.title == *title) {
            return Some(at);
        }
        let cells = Texts::of(batch.column_by_name(title)?);
        let numbers = vec![None; cells.texts.len()];
        self.columns.push(NameColumn { title: title.clone(), cells, numbers });
        Some(self.columns.len() - 1)
    }

    /// The number of the name that a row has in a column.
    fn number(&mut self, column: usize, row: usize) -> u32 {
        let column = &mut self.columns[column];
        let Some(text) = column.cells.rows[row] else { return 0 };
        let known = &mut column.numbers[text as usize];
        *known.get_or_insert_with(|| self.numbers.number(&mask_inside(column.cells.texts[text as usize])))
    }
}

/// Names numbered in the order of their first appearance, the empty one first; without what slipped into them, see
/// [`super::cells::scope`].
struct Numbers {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Numbers {
    fn of(mut names: Vec<Arc<str>>) -> Numbers {
        if names.is_empty() {
            names.push("".into());
        }
        let numbers = names.iter().enumerate().map(|(number, name)| (name.clone(), number as u32)).collect();
        Numbers { names, numbers }
    }

    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let name: Arc<str> = name.into();
        let number = self.names.len() as u32;
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }
}

//! `definitions/forms/<id>.toml`: a form that stores and headquarters print, sign and talk about. It is laid out block by
//! block: tables of sums, lists of rows, lines of KPIs and texts, lines to fill by hand. Rust has the kinds of block, the
//! file has everything else: what is counted, the columns with their marks, the words.

mod back;
mod formula;
mod over;
mod read;
mod shows;
mod written;

pub use back::{Back, BackField, BackKnown, BackPart, FieldText};
pub use formula::{Formula, Function};
pub use over::{Across, Over};
pub(super) use read::read_form;
pub use shows::{OfCheck, OfKpi, OfScore, OfSheet, Picture, PictureKind};

use super::{Expression, Unit};
use crate::model::{Grain, Instant, Period, Quantity, Text};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// The file's name without ending.
    pub id: Arc<str>,
    /// Its number among the forms of the documents; `None` for one that is ours.
    pub number: Option<u32>,
    /// Display order.
    pub order: u32,
    /// Its name.
    pub title: Text,
    /// What its worksheet is called; empty: as its title.
    pub sheet: Text,
    /// Who has it.
    pub scopes: Vec<FormScope>,
    /// It is handed out blank too, to be filled by hand.
    pub blank: bool,
    /// It is about single customers: it has a page only where the site is for the store's own eyes.
    pub private: bool,
    /// What stretch of time it is of.
    pub period: FormPeriod,
    /// What its numbers count, where no column says otherwise.
    pub unit: Text,
    /// What it is for and how it is used.
    pub meaning: Text,
    /// How `foursight plan` reckons with it.
    pub plan: Option<PlanOf>,
    /// Its tables, from top to bottom.
    pub blocks: Vec<Block>,
    /// Sheets without which a store has nothing in it.
    pub needs: Vec<Arc<str>>,
    /// Document and clause.
    pub source: String,
    /// Our assumptions, in words.
    pub assumptions: Vec<Text>,
    /// The definition file, as shown.
    pub file: Arc<str>,
}

/// What of a form is reckoned with other numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanOf {
    /// The block, from 0.
    pub block: usize,
    /// The sum that stands for the orders wanted.
    pub orders: Arc<str>,
}

/// Who has a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormScope {
    /// Each store.
    Store,
    /// The group.
    Group,
}

/// What stretch of time a form is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormPeriod {
    /// The month that reports open with.
    Month,
    /// The month of the cut-off, whatever its day: what is counted at the month's beginning, lists of today.
    Current,
    /// The month after that of the cut-off: plans.
    Next,
    /// The newest ISO week that is over at the cut-off.
    Week,
    /// The year of the cut-off, month by month.
    Year,
}

impl FormPeriod {
    /// The period itself, at a cut-off.
    pub fn at(self, cutoff: Instant) -> Period {
        let day = cutoff.date();
        let month = Period::of(Grain::Month, day);
        match self {
            FormPeriod::Month => Period::headline(day),
            FormPeriod::Current => month,
            FormPeriod::Next => month.next(),
            FormPeriod::Year => Period::of(Grain::Year, day),
            FormPeriod::Week => {
                let week = Period::of(Grain::Week, day);
                if day < week.end().pred_opt().unwrap_or(day) { week.previous() } else { week }
            }
        }
    }
}

/// One table of a form.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its heading.
    pub title: Text,
    /// What kind of table.
    pub body: Body,
    /// Its columns.
    pub columns: Vec<FormColumn>,
    /// What the group's form makes of it.
    pub group: OfGroup,
    /// Lines that stand under it: what is promised, who signs.
    pub after: Vec<Text>,
    /// Each of its tables begins a page of its own on paper.
    pub new_page: bool,
    /// The picture over it, drawn of its cells.
    pub picture: Option<Picture>,
    /// The rows of sheets that what is filled into it comes back as.
    pub back: Vec<Back>,
}

/// What a group's form makes of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfGroup {
    /// One line a store.
    #[default]
    Stores,
    /// The same rows, all stores added up.
    Sum,
    /// Nothing.
    None,
}

/// Kinds of block.
#[derive(Clone, Debug)]
pub enum Body {
    /// Sums by rows, and by columns where a column is [`FormColumn::each`].
    Sums(Sums),
    /// Rows of a fact.
    Rows(Box<Listing>),
    /// Lines that the definition names: each a KPI, a sheet, texts.
    Lines(Lines),
    /// The people of the store by their scorecards, over the quarter.
    Scores,
    /// What is checked in these sheets, and what the checking found in the form's period.
    Checks(Vec<Arc<str>>),
    /// So many empty lines, to be filled by hand.
    Hand(usize),
}

/// A table of sums.
#[derive(Clone, Debug)]
pub struct Sums {
    /// What is summed, each over a fact or out of a KPI.
    pub cubes: Vec<Cube>,
    /// The heading of the rows.
    pub row_title: Text,
    /// The mark of the rows' heading.
    pub row_mark: Mark,
    /// What rows are.
    pub rows: RowKind,
    /// Rows that stand there in this order, also where nothing counts in them.
    pub row_values: Vec<Arc<str>>,
    /// Columns that stand there in this order; then others by name.
    pub column_values: Vec<Arc<str>>,
    /// The KPIs that stand behind rows, by the row's name; `*` for all others.
    pub row_kpis: BTreeMap<Arc<str>, Arc<str>>,
    /// What rows and columns are called, where not as the facts call them.
    pub labels: BTreeMap<Arc<str>, Text>,
    /// The id of the column by which rows are sorted, the largest first.
    pub sort: Option<Arc<str>>,
    /// The id of a column that has to be above zero in a row of a store.
    pub only: Option<Arc<str>>,
    /// So many rows; the rest is one.
    pub top: Option<usize>,
    /// Without a last line of totals.
    pub no_total: bool,
    /// The numbers of [`FormColumn::each`] are coloured by their size.
    pub heat: bool,
    /// A table of its own for each value of the cubes' columns.
    pub apart: bool,
}

/// What the rows of a table of sums are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Values of an expression.
    #[default]
    Values,
    /// People of the store.
    Staff,
    /// The months, oldest first.
    Months,
    /// The one row of all.
    One,
}

/// Sums by period, row and column.
#[derive(Clone, Debug)]
pub struct Cube {
    /// What they are made of.
    pub of: CubeOf,
    /// The names of the sums, in order. Sums of one name in several cubes add up.
    pub names: Vec<Arc<str>>,
    /// Sheets without which they are not known.
    pub needs: Vec<Arc<str>>,
}

/// What a cube is made of.
#[derive(Clone, Debug)]
pub enum CubeOf {
    /// Rows of a fact.
    Fact {
        /// The fact.
        fact: Arc<str>,
        /// The rows that count.
        rows: Box<Expression>,
        /// The column that puts a row into its period; `None`: it counts in every period.
        time: Option<Arc<str>>,
        /// What is dated after the cut-off counts too: what is planned.
        ahead: bool,
        /// What gives the row of the table.
        row: Option<Box<Expression>>,
        /// What gives the column of the table.
        column: Option<Box<Expression>>,
        /// What is summed.
        sums: Vec<Expression>,
    },
    /// A KPI's sums.
    Kpi {
        /// The KPI.
        kpi: Arc<str>,
        /// Which scope gives the row of the table.
        row: Option<KpiSide>,
        /// Which scope gives the column of the table.
        column: Option<KpiSide>,
        /// Which of its sums.
        parts: Vec<KpiPart>,
    },
}

/// A scope of a KPI within a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KpiSide {
    /// People.
    Staff,
    /// Models.
    Model,
    /// Channels.
    Channel,
    /// Levels.
    Level,
}

/// One of a KPI's sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KpiPart {
    /// The numerator.
    Numerator,
    /// The denominator.
    Denominator,
    /// Rows that cannot be judged.
    Excluded,
}

/// Rows of a fact.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The fact.
    pub fact: Arc<str>,
    /// The rows on the list.
    pub rows: Expression,
    /// The column whose day has to lie in the form's period; `None`: it does not matter when.
    pub time: Option<Arc<str>>,
    /// What they are sorted by; place breaks ties.
    pub order_by: Vec<Expression>,
    /// So many rows at most.
    pub most: usize,
    /// Sheets without which there are none.
    pub needs: Vec<Arc<str>>,
    /// Each row stands by itself, its titles down the side.
    pub card: bool,
    /// What puts rows of several blocks together: all of one value stand together, in the order of the first block. A value of
    /// the first block is one or several words, of a block after it one of them.
    pub key: Option<Expression>,
}

/// Lines that the definition names.
#[derive(Clone, Debug)]
pub struct Lines {
    /// In their order.
    pub lines: Vec<Line>,
    /// So many of them, those whose KPI falls shortest of its target first; the others are left out.
    pub worst: Option<usize>,
}

/// A line that the definition names.
#[derive(Clone, Debug)]
pub struct Line {
    /// The KPI it shows.
    pub kpi: Option<Arc<str>>,
    /// The sheet of which it says how it was received.
    pub sheet: Option<Arc<str>>,
    /// Texts by the name that columns ask for.
    pub texts: BTreeMap<Arc<str>, Text>,
}

/// A column of a block.
#[derive(Clone, Debug)]
pub struct FormColumn {
    /// Its name for formulas; empty for none.
    pub id: Arc<str>,
    /// Its heading; of [`FormColumn::each`] what stands behind the value.
    pub title: Text,
    /// The heading over it and its neighbours.
    pub over_title: Text,
    /// Who says that it is there.
    pub mark: Mark,
    /// What its cells hold.
    pub shows: Shows,
    /// It stands once for each period of this length in the form's own.
    pub across: Option<Across>,
    /// What its numbers are measured in.
    pub unit: Option<Arc<Unit>>,
    /// Numbers with their sign.
    pub signed: bool,
    /// A zero says that there is none, and is left blank in a row.
    pub no_zero: bool,
    /// Numbers above it strike the reader as bad.
    pub bad_above: Option<Quantity>,
    /// Numbers below it strike the reader as bad.
    pub bad_below: Option<Quantity>,
    /// Its numbers may be written over by hand, and come back as this column of a sheet.
    pub fill: Option<SheetField>,
    /// What else the row has that it comes back in: columns that differ here come back in rows of their own.
    pub with: Vec<FieldText>,
    /// Its width on a worksheet, in Latin digits.
    pub width: Option<f64>,
}

/// Who says that something is in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Mark {
    /// The source gives it.
    S,
    /// It follows from a rule that the source gives.
    D,
    /// Our assumption.
    A,
}

/// What the cells of a column hold.
#[derive(Clone, Debug)]
pub enum Shows {
    /// A number out of sums and columns before it.
    Number(Number),
    /// Which of the numbers before it rest on more than their own row.
    Basis,
    /// A value of the row of a fact.
    Value(Box<Expression>),
    /// A line's text.
    Text(Arc<str>),
    /// Something of a line's KPI.
    Kpi(OfKpi, Over),
    /// Something of how a line's sheet was received.
    Received(OfSheet),
    /// Something of what is checked.
    Check(OfCheck),
    /// Something of a person's scorecard.
    Score(OfScore),
    /// What somebody fills in, with the column of a sheet that it comes back as.
    Hand(Option<SheetField>),
}

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetField {
    /// The sheet's id.
    pub sheet: Arc<str>,
    /// The column's field.
    pub field: Arc<str>,
}

/// How a number comes about.
#[derive(Clone, Debug)]
pub struct Number {
    /// Out of what.
    pub formula: Formula,
    /// Of what stretch of time.
    pub over: Over,
    /// One column for each value of the cubes' columns.
    pub each: bool,
    /// A ratio over less than this is taken from all rows, then from the group.
    pub least: Option<Quantity>,
}

impl Block {
    /// The stretches of time that its numbers are of.
    pub fn overs(&self) -> BTreeSet<Over> {
        let numbers = self.columns.iter().filter_map(|column| match &column.shows {
            Shows::Number(number) => Some(number.over),
            _ => None,
        });
        numbers.collect()
    }
}

impl FormColumn {
    /// The column of a sheet that what is filled in comes back as.
    pub fn comes_back_as(&self) -> Option<&SheetField> {
        match &self.shows {
            Shows::Hand(of) => of.as_ref(),
            _ => self.fill.as_ref(),
        }
    }
}

impl Form {
    /// Whether a scope has it.
    pub fn is_of(&self, scope: FormScope) -> bool {
        self.scopes.contains(&scope)
    }

    /// So many periods before its own have to be known, and two more: its own may be the one before or after that of the
    /// cut-off. Of a year the periods are months.
    pub fn reach(&self) -> u32 {
        let yearly = self.period == FormPeriod::Year;
        let numbers = self.blocks.iter().flat_map(|block| &block.columns).map(|column| match &column.shows {
            Shows::Number(number) if yearly && number.over == Over::Before => Over::YearBefore.reach(),
            Shows::Number(number) => number.over.reach(),
            _ => 0,
        });
        let months =
            self.blocks.iter().filter(|block| matches!(&block.body, Body::Sums(s) if s.rows == RowKind::Months));
        numbers.chain(months.map(|_| Over::Last12.reach())).max().unwrap_or_default() + 2
    }

    /// Its name as it stands in lists: with its number, where the documents give one.
    pub fn numbered(&self, title: &str) -> String {
        self.number.map_or_else(|| title.to_owned(), |number| format!("{number} {title}"))
    }
}

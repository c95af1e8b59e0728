//! What a page and a worksheet say alike: a sheet of tables as a plain value that knows neither HTML nor Excel. Each
//! table is written once, in a file of its own below this one; `site` and `workbook` each render any of them.

pub(crate) mod areas;
pub(crate) mod changes;
pub(crate) mod dictionary;
pub(crate) mod evidence;
pub(crate) mod findings;
pub(crate) mod form;
pub(crate) mod matrix;
mod paper;
pub(crate) mod parts;
pub(crate) mod people;
pub(crate) mod periods;
pub(crate) mod person;
pub(crate) mod scores;
pub(crate) mod submissions;
pub(crate) mod today;
pub(crate) mod topic;
pub(crate) mod trail;
pub(crate) mod worklist;

pub(crate) use paper::{Print, Printed, pages_wide};

use super::{figure::Figure, page::Link, trend::Trend, words::Words};
use crate::{
    catalog::{ColumnDef, Kpi, UnitKind, form::FormColumn},
    model::{Period, Quantity, Status},
};
use chrono::NaiveDate;
use serde::Serialize;
use std::{borrow::Cow, ops::Range, sync::Arc};

/// A page's body or a worksheet: a title, lines under it, tables.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Sheet<'a> {
    /// Its title.
    pub title: Cow<'a, str>,
    /// What a reader must know before reading on; empty ones are not shown.
    pub notes: Vec<Cow<'a, str>>,
    /// The tables, from top to bottom.
    pub tables: Vec<Table<'a>>,
    /// What of it is put on paper.
    pub printed: Printed,
}

impl<'a> Sheet<'a> {
    /// A sheet that is printed whole.
    pub(crate) fn new(title: impl Into<Cow<'a, str>>, notes: Vec<Cow<'a, str>>, tables: Vec<Table<'a>>) -> Sheet<'a> {
        Sheet { title: title.into(), notes, tables, printed: Printed::All }
    }

    /// The same, with no more on paper than this.
    pub(crate) fn printing(self, printed: Printed) -> Sheet<'a> {
        Sheet { printed, ..self }
    }
}

/// A table.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Table<'a> {
    /// Its anchor on a page; empty where nothing links to it.
    pub id: Cow<'a, str>,
    /// Its heading; empty where the sheet's title says it.
    pub title: Cow<'a, str>,
    /// The columns, from left to right.
    pub columns: Vec<Column<'a>>,
    /// The rows: each has a cell for every column.
    pub rows: Vec<Row<'a>>,
    /// The last line, set apart from the rows.
    pub totals: Option<Row<'a>>,
    /// What stands in place of rows where there are none.
    pub empty: Cow<'a, str>,
    /// It shows its headings also where it has no rows.
    pub headed: bool,
    /// It has no headings: its first column says what each row is.
    pub headless: bool,
    /// So many columns stay in view while the reader goes right.
    pub lead: usize,
    /// The rows that a page shows, of a table that takes several: what all rows have in common is decided over all of
    /// them, so that its columns stay the same. `None`: all.
    pub part: Option<Range<usize>>,
    /// The column whose equal values stand together: a page may say each of them once, above its rows.
    pub by: Option<usize>,
    /// The columns that a page keeps where it has to fit on a few sheets of paper; empty: all.
    pub brief: &'a [usize],
    /// How it is put on paper.
    pub print: Print,
    /// How what is filled in comes back; `None` where nothing does.
    #[serde(skip)]
    pub returning: Option<Box<super::form::back::Returning>>,
}

/// A row.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Row<'a> {
    /// Its anchor on a page; empty for none.
    pub anchor: Cow<'a, str>,
    /// One cell for each column.
    pub cells: Vec<Cell<'a>>,
    /// What it is called in the facts; `None` where it stands for none of them, or for several.
    #[serde(skip)]
    pub name: Option<Arc<str>>,
}

impl<'a> From<Vec<Cell<'a>>> for Row<'a> {
    fn from(cells: Vec<Cell<'a>>) -> Row<'a> {
        Row { anchor: Cow::Borrowed(""), cells, name: None }
    }
}

/// A column.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Column<'a> {
    /// Its title.
    pub title: Cow<'a, str>,
    /// What its cells hold.
    pub kind: Kind,
    /// Its width on a worksheet, in Latin digits.
    pub width: f64,
    /// The heading over this and its neighbours of the same group; empty for none.
    pub group: Cow<'a, str>,
    /// The one medium that shows it; `None`: both.
    pub only: Option<Medium>,
    /// To the definition of what it holds.
    pub link: Option<Link>,
    /// Its numbers are compared with each other: a worksheet draws bars behind them, the first row left out where it
    /// is the sum of the others.
    pub bars: Option<Bars>,
    /// The reader fills it in.
    pub to_fill: bool,
    /// What may be filled in, where a sheet's definition says so.
    #[serde(skip)]
    pub entry: Option<&'a ColumnDef>,
    /// The column of a form's definition that it shows.
    #[serde(skip)]
    pub of_form: Option<&'a FormColumn>,
    /// Of a column that stands for several periods, the one that this is of.
    #[serde(skip)]
    pub period: Option<Period>,
}

impl<'a> Column<'a> {
    /// A column of both media.
    pub(crate) fn new(title: impl Into<Cow<'a, str>>, kind: Kind, width: f64) -> Column<'a> {
        let (group, only, link, bars, entry) = (Cow::Borrowed(""), None, None, None, None);
        Column {
            title: title.into(),
            kind,
            width,
            group,
            only,
            link,
            bars,
            to_fill: false,
            entry,
            of_form: None,
            period: None,
        }
    }

    /// The same for one medium only.
    pub(crate) fn only(mut self, medium: Medium) -> Column<'a> {
        self.only = Some(medium);
        self
    }

    /// Whether a medium shows it.
    pub(crate) fn is_on(&self, medium: Medium) -> bool {
        self.only.is_none_or(|only| only == medium)
    }
}

/// Where a table is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Medium {
    /// A page of the site.
    Page,
    /// A worksheet.
    Sheet,
}

/// Bars behind the numbers of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Bars {
    /// A share: a full bar is 100 %.
    Share,
    /// Compared among all rows.
    All,
    /// Compared among the rows after the first, which is their sum.
    AfterFirst,
    /// No bars: the fuller the share, the fuller the colour of its cell.
    Heat,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) enum Kind {
    /// A short text on one line.
    Text,
    /// Text that takes several lines.
    Prose,
    /// Secondary text: codes, places.
    Code,
    /// A word or a mark, in the middle.
    Word,
    /// A day.
    Date,
    /// Numbers of one measure.
    Number(Measure),
    /// KPI values, each with a measure of its own.
    Value,
    /// The course of the values in the columns `first..=last` of the same row.
    Trend {
        /// The first of them, from 0.
        first: usize,
        /// The last of them.
        last: usize,
    },
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Measure {
    /// What is counted.
    pub scale: Scale,
    /// Decimal places.
    pub decimals: u8,
    /// With its sign, for differences.
    pub signed: bool,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum Scale {
    /// Things, yuan.
    One,
    /// A share of one, in percent.
    Percent,
    /// Percentage points, a hundredth of one being 1.
    Points,
    /// Days past due; negative while still ahead.
    DaysOver,
}

impl Measure {
    /// A whole number.
    pub(crate) const WHOLE: Measure = Measure { scale: Scale::One, decimals: 0, signed: false };
    /// Two decimals.
    pub(crate) const DECIMAL: Measure = Measure { scale: Scale::One, decimals: 2, signed: false };
    /// Days past due.
    pub(crate) const DAYS_OVER: Measure = Measure { scale: Scale::DaysOver, decimals: 0, signed: false };

    /// Of a KPI's values: shares with one decimal in percent, means with one, counts and yuan whole.
    pub(crate) fn of(kpi: &Kpi) -> Measure {
        let scale = if kpi.unit.kind == UnitKind::Share { Scale::Percent } else { Scale::One };
        let mean = kpi.denominator.is_some() || !kpi.kind.is_additive();
        Measure { scale, decimals: kpi.unit.places(mean), signed: false }
    }

    /// Of the difference of two values: of shares in percentage points.
    pub(crate) fn of_difference(self) -> Measure {
        let scale = if self.scale == Scale::Percent { Scale::Points } else { self.scale };
        Measure { scale, signed: true, ..self }
    }

    /// Of a sum: whole when it is, else with two decimals.
    pub(crate) fn of_sum(sum: Quantity) -> Measure {
        if sum.0 % Quantity::SCALE == 0 { Measure::WHOLE } else { Measure::DECIMAL }
    }
}

/// What a cell holds.
#[derive(Debug, Serialize)]
pub(crate) enum Cell<'a> {
    /// Nothing.
    Blank,
    /// Nothing yet: the reader fills it in, in a column of other things.
    Entry,
    /// Text, whatever it looks like.
    Text(Cow<'a, str>),
    /// Text with something behind it.
    Link(Cow<'a, str>, Link),
    /// A number in the column's measure.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A judgement.
    Mark(Mark<'a>),
    /// A KPI's value, or a number with a measure of its own.
    Value(Box<Value>),
    /// The course of a KPI.
    Trend(Box<Trend>),
}

impl<'a> Cell<'a> {
    /// Text.
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
        Cell::Text(text.into())
    }

    /// Text with what stands behind it, if anything does.
    pub(crate) fn linked(text: impl Into<Cow<'a, str>>, link: Option<Link>) -> Cell<'a> {
        match link {
            Some(link) => Cell::Link(text.into(), link),
            None => Cell::Text(text.into()),
        }
    }

    /// A number, or nothing.
    pub(crate) fn number(number: Option<f64>) -> Cell<'a> {
        number.map_or(Cell::Blank, Cell::Number)
    }

    /// A day, or nothing.
    pub(crate) fn date(day: Option<NaiveDate>) -> Cell<'a> {
        day.map_or(Cell::Blank, Cell::Date)
    }

    /// A sum in full.
    pub(crate) fn sum(sum: Option<Quantity>) -> Cell<'a> {
        sum.map_or(Cell::Blank, |sum| Value::sum(sum).cell())
    }
}

/// A judgement in a word or a short text, with a mark so that colour never stands alone.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Mark<'a> {
    /// The state as code: `met`, `missed`, `error`, `late`, …
    pub state: &'static str,
    /// Its mark; empty for none.
    pub mark: &'static str,
    /// The state in words.
    pub word: Cow<'a, str>,
    /// What the cell shows; empty: the word.
    pub text: Cow<'a, str>,
    /// How it strikes the reader.
    pub tone: Tone,
}

impl Mark<'_> {
    /// A status in words.
    pub(crate) fn of(status: Status, words: &Words) -> Mark<'static> {
        let tone = Tone::of(status);
        let mark = if matches!(tone, Tone::Good | Tone::Bad) { super::figure::mark(status) } else { "" };
        let word = words.word(&format!("status.{}", status.word())).into();
        Mark { state: status.word(), mark, word, text: Cow::Borrowed(""), tone }
    }
}

/// How a cell strikes the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// To be looked at.
    Warn,
    /// No judgement.
    Plain,
    /// Nothing to see.
    Quiet,
}

impl Tone {
    /// The tone of a status.
    pub(crate) fn of(status: Status) -> Tone {
        match status {
            Status::Met => Tone::Good,
            Status::Missed => Tone::Bad,
            Status::NoTarget => Tone::Plain,
            Status::NoData | Status::NotMeasurable => Tone::Quiet,
        }
    }
}

/// A number with a measure of its own.
#[derive(Debug, Serialize)]
pub(crate) struct Value {
    /// The number; `None`: `text` says why there is none.
    pub number: Option<f64>,
    /// As a page writes it.
    pub text: String,
    /// As a worksheet writes it.
    pub measure: Measure,
    /// Its verdict, where it has one.
    pub status: Option<Status>,
    /// How it strikes the reader.
    pub tone: Tone,
    /// Rests on too few rows to be judged.
    pub few: bool,
    /// The status in words, and what else there is to say of it.
    pub title: String,
    /// How full the colour of its cell is, from 0 to 5, where the table is a heat map.
    pub heat: Option<u8>,
    /// To the rows behind it.
    pub link: Option<Link>,
    /// How a worksheet recomputes it from other columns of its row.
    pub formula: Option<Formula>,
}

/// A number as columns of its row give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Formula {
    /// As it stands there.
    Same(usize),
    /// One over the other.
    Ratio(usize, usize),
    /// One less the other, in the measure of the cell.
    Difference(usize, usize),
    /// The sum of the rows above in its own column.
    Above,
    /// These, one after the other.
    Pieces(Vec<Piece>),
}

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Piece {
    /// As it stands.
    Text(Cow<'static, str>),
    /// The cell of a column, in the same row.
    Cell(usize),
}

impl Value {
    /// A number without a verdict.
    pub(crate) fn number(number: f64, measure: Measure, text: String) -> Value {
        let (status, few, title, heat, link, formula) = (None, false, String::new(), None, None, None);
        Value { number: Some(number), text, measure, status, tone: Tone::Plain, few, title, heat, link, formula }
    }

    /// A sum in full.
    pub(crate) fn sum(sum: Quantity) -> Value {
        let measure = Measure::of_sum(sum);
        Value::number(sum.to_f64(), measure, super::figure::exact(sum))
    }

    /// A KPI's value with its verdict. Where it has no number, the status says why.
    pub(crate) fn of(figure: &Figure, kpi: &Kpi, words: &Words) -> Value {
        let mut measure = Measure::of(kpi);
        if measure.scale == Scale::Percent {
            // As many decimals as the page needs to tell a miss from a hit.
            let shown =
                figure.text.split_once('.').map_or(0, |(_, rest)| rest.chars().filter(char::is_ascii_digit).count());
            measure.decimals = u8::try_from(shown).unwrap_or(1).max(1);
        }
        // Nothing rests on few rows where there is nothing.
        let few = (figure.few && figure.value.is_some()).then(|| words.word("figure.few"));
        let partial = figure.partial.then(|| words.word("figure.to_date"));
        let title = [Some(figure.word.clone()), few, partial].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let text = if figure.value.is_some() { figure.text.clone() } else { figure.word.clone() };
        let tone = if figure.few { Tone::Quiet } else { Tone::of(figure.verdict) };
        Value {
            number: figure.value,
            text,
            measure,
            status: (!figure.few).then_some(figure.verdict),
            tone,
            few: figure.few,
            title,
            heat: None,
            link: figure.link.clone(),
            formula: None,
        }
    }

    /// The same, recomputed by a worksheet.
    pub(crate) fn with(mut self, formula: Formula) -> Value {
        self.formula = Some(formula);
        self
    }

    /// As a cell.
    pub(crate) fn cell<'a>(self) -> Cell<'a> {
        Cell::Value(Box::new(self))
    }
}

/// Width of a text in columns of a Latin digit: a Chinese character takes two.
pub(crate) fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum()
}

//! `definitions/sheets/<sheet>.toml`: what a sheet's columns are. The vocabulary follows Frictionless Table Schema
//! where it has a word.

use super::{
    Catalog, Expression, beside, derived,
    source::{Fact, Problem, Source},
};
use crate::model::{ColumnKind, FactColumn, Message, PersonalClass, Text, fact::ORIGIN};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use toml::Spanned;

/// A kind of sheet, such as 潜客表.
#[derive(Clone, Debug)]
pub struct SheetDef {
    /// The file's name without ending: the fact's name in SQL.
    pub id: Arc<str>,
    /// Its name; the Chinese one is the sheet's name in templates.
    pub title: Text,
    /// Other names clerks give the sheet.
    pub synonyms: Vec<String>,
    /// Alternative keys, best first; each is a list of field indices. A row's key is the first whose fields are all present.
    /// Empty: the sheet has no key and every row stands for itself (identical rows of later submissions replace it).
    pub keys: Vec<Vec<usize>>,
    /// The fields of keys in which blank is a value of its own: without 顾问 a row of an event is of the whole.
    pub blank_in_key: Vec<usize>,
    /// The sheet may stand with one column across, such as the months of a year.
    pub across: Option<CrossTab>,
    /// The fields by which a row without a key is taken for a later state of one without a key sent before.
    pub likeness: Vec<usize>,
    /// The fields that a worklist fills in ahead: a row of a list that says nothing else was left as it was.
    pub listed: Vec<usize>,
    /// Each submission repeats all open rows, so that an open row that vanishes is a finding.
    pub cumulative: bool,
    /// SQL condition of an open row (for `cumulative`).
    pub open: Option<Expression>,
    /// Every store is expected to send it each week unless the config says otherwise.
    pub expected: bool,
    /// The column that holds the person responsible: the staff scope.
    pub staff: Option<Arc<str>>,
    /// The columns that say who the customer is, best first: rows of two sheets are of one customer when any value of
    /// the one is a value of the other.
    pub customer: Vec<Arc<str>>,
    /// The column of the model scope.
    pub model: Option<Arc<str>>,
    /// The column of the channel scope.
    pub channel: Option<Arc<str>>,
    /// The instant that orders rows in time.
    pub time: Option<Arc<str>>,
    /// The columns, in template order.
    pub columns: Vec<ColumnDef>,
    /// A sentence or two for the 填写说明 sheet and the dictionary.
    pub note: Text,
    /// Display order.
    pub order: u32,
}

/// How a sheet stands with one column across: a title is a value of `by`, the cell below it the row's `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossTab {
    /// The column whose values are titles: a month or period.
    pub by: usize,
    /// The column whose values stand below them.
    pub value: usize,
}

/// A column of a sheet.
#[derive(Clone, Debug)]
pub struct ColumnDef {
    /// Name in SQL.
    pub field: Arc<str>,
    /// Our title; the Chinese one heads the column in templates.
    pub title: Text,
    /// Titles clerks use.
    pub synonyms: Vec<String>,
    /// What a cell holds.
    pub cell: CellType,
    /// An empty cell is an error.
    pub required: bool,
    /// The column itself may be absent even though cells are required where it is there (one-of groups use rules).
    pub optional_column: bool,
    /// The allowed values of a category, in order; empty when open.
    pub values: Vec<CategoryValue>,
    /// The id or title of a KPI is a value too.
    pub or_kpi: bool,
    /// A future value is no mistake (due and plan dates).
    pub may_be_future: bool,
    /// The value changes by right from week to week (级别更新时间): a changed one restates nothing.
    pub moves: bool,
    /// It describes and decides nothing: no figure, list or rule of an error rests on it, so that a cell of it that cannot be
    /// read is empty, with its error, and the row counts.
    pub describes: bool,
    /// Smallest allowed number or yuan.
    pub minimum: Option<f64>,
    /// Largest allowed number or yuan.
    pub maximum: Option<f64>,
    /// Longest allowed text, in characters.
    pub max_length: Option<u32>,
    /// Personal data it holds.
    pub personal: Option<PersonalClass>,
    /// An example cell.
    pub example: String,
    /// For the clerk: how to fill it.
    pub note: Text,
}

/// An allowed value and what else clerks write for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "CategoryWritten")]
pub struct CategoryValue {
    /// The value as stored.
    pub value: Arc<str>,
    /// Other spellings that mean it.
    pub synonyms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CategoryWritten {
    Plain(String),
    WithSynonyms(Vec<String>),
}

impl From<CategoryWritten> for CategoryValue {
    fn from(written: CategoryWritten) -> Self {
        match written {
            CategoryWritten::Plain(value) => CategoryValue { value: value.into(), synonyms: Vec::new() },
            CategoryWritten::WithSynonyms(mut all) => {
                let value = if all.is_empty() { String::new() } else { all.remove(0) };
                CategoryValue { value: value.into(), synonyms: all }
            }
        }
    }
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellType {
    /// Free text, a name, a number of the store's own.
    Text,
    /// One of the allowed values.
    Category,
    /// A telephone number.
    Phone,
    /// A vehicle identification number.
    Vin,
    /// A number plate.
    Plate,
    /// Prospect number, phone or VIN, whichever the store uses to say who the customer is.
    CustomerKey,
    /// A calendar day; a time of day in the cell is dropped with a notice.
    Date,
    /// A day with or without a time of day.
    Instant,
    /// A calendar month: its first day.
    Month,
    /// A calendar month or year, as `2026-10` or `2026`.
    Period,
    /// A whole number.
    Integer,
    /// A decimal.
    Number,
    /// An amount in yuan.
    Money,
    /// 是/否.
    Flag,
}

impl CellType {
    /// The key of its word for users.
    pub fn key(self) -> &'static str {
        match self {
            CellType::Text => "cell.text",
            CellType::Category => "cell.category",
            CellType::Phone => "cell.phone",
            CellType::Vin => "cell.vin",
            CellType::Plate => "cell.plate",
            CellType::CustomerKey => "cell.customer_key",
            CellType::Date => "cell.date",
            CellType::Instant => "cell.instant",
            CellType::Month => "cell.month",
            CellType::Period => "cell.period",
            CellType::Integer => "cell.integer",
            CellType::Number => "cell.number",
            CellType::Money => "cell.money",
            CellType::Flag => "cell.flag",
        }
    }

    /// What SQL sees of it.
    pub fn kind(self) -> ColumnKind {
        match self {
            CellType::Integer => ColumnKind::Int,
            CellType::Number => ColumnKind::Number,
            CellType::Money => ColumnKind::Amount,
            CellType::Flag => ColumnKind::Flag,
            CellType::Instant => ColumnKind::Instant,
            CellType::Date | CellType::Month => ColumnKind::Date,
            _ => ColumnKind::Text,
        }
    }
}

impl SheetDef {
    /// The index of a column by its field name.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.field == name)
    }

    /// The sheet as it stands for several stores at once, to be filled in: whose a row is comes first and is required.
    pub fn of_several_stores(mut self, beside: &[ColumnDef]) -> SheetDef {
        if let Some(store) = beside.get(beside::STORE) {
            self.columns.insert(0, ColumnDef { required: true, ..store.clone() });
        }
        // The places of the other columns have moved.
        (self.keys, self.blank_in_key, self.likeness, self.listed, self.across) = Default::default();
        self
    }

    /// Whether a column says what a row is about, when or whose it is.
    fn has_role(&self, at: usize) -> bool {
        let roles = [&self.staff, &self.model, &self.channel, &self.time].into_iter().flatten();
        let named = roles.chain(&self.customer).any(|field| *field == self.columns[at].field);
        let of_key = self.keys.iter().flatten().chain(&self.likeness).any(|field| *field == at);
        named || of_key || self.across.is_some_and(|across| across.by == at || across.value == at)
    }

    /// The fact's columns: origin, the sheet's own, then those that `facts` derives for this sheet
    /// ([`derived::sheet_columns`]).
    pub fn fact_columns(&self) -> Vec<FactColumn> {
        let origin = ORIGIN.iter().map(|(name, kind)| FactColumn { name: (*name).into(), kind: *kind, personal: None });
        let own = self.columns.iter().map(|column| FactColumn {
            name: column.field.clone(),
            kind: column.cell.kind(),
            personal: column.personal,
        });
        origin.chain(own).chain(derived::sheet_columns(&self.id)).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetWritten {
    title: Text,
    #[serde(default)]
    synonyms: Vec<String>,
    #[serde(default)]
    keys: Vec<Vec<Spanned<String>>>,
    #[serde(default)]
    blank_in_key: Vec<Spanned<String>>,
    across: Option<AcrossWritten>,
    #[serde(default)]
    likeness: Vec<Spanned<String>>,
    #[serde(default)]
    listed: Vec<Spanned<String>>,
    #[serde(default)]
    cumulative: bool,
    open: Option<Spanned<String>>,
    #[serde(default)]
    expected: bool,
    staff: Option<Spanned<String>>,
    #[serde(default)]
    customer: Vec<Spanned<String>>,
    model: Option<Spanned<String>>,
    channel: Option<Spanned<String>>,
    time: Option<Spanned<String>>,
    #[serde(default)]
    note: Text,
    #[serde(default)]
    order: u32,
    column: Vec<Spanned<ColumnWritten>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcrossWritten {
    by: Spanned<String>,
    value: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnWritten {
    field: String,
    title: Text,
    #[serde(default)]
    synonyms: Vec<String>,
    #[serde(rename = "type")]
    cell: CellType,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    optional_column: bool,
    #[serde(default)]
    values: Vec<CategoryValue>,
    #[serde(default)]
    or_kpi: bool,
    #[serde(default)]
    may_be_future: bool,
    #[serde(default)]
    moves: bool,
    #[serde(default)]
    describes: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
    max_length: Option<u32>,
    personal: Option<PersonalClass>,
    #[serde(default)]
    example: String,
    #[serde(default)]
    note: Text,
}

/// More columns, and more values of categories, for a sheet that is defined elsewhere, so that a group need not copy the
/// whole sheet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtensionWritten {
    extends: Spanned<String>,
    #[serde(default)]
    column: Vec<Spanned<ColumnWritten>>,
    #[serde(default)]
    values: Vec<ValuesWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValuesWritten {
    field: Spanned<String>,
    add: Vec<CategoryValue>,
}

pub(super) fn extend_sheet(source: &Source, catalog: &mut Catalog) -> Result<(), Problem> {
    let written: ExtensionWritten = source.read()?;
    let Some(sheet) = catalog.sheets.iter_mut().find(|sheet| *sheet.id == **written.extends.get_ref()) else {
        return Err(source.problem(
            &written.extends.span(),
            Message::new("definition.no_sheet").with("name", written.extends.get_ref()),
        ));
    };
    let derived = derived::sheet_columns(&sheet.id);
    for column in &written.column {
        if derived.iter().any(|known| *known.name == *column.get_ref().field) {
            let what = Message::new("definition.derived_field").with("field", &column.get_ref().field);
            return Err(source.problem(&column.span(), what));
        }
    }
    let mut columns = read_columns(source, &written.column, sheet.columns.clone())?;
    for ValuesWritten { field, add } in &written.values {
        let own = columns.iter_mut().find(|column| *column.field == **field.get_ref());
        let Some(column) = own.filter(|column| column.cell == CellType::Category) else {
            let what = Message::new("definition.no_category").with("sheet", &sheet.id).with("name", field.get_ref());
            return Err(source.problem(&field.span(), what));
        };
        column.values.extend(add.iter().cloned());
    }
    sheet.columns = columns;
    Ok(())
}

pub(super) fn read_columns(
    source: &Source,
    written: &[Spanned<ColumnWritten>],
    mut columns: Vec<ColumnDef>,
) -> Result<Vec<ColumnDef>, Problem> {
    for column in written {
        let span = column.span();
        let column = column.get_ref();
        if columns.iter().any(|earlier| *earlier.field == *column.field) {
            return Err(source.problem(&span, Message::new("definition.twice").with("field", &column.field)));
        }
        let well_named = column.field.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if column.field.is_empty() || !well_named {
            return Err(source.problem(&span, Message::new("definition.snake_case").with("field", &column.field)));
        }
        if ORIGIN.iter().any(|(name, _)| *name == column.field) {
            return Err(source.problem(&span, Message::new("definition.reserved").with("field", &column.field)));
        }
        if let Some(same) = columns.iter().find(|earlier| earlier.title.zh == column.title.zh) {
            let what =
                Message::new("definition.title_taken").with("title", &column.title.zh).with("field", &same.field);
            return Err(source.problem(&span, what));
        }
        if column.describes && column.required {
            return Err(source.problem(&span, Message::new("definition.describes").with("field", &column.field)));
        }
        if (column.cell == CellType::Category) == column.values.is_empty() {
            return Err(source.problem(&span, Message::new("definition.values")));
        }
        columns.push(ColumnDef {
            field: column.field.as_str().into(),
            title: column.title.clone(),
            synonyms: column.synonyms.clone(),
            cell: column.cell,
            required: column.required,
            optional_column: column.optional_column,
            values: column.values.clone(),
            or_kpi: column.or_kpi,
            may_be_future: column.may_be_future,
            moves: column.moves,
            describes: column.describes,
            minimum: column.minimum,
            maximum: column.maximum,
            max_length: column.max_length,
            personal: column.personal,
            example: column.example.clone(),
            note: column.note.clone(),
        });
    }
    Ok(columns)
}

pub(super) fn read_sheet(source: &Source) -> Result<SheetDef, Problem> {
    let written: SheetWritten = source.read()?;
    if derived::columns(&source.id).is_some() {
        return Err(source.problem(&(0..0), Message::new("definition.derived_fact").with("name", &source.id)));
    }
    let columns = read_columns(source, &written.column, Vec::new())?;
    let mut sheet = SheetDef {
        id: source.id.clone(),
        title: written.title,
        synonyms: written.synonyms,
        keys: Vec::new(),
        blank_in_key: Vec::new(),
        across: None,
        likeness: Vec::new(),
        listed: Vec::new(),
        cumulative: written.cumulative,
        open: None,
        expected: written.expected,
        staff: None,
        customer: Vec::new(),
        model: None,
        channel: None,
        time: None,
        columns,
        note: written.note,
        order: written.order,
    };
    let fact = Fact { name: &source.id, columns: sheet.columns.iter().map(|c| c.field.clone()).collect() };
    let one = |name: &Option<Spanned<String>>| name.as_ref().map(|name| source.column(name, &fact)).transpose();
    let (staff, model, channel, time) =
        (one(&written.staff)?, one(&written.model)?, one(&written.channel)?, one(&written.time)?);
    let mut keys = Vec::new();
    for key in &written.keys {
        let fields = source.columns(key, &fact)?;
        keys.push(fields.iter().filter_map(|field| sheet.field(field)).collect());
    }
    if let (Some(name), Some(at)) = (&written.time, time.as_deref().and_then(|time| sheet.field(time)))
        && !matches!(sheet.columns[at].cell, CellType::Date | CellType::Instant | CellType::Month)
    {
        return Err(source.problem(&name.span(), Message::new("definition.time").with("name", name.get_ref())));
    }
    let blank = source.columns(&written.blank_in_key, &fact)?;
    sheet.blank_in_key = blank.iter().filter_map(|field| sheet.field(field)).collect();
    if let Some(across) = &written.across {
        let column = |name: &Spanned<String>| source.column(name, &fact).map(|name| sheet.field(&name));
        let (by, value) = (column(&across.by)?, column(&across.value)?);
        let months = |at: &usize| matches!(sheet.columns[*at].cell, CellType::Month | CellType::Period);
        match (by.filter(months), value) {
            (Some(by), Some(value)) => sheet.across = Some(CrossTab { by, value }),
            _ => return Err(source.problem(&across.by.span(), Message::new("definition.across"))),
        }
    }
    sheet.customer = source.columns(&written.customer, &fact)?;
    let likeness = source.columns(&written.likeness, &fact)?;
    sheet.likeness = likeness.iter().filter_map(|field| sheet.field(field)).collect();
    let listed = source.columns(&written.listed, &fact)?;
    sheet.listed = listed.iter().filter_map(|field| sheet.field(field)).collect();
    let open = written.open.as_ref().map(|sql| source.expression(sql, &fact)).transpose()?;
    (sheet.staff, sheet.model, sheet.channel, sheet.time, sheet.keys, sheet.open) =
        (staff, model, channel, time, keys, open);
    let decides = |(at, column): &(usize, &ColumnDef)| column.describes && sheet.has_role(*at);
    if let Some((_, column)) = sheet.columns.iter().enumerate().find(decides) {
        let what = Message::new("definition.describes").with("field", &column.field);
        return Err(Problem { line: 1, what: what.into() });
    }
    Ok(sheet)
}

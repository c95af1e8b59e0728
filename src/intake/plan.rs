//! What the reader needs to know of the catalogue, ready to cross the pipe to a worker.

use crate::{
    catalog::{Catalog, CellType, ColumnDef, Form, SheetDef},
    diagnostic::Severity,
    intake::{
        limits,
        title::{Title, normal, simplified},
    },
    model::{PersonalClass, text::is_invisible},
    project::MappedColumn,
};
use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};
use unicode_normalization::UnicodeNormalization;

/// BLAKE3 of the reading plan, in hex: all that reading takes from the definitions. Rules' conditions, words, KPIs and lists
/// are not in it.
pub fn plan_hash(catalog: &Catalog) -> String {
    let plan = postcard::to_stdvec(&Plan::of(catalog)).unwrap_or_default();
    blake3::hash(&plan).to_hex().to_string()
}

/// The sheets that can be recognised.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// One for each sheet definition, in the catalogue's order.
    pub sheets: Vec<SheetPlan>,
    /// The codes whose findings keep a row out of the facts.
    errors: BTreeSet<String>,
    /// Sheets that programs bring along.
    system: Vocabulary,
    /// Texts that say how to fill a column.
    notes: Vocabulary,
    /// Titles of forms, in Simplified Chinese.
    forms: BTreeSet<String>,
    /// Data rows that are read of a workbook.
    pub rows: u64,
    /// For each normalised title and synonym the sheets that have it; made when first asked for.
    #[serde(skip)]
    headed: OnceLock<HashMap<String, Vec<usize>, FixedState>>,
}

/// One kind of sheet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SheetPlan {
    /// The definition's id.
    pub id: Arc<str>,
    /// The sheet's names, normalised, its title first.
    pub names: Vec<String>,
    /// The fields of the columns.
    pub fields: Vec<Arc<str>>,
    /// So many of them may stand in any sheet.
    pub beside: usize,
    /// The columns in the definition's order, then those that any sheet may bear.
    pub columns: Vec<ColumnPlan>,
    /// Normalised titles and the columns they head.
    pub titles: BTreeMap<String, usize>,
    /// Normalised synonyms and the columns they may head, the first choice first.
    pub synonyms: BTreeMap<String, Vec<usize>>,
    /// Normalised titles that the store has for itself.
    pub unread: BTreeSet<String>,
    /// The columns that a worklist fills in ahead.
    pub listed: Vec<usize>,
    /// The column whose values may be titles, and the one whose values stand below them.
    pub across: Option<(usize, usize)>,
}

/// One column.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ColumnPlan {
    /// The Chinese title.
    pub title: Arc<str>,
    /// What a cell holds.
    pub cell: CellType,
    /// An empty cell is an error.
    pub required: bool,
    /// The column must be there.
    pub needed: bool,
    /// The allowed values of a category.
    pub values: Vec<Arc<str>>,
    /// Normalised spellings and the value each means.
    pub spellings: BTreeMap<String, usize>,
    /// Other texts are values too: the id or title of a KPI, which check knows.
    pub or_kpi: bool,
    /// The example that templates show.
    pub example: Arc<str>,
    /// A future value is no mistake.
    pub may_be_future: bool,
    /// Smallest allowed number or yuan.
    pub minimum: Option<f64>,
    /// Largest allowed number or yuan.
    pub maximum: Option<f64>,
    /// Longest allowed text, in characters.
    pub max_length: Option<u32>,
    /// Personal data it holds.
    pub personal: Option<PersonalClass>,
    /// A part of the sheet's key: what stands in it is never changed.
    pub identifies: bool,
    /// A cell of it that cannot be read keeps no row out.
    pub describes: bool,
    /// Of a column that names persons, what is no name.
    pub no_names: Vocabulary,
    /// It names a person, a model or a channel: spaces beside a Chinese character mean nothing.
    pub folds_spaces: bool,
    /// An amount in yuan beyond which the unit of the title was overlooked.
    pub believable: f64,
}

/// Beyond this no customer's car, repair or policy costs: whole yuan stand under a title in 万元.
const BELIEVABLE_OF_CUSTOMER: f64 = 2e7;

/// Beyond this no store earns or spends in a month.
const BELIEVABLE: f64 = 1e10;

/// Ends of titles under which persons stand.
const PERSONS: [&str; 5] = ["顾问", "人", "员", "姓名", "经理"];

impl Plan {
    /// The plan of a catalogue.
    pub fn of(catalog: &Catalog) -> Plan {
        let error = |code: &str| catalog.rules.get(code).is_some_and(|rule| rule.severity == Severity::Error);
        Plan {
            sheets: catalog
                .sheets
                .iter()
                .map(|sheet| SheetPlan::of(sheet, &catalog.beside, &Vocabulary::of(catalog, "C022")))
                .collect(),
            errors: catalog.rules.keys().filter(|code| error(code)).map(|code| code.to_string()).collect(),
            system: Vocabulary::of(catalog, "H004"),
            notes: Vocabulary::of(catalog, "H025"),
            forms: catalog.forms.iter().flat_map(form_titles).collect(),
            rows: limits::ROWS,
            headed: OnceLock::new(),
        }
    }

    /// The sheets that know a header of this form (normalised).
    pub fn headed(&self, form: &str) -> &[usize] {
        let make = || {
            let mut headed: HashMap<String, Vec<usize>, FixedState> = HashMap::default();
            for (index, sheet) in self.sheets.iter().enumerate() {
                for form in sheet.titles.keys().chain(sheet.synonyms.keys()) {
                    let sheets = headed.entry(form.clone()).or_default();
                    if sheets.last() != Some(&index) {
                        sheets.push(index);
                    }
                }
            }
            headed
        };
        self.headed.get_or_init(make).get(form).map_or(&[], Vec::as_slice)
    }

    /// The same for a store that heads some columns by words of its own.
    pub fn with_columns(&self, mapped: &[MappedColumn]) -> Plan {
        let mut plan = Plan { headed: OnceLock::new(), ..self.clone() };
        for MappedColumn { sheet, title, column } in mapped {
            // A title under a group is told as `group·title`.
            let Some(form) = Title::of(&title.replace('·', "")).forms.into_iter().next() else { continue };
            let Some(sheet) = plan.sheets.iter_mut().find(|known| known.id == *sheet) else { continue };
            sheet.synonyms.remove(&form);
            match sheet.columns.iter().position(|known| known.title == *column) {
                Some(field) => {
                    sheet.titles.insert(form, field);
                }
                None => {
                    sheet.titles.remove(&form);
                    sheet.unread.insert(form);
                }
            }
        }
        plan
    }

    /// Whether a text is the title of a form.
    pub fn is_form(&self, text: &str) -> bool {
        let text = normal(text);
        !text.is_empty() && (self.forms.contains(&text) || self.forms.contains(&simplified(&text)))
    }

    /// Whether a program brought this sheet along, and nobody filled it in.
    pub fn is_of_a_program(&self, sheet: &str) -> bool {
        self.system.holds(sheet)
    }

    /// Whether a text below a header says how to fill its column.
    pub fn is_note(&self, text: &str) -> bool {
        self.notes.holds(text)
    }

    /// Whether a finding of this code keeps its row out of the facts.
    pub fn is_error(&self, code: &str) -> bool {
        self.errors.contains(code)
    }
}

/// What stands in the first cell of a form's worksheet, in either language.
fn form_titles(form: &Form) -> Vec<String> {
    let titles = [&form.title.zh, &form.title.en].into_iter().filter(|title| !title.is_empty());
    titles.map(|title| normal(&form.numbered(title))).collect()
}

/// Texts that a rule lists, folded; see [`crate::catalog::Rule::vocabulary`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Vocabulary {
    whole: BTreeSet<String>,
    beginnings: Vec<String>,
}

impl Vocabulary {
    fn of(catalog: &Catalog, code: &str) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for text in catalog.rules.get(code).into_iter().flat_map(|rule| &rule.vocabulary) {
            match text.strip_suffix('…').filter(|beginning| !beginning.is_empty()) {
                Some(beginning) => vocabulary.beginnings.push(folded(beginning)),
                None => drop(vocabulary.whole.insert(folded(text))),
            }
        }
        vocabulary
    }

    /// Whether a text is one of them.
    pub fn holds(&self, text: &str) -> bool {
        if self.whole.is_empty() && self.beginnings.is_empty() {
            return false;
        }
        let text = folded(text);
        self.whole.contains(&text) || self.beginnings.iter().any(|beginning| text.starts_with(beginning.as_str()))
    }
}

/// NFKC, lower case, without spaces and what cannot be seen.
fn folded(text: &str) -> String {
    let seen = |c: &char| !(c.is_whitespace() || c.is_control() || is_invisible(*c));
    text.nfkc().flat_map(char::to_lowercase).filter(seen).collect()
}

/// Whether a column says who somebody is, by what it holds or by its title.
fn names_a_person(column: &ColumnDef) -> bool {
    column.personal == Some(PersonalClass::Name) || PERSONS.iter().any(|end| column.title.zh.ends_with(end))
}

impl SheetPlan {
    fn of(sheet: &SheetDef, beside: &[ColumnDef], no_names: &Vocabulary) -> SheetPlan {
        let mut titles = BTreeMap::new();
        let mut synonyms: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, column) in sheet.columns.iter().chain(beside).enumerate() {
            titles.entry(normal(&column.title.zh)).or_insert(i);
            for synonym in column.synonyms.iter().chain([&column.title.en]).filter(|text| !text.is_empty()) {
                let fields = synonyms.entry(normal(synonym)).or_default();
                if !fields.contains(&i) {
                    fields.push(i);
                }
            }
        }
        // A text that is one column's title never means another column.
        synonyms.retain(|text, _| !titles.contains_key(text));
        let names = [&sheet.title.zh].into_iter().chain(&sheet.synonyms).chain([&sheet.title.en]);
        SheetPlan {
            id: sheet.id.clone(),
            names: names.map(|name| normal(name)).filter(|name| !name.is_empty()).collect(),
            fields: sheet.columns.iter().chain(beside).map(|column| column.field.clone()).collect(),
            beside: beside.len(),
            columns: sheet
                .columns
                .iter()
                .chain(beside)
                .enumerate()
                .map(|(i, column)| {
                    let own = ColumnPlan::of(column);
                    let scope = [&sheet.staff, &sheet.model, &sheet.channel].into_iter().flatten();
                    let person = own.cell == CellType::Text
                        && (names_a_person(column) || sheet.staff.as_ref() == Some(&column.field));
                    ColumnPlan {
                        identifies: sheet.keys.iter().flatten().any(|field| *field == i),
                        folds_spaces: own.folds_spaces || scope.into_iter().any(|field| *field == column.field),
                        no_names: if person { no_names.clone() } else { Vocabulary::default() },
                        believable: if sheet.customer.is_empty() { BELIEVABLE } else { BELIEVABLE_OF_CUSTOMER },
                        ..own
                    }
                })
                .collect(),
            titles,
            synonyms,
            unread: BTreeSet::new(),
            listed: sheet.listed.clone(),
            across: sheet.across.map(|across| (across.by, across.value)),
        }
    }
}

impl ColumnPlan {
    pub(super) fn of(column: &ColumnDef) -> ColumnPlan {
        let mut spellings = BTreeMap::new();
        for (i, value) in column.values.iter().enumerate() {
            spellings.insert(normal(&value.value), i);
        }
        for (i, value) in column.values.iter().enumerate() {
            for synonym in &value.synonyms {
                spellings.entry(normal(synonym)).or_insert(i);
            }
        }
        ColumnPlan {
            title: column.title.zh.as_str().into(),
            cell: column.cell,
            required: column.required,
            needed: column.required && !column.optional_column,
            values: column.values.iter().map(|value| value.value.clone()).collect(),
            spellings,
            or_kpi: column.or_kpi,
            example: column.example.as_str().into(),
            may_be_future: column.may_be_future,
            minimum: column.minimum,
            maximum: column.maximum,
            max_length: column.max_length,
            personal: column.personal,
            identifies: false,
            folds_spaces: column.cell == CellType::Text && names_a_person(column),
            describes: column.describes,
            no_names: Vocabulary::default(),
            believable: BELIEVABLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_of_what_reading_takes_and_of_nothing_else() {
        let (catalog, _) = Catalog::load(None).expect("embedded definitions load");
        let hash = plan_hash(&catalog);
        let changed = |change: fn(&mut Catalog)| {
            let mut catalog = catalog.clone();
            change(&mut catalog);
            plan_hash(&catalog) != hash
        };
        assert!(!changed(|catalog| catalog.kpis.clear()));
        assert!(!changed(|catalog| catalog.worklists.clear()));
        assert!(!changed(|catalog| {
            catalog.rules.values_mut().for_each(|rule| rule.message = crate::model::Text::new("别的话", "other words"));
        }));
        assert!(changed(|catalog| catalog.sheets[0].columns[0].title.zh.push('号')));
        assert!(changed(|catalog| catalog.sheets[0].columns[0].synonyms.push("别名".to_owned())));
        assert!(changed(|catalog| {
            catalog.rules.get_mut("C003").expect("a rule").severity = Severity::Notice;
        }));
    }
}

//! The dictionary: what every sheet, column, rule, KPI, worklist and scorecard means, out of the definitions.

use super::{
    kpi::{self, Definition},
    lookup::{GroupLookup, Lookup},
    page::{self, Draw, Link, Named, Page},
    table,
};
use crate::{
    catalog::{Catalog, SheetDef},
    diagnostic::Severity,
};
use serde::Serialize;

/// A chapter of the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Chapter {
    Kpis,
    Sheets,
    Rules,
    Worklists,
    Scorecards,
}

impl Chapter {
    pub(crate) const ALL: [Chapter; 5] =
        [Chapter::Kpis, Chapter::Sheets, Chapter::Rules, Chapter::Worklists, Chapter::Scorecards];

    /// Its title.
    pub(crate) fn title(self, lookup: &Lookup<'_>) -> String {
        lookup.words.word(match self {
            Chapter::Kpis => "dictionary.kpis",
            Chapter::Sheets => "dictionary.sheets",
            Chapter::Rules => "dictionary.rules",
            Chapter::Worklists => "dictionary.worklists",
            Chapter::Scorecards => "dictionary.scorecards",
        })
    }
}

/// Where a chapter stands.
pub(crate) fn link(chapter: Chapter) -> Link {
    Link::to(match chapter {
        Chapter::Kpis => "dictionary.html",
        Chapter::Sheets => "dictionary/sheets.html",
        Chapter::Rules => "dictionary/rules.html",
        Chapter::Worklists => "dictionary/worklists.html",
        Chapter::Scorecards => "dictionary/scorecards.html",
    })
}

/// To a rule.
pub(crate) fn rule(code: &str) -> Link {
    link(Chapter::Rules).at(code)
}

/// Sheets of one part of their chapter.
const SHEETS: usize = 11;

/// To a sheet.
pub(crate) fn sheet_link(catalog: &Catalog, id: &str) -> Link {
    let at = catalog.sheets.iter().position(|sheet| &*sheet.id == id).unwrap_or_default();
    part_link(Chapter::Sheets, at / SHEETS + 1).at(id)
}

/// Where a part of a chapter stands.
fn part_link(chapter: Chapter, part: usize) -> Link {
    let Link { path, anchor } = link(chapter);
    let plain = path.strip_suffix(".html").unwrap_or(&path);
    Link { path: format!("{plain}{}", page::ending(part)), anchor }
}

/// A chapter of the dictionary, or a part of it.
pub(crate) struct DictionaryPage {
    chapter: Chapter,
    part: usize,
}

impl<'a> Page<GroupLookup<'a>> for DictionaryPage {
    type View = DictionaryView;
    const TEMPLATE: &'static str = "dictionary.html";
    const SECTION: &'static str = "dictionary";

    fn all(group: &GroupLookup<'a>) -> Vec<DictionaryPage> {
        let parts = |chapter: Chapter| match chapter {
            Chapter::Sheets => group.edition.catalog.sheets.len().div_ceil(SHEETS).max(1),
            _ => 1,
        };
        let of = |chapter: Chapter| (1..=parts(chapter)).map(move |part| DictionaryPage { chapter, part });
        Chapter::ALL.into_iter().flat_map(of).collect()
    }

    fn link(&self, _: &GroupLookup<'a>) -> Link {
        part_link(self.chapter, self.part)
    }

    fn way(&self, group: &GroupLookup<'a>) -> Vec<Named> {
        let dictionary = Named::linked(group.words.word("nav.dictionary"), link(Chapter::Kpis));
        vec![dictionary, Named::plain(self.chapter.title(group))]
    }

    fn view(&self, group: &GroupLookup<'a>, draw: &Draw<'_>) -> DictionaryView {
        DictionaryView::new(group, self.chapter, self.part, draw)
    }
}

/// One chapter; the others' entries are left empty.
#[derive(Debug, Serialize)]
pub(crate) struct DictionaryView {
    pub chapter: Chapter,
    pub chapters: Vec<ChapterLine>,
    pub part: usize,
    pub parts: Vec<Named>,
    pub kpis: Vec<Definition>,
    pub sheets: Vec<Sheet>,
    pub rules: Vec<Rule>,
    pub worklists: Vec<List>,
    pub scorecards: Vec<Scorecard>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ChapterLine {
    pub title: Named,
    pub count: usize,
    pub current: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Sheet {
    pub id: String,
    pub title: String,
    pub synonyms: Vec<String>,
    pub note: String,
    pub cumulative: bool,
    pub expected: bool,
    pub keys: Vec<String>,
    pub columns: Vec<Column>,
    /// The columns, drawn.
    pub table: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Column {
    pub field: String,
    pub title: String,
    pub synonyms: Vec<String>,
    pub cell: String,
    pub required: bool,
    pub values: Vec<String>,
    pub personal: bool,
    pub example: String,
    pub note: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Rule {
    pub code: String,
    pub severity: &'static str,
    pub severity_word: String,
    #[serde(skip)]
    pub level: Severity,
    pub title: String,
    pub message: String,
    pub cause: String,
    pub fix: String,
    pub example: String,
    pub condition: Option<String>,
    pub sheet: Option<String>,
    pub source: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct List {
    pub id: String,
    pub number: u32,
    pub title: String,
    pub meaning: String,
    pub next_step: String,
    pub fact: String,
    pub rows: String,
    pub owner: String,
    pub due: Option<String>,
    pub source: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Scorecard {
    pub id: String,
    pub title: String,
    pub source: String,
    pub items: Vec<Item>,
    pub undefined: u32,
}

#[derive(Debug, Serialize)]
pub(crate) struct Item {
    pub title: String,
    pub weight: u32,
    pub kpi: Option<Named>,
}

impl DictionaryView {
    fn new(lookup: &Lookup<'_>, chapter: Chapter, part: usize, draw: &Draw<'_>) -> DictionaryView {
        let catalog = lookup.edition.catalog;
        let count = |chapter: Chapter| match chapter {
            Chapter::Kpis => catalog.kpis.len(),
            Chapter::Sheets => catalog.sheets.len(),
            Chapter::Rules => catalog.rules.len(),
            Chapter::Worklists => catalog.worklists.len(),
            Chapter::Scorecards => catalog.scorecards.len(),
        };
        let mut view = DictionaryView {
            chapter,
            chapters: Chapter::ALL
                .into_iter()
                .map(|one| ChapterLine {
                    title: Named::linked(one.title(lookup), link(one)),
                    count: count(one),
                    current: one == chapter,
                })
                .collect(),
            part,
            parts: match chapter {
                Chapter::Sheets => {
                    page::parts(catalog.sheets.len().div_ceil(SHEETS), |part| part_link(Chapter::Sheets, part))
                }
                _ => Vec::new(),
            },
            kpis: Vec::new(),
            sheets: Vec::new(),
            rules: Vec::new(),
            worklists: Vec::new(),
            scorecards: Vec::new(),
        };
        match chapter {
            Chapter::Kpis => view.kpis = catalog.kpis.iter().map(|kpi| Definition::new(lookup, kpi)).collect(),
            Chapter::Sheets => {
                let here = catalog.sheets.iter().skip((part - 1) * SHEETS).take(SHEETS);
                view.sheets = here.map(|def| sheet(lookup, def)).collect();
                for sheet in &mut view.sheets {
                    sheet.table = draw(&table::dictionary::columns(lookup, sheet));
                }
            }
            Chapter::Rules => view.rules = catalog.rules.values().map(|def| rule_entry(lookup, def)).collect(),
            Chapter::Worklists => view.worklists = catalog.worklists.iter().map(|def| list(lookup, def)).collect(),
            Chapter::Scorecards => {
                view.scorecards = catalog.scorecards.iter().map(|def| scorecard(lookup, def)).collect();
            }
        }
        view
    }
}

pub(crate) fn sheet(lookup: &Lookup<'_>, def: &SheetDef) -> Sheet {
    let words = lookup.words;
    let titles = |key: &Vec<usize>| -> String {
        let parts = key.iter().filter_map(|at| def.columns.get(*at)).map(|column| words.text(&column.title));
        parts.collect::<Vec<_>>().join(" + ")
    };
    Sheet {
        table: String::new(),
        id: def.id.to_string(),
        title: words.text(&def.title),
        synonyms: def.synonyms.clone(),
        note: words.text(&def.note),
        cumulative: def.cumulative,
        expected: lookup.edition.settings.expected.contains(&def.id),
        keys: def.keys.iter().map(titles).collect(),
        columns: def
            .columns
            .iter()
            .map(|column| Column {
                field: column.field.to_string(),
                title: words.text(&column.title),
                synonyms: column.synonyms.clone(),
                cell: words.word(column.cell.key()),
                required: column.required,
                values: column.values.iter().map(|value| value.value.to_string()).collect(),
                personal: column.personal.is_some(),
                example: column.example.clone(),
                note: words.text(&column.note),
            })
            .collect(),
    }
}

pub(crate) fn rule_entry(lookup: &Lookup<'_>, def: &crate::catalog::Rule) -> Rule {
    let words = lookup.words;
    let own: Severity = lookup.edition.settings.severities.get(&*def.code).copied().unwrap_or(def.severity);
    Rule {
        code: def.code.to_string(),
        severity: own.word(),
        severity_word: words.word(&format!("severity.{}", own.word())),
        level: own,
        title: words.text(&def.title),
        message: open_places(lookup, &words.text(&def.message)),
        cause: words.text(&def.cause),
        fix: open_places(lookup, &words.text(&def.fix)),
        example: words.text(&def.example),
        condition: def.condition.as_ref().map(|condition| condition.holds.sql.trim().to_owned()),
        sheet: def.condition.as_ref().map(|condition| super::quality::sheet_title(lookup, &condition.sheet)),
        source: def.source.clone(),
    }
}

/// A rule's text with the places that a finding fills in left open: `{field}` for the column, `…` for anything else.
pub(super) fn open_places(lookup: &Lookup<'_>, text: &str) -> String {
    let text = text.replace("{field}", &lookup.words.word("rule.column"));
    let mut opened = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        opened.push_str(before);
        opened.push('…');
        rest = after;
    }
    opened + rest
}

fn list(lookup: &Lookup<'_>, def: &crate::catalog::Worklist) -> List {
    List {
        id: def.id.to_string(),
        number: def.number,
        title: lookup.words.text(&def.title),
        meaning: lookup.words.text(&def.meaning),
        next_step: lookup.words.text(&def.next_step),
        fact: def.fact.to_string(),
        rows: def.rows.sql.trim().to_owned(),
        owner: def.owner.sql.trim().to_owned(),
        due: def.due.as_ref().map(|due| due.sql.trim().to_owned()),
        source: def.source.clone(),
    }
}

fn scorecard(lookup: &Lookup<'_>, def: &crate::catalog::Scorecard) -> Scorecard {
    let items = def.items.iter().map(|item| Item {
        title: lookup.words.text(&item.title),
        weight: item.weight,
        kpi: item
            .kpi
            .as_deref()
            .and_then(|kpi| lookup.edition.catalog.kpi(kpi))
            .map(|kpi| Named::linked(lookup.words.text(&kpi.title), kpi::link(&kpi.id))),
    });
    Scorecard {
        id: def.id.to_string(),
        title: lookup.words.text(&def.title),
        source: def.source.clone(),
        items: items.collect(),
        undefined: def.undefined,
    }
}

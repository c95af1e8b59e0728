//! What can be explained, and what people call it.

use super::texts;
use crate::{
    catalog::{Catalog, Form, Kpi, Rule, Scorecard, SheetDef, Worklist, derived},
    cli::terminal,
    messages::Messages,
    model::{
        Lang, Text,
        nearest::{distance, nearest},
        text::normalized_key,
    },
};
use std::sync::Arc;

/// Candidates that are listed.
const MOST: usize = 20;

/// Something that can be explained.
pub(super) enum Thing<'c> {
    Rule(&'c Rule),
    Kpi(&'c Kpi),
    Worklist(&'c Worklist),
    Form(&'c Form),
    Scorecard(&'c Scorecard),
    Sheet(&'c SheetDef),
    Fact(&'c Arc<str>),
    /// Fact and column.
    Column(&'c Arc<str>, &'c Arc<str>),
}

impl<'c> Thing<'c> {
    pub(super) fn text(&self, catalog: &Catalog, words: &Messages) -> String {
        match self {
            Thing::Rule(rule) => texts::rule_text(rule, words),
            Thing::Kpi(kpi) => texts::kpi_text(kpi, words),
            Thing::Worklist(list) => texts::worklist_text(list, words),
            Thing::Form(form) => texts::form_text(form, catalog, words),
            Thing::Scorecard(card) => texts::scorecard_text(card, catalog, words),
            Thing::Sheet(sheet) => texts::sheet_text(sheet, words),
            Thing::Fact(fact) => texts::fact_text(fact, catalog),
            Thing::Column(fact, column) => {
                texts::columns_text(&[(Arc::clone(fact), Arc::clone(column))], catalog, words)
            }
        }
    }

    pub(super) fn kpi(&self) -> Option<&'c Kpi> {
        match self {
            Thing::Kpi(kpi) => Some(kpi),
            _ => None,
        }
    }

    pub(super) fn column(&self) -> Option<(Arc<str>, Arc<str>)> {
        match self {
            Thing::Column(fact, column) => Some((Arc::clone(fact), Arc::clone(column))),
            _ => None,
        }
    }

    /// The key of the word for what it is.
    fn kind(&self) -> &'static str {
        match self {
            Thing::Rule(_) => "search.rule",
            Thing::Kpi(_) => "search.kpi",
            Thing::Worklist(_) => "search.list",
            Thing::Form(_) => "search.form",
            Thing::Scorecard(_) => "explain.scorecard",
            Thing::Sheet(_) => "search.sheet",
            Thing::Fact(_) => "facts.fact",
            Thing::Column(..) => "facts.column",
        }
    }
}

/// A thing with its names.
struct Entry<'c> {
    thing: Thing<'c>,
    /// What it is asked for by.
    id: String,
    /// The same, folded.
    folded: String,
    /// What it is called, as written.
    titles: Vec<&'c str>,
}

/// All that can be explained, in the order in which it is looked for.
pub(super) struct Named<'c>(Vec<Entry<'c>>);

/// What a name stands for.
pub(super) enum Found<'n, 'c> {
    /// These, all called so.
    Some(Vec<&'n Thing<'c>>),
    /// Nothing is called so; lines about what is near.
    Near(Vec<String>),
    None,
}

impl<'c> Named<'c> {
    pub(super) fn of(catalog: &'c Catalog) -> Named<'c> {
        let mut all = Vec::new();
        let mut add = |thing, id: &str, title: &[&'c Text], more: &mut dyn Iterator<Item = &'c str>| {
            let own = title.iter().flat_map(|text| [text.zh.as_str(), text.en.as_str()]);
            let titles = own.chain(more).filter(|name| !name.is_empty()).collect();
            all.push(Entry { thing, id: id.to_owned(), folded: normalized_key(id).into_owned(), titles });
        };
        let none = || std::iter::empty::<&'c str>();
        for rule in catalog.rules.values() {
            add(Thing::Rule(rule), &rule.code, &[&rule.title], &mut none());
        }
        for kpi in &catalog.kpis {
            add(Thing::Kpi(kpi), &kpi.id, &[&kpi.title], &mut none());
        }
        for list in &catalog.worklists {
            add(Thing::Worklist(list), &list.id, &[&list.title], &mut none());
        }
        for form in &catalog.forms {
            add(Thing::Form(form), &form.id, &[&form.title], &mut none());
        }
        for card in &catalog.scorecards {
            add(Thing::Scorecard(card), &card.id, &[&card.title], &mut none());
        }
        for sheet in &catalog.sheets {
            let more = sheet.synonyms.iter().map(String::as_str);
            add(Thing::Sheet(sheet), &sheet.id, &[&sheet.title], &mut { more });
        }
        for fact in derived::facts() {
            add(Thing::Fact(&fact.name), &fact.name, &[&fact.title], &mut none());
        }
        for (sheet, column) in catalog.sheets.iter().flat_map(|own| own.columns.iter().map(move |column| (own, column)))
        {
            let more = column.synonyms.iter().map(String::as_str).chain([&*column.field]);
            let id = format!("{}.{}", sheet.id, column.field);
            add(Thing::Column(&sheet.id, &column.field), &id, &[&column.title], &mut { more });
        }
        for (own, column) in
            derived::declared().iter().flat_map(|own| own.columns.iter().map(move |column| (own, column)))
        {
            let fact = own.sheet.as_ref().unwrap_or(&own.name);
            let id = format!("{fact}.{}", column.name);
            add(Thing::Column(fact, &column.name), &id, &[], &mut std::iter::once(&*column.name));
        }
        Named(all)
    }

    /// What an id or a name stands for: an id for one thing, a name for all that are called so.
    pub(super) fn find<'n>(&'n self, what: &str) -> Found<'n, 'c> {
        let wanted = normalized_key(what).into_owned();
        if wanted.is_empty() {
            return Found::None;
        }
        if let Some(entry) = self.0.iter().find(|entry| entry.folded == wanted) {
            return Found::Some(vec![&entry.thing]);
        }
        let simple = |name: &str| normalized_key(name).into_owned();
        let traditional = |name: &str| normalized_key(&Messages::of(Lang::ZhTw).zh(name)).into_owned();
        // Who writes Traditional Chinese is understood, once what is written is no name of ours.
        for fold in [&simple as &dyn Fn(&str) -> String, &traditional] {
            let names = |entry: &Entry<'c>| -> Vec<String> { entry.titles.iter().map(|title| fold(title)).collect() };
            let folded: Vec<(&Entry<'c>, Vec<String>)> = self.0.iter().map(|entry| (entry, names(entry))).collect();
            let called = |(_, names): &&(&'n Entry<'c>, Vec<String>)| names.contains(&wanted);
            let found: Vec<&Thing<'c>> = folded.iter().filter(called).map(|(entry, _)| &entry.thing).collect();
            if !found.is_empty() {
                return Found::Some(found);
            }
            let part = |entry: &Entry<'c>, names: &[String]| {
                let holds = |name: &str| name.contains(&wanted) || (name.chars().count() > 2 && wanted.contains(name));
                holds(&entry.folded) || names.iter().any(|name| holds(name))
            };
            let near = folded.iter().filter(|(entry, names)| part(entry, names)).map(|(entry, _)| line(entry));
            let near = first(near);
            if !near.is_empty() {
                return Found::Near(near);
            }
        }
        self.nearest(what, &wanted)
    }

    /// Those a few characters away, the nearest first.
    fn nearest<'n>(&'n self, what: &str, wanted: &str) -> Found<'n, 'c> {
        let meant = |entry: &&Entry<'c>| {
            let names = entry.titles.iter().copied().chain([entry.id.as_str()]);
            nearest(what, names).is_some()
        };
        let apart = |entry: &Entry<'c>| {
            let names = entry.titles.iter().map(|title| distance(wanted, &normalized_key(title)));
            names.chain([distance(wanted, &entry.folded)]).min().unwrap_or(usize::MAX)
        };
        let mut near: Vec<&Entry<'c>> = self.0.iter().filter(meant).collect();
        near.sort_by_key(|entry| apart(entry));
        let lines = first(near.into_iter().map(line));
        if lines.is_empty() { Found::None } else { Found::Near(lines) }
    }
}

/// So many lines, then how many more there are.
fn first(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = lines.collect();
    if all.len() > MOST {
        let more = (all.len() - MOST).to_string();
        all.truncate(MOST);
        all.push(terminal::words().fill("chase.more", &[("n", &more)]));
    }
    all
}

/// Its id, its title, what it is.
fn line(entry: &Entry<'_>) -> String {
    let words = terminal::words();
    let title = match words.lang() {
        Lang::En => entry.titles.get(1).or(entry.titles.first()).map_or_else(String::new, |title| (*title).to_owned()),
        _ => entry.titles.first().map_or_else(String::new, |title| words.zh(title)),
    };
    let kind = words.word(entry.thing.kind());
    words.fill("explain.candidate", &[("id", &entry.id), ("title", &title), ("kind", &kind)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(what: &str) -> Vec<String> {
        let (catalog, _) = Catalog::load(None).unwrap();
        let named = Named::of(&catalog);
        match named.find(what) {
            Found::Some(things) => things
                .iter()
                .map(|thing| match thing {
                    Thing::Rule(rule) => rule.code.to_string(),
                    Thing::Kpi(kpi) => kpi.id.to_string(),
                    Thing::Worklist(list) => list.id.to_string(),
                    Thing::Form(form) => form.id.to_string(),
                    Thing::Scorecard(card) => card.id.to_string(),
                    Thing::Sheet(sheet) => sheet.id.to_string(),
                    Thing::Fact(fact) => fact.to_string(),
                    Thing::Column(fact, column) => format!("{fact}.{column}"),
                })
                .collect(),
            Found::Near(lines) => lines.into_iter().map(|line| format!("? {line}")).collect(),
            Found::None => Vec::new(),
        }
    }

    #[test]
    fn everything_is_found_by_its_id_and_by_what_it_is_called() {
        let (catalog, _) = Catalog::load(None).unwrap();
        assert_eq!(found("战败率"), ["defeat_rate"]);
        assert_eq!(found("戰敗率"), ["defeat_rate"]);
        assert_eq!(found("r104"), ["R104"]);
        assert_eq!(found("complaints ANSWERED within 10 minutes"), ["cp_resp_10m"]);
        for kpi in &catalog.kpis {
            assert!(found(&kpi.title.zh).contains(&kpi.id.to_string()), "{}", kpi.id);
        }
        for card in &catalog.scorecards {
            assert!(found(&card.title.zh).contains(&card.id.to_string()), "{}", card.id);
        }
        let phones = found("手机号");
        assert!(phones.contains(&"prospect.phone".to_owned()) && phones.len() > 2, "{phones:?}");
        assert_eq!(found("duty.verdict"), ["duty.verdict"]);
        assert_eq!(found("duty"), ["duty"]);
    }

    #[test]
    fn what_is_not_called_so_names_what_is_near() {
        let near = found("战败");
        assert!(near.len() > 1 && near.iter().any(|line| line.contains("defeat_rate")), "{near:?}");
        let near = found("cp_rsp_10m");
        assert!(near.first().is_some_and(|line| line.contains("cp_resp_10m")), "{near:?}");
        assert!(found("天上掉下来的东西完全没有").is_empty());
        assert!(found("").is_empty());
    }
}

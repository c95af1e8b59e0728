//! The group pack: the month for the headquarters. It holds no customer's data.

use super::{
    WorkbookError,
    book::Book,
    charts::{self, Figures},
    cover, table,
};
use crate::{
    diagnostic::{Finding, Severity},
    model::{Period, Scope},
    report::{
        GroupMaterial, digest,
        lookup::GroupLookup,
        submissions,
        table::{Printed, Sheet, Table, changes, dictionary, findings, matrix, parts, scores, topic, trail},
        words::Words,
    },
};
use rust_xlsxwriter::XlsxError;

/// Weeks of the submission board.
const WEEKS: usize = 14;
/// Errors listed; `findings.csv` has all findings.
const ERRORS: usize = 1_000;

/// The group pack as a file.
///
/// # Errors
/// When the content breaks a limit of the format.
pub fn group_pack(material: &GroupMaterial<'_>, words: &Words) -> Result<Vec<u8>, WorkbookError> {
    Ok(bytes(&GroupLookup::new(material, words))?)
}

fn bytes(group: &GroupLookup<'_>) -> Result<Vec<u8>, XlsxError> {
    let words = group.words;
    let word = |key: &str| words.word(key);
    let (focus, before) = (group.months.focus, group.months.before);
    let month = cover::month(group, focus);
    let kpis: Vec<_> = group.monthly().collect();
    let stores = group.material.stores.len().to_string();
    let title = format!("{} {} {month}", group.edition.settings.group, word("pack.group_title"));
    let mut book = Book::new(&title, group.edition.settings, Some(group.edition.cutoff), words)?;

    // The charts of the first sheet draw from later ones.
    let overview = word("pack.overview");
    book.page(&overview, word("pack.overview_about"))?;

    if let Some(sheet) = changes::sheet(group) {
        let about = sheet.notes.first().map_or_else(String::new, ToString::to_string);
        table::sheet(&mut book.page(&sheet.title, about)?, &sheet)?;
    }

    let name = word("pack.all_kpis");
    let about = words.fill("pack.all_kpis_about", &[("n", &kpis.len().to_string())]);
    let mut page = book.page(&name, about)?;
    let notes = vec![format!("{} · {month}", word("heat.all")).into(), word("pack.ratio_note").into()];
    let sheet = Sheet::new(&*name, notes, vec![scores::of_group(group, &kpis)]);
    let placed = table::sheet(&mut page, &sheet)?;
    let figures = placed.first().and_then(|all| Figures::of(group, &kpis, &page.name, all));

    for month in [focus, before] {
        let title = format!("{} {month}", word("pack.matrix"));
        let about = [("stores", stores.as_str()), ("kpis", &kpis.len().to_string())];
        let mut page = book.page(&title, words.fill("pack.matrix_about", &about))?;
        let notes = vec![cover::month(group, month).into(), word("pack.matrix_note").into()];
        table::sheet(&mut page, &Sheet::new(title, notes, vec![matrix::table(group, month)]))?;
    }

    for (scope, key) in [(Scope::Region, "pack.regions"), (Scope::Brand, "pack.brands")] {
        let Some(table) = parts::table(group, scope) else { continue };
        let title = word(key);
        let mut page = book.page(&title, words.fill("pack.parts_about", &[("month", &month)]))?;
        let notes = vec![format!("{title} · {month}").into(), word("pack.topic_note").into()];
        table::sheet(&mut page, &Sheet::new(title, notes, vec![table]))?;
        page.sheet.set_portrait();
    }

    for (topic, kpis) in group.topics() {
        let title = format!("{} {}", word("pack.topic"), group.topic_name(&topic));
        let names: Vec<String> = kpis.iter().map(|kpi| words.text(&kpi.title)).collect();
        let about = words.fill("pack.topic_about", &[("kpis", &names.join(&word("table.comma")))]);
        let mut page = book.page(&title, about)?;
        let notes = vec![word("pack.topic_note").into(), word("pack.topic_print").into()];
        let stores = Table { title: word("nav.stores").into(), ..topic::of_stores(group, &kpis) };
        let tables = vec![topic::of_group(group, &kpis), stores];
        table::sheet(&mut page, &Sheet::new(title, notes, tables).printing(Printed::FirstTable))?;
    }

    board(&mut book, group, &[focus, before])?;

    let title = word("pack.trail");
    let mut page = book.page(&title, word("pack.trail_about"))?;
    let notes = vec![word("pack.trail_note").into(), word("pack.trail_rest").into()];
    let tables = vec![trail::table(group, &[focus, before])];
    table::sheet(&mut page, &Sheet::new(title, notes, tables).printing(Printed::Head))?;

    problems(&mut book, group)?;

    let title = word("pack.kpi_dictionary");
    let mut page = book.page(&title, word("pack.kpi_dictionary_about"))?;
    let notes = vec![word("pack.kpi_dictionary_note").into()];
    table::sheet(&mut page, &Sheet::new(title, notes, vec![dictionary::kpis(group)]).printing(Printed::Head))?;
    let title = word("pack.rule_dictionary");
    let mut page = book.page(&title, word("pack.rule_dictionary_about"))?;
    let notes = vec![word("pack.rule_dictionary_note").into()];
    table::sheet(&mut page, &Sheet::new(title, notes, vec![dictionary::rules(group)]).printing(Printed::Head))?;

    if let Some(figures) = &figures {
        // Nobody reads it, and what is hidden is not printed.
        figures.write(&mut book.hidden(&word("pack.chart_data"))?)?;
    }
    let mut page = book.again(&overview)?;
    let headlines = scores::brief(group, &group.headlines());
    let notes = vec![month.into(), word("pack.overview_note").into(), word("pack.month_note").into()];
    table::sheet(&mut page, &Sheet::new(&*overview, notes, vec![headlines]))?;
    if let Some(figures) = &figures {
        let row = page.row + 1;
        figures.draw(&mut page, row)?;
        page.sheet.set_print_area(0, 0, row + charts::ROWS, charts::LAST_COL)?;
    }

    let (mut page, contents) = book.cover()?;
    let named = cover::group(&mut page, contents, group)?;
    let cover = page.name.clone();
    for (name, row) in [
        ("report_month", named.month),
        ("cutoff", named.cutoff),
        ("stores_reported", named.reported),
        ("stores_total", named.stores),
    ] {
        book.define(name, &cover, row, 1)?;
    }
    book.bytes()
}

/// Who sent what: the board of the weeks, and of the report's months what is not as it should be.
fn board(book: &mut Book<'_>, group: &GroupLookup<'_>, months: &[Period]) -> Result<(), XlsxError> {
    use crate::report::table::submissions as tables;
    let word = |key: &str| group.words.word(key);
    let title = word("board.title");
    let wrong = tables::lines(group, group.stores().map(|(store, digest)| (store, &*digest.board)), months, true);
    let about = group.words.fill("pack.board_about", &[("n", &wrong.rows.len().to_string())]);
    let mut page = book.page(&title, about)?;
    let mut shown = Vec::new();
    let stores: Vec<_> = group.stores().collect();
    shown.extend(submissions::matrix(group, &stores, WEEKS).map(|matrix| tables::matrix(group, matrix, "nav.store")));
    shown.push(Table { title: word("pack.board_wrong").into(), ..wrong });
    let notes = vec![word("board.intro").into(), word("pack.board_note").into()];
    table::sheet(&mut page, &Sheet::new(title, notes, shown).printing(Printed::FirstTable))?;
    Ok(())
}

/// What is wrong: by rule, and the first errors of each store.
fn problems(book: &mut Book<'_>, group: &GroupLookup<'_>) -> Result<(), XlsxError> {
    let words = group.words;
    let word = |key: &str| words.word(key);
    let title = word("pack.findings");
    let own = digest::rules(group.material.findings);
    let of_stores = || group.stores().map(|(store, digest)| (Some(store), &*digest.rules));
    let counts = findings::counts(of_stores().flat_map(|(_, rules)| rules).chain(&own));
    let sentence = findings::sentence(group, counts);
    let listed = group.material.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let listed: Vec<&Finding> =
        listed.chain(group.material.digests.iter().flat_map(|digest| &digest.errors)).take(ERRORS).collect();
    let more = counts.iter().sum::<u64>().saturating_sub(listed.len() as u64);
    let cut = words.fill("pack.findings_cut", &[("n", &more.to_string())]);
    let mut page = book.page(&title, sentence.clone())?;
    let rules = findings::rules(group, of_stores().chain([(None, &*own)]));
    let listed = findings::table(group, listed, Some(group.material.stores));
    let cut = if more > 0 { cut } else { String::new() };
    let notes = vec![sentence.into(), word("pack.findings_note").into(), cut.into()];
    let tables = vec![listed, Table { title: word("quality.by_rule").into(), ..rules }];
    let sheet = Sheet::new(title, notes, tables).printing(Printed::Head);
    table::sheet(&mut page, &sheet)?;
    Ok(())
}

//! The whole site over a made-up group: links, size, form, privacy, escaping, languages.

mod definitions;
mod many;
mod office;
mod sample;

use super::{Fresh, Site};
use crate::{
    model::{FormValues, Lang, Scope},
    project::Audience,
    report::{Standing, lookup::StoreLookup, standings, words::Words},
};
use quick_xml::{Reader, events::Event};
use sample::{Sample, sample};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Mutex,
};

/// The largest page that a phone on a mobile network opens without complaint.
const LARGEST: u64 = 500 * 1024;

fn rendered(sample: &Sample) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let written = render(sample, folder.path());
    (folder, written)
}

/// Renders everything into a folder and returns the paths below it, sorted.
fn render(sample: &Sample, into: &Path) -> Vec<String> {
    let written = Mutex::new(Vec::new());
    let sink = |path: &str, bytes: &[u8]| {
        let file = into.join(path);
        std::fs::create_dir_all(file.parent().expect("a folder"))?;
        std::fs::write(&file, bytes)?;
        written.lock().expect("no panic").push(path.to_owned());
        Ok(())
    };
    sample.parts(|group, stores| {
        let site = Site::new(group.edition).expect("a site");
        let standings = standings(group, site.words());
        let nothing = FormValues::default();
        let of_stores = vec![FormValues::default(); stores.len()];
        let made = site.group_pages(group, &Fresh(&sink)).expect("the group's pages render");
        let forms = site.group_forms(group, &of_stores, &Fresh(&sink)).expect("the group's forms render");
        let mut files = (made + forms).files;
        for (store, standing) in stores.iter().zip(&standings) {
            files += site.store_front(store, standing, &sink).expect("the store's first page renders");
            files += site.store_pages(store, &sink).expect("the store's other pages render");
            files += site.store_forms(store, &nothing, &nothing, &sink).expect("the store's forms render");
        }
        assert_eq!(files, written.lock().expect("no panic").len());
    });
    let mut written = written.into_inner().expect("no panic");
    written.sort();
    written
}

fn pages<'w>(folder: &Path, written: &'w [String]) -> Vec<(&'w str, String)> {
    let pages = written.iter().filter(|path| path.ends_with(".html"));
    pages.map(|path| (path.as_str(), std::fs::read_to_string(folder.join(path)).expect("a page"))).collect()
}

/// What a page links to and what it can be linked at; fails when its tags do not balance.
fn read(path: &str, text: &str) -> (Vec<String>, BTreeSet<String>) {
    let mut reader = Reader::from_str(text.strip_prefix("<!DOCTYPE html>").expect("a doctype"));
    reader.config_mut().check_end_names = true;
    let (mut links, mut anchors, mut depth) = (Vec::new(), BTreeSet::new(), 0i32);
    loop {
        let event = reader.read_event().unwrap_or_else(|error| panic!("{path}: {error}"));
        if let Event::Start(_) = &event {
            depth += 1;
        }
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{path}: {error}"));
                    let value = attribute
                        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                        .expect("an escaped value")
                        .into_owned();
                    match attribute.key.as_ref() {
                        "href" | "src" => links.push(value),
                        "id" => assert!(anchors.insert(value.clone()), "{path}: id {value} twice"),
                        "style" => panic!("{path}: an inline style, which the policy forbids"),
                        key if key.starts_with("on") => panic!("{path}: an inline handler"),
                        _ => {}
                    }
                }
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{path}: tags do not balance");
    (links, anchors)
}

#[test]
fn every_link_leads_somewhere_and_every_page_is_well_formed() {
    let sample = sample();
    let (folder, written) = rendered(&sample);
    let files: BTreeSet<PathBuf> = written.iter().map(PathBuf::from).collect();
    let read: BTreeMap<PathBuf, (Vec<String>, BTreeSet<String>)> = pages(folder.path(), &written)
        .into_iter()
        .map(|(path, text)| (PathBuf::from(path), read(path, &text)))
        .collect();
    assert!(read.len() > 150, "only {} pages", read.len());
    for (page, (links, _)) in &read {
        for link in links {
            let (path, anchor) = link.split_once('#').map_or((link.as_str(), None), |(path, a)| (path, Some(a)));
            assert!(!path.starts_with('/') && !path.contains(':'), "{}: {link} is not relative", page.display());
            let mut target = if path.is_empty() { page.clone() } else { page.parent().expect("a folder").join(path) };
            let mut parts = PathBuf::new();
            for part in target.components() {
                match part {
                    std::path::Component::ParentDir => {
                        assert!(parts.pop(), "{}: {link} leaves the site", page.display())
                    }
                    part => parts.push(part),
                }
            }
            target = parts;
            // What pages offer for download is put beside them by the pipeline.
            let offered = target.starts_with("files");
            assert!(offered || files.contains(&target), "{}: {link} leads nowhere", page.display());
            if let (Some(anchor), Some((_, anchors))) = (anchor, read.get(&target)) {
                assert!(anchors.contains(anchor), "{}: {link} has no such place", page.display());
            }
        }
    }
}

#[test]
fn no_page_is_too_large() {
    let sample = sample();
    let (folder, written) = rendered(&sample);
    for path in written {
        let size = std::fs::metadata(folder.path().join(&path)).expect("a file").len();
        assert!(size <= LARGEST, "{path}: {size} bytes");
    }
}

/// Every figure on a store's page that has rows leads to a section whose rows add up to it.
#[test]
fn figures_of_a_store_lead_to_rows_that_add_up() {
    let sample = sample();
    let (folder, written) = rendered(&sample);
    let store = std::fs::read_to_string(folder.path().join("stores/S01/index.html")).expect("the store's page");
    assert!(store.contains("href=\"kpi-followup_timely.html#2026-11\""));
    // Months before the lineage begins are not shown with the store at all.
    assert!(!store.contains("2026年8月"));
    for (path, text) in pages(folder.path(), &written) {
        if path.starts_with("stores/") && path.contains("/kpi-") {
            let kpi = path.rsplit("/kpi-").next().and_then(|name| name.split(['.', '-']).next()).unwrap_or_default();
            let catalog = &sample.catalog;
            // The fixture's values of a median are made up, not taken from its rows.
            if catalog.kpi(kpi).is_some_and(|kpi| kpi.kind.is_additive()) {
                assert!(!text.contains("check off"), "{path}: rows do not add up to the figure");
            }
        }
    }
    let behind = std::fs::read_to_string(folder.path().join("stores/S01/kpi-followup_timely.html")).expect("rows");
    let failed = behind.find("role bad").expect("failing rows");
    let passed = behind.find("role good").expect("passing rows");
    assert!(failed < passed, "failing rows come first");
    // What the paths of all rows share is said once, each row has what is its own.
    assert!(behind.contains("<b>S01/</b>…<b>/浦东旗舰店周报.xlsx</b>"), "{behind}");
    assert!(behind.contains("<td>2026-W46</td>") && behind.contains("<td>第 "));
}

#[test]
fn every_row_behind_a_figure_stands_on_a_page() {
    let mut sample = sample();
    // One KPI has more rows a month than its own page takes.
    let many = sample.lineage.first().map(|row| row.kpi.clone());
    let times = |row: &crate::model::LineageRow| if Some(&row.kpi) == many.as_ref() { 20 } else { 1 };
    let rows = std::mem::take(&mut sample.lineage).into_iter();
    sample.lineage = rows.flat_map(|row| std::iter::repeat_n(row.clone(), times(&row))).collect();
    let (folder, written) = rendered(&sample);
    let rows = |path: &str, id: &str| {
        let text = std::fs::read_to_string(folder.path().join(path)).expect("a page");
        text.matches(&format!("<tr id=\"{id}")).count()
    };
    sample.parts(|group, stores| {
        let standing = Standing::default();
        let store = StoreLookup::new(group.edition, Words::of(Lang::ZhCn), &stores[0], &standing);
        let (mut short, mut long) = (0, 0);
        for kpi in store.monthly().filter(|kpi| store.knows(kpi)) {
            for (at, month) in store.lineage_months().into_iter().enumerate() {
                let behind = store.rows_of_month(kpi, month).len();
                let own = format!("stores/S01/kpi-{}-{month}.", kpi.id);
                let parts: Vec<&String> = written.iter().filter(|path| path.starts_with(&own)).collect();
                let shown: usize = match parts.is_empty() {
                    true => rows(&format!("stores/S01/kpi-{}.html", kpi.id), &format!("m{at}-")),
                    false => parts.iter().map(|path| rows(path, "r")).sum(),
                };
                assert_eq!(shown, behind, "{} {month}", kpi.id);
                *(if parts.is_empty() { &mut short } else { &mut long }) += shown;
            }
        }
        assert!(short > 100 && long > 100, "{short} rows on the KPIs' pages, {long} on those of months");
    });
}

#[test]
fn what_one_store_sends_leaves_the_others_pages_as_they_are() {
    let before = sample();
    let mut after = sample();
    let of_first = |store: &str| store == "S01";
    // S01 corrects rows, and its figures with them, within its places among the stores.
    after.lineage.iter_mut().filter(|row| of_first(&row.store)).for_each(|row| row.place.sheet = "改过的表".into());
    after.worklists.retain(|row| !of_first(&row.store));
    after.findings.retain(|finding| !of_first(&finding.store));
    after.tallies.iter_mut().filter(|tally| of_first(&tally.store)).for_each(|tally| tally.rows_read += 1);
    after.submissions.retain(|submission| !of_first(&submission.store));
    for value in after.kpis.iter_mut().filter(|value| of_first(&value.scope_id) || value.scope < Scope::Store) {
        value.excluded += 1;
    }
    let ((old, written), (new, again)) = (rendered(&before), rendered(&after));
    let others = |path: &&String| path.starts_with("stores/S") && !path.starts_with("stores/S01");
    assert_eq!(written.iter().filter(others).collect::<Vec<_>>(), again.iter().filter(others).collect::<Vec<_>>());
    let same = |path: &String| {
        let read = |folder: &tempfile::TempDir| std::fs::read(folder.path().join(path)).expect("a file");
        read(&old) == read(&new)
    };
    for path in written.iter().filter(others) {
        assert!(same(path), "{path} shows what S01 sent");
    }
    let own = "stores/S01/kpi-followup_timely.html".to_owned();
    assert!(!same(&own) && !same(&"quality.html".to_owned()));
}

#[test]
fn headquarters_see_no_customer() {
    let sample = sample();
    let (folder, written) = rendered(&sample);
    assert!(sample.personal.len() > 500);
    for path in &written {
        let bytes = std::fs::read(folder.path().join(path)).expect("a file");
        let text = String::from_utf8(bytes).expect("UTF-8");
        // Numbers are looked up among the page's words of Latin letters and digits; names stand in any text.
        let words: BTreeSet<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for secret in &sample.personal {
            let leaks =
                if secret.is_ascii() { words.contains(secret.as_str()) } else { text.contains(secret.as_str()) };
            assert!(!leaks, "{path} holds {secret}");
        }
        // Phones that a stage handed on unmasked begin with 139 in the sample.
        assert!(!text.contains("1391000") && !text.contains("1391001"), "{path} holds a phone");
    }
}

#[test]
fn a_store_sees_its_customers_names_and_masked_phones() {
    let mut sample = sample();
    sample.settings.audience = Audience::Store;
    let (folder, _) = rendered(&sample);
    let list = std::fs::read_to_string(folder.path().join("stores/S02/worklist-n_regrade.html")).expect("a list");
    let row = sample.worklists.iter().find(|row| &*row.store == "S02" && &*row.list == "n_regrade").expect("a row");
    assert!(list.contains(&**row.customer_name.as_ref().expect("a name")));
    assert!(!list.contains(&**row.phone.as_ref().expect("a phone")));
}

#[test]
fn names_never_become_markup() {
    let mut sample = sample();
    sample.stores[0].name = "<script>alert(1)</script>\"'&店".to_owned();
    sample.worklists[0].reason.zh = "\"><img src=x onerror=alert(1)>".to_owned();
    sample.lineage[0].place.sheet = "</td><script>".into();
    let (folder, written) = rendered(&sample);
    for (path, text) in pages(folder.path(), &written) {
        read(path, &text);
        assert!(!text.contains("<script>") && !text.contains("<img"), "{path}: a name became markup");
    }
    let index = std::fs::read_to_string(folder.path().join("assets/search.js")).expect("the index");
    assert!(!index.contains('<'));
}

#[test]
fn what_search_finds_is_there_and_nothing_twice() {
    let (folder, written) = rendered(&sample());
    let index = std::fs::read_to_string(folder.path().join("assets/search.js")).expect("the index");
    let index = index.strip_prefix("window.foursightSearch=").and_then(|text| text.strip_suffix(";\n"));
    let entries: Vec<Vec<String>> = serde_json::from_str(index.expect("one list")).expect("JSON");
    let mut met = BTreeSet::new();
    for entry in &entries {
        let [title, _, kind, address, sounds @ ..] = &entry[..] else { panic!("{entry:?}") };
        let path = address.split('#').next().unwrap_or_default();
        assert!(written.iter().any(|file| file == path), "{title}: {address}");
        assert!(met.insert((kind, title, address)), "{kind} {title} is there twice");
        assert!(sounds.iter().all(|sounds| sounds.is_ascii() && !sounds.is_empty()), "{entry:?}");
    }
    let kinds: BTreeSet<&String> = met.iter().map(|(kind, ..)| *kind).collect();
    for kind in ["页面", "门店", "人员", "专题", "指标", "清单", "表单", "问题", "规则", "工作表", "来源"]
    {
        assert!(kinds.contains(&kind.to_owned()), "{kind} is not to be found");
    }
}

#[test]
fn a_missing_store_is_named_and_never_zero() {
    let sample = sample();
    let (folder, _) = rendered(&sample);
    let group = std::fs::read_to_string(folder.path().join("index.html")).expect("the group's page");
    // S04 sent nothing for 2026-W46, the newest week whose deadline is behind the cut-off: 4 of 5 reported.
    assert!(group.contains("2026年第46周"));
    assert!(group.contains("<strong>4/5</strong>"));
    assert!(group.contains("未报不计为 0"));
    // S05 keeps no complaint list: no page of rows, no zero, and its page names what it has no data of.
    assert!(!folder.path().join("stores/S05/kpi-cp_close.html").exists());
    let store = std::fs::read_to_string(folder.path().join("stores/S05/index.html")).expect("the store's page");
    let title = sample.catalog.kpi("cp_close").expect("its definition").title.zh.clone();
    let without =
        store.split("没有数据（").skip(1).any(|rest| rest.split("</p>").next().is_some_and(|p| p.contains(&title)));
    assert!(without, "{store}");
}

#[test]
fn the_same_material_gives_the_same_bytes() {
    let sample = sample();
    let (one, written) = rendered(&sample);
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let (two, again) = single.install(|| rendered(&sample));
    assert_eq!(written, again);
    for path in written {
        let read = |folder: &tempfile::TempDir| std::fs::read(folder.path().join(&path)).expect("a file");
        assert!(read(&one) == read(&two), "{path} differs");
    }
}

#[test]
fn other_languages_leave_no_word_behind() {
    let mut sample = sample();
    sample.settings.lang = Lang::En;
    let (folder, _) = rendered(&sample);
    let group = std::fs::read_to_string(folder.path().join("index.html")).expect("the group's page");
    assert!(
        group.contains("<html lang=\"en\"") && group.contains("Furthest from target") && group.contains("Conversion")
    );
    for word in ["未达标", "目标", "门店", "指标"] {
        assert!(!group.contains(word), "{word} is left in the English page");
    }
    sample.settings.lang = Lang::ZhTw;
    let (folder, _) = rendered(&sample);
    let group = std::fs::read_to_string(folder.path().join("index.html")).expect("the group's page");
    assert!(group.contains("未達標") && !group.contains("未达标"));
    // Names of stores and people are the stores' own and stay as written.
    assert!(group.contains("浦东旗舰店"));
}

#[test]
fn nothing_at_all_still_makes_a_site() {
    let mut sample = sample();
    sample.stores.clear();
    sample.kpis.clear();
    sample.lineage.clear();
    sample.worklists.clear();
    sample.findings.clear();
    sample.tallies.clear();
    sample.board.clear();
    sample.submissions.clear();
    sample.ignored.clear();
    let (folder, written) = rendered(&sample);
    for (path, text) in pages(folder.path(), &written) {
        read(path, &text);
    }
}

/// Leaves the site where a person can open it: `<target>/site-preview/index.html`.
#[test]
fn the_preview_can_be_looked_at() {
    let Some(target) = option_env!("CARGO_TARGET_DIR").map(PathBuf::from).or_else(built_in) else { return };
    let sample = sample();
    let preview = target.join("site-preview");
    if preview.exists() {
        std::fs::remove_dir_all(&preview).expect("the former preview goes");
    }
    let written = render(&sample, &preview);
    assert!(written.contains(&"index.html".to_owned()));
}

/// The target folder that this test was built in.
fn built_in() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    test.ancestors().nth(3).map(Path::to_path_buf)
}

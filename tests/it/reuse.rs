//! What a build reuses, and that nothing it reuses can change a byte.

use crate::{
    foursight::{build, build_well, copy, demo_group, tree},
    table::write_xlsx,
};
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// What the last line of a build says was done anew: workbooks read, stores checked, stores derived, pages rendered,
/// workbooks written.
fn anew(group: &Path) -> [usize; 5] {
    let output = build_well(group, &[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| line.starts_with("读取 ")).expect("a line about reuse").to_owned();
    let numbers = line.split(|c: char| !c.is_ascii_digit() && c != '/').filter(|word| !word.is_empty() && *word != "/");
    let first = |word: &str| word.split('/').next().expect("a number").parse().expect("a number");
    numbers.map(first).collect::<Vec<usize>>().try_into().expect("five numbers")
}

/// The output as a build without any cache makes it.
fn cold(group: &Path, more: &[&str]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let other = tempfile::tempdir().expect("a folder");
    copy(&group.join("input"), &other.path().join("input"));
    for name in ["foursight.toml", "definitions/kpis/own.toml"] {
        if group.join(name).exists() {
            fs::create_dir_all(other.path().join(name).parent().expect("a parent")).expect("a folder");
            fs::copy(group.join(name), other.path().join(name)).expect("copied");
        }
    }
    build_well(other.path(), more);
    tree(&other.path().join("output"))
}

#[test]
fn a_build_of_which_nothing_changed_leaves_the_output_alone() {
    let group = demo_group(2, 2);
    let first = anew(group.path());
    assert!(first[0] > 10 && first[1] == 2 && first[2] == 2, "{first:?}");
    let before = tree(&group.path().join("output"));
    let changed = |name: &str| {
        fs::metadata(group.path().join("output").join(name)).and_then(|data| data.modified()).expect("time")
    };
    let stamp = changed("data/kpi.csv");
    assert_eq!(anew(group.path()), [0; 5]);
    assert_eq!(stamp, changed("data/kpi.csv"));
    // What somebody did to the output is put right.
    let spoil: [fn(&Path); 3] = [
        |output| fs::write(output.join("data/kpi.csv"), "mine").expect("written"),
        |output| fs::remove_file(output.join("site/index.html")).expect("removed"),
        |output| fs::write(output.join("site/mine.html"), "mine").expect("written"),
    ];
    for spoil in spoil {
        spoil(&group.path().join("output"));
        assert_eq!(anew(group.path())[..3], [0; 3]);
        assert!(tree(&group.path().join("output")) == before);
    }
}

#[test]
fn one_changed_workbook_costs_its_store_and_one_changed_definition_no_reading() {
    let group = demo_group(3, 2);
    anew(group.path());
    let store =
        fs::read_dir(group.path().join("input")).expect("stores").flatten().map(|e| e.path()).min().expect("one");
    let own = store.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
    let is_own = |page: &Path| page.components().any(|part| part.as_os_str() == own.as_str());
    // All pages, each with the file it is.
    let pages = || -> std::collections::BTreeMap<PathBuf, u64> {
        let pages = walkdir::WalkDir::new(group.path().join("output/site")).into_iter().flatten();
        let pages = pages.filter(|page| page.path().extension().is_some_and(|ending| ending == "html"));
        pages.map(|page| (page.path().to_owned(), page.metadata().expect("data").ino())).collect()
    };
    // Those of the other stores but their first pages, which show places.
    let others = || -> std::collections::BTreeMap<PathBuf, u64> {
        let stores = group.path().join("output/site/stores");
        let of_store = |page: &Path| page.parent() != Some(&stores) && page.starts_with(&stores) && !is_own(page);
        pages().into_iter().filter(|(page, _)| of_store(page) && !page.ends_with("index.html")).collect()
    };
    let all_before = pages();
    let before = others();
    assert!(before.len() > 100, "{} pages", before.len());
    let table = "# 投诉清单\n投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\nTX1 | 2026-10-05 10:00 | 13900000001 | 价格 | 销售\n";
    write_xlsx(table, &store.join("2026-W41-more.xlsx"));
    let [read, checked, derived, rendered, _] = anew(group.path());
    assert_eq!([read, checked, derived], [1, 1, 1]);
    assert!(before == others(), "pages of stores that sent nothing are the same files");
    // Rendered were the store's own pages and those others that show what it sent: these are other files now, and the
    // rest, among them most of the group's pages of KPIs, were taken as they stood.
    let all = pages();
    let of_store = all.keys().filter(|page| is_own(page)).count();
    let changed = all.iter().filter(|(page, file)| !is_own(page) && all_before.get(*page) != Some(file)).count();
    // The two other stores' first pages are made again wherever their places may be others.
    let most = of_store + changed + 2;
    assert!(rendered <= most, "{rendered} rendered, {of_store} of the store, {changed} others changed");
    assert!(changed > 3 && changed < 120, "{changed} of {} pages changed", all.len());
    assert!(cold(group.path(), &[]) == tree(&group.path().join("output")));

    // A KPI of the group's own: no workbook is read, no store checked or derived.
    let own = "title = { zh = \"重大投诉占比\" }\nfact = \"complaint\"\ntime = \"accepted_at\"\n\
               numerator = \"severity = '重大'\"\ndenominator = \"1\"\ntarget = 0.02\nsource = \"test\"\n";
    fs::create_dir_all(group.path().join("definitions/kpis")).expect("a folder");
    fs::write(group.path().join("definitions/kpis/own.toml"), own).expect("written");
    assert_eq!(anew(group.path())[..3], [0; 3]);
    assert!(cold(group.path(), &[]) == tree(&group.path().join("output")));
    let read = fs::read_to_string(group.path().join("output/data/kpi.csv")).expect("kpi.csv");
    assert!(read.contains("\nown,store,"));
}

#[test]
fn a_changed_setting_changes_what_rests_on_it_and_nothing_else_is_done_again() {
    let group = demo_group(2, 2);
    let config = group.path().join("foursight.toml");
    let written = fs::read_to_string(&config).expect("the config");
    anew(group.path());
    // The setting, and whether workbooks are read, stores checked, stores derived again.
    let settings: [(&str, [usize; 3]); 5] = [
        ("[[target]]\nkpi = \"cp_close\"\nvalue = 0.5\n", [0, 0, 0]),
        ("[targets]\ncp_close = 0.7\n", [0, 0, 0]),
        ("[cadence]\nA = { remind = 1, overdue = 2 }\n", [0, 0, 2]),
        ("[severity]\nR104 = \"notice\"\n", [0, 2, 2]),
        ("[calendar]\nopens = \"10:00\"\n", [0, 0, 2]),
    ];
    for (more, expected) in settings {
        fs::write(&config, format!("{written}\n{more}")).expect("written");
        assert_eq!(anew(group.path())[..3], expected, "{more}");
        assert!(cold(group.path(), &[]) == tree(&group.path().join("output")), "{more}");
    }
}

/// Every entry of cache and lake.
fn entries(group: &Path) -> Vec<PathBuf> {
    let work = group.join(".foursight");
    let files = ["cache", "lake"]
        .into_iter()
        .flat_map(|folder| tree(&work.join(folder)).into_keys().map(move |name| (folder, name)));
    files.map(|(folder, name)| work.join(folder).join(name)).filter(|path| !path.ends_with("CACHEDIR.TAG")).collect()
}

#[test]
fn a_damaged_or_missing_entry_costs_time_only() {
    let group = demo_group(2, 2);
    build_well(group.path(), &[]);
    let good = tree(&group.path().join("output"));
    let all = entries(group.path());
    assert!(all.len() > 64, "{} entries", all.len());
    // The output goes too, so that nothing can be taken from there.
    let again = |what: &str| {
        fs::remove_dir_all(group.path().join("output")).expect("the output goes");
        let output = build(group.path(), &[]);
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(tree(&group.path().join("output")) == good, "{what}");
    };
    // One bit at 64 places, eight at a time, spread over all entries and over their length.
    for round in 0..8_usize {
        for place in 0..8_usize {
            let path = &all[(round + place * 8) * all.len() / 64];
            let Ok(mut bytes) = fs::read(path) else { continue };
            if let Some(at) = (!bytes.is_empty()).then(|| (round * 37 + place * 101) * 7919 % bytes.len()) {
                bytes[at] ^= 1 << (place % 8);
                fs::write(path, bytes).expect("spoiled");
            }
        }
        again(&format!("flips, round {round}"));
    }
    // Each entry is missing once.
    for round in 0..4_usize {
        for path in entries(group.path()).iter().skip(round).step_by(4) {
            fs::remove_file(path).expect("removed");
        }
        again(&format!("missing, round {round}"));
    }
}

/// Takes a workbook away when the stores' files begin to be written.
struct Away<'a>(&'a Path, &'a Path);

impl ::foursight::pipeline::Progress for Away<'_> {
    fn stage(&self, name: &str, _: u64) {
        if name == "progress.site" {
            fs::rename(self.0, self.1).expect("moved away");
        }
    }
    fn step(&self) {}
    fn done(&self) {}
}

/// For a build that nobody watches.
struct Unseen;

impl ::foursight::pipeline::Progress for Unseen {
    fn stage(&self, _: &str, _: u64) {}
    fn step(&self) {}
    fn done(&self) {}
}

#[test]
fn a_workbook_that_cannot_be_opened_again_is_returned_by_the_next_build() {
    use ::foursight::{
        model::Lang,
        pipeline::{Group, Request},
    };
    let group = demo_group(2, 2);
    build_well(group.path(), &[]);
    let output = group.path().join("output");
    let returned = tree(&output).into_keys().find(|name| name.starts_with("returned/") && name.ends_with(".xlsx"));
    let returned = returned.expect("a returned workbook");
    let workbook = group.path().join("input").join(returned.strip_prefix("returned/").expect("checked"));
    assert!(workbook.exists(), "{returned}");
    // Another language: everything is made anew, and nothing has to be read for it.
    let request = Request {
        input: group.path().join("input"),
        as_of: None,
        stores: vec![],
        lang: Some(Lang::En),
        audience: None,
        threads: 2,
        work: group.path().join(".foursight"),
        cache: None,
        require_cache: false,
        rehash: false,
        since: None,
    };
    let away = group.path().join("away.xlsx");
    let first = Group::open(request.clone()).expect("a group");
    first.build(&output, &Away(&workbook, &away)).expect("built");
    assert!(!output.join(&returned).exists());
    assert!(first.counts().passing > 0);
    fs::rename(&away, &workbook).expect("moved back");
    let second = Group::open(request).expect("a group");
    second.build(&output, &Unseen).expect("built");
    assert_eq!((second.counts().workbooks_read, second.counts().passing), (0, 0));
    assert!(output.join(&returned).exists());
    assert!(tree(&output) == cold(group.path(), &["--lang", "en"]));
}

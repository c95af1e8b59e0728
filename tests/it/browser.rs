//! What people do with the site: opened from a file, in a real browser.

use crate::{
    chromium::Window,
    foursight::{built_sample, csv, tree},
    pages,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

fn site() -> PathBuf {
    built_sample().join("output/site")
}

/// The page below a folder that has most parts, as a path below the site's folder.
fn in_parts(site: &Path, begins: &str) -> String {
    let pages = tree(site);
    let part = |path: &str| path.strip_suffix(".html")?.rsplit_once('.')?.1.parse::<usize>().ok();
    let parts = pages.keys().filter(|path| path.starts_with(begins)).filter_map(|path| Some((part(path)?, path)));
    let (last, path) = parts.max().unwrap_or_else(|| panic!("nothing below {begins} has parts"));
    path.replace(&format!(".{last}.html"), ".html")
}

/// Asks the search box, and gives what it answers as `kind: title`.
fn ask(window: &Window, wanted: &str) -> Vec<String> {
    window.value("document.querySelector('.find input').focus()");
    window.write(wanted);
    window.until("document.querySelector('.found:not([hidden]) a, .found .none[role=status]')");
    let lines = "Array.from(document.querySelectorAll('.found a')).map(a => \
                 a.closest('[role=group]').getAttribute('aria-label') + ': ' + a.textContent)";
    let lines = window.value(lines);
    lines.as_array().expect("a list").iter().map(|line| line.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn every_kind_of_page_opens_from_a_file_without_a_word_in_the_console() {
    let site = site();
    let window = Window::open(1280);
    for (kind, page) in pages::of_each_kind(&site) {
        window.visit(&site.join(&page), "");
        window.until("document.querySelector('.find input')");
        assert!(window.text("document.body.textContent").contains("2026-11-22"), "{page} shows the cut-off");
        assert_eq!(window.console(), Vec::<String>::new(), "{kind}: {page}");
    }
}

#[test]
fn search_finds_by_characters_sound_initials_and_code() {
    let site = site();
    let window = Window::open(1280);
    window.visit(&site.join("index.html"), "");
    // The index is loaded when it is asked for, not before.
    assert_eq!(window.value("window.foursightSearch === undefined"), true);
    window.press("/");
    window.until("document.activeElement.matches('.find input')");
    assert_eq!(window.text("document.activeElement.value"), "");
    for wanted in ["战败率", "zhanbailv", "zbl", "zhanbl"] {
        let found = ask(&window, wanted);
        assert!(found.iter().any(|line| line.starts_with("指标: ") && line.contains("战败率")), "{wanted}: {found:?}");
    }
    // A code leads to what was found of it, and to what the dictionary says of it.
    let found = ask(&window, "r104");
    let kinds: Vec<&str> = found.iter().filter_map(|line| line.split(": ").next()).collect();
    assert!(kinds.contains(&"问题") && kinds.contains(&"规则"), "{found:?}");
    assert!(ask(&window, "qxqxqx").is_empty());
    // Nothing is cut in silence: the button says how many more, and shows them.
    let first = ask(&window, "率").len();
    let more = window.text("document.querySelector('.found button').textContent");
    let group = window.value("document.querySelectorAll('.found [role=group]').length");
    assert!(more.starts_with("还有 ") && group.as_u64() > Some(0), "{more}");
    window.click(".found button");
    window.until(&format!("document.querySelectorAll('.found a').length > {first}"));
    // Enter goes to the best one.
    ask(&window, "zhanbailv");
    window.value("document.querySelector('.find input').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))");
    window.until("location.pathname.includes('/kpi/') && document.readyState === 'complete'");
    assert!(window.text("document.querySelector('h1').textContent").contains("战败率"));
}

#[test]
fn a_code_leads_to_its_findings_in_every_store() {
    let site = site();
    let findings = csv(&built_sample().join("output/data/findings.csv"));
    let of = |store: &str| findings.iter().filter(|row| row["code"] == "R104" && row["store"] == store).count();
    let store = findings.iter().find(|row| row["code"] == "R104").expect("the sample has it")["store"].clone();
    let window = Window::open(1280);
    window.visit(&site.join("quality/R104.html"), "");
    window.click(&format!("main a[href*='{store}/quality']"));
    window.until("document.querySelector('.tools input')?.value === 'R104' && !document.querySelector('[data-busy]')");
    let rows = "document.querySelectorAll('.filtered tbody tr:not(.by)')";
    window.until(&format!("{rows}.length === {}", of(&store)));
    assert_eq!(window.value(&format!("Array.from({rows}).every(row => row.textContent.includes('R104'))")), true);
    assert_eq!(window.console(), Vec::<String>::new());
}

#[test]
fn a_number_is_followed_to_its_deciding_cell() {
    let site = site();
    let window = Window::open(1280);
    window.visit(&site.join("stores/S01/index.html"), "");
    window.click("table.data td:nth-child(2) a.fig.missed[href*='kpi-']");
    window.until("location.pathname.includes('/kpi-') && document.readyState === 'complete'");
    window.until("document.querySelector('.month-section .role.bad tbody tr')");
    // The row stands under workbook and sheet, or bears them; its last column is the cell.
    let place = window.text("document.querySelector('.role.bad').textContent");
    assert!(place.contains("S01/"), "the workbook is named: {place}");
    let cell = window.text("document.querySelector('.role.bad tbody tr td:last-child').firstChild.textContent");
    let is_cell =
        cell.chars().next().is_some_and(|c| c.is_ascii_uppercase()) && cell.chars().any(|c| c.is_ascii_digit());
    assert!(is_cell || cell.contains('行'), "{cell}");
}

#[test]
fn a_week_is_chosen_and_its_figure_followed_to_its_rows() {
    let site = site();
    let window = Window::open(1280);
    let arrive =
        |at: &str| window.until(&format!("location.href.includes('{at}') && document.readyState === 'complete'"));
    window.visit(&site.join("index.html"), "");
    window.click("nav.grains a[href='week.html']");
    arrive("/week.html");
    // The sample ends on the Sunday of this week.
    assert!(
        window.text("document.querySelector('.head').textContent").contains("2026年第47周"),
        "{}",
        window.text("document.querySelector('.head').textContent")
    );
    window.click("main table.data tbody td a.fig[href*='kpi/week/']");
    arrive("/kpi/week/");
    assert_eq!(window.text("document.querySelector('nav.grains [aria-current]').textContent"), "周");
    window.click("nav.grains a[href*='/quarter/']");
    arrive("/kpi/quarter/");
    // A store's week, to the rows that it is made of.
    window.visit(&site.join("stores/S01/index.html"), "");
    window.click("nav.grains a[href='week.html']");
    arrive("/stores/S01/week.html");
    let figure = "main table.data tbody td a.fig[href*='kpi-revisit_rate.html']";
    let shown = window.text(&format!("document.querySelector(\"{figure}\").lastChild.textContent"));
    window.click(figure);
    arrive("/kpi-revisit_rate.html");
    let line = window.text("document.querySelector(':target').textContent");
    assert!(line.contains(&shown), "{shown} in {line}");
    window.click(":target td:last-child a");
    arrive("/kpi-revisit_rate");
    assert_eq!(window.value("document.querySelectorAll('.role tbody tr').length > 0"), true);
    assert_eq!(window.console(), Vec::<String>::new());
}

#[test]
fn the_language_is_switched_where_one_stands() {
    let group = tempfile::tempdir().expect("a folder");
    crate::audiences::built(group.path(), "also = [\"en\"]");
    let site = group.path().join("output/site");
    let window = Window::open(390);
    window.visit(&site.join("stores/S01/kpi-connect_rate.html"), "");
    let said =
        || (window.text("document.documentElement.lang"), window.text("document.querySelector('h1').textContent"));
    let given = said();
    assert!(given.0.starts_with("zh") && given.1.contains("接通率"), "{given:?}");
    window.click("nav.tongues a[lang=en]");
    window.until(
        "location.pathname.endsWith('/en/stores/S01/kpi-connect_rate.html') && document.readyState === 'complete'",
    );
    let (lang, title) = said();
    assert!(lang == "en" && !crate::foursight::has_han(&title.replace("华东", "")), "{title}");
    // What is searched for is found in that language.
    let found = ask(&window, "connect");
    assert!(found.iter().any(|line| line.starts_with("KPI")), "{found:?}");
    window.click("nav.tongues a[lang^=zh]");
    window.until("document.documentElement.lang.startsWith('zh') && document.readyState === 'complete'");
    assert_eq!(said(), given);
    assert_eq!(window.console(), Vec::<String>::new());
}

#[test]
fn a_list_is_filtered_over_all_its_parts_and_downloaded_whole() {
    let site = site();
    let page = in_parts(&site, "stores/");
    let window = Window::open(1280);
    // A word that another part has and the first has not.
    let rows = "document.querySelectorAll('.filtered tbody tr:not(.by)')";
    let words = || -> (u64, BTreeSet<String>) {
        let texts =
            format!("Array.from({rows}).map(row => Array.from(row.cells).map(cell => cell.textContent).join(' '))");
        let texts: Vec<String> = serde_json::from_value(window.value(&texts)).expect("texts");
        let words = texts.iter().flat_map(|text| text.split_whitespace()).filter(|word| word.len() > 8);
        (texts.len() as u64, words.map(str::to_owned).collect())
    };
    let part = |n: usize| site.join(page.replace(".html", &format!(".{n}.html")));
    let others: Vec<(u64, BTreeSet<String>)> = (2..)
        .take_while(|n| part(*n).exists())
        .map(|n| {
            window.visit(&part(n), "");
            words()
        })
        .collect();
    window.visit(&site.join(&page), "");
    let (first, on_first) = words();
    let whole = first + others.iter().map(|(rows, _)| rows).sum::<u64>();
    let only = others.iter().flat_map(|(_, words)| words).find(|word| !on_first.contains(*word)).expect("they differ");
    window.value("document.querySelector('.tools input').focus()");
    window.write(only);
    window.until(&format!("{rows}.length > 0 && !document.querySelector('[data-busy]')"));
    let shown = window
        .value(&format!("Array.from({rows}).every(row => row.textContent.includes({}))", serde_json::json!(only)));
    assert_eq!(shown, true);
    let told = window.text("document.querySelector('.tools [role=status]').textContent");
    assert!(told.ends_with(&format!("/ {whole}")), "{told} of {whole}");
    // What is shown.
    let met = window.value(&format!("{rows}.length")).as_u64().expect("a number");
    window.click(".tools .csv");
    let (name, bytes) = window.downloaded();
    assert!(name.ends_with(".csv"), "{name}");
    assert_eq!(records(&bytes).len() as u64, met);
    // All of it.
    window.value("document.querySelector('.tools input').focus()");
    window.write("");
    window.until(&format!("{rows}.length === {first}"));
    window.click(".tools .csv");
    let all = records(&window.downloaded().1);
    assert_eq!(all.len() as u64, whole);
    assert!(all.iter().flatten().all(|cell| !cell.starts_with(['=', '@', '＝'])), "no cell is a formula");
    assert!(all.iter().any(|row| row.iter().any(|cell| cell.contains(only.as_str()))));
    assert_eq!(window.console(), Vec::<String>::new());
}

/// The rows of a CSV below its header.
fn records(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).expect("UTF-8").strip_prefix('\u{feff}').expect("a BOM");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert!(reader.headers().expect("a header").iter().all(|title| !title.is_empty()));
    reader.records().map(|row| row.expect("a record").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn on_a_phone_the_way_back_leads_to_the_same_rows() {
    let site = site();
    let page = in_parts(&site, "stores/");
    let window = Window::open(390);
    window.visit(&site.join(&page), "");
    let rows = "Array.from(document.querySelectorAll('.filtered tbody tr')).map(row => row.textContent).join()";
    window.value("document.querySelector('.tools input').focus()");
    window.write("W4");
    window
        .until("document.querySelector('.tools [role=status]').textContent && !document.querySelector('[data-busy]')");
    let before = window.text(rows);
    let told = window.text("document.querySelector('.tools [role=status]').textContent");
    window.click(".crumbs a");
    window.until("document.readyState === 'complete' && !location.pathname.includes('/stores/')");
    window.back(page.rsplit('/').next().expect("a name"));
    window.until("document.querySelector('.tools input')?.value === 'W4' && !document.querySelector('[data-busy]')");
    assert_eq!(window.text("document.querySelector('.tools [role=status]').textContent"), told);
    assert_eq!(window.text(rows), before);
    assert_eq!(window.console(), Vec::<String>::new());
}

#[test]
fn what_was_sorted_is_sorted_after_the_way_back() {
    let site = site();
    let window = Window::open(1280);
    window.visit(&site.join("stores/index.html"), "");
    let names = "Array.from(document.querySelectorAll('.filtered tbody th')).map(th => th.textContent).join()";
    let given = window.text(names);
    window.click(".filtered thead th:nth-child(4) button");
    window.click(".filtered thead th:nth-child(4) button");
    let sorted = window.text(names);
    assert_ne!(given, sorted);
    window.click(".filtered tbody th a");
    window.until("location.pathname.endsWith('/index.html') && !location.pathname.endsWith('stores/index.html') && document.readyState === 'complete'");
    window.back("stores/index.html");
    window.until("document.querySelector('[aria-sort=descending]')");
    assert_eq!(window.text(names), sorted);
}

#[test]
fn no_page_scrolls_sideways_on_a_phone_and_charts_are_read() {
    let site = site();
    let window = Window::open(390);
    for (kind, page) in pages::of_each_kind(&site) {
        window.visit(&site.join(&page), "");
        let wide = window.value("document.documentElement.scrollWidth");
        assert_eq!(wide, 390, "{kind}: {page} is wider than the screen");
        // The size at which the letters of a drawing come out.
        let small = window.value(
            "Array.from(document.querySelectorAll('svg text')).filter(text => text.getClientRects().length).map(text => \
             [parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getBoundingClientRect().width \
              / text.ownerSVGElement.viewBox.baseVal.width, text.textContent]).filter(([size]) => size < 10.95).slice(0, 3)",
        );
        assert_eq!(small, serde_json::json!([]), "{kind}: {page} has letters too small to read");
        let squeezed = window.value(
            "Array.from(document.querySelectorAll('td, th, dd')).filter(cell => { \
             const style = getComputedStyle(cell); \
             const upright = [...cell.querySelectorAll('*')].some(own => getComputedStyle(own).writingMode !== style.writingMode); \
             if (!cell.getClientRects().length || upright) return false; \
             const narrow = cell.textContent.trim().length > 4 && cell.clientWidth < 4 * parseFloat(style.fontSize); \
             return cell.matches('dd') ? cell.scrollWidth > cell.clientWidth + 1 \
              : narrow && cell.clientHeight > 6 * parseFloat(style.lineHeight); \
             }).map(cell => cell.textContent.trim()).slice(0, 3)",
        );
        assert_eq!(
            squeezed,
            serde_json::json!([]),
            "{kind}: {page} has cells squeezed or too small for what they hold"
        );
    }
}

#[test]
fn the_dark_is_dark() {
    let site = site();
    let window = Window::open(1280);
    let ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b)";
    for dark in [false, true] {
        window.dark(dark);
        window.visit(&site.join("index.html"), "");
        let ground = window.value(ground).as_u64().expect("a sum of colours");
        assert_eq!(ground < 150, dark, "{ground}");
    }
}

#[test]
fn everything_is_read_without_scripts() {
    let site = site();
    let window = Window::open(1280);
    window.without_scripts();
    window.visit(&site.join("index.html"), "");
    assert_eq!(window.value("document.querySelectorAll('.find input, .tools, .anchor').length"), 0);
    // From the group to a store, to a figure, to its rows, by links alone.
    for (link, then) in [
        ("nav.main a[href*='stores/']", "stores/index.html"),
        ("main a[href$='S01/index.html']", "S01/index.html"),
        ("main td a[href*='kpi-']", "kpi-"),
    ] {
        window.click(link);
        window.until(&format!("location.href.includes('{then}') && document.readyState === 'complete'"));
    }
    assert_eq!(window.value("document.querySelectorAll('.role tbody tr').length > 0"), true);
}

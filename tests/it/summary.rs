//! `foursight summary`: its figures are the pages', and it names nobody that its reader may not see.

use crate::foursight::{build_well, built_sample, copy, foursight, root, text_of};
use std::{collections::BTreeSet, fs, process::Output};

fn asked(arguments: &[&str]) -> Output {
    let group = built_sample();
    let mut command = foursight();
    command.args(arguments).args(["--quiet", "--input"]).arg(group.join("input"));
    command.arg("--work").arg(group.join(".foursight")).output().expect("the binary starts")
}

fn on_sample(arguments: &[&str]) -> String {
    let output = asked(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Title and value of each headline figure of a page.
fn cards(page: &str) -> Vec<(String, String)> {
    let html = fs::read_to_string(built_sample().join("output/site").join(page)).expect("the page");
    let cards = html.split("<article class=\"card").skip(1).map(|card| {
        let part = |from: &str, to: &str| {
            let (_, rest) = card.split_once(from).expect("a part of a card");
            text_of(rest.split(to).next().unwrap_or_default()).trim().to_owned()
        };
        let title = card.split_once("<h3>").and_then(|(_, rest)| Some(rest.split_once("</a>")?.0)).expect("a title");
        (text_of(title), part("<p class=\"big\">", "<span"))
    });
    cards.collect()
}

/// Lines as title and number.
fn lines(message: &str) -> Vec<Vec<&str>> {
    message.lines().map(|line| line.split("  ").collect()).collect()
}

/// The sentence that a page says first is the message's own.
fn holds_sentence(message: &str, page: &str) {
    let html = fs::read_to_string(built_sample().join("output/site").join(page)).expect("the page");
    let (_, rest) = html.split_once("<p class=\"lead\">").expect("a sentence");
    let sentence = text_of(rest.split("</p>").next().unwrap_or_default());
    assert!(sentence.chars().count() > 20 && message.contains(sentence.trim()), "{sentence} is not in {message}");
}

fn holds_cards(message: &str, page: &str) {
    let cards = cards(page);
    assert!(cards.len() > 4, "{page} has headline figures: {cards:?}");
    for (title, value) in cards {
        let found = lines(message).into_iter().find(|line| line.get(1) == Some(&title.as_str()));
        let found = found.unwrap_or_else(|| panic!("no {title} in {message}"));
        assert_eq!(found[2], value, "{title} of {page}");
    }
}

#[test]
fn its_figures_are_those_of_the_pages() {
    let message = on_sample(&["summary"]);
    holds_cards(&message, "index.html");
    holds_sentence(&message, "index.html");
    for store in ["S01", "S04"] {
        let message = on_sample(&["summary", "--store", store]);
        holds_cards(&message, &format!("stores/{store}/index.html"));
        holds_sentence(&message, &format!("stores/{store}/index.html"));
        // What is to be done stands on the store's page with the same counts.
        let page = fs::read_to_string(built_sample().join(format!("output/site/stores/{store}/index.html")));
        let page = text_of(&page.expect("the page"));
        let work = message.split("今天要做\n").nth(1).expect("what to do").split("\n\n").next().expect("its lines");
        assert!(work.lines().count() > 2, "{message}");
        for line in lines(work) {
            let at = page.match_indices(line[1]).map(|(at, _)| &page[at..]);
            let near = |rest: &str| rest.chars().take(400).collect::<String>().contains(line[2]);
            assert!(at.clone().any(near), "{line:?} of {store}");
        }
    }
    assert_eq!(asked(&["summary", "--store", "S99"]).status.code(), Some(2));
    assert_eq!(asked(&["summary", "--store", "S01", "S02"]).status.code(), Some(2), "one store at a time");
}

#[test]
fn robots_take_it() {
    for arguments in [vec!["summary"], vec!["summary", "--store", "S01"]] {
        let of = |format: &str| on_sample(&[arguments.clone(), vec!["--format", format]].concat());
        let (text, wecom, dingtalk) = (of("text"), of("wecom"), of("dingtalk"));
        assert!(wecom.len() <= 4096, "{} bytes", wecom.len());
        assert!(wecom.starts_with("# ") && wecom.contains("<font color=\"warning\">"), "{wecom}");
        let colours: BTreeSet<&str> =
            wecom.split("color=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(colours.is_subset(&BTreeSet::from(["info", "warning", "comment"])), "{colours:?}");
        assert!(
            !wecom.lines().any(|line| line.starts_with("- ") || line.starts_with('|')),
            "no lists, no tables: {wecom}"
        );
        assert!(dingtalk.starts_with("### ") && dingtalk.contains("\n- ") && !dingtalk.contains("<font"), "{dingtalk}");
        let title = text.lines().next().expect("a title");
        assert!(dingtalk.lines().next().is_some_and(|line| line.ends_with(title)), "{dingtalk}");
    }
    assert!(!on_sample(&["summary", "--lang", "en"]).contains("截至"));
}

#[test]
fn held_against_an_earlier_output_it_says_what_the_page_says() {
    let group = tempfile::tempdir().expect("a folder");
    for store in ["S01", "S03"] {
        copy(&root().join("input").join(store), &group.path().join("input").join(store));
    }
    fs::copy(root().join("foursight.toml"), group.path().join("foursight.toml")).expect("the config");
    build_well(group.path(), &["--as-of", "2026-11-15"]);
    let former = group.path().join("former");
    fs::rename(group.path().join("output"), &former).expect("kept");
    let since = former.to_string_lossy().into_owned();
    build_well(group.path(), &["--since", &since]);
    let said = |more: &[&str]| {
        let mut command = foursight();
        command.args(["summary", "--quiet", "--input"]).arg(group.path().join("input"));
        command.arg("--work").arg(group.path().join(".foursight")).args(more).output().expect("the binary starts")
    };
    let message = String::from_utf8(said(&["--since", &since]).stdout).expect("UTF-8");
    let page = fs::read_to_string(group.path().join("output/site/index.html")).expect("the page");
    let (_, rest) = page.split_once("<p class=\"lead\">").expect("a sentence");
    let sentence = text_of(rest.split("</p>").next().unwrap_or_default());
    assert!(sentence.contains("自 2026-11-15 以来") && message.contains(sentence.trim()), "{sentence} in {message}");
    // What came and what went stands at its line with the page's numbers.
    let counts = |html: &str| -> Vec<String> {
        let rows = html.split("<td class=\"n\">").skip(1).filter_map(|cell| cell.split("</td>").next());
        rows.filter(|cell| cell.split(" / ").count() == 3).map(str::to_owned).collect()
    };
    let table = page.split("data todo").nth(1).and_then(|rest| rest.split("</table>").next()).expect("its table");
    assert!(counts(table).len() > 2, "{table}");
    for shown in counts(table) {
        let parts: Vec<&str> = shown.split(" / ").collect();
        assert!(message.contains(&format!("新增 {}、消除 {}", parts[0], parts[2])), "{shown} in {message}");
    }
    assert!(!String::from_utf8_lossy(&said(&[]).stdout).contains("以来"));
    // Nothing became of a store by itself, and nothing is there to be held against.
    assert_eq!(said(&["--since", &since, "--store", "S01"]).status.code(), Some(2));
}

#[test]
fn nobody_is_named_who_may_not_be() {
    let column = |sql: &str| -> BTreeSet<String> {
        let said = on_sample(&["query", sql, "--audience", "store", "--format", "csv"]);
        said.lines().skip(1).map(str::trim).filter(|text| text.chars().count() > 1).map(str::to_owned).collect()
    };
    let customers = column("SELECT DISTINCT name FROM prospect UNION SELECT DISTINCT phone FROM prospect");
    let staff = column("SELECT DISTINCT consultant FROM prospect");
    assert!(customers.len() > 500 && staff.len() > 10, "{} {}", customers.len(), staff.len());
    let named = |message: &str, of: &BTreeSet<String>| {
        of.iter().filter(|name| message.contains(*name)).cloned().collect::<Vec<_>>()
    };
    let group = on_sample(&["summary"]);
    assert_eq!(named(&group, &staff), [""; 0], "{group}");
    assert_eq!(named(&group, &customers), [""; 0], "{group}");
    let own = on_sample(&["summary", "--store", "S01"]);
    assert_eq!(named(&own, &customers), [""; 0], "{own}");
    let others = column("SELECT DISTINCT consultant FROM prospect WHERE store <> 'S01'");
    let of_own = column("SELECT DISTINCT consultant FROM prospect WHERE store = 'S01'");
    let strangers: BTreeSet<String> = others.difference(&of_own).cloned().collect();
    assert_eq!(named(&own, &strangers), [""; 0], "{own}");
}

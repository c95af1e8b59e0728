//! Forms as pages: what a page of the site says in a table, read back from its markup.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A table of a page: its heading, the titles of its columns, its rows.
pub struct Read {
    /// The heading above it.
    pub title: String,
    /// The titles of the columns.
    pub columns: Vec<String>,
    /// The cells of each row as read, the line of totals last.
    pub rows: Vec<Vec<String>>,
}

/// The tables of a form's page.
pub fn tables(page: &Path) -> Vec<Read> {
    let page = &of_whom_it_is_for(page);
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let sections = text.split("<section class=\"form-block").skip(1);
    sections.map(|section| read(section.split("</section>").next().unwrap_or_default())).collect()
}

/// A form for the store's eyes alone stands in the store's own site.
fn of_whom_it_is_for(page: &Path) -> PathBuf {
    let text = page.to_string_lossy();
    match text.split_once("/site/stores/") {
        Some((output, below)) if !page.exists() => {
            let store = below.split('/').next().unwrap_or_default();
            format!("{output}/site-store/{store}/stores/{below}").into()
        }
        _ => page.to_owned(),
    }
}

fn read(section: &str) -> Read {
    // What stands under a table is none of it.
    let section = section.split("</table>").next().unwrap_or_default();
    let title = between(section, "<h2", "</h2>").map_or_else(String::new, plain);
    let head = between(section, "<thead>", "</thead>").unwrap_or_default();
    let last = head.rsplit("<tr>").next().unwrap_or_default();
    let columns = last.split("<th scope=\"col\">").skip(1).map(plain).collect();
    let rows = section.split("<tr").skip(1).filter(|row| !row.contains("scope=\"col"));
    let cells = |row: &str| -> Vec<String> {
        row.split(['<']).fold(Vec::new(), |mut cells: Vec<String>, piece| {
            if let Some(rest) = piece.strip_prefix("td").or(piece.strip_prefix("th")) {
                cells.push(rest.split_once('>').map_or("", |(_, text)| text).to_owned());
            } else if let Some(last) = cells.last_mut()
                && let Some((_, text)) = piece.split_once('>')
            {
                last.push_str(text);
            }
            cells
        })
    };
    let rows = rows.map(|row| cells(row).into_iter().map(|cell| unescaped(cell.trim())).collect()).collect();
    Read { title, columns, rows }
}

fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(inner, _)| inner)
}

/// The text of markup.
fn plain(markup: &str) -> String {
    let markup = markup.split_once('>').filter(|(tag, _)| !tag.contains('<')).map_or(markup, |(_, rest)| rest);
    let mut text = String::new();
    let mut inside = false;
    for c in markup.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    unescaped(text.trim())
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// Holds `expected/forms.csv` against the pages: lines `form,store,block,row,column,text`, where the store may be empty for
/// the group's form, the block and the column are named by the beginning of their titles or by `#n`, and the row by its
/// first cell or by `#n`. `form,store,block,text` holds all rows of a block: what stands in place of rows.
pub fn differences(expected: &str, site: &Path, wrong: &mut Vec<String>) {
    let mut pages: BTreeMap<String, Vec<Read>> = BTreeMap::new();
    for line in expected.lines().map(|line| line.split("//").next().unwrap_or_default().trim()) {
        if line.is_empty() {
            continue;
        }
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let [form, store, block, rest @ ..] = parts.as_slice() else {
            wrong.push(format!("forms.csv: {line}"));
            continue;
        };
        let path = match *store {
            "" => format!("forms/{form}.html"),
            store => format!("stores/{store}/form-{form}.html"),
        };
        let page = pages.entry(path.clone()).or_insert_with(|| tables(&site.join(&path)));
        let table = named(page, block, |table| &table.title);
        let got = match (table, rest) {
            (None, _) => "no such block".to_owned(),
            (Some(table), [] | [_]) => table.rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join(" / "),
            (Some(table), [row, column, ..]) => {
                let row = named(&table.rows, row, |row| row.first().map_or("", String::as_str));
                let column = at(&table.columns, column, String::as_str);
                match (row, column) {
                    (Some(row), Some(column)) => row.get(column).cloned().unwrap_or_default(),
                    _ => "no such row or column".to_owned(),
                }
            }
        };
        let expected = rest.get(if rest.len() < 2 { 0 } else { 2 }..).unwrap_or_default().join(",");
        if got != expected {
            wrong.push(format!("forms.csv expected {line}\n          got      {got}"));
        }
    }
}

fn at<T>(all: &[T], name: &str, title: impl Fn(&T) -> &str) -> Option<usize> {
    match name.strip_prefix('#').and_then(|n| n.parse::<usize>().ok()) {
        Some(n) => (n <= all.len()).then(|| n - 1),
        None => {
            let exact = all.iter().position(|one| title(one) == name);
            exact.or_else(|| all.iter().position(|one| title(one).starts_with(name)))
        }
    }
}

fn named<'t, T>(all: &'t [T], name: &str, title: impl Fn(&T) -> &str) -> Option<&'t T> {
    at(all, name, title).and_then(|at| all.get(at))
}

#[test]
fn a_page_is_read_back_as_it_says() {
    let page = "<section class=\"form-block\" aria-labelledby=\"b\"><h2 id=\"b\">甲 × 乙</h2><div><table class=\"data\">\
                <thead><tr><th colspan=\"2\" scope=\"colgroup\">组</th></tr><tr><th scope=\"col\">车型</th><th scope=\"col\"><a href=\"x\">数</a></th></tr></thead>\n\
                <tbody><tr><th>Q5 &amp; A4</th><td><span class=\"fig\">3</span></td></tr>\n</tbody>\
                <tfoot><tr><th>合计</th><td>3</td></tr></tfoot></table></div></section>";
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("forms")).expect("a folder");
    fs::write(folder.path().join("forms/f.html"), page).expect("written");
    let mut wrong = Vec::new();
    let expected = "f,,甲,Q5 & A4,数,3\nf,,#1,合计,#2,3\nf,,甲,#1,数,4 // wrong\n";
    differences(expected, folder.path(), &mut wrong);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].ends_with("got      3"), "{wrong:?}");
}

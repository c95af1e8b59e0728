//! Numbers and names of customers in twelve spellings each, planted in every column of every sheet, in titles and in the names
//! of sheets, files and folders: none of them is in anything that headquarters gets.

use crate::{
    findings::text,
    foursight::foursight,
    privacy::{core, headquarters},
    table::write_xlsx,
};
use foursight::{
    catalog::{Catalog, CellType, ColumnDef},
    model::PersonalClass,
};
use std::{collections::BTreeSet, fs};

/// A kind of number: what is left of it when all is taken away that is no letter or digit, and how clerks write it.
pub struct Kind {
    /// What must be found nowhere.
    pub cores: &'static [&'static str],
    /// Twelve spellings or more.
    pub spellings: &'static [&'static str],
}

pub const KINDS: [Kind; 4] = [
    Kind {
        cores: &["13912345678"],
        spellings: &[
            "13912345678",
            "139 1234 5678",
            "139  1234  5678",
            "139-1234-5678",
            "139_1234_5678",
            "139.1234.5678",
            "(139)12345678",
            "tel:13912345678",
            "0086 13912345678",
            "+86 139 1234 5678",
            "139\u{200B}1234\u{200B}5678",
            "\u{FF11}\u{FF13}\u{FF19}12345678",
            "tel 139 1234 5678",
            "008613912345678",
            "电话13912345678转",
        ],
    },
    Kind {
        cores: &["LSVNV2182E2100099"],
        spellings: &[
            "LSVNV2182E2100099",
            "lsvnv2182e2100099",
            "LSVNV2182 E2100099",
            "LSV-NV2182-E2100099",
            "LSV_NV2182_E2100099",
            "LSVNV2182.E2100099",
            "LSVNV2182\u{A0}E2100099",
            "LSVNV2182\u{3000}E2100099",
            "ＬＳＶＮＶ2182Ｅ2100099",
            "LSVNV2182\u{200B}E2100099",
            "VIN:LSVNV2182E2100099",
            "车架号LSVNV2182E2100099的车",
        ],
    },
    Kind {
        cores: &["苏E98765", "苏ED98765"],
        spellings: &[
            "苏E98765",
            "苏E·98765",
            "苏e 98765",
            "苏ED98765",
            "苏E-98765",
            "苏E.98765",
            "苏E_98765",
            "苏 E98765",
            "苏E•98765",
            "苏Ｅ９８７６５",
            "苏E\u{200B}98765",
            "车牌苏E98765的车",
        ],
    },
    Kind {
        cores: &["310101199001018888", "31010119900101888X"],
        spellings: &[
            "310101199001018888",
            "310101 19900101 8888",
            "31010119900101888X",
            "31010119900101888x",
            "310101-19900101-8888",
            "310101_19900101_8888",
            "310101.19900101.8888",
            "310101\u{A0}19900101\u{A0}8888",
            "310101\u{200B}19900101\u{200B}8888",
            "３１０１０１１９９００１０１８８８８",
            "身份证310101199001018888",
            "ID:310101199001018888",
        ],
    },
];

/// Spellings that every kind has.
const SPELLINGS: usize = 12;

/// A customer's name that stands nowhere else, as it is looked for and as clerks write it.
const NAME: &str = "麴荺芃";
const NAMES: [&str; SPELLINGS] = [
    "麴荺芃",
    "麴 荺芃",
    "麴\u{3000}荺芃",
    "麴荺芃先生",
    "麴荺芃女士",
    "麴\u{200B}荺芃",
    "（麴荺芃）",
    "麴荺芃(本人)",
    "客户:麴荺芃",
    "麴荺芃/夫",
    "麴·荺·芃",
    "麴荺芃\u{A0}",
];

/// Whether a column is where a customer's name belongs, or words about a customer.
fn takes_names(column: &ColumnDef) -> bool {
    column.cell == CellType::Text && column.personal.is_some_and(|class| class != PersonalClass::Plate)
}

/// Every column of a sheet holds the spelling of one kind or another, and where names belong the name.
fn planted(catalog: &Catalog, at: usize, nth: usize, spelling: &str, store: usize) -> String {
    let sheet = &catalog.sheets[at];
    let mut rows = Vec::new();
    for (place, column) in sheet.columns.iter().enumerate() {
        // The signs with which these tables are written part cells and columns.
        let cell = KINDS[(place + nth) % KINDS.len()].spellings[nth].replace(';', "");
        rows.push(format!("{}={cell}", column.title.zh));
        if takes_names(column) {
            rows.push(format!("{}={}", column.title.zh, NAMES[nth]));
            rows.push(format!("{}={} {cell}", column.title.zh, NAMES[nth]));
        }
    }
    let made = text::made(&format!("@{}\n{}\n", sheet.title.zh, rows.join("\n")), store * 40 + at, catalog);
    // A column of the clerk's own, and the sheet's name.
    let clean: String = spelling.chars().filter(|c| !"[]:*?/\\|".contains(*c)).take(25).collect();
    let lines = made.lines().enumerate().map(|(row, line)| match row {
        0 => format!("{line}{clean}"),
        1 => format!("{line} | {spelling} | 家人"),
        _ => format!("{line} | {spelling} | {}", NAMES[nth]),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_planted_in_every_column_of_every_sheet_stays_in_its_store() {
    let (catalog, _) = Catalog::load(None).expect("definitions");
    let group = tempfile::tempdir().expect("a folder");
    for nth in 0..SPELLINGS {
        for (at, sheet) in catalog.sheets.iter().enumerate() {
            let spelling = KINDS[(nth + at) % KINDS.len()].spellings[nth];
            let name = spelling.replace('/', "");
            let folder = group.path().join("input").join(format!("S{nth:02}")).join(format!("资料 {name}"));
            fs::create_dir_all(&folder).expect("made");
            let path = folder.join(format!("2026-W47 {} {name}.xlsx", sheet.title.zh));
            write_xlsx(&planted(&catalog, at, nth, spelling, nth), &path);
        }
    }
    let mut command = foursight();
    command.args(["build", "--as-of", "2026-11-22", "--input"]).arg(group.path().join("input"));
    let output = command.arg("--output").arg(group.path().join("output")).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut shown = headquarters(&group.path().join("output"));
    shown.insert("build".to_owned(), vec![output.stdout, output.stderr]);
    let mut check = foursight();
    check.args(["check", "--as-of", "2026-11-22", "--input"]).arg(group.path().join("input"));
    let said = check.output().expect("it runs");
    shown.insert("check".to_owned(), vec![said.stdout, said.stderr]);
    let cores: Vec<&str> = KINDS.iter().flat_map(|kind| kind.cores).copied().chain([NAME]).collect();
    for kind in &KINDS {
        let well = |spelling: &&'static str| kind.cores.iter().any(|own| core(spelling).contains(own));
        assert!(kind.spellings.iter().all(well) && kind.spellings.len() >= SPELLINGS);
    }
    assert!(NAMES.iter().all(|name| core(name).contains(NAME)));
    let mut leaks = BTreeSet::new();
    for (name, texts) in &shown {
        for text in texts {
            let text = core(&String::from_utf8_lossy(text));
            for held in cores.iter().filter(|held| text.contains(**held)) {
                let at = text.find(held).expect("it is there");
                let around: String = text[..at].chars().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect();
                leaks.insert(format!("{held} in {name} after {around}"));
            }
        }
    }
    let listed: Vec<&String> = leaks.iter().take(60).collect();
    assert!(leaks.is_empty(), "{} leaks\n{listed:#?}", leaks.len());
    let findings = crate::foursight::csv(&group.path().join("output/data/findings.csv"));
    assert!(findings.iter().filter(|row| row["code"] == "C018").count() > 500, "what was masked is said");
    for parquet in ["prospect", "order", "follow_up", "staff", "audit"] {
        let path = group.path().join(format!("output/data/facts/{parquet}/S00.parquet"));
        assert!(path.is_file(), "{parquet}: some rows were taken");
    }
}

//! `definitions/units.toml`: what values are measured in, and how they are written.

use super::source::{Problem, Source};
use crate::model::{Message, Text};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};
use toml::Spanned;

/// What a value is measured in.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its word in definitions.
    pub id: Arc<str>,
    /// What it is called.
    pub name: Text,
    /// What stands at the head of a column of values.
    pub sign: Text,
    /// What stands after a number.
    pub suffix: Text,
    /// What kind of number it is.
    pub kind: UnitKind,
    /// Decimals of a sum.
    pub decimals: u8,
    /// Decimals of a ratio or median that is not whole.
    pub mean_decimals: u8,
    /// The number format of a spreadsheet.
    pub excel: String,
    /// The same on the axis of a chart.
    pub axis: String,
}

/// What kind of number a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A share of one, shown in percent; differences are percentage points.
    Share,
    /// Yuan.
    Money,
    /// Any other number.
    #[default]
    Number,
}

impl Unit {
    /// A share of one.
    pub fn is_share(&self) -> bool {
        self.kind == UnitKind::Share
    }

    /// Yuan.
    pub fn is_money(&self) -> bool {
        self.kind == UnitKind::Money
    }

    /// Decimals of a sum, or of a mean.
    pub fn places(&self, mean: bool) -> u8 {
        if mean { self.mean_decimals } else { self.decimals }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitWritten {
    name: Text,
    sign: Text,
    #[serde(default)]
    suffix: Text,
    kind: UnitKind,
    #[serde(default)]
    decimals: u8,
    #[serde(default)]
    mean_decimals: u8,
    excel: String,
    axis: String,
}

/// Reads units over those before them.
pub(super) fn read_units(
    source: &Source,
    before: &BTreeMap<Arc<str>, Arc<Unit>>,
) -> Result<BTreeMap<Arc<str>, Arc<Unit>>, Problem> {
    let written: BTreeMap<Arc<str>, Spanned<UnitWritten>> = source.read()?;
    let mut units = before.clone();
    for (id, own) in written {
        let span = own.span();
        let own = own.into_inner();
        if own.decimals.max(own.mean_decimals) > MOST {
            return Err(source.problem(&span, Message::new("definition.decimals").with("most", u64::from(MOST))));
        }
        let unit = Unit {
            id: id.clone(),
            name: own.name,
            sign: own.sign,
            suffix: own.suffix,
            kind: own.kind,
            decimals: own.decimals,
            mean_decimals: own.mean_decimals,
            excel: own.excel,
            axis: own.axis,
        };
        units.insert(id, Arc::new(unit));
    }
    Ok(units)
}

/// More decimals than values have.
const MOST: u8 = 4;

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    /// A group's own file beside ours: what loads, and what is told of it.
    fn with(name: &str, text: &str) -> (Catalog, Vec<String>) {
        let group = tempfile::tempdir().unwrap();
        let path = group.path().join("definitions").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        let (catalog, findings) = Catalog::load(Some(group.path())).unwrap();
        (catalog, findings.iter().map(|finding| finding.place.to_string()).collect())
    }

    const UNIT: &str = "[litres]\nname = { zh = \"升\" }\nsign = { zh = \"升\" }\nkind = \"number\"\ndecimals = 2\nexcel = \"0.00\"\naxis = \"0\"\n";

    #[test]
    fn a_group_adds_units_to_ours() {
        let (catalog, findings) = with("units.toml", UNIT);
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(catalog.units["litres"].places(false), 2);
        assert!(catalog.units["percent"].is_share() && catalog.units["yuan"].is_money());
    }

    #[test]
    fn a_bad_file_that_stands_alone_costs_one_finding_and_leaves_ours() {
        for (name, text) in [
            ("units.toml", UNIT.replace("decimals = 2", "decimals = 9")),
            ("roles.toml", "[order.customer_kind]\nrepeat = [\"再来一台\"]\n".to_owned()),
            ("working_days.toml", "off = [\"2026-10-07/2026-10-01\"]\n".to_owned()),
            ("story.toml", "functions = [{ zh = \"一项\" }]\n".to_owned()),
            (
                "kpis/t.toml",
                "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nunit = \"ell\"\nsource = \"x\"\n"
                    .to_owned(),
            ),
            (
                "kpis/t.toml",
                "title = { zh = \"甲\" }\nfact = \"order\"\ntime = \"ordered_at\"\nnumerator = \"1\"\nfunction = 8\nsource = \"x\"\n"
                    .to_owned(),
            ),
        ] {
            let (catalog, findings) = with(name, &text);
            assert_eq!(findings.len(), 1, "{name}: {findings:?}");
            assert!(findings[0].contains(name), "{findings:?}");
            assert!(catalog.units.contains_key("percent") && catalog.kpi("t").is_none());
            assert_eq!(catalog.role("order", "customer_kind", "repeat").len(), 2);
        }
    }
}

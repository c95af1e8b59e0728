//! Hashes of parts of the catalogue: what each stage's cache keys rest on. Each covers all that the stage reads of the
//! definitions and, where it can be told apart, no more: a KPI's target or words are in none of them.

use super::{
    AcrossTest, Catalog, ColumnDef, Form, Kpi, Rule, SheetDef, Worklist, derived,
    form::{Body, Cube, CubeOf, FormColumn, Shows},
};
use serde_json::{Value, json};

impl Catalog {
    /// Of what intake reads workbooks by: sheets, titles, types, limits; the severities of rules, which are in its
    /// findings. Sentences are made where they are shown and are no part of it.
    pub fn reading_hash(&self) -> String {
        let sheets: Vec<Value> = self.sheets.iter().map(reading).collect();
        let rules: Vec<Value> = self.rules.values().map(severity).collect();
        let beside: Vec<Value> = self.beside.iter().map(column_read).collect();
        hash("reading", &json!([sheets, beside, rules]))
    }

    /// Of what rows are checked by: all that reading rests on, keys, roles, conditions.
    pub fn checking_hash(&self) -> String {
        let sheets: Vec<Value> = self.sheets.iter().map(|sheet| json!([reading(sheet), checking(sheet)])).collect();
        let condition = |rule: &Rule| {
            rule.condition
                .as_ref()
                .map(|condition| json!([condition.sheet, condition.holds.sql, condition.field, condition.present]))
        };
        let across = |rule: &Rule| {
            rule.across.as_ref().map(|across| {
                let rows = across.rows.as_ref().map(|rows| &rows.sql);
                json!([across.sheet, across.field, rows, test(&across.test)])
            })
        };
        let rules: Vec<Value> =
            self.rules.values().map(|rule| json!([severity(rule), condition(rule), across(rule)])).collect();
        hash("checking", &json!([sheets, rules]))
    }

    /// Of what facts are derived by: the sheets' columns and those of derived facts, and what their values mean.
    pub fn facts_hash(&self) -> String {
        let facts: Vec<Value> =
            self.facts().iter().map(|fact| json!([fact, self.fact_columns(fact).unwrap_or_default()])).collect();
        let sheets: Vec<Value> = self.sheets.iter().map(|sheet| json!([sheet.id, checking(sheet)])).collect();
        let words: Vec<Value> = derived::declared()
            .iter()
            .map(|declared| json!([declared.name, declared.columns.iter().map(|own| &own.values).collect::<Vec<_>>()]))
            .collect();
        let roles: Vec<Value> = self.roles.iter().map(|(role, values)| json!([role, values])).collect();
        hash("facts", &json!([facts, sheets, words, roles, self.working_days.parts()]))
    }
}

impl Kpi {
    /// Of what its sums and the rows behind them are made by, over given facts: neither words nor targets.
    pub fn evaluation_hash(&self) -> String {
        let denominator = self.denominator.as_ref().map(|own| &own.sql);
        let sums = json!([self.fact, self.time, self.rows.sql, self.excluded.sql, self.numerator.sql, denominator]);
        let scopes = json!([self.staff, self.model, self.channel, self.level]);
        let how = format!("{:?} {:?} {:?} {:?}", self.kind, self.accumulate, self.unit.kind, self.direction);
        let roll = json!([how, self.grains]);
        hash("kpi", &json!([self.id, sums, scopes, roll, self.decides, self.evidence, self.needs]))
    }
}

impl Worklist {
    /// Of what its rows are made by, over given facts: no words but the reason, which is in the rows.
    pub fn evaluation_hash(&self) -> String {
        let order: Vec<_> = self.order_by.iter().map(|item| &item.sql).collect();
        let due = self.due.as_ref().map(|due| &due.sql);
        let rows = json!([
            self.fact,
            self.rows.sql,
            self.owner.sql,
            due,
            self.reason.sql,
            self.reason_en.as_ref().map(|sql| &sql.sql),
            order,
            self.needs
        ]);
        let extra: Vec<_> = self.extra.iter().map(|(column, _)| column).collect();
        hash("worklist", &json!([self.id, rows, self.customer, self.name, self.phone, self.decides, extra]))
    }
}

impl Form {
    /// Of what its sums and rows are made by, over given facts: no words, and nothing that is computed of them later.
    pub fn evaluation_hash(&self, catalog: &Catalog) -> String {
        let blocks: Vec<Value> =
            self.blocks.iter().map(|block| block_made(&block.body, &block.columns, catalog)).collect();
        let frame = format!("{:?} {}", self.period, self.reach());
        hash("form", &json!([self.id, frame, self.needs, blocks]))
    }
}

fn block_made(body: &Body, columns: &[FormColumn], catalog: &Catalog) -> Value {
    match body {
        Body::Sums(sums) => sums.cubes.iter().map(|cube| cube_made(cube, catalog)).collect(),
        Body::Rows(listing) => {
            let order: Vec<_> = listing.order_by.iter().map(|item| &item.sql).collect();
            let values = columns.iter().filter_map(|column| match &column.shows {
                Shows::Value(value) => Some(&value.sql),
                _ => None,
            });
            let values: Vec<_> = values.collect();
            let key = listing.key.as_ref().map(|key| &key.sql);
            json!([listing.fact, listing.rows.sql, listing.time, order, listing.most, listing.needs, values, key])
        }
        Body::Lines(_) | Body::Scores | Body::Checks(_) | Body::Hand(_) => Value::Null,
    }
}

fn cube_made(cube: &Cube, catalog: &Catalog) -> Value {
    match &cube.of {
        CubeOf::Fact { fact, rows, time, ahead, row, column, sums } => {
            let sides = [row, column].map(|side| side.as_ref().map(|own| &own.sql));
            let sums: Vec<_> = sums.iter().map(|own| &own.sql).collect();
            json!([fact, rows.sql, time, ahead, sides, sums, cube.needs])
        }
        CubeOf::Kpi { kpi, row, column, parts } => {
            let made = catalog.kpi(kpi).map(Kpi::evaluation_hash);
            json!([kpi.to_string(), made, format!("{row:?} {column:?} {parts:?}"), cube.needs])
        }
    }
}

fn hash(part: &str, content: &Value) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(part.as_bytes()).update(content.to_string().as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// What intake knows of a sheet; its findings name columns by their titles.
fn reading(sheet: &SheetDef) -> Value {
    let columns: Vec<Value> = sheet.columns.iter().map(column_read).collect();
    let across = sheet.across.map(|across| [across.by, across.value]);
    json!([sheet.id, sheet.title, sheet.synonyms, sheet.keys, across, columns])
}

fn column_read(column: &ColumnDef) -> Value {
    let values: Vec<Value> = column.values.iter().map(|value| json!([value.value, value.synonyms])).collect();
    let limits = json!([column.minimum, column.maximum, column.max_length, column.may_be_future]);
    let needed = json!([column.required, column.optional_column, column.or_kpi, column.example]);
    json!([column.field, column.title, column.synonyms, column.cell, column.personal, needed, values, limits])
}

/// What rows of a sheet are held to each other by.
fn checking(sheet: &SheetDef) -> Value {
    let moves: Vec<bool> = sheet.columns.iter().map(|column| column.moves).collect();
    let open = sheet.open.as_ref().map(|open| &open.sql);
    let roles = json!([sheet.staff, sheet.customer, sheet.model, sheet.channel, sheet.time]);
    json!([sheet.keys, sheet.blank_in_key, sheet.likeness, sheet.cumulative, sheet.expected, open, roles, moves])
}

/// What rows are compared by. Where the rule's file says it is no part of it.
fn test(test: &AcrossTest) -> String {
    match test {
        AcrossTest::Share(share) => {
            let holds = share.holds.as_ref().map(|holds| &holds.sql);
            format!("share {:?} {holds:?} {:?}", share.by, share.limits)
        }
        AcrossTest::NeedsRow(needs) => {
            let rows = needs.rows.as_ref().map(|rows| &rows.sql);
            format!("needs {:?} {rows:?} {} {:?}", needs.other, needs.since, needs.among)
        }
        other => format!("{other:?}"),
    }
}

/// What a finding shows of its rule.
fn severity(rule: &Rule) -> Value {
    json!([rule.code, rule.severity])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The catalogue with `change` made to a group's copy of one of our files.
    fn with(file: &str, change: impl Fn(&str) -> String) -> Catalog {
        let group = tempfile::tempdir().unwrap();
        let ours = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions").join(file);
        let own = group.path().join("definitions").join(file);
        std::fs::create_dir_all(own.parent().unwrap()).unwrap();
        let before = std::fs::read_to_string(ours).unwrap();
        let after = change(&before);
        assert_ne!(before, after, "{file}: nothing changed");
        std::fs::write(own, after).unwrap();
        let (catalog, findings) = Catalog::load(Some(group.path())).unwrap();
        assert_eq!(findings.len(), 0);
        catalog
    }

    fn parts(catalog: &Catalog) -> Vec<(&'static str, String)> {
        let kpi = |id: &str| catalog.kpi(id).unwrap().evaluation_hash();
        vec![
            ("reading", catalog.reading_hash()),
            ("checking", catalog.checking_hash()),
            ("facts", catalog.facts_hash()),
            ("kpi", kpi("lead_gather")),
            ("other kpi", kpi("pool_convert")),
            ("list", catalog.worklist("contact_overdue").unwrap().evaluation_hash()),
        ]
    }

    #[test]
    fn a_change_moves_the_hashes_of_what_rests_on_it_and_no_other() {
        let (ours, _) = Catalog::load(None).unwrap();
        let moved = |catalog: &Catalog| -> Vec<&str> {
            let before = parts(&ours);
            parts(catalog).into_iter().zip(before).filter(|(a, b)| a != b).map(|((name, _), _)| name).collect()
        };
        let none: Vec<&str> = Vec::new();
        assert_eq!(moved(&ours.clone()), none);
        // Words, targets and notes are no part of any figure.
        let kpi =
            |from: &'static str, to: &'static str| with("kpis/lead_gather.toml", move |text| text.replace(from, to));
        assert_eq!(moved(&kpi("集客量", "集客")), none);
        assert_eq!(moved(&kpi("order = 10", "order = 11\ntarget = 100.0")), none);
        assert_eq!(moved(&kpi("numerator = \"1\"", "numerator = \"2\"")), ["kpi"]);
        let list =
            |from: &'static str, to: &'static str| with("worklists/contact_overdue.toml", move |t| t.replace(from, to));
        assert_eq!(moved(&list("今天打通", "请打通")), none);
        assert_eq!(moved(&list(" and due", "")), ["list"]);
        let sheet =
            |from: &'static str, to: &'static str| with("sheets/order.toml", move |text| text.replace(from, to));
        // An example that is left in a workbook is recognised by what it is.
        assert_eq!(moved(&sheet("DD20261101001", "DD1")), ["reading", "checking"]);
        assert_eq!(moved(&sheet("\"合同编号\"", "\"合约编号\"")), ["reading", "checking"]);
        assert_eq!(moved(&sheet("likeness = [\"phone\", ", "likeness = [")), ["checking", "facts"]);
        let rule = |from: &'static str, to: &'static str| with("rules/R502.toml", move |text| text.replace(from, to));
        assert_eq!(moved(&rule("severity = \"warning\"", "severity = \"notice\"")), ["reading", "checking"]);
        assert_eq!(moved(&rule("里程只增不减", "里程不减")), none);
        assert_eq!(moved(&with("rules/R502.toml", |text| text.replace("核对本次里程", "核对里程"))), none);
    }
}

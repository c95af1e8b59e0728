use super::*;
use crate::model::{Column, ColumnKind, FactColumn, FactTable, Fen, Instant, PersonalClass, Value, fact::ORIGIN};
use chrono::NaiveDate;
use datafusion::{
    arrow::{
        array::{AsArray, RecordBatch},
        datatypes::{DataType, TimeUnit},
        util::pretty::pretty_format_batches,
    },
    parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder,
};

fn catalog() -> Catalog {
    Catalog::load(None).unwrap().0
}

fn day(text: &str) -> Instant {
    Instant::day(NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap())
}

/// Complaints of a store: number, accepted, customer key.
fn complaints(store: &str, rows: &[(&str, Instant, &str)]) -> FactTable {
    let mut table = FactTable::new("complaint", catalog().fact_columns("complaint").unwrap());
    for (index, (number, accepted, key)) in rows.iter().enumerate() {
        let values: Vec<Value> = table
            .columns
            .iter()
            .map(|column| match &*column.name {
                "store" => store.into(),
                "workbook" => "a.xlsx".into(),
                "row" => Value::Int(index as i64 + 2),
                "complaint_no" => (*number).into(),
                "accepted_at" => Value::Instant(*accepted),
                "customer_key" => (*key).into(),
                _ => Value::Null,
            })
            .collect();
        table.push(&values);
    }
    table
}

fn put(lake: &Lake, key: &str, table: FactTable) {
    lake.put(key, &StoreFacts::of([table]).unwrap()).unwrap();
}

fn shown(batches: &[RecordBatch], columns: &[&str]) -> String {
    let batches: Vec<RecordBatch> = batches
        .iter()
        .map(|batch| {
            let wanted: Vec<usize> = columns.iter().map(|name| batch.schema().index_of(name).unwrap()).collect();
            batch.project(&wanted).unwrap()
        })
        .collect();
    pretty_format_batches(&batches).unwrap().to_string()
}

#[test]
fn every_kind_of_cell_comes_back() {
    let kinds = [
        ("text", ColumnKind::Text),
        ("int", ColumnKind::Int),
        ("number", ColumnKind::Number),
        ("amount", ColumnKind::Amount),
        ("flag", ColumnKind::Flag),
        ("at", ColumnKind::Instant),
        ("on", ColumnKind::Date),
    ];
    let columns = ORIGIN.iter().chain(&kinds);
    let columns =
        columns.map(|(name, kind)| FactColumn { name: (*name).into(), kind: *kind, personal: None }).collect();
    let mut table = FactTable::new("x", columns);
    let exact = Instant::exact(day("2026-03-05").at + chrono::Duration::minutes(870));
    let origin = || ["S01".into(), "a.xlsx".into(), "表".into(), Value::Int(7), Value::Int(0)];
    let filled: [Value; 7] = [
        "级别".into(),
        Value::Int(-1),
        Value::Number(0.5),
        Value::Amount(Fen(-123_450)),
        Value::Flag(true),
        Value::Instant(exact),
        Value::Instant(day("1969-12-31")),
    ];
    table.push(&origin().into_iter().chain(filled).collect::<Vec<_>>());
    table.push(&origin().into_iter().chain((0..7).map(|_| Value::Null)).collect::<Vec<_>>());
    let batch = columns::batch(table.clone()).unwrap();
    let batch = batch.project(&(5..batch.num_columns()).collect::<Vec<_>>()).unwrap();
    let expected = "\
+------+-----+--------+----------+------+---------------------+--------------+------------+
| text | int | number | amount   | flag | at                  | at_date_only | on         |
+------+-----+--------+----------+------+---------------------+--------------+------------+
| 级别 | -1  | 0.5    | -1234.50 | true | 2026-03-05T14:30:00 | false        | 1969-12-31 |
|      |     |        |          |      |                     |              |            |
+------+-----+--------+----------+------+---------------------+--------------+------------+";
    assert_eq!(pretty_format_batches(&[batch]).unwrap().to_string(), expected);
}

#[test]
fn cells_of_another_type_are_an_error() {
    let mut table = complaints("S01", &[("T1", day("2026-03-05"), "Q1")]);
    table.cells[5] = Column::Int(vec![Some(1)]);
    assert!(matches!(StoreFacts::of([table]), Err(LakeError::Shape { .. })));
}

#[test]
fn a_partition_is_written_once_and_the_same_rows_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let table = complaints("S01", &[("T1", day("2026-03-05"), "Q1"), ("T2", day("2026-03-06"), "Q2")]);
    let bytes = |name: &str| {
        let lake = Lake::open(&folder.path().join(name)).unwrap();
        assert!(!lake.is_whole("k"));
        put(&lake, "k", table.clone());
        // The key stands for its content: another table under it changes nothing.
        put(&lake, "k", complaints("S01", &[]));
        assert!(lake.is_whole("k"));
        assert_eq!(fs::read_dir(folder.path().join(name)).unwrap().count(), 1, "no temp folder is left");
        fs::read(lake.partition("k", "complaint")).unwrap()
    };
    assert_eq!(bytes("one"), bytes("two"));
}

#[test]
fn a_partition_that_is_not_what_its_sums_say_is_none_and_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let table = complaints("S01", &[("T1", day("2026-03-05"), "Q1")]);
    let facts = StoreFacts::of([table.clone()]).unwrap();
    let spoil: [fn(&Path); 3] = [
        |file| {
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(file, bytes).unwrap();
        },
        |file| fs::remove_file(file).unwrap(),
        |file| fs::write(file, b"").unwrap(),
    ];
    for spoil in spoil {
        for name in ["complaint.parquet", "sums"] {
            lake.put("k", &facts).unwrap();
            assert_eq!(lake.get("k", &catalog()).unwrap().get("complaint"), facts.get("complaint"));
            spoil(&folder.path().join("k").join(name));
            // An empty list of sums is that of a store without facts.
            if fs::read(folder.path().join("k/sums")).is_ok_and(|sums| sums.is_empty()) {
                fs::remove_file(folder.path().join("k/sums")).unwrap();
            }
            assert!(lake.get("k", &catalog()).is_none(), "{name}");
        }
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(&folder.path().join("lake")).unwrap();
    put(&lake, "k", complaints("S01", &[("T1", day("2026-03-05"), "Q1")]));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&lake.partition("k", "complaint")), 0o600);
    assert_eq!(mode(&folder.path().join("lake/k")), 0o700);
}

#[test]
fn what_leaves_the_machine_has_no_personal_data() {
    let catalog = catalog();
    let mut tables =
        vec![complaints("S01", &[("T1", day("2026-03-05"), "13800001234"), ("T2", day("2026-03-05"), "Q12")])];
    let others = catalog.facts().into_iter().filter(|fact| &**fact != "complaint");
    tables.extend(others.map(|fact| FactTable::new(fact.clone(), catalog.fact_columns(&fact).unwrap())));
    let facts = StoreFacts::of(tables).unwrap();
    let files = Lake::leaving(&facts, &catalog).unwrap();
    assert_eq!(files, Lake::leaving(&facts, &catalog).unwrap());

    // The phone masked, the store's own number as it is.
    let expected = "\
+-------+--------------+---------------------+--------------+
| store | complaint_no | accepted_at         | customer_key |
+-------+--------------+---------------------+--------------+
| S01   | T1           | 2026-03-05T00:00:00 | 138****1234  |
| S01   | T2           | 2026-03-05T00:00:00 | Q12          |
+-------+--------------+---------------------+--------------+";
    let names = ["store", "complaint_no", "accepted_at", "customer_key"];
    assert_eq!(files.len(), catalog.facts().len());
    for (fact, bytes) in files {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).unwrap();
        for column in catalog.fact_columns(&fact).unwrap() {
            let leaves = matches!(column.personal, None | Some(PersonalClass::Key));
            assert_eq!(reader.schema().field_with_name(&column.name).is_ok(), leaves, "{fact}.{}", column.name);
        }
        if &*fact == "complaint" {
            let accepted = reader.schema().field_with_name("accepted_at").unwrap().data_type().clone();
            assert_eq!(accepted, DataType::Timestamp(TimeUnit::Millisecond, None));
            let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
            assert_eq!(shown(&batches, &names), expected);
        }
    }
}

#[test]
fn a_key_without_a_partition_is_an_error_and_a_partition_without_a_fact_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    put(&lake, "k", complaints("S01", &[]));
    assert_eq!(lake.files(&["k".to_owned()], "order").unwrap(), Vec::<PathBuf>::new());
    assert!(
        matches!(lake.files(&["k".to_owned(), "l".to_owned()], "order"), Err(LakeError::Missing(key)) if key == "l")
    );
}

#[test]
fn nulls_stay_nulls_through_the_mask() {
    let mut table = complaints("S01", &[("T1", day("2026-03-05"), "Q1")]);
    let key = table.index("customer_key").unwrap();
    table.cells[key] = Column::Text(vec![None]);
    let rows = columns::batch(table.clone()).unwrap();
    let left = export::leaving(&table.columns, &rows).unwrap();
    assert_eq!(left.column_by_name("customer_key").unwrap().as_string::<i32>().iter().next(), Some(None));
}

use super::*;
use crate::model::{Column, ColumnKind, FactColumn, Fen, Instant, PersonalClass, Value, fact::ORIGIN};
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

fn read(path: &Path) -> Vec<RecordBatch> {
    let file = fs::File::open(path).unwrap();
    ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap).collect()
}

fn shown(path: &Path, columns: &[&str]) -> String {
    let batches: Vec<RecordBatch> = read(path)
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
    let batch = columns::batch(&table).unwrap();
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
fn cells_of_another_type_are_an_error_and_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let mut table = complaints("S01", &[("T1", day("2026-03-05"), "Q1")]);
    table.cells[5] = Column::Int(vec![Some(1)]);
    assert!(matches!(lake.put("k", &[table]), Err(LakeError::Shape { .. })));
    assert!(!lake.has("k"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_partition_is_written_once_and_the_same_rows_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let table = complaints("S01", &[("T1", day("2026-03-05"), "Q1"), ("T2", day("2026-03-06"), "Q2")]);
    let bytes = |name: &str| {
        let lake = Lake::open(&folder.path().join(name)).unwrap();
        assert!(!lake.has("k"));
        lake.put("k", std::slice::from_ref(&table)).unwrap();
        // The key stands for its content: another table under it changes nothing.
        lake.put("k", &[complaints("S01", &[])]).unwrap();
        assert!(lake.has("k"));
        assert_eq!(fs::read_dir(folder.path().join(name)).unwrap().count(), 1, "no temp folder is left");
        fs::read(lake.partition("k", "complaint")).unwrap()
    };
    assert_eq!(bytes("one"), bytes("two"));
}

#[test]
fn what_leaves_the_machine_has_no_personal_data() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog();
    let lake = Lake::open(&folder.path().join("lake")).unwrap();
    lake.put("b", &[complaints("S02", &[("T9", day("2026-03-07"), "Q2026-0012")])]).unwrap();
    lake.put("a", &[complaints("S01", &[("T1", day("2026-03-05"), "13800001234")])]).unwrap();
    let keys = ["b".to_owned(), "a".to_owned()];
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    lake.export(&keys, &catalog, &one).unwrap();
    lake.export(&keys, &catalog, &two).unwrap();

    // In the order of the keys given, the phone masked, the store's own number as it is.
    let expected = "\
+-------+--------------+---------------------+--------------+
| store | complaint_no | accepted_at         | customer_key |
+-------+--------------+---------------------+--------------+
| S02   | T9           | 2026-03-07T00:00:00 | Q2026-0012   |
| S01   | T1           | 2026-03-05T00:00:00 | 138****1234  |
+-------+--------------+---------------------+--------------+";
    let names = ["store", "complaint_no", "accepted_at", "customer_key"];
    assert_eq!(shown(&one.join("complaint.parquet"), &names), expected);
    let schema = read(&one.join("complaint.parquet"))[0].schema();
    assert_eq!(
        schema.field_with_name("accepted_at").unwrap().data_type(),
        &DataType::Timestamp(TimeUnit::Millisecond, None)
    );

    for fact in catalog.facts() {
        let file = format!("{fact}.parquet");
        assert_eq!(fs::read(one.join(&file)).unwrap(), fs::read(two.join(&file)).unwrap(), "{fact}");
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(one.join(&file)).unwrap()).unwrap();
        for column in catalog.fact_columns(&fact).unwrap() {
            let leaves = matches!(column.personal, None | Some(PersonalClass::Key));
            assert_eq!(reader.schema().field_with_name(&column.name).is_ok(), leaves, "{fact}.{}", column.name);
        }
    }
}

#[test]
fn a_key_without_a_partition_is_an_error_and_a_partition_without_a_fact_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    lake.put("k", &[complaints("S01", &[])]).unwrap();
    assert_eq!(lake.files(&["k".to_owned()], "order").unwrap(), Vec::<PathBuf>::new());
    assert!(
        matches!(lake.files(&["k".to_owned(), "l".to_owned()], "order"), Err(LakeError::Missing(key)) if key == "l")
    );
}

#[test]
fn nulls_stay_nulls_through_the_mask() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(&folder.path().join("lake")).unwrap();
    let mut table = complaints("S01", &[("T1", day("2026-03-05"), "Q1")]);
    let key = table.index("customer_key").unwrap();
    table.cells[key] = Column::Text(vec![None]);
    lake.put("k", &[table]).unwrap();
    lake.export(&["k".to_owned()], &catalog(), &folder.path().join("out")).unwrap();
    let batch = &read(&folder.path().join("out/complaint.parquet"))[0];
    assert_eq!(batch.column_by_name("customer_key").unwrap().as_string::<i32>().iter().next(), Some(None));
}

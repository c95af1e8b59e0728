use super::{
    cells, header,
    material::{Group, figures, group},
    open, parts,
};
use crate::model::{Lang, Place};
use calamine::{Data, Reader};
use std::{
    fs,
    path::{Path, PathBuf},
};

pub(super) fn written(folder: &Path, group: &Group) -> (PathBuf, PathBuf) {
    let (all, store) = (folder.join("group.xlsx"), folder.join("S01.xlsx"));
    let packs = group.packs(Lang::ZhCn);
    fs::write(&all, packs.group).unwrap();
    fs::write(&store, packs.store).unwrap();
    (all, store)
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        Data::Int(number) => *number as f64,
        other => panic!("{other:?} is no number"),
    }
}

#[test]
fn the_same_material_gives_the_same_bytes() {
    let group = group();
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = (written(one.path(), &group), written(two.path(), &group));
    assert!(fs::read(first.0).unwrap() == fs::read(second.0).unwrap());
    assert!(fs::read(first.1).unwrap() == fs::read(second.1).unwrap());
}

#[test]
fn the_group_pack_has_its_sheets_and_the_cover_says_who_reported() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group()).0);
    assert_eq!(
        book.sheet_names(),
        [
            "封面",
            "概览",
            "指标总表",
            "门店矩阵 2026-11",
            "门店矩阵 2026-10",
            "专题 潜客与成交",
            "专题 跟进时效",
            "专题 投诉处理",
            "专题 售后基盘",
            "专题 部门管理",
            "报送看板",
            "审计追踪",
            "检查发现",
            "指标字典",
            "规则字典",
            "图表数据",
        ]
    );
    let cover: String = cells(&mut book, "封面").concat().iter().map(|cell| format!("{cell}\n")).collect();
    assert!(cover.contains("8/8 家门店已报"), "{cover}");
    assert!(cover.contains("7/8 家门店已报"), "{cover}");
    assert!(cover.contains("未报：无锡新区店"), "{cover}");
    let names = book.defined_names().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    for name in ["report_month", "cutoff", "stores_reported", "stores_total"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[test]
fn the_audit_trail_recomputes() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group()).0);
    let rows = cells(&mut book, "审计追踪");
    let formulas = book.worksheet_formula("审计追踪").unwrap();
    let (top, titles) = header(&rows, "对象代码");
    let col = |title: &str| titles.iter().position(|known| known == title).unwrap();
    let mut seen = 0;
    for (at, row) in rows.iter().enumerate().skip(top + 1) {
        let (kpi, object) = (row[col("编号")].to_string(), row[col("对象代码")].to_string());
        let formula = formulas.get_value((at as u32, col("实际") as u32)).unwrap();
        let excel = at + 1;
        match &row[col("分母")] {
            Data::Empty => {
                assert_eq!(formula, &format!("G{excel}"));
                assert_eq!(number(&row[col("实际")]), number(&row[col("分子")]));
            }
            below if number(below) == 0.0 => {
                assert_eq!((kpi.as_str(), object.as_str()), ("cp_resp_10m", "S03"));
                assert_eq!((row[col("实际")].to_string().as_str(), formula.as_str()), ("不可算", ""));
                assert_eq!(row[col("状态")].to_string(), "不可算");
                assert_eq!(number(&row[col("不计入")]), 2.0);
            }
            below => {
                assert_eq!(formula, &format!("IF(H{excel}=0,\"–\",G{excel}/H{excel})"));
                assert_eq!(number(&row[col("实际")]), number(&row[col("分子")]) / number(below));
            }
        }
        if kpi == "pool_convert" && object == "S02" && row[col("月份")] == "2026-10" {
            // Store 1, month 11: 8 + (1 + 11) mod 7 = 13 of 96.
            assert_eq!((number(&row[col("分子")]), number(&row[col("分母")])), (13.0, 96.0));
        }
        seen += 1;
    }
    // Nine KPIs, two months, the group and eight stores.
    assert_eq!(seen, 9 * 2 * 9);
}

#[test]
fn the_summary_recomputes_gap_and_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group()).0);
    let rows = cells(&mut book, "指标总表");
    let (top, _) = header(&rows, "分子");
    let row = rows[top + 1..].iter().find(|row| row[1] == "成交率").unwrap();
    let sum = |m| (0..8).map(|s| figures("pool_convert", s, m).0).sum::<i64>() as f64;
    let (now, before) = (sum(12) / 768.0, sum(11) / 768.0);
    assert_eq!(number(&row[2]), now);
    // Shares differ by percentage points, rounded as they are shown.
    let points = |by: f64| (by * 1000.0).round() / 10.0;
    assert_eq!(number(&row[7]), points(now - 0.12));
    assert_eq!(number(&row[9]), before);
    assert_eq!(number(&row[10]), points(now - before));
    let formulas = book.worksheet_formula("指标总表").unwrap();
    let at = rows.iter().position(|known| known == row).unwrap() as u32;
    let excel = at + 1;
    assert_eq!(formulas.get_value((at, 2)), Some(&format!("IF(E{excel}=0,\"–\",D{excel}/E{excel})")));
    assert_eq!(formulas.get_value((at, 7)), Some(&format!("ROUND((C{excel}-G{excel})*100,1)")));
}

#[test]
fn no_difference_reads_as_less_than_nothing() {
    let mut group = group();
    // 119,999 of a million is below the target of 12 % by a thousandth of a percentage point.
    for value in group.kpis.iter_mut().filter(|value| &*value.kpi == "pool_convert") {
        value.numerator = crate::model::Quantity::whole(119_999);
        value.denominator = Some(crate::model::Quantity::whole(1_000_000));
        value.status = crate::model::Status::Missed;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group).0);
    let rows = cells(&mut book, "指标总表");
    let row = rows.iter().find(|row| row.get(1).is_some_and(|cell| *cell == "成交率")).unwrap();
    assert_eq!(number(&row[7]).to_bits(), 0.0_f64.to_bits(), "not a negative zero");
}

#[test]
fn a_target_nobody_has_is_in_no_legend() {
    let mut group = group();
    for value in &mut group.kpis {
        value.target = None;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &group).0;
    let charts: Vec<String> =
        parts(&path).into_iter().filter(|(name, _)| name.starts_with("xl/charts/chart")).map(|(_, xml)| xml).collect();
    assert!(charts.len() >= 2 && charts.iter().all(|xml| !xml.contains("目标</c:v>")), "{charts:?}");
}

#[test]
fn what_was_not_due_is_not_late() {
    let mut group = group();
    for line in group.board.iter_mut().filter(|line| &*line.store == "S01" && &*line.kind == "complaint") {
        assert_eq!(line.on_time, Some(false));
        line.expected = false;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group).1);
    let board = cells(&mut book, "报送看板");
    let (top, titles) = header(&board, "状态");
    let col = |title: &str| titles.iter().position(|known| known == title).unwrap();
    let states: std::collections::BTreeSet<String> = board[top + 1..]
        .iter()
        .filter(|row| row[col("工作表")] == "投诉清单")
        .map(|row| row[col("状态")].to_string())
        .collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), ["+ 已报，不要求"]);
}

#[test]
fn the_matrix_marks_every_verdict_in_its_number_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &group()).0;
    let mut book = open(&path);
    let rows = cells(&mut book, "门店矩阵 2026-11");
    let (top, titles) = header(&rows, "区域");
    let col = titles.iter().position(|title| title.starts_with("投诉10分钟响应率")).unwrap();
    let third = rows[top + 1..].iter().find(|row| row[0] == "苏州园区店").unwrap();
    assert_eq!(third[col].to_string(), "不可算");
    let parts = parts(&path);
    let styles = &parts.iter().find(|(name, _)| name == "xl/styles.xml").unwrap().1;
    assert!(styles.contains("0.0%&quot; ✓&quot;") && styles.contains("0.0%&quot; ✗&quot;"));
    let sheets = parts.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet"));
    assert!(sheets.clone().filter(|(_, xml)| xml.contains("<dataBar")).count() >= 2);
    assert!(
        sheets.clone().filter(|(_, xml)| xml.contains("x14:sparkline ") || xml.contains("x14:sparkline>")).count() >= 2
    );
    assert!(parts.iter().filter(|(name, _)| name.starts_with("xl/charts/chart")).count() >= 2);
    assert!(
        sheets.clone().all(|(_, xml)| xml.contains(r#"paperSize="9""#) && xml.contains(r#"orientation="landscape""#))
    );
}

#[test]
fn the_group_pack_holds_no_customer() {
    let group = group();
    let folder = tempfile::tempdir().unwrap();
    let (all, store) = written(folder.path(), &group);
    let text = |path: &Path| parts(path).into_iter().map(|(_, part)| part).collect::<String>();
    let (all, store) = (text(&all), text(&store));
    let personal = group.worklists.iter().filter(|row| &*row.store == "S01");
    for row in personal.flat_map(|row| [row.phone.as_deref(), row.customer_name.as_deref()]).flatten() {
        assert!(!all.contains(row), "{row}");
        assert!(store.contains(&row.replace('"', "&quot;")) || store.contains(row), "{row}");
    }
}

#[test]
fn text_from_cells_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let (all, store) = written(folder.path(), &group());
    for path in [all, store] {
        let mut book = open(&path);
        let rows = cells(&mut book, "检查发现");
        let text = "=1+1 看起来像公式,按文字保留";
        let at = rows.iter().position(|row| row.iter().any(|cell| *cell == Data::String(text.into()))).unwrap();
        let formulas = book.worksheet_formula("检查发现").unwrap();
        assert!(formulas.rows().flatten().all(String::is_empty), "row {at}");
        for (name, part) in parts(&path) {
            assert!(!part.contains("TargetMode=\"External\""), "{name} links out");
            assert!(!part.contains("<f>HYPERLINK") && !part.contains("<f>=HYPERLINK"), "{name}");
        }
    }
}

#[test]
fn a_worklist_sheet_reads_back_as_return_visits() {
    let group = group();
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group).1);
    let follow_up = group.catalog.sheet("follow_up").unwrap();
    let rows = cells(&mut book, "02 跟进逾期");
    let (top, titles) = header(&rows, "回访编号");
    assert!(top < 30);
    // Every column of the definition once, under its own title; nothing else that intake would take for one.
    let known = |title: &&String| {
        follow_up.columns.iter().any(|c| c.title.zh == **title || c.synonyms.iter().any(|other| other == *title))
    };
    let mut matched: Vec<&str> = titles.iter().filter(known).map(String::as_str).collect();
    let mut wanted: Vec<&str> = follow_up.columns.iter().map(|column| column.title.zh.as_str()).collect();
    matched.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(matched, wanted);
    assert!(titles.contains(&"参考·回访时间".to_owned()), "{titles:?}");

    let cell =
        |row: usize, title: &str| rows[top + 1 + row][titles.iter().position(|known| known == title).unwrap()].clone();
    assert_eq!(rows.len() - top - 1, 24);
    for row in 0..24 {
        for column in follow_up.columns.iter().filter(|column| column.required && &*column.field != "executor") {
            assert!(!cell(row, &column.title.zh).to_string().is_empty(), "{}", column.title.zh);
        }
        assert!(matches!(cell(row, "应访日"), Data::DateTime(_)));
        for empty in ["实访时间", "方式", "接通", "结果", "内容", "备注"] {
            assert_eq!(cell(row, empty), Data::Empty);
        }
    }
    assert_eq!(cell(0, "客户键").to_string(), "QK2026-0002");
    assert_eq!(cell(1, "姓名"), Data::String("=HYPERLINK(\"http://x\")".into()));
    assert_eq!((cell(0, "对象").to_string(), cell(0, "任务类型").to_string()), ("潜客".into(), "周期跟进".into()));
    // Row 5 of the origin has no owner: whoever calls writes the name in.
    assert_eq!(cell(3, "执行人"), Data::Empty);
    assert_eq!(cell(0, "工作簿").to_string(), "S01/2026-W47/潜客表.xlsx");
    assert_eq!((cell(0, "工作表").to_string(), cell(0, "单元格").to_string()), ("潜客表".into(), "2".into()));
}

#[test]
fn numbers_are_stable_and_never_twice_the_same() {
    let mut group = group();
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &Path, sheet: &str| {
        let rows = cells(&mut open(path), sheet);
        let (top, titles) = header(&rows, "回访编号");
        let col = titles.iter().position(|title| title == "回访编号").unwrap();
        rows[top + 1..].iter().map(|row| row[col].to_string()).collect::<Vec<_>>()
    };
    let before = written(folder.path(), &group).1;
    let (calls, complaints) = (read(&before, "02 跟进逾期"), read(&before, "20 投诉超时"));
    assert_eq!(complaints[1], format!("{}-2", complaints[0]));
    // A week later the same rows stand in another workbook, one line further down.
    for row in &mut group.worklists {
        row.place.workbook = row.place.workbook.replace("W47", "W48").into();
        row.place.row = row.place.row.map(|row| row + 1);
    }
    let after = written(folder.path(), &group).1;
    assert_eq!(read(&after, "02 跟进逾期"), calls);
    assert_eq!(calls.iter().collect::<std::collections::BTreeSet<_>>().len(), 24);
}

#[test]
fn a_row_that_names_nobody_is_listed_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group()).1);
    let churn = cells(&mut book, "16 流失预警 3·6·9·12");
    let (top, titles) = header(&churn, "客户键");
    let key = titles.iter().position(|title| title == "客户键").unwrap();
    assert_eq!(churn[top + 1..].iter().map(|row| row[key].to_string()).collect::<Vec<_>>(), ["13900000001"]);
    let apart = cells(&mut book, "待补客户信息");
    assert!(apart.concat().contains(&Data::String("…0002".into())));
}

#[test]
fn the_store_cover_asks_who_sends_it_and_says_no_week() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group()).1);
    let rows = cells(&mut book, "封面");
    let value = |label: &str| rows.iter().find(|row| row[0] == *label).map(|row| row[1].clone());
    assert_eq!(value("店代码").unwrap().to_string(), "S01");
    assert_eq!((value("提交人"), value("提交时间")), (Some(Data::Empty), Some(Data::Empty)));
    assert_eq!((value("周起"), value("周止")), (None, None));
}

#[test]
fn a_store_pack_carries_along_what_comes_back_of_each_list() {
    let group = group();
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group).1);
    let carried = cells(&mut book, "foursight");
    let record = |row: &Vec<Data>| row.iter().map(ToString::to_string).take_while(|cell| !cell.is_empty()).collect();
    let records: Vec<Vec<String>> = carried.iter().map(record).collect();
    assert_eq!(records[0][..3], ["foursight forms", "1", "S01"]);
    // Every sheet but the cover is known, so that none of the others is taken for one to read.
    let sheets = records.iter().filter(|record| record[0] == "sheet").count();
    assert_eq!(sheets, book.sheet_names().len() - 2);
    let of = |kind: &str| records.iter().filter(|record| record[0] == kind).collect::<Vec<_>>();
    let lists = book.sheet_names().iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).count();
    assert_eq!((of("table").len(), of("lists").len(), of("made").len()), (lists, lists, lists));
    // What is filled in comes back, what stands there is read as it stands, and no row is known by its customer.
    let fields =
        |kind: &str| of(kind).iter().map(|record| record[1].clone()).collect::<std::collections::BTreeSet<_>>();
    assert!(fields("hand").contains("done_at") && fields("hand").contains("result"));
    assert!(fields("field").contains("customer_key") && fields("field").contains("follow_up_no"));
    assert!(of("row").is_empty() && of("given").is_empty());
}

#[test]
fn no_other_sheet_of_a_store_pack_looks_like_one_to_read() {
    let group = group();
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group).1);
    for name in book.sheet_names() {
        // What lists carry along is read as that, and never as a sheet.
        if name.starts_with(|c: char| c.is_ascii_digit()) || name == crate::model::carried::SHEET_NAME {
            continue;
        }
        for row in cells(&mut book, &name).iter().take(30) {
            for sheet in &group.catalog.sheets {
                let required = sheet.columns.iter().filter(|column| column.required);
                let has = |titles: &[&str]| row.iter().any(|cell| titles.contains(&cell.to_string().as_str()));
                let there = |column: &&crate::catalog::ColumnDef| {
                    let mut titles: Vec<&str> = column.synonyms.iter().map(String::as_str).collect();
                    titles.push(&column.title.zh);
                    has(&titles)
                };
                let lacking = required.filter(|column| !there(column));
                // Three titles at least make a header.
                let known = sheet.columns.iter().filter(there).count();
                assert!(lacking.count() > 1 || known < 3, "{name} looks like {}", sheet.id);
            }
        }
    }
}

#[test]
fn the_rows_behind_the_figures_are_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group()).1);
    let rows = cells(&mut book, "指标依据");
    let (top, _) = header(&rows, "判定");
    let text: Vec<String> = rows[top + 1].iter().map(ToString::to_string).collect();
    assert_eq!(rows.len() - top - 1, 3);
    assert_eq!((text[0].as_str(), text[2].as_str(), text[9].as_str()), ("跟进及时率", "✗ 未增加分子", "E2"));
    assert_eq!(text[10], "级别：A；时限：2026-11-20");
}

#[test]
fn too_many_rows_behind_a_figure_are_cut_and_counted() {
    let mut group = group();
    let one = group.lineage.iter().find(|row| &*row.store == "S01").unwrap().clone();
    group.lineage.retain(|row| &*row.store != "S01");
    group.lineage.extend((0..620).map(|row| crate::model::LineageRow {
        place: Place::row("S01/潜客表.xlsx", "潜客表", row, None),
        ..one.clone()
    }));
    let folder = tempfile::tempdir().unwrap();
    let mut book = open(&written(folder.path(), &group).1);
    let rows = cells(&mut book, "指标依据");
    let (top, _) = header(&rows, "判定");
    assert_eq!(rows.len() - top - 1, 40);
    assert!(rows[..top].concat().iter().any(|cell| cell.to_string().contains("另有 580 行")));
}

#[test]
fn an_empty_group_still_writes() {
    let mut group = group();
    group.kpis.clear();
    group.lineage.clear();
    group.worklists.clear();
    group.findings.clear();
    group.board.clear();
    let folder = tempfile::tempdir().unwrap();
    let (all, store) = written(folder.path(), &group);
    assert!(cells(&mut open(&all), "检查发现").concat().contains(&Data::String("没有问题。".into())));
    assert!(!open(&store).sheet_names().iter().any(|name| name.starts_with("02")));
    group.catalog.kpis.clear();
    written(folder.path(), &group);
    group.stores.clear();
    group.packs(Lang::ZhCn);
}

fn has_han(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn an_english_pack_has_names_and_nothing_else_in_chinese() {
    let group = group();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("group.xlsx");
    fs::write(&path, group.packs(Lang::En).group).unwrap();
    let mut names = vec![group.settings.group.as_str()];
    names.extend(group.stores.iter().flat_map(|store| [&*store.name, &*store.region, &*store.brand]));
    let mut book = open(&path);
    let mut read = 0;
    for sheet in book.sheet_names() {
        assert!(!has_han(&sheet), "{sheet}");
        // The made-up definitions say their meanings in Chinese only, and the findings hold what cells say.
        if ["Findings", "KPIs defined", "Rules"].contains(&sheet.as_str()) {
            continue;
        }
        for cell in cells(&mut book, &sheet).concat() {
            let mut text = cell.to_string();
            for name in &names {
                text = text.replace(name, "");
            }
            assert!(!has_han(&text), "{sheet}: {cell}");
            read += usize::from(!text.is_empty());
        }
    }
    assert!(read > 1000, "{read}");
}

#[test]
fn what_intake_reads_back_keeps_its_names_in_every_language() {
    let group = group();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.xlsx");
    fs::write(&path, group.packs(Lang::En).store).unwrap();
    let mut book = open(&path);
    let cover = cells(&mut book, "Cover");
    for label in ["店代码", "提交人", "提交时间"] {
        assert!(cover.iter().any(|row| row[0].to_string().starts_with(&format!("{label} ("))), "{label}");
    }
    let follow_up = group.catalog.sheet("follow_up").unwrap();
    let (_, titles) = header(&cells(&mut book, "02 Contacts overdue"), "Why");
    for column in &follow_up.columns {
        assert!(titles.iter().any(|title| title.starts_with(&column.title.zh)), "{}", column.title.zh);
    }
}

use super::{material::group, open, packs::written, parts};
use calamine::Reader;

#[test]
fn bars_of_a_month_that_is_not_over_are_hatched() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &group()).0;
    let charts: Vec<String> =
        parts(&path).into_iter().filter(|(name, _)| name.starts_with("xl/charts/chart")).map(|(_, xml)| xml).collect();
    let bars: Vec<&String> = charts.iter().filter(|xml| xml.contains("<c:barChart>")).collect();
    assert!(
        bars.len() >= 2 && bars.iter().all(|xml| xml.contains("<a:pattFill") && xml.contains("月至今")),
        "{bars:?}"
    );
    // Lines end with the last month that is over.
    let lines = charts.iter().filter(|xml| !xml.contains("<c:barChart>"));
    assert!(lines.clone().count() >= 1 && lines.clone().all(|xml| !xml.contains("11月</c:v>")));
}

#[test]
fn what_is_read_on_the_screen_is_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let (all, store) = written(folder.path(), &group());
    for (path, sheets) in
        [(all, &["审计追踪", "检查发现", "指标字典", "规则字典"][..]), (store, &["指标依据", "检查发现"][..])]
    {
        let book = open(&path);
        let areas: Vec<&String> =
            book.defined_names().iter().filter(|(name, _)| name.contains("Print_Area")).map(|(_, area)| area).collect();
        for sheet in sheets {
            let area = areas.iter().find(|area| area.starts_with(sheet) || area.starts_with(&format!("'{sheet}'")));
            let area = area.unwrap_or_else(|| panic!("{sheet} prints whole: {areas:?}"));
            let last: u32 = area.rsplit('$').next().unwrap().parse().unwrap();
            assert!(last <= 8, "{area}");
        }
    }
}

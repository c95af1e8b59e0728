//! A small believable group: figures follow from plain arithmetic on store and month, so that a test can name any of them.

use super::super::{group_pack, store_pack};
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::{Finding, Severity},
    model::{
        Grain, Instant, KpiValue, Lang, LineageRow, Period, Place, Quantity, Role, Scope, Status, Text, WorklistRow,
    },
    project::{Settings, Store},
    report::{
        Edition, GroupMaterial, StoreDigest, StoreMaterial, Yardstick, material::BoardLine, standings, words::Words,
    },
};
use chrono::{Days, NaiveDate};
use std::{fs, sync::Arc};

const KPIS: [(&str, &str); 9] = [
    (
        "lead_gather",
        r#"title = { zh = "集客量", en = "Leads" }
fact = "prospect"
time = "first_contact_at"
numerator = "1"
unit = "count"
topic = "prospects"
meaning = { zh = "当期首次接触的潜客数。", en = "" }
source = "S2""#,
    ),
    (
        "pool_convert",
        r#"title = { zh = "成交率", en = "Conversion" }
fact = "pool"
time = "month"
numerator = "ordered"
denominator = "1"
target = 0.12
topic = "prospects"
meaning = { zh = "当月下订的潜客 ÷(月初在池 + 当月新建)。", en = "" }
source = "S2""#,
    ),
    (
        "defeat_rate",
        r#"title = { zh = "战败率", en = "Defeats" }
fact = "pool"
time = "month"
numerator = "defeated"
denominator = "1"
direction = "down"
target = 0.3
topic = "prospects"
source = "assumption"
assumption = true"#,
    ),
    (
        "followup_timely",
        r#"title = { zh = "跟进及时率", en = "Follow-ups in time" }
fact = "duty"
time = "due_by"
where = "kind = 'contact' and verdict in ('met', 'missed')"
numerator = "verdict = 'met'"
denominator = "1"
target = 0.95
evidence = ["level", "due_by", "done_at"]
topic = "timeliness"
source = "S2""#,
    ),
    (
        "thanks_24h",
        r#"title = { zh = "24小时感谢及时率", en = "Thanks" }
fact = "duty"
time = "due_by"
where = "kind = 'thanks' and verdict in ('met', 'missed')"
numerator = "verdict = 'met'"
denominator = "1"
target = 1.0
topic = "timeliness"
source = "S3""#,
    ),
    (
        "cp_resp_10m",
        r#"title = { zh = "投诉10分钟响应率", en = "Answered within 10 minutes" }
fact = "complaint"
time = "accepted_at"
excluded = "resp_verdict = 'unmeasurable'"
numerator = "resp_verdict = 'met'"
denominator = "1"
target = 0.95
topic = "complaints"
source = "S3 四(二)""#,
    ),
    (
        "service_value",
        r#"title = { zh = "服务产值", en = "Service value" }
fact = "service_visit"
time = "in_at"
where = "kind <> 'PDI'"
numerator = "total"
unit = "yuan"
topic = "after_sales"
source = "S1""#,
    ),
    (
        "value_per_visit",
        r#"title = { zh = "单台产值", en = "Value per visit" }
fact = "service_visit"
time = "in_at"
where = "kind <> 'PDI'"
numerator = "total"
denominator = "1"
unit = "yuan"
topic = "after_sales"
source = "S1""#,
    ),
    (
        "dq_score",
        r#"title = { zh = "数据质量分", en = "Data quality" }
fact = "submission"
time = "week"
numerator = "clean"
denominator = "rows_read"
target = 0.98
topic = "department"
source = "assumption"
assumption = true"#,
    ),
];

const LISTS: [(&str, &str); 3] = [
    (
        "contact_overdue",
        r#"number = 2
party = "潜客"
task = "周期跟进"
title = { zh = "跟进逾期", en = "Contacts overdue" }
fact = "duty"
where = "kind = 'contact' and open"
owner = "staff"
due = "due_by"
reason = "level"
customer = "customer_key"
name = "customer_name"
phone = "phone"
extra = [{ column = "level", title = { zh = "级别", en = "Level" } }, { column = "last_contact_at", title = { zh = "回访时间", en = "Last contact" } }]
next_step = { zh = "今天打电话,接通后更新级别和下次跟进日。", en = "Call today." }
meaning = { zh = "按级别应联系而未联系的潜客。", en = "" }
source = "S2""#,
    ),
    (
        "churn",
        r#"number = 16
party = "车主"
task = "流失招揽"
title = { zh = "流失预警 3/6/9/12", en = "Churn" }
fact = "lifecycle"
where = "current and churn_stage <> '活跃'"
owner = "staff"
reason = "churn_stage"
customer = "customer_key"
name = "customer_name"
phone = "phone"
source = "S1""#,
    ),
    (
        "complaints_due",
        r#"number = 20
party = "车主"
task = "投诉回访"
title = { zh = "投诉超时", en = "Complaints" }
fact = "complaint"
where = "not closed"
owner = "handler"
due = "plan_due_by"
reason = "category"
customer = "customer_key"
source = "S3""#,
    ),
];

/// Everything a material borrows.
pub(in crate::workbook) struct Group {
    pub catalog: Catalog,
    pub settings: Settings,
    pub stores: Vec<Store>,
    pub cutoff: Instant,
    pub kpis: Vec<KpiValue>,
    pub lineage: Vec<LineageRow>,
    pub worklists: Vec<WorklistRow>,
    pub findings: Vec<Finding>,
    pub board: Vec<BoardLine>,
}

/// The definitions above and the embedded sheets.
pub(in crate::workbook) fn catalog() -> Catalog {
    let folder = tempfile::tempdir().unwrap();
    for (kind, files) in [("kpis", &KPIS[..]), ("worklists", &LISTS[..])] {
        let dir = folder.path().join("definitions").join(kind);
        fs::create_dir_all(&dir).unwrap();
        for (order, (id, text)) in files.iter().enumerate() {
            let order = if kind == "kpis" { format!("order = {order}\n") } else { String::new() };
            fs::write(dir.join(format!("{id}.toml")), order + text).unwrap();
        }
    }
    let (mut catalog, problems) = Catalog::load(Some(folder.path())).unwrap();
    assert_eq!(problems, Vec::new());
    catalog.kpis.retain(|kpi| KPIS.iter().any(|(id, _)| **id == *kpi.id));
    catalog.worklists.retain(|list| LISTS.iter().any(|(id, _)| **id == *list.id));
    if let Some(rule) = catalog.rules.get_mut("C005") {
        rule.message = Text::new("{why}", "");
        rule.example = Text::default();
    }
    catalog.rules.retain(|code, _| ["D001", "C005"].contains(&&**code));
    catalog
}

/// Numerator and denominator of a KPI for store `s` (0–7) in month `m` (0–12).
pub(in crate::workbook) fn figures(kpi: &str, s: i64, m: i64) -> (i64, Option<i64>) {
    match kpi {
        "lead_gather" => (60 + 5 * s + m, None),
        "pool_convert" => (8 + (s + m) % 7, Some(96)),
        "defeat_rate" => (20 + 3 * ((s + m) % 5), Some(96)),
        "followup_timely" => (180 + (7 * s + 3 * m) % 20, Some(200)),
        "thanks_24h" => (9 + (s + m) % 3, Some(12)),
        // The third store had no complaint it could be judged by in the last month.
        "cp_resp_10m" if s == 2 && m == 12 => (0, Some(0)),
        "cp_resp_10m" => (3 + (s + m) % 2, Some(4)),
        "service_value" => (250_000 + 10_000 * s + 1_000 * m, None),
        "value_per_visit" => (250_000 + 10_000 * s + 1_000 * m, Some(300)),
        _ => (970 + (s + 2 * m) % 30, Some(1000)),
    }
}

fn value(catalog: &Catalog, kpi: &str, scope: Scope, id: &str, period: Period, sums: (i64, Option<i64>)) -> KpiValue {
    let kpi = catalog.kpi(kpi).unwrap();
    let mut value = KpiValue {
        kpi: kpi.id.clone(),
        scope,
        scope_id: id.into(),
        period,
        numerator: Quantity::whole(sums.0),
        denominator: sums.1.map(Quantity::whole),
        excluded: u64::from(sums.1 == Some(0)) * 2,
        target: kpi.target,
        status: Status::NoTarget,
        same_days: None,
    };
    value.status = match (value.value_f64(), kpi.target.map(|target| target.to_f64())) {
        (None, _) => Status::NotMeasurable,
        (Some(_), None) => Status::NoTarget,
        (Some(now), Some(aim)) => {
            let up = kpi.direction == crate::catalog::Direction::Up;
            if (up && now >= aim) || (!up && now <= aim) { Status::Met } else { Status::Missed }
        }
    };
    value
}

/// The thirteen months that end with the one of the cut-off, oldest first.
pub(in crate::workbook) fn months(cutoff: Instant) -> Vec<Period> {
    let last = Period::of(Grain::Month, cutoff.date());
    let mut months: Vec<Period> = std::iter::successors(Some(last), |month| Some(month.previous())).take(13).collect();
    months.reverse();
    months
}

fn kpi_values(catalog: &Catalog, stores: &[Store], months: &[Period]) -> Vec<KpiValue> {
    let mut values = Vec::new();
    for (kpi, _) in KPIS {
        let add = |a: Option<i64>, b: Option<i64>| a.zip(b).map(|(a, b)| a + b);
        for (m, month) in (0..).zip(months) {
            let sums = (0..stores.len() as i64).map(|s| figures(kpi, s, m));
            let sum = sums.reduce(|a, b| (a.0 + b.0, add(a.1, b.1))).unwrap();
            values.push(value(catalog, kpi, Scope::Group, "group", *month, sum));
        }
        for (s, store) in (0..).zip(stores) {
            for (m, month) in (0..).zip(months) {
                values.push(value(catalog, kpi, Scope::Store, &store.id, *month, figures(kpi, s, m)));
            }
        }
        for (s, store) in (0..).zip(stores) {
            for (name, share) in [("李明", 2), ("王芳", 20)] {
                let (n, d) = figures(kpi, s, 12);
                let sums = (n / share, d.map(|d| d / share));
                let id = format!("{}/{name}", store.id);
                values.push(value(catalog, kpi, Scope::Staff, &id, months[12], sums));
            }
        }
    }
    values
}

fn work(list: &str, store: &str, row: u32, customer: &str, phone: Option<&str>, due: Option<NaiveDate>) -> WorklistRow {
    WorklistRow {
        list: list.into(),
        store: store.into(),
        owner: (!row.is_multiple_of(5)).then(|| Arc::from(if row.is_multiple_of(2) { "李明" } else { "王芳" })),
        customer_ref: customer.to_owned(),
        customer_key: None,
        customer_name: Some(if row == 3 { "=HYPERLINK(\"http://x\")".into() } else { format!("客户{row}").into() }),
        phone: phone.map(Arc::from),
        due,
        days_over: due.map(|_| 12 - i64::from(row)),
        reason: Text::new("A 级应 5 天内联系,已逾期", ""),
        place: Place::row(format!("{store}/2026-W47/潜客表.xlsx"), "潜客表", row, None),
        extra: if list == "contact_overdue" { vec!["A".into(), "2026-11-02 10:30".into()] } else { Vec::new() },
    }
}

fn worklists(stores: &[Store], cutoff: NaiveDate) -> Vec<WorklistRow> {
    let mut rows = Vec::new();
    for store in stores {
        let due = |ago: u32| Some(cutoff - Days::new(u64::from(ago)));
        rows.extend((2..26).map(|row| {
            let phone = format!("1380000{row:04}");
            work(
                "contact_overdue",
                &store.id,
                row,
                &format!("QK2026-{row:04}"),
                Some(&phone),
                due(12 - row.min(14) % 12),
            )
        }));
    }
    for store in stores {
        rows.push(work("churn", &store.id, 2, "…0001", Some("13900000001"), None));
        rows.push(work("churn", &store.id, 3, "…0002", None, None));
    }
    for store in stores {
        // Two complaints of one customer due the same day: one number each.
        rows.push(work("complaints_due", &store.id, 7, "138****9911", Some("13800009911"), due_day(cutoff)));
        rows.push(work("complaints_due", &store.id, 8, "138****9911", Some("13800009911"), due_day(cutoff)));
    }
    rows
}

fn due_day(cutoff: NaiveDate) -> Option<NaiveDate> {
    Some(cutoff - Days::new(1))
}

/// The group at the end of 2026-11-22, a Sunday: the report's month is November to date.
pub(in crate::workbook) fn group() -> Group {
    let catalog = catalog();
    let settings = Settings { group: "远航汽车集团".to_owned(), ..Settings::defaults(&catalog) };
    let cutoff = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let names = [
        "上海浦东店",
        "上海虹桥店",
        "苏州园区店",
        "杭州滨江店",
        "南京江宁店",
        "宁波鄞州店",
        "合肥滨湖店",
        "无锡新区店",
    ];
    let stores: Vec<Store> = (1..)
        .zip(names)
        .map(|(n, name)| Store {
            name: name.to_owned(),
            region: if n <= 4 { "华东一区" } else { "华东二区" }.to_owned(),
            brand: "奥迪".to_owned(),
            ..settings.store(&format!("S{n:02}"))
        })
        .collect();
    let kpis = kpi_values(&catalog, &stores, &months(Instant::day(cutoff)));
    let mut lineage = Vec::new();
    for store in &stores {
        for (n, role) in [(2, Role::Failed), (3, Role::Excluded), (4, Role::Passed)] {
            lineage.push(LineageRow {
                kpi: "followup_timely".into(),
                store: store.id.clone(),
                staff: Some("李明".into()),
                channel: None,
                model: Some("Q5L".into()),
                level: None,
                day: cutoff - Days::new(n),
                role,
                numerator: Quantity::whole(i64::from(role == Role::Passed)),
                denominator: Quantity::whole(i64::from(role != Role::Excluded)),
                place: Place::row(format!("{}/2026-W47/潜客表.xlsx", store.id), "潜客表", n as u32, Some(4)),
                evidence: vec![("level".into(), "A".into()), ("due_by".into(), "2026-11-20".into())],
            });
        }
    }
    let finding = |store: &Store, row, severity, message: &str| Finding {
        code: "C005".into(),
        severity,
        store: store.id.clone(),
        place: Place::row(format!("{}/2026-W47/潜客表.xlsx", store.id), "潜客表", row, Some(2)),
        field: "手机号".into(),
        args: arguments! { "why" => message },
        corrected: false,
    };
    let findings = stores
        .iter()
        .flat_map(|store| {
            [
                finding(store, 7, Severity::Warning, "手机号读不出 11 位数字:Excel 把它存成了科学计数,后几位已丢失。"),
                finding(store, 9, Severity::Error, "=1+1 看起来像公式,按文字保留"),
            ]
        })
        .collect();
    let first_week = Period::of(Grain::Week, NaiveDate::from_ymd_opt(2026, 10, 1).unwrap());
    let weeks = std::iter::successors(Some(first_week), |week| Some(week.next())).take(8);
    let board = stores
        .iter()
        .flat_map(|store| {
            ["complaint", "follow_up", "prospect"].into_iter().flat_map({
                let weeks = weeks.clone();
                move |kind| weeks.clone().map(move |week| (store, kind, week))
            })
        })
        .map(|(store, kind, week)| {
            // 无锡新区店 has sent nothing in November.
            let received = !(&*store.id == "S08" && week.start >= NaiveDate::from_ymd_opt(2026, 10, 29).unwrap());
            BoardLine {
                store: store.id.clone(),
                kind: kind.into(),
                week,
                expected: true,
                received,
                on_time: received.then_some(kind != "complaint"),
                rows_read: 40,
                accepted: 39,
                repaired: 3,
                rejected: 1,
            }
        })
        .collect();
    let worklists = worklists(&stores, cutoff);
    Group { catalog, settings, stores, cutoff: Instant::day(cutoff), kpis, lineage, worklists, findings, board }
}

/// The packs as files.
pub(in crate::workbook) struct Packs {
    /// The group's.
    pub group: Vec<u8>,
    /// The first store's.
    pub store: Vec<u8>,
}

impl Group {
    /// Its packs in a language.
    pub(in crate::workbook) fn packs(&self, lang: Lang) -> Packs {
        let words = Words::of(lang);
        let lineage_since = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        let edition = Edition { catalog: &self.catalog, settings: &self.settings, cutoff: self.cutoff, lineage_since };
        fn of<T: Clone>(all: &[T], is_own: impl Fn(&T) -> bool) -> Vec<T> {
            all.iter().filter(|one| is_own(one)).cloned().collect()
        }
        let own = |value: &KpiValue, store: &Store| {
            (value.scope == Scope::Store && value.scope_id == store.id)
                || (value.scope == Scope::Staff && value.scope_id.starts_with(&format!("{}/", store.id)))
        };
        let share = |store: &Store| {
            (
                of(&self.kpis, |value| own(value, store)),
                of(&self.lineage, |row| row.store == store.id),
                of(&self.worklists, |row| row.store == store.id),
                of(&self.findings, |finding| finding.store == store.id),
                of(&self.board, |line| line.store == store.id),
            )
        };
        let shares: Vec<_> = self.stores.iter().map(share).collect();
        let parts: Vec<StoreMaterial<'_>> = self
            .stores
            .iter()
            .zip(&shares)
            .map(|(store, (kpis, lineage, worklists, findings, board))| StoreMaterial {
                store,
                kpis,
                lineage,
                worklists,
                findings,
                tallies: &[],
                submissions: &[],
                board,
                ignored: &[],
                returned: &[],
            })
            .collect();
        let digests: Vec<StoreDigest> =
            parts.iter().map(|part| StoreDigest::of(part, &self.catalog, self.cutoff)).collect();
        let kpis = of(&self.kpis, |value| value.scope != Scope::Staff);
        let group = GroupMaterial {
            edition,
            stores: &self.stores,
            kpis: &kpis,
            digests: &digests,
            findings: &[],
            changes: None,
        };
        let standings = standings(&group, words);
        let yardstick = Yardstick::of(&group);
        let first = parts.first().zip(standings.first());
        let store = first.map(|(part, own)| store_pack(edition, words, part, own, &yardstick).unwrap());
        Packs { group: group_pack(&group, words).unwrap(), store: store.unwrap_or_default() }
    }
}

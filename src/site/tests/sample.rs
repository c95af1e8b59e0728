//! A believable made-up group: five stores, fourteen months. The values are the sums of the rows, as in a real build, so
//! that pages can be checked against themselves.

use super::{
    definitions,
    office::{board, findings, worklists},
};
use crate::{
    catalog::{Accumulate, Catalog, Kpi},
    diagnostic::Finding,
    model::{
        Grain, IgnoredSheet, Instant, KpiValue, LineageRow, Period, Place, Quantity, Role, Scope, SheetTally, Status,
        Submission, WorklistRow,
    },
    project::{Settings, Store},
    report::{GroupMaterial, Material, StoreDigest, StoreMaterial, material::BoardLine},
};
use chrono::{Days, NaiveDate};
use std::{collections::BTreeMap, sync::Arc};

/// Everything a [`Material`] borrows.
pub(super) struct Sample {
    pub catalog: Catalog,
    pub settings: Settings,
    pub cutoff: Instant,
    pub since: NaiveDate,
    pub stores: Vec<Store>,
    pub kpis: Vec<KpiValue>,
    pub lineage: Vec<LineageRow>,
    pub worklists: Vec<WorklistRow>,
    pub findings: Vec<Finding>,
    pub tallies: Vec<SheetTally>,
    pub submissions: Vec<Submission>,
    pub board: Vec<BoardLine>,
    pub ignored: Vec<(Arc<str>, IgnoredSheet)>,
    /// Names, phones, VINs and plates that must not be read at HQ.
    pub personal: Vec<String>,
}

/// Small and repeatable; no crate is needed to draw a few thousand rows.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub(super) fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.below(from.len() as u64) as usize]
    }
}

const STORES: [(&str, &str, &str, &str, &str, f64); 5] = [
    ("S01", "浦东旗舰店", "华东", "领航", "上海", 0.08),
    ("S02", "杭州滨江店", "华东", "领航", "杭州", 0.03),
    ("S03", "南京江宁店", "华东", "远征", "南京", -0.02),
    ("S04", "成都高新店", "西南", "远征", "成都", -0.09),
    ("S05", "重庆渝北店", "西南", "领航", "重庆", -0.04),
];
pub(super) const STAFF: [&str; 8] = ["陈思远", "李佳怡", "王浩然", "赵敏", "周子墨", "吴晓彤", "郑凯", "孙雨晴"];
pub(super) const SURNAMES: [&str; 8] = ["欧阳", "司马", "慕容", "上官", "诸葛", "东方", "皇甫", "尉迟"];
pub(super) const MODELS: [&str; 5] = ["远航 L7", "远航 X5", "星途 S3", "领航 E6", "领航 GT"];
const CHANNELS: [&str; 6] = ["自然到店", "垂直网站", "抖音直播", "老客户介绍", "外展", "电话"];
const MONTHS: u32 = 14;

pub(super) fn sample() -> Sample {
    let folder = tempfile::tempdir().expect("a temporary folder");
    definitions::write(folder.path());
    let (catalog, problems) = Catalog::load(Some(folder.path())).expect("definitions read");
    assert!(problems.is_empty(), "{problems:#?}");
    let cutoff = Instant::day(NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"));
    let mut settings = Settings { group: "华信汽车集团".to_owned(), ..Settings::defaults(&catalog) };
    settings.expected_since = Period::parse("2025-W40");
    let stores: Vec<Store> = STORES
        .iter()
        .map(|(id, name, region, brand, city, _)| Store {
            id: (*id).into(),
            name: (*name).to_owned(),
            region: (*region).to_owned(),
            brand: (*brand).to_owned(),
            city: (*city).to_owned(),
            hours: settings.hours,
        })
        .collect();
    let since = NaiveDate::from_ymd_opt(2026, 9, 1).expect("a day");
    let mut dice = Dice(7);
    let rows = rows(&catalog, &stores, cutoff.date(), &mut dice);
    let kpis = values(&catalog, &settings, &stores, &rows, cutoff.date());
    let lineage = rows.into_iter().filter(|row| row.day >= since).collect();
    let mut personal = Vec::new();
    let worklists = worklists(&catalog, &stores, cutoff.date(), &mut dice, &mut personal);
    let (submissions, tallies, board) = board(&catalog, &settings, &stores, cutoff, &mut dice);
    let findings = findings(&catalog, &stores, &submissions, &mut dice);
    let hidden = IgnoredSheet { name: "透视汇总".to_owned(), why: "hidden".to_owned() };
    let unknown = IgnoredSheet { name: "Sheet3".to_owned(), why: "unknown".to_owned() };
    let ignored = submissions.iter().rev().take(2).map(|s| s.workbook.clone()).zip([hidden, unknown]).collect();
    Sample {
        catalog,
        settings,
        cutoff,
        since,
        stores,
        kpis,
        lineage,
        worklists,
        findings,
        tallies,
        submissions,
        board,
        ignored,
        personal,
    }
}

impl Sample {
    /// The sample as the group's part and the stores' parts.
    pub(super) fn parts<R>(&self, use_them: impl FnOnce(&GroupMaterial<'_>, &[StoreMaterial<'_>]) -> R) -> R {
        let material = self.material();
        let shares = material.shares();
        let stores: Vec<_> = self.stores.iter().zip(&shares).map(|(store, share)| share.material(store)).collect();
        let digests: Vec<_> = stores.iter().map(|store| StoreDigest::of(store, &self.catalog, self.cutoff)).collect();
        let kpis: Vec<_> = self.kpis.iter().filter(|value| value.scope != Scope::Staff).cloned().collect();
        let own: Vec<_> = self.findings.iter().filter(|finding| finding.store.is_empty()).cloned().collect();
        let group = GroupMaterial {
            edition: material.edition(),
            stores: &self.stores,
            kpis: &kpis,
            digests: &digests,
            findings: &own,
            changes: None,
        };
        use_them(&group, &stores)
    }

    fn material(&self) -> Material<'_> {
        Material {
            catalog: &self.catalog,
            settings: &self.settings,
            cutoff: self.cutoff,
            stores: &self.stores,
            kpis: &self.kpis,
            lineage: &self.lineage,
            lineage_since: self.since,
            worklists: &self.worklists,
            findings: &self.findings,
            tallies: &self.tallies,
            submissions: &self.submissions,
            board: &self.board,
            ignored: &self.ignored,
        }
    }
}

/// How a KPI behaves in the made-up group: rows a month, share that passes.
fn habit(kpi: &str) -> (f64, f64) {
    match kpi {
        "lead_gather" => (110.0, 1.0),
        "n_regrade_24h" => (90.0, 0.93),
        "followup_timely" => (160.0, 0.84),
        "pool_convert" => (190.0, 0.13),
        "ha_close" => (60.0, 0.36),
        "defeat_rate" => (190.0, 0.07),
        "deliver_rate" => (40.0, 0.62),
        "cancel_rate" => (40.0, 0.05),
        "thanks_24h" => (25.0, 0.94),
        "call_3d" => (25.0, 0.86),
        "revisit_rate" => (120.0, 0.47),
        "connect_rate" => (60.0, 0.71),
        "cp_resp_10m" => (14.0, 0.9),
        "cp_plan_24h" => (14.0, 0.88),
        "cp_close" => (14.0, 0.92),
        "cp_repeat" => (12.0, 0.06),
        "first_service" => (22.0, 0.9),
        "retention_1y" => (170.0, 0.72),
        "referral_rate" => (25.0, 0.28),
        "service_value" | "value_per_visit" => (210.0, 1.0),
        "submit_ontime" => (20.0, 0.92),
        _ => (30.0, 0.8),
    }
}

fn rows(catalog: &Catalog, stores: &[Store], cutoff: NaiveDate, dice: &mut Dice) -> Vec<LineageRow> {
    let first = Period::of(Grain::Month, cutoff - chrono::Months::new(MONTHS - 1));
    let months: Vec<Period> = std::iter::successors(Some(first), |m| Some(m.next())).take(MONTHS as usize).collect();
    let mut all = Vec::new();
    // What is made of other KPIs has no rows of its own.
    for kpi in catalog.kpis.iter().filter(|kpi| kpi.kind.of_others().is_empty()) {
        for (s, store) in stores.iter().enumerate() {
            let (volume, share) = habit(&kpi.id);
            let drift = (dice.share() - 0.5) * 0.12;
            for (m, month) in months.iter().enumerate() {
                // A store whose sheet is absent has no rows: no data, never zero.
                if s == 4 && &*kpi.topic == "complaints" {
                    continue;
                }
                let full = month.end() - Days::new(1) <= cutoff;
                let season = 1.0 + 0.25 * ((m as f64) * 0.9).sin();
                let size = [1.3, 1.0, 0.8, 0.9, 0.6][s] * if full { 1.0 } else { 0.7 };
                let count = (volume * season * size) as u64;
                let trend = (m as f64 / 13.0 - 0.5) * drift * 2.0;
                let lean = STORES[s].5 * if kpi.direction == crate::catalog::Direction::Down { -0.4 } else { 1.0 };
                let noise = (dice.share() - 0.5) * 0.06;
                let chance =
                    (share + (lean + trend + noise) * share.min(1.0 - share).max(0.05) * 3.0).clamp(0.01, 0.995);
                for _ in 0..count {
                    all.push(row(catalog, kpi, store, *month, cutoff, chance, dice));
                }
            }
        }
    }
    all.sort_by(|a: &LineageRow, b| {
        let at = |row: &LineageRow| catalog.kpis.iter().position(|kpi| kpi.id == row.kpi);
        (at(a), &a.store, std::cmp::Reverse(a.day), a.role, &a.place).cmp(&(
            at(b),
            &b.store,
            std::cmp::Reverse(b.day),
            b.role,
            &b.place,
        ))
    });
    all
}

fn row(
    catalog: &Catalog,
    kpi: &Kpi,
    store: &Store,
    month: Period,
    cutoff: NaiveDate,
    chance: f64,
    dice: &mut Dice,
) -> LineageRow {
    let last = (month.end() - Days::new(1)).min(cutoff);
    let days = (last - month.start).num_days() as u64 + 1;
    let day = if kpi.accumulate == Accumulate::Closing { last } else { month.start + Days::new(dice.below(days)) };
    let is_sum = kpi.denominator.is_none();
    let role = match dice.share() {
        _ if is_sum || kpi.unit.is_money() => Role::Passed,
        roll if roll < 0.02 && &*kpi.topic != "after_sales" => Role::Excluded,
        _ if dice.share() < chance => Role::Passed,
        _ => Role::Failed,
    };
    let yuan = Quantity(i128::from(20_000 + dice.below(380_000)) * 100);
    let numerator = match (role, kpi.unit.is_money()) {
        (Role::Passed, true) => yuan,
        (Role::Passed, _) => Quantity::whole(1),
        _ => Quantity::default(),
    };
    let crew = &STAFF[store_index(store)..store_index(store) + 4];
    let sheet = catalog.sheet(&kpi.fact).map_or("潜客表", |sheet| sheet.title.zh.as_str());
    let week = Period::of(Grain::Week, day);
    let evidence =
        kpi.evidence.iter().map(|column| (column.clone(), evidence(column, day, role, dice).into())).collect();
    LineageRow {
        kpi: kpi.id.clone(),
        store: store.id.clone(),
        staff: kpi.staff.as_ref().map(|_| dice.pick(crew).into()),
        channel: kpi.channel.as_ref().map(|_| dice.pick(&CHANNELS).into()),
        model: kpi.model.as_ref().map(|_| dice.pick(&MODELS).into()),
        level: None,
        day,
        role,
        numerator,
        denominator: if is_sum || role == Role::Excluded { Quantity::default() } else { Quantity::whole(1) },
        place: Place::row(
            format!("{}/{week}/{}周报.xlsx", store.id, store.name),
            sheet,
            5 + dice.below(400) as u32,
            None,
        ),
        evidence,
    }
}

fn store_index(store: &Store) -> usize {
    STORES.iter().position(|known| *known.0 == *store.id).unwrap_or_default()
}

fn evidence(column: &str, day: NaiveDate, role: Role, dice: &mut Dice) -> String {
    let clock = format!("{:02}:{:02}", 9 + dice.below(9), dice.below(60));
    let number = dice.below(90_000);
    match column {
        // A stage that forgot to mask: the pages must not pass it on.
        "customer_key" if number.is_multiple_of(7) => format!("139{:08}", 10_000_000 + number),
        "customer_key" => format!("Q2026-{number:05}"),
        "level" => dice.pick(&["N", "H", "A", "B", "C"]).to_owned(),
        "verdict" | "resp_verdict" | "plan_verdict" | "repeat_verdict" => match role {
            Role::Passed => "met",
            Role::Failed => "missed",
            Role::Excluded => "unmeasurable",
        }
        .to_owned(),
        "category" => dice.pick(&["维修质量", "服务态度", "等待时间", "价格"]).to_owned(),
        "total" => format!("{}.00", 200 + number / 20),
        "done_at" | "responded_at" if role == Role::Failed && number.is_multiple_of(2) => String::new(),
        "vin" => format!("…{:04}", number % 10_000),
        column if column.ends_with("_at") || column == "due_by" => format!("{day} {clock}"),
        column if column.ends_with("_on") => day.to_string(),
        "kind" => "contact".to_owned(),
        _ => dice.pick(&["是", "否"]).to_owned(),
    }
}

fn values(
    catalog: &Catalog,
    settings: &Settings,
    stores: &[Store],
    rows: &[LineageRow],
    cutoff: NaiveDate,
) -> Vec<KpiValue> {
    type Sums = (Quantity, Quantity, u64, u64);
    let mut sums: BTreeMap<(usize, Scope, String, Period), Sums> = BTreeMap::new();
    for row in rows {
        let Some(at) = catalog.kpis.iter().position(|kpi| kpi.id == row.kpi) else { continue };
        let store = stores.iter().find(|store| store.id == row.store).expect("a store of the group");
        let mut ids = vec![
            (Scope::Group, "group".to_owned()),
            (Scope::Region, store.region.clone()),
            (Scope::Brand, store.brand.clone()),
            (Scope::Store, store.id.to_string()),
        ];
        ids.extend(row.staff.as_ref().map(|name| (Scope::Staff, format!("{}/{name}", store.id))));
        ids.extend(row.channel.as_ref().map(|name| (Scope::Channel, name.to_string())));
        ids.extend(row.model.as_ref().map(|name| (Scope::Model, name.to_string())));
        for (scope, id) in ids {
            let sum = sums.entry((at, scope, id, Period::of(Grain::Month, row.day))).or_default();
            sum.0 += row.numerator;
            sum.1 += row.denominator;
            sum.2 += u64::from(row.role == Role::Excluded);
            sum.3 += 1;
        }
    }
    // Every store has a line for every KPI and month, with or without rows.
    let first = Period::of(Grain::Month, cutoff - chrono::Months::new(MONTHS - 1));
    for (at, _) in catalog.kpis.iter().enumerate() {
        for store in stores {
            for month in std::iter::successors(Some(first), |m| Some(m.next())).take(MONTHS as usize) {
                sums.entry((at, Scope::Store, store.id.to_string(), month)).or_default();
            }
        }
    }
    sums.into_iter()
        .map(|((at, scope, id, period), (numerator, denominator, excluded, n))| {
            let kpi = &catalog.kpis[at];
            let target = settings.target(kpi, &id, "", period);
            let mut value = KpiValue {
                kpi: kpi.id.clone(),
                scope,
                scope_id: id.into(),
                period,
                numerator,
                denominator: kpi.denominator.as_ref().map(|_| denominator),
                excluded,
                target,
                status: Status::NoTarget,
                same_days: None,
            };
            value.status = match (n, value.value_f64(), target) {
                (0, _, _) => Status::NoData,
                (_, None, _) => Status::NotMeasurable,
                (_, Some(_), None) => Status::NoTarget,
                (_, Some(number), Some(target)) => {
                    let met = match kpi.direction {
                        crate::catalog::Direction::Up => number >= target.to_f64(),
                        crate::catalog::Direction::Down => number <= target.to_f64(),
                    };
                    if met { Status::Met } else { Status::Missed }
                }
            };
            value
        })
        .collect()
}

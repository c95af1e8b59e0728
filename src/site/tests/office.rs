//! The office side of the made-up group: worklists, submissions, findings.

use super::sample::{Dice, MODELS, STAFF, SURNAMES};
use crate::{
    arguments,
    catalog::Catalog,
    diagnostic::Finding,
    model::{
        Grain, Instant, OrderBasis, Period, Place, SheetTally, Submission, Text, WorklistRow,
        personal::{mask_phone, mask_vin},
    },
    project::{Settings, Store},
    report::material::BoardLine,
};
use chrono::{Days, NaiveDate};
use std::sync::Arc;

pub(super) fn worklists(
    catalog: &Catalog,
    stores: &[Store],
    cutoff: NaiveDate,
    dice: &mut Dice,
    personal: &mut Vec<String>,
) -> Vec<WorklistRow> {
    let mut rows = Vec::new();
    for list in &catalog.worklists {
        for (s, store) in stores.iter().enumerate() {
            let mut own = Vec::new();
            let most = if &*list.id == "churn_ladder" { 330 } else { 8 + dice.below(26) };
            for _ in 0..most {
                let number = rows.len() * 1_000 + own.len();
                let phone = format!("138{:08}", 20_000_000 + number);
                let vin = format!("LSVNV{:012}", 300_000_000 + number);
                let name = format!("{}{}", dice.pick(&SURNAMES), dice.pick(&["建国", "丽华", "志强", "秀英"]));
                let days = dice.below(40) as i64 - 4;
                let stage = dice.pick(&["拟流失", "拟流失", "准流失", "预警", "流失"]);
                let car = &*list.fact == "lifecycle";
                own.push(WorklistRow {
                    list: list.id.clone(),
                    store: store.id.clone(),
                    owner: (dice.below(12) > 0).then(|| dice.pick(&STAFF[s..s + 4]).into()),
                    customer_ref: if car { mask_vin(&vin) } else { mask_phone(&phone) },
                    customer_key: None,
                    customer_name: Some(name.as_str().into()),
                    phone: Some(phone.as_str().into()),
                    due: Some(cutoff - chrono::Duration::days(days)),
                    days_over: Some(days),
                    reason: Text::new(
                        match &*list.id {
                            "n_regrade" => format!("N 级超过 24 小时未重新定级,已过 {} 小时", 24 + days.max(0) * 24),
                            "churn_ladder" => format!("{stage}:{} 个月未进厂", 3 + dice.below(14)),
                            _ => format!("{} 级客户超过跟进时限 {} 天", dice.pick(&["H", "A", "B"]), days.max(0)),
                        },
                        "",
                    ),
                    place: Place::row(
                        format!("{}/2026-W47/{}周报.xlsx", store.id, store.name),
                        "潜客表",
                        5 + number as u32 % 300,
                        Some(4),
                    ),
                    extra: list
                        .extra
                        .iter()
                        .map(|(column, _)| match &**column {
                            "churn_stage" => stage.to_owned(),
                            "tier" => dice.pick(&["高价值", "潜力", "普通", ""]).to_owned(),
                            "level" => dice.pick(&["H", "A", "B", "C"]).to_owned(),
                            "model" => dice.pick(&MODELS).to_owned(),
                            _ => format!("{}", cutoff - chrono::Duration::days(days + 9)),
                        })
                        .collect(),
                });
                personal.extend([phone, vin, name]);
            }
            own.sort_by(|a, b| {
                (&a.owner, std::cmp::Reverse(a.days_over)).cmp(&(&b.owner, std::cmp::Reverse(b.days_over)))
            });
            rows.extend(own);
        }
    }
    personal.sort();
    personal.dedup();
    rows
}

pub(super) fn board(
    catalog: &Catalog,
    settings: &Settings,
    stores: &[Store],
    cutoff: Instant,
    dice: &mut Dice,
) -> (Vec<Submission>, Vec<SheetTally>, Vec<BoardLine>) {
    let (mut submissions, mut tallies, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let newest = Period::of(Grain::Week, cutoff.date());
    let weeks: Vec<Period> = std::iter::successors(Some(newest), |week| Some(week.previous())).take(20).collect();
    for (s, store) in stores.iter().enumerate() {
        for (w, week) in weeks.iter().enumerate().rev() {
            // S04 forgot the newest due week, S03 is sometimes late.
            let forgotten = matches!((s, w), (3, 1) | (4, 7)) || (w == 0 && s > 1);
            let sent = !forgotten;
            let late = s == 2 && w % 3 == 1;
            let workbook: Arc<str> = format!("{}/{week}/{}周报.xlsx", store.id, store.name).into();
            let submitted = settings.deadline(*week) + chrono::Duration::hours(if late { 20 } else { -3 });
            if sent {
                submissions.push(Submission {
                    store: store.id.clone(),
                    workbook: workbook.clone(),
                    from: Some(week.start),
                    to: Some(week.start + Days::new(6)),
                    submitted_at: (w != 5).then(|| Instant::exact(submitted)),
                    submitted_by: Some(STAFF[s + 3].to_owned()),
                    template_version: Some("1".to_owned()),
                    basis: if s == 1 { OrderBasis::Path } else { OrderBasis::Cover },
                });
            }
            for sheet in &catalog.sheets {
                let got =
                    sent && !(s == 4 && &*sheet.id == "complaint") && !(s == 1 && w == 3 && &*sheet.id == "order");
                let read = if got { 20 + dice.below(120) } else { 0 };
                let rejected = dice.below(read / 12 + 1);
                let repaired = dice.below(read / 8 + 1);
                let expected = settings.expected.contains(&sheet.id);
                lines.push(BoardLine {
                    store: store.id.clone(),
                    kind: sheet.id.clone(),
                    week: *week,
                    expected,
                    received: got,
                    on_time: (got && w != 5).then_some(!late),
                    rows_read: read,
                    accepted: read - rejected,
                    repaired,
                    rejected,
                });
                if got {
                    tallies.push(SheetTally {
                        store: store.id.clone(),
                        kind: sheet.id.clone(),
                        workbook: workbook.clone(),
                        sheet: sheet.title.zh.as_str().into(),
                        week: Some(*week),
                        submitted_at: None,
                        rows_read: read,
                        accepted: read - rejected,
                        repaired,
                        rejected,
                        clean: read - rejected - repaired.min(read - rejected),
                        rows: Default::default(),
                    });
                }
            }
        }
    }
    lines.sort_by(|a, b| (&a.store, &a.kind, a.week).cmp(&(&b.store, &b.kind, b.week)));
    (submissions, tallies, lines)
}

pub(super) fn findings(
    catalog: &Catalog,
    stores: &[Store],
    submissions: &[Submission],
    dice: &mut Dice,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let codes = [
        ("C003", "下订日期", "2026-13-40"),
        ("R101", "交车日期", ""),
        ("C001", "首次接触时间", ""),
        ("S002", "级别", ""),
    ];
    for (s, store) in stores.iter().enumerate() {
        let own: Vec<_> = submissions.iter().filter(|submission| submission.store == store.id).collect();
        for _ in 0..[320, 45, 60, 120, 18][s] {
            let (code, field, shown) = codes[(dice.below(10) as usize).min(3)];
            let workbook = own[dice.below(own.len() as u64) as usize].workbook.clone();
            let place = Place::row(workbook, "潜客表", 5 + dice.below(200) as u32, Some(dice.below(24) as u32));
            findings.push(catalog.finding(code, &store.id, place, field, arguments! { "value" => shown }));
        }
        if s == 3 {
            let place = Place::workbook("S04/2026-W40/加密.xlsx");
            findings.push(catalog.finding("W002", &store.id, place, "", Vec::new()));
        }
    }
    findings.push(catalog.finding(
        "D001",
        "",
        Place::row("definitions/kpis/own.toml", "", 7, None),
        "",
        arguments! { "what" => "no such column" },
    ));
    findings.sort_by(|a, b| a.order_key().cmp(&b.order_key()));
    findings
}

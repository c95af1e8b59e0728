//! A made group as the csv files that its stores send.

use super::rows::{Group, Moment, Store};
use chrono::{Datelike, NaiveDate};
use std::{fmt::Write as _, fs, path::Path};

/// Writes `input/` and `foursight.toml` below a folder.
pub fn write(group: &Group, folder: &Path) {
    let since = week(group.stores[0].weeks[0].sunday);
    let mut config = format!("[submission]\nsince = \"{since}\"\n");
    for store in &group.stores {
        write!(config, "\n[[store]]\nid = \"{}\"\nname = \"{0}\"\nregion = \"东\"\nbrand = \"云岭\"\n", store.id)
            .expect("text");
        weekly(store, &folder.join("input").join(&store.id));
        other(store, &folder.join("input").join(&store.id).join(week(last_sent(store))));
    }
    fs::write(folder.join("foursight.toml"), config).expect("written");
}

/// The week whose folder holds what is not sent weekly: its end stands for an owner's missing 更新时间.
pub fn last_sent(store: &Store) -> NaiveDate {
    store.weeks.last().expect("a week").sunday
}

fn week(sunday: NaiveDate) -> String {
    sunday.format("%G-W%V").to_string()
}

fn weekly(store: &Store, folder: &Path) {
    for sent in &store.weeks {
        let folder = folder.join(week(sent.sunday));
        if let Some(cards) = &sent.cards {
            let head = "潜客编号,客户姓名,手机号,首次接触时间,级别,级别更新时间,意向车型,渠道,销售顾问,下订日期,交车日期,退订日期,战败日期,战败原因,战败审核,状态";
            let lines = cards.iter().map(|card| {
                [
                    card.no.clone().unwrap_or_default(),
                    format!("客{}", &card.phone[7..]),
                    card.phone.clone(),
                    cell(card.first),
                    card.level.to_string(),
                    cell(card.level_at),
                    card.model.into(),
                    card.channel.into(),
                    card.consultant.into(),
                    maybe(card.ordered),
                    maybe(card.delivered),
                    maybe(card.cancelled),
                    maybe(card.defeated),
                    if card.defeated.is_some() { "价格".into() } else { String::new() },
                    card.review.unwrap_or_default().into(),
                    card.status.unwrap_or_default().into(),
                ]
            });
            sheet(&folder, "潜客表", head, lines);
        }
        if let Some(calls) = &sent.calls {
            let head = "回访编号,对象,客户键,任务类型,实访时间,方式,接通,结果,回访后级别,执行人";
            let lines = calls.iter().map(|call| {
                [
                    call.no.clone(),
                    "潜客".into(),
                    call.key.clone(),
                    "周期跟进".into(),
                    cell(call.done),
                    "电话".into(),
                    flag(Some(call.connected)),
                    if call.connected { "成功" } else { "未接" }.into(),
                    call.level_after.map(String::from).unwrap_or_default(),
                    call.executor.into(),
                ]
            });
            sheet(&folder, "回访记录", head, lines);
        }
        if let Some(complaints) = &sent.complaints {
            let head = "投诉编号,受理时间,客户键,类别,责任部门,责任人,结案时间,客户满意";
            let lines = complaints.iter().map(|complaint| {
                [
                    complaint.no.clone(),
                    cell(complaint.accepted),
                    complaint.key.clone(),
                    complaint.category.into(),
                    "售后部".into(),
                    complaint.handler.unwrap_or_default().into(),
                    maybe(complaint.closed),
                    flag(complaint.satisfied),
                ]
            });
            sheet(&folder, "投诉清单", head, lines);
        }
    }
}

fn other(store: &Store, folder: &Path) {
    let orders = store.orders.iter().map(|order| {
        [
            order.no.clone(),
            order.vin.clone().unwrap_or_default(),
            order.model.into(),
            order.consultant.into(),
            order.phone.clone(),
            cell(order.ordered),
            maybe(order.delivered),
            maybe(order.cancelled),
        ]
    });
    sheet(folder, "订单交车", "订单号,VIN,车型,顾问,客户电话,下订日期,交车日期,退订日期", orders);
    let head = "工单号,VIN,进厂时间,里程,类型,总额,服务顾问,付费方,下次保养日,下次保养里程";
    let visits = store.visits.iter().map(|visit| {
        [
            visit.no.clone(),
            visit.vin.clone(),
            cell(visit.at),
            visit.km.to_string(),
            visit.kind.into(),
            format!("{}.{:02}", visit.total / 100, visit.total.abs() % 100),
            visit.advisor.into(),
            visit.payer.unwrap_or_default().into(),
            visit.next_on.map(|day| day.to_string()).unwrap_or_default(),
            visit.next_km.map(|km| km.to_string()).unwrap_or_default(),
        ]
    });
    sheet(folder, "进厂记录", head, visits);
    let owners = store.owners.iter().map(|owner| {
        [
            owner.vin.clone(),
            "王五".into(),
            owner.phone.clone(),
            owner.bought.to_string(),
            "是".into(),
            maybe(owner.updated),
            flag(owner.in_hand),
            owner.lost.map(|day| day.to_string()).unwrap_or_default(),
        ]
    });
    sheet(folder, "车主档案", "VIN,车主,电话,购车日,本店售,更新时间,车辆在手,声明流失", owners);
    let policies = store.policies.iter().map(|policy| {
        [
            policy.no.clone(),
            policy.vin.clone(),
            policy.kind.into(),
            policy.from.to_string(),
            policy.until.to_string(),
            "4200".into(),
            flag(Some(policy.here)),
            policy.consultant.unwrap_or_default().into(),
        ]
    });
    sheet(folder, "保险", "保单号,VIN,险种,起保日,到期日,保费,本店投保,顾问", policies);
    if let Some(costs) = &store.costs {
        let lines = costs.iter().map(|cost| {
            [cost.month.format("%Y-%m").to_string(), "广告".into(), cost.channel.into(), cost.yuan.to_string()]
        });
        sheet(folder, "渠道费用", "月,大类,渠道,费用", lines);
    }
}

fn sheet<const N: usize>(folder: &Path, title: &str, head: &str, lines: impl Iterator<Item = [String; N]>) {
    let mut text = format!("{head}\n");
    for line in lines {
        text.push_str(&line.join(","));
        text.push('\n');
    }
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join(title).with_extension("csv"), text).expect("written");
}

/// A day alone is written as a day, and now and then as Excel shows it with a time.
fn cell(moment: Moment) -> String {
    match moment.time {
        Some(time) => format!("{} {}", moment.day, time.format("%H:%M")),
        None if moment.day.ordinal().is_multiple_of(5) => format!("{} 00:00", moment.day),
        None => moment.day.to_string(),
    }
}

fn maybe(moment: Option<Moment>) -> String {
    moment.map(cell).unwrap_or_default()
}

fn flag(value: Option<bool>) -> String {
    value.map_or("", |yes| if yes { "是" } else { "否" }).into()
}

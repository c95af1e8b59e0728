//! What the workbooks say: the months they cover, who has reported, and quick ways to one store's part of the
//! material. Every look-up is a search in a sorted list, so that a thousand store packs cost a thousand small reads.

use super::{Material, material::BoardLine};
use crate::{
    catalog::{Catalog, Direction, Kpi},
    diagnostic::Finding,
    model::{Grain, Instant, KpiValue, LineageRow, Period, Scope, Status, WorklistRow},
    project::Store,
};
use std::collections::BTreeMap;

/// The months a pack covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Months {
    /// The last full month at the cut-off: the month of the report.
    pub closed: Period,
    /// The month to date; `None` when the cut-off is the last instant of the closed month.
    pub running: Option<Period>,
    /// The closed month and the eleven before it, then the running one: oldest first.
    pub shown: Vec<Period>,
}

impl Months {
    /// The months of a pack at a cut-off. The last day of a month, given as a date, closes that month.
    pub fn at(cutoff: Instant) -> Months {
        let after = (cutoff.latest() + chrono::Duration::seconds(1)).date();
        let closed = Period::of(Grain::Month, after).previous();
        let this = Period::of(Grain::Month, cutoff.date());
        let running = (this != closed).then_some(this);
        let mut shown = vec![closed];
        while shown.len() < 12 {
            shown.push(shown[shown.len() - 1].previous());
        }
        shown.reverse();
        shown.extend(running);
        Months { closed, running, shown }
    }
}

/// The runs of equal keys in a list that is sorted by that key, each found in logarithmic time.
fn runs<T, K: PartialEq + ?Sized>(mut rest: &[T], key: impl Fn(&T) -> &K + Copy) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let length = rest.partition_point(|item| key(item) == key(first)).max(1);
        let (run, after) = rest.split_at(length);
        rest = after;
        Some(run)
    })
}

/// The KPI values, found by KPI, scope and id.
pub struct KpiIndex<'a> {
    by_kpi: BTreeMap<&'a str, &'a [KpiValue]>,
}

impl<'a> KpiIndex<'a> {
    /// An index over [`Material::kpis`].
    pub fn new(values: &'a [KpiValue]) -> KpiIndex<'a> {
        let by_kpi = runs(values, |value| &*value.kpi).map(|run| (&*run[0].kpi, run)).collect();
        KpiIndex { by_kpi }
    }

    /// Every period of one KPI for one scope and id; empty when there is none.
    pub fn series(&self, kpi: &str, scope: Scope, id: &str) -> &'a [KpiValue] {
        let of_kpi = self.by_kpi.get(kpi).copied().unwrap_or_default();
        let from = of_kpi.partition_point(|value| (value.scope, &*value.scope_id) < (scope, id));
        let length = of_kpi[from..].partition_point(|value| value.scope == scope && &*value.scope_id == id);
        &of_kpi[from..from + length]
    }

    /// One value.
    pub fn value(&self, kpi: &str, scope: Scope, id: &str, period: Period) -> Option<&'a KpiValue> {
        self.series(kpi, scope, id).iter().find(|value| value.period == period)
    }

    /// The group's value.
    pub fn group(&self, kpi: &str, period: Period) -> Option<&'a KpiValue> {
        self.value(kpi, Scope::Group, "group", period)
    }

    /// All values of one KPI in one scope, sorted by id and period.
    pub fn scope(&self, kpi: &str, scope: Scope) -> &'a [KpiValue] {
        let of_kpi = self.by_kpi.get(kpi).copied().unwrap_or_default();
        let from = of_kpi.partition_point(|value| value.scope < scope);
        let length = of_kpi[from..].partition_point(|value| value.scope == scope);
        &of_kpi[from..from + length]
    }

    /// The values of one KPI for the people of one store.
    pub fn people(&self, kpi: &str, store: &str) -> &'a [KpiValue] {
        let staff = self.scope(kpi, Scope::Staff);
        let prefix = format!("{store}/");
        let from = staff.partition_point(|value| *value.scope_id < *prefix);
        let length = staff[from..].partition_point(|value| value.scope_id.starts_with(&prefix));
        &staff[from..from + length]
    }

    /// A store's place among the stores that have a value in the period, and how many those are. Equal values share
    /// the better place; a KPI without a direction to judge by still ranks by its own.
    pub fn rank(&self, kpi: &Kpi, stores: &[Store], store: &str, period: Period) -> Option<(usize, usize)> {
        let of = |id: &str| self.value(&kpi.id, Scope::Store, id, period).and_then(KpiValue::value_f64);
        let own = of(store)?;
        let values: Vec<f64> = stores.iter().filter_map(|store| of(&store.id)).collect();
        let better = |value: &&f64| match kpi.direction {
            Direction::Up => **value > own,
            Direction::Down => **value < own,
        };
        Some((values.iter().filter(better).count() + 1, values.len()))
    }

    /// How many of `stores` have a figure for a KPI in a period.
    pub fn covered(&self, kpi: &str, stores: &[Store], period: Period) -> usize {
        let has = |store: &&Store| {
            self.value(kpi, Scope::Store, &store.id, period).is_some_and(|value| value.status != Status::NoData)
        };
        stores.iter().filter(has).count()
    }
}

/// The rows of one store in a list sorted by something, then by store: one slice for each of the somethings.
fn of_store<'a, T, K: PartialEq + ?Sized>(
    list: &'a [T],
    outer: impl Fn(&T) -> &K + Copy,
    store_of: impl Fn(&T) -> &str + Copy,
    store: &str,
) -> Vec<&'a [T]> {
    runs(list, outer).filter_map(|run| runs(run, store_of).find(|run| store_of(&run[0]) == store)).collect()
}

/// The worklists of one store that have rows, in display order.
pub fn worklists_of<'a>(material: &Material<'a>, store: &str) -> Vec<&'a [WorklistRow]> {
    of_store(material.worklists, |row| &*row.list, |row| &*row.store, store)
}

/// The rows behind one store's figures, one slice for each KPI.
pub fn lineage_of<'a>(material: &Material<'a>, store: &str) -> Vec<&'a [LineageRow]> {
    of_store(material.lineage, |row| &*row.kpi, |row| &*row.store, store)
}

/// The findings of one store.
pub fn findings_of<'a>(material: &Material<'a>, store: &str) -> &'a [Finding] {
    let mut stores = runs(material.findings, |finding| &*finding.store);
    stores.find(|run| &*run[0].store == store).unwrap_or_default()
}

/// The board lines of one store.
pub fn board_of<'a>(material: &Material<'a>, store: &str) -> &'a [BoardLine] {
    let mut stores = runs(material.board, |line| &*line.store);
    stores.find(|run| &*run[0].store == store).unwrap_or_default()
}

/// Who has reported in a month. Weeks belong to the month of their Thursday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage<'a> {
    /// The month.
    pub month: Period,
    /// Stores of the group.
    pub stores: usize,
    /// Stores from which at least one sheet of the month has come.
    pub reported: usize,
    /// The others, in the group's order.
    pub missing: Vec<&'a Store>,
    /// Sheets expected in the month, over stores and weeks.
    pub expected: usize,
    /// Of these, received.
    pub received: usize,
}

impl<'a> Coverage<'a> {
    /// The coverage of a month.
    pub fn of(material: &Material<'a>, month: Period) -> Coverage<'a> {
        let lines: Vec<&BoardLine> = material.board.iter().filter(|line| month.holds(line.week.thursday())).collect();
        let heard: std::collections::BTreeSet<&str> =
            lines.iter().filter(|line| line.received).map(|line| &*line.store).collect();
        let missing: Vec<&Store> = material.stores.iter().filter(|store| !heard.contains(&*store.id)).collect();
        Coverage {
            month,
            stores: material.stores.len(),
            reported: material.stores.len() - missing.len(),
            missing,
            expected: lines.iter().filter(|line| line.expected).count(),
            received: lines.iter().filter(|line| line.expected && line.received).count(),
        }
    }

    /// `7/8 家门店已报`.
    pub fn sentence(&self) -> String {
        format!("{}/{} 家门店已报", self.reported, self.stores)
    }
}

/// The Chinese title of a fact column, for the rows behind a number: the sheet's own title, or the derived column's.
pub fn column_title<'a>(catalog: &'a Catalog, fact: &str, column: &'a str) -> &'a str {
    let own = catalog.sheet(fact).and_then(|sheet| sheet.field(column).map(|i| sheet.columns[i].title.zh.as_str()));
    own.or_else(|| DERIVED.iter().find(|(name, _)| *name == column).map(|(_, title)| *title)).unwrap_or(column)
}

/// Chinese titles of the columns that are derived, not written by a clerk.
const DERIVED: [(&str, &str); 71] = [
    ("accepted", "采用行数"),
    ("at", "变化时间"),
    ("attempted", "已尝试"),
    ("base", "在基数内"),
    ("bc_base", "月初 B/C"),
    ("bc_up", "已升级"),
    ("called_back", "已回访"),
    ("cancelled", "已退订"),
    ("cancelled_at", "退订日期"),
    ("category", "类别"),
    ("channel", "渠道"),
    ("churn_stage", "流失阶段"),
    ("clean", "无误行数"),
    ("closed", "已结案"),
    ("closed_at", "结束时间"),
    ("countable", "计入来厂"),
    ("current", "当前"),
    ("customer_key", "客户"),
    ("customer_name", "客户"),
    ("defeated", "已战败"),
    ("delivered", "已交车"),
    ("delivered_at", "交车日期"),
    ("done_at", "完成时间"),
    ("due_by", "时限"),
    ("due_from", "提醒时间"),
    ("expected", "应交"),
    ("first_service_due_on", "首保期限"),
    ("first_service_verdict", "首保判定"),
    ("from_level", "原级别"),
    ("ha_base", "H/A 基数"),
    ("kind", "任务"),
    ("last_contact_at", "最近联系"),
    ("last_visit_at", "最近来厂"),
    ("level", "级别"),
    ("level_at", "级别时间"),
    ("level_at_start", "月初级别"),
    ("model", "车型"),
    ("month", "月份"),
    ("month_end", "月末"),
    ("new_in_month", "本月新增"),
    ("next_contact_on", "下次联系"),
    ("open", "未了结"),
    ("open_at_start", "月初在池"),
    ("opened_at", "开始时间"),
    ("order_key", "订单号"),
    ("ordered", "已下订"),
    ("ordered_at", "下订日期"),
    ("outcome", "结局"),
    ("phone", "电话"),
    ("plan_due_by", "方案时限"),
    ("plan_verdict", "方案判定"),
    ("received", "已收"),
    ("referral", "转介绍"),
    ("rejected", "未采用行数"),
    ("repaired", "修复行数"),
    ("repeat_verdict", "重复判定"),
    ("repeated", "重复投诉"),
    ("resp_due_by", "响应时限"),
    ("resp_verdict", "响应判定"),
    ("retained", "已保持"),
    ("rows_read", "读到行数"),
    ("sla_start_at", "计时起点"),
    ("spend_12m", "近 12 月消费"),
    ("staff", "负责人"),
    ("submitted_at", "提交时间"),
    ("tier", "客户分层"),
    ("to_level", "新级别"),
    ("verdict", "判定"),
    ("vin", "车架号"),
    ("visits_12m", "近 12 月来厂"),
    ("week", "周"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn day(text: &str) -> Instant {
        Instant::day(text.parse::<NaiveDate>().unwrap())
    }

    #[test]
    fn the_last_day_of_a_month_closes_it() {
        let months = Months::at(day("2026-11-22"));
        assert_eq!(months.closed.to_string(), "2026-10");
        assert_eq!(months.running.map(|month| month.to_string()).as_deref(), Some("2026-11"));
        assert_eq!((months.shown.len(), months.shown[0].to_string().as_str()), (13, "2025-11"));

        let months = Months::at(day("2026-10-31"));
        assert_eq!((months.closed.to_string().as_str(), months.running, months.shown.len()), ("2026-10", None, 12));

        // At noon of the last day the month is still running.
        let noon = day("2026-10-31").at + chrono::Duration::hours(12);
        assert_eq!(Months::at(Instant::exact(noon)).closed.to_string(), "2026-09");
    }

    #[test]
    fn runs_cut_a_sorted_list() {
        let list = ["a", "a", "b", "c", "c", "c"];
        assert_eq!(runs(&list, |item| *item).map(<[_]>::len).collect::<Vec<_>>(), [2, 1, 3]);
        let none: [&str; 0] = [];
        assert_eq!(runs(&none, |item| *item).count(), 0);
    }
}

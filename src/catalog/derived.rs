//! The facts that Rust derives per store, and the columns it adds to sheet facts. This is the contract between
//! `facts`, which fills them, and the definitions, which name them.

use crate::model::{ColumnKind, FactColumn, PersonalClass, fact::ORIGIN};

/// A derived fact.
pub struct DerivedFact {
    /// Name in SQL.
    pub name: &'static str,
    /// What one row is, in Chinese, for the dictionary.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// Its columns after the origin ones.
    pub columns: &'static [Declared],
}

/// A declared column: name, type, personal data, meaning.
pub struct Declared(pub &'static str, pub ColumnKind, pub Option<PersonalClass>, pub &'static str);

use ColumnKind::{Amount, Date, Flag, Instant, Int, Text};
use PersonalClass::{Key, Name, Phone, Vin};

/// Every derived fact.
pub const FACTS: &[DerivedFact] = &[
    DerivedFact {
        name: "duty",
        zh: "任务：某人在某个时限前应为客户做的一件事",
        en: "What somebody owes a customer by a time",
        columns: &[
            Declared(
                "kind",
                Text,
                None,
                "n_regrade, n_half_day, contact, thanks, call_3d, call_7d, file_new, cp_resp, cp_plan, first_service, post_service_call, regular, reminder_14d, reminder_2d, revisit, cancelled_call",
            ),
            Declared("staff", Text, None, "who owed it: the holder when it fell due"),
            Declared("owner", Text, None, "who owes it now: the holder at the cut-off"),
            Declared("customer_key", Text, Some(Key), "prospect number, else phone; VIN for cars"),
            Declared("customer_name", Text, Some(Name), "name"),
            Declared("phone", Text, Some(Phone), "phone"),
            Declared("level", Text, None, "level that demands it, for contact duties"),
            Declared("category", Text, None, "category, for complaint duties"),
            Declared("model", Text, None, "model"),
            Declared("channel", Text, None, "channel"),
            Declared("opened_at", Instant, None, "when it arose"),
            Declared("due_from", Instant, None, "when to remind"),
            Declared("due_by", Instant, None, "when it is late"),
            Declared("done_at", Instant, None, "when it was done, in time or late"),
            Declared("verdict", Text, None, "met, missed, pending, replaced, unmeasurable"),
            Declared("open", Flag, None, "still to be done at the cut-off"),
            Declared("last_contact_at", Instant, None, "last connected contact by the cut-off"),
            Declared("done_workbook", Text, None, "workbook of the row that did it"),
            Declared("done_sheet", Text, None, "its sheet"),
            Declared("done_row", Int, None, "its row"),
            Declared("due", Flag, None, "due_by at or before the cut-off, under every reading: it counts"),
            Declared("week_sent", Flag, None, "the sheets that tell of it were sent for the week in which it fell due"),
            Declared("quiet", Flag, None, "免打扰 in the owner sheet, of the car or the phone"),
        ],
    },
    DerivedFact {
        name: "level_change",
        zh: "级别变化：一位潜客从一个级别到另一个级别",
        en: "A prospect's move from one level to another",
        columns: &[
            Declared("customer_key", Text, Some(Key), "prospect number, else phone"),
            Declared("staff", Text, None, "holder at the time"),
            Declared("model", Text, None, "model"),
            Declared("channel", Text, None, "channel"),
            Declared("from_level", Text, None, "level before; NULL for the first known"),
            Declared("to_level", Text, None, "level after"),
            Declared("at", Instant, None, "when"),
            Declared("source", Text, None, "sheet, follow_up or order"),
        ],
    },
    DerivedFact {
        name: "episode",
        zh: "潜客历程：从首次接触到交车、退订或战败",
        en: "A prospect from first contact to delivery, cancellation or defeat",
        columns: &[
            Declared("customer_key", Text, Some(Key), "prospect number, else phone"),
            Declared("customer_name", Text, Some(Name), "name"),
            Declared("phone", Text, Some(Phone), "phone"),
            Declared("staff", Text, None, "holder now or at the end"),
            Declared("model", Text, None, "model"),
            Declared("channel", Text, None, "channel"),
            Declared("opened_at", Instant, None, "first contact"),
            Declared("ordered_at", Instant, None, "order"),
            Declared("closed_at", Instant, None, "end; NULL while open"),
            Declared("outcome", Text, None, "D, T, defeat, or merged into another card; NULL while open"),
            Declared("level", Text, None, "level at the cut-off or at the end"),
            Declared("level_at", Instant, None, "since when it has that level"),
            Declared("next_contact_on", Date, None, "next planned contact"),
            Declared("last_contact_at", Instant, None, "last connected contact"),
            Declared("asleep", Flag, None, "open, with 状态 休眠 at the cut-off: nobody owes it a contact"),
        ],
    },
    DerivedFact {
        name: "pool",
        zh: "潜客池：每位潜客每个在池或新建的月份一行",
        en: "One row for each prospect and month in which it was open at the start or new",
        columns: &[
            Declared("customer_key", Text, Some(Key), "prospect number, else phone"),
            Declared("staff", Text, None, "holder in the month"),
            Declared("model", Text, None, "model"),
            Declared("channel", Text, None, "channel"),
            Declared("month", Date, None, "first day of the month"),
            Declared(
                "level_at_start",
                Text,
                None,
                "level at the month's first instant (N before the first known one); NULL when not open at it",
            ),
            Declared("open_at_start", Flag, None, "open (N C B A H, not asleep) at the month's first instant"),
            Declared("new_in_month", Flag, None, "first contacted in the month"),
            Declared("ordered", Flag, None, "下订日期 in the month"),
            Declared("ha_base", Flag, None, "at H or A at the start, or reached it in the month"),
            Declared("bc_base", Flag, None, "at B or C at the start"),
            Declared("bc_up", Flag, None, "of bc_base: at H, A, O or D at some instant of the month"),
            Declared("defeated", Flag, None, "战败日期 in the month, approved or approval blank"),
        ],
    },
    DerivedFact {
        name: "order_pool",
        zh: "订单池：每张订单每个新下订或未交付的月份一行，冲销在冲销月",
        en: "One row for each order and month in which it was new, undelivered at the start, or reversed",
        columns: &[
            Declared("order_key", Text, Some(Key), "order number"),
            Declared("staff", Text, None, "consultant"),
            Declared("model", Text, None, "model"),
            Declared("month", Date, None, "first day of the month"),
            Declared("base", Flag, None, "ordered in the month, or undelivered and uncancelled at its start"),
            Declared("delivered", Int, None, "1 delivered in the month, -1 a delivery reversed in it, else 0"),
            Declared("cancelled", Flag, None, "of base: 退订日期 in the month"),
            Declared("ordered_at", Instant, None, "下订日期"),
            Declared("delivered_at", Instant, None, "交车日期"),
            Declared("cancelled_at", Instant, None, "退订日期"),
        ],
    },
    DerivedFact {
        name: "lifecycle",
        zh: "车主周期：每辆车从首次交车或进厂起，每个月末一行；截止日另有一行",
        en: "One row for each car and month end from its first delivery or visit on, and one at the cut-off",
        columns: &[
            Declared("vin", Text, Some(Vin), "VIN"),
            Declared("customer_key", Text, Some(Key), "VIN"),
            Declared("customer_name", Text, Some(Name), "owner's name, where a sheet has it"),
            Declared("phone", Text, Some(Phone), "phone, where a sheet has it"),
            Declared("staff", Text, None, "service consultant of the last countable visit"),
            Declared("model", Text, None, "model, where an order has it"),
            Declared("month_end", Date, None, "the month's last day; the cut-off's day in its month"),
            Declared("current", Flag, None, "the row at the cut-off"),
            Declared("base", Flag, None, "delivery or countable visit in (E-24 m, E-12 m]"),
            Declared("retained", Flag, None, "of base: countable visit in (E-12 m, E]"),
            Declared("last_visit_at", Instant, None, "last countable visit; the delivery when there is none"),
            Declared("visits_12m", Int, None, "countable visits in (E-12 m, E]"),
            Declared("spend_12m", Amount, None, "yuan of countable visits in (E-12 m, E], without warranty"),
            Declared("tier", Text, None, "RFM: 高价值, 潜力, 普通, else empty; M is spend_12m by visit"),
            Declared(
                "churn_stage",
                Text,
                None,
                "活跃, 拟流失, 准流失, 预警, 流失; NULL without delivery or paid visit in the 24 months up to it",
            ),
            Declared(
                "declared_lost_on",
                Date,
                None,
                "声明流失 of an owner sheet, where no paying visit came after it; the stage is 流失 then",
            ),
            Declared("stage_at_start", Text, None, "stage at the month's first instant; NULL off the ladder"),
            Declared("stage_year_ago", Text, None, "stage at E-12 m; NULL off the ladder, or when gone at E"),
            Declared("visited_in_month", Flag, None, "a countable visit in the month"),
            Declared("joined", Flag, None, "first delivery or paying visit in the month"),
            Declared("became_lost", Flag, None, "at 流失 at the month's end, but not at its start"),
            Declared("active", Flag, None, "delivery or countable visit in (E-24 m, E]"),
            Declared("paid", Flag, None, "定保 or 一般维修 paid by the customer in (E-12 m, E]"),
            Declared("sold_here", Flag, None, "delivered by the store in (E-60 m, E-6 m]"),
            Declared("known_year_ago", Flag, None, "delivery or countable visit at E-12 m or before"),
            Declared("half_year_ago", Flag, None, "delivery or countable visit in (E-12 m, E-6 m]"),
            Declared("visited_half_year", Flag, None, "countable visit in (E-6 m, E]"),
            Declared("old", Flag, None, "delivery or countable visit at E-24 m or before"),
            Declared("spend_before", Amount, None, "yuan of countable visits in (E-24 m, E-12 m], without warranty"),
            Declared("tier_before", Text, None, "tier at the month end before"),
            Declared("sold_at", Instant, None, "the delivery"),
            Declared("gone", Flag, None, "车辆在手 否 at E"),
            Declared("last_contact_at", Instant, None, "last connected contact, in the row at the cut-off only"),
            Declared("quiet", Flag, None, "免打扰 in the owner sheet"),
        ],
    },
    DerivedFact {
        name: "owner_month",
        zh: "质保月：车主档案中每辆车从购车起每个月末一行，在质保期内或过保未满一年的",
        en: "One row for each car of the owner sheet and month end, under warranty or within a year after it",
        columns: &[
            Declared("vin", Text, Some(Vin), "VIN"),
            Declared("customer_key", Text, Some(Key), "VIN"),
            Declared("customer_name", Text, Some(Name), "owner's name"),
            Declared("phone", Text, Some(Phone), "owner's phone"),
            Declared("model", Text, None, "model"),
            Declared("month_end", Date, None, "the month's last day; the cut-off's day in its month"),
            Declared("warranty_until", Date, None, "质保到期"),
            Declared("in_warranty", Flag, None, "质保到期 is at E or after it"),
            Declared("reached", Flag, None, "a connected follow-up in (E-6 m, E]"),
            Declared("ended", Flag, None, "质保到期 is in (E-12 m, E]"),
            Declared("kept", Flag, None, "a visit after 质保到期 and up to E that the customer paid"),
            Declared("done_workbook", Text, None, "workbook of the row that says so"),
            Declared("done_sheet", Text, None, "its sheet"),
            Declared("done_row", Int, None, "its row"),
        ],
    },
    DerivedFact {
        name: "service_step",
        zh: "保养阶梯：每次首保、定保一行，12 个月内应有下一次",
        en: "One row for each service of a car, which the next one is to follow within 12 months",
        columns: &[
            Declared("vin", Text, Some(Vin), "VIN"),
            Declared("customer_key", Text, Some(Key), "VIN"),
            Declared("staff", Text, None, "service advisor"),
            Declared("model", Text, None, "model, where a sheet has it"),
            Declared("step", Int, None, "1 the car's first service (首保 or 定保), 2 its second, and so on"),
            Declared("served_at", Instant, None, "when it was"),
            Declared("due_on", Date, None, "12 months later"),
            Declared("due", Flag, None, "that day is behind the cut-off"),
            Declared("next_at", Instant, None, "the next service, in time or late"),
            Declared("verdict", Text, None, "met, missed, pending"),
            Declared("week_sent", Flag, None, "进厂记录 was sent for the week of due_on"),
            Declared("done_workbook", Text, None, "workbook of the next service's row"),
            Declared("done_sheet", Text, None, "its sheet"),
            Declared("done_row", Int, None, "its row"),
        ],
    },
    DerivedFact {
        name: "lock_list",
        zh: "保养锁定：每辆在某月到期的车一行，按该月第一刻所知锁定",
        en: "One row for each car due for a service in a month, as known at its first instant",
        columns: &[
            Declared("vin", Text, Some(Vin), "VIN"),
            Declared("customer_key", Text, Some(Key), "VIN"),
            Declared("customer_name", Text, Some(Name), "owner's name, where a sheet has it"),
            Declared("phone", Text, Some(Phone), "phone, where a sheet has it"),
            Declared("staff", Text, None, "service advisor of the last service"),
            Declared("model", Text, None, "model, where a sheet has it"),
            Declared("month", Date, None, "first day of the month"),
            Declared("last_service_at", Instant, None, "the last 首保 or 定保 before the month"),
            Declared("last_mileage", Int, None, "its mileage"),
            Declared("next_service_on", Date, None, "下次保养日 promised at it"),
            Declared("next_mileage", Int, None, "下次保养里程 promised at it"),
            Declared("pace_kilometres", Int, None, "kilometres between the two visits that show the pace"),
            Declared("pace_days", Int, None, "days between them; 40 km in 1 day where they show none"),
            Declared("due_on", Date, None, "the earlier of both promises"),
            Declared("arrived", Flag, None, "a 定保 in the month"),
            Declared("arrived_at", Instant, None, "the first of them"),
            Declared("spent", Amount, None, "yuan of all of them"),
            Declared("last_contact_at", Instant, None, "last connected contact"),
            Declared("done_workbook", Text, None, "workbook of the first of them"),
            Declared("done_sheet", Text, None, "its sheet"),
            Declared("done_row", Int, None, "its row"),
        ],
    },
    DerivedFact {
        name: "submission",
        zh: "提交：每店、每表、每周一行",
        en: "One row for each store, sheet and week",
        columns: &[
            Declared("kind", Text, None, "sheet id"),
            Declared("week", Date, None, "the ISO week's Thursday"),
            Declared("expected", Flag, None, "the store had to send the sheet for the week"),
            Declared("received", Flag, None, "it did"),
            Declared("verdict", Text, None, "met, missed, pending, unmeasurable (no submission time)"),
            Declared("submitted_at", Instant, None, "earliest 提交时间"),
            Declared("due_by", Instant, None, "the deadline"),
            Declared("rows_read", Int, None, "data rows found"),
            Declared("accepted", Int, None, "rows accepted"),
            Declared("repaired", Int, None, "accepted rows with a repaired cell"),
            Declared("rejected", Int, None, "rows kept out by an error"),
            Declared("clean", Int, None, "accepted rows without error or warning"),
        ],
    },
];

/// Columns that `facts` adds to the fact of a sheet.
const ON_SHEETS: &[(&str, &[Declared])] = &[
    (
        "prospect",
        &[
            Declared("customer_key", Text, Some(Key), "prospect number, else phone"),
            Declared("open", Flag, None, "level N, C, B, A or H, not defeated, not merged, not asleep"),
            Declared("last_contact_at", Instant, None, "last connected contact"),
            Declared("holder", Text, None, "consultant at the first contact"),
            Declared("twin", Text, Some(Key), "the older open card of the same phone, by number"),
        ],
    ),
    (
        "complaint",
        &[
            Declared("sla_start_at", Instant, None, "accepted_at inside opening hours, else the next opening"),
            Declared("resp_due_by", Instant, None, "sla_start_at + 10 minutes"),
            Declared("resp_verdict", Text, None, "met, missed, pending, unmeasurable"),
            Declared("plan_due_by", Instant, None, "sla_start_at + 24 hours"),
            Declared("plan_verdict", Text, None, "met, missed, pending, unmeasurable"),
            Declared("closed", Flag, None, "closed at or before the cut-off"),
            Declared("repeated", Flag, None, "same customer and category received again within 90 days after closing"),
            Declared(
                "repeat_verdict",
                Text,
                None,
                "missed (repeated), met (not repeated in 90 days), pending (not yet), unmeasurable; NULL when not closed",
            ),
            Declared("called_back", Flag, None, "a connected 投诉回访 after closing"),
            Declared("recontact_due", Flag, None, "closed, and the third day after it is behind the cut-off"),
            Declared(
                "recontact_verdict",
                Text,
                None,
                "met (a connected 投诉回访 by the end of the third day after closing), missed, pending, unmeasurable; NULL when not closed",
            ),
            Declared("resp_week_sent", Flag, None, "the sheet was sent for the week of resp_due_by"),
            Declared("plan_week_sent", Flag, None, "the sheet was sent for the week of plan_due_by"),
            Declared("holder", Text, None, "person responsible when it was accepted"),
        ],
    ),
    (
        "order",
        &[
            Declared("first_service_due_on", Date, None, "交车日期 + 12 months"),
            Declared(
                "first_service_verdict",
                Text,
                None,
                "met, missed, pending, unmeasurable (no VIN); NULL when not delivered or reversed",
            ),
            Declared(
                "referral",
                Flag,
                None,
                "referrer is not the buyer and the group delivered to them earlier; NULL when not delivered or undecidable",
            ),
            Declared("first_service_due", Flag, None, "the window of 12 months closed at or before the cut-off"),
            Declared("first_service_at", Instant, None, "the first 首保 from the delivery on, in time or late"),
            Declared("done_workbook", Text, None, "workbook of its row"),
            Declared("done_sheet", Text, None, "its sheet"),
            Declared("done_row", Int, None, "its row"),
            Declared(
                "first_service_week_sent",
                Flag,
                None,
                "进厂记录 was sent for the week in which the window closed",
            ),
            Declared("holder", Text, None, "consultant at the delivery, else at the order"),
        ],
    ),
    (
        "follow_up",
        &[
            Declared("attempted", Flag, None, "实访时间 present, at or before the cut-off"),
            Declared("week_sent", Flag, None, "the sheet was sent for the week of 应访日; true without one"),
        ],
    ),
    (
        "service_visit",
        &[
            Declared("countable", Flag, None, "not PDI and not 返修"),
            Declared("fix_due", Flag, None, "一般维修 that left at least 30 days before the cut-off"),
            Declared(
                "fix_verdict",
                Text,
                None,
                "met (no 返修 of the car within 30 days after it left), missed, pending, unmeasurable; NULL for all but 一般维修 that left",
            ),
        ],
    ),
    (
        "booking",
        &[
            Declared("clock_from", Instant, None, "submitted_at inside opening hours, else the next opening"),
            Declared("confirm_due_by", Instant, None, "clock_from + 30 minutes"),
            Declared("confirm_verdict", Text, None, "met, missed, pending, unmeasurable"),
            Declared("confirm_week_sent", Flag, None, "the sheet was sent for the week of confirm_due_by"),
        ],
    ),
    (
        "owner",
        &[
            Declared("inspection_soon", Flag, None, "年检到期 in the next 30 days"),
            Declared("licence_soon", Flag, None, "驾照到期 in the next 30 days"),
            Declared("warranty_soon", Flag, None, "质保到期 in the next 30 days"),
            Declared("birthday_soon", Flag, None, "生日 in the next 7 days"),
            Declared("anniversary_soon", Flag, None, "购车日 returns in the next 7 days"),
        ],
    ),
    (
        "policy",
        &[
            Declared("renewal_due", Flag, None, "商业, 本店投保, ended at least 30 days before the cut-off"),
            Declared(
                "renewed",
                Flag,
                None,
                "a 商业 policy of the car, 本店投保, begins from 90 days before to 30 days after the end",
            ),
            Declared("covered", Flag, None, "any policy of the car and kind begins then"),
            Declared("quiet", Flag, None, "免打扰 in the owner sheet, of the car or the phone"),
            Declared("customer_name", Text, Some(Name), "owner's name, where a sheet has it"),
            Declared("phone", Text, Some(Phone), "phone, where a sheet has it"),
            Declared("done_workbook", Text, None, "workbook of the renewing row"),
            Declared("done_sheet", Text, None, "its sheet"),
            Declared("done_row", Int, None, "its row"),
        ],
    ),
];

fn declare(declared: &Declared) -> FactColumn {
    FactColumn { name: declared.0.into(), kind: declared.1, personal: declared.2 }
}

/// The columns of a derived fact, origin columns first.
pub fn columns(fact: &str) -> Option<Vec<FactColumn>> {
    let fact = FACTS.iter().find(|derived| derived.name == fact)?;
    let origin = ORIGIN.iter().map(|(name, kind)| FactColumn { name: (*name).into(), kind: *kind, personal: None });
    Some(origin.chain(fact.columns.iter().map(declare)).collect())
}

/// The columns added to a sheet's fact.
pub fn sheet_columns(sheet: &str) -> Vec<FactColumn> {
    let added = ON_SHEETS.iter().find(|(id, _)| *id == sheet);
    added.into_iter().flat_map(|(_, columns)| columns.iter().map(declare)).collect()
}

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
            Declared("kind", Text, None, "n_regrade, contact, thanks, call_3d, cp_resp, cp_plan, first_service"),
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
        zh: "车主周期：每辆车每个月末一行，最后一次进厂或交车满 24 个月即离开；截止日另有一行",
        en: "One row for each car and month end less than 24 months after its last event, and one at the cut-off",
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
    ("service_visit", &[Declared("countable", Flag, None, "not PDI and not 返修")]),
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

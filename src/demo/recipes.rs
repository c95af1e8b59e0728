//! The mistakes that spoil one row: which rows they need and what they do to them.

use super::{
    mistakes::Sheet,
    sheets::{Cell, Kind, Row},
    world::Level,
};
use chrono::{Days, Duration};

/// Which of a row's versions may be spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The newest.
    Last,
    /// The newest, when none before it was open.
    Safe,
    /// The newest, in the newest workbook.
    Newest,
}

/// A mistake.
pub struct Recipe {
    /// Code of the finding.
    pub code: &'static str,
    /// The sheet.
    pub kind: Kind,
    /// The field whose cell is marked.
    pub field: &'static str,
    /// Which version.
    pub want: Want,
    /// The rows it needs.
    pub suits: fn(&Sheet<'_>, &Row) -> bool,
    /// What it does.
    pub spoil: fn(&Sheet<'_>, &mut Row),
    /// The same in words.
    pub note: &'static str,
}

macro_rules! recipe {
    ($code:literal, $kind:ident . $field:literal, $want:ident, $suits:expr, $spoil:expr, $note:literal) => {
        Recipe {
            code: $code,
            kind: Kind::$kind,
            field: $field,
            want: Want::$want,
            suits: $suits,
            spoil: $spoil,
            note: $note,
        }
    };
}

fn any(_: &Sheet<'_>, _: &Row) -> bool {
    true
}

fn literal(text: &str) -> Cell {
    Cell::Literal(text.to_owned())
}

fn delivered(sheet: &Sheet<'_>, row: &Row) -> bool {
    sheet.has(row, "delivered_at") && !sheet.has(row, "cancelled_at")
}

fn made(sheet: &Sheet<'_>, row: &Row) -> bool {
    sheet.has(row, "done_at")
}

fn answered(sheet: &Sheet<'_>, row: &Row) -> bool {
    sheet.has(row, "responded_at") && sheet.has(row, "closed_at")
}

/// Sets `field` to the minute of `base`, moved by `days`.
fn shift(sheet: &Sheet<'_>, row: &mut Row, field: &str, base: &str, days: i64) {
    if let Some(at) = sheet.cell(row, base).minute() {
        sheet.put(row, field, Cell::Minute(at + Duration::days(days)));
    }
}

/// A VIN with one place replaced.
fn vin_with(sheet: &Sheet<'_>, row: &mut Row, place: usize, becomes: fn(char) -> char) {
    if let Cell::Text(vin) = sheet.cell(row, "vin") {
        let vin = vin.char_indices().map(|(i, c)| if i == place { becomes(c) } else { c }).collect();
        sheet.put(row, "vin", Cell::Text(vin));
    }
}

/// Another check digit than the right one.
fn other_digit(right: char) -> char {
    if right == '5' { '6' } else { '5' }
}

/// Every recipe. The position decides which of eight stores gets it, so that neighbours go to different stores.
pub const RECIPES: &[Recipe] = &[
    recipe!("C003", Order."promised_on", Last, any, |s, r| s.put(r, "promised_on", literal("下周三")), "not a date"),
    recipe!("R204", FollowUp."complaint_no", Last,
        |s, r| s.has(r, "satisfaction") && !s.has(r, "complaint_no"),
        |s, r| s.put(r, "satisfaction", Cell::Text("不满意".to_owned())), "dissatisfied, no complaint number"),
    recipe!("R101", Prospect."delivered_at", Safe,
        |s, r| s.level(r, Level::D), |s, r| s.put(r, "delivered_at", Cell::Empty), "D without delivery date"),
    recipe!("C004", Order."price", Last, any, |s, r| s.put(r, "price", literal("面议")), "not an amount"),
    recipe!("C005", Prospect."phone", Safe, any, |s, r| s.put(r, "phone", literal("1.38E+10")), "phone lost to scientific notation"),
    recipe!("R301", Complaint."responded_at", Safe, answered,
        |s, r| shift(s, r, "responded_at", "accepted_at", -2), "answered before it was received"),
    recipe!("R105", Prospect."expected_purchase_on", Newest,
        |s, r| r.open && s.level(r, Level::H),
        |s, r| if let Some(at) = s.cell(r, "level_at").minute() {
            s.put(r, "expected_purchase_on", Cell::Day(at.date() + Days::new(20)));
        }, "H, but means to buy in three weeks"),
    recipe!("C006", Complaint."category", Safe, any, |s, r| s.put(r, "category", literal("口头抱怨")), "not an allowed value"),
    recipe!("C013", Visit."mileage", Last, any, |s, r| s.put(r, "mileage", Cell::Whole(-120)), "negative mileage"),
    recipe!("C007", Prospect."name", Safe, any, |s, r| s.put(r, "name", Cell::Empty), "no name"),
    recipe!("R401", Order."delivered_at", Last, delivered,
        |s, r| shift(s, r, "delivered_at", "ordered_at", -3), "delivered before it was ordered"),
    recipe!("C008", Order."finance", Last, any, |s, r| s.put(r, "finance", literal("大概")), "neither yes nor no"),
    recipe!("R202", FollowUp."connected", Last, made, |s, r| s.put(r, "connected", Cell::Empty), "made, but connected or not?"),
    recipe!("C011", Visit."vin", Last, any,
        |s, r| if let Cell::Text(vin) = s.cell(r, "vin") {
            let cut = vin[..16].to_owned();
            s.put(r, "vin", Cell::Text(cut));
        }, "VIN of sixteen places"),
    recipe!("R104", Prospect."defeat_reason", Safe,
        |s, r| s.has(r, "defeated_at"), |s, r| s.put(r, "defeat_reason", Cell::Empty), "defeat without a reason"),
    recipe!("C009", Order."gross_profit", Last,
        |s, r| s.has(r, "gross_profit"), |s, r| s.put(r, "gross_profit", Cell::Fault("#N/A")), "Excel error value"),
    recipe!("R501", Visit."out_at", Last,
        |s, r| s.has(r, "out_at"), |s, r| shift(s, r, "out_at", "in_at", -1), "out before in"),
    recipe!("C014", Prospect."phone", Safe, |_, r| !r.open, |s, r| s.put(r, "phone", literal("0571-88880123")), "landline"),
    recipe!("C015", Prospect."test_drive_at", Safe,
        |s, r| s.has(r, "test_drive_at") && !r.open,
        |s, r| {
            let next_year = s.as_of + Days::new(365);
            s.put(r, "test_drive_at", Cell::Minute(super::calendar::clock(next_year, 10, 0)));
        }, "test drive next year"),
    recipe!("C003", FollowUp."done_at", Last, made, |s, r| s.put(r, "done_at", literal("2026-13-05")), "no thirteenth month"),
    recipe!("R107", Prospect."delivered_at", Safe,
        |s, r| s.level(r, Level::D) && s.has(r, "ordered_at"),
        |s, r| shift(s, r, "delivered_at", "ordered_at", -3), "delivered before it was ordered"),
    recipe!("C006", Visit."payer", Last, any, |s, r| s.put(r, "payer", literal("熟人")), "not an allowed value"),
    recipe!("R302", Complaint."planned_at", Safe, answered,
        |s, r| shift(s, r, "planned_at", "accepted_at", -2), "plan before it was received"),
    recipe!("R402", Order."vin", Last, delivered, |s, r| s.put(r, "vin", Cell::Empty), "delivered without a VIN"),
    recipe!("R203", FollowUp."result", Last, made, |s, r| s.put(r, "result", Cell::Empty), "made without a result"),
    recipe!("R106", Prospect."test_drive_at", Last,
        |s, r| s.has(r, "test_drive_at"),
        |s, r| shift(s, r, "test_drive_at", "first_contact_at", -5), "test drive before the first contact"),
    recipe!("C007", FollowUp."executor", Last, any, |s, r| s.put(r, "executor", Cell::Empty), "nobody made it"),
    recipe!("C016", Visit."vin", Last, |s, r| s.has(r, "out_at"), |s, r| vin_with(s, r, 8, other_digit), "wrong check digit"),
    recipe!("C004", Visit."parts", Last, any, |s, r| s.put(r, "parts", literal("按合同价")), "not an amount"),
    recipe!("R102", Prospect."ordered_at", Last,
        |s, r| s.level(r, Level::O), |s, r| s.put(r, "ordered_at", Cell::Empty), "O without order date"),
    recipe!("C009", Visit."labour", Last, any, |s, r| s.put(r, "labour", Cell::Fault("#REF!")), "Excel error value"),
    recipe!("R303", Complaint."closed_at", Safe, answered,
        |s, r| shift(s, r, "closed_at", "responded_at", -2), "closed before it was answered"),
    recipe!("C005", Order."phone", Last, any, |s, r| s.put(r, "phone", literal("1390000")), "four places missing"),
    recipe!("R113", Prospect."referrer_phone", Last,
        |s, r| s.has(r, "referrer_phone"),
        |s, r| { let own = s.cell(r, "phone").clone(); s.put(r, "referrer_phone", own); }, "referred by themselves"),
    recipe!("C015", Visit."out_at", Last,
        |s, r| s.has(r, "out_at"),
        |s, r| {
            let next_year = s.as_of + Days::new(365);
            s.put(r, "out_at", Cell::Minute(super::calendar::clock(next_year, 16, 0)));
        }, "out next year"),
    recipe!("R109", Prospect."level", Last,
        |s, r| s.level(r, Level::O),
        |s, r| shift(s, r, "delivered_at", "level_at", 0), "O with a delivery date"),
    recipe!("C012", FollowUp."content", Last, made, |s, r| s.put(r, "content", Cell::Text("客户对报价和到车时间都有疑问,已逐项说明并约定再联系。".repeat(20))), "five hundred characters and more"),
    recipe!("C008", FollowUp."connected", Last, made, |s, r| s.put(r, "connected", literal("打了三次")), "neither yes nor no"),
    recipe!("R103", Prospect."cancelled_at", Safe,
        |s, r| s.level(r, Level::T), |s, r| s.put(r, "cancelled_at", Cell::Empty), "T without cancellation date"),
    recipe!("C016", Order."vin", Last, |s, r| s.has(r, "vin"), |s, r| vin_with(s, r, 8, other_digit), "wrong check digit"),
    recipe!("R201", FollowUp."due_on", Last,
        |s, r| !made(s, r), |s, r| s.put(r, "due_on", Cell::Empty), "neither due nor made"),
    recipe!("C007", Complaint."department", Safe, any, |s, r| s.put(r, "department", Cell::Empty), "nobody is responsible"),
    recipe!("R403", Order."referrer_phone", Last,
        |s, r| s.has(r, "referrer_phone"),
        |s, r| { let own = s.cell(r, "phone").clone(); s.put(r, "referrer_phone", own); }, "referred by themselves"),
    recipe!("C003", Visit."out_at", Last, any, |s, r| s.put(r, "out_at", literal("20260230")), "no such day"),
    recipe!("C011", Order."vin", Last, |s, r| s.has(r, "vin"), |s, r| vin_with(s, r, 10, |_| 'O'), "O in a VIN"),
    recipe!("R503", Visit."labour", Last,
        |s, r| matches!(s.cell(r, "total"), Cell::Money(yuan) if *yuan > 0),
        |s, r| s.put(r, "labour", Cell::Money(-300)), "negative labour in a positive bill"),
    recipe!("C013", Prospect."budget", Safe, any, |s, r| s.put(r, "budget", Cell::Money(-50_000)), "negative budget"),
    recipe!("C006", Prospect."payment", Safe, any, |s, r| s.put(r, "payment", literal("刷信用卡")), "not an allowed value"),
];

//! How each store's clerk fills a workbook: titles, notations, layout, extras. Eight habits, one for each of the first
//! eight stores; longer groups repeat them.

use super::{dice::Dice, sheets::Kind};
use crate::catalog::{CellType, ColumnDef, SheetDef};
use ferrous_opencc::{OpenCC, config::BuiltinConfig};

/// How a clerk writes days and minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// Real Excel dates.
    Real,
    /// `2026-03-05 14:30` as text.
    Iso,
    /// `2026年3月5日 14:30` as text.
    Chinese,
    /// `2026.3.5`, without a time of day.
    Dotted,
    /// `2026/3/5 14:30` as text.
    Slashed,
    /// Days as `20260305`; minutes are real dates.
    Compact,
    /// Real Excel dates, never with a time of day.
    Days,
}

/// How a clerk writes money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// A number.
    Plain,
    /// `35.8万` from ten thousand up.
    TenThousands,
    /// `358,000` as text.
    Grouped,
}

/// Which of the known titles a clerk uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Titles {
    /// Ours.
    Ours,
    /// Synonyms here and there.
    Mixed,
    /// Ours in Traditional Chinese.
    Traditional,
    /// With `*`, `(必填)` and spaces.
    Marked,
}

/// Where a store drops its workbooks, and how its order of submissions shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filing {
    /// `周报/2026-W47.xlsx`, with a cover.
    ByKind,
    /// `2026-11-22 客户关系周报.xlsx`, with a cover.
    Flat,
    /// `2026-W47/客户关系管理表.xlsx`, without a cover: the path alone says when.
    ByWeek,
    /// `2026年/11月/周报20261122.xlsx`, with a cover.
    ByMonth,
}

/// A clerk's habits.
#[derive(Clone, Debug)]
pub struct Habits {
    pub dates: Dates,
    pub money: Money,
    pub titles: Titles,
    pub filing: Filing,
    /// 是 and 否.
    pub flags: (&'static str, &'static str),
    /// `A级` instead of `A`.
    pub long_levels: bool,
    /// Phones as numbers.
    pub phones_as_numbers: bool,
    /// Prospects are named by phone in 回访记录.
    pub prospects_by_phone: bool,
    /// Owners are named by VIN.
    pub owners_by_vin: bool,
    /// Rows above the header: a merged title.
    pub title_row: bool,
    /// Group titles above the titles.
    pub two_level: bool,
    /// Columns left free at the left.
    pub indent: u16,
    /// Rows left free at the top.
    pub skip: u32,
    /// 合计 under orders and work orders.
    pub total_row: bool,
    /// The header again after this many rows, with a blank row before it.
    pub repeat_header: Option<usize>,
    /// 门店备注 at the end.
    pub remarks: bool,
    /// 序号 at the start.
    pub numbered: bool,
    /// Columns in another order.
    pub shuffled: bool,
    /// Some columns nobody in this store fills in.
    pub sparse: bool,
    /// Identical rows twice.
    pub repeats_rows: bool,
    /// A hidden sheet with last year's list and an unknown sheet.
    pub extra_sheets: bool,
    /// A sheet with a chart.
    pub chart: bool,
    /// 应访日 as `3月5日`.
    pub short_due: bool,
    /// A sheet of the newest workbook comes as csv.
    pub csv: Option<(Kind, Csv)>,
    /// Orders and work orders of the week before come again.
    pub resends: bool,
}

/// How a csv is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Csv {
    /// GB18030, as Excel saves it in China.
    Gb18030,
    /// UTF-8 with a byte-order mark.
    Utf8Bom,
}

impl Habits {
    /// The habits of the `store`-th store.
    pub fn of(store: u32) -> Habits {
        let tidy = Habits {
            dates: Dates::Real,
            money: Money::Plain,
            titles: Titles::Ours,
            filing: Filing::ByKind,
            flags: ("是", "否"),
            long_levels: false,
            phones_as_numbers: false,
            prospects_by_phone: false,
            owners_by_vin: false,
            title_row: false,
            two_level: false,
            indent: 0,
            skip: 0,
            total_row: false,
            repeat_header: None,
            remarks: false,
            numbered: false,
            shuffled: false,
            sparse: false,
            repeats_rows: false,
            extra_sheets: false,
            chart: false,
            short_due: false,
            csv: None,
            resends: false,
        };
        match store % 8 {
            0 => Habits { owners_by_vin: true, resends: true, ..tidy },
            1 => Habits {
                titles: Titles::Mixed,
                filing: Filing::Flat,
                phones_as_numbers: true,
                title_row: true,
                skip: 1,
                total_row: true,
                ..tidy
            },
            2 => Habits {
                dates: Dates::Iso,
                filing: Filing::ByWeek,
                long_levels: true,
                numbered: true,
                owners_by_vin: true,
                sparse: true,
                ..tidy
            },
            3 => Habits {
                titles: Titles::Traditional,
                filing: Filing::ByMonth,
                money: Money::Grouped,
                flags: ("Y", "N"),
                prospects_by_phone: true,
                ..tidy
            },
            4 => Habits {
                dates: Dates::Dotted,
                titles: Titles::Marked,
                filing: Filing::Flat,
                money: Money::TenThousands,
                repeat_header: Some(6),
                remarks: true,
                sparse: true,
                repeats_rows: true,
                ..tidy
            },
            5 => Habits {
                dates: Dates::Chinese,
                titles: Titles::Mixed,
                flags: ("√", "否"),
                two_level: true,
                indent: 2,
                skip: 2,
                sparse: true,
                csv: Some((Kind::Visit, Csv::Gb18030)),
                ..tidy
            },
            6 => Habits {
                dates: Dates::Compact,
                titles: Titles::Mixed,
                filing: Filing::ByMonth,
                shuffled: true,
                extra_sheets: true,
                sparse: true,
                csv: Some((Kind::Order, Csv::Utf8Bom)),
                ..tidy
            },
            _ => Habits {
                dates: Dates::Slashed,
                flags: ("1", "0"),
                title_row: true,
                total_row: true,
                chart: true,
                short_due: true,
                sparse: true,
                ..tidy
            },
        }
    }

    /// How the archives are written: the same form, but the cells were exported by a system, not typed. Only the clerk
    /// who leaves out the hour leaves it out here too.
    pub fn archived(&self) -> Habits {
        let dates = match self.dates {
            Dates::Dotted => Dates::Days,
            Dates::Chinese | Dates::Slashed => Dates::Iso,
            Dates::Compact => Dates::Real,
            other => other,
        };
        Habits { dates, flags: ("是", "否"), long_levels: false, short_due: false, ..self.clone() }
    }

    /// The sheet's name.
    pub fn sheet_name(&self, def: &SheetDef) -> String {
        match self.titles {
            Titles::Mixed => def.synonyms.last().unwrap_or(&def.title.zh).clone(),
            Titles::Marked => def.synonyms.first().unwrap_or(&def.title.zh).clone(),
            _ => def.title.zh.clone(),
        }
    }
}

/// A column as a clerk heads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Index of the definition's column; `None` for a column of the clerk's own.
    pub field: Option<usize>,
    /// What the header cell says.
    pub title: String,
    /// What the group header above it says, where there is one.
    pub group: &'static str,
}

/// Which columns a workbook has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// All that the store fills in.
    Weekly,
    /// What its system exports.
    Archive,
    /// The least.
    Opening,
}

impl Form {
    /// All, in the order of their numbers.
    pub const ALL: [Form; 3] = [Form::Weekly, Form::Archive, Form::Opening];
}

/// What a system does not export.
const NOT_EXPORTED: [&str; 6] = ["content", "feedback", "next_on", "info_source", "district", "visit_reason"];

/// What the opening archive leaves out.
const LUXURY: [&str; 24] = [
    "labour",
    "parts",
    "color",
    "rival_model",
    "budget",
    "payment",
    "focus",
    "info_source",
    "visit_reason",
    "district",
    "key_account",
    "defeat_to",
    "content",
    "next_on",
    "feedback",
    "gross_profit",
    "registration",
    "extended_warranty",
    "reported_on",
    "booking_no",
    "next_service_on",
    "next_service_mileage",
    "outcome",
    "root_cause",
];

/// What a store that does the least leaves out.
const NEGLECTED: [&str; 10] = [
    "color",
    "rival_model",
    "info_source",
    "district",
    "focus",
    "booking_no",
    "defeat_to",
    "next_on",
    "feedback",
    "next_service_mileage",
];

/// Columns of the five sheets that no clerk of the made-up group knows yet, by sheet and field.
const UNKNOWN_YET: [(&str, &str); 9] = [
    ("order", "customer_name"),
    ("order", "channel"),
    ("service_visit", "brand"),
    ("service_visit", "promised_out_at"),
    ("service_visit", "estimate"),
    ("service_visit", "insurer"),
    ("follow_up", "churn_reason"),
    ("follow_up", "rated"),
    ("follow_up", "subject_no"),
];

/// Whether the clerks know a column of one of the five sheets.
pub fn is_known(def: &SheetDef, column: &ColumnDef) -> bool {
    !UNKNOWN_YET.contains(&(&def.id, &column.field))
}

/// Synonyms that say what the cell holds only in some stores.
const MISLEADING: [&str; 15] = [
    "客户手机",
    "手机号",
    "VIN",
    "车架号",
    "客户电话",
    "联系电话",
    "投诉人电话",
    "潜客编号",
    "序号编号",
    "客服",
    "销售顾问",
    "置换",
    "系统提报",
    "系统提报日期",
    "提报日期",
];

/// How the clerk of a store heads one kind of sheet.
pub fn headings(kind: Kind, def: &SheetDef, habits: &Habits, seed: u64, store: u32, form: Form) -> Vec<Heading> {
    // Its own stream: a clerk keeps her form from week to week.
    let mut dice = Dice::of(seed ^ 0x5eed, u64::from(store) * 8 + kind as u64);
    let traditional = match habits.titles {
        Titles::Traditional => OpenCC::from_config(BuiltinConfig::S2t).ok(),
        _ => None,
    };
    let mut headings: Vec<Heading> = Vec::new();
    for (i, column) in def.columns.iter().enumerate() {
        if !is_known(def, column) {
            continue;
        }
        let title = title(column, habits, traditional.as_ref(), &mut dice);
        let field = &&*column.field;
        let left_out = (form == Form::Opening && LUXURY.contains(field))
            || (form != Form::Weekly && NOT_EXPORTED.contains(field))
            || (habits.sparse && NEGLECTED.contains(field));
        if left_out && !column.required {
            continue;
        }
        let taken = headings.iter().any(|heading| heading.title == title) || claimed(def, i, &title);
        let title = if taken { column.title.zh.clone() } else { title };
        headings.push(Heading { field: Some(i), title, group: group(column) });
    }
    if habits.shuffled {
        for i in (2..headings.len()).rev() {
            let j = dice.between(1, i as i64) as usize;
            headings.swap(i, j);
        }
    }
    if habits.numbered {
        headings.insert(0, Heading { field: None, title: "序号".to_owned(), group: "" });
    }
    if habits.remarks {
        headings.push(Heading { field: None, title: "门店备注".to_owned(), group: "" });
    }
    headings
}

fn title(column: &ColumnDef, habits: &Habits, traditional: Option<&OpenCC>, dice: &mut Dice) -> String {
    let ours = &column.title.zh;
    match habits.titles {
        Titles::Ours => ours.clone(),
        Titles::Traditional => traditional.map_or_else(|| ours.clone(), |converter| converter.convert(ours)),
        Titles::Mixed => {
            let usable: Vec<&String> =
                column.synonyms.iter().filter(|synonym| !MISLEADING.contains(&synonym.as_str())).collect();
            if usable.is_empty() || dice.chance(0.4) { ours.clone() } else { (*dice.pick(&usable)).clone() }
        }
        Titles::Marked => match (column.required, column.cell) {
            (true, CellType::Phone) => format!("{ours}(必填)"),
            (true, CellType::Category) => {
                let mut spaced = ours.clone();
                if let Some((second, _)) = ours.char_indices().nth(1) {
                    spaced.insert(second, ' ');
                }
                spaced
            }
            (true, _) => format!("*{ours}"),
            _ => ours.clone(),
        },
    }
}

/// Whether another column of the sheet answers to the same title.
fn claimed(def: &SheetDef, own: usize, title: &str) -> bool {
    let others = def.columns.iter().enumerate().filter(|(i, _)| *i != own);
    others.into_iter().any(|(_, column)| column.title.zh == title || column.synonyms.iter().any(|s| s == title))
}

/// The group title over a column, in two-level headers.
fn group(column: &ColumnDef) -> &'static str {
    match column.cell {
        CellType::Phone | CellType::Vin | CellType::CustomerKey => "客户与车辆",
        CellType::Date | CellType::Instant => "过程时间",
        CellType::Money | CellType::Integer => "金额与里程",
        CellType::Flag => "是否办理",
        _ => "登记信息",
    }
}

//! Files that cannot be read, or not wholly: each costs its store one finding and nothing else.

use super::{
    mistakes::severity,
    planted::PlantedMistake,
    sheets::{Cell, Kind, Row},
    write_xlsx,
};
use crate::catalog::SheetDef;
use chrono::NaiveDate;
use rust_xlsxwriter::XlsxError;

/// A broken file and the finding it must cost.
pub struct Broken {
    /// Path below the store's folder.
    pub path: String,
    pub bytes: Vec<u8>,
    pub mistake: PlantedMistake,
}

/// The broken files of the `slot`-th of eight stores; `whole` is a workbook of the store in good order.
pub fn files(
    slot: u32,
    store: &str,
    day: NaiveDate,
    whole: &[u8],
    defs: &[&SheetDef; 5],
    sample: impl Fn(Kind) -> Vec<Row>,
) -> Result<Vec<Broken>, XlsxError> {
    let folder = format!("补报/{day}");
    let broken = |name: &str, bytes: Vec<u8>, code: &str, sheet: &str, cell: String, field: &str, note: &str| Broken {
        path: format!("{folder} {name}"),
        bytes,
        mistake: PlantedMistake {
            code: code.to_owned(),
            severity: severity(code),
            store: store.to_owned(),
            workbook: format!("{store}/{folder} {name}"),
            sheet: sheet.to_owned(),
            cell,
            field: field.to_owned(),
            note: note.to_owned(),
        },
    };
    let file = |name, bytes, code, note| broken(name, bytes, code, "", String::new(), "", note);
    Ok(match slot {
        1 => vec![file("回访补录.xlsx", whole[..whole.len() * 3 / 5].to_vec(), "W003", "cut off after three fifths")],
        2 => {
            let def = defs[Kind::Visit as usize];
            let (bytes, at) = table(def, &sample(Kind::Visit), Some(("in_at", "进厂日期")), None)?;
            vec![broken(
                "进厂补录.xlsx",
                bytes,
                "H001",
                &def.title.zh,
                at,
                title(def, "in_at"),
                "two headers for one column",
            )]
        }
        3 => vec![file(
            "客户资料.xlsx",
            encrypted(),
            "W002",
            "an encrypted package, as Excel writes one with a password",
        )],
        4 => vec![file("周报.xlsx", Vec::new(), "W005", "nothing in it")],
        6 => {
            let html = "<html><head><meta charset=\"utf-8\"></head><body><table><tr><td>工单号</td><td>进厂时间</td></tr>\
                        <tr><td>-</td><td>-</td></tr></table></body></html>\n";
            vec![file("工单导出.xls", html.as_bytes().to_vec(), "W004", "a web page saved as .xls")]
        }
        7 => {
            let def = defs[Kind::Order as usize];
            let (bytes, _) = table(def, &sample(Kind::Order), None, Some("consultant"))?;
            let field = title(def, "consultant");
            vec![broken(
                "订单补录.xlsx",
                bytes,
                "H003",
                &def.title.zh,
                String::new(),
                field,
                "a required column is missing",
            )]
        }
        _ => Vec::new(),
    })
}

fn title<'d>(def: &'d SheetDef, field: &str) -> &'d str {
    def.field(field).map_or("", |i| &def.columns[i].title.zh)
}

/// A small workbook under our own titles with one column headed twice or one left out; where the second header is.
fn table(
    def: &SheetDef,
    rows: &[Row],
    twice: Option<(&str, &str)>,
    without: Option<&str>,
) -> Result<(Vec<u8>, String), XlsxError> {
    let mut workbook = write_xlsx::workbook()?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(&def.title.zh)?;
    let shown = def.columns.iter().enumerate().filter(|(_, column)| without != Some(&*column.field));
    let mut columns: Vec<(usize, &str)> = shown.map(|(i, column)| (i, column.title.zh.as_str())).collect();
    if let Some((field, title)) = twice {
        columns.extend(def.field(field).map(|i| (i, title)));
    }
    for (col, (field, title)) in (0_u16..).zip(&columns) {
        sheet.write_string(0, col, *title)?;
        for (row, filled) in (1..).zip(rows) {
            match &filled.cells[*field] {
                Cell::Text(text) | Cell::Phone(text) => sheet.write_string(row, col, text)?,
                Cell::Day(day) => sheet.write_string(row, col, day.to_string())?,
                Cell::Minute(at) => sheet.write_string(row, col, at.format("%Y-%m-%d %H:%M").to_string())?,
                Cell::Whole(number) | Cell::Money(number) => sheet.write_number(row, col, *number as f64)?,
                Cell::Flag(flag) => sheet.write_string(row, col, if *flag { "是" } else { "否" })?,
                _ => sheet,
            };
        }
    }
    let last = columns.len() as u32 - 1;
    Ok((workbook.save_to_buffer()?, crate::model::CellRef { row: 1, col: last }.to_string()))
}

/// A minimal compound file with the two streams of an encrypted Office document. Nothing is encrypted in it.
fn encrypted() -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xFFFF_FFFE;
    const FREE: u32 = 0xFFFF_FFFF;
    let mut file = vec![0_u8; SECTOR * 3];
    file[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    let mut short = |at: usize, value: u16| file[at..at + 2].copy_from_slice(&value.to_le_bytes());
    for (at, value) in [(24, 0x3E), (26, 3), (28, 0xFFFE), (30, 9), (32, 6)] {
        short(at, value);
    }
    let mut long = |at: usize, value: u32| file[at..at + 4].copy_from_slice(&value.to_le_bytes());
    // One sector of allocation table (sector 0), the directory in sector 1, no small streams.
    for (at, value) in [(44, 1), (48, 1), (56, 4096), (60, END), (68, END), (76, 0)] {
        long(at, value);
    }
    for entry in 1..109 {
        long(76 + entry * 4, FREE);
    }
    for entry in 0..128 {
        long(
            SECTOR + entry * 4,
            match entry {
                0 => 0xFFFF_FFFD,
                1 => END,
                _ => FREE,
            },
        );
    }
    for (i, (name, kind, child)) in
        [("Root Entry", 5_u8, 1_u32), ("EncryptionInfo", 2, FREE), ("EncryptedPackage", 2, FREE)]
            .into_iter()
            .enumerate()
    {
        let at = SECTOR * 2 + i * 128;
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        file[at..at + units.len()].copy_from_slice(&units);
        file[at + 64..at + 66].copy_from_slice(&(units.len() as u16 + 2).to_le_bytes());
        file[at + 66] = kind;
        file[at + 67] = 1;
        let right = if i == 1 { 2 } else { FREE };
        for (offset, value) in [(68, FREE), (72, right), (76, child), (116, END)] {
            file[at + offset..at + offset + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
    file
}

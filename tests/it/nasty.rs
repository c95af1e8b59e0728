//! All that spreadsheets do to their readers, at once and under little memory: one report, no panic, and every file's rows
//! are accounted for.

use crate::{
    foursight::{build_well, csv},
    table::write_xlsx,
    xlsb,
};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

const TITLES: [&str; 5] = ["投诉编号", "受理时间", "客户键", "类别", "责任部门"];

/// A row of complaints as cells.
fn row(number: usize, cells: &[&str]) -> String {
    let cell = |(at, text): (usize, &&str)| {
        let column = char::from(b'A' + u8::try_from(at).expect("few columns"));
        format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    format!("<row r=\"{number}\">{}</row>", cells.iter().enumerate().map(cell).collect::<String>())
}

fn complaint(number: usize, id: &str) -> String {
    row(number, &[id, "2026-10-05 10:00", "13900000001", "价格", "销售"])
}

fn titles(number: usize) -> String {
    row(number, &TITLES)
}

const SPACE: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";

fn sheet(rows: &str) -> String {
    format!("<?xml version=\"1.0\"?><worksheet {SPACE}><sheetData>{rows}</sheetData></worksheet>")
}

/// A package with one sheet and whatever other parts.
fn book(path: &Path, sheet: &str, more: &[(&str, String)]) {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let mut parts = vec![
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                 ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{types}.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"a\" Type=\"{relations}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook {SPACE} xmlns:r=\"{relations}\"><sheets><sheet name=\"投诉清单\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"a\" Type=\"{relations}/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"b\" Type=\"{relations}/sharedStrings\" \
                 Target=\"sharedStrings.xml\"/><Relationship Id=\"c\" Type=\"{relations}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
    ];
    parts.retain(|(name, _)| !more.iter().any(|(own, _)| own == name));
    parts.extend(more.iter().cloned());
    let mut package = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, text) in parts {
        package.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        package.write_all(text.as_bytes()).expect("written");
    }
    package.finish().expect("finished");
}

/// What a file of the run must come to: rows accepted, rows rejected, and a code that must be said of it.
type Outcome = (u64, u64, &'static str);

/// Writes the nasty files, each in a store of its own so that what it comes to is seen.
fn write_all(input: &Path) -> BTreeMap<String, Outcome> {
    let mut expected = BTreeMap::new();
    let mut store = |name: &str, file: &str, outcome: Outcome| -> PathBuf {
        let folder = input.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        expected.insert(name.to_owned(), outcome);
        folder.join(file)
    };
    let strings = |count: &str| -> (&'static str, String) {
        let texts: String = TITLES.iter().map(|title| format!("<si><t>{title}</t></si>")).collect();
        ("xl/sharedStrings.xml", format!("<sst {SPACE} count=\"{count}\" uniqueCount=\"{count}\">{texts}</sst>"))
    };
    let corners =
        sheet("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>");
    book(&store("corners", "2026-W41.xlsx", (0, 0, "")), &corners, &[]);
    let shared: String =
        (0..5).map(|at| format!("<c r=\"{}1\" t=\"s\"><v>{at}</v></c>", char::from(b'A' + at))).collect();
    book(
        &store("count", "2026-W41.xlsx", (1, 0, "")),
        &sheet(&format!("<row r=\"1\">{shared}</row>{}", complaint(2, "T1"))),
        &[strings("99999999999999")],
    );
    let spill: String = (2..9000).map(|at| complaint(at, &format!("T{at}"))).collect();
    let spilled = complaint(9000, "T9000").replace(
        "<c r=\"D9000\" t=\"inlineStr\"><is><t>价格</t></is></c>",
        "<c r=\"D9000\" t=\"e\"><v>#SPILL!</v></c>",
    );
    book(&store("spill", "2026-W41.xlsx", (8998, 1, "C009")), &sheet(&format!("{}{spill}{spilled}", titles(1))), &[]);
    let formula = complaint(2, "T1")
        .replace("<c r=\"D2\" t=\"inlineStr\"><is><t>价格</t></is></c>", "<c r=\"D2\"><f>A1&amp;\"\"</f></c>");
    book(&store("uncached", "2026-W41.xlsx", (0, 1, "C010")), &sheet(&format!("{}{formula}", titles(1))), &[]);
    let turned = complaint(2, "T1").replace(
        "<c r=\"D2\" t=\"inlineStr\"><is><t>价格</t></is></c>",
        "<c r=\"D2\" t=\"str\"><v>价格</v><f>\"价格\"</f></c>",
    );
    book(&store("value_first", "2026-W41.xlsx", (1, 0, "")), &sheet(&format!("{}{turned}", titles(1))), &[]);
    let bare = sheet(&format!("{}{}", titles(1).replace(" r=\"1\"", ""), complaint(2, "T1")));
    let bare = bare.replace("<c r=\"A2\" ", "<c ").replace("<c r=\"B2\" ", "<c ");
    book(&store("no_addresses", "2026-W41.xlsx", (1, 0, "")), &bare, &[]);
    let formats: String =
        (0..65_000).map(|_| "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>").collect();
    book(
        &store("styles", "2026-W41.xlsx", (1, 0, "")),
        &sheet(&format!("{}{}", titles(1), complaint(2, "T1"))),
        &[("xl/styles.xml", format!("<styleSheet {SPACE}><cellXfs count=\"65000\">{formats}</cellXfs></styleSheet>"))],
    );
    let bomb = sheet(&" ".repeat(400 << 20));
    book(&store("bomb", "2026-W41.xlsx", (0, 0, "W")), &bomb, &[]);
    let csv_titles = TITLES.join(",");
    let (cut, _, _) = encoding_rs::GB18030.encode("投诉编号,受理时间,客户键,类别,责任部门\r\n=\"0012\",2026-10-05 10:00,13900000001,价格,\"销售\r\n二部\"\r\nT2,2026-10-05 10:00,13900000001,价格,销售");
    fs::write(store("cut_text", "2026-W41.csv", (0, 0, "W003")), &cut[..cut.len() - 1]).expect("written");
    let wide: Vec<u8> = format!("{csv_titles}\r\nT1,2026-10-05 10:00,13900000001,价格,销售\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(store("wide", "2026-W41.csv", (1, 0, "")), wide).expect("written");
    fs::write(store("empty", "2026-W41.xlsx", (0, 0, "W005")), b"").expect("written");
    fs::create_dir_all(store("folder", "2026-W41.xlsx", (0, 0, ""))).expect("a folder");
    fs::write(store("lock", "~$2026-W41.xlsx", (0, 0, "")), b"x").expect("written");
    fs::write(store("mac", ".DS_Store", (0, 0, "")), b"x").expect("written");
    let around = store("loop", "again", (0, 0, ""));
    std::os::unix::fs::symlink(around.parent().expect("its folder"), &around).expect("a link");
    let repeated = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"投诉清单\"><table:table-row table:number-rows-repeated=\"1048576\">\
         <table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p><text:s text:c=\"2000000000\"/></text:p>\
         </table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let mut ods =
        zip::ZipWriter::new(fs::File::create(store("repeated", "2026-W41.ods", (0, 0, "W"))).expect("a file"));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
        ("content.xml", repeated),
    ] {
        ods.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        ods.write_all(text.as_bytes()).expect("written");
    }
    ods.finish().expect("finished");
    in_other_containers(&mut store);
    as_clerks_type(&mut store);
    huge_for_their_size(&mut store);
    // Beside all of them a good one, which must not suffer.
    book(
        &store("good", "2026-W41.xlsx", (2, 0, "")),
        &sheet(&format!("{}{}{}", titles(1), complaint(2, "T1"), complaint(3, "T2"))),
        &[],
    );
    expected
}

/// A store of its own for a file, with what it must come to.
type Lay<'l> = dyn FnMut(&str, &str, Outcome) -> PathBuf + 'l;

fn rows_as(start: &str, cell: &str, end: &str) -> String {
    let row = |cells: &[&str]| {
        format!("{start}{}{end}", cells.iter().map(|text| cell.replace('@', text)).collect::<String>())
    };
    row(&TITLES) + &row(&["T1", "2026-10-05 10:00", "13900000001", "价格", "销售"])
}

const ONE: &str = "# 投诉清单\n投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\n\
    T1 | d:2026-10-05 10:00 | 13900000001 | 价格 | 销售\n";

/// Files that are not what they are called, protected, cut off, or contradict themselves inside.
fn in_other_containers(store: &mut Lay<'_>) {
    let container = |path: &Path, streams: &[(&str, &[u8])]| {
        let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).expect("a container");
        for (name, bytes) in streams {
            file.create_stream(name).expect("a stream").write_all(bytes).expect("written");
        }
        fs::write(path, file.into_inner().into_inner()).expect("written");
    };
    container(
        &store("encrypted_xlsx", "2026-W41.xlsx", (0, 0, "W002")),
        &[("/EncryptionInfo", &[4; 4096]), ("/EncryptedPackage", &[7; 8192])],
    );
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let begin = record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let protected = [begin, record(0x002F, &[1, 0, 1, 0, 1, 0]), record(0x000A, &[])].concat();
    container(&store("encrypted_xls", "2026-W41.xls", (0, 0, "W002")), &[("/Workbook", &protected)]);
    container(&store("corners_xls", "2026-W41.xls", (0, 0, "W015")), &[("/Workbook", &of_corners())]);
    container(&store("of_1995", "2026-W41.xls", (1, 0, "")), &[("/Book", &of_1995())]);
    let page = format!("<html><table>{}</table></html>", rows_as("<tr>", "<td>@</td>", "</tr>"));
    let page = page.replace("<html>", "<html><meta charset=gb2312>");
    fs::write(store("page", "2026-W41.xls", (1, 0, "W004")), encoding_rs::GB18030.encode(&page).0).expect("written");
    let rows = rows_as("<Row>", "<Cell><Data ss:Type=\"String\">@</Data></Cell>", "</Row>");
    let space = "urn:schemas-microsoft-com:office:spreadsheet";
    let document = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"{space}\" xmlns:ss=\"{space}\"><Worksheet ss:Name=\"投诉清单\"><Table>{rows}\
         </Table></Worksheet></Workbook>"
    );
    fs::write(store("of_2003", "2026-W41.xls", (1, 0, "W004")), document).expect("written");
    let path = store("misnamed", "2026-W41.xls", (1, 0, "W004"));
    write_xlsx(ONE, &path);
    let whole = fs::read(&path).expect("written");
    fs::write(store("cut", "2026-W41.xlsx", (0, 0, "W003")), &whole[..whole.len() / 2]).expect("written");
    let mut turned = whole.clone();
    let part = b"xl/worksheets/sheet1.xml";
    let at = turned.windows(part.len()).position(|own| own == part).expect("the sheet") + part.len();
    turned[at + 4..at + 68].fill(0xA5);
    fs::write(store("turned", "2026-W41.xlsx", (0, 0, "W")), turned).expect("written");
    let binary = xlsb::bytes(ONE);
    fs::write(store("binary", "2026-W41.xlsb", (1, 0, "")), &binary).expect("written");
    fs::write(store("bad_string", "2026-W41.xlsb", (0, 0, "W")), xlsb::with_a_string_too_many(ONE)).expect("written");
    let ods = |content: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content)] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
            zip.write_all(text.as_bytes()).expect("written");
        }
        zip.finish().expect("finished").into_inner()
    };
    let broken = ods(
        "<office:document-content xmlns:office=\"o\"><office:body><office:spreadsheet><table:table table:name=\"投",
    );
    fs::write(store("broken_ods", "2026-W41.ods", (0, 0, "W")), &broken).expect("written");
    fs::write(store("cut_ods", "2026-W41.ods", (0, 0, "W003")), &broken[..broken.len() - 20]).expect("written");
    // A name that leads out of its archive stays a name.
    let mut archive =
        zip::ZipWriter::new(fs::File::create(store("escape", "2026-W41.zip", (1, 0, ""))).expect("a file"));
    archive.start_file("../../../2026-W41.xlsx", zip::write::SimpleFileOptions::default()).expect("a member");
    archive.write_all(&whole).expect("written");
    archive.finish().expect("finished");
    let gone = store("gone", "2026-W41.xlsx", (0, 0, "W012"));
    std::os::unix::fs::symlink("nowhere.xlsx", gone).expect("a link");
}

/// A workbook of BIFF8 with a number in the first cell of its sheet and one in the last.
fn of_corners() -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let begin = |kind: u16| record(0x0809, &[&[0, 6][..], &kind.to_le_bytes(), &[0; 12]].concat());
    let head = [begin(5), record(0x00E0, &[0; 20])].concat();
    let at = (head.len() + 4 + 9 + 4) as u32;
    let listed = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'a']].concat());
    let number = |row: u16, col: u16| {
        record(0x0203, &[&[row, col, 0].map(u16::to_le_bytes).concat()[..], &1.0_f64.to_le_bytes()].concat())
    };
    let end = record(0x000A, &[]);
    [head, listed, end.clone(), begin(16), number(0, 0), number(65_535, 255), end].concat()
}

/// A workbook of BIFF5 whose texts are GBK under a Latin code page.
fn of_1995() -> Vec<u8> {
    let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat();
    let label = |row: u16, col: u16, text: &str| {
        let text = gbk(text);
        let head = [row, col, 0, text.len() as u16].map(u16::to_le_bytes).concat();
        record(0x0204, &[head, text].concat())
    };
    let begin = |kind: u16| record(0x0809, &[&0x0500_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 4]].concat());
    let style = record(0x00E0, &[0; 16]);
    let head = [begin(5), record(0x0042, &1252_u16.to_le_bytes()), style].concat();
    let name = gbk("投诉清单");
    let at = (head.len() + 4 + 7 + name.len() + 4) as u32;
    let listed = record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, name.len() as u8], &name].concat());
    let mut sheet = begin(16);
    for (row, cells) in [TITLES, ["T1", "2026-10-05 10:00", "13900000001", "价格", "销售"]].iter().enumerate() {
        for (col, cell) in cells.iter().enumerate() {
            sheet.extend(label(row as u16, col as u16, cell));
        }
    }
    let end = record(0x000A, &[]);
    [head, listed, end.clone(), sheet, end].concat()
}

/// What people do to a sheet.
fn as_clerks_type(store: &mut Lay<'_>) {
    let told = |cells: &[&str]| -> String {
        let rows = cells.iter().enumerate().map(|(n, cell)| format!("T{n} | {cell} | 139000000{n:02} | 价格 | 销售\n"));
        format!("# 投诉清单\n投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\n{}", rows.collect::<String>())
    };
    let days = [
        "2026年10月5日",
        "2026.10.5",
        "2026/10/5",
        "20261005",
        "２０２６-１０-０５",
        "d:2026-10-05",
        "n:46300",
        "20260230",
    ];
    write_xlsx(&told(&days), &store("days", "2026-W41.xlsx", (7, 1, "C003")));
    let phones =
        ["n:13900000001", "1.39E+10", "１３９０００００００３", "13900000004/13900000005", "139\u{200B}00000006"];
    let prospects = |phone: (usize, &&str)| {
        format!("Q{} | 张 | {} | 2026-10-05 | A | 2026-10-05 | X5 | 展厅 | 李\n", phone.0, phone.1)
    };
    let cards =
        "# 潜客表\n潜客编号 | 客户姓名 | 手机号 | 首次接触时间 | 级别 | 级别更新时间 | 意向车型 | 渠道 | 销售顾问\n";
    let rows: String = phones.iter().enumerate().map(prospects).collect();
    write_xlsx(&format!("{cards}{rows}"), &store("phones", "2026-W41.xlsx", (3, 2, "C005")));
    write_xlsx(
        "# 投诉清单\n浦东店\n\n | | 投诉 | | 客户 | 归类 |\n | | 投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\n\
         | | T1 | 2026-10-05 | 13900000001 | 价格 | 销售\n | | 投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门\n\
         | | T2 | 2026-10-05 | 13900000002 | 价格 | 销售\n | | 合计 | 2 | | |\n",
        &store("layout", "2026-W41.xlsx", (2, 0, "")),
    );
    write_xlsx(
        "# 投诉清单\n投诉编号 | 受理时间 | 客户键 | 类别 | 责任部门 | 处理结果\n\
         T1 | 2026-10-05 | 13900000001 | 价格 | 销售 | =HYPERLINK(\"http://x\",\"y\")\n\
         T2 | 2026-10-05 | 13900000002 | 价格 | <script>alert(1)</script> | javascript:alert(1)\n",
        &store("live", "2026-W41.xlsx", (2, 0, "")),
    );
    // As WPS writes: a dimension of one cell, hidden rows, a picture in a cell.
    let dispimg = complaint(3, "T2").replace(
        "<c r=\"E3\" t=\"inlineStr\"><is><t>销售</t></is></c>",
        "<c r=\"E3\" t=\"str\"><f>_xlfn.DISPIMG(\"ID_1\",1)</f><v>=DISPIMG(\"ID_1\",1)</v></c>",
    );
    let hidden = complaint(2, "T1").replace("<row r=\"2\"", "<row r=\"2\" hidden=\"1\"");
    let wps = sheet(&format!("{}{hidden}{dispimg}", titles(1)));
    let wps = wps.replace("<sheetData>", "<dimension ref=\"A1\"/><sheetData>");
    book(&store("wps", "2026-W41.xlsx", (2, 0, "")), &wps, &[]);
    // Serials of 1904 beside those of 1900, in one store: the same day.
    let day = |serial: &str| {
        let cell = format!("<c r=\"B2\" s=\"1\"><v>{serial}</v></c>");
        let row = complaint(2, "T1");
        let row = row.replace("<c r=\"B2\" t=\"inlineStr\"><is><t>2026-10-05 10:00</t></is></c>", &cell);
        sheet(&format!("{}{row}", titles(1)))
    };
    let styles =
        format!("<styleSheet {SPACE}><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>");
    let of_1900 = store("of_1900", "2026-W41.xlsx", (1, 0, ""));
    book(&of_1900, &day("46300"), &[("xl/styles.xml", styles.clone())]);
    let of_1904 = store("of_1904", "2026-W41.xlsx", (1, 0, ""));
    let flagged = format!(
        "<workbook {SPACE} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><workbookPr date1904=\"1\"/>\
         <sheets><sheet name=\"投诉清单\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>"
    );
    book(&of_1904, &day("44838"), &[("xl/styles.xml", styles), ("xl/workbook.xml", flagged)]);
}

/// Files that cost their reader far more than they weigh.
fn huge_for_their_size(store: &mut Lay<'_>) {
    fs::write(store("commas", "2026-W41.csv", (0, 0, "W015")), vec![b','; 30 << 20]).expect("written");
    let long = "长".repeat(10_000);
    let strings = format!("<sst {SPACE}><si><t>{long}</t></si></sst>");
    let cells: String = (2..9000)
        .map(|row| complaint(row, "T").replace("t=\"inlineStr\"><is><t>销售</t></is>", "t=\"s\"><v>0</v>"))
        .collect();
    book(
        &store("one_string", "2026-W41.xlsx", (0, 0, "W015")),
        &sheet(&format!("{}{cells}", titles(1))),
        &[("xl/sharedStrings.xml", strings)],
    );
    let many: String = (0..300).map(|n| format!("# 表{n}\n")).collect();
    write_xlsx(&many, &store("sheets", "2026-W41.xlsx", (0, 0, "W015")));
    let wrong: String = (2..12_000).map(|row| complaint(row, &format!("T{row}")).replace("价格", "天气")).collect();
    book(&store("findings", "2026-W41.xlsx", (0, 11_998, "W016")), &sheet(&format!("{}{wrong}", titles(1))), &[]);
    let deep = format!("{}{}", titles(1), "<a>".repeat(200_000));
    book(&store("deep", "2026-W41.xlsx", (0, 0, "W")), &sheet(&deep), &[]);
}

#[test]
fn all_at_once_end_in_one_report_and_every_row_is_accounted_for() {
    let group = tempfile::tempdir().expect("a folder");
    let expected = write_all(&group.path().join("input"));
    fs::write(group.path().join("foursight.toml"), "[intake]\nmemory_mb = 512\nseconds = 60\n").expect("written");
    let output = build_well(group.path(), &["--as-of", "2026-10-31"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    let findings = csv(&group.path().join("output/data/findings.csv"));
    let lines = csv(&group.path().join("output/data/submissions.csv"));
    let mut wrong = Vec::new();
    for (store, (accepted, rejected, code)) in expected {
        let count = |column: &str| -> u64 {
            let own = lines.iter().filter(|line| line["store"] == store);
            own.map(|line| line[column].parse::<u64>().expect("a count")).sum()
        };
        let codes: Vec<&str> =
            findings.iter().filter(|row| row["store"] == store).map(|row| row["code"].as_str()).collect();
        if (count("accepted"), count("rejected")) != (accepted, rejected) {
            wrong.push(format!("{store}: {} accepted, {} rejected; {codes:?}", count("accepted"), count("rejected")));
        }
        if !code.is_empty() && !codes.iter().any(|own| own.starts_with(code)) {
            wrong.push(format!("{store}: {code} is not said, but {codes:?}"));
        }
        assert_eq!(count("rows_read"), count("accepted") + count("rejected"), "{store}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compound files with bytes turned, cut and put elsewhere: a parser that runs in circles through their sectors ends with its
/// reader process, and the workbook beside them is read.
#[test]
fn damaged_containers_end_with_their_readers() {
    let group = tempfile::tempdir().expect("a folder");
    let folder = group.path().join("input/S01");
    fs::create_dir_all(&folder).expect("a folder");
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).expect("a container");
    file.create_stream("/Book").expect("a stream").write_all(&of_1995()).expect("written");
    let whole = file.into_inner().into_inner();
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for n in 0..24 {
        let mut bytes = whole.clone();
        for _ in 0..=n % 3 {
            let at = random(bytes.len() - 8);
            match random(4) {
                0 => bytes[at] ^= 1 << random(8),
                1 => bytes[at..at + 4].fill(if random(2) == 0 { 0 } else { 0xFF }),
                2 => bytes.truncate(at.max(600)),
                _ => bytes.copy_within(at..at + 8, random(512)),
            }
        }
        fs::write(folder.join(format!("2026-W41 {n}.xls")), bytes).expect("written");
    }
    write_xlsx(ONE, &folder.join("2026-W41.xlsx"));
    fs::write(group.path().join("foursight.toml"), "[intake]\nmemory_mb = 256\nseconds = 20\n").expect("written");
    let output = build_well(group.path(), &["--as-of", "2026-10-31"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    let lines = csv(&group.path().join("output/data/submissions.csv"));
    let count = |line: &BTreeMap<String, String>, of: &str| line[of].parse::<u64>().expect("a count");
    assert!(lines.iter().all(|line| count(line, "rows_read") == count(line, "accepted") + count(line, "rejected")));
    assert!(lines.iter().any(|line| line["sheet"] == "complaint" && count(line, "accepted") > 0), "{lines:?}");
}

//! Packages that other programs write otherwise than Excel does, and cells that show something else than they hold.

use super::*;

/// A visit whose order number is this cell, and the rest is well.
fn visit_called(number: u32, cell: &str) -> String {
    let order = format!(r#"<c r="A{number}" t="inlineStr"><is><t>W{number}</t></is></c>"#);
    visit(number, &format!(r#"<c r="F{number}"><v>1200</v></c>"#)).replace(&order, cell)
}

/// The package of [`visits`] with one part changed.
fn with_part(rows: &str, from_1904: bool, part: &str, change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let whole = visits(rows, from_1904);
    let mut archive = zip::ZipArchive::new(Cursor::new(whole)).expect("an archive");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).expect("a part");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("it inflates");
        let name = entry.name().expect("a name").into_owned();
        let content = if name == part || part.is_empty() { change(&content) } else { Some(content) };
        if let Some(content) = content {
            out.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
            out.write_all(&content).expect("its content");
        }
    }
    out.finish().expect("an archive").into_inner()
}

fn styled(rows: &str, from_1904: bool, formats: &[&str]) -> Vec<u8> {
    let codes: String = formats
        .iter()
        .enumerate()
        .map(|(i, code)| format!(r#"<numFmt numFmtId="{}" formatCode="{}"/>"#, 200 + i, code.replace('"', "&quot;")))
        .collect();
    let cells: String = (0..formats.len()).map(|i| format!(r#"<xf numFmtId="{}"/>"#, 200 + i)).collect();
    let styles = format!(
        r#"<styleSheet><numFmts>{codes}</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>{cells}</cellXfs></styleSheet>"#
    );
    with_part(rows, from_1904, "xl/styles.xml", |_| Some(styles.clone().into_bytes()))
}

fn first_values(reading: &Reading) -> Vec<String> {
    reading.tables[0].rows.iter().map(|row| row.values[0].display()).collect()
}

#[test]
fn rows_in_any_order_are_sorted() {
    let rows = [4, 2, 3].map(|n| visit(n, &format!(r#"<c r="F{n}"><v>1200</v></c>"#))).concat();
    let reading = read(&visits(&rows, false));
    assert_eq!(remarks(&reading), Vec::<String>::new());
    let numbers: Vec<u32> = reading.tables[0].rows.iter().map(|row| row.row).collect();
    assert_eq!(numbers, [2, 3, 4]);
    // Cells of a row that comes twice are put together, and the later one counts.
    let twice =
        format!(r#"{}<row r="3"/><row r="2"><c r="F2"><v>1300</v></c></row>"#, visit(2, r#"<c r="F2"><v>1</v></c>"#));
    assert!(rows_of(&twice)[0].contains("1300.00"), "{:?}", rows_of(&twice));
}

fn rows_of(rows_xml: &str) -> Vec<String> {
    super::rows(&read(&visits(rows_xml, false)))
}

#[test]
fn a_sheet_without_a_part_costs_itself_alone() {
    let row = visit(2, r#"<c r="F2"><v>1200</v></c>"#);
    let book = |sheet: &str| {
        let sheets = format!(r#"<sheet name="进厂记录" sheetId="1" r:id="r1"/>{sheet}"#);
        let book = format!(r#"<workbook xmlns:r="x"><sheets>{sheets}</sheets></workbook>"#);
        with_part(&row, false, "xl/workbook.xml", |_| Some(book.clone().into_bytes()))
    };
    for (sheet, said) in [
        (r#"<sheet name="Module1" sheetId="2" state="veryHidden" r:id=""/>"#, "H004"),
        (r#"<sheet name="Sheet2" sheetId="2" r:id="r9"/>"#, "W017"),
        // The styles are no worksheet, whatever relation leads to them.
        (r#"<sheet name="Sheet2" sheetId="2" r:id="r3"/>"#, ""),
    ] {
        let reading = read(&book(sheet));
        assert_eq!((super::rows(&reading).len(), remarks(&reading).join(" ")), (1, said.to_owned()), "{sheet}");
    }
    let relations = RELATIONS.1.replace(
        "</Relationships>",
        r#"<Relationship Id="r9" Type="http://x/worksheet" Target="styles.xml"/></Relationships>"#,
    );
    let twisted = book(r#"<sheet name="Sheet2" sheetId="2" r:id="r9"/>"#);
    let twisted = repacked(&twisted, "xl/_rels/workbook.xml.rels", relations.as_bytes());
    assert_eq!(remarks(&read(&twisted)), ["W017"], "a part that is no worksheet");
    let missing = repacked(
        &twisted,
        "xl/_rels/workbook.xml.rels",
        relations.replace("\"styles.xml\"/></R", "\"gone.xml\"/></R").as_bytes(),
    );
    assert_eq!(remarks(&read(&missing)), ["W017"], "a part that is not there");
}

fn repacked(bytes: &[u8], part: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..archive.len() {
        let mut entry = archive.by_index(i).expect("a part");
        let mut old = Vec::new();
        entry.read_to_end(&mut old).expect("it inflates");
        let name = entry.name().expect("a name").into_owned();
        out.start_file(&*name, zip::write::SimpleFileOptions::default()).expect("a part");
        out.write_all(if name == part { content } else { &old }).expect("its content");
    }
    out.finish().expect("an archive").into_inner()
}

#[test]
fn parts_in_utf_16_and_with_prefixes_are_read() {
    let row = visit(2, r#"<c r="F2"><v>1200</v></c>"#);
    let plain = super::rows(&read(&visits(&row, false)));
    for little in [true, false] {
        let in_utf_16 = with_part(&row, false, "", |content| {
            let text =
                format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-16\"?>{}", String::from_utf8_lossy(content));
            Some(wide(&text, little))
        });
        assert_eq!(super::rows(&read(&in_utf_16)), plain);
    }
    let prefixed = with_part(&row, false, "xl/worksheets/sheet1.xml", |content| {
        let text = String::from_utf8_lossy(content).replace("</", "</x:").replace('<', "<x:").replace("<x:/x:", "</x:");
        Some(text.into_bytes())
    });
    assert_eq!(super::rows(&read(&prefixed)), plain);
}

#[test]
fn text_columns_take_numbers_as_the_clerk_sees_them() {
    let number =
        |n: u32, style: u32, value: &str| visit_called(n, &format!(r#"<c r="A{n}" s="{style}"><v>{value}</v></c>"#));
    let rows = [
        number(2, 0, "12"),
        number(3, 2, "12"),
        number(4, 3, "13"),
        number(5, 4, "0.395833333333333"),
        number(6, 5, "1.35416666666667"),
        number(7, 1, "46307"),
        visit_called(8, r#"<c r="A8" t="d" s="1"><v>2026-10-12</v></c>"#),
        visit_called(9, r##"<c r="A9" t="str"><v>#REF!</v></c>"##),
    ];
    let formats = ["0000", "\"QK\"0000", "h:mm", "[h]:mm", "[$-804]yyyy/m/d"];
    let reading = read(&styled(&rows.concat(), false, &formats));
    assert_eq!(first_values(&reading), ["12", "0012", "QK0013", "9:30", "32:30", "2026-10-12", "2026-10-12", ""]);
    assert_eq!(remarks(&reading), ["C009 A9 工单号"]);
    // Days counted from 1904 are the same days in every column; a time of day has no day.
    let rows = [number(2, 1, "44845"), number(3, 4, "0.395833333333333")].concat().replace("46342", "44880");
    let reading = read(&styled(&rows, true, &formats));
    assert_eq!(first_values(&reading), ["2026-10-12", "9:30"]);
    assert!(super::rows(&reading)[0].contains("2026-11-16"), "{:?}", super::rows(&reading));
}

/// The same visits in every format that is read of a text, each as its bytes.
fn as_texts() -> Vec<(&'static str, Vec<u8>)> {
    let table = [
        ["工单号", "VIN", "进厂时间", "里程", "类型", "总额", "服务顾问"],
        ["W1", "LSVAB2183E2100001", "2026-11-16 09:30", "10230", "定保", "1200", "赵服务"],
        ["W2", "LSVAB2183E2100001", "2026-11-17", "10231", "定保", "1200.5", "赵,服务"],
    ];
    let csv = |separator: &str| {
        let cell = |text: &&str| if text.contains(separator) { format!("\"{text}\"") } else { (*text).to_owned() };
        table.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(separator) + "\r\n").collect::<String>()
    };
    let wrapped = |row: &str, cell: &dyn Fn(&str) -> String, end: &str| {
        let line = |cells: &[&str; 7]| format!("{row}{}{end}", cells.iter().map(|text| cell(text)).collect::<String>());
        table.iter().map(line).collect::<String>()
    };
    let html = wrapped("<tr>", &|text| format!("<td>{text}</td>"), "</tr>");
    let html = format!("<html><head><meta charset=\"gb2312\"></head><body><table>{html}</table></body></html>");
    let xml = wrapped("<Row>", &|text| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>"), "</Row>");
    let xml = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"进厂\"><Table>{xml}</Table></Worksheet></Workbook>"
    );
    let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let mht = [
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n".as_slice(),
        &gbk(&html),
        b"\r\n--x--\r\n",
    ];
    vec![
        ("csv", csv(",").into_bytes()),
        ("csv", format!("\u{FEFF}{}", csv(";")).into_bytes()),
        ("csv", gbk(&csv(","))),
        ("tsv", wide(&format!("\u{FEFF}{}", csv("\t")), true)),
        ("tsv", wide(&csv("\t"), false)),
        ("csv", format!("sep=|\r\n{}", csv("|")).into_bytes()),
        ("htm", gbk(&html)),
        ("mht", mht.concat()),
        ("xml", xml.into_bytes()),
    ]
}

#[test]
fn every_kind_of_text_gives_the_same_rows() {
    let mut seen: Vec<Vec<String>> = Vec::new();
    for (ending, bytes) in as_texts() {
        let reading = read_at(&bytes, &format!("S01/2026-W47/进厂.{ending}"));
        assert_eq!(remarks(&reading), Vec::<String>::new(), "{ending}");
        seen.push(super::rows(&reading));
    }
    assert_eq!(seen[0].len(), 2);
    assert!(seen.iter().all(|rows| *rows == seen[0]), "{seen:#?}");
    // Under the ending of another format they are read all the same.
    for (_, bytes) in as_texts() {
        assert_eq!(remarks(&read_at(&bytes, "S01/2026-W47/进厂.xls")), ["W004"]);
    }
}

#[test]
fn damage_is_never_a_panic() {
    let plan = plan();
    let read_at = |bytes: &[u8], path: &str| testing::read(bytes, path, "S01", plan, 64);
    for (ending, bytes) in as_texts() {
        let path = format!("S01/2026-W47/进厂.{ending}");
        for at in (0..bytes.len()).step_by(11) {
            let _ = read_at(&bytes[..at], &path);
            let mut other = bytes.clone();
            other[at] ^= 0x5A;
            let _ = read_at(&other, &path);
        }
    }
    // Containers whose insides are noise.
    let mut compound = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    compound.extend((0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    compound.extend(wide("Workbook\0", true));
    for name in ["xl/workbook.bin", "content.xml"] {
        let _ = read(&zip(&[(name, "\u{1}\u{2}<table:table><table:table-row>"), ("mimetype", "x")]));
    }
    let _ = read(&compound);
}

#[test]
fn records_that_are_cut_otherwise_than_their_titles_are_errors() {
    let head = "工单号,VIN,进厂时间,里程,类型,总额,服务顾问\r\n";
    let row = |n: u32| format!("W{n},LSVAB2183E2100001,2026-11-16,10230,定保,1200,赵服务\r\n");
    let read = |body: String| read_at(format!("{head}{body}").as_bytes(), "S01/2026-W47/进厂.csv");
    let shifted = row(2).replace("定保", "定保,二保");
    let reading = read([row(1), shifted.clone(), row(3)].concat());
    assert!(remarks(&reading).contains(&"W021 3".to_owned()), "{:?}", remarks(&reading));
    let rejected = |reading: &Reading| reading.tables[0].rows.iter().map(|row| row.rejected).collect::<Vec<_>>();
    assert_eq!(rejected(&reading), [false, true, false]);
    let emptied = read([row(1), shifted.replace("赵服务", ""), row(3)].concat());
    assert!(remarks(&emptied).contains(&"W021 3".to_owned()), "shifted, and empty at its end");
    // A separator that ends every line is a program's way.
    let trailing = read([1, 2, 3].map(|n| row(n).replace("\r\n", ",\r\n")).concat());
    assert_eq!(remarks(&trailing), Vec::<String>::new());
    let stray = [row(1).replace("赵服务", "\"赵服务"), row(2), row(3).replace("赵服务", "赵\"服务\""), row(4)].concat();
    let reading = read(stray);
    assert_eq!(remarks(&reading), ["W022 2"]);
    assert_eq!(rejected(&reading), [true, false]);
    let remark = reading.remarks.iter().find(|remark| remark.code == "W022").expect("said");
    let lines: Vec<String> = remark.args.iter().map(|argument| argument.value.to_string()).collect();
    assert_eq!(lines, ["2", "4"]);
    // What the swallowed lines make of the row, its cell too long and somebody's number in it, has the one cause; a cell before
    // the quote is judged as ever.
    let follow = "潜客,QK1,周期跟进,2026-11-16,2026-11-16 10:00,是,成功,\"客户说再等等,李销售\r\n";
    let next = |n: u32| {
        format!("潜客,1390000{n:04},周期跟进,2026-11-16,2026-11-16 10:00,是,成功,已电话 1380000{n:04},李销售\r\n")
    };
    let last = "潜客,QK9,周期跟进,2026-11-16,2026-11-16 10:00,是,成功,他说\"好\",李销售\r\n";
    let head = "对象,客户键,任务类型,应访日,实访时间,接通,结果,内容,执行人\r\n";
    let many: String = (1..30).map(next).collect();
    let swallowing = |first: &str| {
        let reading = read_at(format!("{head}{first}{many}{last}").as_bytes(), "S01/2026-W47/回访.csv");
        remarks(&reading)
    };
    assert_eq!(swallowing(follow), ["W022 2"]);
    assert_eq!(swallowing(&follow.replace("成功", "好像")), ["W022 2", "C006 G2 结果"]);
}

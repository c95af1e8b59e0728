//! Packages as other programs write them.

use super::*;

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/xl/workbook.xml"/></Relationships>"#;
const BOOK_RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"></Relationship></Relationships>"#;
const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="5" r:id="rId7"/></sheets></workbook>"#;

fn package(sheet: &str) -> Vec<u8> {
    zipped(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn worksheet(inner: &str) -> String {
    format!("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{inner}</worksheet>")
}

fn cell(at: &str) -> Finding {
    finding(Severity::Error, "C003", "表", at)
}

/// The sheet's XML with format numbers and drawing reference left out of sight.
fn shown(bytes: &[u8]) -> String {
    let text = part(bytes, "xl/worksheets/sheet1.xml");
    let inner = &text[text.find('>').expect("root") + 1..text.rfind("</").expect("end")];
    let drawing = inner.find("<legacyDrawing").or_else(|| inner.find("<x:legacyDrawing")).unwrap_or(inner.len());
    let end = inner[drawing..].find("/>").map_or(drawing, |len| drawing + len + 2);
    format!("{}{}", &inner[..drawing], &inner[end..])
}

#[test]
fn a_package_without_styles_and_with_an_empty_sheet() {
    for empty in ["<sheetData/>", "<sheetData></sheetData>"] {
        let original = package(&worksheet(empty));
        let returned = marked(&original, &[cell("B2"), cell("A2"), cell("C9")]);
        assert_eq!(
            shown(&returned),
            "<sheetData><row r=\"2\"><c r=\"A2\" s=\"1\"/><c r=\"B2\" s=\"1\"/></row>\
             <row r=\"9\"><c r=\"C9\" s=\"1\"/></row></sheetData>"
        );
        assert!(part(&returned, "xl/styles.xml").contains("FFF8C8B8"));
        assert!(part(&returned, "[Content_Types].xml").contains("/xl/styles.xml"));
        assert!(part(&returned, "xl/workbook.xml").contains("</sheets><definedNames>"));
        assert_comes_off(&original, &returned);
    }
}

#[test]
fn rows_and_cells_without_addresses_are_counted() {
    let rows = "<sheetData><row><c><v>1</v></c><c s=\"0\"><v>2</v></c></row><row/><row r=\"5\"><c r=\"C5\"/></row><row><c/></row></sheetData>";
    let original = package(&worksheet(rows));
    let returned = marked(&original, &["A1", "B1", "D1", "A2", "A5", "E5", "A6", "B4"].map(cell));
    assert_eq!(
        shown(&returned),
        "<sheetData><row><c s=\"1\"><v>1</v></c><c s=\"1\"><v>2</v></c><c r=\"D1\" s=\"1\"/></row>\
         <row><c r=\"A2\" s=\"1\"/></row><row r=\"4\"><c r=\"B4\" s=\"1\"/></row>\
         <row r=\"5\"><c r=\"A5\" s=\"1\"/><c r=\"C5\"/><c r=\"E5\" s=\"1\"/></row><row><c s=\"1\"/></row></sheetData>"
    );
    assert_comes_off(&original, &returned);
}

#[test]
fn made_cells_take_the_format_of_row_and_column_and_widen_the_span() {
    let sheet = worksheet(
        "<cols><col min=\"2\" max=\"3\" width=\"9\" style=\"2\"/></cols><sheetData><row r=\"1\" spans=\"1:1\" s=\"1\" customFormat=\"1\"><c r=\"A1\"/></row><row r=\"2\" spans=\"1:1\"><c r=\"A2\"/></row></sheetData>",
    );
    let styles = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><fills count=\"1\"><fill><patternFill patternType=\"none\"/></fill></fills><cellXfs count=\"3\"><xf fontId=\"0\" fillId=\"0\"/><xf fontId=\"1\" fillId=\"0\"/><xf fontId=\"2\"><alignment horizontal=\"center\"/></xf></cellXfs></styleSheet>";
    let rels = BOOK_RELS.replace("</Relationships>", "<Relationship Id=\"s\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"../xl/styles.xml\"/></Relationships>");
    let original = zipped(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", &rels),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/styles.xml", styles),
    ]);
    let returned = marked(&original, &["B1", "C2", "A2", "E9"].map(cell));
    let text = shown(&returned);
    assert!(text.contains("spans=\"1:2\" s=\"1\" customFormat=\"1\"><c r=\"A1\"/><c r=\"B1\" s=\"3\"/>"), "{text}");
    assert!(text.contains("spans=\"1:3\"><c s=\"4\" r=\"A2\"/><c r=\"C2\" s=\"5\"/>"), "{text}");
    let styles = part(&returned, "xl/styles.xml");
    assert!(styles.contains("<xf applyFill=\"1\" fontId=\"1\" fillId=\"2\"/>"), "{styles}");
    assert!(
        styles.contains("fontId=\"2\"><alignment horizontal=\"center\"/></xf><xf numFmtId")
            || styles.contains("fontId=\"2\"><alignment horizontal=\"center\"/></xf>")
    );
    assert!(styles.contains("<fills count=\"6\">"), "none, gray125, error, header, warning, notice: {styles}");
    assert_comes_off(&original, &returned);
}

#[test]
fn prefixed_and_strict_namespaces() {
    let main = "http://purl.oclc.org/ooxml/spreadsheetml/main";
    let relations = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    let book = format!(
        "\u{feff}<x:workbook xmlns:x=\"{main}\"><x:bookViews><x:workbookView activeTab=\"0\"/></x:bookViews><x:sheets><x:sheet name=\"表\" sheetId=\"1\" d:id=\"a\" xmlns:d=\"{relations}\"/></x:sheets><x:calcPr/></x:workbook>"
    );
    let sheet = format!(
        "<x:worksheet xmlns:x=\"{main}\"><x:sheetViews><x:sheetView tabSelected='true' workbookViewId=\"0\"/></x:sheetViews><x:sheetData><x:row r=\"1\"><x:c r=\"A1\"><x:v>1</x:v></x:c></x:row></x:sheetData><x:pageMargins/><x:tableParts/></x:worksheet>"
    );
    let rels = format!(
        "<p:Relationships xmlns:p=\"http://schemas.openxmlformats.org/package/2006/relationships\"><p:Relationship Id=\"a\" Type=\"{relations}/worksheet\" Target=\"/book/s.xml\"/><p:Relationship Id=\"b\" Type=\"{relations}/styles\" Target=\"st.xml\"/></p:Relationships>"
    );
    let styles = format!(
        "<x:styleSheet xmlns:x=\"{main}\"><x:fonts><x:font/></x:fonts><x:fills count=\"2\"><x:fill><x:patternFill patternType=\"none\"/></x:fill><x:fill><x:patternFill patternType=\"gray125\"/></x:fill></x:fills><x:cellXfs><x:xf/></x:cellXfs></x:styleSheet>"
    );
    let root = RELS
        .replace("/xl/workbook.xml", "book/w.xml")
        .replace("http://schemas.openxmlformats.org/officeDocument/2006/relationships", relations);
    let original = zipped(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", &root),
        ("book/w.xml", &book),
        ("book/_rels/w.xml.rels", &rels),
        ("book/s.xml", &sheet),
        ("book/st.xml", &styles),
    ]);
    let returned = marked(&original, &["A1", "B1", "A3"].map(cell));
    let text = part(&returned, "book/s.xml");
    assert!(text.contains("<x:c s=\"1\" r=\"A1\"><x:v>1</x:v></x:c><x:c r=\"B1\" s=\"1\"/></x:row><x:row r=\"3\"><x:c r=\"A3\" s=\"1\"/></x:row>"), "{text}");
    assert!(text.contains("<x:pageMargins/><x:legacyDrawing xmlns:r="), "{text}");
    assert!(text.contains("tabSelected='0'"));
    let book = part(&returned, "book/w.xml");
    assert!(book.contains("<x:sheets><x:sheet name=\"检查结果\" sheetId=\"2\" xmlns:r="), "{book}");
    assert!(part(&returned, "book/comments1.xml").contains(main));
    assert!(part(&returned, "book/_rels/w.xml.rels").contains("<p:Relationship Id=\"rId1\""));
    assert_comes_off(&original, &returned);
    let saved = altered(&returned, |name, text| (name != "book/foursight1.json").then_some(text));
    let cleaned = unmark(&saved).expect("patchable").expect("marked");
    assert!(part(&cleaned, "book/st.xml").contains("</x:fill><x:fill><x:patternFill patternType='none'/></x:fill>"));
    assert_eq!(
        differences(&original, &cleaned),
        ["+book/_rels/s.xml.rels", "~[Content_Types].xml", "~book/s.xml", "~book/st.xml"]
    );
}

#[test]
fn the_drawing_of_comments_goes_where_the_schema_wants_it() {
    for (tail, expected) in [
        ("<drawing r:id=\"d\"/><tableParts/>", "<drawing r:id=\"d\"/><legacyDrawing r:id=\"rId1\"/><tableParts/>"),
        ("<picture/><extLst/>", "<legacyDrawing r:id=\"rId1\"/><picture/><extLst/>"),
        ("<mc:AlternateContent/><extLst/>", "<legacyDrawing r:id=\"rId1\"/><mc:AlternateContent/><extLst/>"),
        ("<ignoredErrors/>", "<ignoredErrors/><legacyDrawing r:id=\"rId1\"/>"),
    ] {
        let root = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:mc=\"m\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">";
        let original = package(&format!("{root}<sheetData/>{tail}</worksheet>"));
        let text = part(&marked(&original, &[cell("A1")]), "xl/worksheets/sheet1.xml");
        assert!(text.ends_with(&format!("</sheetData>{expected}</worksheet>")), "{text}");
    }
}

fn with_comments(comments: &str, threads: Option<&str>) -> Vec<u8> {
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut rels = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"c\" Type=\"{base}/comments\" Target=\"../comments1.xml\"/><Relationship Id=\"v\" Type=\"{base}/vmlDrawing\" Target=\"../v.vml\"/>"
    );
    if threads.is_some() {
        rels += "<Relationship Id=\"t\" Type=\"http://schemas.microsoft.com/office/2017/10/relationships/threadedComment\" Target=\"../threadedComments/t.xml\"/>";
    }
    rels += "</Relationships>";
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{base}\"><sheetData/><legacyDrawing r:id=\"v\"/></worksheet>"
    );
    // A button with an unclosed <br>, as Excel writes it.
    let vml = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"1\"/></o:shapelayout><v:shape id=\"_x0000_s2047\"><div>按<br>钮</div></v:shape></xml>";
    let mut list = vec![
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/worksheets/_rels/sheet1.xml.rels", &rels),
        ("xl/comments1.xml", comments),
        ("xl/v.vml", vml),
    ];
    list.extend(threads.map(|text| ("xl/threadedComments/t.xml", text)));
    zipped(&list)
}

#[test]
fn comments_in_every_form_are_appended_to() {
    let original = with_comments(
        "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors/><commentList><comment ref=\"A1\" authorId=\"0\"><text><t>平</t></text></comment><comment ref=\"A2\" authorId=\"0\"><text><r><t>富</t></r><phoneticPr fontId=\"1\"/></text></comment><comment ref=\"A3\" authorId=\"0\"><text/></comment></commentList></comments>",
        None,
    );
    let returned = marked(&original, &["A1", "A2", "A3", "A4"].map(cell));
    let comments = part(&returned, "xl/comments1.xml");
    assert!(comments.contains("<authors><author>foursight</author></authors>"));
    assert!(comments.contains("<text><r><t>平</t></r><r><rPr>"));
    assert!(comments.contains("</r><phoneticPr fontId=\"1\"/></text>"));
    assert_eq!(comments.matches("<comment ").count(), 4);
    let vml = part(&returned, "xl/v.vml");
    assert!(vml.contains("按<br>钮") && vml.contains("_x0000_s2048") && vml.contains("data=\"1,2\""), "{vml}");
    assert_comes_off(&original, &returned);
    // After a save that loses the record, hers stay and ours go.
    let saved = altered(&returned, |name, text| (name != "xl/foursight1.json").then_some(text));
    let cleaned = unmark(&saved).expect("patchable").expect("marked");
    let comments = part(&cleaned, "xl/comments1.xml");
    assert!(!comments.contains("────") && !comments.contains("C003"), "{comments}");
    assert!(comments.contains("<t>平</t>") && comments.contains("<t>富</t>") && !comments.contains("ref=\"A4\""));
    assert_eq!(part(&cleaned, "xl/v.vml").matches("</v:shape>").count(), 1);
}

#[test]
fn a_drawing_under_other_prefixes_is_appended_to() {
    let list = "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>她</author></authors><commentList><comment ref=\"A1\" authorId=\"0\"><text><t>平</t></text></comment></commentList></comments>";
    // As openpyxl writes it.
    let vml = "<xml xmlns:ns0=\"urn:schemas-microsoft-com:vml\" xmlns:ns1=\"urn:schemas-microsoft-com:office:office\" xmlns:ns2=\"urn:schemas-microsoft-com:office:excel\"><ns1:shapelayout ns0:ext=\"edit\"><ns1:idmap ns0:ext=\"edit\" data=\"1\"/></ns1:shapelayout><ns0:shapetype id=\"_x0000_t202\"/><ns0:shape id=\"_x0000_s1025\"/></xml>";
    let original =
        altered(&with_comments(list, None), |name, text| Some(if name == "xl/v.vml" { vml.to_owned() } else { text }));
    let returned = marked(&original, &["A1", "B2"].map(cell));
    assert_eq!(part(&returned, "xl/comments1.xml").matches("<comment ").count(), 2);
    let drawing = part(&returned, "xl/v.vml");
    assert!(drawing.contains("<v:shape xmlns:v=\"urn:schemas-microsoft-com:vml\""), "{drawing}");
    let mut reader = quick_xml::NsReader::from_str(&drawing);
    while !matches!(reader.read_event().expect("well-formed"), quick_xml::events::Event::Eof) {}
    assert_comes_off(&original, &returned);
}

#[test]
fn a_threaded_conversation_is_left_alone() {
    let original = with_comments(
        "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>tc={1}</author></authors><commentList><comment ref=\"A1\" authorId=\"0\"><text><t>[Threaded comment]</t></text></comment></commentList></comments>",
        Some(
            "<ThreadedComments xmlns=\"t\"><threadedComment ref=\"A1\" id=\"{1}\"><text>问</text></threadedComment></ThreadedComments>",
        ),
    );
    let returned = marked(&original, &["A1", "B1"].map(cell));
    let comments = part(&returned, "xl/comments1.xml");
    assert!(comments.contains("<text><t>[Threaded comment]</t></text>"));
    assert_eq!(comments.matches("<comment ").count(), 2);
    assert!(!differences(&original, &returned).iter().any(|name| name.contains("threaded")));
    assert_comes_off(&original, &returned);
}

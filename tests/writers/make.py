"""Writes workbooks as clerks' programs do, with what such workbooks hold beside cells: make.py FOLDER.

One mistake stands in the sheet 潜客表: the card in row 3 is of level D and was never delivered.
"""
import sys
from datetime import datetime
from pathlib import Path

TITLES = ["潜客编号", "客户姓名", "手机号", "首次接触时间", "级别", "级别更新时间", "意向车型", "渠道", "销售顾问", "交车日期"]
ROWS = [
    ["Q1", "甲客户", "13900000901", datetime(2026, 11, 16, 10, 0), "A", datetime(2026, 11, 17, 9, 30), "云岭X5", "自然到店", "李销售", None],
    ["Q2", "乙客户", "13900000902", datetime(2026, 11, 16, 11, 0), "D", datetime(2026, 11, 17, 9, 30), "云岭X5", "自然到店", "李销售", None],
    ["Q3", "丙客户", "13900000903", datetime(2026, 11, 16, 12, 0), "B", datetime(2026, 11, 17, 9, 30), "云岭X7", "自然到店", "王销售", None],
]
FORMAT = "yyyy-mm-dd hh:mm"


def openpyxl_book(path):
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference
    from openpyxl.comments import Comment
    from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.workbook.defined_name import DefinedName
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "潜客表"
    sheet.append(TITLES)
    for row in ROWS:
        sheet.append(row)
    for row in sheet.iter_rows(min_row=2, max_row=4):
        for cell in (row[3], row[5]):
            cell.number_format = FORMAT
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet["A1"].comment = Comment("编号不要改", "店长")
    sheet["J3"].comment = Comment("再问一下", "店长")
    levels = DataValidation(type="list", formula1='"N,C,B,A,H,O,D,T"', allow_blank=True)
    sheet.add_data_validation(levels)
    levels.add("E2:E100")
    sheet.conditional_formatting.add("E2:E100", CellIsRule(operator="equal", formula=['"H"'], fill=PatternFill(bgColor="FFC7CE")))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = "A1:J4"
    sheet.column_dimensions["C"].width = 18
    own = book.create_sheet("算一算")
    own.append(["级别", "台数"])
    for level, count in (("A", 1), ("B", 1), ("D", 1)):
        own.append([level, count])
    own["B5"] = "=SUM(B2:B4)"
    chart = BarChart()
    chart.add_data(Reference(own, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    chart.set_categories(Reference(own, min_col=1, min_row=2, max_row=4))
    own.add_chart(chart, "D2")
    own.conditional_formatting.add("B2:B4", ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color="63BE7B"))
    name = DefinedName("台数", attr_text="'算一算'!$B$2:$B$4")
    (book.defined_names.append if hasattr(book.defined_names, "append") else lambda n: book.defined_names.__setitem__(n.name, n))(name)
    book.save(path)


def xlsxwriter_book(path, macros=False):
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    if macros:
        vba = Path(path).with_name("vbaProject.bin")
        # An OLE container as far as its first bytes go: nobody runs it, and it must come back as it was.
        vba.write_bytes(bytes([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) + bytes(range(256)) * 8)
        book.add_vba_project(str(vba))
    when = book.add_format({"num_format": FORMAT})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("潜客表")
    lists = book.add_worksheet("选项")
    lists.write_column(0, 0, ["N", "C", "B", "A", "H", "O", "D", "T"])
    sheet.write_row(0, 0, TITLES, bold)
    for at, row in enumerate(ROWS, 1):
        for col, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(at, col, value, when)
            elif value is not None:
                sheet.write_string(at, col, value)
    sheet.write_comment("A1", "编号不要改", {"author": "店长"})
    # A list on another sheet, a data bar and a sparkline stand in the extensions of 2010.
    sheet.data_validation("E2:E100", {"validate": "list", "source": "=选项!$A$1:$A$8"})
    lists.write_column(0, 1, [1, 2, 3, 4, 5, 6, 7, 8])
    lists.conditional_format("B1:B8", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})
    lists.add_sparkline("C1", {"range": "选项!B1:B8"})
    sheet.conditional_format("E2:E100", {"type": "cell", "criteria": "==", "value": '"H"', "format": bold})
    sheet.freeze_panes(1, 1)
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=选项!$B$1:$B$8"})
    lists.insert_chart("E2", chart)
    book.define_name("级别表", "=选项!$A$1:$A$8")
    book.close()


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
openpyxl_book(folder / "openpyxl.xlsx")
xlsxwriter_book(folder / "xlsxwriter.xlsx")
xlsxwriter_book(folder / "macros.xlsm", macros=True)
(folder / "vbaProject.bin").unlink()
# What openpyxl makes of a workbook with macros that it opens.
from openpyxl import load_workbook  # noqa: E402

kept = load_workbook(folder / "macros.xlsm", keep_vba=True)
from openpyxl.chart import LineChart, Reference  # noqa: E402

chart = LineChart()
chart.add_data(Reference(kept["选项"], min_col=2, min_row=1, max_row=8))
kept["选项"].add_chart(chart, "E20")
kept.save(folder / "openpyxl_macros.xlsm")

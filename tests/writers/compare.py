"""Holds a returned workbook against the one that was sent, as another program reads both: compare.py SENT RETURNED.

Everything that the sender put into it must be there again; our list stands before it and our word at J3.
"""
import sys
import warnings

from openpyxl import load_workbook

warnings.simplefilter("ignore")
sent_path, returned_path = sys.argv[1:3]
macros = sent_path.endswith(".xlsm")
sent, returned = (load_workbook(path, keep_vba=macros) for path in (sent_path, returned_path))
wrong = []


def same(what, before, after):
    if before != after:
        wrong.append(f"{what}: {before!r} became {after!r}")


same("sheets", ["检查结果"] + sent.sheetnames, returned.sheetnames)
for name in sent.sheetnames:
    before, after = sent[name], returned[name]
    for row in before.iter_rows():
        for cell in row:
            now = after[cell.coordinate]
            same(f"{name}!{cell.coordinate}", cell.value, now.value)
            same(f"format of {name}!{cell.coordinate}", cell.number_format, now.number_format)
            same(f"font of {name}!{cell.coordinate}", cell.font.b, now.font.b)
            if cell.comment and cell.comment.text not in (now.comment.text if now.comment else ""):
                wrong.append(f"{name}!{cell.coordinate}: the comment {cell.comment.text!r} is gone")
    same(f"charts of {name}", len(before._charts), len(after._charts))
    same(f"pivots of {name}", [pivot.name for pivot in before._pivots], [pivot.name for pivot in after._pivots])
    same(f"validations of {name}", [(str(v.sqref), v.formula1) for v in before.data_validations.dataValidation], [(str(v.sqref), v.formula1) for v in after.data_validations.dataValidation])
    same(f"conditional formats of {name}", [str(c.sqref) for c in before.conditional_formatting], [str(c.sqref) for c in after.conditional_formatting])
    same(f"frozen panes of {name}", before.freeze_panes, after.freeze_panes)
    same(f"filter of {name}", before.auto_filter.ref, after.auto_filter.ref)
mark = returned["潜客表"]["J3"].comment
if not mark or "R101" not in mark.text:
    wrong.append(f"our word at J3: {mark and mark.text!r}")
if returned["潜客表"]["J3"].fill.fgColor.rgb == sent["潜客表"]["J3"].fill.fgColor.rgb:
    wrong.append("J3 bears no colour")
listed = [cell.value for row in returned["检查结果"].iter_rows() for cell in row]
if not any("R101" in str(value) for value in listed):
    wrong.append(f"the list: {listed!r}")
if wrong:
    sys.exit("\n".join(wrong))

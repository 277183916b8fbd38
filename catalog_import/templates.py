"""The workbook that we hand out: empty, or with the supplier's goods; what comes back changes
nothing that nobody changed."""

import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from catalog_import.amounts import tax_words
from catalog_import.listings import required_fields
from catalog_import.safety import safe_cell
from catalog_import.synonyms import heading_table
from catalog_import.workbook_child import OPTIONS_SHEET, TEMPLATE_VERSION
from catalog_import.writing import UNWRITABLE, Cell

SHEET = "商品"
HINTS, HEADINGS = 1, 2  # rows; goods begin below
LAST = 20_002  # row down to which choices are offered
WIDTH = 18
UNITS = ("箱", "袋", "盒", "瓶", "罐", "桶", "包", "件", "只", "个", "斤", "公斤")
HINT = Font(italic=True, color="FF5B6B62")
MUST = PatternFill("solid", fgColor="FFFBE9D7")
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def goods_workbook(
    known: Mapping[str, Sequence[str]], rows: Iterable[Mapping[str, Cell]] = ()
) -> bytes:
    """Hints, headings, choices (`known` by field, and those of ours), and a good in each row: field
    → what it says. Texts can never run as formulas, amounts are numbers."""
    fields = heading_table().listing
    choices = {
        **known,
        "unit": UNITS,
        "tax_rate": tax_words(),
        **dict.fromkeys(("freight_included", "made_to_order", "sealed"), ("是", "否")),
    }
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for number in range(1, len(fields) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    sheet.freeze_panes = f"A{HEADINGS + 1}"
    _offer(sheet, list(fields), choices)
    sheet.append([_styled(sheet, _hint(name), HINT) for name in fields])
    sheet.append([_heading(sheet, name) for name in fields])
    for row in rows:
        sheet.append([_cell(sheet, row.get(name)) for name in fields])
    _options(book, choices)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain_workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a line of headings; the same care for texts and amounts."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for number in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    sheet.freeze_panes = "A2"
    sheet.append([_styled(sheet, heading, BOLD) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(sheet: Any, fields: list[str], choices: Mapping[str, Sequence[str]]) -> None:
    """Drop-downs; of a unit or a county other words may be written all the same."""
    for place, (name, words) in enumerate(choices.items(), 2):
        letters = get_column_letter(place)
        known = DataValidation(
            type="list",
            formula1=f"'{OPTIONS_SHEET}'!${letters}$1:${letters}${len(words)}",
            allow_blank=True,
            showErrorMessage=name not in {"unit", "county"},
        )
        column = get_column_letter(fields.index(name) + 1)
        known.add(f"{column}{HEADINGS + 1}:{column}{LAST}")
        sheet.data_validations.append(known)


def _options(book: Any, choices: Mapping[str, Sequence[str]]) -> None:
    """A hidden sheet: the version of the form in A1, the choices from B on."""
    sheet = book.create_sheet(OPTIONS_SHEET)
    sheet.sheet_state = "hidden"
    columns = list(choices.values())
    for row in range(max(len(words) for words in columns)):
        first = TEMPLATE_VERSION if row == 0 else None
        sheet.append([first, *(words[row] if row < len(words) else None for words in columns)])


def _hint(name: str) -> str:
    must = "必填" if name in required_fields() else "选填"
    return f"{must} · 例：{heading_table().listing[name].example}"


def _heading(sheet: Any, name: str) -> Any:
    cell = _styled(sheet, heading_table().listing[name].zh, BOLD)
    if name in required_fields():
        cell.fill = MUST
    return cell


def _styled(sheet: Any, text: str, font: Font) -> Any:
    cell = _text(sheet, text)
    cell.font, cell.alignment = font, WRAPPED
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = "0.00" if isinstance(value, Decimal) else "0"
    return cell


def _text(sheet: Any, value: str) -> Any:
    """A cell of text, whatever it looks like: never a formula, a number or an error."""
    cell = WriteOnlyCell(sheet, "")
    cell.value = safe_cell(UNWRITABLE.sub("\ufffd", value)[:32_767])
    cell.data_type = "s"
    cell.number_format = "@"
    return cell

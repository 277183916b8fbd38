"""Cells of a workbook as people see them: text, and a mark where that is not what they typed."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from catalog_import.safety import original
from catalog_import.table import Mark

EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
GENERAL = 10**11  # longer ones are shown as 1.029E+14 where no format is chosen
PADDED = re.compile(r"0{2,}")  # shows zeros in front that are not there
QUOTED = re.compile(r'"[^"]*"|\\.')


def show(cell: Any) -> tuple[str, Mark | None]:
    """The text of a cell of openpyxl, and what a workbook did to it."""
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type == "f":
        return str(getattr(value, "text", None) or value), "cell_formula"
    if isinstance(value, bool):
        return ("是" if value else "否"), None
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, datetime | date | time | timedelta):
        return _date(value), "cell_date"
    return original(str(value)), None


def _number(value: float, number_format: str) -> tuple[str, Mark | None]:
    shape = QUOTED.sub("", number_format)
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return str(value), "cell_number"
    if "%" in shape:
        return f"{_plain(exact * 100)}%", None
    is_short = shape in {"General", ""} and abs(exact) >= GENERAL
    is_long = abs(exact) >= EXACT or is_short or bool(PADDED.fullmatch(shape))
    return _plain(exact), "cell_number" if is_long else None


def show_number(value: float) -> str:
    """A number below GENERAL as people see it."""
    text = repr(value or 0)  # there is no negative nothing
    if "e" in text or "n" in text:
        return _plain(Decimal(text))
    return text.removesuffix(".0")


def _plain(number: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(value: datetime | date | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)

"""How fast the rows of a plain workbook are read, beside openpyxl in its read-only mode."""

from __future__ import annotations

import io
import statistics
import time
from typing import Any

import openpyxl

from catalog_import import Wanted, open_table

HEADINGS = ("货号", "品名", "类目", "原产县", "供货价", "售价", "单位", "库存", "规格", "净含量",
            "毛重", "箱规", "保质期", "贮存条件", "配料", "执行标准", "税率", "是否含运",
            "发货时效", "不发货地区")  # fmt: skip  # twenty


def bench(rows: int, *, runs: int) -> dict[str, Any]:
    """Medians of `runs` pairs in rows per second; ours starts its child and counts, checks and
    decodes every cell."""
    data = book(rows)
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(rows / _read(data, rows))
        theirs.append(rows / _read_barely(data, rows))
    return {
        "name": "import_xlsx_50k" if rows == 50_000 else f"import_xlsx_{rows}",
        "value": statistics.median(ours),
        "unit": "rows/s",
        "reference": "openpyxl read_only",
        "reference_value": statistics.median(theirs),
        "ratio": statistics.median(a / b for a, b in zip(ours, theirs, strict=True)),
        "runs": runs,
    }


def book(rows: int) -> bytes:
    """A catalogue of twenty columns as a spreadsheet saves it."""
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("商品")
    sheet.append(HEADINGS)
    for n in range(rows):
        sheet.append(
            [f"SL-{n:06d}", f"示例 高山核桃 {n}号", "干果", "伽师县", 12.5 + n % 100,
             20.25 + n % 100, "箱", n % 5_000, f"{n % 9 + 1}个/箱", f"{n % 20 + 1}千克",
             f"{n % 20 + 2}千克", "6盒/箱", "12个月", "阴凉干燥处",
             "核桃", "GB/T 20398", "9%", "是", 48, "西藏"]
        )  # fmt: skip  # in the order of the headings
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _read(data: bytes, rows: int) -> float:
    began = time.perf_counter()
    seen = sum(1 for _ in open_table(data, Wanted()).rows)
    return _took(began, seen, rows)


def _read_barely(data: bytes, rows: int) -> float:
    began = time.perf_counter()
    read = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    seen = sum(1 for _ in read.worksheets[0].iter_rows(values_only=True)) - 1
    return _took(began, seen, rows)


def _took(began: float, seen: int, rows: int) -> float:
    if seen != rows:
        raise RuntimeError(f"{seen} of {rows} rows were read")
    return time.perf_counter() - began

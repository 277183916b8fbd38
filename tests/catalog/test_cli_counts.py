"""The command as people start it, on files of several kinds: what it prints adds up."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
from sqlalchemy import func, select

from marketplace.catalog.models import CatalogImport, Listing
from marketplace.work.models import TrailEntry
from tests.databases import Place
from tests.fixtures import People
from tests.house.places import ROOT
from tests.makers.catalog import ROW, a_draft_listing, a_sheet
from tests.makers.suppliers import a_credit_code, a_draft_supplier

# the supplier's own headings, and what they mean
OWN = {"货号": "编码", "品名": "商品叫法", "售价": "卖价", "库存": "还有"}
FIELDS = {"编码": "sku", "商品叫法": "title", "卖价": "sale_price", "还有": "stock"}
MEANING = "".join(f'"{heading}" = "{field}"\n' for heading, field in FIELDS.items())
SUM = re.compile(r"读取 (\d+) 行 = 新增 (\d+) \+ 更新 (\d+) \+ 未变 (\d+) \+ 拒绝 (\d+)")
AS_IN_THE_ROW = {"processing": "", "packaging": "", "net_content": "5千克"}
KNOWN = 4  # goods that are there already: SL-0001 to SL-0004
ROWS: tuple[dict[str, str], ...] = (
    {},  # the same as it is
    {"售价": "61.00"},  # another price
    {"库存": "7"},
    {"品名": "示例 伽师瓜 礼盒"},
    {"货号": "NEW-1"},
    {"货号": "NEW-2", "品名": "示例 新瓜"},
    {"货号": "BAD-1", "售价": "61,5元"},  # neither 61.5 nor 615
    {"货号": "BAD-2", "库存": "-1"},
    {"货号": "BAD-3", "原产县": "无此县"},
    {"货号": "NEW-1"},  # a second time
)


def run(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MARKETPLACE_DATABASE_URL": place.url, "PYTHONUTF8": "1",
                   "MARKETPLACE_DEMO": "1", "SECRET_KEY": "k" * 32}  # fmt: skip  # a dictionary
    asked = [sys.executable, "-m", "marketplace", "import", *words, "--data", str(place.folder)]
    return subprocess.run(  # noqa: S603  # our own interpreter and module
        asked,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def as_workbook(rows: list[dict[str, str]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append([OWN.get(heading, heading) for heading in rows[0]])
    for row in rows:
        book.active.append(list(row.values()))
    book.save(out)
    return out.getvalue()


def as_text(rows: list[dict[str, str]]) -> bytes:
    head, *rest = a_sheet(*rows).decode("utf-8-sig").splitlines(keepends=True)
    for ours, theirs in OWN.items():
        head = head.replace(ours, theirs)
    return (head + "".join(rest)).encode("gb18030")


def stored(people: People) -> tuple[int | None, ...]:
    with people.runtime.reading() as session:
        kinds = (Listing, CatalogImport, TrailEntry)
        return tuple(session.scalar(select(func.count()).select_from(kind)) for kind in kinds)


def test_a_dry_run_of_the_command_prints_counts_that_add_up(
    people: People, place: Place, tmp_path: Path
) -> None:
    """P23: rows read = created + updated + unchanged + refused, whatever is wrong with some."""
    a_draft_supplier(people)
    for number in range(1, KNOWN + 1):
        a_draft_listing(people, sku=f"SL-{number:04d}", **AS_IN_THE_ROW)
    meaning = tmp_path / "列.toml"
    meaning.write_text(MEANING, "utf-8")
    before = stored(people)
    rows = [{**ROW, "货号": f"SL-{number:04d}", **row} for number, row in enumerate(ROWS, 1)]
    for name, data in {"目录.csv": as_text(rows), "目录.xlsx": as_workbook(rows)}.items():
        sheet = tmp_path / name
        sheet.write_bytes(data)
        done = run(place, str(sheet), "--supplier", a_credit_code(), "--mapping", str(meaning),
                   "--dry-run")  # fmt: skip  # one command
        assert (done.returncode, done.stderr) == (1, ""), done.stderr
        found = SUM.search(done.stdout)
        assert found, done.stdout
        read, *parts = map(int, found.groups())
        assert read == sum(parts) == len(ROWS)
        assert parts == [1, 3, 1, 5]  # of two rows with one code neither is taken
        assert "什么都没有写入" in done.stdout
        assert stored(people) == before

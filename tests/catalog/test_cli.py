"""The command line: take a sheet in, or only check it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from marketplace.adapters.whoosh_search import WhooshSearch
from marketplace.catalog import queries, service
from marketplace.catalog.cli import import_file, search
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import PART, Upload
from marketplace.catalog.states import ImportState, ListingState
from tests.fixtures import People
from tests.makers.archives import an_archive
from tests.makers.catalog import a_listing, a_sheet
from tests.makers.photos import a_photo
from tests.makers.suppliers import a_credit_code, a_draft_supplier, an_approved_supplier


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "目录.csv"


def run(people: People, sheet: Path, *options: str, code: str | None = None) -> Result:
    words = [str(sheet), "--supplier", code or a_credit_code(), *options]
    return CliRunner().invoke(import_file, words, obj=lambda _: people.runtime)


def count(people: People) -> int:
    with people.runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(Listing)) or 0


def test_a_good_sheet_is_taken_in(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}, {}))
    answer = run(people, sheet)
    assert (answer.exit_code, count(people)) == (0, 2)
    assert "读取 2 行 = 新增 2 + 更新 0 + 未变 0 + 拒绝 0" in answer.output
    assert "未变 2 +" in run(people, sheet).output


def test_pictures_come_along_and_a_dry_run_keeps_none_of_them(
    people: People, sheet: Path, data: Path
) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}, {}))
    archive = sheet.with_suffix(".zip")
    archive.write_bytes(an_archive({"SL-0001.jpg": a_photo(), "x.jpg": b"?"}))
    for more, kept in (("--dry-run",), 0), ((), 3):
        answer = run(people, sheet, "--pictures", str(archive), *more)
        assert answer.exit_code == 0, answer.output
        assert "图片：新的 1 张，已有的 0 张。" in answer.output
        assert "没有图片，保持不变：SL-0002" in answer.output
        assert len(list((data / "papers").glob("photos/*"))) == kept
    archive.write_bytes(an_archive({"SL-0001.jpg": b"GIF89a" + bytes(60)}))
    refused = run(people, sheet, "--pictures", str(archive))
    assert refused.exit_code == 1
    assert "“SL-0001.jpg”是 GIF 文件" in refused.output


def test_changed_rows_are_taken_in_by_the_operator_too(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}))
    run(people, sheet)
    sheet.write_bytes(a_sheet({"售价": "61.00", "库存": "5"}))
    answer = run(people, sheet)
    assert answer.exit_code == 0, answer.output
    assert "更新 1 +" in answer.output


def test_a_bad_sheet_is_told_and_nothing_is_written(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}, {"库存": "很多"}))
    answer = run(people, sheet, "--lang", "en")
    assert (answer.exit_code, count(people)) == (1, 0)
    assert "Row 3" in answer.output
    assert "whole number" in answer.output


def test_a_sheet_in_gb18030_is_written_only_when_somebody_says_it_reads_well(
    people: People, sheet: Path
) -> None:
    """P26: declared, never guessed silently."""
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}).decode("utf-8-sig").encode("gb18030"))
    answer = run(people, sheet)
    assert (answer.exit_code, count(people)) == (1, 0)
    assert "--gb18030" in answer.output
    answer = run(people, sheet, "--gb18030")
    assert (answer.exit_code, count(people)) == (0, 1), answer.output


def test_a_long_sheet_is_written_whole_before_the_command_ends(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    rows = PART + 1
    sheet.write_bytes(a_sheet(*({"货号": f"L-{number:05d}"} for number in range(rows))))
    answer = run(people, sheet)
    assert (answer.exit_code, count(people)) == (0, rows), answer.output
    assert "新增 1001 +" in answer.output


def test_a_dry_run_tells_counts_that_add_up_and_writes_nothing(people: People, sheet: Path) -> None:
    """P23: rows read = created + updated + unchanged + refused, also when some are refused."""
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}, {}))
    run(people, sheet)
    bad = {"货号": "SL-9", "库存": "?"}
    sheet.write_bytes(a_sheet({}, {"售价": "61.00"}, {"货号": "新"}, {"货号": "新 2"}, bad))
    answer = run(people, sheet, "--dry-run")
    assert "读取 5 行 = 新增 2 + 更新 1 + 未变 1 + 拒绝 1" in answer.output
    assert (answer.exit_code, count(people)) == (1, 2)


def test_rows_that_stand_twice_are_refused_once_each(people: People, sheet: Path) -> None:
    """P23: the first of them came as good; the counts add up all the same."""
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}, {"货号": "SL-0001"}, {}))
    assert "读取 3 行 = 新增 1 + 更新 0 + 未变 0 + 拒绝 2" in run(people, sheet).output


def test_goods_that_the_file_does_not_name_stay_unless_it_is_said(
    people: People, sheet: Path
) -> None:
    an_approved_supplier(people)
    a_listing(people, sku="旧", stock=8)
    sheet.write_bytes(a_sheet({}))
    assert "表格里没有的 1 件商品不变" in run(people, sheet).output
    assert "1 件不再有可售库存" in run(people, sheet, "--absent", "empty").output
    with people.runtime.reading() as session:
        old = session.scalars(select(Listing).where(Listing.sku == "旧")).one()
    assert (old.received, old.available, old.state) == (0, 0, ListingState.ON_SALE)


def test_a_file_that_queues_behind_another_is_written_too(people: People, sheet: Path) -> None:
    supplier = a_draft_supplier(people)
    with people.runtime.reading() as session:
        long = a_sheet(*({"货号": f"L-{number:05d}"} for number in range(PART + 1)))
        now = people.runtime.clock.now()
        checked = queries.check_sheet(session, supplier.id, Upload(long, "长.csv"), now)
    with people.runtime.work(people.actor("supplier")) as w:
        service.accept(w, supplier.id, checked)
    sheet.write_bytes(a_sheet({}))
    answer = run(people, sheet)
    assert (answer.exit_code, count(people)) == (0, PART + 2), answer.output


def test_of_sheets_of_one_instant_the_one_that_is_written_stands_first(people: People) -> None:
    """P23: behind one that only waits the command would wait for ever."""
    supplier = a_draft_supplier(people)
    now = people.runtime.clock.now()
    long = a_sheet(*({"货号": f"L-{number:05d}"} for number in range(PART + 1)))
    with people.runtime.work(people.actor("supplier")) as w:
        for sheet in (long, *(a_sheet({"货号": f"W-{turn}"}) for turn in range(12))):
            upload = Upload(sheet, "长.csv")
            service.accept(w, supplier.id, queries.check_sheet(w.session, supplier.id, upload, now))
        states = [one.state for one in w.session.scalars(queries.queue(supplier.id))]
    assert states == [ImportState.WRITING, *[ImportState.WAITING] * 12]


def test_a_check_writes_nothing(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}))
    answer = run(people, sheet, "--dry-run")
    assert (answer.exit_code, count(people)) == (0, 0)


def test_an_unknown_supplier_is_told(people: People, sheet: Path) -> None:
    sheet.write_bytes(a_sheet({}))
    answer = run(people, sheet, code="91000000000000000X")
    assert answer.exit_code == 1
    assert "91000000000000000X" in answer.output


def ask_search(people: People, verb: str) -> Result:
    return CliRunner().invoke(search, [verb], obj=lambda _: people.runtime)


def test_the_search_index_is_rebuilt_and_told_about(people: People) -> None:
    an_approved_supplier(people)
    a_listing(people)
    lost = ask_search(people, "status")
    assert (lost.exit_code, "there is no index" in lost.output) == (1, True)
    assert ask_search(people, "rebuild").output.startswith("1 件")
    told = ask_search(people, "status")
    assert (told.exit_code, told.output.split("\t")[:2]) == (0, ["whoosh", "1 件 / documents"])


def test_a_rebuild_waits_for_nobody_forever(people: People) -> None:
    folder = people.runtime.tools.config.data / "search"
    index = WhooshSearch(folder, patience=0)
    people.runtime.tools = replace(people.runtime.tools, search=index)
    ask_search(people, "rebuild")
    lock = sqlite3.connect(folder / "writing.lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    answer = ask_search(people, "rebuild")
    lock.close()
    assert answer.exit_code == 1
    assert "another process writes it" in answer.output

"""The command line: take a sheet in, or only check it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from marketplace.adapters.whoosh_search import WhooshSearch
from marketplace.catalog.cli import catalog, search
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import PART
from tests.fixtures import People
from tests.makers.catalog import a_listing, a_sheet
from tests.makers.suppliers import a_credit_code, a_draft_supplier, an_approved_supplier


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "目录.csv"


def run(people: People, sheet: Path, *options: str, code: str | None = None) -> Result:
    words = ["import", str(sheet), "--supplier", code or a_credit_code(), *options]
    return CliRunner().invoke(catalog, words, obj=lambda _: people.runtime)


def count(people: People) -> int:
    with people.runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(Listing)) or 0


def test_a_good_sheet_is_taken_in(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}, {}))
    answer = run(people, sheet)
    assert (answer.exit_code, count(people)) == (0, 2)
    assert "新增 2 件" in answer.output
    assert "未变 2 件" in run(people, sheet).output


def test_changed_rows_are_taken_in_by_the_operator_too(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}))
    run(people, sheet)
    sheet.write_bytes(a_sheet({"售价": "61.00", "库存": "5"}))
    answer = run(people, sheet)
    assert answer.exit_code == 0, answer.output
    assert "更新 1 件" in answer.output


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
    assert "新增 1001 件" in answer.output


def test_a_check_writes_nothing(people: People, sheet: Path) -> None:
    a_draft_supplier(people)
    sheet.write_bytes(a_sheet({}))
    answer = run(people, sheet, "--check")
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

"""Facts load at once, twice the same; a broken file is refused with line and reason."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from marketplace.regions import queries, service
from marketplace.regions.models import Division
from marketplace.work import Work


def change(table: Path, old: str, new: str) -> int:
    """Replace the first occurrence; answers its line."""
    text = table.read_text("utf-8")
    assert old in text
    table.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_loading_again_changes_nothing_and_is_quick(w: Work) -> None:
    before = queries.counties_on(w.session, "832", w.now)
    began = time.process_time()
    loaded = service.load_facts(w)
    assert time.process_time() - began < 1
    assert loaded == (6824, 4, 1188)
    assert queries.counties_on(w.session, "832", w.now) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("divisions.csv", "110101,3,", "11010,3,", "column code cannot be '11010'"),
        ("divisions.csv", "110101,3,", "110101,4,", "level is not 1, 2 or 3"),
        ("divisions.csv", "110101,3,", "110101,三,", "column level cannot be '三'"),
        ("divisions.csv", "130102 130104,", "130102 999999,", "unknown successor 999999"),
        ("divisions.csv", "110102,3,", "110101,3,", "code 110101 is in use twice"),
        ("designations.csv", "832,1,130631", "832,1,130699", "130699 is no county in use"),
        ("designations.csv", "832,2,", "832,1,", "number 1 stands twice"),
        ("designations.csv", "832,3,", "833,3,", "unknown list 833"),
        (
            "designations.csv",
            "2014-12-31",
            "2014-13-31",
            "column valid_from cannot be '2014-13-31'",
        ),
        ("designations.csv", "2014-12-31,", "2014-12-31,,", "11 cells, 10 columns"),
        ("lists.csv", "832,832", "832,831", "832 entries found, 831 announced"),
        ("lists.csv", "160,92", "91,92", "known is larger than entries"),
    ],
)
def test_a_broken_line_is_refused_with_its_number_and_reason(
    w: Work, tables: Path, file: str, old: str, new: str, reason: str
) -> None:
    line = change(tables / file, old, new)
    with pytest.raises(service.BrokenData) as refusal:
        service.load_facts(w, tables)
    broken = refusal.value
    assert (broken.file, broken.line, broken.reason) == (file, line, reason)
    assert len(queries.counties_on(w.session, "832", w.now)) == 832


def test_a_missing_column_is_named(w: Work, tables: Path) -> None:
    change(tables / "divisions.csv", "level", "rank")
    with pytest.raises(service.BrokenData, match="line 1: column level is missing"):
        service.load_facts(w, tables)


def test_a_file_that_is_not_utf_8_is_refused(w: Work, tables: Path) -> None:
    table = tables / "lists.csv"
    table.write_bytes(table.read_text("utf-8").encode("gb18030"))
    with pytest.raises(service.BrokenData, match=r"lists.csv, line 2: not UTF-8"):
        service.load_facts(w, tables)


def test_an_empty_table_is_refused(w: Work, tables: Path) -> None:
    (tables / "divisions.csv").write_bytes(b"")
    with pytest.raises(service.BrokenData, match="no rows"):
        service.load_facts(w, tables)


def test_every_span_of_the_standard_is_there_and_every_successor_leads_somewhere(w: Work) -> None:
    """34 provinces, 333 prefectures and 2,846 counties at the end of 2024, and 大柴旦 beside."""
    spans = w.session.scalars(select(Division)).all()
    in_use = Counter(one.level for one in spans if one.until_year is None)
    assert in_use == {1: 34, 2: 333, 3: 2846 + 1}
    assert len(spans) == 6823 + 1
    codes = {one.code for one in spans}
    assert all(set(one.successors) <= codes for one in spans)
    assert all(one.today == [one.code] for one in spans if one.until_year is None)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("530000,27", "530000,26", "159 entries in all, 160 announced"),
        ("530000,27", "539999,27", "539999 is no province"),
        ("150000,10\nkey-160,450000,20", "150000,9\nkey-160,450000,21", "more than 9 entries"),
        ("key-160,640000", "key-161,640000", "155 entries in all, 160 announced"),
    ],
)
def test_how_a_list_spreads_over_provinces_must_add_up(
    w: Work, tables: Path, old: str, new: str, reason: str
) -> None:
    change(tables / "coverage.csv", old, new)
    with pytest.raises(service.BrokenData, match=reason):
        service.load_facts(w, tables)

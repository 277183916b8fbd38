"""The command proposes and prints the difference; it never confirms."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.commands import main
from marketplace.regions import queries
from marketplace.work import Runtime

pytestmark = pytest.mark.sqlite_only  # a command finds the embedded database by its folder


def run(*arguments: object) -> tuple[int, str]:
    outcome = CliRunner().invoke(main, ["regions", *map(str, arguments)])
    return outcome.exit_code, outcome.output


def test_the_lists_are_told_with_how_much_of_them_is_known(data: Path) -> None:
    code, told = run("lists", "--data", data)
    assert code == 0
    assert "key-160\t1\t92/160\t国家乡村振兴重点帮扶县" in told


def test_a_sheet_becomes_a_proposal_and_its_difference_is_printed(
    data: Path, runtime: Runtime, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("县,摘帽年份,起始日期\n静宁县,2020,\n金川县,2018,2021-08-27\n", "utf-8")
    given = ("propose", file, "--list", "key-160", "--source", "示例文件", "--data", data)
    code, told = run(*given)
    assert code == 0, told
    assert "+\t620826\t静宁县" in told
    assert told.count("\n-\t") == 91
    assert told.endswith("=\t1\n/lists/key-160/2\n")
    with runtime.reading() as session:
        waiting = queries.proposals(session)
        held = queries.list_in_force(session, "key-160", runtime.clock.now())
    assert [(one.number, one.proposed_by) for one in waiting] == [(2, "system")]
    assert held.version.number == 1


def test_a_wrong_row_ends_with_one_and_nothing_is_kept(
    data: Path, runtime: Runtime, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("县\n火星县\n", "utf-8")
    code, told = run("propose", file, "--list", "832", "--source", "示例", "--data", data)
    assert code == 1
    assert "2\t火星县\t没有找到" in told
    with runtime.reading() as session:
        assert queries.proposals(session) == []

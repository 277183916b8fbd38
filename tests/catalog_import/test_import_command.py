"""`python -m catalog_import`: what it prints and how it ends."""

import json
from pathlib import Path

import pytest

from catalog_import import template_csv
from catalog_import.__main__ import main
from tests.catalog_import.sheets import GOOD, csv_of


def a_file(folder: Path, data: bytes, name: str = "sheet.csv") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_a_good_sheet_ends_with_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([a_file(tmp_path, template_csv())]) == 0
    assert "读取 1 行，通过 1 行，拒绝 0 行，问题 0 个" in capsys.readouterr().out


def test_problems_are_printed_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([a_file(tmp_path, csv_of(GOOD | {"库存": "x"})), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "Row 2, column “库存”: the stock is not a whole number" in out
    assert "1  stock_unclear stock" in out


def test_an_unreadable_file_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([a_file(tmp_path, b"PK\x03\x04")]) == 1
    assert "另存为" in capsys.readouterr().out


def test_a_mapping_with_values_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = a_file(tmp_path, b"stock = 100", "m.toml")
    assert main([a_file(tmp_path, template_csv()), "--mapping", mapping, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["unreadable"]["code"] == "mapping_not_a_field"


def test_a_machine_can_read_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([a_file(tmp_path, csv_of(GOOD | {"售价": "12,5元"})), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["counts"] == {"price_grouping sale_price": 1}
    assert said["problems"][0]["row"] == 2


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "none.csv")])
    assert ended.value.code == 2

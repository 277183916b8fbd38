"""Real catalogues, where the folder is there: the counts that docs/importing.md states."""

from collections import Counter
from pathlib import Path

import pytest

from catalog_import import ListingSheet, read_listings, read_mapping

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "samples"
MAPPINGS = Path(__file__).parent / "mappings"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no sample catalogues in {SAMPLES}")


def sample(number: str, *, mapped: bool = False) -> ListingSheet:
    (path,) = SAMPLES.glob(f"{number}_*.csv")
    mapping = read_mapping((MAPPINGS / f"{number}.toml").read_bytes()) if mapped else None
    return read_listings(path.read_bytes(), mapping=mapping)


def counts(sheet: ListingSheet) -> dict[str, int]:
    return dict(Counter(f"{p.code} {p.field}".strip() for p in sheet.problems))


def test_the_47_goods_with_certificates_are_refused_and_keep_their_origin() -> None:
    sheet = sample("05", mapped=True)
    assert (sheet.rows_read, len(sheet.rows), len(sheet.partial)) == (47, 0, 47)
    assert counts(sheet) == {
        "ambiguous_price": 1,
        "column_missing category": 47,
        "column_missing supply_price": 47,
        "column_missing unit": 47,
    }
    assert all(row.values["county"] and row.values["stock"] for row in sheet.partial)
    assert sheet.headings["address"] == "county"
    assert "certificate_id" in sheet.unknown_headings
    assert (sheet.partial[-1].row, sheet.partial[-1].line) == (48, 738)


def test_the_general_shop_is_refused_row_by_row_for_origin_and_stock() -> None:
    sheet = sample("07", mapped=True)
    assert (sheet.rows_read, len(sheet.rows), len(sheet.partial)) == (239, 0, 239)
    for field in ("county", "stock"):
        rows = {p.row for p in sheet.problems if (p.code, p.field) == ("column_missing", field)}
        assert rows == set(range(2, 241))
    assert counts(sheet) == {
        "ambiguous_price": 1,
        "column_missing county": 239,
        "column_missing stock": 239,
        "column_missing supply_price": 239,
    }


@pytest.mark.parametrize(
    ("number", "rows", "problems"),
    [
        ("03", 251, 1255),
        ("05", 47, 332),
        ("06", 38, 150),
        ("07", 239, 957),
        ("08", 10, 71),
        ("09", 25, 126),
    ],
)
def test_without_a_mapping_no_row_of_a_sample_passes(number: str, rows: int, problems: int) -> None:
    sheet = sample(number)
    assert (sheet.rows_read, len(sheet.rows), len(sheet.problems)) == (rows, 0, problems)


def test_the_price_list_of_eighty_thousand_rows_is_refused_row_by_row() -> None:
    sheet = sample("01")
    assert (sheet.rows_read, len(sheet.rows), len(sheet.problems)) == (79_621, 0, 477_727)
    assert counts(sheet)["hidden_character title"] == 1

"""Sheets for these tests: a good row, and what a test changes in it."""

from catalog_import import ListingSheet, PeopleSheet, Problem, read_listings, read_people

GOOD = {
    "货号": "SL-1",
    "品名": "示例 核桃",
    "类目": "干果",
    "原产县": "雷山县",
    "供货价": "30.00",
    "售价": "39.90",
    "单位": "袋",
    "库存": "100",
}


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def csv_of(*rows: dict[str, str]) -> bytes:
    """A sheet of these rows; the headings are those of the first."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(",".join(quoted(cell) for cell in line) for line in lines).encode()


def listings(*changes: dict[str, str]) -> ListingSheet:
    """A sheet with one row for each change of the good row; each has a SKU of its own."""
    rows = [GOOD | {"货号": f"SL-{n}"} | change for n, change in enumerate(changes, 1)]
    columns = dict.fromkeys(heading for row in rows for heading in row)
    return read_listings(csv_of(*({name: row.get(name, "") for name in columns} for row in rows)))


def only_problem(**cells: str) -> Problem:
    """The one problem of a sheet whose single row is good but for these cells."""
    sheet = listings(cells)
    assert sheet.rows == ()
    (problem,) = sheet.problems
    return problem


def people(*rows: tuple[str, str]) -> PeopleSheet:
    return read_people(csv_of(*({"姓名": name, "手机号": mobile} for name, mobile in rows)))

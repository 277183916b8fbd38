"""P34: time comes from one clock of ours, in UTC; no statement asks the database for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from marketplace.kernel.base import Base, Instant
from tests.house.places import MIGRATIONS, ROOT, modules, nothing_in, told

# the clocks of SQLite and PostgreSQL, as words of SQL
OF_THE_DATABASE = re.compile(
    r"\b(now\(\)|current_(timestamp|date|time)\b|localtime(stamp)?\b|(clock|statement|transaction)"
    r"_timestamp|timeofday\(|julianday\(|unixepoch\(|(datetime|date|time)\('now)",
    re.IGNORECASE,
)
OF_SQLALCHEMY = re.compile(r"\bfunc\.(now|current_\w+|localtime\w*|sysdate|\w*_timestamp)\b")
OF_PYTHON = re.compile(
    r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|gmtime|localtime))\("
)
MAY_ASK = {  # and why
    "marketplace/kernel/clock.py": "it is the clock",
    "marketplace/commands/demo/building.py": "compares with the age of a folder on this disk",
}


def sources() -> list[Path]:
    """What runs in the shop, migrations included."""
    return sorted((ROOT / "marketplace").rglob("*.py"))


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a file that is not a docstring, with its line."""
    tree = ast.parse(path.read_text("utf-8"))
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def test_no_statement_asks_the_database_for_the_time() -> None:
    """P34: neither as text nor through SQLAlchemy."""
    nothing_in(
        f"{told(path)}:{line}: {found.group()}"
        for path in sources()
        for line, text in texts(path)
        if (found := OF_THE_DATABASE.search(text))
    )
    nothing_in(
        f"{told(path)}: {found.group()}"
        for path in sources()
        for found in OF_SQLALCHEMY.finditer(path.read_text("utf-8"))
    )


def test_no_column_is_filled_by_the_clock_of_the_database() -> None:
    """P34: nor by a default of the table; the migrations are made from these."""
    assert list(modules("models"))
    tables: list[Table] = list(Base.metadata.tables.values())
    nothing_in(
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if isinstance(column.type, Instant) and (column.server_default or column.server_onupdate)
    )
    assert all("server_default" not in path.read_text("utf-8") for path in MIGRATIONS.glob("*.py"))


def test_only_the_clock_asks_the_machine() -> None:
    """P34: everybody else is told the instant by whoever opened the unit of work."""
    nothing_in(
        f"{told(path)}: {found.group()})"
        for path in sources()
        if told(path) not in MAY_ASK
        for found in OF_PYTHON.finditer(path.read_text("utf-8"))
    )


def test_instants_are_kept_in_utc_and_a_time_without_a_zone_is_refused() -> None:
    """P34: every column that holds an instant is of the one type that sees to it."""
    assert list(modules("models"))
    nothing_in(
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.type.python_type is datetime and not isinstance(column.type, Instant)
    )
    noon = datetime(2026, 11, 23, 12)  # noqa: DTZ001  # that is the point
    with pytest.raises(ValueError, match="zone"):
        Instant().process_bind_param(noon, sqlite.dialect())

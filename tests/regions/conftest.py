"""The facts in a database of their own, loaded once; each test rolls back what it did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.config import Config
from marketplace.extension import tools as make_tools
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.clock import SetClock
from marketplace.regions import service as regions
from marketplace.work import Runtime, Work

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A database with the packaged facts."""
    data = tmp_path_factory.mktemp("facts")
    tools = make_tools(Config(data=data))
    runtime = Runtime(tools, clock=SetClock(NOON))
    runtime.create_tables()
    with runtime.work() as w:
        regions.load_facts(w)
    yield runtime
    runtime.engine.dispose()


@pytest.fixture
def w(facts: Runtime) -> Iterator[Work]:
    """A unit of work that is never kept."""
    with Session(facts.engine) as session:
        yield Work(session, SYSTEM, NOON, facts.tools)
        session.rollback()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with a copy of the packaged tables, to be broken."""
    packaged = Path(regions.__file__).parents[1] / "data"
    for table in packaged.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    return tmp_path

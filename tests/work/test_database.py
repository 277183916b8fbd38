"""What every line to a database is set to before anybody asks anything of it."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.errors import Conflict
from marketplace.work import Runtime, database

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: what was told is on the disk
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": 10_000,
    "trusted_schema": 0,
}


@pytest.mark.sqlite_only  # what PostgreSQL does by nature
def test_every_line_to_sqlite_is_set_to_keep_what_it_was_told(bare_runtime: Runtime) -> None:
    """P31: what was told is on the disk, and checked."""
    with bare_runtime.engine.connect() as connection:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in PRAGMAS}
    assert found == PRAGMAS


@pytest.mark.sqlite_only  # PostgreSQL lets many write
def test_a_unit_of_work_that_has_only_looked_holds_the_turn_to_write(bare_runtime: Runtime) -> None:
    """P12: otherwise it could not write any more once another process has written."""
    file = make_url(bare_runtime.tools.config.url).database or ""
    with bare_runtime.work() as w, closing(sqlite3.connect(file, timeout=0)) as other:
        w.session.execute(text("SELECT count(*) FROM mp_trail"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_no_row_names_what_is_not_there(bare_runtime: Runtime) -> None:
    """P35: on both databases."""
    lost = {"one": uuid.uuid4().hex, "two": uuid.uuid4().hex}
    alone = "INSERT INTO mp_batch_part (batch_id, part_id) VALUES (:one, :two)"
    with pytest.raises(IntegrityError), bare_runtime.work() as w:
        w.session.execute(text(alone), lost)


@pytest.mark.sqlite_only  # the words of its driver
def test_a_broken_promise_of_the_tables_is_not_tried_again(bare_runtime: Runtime) -> None:
    """P32: only a meeting is."""
    tries: list[int] = []

    def call() -> None:
        tries.append(1)
        with bare_runtime.work() as w:
            w.session.execute(text("INSERT INTO mp_sweep (name, done_at) VALUES ('x', NULL)"))

    with pytest.raises(IntegrityError):
        bare_runtime.again(call)
    assert len(tries) == 1


def test_who_met_another_one_is_told_so() -> None:
    """P35: by the two states in which PostgreSQL says it, see its appendix A."""

    class Lost(Exception):
        sqlstate = "40P01"

    fault = database.DBAPIError("", {}, Lost())
    assert database.meant(fault) is Conflict

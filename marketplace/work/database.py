"""Engines: SQLite set so that it neither oversells nor forgets, PostgreSQL so that nobody waits
for ever; and which of their faults mean "do it again"."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteTypeCompiler
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from marketplace.kernel.errors import Busy, Conflict, DiskFull

log = logging.getLogger(__name__)

WRITING = {"mp_writing": True}
LOOKING = {"mp_looking": True}
# A request gives up before its reader does; a migration lifts these for itself.
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "60s"
IDLE_TIMEOUT = "120s"  # a transaction that nobody works in any more
WAL_TRIES, WAL_WAIT = 100, 0.05  # seconds between two
POOL = 10  # connections kept per process, and as many more in a rush
# SQLSTATE of PostgreSQL, see its appendix A
DISK_FULL = "53100"
_LOST = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
_WAITED = frozenset({"55P03", "57014", "57P01", "57P02", "57P03", "53300"})
_SESSION = (
    f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT} "
    f"-c idle_in_transaction_session_timeout={IDLE_TIMEOUT} -c timezone=UTC"
)

_KEEP_PLANS = "SET plan_cache_mode TO force_generic_plan"


class StrictTypes(SQLiteTypeCompiler):
    """STRICT tables know TEXT, INTEGER, REAL and BLOB only."""

    def process(self, type_: Any, **options: Any) -> str:
        word = super().process(type_, **options).upper()
        if word.startswith(("BIGINT", "INT", "SMALLINT", "BOOLEAN")):
            return "INTEGER"
        if word.startswith(("FLOAT", "NUMERIC", "DOUBLE", "REAL")):
            return "REAL"
        return "BLOB" if word.startswith("BLOB") else "TEXT"


@contextmanager
def planned_anew(session: Session) -> Iterator[None]:
    """For questions about many values at once: PostgreSQL plans each for its values.

    After five times psycopg prepares a question, and PostgreSQL may then keep one plan for any
    values; made while a table was empty it reads all of it, over and over, once it is full.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    connection = session.connection()
    raw: Any = connection.connection.dbapi_connection
    keeps = connection.get_execution_options().get("mp_looking")
    before, raw.prepare_threshold = raw.prepare_threshold, None
    if keeps:
        connection.exec_driver_sql("SET plan_cache_mode TO force_custom_plan")
    try:
        yield
    finally:
        raw.prepare_threshold = before
        if keeps:
            connection.exec_driver_sql(_KEEP_PLANS)


def make_engine(url: str) -> Engine:
    """An engine of our own; a host's engine is never touched. SQLite and PostgreSQL only."""
    kind = make_url(url).get_backend_name()
    if kind == "postgresql":
        # what the operator gives with the address (a schema, say) stands beside ours
        theirs = make_url(url).query.get("options", "")
        given = " ".join((theirs,) if isinstance(theirs, str) else theirs)
        # psycopg is there only where PostgreSQL is
        from marketplace.work.described import Described  # noqa: PLC0415

        engine = create_engine(
            make_url(url).difference_update_query(["options"]),
            pool_pre_ping=True,
            hide_parameters=True,  # a refused row must not be read in a log
            pool_size=POOL,
            max_overflow=POOL,
            isolation_level="READ COMMITTED",  # guards stand in the statements, see docs/data.md
            connect_args={
                "options": f"{_SESSION} {given}".strip(),
                "cursor_factory": Described,
            },
        )
        event.listen(engine, "begin", _plan)
        return engine
    if kind != "sqlite":
        raise ValueError(f"SQLite or PostgreSQL, not {kind}")
    if folder := make_url(url).database:
        Path(folder).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": 10, "check_same_thread": False}
    )
    engine.dialect.type_compiler_instance = StrictTypes(engine.dialect)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def looking(engine: Engine) -> Engine:
    """The same for short looks: READ COMMITTED promises nothing from one question to the next, so
    on PostgreSQL they go without the two ways that BEGIN and ROLLBACK are. Not for rows that are
    read in batches: their cursor needs a transaction."""
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT", **LOOKING)


def _plan(connection: Connection) -> None:
    """Looks keep the plans of their questions: PostgreSQL takes six times as long to plan what may
    be sold as to find it, and would do so each time. A connection that has looked says otherwise
    in its transactions."""
    raw: Any = connection.connection.dbapi_connection
    if connection.get_execution_options().get("mp_looking"):
        if not getattr(raw, "mp_has_looked", False):
            connection.exec_driver_sql(_KEEP_PLANS)
            raw.mp_has_looked = True
    elif getattr(raw, "mp_has_looked", False):
        connection.exec_driver_sql("SET LOCAL plan_cache_mode TO DEFAULT")


def keep_plans(session: Session) -> None:
    """The same for the questions of this unit from here on."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL plan_cache_mode TO force_generic_plan")


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late: see _begin
    cursor = connection.cursor()
    _use_wal(cursor)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=10000",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Kept in the file, so one process sets it once; SQLite does not wait for whoever does."""
    for _ in range(WAL_TRIES):
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(WAL_WAIT)  # another process makes the same database at this moment


def is_duplicate(fault: IntegrityError) -> bool:
    """Two wrote the same key; other constraints are no meeting but a mistake."""
    state = getattr(fault.orig, "sqlstate", None)
    return state == "23505" or "UNIQUE constraint failed" in str(fault.orig)


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: a read that turns into a write would fail, not wait."""
    writing = connection.get_execution_options().get("mp_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def meant(fault: BaseException) -> type[Busy] | None:
    """What a fault of the database means for the unit of work: Conflict (do it again at once),
    Busy and DiskFull (a person may try again), or None: it is no such fault."""
    if isinstance(fault, StaleDataError):
        return Conflict
    if isinstance(fault, NoConnectionLeft):
        return Busy
    if not isinstance(fault, DBAPIError):
        return None
    state = getattr(fault.orig, "sqlstate", "")  # None: the server was not there to give one
    if state in _LOST:
        return Conflict
    told = str(fault.orig)
    if state == DISK_FULL or "database or disk is full" in told:
        log.error("the database has no room left", extra={"event": "disk_full"})
        return DiskFull
    sqlite_waited = "database is locked" in told or "database table is locked" in told
    no_server = state is None and isinstance(fault, OperationalError)
    if state in _WAITED or sqlite_waited or no_server or fault.connection_invalidated:
        return Busy
    return None

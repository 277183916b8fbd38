"""Engines: SQLite set so that it neither oversells nor forgets; PostgreSQL as it comes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteTypeCompiler

WRITING = {"mp_writing": True}


class StrictTypes(SQLiteTypeCompiler):
    """STRICT tables know TEXT, INTEGER, REAL and BLOB only."""

    def process(self, type_: Any, **options: Any) -> str:
        word = super().process(type_, **options).upper()
        if word.startswith(("BIGINT", "INT", "SMALLINT", "BOOLEAN")):
            return "INTEGER"
        if word.startswith(("FLOAT", "NUMERIC", "DOUBLE", "REAL")):
            return "REAL"
        return "BLOB" if word.startswith("BLOB") else "TEXT"


def make_engine(url: str) -> Engine:
    """An engine of our own; a host's engine is never touched."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 10, "check_same_thread": False})
    engine.dialect.type_compiler_instance = StrictTypes(engine.dialect)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late: see _begin
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "busy_timeout=10000",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: a read that turns into a write would fail, not wait."""
    writing = connection.get_execution_options().get("mp_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

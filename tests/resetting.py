"""A PostgreSQL database that stands: what a test changed is put back, the rest is left alone.

To copy a database, and to open the first connections to it, takes longer than most tests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

KEPT = "kept"  # the schema that holds the prepared rows
MOST = 100  # resets until rows that are gone but take room are worth a new copy
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
# count and newest transaction: any row that came, went or changed changes one of the two
SHAPE = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM {name}"  # noqa: S608  # our own names
    for name in ("pg_class", "pg_attribute", "pg_trigger", "pg_proc", "pg_constraint")
)
Row = tuple[object, ...]


class Changed(Exception):
    """The tables themselves are no longer as they were."""


@dataclass
class Reset:
    """Knows a database as it was prepared, and makes it so again."""

    connected: Callable[[], psycopg.Connection[Row]]
    shape: list[Row] = field(default_factory=list)
    states: dict[str, Row] = field(default_factory=dict)
    sequences: list[Row] = field(default_factory=list)
    times: int = 0
    # kept: the long questions about all tables are planned once; see `let_go`
    _kept: psycopg.Connection[Row] | None = None

    @property
    def connection(self) -> psycopg.Connection[Row]:
        if self._kept is None or self._kept.closed:
            self._kept = self.connected()
        return self._kept

    def learn(self) -> None:
        """Once, before anybody else is there."""
        self._learn()

    def let_go(self) -> None:
        """Nobody may be connected to a database that is copied or dropped."""
        if self._kept is not None:
            self._kept.close()

    def _learn(self) -> None:
        names = self._ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        self._do(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(KEPT)))
        for (name,) in names:
            self._do(_on("CREATE TABLE {kept} AS TABLE {table}", str(name)))
        self.sequences = self._ask(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
        )
        self.states = self._states([str(name) for (name,) in names])
        self.shape = self._ask(SHAPE)

    def again(self) -> None:
        """Raises Changed where only a new copy helps."""
        self._ask(OTHERS)
        self.times += 1
        if self.times > MOST or self._ask(SHAPE) != self.shape:
            raise Changed
        now = self._states(list(self.states))
        changed = [name for name, state in now.items() if state != self.states[name]]
        with self.connection.transaction():
            self._do(sql.SQL("SET LOCAL session_replication_role = replica"))  # no trigger, no key
            for name in changed:
                self._do(_on("DELETE FROM {table}", name))
                self._do(_on("INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE {kept}", name))
            for sequence, last in self.sequences:
                self.connection.execute(
                    "SELECT setval(%s::regclass, %s, %s)", (sequence, last or 1, last is not None)
                )
        self.states |= self._states(changed)

    def _states(self, names: list[str]) -> dict[str, Row]:
        if not names:
            return {}
        asked = sql.SQL(" UNION ALL ").join(
            _on("SELECT {name}, count(*), max(xmin::text::bigint) FROM {table}", name)
            for name in names
        )
        return {str(name): tuple(state) for name, *state in self.connection.execute(asked)}

    def _ask(self, question: str) -> list[Row]:
        return self.connection.execute(sql.SQL(question)).fetchall()

    def _do(self, command: sql.SQL | sql.Composed) -> None:
        self.connection.execute(command)


def _on(command: str, name: str) -> sql.Composed:
    return sql.SQL(command).format(
        name=sql.Literal(name),
        table=sql.Identifier("public", name),
        kept=sql.Identifier(KEPT, name),
    )

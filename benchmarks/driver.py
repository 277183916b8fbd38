"""The driver alone: the rows of one order, written again under other keys.

Imports nothing of the shop, so that a client is there at once; which rows they are, `bare` finds.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from datetime import datetime
from typing import Any

import psycopg

# in the order of writing: whatever a row names is there before it
ADDED = ("mp_purchase", "mp_delivery", "mp_reservation", "mp_order", "mp_order_line", "mp_payment",
         "mp_trail")  # fmt: skip  # one line
FRESH = {"number", "key", "reference"}  # texts that no two rows share
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON",
           "busy_timeout=10000", "trusted_schema=OFF")  # fmt: skip  # as marketplace.work.database
Row = dict[str, Any]


class Bare:
    """One connection of the driver, set as the shop sets its own."""

    def __init__(self, kind: str, address: str) -> None:
        self.is_sqlite = kind == "sqlite"
        self._connection: Any
        if self.is_sqlite:
            self._connection = sqlite3.connect(address, timeout=10, isolation_level=None)
            for pragma in PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            self._connection = psycopg.connect(address)
        self._cursor = self._connection.cursor()

    def newest(self, table: str, count: int) -> list[Row]:
        """The last rows of a table as plain values; of the shop's tables only the trail had any."""
        order = "number DESC" if table == "mp_trail" else "id"
        self._cursor.execute(f"SELECT * FROM {table} ORDER BY {order} LIMIT {count}")  # noqa: S608  # names of this file
        names = [column[0] for column in self._cursor.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in self._cursor.fetchall()]

    def run(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        marked = statement if self.is_sqlite else statement.replace("?", "%s")
        return self._cursor.execute(marked, values)

    def one(self) -> Any:
        return self._cursor.fetchone()

    def begin(self) -> None:
        if self.is_sqlite:  # psycopg begins by itself
            self._cursor.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()


class Writer:
    """Writes orders as `example` found one."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._bare = Bare(task["kind"], task["address"])
        self._rows: dict[str, list[Row]] = task["rows"]
        self._wishes, self._placed = task["wishes"], 0
        self._ids = [row["id"] for name in ADDED for row in self._rows[name] if "id" in row]
        self._statements = {name: _insert(name, list(rows[0])) for name, rows in self._rows.items()}

    def order(self) -> None:
        """One transaction: the rows of the order, its pieces, its deeds and the trail's end."""
        self.orders(1)

    def orders(self, many: int) -> None:
        """So many in one transaction, to fill a shop."""
        self._bare.begin()
        for _ in range(many):
            self._write()
        self._bare.commit()

    def close(self) -> None:
        self._bare.close()

    def _write(self) -> None:
        bare = self._bare
        fresh = {old: self._new_id() for old in self._ids}
        wish = self._wishes[self._placed % len(self._wishes)]
        self._placed += 1
        for listing in wish:
            bare.run(
                "UPDATE mp_listing SET available = available - 1, reserved = reserved + 1 "
                "WHERE id = ? AND available >= 1",
                (listing.replace("-", "") if bare.is_sqlite else listing,),
            )
        for name in ADDED[:-1]:
            for row in self._rows[name]:
                bare.run(self._statements[name], self._values(row, fresh))
        self._deeds(fresh)

    def _deeds(self, fresh: dict[str, str]) -> None:
        bare, rows = self._bare, self._rows["mp_trail"]
        lock = "" if bare.is_sqlite else " FOR UPDATE"
        bare.run(f"SELECT number FROM mp_trail_head WHERE id = 1{lock}")  # noqa: S608  # two words
        (number,) = bare.one()
        for place, row in enumerate(rows, number + 1):
            values = {**row, "number": place, "subject_id": fresh[row["subject_id"]]}
            bare.run(self._statements["mp_trail"], tuple(values.values()))
        bare.run("UPDATE mp_trail_head SET number = ?, hash = ? WHERE id = 1",
                 (number + len(rows), rows[0]["hash"]))  # fmt: skip  # one line

    def _values(self, row: Row, fresh: dict[str, str]) -> tuple[Any, ...]:
        return tuple(
            uuid.uuid4().hex[:18] if name in FRESH else fresh.get(value, value)
            for name, value in row.items()
        )

    def _new_id(self) -> str:
        made = uuid.uuid4()
        return made.hex if self._bare.is_sqlite else str(made)


def _insert(table: str, columns: list[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # our own names


def _plain(value: Any) -> Any:
    """As the driver takes it back after a journey through JSON."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, datetime | uuid.UUID) else value

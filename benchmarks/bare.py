"""The rows of one order, written by the driver alone: no shop, no session, nothing looked at.

A real order is placed once and its rows are read back; every order of the reference writes the
same rows again under keys of its own, moves the same stock and the same end of the trail, and
commits with the same settings.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection, func, make_url, select, text
from sqlalchemy.orm import Session

from benchmarks.filling import login
from benchmarks.places import Place
from marketplace.accounts import queries as accounts
from marketplace.catalog.models import Listing
from marketplace.extension import make_runtime
from marketplace.kernel.actor import Actor
from marketplace.kernel.base import Base
from marketplace.kernel.funds import FundSource
from marketplace.orders import queries as order_queries
from marketplace.orders import service as orders
from marketplace.payments.models import Tender

MOST_LISTINGS = 64  # goods that the clients order
# in the order of writing: whatever a row names is there before it
ADDED = ("mp_purchase", "mp_delivery", "mp_reservation", "mp_order", "mp_order_line", "mp_payment",
         "mp_trail")  # fmt: skip  # one line
FRESH = {"number", "key", "reference"}  # texts that no two rows share
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON",
           "busy_timeout=10000", "trusted_schema=OFF")  # fmt: skip  # as marketplace.work.database
Row = dict[str, Any]


def example(place: Place) -> tuple[dict[str, Any], list[str]]:
    """What a bare client needs to know, and the goods to order. Raises RuntimeError when an order
    adds rows to other tables than this file says."""
    runtime = make_runtime(place.config)
    now = runtime.clock.now()
    with runtime.reading() as session:
        goods = session.scalars(select(Listing.id).order_by(Listing.id).limit(MOST_LISTINGS))
        listings = [str(one) for one in goods]
        before = _counts(session.connection())
        buyer = _buyer(session, now)
        address = order_queries.addresses(session, buyer)[0]
    with runtime.work(buyer) as w:
        orders.place(
            w,
            orders.Placement(
                lines=((uuid.UUID(listings[0]), 1),),
                address_id=address.id,
                tender=Tender.TRANSFER,
                source=FundSource.PERSONAL,
                key=uuid.uuid4().hex,
            ),
        )
    with runtime.reading() as session:
        after = _counts(session.connection())
    runtime.engine.dispose()
    grown = {name: n - before[name] for name, n in after.items() if n != before[name]}
    if grown.keys() != set(ADDED):
        raise RuntimeError(f"an order adds rows to {sorted(grown)}")
    bare = Bare(place.kind, _address(place))
    rows = {name: bare.newest(name, grown[name]) for name in ADDED}
    bare.close()
    return {"kind": place.kind, "address": _address(place), "rows": rows}, listings


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
        self._listings, self._placed = task["listings"], 0
        self._ids = [row["id"] for name in ADDED for row in self._rows[name] if "id" in row]
        self._statements = {name: _insert(name, list(rows[0])) for name, rows in self._rows.items()}

    def order(self) -> None:
        """One transaction: the rows of the order, its pieces, its deeds and the trail's end."""
        bare = self._bare
        fresh = {old: self._new_id() for old in self._ids}
        listing = self._listings[self._placed % len(self._listings)]
        self._placed += 1
        listing = listing.replace("-", "") if bare.is_sqlite else listing
        bare.begin()
        bare.run(
            "UPDATE mp_listing SET available = available - 1, reserved = reserved + 1 "
            "WHERE id = ? AND available >= 1",
            (listing,),
        )
        for name in ADDED[:-1]:
            for row in self._rows[name]:
                bare.run(self._statements[name], self._values(row, fresh))
        self._deeds(fresh)
        bare.commit()

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


def _counts(connection: Connection) -> dict[str, int]:
    return {
        name: connection.scalar(select(func.count()).select_from(text(name))) or 0
        for name in Base.metadata.tables
    }


def _buyer(session: Session, at: datetime) -> Actor:
    person = accounts.person_by_login(session, login(0), at)
    found = accounts.actor_of(session, str(person.id), at) if person else None
    if found is None:
        raise RuntimeError("the first buyer is not there")
    return found


def _address(place: Place) -> str:
    """As the driver takes it."""
    if not place.url:
        return str(place.folder / "marketplace.sqlite")
    there = make_url(place.url)
    return f"host={there.query['host']} user=postgres dbname={there.database}"

"""The rows of one order, written by the driver alone: no shop, no session, nothing looked at.

A real order is placed once and its rows are read back; every order of the reference writes the
same rows again under keys of its own, moves the same stock and the same end of the trail, and
commits with the same settings.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, make_url, select, text
from sqlalchemy.orm import Session

from benchmarks.driver import ADDED, Bare
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

MOST_WISHES = 64  # different baskets that the clients order
Wish = list[str]  # the goods of one order: two of one supplier, one of another


def example(place: Place) -> tuple[dict[str, Any], list[Wish]]:
    """What a bare client needs to know, and the baskets to order. Raises RuntimeError when an order
    adds rows to other tables than this file says."""
    runtime = make_runtime(place.config)
    now = runtime.clock.now()
    with runtime.reading() as session:
        wishes = _wishes(session)
        before = _counts(session.connection())
        buyer = _buyer(session, now)
        address = order_queries.addresses(session, buyer)[0]
    with runtime.work(buyer) as w:
        orders.place(
            w,
            orders.Placement(
                lines=tuple((uuid.UUID(one), 1) for one in wishes[0]),
                address_id=address.id,
                tender=Tender.TRANSFER,
                source=FundSource.PERSONAL,
                no_return=None,
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
    return {"kind": place.kind, "address": _address(place), "rows": rows}, wishes


def _wishes(session: Session) -> list[Wish]:
    """No good stands in two of them, so that no two clients wait for each other's."""
    of: dict[uuid.UUID, list[str]] = {}
    asked = select(Listing.supplier_id, Listing.id).order_by(Listing.supplier_id, Listing.id)
    for supplier, listing in session.execute(asked):
        of.setdefault(supplier, []).append(str(listing))
    ranges = list(of.values())
    return [
        [*goods, other]
        for first, second in zip(ranges[::2], ranges[1::2], strict=False)
        for goods, other in zip(zip(first[::2], first[1::2], strict=False), second, strict=False)
    ][:MOST_WISHES]


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

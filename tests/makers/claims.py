"""Makers of claims: asked → answered → disputed → decided, as people would."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from marketplace.catalog import service as photos
from marketplace.catalog.models import Listing, keys_of
from marketplace.claims import queries, service
from marketplace.claims.models import Claim, ClaimLine
from marketplace.claims.states import ClaimKind, ClaimState
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.orders.models import Order
from marketplace.orders.rules import Part
from marketplace.payments.models import Refund
from marketplace.work import Work
from tests.makers.orders import a_purchase, paid, shipped, the_order

if TYPE_CHECKING:
    from tests.fixtures import People


def a_shipped_order(people: People, *listings: Listing, name: str = "employee") -> Order:
    """Two pieces of each, on their way."""
    order = the_order(people, paid(people, a_purchase(people, *listings, name=name)))
    shipped(people, order)
    return order


def received(people: People, order: Order, name: str = "employee") -> Order:
    with people.runtime.work(people.actor(name)) as w:
        return ordering.receive(w, order.id)


def a_quality_claim(
    people: People,
    order: Order,
    *fen: int,
    name: str = "employee",
    pictures: int = 1,
    of: Order | None = None,
) -> Claim:
    """For so many fen of each line (of another order's, to see it refused), with photographs."""
    lines = _lines(people, of or order)
    wanted = [
        service.WishedLine(line, amount=Money(one)) for line, one in zip(lines, fen, strict=False)
    ]
    kept = [a_kept_photo(people) for _ in range(pictures)]
    with people.runtime.work(people.actor(name)) as w:
        wish = service.Wish(ClaimKind.QUALITY, "示例：坏了", wanted)
        return service.open_claim(w, order.id, wish, kept)


def given_back(w: Work, order_id: uuid.UUID, parts: Sequence[Part]) -> Refund:
    """Parts of an order, with a claim behind them as if its supplier had granted it."""
    refund = ordering.refund_parts(w, order_id, parts)
    order = orders.row(w.session, order_id)
    claim = Claim(
        id=uuid.uuid4(), number=f"SH-{refund.id.hex[:30]}", order_id=order.id,
        supplier_id=order.supplier_id, kind=ClaimKind.QUALITY, state=ClaimState.GRANTED,
        reason="示例：坏了", wanted=refund.amount, granted=refund.amount, refund_id=refund.id,
        opened_at=w.now, opened_by=order.purchase.buyer_id, ended_at=w.now,
    )  # fmt: skip
    w.session.add(claim)
    w.session.flush()
    w.session.add_all(
        ClaimLine(
            claim_id=claim.id, order_line_id=one.order_line_id, pieces=one.pieces, amount=one.amount
        )
        for one in parts
    )
    return refund


def a_return(people: People, order: Order, *pieces: int, name: str = "employee") -> Claim:
    """Of so many pieces of each line."""
    lines = _lines(people, order)
    wanted = [
        service.WishedLine(line, pieces=one) for line, one in zip(lines, pieces, strict=False)
    ]
    with people.runtime.work(people.actor(name)) as w:
        return service.open_claim(
            w, order.id, service.Wish(ClaimKind.RETURN, "示例：不想要了", wanted)
        )


def said(people: People, claim: Claim, who: str, verb: str, **answer: object) -> Claim:
    """One verb by one person."""
    given = service.Answer(**{"note": "示例：理由", **answer})  # type: ignore[arg-type]  # named by the caller
    with people.runtime.work(people.actor(who)) as w:
        return service.decide(w, claim.id, verb, given)


def now_of(people: People, claim: Claim) -> Claim:
    with people.runtime.reading() as session:
        return queries.row(session, claim.id)


def a_kept_photo(people: People) -> photos.Received:
    """As `receive` leaves one, without opening a child each time."""
    key = f"photos/{uuid.uuid4()}"
    for one in keys_of(key):
        people.runtime.tools.storage.put(one, b"")
    return photos.Received(uuid.uuid4().hex * 2, "image/jpeg", 300, 300, key)


def _lines(people: People, order: Order) -> list[uuid.UUID]:
    with people.runtime.reading() as session:
        return [line.id for line in orders.lines_of(session, order.id)]

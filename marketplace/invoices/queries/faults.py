"""Whether invoices, requests and what was paid agree, to the fen."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.invoices import rules
from marketplace.invoices.models import Invoice, InvoiceRequest
from marketplace.invoices.queries.shares import shares_of
from marketplace.invoices.states import InvoiceKind, InvoiceState, RequestState
from marketplace.kernel.money import ZERO, Money, total
from marketplace.orders.models import Order

SETTLED = frozenset({RequestState.ISSUED, RequestState.DELIVERED, RequestState.RED_LETTERED})


def faults(session: Session) -> Iterator[str]:
    """In words; nothing when all agrees."""
    invoices = session.scalars(select(Invoice).order_by(Invoice.entered_at, Invoice.id)).all()
    counted = [one for one in invoices if one.state is InvoiceState.COUNTED]
    used = Counter(one.number for one in invoices if one.state is not InvoiceState.REFUSED)
    for number, times in used.items():
        if times > 1:
            yield f"invoice {number} is used {times} times"
    yield from _reds(counted)
    yield from _requests(session, counted)


def _reds(counted: list[Invoice]) -> Iterator[str]:
    """A red one takes back at most its blue one, of the same request; the blue one knows of it."""
    blue = {one.id: one for one in counted if one.kind is InvoiceKind.BLUE}
    taken: dict[uuid.UUID, Money] = {}
    for one in counted:
        if one.blue_id is None:
            continue
        of = blue.get(one.blue_id)
        if of is None or of.request_id != one.request_id:
            yield f"invoice {one.number} takes back what is no invoice of its request"
        taken[one.blue_id] = taken.get(one.blue_id, ZERO) - one.amount
    for of in blue.values():
        red = taken.get(of.id, ZERO)
        if red > of.amount or red != of.reddened:
            yield f"invoice {of.number} of {of.amount}: {red} in red, {of.reddened} is said"


def _requests(session: Session, counted: list[Invoice]) -> Iterator[str]:
    """What is invoiced is what its invoices sum to."""
    by_request: dict[uuid.UUID, list[Invoice]] = {}
    for one in counted:
        by_request.setdefault(one.request_id, []).append(one)
    asked = select(InvoiceRequest).options(
        joinedload(InvoiceRequest.order).joinedload(Order.purchase),
        joinedload(InvoiceRequest.supplier),
    )
    for found in session.scalars(asked.order_by(InvoiceRequest.asked_at, InvoiceRequest.id)):
        name = f"invoices of order {found.order.number} ({found.share})"
        own = by_request.pop(found.id, [])
        summed = total(one.amount for one in own)
        if summed != found.invoiced:
            yield f"{name} sum to {summed}, {found.invoiced} is said"
        if found.state is RequestState.WITHDRAWN:
            if summed:
                yield f"{name}: withdrawn, and {summed} is invoiced"
            continue
        yield from (f"{name}: {words}" for words in _ties(session, found, own))
        yield from (f"{name}: {words}" for words in _parties(found, own))
    for request_id in by_request:
        yield f"invoices of {request_id}, which is no request"


def _ties(session: Session, found: InvoiceRequest, own: list[Invoice]) -> Iterator[str]:
    """Net invoiced is net paid where the request says that it is settled."""
    paid = {share.payer: share.net for share in shares_of(session, found.order)}
    if paid.get(found.payer, ZERO) != found.wanted:
        yield f"{paid.get(found.payer, ZERO)} is paid, {found.wanted} is wanted"
    summed = total(one.amount for one in own)
    has_red = any(one.kind is InvoiceKind.RED for one in own)
    if not _stands(found, rules.standing(found.wanted, summed, has_red=has_red)):
        yield f"{summed} of {found.wanted} is invoiced, and it is {found.state}"


def _stands(found: InvoiceRequest, by_sums: RequestState) -> bool:
    settled = found.state in SETTLED and by_sums in SETTLED | {RequestState.WITHDRAWN}
    return found.state is by_sums or settled


def _parties(found: InvoiceRequest, own: list[Invoice]) -> Iterator[str]:
    """Seller = contract party = payee; the buyer is whom the request names."""
    if found.order.supplier_id != found.supplier_id:
        yield "they are asked of another supplier"
    for one in own:
        if one.on_behalf is None and one.seller_code != found.supplier.credit_code:
            yield f"{one.number} is not its supplier's"
        if one.supplier_id != found.supplier_id:
            yield f"{one.number} was handed in by another supplier"
        if found.title_code and one.buyer_code != found.title_code:
            yield f"{one.number} names another buyer"

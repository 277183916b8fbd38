"""Requests with their invoices: for buyer, supplier and those who look after all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.invoices.models import Invoice, InvoiceRequest
from marketplace.invoices.states import REQUEST, InvoiceKind, InvoiceState, RequestState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.kernel.money import Money, total
from marketplace.orders import queries as orders
from marketplace.orders.models import Order, OrderLine
from marketplace.suppliers import queries as suppliers
from marketplace.web.paging import Page, paged

OVERSEERS = frozenset({Role.MANAGER, Role.AUDITOR})
BUYERS = frozenset({Role.EMPLOYEE, Role.UNION_BUYER, Role.UNION_TREASURER})
OPEN = frozenset({RequestState.REQUESTED, RequestState.RED_DUE})
_ORDER = joinedload(InvoiceRequest.order).joinedload(Order.purchase)


@dataclass(frozen=True, slots=True)
class RequestView:
    """Everything that the page of one request shows to this reader."""

    request: InvoiceRequest
    lines: tuple[OrderLine, ...]
    invoices: tuple[Invoice, ...]
    verbs: tuple[Step[Any], ...]

    @property
    def still(self) -> Money:
        """To be invoiced yet; below zero: to be taken back by red invoices."""
        return self.request.wanted - self.request.invoiced

    @property
    def blue(self) -> tuple[Invoice, ...]:
        """What a red invoice may take back."""
        return tuple(
            one
            for one in self.invoices
            if one.kind is InvoiceKind.BLUE
            and one.state is InvoiceState.COUNTED
            and one.reddened < one.amount
        )


def request(session: Session, actor: Actor, request_id: uuid.UUID) -> RequestView:
    """For buyer, supplier and overseers. Raises Missing."""
    found = row(session, request_id)
    roles = roles_for(actor, found)
    if not roles and not actor.roles & OVERSEERS:
        raise Missing(request_id=request_id)
    return RequestView(
        request=found,
        lines=orders.lines_of(session, found.order_id),
        invoices=invoices_of(session, [found.id]),
        verbs=open_verbs(found, roles),
    )


def row(session: Session, request_id: uuid.UUID, *, for_change: bool = False) -> InvoiceRequest:
    """The bare request with order, purchase and supplier, for everybody. Raises Missing."""
    asked = _listed().where(InvoiceRequest.id == request_id)
    if for_change:
        asked = asked.with_for_update(of=InvoiceRequest).execution_options(populate_existing=True)
    found = session.scalar(asked)
    if found is None:
        raise Missing(request_id=request_id)
    return found


def roles_for(actor: Actor, found: InvoiceRequest) -> frozenset[Role]:
    """The actor's roles that count for this request: by its order, and those in the union whose
    credit paid the share."""
    held = {
        role for role in orders.UNION_OFFICERS if found.organisation_id in actor.organisations(role)
    }
    return orders.roles_for(actor, found.order) | held


def open_verbs(found: InvoiceRequest, roles: Collection[Role]) -> tuple[Step[Any], ...]:
    """What a person may do now; where an invoice came in, nothing is withdrawn by hand."""
    steps = REQUEST.open_verbs(found.state, frozenset(roles) - {Role.SYSTEM})
    return tuple(one for one in steps if one.verb != "withdraw" or not found.invoiced)


def invoices_of(session: Session, request_ids: Collection[uuid.UUID]) -> tuple[Invoice, ...]:
    """All that came in for these requests, the oldest first."""
    asked = select(Invoice).where(Invoice.request_id.in_(request_ids))
    return tuple(session.scalars(asked.order_by(Invoice.entered_at, Invoice.number)))


def invoice(session: Session, actor: Actor, invoice_id: uuid.UUID) -> Invoice:
    """One invoice, for whoever may see its request. Raises Missing."""
    found = session.get(Invoice, invoice_id)
    if found is None:
        raise Missing(invoice_id=invoice_id)
    of = row(session, found.request_id)
    if not roles_for(actor, of) and not actor.roles & OVERSEERS:
        raise Missing(invoice_id=invoice_id)
    return found


def of_number(session: Session, number: str) -> Invoice | None:
    """The invoice that has this number and is not refused."""
    asked = select(Invoice).where(Invoice.number == number, Invoice.state != InvoiceState.REFUSED)
    return session.scalar(asked)


def has_red(session: Session, request_id: uuid.UUID) -> bool:
    """Whether a red invoice counts among its invoices."""
    asked = select(Invoice.id).where(
        Invoice.request_id == request_id,
        Invoice.kind == InvoiceKind.RED,
        Invoice.state == InvoiceState.COUNTED,
    )
    return session.scalar(asked.limit(1)) is not None


def waiting_amount(session: Session, request_id: uuid.UUID) -> Money:
    """Of invoices that a manager has not looked at yet."""
    asked = select(Invoice.amount).where(
        Invoice.request_id == request_id, Invoice.state == InvoiceState.WAITING
    )
    return total(session.scalars(asked))


def requests(
    session: Session, state: RequestState | None, late_at: datetime | None, number: int
) -> Page[Any]:
    """Of all suppliers; of one state, or those whose time has run out at an instant, or all."""
    asked = _listed()
    if state is not None:
        asked = asked.where(InvoiceRequest.state == state)
    if late_at is not None:
        asked = asked.where(_late(late_at))
    return paged(session, asked, number)


def to_issue(session: Session, actor: Actor, number: int) -> Page[Any]:
    """What the supplier whose staff the actor is has to do and did, open ones first."""
    own = suppliers.own(session, actor)
    asked = _listed().where(InvoiceRequest.supplier_id == (own.id if own else None))
    return paged(session, asked, number)


def to_write(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """What the actor's supplier is to invoice, or to take back by a red invoice."""
    due = InvoiceRequest.state.in_((RequestState.REQUESTED, RequestState.RED_DUE))
    return select(InvoiceRequest.id).where(
        due, InvoiceRequest.supplier_id.in_(suppliers.own_ids(actor))
    )


def waiting(session: Session) -> Sequence[Invoice]:
    """Invoices that a manager has to look at, the oldest first."""
    asked = select(Invoice).where(Invoice.state == InvoiceState.WAITING)
    return session.scalars(asked.order_by(Invoice.entered_at)).all()


def to_remind(session: Session, at: datetime, most: int) -> Sequence[InvoiceRequest]:
    """Whose time has run out, and whose supplier was not told so yet."""
    asked = _listed().where(_late(at), InvoiceRequest.reminded_at.is_(None)).limit(most)
    return session.scalars(asked).all()


def _late(at: datetime) -> ColumnElement[bool]:
    return InvoiceRequest.state.in_(OPEN) & (InvoiceRequest.due_on < local_day(at))


def _listed() -> Select[InvoiceRequest]:
    """What waits for the supplier first, the earliest deadline before the others."""
    is_open = or_(*(InvoiceRequest.state == state for state in OPEN))
    return (
        select(InvoiceRequest)
        .options(_ORDER, joinedload(InvoiceRequest.order).joinedload(Order.supplier))
        .options(joinedload(InvoiceRequest.supplier))
        .order_by(is_open.desc(), InvoiceRequest.due_on, InvoiceRequest.id)
    )

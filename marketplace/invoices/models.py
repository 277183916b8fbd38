"""What is to be invoiced, and the invoices that came in."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.invoices.states import (
    FileKind,
    InvoiceKind,
    InvoiceState,
    RequestState,
)
from marketplace.kernel.base import Base, Id, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import Order
from marketplace.orders.states import TitleKind
from marketplace.suppliers.models import Supplier


class InvoiceRequest(Versioned, Base):
    """What one supplier is to invoice of one order, to one title: one share of who paid."""

    __tablename__ = "mp_invoice_request"

    id: Mapped[Id]
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(index=True)  # a union's; None: own
    share: Mapped[FundSource]
    payer: Mapped[str] = mapped_column(String(60))  # the source, and which union's
    title_kind: Mapped[TitleKind]
    title_name: Mapped[ShortText]
    title_code: Mapped[str] = mapped_column(String(18), default="")
    wanted: Mapped[Money]  # paid and not given back
    invoiced: Mapped[Money] = mapped_column(default=ZERO)  # by what counts, red taken off
    state: Mapped[RequestState] = mapped_column(default=RequestState.REQUESTED, index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[PersonRef]
    due_on: Mapped[date]  # the last day to issue
    reminded_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(lazy="raise")
    supplier: Mapped[Supplier] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("wanted >= 0 AND invoiced >= 0", name="amounts_not_negative"),
        Index(
            "uq_mp_invoice_request_live",
            "order_id",
            "payer",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )


class Invoice(Versioned, Base):
    """One fapiao as its supplier handed it in; what it says is never changed. A red one's amounts
    are below zero and its `blue_id` names what it takes back."""

    __tablename__ = "mp_invoice"

    id: Mapped[Id]
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_invoice_request.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None]
    number: Mapped[str] = mapped_column(String(20), index=True)
    kind: Mapped[InvoiceKind]
    blue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_invoice.id"), index=True)
    issued_on: Mapped[date]
    seller_name: Mapped[ShortText]
    seller_code: Mapped[ShortCode]
    buyer_name: Mapped[ShortText]
    buyer_code: Mapped[ShortCode]
    net: Mapped[Money]  # without tax
    tax: Mapped[Money]
    amount: Mapped[Money]  # with tax
    reddened: Mapped[Money] = mapped_column(default=ZERO)  # of a blue one: taken back so far
    items: Mapped[list[dict[str, Any]]]  # name, quantity, rate, net, tax (fen); [] when typed
    file_kind: Mapped[FileKind]
    file_key: Mapped[str] = mapped_column(String(100), unique=True)
    file_name: Mapped[ShortText]
    file_sha256: Mapped[str] = mapped_column(String(64))
    on_behalf: Mapped[str | None] = mapped_column(String(500))  # why another one is the seller
    state: Mapped[InvoiceState] = mapped_column(default=InvoiceState.COUNTED, index=True)
    entered_at: Mapped[datetime]
    entered_by: Mapped[PersonRef]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))  # why it was refused

    __table_args__ = (
        CheckConstraint("amount = net + tax", name="amount_adds_up"),
        CheckConstraint(
            "(kind = 'blue' AND blue_id IS NULL AND amount > 0)"
            " OR (kind = 'red' AND blue_id IS NOT NULL AND amount < 0)",
            name="red_names_blue",
        ),
        CheckConstraint(
            "reddened >= 0 AND (reddened = 0 OR reddened <= amount)", name="red_at_most_blue"
        ),
        Index(
            "uq_mp_invoice_number",
            "number",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
    )

"""Baskets, addresses, purchases, orders and their lines, and what holds an order back."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalog.models import Listing
from marketplace.kernel.base import Base, Id, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import rules
from marketplace.orders.states import (
    DeliveryState,
    HoldChoice,
    HoldReason,
    HoldState,
    OrderState,
    TitleKind,
)
from marketplace.payments.models import Tender
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules.freight import Terms, terms_of
from marketplace.work.models import append_only


class BasketLine(Base):
    """A good that a person means to buy; price and stock are asked again at checkout."""

    __tablename__ = "mp_basket_line"

    id: Mapped[Id]
    person_id: Mapped[PersonRef]
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"))
    quantity: Mapped[int]
    price_seen: Mapped[Money]  # when it was put in, to tell of a change
    added_at: Mapped[datetime]

    listing: Mapped[Listing] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("person_id", "listing_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )


class Address(Base):
    """Where a person's goods go. Never changed: who corrects one keeps a new one, so that a plan
    goes where it was approved to go; what was removed is not offered any more, and forgotten
    later."""

    __tablename__ = "mp_address"

    id: Mapped[Id]
    person_id: Mapped[PersonRef]
    recipient: Mapped[ShortText]
    mobile: Mapped[str] = mapped_column(String(11))
    county_code: Mapped[str] = mapped_column(String(6))
    street: Mapped[ShortText]
    is_default: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[ShortCode]  # which words were shown, see rules.CONSENT
    consented_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]


class InvoiceTitle(Base):
    """Whom a person's invoices name; a union's title is its own record's."""

    __tablename__ = "mp_invoice_title"

    id: Mapped[Id]
    person_id: Mapped[PersonRef]
    kind: Mapped[TitleKind]
    name: Mapped[ShortText]
    tax_number: Mapped[str] = mapped_column(String(18), default="")  # a person has none
    is_default: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("person_id", "name", "tax_number"),
        CheckConstraint("(kind = 'person') = (tax_number = '')", name="number_of_organisations"),
    )


class Purchase(Base):
    """One checkout: one payment, one order per supplier. `key` lets a repeated post find it."""

    __tablename__ = "mp_purchase"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    buyer_id: Mapped[PersonRef]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        index=True
    )  # a union's; None: private
    source: Mapped[FundSource]
    payer: Mapped[ShortText] = mapped_column(default="")  # who pays for it; "": the buyer himself
    tender: Mapped[Tender]
    total: Mapped[Money]
    key: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(
        String(64)
    )  # another body under the same key is refused
    deliver_to: Mapped[dict[str, Any]]  # frozen: recipient, mobile, county_code, region, street
    forgotten_at: Mapped[datetime | None]  # since when `deliver_to` names nobody
    invoice_to: Mapped[dict[str, Any] | None]  # the chosen title: kind, name, code; frozen
    no_return_seen_at: Mapped[datetime | None]  # the buyer knew which goods he cannot send back
    placed_at: Mapped[datetime]
    hold_ends_at: Mapped[datetime | None]  # None: until somebody calls it off
    on_account: Mapped[bool] = mapped_column(default=False)  # paid for once it is accepted

    @property
    def is_direct(self) -> bool:
        """Whether each supplier is paid to his own account."""
        return self.tender is Tender.DIRECT

    __table_args__ = (UniqueConstraint("buyer_id", "key"),)


class Order(Versioned, Base):
    """What one supplier promises within a purchase."""

    __tablename__ = "mp_order"

    id: Mapped[Id]
    purchase_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_purchase.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    organisation_id: Mapped[uuid.UUID | None]
    goods: Mapped[Money]
    supply: Mapped[Money]
    freight: Mapped[Money]
    freight_terms: Mapped[dict[str, Any]]  # what it was reckoned by; frozen
    refunded: Mapped[Money] = mapped_column(default=ZERO)  # of the goods, in parts
    supply_refunded: Mapped[Money] = mapped_column(default=ZERO)  # the supplier's share of it
    is_claimed: Mapped[bool] = mapped_column(default=False)  # completion and settlement wait
    state: Mapped[OrderState] = mapped_column(default=OrderState.PLACED, index=True)
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_delivery.id"))
    paid_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(500))

    purchase: Mapped[Purchase] = relationship(lazy="raise")
    supplier: Mapped[Supplier] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("refunded >= 0 AND refunded <= goods", name="refunded_at_most_sold"),
    )

    @property
    def terms(self) -> Terms:
        """What its freight was reckoned by."""
        return terms_of(self.goods, self.freight_terms)


class Delivery(Versioned, Base):
    """The way of one order's parcels together; its own small machine."""

    __tablename__ = "mp_delivery"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(index=True)
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    shipped_at: Mapped[datetime | None]  # when its last parcel left
    received_at: Mapped[datetime | None]


class OrderLine(Base):
    """One good of an order, frozen as it was sold, but for what was sent, what will not be, and
    what went back; `eligibility` is the evidence, as JSON."""

    __tablename__ = "mp_order_line"

    id: Mapped[Id]
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), index=True)
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"), index=True)
    reservation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_reservation.id"), unique=True)
    sku: Mapped[ShortText]
    title: Mapped[ShortText]
    unit: Mapped[ShortText]
    quantity: Mapped[int]
    shipped: Mapped[int] = mapped_column(default=0)
    unsent: Mapped[int] = mapped_column(default=0)  # pieces that will not be sent: refunded
    unit_price: Mapped[Money]
    unit_supply: Mapped[Money]
    amount: Mapped[Money]  # unit_price × quantity
    refunded: Mapped[Money] = mapped_column(default=ZERO)  # of `amount`, in parts
    returned: Mapped[int] = mapped_column(default=0)  # pieces that were sent back
    claim_hours: Mapped[int]  # from receipt, for a claim of quality
    is_returnable: Mapped[bool]  # within seven days, without a reason
    county_code: Mapped[str] = mapped_column(String(6))
    county_name: Mapped[ShortText]
    tax_rate: Mapped[ShortText] = mapped_column(default="")  # as listed: "9%", "免税"
    dispatch_hours: Mapped[int | None]  # from payment, or from the day on which it ships
    # as they stood when it was sold, see catalog.rules.terms_of; None: it had none
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    designations: Mapped[list[str]]
    eligibility: Mapped[dict[str, Any]]
    eligibility_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="refunded_at_most_sold"),
        CheckConstraint("returned >= 0 AND returned <= quantity", name="returned_at_most_sold"),
        CheckConstraint(
            "shipped >= 0 AND unsent >= 0 AND shipped + unsent <= quantity",
            name="shipped_of_ordered",
        ),
    )

    @hybrid_property
    def to_send(self) -> int:
        """Pieces that are to leave in all."""
        return self.quantity - self.unsent

    @property
    def ships_from(self) -> date | None:
        """Sold before it was there: it was not promised earlier."""
        said = (self.terms or {}).get("ships_from")
        return date.fromisoformat(said) if said else None

    def leaves_by(self, paid_at: datetime) -> datetime | None:
        """Until when it was promised to leave; None: that was not said."""
        return rules.leaves_by(paid_at, self.dispatch_hours, self.ships_from)


class LineRefund(Base):
    """What of a line went back by one refund; frozen."""

    __tablename__ = "mp_line_refund"

    id: Mapped[Id]
    refund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_refund.id"))
    order_line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order_line.id"), index=True)
    pieces: Mapped[int]  # that were sent back; 0: the buyer keeps all
    amount: Mapped[Money]
    supply: Mapped[Money]  # the supplier's share of it
    was_due: Mapped[bool]  # to the supplier, by then
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("refund_id", "order_line_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


class Shipment(Base):
    """One parcel of an order; `carrier` is a code of carriers.toml. The same number of the same
    carrier is the same parcel."""

    __tablename__ = "mp_shipment"

    id: Mapped[Id]
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(index=True)
    place: Mapped[int]  # the first parcel of its order is 1
    carrier: Mapped[ShortCode]
    tracking_number: Mapped[ShortCode]
    shipped_at: Mapped[datetime]
    shipped_by: Mapped[PersonRef]
    received_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("order_id", "place"),
        UniqueConstraint("order_id", "carrier", "tracking_number"),
    )


class ShipmentLine(Base):
    """So many pieces of one order line in one parcel; never changed."""

    __tablename__ = "mp_shipment_line"

    id: Mapped[Id]
    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_shipment.id"))
    order_line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order_line.id"), index=True)
    quantity: Mapped[int]

    __table_args__ = (
        UniqueConstraint("shipment_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )


class LineBatch(Base):
    """Which batch the goods of a line left from, with the papers that stood behind it then; frozen.
    In one parcel a line leaves from one batch: what is packed from several is a batch of its own.
    """

    __tablename__ = "mp_line_batch"

    id: Mapped[Id]
    shipment_line_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_shipment_line.id"), unique=True
    )
    order_line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order_line.id"), index=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), index=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_batch.id"), index=True)
    number: Mapped[ShortCode]
    papers: Mapped[list[dict[str, Any]]]  # kind, number, issuer, id
    at: Mapped[datetime]
    by: Mapped[PersonRef]


class Hold(Versioned, Base):
    """A paid order that does not leave as it is: its goods' papers ran out, or its batch was
    recalled. A reviewer proposes what to do, the buyer agrees or refuses."""

    __tablename__ = "mp_hold"

    id: Mapped[Id]
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    organisation_id: Mapped[uuid.UUID | None]
    reason: Mapped[HoldReason]
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_batch.id"))
    listings: Mapped[list[str]]  # ids of the listings concerned
    words: Mapped[str] = mapped_column(String(500))  # what happened, as it is told
    state: Mapped[HoldState] = mapped_column(default=HoldState.OPEN, index=True)
    choice: Mapped[HoldChoice | None]
    note: Mapped[str | None] = mapped_column(String(500))  # why this is proposed
    opened_at: Mapped[datetime]
    proposed_at: Mapped[datetime | None]
    proposed_by: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(String(500))

    order: Mapped[Order] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_mp_hold_waiting",
            "order_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'proposed')"),
            postgresql_where=text("state IN ('open', 'proposed')"),
        ),
    )


class RecallNotice(Base):
    """The buyer of an order was told that its batch is recalled; once."""

    __tablename__ = "mp_recall_notice"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_batch.id"), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), primary_key=True)
    at: Mapped[datetime]


for _table in (LineBatch, LineRefund, RecallNotice, ShipmentLine):
    append_only(_table.__tablename__)

"""Facts of sale and the lists each of them counts for."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, ShortCode, ShortText
from marketplace.kernel.money import Money


class FactKind(StrEnum):
    SALE = "sale"
    REFUND = "refund"  # of what is left of the line; quantity and amount are negative
    PART = "part_refund"  # the order stands; amount is negative, quantity what was sent back


class SalesFact(Base):
    """One order line counted at `at`, once for each cause; month and words as they were then."""

    __tablename__ = "mp_sales_fact"

    id: Mapped[Id]
    kind: Mapped[FactKind]
    order_line_id: Mapped[uuid.UUID]
    cause: Mapped[str] = mapped_column(String(36), default="")  # the refund of which it is a part
    order_id: Mapped[uuid.UUID] = mapped_column(index=True)
    order_number: Mapped[ShortCode]
    at: Mapped[datetime]
    month: Mapped[str] = mapped_column(String(7), index=True)  # in Shanghai, "2026-11"
    supplier_id: Mapped[uuid.UUID] = mapped_column(index=True)
    supplier_name: Mapped[ShortText]
    county_code: Mapped[str] = mapped_column(String(6), index=True)
    county_name: Mapped[ShortText]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    source: Mapped[ShortCode]
    title: Mapped[ShortText]
    quantity: Mapped[int]
    amount: Mapped[Money]

    __table_args__ = (
        UniqueConstraint("order_line_id", "kind", "cause"),
        Index("ix_mp_sales_fact_month_supplier", "month", "supplier_id"),
    )


class FactDesignation(Base):
    """A fact counts for each list its county stood on when it was sold; lists overlap."""

    __tablename__ = "mp_fact_designation"

    fact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_sales_fact.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), primary_key=True)

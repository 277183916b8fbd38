"""Reviews of goods: one for each order line."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.base import Base, Id, PersonRef, ShortCode, Versioned
from marketplace.orders.models import OrderLine
from marketplace.reviews.states import ReviewState


class Review(Versioned, Base):
    """What the buyer of one order line says of the good. His name is masked before it is kept."""

    __tablename__ = "mp_review"

    id: Mapped[Id]
    order_line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order_line.id"), unique=True)
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"))
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    author_id: Mapped[PersonRef]
    author: Mapped[ShortCode]  # as it is shown: 王**
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[ReviewState] = mapped_column(default=ReviewState.SHOWN)
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(500), default="")  # the supplier's
    answered_at: Mapped[datetime | None]
    hidden_reason: Mapped[str] = mapped_column(String(500), default="")

    line: Mapped[OrderLine] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars_one_to_five"),
        Index("ix_mp_review_shown", "listing_id", "state", "written_at"),
        Index("ix_mp_review_supplier", "supplier_id", "written_at"),
    )

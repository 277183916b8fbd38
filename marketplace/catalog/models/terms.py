"""On which terms a good is sold: columns of a listing."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column


class SaleTerms:
    """How many pieces, when, from which day they leave, and whether a person may send them back
    without a reason; None: no such limit."""

    min_quantity: Mapped[int | None] = mapped_column(default=None)  # pieces in one purchase
    max_per_person: Mapped[int | None] = mapped_column(default=None)  # pieces, purchases together
    orders_from: Mapped[date | None] = mapped_column(default=None)
    orders_last: Mapped[date | None] = mapped_column(default=None)  # orders are taken on it still
    ships_from: Mapped[date | None] = mapped_column(default=None)  # a sale before it is there
    made_to_order: Mapped[bool] = mapped_column(default=False)
    sealed: Mapped[bool] = mapped_column(default=False)  # opened it cannot be sold again

"""P10, P11: pieces are available, held or sold, each once, whatever people do in whatever order;
one person has at most as many as were allowed when he bought them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, rule
from sqlalchemy import func, select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing, Reservation
from marketplace.catalog.states import ReservationState
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import MarketplaceError, Refused
from marketplace.orders import service as orders
from marketplace.orders.models import Purchase
from marketplace.payments import service as payments
from tests.databases import KINDS, Databases
from tests.machines.running import GroundMachine, run
from tests.makers.catalog import a_listing, sold_on
from tests.makers.orders import a_placement, an_address, the_order, the_payment
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well

HAD = 12  # pieces at first


@dataclass
class Model:
    """What ought to be."""

    received: int = HAD
    most: int | None = None  # that one person may have
    sold: int = 0
    held: dict[uuid.UUID, tuple[int, datetime]] = field(default_factory=dict)
    paid: dict[uuid.UUID, int] = field(default_factory=dict)

    @property
    def reserved(self) -> int:
        return sum(pieces for pieces, _until in self.held.values())

    @property
    def available(self) -> int:
        return self.received - self.sold - self.reserved

    def lets(self, pieces: int) -> bool:
        """Whether the one buyer may have so many more."""
        return self.most is None or self.sold + self.reserved + pieces <= self.most


class Stock(GroundMachine):
    """One good, one buyer, a manager, a supplier who counts anew, and time."""

    purchases = Bundle("purchases")

    def __init__(self) -> None:
        super().__init__()
        an_approved_supplier(self.people)
        self.listing = a_listing(self.people, stock=HAD, freight_included=True)
        self.address = an_address(self.people)
        self.model = Model()
        assert isinstance(self.people.runtime.clock, SetClock)
        self.clock = self.people.runtime.clock

    @rule(target=purchases, pieces=st.integers(1, 5))
    def buy(self, pieces: int) -> Purchase | None:
        wish = a_placement(self.address, lines=((self.listing.id, pieces),))
        try:
            with self.people.runtime.work(self.people.actor("employee")) as w:
                made = orders.place(w, wish)
        except catalog.OutOfStock:
            assert pieces > self.model.available
            return None
        except orders.AboveMost:
            assert not self.model.lets(pieces)
            return None
        assert pieces <= self.model.available
        assert self.model.lets(pieces)
        self.model.held[made.id] = pieces, made.hold_ends_at
        return made

    @rule(purchase=purchases)
    def pay(self, purchase: Purchase | None) -> None:
        if purchase is None:
            return
        payment = the_payment(self.people, purchase)
        manager = self.people.actor("manager")
        try:
            with self.people.runtime.work(manager) as w:
                payments.confirm_transfer(w, payment.id, payment.amount, f"R {payment.reference}")
        except MarketplaceError:
            assert purchase.id not in self.model.held
            return
        pieces, _until = self.model.held.pop(purchase.id)
        self.model.sold += pieces
        self.model.paid[purchase.id] = pieces

    @rule(purchase=purchases)
    def cancel(self, purchase: Purchase | None) -> None:
        if purchase is None:
            return
        order = the_order(self.people, purchase)
        try:
            with self.people.runtime.work(self.people.actor("employee")) as w:
                orders.cancel(w, order.id, "示例：不要了")
        except MarketplaceError:
            assert purchase.id not in self.model.held
            assert purchase.id not in self.model.paid
            return
        if purchase.id in self.model.paid:
            self.model.sold -= self.model.paid.pop(purchase.id)
        else:
            del self.model.held[purchase.id]

    @rule(days=st.integers(1, 10))
    def time_passes(self, days: int) -> None:
        self.clock.advance(days=days)
        with self.people.runtime.work() as w:
            orders.lapse_due(w)
        for purchase_id, (_pieces, until) in list(self.model.held.items()):
            if until <= self.clock.at:
                del self.model.held[purchase_id]

    @rule(received=st.integers(0, 20))
    def count_anew(self, received: int) -> None:
        promised = self.model.sold + self.model.reserved
        try:
            with self.people.runtime.work(self.people.actor("supplier")) as w:
                catalog.set_stock(w, self.listing.id, received)
        except Refused:
            assert received < promised
            return
        assert received >= promised
        self.model.received = received

    @rule(most=st.none() | st.integers(1, 9))
    def limit(self, most: int | None) -> None:
        sold_on(self.people, self.listing, freight_included=True, max_per_person=most)
        self.model.most = most

    @invariant()
    def pieces_are_as_the_model_says(self) -> None:
        with self.people.runtime.reading() as session:
            found = session.get_one(Listing, self.listing.id)
            held = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
                Reservation.state == ReservationState.HELD
            )
            assert (found.available, found.reserved, found.sold) == (
                self.model.available, self.model.reserved, self.model.sold,
            )  # fmt: skip  # one row
            assert session.scalar(held) == self.model.reserved

    def teardown(self) -> None:
        all_is_well(self.people)
        super().teardown()


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_are_there_once_in_any_history(databases: Databases, kind: str) -> None:
    """P10, P11, P35"""
    run(Stock, databases, kind)

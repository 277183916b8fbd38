"""P4, P13, P14: whatever is bought, paid, called off, given back in parts and left until its end,
each source has what a plain reckoning says, to the fen."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select

from marketplace.credit import queries, service
from marketplace.credit.models import VoucherBatch
from marketplace.credit.queries import Wanted
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders_queries
from marketplace.orders import rules as orders_rules
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from tests.databases import KINDS, Databases
from tests.machines.running import GroundMachine, run
from tests.makers.catalog import a_listing
from tests.makers.claims import given_back
from tests.makers.credit import a_batch, a_budget_with_members, a_grant, funded
from tests.makers.orders import a_placement, an_address, paid, the_order
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well

PRICE, FACE = 29_99, 20_00
SOON, LATER = "soon", "later"


def shared(amount: int, weights: list[int]) -> list[int]:
    """By largest remainder, the first of equals first."""
    whole = sum(weights)
    floors = [amount * weight // whole for weight in weights]
    rest = [(-(amount * weight % whole), place) for place, weight in enumerate(weights)]
    for _, place in sorted(rest)[: amount - sum(floors)]:
        floors[place] += 1
    return floors


@dataclass
class Bought:
    """One purchase of one order: what each source pays, and what it has not got back."""

    order: Order
    total: int
    gave: dict[str, int]
    left: dict[str, int] = field(default_factory=dict)
    is_paid: bool = False
    is_off: bool = False

    @property
    def uses_voucher(self) -> bool:
        return bool(self.left.get("voucher"))


class Credit(GroundMachine):
    """One member with two grants and one voucher; one good without freight."""

    def __init__(self) -> None:
        super().__init__()
        an_approved_supplier(self.people)
        self.listing = a_listing(
            self.people, stock=500, sale_price=Money(PRICE), supply_price=Money(20_00),
            freight_included=True,
        )  # fmt: skip
        budget = a_budget_with_members(self.people, "employee")
        grants = [
            funded(self.people, a_grant(self.people, budget, Money(fen), days=days))
            for fen, days in ((35_01, 5), (50_00, 30))
        ]
        with self.people.runtime.reading() as session:
            self.shares = {
                name: str(queries.shares(session, grant)[0].share.id)
                for name, grant in zip((SOON, LATER), grants, strict=True)
            }
        self.batch, (self.code, *_) = a_batch(self.people, face=Money(FACE))
        self.address = an_address(self.people)
        self.available = {SOON: 35_01, LATER: 50_00}
        self.back = {SOON: 0, LATER: 0}
        self.is_over = False
        self.bought: list[Bought] = []

    @rule(pieces=st.integers(1, 3), credit=st.booleans(), voucher=st.booleans())
    def buys(self, pieces: int, credit: bool, voucher: bool) -> None:
        total = left = pieces * PRICE
        gave: dict[str, int] = {}
        if voucher:
            gave["voucher"] = min(FACE, left)
            left -= gave["voucher"]
        for name in (SOON, LATER) if credit else ():
            if fen := min(left, 0 if name == SOON and self.is_over else self.available[name]):
                gave[name] = fen
                left -= fen
        if left:
            gave["own"] = left
        is_used = any(one.uses_voucher for one in self.bought)
        with_ = Wanted(credit, self.code if voucher else "")
        placement = a_placement(
            self.address, self.listing, lines=((self.listing.id, pieces),), pay_with=with_,
            own=Money(left) if with_ else None,
        )  # fmt: skip
        buyer = self.people.actor("employee")
        if voucher and is_used:
            with (
                pytest.raises(Refused, match="voucher_unknown"),
                self.people.runtime.work(buyer) as w,
            ):
                orders.place(w, placement)
            return
        with self.people.runtime.work(buyer) as w:
            purchase = orders.place(w, placement)
        for name in (SOON, LATER):
            self.available[name] -= gave.get(name, 0)
        made = Bought(the_order(self.people, purchase), total, gave, dict(gave), not left)
        self.bought.append(made)

    @rule(place=st.integers(0, 20))
    def pays(self, place: int) -> None:
        one = self.chosen(place)
        if one is None or one.is_paid:
            return
        with self.people.runtime.reading() as session:
            purchase = orders_queries.row(session, one.order.id).purchase
        paid(self.people, purchase)
        one.is_paid = True

    @rule(place=st.integers(0, 20))
    def calls_off(self, place: int) -> None:
        one = self.chosen(place)
        if one is None or not sum(one.left.values()):
            return
        with self.people.runtime.work(self.people.actor("employee")) as w:
            orders.cancel(w, one.order.id, "示例：不要了")
        self.give_back(one, sum(one.left.values()))
        one.is_off = True

    @rule(place=st.integers(0, 20), fen=st.integers(1, 40_00))
    def gets_a_part_back(self, place: int, fen: int) -> None:
        one = self.chosen(place)
        if one is None or not one.is_paid:
            return
        with self.people.runtime.work(self.people.actor("manager")) as w:
            (line,) = orders_queries.lines_of(w.session, one.order.id)
            amount = min(fen, sum(one.left.values()))
            if not amount:
                return
            part = orders_rules.Part(line.id, Money(amount), 0)
            given_back(w, one.order.id, [part])
        self.give_back(one, amount)

    @rule()
    def time_passes(self) -> None:
        """The first grant ends; what was held stays held."""
        clock = self.people.runtime.clock
        assert isinstance(clock, SetClock)
        if not self.is_over:
            clock.advance(days=5)
        with self.people.runtime.work() as w:
            service.end_due(w)
        self.is_over = True
        self.back[SOON] += self.available[SOON]
        self.available[SOON] = 0

    def chosen(self, place: int) -> Bought | None:
        open_ = [one for one in self.bought if not one.is_off]
        return open_[place % len(open_)] if open_ else None

    def give_back(self, one: Bought, amount: int) -> None:
        names = sorted(one.left, key=self.in_order)
        for name, fen in zip(names, shared(amount, [one.left[n] for n in names]), strict=True):
            one.left[name] -= fen
            if name in self.available:
                late = name == SOON and self.is_over
                (self.back if late else self.available)[name] += fen

    def in_order(self, name: str) -> tuple[str, str]:
        """As the parts of an order are always taken."""
        return ("credit", self.shares[name]) if name in self.shares else (name, "")

    @invariant()
    def every_source_has_what_the_model_says(self) -> None:
        with self.people.runtime.reading() as session:
            rows = queries.own_shares(session, self.people.actor("employee"))
            used = session.scalar(select(VoucherBatch.used).where(VoucherBatch.id == self.batch.id))
        told = {
            name: (row.available.fen, row.held.fen, row.spent.fen, row.sent_back.fen)
            for name, row in zip((SOON, LATER), rows, strict=True)
        }
        assert told == {
            name: (self.available[name], *self.taken(name), self.back[name]) for name in told
        }
        assert used == sum(one.uses_voucher for one in self.bought)

    def taken(self, name: str) -> tuple[int, int]:
        """(held, spent)"""
        held = sum(one.left.get(name, 0) for one in self.bought if not one.is_paid)
        return held, sum(one.left.get(name, 0) for one in self.bought if one.is_paid)

    def teardown(self) -> None:
        all_is_well(self.people)
        super().teardown()


@pytest.mark.parametrize("kind", KINDS)
def test_credit_and_vouchers_add_up_in_any_history(databases: Databases, kind: str) -> None:
    """P4, P13, P14, P35"""
    run(Credit, databases, kind, histories=2, steps=15)

"""P4, P13: claims are opened, answered, disputed, decided or left to silence, orders called off and
taken back; each line, each source and each claim has what a plain reckoning says."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from marketplace.claims import rules, service
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimKind
from marketplace.credit.queries import Wanted
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Invalid, Refused
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders_queries
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.payments import queries as payments
from tests.databases import KINDS, Databases
from tests.machines.running import GroundMachine, run
from tests.machines.test_credit import shared
from tests.makers.catalog import a_listing
from tests.makers.claims import a_kept_photo, now_of, received, said
from tests.makers.credit import a_batch, a_budget_with_members, a_grant, credit_of, funded
from tests.makers.orders import a_placement, an_address, paid, shipped, the_order
from tests.makers.settlement import taken_back
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well

PRICES, FACE, CREDIT = (29_99, 10_01), 20_00, 70_01
OPEN_TO = {
    "open": (("supplier", "grant"), ("supplier", "offer"), ("employee", "withdraw")),
    "offered": (("employee", "accept"), ("employee", "dispute"), ("employee", "withdraw")),
    "disputed": (("manager", "award"), ("manager", "dismiss"), ("employee", "withdraw")),
}
MOST_PAUSES = 3  # a dispute that nobody decides is a fault some days later


@dataclass
class Line:
    id: uuid.UUID
    amount: int
    back: int = 0


@dataclass
class Asked:
    """A claim: so many fen of each line, by their ids."""

    claim: Claim
    wants: list[int]
    due: datetime
    state: str = "open"
    offered: int = 0
    granted: int = 0


@dataclass
class Bought:
    """One order: its lines by their ids, and what each source has not got back yet."""

    order: Order
    lines: list[Line]
    left: dict[str, int]
    way: str = "paid"
    claims: list[Asked] = field(default_factory=list)

    @property
    def waiting(self) -> Asked | None:
        return next((one for one in self.claims if one.state in OPEN_TO), None)


class Claims(GroundMachine):
    """One member with credit and one voucher; two goods of one supplier, without freight."""

    def __init__(self) -> None:
        super().__init__()
        an_approved_supplier(self.people)
        self.goods = [
            a_listing(
                self.people, sku=f"CY-{fen}", title=f"示例 绿茶 {fen}", category="茶叶", stock=500,
                sale_price=Money(fen), supply_price=Money(fen - 3_33), freight_included=True,
            )
            for fen in PRICES
        ]  # fmt: skip
        budget = a_budget_with_members(self.people, "employee")
        funded(self.people, a_grant(self.people, budget, Money(CREDIT), days=300))
        _, (self.code, *_) = a_batch(self.people, face=Money(FACE))
        self.address = an_address(self.people)
        self.available, self.pauses = CREDIT, 0
        self.bought: list[Bought] = []
        clock = self.people.runtime.clock
        assert isinstance(clock, SetClock)
        self.clock = clock

    @initialize(pieces=st.tuples(st.integers(1, 2), st.integers(1, 2)))
    def begins(self, pieces: tuple[int, int]) -> None:
        """With one order that credit, voucher and own money pay, and one of own money alone."""
        for credit in (True, False):
            self.buys(pieces, credit=credit, ships=True)

    @rule(
        pieces=st.tuples(st.integers(1, 2), st.integers(1, 2)),
        credit=st.booleans(),
        ships=st.booleans(),
    )
    def buys(self, pieces: tuple[int, int], credit: bool, ships: bool) -> None:
        is_first = not self.bought
        left = sum(n * fen for n, fen in zip(pieces, PRICES, strict=True))
        gave: dict[str, int] = {}
        for name, most in (
            ("voucher", FACE if is_first else 0),
            ("credit", self.available if credit else 0),
            ("own", left),
        ):
            if fen := min(left, most):
                gave[name] = fen
                left -= fen
        wanted = a_placement(
            self.address,
            lines=tuple(zip((one.id for one in self.goods), pieces, strict=True)),
            pay_with=Wanted(credit, self.code if is_first else ""),
        )
        with self.people.runtime.work(self.people.actor("employee")) as w:
            purchase = orders.place(w, wanted)
        if "own" in gave:
            paid(self.people, purchase)
        self.available -= gave.get("credit", 0)
        order = the_order(self.people, purchase)
        with self.people.runtime.reading() as session:
            lines = orders_queries.lines_of(session, order.id)
        known = sorted((Line(line.id, line.amount.fen) for line in lines), key=lambda one: one.id)
        made = Bought(order, known, gave)
        if ships:
            shipped(self.people, order)
            made.way = "shipped"
        self.bought.append(made)

    @rule(place=st.integers(0, 9), fen=st.tuples(st.integers(0, 30_00), st.integers(0, 12_00)))
    def opens(self, place: int, fen: tuple[int, int]) -> None:
        one = self.chosen(place)
        wants = list(fen)
        wished = [
            service.WishedLine(line.id, amount=Money(want))
            for line, want in zip(one.lines, wants, strict=True)
            if want
        ]
        fault = self.refusal(one, wants)
        kept = [a_kept_photo(self.people)]
        wish = service.Wish(ClaimKind.QUALITY, "示例：坏了", wished)
        buyer = self.people.actor("employee")
        if fault:
            with (
                pytest.raises((Refused, Invalid), match=fault),
                self.people.runtime.work(buyer) as w,
            ):
                service.open_claim(w, one.order.id, wish, kept)
            return
        with self.people.runtime.work(buyer) as w:
            claim = service.open_claim(w, one.order.id, wish, kept)
        due = self.clock.now() + timedelta(hours=rules.SUPPLIER_HOURS)
        one.claims.append(Asked(claim, wants, due))

    def refusal(self, one: Bought, wants: list[int]) -> str:
        is_there = one.way in {"shipped", "received"}
        left = [line.amount - line.back for line in one.lines]
        if not is_there or one.waiting or len(one.claims) >= rules.MOST_CLAIMS or not any(left):
            return "claim_not_open"
        if any(want and not rest for want, rest in zip(wants, left, strict=True)):
            return "claim_line_not_open|claim_too_much"
        if any(want > rest for want, rest in zip(wants, left, strict=True)):
            return "claim_too_much"
        return "" if any(wants) else "claim_empty"

    @rule(place=st.integers(0, 9), which=st.integers(0, 2), fen=st.integers(0, 40_00))
    def answers(self, place: int, which: int, fen: int) -> None:
        waiting = [one for one in self.bought if one.waiting]
        if not waiting:
            return
        one = waiting[place % len(waiting)]
        asked = one.waiting
        assert asked is not None
        who, verb = OPEN_TO[asked.state][which]
        amount = min(fen, sum(asked.wants)) or (1 if verb == "award" else 0)
        if verb == "accept" and not asked.offered:
            with pytest.raises(Refused, match="nothing_offered"):
                said(self.people, asked.claim, who, verb)
            return
        typed = {"amount": Money(amount)} if verb in {"offer", "award"} else {}
        said(self.people, asked.claim, who, verb, **typed)
        self.moves(one, asked, verb, amount)

    def moves(self, one: Bought, asked: Asked, verb: str, amount: int = 0) -> None:
        match verb:
            case "offer":
                asked.state, asked.offered = "offered", amount
                asked.due = self.clock.now() + timedelta(days=rules.BUYER_DAYS)
            case "dispute":
                asked.state = "disputed"
            case "withdraw" | "dismiss":
                asked.state = "closed"
            case _:
                granted = {"grant": sum(asked.wants), "accept": asked.offered}.get(verb, amount)
                asked.state, asked.granted = "granted", granted
                parts = shared(granted, asked.wants)
                for line, part in zip(one.lines, parts, strict=True):
                    line.back += part
                self.give_back(one, granted)

    @rule(place=st.integers(0, 9))
    def arrives(self, place: int) -> None:
        one = self.chosen(place)
        if one.way == "shipped":
            received(self.people, one.order)
            one.way = "received"

    @rule(place=st.integers(0, 9))
    def is_undone(self, place: int) -> None:
        """Called off before it left, or taken back after it arrived: all that is left goes back,
        and a claim that waits is over."""
        one = self.chosen(place)
        rest = sum(one.left.values())
        if one.way not in {"paid", "received"} or not rest:
            return
        if one.way == "paid":
            with self.people.runtime.work(self.people.actor("employee")) as w:
                orders.cancel(w, one.order.id, "示例：不要了")
        else:
            taken_back(self.people, one.order)
        if one.waiting:
            one.waiting.state = "closed"
        one.way = "off"
        self.give_back(one, rest)

    @rule()
    def nobody_answers(self) -> None:
        """The supplier's silence is a yes, the buyer's a yes to the offer."""
        if self.pauses == MOST_PAUSES:
            return
        self.pauses += 1
        self.clock.advance(hours=rules.SUPPLIER_HOURS)
        with self.people.runtime.work() as w:
            service.tend(w)
        for one in self.bought:
            asked = one.waiting
            if asked is None or asked.due > self.clock.now() or asked.state == "disputed":
                continue
            verb = "grant" if asked.state == "open" else "accept" if asked.offered else "withdraw"
            self.moves(one, asked, verb)

    def chosen(self, place: int) -> Bought:
        return self.bought[place % len(self.bought)]

    def give_back(self, one: Bought, amount: int) -> None:
        """By largest remainder of what each source has not got back; in the order of parts."""
        names = sorted(one.left)
        for name, fen in zip(names, shared(amount, [one.left[n] for n in names]), strict=True):
            one.left[name] -= fen
            if name == "credit":
                self.available += fen

    @invariant()
    def everything_has_what_the_model_says(self) -> None:
        spent = sum(one.left.get("credit", 0) for one in self.bought)
        assert credit_of(self.people) == [(self.available, 0, spent, 0)]
        with self.people.runtime.reading() as session:
            for one in self.bought:
                lines = orders_queries.lines_of(session, one.order.id)
                if one.way != "off":
                    back = {line.id: line.refunded.fen for line in lines}
                    assert back == {line.id: line.back for line in one.lines}
                gone = sum(
                    refund.amount.fen for refund in payments.refunds_of(session, one.order.id)
                )
                paid_for = sum(line.amount for line in one.lines)
                assert gone == paid_for - sum(one.left.values()) <= paid_for
        for one in self.bought:
            told = [(a.state, a.granted) for a in one.claims]
            now = [now_of(self.people, a.claim) for a in one.claims]
            assert [(claim.state.value, claim.granted.fen) for claim in now] == told

    def teardown(self) -> None:
        all_is_well(self.people)
        super().teardown()


@pytest.mark.parametrize("kind", KINDS)
def test_claims_and_refunds_add_up_in_any_history(databases: Databases, kind: str) -> None:
    """P4, P13, P35"""
    run(Claims, databases, kind, histories=2, steps=12)

"""Whatever is invoiced, taken back in red and refunded, in whatever order: request, invoices and
sums say what a plain reckoning says."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from marketplace.catalog.models import Listing
from marketplace.invoices import queries
from marketplace.invoices.models import Invoice, InvoiceRequest
from marketplace.invoices.states import RequestState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from marketplace.orders.rules import Part
from tests.fixtures import People
from tests.makers.claims import given_back
from tests.makers.invoices import an_invoice_of, asked, entered, reddened, the_request
from tests.makers.settlement import a_completed_order

FEN = st.integers(min_value=1, max_value=118_00)


@dataclass
class Reckoning:
    """What must be so, in fen, kept without a table: the model."""

    wanted: int
    blue: list[tuple[Invoice, int]] = field(default_factory=list)  # with what is left of it
    has_red: bool = False

    @property
    def invoiced(self) -> int:
        return sum(left for _one, left in self.blue)

    @property
    def state(self) -> RequestState:
        if self.invoiced > self.wanted:
            return RequestState.RED_DUE
        if self.invoiced < self.wanted:
            return RequestState.REQUESTED
        return RequestState.RED_LETTERED if self.has_red else RequestState.ISSUED


class Invoicing(RuleBasedStateMachine):
    """Each history has an order of its own in one shop."""

    people: People
    melon: Listing
    order: Order
    request: InvoiceRequest
    model: Reckoning

    @initialize()
    def begin(self) -> None:
        self.order = a_completed_order(self.people, self.melon)
        self.request = asked(self.people, self.order)
        self.model = Reckoning(self.request.wanted.fen)

    @rule(fen=FEN)
    def invoice(self, fen: int) -> None:
        data = an_invoice_of(self.people, self.request, Money(fen))
        if self.model.invoiced + fen > self.model.wanted:
            with pytest.raises(Refused, match="invoice_too_much"):
                entered(self.people, self.request, data)
            return
        self.model.blue.append((entered(self.people, self.request, data), fen))

    @rule()
    def invoice_the_rest(self) -> None:
        rest = self.model.wanted - self.model.invoiced
        if rest > 0:
            self.invoice(rest)

    @rule(fen=FEN, place=st.integers(0, 3))
    def redden(self, fen: int, place: int) -> None:
        if place >= len(self.model.blue):
            return
        blue, left = self.model.blue[place]
        if fen > left:
            with pytest.raises(Refused, match="red_too_much"):
                reddened(self.people, self.request.id, blue, Money(fen))
            return
        reddened(self.people, self.request.id, blue, Money(fen))
        self.model.blue[place] = (blue, left - fen)
        self.model.has_red = True

    @rule(fen=st.integers(1, 40_00))
    def refund(self, fen: int) -> None:
        """A part of the goods goes back, never all of it."""
        if fen >= self.model.wanted:
            return
        with self.people.runtime.reading() as session:
            (line,) = orders.lines_of(session, self.order.id)
        with self.people.runtime.work(SYSTEM) as w:
            given_back(w, self.order.id, [Part(line.id, Money(fen))])
        self.model.wanted -= fen

    @invariant()
    def same(self) -> None:
        now = the_request(self.people, self.order)
        said = (now.wanted.fen, now.invoiced.fen, now.state)
        assert said == (self.model.wanted, self.model.invoiced, self.model.state)

    def teardown(self) -> None:
        with self.people.runtime.reading() as session:
            assert list(queries.faults(session)) == []


def test_any_history_of_invoices_adds_up(people: People, melon: Listing) -> None:
    """Net invoiced is what the reckoning says, after every step."""
    told = settings(
        max_examples=4,
        stateful_step_count=8,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # eight steps are short enough to read
        suppress_health_check=list(HealthCheck),
    )
    of_this_shop = type("OfThisShop", (Invoicing,), {"people": people, "melon": melon})
    run_state_machine_as_test(of_this_shop, settings=told)

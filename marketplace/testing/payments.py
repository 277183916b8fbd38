"""What every payment gateway must do, as tests. A plugin subclasses `PaymentGatewayContract` under
a name that begins with Test and makes a `bench`; docs/payments.md shows how.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from marketplace.kernel.clock import SystemClock
from marketplace.kernel.money import CURRENCY, Money, total
from marketplace.ports.payments import (
    BadEvent,
    Charge,
    ChargeState,
    GatewayRefused,
    Given,
    PaymentGateway,
    Wish,
)

AMOUNT = Money(118_00)
PART = Money(18_00)
OLDEST = timedelta(seconds=300)  # of an event that is believed, and how far ahead it may be
PAGE_LIVES = timedelta(minutes=40)
NOW = SystemClock().now  # a gateway lives in the machine's own time
Event = tuple[bytes, Mapping[str, str]]  # body and headers


class Bench(Protocol):
    """A gateway with somebody who pays on its page, and its hand to sign events."""

    gateway: PaymentGateway

    def pay(self, charge: Charge) -> None:
        """The buyer pays on the page of an open charge."""

    def event(self, charge: Charge, at: datetime) -> Event:
        """A genuine event about it, signed at that instant."""


class PaymentGatewayContract:
    """One charge opened, paid, found, closed, given back and told of. A gateway without a page
    keeps nothing: of it only opening, giving back and silence are asked."""

    bench: Bench

    @property
    def gateway(self) -> PaymentGateway:
        return self.bench.gateway

    @property
    def has_page(self) -> bool:
        return bool(self.gateway.page_origin)

    def wish(self) -> Wish:
        """A charge that nobody asked for before."""
        reference = str(uuid.uuid4())
        back = "https://shop.example/back"
        ends = NOW() + PAGE_LIVES
        return Wish(reference, AMOUNT, "示例", ends, back, key=reference)

    def opened(self) -> Charge:
        return self.gateway.open_charge(self.wish())

    def taken(self) -> Charge:
        """Paid, as the gateway says now."""
        charge = self.opened()
        if not self.has_page:
            return charge
        self.bench.pay(charge)
        return self.gateway.charge(charge.provider_ref)

    def test_it_is_offered_and_has_no_problems(self) -> None:
        assert self.gateway.is_offered
        assert self.gateway.problems == ()
        assert self.gateway.name

    def test_a_charge_is_as_it_was_wished(self) -> None:
        """P3: amount, currency, reference, account and mode come back."""
        wish = self.wish()
        charge = self.gateway.open_charge(wish)
        assert (charge.amount, charge.currency.upper()) == (wish.amount, CURRENCY)
        assert (charge.account, charge.is_live) == (self.gateway.account, self.gateway.is_live)
        assert charge.reference == wish.reference
        assert charge.provider_ref
        if self.has_page:
            assert charge.state is ChargeState.OPEN
            assert charge.send_to.startswith(self.gateway.page_origin)
        else:
            assert charge.state is ChargeState.TAKEN
            assert charge.money_ref

    def test_the_same_key_opens_the_same_charge(self) -> None:
        """P7: asked again after no answer came."""
        wish = self.wish()
        first, again = self.gateway.open_charge(wish), self.gateway.open_charge(wish)
        assert first.provider_ref == again.provider_ref
        assert self.opened().provider_ref != first.provider_ref

    def test_a_taken_charge_is_found_by_either_of_its_numbers(self) -> None:
        charge = self.taken()
        assert (charge.state, charge.amount) == (ChargeState.TAKEN, AMOUNT)
        assert charge.money_ref
        if self.has_page:
            assert self.gateway.charge(charge.money_ref).provider_ref == charge.provider_ref

    def test_a_charge_that_is_not_there_is_refused(self) -> None:
        assert refuses(lambda: self.gateway.charge(f"nothing-{uuid.uuid4().hex}"))

    def test_a_closed_charge_takes_no_money_and_a_paid_one_stays_taken(self) -> None:
        assert self.gateway.close_charge(self.opened().provider_ref).state is ChargeState.FAILED
        if self.has_page:
            paid = self.taken()
            closed = self.gateway.close_charge(paid.provider_ref)
            assert (closed.state, closed.amount) == (ChargeState.TAKEN, AMOUNT)

    def test_a_refund_is_given_once_per_key(self) -> None:
        """P4, P7: with our reference; another key gives again."""
        charge, key = self.taken(), str(uuid.uuid4())
        first, again = self.given(charge, PART, key), self.given(charge, PART, key)
        assert (first.provider_ref, first.amount, first.reference) == (
            again.provider_ref, PART, key,
        )  # fmt: skip
        other = self.given(charge, PART, str(uuid.uuid4()))
        assert other.provider_ref != first.provider_ref
        if self.has_page:
            told = self.gateway.charge(charge.provider_ref).given
            assert {one.reference for one in told} == {key, other.reference}
            assert total(one.amount for one in told) == PART * 2

    def test_no_more_is_given_back_than_was_taken(self) -> None:
        """P4."""
        if self.has_page:
            charge = self.taken()
            self.given(charge, PART, str(uuid.uuid4()))
            assert refuses(lambda: self.given(charge, AMOUNT, str(uuid.uuid4())))
            told = self.gateway.charge(charge.provider_ref).given
            assert total(one.amount for one in told) == PART

    def test_the_list_holds_what_was_opened(self) -> None:
        """P7: by it, charges without an order are found."""
        charge, since = self.opened(), NOW() - timedelta(minutes=5)
        listed = {one.reference for one in self.gateway.charges_since(since)}
        assert (charge.reference in listed) == self.has_page

    def test_a_signed_event_says_which_charge_to_look_at(self) -> None:
        """P6: the same bytes have the same number."""
        if self.has_page:
            charge, at = self.taken(), NOW()
            body, headers = self.bench.event(charge, at)
            told, again = (self.gateway.read_event(body, headers, at) for _ in range(2))
            assert told.about in {charge.provider_ref, charge.money_ref}
            assert (told.id, bool(told.id)) == (again.id, True)

    def test_an_event_that_is_forged_old_or_of_the_future_is_not_believed(self) -> None:
        """P6."""
        at, second = NOW(), timedelta(seconds=1)
        assert distrusts(self.gateway, b"{}", {}, at)
        if not self.has_page:
            return
        charge = self.taken()
        body, headers = self.bench.event(charge, at)
        assert distrusts(self.gateway, body, {}, at)
        assert distrusts(self.gateway, body + b" ", headers, at)
        for wrong in (at + OLDEST + second, at - OLDEST - second):
            assert distrusts(self.gateway, body, headers, wrong)

    def given(self, charge: Charge, amount: Money, key: str) -> Given:
        return self.gateway.refund(charge.money_ref, amount, reference=key, key=key)


def refuses(ask: object) -> bool:
    """Whether the gateway says a clear no."""
    assert callable(ask)
    try:
        ask()
    except GatewayRefused:
        return True
    return False


def distrusts(
    gateway: PaymentGateway, body: bytes, headers: Mapping[str, str], at: datetime
) -> bool:
    """Whether the event is not believed."""
    try:
        gateway.read_event(body, headers, at)
    except BadEvent:
        return True
    return False

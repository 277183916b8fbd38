"""The payments port: the published contract, run against the stand-in card and against Stripe."""

from __future__ import annotations

from datetime import datetime

import pytest

from marketplace.adapters.offline_card import OfflineCard
from marketplace.adapters.stripe_card import StripeCard
from marketplace.ports.payments import Charge
from marketplace.testing.payments import Event, PaymentGatewayContract
from tests.payments.gateway import stripe_settings
from tests.payments.standin import Standin


class StripeBench:
    """Stripe as its strict stand-in answers."""

    def __init__(self, standin: Standin) -> None:
        self.standin = standin
        self.gateway = StripeCard(stripe_settings(standin.origin))

    def pay(self, charge: Charge) -> None:
        self.standin.pay(charge.provider_ref)

    def event(self, charge: Charge, at: datetime) -> Event:
        body = self.standin.event("checkout.session.completed", charge.provider_ref)
        return body, self.standin.signed(body, at=at)


class NoBench:
    """A card that has no page and tells nothing."""

    gateway = OfflineCard(is_offered=True)

    def pay(self, charge: Charge) -> None:
        raise AssertionError("taken when it is opened")

    def event(self, charge: Charge, at: datetime) -> Event:
        raise AssertionError("tells nothing")


class TestStripe(PaymentGatewayContract):
    @pytest.fixture(autouse=True)
    def _bench(self, stripe_server: Standin) -> None:
        self.bench = StripeBench(stripe_server)


class TestOfflineCard(PaymentGatewayContract):
    bench = NoBench()

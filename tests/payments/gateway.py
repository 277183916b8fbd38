"""A Stripe to pay by, for whoever imports these fixtures into its conftest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from marketplace.adapters.stripe_card import StripeCard
from marketplace.config import Config
from marketplace.kernel.clock import SetClock, SystemClock
from tests.fixtures import People
from tests.payments.standin import ACCOUNT, KEY, SECRET, Standin, answering


@pytest.fixture(scope="session")
def stripe_server() -> Iterator[Standin]:
    """One server for a whole run; each test finds it empty."""
    made = Standin(now=SystemClock().now)
    with answering(made):
        yield made


@pytest.fixture
def standin(stripe_server: Standin, people: People, clock: SetClock) -> Iterator[Standin]:
    """A Stripe without a past, and the marketplace pays by it."""
    fresh = Standin(now=clock.now, origin=stripe_server.origin)
    stripe_server.__dict__.update(vars(fresh))
    config = stripe_settings(stripe_server.origin)
    runtime = people.runtime
    before = runtime.tools  # the application outlives the test
    named = replace(before.config, public_url=config.public_url)
    runtime.tools = replace(before, card=StripeCard(config), config=named)
    yield stripe_server
    runtime.tools = before


def stripe_settings(origin: str, **changes: object) -> Config:
    """As a shop that pays by this Stripe is set up."""
    said: dict[str, object] = {
        "payments": "stripe",
        "stripe_key": KEY,
        "stripe_webhook_secret": SECRET,
        "stripe_account": ACCOUNT,
        "stripe_api": origin,
        "stripe_page": origin,
        "stripe_timeout_seconds": 5,
        "public_url": "https://shop.example",
    }
    return Config(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller

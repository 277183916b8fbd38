"""The adapter against Stripe's own test mode, for whoever has a key of it.

STRIPE_TEST_KEY (sk_test_…) and STRIPE_TEST_ACCOUNT (acct_…) of an account that takes CNY by card.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.adapters.stripe_card import StripeCard
from marketplace.config import Config
from marketplace.kernel.money import Money
from marketplace.ports.payments import ChargeState, GatewayRefused, Wish

KEY, ACCOUNT = os.environ.get("STRIPE_TEST_KEY", ""), os.environ.get("STRIPE_TEST_ACCOUNT", "")


@pytest.mark.skipif(not (KEY and ACCOUNT), reason="no STRIPE_TEST_KEY and STRIPE_TEST_ACCOUNT")
def test_a_page_is_opened_once_found_and_closed() -> None:
    """P7: a page that nobody pays; paying one takes a person."""
    card = StripeCard(
        Config(
            payments="stripe",
            stripe_key=KEY,
            stripe_webhook_secret="whsec_unused",
            stripe_account=ACCOUNT,
            public_url="https://shop.example",
        )
    )
    assert card.problems == ()
    now, reference = datetime.now(UTC), str(uuid.uuid4())
    wish = Wish(
        reference=reference,
        amount=Money(118_00),
        title="示例",
        expires_at=now + timedelta(minutes=40),
        back="https://shop.example/back",
        key=reference,
    )
    opened = card.open_charge(wish)
    assert card.open_charge(wish).provider_ref == opened.provider_ref
    assert (opened.state, opened.amount, opened.account) == (
        ChargeState.OPEN, Money(118_00), ACCOUNT,
    )  # fmt: skip
    assert opened.send_to.startswith(card.page_origin)
    assert reference in {one.reference for one in card.charges_since(now - timedelta(minutes=5))}
    assert card.close_charge(opened.provider_ref).state is ChargeState.FAILED
    with pytest.raises(GatewayRefused):
        card.charge("cs_test_nothing")

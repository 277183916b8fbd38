"""A card gateway that keeps count."""

from __future__ import annotations

import threading

from marketplace.kernel.money import Money, total
from marketplace.ports.payments import GatewayResult
from tests.races.storm import PATIENCE


class CountingCard:
    """A card gateway that knows what it holds; one key, one movement."""

    name = "offline_card"

    def __init__(self) -> None:
        self.moved: dict[str, Money] = {}
        self.asked = threading.Event()  # somebody is being charged
        self.may_answer = threading.Event()

    @property
    def kept(self) -> Money:
        return total(self.moved.values())

    def charge(self, reference: str, amount: Money, *, idempotency_key: str) -> GatewayResult:
        self.moved.setdefault(f"ch {idempotency_key}", amount)
        self.asked.set()
        assert self.may_answer.wait(PATIENCE)
        return GatewayResult(True, f"ch {idempotency_key}"[:100])

    def refund(self, provider_ref: str, amount: Money, *, idempotency_key: str) -> GatewayResult:
        self.moved.setdefault(f"re {idempotency_key}", -amount)
        return GatewayResult(True, f"re {idempotency_key}"[:100])

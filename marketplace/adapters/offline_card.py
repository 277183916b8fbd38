"""A card gateway without a bank: takes every card, keeps nothing. For demonstration and tests."""

from __future__ import annotations

import hashlib

from marketplace.kernel.money import Money
from marketplace.ports.payments import GatewayResult


class OfflineCard:
    """Answers from the idempotency key alone, so the same key gets the same answer everywhere."""

    name = "offline_card"

    def charge(self, reference: str, amount: Money, *, idempotency_key: str) -> GatewayResult:
        return GatewayResult(True, self._number("ch", idempotency_key))

    def refund(self, provider_ref: str, amount: Money, *, idempotency_key: str) -> GatewayResult:
        return GatewayResult(True, self._number("re", idempotency_key))

    @staticmethod
    def _number(kind: str, key: str) -> str:
        return f"{kind}_{hashlib.sha256(key.encode()).hexdigest()[:24]}"

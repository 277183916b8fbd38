"""Moving money elsewhere: cards. Transfers need no gateway, a person confirms them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from marketplace.kernel.errors import MarketplaceError
from marketplace.kernel.money import Money


class GatewayDown(MarketplaceError):
    """No answer: neither success nor failure. The same call may be made again with its key."""

    status = 503
    code = "gateway_down"


@dataclass(frozen=True, slots=True)
class GatewayResult:
    """What the gateway says; `provider_ref` is its own number of the operation."""

    succeeded: bool
    provider_ref: str


class PaymentGateway(Protocol):
    name: str

    def charge(self, reference: str, amount: Money, *, idempotency_key: str) -> GatewayResult:
        """Take `amount`; the same key again gives the same answer. Raises GatewayDown."""

    def refund(self, provider_ref: str, amount: Money, *, idempotency_key: str) -> GatewayResult:
        """Give back at most what was taken. Raises GatewayDown."""

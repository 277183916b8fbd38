"""A card gateway without a bank: takes every card, keeps nothing. For demonstration and tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from marketplace.config import Config
from marketplace.kernel.money import ZERO, Money
from marketplace.ports.payments import (
    BadEvent,
    Charge,
    ChargeState,
    GatewayEvent,
    GatewayRefused,
    Given,
    GivenState,
    Wish,
)


class OfflineCard:
    """Answers from the key alone, so the same key gets the same answer everywhere."""

    name = "offline_card"
    page_origin = ""
    account = ""
    is_live = False
    problems: tuple[str, ...] = ()

    def __init__(self, *, is_offered: bool) -> None:
        self.is_offered = is_offered

    def open_charge(self, wish: Wish) -> Charge:
        number = self._number("ch", wish.key)
        return Charge(number, wish.reference, ChargeState.TAKEN, wish.amount, money_ref=number)

    def charge(self, ref: str) -> Charge:
        raise GatewayRefused(reason="nothing is kept")

    def close_charge(self, provider_ref: str) -> Charge:
        return Charge(provider_ref, "", ChargeState.FAILED, ZERO)

    def refund(self, money_ref: str, amount: Money, *, reference: str, key: str) -> Given:
        return Given(self._number("re", key), reference, amount, GivenState.DONE)

    def charges_since(self, at: datetime) -> Iterable[Charge]:
        return ()

    def read_event(self, body: bytes, headers: Mapping[str, str], at: datetime) -> GatewayEvent:
        raise BadEvent

    @staticmethod
    def _number(kind: str, key: str) -> str:
        return f"{kind}_{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def offline_card(config: Config) -> OfflineCard:
    """Offered where all is show."""
    return OfflineCard(is_offered=config.demo)

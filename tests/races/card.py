"""A card gateway that keeps count."""

from __future__ import annotations

import threading

from marketplace.adapters.offline_card import OfflineCard
from marketplace.kernel.money import Money, total
from marketplace.ports.payments import Charge, Given, Wish
from tests.races.storm import PATIENCE


class CountingCard(OfflineCard):
    """A card gateway that knows what it holds; one key, one movement."""

    def __init__(self) -> None:
        super().__init__(is_offered=True)
        self.moved: dict[str, Money] = {}
        self.asked = threading.Event()  # somebody is being charged
        self.may_answer = threading.Event()

    @property
    def kept(self) -> Money:
        return total(self.moved.values())

    def open_charge(self, wish: Wish) -> Charge:
        self.moved.setdefault(f"ch {wish.key}", wish.amount)
        self.asked.set()
        assert self.may_answer.wait(PATIENCE)
        return super().open_charge(wish)

    def refund(self, money_ref: str, amount: Money, *, reference: str, key: str) -> Given:
        self.moved.setdefault(f"re {key}", -amount)
        return super().refund(money_ref, amount, reference=reference, key=key)

"""Moving money elsewhere: cards and wallets. Transfers need no gateway, a person confirms them.

A gateway has a page of its own to which buyers are sent, or none; then a charge is taken when it is
opened. What it says of a charge is always the whole of it, so it may be asked in any order and as
often as one likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from marketplace.kernel.errors import MarketplaceError
from marketplace.kernel.money import CURRENCY, Money


class GatewayDown(MarketplaceError):
    """No answer: neither success nor failure. The same call may be made again with its key."""

    status = 503
    code = "gateway_down"


class GatewayRefused(MarketplaceError):
    """A clear no: nothing was taken, nothing went back; `data`: reason, for the log."""

    status = 409
    code = "card_declined"


class BadEvent(MarketplaceError):
    """Not signed by the gateway, too old, too far ahead, or no event: nothing is believed."""

    status = 400
    code = "bad_event"


class ChargeState(StrEnum):
    OPEN = "open"  # the buyer may still pay, or the money is on its way
    TAKEN = "taken"
    FAILED = "failed"  # ended without money


class GivenState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class DisputeOutcome(StrEnum):
    OPEN = "open"  # the gateway keeps the money back until the bank has decided
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Wish:
    """A charge to be opened; `reference` is our own, `key` makes asking twice harmless."""

    reference: str
    amount: Money
    title: str  # what the buyer reads
    expires_at: datetime
    back: str  # the address of ours to which the buyer comes back
    key: str


@dataclass(frozen=True, slots=True)
class Given:
    """Money that went back; `reference` is ours, empty for what we did not ask for."""

    provider_ref: str
    reference: str
    amount: Money
    state: GivenState
    currency: str = CURRENCY


@dataclass(frozen=True, slots=True)
class DisputeTold:
    """The payer's bank wants the money back."""

    provider_ref: str
    amount: Money
    outcome: DisputeOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """All that the gateway knows of one charge. `money_ref` numbers the money once it is taken;
    `send_to` is where an open charge is paid, empty when there is no page."""

    provider_ref: str
    reference: str
    state: ChargeState
    amount: Money
    currency: str = CURRENCY
    account: str = ""
    is_live: bool = False
    money_ref: str = ""
    send_to: str = ""
    given: tuple[Given, ...] = ()
    disputes: tuple[DisputeTold, ...] = ()


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """Something happened to the charge `about` (either of its numbers): look at it again. What else
    an event says is not believed. An empty `about`: nothing of ours."""

    id: str
    kind: str
    about: str


class PaymentGateway(Protocol):
    """`page_origin` is where buyers are sent, empty for a gateway without a page, which sends no
    events and keeps no list either. `problems` say in words what is missing: then it is not
    offered, and believes nobody."""

    name: str
    is_offered: bool
    problems: tuple[str, ...]
    page_origin: str
    account: str
    is_live: bool

    def open_charge(self, wish: Wish) -> Charge:
        """The same key again gives the same charge. Raises GatewayDown, GatewayRefused."""

    def charge(self, ref: str) -> Charge:
        """As it stands now, by either of its numbers. Raises GatewayDown, GatewayRefused."""

    def close_charge(self, provider_ref: str) -> Charge:
        """Nobody shall pay it any more; answers how it stands after that. Raises GatewayDown."""

    def refund(self, money_ref: str, amount: Money, *, reference: str, key: str) -> Given:
        """Give back at most what was taken; the same key again gives the same answer. Raises
        GatewayDown, GatewayRefused."""

    def charges_since(self, at: datetime) -> Iterable[Charge]:
        """Everything opened since then, whoever opened it. Raises GatewayDown."""

    def read_event(self, body: bytes, headers: Mapping[str, str], at: datetime) -> GatewayEvent:
        """What a webhook says, if the gateway signed it just now. Raises BadEvent."""

"""Pure answers about payments: references, what is not as it was asked, how long to wait."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import CURRENCY, Money
from marketplace.payments.states import DiscrepancyKind
from marketplace.ports.payments import Charge

PREFIX = "ZT"
CODE_LENGTH = 6
LONGEST_REF = 100
# a page of the gateway stays open at least so long (Stripe: 30 minutes) and a little more, because
# clocks differ
SHORTEST_PAGE = timedelta(minutes=31)
# a key is known again for so long (Stripe: 24 hours at least)
KEY_LIVES = timedelta(hours=23)
# what has had no answer for so long is looked after
PATIENCE = timedelta(minutes=10)
# a reconciliation looks back so far: what was opened before it has ended since
LOOK_BACK = timedelta(days=3)


def bank_reference(text: str) -> str:
    """A bank's own number of a transfer, without blanks at its ends. Raises Invalid."""
    found = text.strip()
    if not found:
        raise Invalid("bank_ref_missing", field="bank_ref")
    if len(found) > LONGEST_REF or any(unicodedata.category(sign) == "Cc" for sign in found):
        raise Invalid("bank_ref_malformed", field="bank_ref")
    return found


def page_ends(made_at: datetime, hold: timedelta, now: datetime) -> datetime:
    """Until when the gateway's page takes money: as long as the stock is held, or as short as the
    gateway allows."""
    return max(made_at + hold, now + SHORTEST_PAGE)


def differences(
    amount: Money, charge: Charge, *, account: str, is_live: bool
) -> Mapping[DiscrepancyKind, tuple[str, str]]:
    """What of a charge is not as it was asked: (asked, told)."""
    pairs = {
        DiscrepancyKind.AMOUNT: (str(amount), str(charge.amount)),
        DiscrepancyKind.CURRENCY: (CURRENCY, charge.currency.upper()),
        DiscrepancyKind.ACCOUNT: (account, charge.account),
        DiscrepancyKind.MODE: (_mode(is_live), _mode(charge.is_live)),
    }
    return {kind: pair for kind, pair in pairs.items() if pair[0] != pair[1]}


def _mode(is_live: bool) -> str:
    return "live" if is_live else "test"

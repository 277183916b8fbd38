"""Pure answers about claims: until when one may be made, how long each side has, how an amount is
spread over lines, who may act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from marketplace.claims.states import ClaimState
from marketplace.kernel.clock import end_of_day, local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.kernel.workdays import calendar

LONGEST_NOTE = 500
LONGEST_TRACKING = 200
RETURN_DAYS = 7  # calendar days, by law; the day of receipt does not count
# house rules
SUPPLIER_HOURS = 48
BUYER_DAYS = 7  # calendar days to answer an offer
SENDING_DAYS = 7  # calendar days to send goods back
RECEIVING_DAYS = 10  # calendar days from sending back to receipt
DECIDING_WORKDAYS = 5  # working days
RECALL_DAYS = 30  # calendar days from the recall of a batch
MOST_CLAIMS = 5  # of quality, of one order, however they ended


def due(state: ClaimState, at: datetime) -> datetime | None:
    """Until when somebody is to act on a claim that came into this state; None: nobody need."""
    match state:
        case ClaimState.OPEN:
            return at + timedelta(hours=SUPPLIER_HOURS)
        case ClaimState.OFFERED:
            return at + timedelta(days=BUYER_DAYS)
        case ClaimState.AGREED:
            return at + timedelta(days=SENDING_DAYS)
        case ClaimState.SENT:
            return at + timedelta(days=RECEIVING_DAYS)
        case ClaimState.DISPUTED:
            return calendar().plus(at, DECIDING_WORKDAYS)
        case _:
            return None


def silence(state: ClaimState, offered: Money | None) -> str | None:
    """The verb of the system when the time is over; None: only a person can decide."""
    match state:
        case ClaimState.OPEN:
            return "grant"
        case ClaimState.OFFERED:
            return "accept" if offered else "close"
        case ClaimState.AGREED:
            return "close"
        case ClaimState.SENT:
            return "confirm"
        case _:
            return None


def claimable_until(received_at: datetime, hours: int) -> datetime:
    """The end of the time for a claim of quality; hours are those of the category."""
    return received_at + timedelta(hours=hours)


def returnable_until(received_at: datetime) -> datetime:
    """The end of the seventh day in Shanghai after the day of receipt."""
    return end_of_day(local_day(received_at) + timedelta(days=RETURN_DAYS))


def taken_from(
    received_at: datetime | None, shipped_at: datetime | None, at: datetime, days: int
) -> datetime:
    """From when the times of a claim run: receipt, else the day on which what has left counts as
    received, so many calendar days after its last parcel; before that, now."""
    if received_at is not None:
        return received_at
    return at if shipped_at is None else min(at, shipped_at + timedelta(days=days))


def spread(amount: Money, over: Sequence[Money]) -> list[Money]:
    """The amount in the proportion of `over`, none above its own; what does not divide goes to the
    largest remainders, the first of equals first."""
    whole = sum(one.fen for one in over)
    shares = [amount.fen * one.fen // whole for one in over]
    rest = amount.fen - sum(shares)
    by_remainder = sorted(range(len(over)), key=lambda n: -(amount.fen * over[n].fen % whole))
    for place in by_remainder[:rest]:
        shares[place] += 1
    return [Money(share) for share in shares]


UNSENT_REASON = "没有发出的部分不要了"  # in the place of the buyer's words


def recall_reason(batches: Iterable[str]) -> str:
    """What stands in the place of the buyer's words."""
    return f"召回批次 {'、'.join(sorted(set(batches)))}"


def note(text: str) -> str:
    """Words that the other side reads. Raises Invalid."""
    found = text.strip()
    if not found:
        raise Invalid("reason_missing", field="note")
    return found[:LONGEST_NOTE]


def tracking(carrier: str, number: str) -> tuple[str, str]:
    """How goods are sent back. Raises Invalid."""
    for field, said in (("carrier", carrier), ("tracking", number)):
        if not said.strip() or len(said.strip()) > LONGEST_TRACKING:
            raise Invalid("shipping_incomplete", field=field)
    return carrier.strip(), number.strip()

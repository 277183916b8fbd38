"""What a parcel may hold, and what an order's delivery is by its parcels."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from marketplace.kernel.clock import start_of_day
from marketplace.kernel.errors import Invalid, Refused
from marketplace.orders.states import DeliveryState

# [0-9A-Za-z] and not \w: a number is typed at the carrier's page again
_TRACKING = re.compile(r"[0-9A-Za-z-]{3,40}")
Pieces = Mapping[uuid.UUID, int]  # order line → pieces


def tracking_number(said: str) -> str:
    """Without blanks, in capitals, so that one parcel has one number. Raises Invalid."""
    found = "".join(said.split()).upper()
    if not _TRACKING.fullmatch(found):
        raise Invalid("tracking_malformed", field="tracking", value=said)
    return found


def pieces_to_send(left: Pieces, wanted: Pieces | None) -> dict[uuid.UUID, int]:
    """What the next parcel holds: what is wanted of what is `left`, or all of it. Raises Invalid
    (nothing_to_send, quantity), Refused (more_than_left)."""
    if wanted is None:
        chosen = {line: count for line, count in left.items() if count}
    else:
        chosen = {line: count for line, count in wanted.items() if count}
    for line, count in chosen.items():
        if count < 0:
            raise Invalid("quantity", field="quantity", value=count)
        if count > left.get(line, 0):
            raise Refused("more_than_left", wanted=count, left=left.get(line, 0), line=line)
    if not chosen:
        raise Invalid("nothing_to_send", field="quantity")
    return chosen


def delivery_state(lines: Iterable[tuple[int, int]]) -> DeliveryState:
    """Of an order whose lines are (ordered, sent): nothing, a part or everything is on its way."""
    both = list(lines)
    if not any(sent for _ordered, sent in both):
        return DeliveryState.WAITING
    is_all = all(ordered == sent for ordered, sent in both)
    return DeliveryState.SHIPPED if is_all else DeliveryState.PARTLY


def leaves_by(paid_at: datetime, hours: int | None, ships_from: date | None) -> datetime | None:
    """Until when goods were promised to leave: so many hours from payment, of a pre-sale from its
    ship date; None: that was not said."""
    if hours is None:
        return None
    begins = max(paid_at, start_of_day(ships_from)) if ships_from else paid_at
    return begins + timedelta(hours=hours)

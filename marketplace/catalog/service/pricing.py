"""Why a good costs what it costs: its supplier's reason, and what the same costs elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from marketplace.catalog import queries, rules
from marketplace.catalog.models import Listing, PriceComparison
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing
from marketplace.kernel.money import Money
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A price seen outside: where, of how much, on which day."""

    source: str
    price: Money
    amount: str  # as it was offered there: "5千克"
    day: date
    note: str = ""


def explain_price(w: Work, listing_id: uuid.UUID, reason: str) -> Listing:
    """The supplier says why the price is as it is. Raises Missing, Invalid (note_missing)."""
    listing, _ = queries.own_listing(w.session, w.actor, listing_id)
    if not reason.strip():
        raise Invalid("note_missing", field="price_reason")
    listing.price_reason = reason.strip()
    fair = queries.fairness(w.session, w.tools.config, listing.category, queries.said(listing))
    # of what is on sale at a fair price it is said of the price that is saved next
    listing.reason_price = fair.price if fair.is_far else None
    w.record("explain_price", listing, reason=listing.price_reason)
    return listing


def compare_price(w: Work, listing_id: uuid.UUID, seen: Elsewhere) -> PriceComparison:
    """Attach what the same costs elsewhere, by the supplier or a reviewer; it stays.

    Raises Missing, Invalid (price_not_positive, day_to_come).
    """
    listing, supplier = queries.listing(w.session, w.actor, listing_id)
    is_own = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and Role.REVIEWER not in w.actor.roles:
        raise Missing(listing_id=listing_id)
    if seen.price.fen <= 0:
        raise Invalid("price_not_positive", field="price", value=seen.price)
    if seen.day > local_day(w.now):
        raise Invalid("day_to_come", field="day", value=seen.day)
    said = {"net_content": seen.amount, "spec": "", "unit": "", "sale_price": seen.price.fen}
    per_500g = rules.per_500g(said)
    made = PriceComparison(
        listing_id=listing.id,
        supplier_id=listing.supplier_id,
        source=seen.source,
        price=seen.price,
        amount=seen.amount,
        per_500g=None if per_500g is None else Money(per_500g),
        day=seen.day,
        note=seen.note,
        added_at=w.now,
        added_by=w.actor.person_id,
    )
    w.session.add(made)
    w.record("compare_price", made, price=seen.price.fen, source=seen.source)
    return made


def price_fault(
    w: Work, listing: Listing, category: str, said: Mapping[str, object]
) -> Invalid | None:
    """What stops a price far from the others: a reason that is missing, or was given for another
    price that was not as far."""
    fair = queries.fairness(w.session, w.tools.config, category, said)
    if not fair.is_far or fair.price is None or fair.median.price is None:
        return None
    if listing.price_reason and listing.reason_price is None:
        listing.reason_price = fair.price
    if listing.price_reason and rules.is_between(
        fair.price, listing.reason_price, fair.median.price
    ):
        return None
    return Invalid(
        "price_reason_missing",
        field="sale_price",
        value=fair.price,
        median=fair.median.price,
        percent=f"{fair.percent:+d}",
    )

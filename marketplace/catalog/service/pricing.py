"""Why a good costs what it costs: its supplier's reason, and what the same costs elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from marketplace.adapters import scans
from marketplace.catalog import queries, rules
from marketplace.catalog.models import Listing, PriceComparison
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing
from marketplace.kernel.money import Money
from marketplace.ports.storage import Storage
from marketplace.suppliers.models import Supplier
from marketplace.work import Work

UPLOAD_BYTES = 12 * 1024 * 1024  # a file of 10 MB and its form


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A price seen outside: where, of how much, on which day."""

    source: str
    price: Money
    amount: str  # as it was offered there: "5千克"
    day: date
    note: str = ""
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)  # a picture of it, or a document
    look: scans.Look | None = None  # what the file is
    key: str = ""  # where it was put by, see `received_price`


def received_price(storage: Storage, seen: Elsewhere) -> Elsewhere:
    """The same with its file, if there is one, opened and put by: done before a unit of work, for
    both take a while.

    Raises Invalid (scan_…), Refused (scan_busy), Busy.
    """
    if not seen.file:
        return seen
    look, key = scans.look(seen.file), f"comparisons/{uuid.uuid4()}"
    storage.put(key, seen.file)
    return replace(seen, look=look, key=key)


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

    Raises Missing, Invalid (price_not_positive, day_to_come, scan_too_large).
    """
    if seen.key:  # whatever stops us from here on takes the file away again
        w.undo.append(partial(w.tools.storage.drop, seen.key))
    listing, _ = _looks_at(w, listing_id)
    if len(seen.file) > w.tools.config.upload_bytes:
        raise Invalid("scan_too_large", field=scans.FIELD)
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
        file_key=seen.key,
        file_name=seen.file_name if seen.look else "",
        file_type=seen.look.type if seen.look else "",
        file_sha256=seen.look.sha256 if seen.look else "",
        added_at=w.now,
        added_by=w.actor.person_id,
    )
    w.session.add(made)
    told = {"sha256": made.file_sha256} if made.file_sha256 else {}
    w.record("compare_price", made, price=seen.price.fen, source=seen.source, **told)
    return made


def read_comparison(w: Work, comparison_id: uuid.UUID) -> PriceComparison:
    """Whose file is about to be read, by the supplier of the good or a reviewer; the reading itself
    is written to the trail. Raises Missing, also when it has none."""
    found = w.session.get(PriceComparison, comparison_id)
    if found is None or not found.file_key:
        raise Missing(comparison_id=comparison_id)
    _looks_at(w, found.listing_id)
    w.record("read_file", found)
    return found


def _looks_at(w: Work, listing_id: uuid.UUID) -> tuple[Listing, Supplier]:
    """One's own good, or any as a reviewer. Raises Missing."""
    listing, supplier = queries.listing(w.session, w.actor, listing_id)
    is_own = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and Role.REVIEWER not in w.actor.roles:
        raise Missing(listing_id=listing_id)
    return listing, supplier


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

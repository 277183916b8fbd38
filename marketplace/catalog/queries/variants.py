"""Sizes of one good: which listings belong together, and what may be chosen of them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.catalog.queries.visible import Good, goods, read_goods
from marketplace.kernel.base import AT
from marketplace.kernel.errors import Refused

MOST_SIZES = 50  # listings of one group

_SIZES = (
    goods(
        AT,
        Listing.supplier_id == bindparam("supplier_id"),
        Listing.group_code == bindparam("group_code"),
        Listing.group_code != "",
    )
    .order_by(Listing.sale_price, Listing.variant)
    .limit(MOST_SIZES)
)


def sizes(session: Session, of: Listing, at: datetime) -> list[Good]:
    """All sizes of the good that may be bought at the instant, the cheapest first; none when there
    is no other."""
    if not of.group_code:
        return []
    found = read_goods(session, _SIZES, at=at, supplier_id=of.supplier_id, group_code=of.group_code)
    return found if len(found) > 1 else []


def siblings(session: Session, supplier_id: uuid.UUID, group_code: str) -> Sequence[Listing]:
    """Every listing of a group in whatever state, by stock number; none without a group code."""
    if not group_code:
        return ()
    of_group = (Listing.supplier_id == supplier_id, Listing.group_code == group_code)
    return session.scalars(select(Listing).where(*of_group).order_by(Listing.sku)).all()


def group_sizes(session: Session, supplier_id: uuid.UUID, codes: Collection[str]) -> dict[str, int]:
    """Group code → how many listings it holds together, of these groups."""
    rows = session.execute(
        select(Listing.group_code, func.count())
        .where(Listing.supplier_id == supplier_id, Listing.group_code.in_(set(codes) - {""}))
        .group_by(Listing.group_code)
    )
    return {row[0]: row[1] for row in rows}


def holders(
    session: Session, supplier_id: uuid.UUID, codes: Collection[str]
) -> dict[tuple[str, str], str]:
    """(group code, variant) → stock number of the listing that has it, of these groups."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    rows = session.execute(
        select(Listing.group_code, Listing.variant, Listing.sku).where(
            Listing.supplier_id == supplier_id, Listing.group_code.in_(wanted)
        )
    )
    return {(row.group_code, row.variant): row.sku for row in rows}


def said_shared(listing: Listing) -> tuple[str, ...]:
    """What a listing says of `rules.SHARED`."""
    make = (listing.processing.value, listing.packaging.value, listing.maker.value)
    return listing.title, listing.category, listing.county_code, *make


def taken(variant: str, sku: str) -> Refused:
    """Another listing of the group is this size already."""
    return Refused("variant_taken", field="variant", value=variant, sku=sku)

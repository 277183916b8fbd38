"""How many reviews of a good are shown, and their stars: kept beside it."""

from __future__ import annotations

import uuid

from sqlalchemy import update

from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Conflict
from marketplace.work import Work


def count_rating(w: Work, listing_id: uuid.UUID, *, count: int, stars: int) -> None:
    """Added at once, so that two reviewers do not count over each other. Raises Conflict where it
    would go below nothing."""
    changed = w.session.execute(
        update(Listing)
        .where(Listing.id == listing_id)
        .where(Listing.reviews + count >= 0, Listing.stars + stars >= 0)
        .values(reviews=Listing.reviews + count, stars=Listing.stars + stars)
        .returning(Listing.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is None:
        raise Conflict(listing_id=listing_id)

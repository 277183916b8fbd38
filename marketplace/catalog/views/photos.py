"""Photographs: handed in and put in order by their supplier, looked at by everybody."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.adapters.photos import SHOWN_TYPE
from marketplace.catalog import queries, service
from marketplace.catalog.forms import PhotosForm
from marketplace.catalog.models import shown_key
from marketplace.catalog.views.blueprint import pages
from marketplace.catalog.views.goods import ROOM, listing_page, saved
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.web import (
    actor,
    back_to,
    kept_files,
    looking,
    needs,
    now,
    open_to_all,
    reading,
    shown,
    someone,
    takes,
    work,
)


@pages.get("/listings/<uuid:listing_id>/photos/<uuid:photo_id>-<any(large, small):size>.webp")
@open_to_all
def photo(listing_id: uuid.UUID, photo_id: uuid.UUID, size: str) -> ResponseReturnValue:
    """Asked again each time it is shown: no copy outlives the sight of its listing."""
    with looking() as session:
        found = queries.photo(session, actor(), listing_id, photo_id, now())
        key = shown_key(found.key, size)
    return shown(lambda: kept_files().get(key), SHOWN_TYPE, tag=f"{photo_id}-{size}")


@pages.post("/listings/<uuid:listing_id>/photos")
@takes(ROOM)
@needs(Role.SUPPLIER_STAFF)
def show_photos(listing_id: uuid.UUID) -> ResponseReturnValue:
    """Add, put in order, take away: one edit."""
    with reading() as session:
        listing, _supplier = queries.own_listing(session, someone(), listing_id)
        form = PhotosForm(queries.photos_said(session, listing))
    if not form.validate():
        return listing_page(listing_id, 422, photos_form=form)
    try:
        added = service.receive(kept_files(), form.files())
        with work() as w:
            change = service.show_photos(w, listing_id, form.chosen(), added)
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return listing_page(listing_id, fault.status, photos_form=form)
    return back_to("catalog.show", saved(change), listing_id=listing_id)

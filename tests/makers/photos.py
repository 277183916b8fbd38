"""Makers of photographs, and of goods that show some."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from marketplace.catalog import queries, service
from marketplace.catalog.models import ChangeSet, Listing

if TYPE_CHECKING:
    from tests.fixtures import People


def a_photo(
    colour: tuple[int, int, int] = (200, 60, 40),
    size: tuple[int, int] = (300, 240),
    form: str = "JPEG",
    **options: object,
) -> bytes:
    """One colour; another colour is another photograph."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def photographed(
    people: People, listing: Listing, *files: bytes, keep: int = 9, name: str = "supplier"
) -> ChangeSet | None:
    """The listing shows its first `keep` photographs and these."""
    added = service.receive(
        people.runtime.tools.storage, [(f"{n}.jpg", one) for n, one in enumerate(files)]
    )
    with people.runtime.work(people.actor(name)) as w:
        said = queries.photos_said(w.session, w.session.get_one(Listing, listing.id))
        chosen = service.Chosen(said[:keep], frozenset(said))
        return service.show_photos(w, listing.id, chosen, added)

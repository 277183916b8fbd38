"""Which files rows of goods name, and which sheets are still needed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import (
    CatalogImport,
    EvidencePhoto,
    ListingPhoto,
    PriceComparison,
    keys_of,
)
from marketplace.catalog.queries.known import unpack_absent
from marketplace.catalog.queries.packing import parts_of, unpack
from marketplace.catalog.states import ImportState


def named_files(session: Session) -> Iterator[str]:
    """The keys of all photographs, as they came and as they are shown; and of what was attached to
    prices seen elsewhere."""
    for photo in session.scalars(select(ListingPhoto)):
        yield from photo.keys
    for key in session.scalars(select(EvidencePhoto.key)):
        yield from keys_of(key)
    attached = select(PriceComparison.file_key).where(PriceComparison.file_key != "")
    yield from session.scalars(attached)


def needed_sheets(session: Session, since: datetime) -> tuple[tuple[uuid.UUID, ImportState], ...]:
    """Imports that have not ended, or ended since that instant: their files may be read yet."""
    asked = select(CatalogImport.id, CatalogImport.state).where(
        or_(CatalogImport.ended_at.is_(None), CatalogImport.ended_at > since)
    )
    return tuple((row.id, row.state) for row in session.execute(asked))


def brought_keys(kept: bytes) -> Iterator[str]:
    """The keys of the photographs that came with the rows of a sheet."""
    for part in parts_of(kept):
        if unpack_absent(part) is None:
            for entry in unpack(part):
                yield from (photo.key for photo in entry.photos or () if photo.key)

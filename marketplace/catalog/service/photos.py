"""Photographs of goods: opened and put by before a unit of work, then shown as an edit is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from marketplace.adapters import photos
from marketplace.catalog import queries, rules
from marketplace.catalog.models import (
    ChangeSet,
    EvidencePhoto,
    ImportedBefore,
    Listing,
    ListingPhoto,
    keys_of,
    shown_key,
)
from marketplace.catalog.rules import Goods
from marketplace.catalog.service.revising import propose
from marketplace.catalog.service.writing import change, draft
from marketplace.catalog.states import ListingState
from marketplace.events import PhotosLeft
from marketplace.kernel.errors import Invalid, Refused
from marketplace.ports.storage import Storage
from marketplace.work import Work

MOST_PHOTOS = 9  # of one listing


@dataclass(frozen=True, slots=True)
class Received:
    """A photograph that lies in the storage under `key` and is nobody's yet."""

    sha256: str
    type: str
    width: int
    height: int
    key: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The photographs that stay, in their order, among those that were shown."""

    kept: Sequence[str] = ()
    among: frozenset[str] = frozenset()


def receive(storage: Storage, files: Iterable[tuple[str, bytes]]) -> tuple[Received, ...]:
    """Open each file (its name, its bytes) and put it by: done before a unit of work, for both take
    a while. All of them or none.

    Raises Invalid (photo_…, with the name of the file), Refused (photo_busy), Busy.
    """
    named = list(files)
    if len(named) > MOST_PHOTOS:
        raise Invalid("photos_too_many", field=photos.FIELD, most=MOST_PHOTOS)
    with photos.Drawing() as opened:
        seen = [opened.draw(data, name) for name, data in named]
    kept: list[Received] = []
    try:
        for one in {photo.sha256: photo for photo in seen}.values():
            key = put_by(storage, one)
            kept.append(Received(one.sha256, one.type, one.width, one.height, key))
    except Exception:
        for made in kept:
            drop(storage, made.key)
        raise
    return tuple(kept)


def put_by(storage: Storage, photo: photos.Photo) -> str:
    """Keep the original and what is shown of it, whole or not at all; answers the key."""
    key = f"photos/{uuid.uuid4()}"
    try:
        storage.put(key, photo.data)
        for size, drawn in photo.drawn.items():
            storage.put(shown_key(key, size), drawn)
    except Exception:
        drop(storage, key)
        raise
    return key


def drop(storage: Storage, key: str) -> None:
    """Let go of a photograph with all that lies beside it."""
    for one in keys_of(key):
        storage.drop(one)


def show_photos(
    w: Work, listing_id: uuid.UUID, chosen: Chosen, added: Sequence[Received] = ()
) -> ChangeSet | None:
    """The listing shows the photographs that are kept, then the added ones. On sale it becomes a
    change-set, which is answered; otherwise it is a draft now.

    Raises Missing, Refused (photos_changed: others stand there meanwhile), Invalid
    (photos_too_many).
    """
    forget_if_undone(w, added)
    listing, _ = queries.own_listing(w.session, w.actor, listing_id)
    said = queries.photos_said(w.session, listing)
    if chosen.among != set(said) or not chosen.among.issuperset(chosen.kept):
        raise Refused("photos_changed", field=photos.FIELD)
    ids = list(dict.fromkeys([*chosen.kept, *_added(w, listing, added)]))
    if len(ids) > MOST_PHOTOS:
        raise Invalid("photos_too_many", field=photos.FIELD, most=MOST_PHOTOS)
    if ids == said:
        return None
    waiting = queries.open_change(w.session, listing.id)
    content = waiting.content if waiting else queries.content(w.session, listing)
    content = {**content, rules.PHOTOS: ids}
    if listing.state is ListingState.ON_SALE:
        return propose(w, listing, content)
    change(w, listing, content)
    clear(w, listing)
    return None


def draft_with_photos(
    w: Work, supplier_id: uuid.UUID, goods: Goods, stock: int, added: Sequence[Received]
) -> Listing:
    """A new listing with its first photographs: both or neither. Raises as `draft` and
    `show_photos` do."""
    forget_if_undone(w, added)
    made = draft(w, supplier_id, goods, stock)
    show_photos(w, made.id, Chosen(), added)
    return made


def keep_evidence(w: Work, subject_id: uuid.UUID, added: Sequence[Received]) -> None:
    """Photographs that were received show what is wrong with something that was bought."""
    rows = [
        EvidencePhoto(
            id=uuid.uuid4(), subject_id=subject_id, place=place, sha256=one.sha256, key=one.key
        )
        for place, one in enumerate(added, 1)
    ]
    w.session.add_all(rows)


def forget_if_undone(w: Work, added: Iterable[Received]) -> None:
    """What was put by for this unit goes when it is rolled back."""
    for one in added:
        w.undo.append(partial(drop, w.tools.storage, one.key))


def clear(w: Work, listing: Listing) -> None:
    """Photographs that the listing does not show, and that neither an edit of it nor a sheet that
    may be undone tells of, are let go."""
    edits = w.session.scalars(select(ChangeSet).where(ChangeSet.listing_id == listing.id))
    named = {*listing.photos}
    for one in edits:
        named.update(one.before[rules.PHOTOS], one.content[rules.PHOTOS])
    undone = select(ImportedBefore.before).where(ImportedBefore.listing_id == listing.id)
    for before in w.session.scalars(undone):
        named.update(before[rules.PHOTOS])
    rows = w.session.scalars(select(ListingPhoto).where(ListingPhoto.listing_id == listing.id))
    gone = [one for one in rows if str(one.id) not in named]
    if gone:
        w.announce(PhotosLeft(w.now, tuple(key for one in gone for key in one.keys)))
    for photo in gone:
        w.record("drop", photo, sha256=photo.sha256)
        w.session.delete(photo)


def _added(w: Work, listing: Listing, added: Sequence[Received]) -> list[str]:
    """The ids of what was handed in; the same bytes again are the same photograph."""
    asked = select(ListingPhoto).where(ListingPhoto.listing_id == listing.id)
    known = {one.sha256: one.id for one in w.session.scalars(asked)}
    if twice := [one for one in added if one.sha256 in known]:
        w.announce(PhotosLeft(w.now, tuple(key for one in twice for key in keys_of(one.key))))
    for one in added:
        if one.sha256 not in known:
            known[one.sha256] = _keep(w, listing, one)
    return [str(known[one.sha256]) for one in added]


def _keep(w: Work, listing: Listing, one: Received) -> uuid.UUID:
    photo = ListingPhoto(
        id=uuid.uuid4(),
        listing_id=listing.id,
        supplier_id=listing.supplier_id,
        sha256=one.sha256,
        type=one.type,
        width=one.width,
        height=one.height,
        key=one.key,
        added_at=w.now,
        added_by=w.actor.person_id,
    )
    w.session.add(photo)
    w.record("add", photo, sha256=photo.sha256, type=photo.type)
    return photo.id

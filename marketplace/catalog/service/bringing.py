"""Photographs that come in an archive beside a sheet: all are opened before anything is written."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from catalog_import import PictureArchive, Problem, UnreadableFile
from catalog_import.pictures import Entry as Named
from marketplace.adapters import photos
from marketplace.catalog import queries, rules
from marketplace.catalog.models import CatalogImport, Listing, ListingPhoto
from marketplace.catalog.queries import Brought, Checked, Entry, Pictures, Ready
from marketplace.catalog.rules import RowFault
from marketplace.catalog.service.photos import MOST_PHOTOS, clear, drop, put_by
from marketplace.kernel.errors import Invalid
from marketplace.ports.storage import Storage
from marketplace.work import Deed, Work, insert_rows

PHOTOS: Table = ListingPhoto.__table__  # type: ignore[assignment]  # a mapped class has a Table
Same = dict[str, dict[str, str]]  # stock number → sha256 → id of what the good has already


def same_photos(session: Session, supplier_id: uuid.UUID, checked: Checked) -> Same:
    """What the goods of a sheet have already."""
    skus = [one.said["sku"] for part in checked.parts for one in queries.unpack(part)]
    known = queries.listings_by_sku(session, supplier_id, skus)
    there = queries.photos_of(session, known.values())
    return {sku: there.get(listing_id, {}) for sku, listing_id in known.items()}


def with_archive(
    checked: Checked, archive: bytes, same: Same, storage: Storage | None = None
) -> Checked:
    """The sheet with the pictures of its goods, opened and, with a storage, put by: done before a
    unit of work, for both take a while. With a problem nothing stays.

    Raises Refused (photo_busy), Busy.
    """
    if checked.report.problems:
        return checked
    try:
        opened = PictureArchive(archive)
        bringing = _Bringing(opened, same, storage)
        return bringing.run(checked)
    except UnreadableFile as fault:
        return _refused(checked, (fault.problem,))


def let_go(storage: Storage, checked: Checked) -> None:
    """Nothing comes of the sheet: what was put by for it goes."""
    for key in checked.pictures.keys if checked.pictures else ():
        drop(storage, key)


def forget_if_undone(w: Work, checked: Checked) -> None:
    """The same when this unit is rolled back."""
    w.undo.append(partial(let_go, w.tools.storage, checked))


def keep_photos(w: Work, taken: CatalogImport, settled: Sequence[tuple[uuid.UUID, Ready]]) -> None:
    """The rows of photographs that an archive brought for these listings."""
    rows = [
        {
            **{name: getattr(photo, name) for name in ("sha256", "type", "width", "height", "key")},
            "id": uuid.UUID(photo.id),
            "listing_id": listing_id,
            "supplier_id": taken.supplier_id,
            "added_at": w.now,
            "added_by": w.actor.person_id,
            "import_id": taken.id,
        }
        for listing_id, one in settled
        for photo in one.entry.photos or ()
        if photo.key and photo.id in one.photos
    ]
    if not rows:
        return
    insert_rows(w.session, PHOTOS, rows)
    for row in rows:
        deed = Deed(
            actor=w.actor.person_id,
            verb="add",
            subject_kind=ListingPhoto.__name__,
            subject_id=row["id"],
            supplier_id=taken.supplier_id,
            data={"sha256": row["sha256"], "type": row["type"]},
        )
        w.deeds.append(deed)


def drop_unused(w: Work, parts: Iterable[bytes]) -> None:
    """Let go of what was put by for rows that were never written; nothing happens twice."""
    brought = [
        photo
        for part in parts
        if queries.unpack_absent(part) is None
        for entry in queries.unpack(part)
        for photo in entry.photos or ()
        if photo.key
    ]
    if not brought:
        return
    asked = select(ListingPhoto.key).where(ListingPhoto.key.in_([one.key for one in brought]))
    used = set(w.session.scalars(asked))
    for one in brought:
        if one.key not in used:
            drop(w.tools.storage, one.key)


def take_back(w: Work, taken: CatalogImport) -> None:
    """What an undone archive brought goes, but for what an edit tells of."""
    asked = select(ListingPhoto.listing_id).where(ListingPhoto.import_id == taken.id).distinct()
    for listing in w.session.scalars(select(Listing).where(Listing.id.in_(asked))).all():
        if listing.import_id == taken.id:  # it was new: it shows nothing any more
            listing.photos = []
            listing.fingerprint = rules.fingerprint_of(queries.content(w.session, listing))
        clear(w, listing)


class _Bringing:
    """One pass over the rows of a sheet and the pictures of each."""

    def __init__(self, archive: PictureArchive, same: Same, storage: Storage | None) -> None:
        self.archive, self.same, self.storage = archive, same, storage
        self.drawing = photos.Drawing()  # one child for all of them
        self.keys: list[str] = []
        self.faults: list[RowFault] = []
        self.new = self.known = 0

    def run(self, checked: Checked) -> Checked:
        """Raises UnreadableFile, Refused, Busy; then nothing stays either."""
        entries = [queries.unpack(part) for part in checked.parts]
        matched = self.archive.match([one.said["sku"] for some in entries for one in some])
        try:
            with self.drawing:
                parts = tuple(
                    queries.pack([self._pictured(one, matched.by_sku) for one in some])
                    for some in entries
                )
        except BaseException:
            self._drop()
            raise
        if self.faults:
            self._drop()
            return _refused(checked, self.faults)
        told = Pictures(
            self.new, self.known, matched.without_row, matched.without_picture, tuple(self.keys)
        )
        return replace(checked, parts=parts, pictures=told)

    def _pictured(self, entry: Entry, by_sku: dict[str, list[Named]]) -> Entry:
        files = by_sku.get(entry.said["sku"])
        if files is None:
            return entry
        found: dict[str, Brought] = {}
        try:
            if len(files) > MOST_PHOTOS:
                raise Invalid("photos_too_many", field=photos.FIELD, most=MOST_PHOTOS)
            for one in files:
                data = self.archive.read(one)
                sha256 = hashlib.sha256(data).hexdigest()
                if sha256 not in found:
                    found[sha256] = self._brought(entry.said["sku"], one.name, (data, sha256))
        except Invalid as fault:
            self.faults.append(RowFault(entry.row, "", entry.said["sku"], fault))
        return entry._replace(photos=tuple(found.values()))

    def _brought(self, sku: str, name: str, file: tuple[bytes, str]) -> Brought:
        data, sha256 = file
        if sha256 in self.same.get(sku, {}):
            self.known += 1
            return Brought(self.same[sku][sha256], sha256)
        seen = self.drawing.draw(data, name)
        self.new += 1
        key = ""
        if self.storage is not None and not self.faults:
            key = put_by(self.storage, seen)
            self.keys.append(key)
        return Brought(str(uuid.uuid4()), sha256, seen.type, seen.width, seen.height, key)

    def _drop(self) -> None:
        for key in self.keys:
            if self.storage is not None:
                drop(self.storage, key)


def _refused(checked: Checked, problems: Sequence[Problem | RowFault]) -> Checked:
    rows = {one.row for one in problems if one.row is not None}
    report = replace(checked.report, problems=tuple(problems), refused=len(rows))
    return replace(checked, report=report, repeated=checked.repeated | rows)

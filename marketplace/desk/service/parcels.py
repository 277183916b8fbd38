"""What a person decides about parcels that could not be delivered."""

from __future__ import annotations

import uuid

from marketplace.kernel.errors import Invalid, Missing
from marketplace.work import Work, outbox
from marketplace.work.models import Parcel

LONGEST_NOTE = 500


def try_again(w: Work, parcel_id: uuid.UUID) -> None:
    """All attempts anew, from now on. Raises Missing when it does not wait for a person."""
    parcel = _parcel(w, parcel_id)
    if not outbox.try_again(w.session, parcel_id, w.now):
        raise Missing(parcel_id=parcel_id)
    w.record("try_again", parcel, kind=parcel.kind, handler=parcel.handler)


def drop(w: Work, parcel_id: uuid.UUID, note: str) -> None:
    """It is not owed any more, for the reason given. Raises Missing, Invalid (note_missing)."""
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise Invalid("note_missing", field="note")
    parcel = _parcel(w, parcel_id)
    if not outbox.drop(w.session, parcel_id, w.now):
        raise Missing(parcel_id=parcel_id)
    w.record("drop", parcel, kind=parcel.kind, handler=parcel.handler, note=note.strip())


def _parcel(w: Work, parcel_id: uuid.UUID) -> Parcel:
    found = w.session.get(Parcel, parcel_id)
    if found is None:
        raise Missing(parcel_id=parcel_id)
    return found

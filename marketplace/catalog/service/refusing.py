"""What of a sheet is not written after all, and how that is told."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress

from marketplace.catalog import queries
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Seen
from marketplace.catalog.rules import RowFault
from marketplace.catalog.service.shelving import refused_key, sheet_key
from marketplace.kernel.errors import Missing
from marketplace.ports.storage import Storage
from marketplace.work import Work

MOST_REFUSALS = 5_000  # that are told one by one, as many as a marked workbook has rows
ABSENT = "absent:"  # before a stock number that stands in no row


def refuse_rows(taken: CatalogImport, faults: Sequence[RowFault]) -> None:
    """Rows that were good when the sheet was read are counted and told."""
    taken.refused += len(faults)
    told = {str(one.row): [one.fault.code, _plain(one.fault.data)] for one in faults}
    _tell(taken, told)


def leave_alone(
    w: Work, taken: CatalogImport, absent: Mapping[uuid.UUID, Seen | None]
) -> list[uuid.UUID]:
    """The goods that the sheet does not name and nobody changed since the preview; the others stay
    as they are, and that is told."""
    known = queries.known_goods(w.session, taken.supplier_id, ids=list(absent), lock=True)
    stay = [sku for sku, one in known.items() if queries.moved(one, absent[one.id])]
    _tell(taken, {f"{ABSENT}{sku}": ["absent_changed", {"value": sku}] for sku in stay})
    return [one.id for sku, one in known.items() if sku not in set(stay)]


def keep_refused(storage: Storage, taken: CatalogImport) -> None:
    """The file, so that what was not written of it can be marked; one for each supplier. Nothing
    happens the second time."""
    with suppress(Missing):  # it came by the command, or is kept already
        data = storage.get(sheet_key(taken.id))
        storage.drop(refused_key(taken.supplier_id))
        storage.put(refused_key(taken.supplier_id), data)


def kept_refused(storage: Storage, taken: CatalogImport) -> bytes:
    """The file of this import. Raises Missing when it is none of it, or another one came since."""
    data = storage.get(refused_key(taken.supplier_id))
    if hashlib.sha256(data).hexdigest() != taken.file_sha256:
        raise Missing(import_id=taken.id)
    return data


def _tell(taken: CatalogImport, told: Mapping[str, Sequence[object]]) -> None:
    room = MOST_REFUSALS - len(taken.refusals)
    if told and room > 0:
        taken.refusals = {**taken.refusals, **dict(list(told.items())[:room])}


def _plain(data: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in data.items()}

"""What is kept of a sheet until it is written: put by before the unit of work that makes its row;
and what is kept of a refused one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from marketplace.catalog import queries
from marketplace.ports.storage import Storage
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class Shelf:
    """The id that the import will have, and where its files lie already."""

    import_id: uuid.UUID
    keys: tuple[str, ...] = ()


def shelve(
    storage: Storage, parts: Sequence[bytes] = (), sheet: bytes = b"", archive: bytes = b""
) -> Shelf:
    """Put by its rows, cut into parts; the file itself, so that its columns can be named anew; and
    the pictures beside it. What is empty is not kept. All of it or nothing.

    Raises Busy.
    """
    import_id = uuid.uuid4()
    files = {sheet_key(import_id): sheet, archive_key(import_id): archive}
    if parts:
        files[rows_key(import_id)] = queries.bundle(parts)
    put_by_all(storage, {key: data for key, data in files.items() if data})
    return Shelf(import_id, tuple(key for key, data in files.items() if data))


def put_by_all(storage: Storage, files: Mapping[str, bytes]) -> None:
    """Raises Busy, Invalid (file_exists); then none of them stays."""
    try:
        for key, data in files.items():
            storage.put(key, data)
    except Exception:
        for key in files:
            storage.drop(key)
        raise


def clear_if_undone(w: Work, shelf: Shelf) -> None:
    """What was put by for this unit goes when it is rolled back."""
    for key in shelf.keys:
        w.undo.append(partial(w.tools.storage.drop, key))


def rows_key(import_id: uuid.UUID) -> str:
    """Under which the rows of a sheet wait to be written."""
    return f"imports/{import_id}"


def sheet_key(import_id: uuid.UUID) -> str:
    """Under which the file itself is kept."""
    return f"imports/{import_id}-sheet"


def archive_key(import_id: uuid.UUID) -> str:
    """Under which the archive of pictures is kept."""
    return f"imports/{import_id}-pictures"


def marked_key(supplier_id: uuid.UUID) -> str:
    """Under which the marked copy of a refused sheet is kept."""
    return f"imports/marked/{supplier_id}"


def refused_key(supplier_id: uuid.UUID) -> str:
    """Under which a sheet is kept of which not all rows were written."""
    return f"imports/refused/{supplier_id}"


def keep_marked(storage: Storage, supplier_id: uuid.UUID, marked: bytes) -> None:
    """Keep the marked copy of a refused sheet until the next sheet, one for each supplier."""
    storage.drop(marked_key(supplier_id))
    storage.put(marked_key(supplier_id), marked)


def forget_marked(storage: Storage, supplier_id: uuid.UUID) -> None:
    """A good sheet came: what was refused before is no longer corrected."""
    for key in (marked_key(supplier_id), refused_key(supplier_id)):
        storage.drop(key)

"""Private files and the rows that name them: what is missing, what nobody names, and its sweep.

A file is put by before the unit of work that makes its row. Whoever is killed in between leaves a
file that no row will ever name: it goes after a day.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalog import queries
from marketplace.catalog.models import keys_of
from marketplace.catalog.service.shelving import (
    archive_key,
    marked_key,
    refused_key,
    rows_key,
    sheet_key,
)
from marketplace.catalog.states import ImportState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Missing
from marketplace.ports.storage import Storage
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.work import Deed, Runtime

AGE = timedelta(days=1)  # no unit of work takes as long
FOLDERS = frozenset({"scans", "lookups", "photos", "imports", "comparisons"})
FEW = 100  # may go however few others stay
TOLD = 100  # keys in one row of the trail

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Filed:
    """What differs, in the order of the keys; `kept` is how many files rows name."""

    missing: tuple[str, ...]
    orphaned: tuple[str, ...]
    kept: int


def compare_files(session: Session, storage: Storage, at: datetime) -> Filed:
    """Files that rows name and that are not there; files of ours, older than a day, that no row
    names. Raises Busy."""
    # first: what is put by and named while we look is not among them
    listed = {one.key: one.at for one in storage.listed() if _is_ours(one.key)}
    named, spare = set(_named(session)), set[str]()
    for import_id, state in queries.needed_sheets(session, at - AGE):
        _sort_sheet(storage, import_id, state, (named, spare))
    # again, for a sheet that was written meanwhile
    named.update(queries.named_files(session))
    for supplier_id in session.scalars(select(Supplier.id)):
        spare |= {marked_key(supplier_id), refused_key(supplier_id)}
    orphaned = sorted(
        key for key, put_at in listed.items()
        if put_at <= at - AGE and key not in named and key not in spare
    )  # fmt: skip  # one question
    missing = sorted(key for key in named - listed.keys() if not _is_there(storage, key))
    return Filed(tuple(missing), tuple(orphaned), len(named & listed.keys()))


def file_faults(session: Session, storage: Storage, at: datetime) -> Iterator[str]:
    """The same in words. Raises Busy."""
    found = compare_files(session, storage, at)
    for key in found.missing:
        yield f"file {key}: a row names it and it is not there"
    for key in found.orphaned:
        yield f"file {key}: no row names it: the worker, or marketplace sweep, lets it go"


def sweep_files(runtime: Runtime) -> int:
    """Let go of what no row names; answers how many. What goes is told in the trail before it does.

    Nothing goes when that would be most of what is there: then this is another database's folder.
    """
    storage, at = runtime.tools.storage, runtime.clock.now()
    storage.tidy(at - AGE)
    with runtime.reading() as session:
        found = compare_files(session, storage, at)
    going = found.orphaned
    if len(going) > max(FEW, found.kept):
        log.error(
            "%d files that no row names, %d that some do: none is swept", len(going), found.kept
        )
        return 0
    for first in range(0, len(going), TOLD):
        keys = going[first : first + TOLD]
        with runtime.work() as w:
            told = {"keys": list(keys)}
            w.deeds.append(Deed(SYSTEM.person_id, "sweep", "StoredFile", uuid.uuid4(), data=told))
        for key in keys:
            storage.drop(key)
    return len(going)


def _named(session: Session) -> Iterator[str]:
    yield from suppliers.named_files(session)
    yield from queries.named_files(session)


def _sort_sheet(
    storage: Storage, import_id: uuid.UUID, state: ImportState, sorted_: tuple[set[str], set[str]]
) -> None:
    """What an import cannot do without is named; what may lie beside it is spared."""
    named, spare = sorted_
    spare |= {rows_key(import_id), sheet_key(import_id), archive_key(import_id)}
    if state is ImportState.COLUMNS:
        named.add(sheet_key(import_id))
    elif state in {ImportState.ASKED, ImportState.WAITING, ImportState.WRITING}:
        named.add(rows_key(import_id))
    with suppress(Missing):
        for key in queries.brought_keys(storage.get(rows_key(import_id))):
            spare |= set(keys_of(key))


def _is_there(storage: Storage, key: str) -> bool:
    """Asked once more: it may have been put there since."""
    with suppress(Missing):
        storage.get(key)
        return True
    return False


def _is_ours(key: str) -> bool:
    """In a folder of ours, or in one named by a supplier: there lies what no page put by."""
    folder = key.partition("/")[0]
    if folder in FOLDERS:
        return True
    with suppress(ValueError):
        return str(uuid.UUID(folder)) == folder
    return False

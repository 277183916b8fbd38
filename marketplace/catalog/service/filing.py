"""Private files and the rows that name them: what is missing, and what nobody names.

A file is put by before the unit of work that makes its row. Whoever is killed in between leaves a
file that no row will ever name: see sweeping.
"""

from __future__ import annotations

import re
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
from marketplace.kernel.errors import Missing
from marketplace.ports.storage import Storage
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier

AGE = timedelta(days=1)  # no unit of work takes as long
ENDED = timedelta(days=30)  # the worker may be down as long before it clears up behind a sheet
ASIDE = "aside/"
_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# a supplier's id is the folder of what no page put by
_OURS = re.compile(
    rf"((scans|lookups|photos|comparisons|imports|imports/marked|imports/refused|{_ID})/)"
    rf"{_ID}(-[a-z0-9]+)?"
)


@dataclass(frozen=True, slots=True)
class Filed:
    """What differs, in the order of the keys; `kept` is how many files rows name."""

    missing: tuple[str, ...]
    orphaned: tuple[str, ...]
    kept: int


def compare_files(session: Session, storage: Storage, at: datetime) -> Filed:
    """Files that rows name and that are not there; files of ours, older than a day, that no row
    names. What was put aside is neither. Raises Busy."""
    # first: what is put by and named while we look is not among them
    listed = {one.key: one.at for one in storage.listed() if _is_ours(one.key)}
    named, spare = set(named_files(session)), set[str]()
    for import_id, state in queries.needed_sheets(session, at - ENDED):
        _sort_sheet(import_id, state, (named, spare))
        if rows_key(import_id) in listed:
            spare |= _brought(storage, import_id)
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
        aside = _is_there(storage, aside_key(key))
        where = "lies aside: marketplace sweep brings it back" if aside else "is not there"
        yield f"file {key}: a row names it and it {where}"
    for key in found.orphaned:
        yield f"file {key}: no row names it: the worker, or marketplace sweep, puts it aside"


def aside_key(key: str) -> str:
    """Where a file lies that no row named, until it goes for good."""
    return f"{ASIDE}{key}"


def named_files(session: Session) -> Iterator[str]:
    """The keys of all files that rows name for ever; not what a sheet needs until it ends."""
    yield from suppliers.named_files(session)
    yield from queries.named_files(session)


def _sort_sheet(
    import_id: uuid.UUID, state: ImportState, sorted_: tuple[set[str], set[str]]
) -> None:
    """What an import cannot do without is named; what may lie beside it is spared."""
    named, spare = sorted_
    spare |= {rows_key(import_id), sheet_key(import_id), archive_key(import_id)}
    if state is ImportState.COLUMNS:
        named.add(sheet_key(import_id))
    elif state in {ImportState.ASKED, ImportState.WAITING, ImportState.WRITING}:
        named.add(rows_key(import_id))


def _brought(storage: Storage, import_id: uuid.UUID) -> set[str]:
    """The photographs that came with a sheet."""
    with suppress(Missing):
        brought = queries.brought_keys(storage.get(rows_key(import_id)))
        return {one for key in brought for one in keys_of(key)}
    return set()


def _is_there(storage: Storage, key: str) -> bool:
    """Asked once more: it may have been put there since."""
    with suppress(Missing):
        storage.get(key)
        return True
    return False


def _is_ours(key: str) -> bool:
    """Whether we make such keys: a folder of ours alone may be another program's in one bucket."""
    return _OURS.fullmatch(key) is not None

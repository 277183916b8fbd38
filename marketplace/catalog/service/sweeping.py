"""The sweep: private files that no row names are put aside, and go for good a month later.

Nothing that was handed in may be lost by a fault of ours, of a clock, or of whoever brings back a
database older than its files: what a row names after all is put back where it was.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from marketplace.catalog.service.filing import (
    AGE,
    ASIDE,
    Filed,
    aside_key,
    compare_files,
    named_files,
)
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Missing
from marketplace.ports.storage import Storage
from marketplace.work import Deed, Runtime

KEPT = timedelta(days=30)  # lies aside
FEW = 20  # may go from wherever rows name anything
SHARE = 20  # and else one in so many: a process is killed now and then, not all day
TOLD = 100  # keys in one row of the trail

log = logging.getLogger(__name__)


def sweep_files(runtime: Runtime, *, many: bool = False) -> int:
    """Put aside what no row names, and answer how many; put back what one does name; let go of what
    has lain aside for a month. What goes is told in the trail before it does.

    When unusually many would go, or no row names anything there, nothing does: then this is another
    database, or an older one, unless somebody looked and says `many`. Raises Busy.
    """
    storage, at = runtime.tools.storage, runtime.clock.now()
    with runtime.reading() as session:
        found = compare_files(session, storage, at)
    _put_back(runtime, found.missing)
    if _is_unusual(found) and not many:
        log.error(
            "%d files that no row names, %d that some do: none is swept",
            len(found.orphaned),
            found.kept,
        )
        return 0
    storage.tidy(at - AGE)
    gone = sum(_put_aside(runtime, some) for some in _told_together(found.orphaned))
    old = [one.key for one in storage.listed() if one.key.startswith(ASIDE) and one.at <= at - KEPT]
    for some in _told_together(old):
        _tell(runtime, "drop", some)
        for key in some:
            storage.drop(key)
    return gone


def _is_unusual(found: Filed) -> bool:
    going = len(found.orphaned)
    return going > 0 and (not found.kept or going > max(FEW, found.kept // SHARE))


def _put_back(runtime: Runtime, keys: Sequence[str]) -> None:
    for key in keys:
        if _move(runtime.tools.storage, aside_key(key), key):
            _tell(runtime, "put_back", [key])


def _put_aside(runtime: Runtime, keys: Sequence[str]) -> int:
    with runtime.reading() as session:
        named = set(named_files(session))  # a row may have come since
    going = [key for key in keys if key not in named]
    if going:
        _tell(runtime, "sweep", going)
    return sum(_move(runtime.tools.storage, key, aside_key(key)) for key in going)


def _move(storage: Storage, key: str, to: str) -> bool:
    """Never in neither place. Answers whether it was there."""
    with suppress(Missing):
        storage.put(to, storage.get(key))
        storage.drop(key)
        return True
    return False


def _tell(runtime: Runtime, verb: str, keys: Sequence[str]) -> None:
    with runtime.work() as w:
        told = {"keys": list(keys)}
        w.deeds.append(Deed(SYSTEM.person_id, verb, "StoredFile", uuid.uuid4(), data=told))


def _told_together(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[first : first + TOLD] for first in range(0, len(keys), TOLD)]

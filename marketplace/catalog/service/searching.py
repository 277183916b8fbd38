"""Keeping the search index true to the database. It stands outside: never inside a unit of work
that others wait for, and it may be missing, busy or damaged at any time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalog import queries
from marketplace.ports.search import SearchBusy, SearchDown, SearchIndex

log = logging.getLogger(__name__)
Reading = Callable[[], AbstractContextManager[Session]]
EASY = 20_000  # listings up to which Whoosh commits and rebuilds in a time nobody minds


def reindex(index: SearchIndex, reading: Reading, ids: Collection[UUID]) -> None:
    """These listings stand in the index as they do in the database, in one commit; safe to repeat.

    An index that is not there, or is damaged, is built anew from the whole database: one that
    began with these few would pass for all of them. Raises SearchBusy: try again later.
    """
    try:
        with reading() as session:  # asks only once the index lets nobody else write
            index.replace(ids, queries.documents(session, ids))
    except SearchDown:
        rebuild_search(index, reading)


def rebuild_search(index: SearchIndex, reading: Reading) -> int:
    """A new index of everything beside the living one; answers how many. Raises SearchBusy."""
    with reading() as session:
        return index.rebuild(queries.all_documents(session))


def tend_search(index: SearchIndex, reading: Reading) -> bool:
    """For the worker, often: rebuild an index that is missing, damaged, or of other words. Answers
    whether it had to."""
    status = index.status()
    if status.ready and status.current:
        return False
    log.info("the search index is rebuilt: %s", status.problem)
    try:
        rebuild_search(index, reading)
    except SearchBusy:
        log.info("somebody else writes the search index; next time")
        return False
    return True


def advice(backend: str, listings: int) -> str:
    """What `check` should say about the chosen backend; empty when it fits."""
    if backend != "whoosh" or listings <= EASY:
        return ""
    return (
        f"{listings} listings: MARKETPLACE_SEARCH=sqlite commits and rebuilds several times faster"
    )

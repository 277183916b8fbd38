"""Documents and indexes for the contract of the search port."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from marketplace.adapters.search.folder import IndexFolder
from marketplace.adapters.sqlite_search import SqliteSearch
from marketplace.adapters.whoosh_search import WhooshSearch
from marketplace.ports.search import Question, SearchDocument, SearchIndex

# a third backend joins the contract by one more line
BACKENDS: dict[str, Callable[[Path], IndexFolder]] = {
    "sqlite": SqliteSearch,
    "whoosh": WhooshSearch,
}
START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SELLER = "0000000000000000000000000000000a"


def a_document(
    title: str, text: str = "", listing_id: UUID | None = None, *, days: int = 0, **changes: object
) -> SearchDocument:
    """On sale for `days` days less than the others."""
    said: dict[str, object] = {
        "category": "mushrooms",
        "county": "611026",
        "gate": SELLER,
        "price": 59_00,
        "since": START + timedelta(days=days),
    }
    chosen = listing_id or uuid4()
    return SearchDocument(chosen, title, text, **{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def put(index: SearchIndex, *documents: SearchDocument) -> None:
    index.replace([one.listing_id for one in documents], documents)


def ids(index: SearchIndex, words: str, **more: object) -> list[UUID]:
    return list(index.find(Question(words, **more)).ids)  # type: ignore[arg-type]  # named by the caller


def of(*documents: SearchDocument) -> list[UUID]:
    return [one.listing_id for one in documents]

"""Finding listings by words. Answers ids only: the database decides what may be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What is found of one listing; `text` holds county, village, supplier and category names."""

    listing_id: UUID
    title: str
    text: str


class SearchIndex(Protocol):
    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace; ids may repeat, the last one counts."""

    def remove(self, listing_ids: Iterable[UUID]) -> None:
        """Forget; unknown ids are ignored."""

    def find(self, words: str, *, limit: int) -> list[UUID]:
        """Ids, best first, of documents that hold all the words. Empty words find nothing."""

    def clear(self) -> None:
        """An empty index, also when the old one is damaged or gone."""

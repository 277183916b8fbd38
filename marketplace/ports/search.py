"""Finding listings by words. Answers ids only: the database decides what may be seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from marketplace.kernel.errors import MarketplaceError

DEEPEST = 2_400  # nobody pages further than this many hits; a better question is quicker


class SearchDown(MarketplaceError):
    """There is no index that can be read; it must be rebuilt. Callers go on without it."""

    status = 503
    code = "search_down"


class SearchBusy(MarketplaceError):
    """Somebody else writes the index just now; the same change may be asked for again."""

    status = 503
    code = "search_busy"


class Sort(StrEnum):
    BEST = "best"
    NEWEST = "newest"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What is found of one listing, and by what it is narrowed and ordered.

    `text` holds county, village, supplier and category names. Of places only the county stands
    here: which lists it is on depends on the instant, so whoever asks names the counties.
    """

    listing_id: UUID
    title: str
    text: str
    category: str  # slug
    county: str  # six digits, as in use today
    gate: str  # where it stands at the sale gate; all of one gate come and go together
    price: int  # fen
    since: datetime  # when it came on sale


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for. Without words: everything that passes the filters."""

    words: str = ""
    category: str = ""  # slug; empty: any
    counties: frozenset[str] | None = None  # None: any
    without: frozenset[str] = frozenset()  # gates that are shut at this instant
    price_from: int | None = None  # fen, included
    price_to: int | None = None  # fen, included
    sort: Sort = Sort.BEST
    start: int = 0
    limit: int = 24


@dataclass(frozen=True, slots=True)
class Found:
    """`ids` are one page; `total` is of all pages.

    `categories` and `counties` tell how many there would be in each, the question's own choice of
    category (of counties) left aside, so that people can choose another.
    """

    ids: tuple[UUID, ...] = ()
    total: int = 0
    categories: Mapping[str, int] = field(default_factory=dict)
    counties: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """How the index is. Not `ready`: it cannot be asked. Not `current`: it answers, but was built
    with other words or by another version, and should be rebuilt."""

    backend: str
    ready: bool
    current: bool
    documents: int = 0
    generation: str = ""
    problem: str = ""


class SearchIndex(Protocol):
    def find(self, question: Question) -> Found:
        """All the words stand in title or text; more of them in the title comes first, then the
        shorter title, then the newer; other orders by name. Signs are no words. Raises SearchDown.
        """

    def replace(self, ids: Collection[UUID], documents: Iterable[SearchDocument]) -> None:
        """Of these listings exactly these documents stand in the index, in one commit; the others
        of `ids` are forgotten. Ids may repeat, the last document counts. `documents` is read only
        once nobody else can write: what it asks is newer than what any earlier writer asked.

        Raises SearchBusy, SearchDown.
        """

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """A new index of these documents beside the old one, which answers until the new one takes
        its place; also when the old one is damaged or gone. Answers how many there are. When
        `documents` fails, all stays as it was. Raises SearchBusy.
        """

    def status(self) -> Status:
        """Never raises for a damaged index: it says so."""

"""One generation of an index in memory: filters, counts and orders, the same for every backend.

Sets of documents are whole numbers, one bit for a document: to narrow is `&`, to count is
`bit_count`. Ten thousand documents are 1,250 bytes, so that counts per category and county cost
microseconds, where walking over hits would cost milliseconds. A backend gives the rows, and for a
word the numbers of the documents that hold it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, compress, islice
from typing import NamedTuple
from uuid import UUID

from marketplace.adapters.search import words
from marketplace.ports.search import DEEPEST, Found, Question, SearchDocument, Sort

TITLE, TEXT, CUT = "title", "text", "cut"  # fields: title, what stands beside it, dictionary words
MOST_KEPT = 4_000  # sets of documents kept for words that were asked before
_ONES = bytes.maketrans(b"01", b"\x00\x01")


class Row(NamedTuple):
    """The columns of one document; identifiers are 32 hexadecimal digits."""

    listing: str
    gate: str
    category: str
    county: str
    price: int
    since: int  # seconds
    length: int  # of the title

    @classmethod
    def of(cls, document: SearchDocument) -> Row:
        return cls(
            listing=document.listing_id.hex,
            gate=document.gate,
            category=document.category,
            county=document.county,
            price=document.price,
            since=int(document.since.timestamp()),
            length=len(document.title),
        )


Postings = Callable[[str, str], Iterable[int]]  # field, word → numbers of documents


class Snapshot:
    """Documents by number; None where there is none. Asked by one thread at a time."""

    def __init__(self, rows: Sequence[Row | None], postings: Postings) -> None:
        self._rows = rows
        self._bytes = len(rows) // 8 + 1
        self._holding = lru_cache(MOST_KEPT)(lambda *asked: self._bits(postings(*asked)))
        categories: defaultdict[str, list[int]] = defaultdict(list)
        counties: defaultdict[str, list[int]] = defaultdict(list)
        gates: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            if row:
                categories[row.category].append(number)
                counties[row.county].append(number)
                gates[row.gate].append(number)
        self._categories = self._sets(categories)
        self._counties = self._sets(counties)
        self._gates = self._sets(gates)
        self._all = _union(self._categories.values())
        self._orders: dict[Sort, list[int]] = {}
        self._prices: list[int] = []

    def __len__(self) -> int:
        return self._all.bit_count()

    def find(self, question: Question) -> Found:
        """One page, and the counts of all pages."""
        tiers = self._tiers(question.words)
        asked = _union(tiers) & self._may_be_sold(question) & self._priced(question)
        category = self._all
        if question.category:
            category = self._categories.get(question.category, 0)
        places = self._all
        if question.counties is not None:
            places = _union(self._counties.get(code, 0) for code in question.counties)
        hits = asked & category & places
        return Found(
            ids=tuple(self._page(tiers, hits, question)),
            total=hits.bit_count(),
            categories=_counts(self._categories, asked & places),
            counties=_counts(self._counties, asked & category),
        )

    def _tiers(self, text: str) -> list[int]:
        """Documents that hold all the words, in sets: first those with most of them in the title.

        Signs are a pair in the title, and a word of the dictionary in the title; both may hold.
        """
        pairs = words.asked_words(text)
        if not pairs:
            return [] if text.strip() else [self._all]
        hits = self._all
        for pair in pairs:
            hits &= self._holding(TITLE, pair) | self._holding(TEXT, pair)
        signs = [self._holding(TITLE, pair) for pair in pairs]
        signs += [self._holding(CUT, word) for word in words.meant_words(text)]
        tiers = [hits]  # by the number of signs
        for sign in signs:
            tiers.append(0)
            for number in range(len(tiers) - 1, 0, -1):
                tiers[number] |= tiers[number - 1] & sign
                tiers[number - 1] &= ~sign
        return [tier for tier in reversed(tiers) if tier]

    def _may_be_sold(self, question: Question) -> int:
        """All but the goods of gates that the question leaves out."""
        return self._all & ~_union(self._gates.get(one, 0) for one in question.without)

    def _priced(self, question: Question) -> int:
        if question.price_from is None and question.price_to is None:
            return self._all
        order = self._order(Sort.CHEAPEST)
        if not self._prices:
            self._prices = [row.price for number in order if (row := self._rows[number])]
        low, high = question.price_from, question.price_to
        first = 0 if low is None else bisect_left(self._prices, low)
        last = len(order) if high is None else bisect_right(self._prices, high)
        return self._bits(order[first:last])

    def _page(self, tiers: list[int], hits: int, question: Question) -> Iterator[UUID]:
        """Walks the order, which was made once, until the page is full."""
        if not hits:
            return
        order = self._order(question.sort)
        sets = [tier & hits for tier in tiers] if question.sort is Sort.BEST else [hits]
        walk = chain.from_iterable(self._in_order(order, one) for one in sets if one)
        end = min(question.start + question.limit, DEEPEST)
        for number in islice(walk, question.start, max(end, question.start)):
            row = self._rows[number]
            if row:
                yield UUID(row.listing)

    def _in_order(self, order: list[int], members: int) -> Iterator[int]:
        signs = f"{members:b}".encode().translate(_ONES)[::-1].ljust(len(self._rows), b"\x00")
        return compress(order, map(signs.__getitem__, order))

    def _order(self, sort: Sort) -> list[int]:
        """Numbers of all documents; equal ones by age, then by identifier: the same everywhere."""
        if sort not in self._orders:
            keys: dict[Sort, Callable[[Row], int]] = {
                Sort.BEST: lambda row: row.length,
                Sort.NEWEST: lambda _row: 0,
                Sort.CHEAPEST: lambda row: row.price,
                Sort.DEAREST: lambda row: -row.price,
            }
            first = keys[sort]
            numbered = ((number, row) for number, row in enumerate(self._rows) if row)
            keyed = sorted((first(r), -r.since, r.listing, number) for number, r in numbered)
            self._orders[sort] = [number for *_key, number in keyed]
        return self._orders[sort]

    def _sets(self, groups: Mapping[str, Iterable[int]]) -> dict[str, int]:
        return {name: self._bits(numbers) for name, numbers in sorted(groups.items())}

    def _bits(self, numbers: Iterable[int]) -> int:
        field = bytearray(self._bytes)
        for number in numbers:
            field[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(field, "little")


def _union(sets: Iterable[int]) -> int:
    united = 0
    for one in sets:
        united |= one
    return united


def _counts(groups: Mapping[str, int], among: int) -> dict[str, int]:
    counted = {name: (one & among).bit_count() for name, one in groups.items()}
    return {name: count for name, count in counted.items() if count}

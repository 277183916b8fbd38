"""Rows of a sheet as they wait to be written: column by column, in parts, all parts in one file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from marketplace.catalog.rules import PLAIN, Content

PART = 1_000  # rows that are written in one unit of work


class Brought(NamedTuple):
    """A photograph of an archive. `key` is empty when the good has the same bytes already, or when
    it was only looked at."""

    id: str
    sha256: str
    type: str = ""
    width: int = 0
    height: int = 0
    key: str = ""


class Entry(NamedTuple):
    """One good row with its words looked up: slug, code of a county, ids of villages."""

    row: int
    said: Content
    category: str
    county: str
    villages: tuple[str, ...]
    make: tuple[str, ...]
    stock: int
    photos: tuple[Brought, ...] | None = None  # all that the good shows; None: a sheet alone


def pack(entries: Sequence[Entry]) -> bytes:
    """Rows as they wait to be written."""
    rows, said, *others = zip(*entries, strict=True)
    columns = (rows, *others, *zip(*(one.values() for one in said), strict=True))
    told = [_packed(column) for column in columns]
    return zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 1)


def unpack(part: bytes) -> list[Entry]:
    """The rows of a part."""
    columns = [_unpacked(*column) for column in json.loads(zlib.decompress(part))]
    rows, category, county, villages, make, stock, photos, *said = columns
    contents = (dict(zip(PLAIN, one, strict=True)) for one in zip(*said, strict=True))
    brought = [None if some is None else tuple(Brought(*one) for one in some) for some in photos]
    return list(map(Entry, rows, contents, category, county, villages, make, stock, brought))


def _packed(column: Sequence[Any]) -> tuple[Sequence[Any], list[int] | int | None]:
    """The different values of a column, and which of them each row has; of one for all rows, how
    many rows; of hardly any that two rows share, nothing. A column holds values of one type."""
    values = list(dict.fromkeys(column))
    if 2 * len(values) > len(column):
        return column, None
    if len(values) == 1:
        return values, len(column)
    places = {value: place for place, value in enumerate(values)}
    return values, [places[value] for value in column]


def _unpacked(values: list[Any], places: list[int] | int | None) -> list[Any]:
    """The column again; what many rows share is one object."""
    values = [tuple(one) if type(one) is list else one for one in values]
    if places is None:
        return values
    if isinstance(places, int):
        return values * places
    return [values[place] for place in places]


def bundle(parts: Sequence[bytes]) -> bytes:
    """All parts as one file: their number and lengths, four bytes each, then the parts."""
    sizes = [len(parts), *map(len, parts)]
    return b"".join([*(size.to_bytes(4, "big") for size in sizes), *parts])


def part_of(bundled: bytes, number: int) -> bytes:
    """One part of a bundle."""
    sizes = list(_sizes(bundled))
    start = 4 * (len(sizes) + 1) + sum(sizes[:number])
    return bundled[start : start + sizes[number]]


def parts_in(bundled: bytes) -> int:
    """How many parts a bundle has."""
    return int.from_bytes(bundled[:4], "big")


def parts_of(bundled: bytes) -> Iterator[bytes]:
    """All parts of a bundle."""
    for number in range(parts_in(bundled)):
        yield part_of(bundled, number)


def _sizes(bundled: bytes) -> Iterator[int]:
    count = parts_in(bundled)
    for place in range(4, 4 * (count + 1), 4):
        yield int.from_bytes(bundled[place : place + 4], "big")

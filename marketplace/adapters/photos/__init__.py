"""Photographs of goods, drawn anew by a bounded child in the sizes that pages show.

The original bytes are never shown. What is shown is drawn from the pixels, so the place and time
of a photograph, scripts or a second file are not in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from catalog_import.bounded import Bounds, Ended, Kept, NoRoom
from marketplace.adapters.photos.order import SIZES, Order
from marketplace.adapters.scans import MOST_PIXELS, ROOT
from marketplace.adapters.scans.opening import NOT_INSTALLED
from marketplace.kernel.errors import Invalid, Refused

FIELD = "photos"
MOST_BYTES = 10 * 1024 * 1024
LEAST_SIDE = 200  # pixels; what is smaller shows nothing on a page
SHOWN_TYPE = "image/webp"
TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
BOUNDS = Bounds(seconds=20, memory=1024 * 1024 * 1024, output=4 * 1024 * 1024)
CHILD = "marketplace.adapters.photos.child"
UNREADABLE = "photo_unreadable"
# what the child may refuse with; anything else it says is not believed
REFUSALS = frozenset(
    {"photo_animated", "photo_format", "photo_mixed", "photo_too_many_pixels", "photo_too_small",
     UNREADABLE}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph that was looked at: its type by content, its size upright in pixels, and a WebP
    for each name of `SIZES`."""

    data: bytes
    sha256: str
    type: str
    width: int
    height: int
    drawn: Mapping[str, bytes]


class Drawing:
    """Opens photographs one after another in a child that is kept. To be closed by `with`."""

    def __init__(self) -> None:
        order = Order(MOST_PIXELS, LEAST_SIDE, BOUNDS.seconds, BOUNDS.memory, BOUNDS.output)
        self._child = Kept(CHILD, json.dumps(asdict(order)), BOUNDS, root=ROOT)

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._child.end()

    def draw(self, data: bytes, name: str = "") -> Photo:
        """One photograph; `name` is told in what is refused. Raises Invalid (photo_…), Refused
        (photo_busy)."""
        if len(data) > MOST_BYTES:
            raise Invalid("photo_too_large", field=FIELD, name=name, most=MOST_BYTES // 2**20)
        was_fresh = not self._child.asked
        child = self._asked(data)
        if not child.in_time:
            raise Invalid("photo_slow", field=FIELD, name=name, seconds=BOUNDS.seconds)
        heading, _end, drawn = child.said.partition(b"\n")
        said = _said(heading, len(drawn))
        if said["refused"] == UNREADABLE:
            self._child.end()
            if not was_fresh:  # an earlier one may have left it weak: a fresh child tells
                return self.draw(data, name)
        if said["refused"] is not None:
            raise Invalid(said["refused"], field=FIELD, **{**said["data"], "name": name})
        return Photo(
            data, hashlib.sha256(data).hexdigest(), said["type"], said["width"], said["height"],
            _cut(drawn, said["sizes"]),
        )  # fmt: skip  # as the class has them

    def _asked(self, data: bytes) -> Ended:
        try:
            child = self._child.ask(data)
        except NoRoom as busy:
            raise Refused("photo_busy", field=FIELD) from busy
        if child.code == NOT_INSTALLED:
            raise RuntimeError("pillow must be installed to look at photographs")
        return child


def draw(data: bytes, name: str = "") -> Photo:
    """One photograph alone; raises as Drawing does."""
    with Drawing() as opened:
        return opened.draw(data, name)


def _cut(drawn: bytes, sizes: list[int]) -> dict[str, bytes]:
    found, place = {}, 0
    for name, length in zip(SIZES, sizes, strict=True):
        found[name], place = drawn[place : place + length], place + length
    return found


def _said(heading: bytes, drawn: int) -> dict[str, Any]:
    """The first line of what the child said, as far as it can be believed; `drawn`: bytes after."""
    nothing = {"refused": UNREADABLE, "data": {}}
    try:
        said = {"refused": None, "data": {}, **json.loads(heading)}
    except (TypeError, ValueError):
        return nothing  # it ran out of memory, or died
    if said["refused"] is not None:
        code = str(said["refused"]).replace("scan_", "photo_", 1)
        return {**said, "refused": code} if code in REFUSALS else nothing
    numbers = [said.get("width"), said.get("height"), *said.get("sizes", ())]
    is_whole = len(numbers) == 2 + len(SIZES) and all(type(n) is int and n > 0 for n in numbers)
    is_whole = is_whole and sum(numbers[2:]) == drawn
    return said if is_whole and said.get("type") in TYPES else nothing

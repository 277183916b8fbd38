"""What an uploaded scan really is, and a small picture of it; found out in a bounded child.

The original bytes are never changed. A preview is drawn anew from the pixels, so nothing else that
a file carried (place and time of a photograph, scripts, a second file) is in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalog_import.bounded import Bounds, Kept, NoRoom
from marketplace.adapters.scans.opening import NOT_INSTALLED
from marketplace.adapters.scans.order import Order
from marketplace.kernel.errors import Invalid, Refused

FIELD = "scan"
MOST_PIXELS = 40_000_000
MOST_PAGES = 300
PREVIEW_SIDE = 1600
BOUNDS = Bounds(seconds=20, memory=1024 * 1024 * 1024, output=4 * 1024 * 1024)
# what the child may refuse with; anything else it says is not believed
REFUSALS = frozenset(
    {"scan_animated", "scan_encrypted", "scan_format", "scan_mixed", "scan_pages",
     "scan_too_many_pixels", "scan_unreadable"}
)  # fmt: skip
TYPES = frozenset(
    {"application/ofd", "application/pdf", "image/heic", "image/jpeg", "image/png", "image/webp"}
)
PREVIEW_TYPE = "image/jpeg"
CHILD = "marketplace.adapters.scans.child"
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: the media type by content, and a JPEG of at most 1600 pixels a side, or
    nothing for what is only kept (PDF, OFD, HEIC)."""

    sha256: str
    type: str
    preview: bytes


def look(data: bytes) -> Look:
    """Opens the file in a child. Raises Invalid (scan_…), Refused (scan_busy)."""
    order = Order(
        pixels=MOST_PIXELS,
        pages=MOST_PAGES,
        side=PREVIEW_SIDE,
        seconds=BOUNDS.seconds,
        memory=BOUNDS.memory,
        output=BOUNDS.output,
    )
    try:
        with Kept(CHILD, json.dumps(asdict(order)), BOUNDS, root=ROOT) as opened:
            child = opened.ask(data)
    except NoRoom as busy:
        raise Refused("scan_busy") from busy
    if not child.in_time:
        raise Invalid("scan_slow", field=FIELD, seconds=BOUNDS.seconds)
    if child.code == NOT_INSTALLED:
        raise RuntimeError("pillow and pypdf must be installed to look at scans")
    heading, _end, preview = child.said.partition(b"\n")
    said = _said(heading)
    if said["refused"] is not None:
        raise Invalid(said["refused"], field=FIELD, **said["data"])
    if len(preview) != said["preview"]:  # it was stopped while it wrote
        raise Invalid("scan_unreadable", field=FIELD)
    return Look(hashlib.sha256(data).hexdigest(), said["type"], preview)


def _said(heading: bytes) -> dict[str, Any]:
    """The first line of what the child said, as far as it can be believed."""
    nothing = {"refused": "scan_unreadable", "data": {}, "type": "", "preview": 0}
    try:
        said = {**nothing, "refused": None, **json.loads(heading)}
    except (TypeError, ValueError):
        return nothing  # it ran out of memory, or died
    if said["refused"] is None and said["type"] not in TYPES:
        return nothing
    if said["refused"] is not None and said["refused"] not in REFUSALS:
        return nothing
    return said

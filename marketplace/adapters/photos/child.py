"""`python -m marketplace.adapters.photos.child`: photographs drawn anew in all sizes; see
scans.opening."""

from __future__ import annotations

import json
import sys
from typing import Any

from catalog_import.bounded import Bounds
from marketplace.adapters.photos.order import SIZES, Order
from marketplace.adapters.scans import formats
from marketplace.adapters.scans.opening import (
    PICTURES,
    Look,
    RefusedScan,
    drawn,
    open_all,
    upright,
)

QUALITY = 80
METHOD = 2  # of WebP's encoder: 0 quick … 6 small


def main() -> int:
    order = Order(**json.loads(sys.argv[1]))

    def begin() -> Look:
        import PIL.Image  # noqa: PLC0415  # see open_all
        import PIL.ImageOps  # noqa: PLC0415  # the same

        return lambda data: drawn_anew(data, order, PIL)

    return open_all(Bounds(order.seconds, order.memory, order.output), begin)


def drawn_anew(data: bytes, order: Order, pil: Any) -> tuple[dict[str, Any], bytes]:
    """What it is, and its sizes as WebP in the order of `SIZES`. Raises RefusedScan, and whatever
    Pillow stumbles over."""
    kind = formats.format_of(data)
    if kind not in PICTURES:
        raise RefusedScan("scan_format", format=_named(kind) or formats.name_of(data) or "?")
    whole = upright(data, kind, order.pixels, pil)
    width, height = whole.size
    if min(width, height) < order.least:
        raise RefusedScan("scan_too_small", least=order.least)
    how = {"format": "WEBP", "quality": QUALITY, "method": METHOD}
    # the larger first: each is drawn from the one before
    shown = [drawn(whole, side, pil, **how) for side in SIZES.values()]
    sizes = [len(one) for one in shown]
    return {"type": kind, "width": width, "height": height, "sizes": sizes}, b"".join(shown)


def _named(kind: str | None) -> str:
    """A format that papers may have and photographs may not, in a word that people know."""
    return {formats.PDF: "PDF", formats.HEIC: "HEIC", formats.OFD: "OFD"}.get(kind or "", "")


if __name__ == "__main__":
    raise SystemExit(main())
